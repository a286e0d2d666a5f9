using System.Globalization;

namespace SweepEngine.Cli;

/// <summary>Round numbers along an axis.</summary>
internal static class AxisTicks
{
    /// <summary>Steps of 1, 2 or 5 times a power of ten; the last tick is not below the upper end.</summary>
    /// <param name="from">The lower end.</param>
    /// <param name="to">The upper end.</param>
    /// <param name="about">About how many there are to be.</param>
    /// <param name="beginBelow">Whether the first one is to be not above the lower end.</param>
    public static double[] Between(double from, double to, int about, bool beginBelow = false)
    {
        if (!(to > from)) return [from];
        double rough = (to - from) / about, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        double first = beginBelow ? Math.Floor(from / step + 1e-9) : Math.Ceiling(from / step - 1e-9), last = Math.Ceiling(to / step - 1e-9);
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => Rounded((first + i) * step))];
    }

    // Without the last digits' noise of a product.
    private static double Rounded(double number) => double.Parse(number.ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
