namespace SweepEngine.Equations;

/// <summary>Reads the map <c>spike</c> of a model, and names of states, into a draft whose states are declared.</summary>
internal sealed class SpikeReader(ModelDraft draft, Findings findings)
{
    public void Read(YamlMap spike)
    {
        spike.Check(ModelReader.SpikeKeys, "spike", findings);
        if (spike.Text("when") is { } condition)
            draft.When = EquationLines.Single(condition, draft.Scope, findings);
        if (draft.When is not (null or Binary { Operator: BinaryOperator.Greater or BinaryOperator.Less }))
            findings.Add(draft.When.Start, "'when' must compare two quantities", Finding.Quote(draft.When.ToString()), "a > b or a < b");
        if (spike.Text("reset") is { } text)
            ReadReset(text);
        if (spike.Map("refractory") is { } refractory)
        {
            refractory.Check(ModelReader.RefractoryKeys, "refractory", findings);
            draft.RefractoryFor = refractory.Text("for") is { } time ? EquationLines.Single(time, draft.Scope, findings) : null;
            ReadHold(refractory.List("hold"));
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

    private void ReadReset(YamlText text)
    {
        EquationLines lines = EquationLines.OfReset(text, findings);
        HashSet<string> assigned = new(StringComparer.Ordinal);
        foreach (EquationLine line in lines.Lines)
        {
            if (!IsState(line.Name, line.Place, "is reset"))
                continue;
            if (!assigned.Add(line.Name))
                findings.Add(line.Place, $"{line.Name} is reset twice", hint: "keep one of the lines");
            else if (lines.RightSide(line, draft.Scope) is { } value)
                draft.Reset.Add(new ResetAssignment(line.Name, line.Kind is LineKind.Value ? value
                    : new Binary(line.Kind is LineKind.Increment ? BinaryOperator.Add : BinaryOperator.Subtract,
                        new Symbol(line.Name) { Place = line.Place }, value)
                    { Place = line.Place }));
        }
    }

    private void ReadHold(YamlList? list)
    {
        foreach (YamlNode item in list?.Items ?? [])
        {
            if (!item.Is(YamlKinds.Text, "an entry of hold", findings) || !IsState(((YamlText)item).Value, item.Place, "is held"))
                continue;
            string state = ((YamlText)item).Value;
            if (draft.Hold.Contains(state))
                findings.Add(item.Place, $"{state} is held twice", hint: "keep one of them");
            else
                draft.Hold.Add(state);
        }
    }
}
