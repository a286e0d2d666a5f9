using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>Times in sweep files.</summary>
internal static class TimeKey
{
    /// <summary>Reads a time.</summary>
    /// <param name="map">The map.</param>
    /// <param name="key">Its key.</param>
    /// <param name="isPositive">Whether it must be above 0 s; else 0 s is allowed as well.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The time; null when it is left out or no time. One out of its range is reported, and given.</returns>
    public static Quantity? Read(YamlMap map, string key, bool isPositive, Findings findings)
    {
        if (map.Text(key) is not { } written || !Quantity.TryRead(written, key, Dimension.Time, findings, out Quantity time))
            return null;
        if (isPositive ? time.SI <= 0 : time.SI < 0)
            findings.Add(written.Place, $"{key} does not fit", Finding.Quote(written.Value), isPositive ? "above 0 s" : "0 s or more");
        return time;
    }
}
