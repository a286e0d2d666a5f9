using SweepEngine.Simulator;

namespace SweepEngine.Protocol.Tests;

/// <summary>
/// Several processes that share nothing but a folder, in one thread, in virtual time, from one seed. Each has a coordinator, workers and claims, a clock
/// that is wrong and runs at its own rate, and a view of the folder that may be stale. Processes crash (also between making a claim or
/// committing a part and knowing it), sleep for longer than a lease, are stopped, start again as another slice of another number of slices;
/// claims and journals are torn, parts rot, the disk fills up, points throw or kill their process. Faults stop after a while; then everything
/// has to be committed, each process has to end, and merging has to give the bytes of a run without faults.
/// </summary>
internal sealed class SharedSimulation
{
    private const long Second = 1000, FaultsEnd = 30 * Second, GiveUp = 600 * Second;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private readonly Random _random;
    private readonly SharedVariant _variant;
    private readonly SweepShape _shape;
    private readonly int _slices, _workers;
    private readonly bool _faults;
    private readonly HashSet<long> _throwing = [], _killing = [];
    private readonly SharedStorage _storage;
    private readonly Dictionary<CurveRange, long> _partTimes = [];
    private readonly Dictionary<ShardClaim, (SimulatedShare? Holder, long Time)> _claims = [];
    private readonly Dictionary<string, List<JournalRecord>> _journals = [];
    private readonly List<SimulatedShare> _running = [];
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private long _now, _order;
    private int _starts, _left;

    public SharedSimulation(int seed, SharedVariant? variant = null)
    {
        _random = new Random(seed);
        _variant = variant ?? new SharedVariant();
        _shape = new SweepShape(_random.Next(1, 60), _random.Next(1, 9), _random.Next(1, 10));
        _slices = _random.Next(1, 6);
        _workers = _random.Next(1, 4);
        _faults = _random.Next(4) != 0;
        if (_faults && _random.Next(2) == 0) Choose(_throwing, _random.Next(1, 4));
        if (_faults && _random.Next(3) == 0) Choose(_killing, _random.Next(1, 3));
        _storage = new SharedStorage(_shape, TrueValue);

        void Choose(HashSet<long> set, int count)
        {
            for (int i = 0; i < count; i++) set.Add(_random.NextInt64(_shape.Points));
        }
    }

    public SharedCounters Seen { get; } = new();

    /// <summary>Runs until the output is merged.</summary>
    /// <exception cref="SimulationFailure">A promise is broken.</exception>
    public void Run()
    {
        if (_faults) ScheduleFaults();
        do
        {
            StartAll();
            while (_left > 0)
            {
                if (!_events.TryDequeue(out var next, out var at)) throw new SimulationFailure("nothing happens any more");
                _now = at.Time;
                if (_now > GiveUp) throw new SimulationFailure($"no end in sight; {string.Join("; ", _running.Select(share => share.Claims))}");
                next();
            }
        }
        while (!Merge());
        for (long point = 0; point < _shape.Points; point++)
        {
            long expected = _throwing.Contains(point) || _killing.Contains(point) ? SharedStorage.Crashed : TrueValue(point);
            if (_storage.Output[(int)point] != expected) throw new SimulationFailure($"point {point} is {_storage.Output[(int)point]}, not {expected}");
        }
        if (!_faults && _storage.SecondCommits > 0) throw new SimulationFailure($"{_storage.SecondCommits} parts were computed twice without a reason");
        Seen.SecondCommits += _storage.SecondCommits;
    }

    private static long TrueValue(long point) => (point + 1) * 0x1E3779B97F4A7C15L & long.MaxValue;

    private bool FaultsNow => _faults && _now < FaultsEnd;

    private void After(long delay, Action action) => _events.Enqueue(action, (_now + delay, ++_order));

    private void StartAll()
    {
        _left = _slices;
        for (int slice = 0; slice < _slices; slice++)
        {
            int mine = slice;
            After(_random.Next(1, 1000), () => Start(mine, _slices));
        }
    }

