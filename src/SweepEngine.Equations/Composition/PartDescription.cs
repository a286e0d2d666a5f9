namespace SweepEngine.Equations;

/// <summary>A part of the library as its file tells of it, for lists and pages. In a model it may have other units and defaults.</summary>
public sealed class PartDescription
{
    /// <summary>Describes a part for models with these units.</summary>
    /// <param name="text">The text of the part.</param>
    /// <param name="input">Unit of the drive, or of the input current.</param>
    /// <param name="voltage">Unit of the membrane potential.</param>
    /// <exception cref="InvalidDataException">The text is wrong, which the tests of the library rule out.</exception>
    public PartDescription(string text, Unit input, Unit voltage)
    {
        PartText filled = new(text, new Dictionary<string, Unit> { ["drive"] = input, ["input"] = input, ["V"] = voltage });
        Findings findings = new();
        if (YamlFile.Read(filled.Text, "part", findings) is not { } map)
            throw new InvalidDataException(findings.ToString());
        ModelDraft part = ModelReader.NewDraft(findings);
        Parameters = ModelReader.ReadParameters(map.Map("parameters")!, part.Scope, part.Dimensions, findings);
        if (findings.Any)
            throw new InvalidDataException(findings.ToString());
        MustBeGiven = filled.WithoutDefault(map);
        Name = (map.Text("stimulus") ?? map.Text("synapse"))!.Value;
        Summary = map.Text("summary")!.Value;
        Source = map.Text("source")?.Value.Trim() ?? "";
        List<string> lines = [];
        foreach (string key in new[] { "equations", "course", "current", "on_spike", "on", "off", "end" })
        {
            if (map.Text(key) is { } formula)
                lines.Add(key == "equations" ? formula.Value.TrimEnd() : $"{key}: {formula.Value}");
        }
        foreach (YamlEntry happening in map.Map("events")?.Entries ?? [])
            lines.Add($"{happening.Name}: {string.Join(", ", ((YamlMap)happening.Value).Entries.Select(each => $"{each.Name} {((YamlText)each.Value).Value}"))}");
        Formulas = lines;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it is, in a sentence.</summary>
    public string Summary { get; }

    /// <summary>The paper or book it comes from; may be empty.</summary>
    public string Source { get; }

    /// <summary>Its formulas as written.</summary>
    public IReadOnlyList<string> Formulas { get; }

    /// <summary>Its parameters, by the names that they have in the part.</summary>
    public IReadOnlyList<ModelParameter> Parameters { get; }

    /// <summary>Names of the parameters that have no default in models with these units.</summary>
    public IReadOnlySet<string> MustBeGiven { get; }
}
