using System.Globalization;
using System.Text.RegularExpressions;

namespace SweepEngine.Equations;

/// <summary>Reads lines of options. None has a place in a model: what changes nothing is noted, what would change a result is refused.</summary>
internal static partial class XppOptions
{
    private const string Display = "a display, output or AUTO option of XPP";

    /// <summary>Reads a line.</summary>
    /// <returns>What t is at the beginning, if the line says so.</returns>
    public static double? Read(XppLine line, Findings findings)
    {
        double? start = null;
        List<(string Text, string Why, int At)> ignored = [];
        foreach (Match option in Option().Matches(line.Text))
        {
            (string name, string value) = (option.Groups[1].Value.ToLowerInvariant(), option.Groups[2].Value.ToLowerInvariant());
            if (Refusal(name, value) is { } refused)
                findings.Add(line.At(option.Index), "this option is not supported", Finding.Quote(option.Value), hint: $"it is for {refused}");
            else if (name == "t0" && Start(value) is { } number)
                start = number;
            else if (name == "t0")
                findings.Add(line.At(option.Index), "this option is not supported", Finding.Quote(option.Value), hint: "write a number behind t0=");
            else
                ignored.Add((option.Value, XppSyntax.Options.FirstOrDefault(row => row.Support is XppSupport.Ignored && row.Written.Split(", ").Contains(name))?.Here ?? Display, option.Index));
        }
        foreach (var group in ignored.GroupBy(option => option.Why))
            findings.Note(line.At(group.First().At), $"ignored, since {(group.Key == Display ? $"it is {Display}" : group.Key)}", Finding.Quote(string.Join(", ", group.Select(option => option.Text))));
        return start;
    }

    private static string? Refusal(string name, string value)
    {
        string? row = name switch
        {
            "meth" or "method" when value.StartsWith("disc", StringComparison.Ordinal) || value.StartsWith("volt", StringComparison.Ordinal) => "meth=",
            "fold" or "tor_per" => "fold",
            _ => null,
        };
        return row is null ? null : XppSyntax.Options.First(option => option.Support is XppSupport.Refused && option.Written.StartsWith(row, StringComparison.Ordinal)).Here;
    }

    private static double? Start(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double start) && double.IsFinite(start) ? start : null;

    [GeneratedRegex(@"([^\s,=@]+)(?:\s*=\s*([^\s,]*))?")]
    private static partial Regex Option();
}
