using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>
/// All points of a sweep. Point <c>i</c> is a pure function of the grid and <c>i</c>, at a cost of O(number of axes); nothing is ever
/// expanded. The drive is the innermost axis, so the points of a curve follow one another; the first axis of the file is the outermost.
/// Axes that are zipped advance together. Points that are computed several times, with other random numbers, follow one another: to the grid each repeat is a point.
/// </summary>
public sealed class ParameterGrid
{
    /// <summary>Most points of a sweep: beyond it a double could not hold an index.</summary>
    public const long MostPoints = 1L << 53;

    private readonly Axis[] _axes;
    private readonly long[] _counts, _strides;

    /// <summary>Makes a grid.</summary>
    /// <param name="groups">Axes from the outermost to the innermost, zipped ones in one group; the last group is the drive alone.</param>
    /// <param name="repeats">How many times each combination of their values is computed, at least 1.</param>
    /// <exception cref="ArgumentException">
    /// Axes of a group differ in length, the last group is not one axis, or there are too many points.
    /// </exception>
    public ParameterGrid(IReadOnlyList<IReadOnlyList<Axis>> groups, long repeats = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        if (groups.Count == 0 || groups[^1].Count != 1 || groups.Any(group => group.Any(axis => axis.Count != group[0].Count)))
            throw new ArgumentException("Zipped axes must have one length, and the last group must be the drive.", nameof(groups));
        Int128 points = groups.Aggregate((Int128)repeats, (product, group) => product > MostPoints ? product : product * group[0].Count);
        if (points > MostPoints)
            throw new ArgumentException($"A grid has at most {MostPoints} points.", nameof(groups));
        Groups = groups;
        Repeats = repeats;
        PointCount = (long)points;
        _axes = [.. groups.SelectMany(group => group)];
        _counts = [.. groups.SelectMany(group => group.Select(axis => axis.Count))];
        _strides = new long[_axes.Length];
        long stride = repeats;
        int last = _axes.Length;
        foreach (IReadOnlyList<Axis> group in groups.Reverse())
        {
            last -= group.Count;
            _strides.AsSpan(last, group.Count).Fill(stride);
            stride *= group[0].Count;
        }
    }

    /// <summary>Axes from the outermost to the innermost; those of one group are zipped.</summary>
    public IReadOnlyList<IReadOnlyList<Axis>> Groups { get; }

    /// <summary>All axes in the order of <see cref="Groups"/>, which is that of tables and kernels. The drive is the last.</summary>
    public IReadOnlyList<Axis> Axes => _axes;

    /// <summary>The axis of the drive.</summary>
    public Axis Drive => _axes[^1];

    /// <summary>How many times each combination of values is computed; point <c>i</c> is repeat <c>i % Repeats</c> of row <c>i/Repeats</c>.</summary>
    public long Repeats { get; }

    /// <summary>Number of points, repeats counted.</summary>
    public long PointCount { get; }

    /// <summary>Number of curves.</summary>
    public long CurveCount => PointCount / PointsPerCurve;

    /// <summary>Number of points of each curve, repeats counted. Curve <c>c</c> begins with point <c>c*PointsPerCurve</c>.</summary>
    public long PointsPerCurve => Drive.Count * Repeats;

    /// <summary>The index that a point has on an axis.</summary>
    /// <param name="point">The point, 0 to <see cref="PointCount"/> − 1.</param>
    /// <param name="axis">The axis, an index of <see cref="Axes"/>.</param>
    /// <returns>An index of that axis.</returns>
    public long IndexOn(long point, int axis) => point / _strides[axis] % _counts[axis];

    /// <summary>The indices that a point has on all axes.</summary>
    /// <param name="point">The point, 0 to <see cref="PointCount"/> − 1.</param>
    /// <param name="indices">Receives one index for each of <see cref="Axes"/>.</param>
    public void Indices(long point, Span<long> indices)
    {
        for (int k = 0; k < _axes.Length; k++)
            indices[k] = IndexOn(point, k);
    }

    /// <summary>The first of the points that have these indices.</summary>
    /// <param name="indices">One index for each of <see cref="Axes"/>; equal within a group.</param>
    /// <returns>The point.</returns>
    public long PointAt(ReadOnlySpan<long> indices)
    {
        long point = 0;
        int k = 0;
        foreach (IReadOnlyList<Axis> group in Groups)
        {
            point += indices[k] * _strides[k];
            k += group.Count;
        }
        return point;
    }

    /// <summary>The parameters of consecutive points in SI units, point after point: what a kernel takes.</summary>
    /// <param name="firstPoint">The first point.</param>
    /// <param name="rows">Receives the values, shape [points × axes].</param>
    public void FillSI(long firstPoint, Span<double> rows)
    {
        for (int k = 0; k < _axes.Length; k++)
        {
            Axis axis = _axes[k];
            long index = IndexOn(firstPoint, k), repeat = firstPoint % _strides[k];
            double value = axis.SI(index);
            for (int at = k; at < rows.Length; at += _axes.Length)
            {
                rows[at] = value;
                if (++repeat == _strides[k] && at + _axes.Length < rows.Length)
                {
                    repeat = 0;
                    index = index + 1 == _counts[k] ? 0 : index + 1;
                    value = axis.SI(index);
                }
            }
        }
    }

    /// <summary>A point with its values as written, for people.</summary>
    /// <param name="point">The point, 0 to <see cref="PointCount"/> − 1.</param>
    /// <returns>The point.</returns>
    public ResolvedPoint Resolve(long point)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(point);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(point, PointCount);
        return new(point / Repeats, point / PointsPerCurve, [.. _axes.Select((axis, k) => (axis.Parameter, axis.Quantity(IndexOn(point, k))))]);
    }
}

/// <summary>A point of a grid with its values.</summary>
/// <param name="Index">The point, repeats not counted.</param>
/// <param name="Curve">The curve to which it belongs.</param>
/// <param name="Values">The swept parameters and their values as written, in the order of <see cref="ParameterGrid.Axes"/>.</param>
public sealed record ResolvedPoint(long Index, long Curve, IReadOnlyList<(string Parameter, Quantity Value)> Values)
{
    /// <summary>The point on one line.</summary>
    /// <returns>For example <c>point 1402 (curve 13): g_adapt = 0.75 nS, tau_ref = 2 ms, I_app = 890 pA</c>.</returns>
    public override string ToString() =>
        $"point {Index} (curve {Curve}): {string.Join(", ", Values.Select(each => $"{each.Parameter} = {each.Value}"))}";
}
