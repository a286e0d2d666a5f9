namespace SweepEngine.Protocol;

/// <summary>
/// The search for the points of one curve that kill or fail the kernel: a suspected run of points is probed, and halved when the probe
/// fails, until single points are left; these are condemned. k poison points among n take at most 2 k log2(n) + 2 probes.
/// </summary>
internal sealed class PoisonHunt
{
    private readonly Stack<PointRange> _suspected = new();
    private readonly SortedSet<long> _condemned = [];

    public PoisonHunt(PointRange curve)
    {
        Curve = curve;
        _suspected.Push(curve);
        if (curve.Count > 1) Fail(); // the curve as a whole has failed already
    }

    public PointRange Curve { get; }

    /// <summary>The points to probe next; null when the hunt is over and the curve can be computed without the condemned points.</summary>
    public PointRange? Probe => _suspected.TryPeek(out var points) ? points : null;

    public IReadOnlyList<long> Condemned => [.. _condemned];

    public int CondemnedCount => _condemned.Count;

    public bool EverythingCondemned => _condemned.Count == Curve.Count;

    public void Pass() => _suspected.Pop();

    public void Fail()
    {
        var points = _suspected.Pop();
        if (points.Count == 1)
        {
            _condemned.Add(points.First);
            return;
        }
        var (left, right) = points.Halves();
        _suspected.Push(right);
        _suspected.Push(left);
    }

    /// <summary>The curve fails although each remaining point succeeds by itself: no point can be told from another.</summary>
    public void CondemnEverything()
    {
        for (long point = Curve.First; point < Curve.End; point++) _condemned.Add(point);
    }
}
