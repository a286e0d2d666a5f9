namespace SweepEngine.Equations;

/// <summary>Reads <c>spike</c> and <c>events</c> of a model, and names of states, into a draft whose states are declared.</summary>
internal sealed class EventReader(ModelDraft draft, Findings findings)
{
    private static readonly string[] Causes = ["when", "at", "rate"];

    private readonly HashSet<string> _hazards = new(StringComparer.Ordinal);

    /// <summary>
    /// Declares the states that stand for rates, so that equations may use them. Their names follow from those of the events.
    /// </summary>
    public void Declare(YamlMap? spike, YamlMap? events)
    {
        DeclareHazard(spike, "spike");
        foreach (YamlEntry entry in events?.Entries ?? [])
            DeclareHazard(entry.Value as YamlMap, entry.Name);
    }

    public void ReadSpike(YamlMap spike)
    {
        spike.Check(ModelReader.SpikeKeys, "spike", findings);
        if (spike.Entry("when") is null && spike.Entry("rate") is null)
            findings.Add(spike.Place, "spike lacks the key 'when'", hint: "add 'when:', the comparison that becomes true at a spike, or 'rate:', how often spikes happen");
        Read(spike, draft.Spike, "spike", "reset");
    }

    public void ReadEvents(YamlMap events)
    {
        if (events.Entries.Count > ModelLimits.Events)
        {
            findings.Add(events.Entries[ModelLimits.Events].Key.Place, "there are too many events", $"{events.Entries.Count}", $"at most {ModelLimits.Events}");
            return;
        }
        foreach (YamlEntry entry in events.Entries)
        {
            string name = entry.Name;
            if (!Scope.IsName(name) || name == "spike")
                findings.Add(entry.Key.Place, "the name of an event is not valid", Finding.Quote(name), "letters, digits and _, not beginning with a digit; and not 'spike'");
            else if (entry.Value.Is(YamlKinds.Map, $"the event {name}", findings))
                ReadEvent(name, (YamlMap)entry.Value);
        }
    }

    /// <summary>True for a state; a finding otherwise.</summary>
    public bool IsState(string name, TextPlace place, string how)
    {
        if (draft.Scope[name] is { Meaning: Meaning.State })
            return true;
        string[] states = [.. draft.Scope.States];
        findings.Add(place, $"what {how} must be a state", Finding.Quote(name), string.Join(", ", states), DidYouMean.Hint(name, states));
        return false;
    }

    private static string Hazard(string name) => $"hazard_{name}";

    private void DeclareHazard(YamlMap? map, string name)
    {
        if (map?.Entry("rate") is not { } rate || !Scope.IsName(name) || !_hazards.Add(name))
            return;
        draft.Scope.Declare(Hazard(name), new Declared(Meaning.State, rate.Key.Place), findings);
        draft.Dimensions.Add(Hazard(name), Dimension.None);
    }

    private void ReadEvent(string name, YamlMap map)
    {
        map.Check(ModelReader.EventKeys, $"the event {name}", findings);
        EventDraft happening = new(name);
        if (!Array.Exists(Causes, cause => map.Entry(cause) is not null))
            findings.Add(map.Place, $"the event {name} lacks the key 'when'", hint: "add 'when:', a comparison that becomes true, 'at:', a time, or 'rate:', how often it happens");
        if (map.Entry("rate") is { } rate && map.Entry("do") is null)
            findings.Add(rate.Key.Place, $"the event {name} does nothing", hint: "add 'do:', what states become: X = … or X += …");
        Needs(map, "every", "at");
        Needs(map, "until", "every");
        happening.First = Expression(map, "at");
        happening.Every = Expression(map, "every");
        happening.Last = Expression(map, "until");
        Read(map, happening, name, "do");
        draft.Events.Add(happening);
    }

    private void Read(YamlMap map, EventDraft happening, string name, string reset)
    {
        YamlEntry[] causes = [.. Causes.Select(map.Entry).OfType<YamlEntry>()];
        foreach (YamlEntry second in causes.Skip(1))
            findings.Add(second.Key.Place, $"'{second.Name}' and '{causes[0].Name}' cannot stand together", hint: "keep one of them");
        happening.When = Expression(map, "when");
        if (happening.When is not (null or Binary { Operator: BinaryOperator.Greater or BinaryOperator.Less }))
            findings.Add(happening.When.Start, "'when' must compare two quantities", Finding.Quote(happening.When.ToString()), "a > b or a < b");
        if (map.Text(reset) is { } text)
            ReadReset(text, happening);
        if (map.Map("refractory") is { } refractory)
        {
            refractory.Check(ModelReader.RefractoryKeys, "refractory", findings);
            happening.RefractoryFor = Expression(refractory, "for");
            ReadHold(refractory.List("hold"), happening);
        }
        if (map.Entry("rate") is null)
            return;
        DeclareHazard(map, name);
        string hazard = Hazard(name);
        if (happening.Reset.Exists(assignment => assignment.State == hazard) || happening.Hold.Contains(hazard))
            findings.Add(map.Entry("rate")!.Value.Key.Place, $"{hazard} is reset and held by the rate itself", hint: "leave it out of the assignments and of hold");
        else if (Expression(map, "rate") is { } rate && causes.Length == 1)
            draft.AddRate(happening, hazard, rate);
    }

    private void Needs(YamlMap map, string key, string needed)
    {
        if (map.Entry(key) is { } entry && map.Entry(needed) is null)
            findings.Add(entry.Key.Place, $"'{key}' has no meaning without '{needed}'", hint: $"add '{needed}:', or leave '{key}' out");
    }

    private Expression? Expression(YamlMap map, string key) => map.Text(key) is { } text ? EquationLines.Single(text, draft.Scope, findings) : null;

    /// <summary>Reads what states become.</summary>
    public void ReadReset(YamlText text, EventDraft happening)
    {
        EquationLines lines = EquationLines.OfReset(text, findings);
        HashSet<string> assigned = new(StringComparer.Ordinal);
        foreach (EquationLine line in lines.Lines)
        {
            if (!IsState(line.Name, line.Place, "is reset"))
                continue;
            if (!assigned.Add(line.Name))
                findings.Add(line.Place, $"{line.Name} is reset twice", hint: "keep one of the lines");
            else if (lines.RightSide(line, draft.Scope, happening.Draws) is { } value)
                happening.Reset.Add(new ResetAssignment(line.Name, line.Kind is LineKind.Value ? value
                    : new Binary(line.Kind is LineKind.Increment ? BinaryOperator.Add : BinaryOperator.Subtract,
                        new Symbol(line.Name) { Place = line.Place }, value)
                    { Place = line.Place }));
        }
    }

    private void ReadHold(YamlList? list, EventDraft happening)
    {
        foreach (YamlNode item in list?.Items ?? [])
        {
            if (!item.Is(YamlKinds.Text, "an entry of hold", findings) || !IsState(((YamlText)item).Value, item.Place, "is held"))
                continue;
            string state = ((YamlText)item).Value;
            if (happening.Hold.Contains(state))
                findings.Add(item.Place, $"{state} is held twice", hint: "keep one of them");
            else
                happening.Hold.Add(state);
        }
    }
}
