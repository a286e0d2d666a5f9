using System.Globalization;
using System.Text.RegularExpressions;

namespace SweepEngine.Equations;

/// <summary>Reads lines of options. None has a place in a model: what changes nothing is noted, what would change a result is refused.</summary>
internal static partial class XppOptions
{
    private const string Display = "a display, output or AUTO option of XPP";

    public static void Read(XppLine line, Findings findings)
    {
        List<(string Text, string Why, int At)> ignored = [];
        foreach (Match option in Option().Matches(line.Text))
        {
            (string name, string value) = (option.Groups[1].Value.ToLowerInvariant(), option.Groups[2].Value.ToLowerInvariant());
            if (Refusal(name, value) is { } refused)
                findings.Add(line.At(option.Index), "this option is not supported", Finding.Quote(option.Value), hint: $"it is for {refused}");
            else
                ignored.Add((option.Value, XppSyntax.Options.FirstOrDefault(row => row.Support is XppSupport.Ignored && row.Written.Split(", ").Contains(name))?.Here ?? Display, option.Index));
        }
        foreach (var group in ignored.GroupBy(option => option.Why))
            findings.Note(line.At(group.First().At), $"ignored, since {(group.Key == Display ? $"it is {Display}" : group.Key)}", Finding.Quote(string.Join(", ", group.Select(option => option.Text))));
    }

    private static string? Refusal(string name, string value)
    {
        string? row = name switch
        {
            "meth" or "method" when value.StartsWith("disc", StringComparison.Ordinal) || value.StartsWith("volt", StringComparison.Ordinal) => "meth=",
            "t0" when !(double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double start) && start == 0) => "t0",
            "fold" or "tor_per" => "fold",
            _ => null,
        };
        return row is null ? null : XppSyntax.Options.First(option => option.Support is XppSupport.Refused && option.Written.StartsWith(row, StringComparison.Ordinal)).Here;
    }

    [GeneratedRegex(@"([^\s,=@]+)(?:\s*=\s*([^\s,]*))?")]
    private static partial Regex Option();
}
