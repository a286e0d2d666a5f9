using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>An operating-system process with some workers.</summary>
internal sealed class SimulatedProcess(string name, double slowdown)
{
    public string Name => name;

    /// <summary>How many times longer work takes here.</summary>
    public double Slowdown => slowdown;

    public bool Lives { get; set; } = true;

    /// <summary>The operating system does not let the process run before this time.</summary>
    public long PausedUntil { get; set; }

    /// <summary>No message comes in or out before this time.</summary>
    public long CutOffUntil { get; set; }

    public List<SimulatedWorker> Workers { get; } = [];

    public int WorkersStarted { get; set; }
}

/// <summary>Carries out what a <see cref="Worker"/> wants.</summary>
internal sealed class SimulatedWorker
{
    private readonly SimulatedCluster _cluster;
    private readonly string _name;
    private readonly Worker _machine;
    private int _run;
    private bool _hasEnded;
    private long? _began;

    public SimulatedWorker(SimulatedCluster cluster, WorkerId id, SimulatedProcess process)
    {
        _cluster = cluster;
        Id = id;
        Process = process;
        _name = id.ToString();
        var effects = new List<WorkerEffect>();
        _machine = new Worker(id, effects);
        CarryOut(effects);
        Tick();
    }

    public WorkerId Id { get; }

    public SimulatedProcess Process { get; }

    private bool Lives => Process.Lives && !_hasEnded;

    public void Tell(WorkerEvent happened) => WhenAwake(() =>
    {
        if (_cluster.Variant.See(happened) is not { } seen) return;
        if (seen is not WorkerEvent.TimePassed) _cluster.Say(_name, seen);
        var effects = new List<WorkerEffect>();
        _machine.Apply(seen, effects);
        CarryOut(effects);
    });

    /// <summary>The worker is dead; others of its process may live.</summary>
    public void Die()
    {
        _hasEnded = true;
        _cluster.Costs.LostTime += TimeSpent();
    }

    private void WhenAwake(Action action)
    {
        if (!Lives) return;
        if (Process.PausedUntil <= _cluster.Now) action();
        else _cluster.After(Process.PausedUntil - _cluster.Now, () => WhenAwake(action));
    }

    private void Tick() => _cluster.After(_cluster.Random.NextInt64(_cluster.Plan.Lease * 15 / 100, _cluster.Plan.Lease / 4), () =>
    {
        if (!Lives) return;
        Tell(new WorkerEvent.TimePassed());
        Tick();
    });

    private void CarryOut(List<WorkerEffect> effects)
    {
        foreach (var effect in effects.Select(_cluster.Variant.Do).OfType<WorkerEffect>())
        {
            switch (effect)
            {
                case WorkerEffect.Send send:
                    _cluster.Network.ToCoordinator(Process, send.Message);
                    break;
                case WorkerEffect.RunKernel run:
                    RunKernel(run);
                    break;
                case WorkerEffect.CancelKernel cancel:
                    _cluster.Seen.Cancels++;
                    _cluster.Costs.LostTime += TimeSpent();
                    EndRun(1, new WorkerEvent.KernelCancelled(cancel.Epoch));
                    break;
                case WorkerEffect.CommitPart commit:
                    var steps = _cluster.Storage.Commit(commit.Work);
                    if (_cluster.Variant.ReportsBeforeCommit) _cluster.After(1, () => Tell(new WorkerEvent.CommitEnded(commit.Epoch, WorkEnd.Done, "")));
                    NextStep(steps, commit.Epoch);
                    break;
                case WorkerEffect.End:
                    Die();
                    _cluster.Ended(this);
                    break;
            }
        }
    }

    private void NextStep(IEnumerator<WorkEnd?> steps, Epoch epoch) => _cluster.After(_cluster.Random.NextInt64(1, _cluster.Plan.DiskTime), () => WhenAwake(() =>
    {
        steps.MoveNext();
        if (steps.Current is not { } end)
        {
            NextStep(steps, epoch);
            return;
        }
        long spent = TimeSpent();
        if (end == WorkEnd.Done) _cluster.Costs.UsefulTime += spent;
        else if (end == WorkEnd.Storage) _cluster.Costs.LostTime += spent;
        else _cluster.Costs.RepeatedTime += spent;
        if (!_cluster.Variant.ReportsBeforeCommit) Tell(new WorkerEvent.CommitEnded(epoch, end, ""));
    }));

    /// <summary>Since the kernel began; once.</summary>
    private long TimeSpent()
    {
        long spent = _began is { } began ? _cluster.Now - began : 0;
        _began = null;
        return spent;
    }

    /// <summary>The one event that answers a kernel run; a cancellation takes the place of the run's own.</summary>
    private void EndRun(long after, WorkerEvent end)
    {
        int run = ++_run;
        _cluster.After(after, () => WhenAwake(() =>
        {
            if (_run != run) return;
            if (end is not WorkerEvent.KernelFinished) _cluster.Costs.LostTime += TimeSpent();
            Tell(end);
        }));
    }

    private void RunKernel(WorkerEffect.RunKernel run)
    {
        var plan = _cluster.Plan;
        var points = run.Work.Kind == WorkKind.Probe ? run.Work.Points : plan.Shape.PointsOf(run.Work.Curves);
        double tail = Math.Min(plan.MostStretch, Math.Pow(1 - _cluster.Random.NextDouble(), -1 / plan.TailExponent));
        double perPoint = plan.PointTime * tail * Process.Slowdown;
        long computed = 0;
        WorkerEvent? end = null;
        bool kills = false;
        for (long point = points.First; point < points.End && end is null && !kills; point++)
        {
            if (run.Work.CrashedPoints.Count > 0 && run.Work.CrashedPoints.Contains(point)) continue;
            computed++;
            if (plan.Throwing.Contains(point)) end = new WorkerEvent.KernelFailed(run.Epoch, $"point {point}", 0);
            kills = plan.Killing.Contains(point);
        }
        if (end is null && run.Work.Kind == WorkKind.Compute && run.Work.CrashedPoints.Count < points.Count
            && plan.FailingCurves.Any(curve => run.Work.Curves.Contains(new CurveRange(curve, 1))))
            end = new WorkerEvent.KernelFailed(run.Epoch, "curve", 0);
        long time = 1 + (long)(computed * perPoint);
        _began = _cluster.Now;
        if (!kills)
        {
            EndRun(time, end ?? new WorkerEvent.KernelFinished(run.Epoch, 0));
            return;
        }
        int number = ++_run;
        _cluster.After(time, () =>
        {
            if (!Lives || _run != number) return;
            _cluster.Seen.PoisonKills++;
            _cluster.Crash(Process);
        });
    }
}
