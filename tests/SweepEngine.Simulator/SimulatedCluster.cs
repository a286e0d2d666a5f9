using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>
/// A whole cluster in one thread, in virtual time, from one seed: coordinator and aggregator in one process, workers in others (or all
/// in one process, as on a laptop), between them a network or a broker, and a shared directory. Everything that <see cref="Fault"/> names
/// happens to it; then faults stop, and the sweep has to end with every point exactly once and the bytes of a run without faults.
/// </summary>
internal sealed class SimulatedCluster
{
    private const long WorkersEndWithin = 30; // leases

    // Who drains waits for what runs.
    private const long LongestKernel = 200 * ClusterPlan.Second;

    private readonly Action<string>? _trace;
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly Dictionary<WorkerId, SimulatedWorker> _workers = [];
    private readonly List<SimulatedProcess> _processes = [];
    private long _order;
    private int _starts;
    private int _terms;
    private long? _completed;

    /// <param name="seed">Everything follows from it, and from <paramref name="plan"/> if there is one.</param>
    /// <param name="variant">A broken protocol; null for the real one.</param>
    /// <param name="plan">The cluster; null for one that is drawn from the seed.</param>
    /// <param name="trace">Told what happens, in lines.</param>
    public SimulatedCluster(int seed, ProtocolVariant? variant = null, ClusterPlan? plan = null, Action<string>? trace = null)
    {
        _trace = trace;
        Random = new Random(seed);
        Variant = variant ?? new ProtocolVariant();
        Plan = plan ?? ClusterPlan.Draw(Random);
        Storage = new SimulatedStorage(this);
        Network = new SimulatedNetwork(this);
    }

    public Random Random { get; }

    public ProtocolVariant Variant { get; }

    public ClusterPlan Plan { get; }

    public SimulatedStorage Storage { get; }

    public SimulatedNetwork Network { get; }

    /// <summary>How often rare paths were walked.</summary>
    public Counters Seen { get; } = new();

    /// <summary>Where time goes.</summary>
    public ClusterCosts Costs { get; } = new();

    /// <summary>What must hold after every event.</summary>
    public Promises Promises { get; } = new();

    /// <summary>Virtual time [ms].</summary>
    public long Now { get; private set; }

    /// <summary>The present coordinator; null while there is none.</summary>
    public SimulatedHost? Host { get; private set; }

    /// <summary>Whether something may fail now.</summary>
    public bool FaultsNow => Now < Plan.FaultsEnd && _completed is null;

    /// <summary>Runs to the end.</summary>
    /// <exception cref="SimulationFailure">A promise is broken.</exception>
    public void Run()
    {
        Start();
        while (Step())
        {
        }
        for (long point = 0; point < Plan.Shape.Points; point++)
        {
            long expected = Plan.Crashes(point) ? SimulatedStorage.Crashed : SimulatedStorage.TrueValue(point);
            if (Storage.Output[(int)point] != expected) throw new SimulationFailure($"point {point} is {Storage.Output[(int)point]}, not {expected}");
        }
    }

    /// <summary>Starts all processes.</summary>
    public void Start()
    {
        StartHost();
        if (Plan.Transport != Transport.Mailboxes)
            for (int i = 0; i < Plan.Processes; i++) StartProcess();
        foreach (var (fault, mean) in Plan.FaultEvery) Repeat(fault, mean);
    }

    /// <summary>Lets one thing happen.</summary>
    /// <returns>False once the sweep and all its workers have ended.</returns>
    public bool Step()
    {
        if (_completed is not null && _workers.Count == 0) return false;
        if (!_events.TryDequeue(out var next, out var at)) throw new SimulationFailure("nothing happens any more");
        Now = at.Time;
        if (Now > Plan.GiveUp) throw new SimulationFailure($"no end in sight; {Host?.Coordinator}; {Host?.Aggregator}");
        if (Now > _completed + WorkersEndWithin * Plan.Lease) throw new SimulationFailure($"{_workers.Count} workers do not end, {_workers.Keys.First()} is one");
        next();
        return true;
    }

