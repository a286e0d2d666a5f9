namespace SweepEngine.Equations;

/// <summary>A model with the course of a stimulus in its equations.</summary>
/// <param name="Model">The model. It has the parameters of the stimulus as well; the drive's own value is the size of the stimulus.</param>
/// <param name="On">Start of what is measured, over parameters [s].</param>
/// <param name="Off">End of what is measured, over parameters [s].</param>
/// <param name="End">End of the recording, over parameters [s].</param>
/// <param name="Parameters">The parameters of the stimulus.</param>
public sealed record StimulatedModel(ModelDefinition Model, Expression On, Expression Off, Expression End, PartParameters Parameters);

/// <summary>
/// Puts the course of a stimulus in the place of a parameter, the drive, wherever the model uses it. The course is an expression over the time, the
/// drive, and parameters and states of its own.
/// </summary>
public static class StimulusComposition
{
    private const string Drive = "drive", Suffix = "stimulus";

    /// <summary>Keys of a stimulus in the library.</summary>
    public static IReadOnlyList<YamlKey> Keys { get; } =
    [
        new("stimulus", YamlKinds.Text, true, "its name"),
        new("summary", YamlKinds.Text, true, "what it is, in a sentence"),
        new("source", YamlKinds.Text, false, "the paper or book it comes from"),
        new("course", YamlKinds.Text, true, "the drive over time: an expression over t, drive and its parameters"),
        new("on", YamlKinds.Text, true, "start of what is measured, over its parameters"),
        new("off", YamlKinds.Text, true, "end of what is measured"),
        new("end", YamlKinds.Text, true, "end of the recording"),
        new("breaks", YamlKinds.List, false, "times of other jumps and kinks of the course, over its parameters"),
        new("equations", YamlKinds.Text, false, "equations that the course uses"),
        new("events", YamlKinds.Map, false, "what happens to its states"),
        new("states", YamlKinds.Map, false, "its states"),
        new("parameters", YamlKinds.Map, true, "its parameters"),
    ];

    /// <summary>Keys of a stimulus that a sweep file writes out.</summary>
    public static IReadOnlyList<YamlKey> ExpressionKeys { get; } =
    [
        new("course", YamlKinds.Text, true, "the drive over time: an expression over t, the drive's own name, and everything in the model, such as I_app*sin(2*pi*f*t)"),
        new("duration", YamlKinds.Text, true, "its length, over parameters, such as 200 ms"),
        new("after", YamlKinds.Text, false, "the time recorded after it, over parameters", "0 s"),
        new("breaks", YamlKinds.List, false, "times of jumps and kinks of the course, over parameters, such as [10 ms, t_on]"),
        new("equations", YamlKinds.Text, false, "equations that the course uses, as in a model"),
        new("events", YamlKinds.Map, false, "what happens to its states, as in a model"),
        new("states", YamlKinds.Map, false, "states that the course uses, as in a model"),
        new("parameters", YamlKinds.Map, false, "parameters that the course uses, as in a model; they can be swept"),
    ];

    /// <summary>Adds a stimulus of the library.</summary>
    /// <param name="model">The model.</param>
    /// <param name="drive">The parameter that is the drive.</param>
    /// <param name="text">The text of the stimulus; <c>&lt;drive&gt;</c> in it stands for the drive's unit.</param>
    /// <param name="place">Where the user names the stimulus.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The model with the stimulus, or null when something is wrong.</returns>
    public static StimulatedModel? Add(ModelDefinition model, ModelParameter drive, string text, TextPlace place, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(drive);
        ArgumentNullException.ThrowIfNull(findings);
        int before = findings.Count;
        PartText filled = new(text, new Dictionary<string, Unit> { [Drive] = drive.Unit });
        if (YamlFile.Read(filled.Text, "stimulus", findings) is not { } map)
            return null;
        map.Check(Keys, "the stimulus", findings);
        ModelComposition composition = new(model, place, findings);
        ModelDraft part = ModelReader.NewDraft(findings);
        composition.Declare(part, Drive, Meaning.Parameter, drive.Unit.Dimension);
        ModelReader.ReadPart(map, part, findings);
        PartNames names = new(part, name => composition.IsTaken(name) ? $"{name}_{Suffix}" : name);
        names.Take(Drive, new Symbol(drive.Name));
        return Compose(composition, part, names, filled.WithoutDefault(map), drive, map, "on", "off", "end", before, findings);
    }

