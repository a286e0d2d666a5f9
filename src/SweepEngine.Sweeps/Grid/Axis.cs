using System.Globalization;
using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>
/// The values of one swept parameter, in one unit. Any value is a pure function of its index, so an axis may have 10⁹ of them.
/// </summary>
public abstract class Axis
{
    /// <summary>Up to so many values are kept in a table (1 MiB); those of longer axes are computed each time, to the same bits.</summary>
    private const int LongestTable = 1 << 16;

    private double[]? _values, _si;

    private protected Axis(string parameter, Unit unit, long count) => (Parameter, Unit, Count) = (parameter, unit, count);

    /// <summary>The swept parameter.</summary>
    public string Parameter { get; }

    /// <summary>The unit in which the sweep file writes the axis, and its column holds it.</summary>
    public Unit Unit { get; }

    /// <summary>Number of values, at least 1.</summary>
    public long Count { get; }

    /// <summary>How the axis is written, in one way however the file writes it: kind, numbers, unit.</summary>
    /// <returns>For example <c>linspace [0, 1000, 101] pA</c>.</returns>
    public abstract string CanonicalText { get; }

    /// <summary>A value in the unit as written.</summary>
    /// <param name="index">Its index, 0 to <see cref="Count"/> − 1.</param>
    /// <returns>The value; written again by hand with the unit, it gives the same <see cref="SI"/>.</returns>
    public double Value(long index) => (_values ??= Table(Compute)) is { Length: > 0 } values ? values[index] : Compute(index);

    /// <summary>A value in the SI unit: see <see cref="Quantity.SI"/>.</summary>
    /// <param name="index">Its index, 0 to <see cref="Count"/> − 1.</param>
    /// <returns>The value.</returns>
    public double SI(long index) => (_si ??= Table(ComputeSI)) is { Length: > 0 } values ? values[index] : ComputeSI(index);

    /// <summary>A value with its unit.</summary>
    /// <param name="index">Its index, 0 to <see cref="Count"/> − 1.</param>
    /// <returns>The value as written.</returns>
    public Quantity Quantity(long index) => new(Value(index), Unit);

    private protected abstract double Compute(long index);

    /// <summary>Numbers as canonical texts write them.</summary>
    private protected static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private double ComputeSI(long index) => new Quantity(Value(index), Unit).SI;

    private double[] Table(Func<long, double> value)
    {
        if (Count > LongestTable)
            return [];
        double[] table = new double[Count];
        for (int i = 0; i < table.Length; i++)
            table[i] = value(i);
        return table;
    }
}

/// <summary>An axis whose values are listed: <c>values: [0 ms, 2 ms, 5 ms]</c>.</summary>
public sealed class ListedAxis : Axis
{
    private readonly double[] _listed;

    /// <summary>Makes the axis.</summary>
    /// <param name="parameter">The swept parameter.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="values">The values, at least one, in that unit.</param>
    public ListedAxis(string parameter, Unit unit, IReadOnlyList<double> values) : base(parameter, unit, values.Count) =>
        _listed = [.. values];

    /// <inheritdoc/>
    public override string CanonicalText => $"values [{string.Join(", ", _listed.Select(Text))}] {Unit}".TrimEnd();

    private protected override double Compute(long index) => _listed[index];
}
