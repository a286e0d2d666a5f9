using System.Globalization;
using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Sweeps;

/// <summary>
/// <c>linspace: [start, end, n]</c>: n evenly spaced values, both ends included and exact. Ends with up to 15 decimals are treated as
/// the fractions that they are, so <c>[0, 1, 11]</c> holds 0.3 and not 0.30000000000000004.
/// </summary>
public sealed class LinspaceAxis : Axis
{
    private readonly double _start, _end, _scale;

    /// <summary>Makes the axis.</summary>
    /// <param name="parameter">The swept parameter.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="start">The first value.</param>
    /// <param name="end">The last value.</param>
    /// <param name="count">How many values, at least 2.</param>
    public LinspaceAxis(string parameter, Unit unit, double start, double end, long count) : base(parameter, unit, count) =>
        (_start, _end, _scale) = (start, end, DecimalScale.Of(start, end));

    /// <inheritdoc/>
    public override string CanonicalText => $"linspace [{Text(_start)}, {Text(_end)}, {Count}] {Unit}".TrimEnd();

    private protected override double Compute(long index)
    {
        double parts = Count - 1;
        if (index == 0 || index == Count - 1)
            return index == 0 ? _start : _end;
        return (DecimalScale.Apply(_start, _scale) * (parts - index) + DecimalScale.Apply(_end, _scale) * index) / (parts * _scale);
    }
}

/// <summary>
/// <c>arange: [start, stop, step]</c>: start, start + step, … as long as stop is not reached, as in numpy; but with up to 15 decimals the
/// numbers are treated as the fractions that they are, so <c>[1, 1.3, 0.1]</c> ends with 1.2, where numpy goes on to 1.3.
/// </summary>
public sealed class ArangeAxis : Axis
{
    private readonly double _start, _stop, _step, _scale;

    /// <summary>Makes the axis.</summary>
    /// <param name="parameter">The swept parameter.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="start">The first value.</param>
    /// <param name="stop">The end, which is not a value.</param>
    /// <param name="step">From one value to the next; with the sign of stop − start.</param>
    public ArangeAxis(string parameter, Unit unit, double start, double stop, double step)
        : base(parameter, unit, (long)Steps(start, stop, step)) =>
        (_start, _stop, _step, _scale) = (start, stop, step, DecimalScale.Of(start, stop, step));

    /// <inheritdoc/>
    public override string CanonicalText => $"arange [{Text(_start)}, {Text(_stop)}, {Text(_step)}] {Unit}".TrimEnd();

    /// <summary>How many values an axis would have.</summary>
    /// <param name="start">The first value.</param>
    /// <param name="stop">The end, which is not a value.</param>
    /// <param name="step">From one value to the next.</param>
    /// <returns>A whole number; zero or less for an empty axis, infinite or NaN for what is no axis.</returns>
    public static double Steps(double start, double stop, double step) => Math.Ceiling(Parts(start, stop, step));

    /// <summary>How many steps lead from start to stop, a part of one included.</summary>
    internal static double Parts(double start, double stop, double step)
    {
        double scale = DecimalScale.Of(start, stop, step);
        return (DecimalScale.Apply(stop, scale) - DecimalScale.Apply(start, scale)) / DecimalScale.Apply(step, scale);
    }

    private protected override double Compute(long index) =>
        index == 0 ? _start : (DecimalScale.Apply(_start, _scale) + DecimalScale.Apply(_step, _scale) * index) / _scale;
}

/// <summary>
/// <c>logspace: [start, end, n]</c>: n values with a constant ratio, both ends included and exact (numpy's <c>geomspace</c>). Values
/// between are rounded to 15 digits, so <c>[1, 1000, 4]</c> holds 10 and not 9.999999999999998.
/// </summary>
public sealed class LogspaceAxis : Axis
{
    /// <summary>Largest relative distance of two neighbours among numbers of 15 digits.</summary>
    internal const double Resolution = 1e-14;

    private readonly double _start, _end;

    /// <summary>Makes the axis.</summary>
    /// <param name="parameter">The swept parameter.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="start">The first value, not zero.</param>
    /// <param name="end">The last value, of the same sign.</param>
    /// <param name="count">How many values, at least 2.</param>
    public LogspaceAxis(string parameter, Unit unit, double start, double end, long count) : base(parameter, unit, count) =>
        (_start, _end) = (start, end);

    /// <inheritdoc/>
    public override string CanonicalText => $"logspace [{Text(_start)}, {Text(_end)}, {Count}] {Unit}".TrimEnd();

    private protected override double Compute(long index)
    {
        if (index == 0 || index == Count - 1)
            return index == 0 ? _start : _end;
        // Math.Pow has other bits on other systems.
        double value = _start * LaneMath.Pow(new Lane1(_end / _start), new Lane1((double)index / (Count - 1))).Value;
        Span<char> digits = stackalloc char[32];
        value.TryFormat(digits, out int length, "E14", CultureInfo.InvariantCulture);
        return double.Parse(digits[..length], NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}

/// <summary>Turns decimals such as 0.1 and 0.25 into whole numbers (10 and 25, scale 100), exact in sums and products.</summary>
internal static class DecimalScale
{
    private const int MostDecimals = 15;
    private const double LargestWhole = 1L << 53;

    /// <summary>The least power of ten that makes all numbers whole; 1 where none does.</summary>
    public static double Of(params ReadOnlySpan<double> numbers)
    {
        double scale = 1;
        for (int decimals = 0; decimals <= MostDecimals; decimals++, scale *= 10)
        {
            bool whole = true;
            foreach (double number in numbers)
            {
                double scaled = Math.Round(number * scale);
                whole &= Math.Abs(scaled) <= LargestWhole && scaled / scale == number;
            }
            if (whole)
                return scale;
        }
        return 1;
    }

    /// <summary>The whole number that a number becomes; the number itself at scale 1.</summary>
    public static double Apply(double number, double scale) => scale == 1 ? number : Math.Round(number * scale);
}
