using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>A variable that a sweep records over time.</summary>
/// <param name="Name">Name of a state or an intermediate of the model.</param>
/// <param name="Unit">The unit in which its column holds it.</param>
/// <param name="Description">What it is.</param>
public sealed record TraceVariable(string Name, Unit Unit, string Description);

/// <summary>What a sweep records over time: variables of every grid point at the same times.</summary>
public sealed class TraceSpec
{
    /// <summary>Most rows of the table: some 10 GB for each variable.</summary>
    public const long MostRows = 1_000_000_000;

    /// <summary>Most values of one curve, which is computed and committed as one: 400 MB.</summary>
    public const long MostValuesPerCurve = 50_000_000;

    // A shard of several curves is kept smaller than the largest curve may be: some 130 MB.
    private const long MostValuesPerShard = 1 << 24;

    // Points are traced in runs of so many values, so that what waits to be written stays small (64 MB); fewer would leave lanes empty.
    private const long MostValuesPerRun = 1 << 23;

    /// <summary>Makes the specification.</summary>
    /// <param name="times">The times, in ms, ascending from 0 or later; at most 2^31 − 1 of them.</param>
    /// <param name="variables">The variables, at least one.</param>
    public TraceSpec(Axis times, IReadOnlyList<TraceVariable> variables)
    {
        ArgumentNullException.ThrowIfNull(times);
        (Times, Variables) = (times, variables);
        PointsPerRun = (int)Math.Clamp(MostValuesPerRun / ValuesPerPoint, 1, 4096);
        Settings = new TraceSettings(checked((int)times.Count), times.SI, [.. variables.Select(variable => variable.Name)]);
    }

    /// <summary>The times.</summary>
    public Axis Times { get; }

    /// <summary>The variables, in the order of their columns.</summary>
    public IReadOnlyList<TraceVariable> Variables { get; }

    /// <summary>The same as the simulation takes it.</summary>
    internal TraceSettings Settings { get; }

    /// <summary>Values of each point.</summary>
    internal long ValuesPerPoint => Times.Count * Variables.Count;

    /// <summary>Points that a shard should not have more of; at least 1.</summary>
    internal long MostPointsPerShard => Math.Max(1, MostValuesPerShard / ValuesPerPoint);

    /// <summary>Points that are traced together, at least 1; no result depends on it.</summary>
    public int PointsPerRun { get; init; }
}
