namespace SweepEngine.Protocol;

/// <summary>
/// Decides who computes which curves and whose result counts. Pure: events in, effects out, no clock, no I/O.
/// <code>
///               ask                    report done/same/different
///   (no lease) ─────► leased(epoch) ───────────────────────────────► committed ──► part announced to the aggregator
///        ▲                │ report released/storage, leave            ▲     │ part corrupted
///        │◄───────────────┤                                           │     ▼
///        │◄───────────────┤ silent for a lease, died: one loss        └── work left
///        │                │ report failed: broken into smaller work
///
///   running ──drain, storage trouble──► draining ──no lease left──► ended
///   running ──all committed and merged──► ended          any ──abort──► ended
/// </code>
/// Where several processes share a folder, each has a coordinator, and work left is what its process has claimed (<see cref="ShardClaims"/>):
/// <code>
///   (others' curves) ──claimed──► work left          running ──everything committed──► ended
/// </code>
/// Invariants:
/// <list type="bullet">
/// <item>A curve is in <c>_committed</c> only if a part on storage covers it (as far as storage has not failed since).</item>
/// <item>Every curve that is not committed is in exactly one of: work left, a lease, abandoned, not claimed.</item>
/// <item>A report counts only with the epoch of an open lease; any other is acknowledged and ignored.</item>
/// <item>A worker holds at most one lease; a process that runs suspect work runs nothing else.</item>
/// <item>Time only ends leases. Two workers on the same curves are a waste, never an error: the first writer's part counts.</item>
/// </list>
/// State is O(workers + work in flight + runs of committed curves). An event costs O(1), except that the last
/// suspects of a sweep look at each waiting worker.
/// </summary>
public sealed class Coordinator
{
    private readonly SweepShape _shape;
    private readonly Func<CurveRange, string> _shardId;
    private readonly TimeSpan _lease;
    private readonly long _term;
    private readonly RangeSet _committed;
    private readonly WorkLeft _left;
    private readonly SortedSet<long> _crashedPoints;
    private readonly Dictionary<WorkerId, Seat> _seats = [];
    private readonly Dictionary<string, ProcessLoad> _processes = [];
    private readonly Queue<WorkerId> _waiting = new();
    private readonly Queue<(TimeSpan Deadline, WorkerId Worker)> _deadlines = new();
    private long _reused;
    private TimeSpan _clock;
    private TimeSpan _now;
    private long _grants;
    private int _leases;
    private int _alarms;
    private Phase _phase = Phase.Running;
    private SweepEnd _endAfterDrain;
    private string _reason = "";
    private bool _complete;
    private bool _moreToCome;

    /// <summary>Takes up a sweep where storage says that it stands.</summary>
    /// <param name="shape">Size of the sweep.</param>
    /// <param name="shardId">Identity of a curve range; pure.</param>
    /// <param name="start">What storage and journal hold.</param>
    /// <param name="effects">Receives the first effects (a journal record).</param>
    /// <exception cref="ArgumentException">A committed range is outside of the sweep.</exception>
    public Coordinator(SweepShape shape, Func<CurveRange, string> shardId, CoordinatorStart start, List<CoordinatorEffect> effects)
    {
        _shape = shape;
        _shardId = shardId;
        _lease = start.Lease;
        _clock = _now = start.Now;
        _term = start.Term;
        _committed = new RangeSet(start.Committed);
        if (_committed.Runs.Any(run => run.First < 0 || run.End > shape.Curves))
            throw new ArgumentException($"A committed range is outside of the {shape.Curves} curves of the sweep.", nameof(start));
        _reused = _committed.Total;
        _left = start.ByClaim
            ? new WorkLeft(shape, new RangeSet([new CurveRange(0, shape.Curves)]), [])
            : new WorkLeft(shape, _committed, start.History.Troubles);
        _crashedPoints = [.. start.History.CrashedPoints.Where(IsCommitted)];
        effects.Add(new CoordinatorEffect.Record(new JournalRecord.Started(_term, shape.Curves, _reused)));
    }

    private enum Phase
    {
        Running,
        Draining,
        Ended,
    }

    /// <summary>Where the sweep stands.</summary>
    public SweepProgress Progress => new(
        _shape.Curves, _shape.Points, _reused, _committed.Total, _committed.Total * _shape.PointsPerCurve,
        _crashedPoints.Count, _leases, _alarms);

    /// <summary>Points that became rows with status <c>crashed</c>, ascending, as far as is known now.</summary>
    public IReadOnlyCollection<long> CrashedPoints => _crashedPoints;

    /// <summary>True once <see cref="CoordinatorEffect.Finish"/> has been given out.</summary>
    public bool HasEnded => _phase == Phase.Ended;