    private void ScheduleFaults()
    {
        Every(3 * Second, () => OnOne(share => { Seen.Crashes++; Crash(share); }));
        Every(5 * Second, () => OnOne(share => share.PausedUntil = _now + _random.Next(500, 7000)));
        Every(8 * Second, () => OnOne(share => Tell(share, new CoordinatorEvent.DrainAsked())));
        if (_random.Next(2) == 0) Every(8 * Second, () => _storage.Corrupt(_random.Next(1000)));
        if (_random.Next(3) == 0) Every(12 * Second, () =>
            {
                _storage.IsFull = true;
                After(2 * Second, () => _storage.IsFull = false);
            });

        void Every(long mean, Action fault) => After(1 + (long)(_random.NextDouble() * 2 * mean), () =>
        {
            if (!FaultsNow) return;
            fault();
            Every(mean, fault);
        });

        void OnOne(Action<SimulatedShare> fault)
        {
            if (_running.Count > 0) fault(_running[_random.Next(_running.Count)]);
        }
    }

    // --- processes -----------------------------------------------------------------------------------------------------------------

    private void Start(int slice, int slices)
    {
        double rate = _faults ? 0.8 + 0.4 * _random.NextDouble() : 1;
        var share = new SimulatedShare($"process{++_starts}", slice, slices, _random.NextInt64(-1000 * Second, 1000 * Second), rate);
        _running.Add(share);
        _journals.Add(share.Name, []);
        var coordinatorEffects = new List<CoordinatorEffect>();
        var claimEffects = new List<ClaimEffect>();
        var parts = ListedParts();
        var start = new CoordinatorStart(1, parts, WorkHistory.None, share.Clock(_now), TimeSpan.FromMinutes(10), ByClaim: true);
        share.Coordinator = new Coordinator(_shape, _ => "id", start, coordinatorEffects);
        share.Claims = new ShardClaims(_shape, new ClaimPlan(slice, slices, _workers, Lease), parts, share.Clock(_now), claimEffects);
        CarryOut(share, coordinatorEffects);
        Enqueue(share, claimEffects);
        for (int number = 1; number <= _workers; number++)
        {
            var id = new WorkerId(share.Name, number);
            var effects = new List<WorkerEffect>();
            share.Workers.Add(id, new Worker(id, effects));
            CarryOut(share, id, effects);
        }
        Tick(share);
    }

    private void Tick(SimulatedShare share) => After(_random.Next(80, 120), () => WhenAwake(share, () =>
    {
        share.LastTick = _now;
        Tell(share, new ClaimEvent.TimePassed(share.Clock(_now)));
        Tell(share, new CoordinatorEvent.TimePassed(share.Clock(_now)));
        foreach (var id in share.Workers.Keys.ToList()) Tell(share, id, new WorkerEvent.TimePassed());
        Tick(share);
    }));

    private void WhenAwake(SimulatedShare share, Action action)
    {
        if (!share.Lives) return;
        if (share.PausedUntil <= _now) action();
        else After(share.PausedUntil - _now, () => WhenAwake(share, action));
    }

    private void Crash(SimulatedShare share)
    {
        if (!share.Lives) return;
        if (share.IsClaiming) Seen.CrashesWhileClaiming++;
        if (share.IsCommitting) Seen.CrashesWhileCommitting++;
        var journal = _journals[share.Name];
        if (FaultsNow && journal.Count > 1 && _random.Next(5) == 0) journal.RemoveAt(journal.Count - 1); // torn
        if (FaultsNow && _random.Next(20) == 0) _journals.Remove(share.Name);
        foreach (var (claim, made) in _claims.ToList())
        {
            if (made.Holder != share || !FaultsNow || _random.Next(10) > 0) continue;
            _claims[claim] = (null, made.Time);
            Seen.TornClaims++;
        }
        End(share);
        StartAgain(share);
    }

    private void End(SimulatedShare share)
    {
        share.Lives = false;
        _running.Remove(share);
    }

