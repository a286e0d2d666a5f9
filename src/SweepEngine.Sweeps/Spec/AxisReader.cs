using System.Globalization;
using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>Reads <c>grid</c>: axes and zips, with everything that is wrong about a single axis.</summary>
internal sealed class AxisReader(ModelDefinition? model, string? drive, Findings findings)
{
    // Spaced values come out distinct if their distance is this many units in the last place of the larger end.
    private const double LeastSpacing = 16;

    private readonly Dictionary<string, TextPlace> _swept = new(StringComparer.Ordinal);

    /// <summary>Where each swept parameter stands, also those whose axis is wrong.</summary>
    public IReadOnlyDictionary<string, TextPlace> Swept => _swept;

    /// <summary>Reads the grid.</summary>
    /// <param name="grid">The map under <c>grid</c>.</param>
    /// <returns>Groups of zipped axes in the order of the file. Axes that are wrong are missing, so check the findings.</returns>
    public List<IReadOnlyList<Axis>> Read(YamlMap grid)
    {
        List<IReadOnlyList<Axis>> groups = [];
        if (grid.Entries.Count == 0)
            findings.Add(grid.Place, "the grid has no axis", hint: "add one, such as I_app: {linspace: [0 pA, 1000 pA, 101]}");
        foreach (YamlEntry entry in grid.Entries)
        {
            if (entry.Name == SweepKeys.Zip.Name)
                groups.AddRange(ReadZips(entry.Value));
            else if (ReadEntry(entry) is { } axis)
                groups.Add([axis]);
        }
        return groups;
    }

    private IEnumerable<IReadOnlyList<Axis>> ReadZips(YamlNode node)
    {
        if (!node.Is(SweepKeys.Zip.Kinds, "zip", findings))
            yield break;
        foreach (YamlNode zip in node is YamlList list ? list.Items : [node])
        {
            if (zip.Is(YamlKinds.Map, "zip", findings) && ReadZip((YamlMap)zip) is { Count: > 0 } axes)
                yield return axes;
        }
    }

    private List<Axis> ReadZip(YamlMap zip)
    {
        List<(TextPlace Place, Axis Axis)> axes = [];
        if (zip.Entries.Count < 2)
            findings.Add(zip.Place, "a zip has too few axes", $"{zip.Entries.Count}", "at least 2",
                "write a single axis directly under grid");
        foreach (YamlEntry entry in zip.Entries)
        {
            if (entry.Name == drive)
                findings.Add(entry.Key.Place,
                    $"the drive {drive} cannot be zipped, since a curve has one value of every other parameter",
                    hint: $"move {drive} out of the zip");
            if (ReadEntry(entry) is { } axis)
                axes.Add((entry.Key.Place, axis));
        }
        foreach ((TextPlace place, Axis axis) in axes.Skip(1))
        {
            if (axis.Count != axes[0].Axis.Count)
                findings.Add(place, $"{axis.Parameter} has another length than the axis zipped with it", $"{axis.Count} values",
                    $"{axes[0].Axis.Count} values as in {axes[0].Axis.Parameter}");
        }
        return [.. axes.Select(each => each.Axis)];
    }

    private Axis? ReadEntry(YamlEntry entry)
    {
        ModelParameter? parameter = model is null ? null : ParameterNames.Find(model, entry.Key, findings);
        if (!_swept.TryAdd(entry.Name, entry.Key.Place))
            findings.Add(entry.Key.Place, $"the parameter {entry.Name} is swept twice",
                hint: $"keep one; the first stands in line {_swept[entry.Name].Line}");
        string what = $"the axis of {entry.Name}";
        if (!entry.Value.Is(YamlKinds.Map, what, findings))
            return null;
        var map = (YamlMap)entry.Value;
        map.Check(SweepKeys.Axis, what, findings);
        string[] kinds = [.. map.Entries.Select(each => each.Name).Where(name => SweepKeys.Axis.Any(key => key.Name == name))];
        if (kinds.Length == 1)
        {
            return parameter is not null && map.List(kinds[0]) is { } list
                ? new OneAxis(parameter, what, drive, findings).Read(kinds[0], list) : null;
        }
        string allowed = $"one of {string.Join(", ", SweepKeys.Axis.Select(key => key.Name))}";
        if (kinds.Length > 1)
            findings.Add(map.Place, $"{what} is given in several ways", string.Join(", ", kinds), allowed);
        else if (map.Entries.Count == 0)
            findings.Add(map.Place, $"{what} has no values", allowed: allowed);
        return null;
    }

    // One axis of a known parameter.
    private sealed class OneAxis(ModelParameter parameter, string what, string? drive, Findings findings)
    {
        public Axis? Read(string kind, YamlList list)
        {
            int before = findings.Count;
            Axis? axis = kind switch
            {
                "values" => Values(list),
                "arange" => Arange(list),
                _ => Spaced(kind, list),
            };
            return findings.Count == before ? axis : null;
        }

        private ListedAxis? Values(YamlList list)
        {
            if (list.Items.Count == 0)
                findings.Add(list.Place, $"{what} has no values", allowed: "at least one");
            List<Quantity> values = Quantities(list.Items);
            if (values.Count < list.Items.Count || values.Count == 0)
                return null;
            Dictionary<double, int> seen = [];
            for (int i = 0; i < values.Count; i++)
            {
                TextPlace place = list.Items[i].Place;
                if (!seen.TryAdd(values[i].SI, i))
                    findings.Add(place, $"{what} has a value twice", Finding.Quote($"{values[i]}"), hint: "leave it out");
                else if (i > 0 && parameter.Name == drive && !(values[i].SI > values[i - 1].SI))
                    findings.Add(place, $"the drive {drive} must ascend", $"'{values[i]}' after '{values[i - 1]}'",
                        hint: "sort the values");
            }
            return new ListedAxis(parameter.Name, values[0].Unit, [.. values.Select(value => value.Value)]);
        }