    public void After(long delay, Action action) => _events.Enqueue(action, (Now + delay, ++_order));

    public void Say(string who, object what) => _trace?.Invoke($"{Now,8} {who,-14} {what}");

    public SimulatedWorker? Find(WorkerId id) => _workers.GetValueOrDefault(id);

    /// <summary>Time to merge one part.</summary>
    public long MergeTime() => Plan.MergeTime ?? Random.Next(1, 300);

    /// <summary>A coordinator says that the run is over.</summary>
    public void Finished(SimulatedHost host, CoordinatorEffect.Finish finish)
    {
        if (finish.End is SweepEnd.Complete or SweepEnd.CompleteWithCrashedPoints)
        {
            if (!Storage.IsFinished) throw new SimulationFailure("complete without finished output");
            if (!Storage.CrashesAreForgotten && Plan.AnyCrashes != (finish.End == SweepEnd.CompleteWithCrashedPoints))
                throw new SimulationFailure($"ends as {finish.End}");
            _completed = Now;
            return;
        }
        if (Now > Plan.FaultsEnd + LongestKernel || finish.Reason.Contains("cannot be computed", StringComparison.Ordinal))
            throw new SimulationFailure($"gives up: {finish.Reason}");
        Seen.EarlyEnds++;
        // Workers that ask are told to stop; then somebody runs the sweep again.
        After(ClusterPlan.Second, () => { if (Host == host) StopHost(); });
    }

    /// <summary>A worker was told to stop.</summary>
    public void Ended(SimulatedWorker worker)
    {
        Remove(worker);
        if (Plan.Transport == Transport.Mailboxes || worker.Process.Workers.Count > 0) return;
        Kill(worker.Process);
        After(2 * Plan.StartTime, StartProcess);
    }

    /// <summary>A process dies at once.</summary>
    public void Crash(SimulatedProcess process)
    {
        if (!process.Lives) return;
        Say(process.Name, "crashes");
        if (Plan.Transport == Transport.Mailboxes)
        {
            StopHost();
            return;
        }
        Kill(process);
        After(Plan.StartTime, StartProcess);
    }

    private void Repeat(Fault fault, long mean) => After(1 + (long)(Random.NextDouble() * 2 * mean), () =>
    {
        if (!FaultsNow) return;
        Happen(fault);
        Repeat(fault, mean);
    });

    private void Happen(Fault fault)
    {
        Say("fault", fault);
        var process = _processes.Count > 0 ? _processes[Random.Next(_processes.Count)] : null;
        switch (fault)
        {
            case Fault.ProcessCrash when process is not null:
                Seen.ProcessCrashes++;
                Crash(process);
                break;
            case Fault.ProcessPause when process is not null:
                process.PausedUntil = Now + Pause();
                if (Plan.Transport == Transport.Mailboxes && Host is not null) Host.PausedUntil = process.PausedUntil;
                break;
            case Fault.Preemption when process is not null:
                Seen.Preemptions++;
                foreach (var worker in process.Workers) Network.ToCoordinator(process, new WorkerMessage.Leave(worker.Id));
                Crash(process);
                break;
            case Fault.WorkerDeath when _workers.Count > 0:
                Seen.WorkerDeaths++;
                var dead = _workers.Values.ElementAt(Random.Next(_workers.Count));
                dead.Die();
                Remove(dead);
                Host?.Tell(new CoordinatorEvent.WorkerDied(dead.Id, "thrown"));
                AddWorker(dead.Process);
                break;
            case Fault.CoordinatorCrash:
                Seen.CoordinatorCrashes++;
                StopHost();
                break;
            case Fault.CoordinatorPause when Host is { } host:
                host.PausedUntil = Now + Pause();
                if (Random.Next(2) == 0) After(1 + Random.NextInt64(host.PausedUntil - Now), () => Depose(host));
                break;
            case Fault.ClockJump:
                Host?.JumpClock(Pause());
                break;
            case Fault.Partition when process is not null:
                Seen.Partitions++;
                process.CutOffUntil = Now + Pause();
                break;
            case Fault.BrokerRestart:
                Network.RestartBroker();
                break;
            case Fault.PowerLoss:
                Seen.PowerLosses++;
                foreach (var each in _processes.ToList()) Crash(each);
                StopHost();
                Storage.LosePower();
                break;
            case Fault.RottenPart:
                Storage.Rot(Random.Next(1000));
                break;
            case Fault.FullDisk:
                Storage.IsFull = true;
                After(3 * ClusterPlan.Second, () => Storage.IsFull = false);
                break;
            case Fault.DiskErrors:
                Storage.HasErrors = true;
                After(3 * ClusterPlan.Second, () => Storage.HasErrors = false);
                break;
            case Fault.LostJournal:
                Seen.LostJournals++;
                Storage.LoseJournal();
                break;
            case Fault.Drain:
                Host?.Tell(new CoordinatorEvent.DrainAsked());
                break;
            case Fault.Abort:
                Host?.Tell(new CoordinatorEvent.AbortAsked());
                break;
        }
    }

