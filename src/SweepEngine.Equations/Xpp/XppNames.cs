namespace SweepEngine.Equations;

/// <summary>
/// The names of an .ode file. Their case makes no difference, as in XPP; in the model they are spelled as where they are defined.
/// </summary>
internal sealed class XppNames(ModelDraft draft, Findings findings)
{
    private readonly Dictionary<string, string> _spelled = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _refused = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _states = [];

    /// <summary>The states in the order of their equations, which is what <c>shift</c> counts in.</summary>
    public IReadOnlyList<string> States => _states;

    /// <summary>How many operands all formulas together may still have, sums written out.</summary>
    public int OperandsLeft { get; set; } = ModelLimits.Nodes;

    /// <summary>Names that stand for values, for suggestions.</summary>
    public IEnumerable<string> Values => draft.Scope.Values;

    /// <summary>Names of functions, for suggestions.</summary>
    public IEnumerable<string> Functions =>
        XppFunctions.Taken.Keys.Concat(_spelled.Values.Where(name => draft.Scope[name] is { Meaning: Meaning.Function }));

    /// <summary>What a name stands for; null when it is not defined.</summary>
    public (string Spelled, Declared Declared)? this[string name] =>
        _spelled.TryGetValue(name, out string? spelled) ? (spelled, draft.Scope[spelled]!.Value) : null;

    /// <summary>Defines a name, or reports why it cannot be had.</summary>
    public bool Declare(string name, Declared declared)
    {
        if (XppFunctions.Reserves(name))
            findings.Add(declared.Place, $"'{name}' has a meaning of its own in XPP and cannot name {declared.What}", hint: "choose another name");
        else if (this[name] is var (spelled, first))
            findings.Add(declared.Place, $"the name '{name}' is taken: {first.What} has it", spelled == name ? $"a second use as {declared.What}" : $"'{spelled}'",
                hint: $"choose another name, or see {first.Place}; upper and lower case are the same");
        else if (draft.Scope.Declare(name, declared, findings))
        {
            _spelled.Add(name, name);
            if (declared.Meaning is Meaning.State)
                _states.Add(name);
            return true;
        }
        return false;
    }

    /// <summary>Remembers a name whose definition has been reported as not supported, so that its uses are not reported as well.</summary>
    public void Refuse(string name) => _refused.Add(name);

    /// <summary>True for a name whose definition has been reported.</summary>
    public bool IsRefused(string name) => _refused.Contains(name);

    /// <summary>A name like this one that nothing has: arguments of functions may be called like states in XPP, but not here.</summary>
    public string Free(string name)
    {
        while (this[name] is not null || BuiltIn.Reserves(name) || XppFunctions.Reserves(name))
            name += "_";
        return name;
    }
}
