using System.Text.Json.Serialization;

namespace SweepEngine.Protocol;

/// <summary>A run of whole curves <c>[First, First + Count)</c>; a shard, a part and a gap are each one such run.</summary>
/// <param name="First">Index of the first curve, 0-based.</param>
/// <param name="Count">Number of curves, &gt; 0.</param>
public readonly record struct CurveRange(long First, long Count)
{
    /// <summary>One past the last curve.</summary>
    [JsonIgnore]
    public long End => First + Count;

    /// <summary>The curves from <paramref name="first"/> up to, but not including, <paramref name="end"/>.</summary>
    public static CurveRange Between(long first, long end) => new(first, end - first);

    /// <summary>True if every curve of <paramref name="other"/> is in this range.</summary>
    public bool Contains(CurveRange other) => First <= other.First && other.End <= End;

    /// <summary>The range cut in two; the first half is the smaller one when the count is odd. Count must be at least 2.</summary>
    public (CurveRange Left, CurveRange Right) Halves() => (new(First, Count / 2), Between(First + Count / 2, End));

    /// <summary>For messages: <c>curves 8..15</c>.</summary>
    public override string ToString() => Count == 1 ? $"curve {First}" : $"curves {First}..{End - 1}";
}

/// <summary>A run of grid points <c>[First, First + Count)</c>; point = curve × points per curve + position in the curve.</summary>
/// <param name="First">Index of the first point, 0-based over the whole grid.</param>
/// <param name="Count">Number of points; 0 only in work that computes whole curves.</param>
public readonly record struct PointRange(long First, long Count)
{
    /// <summary>One past the last point.</summary>
    [JsonIgnore]
    public long End => First + Count;

    /// <summary>The range cut in two; the first half is the smaller one when the count is odd. Count must be at least 2.</summary>
    public (PointRange Left, PointRange Right) Halves() => (new(First, Count / 2), new(First + Count / 2, Count - Count / 2));

    /// <summary>For messages: <c>points 100..149</c>.</summary>
    public override string ToString() => Count == 1 ? $"point {First}" : $"points {First}..{End - 1}";
}

/// <summary>The size of a sweep and of its shards; everything else about shards follows from these three numbers.</summary>
public sealed record SweepShape
{
    /// <summary>States the size of a sweep.</summary>
    /// <param name="curves">Curves of the sweep, at least 1.</param>
    /// <param name="pointsPerCurve">Grid points of each curve (drive values), at least 1.</param>
    /// <param name="curvesPerShard">Curves that a worker is given at once, at least 1; the last shard may be smaller.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the points do not fit 63 bits.</exception>
    public SweepShape(long curves, long pointsPerCurve, long curvesPerShard)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(curves, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pointsPerCurve, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(curvesPerShard, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(curves, long.MaxValue / pointsPerCurve);
        Curves = curves;
        PointsPerCurve = pointsPerCurve;
        CurvesPerShard = Math.Min(curvesPerShard, curves);
    }

    /// <summary>Curves of the sweep.</summary>
    public long Curves { get; }

    /// <summary>Grid points of each curve.</summary>
    public long PointsPerCurve { get; }

    /// <summary>Curves of a planned shard.</summary>
    public long CurvesPerShard { get; }

    /// <summary>Grid points of the sweep.</summary>
    public long Points => Curves * PointsPerCurve;

    /// <summary>Planned shards of the sweep.</summary>
    public long Shards => (Curves - 1) / CurvesPerShard + 1;

    /// <summary>The planned shard number <paramref name="index"/>, 0-based.</summary>
    public CurveRange Shard(long index) =>
        CurveRange.Between(index * CurvesPerShard, Math.Min(Curves, (index + 1) * CurvesPerShard));

    /// <summary>The grid points of <paramref name="curves"/>.</summary>
    public PointRange PointsOf(CurveRange curves) => new(curves.First * PointsPerCurve, curves.Count * PointsPerCurve);
}