    /// <summary>Takes one event and adds what has to be done to <paramref name="effects"/>.</summary>
    public void Apply(CoordinatorEvent happened, List<CoordinatorEffect> effects)
    {
        switch (happened)
        {
            case CoordinatorEvent.Received { Message: WorkerMessage.Ask ask }: TakeSeat(ask, effects); break;
            case CoordinatorEvent.Received { Message: WorkerMessage.Alive alive }: KeepLease(alive, effects); break;
            case CoordinatorEvent.Received { Message: WorkerMessage.Report report }: Settle(report, effects); break;
            case CoordinatorEvent.Received { Message: WorkerMessage.Leave left }: Unseat(left.Worker, WorkEnd.Released, "left", effects); break;
            case CoordinatorEvent.TimePassed passed: GoOn(passed.Now); ExpireSeats(effects); break;
            case CoordinatorEvent.WorkerDied died: Unseat(died.Worker, WorkEnd.Lost, died.Message, effects); break;
            case CoordinatorEvent.PartCorrupted corrupted: Uncommit(corrupted, effects); break;
            case CoordinatorEvent.MergeCompleted completed: _complete = true; _crashedPoints.UnionWith(completed.CrashedPoints); break;
            case CoordinatorEvent.CurvesClaimed claimed: TakeUp(claimed); break;
            case CoordinatorEvent.PartsFound found: Find(found.Parts); break;
            case CoordinatorEvent.EverythingCommitted: _complete = true; break;
            case CoordinatorEvent.StorageFailed failed: Drain(SweepEnd.Incomplete, failed.Reason); break;
            case CoordinatorEvent.DrainAsked: Drain(SweepEnd.Interrupted, "stopped on request"); break;
            case CoordinatorEvent.AbortAsked: Abort(effects); break;
            default: throw new InvalidOperationException($"Coordinator does not know {happened}; {this}");
        }
        if (_phase == Phase.Running) GrantToWaiting(effects);
        foreach (var (points, message) in _left.Condemned) effects.Add(new CoordinatorEffect.AnnounceCrash(points, message));
        _left.Condemned.Clear();
        if (_phase != Phase.Ended) EndIfDone(effects);
        if (_phase != Phase.Running) StopWaiting(effects);
    }

    /// <summary>The state, for the message of a broken invariant.</summary>
    public override string ToString() =>
        $"Coordinator term {_term}, {_phase}, {_committed.Total} of {_shape.Curves} curves committed, {_leases} leases, " +
        $"{_seats.Count} workers, {_grants} grants, reason '{_reason}'";

    private void TakeSeat(WorkerMessage.Ask ask, List<CoordinatorEffect> effects)
    {
        if (!_seats.TryGetValue(ask.Worker, out var seat))
        {
            seat = new Seat();
            _seats.Add(ask.Worker, seat);
            _deadlines.Enqueue((_now + _lease, ask.Worker));
        }
        seat.Deadline = _now + _lease;
        if (ask.Request < seat.Request) return; // an old copy
        if (ask.Request == seat.Request)
        {
            // The first answer may be lost. Without a lease it was a stop, or this is an old copy: a stop does not harm then.
            if (seat.Lease is { } open) SendGrant(ask.Worker, seat.Request, open, effects);
            else if (_phase != Phase.Running) Send(ask.Worker, new CoordinatorMessage.Stop(), effects);
            return;
        }
        if (seat.Lease is not null) CloseLease(ask.Worker, seat, WorkEnd.Released, "worker asks for other work", 0, effects);
        seat.Request = ask.Request;
        if (seat.Waits) return;
        seat.Waits = true;
        _waiting.Enqueue(ask.Worker);
    }

    private void KeepLease(WorkerMessage.Alive alive, List<CoordinatorEffect> effects)
    {
        if (FindLease(alive.Worker, alive.Epoch) is { } seat)
        {
            seat.Deadline = _now + _lease;
            seat.Lease!.HasBegun = true;
        }
        else Send(alive.Worker, new CoordinatorMessage.Cancel(alive.Epoch), effects);
    }

    private void Settle(WorkerMessage.Report report, List<CoordinatorEffect> effects)
    {
        Send(report.Worker, new CoordinatorMessage.Acknowledge(report.Epoch), effects);
        if (FindLease(report.Worker, report.Epoch) is not { } seat) return;
        seat.Deadline = _now + _lease;
        CloseLease(report.Worker, seat, report.End, report.Message, report.Seconds, effects);
    }

