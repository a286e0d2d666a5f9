using System.Collections.Concurrent;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>What a cluster computes; it knows nothing of neurons.</summary>
/// <param name="OutputDirectory">Where parts, journal and lock are; made if it is not there.</param>
/// <param name="Shape">Size of the sweep and of its shards.</param>
/// <param name="ShardId">Identity of a curve range: 64 hexadecimal digits (SHA-256 over specification, kernel version and range); pure,
/// thread-safe.</param>
/// <param name="CreateKernel">Makes one kernel for each worker; called on the worker's thread.</param>
/// <param name="Merger">Makes the finished output; disposed by the caller after the run.</param>
public sealed record SweepJob(
    string OutputDirectory, SweepShape Shape, Func<CurveRange, string> ShardId, Func<IShardKernel> CreateKernel, IPartMerger Merger);

/// <summary>What happens during a run, for people and programs that watch.</summary>
public abstract record ClusterReport
{
    /// <summary>Something moved.</summary>
    /// <param name="State">Where the sweep stands.</param>
    public sealed record Progress(SweepProgress State) : ClusterReport;

    /// <summary>Worth a line: a damaged part, unreadable journal lines, a worker that was started again.</summary>
    /// <param name="Message">A sentence.</param>
    public sealed record Notice(string Message) : ClusterReport;

    /// <summary>Points fail or kill the kernel; they become rows with status <c>crashed</c>.</summary>
    /// <param name="Points">One point; all points of a curve if no single one is to blame.</param>
    /// <param name="Message">The exception, or how the workers died.</param>
    public sealed record Crash(PointRange Points, string Message) : ClusterReport;

    /// <summary>The same work gave different bytes.</summary>
    /// <param name="Message">Which file, and what to do.</param>
    public sealed record Alarm(string Message) : ClusterReport;
}

/// <summary>How a run ended.</summary>
/// <param name="End">Complete, complete with crashed points, incomplete or interrupted; the latter two go on when run again.</param>
/// <param name="Reason">For people: what is in the way and the next step; empty if complete.</param>
/// <param name="Reused">Curves that were committed before this run.</param>
/// <param name="Computed">Curves that this run committed.</param>
/// <param name="CrashedPoints">Points that are rows with status <c>crashed</c>, ascending.</param>
/// <param name="Alarms">Times that the same work gave different bytes.</param>
public sealed record SweepOutcome(SweepEnd End, string Reason, long Reused, long Computed, IReadOnlyList<long> CrashedPoints, int Alarms)
{
    /// <summary>Time of all workers together to make parts durable.</summary>
    public TimeSpan CommitTime { get; init; }

    /// <summary>Time to read parts and to make the output.</summary>
    public TimeSpan MergeTime { get; init; }
}

/// <summary>
/// Runs a sweep in this process: one coordinator, some workers, one aggregator, each an actor. Running the same job again in the same
/// directory
/// goes on where storage stands.
/// <para>
/// Supervision: a worker that throws is reported to the coordinator as dead (its work counts as lost once) and replaced, at most
/// <see cref="RestartsPerWorker"/> times; its state is disposable. A coordinator or aggregator that throws has a broken invariant, and
/// so has a worker that
/// fails too often: the run ends with an <see cref="ActorFailedException"/> that holds the state. Storage is untouched by that.
/// </para>
/// </summary>
public sealed class LocalCluster
{
    /// <summary>How often a worker is replaced before the run gives up.</summary>
    public const int RestartsPerWorker = 3;

    // Workers of one process cannot be silent without a crash that their supervisor sees; the lease only has to be longer than a
    // suspended laptop's hiccup.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // After an abort a kernel gets this long to notice; its thread does not keep the process alive.
    private static readonly TimeSpan PatienceAfterAbort = TimeSpan.FromSeconds(2);

    private readonly SweepJob _job;
    private readonly int _workers;
    private readonly bool _lowPriority;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly Lock _reporting = new();
    private readonly IProgress<ClusterReport>? _observer;
    private readonly ConcurrentDictionary<WorkerId, WorkerActor> _workerActors = new();
    private readonly TaskCompletionSource _drainAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _abortAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _workerNumber;

    /// <summary>States a run; nothing happens yet.</summary>
    /// <param name="job">What to compute.</param>
    /// <param name="workers">Kernels that run at the same time, at least 1; usually the number of cores.</param>
    /// <param name="lowPriority">Whether other programs of the machine go first.</param>
    /// <param name="observer">Told what happens, one report at a time, from the engine's threads; must be quick. A report is not
    /// repeated.</param>
    public LocalCluster(SweepJob job, int workers, bool lowPriority = false, IProgress<ClusterReport>? observer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        _job = job;
        _workers = workers;
        _lowPriority = lowPriority;
        _observer = observer;
    }

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