    /// <summary>Adds a stimulus that a sweep file writes out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="drive">The parameter that is the drive.</param>
    /// <param name="written">The map of the stimulus.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The model with the stimulus, or null when something is wrong.</returns>
    public static StimulatedModel? Add(ModelDefinition model, ModelParameter drive, YamlMap written, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(drive);
        ArgumentNullException.ThrowIfNull(written);
        ArgumentNullException.ThrowIfNull(findings);
        int before = findings.Count;
        written.Check(ExpressionKeys, "the expression", findings);
        ModelComposition composition = new(model, written.Place, findings);
        ModelDraft part = ModelReader.NewDraft(findings);
        composition.DeclareNames(part);
        ModelReader.ReadPart(written, part, findings);
        return Compose(composition, part, new PartNames(part, name => name), [], drive, written, null, "duration", "after", before, findings);
    }

    private static StimulatedModel? Compose(ModelComposition composition, ModelDraft part, PartNames names, HashSet<string> withoutDefault,
        ModelParameter drive, YamlMap map, string? on, string off, string end, int before, Findings findings)
    {
        Expression? Read(YamlNode? text) => text is YamlText { IsEmpty: false } written
            ? EquationLines.Single(written, part.Scope, findings) is { } value ? names.Renaming.Of(value) : null : null;
        Expression zero = new Number(new Quantity(0, Unit.Parse("s")!));
        Expression? course = Read(map["course"]), from = on is null ? zero : Read(map[on]), until = Read(map[off]), last = Read(map[end]);
        if (on is null && until is not null)
            last = last is null ? until : new Binary(BinaryOperator.Add, until, last);
        List<Expression> breaks = [];
        foreach (YamlNode item in map.List("breaks")?.Items ?? [])
        {
            if (item.Is(YamlKinds.Text, "a break", findings) && Read(item) is { } time)
                breaks.Add(time);
        }
        if (findings.Count > before || course is null || from is null || until is null || last is null)
            return null;
        string name = drive.Name + "_t";
        while (composition.IsTaken(name))
            name += "_" + Suffix;
        composition.Replace(drive.Name, new Symbol(name), inStarts: true);
        composition.Add(part, names.Renaming);
        composition.Add(new Intermediate(name, course));
        composition.Draft.Expected.Add(name, (drive.Unit.Dimension, "the course"));
        for (int i = 0; i < breaks.Count; i++)
            composition.Draft.Events.Add(new EventDraft($"break_{i + 1}") { First = breaks[i] });
        return composition.Definition((from, "the start of the stimulus"), (until, on is null ? "the duration" : "the end of the stimulus"), (last, "the end of the recording"))
            is { } model ? new StimulatedModel(model, from, until, last, names.Parameters(withoutDefault)) : null;
    }
}

/// <summary>The names of a part in the model to which it is added.</summary>
internal sealed class PartNames
{
    private readonly ModelDraft _part;
    private readonly Dictionary<string, Expression> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _functions = new(StringComparer.Ordinal);

    /// <summary>Gives names to everything that the part defines.</summary>
    /// <param name="part">The part.</param>
    /// <param name="rename">The name in the model.</param>
    public PartNames(ModelDraft part, Func<string, string> rename)
    {
        _part = part;
        IEnumerable<string> values = part.Parameters.Select(each => each.Name).Concat(part.States.Select(each => each.Name))
            .Concat(part.Intermediates.Select(each => each.Name)).Concat(part.Scope.Noises);
        foreach (string name in values)
            _names[name] = new Symbol(rename(name));
        foreach (ModelFunction function in part.Functions)
            _functions[function.Name] = rename(function.Name);
        // Two parts draw different numbers.
        foreach (RandomDraw draw in part.StartDraws)
            _names[draw.Name] = new Symbol($"{draw.Name}#{rename("part")}");
        Renaming = new Renaming(_names, _functions);
    }

    /// <summary>From the names of the part to those of the model.</summary>
    public Renaming Renaming { get; }

    /// <summary>Lets an expression of the model stand for a name that the part takes from it. Before anything is renamed.</summary>
    public void Take(string name, Expression by) => _names[name] = by;

    /// <summary>The parameters of the part.</summary>
    /// <param name="withoutDefault">Those whose default means nothing, by their names in the part.</param>
    public PartParameters Parameters(IReadOnlyCollection<string> withoutDefault) => new(
        _part.Parameters.ToDictionary(each => each.Name, each => Renaming.Name(each.Name), StringComparer.Ordinal),
        withoutDefault.Select(Renaming.Name).ToHashSet(StringComparer.Ordinal));
}
