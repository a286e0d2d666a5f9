using System.Security.Cryptography;
using System.Text;
using RabbitMQ.Client;
using SweepEngine.Cluster;
using SweepEngine.Cluster.Tests;
using SweepEngine.Protocol;

namespace SweepEngine.RabbitMq.Tests;

/// <summary>Coordinator and workers in this process, a real server between them.</summary>
[Collection(BrokerTests.Name)]
public sealed class RabbitClusterTests(SharedBroker shared)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private static byte[] Output(string folder) => File.ReadAllBytes(Path.Combine(folder, "output.bin"));

    private static SweepOrder Order(string name) => new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))), "1", name, "fake");

    private static RabbitCluster Cluster(FakeSweep sweep, string folder, string address, Observer? observer = null) =>
        new(sweep.Job(folder), Order("fake"), Broker.Read(address), Lease, observer);

    private static Workers Hire(FakeSweep sweep, string address, int workers = 2, string version = "1") => new(sweep, address, workers, version);

    [SkippableTheory]
    [InlineData(1, 1, 7)]
    [InlineData(3, 2, 1)]
    public async Task Any_number_of_processes_and_any_shard_size_give_the_same_bytes(int processes, int workers, int curvesPerShard)
    {
        string address = shared.Broker.NewAddress();
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(curves: 50, pointsPerCurve: 11, curvesPerShard);
        var hired = Enumerable.Range(0, processes).Select(_ => Hire(sweep, address, workers)).ToList();
        var outcome = await Cluster(sweep, folder, address).RunAsync();
        Assert.Equal((SweepEnd.Complete, 50), (outcome.End, outcome.Computed));
        Assert.Equal(sweep.Expected(), Output(folder));
        foreach (var each in hired) Assert.Equal("", await each.EndAsync());
    }

    [SkippableFact]
    public async Task Parts_of_many_chunks_arrive_whole()
    {
        string address = shared.Broker.NewAddress();
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(curves: 6, pointsPerCurve: 100_003, curvesPerShard: 2);
        Assert.True(2 * 100_003 * FakeSweep.BytesPerPoint > 5 * PartDispatch.ChunkSize);
        var hired = Hire(sweep, address);
        Assert.Equal(SweepEnd.Complete, (await Cluster(sweep, folder, address).RunAsync()).End);
        Assert.Equal(sweep.Expected(), Output(folder));
        await hired.EndAsync();
    }

    [SkippableFact]
    public async Task Points_for_which_the_kernel_throws_become_crashed_rows()
    {
        string address = shared.Broker.NewAddress();
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(10, 10, 4)
        {
            BeforePoint = (point, _) => { if (point is 17 or 99) throw new DivideByZeroException($"at point {point}"); },
        };
        var hired = Hire(sweep, address);
        var outcome = await Cluster(sweep, folder, address).RunAsync();
        Assert.Equal(SweepEnd.CompleteWithCrashedPoints, outcome.End);
        Assert.Equal([17, 99], outcome.CrashedPoints);
        Assert.Equal(sweep.Expected(17, 99), Output(folder));
        await hired.EndAsync();
    }

    [SkippableFact]
    public async Task Workers_come_and_go_while_a_sweep_runs_and_work_on_one_sweep_after_the_other()
    {
        string address = shared.Broker.NewAddress();
        using var folder = new TemporaryFolder();
        using var second = new TemporaryFolder();
        var sweep = new FakeSweep(60, 2, 1) { BeforePoint = (_, _) => Thread.Sleep(5) };
        Workers first = Hire(sweep, address), later = null!;
        var left = new TaskCompletionSource();
        var observer = new Observer
        {
            On = report =>
            {
                if (report is not ClusterReport.Progress { State.Committed: >= 10 } || later is not null) return;
                later = Hire(sweep, address);
                _ = first.EndAsync().ContinueWith(_ => left.SetResult(), TaskScheduler.Default);
            },
        };
        var outcome = await Cluster(sweep, folder, address, observer).RunAsync();
        Assert.Equal((SweepEnd.Complete, 60), (outcome.End, outcome.Computed));
        Assert.Equal(sweep.Expected(), Output(folder));
        await left.Task;
        // Nothing was computed twice: the first process has finished what it had begun, and has given back what had not reached it.
        Assert.Equal(60, JournalFile.Read(Path.Combine(folder, JournalFile.FileName), _ => { }).Count(record => record is JournalRecord.Ended { End: not WorkEnd.Released }));

        Assert.Equal(SweepEnd.Complete, (await Cluster(sweep, second, address).RunAsync()).End);
        Assert.Equal(sweep.Expected(), Output(second));
        await later.EndAsync();
    }

    [SkippableFact]
    public async Task A_point_that_kills_its_process_becomes_a_crashed_row_while_a_supervisor_starts_the_process_again()
    {
        string address = shared.Broker.NewAddress();
        using var folder = new TemporaryFolder();
        var observer = new Observer();
        var run = new RabbitCluster(KilledWorker.Sweep.Job(folder), Order("fake"), Broker.Read(address), TimeSpan.FromSeconds(1), observer).RunAsync();
        int deaths = 0;
        while (!run.IsCompleted)
        {
            using var worker = KilledWorker.Start(address);
            while (!run.IsCompleted && !worker.HasExited) await Task.WhenAny(run, worker.WaitForExitAsync());
            if (worker.HasExited) deaths++;
            else worker.Kill();
        }
        var outcome = await run;
        Assert.Equal(SweepEnd.CompleteWithCrashedPoints, outcome.End);
        Assert.Equal([KilledWorker.Point], outcome.CrashedPoints);
        Assert.Equal(KilledWorker.Sweep.Expected(KilledWorker.Point), Output(folder));
        Assert.InRange(deaths, 3, 30);
        Assert.Single(observer.Reports.OfType<ClusterReport.Crash>());
    }

    [SkippableFact]
    public async Task A_process_of_another_version_is_told_and_does_nothing()
    {
        string address = shared.Broker.NewAddress();
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(4, 2, 1);
        var other = Hire(sweep, address, version: "2");
        var told = new TaskCompletionSource();
        var observer = new Observer { On = report => { if (report is ClusterReport.Notice { Message: var line } && line.Contains("version 2, not 1", StringComparison.Ordinal)) told.TrySetResult(); } };
        var run = Cluster(sweep, folder, address, observer).RunAsync();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var right = Hire(sweep, address);
        Assert.Equal(SweepEnd.Complete, (await run).End);
        Assert.Equal(0, other.Kernels);
        Assert.Contains(other.Notices, line => line == "fake is refused: version 2, not 1");
        await right.EndAsync();
        await other.EndAsync();
    }

    [SkippableFact]
    public async Task Of_two_coordinators_of_a_sweep_one_waits_and_takes_over()
    {
        string address = shared.Broker.NewAddress();
        using TemporaryFolder folder = new(), standby = new();
        var gate = new ManualResetEventSlim();
        var sweep = new FakeSweep(4, 2, 1) { BeforePoint = (point, cancel) => { if (point == 4) gate.Wait(cancel); } };
        var hired = Hire(sweep, address, workers: 1);
        var working = new TaskCompletionSource();
        var waiting = new TaskCompletionSource();
        var first = Cluster(sweep, folder, address, new Observer { On = report => { if (report is ClusterReport.Progress { State.Committed: 2 }) working.TrySetResult(); } });
        var firstRun = first.RunAsync();
        await working.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var second = Cluster(sweep, standby, address, new Observer
        {
            On = report => { if (report is ClusterReport.Notice { Message: var line } && line.StartsWith("Another process coordinates this sweep", StringComparison.Ordinal)) waiting.TrySetResult(); },
        }).RunAsync();
        await waiting.Task.WaitAsync(TimeSpan.FromSeconds(30));
        first.Drain();
        gate.Set();
        Assert.Equal(SweepEnd.Interrupted, (await firstRun).End);
        var outcome = await second.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((SweepEnd.Complete, 4), (outcome.End, outcome.Computed));
        Assert.Equal(sweep.Expected(), Output(standby));
        await hired.EndAsync();
    }

    [SkippableFact]
    public async Task A_message_that_nobody_understands_is_a_dead_letter_and_mailboxes_are_quorum_queues_that_lose_nothing()
    {
        string address = shared.Broker.NewAddress();
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(4, 2, 1);
        var told = new TaskCompletionSource();
        var run = Cluster(sweep, folder, address, new Observer
        {
            On = report =>
            {
                if (report is ClusterReport.Notice { Message: var line } && line.Contains("it is kept in the queue sweep.dead", StringComparison.Ordinal)) told.TrySetResult();
            },
        }).RunAsync();
        await using var connection = await Broker.Read(address).ConnectAsync("test", default);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        string mailbox = Mailboxes.OfCoordinator(Order("fake").Id);
        while (true)
        {
            try
            {
                await channel.BasicPublishAsync("", mailbox, mandatory: true, new BasicProperties(), Encoding.UTF8.GetBytes("{\"is\":\"nonsense\"}"));
                break;
            }
            catch (RabbitMQ.Client.Exceptions.PublishException)
            {
                await Task.Delay(20); // the mailbox is not there yet
            }
        }
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        BasicGetResult? dead = null;
        while (dead is null) dead = await channel.BasicGetAsync(Mailboxes.Dead, autoAck: true);
        Assert.Equal("{\"is\":\"nonsense\"}", Encoding.UTF8.GetString(dead.Body.Span));
        string[] queues = shared.Broker.Control("list_queues", "-p", new Uri(address).AbsolutePath[1..], "name", "type", "arguments").Split('\n');
        string stated = Assert.Single(queues, line => line.StartsWith(mailbox, StringComparison.Ordinal));
        foreach (string argument in (string[])["quorum", "{\"x-delivery-limit\",20}", "{\"x-dead-letter-strategy\",\"at-least-once\"}", "{\"x-overflow\",\"reject-publish\"}", "{\"x-single-active-consumer\",true}"])
            Assert.Contains(argument, stated, StringComparison.Ordinal);

        var hired = Hire(sweep, address);
        Assert.Equal(SweepEnd.Complete, (await run).End);
        await hired.EndAsync();
        // The mailbox does not stay behind.
        await Assert.ThrowsAsync<RabbitMQ.Client.Exceptions.OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync(mailbox));
    }

    /// <summary>A process with workers, in this one.</summary>
    private sealed class Workers
    {
        private readonly RabbitWorkers _workers;
        private readonly Task<string> _running;
        private int _kernels;

        public Workers(FakeSweep sweep, string address, int workers, string version)
        {
            _workers = new RabbitWorkers(Broker.Read(address), workers, lowPriority: false, order =>
            {
                if (order.Version != version) throw new OrderRefusedException($"version {version}, not {order.Version}");
                var job = sweep.Job("unused");
                return () =>
                {
                    Interlocked.Increment(ref _kernels);
                    return job.CreateKernel();
                };
            }, line => { lock (Notices) Notices.Add(line); });
            _running = _workers.RunAsync();
        }

        public int Kernels => _kernels;

        public List<string> Notices { get; } = [];

        public async Task<string> EndAsync()
        {
            _workers.Drain();
            return await _running.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }
}