    /// <summary>From a quarter of a lease to three leases.</summary>
    private long Pause() => Random.NextInt64(Plan.Lease / 4, 3 * Plan.Lease);

    private void StartHost()
    {
        if (Host is not null || _completed is not null) return;
        // Its first messages are for workers of an earlier coordinator, if for anyone.
        Host = new SimulatedHost(this, Variant.Term(++_terms));
        Network.Attach();
        if (Plan.Transport == Transport.Mailboxes) StartProcess();
    }

    private void StopHost()
    {
        if (Host is not { } host) return;
        Say("coordinator", "dies");
        host.Lives = false;
        Leave(host);
        if (Plan.Transport == Transport.Mailboxes)
            foreach (var process in _processes.ToList()) Kill(process);
        if (FaultsNow && Random.Next(3) == 0) Storage.TearJournal();
        After(Plan.StartTime, StartHost);
    }

    /// <summary>Another coordinator takes over from one that is paused; this one wakes up later and goes on for a while.</summary>
    private void Depose(SimulatedHost host)
    {
        if (Host != host || _completed is not null) return;
        Say("coordinator", "is deposed while it is paused");
        Seen.DeposedCoordinators++;
        host.IsDeposed = true;
        Leave(host);
        After(host.PausedUntil - Now + Random.Next(1000, 10000), () => host.Lives = false);
        StartHost();
    }

    private void Leave(SimulatedHost host)
    {
        if (host.IsMerging) Seen.CoordinatorChangesDuringMerge++;
        Host = null;
    }

    private void StartProcess()
    {
        if (_completed is not null) return;
        bool slow = Plan.SlowShare > 0 && Random.NextDouble() < Plan.SlowShare;
        var process = new SimulatedProcess($"process{++_starts}", slow ? Plan.Slowdown : 1);
        _processes.Add(process);
        for (int i = 0; i < Plan.WorkersPerProcess; i++) AddWorker(process);
    }

    private void AddWorker(SimulatedProcess process)
    {
        var id = new WorkerId(process.Name, ++process.WorkersStarted);
        var worker = new SimulatedWorker(this, id, process);
        process.Workers.Add(worker);
        _workers.Add(id, worker);
    }

    private void Kill(SimulatedProcess process)
    {
        process.Lives = false;
        _processes.Remove(process);
        foreach (var worker in process.Workers.ToList())
        {
            worker.Die();
            Remove(worker);
        }
    }

    private void Remove(SimulatedWorker worker)
    {
        worker.Process.Workers.Remove(worker);
        _workers.Remove(worker.Id);
    }
}
