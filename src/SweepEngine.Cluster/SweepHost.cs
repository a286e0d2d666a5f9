using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>What takes the parts that a process commits: the aggregator, or the claims of a shared folder.</summary>
internal interface IPartTaker
{
    /// <summary>Ends when the taker has stopped; fails with <see cref="ActorFailedException"/> if it threw.</summary>
    Task Completion { get; }

    /// <summary>Begins with what is there already.</summary>
    ValueTask StartAsync();

    /// <summary>A part is committed.</summary>
    ValueTask AnnounceAsync(CurveRange part);

    /// <summary>Time has passed since the run began. May be dropped.</summary>
    void Tick(TimeSpan now);

    /// <summary>The run is to end soon.</summary>
    ValueTask DrainAsync();

    /// <summary>Ends it after what it does now.</summary>
    Task StopAsync();
}

/// <summary>
/// A process that has a sweep computed in a folder: one coordinator, its workers, and what takes their parts. Running the same job
/// again in the same directory goes on where storage stands. What hosts promise, and how to add one, is in <c>docs/hosts.md</c>.
/// <para>
/// A coordinator or taker of parts that throws has a broken invariant: the run ends with an <see cref="ActorFailedException"/> that holds the
/// state. Storage is untouched by that.
/// </para>
/// </summary>
public abstract class SweepHost
{
    private readonly Lock _reporting = new();
    private readonly IProgress<ClusterReport>? _observer;
    private readonly TaskCompletionSource _drainAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _abortAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>States a run; nothing happens yet.</summary>
    private protected SweepHost(SweepJob job, Workforce workforce, IProgress<ClusterReport>? observer)
    {
        Job = job;
        Workforce = workforce;
        _observer = observer;
    }

    /// <summary>What is computed.</summary>
    private protected SweepJob Job { get; }

    /// <summary>Who computes it.</summary>
    private protected Workforce Workforce { get; }

