namespace SweepEngine.Protocol;

/// <summary>A piece of work that is granted as one, with what is known against it.</summary>
internal sealed class WorkUnit(CurveRange curves)
{
    public CurveRange Curves { get; } = curves;

    /// <summary>Set once the curve is searched for poison points.</summary>
    public PoisonHunt? Hunt { get; set; }

    /// <summary>Attempts lost since the unit took its present form.</summary>
    public int Losses { get; set; }

    /// <summary>Suspected of killing its process: granted only to a process in which nothing else runs, so that a crash is its
    /// own.</summary>
    public bool Alone { get; set; }

    public WorkKind Kind => Hunt?.Probe is null ? WorkKind.Compute : WorkKind.Probe;

    public PointRange Points => Hunt?.Probe ?? default;

    public WorkKey Key => new(Kind, Curves, Points, Kind == WorkKind.Probe ? 0 : Hunt?.CondemnedCount ?? 0);

    /// <summary>True if one more failure turns points into crashed rows, rather than only into smaller work.</summary>
    public bool IsVerdict => Hunt is not null && (Kind == WorkKind.Compute || Points.Count == 1);

    public IReadOnlyList<long> CrashedPoints => Kind == WorkKind.Compute && Hunt is not null ? Hunt.Condemned : [];
}

/// <summary>
/// The work that nobody holds, and what is given out next. Planned shards are not stored: they are cut from the gaps between curves that
/// are done or were given out. Only work that came back is stored, so the size is O(work in flight + troubles).
/// <code>
///   order:  returned (halves, released)  →  fresh shards               →  lost once or twice  →  suspects, alone in their process
///   broken: shard ─► halves ─► … ─► one curve ─► probes of its points ─► the curve without the condemned points
///                 ─► (fails still) all its points crashed ─► (fails still) abandoned
/// </code>
/// Suspects come last, so a shard that kills its process keeps nothing else from being computed.
/// </summary>
internal sealed class WorkLeft
{
    /// <summary>Deaths of a worker or process after which the work in flight is suspected (DESIGN: "killed three workers").</summary>
    internal const int LossesUntilSuspect = 3;

    private readonly SweepShape _shape;
    private readonly RangeSet _notFresh;
    private readonly Dictionary<WorkKey, PastTrouble> _past = [];
    private readonly Queue<WorkUnit> _returned = new();
    private readonly Queue<WorkUnit> _lost = new();
    private readonly Queue<WorkUnit> _alone = new();
    private readonly List<CurveRange> _abandoned = [];

    public WorkLeft(SweepShape shape, RangeSet committed, IEnumerable<PastTrouble> past)
    {
        _shape = shape;
        _notFresh = new RangeSet(committed.Runs);
        TakeUp(committed, past);
    }

    /// <summary>Curves that cannot be computed even with all their points left out.</summary>
    public IReadOnlyList<CurveRange> Abandoned => _abandoned;

    /// <summary>Points condemned since the coordinator looked last, and why; it empties the list.</summary>
    public List<(PointRange Points, string Message)> Condemned { get; } = [];

    public bool IsEmpty => Units == 0;

    private long Units => _returned.Count + (_shape.Curves - _notFresh.Total + _shape.CurvesPerShard - 1) / _shape.CurvesPerShard + _lost.Count + _alone.Count;

    /// <summary>Adds curves that were not in it, except those that are committed.</summary>
    public void Admit(CurveRange curves, RangeSet committed, IEnumerable<PastTrouble> past)
    {
        for (long from = curves.First; committed.NextGap(from, curves.End) is { } gap; from = gap.End) _notFresh.Remove(gap);
        TakeUp(committed, past);
    }

    /// <summary>Takes work that may run beside other work; null if there is none. A shard is halved if fewer shards than workers
    /// remain.</summary>
    public WorkUnit? TakeOpen(int workers)
    {
        long units = Units;
        var unit = TakeUnheardOf(() =>
            _returned.TryDequeue(out var returned) ? returned : TakeFresh() ?? (_lost.TryDequeue(out var lost) ? lost : null));
        if (unit is { Hunt: null, Losses: 0, Curves.Count: > 1 } && units < workers)
        {
            var (left, right) = unit.Curves.Halves();
            PutBack(new WorkUnit(right));
            return new WorkUnit(left);
        }
        return unit;
    }

    /// <summary>Takes work that must have its process for itself; null if there is none.</summary>
    public WorkUnit? TakeAlone() => TakeUnheardOf(() => _alone.TryDequeue(out var unit) ? unit : null);

    /// <summary>Work comes back without a verdict, or curves have to be computed again.</summary>
    public void PutBack(WorkUnit unit) => (unit.Alone ? _alone : unit.Losses > 0 ? _lost : _returned).Enqueue(unit);