    private async Task<SweepOutcome> RunLockedAsync()
    {
        var store = new PartStore(_job.OutputDirectory, _job.Shape, _job.ShardId);
        var parts = store.List(out int foreign);
        if (foreign > 0)
            Report(new ClusterReport.Notice($"{foreign} files in {store.Folder} belong to another sweep or engine version; they are left alone."));
        var history = ReadJournal();
        long merged = _job.Merger.Resume();
        IEnumerable<CurveRange> committed = merged > 0 ? [.. parts, new CurveRange(0, merged)] : parts;

        using var journal = JournalFile.Open(_job.OutputDirectory, _clock);
        long began = _clock.GetTimestamp();
        var start = new CoordinatorStart(history.Term + 1, committed, history, TimeSpan.Zero, Lease);
        AggregatorActor? aggregator = null;
        var coordinator = new CoordinatorActor(
            effects => new Coordinator(_job.Shape, _job.ShardId, start, effects),
            journal, SendToWorker, part => aggregator!.AnnounceAsync(part), new CoordinatorMeans(Report, MailboxCapacity: 64 + 8 * _workers));
        var merging = new TimeSpent(_clock);
        aggregator = new AggregatorActor((_job.Shape.Curves, merged, parts), store, _job.Merger, coordinator.SendAsync, merging);
        await aggregator.StartAsync().ConfigureAwait(false);

        // Timer and signal end without an exception: the first one of a process takes some 20 ms.
        using var timer = new PeriodicTimer(Tick, _clock);
        var ended = new TaskCompletionSource();
        var means = new WorkerMeans(store, _job.CreateKernel, _lowPriority, _clock, new TimeSpent(_clock));
        string process = $"{Environment.MachineName}-{Environment.ProcessId}-{start.Term}";
        var workers = Enumerable.Range(0, _workers).Select(_ => SuperviseWorkerAsync(process, means, coordinator)).ToArray();
        var ticking = TickAsync(timer, coordinator, began);
        var stopping = PassOnStopsAsync(coordinator, ended.Task);
        try
        {
            var finished = await FirstOfAsync(coordinator, aggregator, workers).ConfigureAwait(false);
            // Workers are told to stop when they ask next, so the coordinator still answers.
            var allWorkers = Task.WhenAll(workers);
            if (_abortAsked.Task.IsCompleted) await Task.WhenAny(allWorkers, Task.Delay(PatienceAfterAbort, _clock)).ConfigureAwait(false);
            else await allWorkers.ConfigureAwait(false);
            coordinator.Stop();
            await coordinator.Completion.ConfigureAwait(false);
            var (progress, crashedPoints) = coordinator.Result;
            long computed = Math.Max(0, progress.Committed - progress.Reused);
            return new SweepOutcome(finished.End, finished.Reason, progress.Reused, computed, crashedPoints, progress.Alarms)
            {
                CommitTime = means.Committing.Total,
                MergeTime = merging.Total,
            };
        }
        finally
        {
            timer.Dispose();
            ended.SetResult();
            coordinator.Stop();
            foreach (var worker in _workerActors.Values) worker.Abandon();
            await aggregator.StopAsync().ConfigureAwait(false);
            await Task.WhenAny(coordinator.Completion).ConfigureAwait(false); // its failure, if any, is told already
            await Task.WhenAll(ticking, stopping).ConfigureAwait(false);
        }
    }

    private WorkHistory ReadJournal()
    {
        var skipped = new List<long>();
        // The lock says that every process that wrote here is dead.
        var history = WorkHistory.Read(JournalFile.Read(_job.OutputDirectory, skipped.Add), openAttemptsWereLost: true);
        if (skipped.Count > 0)
        {
            string lines = string.Join(", ", skipped.Take(5)) + (skipped.Count > 5 ? ", …" : "");
            Report(new ClusterReport.Notice(
                $"{Path.Combine(_job.OutputDirectory, JournalFile.FileName)}: line {lines} cannot be read and is skipped; no result depends on it."));
        }
        return history;
    }

    private static async Task<CoordinatorEffect.Finish> FirstOfAsync(CoordinatorActor coordinator, AggregatorActor aggregator, Task[] workers)
    {
        var running = new List<Task>([coordinator.Finished, coordinator.Completion, aggregator.Completion, .. workers]);
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
    private async Task TickAsync(PeriodicTimer timer, CoordinatorActor coordinator, long began)
    {
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            foreach (var worker in _workerActors.Values) worker.Offer(new WorkerEvent.TimePassed());
            coordinator.Offer(new CoordinatorEvent.TimePassed(_clock.GetElapsedTime(began)));
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

    private void SendToWorker(WorkerId to, CoordinatorMessage message)
    {
        if (_workerActors.TryGetValue(to, out var worker)) worker.Offer(new WorkerEvent.Received(message));
    }

    private void Report(ClusterReport report)
    {
        lock (_reporting) _observer?.Report(report);
    }

    /// <summary>What all workers of a process share.</summary>
    internal sealed record WorkerMeans(PartStore Store, Func<IShardKernel> CreateKernel, bool LowPriority, TimeProvider Clock, TimeSpent Committing);

    /// <summary>What a coordinator needs from its process.</summary>
    internal sealed record CoordinatorMeans(Action<ClusterReport> Report, int MailboxCapacity);
}