    private void StartAgain(SimulatedShare share)
    {
        if (FaultsNow && _random.Next(5) == 0)
        {
            Seen.OtherSlices++;
            int slices = _random.Next(1, 8);
            After(Second, () => Start(_random.Next(slices), slices));
            return;
        }
        After(Second, () => Start(share.Slice, share.Slices));
    }

    private void Tell(SimulatedShare share, CoordinatorEvent happened)
    {
        if (!share.Lives) return;
        var effects = new List<CoordinatorEffect>();
        share.Coordinator!.Apply(happened, effects);
        CarryOut(share, effects);
    }

    private void CarryOut(SimulatedShare share, List<CoordinatorEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case CoordinatorEffect.Send send:
                    After(1, () => WhenAwake(share, () => Tell(share, send.To, new WorkerEvent.Received(send.Message))));
                    break;
                case CoordinatorEffect.Record record:
                    if (_journals.TryGetValue(share.Name, out var journal)) journal.Add(record.Entry);
                    Count(record.Entry);
                    break;
                case CoordinatorEffect.AnnouncePart part:
                    _storage.CheckAnnounced(part.Part);
                    Tell(share, new ClaimEvent.PartCommitted(part.Part));
                    break;
                case CoordinatorEffect.Finish finish:
                    if (finish.End == SweepEnd.Incomplete && !FaultsNow && _now > FaultsEnd + 10 * Second) throw new SimulationFailure($"gives up: {finish.Reason}");
                    Tell(share, new ClaimEvent.StopAsked());
                    After(50, () => WhenAwake(share, () =>
                    {
                        share.Sign = ShardClaims.Gone;
                        End(share);
                        if (finish.End == SweepEnd.Complete || finish.End == SweepEnd.CompleteWithCrashedPoints) _left--;
                        else StartAgain(share);
                    }));
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
        }
    }

    // --- claims: effects are carried out one after another, by a thread of the process ----------------------------------------------

    private void Tell(SimulatedShare share, ClaimEvent happened)
    {
        if (!share.Lives || _variant.See(happened, share) is not { } seen) return;
        var effects = new List<ClaimEffect>();
        share.Claims!.Apply(seen, effects);
        Enqueue(share, effects);
    }

    private void Enqueue(SimulatedShare share, List<ClaimEffect> effects)
    {
        bool isIdle = share.Jobs.Count == 0;
        foreach (var effect in effects) share.Jobs.Enqueue(_variant.Do(effect));
        if (isIdle && share.Jobs.Count > 0) NextJob(share);
    }

    private void NextJob(SimulatedShare share) => After(_random.Next(1, 30), () => WhenAwake(share, () =>
    {
        var happened = CarryOut(share, share.Jobs.Peek());
        share.IsClaiming = happened is ClaimEvent.ClaimEnded { IsMine: true };
        After(_random.Next(1, 30), () => WhenAwake(share, () =>
        {
            share.IsClaiming = false;
            if (happened is not null) Tell(share, happened);
            share.Jobs.Dequeue();
            if (share.Jobs.Count > 0) NextJob(share);
        }));
    }));

    private ClaimEvent? CarryOut(SimulatedShare share, ClaimEffect effect)
    {
        switch (effect)
        {
            case ClaimEffect.GiveSign sign:
                share.Sign = _variant.Sign(sign.Count, share.Clock(_now));
                return null;
            case ClaimEffect.TellCoordinator tell:
                Tell(share, tell.Event);
                return null;
            case ClaimEffect.ListFolder:
                return new ClaimEvent.FolderListed(ListedParts(), [.. _claims.Where(claim => IsListed(claim.Value.Time)).Select(claim => claim.Key)]);
            case ClaimEffect.ReadHolders read:
                return new ClaimEvent.HoldersRead([.. read.Claims.Select(claim => _variant.Read(new ClaimHolder(claim, _claims[claim].Holder?.Name, _claims[claim].Holder?.Sign ?? ""), share.Clock(_now)))]);
            case ClaimEffect.MakeClaim make:
                bool isFirst = !_claims.ContainsKey(make.Claim);
                if (!isFirst) Seen.ClaimsLost++;
                if (!_variant.Wins(isFirst)) return new ClaimEvent.ClaimEnded(make.Claim, false, []);
                var before = Earlier(make.Claim);
                if (make.Claim.Attempt > 1) CheckTakeover(make.Claim, before[^1]);
                _claims[make.Claim] = (share, _now);
                var history = WorkHistory.OfEarlierHolders(_shape.Shard(make.Claim.Shard),
                    before.Select(holder => holder is null ? null : _journals.GetValueOrDefault(holder.Name)));
                return new ClaimEvent.ClaimEnded(make.Claim, true, [.. history.Troubles]);
            default:
                throw new InvalidOperationException($"What is {effect}?");
        }
    }

    private List<SimulatedShare?> Earlier(ShardClaim claim) =>
        [.. Enumerable.Range(1, claim.Attempt - 1).Select(attempt => _claims[claim with { Attempt = attempt }].Holder)];

    private void CheckTakeover(ShardClaim claim, SimulatedShare? holder)
    {
        Seen.Takeovers++;
        if (holder?.Sign == ShardClaims.Gone) Seen.TakeoversFromGone++;
        else if (holder is { Lives: true })
        {
            // Only a process that slept may lose a claim while it lives; signs may be late by how long the folder takes.
            if (!_faults || (holder.PausedUntil == 0)) throw new SimulationFailure($"{claim} is taken from {holder.Name}, which lives and was never asleep");
            Seen.TakeoversFromSleepers++;
        }
    }

    private List<CurveRange> ListedParts() => [.. _storage.Parts.Where(part => IsListed(_partTimes.GetValueOrDefault(part)))];

    // A name is listed late, up to a second and a half.
    private bool IsListed(long made) => !_faults || _now - made > _random.Next(0, 1500);

    // --- workers -------------------------------------------------------------------------------------------------------------------

    private void Tell(SimulatedShare share, WorkerId id, WorkerEvent happened)
    {
        if (!share.Lives || !share.Workers.TryGetValue(id, out var worker)) return;
        var effects = new List<WorkerEffect>();
        worker.Apply(happened, effects);
        CarryOut(share, id, effects);
    }

    private void CarryOut(SimulatedShare share, WorkerId id, List<WorkerEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case WorkerEffect.Send send:
                    After(1, () => WhenAwake(share, () => Tell(share, new CoordinatorEvent.Received(send.Message))));
                    break;
                case WorkerEffect.RunKernel run:
                    RunKernel(share, id, run);
                    break;
                case WorkerEffect.CancelKernel:
                    share.Runs[id] = share.Runs.GetValueOrDefault(id) + 1;
                    After(1, () => WhenAwake(share, () => Tell(share, id, new WorkerEvent.KernelCancelled(default))));
                    break;
                case WorkerEffect.CommitPart commit:
                    After(_random.Next(1, 60), () => WhenAwake(share, () =>
                    {
                        bool isNew = !_storage.Parts.Contains(commit.Work.Curves);
                        var end = _storage.Commit(commit.Work);
                        if (isNew) _partTimes[commit.Work.Curves] = _now;
                        share.IsCommitting = true;
                        After(_random.Next(1, 60), () => WhenAwake(share, () =>
                        {
                            share.IsCommitting = false;
                            Tell(share, id, new WorkerEvent.CommitEnded(commit.Epoch, end, ""));
                        }));
                    }));
                    break;
                case WorkerEffect.End:
                    share.Workers.Remove(id);
                    break;
            }
        }
    }

    private void RunKernel(SimulatedShare share, WorkerId id, WorkerEffect.RunKernel run)
    {
        int number = share.Runs[id] = share.Runs.GetValueOrDefault(id) + 1;
        var points = run.Work.Kind == WorkKind.Probe ? run.Work.Points : _shape.PointsOf(run.Work.Curves);
        long perPoint = _random.Next(50) == 0 ? 60 : 4, elapsed = 1; // heavy tail
        WorkerEvent? end = null;
        for (long point = points.First; point < points.End && end is null; point++)
        {
            if (run.Work.CrashedPoints.Contains(point)) continue;
            elapsed += perPoint;
            if (_throwing.Contains(point)) end = new WorkerEvent.KernelFailed(run.Epoch, $"point {point}", 0);
            if (!_killing.Contains(point)) continue;
            After(elapsed, () => WhenAwake(share, () =>
            {
                if (share.Runs[id] != number) return;
                Seen.PoisonKills++;
                Crash(share);
            }));
            return;
        }
        After(elapsed, () => WhenAwake(share, () =>
        {
            if (share.Runs[id] == number) Tell(share, id, end ?? new WorkerEvent.KernelFinished(run.Epoch, 0));
        }));
    }

    // --- merging: a program of its own, when all processes have ended -------------------------------------------------------------

    /// <returns>False if a part has to be computed again.</returns>
    private bool Merge()
    {
        if (_running.Count > 0) throw new SimulationFailure("a process works on although everything is committed");
        _storage.IsFull = false;
        while (true)
        {
            Seen.Merges++;
            var effects = new List<AggregatorEffect>();
            var parts = _storage.Parts.ToList();
            long merged = _storage.Resume();
            var missing = new RangeSet(parts.Append(CurveRange.Between(0, merged))).NextGap(0, _shape.Curves);
            if (missing is not null && Seen.RottenParts == 0) throw new SimulationFailure($"all processes say that everything is committed, but {missing} are not");
            var aggregator = new Aggregator(_shape.Curves, merged, parts, effects);
            while (effects.Count > 0)
            {
                var happened = effects[0] switch
                {
                    AggregatorEffect.MergeNext next => _storage.Merge(next.Part, next.Take),
                    AggregatorEffect.FinishOutput => _storage.Finish(),
                    _ => null,
                };
                bool isRotten = effects[0] is AggregatorEffect.TellCoordinator { Event: CoordinatorEvent.PartCorrupted };
                effects.RemoveAt(0);
                if (isRotten) Seen.RottenParts++;
                if (happened is not null) aggregator.Apply(happened, effects);
                if (_faults && _random.Next(20) == 0) break; // killed
            }
            if (_storage.IsFinished) return true;
            if (new RangeSet(_storage.Parts.Append(CurveRange.Between(0, _storage.Resume()))).NextGap(0, _shape.Curves) is not null) return false;
        }
    }
}

