using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>
/// A whole cluster in one thread, in virtual time, from one seed: coordinator and aggregator in one process, workers in others (or all
/// in one process,
/// as on a laptop), a network that loses, doubles, delays and reorders, processes that crash or pause, a coordinator that is stopped and
/// started, a disk that
/// fills up, parts and journal lines that rot, points that throw and points that kill their process. Faults stop after a while; the
/// sweep then has to
/// end with every point exactly once and the bytes of a run without faults.
/// </summary>
internal sealed class Simulation
{
    private const long Millisecond = 1, Second = 1000;
    private const long FaultsEnd = 40 * Second;
    private const long GiveUp = 4000 * Second;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private readonly Random _random;
    private readonly ProtocolVariant _variant;
    private readonly SweepShape _shape;
    private readonly bool _allInOneProcess;
    private readonly int _processes;
    private readonly int _workersPerProcess;
    private readonly HashSet<long> _throwing = [];
    private readonly HashSet<long> _killing = [];
    private readonly HashSet<long> _failingCurves = [];
    private readonly bool _faults;
    private readonly SimulatedStorage _storage;
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly Dictionary<WorkerId, SimulatedWorker> _workers = [];
    private long _now;
    private long _order;
    private int _starts;
    private int _terms;
    private Host? _host;
    private bool _complete;
    private bool _journalLost;

    public Simulation(int seed, ProtocolVariant? variant = null)
    {
        _random = new Random(seed);
        _variant = variant ?? new ProtocolVariant();
        _shape = new SweepShape(_random.Next(1, 60), _random.Next(1, 12), _random.Next(1, 12));
        _allInOneProcess = _random.Next(3) == 0;
        _processes = _allInOneProcess ? 1 : _random.Next(1, 5);
        _workersPerProcess = _random.Next(1, 4);
        _faults = _random.Next(10) != 0;
        if (_random.Next(2) == 0) Choose(_throwing, _random.Next(1, 5), _shape.Points);
        if (_random.Next(3) == 0) Choose(_killing, _random.Next(1, 3), _shape.Points);
        if (_random.Next(10) == 0) Choose(_failingCurves, 1, _shape.Curves);
        _storage = new SimulatedStorage(_shape, TrueValue) { Overwrites = _variant.LastWriterWins };
    }

    public Counters Seen { get; } = new();

    /// <summary>Runs to the end.</summary>
    /// <exception cref="SimulationFailure">A promise is broken.</exception>
    public void Run()
    {
        StartHost();
        if (!_allInOneProcess)
            for (int i = 0; i < _processes; i++) StartProcess();
        if (_faults) ScheduleFaults();
        while (!_complete)
        {
            if (!_events.TryDequeue(out var next, out var at)) throw new SimulationFailure("nothing happens any more");
            _now = at.Time;
            if (_now > GiveUp) throw new SimulationFailure($"no end in sight; {_host?.Coordinator}; {_host?.Aggregator}");
            next();
        }
        CheckOutput();
    }

    private static long TrueValue(long point) => (point + 1) * 0x1E3779B97F4A7C15L & long.MaxValue;

    private void CheckOutput()
    {
        if (!_storage.IsFinished) throw new SimulationFailure("complete without finished output");
        for (long point = 0; point < _shape.Points; point++)
        {
            bool crashed = _throwing.Contains(point) || _killing.Contains(point) || _failingCurves.Contains(point / _shape.PointsPerCurve);
            long expected = crashed ? SimulatedStorage.Crashed : TrueValue(point);
            if (_storage.Output[(int)point] != expected) throw new SimulationFailure($"point {point} is {_storage.Output[(int)point]}, not {expected}");
        }
    }

    private void Choose(HashSet<long> set, int count, long below)
    {
        for (int i = 0; i < count; i++) set.Add(_random.NextInt64(below));
    }

    private void After(long delay, Action action) => _events.Enqueue(action, (_now + delay, ++_order));

    private bool FaultsNow => _faults && _now < FaultsEnd;

