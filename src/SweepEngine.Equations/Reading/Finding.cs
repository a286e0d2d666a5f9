using System.Text;

namespace SweepEngine.Equations;

/// <summary>Something wrong in what a user wrote: where, what, what was found there, what is allowed, and what to do next.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Message">What is wrong, as a sentence without a full stop.</param>
/// <param name="Found">What was found, literal text in quotes (see <see cref="Quote"/>); null when the message says it.</param>
/// <param name="Allowed">What would be accepted; null when the message says it.</param>
/// <param name="Hint">The next step, as an imperative or a question; null when there is nothing to add.</param>
public sealed record Finding(TextPlace Place, string Message, string? Found = null, string? Allowed = null, string? Hint = null)
{
    /// <summary>Longest literal text that <see cref="Quote"/> repeats; more would bury the message.</summary>
    public const int LongestQuote = 60;

    /// <summary>Literal text of the user, fit for a message: in single quotes, on one line, shortened when long.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <returns>For example <c>'mV'</c>.</returns>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder quoted = new("'");
        foreach (char c in text.Length > LongestQuote ? text.AsSpan(0, LongestQuote) : text)
        {
            if (c == '\n')
                quoted.Append("\\n");
            else if (char.IsControl(c) || char.IsSurrogate(c))
                quoted.Append("\\u").Append(((int)c).ToString("x4", null));
            else
                quoted.Append(c);
        }
        return quoted.Append(text.Length > LongestQuote ? "…'" : "'").ToString();
    }

    /// <summary>What the user reads: one line, and the next step on a second one.</summary>
    /// <returns><c>file:line:column: message: found …, allowed …</c>, then <c>next step: …</c>.</returns>
    public override string ToString() => $"{Place}: {Describe()}";

    /// <summary>The same without the place, for what is not in a file.</summary>
    /// <returns><c>message: found …, allowed …</c>, then <c>next step: …</c>.</returns>
    public string Describe()
    {
        StringBuilder line = new(Message);
        if (Found is not null)
            line.Append(": found ").Append(Found);
        if (Allowed is not null)
            line.Append(Found is null ? ": allowed " : ", allowed ").Append(Allowed);
        if (Hint is not null)
            line.Append("\n    next step: ").Append(Hint);
        return line.ToString();
    }
}

/// <summary>Collects everything that is wrong with an input, so that a user sees all of it at once.</summary>
public sealed class Findings
{
    /// <summary>How many findings <see cref="ToString"/> prints; after so many, one mistake usually causes the rest.</summary>
    public const int Shown = 100;

    private readonly List<Finding> _findings = [];
    private readonly List<Finding> _notes = [];
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly bool _readsDisk = true;

    /// <summary>For input from this machine's disk.</summary>
    public Findings()
    {
    }

    /// <summary>For input that another machine has read: no file of this one is looked at.</summary>
    /// <param name="texts">What <see cref="Texts"/> held there.</param>
    public Findings(IReadOnlyDictionary<string, string> texts) => (_texts, _readsDisk) = (new(texts, StringComparer.Ordinal), false);

    /// <summary>The texts of all files that were read, by the paths that named them.</summary>
    public IReadOnlyDictionary<string, string> Texts => _texts;

    /// <summary>True when something is wrong.</summary>
    public bool Any => _findings.Count > 0;

    /// <summary>How many findings there are.</summary>
    public int Count => _findings.Count;

    /// <summary>All findings by place; at one place in the order in which they were added.</summary>
    public IReadOnlyList<Finding> All => [.. _findings.OrderBy(finding => finding.Place)];

    /// <summary>Adds a finding.</summary>
    /// <param name="finding">What is wrong.</param>
    public void Add(Finding finding) => _findings.Add(finding);

    /// <summary>Adds a finding from its parts, as in <see cref="Finding"/>.</summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="found">What was found.</param>
    /// <param name="allowed">What would be accepted.</param>
    /// <param name="hint">The next step.</param>
    public void Add(TextPlace place, string message, string? found = null, string? allowed = null, string? hint = null) =>
        Add(new Finding(place, message, found, allowed, hint));

    /// <summary>The text of a file, as <see cref="TextFile.Read"/> reads it.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="read">Reads it from disk.</param>
    /// <exception cref="FileNotFoundException">It is not among the texts that were given.</exception>
    internal string Text(string path, Func<string, string> read) =>
        !_readsDisk ? _texts.GetValueOrDefault(path) ?? throw new FileNotFoundException() : _texts[path] = read(path);

    /// <summary>What is not wrong, but has no effect here; by place. Notes count nowhere else.</summary>
    public IReadOnlyList<Finding> Notes => [.. _notes.OrderBy(note => note.Place)];

    /// <summary>Adds a note.</summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="message">What has no effect, and why.</param>
    /// <param name="found">What was found.</param>
    public void Note(TextPlace place, string message, string? found = null) => _notes.Add(new Finding(place, message, found));

    /// <summary>The first <see cref="Shown"/> findings as the user reads them, one below the other.</summary>
    /// <returns>Lines without a last newline; empty when there are no findings.</returns>
    public override string ToString()
    {
        IEnumerable<string> lines = All.Take(Shown).Select(finding => finding.ToString());
        if (Count > Shown)
            lines = lines.Append($"… and {Count - Shown} more");
        return string.Join('\n', lines);
    }
}
