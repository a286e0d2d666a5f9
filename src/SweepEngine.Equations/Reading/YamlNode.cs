namespace SweepEngine.Equations;

/// <summary>The kinds of YAML node that a file of ours consists of.</summary>
[Flags]
public enum YamlKinds
{
    /// <summary>Nothing is allowed; also the default.</summary>
    None = 0,

    /// <summary>A scalar: a name, a number, a quantity, an equation.</summary>
    Text = 1,

    /// <summary>A sequence.</summary>
    List = 2,

    /// <summary>A mapping.</summary>
    Map = 4,
}

/// <summary>
/// A key that a map may have. Readers check against lists of these, and the JSON Schemas are printed from the same lists.
/// </summary>
/// <param name="Name">The key as written.</param>
/// <param name="Kinds">What its value may be.</param>
/// <param name="Required">True when leaving it out is an error.</param>
/// <param name="Summary">One line for the user.</param>
/// <param name="Default">What holds when it is left out, in words or as YAML; null when there is no default.</param>
public sealed record YamlKey(string Name, YamlKinds Kinds, bool Required, string Summary, string? Default = null);

/// <summary>A node of a YAML file with its place. See <see cref="YamlFile"/> for what is refused before one sees a node.</summary>
public abstract class YamlNode
{
    private protected YamlNode(TextPlace place) => Place = place;

    /// <summary>Where the node begins.</summary>
    public TextPlace Place { get; }

    /// <summary>The kind of this node.</summary>
    public abstract YamlKinds Kind { get; }

    /// <summary>What a message says was found.</summary>
    private protected abstract string Found { get; }

    /// <summary>Reports a finding unless the node is of an allowed kind.</summary>
    /// <param name="kinds">The allowed kinds.</param>
    /// <param name="what">What the node is to the user, such as <c>grid</c>.</param>
    /// <param name="findings">Where a finding goes.</param>
    /// <returns>True when the kind is allowed.</returns>
    public bool Is(YamlKinds kinds, string what, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        if (this is YamlRefused)
            return false;
        bool empty = this is YamlText { IsEmpty: true };
        if ((kinds & Kind) != 0 && !empty)
            return true;
        findings.Add(Place, $"{what} has no valid value", Found, Describe(kinds));
        return false;
    }

    private static string Describe(YamlKinds kinds)
    {
        List<string> names = [];
        if (kinds.HasFlag(YamlKinds.Text))
            names.Add("a text");
        if (kinds.HasFlag(YamlKinds.List))
            names.Add("a list");
        if (kinds.HasFlag(YamlKinds.Map))
            names.Add("a map");
        return string.Join(" or ", names);
    }
}

/// <summary>Stands where a node was refused, so that its absence is not reported as well.</summary>
internal sealed class YamlRefused(TextPlace place) : YamlNode(place)
{
    public override YamlKinds Kind => YamlKinds.None;

    private protected override string Found => "nothing";
}

/// <summary>A YAML sequence.</summary>
public sealed class YamlList : YamlNode
{
    internal YamlList(TextPlace place, IReadOnlyList<YamlNode> items) : base(place) => Items = items;

    /// <summary>The items in the order of the file.</summary>
    public IReadOnlyList<YamlNode> Items { get; }

    /// <inheritdoc/>
    public override YamlKinds Kind => YamlKinds.List;

    private protected override string Found => "a list";
}

/// <summary>A key of a map and what stands under it.</summary>
/// <param name="Key">The key with its place.</param>
/// <param name="Value">The value.</param>
public readonly record struct YamlEntry(YamlText Key, YamlNode Value)
{
    /// <summary>The key as text.</summary>
    public string Name => Key.Value;
}

/// <summary>A YAML mapping with text keys, each of which occurs once.</summary>
public sealed class YamlMap : YamlNode
{
    private readonly Dictionary<string, YamlEntry> _byName;

    internal YamlMap(TextPlace place, IReadOnlyList<YamlEntry> entries) : base(place)
    {
        Entries = entries;
        _byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The entries in the order of the file.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; }

    /// <inheritdoc/>
    public override YamlKinds Kind => YamlKinds.Map;

    private protected override string Found => "a map";

    /// <summary>The entry with this key.</summary>
    /// <param name="key">A key.</param>
    /// <returns>The entry, or null when the map does not have it.</returns>
    public YamlEntry? Entry(string key) => _byName.TryGetValue(key, out YamlEntry entry) ? entry : null;

    /// <summary>What stands under a key.</summary>
    /// <param name="key">A key.</param>
    /// <returns>The node, or null when the map does not have the key.</returns>
    public YamlNode? this[string key] => Entry(key)?.Value;

    /// <summary>The non-empty text under a key.</summary>
    /// <param name="key">A key.</param>
    /// <returns>The text, or null when there is none; <see cref="Check"/> has reported why, if that is an error.</returns>
    public YamlText? Text(string key) => this[key] is YamlText { IsEmpty: false } text ? text : null;

    /// <summary>The list under a key.</summary>
    /// <param name="key">A key.</param>
    /// <returns>The list, or null when there is none; <see cref="Check"/> has reported why, if that is an error.</returns>
    public YamlList? List(string key) => this[key] as YamlList;

    /// <summary>The map under a key.</summary>
    /// <param name="key">A key.</param>
    /// <returns>The map, or null when there is none; <see cref="Check"/> has reported why, if that is an error.</returns>
    public YamlMap? Map(string key) => this[key] as YamlMap;

    /// <summary>Reports unknown keys, missing keys, and values of the wrong kind.</summary>
    /// <param name="keys">The keys that the map may have.</param>
    /// <param name="what">What the map is to the user, such as <c>the sweep file</c>.</param>
    /// <param name="findings">Where findings go.</param>
    public void Check(IReadOnlyList<YamlKey> keys, string what, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(findings);
        string allowed = string.Join(", ", keys.Select(key => key.Name));
        foreach (YamlEntry entry in Entries)
        {
            if (keys.FirstOrDefault(key => key.Name == entry.Name) is { } known)
                entry.Value.Is(known.Kinds, known.Name, findings);
            else
                findings.Add(entry.Key.Place, $"{what} has an unknown key", Finding.Quote(entry.Name),
                    // Nobody sees what is wrong with the thousandth key.
                    allowed, findings.Count < Findings.Shown ? DidYouMean.Hint(entry.Name, keys.Select(key => key.Name)) : null);
        }
        foreach (YamlKey key in keys)
        {
            if (key.Required && Entry(key.Name) is null)
                findings.Add(Place, $"{what} lacks the key '{key.Name}'", hint: $"add '{key.Name}:', {key.Summary}");
        }
    }
}
