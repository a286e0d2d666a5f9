namespace SweepEngine.Sweeps;

/// <summary>A run of whole curves that is computed, committed and resumed as one.</summary>
/// <param name="FirstCurve">The first curve.</param>
/// <param name="CurveCount">Number of curves, at least 1.</param>
public readonly record struct ShardRange(long FirstCurve, long CurveCount);

/// <summary>All shards of a sweep: equal runs of curves, the last one perhaps shorter. Each is a pure function of its index.</summary>
public sealed class ShardRanges
{
    private readonly long _curves;

    /// <summary>Divides curves into shards.</summary>
    /// <param name="curves">Number of curves, at least 1.</param>
    /// <param name="curvesPerShard">Curves of each shard but the last, at least 1.</param>
    public ShardRanges(long curves, long curvesPerShard)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(curves, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(curvesPerShard, 1);
        _curves = curves;
        CurvesPerShard = Math.Min(curves, curvesPerShard);
        Count = (curves - 1) / CurvesPerShard + 1;
    }

    /// <summary>Curves of each shard but the last.</summary>
    public long CurvesPerShard { get; }

    /// <summary>Number of shards.</summary>
    public long Count { get; }

    /// <summary>A shard.</summary>
    /// <param name="shard">Its index, 0 to <see cref="Count"/> − 1.</param>
    /// <returns>Its range of curves.</returns>
    public ShardRange this[long shard]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(shard);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, Count);
            long first = shard * CurvesPerShard;
            return new ShardRange(first, Math.Min(CurvesPerShard, _curves - first));
        }
    }

    /// <summary>The shard to which a curve belongs.</summary>
    /// <param name="curve">The curve.</param>
    /// <returns>Index of the shard.</returns>
    public long ShardOf(long curve) => curve / CurvesPerShard;
}
