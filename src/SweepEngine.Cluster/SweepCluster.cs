using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>What the workers of a run reach its coordinator by; a host gets it when the run begins. All of it may be called from any thread.</summary>
/// <param name="Term">Term of the coordinator: part of every grant's epoch.</param>
/// <param name="Commit">Commits a part to the folder of the run, see <see cref="PartStore.Commit"/>.</param>
/// <param name="Offer">Hands an event to the coordinator that will be repeated if need be; false if it was dropped.</param>
/// <param name="SendAsync">Hands an event to the coordinator that is said once; waits while its mailbox is full.</param>
/// <param name="Report">Tells people.</param>
public sealed record CoordinatorDesk(
    long Term,
    Func<ShardWork, ReadOnlyMemory<byte>, (WorkEnd End, string Message)> Commit,
    Func<CoordinatorEvent, bool> Offer,
    Func<CoordinatorEvent, ValueTask> SendAsync,
    Action<ClusterReport> Report);

/// <summary>
/// Runs a sweep: coordinator, aggregator, parts and journal are in this process and the same for every host; a host (a class derived from
/// this one) only brings workers and carries messages. Running the same job again in the same directory goes on where storage stands.
/// <para>
/// What a host has to give: messages may be lost, doubled, delayed and reordered, but not altered; an address of a worker is never used
/// again; what a worker reports as committed is in the folder (<see cref="CoordinatorDesk.Commit"/>). Nothing else is asked of it.
/// </para>
/// </summary>
public abstract class SweepCluster
{
    private readonly SweepJob _job;
    private readonly Lock _reporting = new();
    private readonly IProgress<ClusterReport>? _observer;
    private readonly TaskCompletionSource _drainAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _abortAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>States a run; nothing happens yet.</summary>
    /// <param name="job">What to compute.</param>
    /// <param name="observer">Told what happens, one report at a time, from the engine's threads; must be quick. A report is not
    /// repeated.</param>
    protected SweepCluster(SweepJob job, IProgress<ClusterReport>? observer)
    {
        _job = job;
        _observer = observer;
    }

    /// <summary>What is computed.</summary>
    protected SweepJob Job => _job;

    /// <summary>Measures time.</summary>
    protected static TimeProvider Clock => TimeProvider.System;

    /// <summary>A worker that is silent for this long is taken for dead.</summary>
    protected abstract TimeSpan Lease { get; }

    /// <summary>How often time passes.</summary>
    protected abstract TimeSpan Tick { get; }

    /// <summary>Room of the coordinator's mailbox.</summary>
    protected abstract int MailboxCapacity { get; }

    /// <summary>Whether a worker may live longer than the process of its coordinator.</summary>
    protected abstract bool WorkersMayOutlive { get; }

    /// <summary>No new work; what runs is finished and committed, then the run ends as interrupted. Any thread, any time, any number of
    /// times.</summary>
    public void Drain() => _drainAsked.TrySetResult();

    /// <summary>What runs is cancelled; the run ends as interrupted. Any thread, any time, any number of times.</summary>
    public void Abort() => _abortAsked.TrySetResult();

    /// <summary>Runs the sweep to its end. To be called once.</summary>
    /// <returns>How it ended. Trouble with storage is an outcome, not an exception.</returns>
    /// <exception cref="ActorFailedException">An invariant is broken, or the merger or observer threw what it must not.</exception>
    public async Task<SweepOutcome> RunAsync()
    {
        try
        {
            Directory.CreateDirectory(_job.OutputDirectory);
            using var held = OutputLock.Take(_job.OutputDirectory);
            return await RunLockedAsync().ConfigureAwait(false);
        }
        catch (OutputInUseException inUse)
        {
            return new SweepOutcome(SweepEnd.Incomplete, inUse.Message, 0, 0, [], 0);
        }
        catch (Exception trouble) when (StorageTrouble.Is(trouble))
        {
            string reason = StorageTrouble.Describe($"{_job.OutputDirectory} cannot be used as output directory", trouble);
            return new SweepOutcome(SweepEnd.Incomplete, reason, 0, 0, [], 0);
        }
    }

    /// <summary>Brings the workers.</summary>
    /// <param name="desk">Their way to the coordinator.</param>
    /// <returns>What runs on their behalf; the first one that fails ends the run.</returns>
    protected abstract IReadOnlyList<Task> Work(CoordinatorDesk desk);

    /// <summary>Sends a message to a worker; it may be lost. Must be quick.</summary>
    /// <param name="to">The worker.</param>
    /// <param name="message">The message.</param>
    protected abstract void Send(WorkerId to, CoordinatorMessage message);

    /// <summary>A tick has passed.</summary>
    /// <returns>False while no worker can be heard: such time does not count against them.</returns>
    protected abstract bool PassTick();

    /// <summary>The coordinator has ended and answers "stop" to all: ends the workers.</summary>
    /// <param name="work">Ends with all that <see cref="Work"/> returned.</param>
    /// <param name="atOnce">Somebody asked to stop at once.</param>
    protected abstract Task DismissAsync(Task work, bool atOnce);

    /// <summary>The run ends, however it does: lets go of what <see cref="Work"/> holds, without waiting for workers.</summary>
    protected abstract void Abandon();