/// <summary>A simulated process that shares the folder.</summary>
internal sealed class SimulatedShare(string name, int slice, int slices, long offset, double rate)
{
    public string Name => name;

    public int Slice => slice;

    public int Slices => slices;

    public Coordinator? Coordinator { get; set; }

    public ShardClaims? Claims { get; set; }

    public Dictionary<WorkerId, Worker> Workers { get; } = [];

    /// <summary>Which kernel run of each worker is the present one.</summary>
    public Dictionary<WorkerId, int> Runs { get; } = [];

    public Queue<ClaimEffect> Jobs { get; } = new();

    public string Sign { get; set; } = "";

    public bool Lives { get; set; } = true;

    public long PausedUntil { get; set; }

    public long LastTick { get; set; }

    public bool IsClaiming { get; set; }

    public bool IsCommitting { get; set; }

    /// <summary>What its clock shows.</summary>
    public TimeSpan Clock(long now) => TimeSpan.FromMilliseconds(offset + now * rate);
}

/// <summary>How often the rare paths were walked.</summary>
internal sealed class SharedCounters
{
    public int Crashes, CrashesWhileClaiming, CrashesWhileCommitting, TornClaims, OtherSlices, Takeovers, TakeoversFromGone, TakeoversFromSleepers, ClaimsLost,
        Probes, Suspects, PoisonKills, SecondCommits, RottenParts, Merges;

    public void Add(SharedCounters other)
    {
        foreach (var path in typeof(SharedCounters).GetFields()) path.SetValue(this, (int)path.GetValue(this)! + (int)path.GetValue(other)!);
    }

    public IEnumerable<(string Name, int Count)> All => typeof(SharedCounters).GetFields().Select(path => (path.Name, (int)path.GetValue(this)!));
}