    private void ScheduleFaults()
    {
        Every(() => 6 * Second, () => Crash(_workers.Values.Select(worker => worker.Process).Where(process => process.Lives).Distinct().ToList()));
        Every(() => 8 * Second, Pause);
        if (_random.Next(2) == 0) Every(() => 15 * Second, () => { Seen.CoordinatorCrashes++; StopHost(restartAfter: Second); });
        if (_random.Next(2) == 0) Every(() => 10 * Second, () => _storage.Corrupt(_random.Next(1000)));
        if (_random.Next(3) == 0) Every(() => 20 * Second, () => Tell(new CoordinatorEvent.DrainAsked()));
        if (_random.Next(5) == 0) Every(() => 20 * Second, () => Tell(new CoordinatorEvent.AbortAsked()));
        if (_random.Next(5) == 0) Every(() => 30 * Second, () =>
            {
                _journalLost = true;
                _storage.Journal.Clear();
            });
        if (_random.Next(3) == 0)
            Every(() => 20 * Second, () =>
            {
                _storage.IsFull = true;
                After(3 * Second, () => _storage.IsFull = false);
            });

        void Every(Func<long> mean, Action fault) => After(1 + (long)(_random.NextDouble() * 2 * mean()), () =>
        {
            if (!FaultsNow) return;
            fault();
            Every(mean, fault);
        });

        void Pause()
        {
            foreach (var worker in _workers.Values.Take(_workersPerProcess)) worker.Process.PausedUntil = _now + _random.Next(500, 6000);
        }

        void Crash(List<SimulatedProcess> processes)
        {
            if (processes.Count == 0) return;
            Seen.ProcessCrashes++;
            CrashProcess(processes[_random.Next(processes.Count)]);
        }
    }

    // --- the process of coordinator and aggregator ---------------------------------------------------------------------------------

    private void StartHost()
    {
        if (_host is not null || _complete) return;
        var coordinatorEffects = new List<CoordinatorEffect>();
        var aggregatorEffects = new List<AggregatorEffect>();
        long merged = _storage.Resume();
        var parts = _storage.Parts.ToList();
        var history = WorkHistory.Read(_storage.Journal, openAttemptsWereLost: _allInOneProcess);
        var start = new CoordinatorStart(_variant.Term(++_terms), [.. parts, CurveRange.Between(0, merged)], history, Now, Lease);
        _host = new Host(
            new Coordinator(_shape, _ => "id", start, coordinatorEffects), new Aggregator(_shape.Curves, merged, parts, aggregatorEffects));
        CarryOut(_host, coordinatorEffects);
        CarryOut(_host, aggregatorEffects);
        TickHost(_host);
        if (_allInOneProcess) StartProcess();
    }

    private TimeSpan Now => TimeSpan.FromMilliseconds(_now);

    private void StopHost(long restartAfter)
    {
        if (_host is null) return;
        _host = null;
        if (_allInOneProcess)
            foreach (var worker in _workers.Values.ToList()) Kill(worker.Process);
        if (FaultsNow && _storage.Journal.Count > 0 && _random.Next(3) == 0)
        {
            _journalLost |= _storage.Journal[^1] is JournalRecord.Attempted { CrashedPoints.Count: > 0 };
            _storage.Journal.RemoveAt(_storage.Journal.Count - 1); // torn
        }
        After(restartAfter, StartHost);
    }

    private void TickHost(Host host) => After(500 * Millisecond, () =>
    {
        if (_host != host) return;
        Tell(new CoordinatorEvent.TimePassed(Now));
        TickHost(host);
    });

    private void Tell(CoordinatorEvent happened)
    {
        if (_host is not { } host || _variant.See(happened) is not { } seen) return;
        if (seen is CoordinatorEvent.PartCorrupted) Seen.CorruptParts++;
        var effects = new List<CoordinatorEffect>();
        host.Coordinator.Apply(seen, effects);
        CarryOut(host, effects);
    }

    private void Tell(Host host, AggregatorEvent happened)
    {
        if (_host != host) return;
        var effects = new List<AggregatorEffect>();
        host.Aggregator.Apply(happened, effects);
        CarryOut(host, effects);
    }

    private void CarryOut(Host host, List<CoordinatorEffect> effects)
    {
        foreach (var effect in effects.Select(_variant.Do).OfType<CoordinatorEffect>())
        {
            switch (effect)
            {
                case CoordinatorEffect.Send send:
                    OverNetwork(() =>
                    {
                        if (_workers.TryGetValue(send.To, out var worker)) Tell(worker, new WorkerEvent.Received(send.Message));
                    });
                    break;
                case CoordinatorEffect.Record record:
                    _storage.Journal.Add(record.Entry);
                    Count(record.Entry);
                    break;
                case CoordinatorEffect.AnnouncePart part:
                    _storage.CheckAnnounced(part.Part);
                    Tell(host, new AggregatorEvent.PartCommitted(part.Part));
                    break;
                case CoordinatorEffect.Finish { End: SweepEnd.Complete or SweepEnd.CompleteWithCrashedPoints } finish:
                    bool anyCrashed = _throwing.Count + _killing.Count + _failingCurves.Count > 0;
                    if (!_journalLost && anyCrashed != (finish.End == SweepEnd.CompleteWithCrashedPoints)) throw new SimulationFailure($"ends as {finish.End}");
                    _complete = true;
                    break;
                case CoordinatorEffect.Finish finish:
                    if (!FaultsNow && _now > FaultsEnd + 10 * Second) throw new SimulationFailure($"gives up: {finish.Reason}");
                    Seen.EarlyEnds++;
                    // Workers that ask are told to stop; then somebody runs the sweep again.
                    After(Second, () => { if (_host == host) StopHost(restartAfter: Second); });
                    break;
            }
        }
    }

