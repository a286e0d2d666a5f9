using System.Diagnostics;
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
        : this(spec, identity, Compile(spec, lanes))
    {
    }

    /// <summary>Prepares for a model that is compiled already.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="identity">Its identity.</param>
    /// <param name="code">What <see cref="Compile"/> gave; several threads may share it.</param>
    public ShardComputation(SweepSpec spec, SweepIdentity identity, ModelCode code)
    {
        _spec = spec;
        _kernel = new FIKernel(code, new FISettings(spec.Grid.Drive.Parameter, spec.Stimulus, spec.Tolerance, spec.Seed, spec.FixedStep)
        {
            Impedance = spec.Impedance,
            Method = spec.Method,
            RateAlone = spec.Measures.HasFlag(SweepMeasures.Rate),
        });
        _tables = SweepTable.All(spec, identity);
    }

    /// <summary>Compiles the model of a sweep.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="lanes">Width of the registers, as for the constructor.</param>
    public static ModelCode Compile(SweepSpec spec, int? lanes = null) => ModelCode.Compile(spec.Model, spec.FixedSI, spec.Swept, lanes);

    /// <summary>What the kernels did since the instance was made.</summary>
    public KernelCounters Counters => _kernel.Counters;

    /// <summary>Time in kernels since the instance was made.</summary>
    public TimeSpan KernelTime { get; private set; }

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
        int[] crashed = [.. crashedPoints.Select(point => (int)(point - first))];
        PointTable points = Timed(() => _kernel.Points(parameters, crashed, Keys(first, count), cancel));
        CurveTable table = Timed(() => _kernel.Curves(
            parameters, points, (int)grid.PointsPerCurve, _spec.Measures.HasFlag(SweepMeasures.Rheobase), cancel));
        FailedPoints += points.Status.LongCount(status => !status.HasMeasures());
        int axes = grid.Axes.Count;
        var results = new ShardResults(curves, first, points, table, (from, run) => Timed(() => _kernel.Traces(
            parameters.AsSpan(from * axes, run * axes), [.. crashed.Select(point => point - from).Where(point => point >= 0 && point < run)],
            _spec.Traces!.Settings, Keys(first + from, run), cancel)));
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
        double[] parameters = Parameters(firstPoint, count);
        PointTable points = _kernel.Points(parameters, [], Keys(firstPoint, count), cancel);
        for (int first = 0; _spec.Traces is { } traces && first < count; first += traces.PointsPerRun)
        {
            int axes = _spec.Grid.Axes.Count, run = Math.Min(traces.PointsPerRun, count - first);
            _kernel.Traces(parameters.AsSpan(first * axes, run * axes), [], traces.Settings, Keys(firstPoint + first, run), cancel);
        }

        return points;
    }

    /// <summary>Computes any points as <see cref="Compute"/> would, and judges from them what a point takes in long tables.</summary>
    /// <param name="points">Indices of the points.</param>
    /// <returns>Size of the rows of a point [bytes].</returns>
    internal double Sample(long[] points)
    {
        int axes = _spec.Grid.Axes.Count;
        var parameters = new double[points.Length * axes];
        for (int i = 0; i < points.Length; i++)
        {
            _spec.Grid.FillSI(points[i], parameters.AsSpan(i * axes, axes));
        }

        PointTable rows = _kernel.Points(parameters, [], points);
        // All rows against half of them, so that what a file takes in any case drops out.
        int all = points.Length, half = all / 2;
        double bytes = (Size<PointsTable>(all) - Size<PointsTable>(half)) / (double)(all - half);
        return _spec.Traces is null ? bytes : bytes + Size<TracesTable>(all) / (double)all;

        long Size<T>(int count) where T : SweepTable => PartTables.File(_tables.OfType<T>().Single(), new ShardResults(
            default, 0, rows.First(count), null!,
            (from, run) => _kernel.Traces(parameters.AsSpan(from * axes, run * axes), [], _spec.Traces!.Settings, points.AsSpan(from, run)))).Length;
    }

    private T Timed<T>(Func<T> kernel)
    {
        long began = Stopwatch.GetTimestamp();
        T result = kernel();
        KernelTime += Stopwatch.GetElapsedTime(began);
        return result;
    }

    private static long[] Keys(long firstPoint, int count) => [.. Enumerable.Range(0, count).Select(i => firstPoint + i)];

    private double[] Parameters(long firstPoint, int count)
    {
        var parameters = new double[checked(count * _spec.Grid.Axes.Count)];
        _spec.Grid.FillSI(firstPoint, parameters);
        return parameters;
    }
}
