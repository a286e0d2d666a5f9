using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>
/// Computes shards: from a range of curves to the bytes of a part, which are a pure function of sweep and range. An instance serves one
/// thread; it holds the compiled model.
/// </summary>
public sealed class ShardComputation
{
    private readonly SweepSpec _spec;
    private readonly FIKernel _kernel;
    private readonly IReadOnlyList<SweepTable> _tables;

    /// <summary>Compiles the model of a sweep.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="identity">Its identity.</param>
    /// <param name="lanes">Width of the registers, 8, 4 or 1; null for the best of this processor. Does not change a bit of the result.</param>
    public ShardComputation(SweepSpec spec, SweepIdentity identity, int? lanes = null)
    {
        _spec = spec;
        ModelCode code = ModelCode.Compile(spec.Model, spec.FixedSI, spec.Swept, lanes);
        _kernel = new FIKernel(code, new FISettings(spec.Grid.Drive.Parameter, spec.Stimulus, spec.Tolerance, spec.Seed));
        _tables = SweepTable.All(spec, identity);
    }

    /// <summary>Points without measures among all that <see cref="Compute"/> has returned.</summary>
    public long FailedPoints { get; private set; }

    /// <summary>Computes whole curves.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="crashedPoints">Points (indices of the grid, ascending) that must not be computed; their rows say <c>crashed</c>.</param>
    /// <param name="cancel">Ends the computation.</param>
    /// <returns>The part: see <see cref="PartTables"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was set.</exception>
    public byte[] Compute(ShardRange curves, IReadOnlyList<long> crashedPoints, CancellationToken cancel)
    {
        ParameterGrid grid = _spec.Grid;
        long first = curves.FirstCurve * grid.PointsPerCurve;
        int count = checked((int)(curves.CurveCount * grid.PointsPerCurve));
        double[] parameters = Parameters(first, count);
        PointTable points = _kernel.Points(parameters, [.. crashedPoints.Select(point => (int)(point - first))], Keys(first, count), cancel);
        CurveTable table = _kernel.Curves(
            parameters, points, (int)grid.PointsPerCurve, _spec.Measures.HasFlag(SweepMeasures.Rheobase), cancel);
        FailedPoints += points.Status.LongCount(status => !status.HasMeasures());
        var results = new ShardResults(curves, first, points, table);
        return PartTables.Write([.. _tables.Select(each => PartTables.File(each, results))]);
    }

    /// <summary>Computes points as <see cref="Compute"/> would.</summary>
    /// <param name="firstPoint">The first point.</param>
    /// <param name="pointCount">How many.</param>
    /// <param name="cancel">Ends the computation.</param>
    /// <returns>What the points gave.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was set.</exception>
    public PointTable Probe(long firstPoint, long pointCount, CancellationToken cancel)
    {
        int count = checked((int)pointCount);
        return _kernel.Points(Parameters(firstPoint, count), [], Keys(firstPoint, count), cancel);
    }

    /// <summary>Computes any points.</summary>
    /// <param name="points">Indices of the points.</param>
    internal PointTable Sample(long[] points)
    {
        int axes = _spec.Grid.Axes.Count;
        var parameters = new double[points.Length * axes];
        for (int i = 0; i < points.Length; i++)
        {
            _spec.Grid.FillSI(points[i], parameters.AsSpan(i * axes, axes));
        }

        return _kernel.Points(parameters, [], points);
    }

    /// <summary>What a point takes in a long table of points, judged from the measures of a sample [bytes].</summary>
    internal double BytesPerPoint(PointTable sample)
    {
        // All rows against half of them, so that what a file takes in any case drops out.
        int all = sample.Status.Length, half = all / 2;
        return (Size(all) - Size(half)) / (double)(all - half);

        long Size(int count) =>
            PartTables.File(_tables[0], new ShardResults(default, 0, sample.First(count), null!)).Length;
    }

    private static long[] Keys(long firstPoint, int count) => [.. Enumerable.Range(0, count).Select(i => firstPoint + i)];

    private double[] Parameters(long firstPoint, int count)
    {
        var parameters = new double[checked(count * _spec.Grid.Axes.Count)];
        _spec.Grid.FillSI(firstPoint, parameters);
        return parameters;
    }
}
