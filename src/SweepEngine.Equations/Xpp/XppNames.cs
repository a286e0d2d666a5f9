namespace SweepEngine.Equations;

/// <summary>
/// The names of an .ode file. Their case makes no difference, as in XPP; in the model they are spelled as where they are defined.
/// </summary>
internal sealed class XppNames(ModelDraft draft, Findings findings)
{
    /// <summary>Numbers and names in all formulas of a file together, sums written out.</summary>
    public const int MostOperands = 100_000;

    /// <summary>Operands of the formulas of all tables, times their points.</summary>
    public const long MostTableOperands = 1_000_000;

    private readonly Dictionary<string, string> _spelled = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _refused = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _states = [];
    private readonly Dictionary<string, string> _changing = new(StringComparer.Ordinal);

    /// <summary>The states in the order of their equations, which is what <c>shift</c> counts in.</summary>
    public IReadOnlyList<string> States => _states;

    /// <summary>How many operands formulas of tables may still evaluate, all points together.</summary>
    public long TableOperandsLeft { get; set; } = MostTableOperands;

    /// <summary>How many tables may still be read from files.</summary>
    public int TableFilesLeft { get; set; } = ModelLimits.Tables;

    /// <summary>The quantities in the order of their lines, on which <c>shift</c> counts on behind the states.</summary>
    public List<string> Quantities { get; } = [];

    /// <summary>How many operands all formulas together may still have, sums written out.</summary>
    public int OperandsLeft { get; set; } = MostOperands;

    /// <summary>Names that stand for values, for suggestions.</summary>
    public IEnumerable<string> Values => draft.Scope.Values;

    /// <summary>Names of functions, for suggestions.</summary>
    public IEnumerable<string> Functions =>
        XppFunctions.Taken.Keys.Concat(_spelled.Values.Where(name => draft.Scope[name] is { Meaning: Meaning.Function }));

    /// <summary>What a name stands for; null when it is not defined.</summary>
    public (string Spelled, Declared Declared)? this[string name] =>
        _spelled.TryGetValue(name, out string? spelled) ? (spelled, draft.Scope[spelled]!.Value) : null;

    /// <summary>The state of this name, or the one that stands for a parameter of this name; null when there is none.</summary>
    public string? StateOf(string name) => this[name] is not var (spelled, declared) ? null
        : declared.Meaning is Meaning.State ? spelled : _changing.GetValueOrDefault(spelled);

    /// <summary>Lets a state stand for a parameter wherever it is read.</summary>
    /// <param name="parameter">The parameter as spelled.</param>
    /// <param name="state">The state.</param>
    public void Change(string parameter, string state) => _changing.Add(parameter, state);

    /// <summary>The name that a formula reads: of a parameter that events change, its state.</summary>
    public string Read(string spelled) => _changing.GetValueOrDefault(spelled, spelled);

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
