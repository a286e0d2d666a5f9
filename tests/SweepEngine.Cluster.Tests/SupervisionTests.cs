using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

public sealed class SupervisionTests
{
    [Fact]
    public async Task An_actor_that_throws_stops_and_tells_its_state()
    {
        int sum = 0;
        var actor = new Actor<int>("Adder", 8, number =>
        {
            sum += number;
            if (number == 3) throw new InvalidOperationException("three is too many.");
            return ValueTask.CompletedTask;
        }, () => $"sum {sum}");
        foreach (int number in (int[])[1, 2, 3, 4]) await actor.SendAsync(number);
        var failure = await Assert.ThrowsAsync<ActorFailedException>(() => actor.Completion);
        Assert.Equal("Adder failed: three is too many. State: sum 6", failure.Message);
        await actor.SendAsync(5); // nobody there: no harm
        Assert.False(actor.Offer(5));
    }

    [Fact]
    public async Task Offers_are_dropped_when_the_mailbox_is_more_than_half_full_and_the_rest_is_kept_for_what_is_said_once()
    {
        var gate = new TaskCompletionSource();
        var got = new List<int>();
        var actor = new Actor<int>("Slow", 4, async number =>
        {
            await gate.Task;
            got.Add(number);
        }, () => "");
        await actor.SendAsync(0);
        SpinWait.SpinUntil(() => actor.Waiting == 0); // the first message is being handled
        Assert.True(actor.Offer(1) && actor.Offer(2) && actor.Offer(3));
        Assert.False(actor.Offer(4));
        var sent = actor.SendAsync(5);
        Assert.True(sent.IsCompleted);
        var waits = actor.SendAsync(6);
        Assert.False(waits.IsCompleted);
        gate.SetResult();
        await sent;
        await waits;
        actor.Stop();
        await actor.Completion;
        Assert.Equal([0, 1, 2, 3, 5, 6], got);
    }

    [Fact]
    public async Task A_worker_that_throws_is_replaced_and_the_sweep_completes()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(6, 2, 1);
        var job = sweep.Job(folder);
        int made = 0;
        var observer = new Observer();
        var outcome = await new LocalCluster(
            job with { CreateKernel = () => ++made == 1 ? throw new InvalidOperationException("no kernel today.") : job.CreateKernel() },
            workers: 1, observer: observer).RunAsync();
        Assert.Equal(SweepEnd.Complete, outcome.End);
        Assert.Equal(2, made);
        Assert.Contains("no kernel today. State: Worker", Assert.Single(observer.Reports.OfType<ClusterReport.Notice>()).Message);
    }

    [Fact]
    public async Task A_worker_that_always_throws_ends_the_run_with_its_state()
    {
        using var folder = new TemporaryFolder();
        int made = 0;
        var job = new FakeSweep(6, 2, 1).Job(folder) with
        {
            CreateKernel = () => throw new InvalidOperationException($"no kernel {Interlocked.Increment(ref made)}."),
        };
        var failure = await Assert.ThrowsAsync<ActorFailedException>(() => new LocalCluster(job, workers: 1).RunAsync());
        Assert.Contains($"no kernel {Workforce.RestartsPerWorker + 1}. State: Worker", failure.Message);
    }

    [Fact]
    public async Task A_merger_that_breaks_ends_the_run_and_what_is_committed_stays()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(6, 2, 1);
        var failure = await Assert.ThrowsAsync<ActorFailedException>(() => new LocalCluster(sweep.Job(folder, new BrokenMerger()), 2).RunAsync());
        Assert.Contains("Aggregator failed: bug.", failure.Message);
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(folder, "parts"), "*.part"));
        Assert.Equal(SweepEnd.Complete, (await new LocalCluster(sweep.Job(folder), 2).RunAsync()).End);
    }

    private sealed class BrokenMerger : IPartMerger
    {
        public long Resume() => 0;

        public void Append(CurveRange part, ReadOnlyMemory<byte> payload, CurveRange take) => throw new InvalidOperationException("bug.");

        public void Finish()
        {
        }

        public void Dispose()
        {
        }
    }
}