    /// <summary>A probe went through: its points are innocent.</summary>
    public void Pass(WorkUnit unit)
    {
        unit.Hunt!.Pass();
        unit.Losses = 0;
        PutBack(unit);
    }

    /// <summary>The worker or its process died with the work.</summary>
    public void Lose(WorkUnit unit, string message)
    {
        unit.Losses++;
        bool wasAlone = unit.Alone;
        // What was alone in its process and only gets smaller needs no second proof; a verdict on a point does.
        if (unit.Losses < (wasAlone && !unit.IsVerdict ? 1 : LossesUntilSuspect))
        {
            PutBack(unit);
            return;
        }
        unit.Alone = true;
        unit.Losses = 0;
        if (!wasAlone && unit.IsVerdict) PutBack(unit); // it may have been a neighbour: no verdict before it was alone
        else Break(unit, message);
    }

    /// <summary>The work fails as often as it is tried: make it smaller.</summary>
    public void Break(WorkUnit unit, string message)
    {
        unit.Losses = 0;
        if (unit.Hunt is null && unit.Curves.Count > 1)
        {
            var (left, right) = unit.Curves.Halves();
            PutBack(new WorkUnit(left) { Alone = unit.Alone });
            PutBack(new WorkUnit(right) { Alone = unit.Alone });
            return;
        }
        if (unit.Hunt is null) unit.Hunt = new PoisonHunt(_shape.PointsOf(unit.Curves));
        else if (unit.Hunt.Probe is { } probed)
        {
            unit.Hunt.Fail();
            if (probed.Count == 1) Condemned.Add((probed, message));
        }
        else if (!unit.Hunt.EverythingCondemned)
        {
            unit.Hunt.CondemnEverything();
            Condemned.Add((unit.Hunt.Curve, message));
        }
        else
        {
            _abandoned.Add(unit.Curves);
            return;
        }
        PutBack(unit);
    }

    private void TakeUp(RangeSet committed, IEnumerable<PastTrouble> past)
    {
        foreach (var trouble in past)
            if (!committed.Contains(trouble.Curves)) _past[new(trouble.Kind, trouble.Curves, trouble.Points, trouble.Crashed)] = trouble;
        TakeUpTroubledCurves();
    }

    private WorkUnit? TakeFresh()
    {
        if (_notFresh.NextGap(0, _shape.Curves) is not { } gap) return null;
        long boundary = (gap.First / _shape.CurvesPerShard + 1) * _shape.CurvesPerShard;
        var curves = CurveRange.Between(gap.First, Math.Min(gap.End, boundary));
        _notFresh.Add(curves);
        return new WorkUnit(curves);
    }

    /// <summary>Takes the first work about which no earlier run found out more than is known here; what an earlier run knew is
    /// applied.</summary>
    private WorkUnit? TakeUnheardOf(Func<WorkUnit?> take)
    {
        while (take() is { } unit)
        {
            if (!_past.Remove(unit.Key, out var trouble)) return unit;
            Recall(unit, trouble);
        }
        return null;
    }

    private void Recall(WorkUnit unit, PastTrouble trouble)
    {
        unit.Alone |= trouble.Alone;
        if (trouble.Passed) Pass(unit);
        else if (trouble.Failed) Break(unit, trouble.Message);
        else if (trouble.Losses == 0) PutBack(unit);
        else
        {
            unit.Losses = trouble.Losses - 1;
            Lose(unit, trouble.Message);
        }
    }

    /// <summary>
    /// Curves in trouble leave the fresh area. What an earlier run committed in between may have changed the shape of the work, so the
    /// troubled ranges are cut at each other's ends and at committed curves; a piece that is no range of its own inherits only the
    /// suspicion.
    /// </summary>
    private void TakeUpTroubledCurves()
    {
        var troubles = _past.Values.Where(past => past is { Kind: WorkKind.Compute, Crashed: 0 } && (past.Failed || past.Losses > 0))
            .OrderBy(past => past.Curves.First).ToList();
        var cuts = troubles.SelectMany(past => new[] { past.Curves.First, past.Curves.End }).Distinct().Order().ToList();
        var current = new List<PastTrouble>();
        int next = 0;
        for (int i = 0; i + 1 < cuts.Count; i++)
        {
            current.RemoveAll(past => past.Curves.End <= cuts[i]);
            for (; next < troubles.Count && troubles[next].Curves.First <= cuts[i]; next++) current.Add(troubles[next]);
            if (current.Count == 0) continue;
            bool suspected = current.Any(past => past.Alone || past.Losses >= LossesUntilSuspect);
            for (long from = cuts[i]; _notFresh.NextGap(from, cuts[i + 1]) is { } gap; from = gap.End)
            {
                _notFresh.Add(gap);
                PutBack(new WorkUnit(gap) { Alone = suspected });
            }
        }
    }
}
