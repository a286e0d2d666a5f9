using System.Globalization;
using System.Text;
using SweepEngine.Lanes;

namespace SweepEngine.Equations;

/// <summary>
/// A function given by points, with straight lines between them. All numbers are in SI units. Between the points x_i ≤ x &lt; x_(i+1) the value is
/// y_i + (x − x_i)/(x_(i+1) − x_i)·(y_(i+1) − y_i), in this order of operations. Two tables are equal when all of it is.
/// </summary>
public sealed class LookupTable : IEquatable<LookupTable>
{
    /// <summary>Fewest points.</summary>
    public const int FewestPoints = 2;

    /// <summary>Most points.</summary>
    public const int MostPoints = 10_000;

    private readonly double[] _x;
    private readonly double[] _y;
    private readonly double _perStep;

    /// <summary>Makes a table.</summary>
    /// <param name="name">Its name in the model.</param>
    /// <param name="x">The points' arguments, finite and strictly ascending; <see cref="FewestPoints"/> to <see cref="MostPoints"/>.</param>
    /// <param name="y">The points' values, finite, as many.</param>
    /// <param name="continues">True when the first and last line go on beyond the ends; false when the end values hold there.</param>
    /// <exception cref="ArgumentException">The points are not as described.</exception>
    public LookupTable(string name, IReadOnlyList<double> x, IReadOnlyList<double> y, bool continues)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        (Name, _x, _y, Continues) = (name, [.. x], [.. y], continues);
        if (_x.Length is < FewestPoints or > MostPoints || _x.Length != _y.Length)
            throw new ArgumentException($"A table has {FewestPoints} to {MostPoints} points, not {_x.Length} arguments and {_y.Length} values.", nameof(x));
        if (!_x.All(double.IsFinite) || !_y.All(double.IsFinite) || !_x.Zip(_x.Skip(1)).All(pair => pair.First < pair.Second))
            throw new ArgumentException("The numbers of a table are finite, and its arguments ascend.", nameof(x));
        _perStep = (_x.Length - 1) / (_x[^1] - _x[0]);
    }

    /// <summary>Its name in the model.</summary>
    public string Name { get; }

    /// <summary>The points' arguments [SI].</summary>
    public IReadOnlyList<double> X => _x;

    /// <summary>The points' values [SI].</summary>
    public IReadOnlyList<double> Y => _y;

    /// <summary>True when the first and last line go on beyond the ends.</summary>
    public bool Continues { get; }

    /// <summary>The value at a point.</summary>
    /// <param name="x">The argument [SI].</param>
    /// <returns>The value [SI]; NaN for NaN.</returns>
    public double Value(double x)
    {
        if (!Continues)
            x = x < _x[0] ? _x[0] : x > _x[^1] ? _x[^1] : x;
        int i = Segment(x);
        double part = (x - _x[i]) / (_x[i + 1] - _x[i]);
        // So that the last point is met as exactly as all others.
        return part == 1 ? _y[i + 1] : _y[i] + part * (_y[i + 1] - _y[i]);
    }

    /// <summary>The slope at a point; at a kink that on its right side.</summary>
    /// <param name="x">The argument [SI].</param>
    /// <returns>The slope [SI].</returns>
    public double Slope(double x)
    {
        if (!Continues && (x < _x[0] || x > _x[^1]))
            return 0;
        int i = Segment(x);
        return (_y[i + 1] - _y[i]) / (_x[i + 1] - _x[i]);
    }

    /// <inheritdoc/>
    public bool Equals(LookupTable? other) =>
        other is not null && Name == other.Name && Continues == other.Continues && _x.AsSpan().SequenceEqual(other._x) && _y.AsSpan().SequenceEqual(other._y);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LookupTable);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, _x.Length, _x[0], _x[^1], _y[0], _y[^1]);

    /// <summary>All points, for a content hash.</summary>
    internal string CanonicalText()
    {
        StringBuilder text = new($"table {Name}, {(Continues ? "continues" : "holds")}:");
        for (int i = 0; i < _x.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $" {_x[i]:R} {_y[i]:R}");
        return text.ToString();
    }

    /// <summary><see cref="Value"/> in each lane, so that all widths have the same bits.</summary>
    internal static T Values<T>(T x, LookupTable[] tables, int index) where T : struct, ILane<T>
    {
        Span<double> lanes = stackalloc double[T.Width];
        LookupTable table = tables[index];
        T.Store(x, ref lanes[0]);
        for (int i = 0; i < lanes.Length; i++)
            lanes[i] = table.Value(lanes[i]);
        return T.Load(ref lanes[0]);
    }

    /// <summary><see cref="Slope"/> in each lane.</summary>
    internal static T Slopes<T>(T x, LookupTable[] tables, int index) where T : struct, ILane<T>
    {
        Span<double> lanes = stackalloc double[T.Width];
        LookupTable table = tables[index];
        T.Store(x, ref lanes[0]);
        for (int i = 0; i < lanes.Length; i++)
            lanes[i] = table.Slope(lanes[i]);
        return T.Load(ref lanes[0]);
    }

    // Index of the last point that is not above x, but of a line: from 0 to two less than there are points.
    private int Segment(double x)
    {
        int last = _x.Length - 2;
        // Right at once when the points are equally spaced, but for rounding.
        double guess = (x - _x[0]) * _perStep;
        int i = guess > 0 ? (int)Math.Min(guess, last) : 0;
        if (!(x < _x[i]) && (i == last || x < _x[i + 1]))
            return i;
        int low = 0, high = last;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = x < _x[middle] ? (low, middle - 1) : (middle, high);
        }
        return low;
    }
}