    private async Task<SweepOutcome> RunLockedAsync()
    {
        var store = new PartStore(_job.OutputDirectory, _job.Shape, _job.ShardId);
        var parts = store.List(out int foreign);
        if (foreign > 0)
            Report(new ClusterReport.Notice($"{foreign} files in {store.Folder} belong to another sweep or engine version; they are left alone."));
        var history = ReadJournal();
        long merged = _job.Merger.Resume();
        IEnumerable<CurveRange> committed = merged > 0 ? [.. parts, new CurveRange(0, merged)] : parts;

        using var journal = JournalFile.Open(_job.OutputDirectory, Clock);
        // A worker that outlives its coordinator must not meet its term again, even when the journal is lost.
        long term = Math.Max(history.Term + 1, WorkersMayOutlive ? Clock.GetUtcNow().ToUnixTimeMilliseconds() : 0);
        var start = new CoordinatorStart(term, committed, history, TimeSpan.Zero, Lease);
        AggregatorActor? aggregator = null;
        var coordinator = new CoordinatorActor(
            effects => new Coordinator(_job.Shape, _job.ShardId, start, effects),
            journal, Send, part => aggregator!.AnnounceAsync(part), new CoordinatorMeans(Report, MailboxCapacity));
        var merging = new TimeSpent(Clock);
        var committing = new TimeSpent(Clock);
        aggregator = new AggregatorActor((_job.Shape.Curves, merged, parts), store, _job.Merger, coordinator.SendAsync, merging);
        await aggregator.StartAsync().ConfigureAwait(false);

        // Timer and signal end without an exception: the first one of a process takes some 20 ms.
        using var timer = new PeriodicTimer(Tick, Clock);
        var ended = new TaskCompletionSource();
        var ticking = Task.CompletedTask;
        var stopping = Task.CompletedTask;
        try
        {
            var work = Work(new CoordinatorDesk(
                term, (shard, payload) => committing.In(() => store.Commit(shard, payload)), coordinator.Offer, coordinator.SendAsync, Report));
            ticking = TickAsync(timer, coordinator);
            stopping = PassOnStopsAsync(coordinator, ended.Task);
            var finished = await FirstOfAsync(coordinator, aggregator, work).ConfigureAwait(false);
            // Workers are told to stop when they ask next, so the coordinator still answers.
            await DismissAsync(Task.WhenAll(work), _abortAsked.Task.IsCompleted).ConfigureAwait(false);
            coordinator.Stop();
            await coordinator.Completion.ConfigureAwait(false);
            var (progress, crashedPoints) = coordinator.Result;
            long computed = Math.Max(0, progress.Committed - progress.Reused);
            return new SweepOutcome(finished.End, finished.Reason, progress.Reused, computed, crashedPoints, progress.Alarms)
            {
                CommitTime = committing.Total,
                MergeTime = merging.Total,
            };
        }
        finally
        {
            timer.Dispose();
            ended.SetResult();
            coordinator.Stop();
            Abandon();
            await aggregator.StopAsync().ConfigureAwait(false);
            await Task.WhenAny(coordinator.Completion).ConfigureAwait(false); // its failure, if any, is told already
            await Task.WhenAll(ticking, stopping).ConfigureAwait(false);
        }
    }

    private WorkHistory ReadJournal()
    {
        var skipped = new List<long>();
        // The lock says that every coordinator that wrote here is dead, and where they are of its process, so are its workers.
        var history = WorkHistory.Read(JournalFile.Read(_job.OutputDirectory, skipped.Add), openAttemptsWereLost: !WorkersMayOutlive);
        if (skipped.Count > 0)
        {
            string lines = string.Join(", ", skipped.Take(5)) + (skipped.Count > 5 ? ", …" : "");
            Report(new ClusterReport.Notice(
                $"{Path.Combine(_job.OutputDirectory, JournalFile.FileName)}: line {lines} cannot be read and is skipped; no result depends on it."));
        }
        return history;
    }

    private static async Task<CoordinatorEffect.Finish> FirstOfAsync(CoordinatorActor coordinator, AggregatorActor aggregator, IReadOnlyList<Task> work)
    {
        var running = new List<Task>([coordinator.Finished, coordinator.Completion, aggregator.Completion, .. work]);
        while (!coordinator.Finished.IsCompleted)
        {
            var first = await Task.WhenAny(running).ConfigureAwait(false);
            await first.ConfigureAwait(false); // an actor that failed ends the run here
            running.Remove(first);
        }
        return await coordinator.Finished.ConfigureAwait(false);
    }

    // Until the timer is disposed of. The coordinator's time goes on by at most three ticks at once: one that was paused itself has not
    // listened, and ends no lease for it.
    private async Task TickAsync(PeriodicTimer timer, CoordinatorActor coordinator)
    {
        var now = TimeSpan.Zero;
        long last = Clock.GetTimestamp();
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            var passed = Clock.GetElapsedTime(last);
            last = Clock.GetTimestamp();
            if (!PassTick()) continue;
            now += passed < 3 * Tick ? passed : 3 * Tick;
            coordinator.Offer(new CoordinatorEvent.TimePassed(now));
        }
    }

    private async Task PassOnStopsAsync(CoordinatorActor coordinator, Task ended)
    {
        await Task.WhenAny(_drainAsked.Task, _abortAsked.Task, ended).ConfigureAwait(false);
        if (!ended.IsCompleted && !_abortAsked.Task.IsCompleted)
        {
            await coordinator.SendAsync(new CoordinatorEvent.DrainAsked()).ConfigureAwait(false);
            await Task.WhenAny(_abortAsked.Task, ended).ConfigureAwait(false);
        }
        if (!ended.IsCompleted) await coordinator.SendAsync(new CoordinatorEvent.AbortAsked()).ConfigureAwait(false);
    }

    private void Report(ClusterReport report)
    {
        lock (_reporting) _observer?.Report(report);
    }

    /// <summary>What a coordinator needs from its process.</summary>
    internal sealed record CoordinatorMeans(Action<ClusterReport> Report, int MailboxCapacity);
}