    /// <summary>The only place where a lease ends, and the only place that decides what becomes of its work.</summary>
    private void CloseLease(WorkerId worker, Seat seat, WorkEnd end, string message, double seconds, List<CoordinatorEffect> effects)
    {
        var lease = seat.Lease!;
        seat.Lease = null;
        _leases--;
        if (_processes[worker.Process].Leave() == 0) _processes.Remove(worker.Process);
        effects.Add(new CoordinatorEffect.Record(new JournalRecord.Ended(lease.Epoch, end, message, seconds)));
        switch (end)
        {
            case WorkEnd.Done when lease.Unit.Kind == WorkKind.Probe:
                _left.Pass(lease.Unit);
                break;
            case WorkEnd.Done or WorkEnd.Same or WorkEnd.Different:
                if (end == WorkEnd.Different) Alarm(lease.Unit.Curves, message, effects);
                _committed.Add(lease.Unit.Curves);
                _crashedPoints.UnionWith(lease.Unit.CrashedPoints);
                effects.Add(new CoordinatorEffect.AnnouncePart(lease.Unit.Curves));
                break;
            case WorkEnd.Failed:
                _left.Break(lease.Unit, message);
                break;
            case WorkEnd.Lost:
                _left.Lose(lease.Unit, message);
                break;
            case WorkEnd.Released:
                _left.PutBack(lease.Unit);
                break;
            case WorkEnd.Storage:
                _left.PutBack(lease.Unit);
                Drain(SweepEnd.Incomplete, message);
                break;
            default:
                throw new InvalidOperationException($"A lease cannot end as {end}; {this}");
        }
    }

    private void Alarm(CurveRange curves, string message, List<CoordinatorEffect> effects)
    {
        _alarms++;
        effects.Add(new CoordinatorEffect.Record(new JournalRecord.Alarmed(curves, message)));
        effects.Add(new CoordinatorEffect.RaiseAlarm(curves, message));
    }

    private void Uncommit(CoordinatorEvent.PartCorrupted corrupted, List<CoordinatorEffect> effects)
    {
        // What is not committed (an overlapping part was unreadable too) is being computed already.
        foreach (var missing in _committed.Remove(corrupted.Curves)) _left.PutBack(new WorkUnit(missing));
        effects.Add(new CoordinatorEffect.Record(new JournalRecord.Corrupted(corrupted.Curves, corrupted.Message)));
    }

    private void TakeUp(CoordinatorEvent.CurvesClaimed claimed)
    {
        _moreToCome = claimed.MoreToCome;
        _left.Admit(claimed.Curves, _committed, claimed.Past);
    }

    private void Find(IReadOnlyList<CurveRange> parts)
    {
        foreach (var part in parts) _reused += _committed.Add(part);
    }

    /// <summary>
    /// A coordinator that was not told of time for long was paused itself, and what workers said meanwhile still lies before it: nobody
    /// is silent because of that. So a step counts for half a lease at most.
    /// </summary>
    private void GoOn(TimeSpan clock)
    {
        var step = clock - _clock;
        _clock = clock;
        _now += step < _lease / 2 ? step : _lease / 2;
    }

    private void ExpireSeats(List<CoordinatorEffect> effects)
    {
        while (_deadlines.TryPeek(out var next) && next.Deadline <= _now)
        {
            _deadlines.Dequeue();
            if (!_seats.TryGetValue(next.Worker, out var seat)) continue;
            if (seat.Deadline > _now) _deadlines.Enqueue((seat.Deadline, next.Worker));
            else Unseat(next.Worker, WorkEnd.Lost, $"worker {next.Worker} was silent for {_lease.TotalSeconds:0.#} s", effects);
        }
    }

    private void Unseat(WorkerId worker, WorkEnd end, string message, List<CoordinatorEffect> effects)
    {
        if (!_seats.Remove(worker, out var seat) || seat.Lease is null) return;
        // A grant that never reached its worker says nothing about the work: a dead process may leave workers that seem to wait.
        if (end == WorkEnd.Lost && !seat.Lease.HasBegun) end = WorkEnd.Released;
        CloseLease(worker, seat, end, message, 0, effects);
    }

    private void GrantToWaiting(List<CoordinatorEffect> effects)
    {
        for (int turns = _waiting.Count; turns > 0 && !_left.IsEmpty; turns--)
        {
            var worker = _waiting.Dequeue();
            if (!_seats.TryGetValue(worker, out var seat) || !seat.Waits) continue; // gone meanwhile
            _processes.TryGetValue(worker.Process, out var load);
            var unit = load is { IsAlone: true } ? null : _left.TakeOpen(_moreToCome ? 0 : _seats.Count) ?? (load is null ? _left.TakeAlone() : null);
            if (unit is null) _waiting.Enqueue(worker);
            else Grant(worker, seat, unit, effects);
        }
    }

