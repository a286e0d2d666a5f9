using System.Collections.Concurrent;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>
/// Runs a sweep in this process: one coordinator, some workers, one aggregator, each an actor.
/// <para>
/// Supervision: a worker that throws is reported to the coordinator as dead (its work counts as lost once) and replaced, at most
/// <see cref="RestartsPerWorker"/> times; its state is disposable. A coordinator or aggregator that throws has a broken invariant, and
/// so has a worker that
/// fails too often: the run ends with an <see cref="ActorFailedException"/> that holds the state. Storage is untouched by that.
/// </para>
/// </summary>
public sealed class LocalCluster : SweepCluster
{
    /// <summary>How often a worker is replaced before the run gives up.</summary>
    public const int RestartsPerWorker = 3;

    // After an abort a kernel gets this long to notice; its thread does not keep the process alive.
    private static readonly TimeSpan PatienceAfterAbort = TimeSpan.FromSeconds(2);

    private readonly int _workers;
    private readonly bool _lowPriority;
    private readonly ConcurrentDictionary<WorkerId, WorkerActor> _workerActors = new();
    private int _workerNumber;

    /// <summary>States a run; nothing happens yet.</summary>
    /// <param name="job">What to compute.</param>
    /// <param name="workers">Kernels that run at the same time, at least 1; usually the number of cores.</param>
    /// <param name="lowPriority">Whether other programs of the machine go first.</param>
    /// <param name="observer">Told what happens, one report at a time, from the engine's threads; must be quick. A report is not
    /// repeated.</param>
    public LocalCluster(SweepJob job, int workers, bool lowPriority = false, IProgress<ClusterReport>? observer = null)
        : base(job, observer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        _workers = workers;
        _lowPriority = lowPriority;
    }

    /// <summary>Workers of one process cannot be silent without a crash that their supervisor sees; the lease only has to be longer than
    /// a suspended laptop's hiccup.</summary>
    protected override TimeSpan Lease => TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override TimeSpan Tick => TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override int MailboxCapacity => 64 + 8 * _workers;

    /// <inheritdoc/>
    protected override bool WorkersMayOutlive => false;

    /// <inheritdoc/>
    protected override IReadOnlyList<Task> Work(CoordinatorDesk desk)
    {
        var means = new WorkerMeans(Job.CreateKernel, (_, work, payload) => desk.Commit(work, payload), _lowPriority, Clock);
        string process = $"{Environment.MachineName}-{Environment.ProcessId}-{desk.Term}";
        return [.. Enumerable.Range(0, _workers).Select(_ => SuperviseWorkerAsync(process, means, desk))];
    }

    /// <inheritdoc/>
    protected override void Send(WorkerId to, CoordinatorMessage message)
    {
        if (_workerActors.TryGetValue(to, out var worker)) worker.Offer(new WorkerEvent.Received(message));
    }

    /// <inheritdoc/>
    protected override bool PassTick()
    {
        foreach (var worker in _workerActors.Values) worker.Offer(new WorkerEvent.TimePassed());
        return true;
    }

    /// <inheritdoc/>
    protected override async Task DismissAsync(Task work, bool atOnce)
    {
        if (atOnce) await Task.WhenAny(work, Task.Delay(PatienceAfterAbort, Clock)).ConfigureAwait(false);
        else await work.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Abandon()
    {
        foreach (var worker in _workerActors.Values) worker.Abandon();
    }

    private async Task SuperviseWorkerAsync(string process, WorkerMeans means, CoordinatorDesk desk)
    {
        for (int restarts = 0; ; restarts++)
        {
            var id = new WorkerId(process, Interlocked.Increment(ref _workerNumber));
            using var worker = new WorkerActor(id, means, message => desk.Offer(new CoordinatorEvent.Received(message)));
            _workerActors[id] = worker;
            worker.Start();
            try
            {
                await worker.RunAsync().ConfigureAwait(false);
                return;
            }
            catch (ActorFailedException failure) when (restarts < RestartsPerWorker)
            {
                await desk.SendAsync(new CoordinatorEvent.WorkerDied(id, failure.Message)).ConfigureAwait(false);
                desk.Report(new ClusterReport.Notice($"{failure.Message} Another worker takes its place."));
            }
            finally
            {
                _workerActors.TryRemove(id, out _);
            }
        }
    }
}
