using System.Collections.Concurrent;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>
/// Workers of this process, each an actor with a thread of its own.
/// <para>
/// Supervision: a worker that throws is reported to the coordinator as dead (its work counts as lost once) and replaced, at most
/// <see cref="Workforce.RestartsPerWorker"/> times; its state is disposable. One that fails more often has a broken invariant and ends the run.
/// </para>
/// </summary>
internal sealed class LocalWorkforce : Workforce
{
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);

    // After an abort a kernel gets this long to notice; its thread does not keep the process alive.
    private static readonly TimeSpan PatienceAfterAbort = TimeSpan.FromSeconds(2);

    private readonly Func<IShardKernel> _createKernel;
    private readonly int _workers;
    private readonly bool _lowPriority;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly ConcurrentDictionary<WorkerId, WorkerActor> _actors = new();
    private int _number;

    /// <summary>States the workers; they start when the run begins.</summary>
    /// <param name="createKernel">Makes one kernel for each worker; called on the worker's thread.</param>
    /// <param name="workers">Kernels that run at the same time, at least 1.</param>
    /// <param name="lowPriority">Whether other programs of the machine go first.</param>
    /// <param name="tick">How often time passes, 1 s at most; null for that.</param>
    public LocalWorkforce(Func<IShardKernel> createKernel, int workers, bool lowPriority, TimeSpan? tick = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        _createKernel = createKernel;
        _workers = workers;
        _lowPriority = lowPriority;
        Tick = tick < LongestTick ? tick.Value : LongestTick;
    }

    /// <summary>Workers of one process cannot be silent without a crash that their supervisor sees; the lease only has to be longer than
    /// a suspended laptop's hiccup.</summary>
    public override TimeSpan Lease => TimeSpan.FromMinutes(10);

    public override TimeSpan Tick { get; }

    public override int MailboxCapacity => 64 + 8 * _workers;

    public override bool MayOutliveCoordinator => false;

    public override IReadOnlyList<Task> Begin(CoordinatorDesk desk)
    {
        var means = new WorkerMeans(_createKernel, (_, work, payload) => desk.Commit(work, payload), _lowPriority, _clock);
        return [.. Enumerable.Range(0, _workers).Select(_ => SuperviseAsync(means, desk))];
    }

    public override void Send(WorkerId to, CoordinatorMessage message)
    {
        if (_actors.TryGetValue(to, out var worker)) worker.Offer(new WorkerEvent.Received(message));
    }

    public override bool PassTick()
    {
        foreach (var worker in _actors.Values) worker.Offer(new WorkerEvent.TimePassed());
        return true;
    }

    public override async Task DismissAsync(Task work, bool atOnce)
    {
        if (atOnce) await Task.WhenAny(work, Task.Delay(PatienceAfterAbort, _clock)).ConfigureAwait(false);
        else await work.ConfigureAwait(false);
    }

    public override void Abandon()
    {
        foreach (var worker in _actors.Values) worker.Abandon();
    }

    private async Task SuperviseAsync(WorkerMeans means, CoordinatorDesk desk)
    {
        for (int restarts = 0; ; restarts++)
        {
            var id = new WorkerId(desk.Process, Interlocked.Increment(ref _number));
            using var worker = new WorkerActor(id, means, message => desk.Offer(new CoordinatorEvent.Received(message)));
            _actors[id] = worker;
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
                _actors.TryRemove(id, out _);
            }
        }
    }
}
