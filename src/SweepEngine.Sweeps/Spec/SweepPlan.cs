namespace SweepEngine.Sweeps;

/// <summary>What a sweep comes to, known without computing any of it: counts, and some points resolved.</summary>
/// <remarks>Costs microseconds for any size of grid.</remarks>
public sealed class SweepPlan
{
    /// <summary>Makes the plan of a sweep.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="randomPoints">How many random points to resolve; which ones depends on the sweep's seed alone.</param>
    public SweepPlan(SweepSpec spec, int randomPoints = 3)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Identity = new SweepIdentity(spec);
        Grid = spec.Grid;
        First = Grid.Resolve(0);
        Last = Grid.Resolve(Grid.PointCount - 1);
        Random random = new((int)(spec.Seed ^ (spec.Seed >> 32)));
        Random = [.. Enumerable.Range(0, randomPoints).Select(_ => random.NextInt64(Grid.PointCount)).Order().Select(Grid.Resolve)];
    }

    /// <summary>Identity of the sweep.</summary>
    public SweepIdentity Identity { get; }

    /// <summary>The grid, with the numbers of points and curves.</summary>
    public ParameterGrid Grid { get; }

    /// <summary>The first point.</summary>
    public ResolvedPoint First { get; }

    /// <summary>The last point.</summary>
    public ResolvedPoint Last { get; }

    /// <summary>Random points in ascending order.</summary>
    public IReadOnlyList<ResolvedPoint> Random { get; }
}
