namespace SweepEngine.Equations;

/// <summary>What a declared name stands for.</summary>
internal enum Meaning
{
    State,
    Parameter,
    Intermediate,
    Function,
    Argument,
    Array,
    Size,
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
        Meaning.Array => "an array",
        Meaning.Size => "a size",
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
    private readonly Dictionary<string, int> _wholes;
    private readonly Dictionary<string, (Meaning Elements, SortedSet<int> Indices)> _arrays;
    private readonly Written _written;

    /// <summary>A scope without names.</summary>
    /// <param name="library">Functions that can be called without being declared; asked for once one is called that is not declared.</param>
    /// <param name="isNoisy">Whether names that are not declared may mean white noise.</param>
    public Scope(Func<IReadOnlyDictionary<string, ModelFunction>>? library = null, bool isNoisy = false)
    {
        _names = new(StringComparer.Ordinal);
        _library = library;
        _imported = new(StringComparer.Ordinal);
        _isNoisy = isNoisy;
        _wholes = new(StringComparer.Ordinal);
        _written = new();
        _arrays = new(StringComparer.Ordinal);
        Noises = new(StringComparer.Ordinal);
    }

    private Scope(Scope outer)
    {
        (_names, _library, _imported, _isNoisy) = (new(outer._names, StringComparer.Ordinal), outer._library, outer._imported, outer._isNoisy);
        (_wholes, _arrays, _written, Noises) = (outer._wholes, outer._arrays, outer._written, outer.Noises);
    }

    public Declared? this[string name] => _names.TryGetValue(name, out Declared declared) ? declared : null;

    /// <summary>Names that stand for values, for suggestions.</summary>
    public IEnumerable<string> Values => _names.Where(name => name.Value.Meaning is not (Meaning.Function or Meaning.Array)).Select(name => name.Key)
        .Concat(BuiltIn.Constants);

    /// <summary>The states, for suggestions.</summary>
    public IEnumerable<string> States => _names.Where(name => name.Value.Meaning is Meaning.State).Select(name => name.Key);

    /// <summary>The states as one declares them, an array as <c>V[1..20]</c>.</summary>
    public IEnumerable<string> ShownStates
    {
        get
        {
            var arrays = _arrays.Where(array => array.Value.Elements is Meaning.State).ToArray();
            HashSet<string> elements = [.. arrays.SelectMany(array => array.Value.Indices.Select(index => Element(array.Key, index)))];
            return States.Where(state => !elements.Contains(state)).Concat(arrays.Select(array => $"{array.Key}[{array.Value.Indices.Min}..{array.Value.Indices.Max}]"));
        }
    }

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

    /// <summary>The value of a size, or of a name that counts.</summary>
    public int? Whole(string name) => _wholes.TryGetValue(name, out int value) ? value : null;

    /// <summary>Sizes and names that count, for suggestions.</summary>
    public IEnumerable<string> Wholes => _wholes.Keys;

    /// <summary>True for a name that the model declares, or one that counts.</summary>
    public bool Knows(string name) => _names.ContainsKey(name) || _wholes.ContainsKey(name);

    /// <summary>Gives a size, declared already, its value.</summary>
    public void SetSize(string name, int value) => _wholes[name] = value;

    /// <summary>Lets a name count: from now on it has this value.</summary>
    public void Count(string name, int value)
    {
        if (!_wholes.ContainsKey(name))
            _written.Counters++;
        _wholes[name] = value;
    }

    /// <summary>Ends the counting of a name.</summary>
    public void EndCount(string name)
    {
        if (_wholes.Remove(name))
            _written.Counters--;
    }

    /// <summary>What is counting, for messages: <c> at i = 3</c>; empty when nothing is.</summary>
    public string Counting => _written.Counters == 0 ? ""
        : $" at {string.Join(", ", _wholes.Where(each => _names.GetValueOrDefault(each.Key).Meaning is not Meaning.Size).Select(each => $"{each.Key} = {each.Value}"))}";

    /// <summary>Notes one more name or number where something counts; false once there are more than <see cref="ModelLimits.Nodes"/>.</summary>
    public bool MayWriteOut() => _written.Counters == 0 || _written.Leaves++ < ModelLimits.Nodes;

    /// <summary>True the first time that <see cref="MayWriteOut"/> said no.</summary>
    public bool IsFirstBeyond => _written.Leaves == ModelLimits.Nodes + 1;

    /// <summary>Notes one more line, element or assignment; false once there are more than <see cref="ModelLimits.Elements"/>.</summary>
    public bool MayAddElement() => _written.Elements++ < ModelLimits.Elements;

    /// <summary>The indices of an array; null when there is no such array.</summary>
    public IReadOnlySet<int>? Array(string name) => _arrays.TryGetValue(name, out var array) ? array.Indices : null;

    /// <summary>The arrays, for suggestions.</summary>
    public IEnumerable<string> Arrays => _arrays.Keys;

    /// <summary>The name of an element.</summary>
    public static string Element(string array, int index) => $"{array}_{index.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>Declares an element of an array, and the array with its first one.</summary>
    /// <returns>True when the element is new.</returns>
    public bool DeclareElement(string array, int index, Declared declared, Findings findings)
    {
        if (!_arrays.TryGetValue(array, out var known) || known.Elements != declared.Meaning)
        {
            if (!Declare(array, declared with { Meaning = Meaning.Array }, findings))
                return false;
            _arrays[array] = known = (declared.Meaning, []);
        }
        return Declare(Element(array, index), declared, findings) && known.Indices.Add(index);
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

    // How much ranges have made so far, in inner scopes as well.
    private sealed class Written
    {
        public int Counters, Elements, Leaves;
    }
}
