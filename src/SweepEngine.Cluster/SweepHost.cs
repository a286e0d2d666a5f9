using System.Collections.Concurrent;
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
/// A process that computes a sweep in a folder: one coordinator, some workers, and what takes their parts, each an actor. Running the same job
/// again in the same directory goes on where storage stands. What hosts promise, and how to add one, is in <c>docs/hosts.md</c>.
/// <para>
/// Supervision: a worker that throws is reported to the coordinator as dead (its work counts as lost once) and replaced, at most
/// <see cref="RestartsPerWorker"/> times; its state is disposable. A coordinator or taker of parts that throws has a broken invariant, and
/// so has a worker that
/// fails too often: the run ends with an <see cref="ActorFailedException"/> that holds the state. Storage is untouched by that.
/// </para>
/// </summary>
public abstract class SweepHost
{
    /// <summary>How often a worker is replaced before the run gives up.</summary>
    public const int RestartsPerWorker = 3;

    // Workers of one process cannot be silent without a crash that their supervisor sees; the lease only has to be longer than a
    // suspended laptop's hiccup.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    // After an abort a kernel gets this long to notice; its thread does not keep the process alive.
    private static readonly TimeSpan PatienceAfterAbort = TimeSpan.FromSeconds(2);

    private readonly int _workers;
    private readonly bool _lowPriority;
    private readonly Lock _reporting = new();
    private readonly IProgress<ClusterReport>? _observer;
    private readonly ConcurrentDictionary<WorkerId, WorkerActor> _workerActors = new();
    private readonly TaskCompletionSource _drainAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _abortAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _workerNumber;

    /// <summary>States a run; nothing happens yet.</summary>
    private protected SweepHost(SweepJob job, int workers, bool lowPriority, IProgress<ClusterReport>? observer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        Job = job;
        _workers = workers;
        _lowPriority = lowPriority;
        _observer = observer;
    }

    /// <summary>What is computed.</summary>
    private protected SweepJob Job { get; }

    /// <summary>Measures time; only differences count.</summary>
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
    /// <param name="tick">How often time passes for the actors.</param>
    /// <param name="makeTaker">Makes what takes parts, with its way to the coordinator.</param>
    private protected async Task<SweepOutcome> RunActorsAsync(
        string process, PartStore store, JournalFile journal, CoordinatorStart start, TimeSpan tick, Func<Func<CoordinatorEvent, ValueTask>, IPartTaker> makeTaker)
    {
        long began = Clock.GetTimestamp();
        start = start with { Now = TimeSpan.Zero, Lease = Lease };
        IPartTaker? taker = null;
        var coordinator = new CoordinatorActor(
            effects => new Coordinator(Job.Shape, Job.ShardId, start, effects),
            journal, SendToWorker, part => taker!.AnnounceAsync(part), new CoordinatorMeans(Report, MailboxCapacity: 64 + 8 * _workers));
        taker = makeTaker(coordinator.SendAsync);
        await taker.StartAsync().ConfigureAwait(false);

        // Timer and signal end without an exception: the first one of a process takes some 20 ms.
        using var timer = new PeriodicTimer(tick, Clock);
        var ended = new TaskCompletionSource();
        var means = new WorkerMeans(store, Job.CreateKernel, _lowPriority, Clock, new TimeSpent(Clock));
        var workers = Enumerable.Range(0, _workers).Select(_ => SuperviseWorkerAsync(process, means, coordinator)).ToArray();
        var ticking = TickAsync(timer, coordinator, taker, began);
        var stopping = PassOnStopsAsync(coordinator, taker, ended.Task);
        try
        {
            var finished = await FirstOfAsync(coordinator, taker, workers).ConfigureAwait(false);
            // Workers are told to stop when they ask next, so the coordinator still answers.
            var allWorkers = Task.WhenAll(workers);
            if (_abortAsked.Task.IsCompleted) await Task.WhenAny(allWorkers, Task.Delay(PatienceAfterAbort, Clock)).ConfigureAwait(false);
            else await allWorkers.ConfigureAwait(false);
            coordinator.Stop();
            await coordinator.Completion.ConfigureAwait(false);
            var (progress, crashedPoints) = coordinator.Result;
            long computed = Math.Max(0, progress.Committed - progress.Reused);
            return new SweepOutcome(finished.End, finished.Reason, progress.Reused, computed, crashedPoints, progress.Alarms)
            {
                CommitTime = means.Committing.Total,
            };
        }
        finally
        {
            timer.Dispose();
            ended.SetResult();
            coordinator.Stop();
            foreach (var worker in _workerActors.Values) worker.Abandon();
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

    private static async Task<CoordinatorEffect.Finish> FirstOfAsync(CoordinatorActor coordinator, IPartTaker taker, Task[] workers)
    {
        var running = new List<Task>([coordinator.Finished, coordinator.Completion, taker.Completion, .. workers]);
        while (!coordinator.Finished.IsCompleted)
        {
            var first = await Task.WhenAny(running).ConfigureAwait(false);
            await first.ConfigureAwait(false); // an actor that failed ends the run here
            running.Remove(first);
        }
        return await coordinator.Finished.ConfigureAwait(false);
    }

    private async Task SuperviseWorkerAsync(string process, WorkerMeans means, CoordinatorActor coordinator)
    {
        for (int restarts = 0; ; restarts++)
        {
            var id = new WorkerId(process, Interlocked.Increment(ref _workerNumber));
            using var worker = new WorkerActor(id, means, message => coordinator.Offer(new CoordinatorEvent.Received(message)));
            _workerActors[id] = worker;
            worker.Start();
            try
            {
                await worker.RunAsync().ConfigureAwait(false);
                return;
            }
            catch (ActorFailedException failure) when (restarts < RestartsPerWorker)
            {
                await coordinator.SendAsync(new CoordinatorEvent.WorkerDied(id, failure.Message)).ConfigureAwait(false);
                Report(new ClusterReport.Notice($"{failure.Message} Another worker takes its place."));
            }
            finally
            {
                _workerActors.TryRemove(id, out _);
            }
        }
    }

    // Until the timer is disposed of.
    private async Task TickAsync(PeriodicTimer timer, CoordinatorActor coordinator, IPartTaker taker, long began)
    {
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            foreach (var worker in _workerActors.Values) worker.Offer(new WorkerEvent.TimePassed());
            var now = Clock.GetElapsedTime(began);
            coordinator.Offer(new CoordinatorEvent.TimePassed(now));
            taker.Tick(now);
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

    private void SendToWorker(WorkerId to, CoordinatorMessage message)
    {
        if (_workerActors.TryGetValue(to, out var worker)) worker.Offer(new WorkerEvent.Received(message));
    }

    /// <summary>What all workers of a process share.</summary>
    internal sealed record WorkerMeans(PartStore Store, Func<IShardKernel> CreateKernel, bool LowPriority, TimeProvider Clock, TimeSpent Committing);

    /// <summary>What a coordinator needs from its process.</summary>
    internal sealed record CoordinatorMeans(Action<ClusterReport> Report, int MailboxCapacity);
}
