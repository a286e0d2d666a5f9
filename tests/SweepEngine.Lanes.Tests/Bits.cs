namespace SweepEngine.Lanes.Tests;

internal static class Bits
{
    /// <summary>The bits of a double; the same for every NaN, whose sign and payload no operation promises.</summary>
    public static long Of(double value) => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value);
}