    private void Count(JournalRecord entry)
    {
        switch (entry)
        {
            case JournalRecord.Attempted { Kind: WorkKind.Probe }: Seen.Probes++; break;
            case JournalRecord.Attempted { Alone: true }: Seen.Suspects++; break;
            case JournalRecord.Attempted attempt when attempt.Curves.Count < _shape.CurvesPerShard: Seen.SmallShards++; break;
            case JournalRecord.Ended { End: WorkEnd.Lost }: Seen.Losses++; break;
            case JournalRecord.Ended { End: WorkEnd.Same }: Seen.SecondCommits++; break;
        }
    }

    private void CarryOut(Host host, List<AggregatorEffect> effects)
    {
        foreach (var effect in effects.Select(_variant.Do))
        {
            switch (effect)
            {
                case AggregatorEffect.MergeNext merge:
                    After(_random.Next(1, 300), () => { if (_host == host) Tell(host, _storage.Merge(merge.Part, merge.Take)); });
                    break;
                case AggregatorEffect.FinishOutput:
                    After(_random.Next(1, 300), () => { if (_host == host) Tell(host, _storage.Finish()); });
                    break;
                case AggregatorEffect.TellCoordinator tell:
                    After(0, () => { if (_host == host) Tell(tell.Event); });
                    break;
            }
        }
    }

    // --- the network ---------------------------------------------------------------------------------------------------------------

    private void OverNetwork(Action deliver)
    {
        if (_allInOneProcess)
        {
            // Mailboxes: at once, dropped now and then because they are full, gone with the process.
            var host = _host;
            if (!FaultsNow || _random.Next(50) > 0) After(1, () => { if (_host == host) deliver(); });
            return;
        }
        int copies = 1;
        if (FaultsNow)
        {
            int chance = _random.Next(100);
            if (chance < 10) copies = 0;
            else if (chance < 20) copies = 2;
        }
        for (; copies > 0; copies--)
        {
            bool late = FaultsNow && _random.Next(20) == 0;
            After(late ? _random.Next(100, 6000) : _random.Next(1, 40), deliver);
        }
    }

    // --- workers -------------------------------------------------------------------------------------------------------------------

    private void StartProcess()
    {
        var process = new SimulatedProcess($"process{++_starts}");
        for (int number = 1; number <= _workersPerProcess; number++)
        {
            var effects = new List<WorkerEffect>();
            var id = new WorkerId(process.Name, number);
            var worker = new SimulatedWorker(id, process, new Worker(id, effects));
            _workers.Add(id, worker);
            CarryOut(worker, effects);
            TickWorker(worker);
        }
    }

    private void TickWorker(SimulatedWorker worker) => After(_random.Next(300, 500), () =>
    {
        if (!worker.Lives) return;
        Tell(worker, new WorkerEvent.TimePassed());
        TickWorker(worker);
    });

    private void CrashProcess(SimulatedProcess process)
    {
        if (!process.Lives) return;
        if (_allInOneProcess)
        {
            StopHost(restartAfter: Second);
            return;
        }
        Kill(process);
        After(Second, StartProcess);
    }

    private void Kill(SimulatedProcess process)
    {
        process.Lives = false;
        foreach (var worker in _workers.Values.Where(worker => worker.Process == process).ToList()) _workers.Remove(worker.Id);
    }

    private void Tell(SimulatedWorker worker, WorkerEvent happened) => WhenAwake(worker, () =>
    {
        if (!worker.Lives || _variant.See(happened) is not { } seen) return;
        var effects = new List<WorkerEffect>();
        worker.Machine.Apply(seen, effects);
        CarryOut(worker, effects);
    });

    private void WhenAwake(SimulatedWorker worker, Action action)
    {
        if (worker.Process.PausedUntil <= _now) action();
        else After(worker.Process.PausedUntil - _now, () => WhenAwake(worker, action));
    }

    /// <summary>The one event that answers a kernel run, unless a cancellation has taken its place.</summary>
    private void EndKernel(SimulatedWorker worker, int run, WorkerEvent end) => WhenAwake(worker, () =>
    {
        if (worker.Run == run) Tell(worker, end);
    });

