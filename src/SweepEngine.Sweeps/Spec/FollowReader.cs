using SweepEngine.Bifurcation;
using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>Reads <c>follow</c>: which bifurcation points are followed in two parameters.</summary>
internal static class FollowReader
{
    /// <summary>The words for kinds of points.</summary>
    public static IReadOnlyList<(string Word, BifurcationKind Kind)> Points { get; } =
        [("fold", BifurcationKind.Fold), ("hopf", BifurcationKind.Hopf), ("fold_of_cycles", BifurcationKind.FoldOfCycles)];

    /// <summary>Reads it.</summary>
    /// <param name="file">The sweep file.</param>
    /// <param name="model">The model, with everything that is added to it; null when it is wrong.</param>
    /// <param name="measures">What is measured.</param>
    /// <param name="swept">The parameters on the grid.</param>
    /// <param name="parameters">The parameters that the file fixes.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>Null when it is left out or wrong.</returns>
    public static FollowSpec? Read(
        YamlMap file, ModelDefinition? model, SweepMeasures measures, IReadOnlyDictionary<string, TextPlace> swept, IReadOnlyList<KeyValuePair<string, Quantity>> parameters, Findings findings)
    {
        if (file.Entry(SweepKeys.FollowKey) is not { } entry)
            return null;
        if (!measures.HasFlag(SweepMeasures.Bifurcations))
            findings.Add(entry.Key.Place, "bifurcations are followed, but not measured", hint: "add bifurcations to measure, as in measure: [fi, bifurcations]");
        if (model is not null && DiagramKernel.Hindrance(model) is null && SmoothSystem.Hindrance(model) is { } hindrance)
            findings.Add(entry.Key.Place, $"{char.ToLowerInvariant(hindrance[0])}{hindrance[1..].TrimEnd('.')}, so its bifurcations are not followed in two parameters", hint: "leave out follow");
        if (file.Map(SweepKeys.FollowKey) is not { } map)
            return null;
        map.Check(SweepKeys.Follow, SweepKeys.FollowKey, findings);
        BifurcationKind[] kinds = [.. ReadPoints(map, findings)];
        if (map.Text("with") is not { } with || model is null || (model.Parameter(with.Value) ?? ParameterNames.Find(model, with, findings)) is not { } parameter)
            return null;
        if (swept.TryGetValue(parameter.Name, out TextPlace axis))
        {
            findings.Add(with.Place, $"the parameter {parameter.Name} is both swept and followed", Finding.Quote(with.Value), hint: $"leave out its axis in line {axis.Line}: each curve begins at its fixed value, and follows it over range");
            return null;
        }

        Quantity value = parameters.Where(each => each.Key == parameter.Name).Select(each => each.Value).FirstOrDefault(parameter.Default);
        return ReadRange(map, with, parameter, value, findings) is { } range && kinds.Length > 0 ? new FollowSpec(kinds, parameter.Name, range.Lowest, range.Highest) : null;
    }

    private static IEnumerable<BifurcationKind> ReadPoints(YamlMap map, Findings findings)
    {
        string[] words = [.. Points.Select(each => each.Word)];
        if (map.Entry("point") is not { } entry)
            return [];
        YamlNode[] written = entry.Value is YamlList list ? [.. list.Items] : [entry.Value];
        HashSet<BifurcationKind> kinds = [];
        foreach (YamlNode item in written)
        {
            if (!item.Is(YamlKinds.Text, "a kind of point", findings))
                continue;
            string word = ((YamlText)item).Value;
            int index = Array.IndexOf(words, word);
            if (index < 0)
                findings.Add(item.Place, "there is no such point to follow", Finding.Quote(word), string.Join(", ", words), DidYouMean.Hint(word, words));
            else if (!kinds.Add(Points[index].Kind))
                findings.Add(item.Place, "a kind of point is listed twice", Finding.Quote(word), hint: "leave it out");
        }

        return kinds.Order();
    }

    private static (Quantity Lowest, Quantity Highest)? ReadRange(YamlMap map, YamlText with, ModelParameter parameter, Quantity value, Findings findings)
    {
        if (map.List("range") is not { } list)
        {
            if (map.Entry("range") is not null)
                return null;
            if (value.Value == 0)
            {
                findings.Add(with.Place, $"the value of {parameter.Name} is 0, so its range does not follow from it", hint: $"add range: [0 {parameter.Unit}, 1 {parameter.Unit}]");
                return null;
            }

            Quantity half = new(0.5 * value.Value, value.Unit), twice = new(2 * value.Value, value.Unit);
            return value.Value > 0 ? (half, twice) : (twice, half);
        }

        if (list.Items.Count != 2)
        {
            findings.Add(list.Place, "range has the wrong number of items", $"{list.Items.Count}", "2: [lowest, highest]");
            return null;
        }

        List<Quantity> ends = [];
        foreach (YamlNode item in list.Items)
        {
            if (!item.Is(YamlKinds.Text, "an end of range", findings)
                || !Quantity.TryRead((YamlText)item, parameter.Name, parameter.Unit.Dimension, findings, out Quantity end))
                return null;
            ParameterNames.CheckRange(parameter, item.Place, end, findings);
            ends.Add(end);
        }

        if (!(ends[0].SI <= value.SI && value.SI <= ends[1].SI && ends[0].SI < ends[1].SI))
        {
            findings.Add(list.Place, $"the range of {parameter.Name} does not hold the value that curves begin at", $"{ends[0]} to {ends[1]}", $"a range around {value}, the lower end first");
            return null;
        }

        return (ends[0], ends[1]);
    }
}