    /// <summary>Measures time.</summary>
    private protected TimeProvider Clock { get; } = TimeProvider.System;

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
            Directory.CreateDirectory(Job.OutputDirectory);
            return await RunInFolderAsync().ConfigureAwait(false);
        }
        catch (OutputInUseException inUse)
        {
            return new SweepOutcome(SweepEnd.Incomplete, inUse.Message, 0, 0, [], 0);
        }
        catch (Exception trouble) when (StorageTrouble.Is(trouble))
        {
            string reason = StorageTrouble.Describe($"{Job.OutputDirectory} cannot be used as output directory", trouble);
            return new SweepOutcome(SweepEnd.Incomplete, reason, 0, 0, [], 0);
        }
    }

    /// <summary>Runs the sweep in the folder, which exists.</summary>
    private protected abstract Task<SweepOutcome> RunInFolderAsync();

    /// <summary>Runs the actors until the coordinator ends.</summary>
    /// <param name="process">Name of this process, as journal and claims have it.</param>
    /// <param name="store">The parts.</param>
    /// <param name="journal">Where the coordinator writes.</param>
    /// <param name="start">Storage and history, for the coordinator; its lease and time are set here.</param>
    /// <param name="makeTaker">Makes what takes parts, with its way to the coordinator.</param>
    private protected async Task<SweepOutcome> RunActorsAsync(
        string process, PartStore store, JournalFile journal, CoordinatorStart start, Func<Func<CoordinatorEvent, ValueTask>, IPartTaker> makeTaker)
    {
        start = start with { Now = TimeSpan.Zero, Lease = Workforce.Lease };
        IPartTaker? taker = null;
        var coordinator = new CoordinatorActor(
            effects => new Coordinator(Job.Shape, Job.ShardId, start, effects),
            journal, Workforce.Send, part => taker!.AnnounceAsync(part), new CoordinatorMeans(Report, Workforce.MailboxCapacity));
        taker = makeTaker(coordinator.SendAsync);
        await taker.StartAsync().ConfigureAwait(false);

        // Timer and signal end without an exception: the first one of a process takes some 20 ms.
        using var timer = new PeriodicTimer(Workforce.Tick, Clock);
        var ended = new TaskCompletionSource();
        var committing = new TimeSpent(Clock);
        var ticking = Task.CompletedTask;
        var stopping = Task.CompletedTask;
        try
        {
            var work = Workforce.Begin(new CoordinatorDesk(
                process, start.Term, (shard, payload) => committing.In(() => store.Commit(shard, payload)), coordinator.Offer, coordinator.SendAsync, Report));
            ticking = TickAsync(timer, coordinator, taker);
            stopping = PassOnStopsAsync(coordinator, taker, ended.Task);
            var finished = await FirstOfAsync(coordinator, taker, work).ConfigureAwait(false);
            // Workers are told to stop when they ask next, so the coordinator still answers.
            await Workforce.DismissAsync(Task.WhenAll(work), _abortAsked.Task.IsCompleted).ConfigureAwait(false);
            coordinator.Stop();
            await coordinator.Completion.ConfigureAwait(false);
            var (progress, crashedPoints) = coordinator.Result;
            long computed = Math.Max(0, progress.Committed - progress.Reused);
            return new SweepOutcome(finished.End, finished.Reason, progress.Reused, computed, crashedPoints, progress.Alarms)
            {
                CommitTime = committing.Total,
            };
        }
        finally
        {
            timer.Dispose();
            ended.SetResult();
            coordinator.Stop();
            Workforce.Abandon();
            await taker.StopAsync().ConfigureAwait(false);
            await Task.WhenAny(coordinator.Completion).ConfigureAwait(false); // its failure, if any, is told already
            await Task.WhenAll(ticking, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Tells the observer, one report at a time.</summary>
    private protected void Report(ClusterReport report)
    {
        lock (_reporting) _observer?.Report(report);
    }

    /// <summary>Tells how many files of other sweeps are among the parts.</summary>
    private protected void ReportForeign(PartStore store, int foreign)
    {
        if (foreign > 0)
            Report(new ClusterReport.Notice($"{foreign} files in {store.Folder} belong to another sweep or engine version; they are left alone."));
    }

    private static async Task<CoordinatorEffect.Finish> FirstOfAsync(CoordinatorActor coordinator, IPartTaker taker, IReadOnlyList<Task> work)
    {
        var running = new List<Task>([coordinator.Finished, coordinator.Completion, taker.Completion, .. work]);
        while (!coordinator.Finished.IsCompleted)
        {
            var first = await Task.WhenAny(running).ConfigureAwait(false);
            await first.ConfigureAwait(false); // an actor that failed ends the run here
            running.Remove(first);
        }
        return await coordinator.Finished.ConfigureAwait(false);
    }

    // Until the timer is disposed of. Time in which no worker could be heard does not pass for the coordinator.
    private async Task TickAsync(PeriodicTimer timer, CoordinatorActor coordinator, IPartTaker taker)
    {
        long began = Clock.GetTimestamp(), last = began;
        var heard = TimeSpan.Zero;
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            taker.Tick(Clock.GetElapsedTime(began));
            long now = Clock.GetTimestamp();
            if (Workforce.PassTick())
            {
                heard += Clock.GetElapsedTime(last, now);
                coordinator.Offer(new CoordinatorEvent.TimePassed(heard));
            }
            last = now;
        }
    }

    private async Task PassOnStopsAsync(CoordinatorActor coordinator, IPartTaker taker, Task ended)
    {
        await Task.WhenAny(_drainAsked.Task, _abortAsked.Task, ended).ConfigureAwait(false);
        if (!ended.IsCompleted) await taker.DrainAsync().ConfigureAwait(false);
        if (!ended.IsCompleted && !_abortAsked.Task.IsCompleted)
        {
            await coordinator.SendAsync(new CoordinatorEvent.DrainAsked()).ConfigureAwait(false);
            await Task.WhenAny(_abortAsked.Task, ended).ConfigureAwait(false);
        }
        if (!ended.IsCompleted) await coordinator.SendAsync(new CoordinatorEvent.AbortAsked()).ConfigureAwait(false);
    }

    /// <summary>What a coordinator needs from its process.</summary>
    internal sealed record CoordinatorMeans(Action<ClusterReport> Report, int MailboxCapacity);
}
