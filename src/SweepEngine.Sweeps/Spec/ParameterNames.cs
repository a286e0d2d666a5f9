using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>Finds a model's parameters by what a sweep file says, and holds values against their ranges.</summary>
internal static class ParameterNames
{
    // Far beyond any quantity, and so far from the ends of double that sums and products of an axis stay finite and distinct.
    private const double Least = 1e-200, Largest = 1e200;

    /// <summary>The parameter of this name; null and a finding when the model has none.</summary>
    public static ModelParameter? Find(ModelDefinition model, YamlText name, Findings findings)
    {
        if (model.Parameter(name.Value) is { } parameter)
            return parameter;
        string[] names = [.. model.Parameters.Select(each => each.Name)];
        findings.Add(name.Place, $"the model {model.Name} has no such parameter", Finding.Quote(name.Value), string.Join(", ", names),
            DidYouMean.Hint(name.Value, names));
        return null;
    }

    /// <summary>Reports a value outside of its parameter's range.</summary>
    public static void CheckRange(ModelParameter parameter, TextPlace place, Quantity value, Findings findings)
    {
        if (!(IsComputable(value.Value) && IsComputable(value.SI)))
            findings.Add(place, $"the value of {parameter.Name} cannot be computed with", $"'{value}'", "0, or 1e-200 to 1e200 in size");
        else if (!parameter.Allows(value.SI))
            findings.Add(place, $"the value of {parameter.Name} is outside of its range", $"'{value}'", parameter.RangeText);
    }

    private static bool IsComputable(double number) => number == 0 || Math.Abs(number) is >= Least and <= Largest;
}

/// <summary>Reads whole numbers, also written as <c>1e6</c>.</summary>
internal static class WholeNumber
{
    /// <summary>The number; null and a finding when the node is none in the range.</summary>
    public static long? Read(YamlNode node, string what, long least, long most, Findings findings)
    {
        if (!node.Is(YamlKinds.Text, what, findings))
            return null;
        if (Quantity.TryParse(((YamlText)node).Value, out Quantity number) && number.Unit.Text.Length == 0
            && number.Value >= least && number.Value <= most && Math.Truncate(number.Value) == number.Value)
            return (long)number.Value;
        findings.Add(node.Place, $"{what} does not fit", Finding.Quote(((YamlText)node).Value), $"a whole number from {least} to {most}");
        return null;
    }
}
