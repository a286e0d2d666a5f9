using System.Diagnostics;
using SweepEngine.Bifurcation;
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
    private readonly Lazy<FIKernel> _kernel;
    private readonly Lazy<DiagramKernel> _diagrams;
    private readonly Lazy<TwoParameterContinuation>? _follow;
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
        : this(spec, identity, code, () => new DiagramKernel(code, spec.Grid.Drive.Parameter))
    {
    }

    // With diagrams of one's own.
    internal ShardComputation(SweepSpec spec, SweepIdentity identity, ModelCode code, Func<DiagramKernel> diagrams)
    {
        _spec = spec;
        _kernel = new(() => new FIKernel(code, new FISettings(spec.Grid.Drive.Parameter, spec.Stimulus, spec.Tolerance, spec.Seed, spec.FixedStep)
        {
            Impedance = spec.Impedance,
            Method = spec.Method,
            RateAlone = spec.Measures.HasFlag(SweepMeasures.Rate),
        }));
        _diagrams = new(diagrams);
        _follow = spec.Follow is { } follow ? new(() => Continuation(spec, follow, code.LaneWidth)) : null;
        _tables = SweepTable.All(spec, identity);
    }

    /// <summary>Compiles the model of a sweep.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="lanes">Width of the registers, as for the constructor.</param>
    public static ModelCode Compile(SweepSpec spec, int? lanes = null) => ModelCode.Compile(spec.Model, spec.FixedSI, spec.Swept, lanes);

    /// <summary>What the kernels did since the instance was made.</summary>
    public KernelCounters Counters => _spec.MeasuresPoints ? _kernel.Value.Counters : new();

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
        int[] crashed = [.. crashedPoints.Select(point => (int)(point - first))];
        double[] parameters = _spec.MeasuresPoints ? Parameters(first, count) : [];
        PointTable? points = null;
        CurveTable? table = null;
        if (_spec.MeasuresPoints)
        {
            points = Timed(() => _kernel.Value.Points(parameters, crashed, Keys(first, count), cancel));
            table = Timed(() => _kernel.Value.Curves(
                parameters, points, (int)grid.PointsPerCurve, _spec.Measures.HasFlag(SweepMeasures.Rheobase), _spec.MeasuresOnset, cancel));
            FailedPoints += points.Status.LongCount(status => !status.HasMeasures());
        }

        Diagram?[] diagrams = Timed(() => Diagrams(curves, crashedPoints, cancel));
        TwoParameterDiagram?[] followed = Timed(() => Followed(curves.FirstCurve, diagrams, cancel));
        int axes = grid.Axes.Count;
        var results = new ShardResults(curves, first, points, table, (from, run) => Timed(() => _kernel.Value.Traces(
            parameters.AsSpan(from * axes, run * axes), [.. crashed.Select(point => point - from).Where(point => point >= 0 && point < run)],
            _spec.Traces!.Settings, Keys(first + from, run), cancel)), diagrams, followed);
        return PartTables.Write([.. _tables.Select(each => PartTables.File(each, results))]);
    }

    /// <summary>Computes points as <see cref="Compute"/> would; with the first point of a curve, also its diagram, so that this point is the one to blame for it.</summary>
    /// <param name="firstPoint">The first point.</param>
    /// <param name="pointCount">How many.</param>
    /// <param name="cancel">Ends the computation.</param>
    /// <returns>What the points gave; null when they are not simulated.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was set.</exception>
    public PointTable? Probe(long firstPoint, long pointCount, CancellationToken cancel)
    {
        if (firstPoint % _spec.Grid.PointsPerCurve == 0)
        {
            long curve = firstPoint / _spec.Grid.PointsPerCurve;
            Followed(curve, Diagrams(new ShardRange(curve, 1), [], cancel), cancel);
        }

        if (!_spec.MeasuresPoints)
        {
            return null;
        }

        int count = checked((int)pointCount);
        double[] parameters = Parameters(firstPoint, count);
        PointTable points = _kernel.Value.Points(parameters, [], Keys(firstPoint, count), cancel);
        for (int first = 0; _spec.Traces is { } traces && first < count; first += traces.PointsPerRun)
        {
            int axes = _spec.Grid.Axes.Count, run = Math.Min(traces.PointsPerRun, count - first);
            _kernel.Value.Traces(parameters.AsSpan(first * axes, run * axes), [], traces.Settings, Keys(firstPoint + first, run), cancel);
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

        PointTable rows = _kernel.Value.Points(parameters, [], points);
        // All rows against half of them, so that what a file takes in any case drops out.
        int all = points.Length, half = all / 2;
        double bytes = (Size<PointsTable>(all) - Size<PointsTable>(half)) / (double)(all - half);
        return _spec.Traces is null ? bytes : bytes + Size<TracesTable>(all) / (double)all;

        long Size<T>(int count) where T : SweepTable => PartTables.File(_tables.OfType<T>().Single(), new ShardResults(
            default, 0, rows.First(count), null,
            (from, run) => _kernel.Value.Traces(parameters.AsSpan(from * axes, run * axes), [], _spec.Traces!.Settings, points.AsSpan(from, run)), [], [])).Length;
    }

    /// <summary>Makes the diagrams of any curves as <see cref="Compute"/> would.</summary>
    /// <param name="curves">Indices of the curves.</param>
    /// <returns>Size of their rows [bytes].</returns>
    internal double SampleDiagrams(long[] curves)
    {
        Diagram[] diagrams = Diagrams(curves, default);
        TwoParameterDiagram?[] followed = [.. curves.SelectMany((curve, i) => Followed(curve, [diagrams[i]], default))];
        return _tables.OfType<DiagramTable>().Sum(table => (double)PartTables.File(table, new ShardResults(new ShardRange(0, curves.Length), 0, null, null, null!, diagrams, followed)).Length);
    }

    // A curve with a crashed point may have crashed because of its diagram.
    private Diagram?[] Diagrams(ShardRange curves, IReadOnlyList<long> crashedPoints, CancellationToken cancel)
    {
        if (!_spec.Measures.HasFlag(SweepMeasures.Bifurcations))
        {
            return [];
        }

        HashSet<long> crashed = [.. crashedPoints.Select(point => point / _spec.Grid.PointsPerCurve)];
        long[] asked = [.. Enumerable.Range(0, (int)curves.CurveCount).Select(i => curves.FirstCurve + i).Where(curve => !crashed.Contains(curve))];
        Queue<Diagram> made = new(Diagrams(asked, cancel));
        return [.. Enumerable.Range(0, (int)curves.CurveCount).Select(i => crashed.Contains(curves.FirstCurve + i) ? null : made.Dequeue())];
    }

    private Diagram[] Diagrams(long[] curves, CancellationToken cancel)
    {
        int axes = _spec.Grid.Axes.Count;
        var parameters = new double[curves.Length * axes];
        for (int i = 0; i < curves.Length; i++)
        {
            _spec.Grid.FillSI(curves[i] * _spec.Grid.PointsPerCurve, parameters.AsSpan(i * axes, axes));
        }

        Axis drive = _spec.Grid.Drive;
        return _diagrams.Value.Curves(parameters, drive.SI(0), drive.SI(drive.Count - 1), cancel);
    }

    private TwoParameterDiagram?[] Followed(long firstCurve, Diagram?[] diagrams, CancellationToken cancel)
    {
        if (_spec.Follow is not { } follow)
        {
            return [];
        }

        int axes = _spec.Grid.Axes.Count;
        Axis drive = _spec.Grid.Drive;
        var followed = new TwoParameterDiagram?[diagrams.Length];
        for (int i = 0; i < diagrams.Length; i++)
        {
            var parameters = new double[axes + 1];
            _spec.Grid.FillSI((firstCurve + i) * _spec.Grid.PointsPerCurve, parameters.AsSpan(0, axes));
            parameters[axes] = _spec.FixedSI[follow.Parameter];
            followed[i] = diagrams[i] is not { } diagram ? null : _follow!.Value.Follow(
                diagram.Points, follow.Kinds, parameters, (drive.SI(0), drive.SI(drive.Count - 1)), (follow.Lowest.SI, follow.Highest.SI), cancel);
        }

        return followed;
    }

    private static TwoParameterContinuation Continuation(SweepSpec spec, FollowSpec follow, int lanes)
    {
        var others = spec.FixedSI.Where(each => each.Key != follow.Parameter).ToDictionary(StringComparer.Ordinal);
        var code = ModelCode.Compile(spec.Model, others, [.. spec.Swept, follow.Parameter], lanes);
        return new TwoParameterContinuation(new SmoothSystem(code, spec.Grid.Drive.Parameter), follow.Parameter);
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