    private void Grant(WorkerId worker, Seat seat, WorkUnit unit, List<CoordinatorEffect> effects)
    {
        var lease = new Lease(new Epoch(_term, ++_grants), unit);
        seat.Lease = lease;
        seat.Waits = false;
        seat.Deadline = _now + _lease;
        _leases++;
        if (!_processes.TryGetValue(worker.Process, out var load)) _processes.Add(worker.Process, load = new ProcessLoad());
        load.Enter(unit.Alone);
        effects.Add(new CoordinatorEffect.Record(
            new JournalRecord.Attempted(lease.Epoch, worker, unit.Kind, unit.Curves, unit.Points, unit.CrashedPoints, unit.Alone)));
        SendGrant(worker, seat.Request, lease, effects);
    }

    private void SendGrant(WorkerId worker, long request, Lease lease, List<CoordinatorEffect> effects)
    {
        var unit = lease.Unit;
        var work = new ShardWork(unit.Kind, _shardId(unit.Curves), unit.Curves, unit.Points, unit.CrashedPoints);
        Send(worker, new CoordinatorMessage.Grant(request, lease.Epoch, work), effects);
    }

    private void Drain(SweepEnd end, string reason)
    {
        if (_phase == Phase.Ended) return;
        if (_phase == Phase.Draining && _endAfterDrain == SweepEnd.Incomplete) return; // trouble is told rather than the wish to stop
        _phase = Phase.Draining;
        _endAfterDrain = end;
        _reason = reason;
    }

    private void Abort(List<CoordinatorEffect> effects)
    {
        if (_phase == Phase.Ended) return;
        foreach (var (worker, seat) in _seats)
        {
            if (seat.Lease is not { } lease) continue;
            Send(worker, new CoordinatorMessage.Cancel(lease.Epoch), effects);
            CloseLease(worker, seat, WorkEnd.Released, "aborted", 0, effects);
        }
        Finish(SweepEnd.Interrupted, "aborted on request", effects);
    }

    private void EndIfDone(List<CoordinatorEffect> effects)
    {
        if (_phase == Phase.Running && _complete)
            Finish(_crashedPoints.Count > 0 ? SweepEnd.CompleteWithCrashedPoints : SweepEnd.Complete, "", effects);
        else if (_phase == Phase.Running && _leases == 0 && _left is { IsEmpty: true, Abandoned: { Count: > 0 } abandoned })
            Finish(SweepEnd.Incomplete, $"{abandoned[0]} cannot be computed even with all its points left out", effects);
        else if (_phase == Phase.Draining && _leases == 0)
            Finish(_endAfterDrain, _reason, effects);
    }

    private void Finish(SweepEnd end, string reason, List<CoordinatorEffect> effects)
    {
        _phase = Phase.Ended;
        effects.Add(new CoordinatorEffect.Record(new JournalRecord.Finished(end, reason)));
        effects.Add(new CoordinatorEffect.Finish(end, reason));
    }

    private void StopWaiting(List<CoordinatorEffect> effects)
    {
        while (_waiting.TryDequeue(out var worker))
        {
            if (!_seats.TryGetValue(worker, out var seat) || !seat.Waits) continue;
            seat.Waits = false;
            Send(worker, new CoordinatorMessage.Stop(), effects);
        }
    }

    private static void Send(WorkerId to, CoordinatorMessage message, List<CoordinatorEffect> effects) =>
        effects.Add(new CoordinatorEffect.Send(to, message));

    private Seat? FindLease(WorkerId worker, Epoch epoch) =>
        _seats.TryGetValue(worker, out var seat) && seat.Lease?.Epoch == epoch ? seat : null;

    private bool IsCommitted(long point) => _committed.Contains(new CurveRange(point / _shape.PointsPerCurve, 1));

    /// <summary>A worker as the coordinator sees it.</summary>
    private sealed class Seat
    {
        public long Request { get; set; }

        public bool Waits { get; set; }

        public Lease? Lease { get; set; }

        public TimeSpan Deadline { get; set; }
    }

    private sealed class Lease(Epoch epoch, WorkUnit unit)
    {
        public Epoch Epoch => epoch;

        public WorkUnit Unit => unit;

        /// <summary>The worker has said that it works on it.</summary>
        public bool HasBegun { get; set; }
    }

    /// <summary>Grants that one operating-system process holds.</summary>
    private sealed class ProcessLoad
    {
        private int _grants;

        public bool IsAlone { get; private set; }

        public void Enter(bool alone)
        {
            _grants++;
            IsAlone = alone;
        }

        public int Leave() => --_grants;
    }
}
