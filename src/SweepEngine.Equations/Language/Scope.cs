namespace SweepEngine.Equations;

/// <summary>What a declared name stands for.</summary>
internal enum Meaning
{
    State,
    Parameter,
    Intermediate,
    Function,
    Argument,
}

/// <summary>A name that a model declares.</summary>
/// <param name="Meaning">What it stands for.</param>
/// <param name="Place">Where it is declared.</param>
/// <param name="Arguments">How many arguments it takes, if it is a function.</param>
internal readonly record struct Declared(Meaning Meaning, TextPlace Place, int Arguments = 0)
{
    public string What => Meaning switch
    {
        Meaning.State => "a state",
        Meaning.Parameter => "a parameter",
        Meaning.Intermediate => "an intermediate",
        Meaning.Function => "a function",
        _ => "an argument",
    };
}

/// <summary>
/// The names that an expression may use. Declared names come before units, so that m, h and n can be gates, and before closed forms, so that a
/// new closed form takes no name from any model.
/// </summary>
internal sealed class Scope
{
    private readonly Dictionary<string, Declared> _names;
    private readonly Func<IReadOnlyDictionary<string, ModelFunction>>? _library;
    private readonly Dictionary<string, ModelFunction> _imported;
    private readonly bool _isNoisy;

    /// <summary>A scope without names.</summary>
    /// <param name="library">Functions that can be called without being declared; asked for once one is called that is not declared.</param>
    /// <param name="isNoisy">Whether names that are not declared may mean white noise.</param>
    public Scope(Func<IReadOnlyDictionary<string, ModelFunction>>? library = null, bool isNoisy = false)
    {
        _names = new(StringComparer.Ordinal);
        _library = library;
        _imported = new(StringComparer.Ordinal);
        _isNoisy = isNoisy;
        Noises = new(StringComparer.Ordinal);
    }

    private Scope(Scope outer) =>
        (_names, _library, _imported, _isNoisy, Noises) = (new(outer._names, StringComparer.Ordinal), outer._library, outer._imported, outer._isNoisy, outer.Noises);

    public Declared? this[string name] => _names.TryGetValue(name, out Declared declared) ? declared : null;

    /// <summary>Names that stand for values, for suggestions.</summary>
    public IEnumerable<string> Values => _names.Where(name => name.Value.Meaning is not Meaning.Function).Select(name => name.Key)
        .Concat(BuiltIn.Constants);

    /// <summary>The states, for suggestions.</summary>
    public IEnumerable<string> States => _names.Where(name => name.Value.Meaning is Meaning.State).Select(name => name.Key);

    /// <summary>Names that can be called, for suggestions.</summary>
    public IEnumerable<string> Functions => _names.Where(name => name.Value.Meaning is Meaning.Function).Select(name => name.Key)
        .Concat(BuiltIn.Functions.Keys).Concat(BuiltIn.Draws.Keys).Concat(_library?.Invoke().Keys ?? []);

    /// <summary>The functions of the library that were called, here and in inner scopes, in alphabetical order.</summary>
    public IEnumerable<ModelFunction> Imported => _imported.Values.OrderBy(function => function.Name, StringComparer.Ordinal);

    /// <summary>The white noises that were named, here and in inner scopes.</summary>
    public SortedSet<string> Noises { get; }

    /// <summary>True for a name of white noise, which is noted down. Declared names are not asked for here.</summary>
    public bool IsNoise(string name)
    {
        if (!_isNoisy || !BuiltIn.IsNoise(name))
            return false;
        Noises.Add(name);
        return true;
    }

    /// <summary>Finds a function of the library and notes that it is called.</summary>
    public ModelFunction? Import(string name)
    {
        if (_names.ContainsKey(name) || _library?.Invoke().GetValueOrDefault(name) is not { } function)
            return null;
        return _imported[name] = function;
    }

    /// <summary>Declares a name, or reports why it cannot be had.</summary>
    /// <returns>True when the name now has this meaning.</returns>
    public bool Declare(string name, Declared declared, Findings findings)
    {
        if (!IsName(name))
            findings.Add(declared.Place, $"the name of {declared.What} is not valid", Finding.Quote(name),
                "letters, digits and _, not beginning with a digit");
        else if (BuiltIn.Reserves(name))
            findings.Add(declared.Place, $"'{name}' has a meaning of its own in equations and cannot name {declared.What}",
                hint: "choose another name");
        else if (_names.TryGetValue(name, out Declared first))
            findings.Add(declared.Place, $"the name '{name}' is taken: {first.What} has it", $"a second use as {declared.What}",
                hint: $"choose another name, or see {first.Place}");
        else
        {
            _names.Add(name, declared);
            return true;
        }
        return false;
    }

    /// <summary>A scope with further names for the arguments of a function.</summary>
    public Scope Inner() => new(this);

    /// <summary>True for letters, digits and _, not beginning with a digit.</summary>
    public static bool IsName(string name) =>
        name.Length > 0 && (char.IsLetter(name[0]) || name[0] == '_') && name.All(c => char.IsLetterOrDigit(c) || c == '_');
}
