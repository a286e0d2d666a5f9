namespace SweepEngine.Equations;

/// <summary>Reads <c>tables</c>: functions that a model gives by points.</summary>
internal static class TableReader
{
    private const string Argument = "x", Value = "y", Linspace = "linspace";

    /// <summary>Reads the tables and declares them.</summary>
    public static void Read(YamlMap tables, ModelDraft draft, Findings findings)
    {
        foreach (YamlEntry entry in tables.Entries)
        {
            bool isNew = draft.Scope.Declare(entry.Name, new Declared(Meaning.Function, entry.Key.Place, 1), findings);
            if (!entry.Value.Is(YamlKinds.Map, $"the table {entry.Name}", findings))
                continue;
            YamlMap table = (YamlMap)entry.Value;
            table.Check(ModelReader.TableKeys, $"the table {entry.Name}", findings);
            int before = findings.Count;
            if (ReadArguments(table, entry.Name, findings) is not { } x || ReadValues(table, entry.Name, findings) is not { } y || findings.Count > before)
                continue;
            if (x.Count != y.Count)
                findings.Add(entry.Key.Place, $"the table {entry.Name} has not as many values as arguments", $"{x.Count} x and {y.Count} y");
            else if (isNew)
                draft.Functions.Add(Function(new LookupTable(entry.Name, [.. x.Select(each => each.SI)], [.. y.Select(each => each.SI)], continues: false), x[0].Unit, y[0].Unit));
        }
    }

    /// <summary>A table as a function of the model.</summary>
    public static ModelFunction Function(LookupTable table, Unit argument, Unit value) => new(table.Name, [Argument], new Lookup(table, IsSlope: false, new Symbol(Argument)))
    {
        Signature = ([argument.Dimension], value.Dimension),
        Units = (argument, value),
    };

    private static List<Quantity>? ReadArguments(YamlMap table, string name, Findings findings)
    {
        if (table.Map(Argument) is not { } spaced)
        {
            return table.List(Argument) is { } list && ReadList(list, table, $"{name}: {Argument}", Argument, findings) is { } values
                && Ascend(values, i => list.Items[i].Place, name, findings) ? values : null;
        }
        spaced.Check([new YamlKey(Linspace, YamlKinds.List, true, "[first, last, n]")], $"{Argument} of the table {name}", findings);
        if (spaced.List(Linspace) is not { } ends)
            return null;
        if (ends.Items is not [YamlText, YamlText, YamlText { Value: var written } last] || !int.TryParse(written, out int count) || count is < LookupTable.FewestPoints or > LookupTable.MostPoints)
        {
            findings.Add(ends.Place, $"the arguments of the table {name} are no {Linspace}", null, $"[first, last, n], with n from {LookupTable.FewestPoints} to {LookupTable.MostPoints}");
            return null;
        }
        if (ReadItems([ends.Items[0], ends.Items[1]], table, $"{name}: {Argument}", Argument, findings) is not [var from, var to])
            return null;
        double end = from.Unit == to.Unit ? to.Value : from.Unit.FromSI(to.SI), step = (end - from.Value) / (count - 1);
        List<Quantity> spread = [.. Enumerable.Range(0, count).Select(i => i == count - 1 ? to : new Quantity(from.Value + step * i, from.Unit))];
        return Ascend(spread, _ => last.Place, name, findings) ? spread : null;
    }

    private static bool Ascend(List<Quantity> x, Func<int, TextPlace> at, string name, Findings findings)
    {
        for (int i = 1; i < x.Count; i++)
        {
            if (x[i].SI > x[i - 1].SI)
                continue;
            findings.Add(at(i), $"the arguments of the table {name} do not ascend", $"{x[i]} behind {x[i - 1]}");
            return false;
        }
        return true;
    }

    private static List<Quantity>? ReadValues(YamlMap table, string name, Findings findings) =>
        table.List(Value) is { } list ? ReadList(list, table, $"{name}: {Value}", Value, findings) : null;

    private static List<Quantity>? ReadList(YamlList list, YamlMap table, string what, string key, Findings findings)
    {
        if (list.Items.Count is >= LookupTable.FewestPoints and <= LookupTable.MostPoints)
            return ReadItems(list.Items, table, what, key, findings);
        findings.Add(list.Place, $"the number of points does not fit ({what})", $"{list.Items.Count}", $"{LookupTable.FewestPoints} to {LookupTable.MostPoints}");
        return null;
    }

    // All of one dimension. Numbers without a unit have that of the key x_unit or y_unit.
    private static List<Quantity>? ReadItems(IReadOnlyList<YamlNode> items, YamlMap table, string what, string key, Findings findings)
    {
        Unit? common = null;
        if (table.Text($"{key}_unit") is { } written && !Unit.TryParse(written.Value, out common, out string? hint))
        {
            findings.Add(written.Place, $"the unit is not known ({what})", Finding.Quote(written.Value), hint: hint);
            return null;
        }
        List<Quantity> values = [];
        foreach (YamlNode item in items)
        {
            if (!item.Is(YamlKinds.Text, what, findings))
                return null;
            YamlText text = (YamlText)item;
            if (!Quantity.TryParse(text.Value, out Quantity value))
            {
                findings.Add(text.Place, $"this is not a quantity ({what})", Finding.Quote(text.Value), "a number with its unit, such as -65 mV");
                return null;
            }
            if (value.Unit.Text.Length == 0 && common is not null)
                value = new Quantity(value.Value, common);
            if (value.Unit.Text.Length == 0 && value.Value == 0 && values.Count > 0)
                value = new Quantity(0, values[0].Unit);
            if (values.Count > 0 && value.Unit.Dimension != values[0].Unit.Dimension)
            {
                // A bare 0 in front takes the unit of what follows.
                if (!values.TrueForAll(each => each is { Value: 0, Unit.Text: "" }))
                {
                    findings.Add(text.Place, $"this has another dimension than those before it ({what})", Finding.Quote(text.Value), values[0].Unit.Dimension.Describe());
                    return null;
                }
                values = [.. values.Select(_ => new Quantity(0, value.Unit))];
            }
            if (!double.IsFinite(value.SI))
            {
                findings.Add(text.Place, $"the number is too large ({what})", Finding.Quote(text.Value), "numbers up to 1.8e308 in SI units");
                return null;
            }
            values.Add(value);
        }
        return values;
    }
}