        private Axis? Spaced(string kind, YamlList list)
        {
            if (!HasThree(list, kind, "[start, end, number of values]"))
                return null;
            List<Quantity> ends = Quantities([.. list.Items.Take(2)]);
            string number = $"the number of values of {parameter.Name}";
            if (WholeNumber.Read(list.Items[2], number, 2, ParameterGrid.MostPoints, findings) is not { } count || ends.Count < 2)
                return null;
            (double start, double end) = (ends[0].Value, ends[1].Value);
            if (kind == "logspace" && Math.Sign(start) * Math.Sign(end) <= 0)
            {
                findings.Add(list.Items[start == 0 ? 0 : 1].Place, $"{what} has no constant ratio", $"'{ends[0]}' to '{ends[1]}'",
                    "two ends of the same sign, neither of them 0");
                return null;
            }
            CheckOrder(list, ends[0], ends[1]);
            CheckSpacing(list, ends[0], ends[1], kind == "logspace"
                ? Math.Abs(Math.Log(end / start)) / (count - 1) / LogspaceAxis.Resolution
                : Spacing((end - start) / (count - 1), start, end));
            return kind == "logspace"
                ? new LogspaceAxis(parameter.Name, ends[0].Unit, start, end, count)
                : new LinspaceAxis(parameter.Name, ends[0].Unit, start, end, count);
        }

        private ArangeAxis? Arange(YamlList list)
        {
            if (!HasThree(list, "arange", "[start, stop, step]"))
                return null;
            List<Quantity> numbers = Quantities(list.Items, inRange: 1);
            if (numbers.Count < 3)
                return null;
            (double start, double stop, double step) = (numbers[0].Value, numbers[1].Value, numbers[2].Value);
            double steps = ArangeAxis.Steps(start, stop, step);
            if (step == 0 || !(steps >= 1))
            {
                findings.Add(list.Place, $"the step of {parameter.Name} does not lead from start to stop",
                    $"'{numbers[0]}' to '{numbers[1]}' in steps of '{numbers[2]}'");
                return null;
            }
            if (steps > ParameterGrid.MostPoints)
            {
                findings.Add(list.Place, $"{what} has too many values", $"{steps:g3}", $"at most {ParameterGrid.MostPoints}",
                    "take a larger step");
                return null;
            }
            CheckOrder(list, numbers[0], numbers[1]);
            CheckSpacing(list, numbers[0], numbers[1], Spacing(step, start, stop));
            ArangeAxis axis = new(parameter.Name, numbers[0].Unit, start, stop, step);
            CheckRange(list.Place, axis.Quantity(axis.Count - 1));
            return axis;
        }

        private bool HasThree(YamlList list, string kind, string form)
        {
            if (list.Items.Count == 3)
                return true;
            findings.Add(list.Place, $"{kind} of {parameter.Name} has the wrong number of items", $"{list.Items.Count}", $"3: {form}");
            return false;
        }

        // Those that are right; the first so many must lie in the parameter's range.
        private List<Quantity> Quantities(IReadOnlyList<YamlNode> items, int inRange = int.MaxValue)
        {
            List<Quantity> quantities = [];
            for (int i = 0; i < items.Count; i++)
            {
                if (!items[i].Is(YamlKinds.Text, $"a value of {parameter.Name}", findings)
                    || !Quantity.TryRead((YamlText)items[i], parameter.Name, parameter.Unit.Dimension, findings, out Quantity quantity))
                    continue;
                if (quantities.Count > 0 && !quantity.Unit.Equals(quantities[0].Unit))
                    findings.Add(items[i].Place, $"{what} mixes units", $"'{quantity.Unit}'",
                        $"'{quantities[0].Unit}' as in its first value", "write all values in the unit that the column shall have");
                else if (i < inRange)
                    CheckRange(items[i].Place, quantity);
                quantities.Add(quantity);
            }
            return quantities;
        }

        private void CheckRange(TextPlace place, Quantity value) => ParameterNames.CheckRange(parameter, place, value, findings);

        private void CheckOrder(YamlList list, Quantity start, Quantity end)
        {
            if (parameter.Name == drive && end.Value < start.Value)
                findings.Add(list.Place, $"the drive {drive} must ascend", $"'{start}' to '{end}'", hint: "exchange the ends");
        }

        private static double Spacing(double step, double start, double end) =>
            Math.Abs(step) / Math.BitIncrement(Math.Max(Math.Abs(start), Math.Abs(end))) * (1L << 52);

        private void CheckSpacing(YamlList list, Quantity start, Quantity end, double spacing)
        {
            if (start.Value == end.Value)
                findings.Add(list.Place, $"{what} has a value twice", $"'{start}' to '{end}'", "two different ends",
                    $"write values: [{start}] for a single value");
            else if (!(spacing >= LeastSpacing && double.IsFinite(spacing)))
                findings.Add(list.Place, $"{what} is too fine for 64-bit numbers", $"'{start}' to '{end}' in these steps",
                    hint: "take fewer values");
        }
    }
}