    private void CarryOut(SimulatedWorker worker, List<WorkerEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case WorkerEffect.Send send:
                    OverNetwork(() =>
                    {
                        if (send.Message is WorkerMessage.Report) Seen.Reports++;
                        Tell(new CoordinatorEvent.Received(_variant.Arrive(send.Message)));
                    });
                    break;
                case WorkerEffect.RunKernel run:
                    RunKernel(worker, run);
                    break;
                case WorkerEffect.CancelKernel:
                    Seen.Cancels++;
                    worker.Run++;
                    int cancelled = worker.Run;
                    After(1, () => EndKernel(worker, cancelled, new WorkerEvent.KernelCancelled(default)));
                    break;
                case WorkerEffect.CommitPart commit when _variant.ReportsBeforeCommit:
                    After(1, () => Tell(worker, new WorkerEvent.CommitEnded(commit.Epoch, WorkEnd.Done, "")));
                    After(_random.Next(1, 60), () => { if (worker.Lives) _storage.Commit(commit.Work); });
                    break;
                case WorkerEffect.CommitPart commit:
                    After(_random.Next(1, 60), () =>
                    {
                        if (!worker.Lives) return;
                        var end = _storage.Commit(commit.Work);
                        After(_random.Next(1, 60), () => Tell(worker, new WorkerEvent.CommitEnded(commit.Epoch, end, "")));
                    });
                    break;
                case WorkerEffect.End:
                    worker.HasEnded = true;
                    _workers.Remove(worker.Id);
                    if (!_allInOneProcess && _workers.Values.All(other => other.Process != worker.Process))
                    {
                        worker.Process.Lives = false;
                        After(2 * Second, StartProcess);
                    }
                    break;
            }
        }
    }

    private void RunKernel(SimulatedWorker worker, WorkerEffect.RunKernel run)
    {
        int number = ++worker.Run;
        var points = run.Work.Kind == WorkKind.Probe ? run.Work.Points : _shape.PointsOf(run.Work.Curves);
        long perPoint = _random.Next(50) == 0 ? 40 : 2; // heavy tail
        long elapsed = 1;
        WorkerEvent? end = null;
        for (long point = points.First; point < points.End && end is null; point++)
        {
            if (run.Work.CrashedPoints.Contains(point)) continue;
            elapsed += perPoint;
            if (_throwing.Contains(point)) end = new WorkerEvent.KernelFailed(run.Epoch, $"point {point}", 0);
            if (_killing.Contains(point))
            {
                Seen.PoisonKills++;
                After(elapsed, () => { if (worker.Lives && worker.Run == number) CrashProcess(worker.Process); });
                return;
            }
        }
        if (end is null && run.Work.Kind == WorkKind.Compute && run.Work.CrashedPoints.Count < points.Count
            && _failingCurves.Any(curve => run.Work.Curves.Contains(new CurveRange(curve, 1))))
            end = new WorkerEvent.KernelFailed(run.Epoch, "curve", 0);
        After(elapsed, () => EndKernel(worker, number, end ?? new WorkerEvent.KernelFinished(run.Epoch, 0)));
    }

    private sealed record Host(Coordinator Coordinator, Aggregator Aggregator);

    private sealed class SimulatedProcess(string name)
    {
        public string Name => name;

        public bool Lives { get; set; } = true;

        /// <summary>The operating system does not let the process run before this time.</summary>
        public long PausedUntil { get; set; }
    }

    private sealed class SimulatedWorker(WorkerId id, SimulatedProcess process, Worker machine)
    {
        public WorkerId Id => id;

        public SimulatedProcess Process => process;

        public Worker Machine => machine;

        public bool HasEnded { get; set; }

        public bool Lives => process.Lives && !HasEnded;

        /// <summary>Which kernel run is the present one; an older one has been cancelled.</summary>
        public int Run { get; set; }
    }
}

/// <summary>How often the rare paths were walked.</summary>
internal sealed class Counters
{
    public int CoordinatorCrashes, ProcessCrashes, EarlyEnds, CorruptParts, Probes, Suspects, SmallShards, Losses, SecondCommits, Cancels, PoisonKills, Reports;

    public void Add(Counters other)
    {
        foreach (var path in typeof(Counters).GetFields()) path.SetValue(this, (int)path.GetValue(this)! + (int)path.GetValue(other)!);
    }

    public IEnumerable<(string Name, int Count)> All => typeof(Counters).GetFields().Select(path => (path.Name, (int)path.GetValue(this)!));
}
