using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>What a sweep computes.</summary>
[Flags]
public enum SweepMeasures
{
    /// <summary>Nothing; no sweep that was read has it.</summary>
    None = 0,

    /// <summary><c>fi</c>: the measures of every grid point, and those of curves that follow from them.</summary>
    FI = 1,

    /// <summary><c>rheobase</c>: the onset of firing of every curve, located between the grid's drive values.</summary>
    Rheobase = 2,

    /// <summary><c>rate</c>: the steady rate of every grid point and nothing else, in place of <see cref="FI"/>.</summary>
    Rate = 32,

    /// <summary><c>traces</c>: variables of every grid point over time.</summary>
    Traces = 8,

    /// <summary><c>impedance</c>: the response at the frequency of a sine, besides <see cref="Response"/>.</summary>
    Impedance = 16,

    /// <summary><c>response</c>: the response of every grid point to a stimulus of any course, in place of <see cref="FI"/>.</summary>
    Response = 4,

    /// <summary><c>bifurcations</c>: the bifurcation points of every curve along the drive.</summary>
    Bifurcations = 64,

    /// <summary><c>branches</c>: the equilibria and cycles between these points.</summary>
    Branches = 128,
}

/// <summary>How a sweep is carried out. None of it changes a result, so none of it belongs to the sweep's identity.</summary>
/// <param name="Workers">How many points of execution; null for one per processor.</param>
/// <param name="CurvesPerShard">How many curves make a shard; null for what calibration finds.</param>
/// <param name="Lanes">Width of the registers: 8, 4 or 1; null for the best of each processor.</param>
public sealed record ExecutionSpec(int? Workers = null, long? CurvesPerShard = null, int? Lanes = null);

/// <summary>A sweep as read from a file by <see cref="SweepSpecReader"/>, which has checked all of it.</summary>
public sealed record SweepSpec
{
    /// <summary>Name of the sweep: letters, digits, <c>.</c>, <c>_</c>, <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The model.</summary>
    public required ModelDefinition Model { get; init; }

    /// <summary>The parameters that the file fixes, in the order of the file; others that are not swept have the model's default.</summary>
    public required IReadOnlyList<KeyValuePair<string, Quantity>> Parameters { get; init; }

    /// <summary>The grid; its innermost axis is the drive.</summary>
    public required ParameterGrid Grid { get; init; }

    /// <summary>The course of the drive over time [SI].</summary>
    public required Stimulus Stimulus { get; init; }

    /// <summary>What to compute.</summary>
    public required SweepMeasures Measures { get; init; }

    /// <summary>Whether grid points are simulated; a sweep for bifurcations alone has no table of points.</summary>
    public bool MeasuresPoints => (Measures & ~(SweepMeasures.Bifurcations | SweepMeasures.Branches)) != 0;

    /// <summary>Whether the onset of steady firing is searched for and followed up and down, to be held against the bifurcations.</summary>
    public bool MeasuresOnset => MeasuresPoints && Measures.HasFlag(SweepMeasures.Bifurcations | SweepMeasures.Rheobase);

    /// <summary>What to record over time; null when <see cref="Measures"/> do not ask for it.</summary>
    public TraceSpec? Traces { get; init; }

    /// <summary>What is followed in two parameters; null for nothing.</summary>
    public FollowSpec? Follow { get; init; }

    /// <summary>How the impedance is read at the end of the stimulus; null when <see cref="Measures"/> do not ask for it.</summary>
    public ImpedanceSettings? Impedance { get; init; }

    /// <summary>Relative error asked for, 1e-12 to 1e-2.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Seed of random numbers, 0 or more.</summary>
    public required long Seed { get; init; }

    /// <summary>How models without white noise are integrated.</summary>
    public IntegrationMethod Method { get; init; }

    /// <summary>Step of the integration of white noise, or of a <see cref="Method"/> of fixed steps [s]; null for others, whose steps follow from the tolerance.</summary>
    public double? FixedStep { get; init; }

    /// <summary>Settings outside of the identity.</summary>
    public required ExecutionSpec Execution { get; init; }

    /// <summary>Every parameter that is not swept, fixed by the file or by the model's default [SI].</summary>
    public IReadOnlyDictionary<string, double> FixedSI => field ??= Model.Parameters
        .Where(parameter => Grid.Axes.All(axis => axis.Parameter != parameter.Name))
        .ToDictionary(parameter => parameter.Name, parameter => (Written(parameter.Name) ?? parameter.Default).SI, StringComparer.Ordinal);

    /// <summary>The swept parameters in the order of the grid's axes; the drive is the last.</summary>
    public IReadOnlyList<string> Swept => [.. Grid.Axes.Select(axis => axis.Parameter)];

    /// <summary>Most curves of a shard whose results are sure to fit in memory, at least 1; without traces there is no limit.</summary>
    public long MostCurvesPerShard => Traces is null ? Grid.CurveCount : Math.Clamp(Traces.MostPointsPerShard / Grid.PointsPerCurve, 1, Grid.CurveCount);

    private Quantity? Written(string parameter)
    {
        foreach ((string name, Quantity value) in Parameters)
        {
            if (name == parameter)
                return value;
        }
        return null;
    }
}
