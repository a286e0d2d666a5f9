using System.Text.RegularExpressions;

namespace SweepEngine.Equations;

/// <summary>
/// The text of a part of the library, in which units depend on the model that it is added to. <c>&lt;drive&gt;</c> stands for the unit of what the
/// part calls drive, <c>&lt;input/V&gt;</c> for a quotient of two. <c>&lt;input/V: 1 nS, 0.1 mS/cm^2&gt;</c> stands for that quantity of the list which
/// has this dimension; where none has, the parameter must be given a value.
/// </summary>
internal sealed partial class PartText
{
    // The first of the same size gives a quotient its name.
    private static readonly string[] Names = ["nS", "uS", "mS", "pS", "S", "mS/cm^2", "uS/cm^2", "S/m^2", "nS/um^2", "mV", "1/ms", "1/s"];

    // Counted from 1.
    private readonly HashSet<int> _linesWithoutValue;

    /// <summary>Fills in units.</summary>
    /// <param name="text">The text with its placeholders.</param>
    /// <param name="units">The units of the names that stand in placeholders.</param>
    public PartText(string text, IReadOnlyDictionary<string, Unit> units)
    {
        HashSet<int> open = [];
        Text = Placeholder().Replace(text, match =>
        {
            Unit unit = units[match.Groups["of"].Value];
            if (match.Groups["per"].Success)
                unit = Quotient(unit, units[match.Groups["per"].Value]);
            if (!match.Groups["values"].Success)
                return Written(unit);
            if (match.Groups["values"].Value.Split(',').FirstOrDefault(value => HasDimension(value, unit.Dimension)) is { } fitting)
                return fitting.Trim();
            open.Add(text.AsSpan(0, match.Index).Count('\n') + 1);
            return $"1 {Written(unit)}";
        });
        _linesWithoutValue = open;
    }

    /// <summary>The text as YAML.</summary>
    public string Text { get; }

    /// <summary>Names of the parameters whose default had to be filled in with a number that means nothing.</summary>
    /// <param name="part">What <see cref="Text"/> was read as.</param>
    public HashSet<string> WithoutDefault(YamlMap part) => [.. (part.Map("parameters")?.Entries ?? [])
        .Where(entry => entry.Value is YamlMap parameter && parameter.Text("default") is { } value && _linesWithoutValue.Contains(value.Place.Line))
        .Select(entry => entry.Name)];

    private static string Written(Unit unit) => unit.Text.Length == 0 ? "1" : unit.Text;

    private static bool HasDimension(string value, Dimension dimension) =>
        Quantity.TryParse(value.Trim(), out Quantity quantity) && quantity.Unit.Dimension == dimension;

    private static Unit Quotient(Unit of, Unit per)
    {
        Unit quotient = Unit.Parse($"({Written(of)})/({Written(per)})")!;
        return quotient.Equals(Unit.One) ? Unit.One
            : Names.Select(name => Unit.Parse(name)!).FirstOrDefault(quotient.Equals)
            ?? (per.Equals(Unit.One) ? of : quotient);
    }

    [GeneratedRegex(@"<(?<of>drive|input|V)(/(?<per>V))?(: (?<values>[^>]*))?>")]
    private static partial Regex Placeholder();
}
