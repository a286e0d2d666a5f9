using System.Globalization;

namespace SweepEngine.Cli;

/// <summary>Numbers as people read them, in English and the same on every machine.</summary>
internal static class Words
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>For example <c>84,840</c>.</summary>
    public static string Count(long count) => count.ToString("N0", Culture);

    /// <summary>For example <c>1 curve</c>, <c>84 curves</c>.</summary>
    public static string Count(long count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>For example <c>512 B</c>, <c>1.24 MB</c>; decimal prefixes.</summary>
    public static string Bytes(double bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        int unit = 0;
        for (; bytes >= 999.5 && unit < units.Length - 1; unit++)
            bytes /= 1000;
        return $"{(unit == 0 ? bytes.ToString("0", Culture) : Digits(bytes))} {units[unit]}";
    }

    /// <summary>For example <c>0.42 s</c>, <c>37 s</c>, <c>4 min 20 s</c>, <c>13 h 5 min</c>, <c>12 days</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => time.TotalSeconds.ToString("0.##", Culture) + " s",
        { TotalSeconds: < 59.5 } => time.TotalSeconds.ToString("0", Culture) + " s",
        { TotalHours: < 1 } => string.Create(Culture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
        { TotalDays: < 3 } => string.Create(Culture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        _ => $"{Count((long)time.TotalDays)} days",
    };

    /// <summary>At most six digits that count: <c>0.123457</c>, <c>1000</c>, <c>1.23457e-07</c>.</summary>
    public static string Number(double number) => number.ToString(Math.Abs(number) is >= 1e6 or < 1e-4 and > 0 ? "0.#####e+00" : "G6", Culture);

    /// <summary>All digits that are needed to write the same number again.</summary>
    public static string Exact(double number) => number.ToString("R", Culture);

    /// <summary>Rates of work: <c>6,540 points/s</c>, <c>1.23 million points/s</c>.</summary>
    public static string PerSecond(double points) => points switch
    {
        >= 999_500 => $"{Digits(points / 1e6)} million points/s",
        >= 100 => $"{Count((long)points)} points/s",
        _ => $"{Digits(points)} points/s",
    };

    // Three digits.
    private static string Digits(double number) => number.ToString(number < 9.995 ? "0.00" : number < 99.95 ? "0.0" : "#,0", Culture);
}
