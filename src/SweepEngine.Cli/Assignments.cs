using SweepEngine.Equations;

namespace SweepEngine.Cli;

/// <summary>What can be given a value on the command line.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Subject">What it is.</param>
/// <param name="Example">A value of it.</param>
internal sealed record Assignable<T>(string Name, T Subject, string Example);

/// <summary>Makes them.</summary>
internal static class Assignable
{
    /// <summary>A parameter.</summary>
    public static Assignable<ModelParameter> Parameter(ModelParameter parameter) =>
        new(parameter.Name, parameter, parameter.Default.ToString().Replace(" ", "", StringComparison.Ordinal));

    /// <summary>A state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="form">What its value looks like, with <c>1</c> where its value of one display unit stands.</param>
    public static Assignable<StateVariable> State(StateVariable state, string form = "1") =>
        new(state.Name, state, form.Replace("1", $"1{state.Unit}", StringComparison.Ordinal));
}

/// <summary>Reads values that are given on the command line as <c>name=value</c>, and collects all that is wrong with them.</summary>
/// <param name="command">The command, for the messages.</param>
internal sealed class Assignments(string command)
{
    private readonly List<string> _wrong = [];

    /// <summary>Reads assignments.</summary>
    /// <param name="owner">Whose they are, for the messages.</param>
    /// <param name="kind">What they are: symbol, parameter, state.</param>
    /// <param name="known">All that can be given a value.</param>
    /// <param name="given">What the user wrote.</param>
    /// <param name="read">Reads a value.</param>
    /// <param name="twice">What to do instead of giving a name twice; null for nothing.</param>
    /// <returns>What is right among them.</returns>
    public List<(T Subject, TValue Value)> Read<T, TValue>(string owner, string kind, IReadOnlyList<Assignable<T>> known, IEnumerable<string> given,
        Func<T, string, TextPlace, Findings, TValue> read, Func<string, string>? twice = null)
    {
        var values = new List<(T, TValue)>();
        var seen = new HashSet<string>();
        string[] names = [.. known.Select(each => each.Name)];
        foreach (string assignment in given)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            string name = assignment[..Math.Max(equals, 0)].Trim();
            var findings = new Findings();
            var place = new TextPlace(assignment, 1, 1);
            if (equals < 0)
                findings.Add(place, $"this is not a value of a {kind}", Finding.Quote(assignment), $"{kind}=value", $"write e.g. {known[0].Name}={known[0].Example}");
            else if (known.FirstOrDefault(each => each.Name == name) is not { } found)
                findings.Add(place, $"{owner} has no such {kind}", Finding.Quote(name), string.Join(", ", names), DidYouMean.Hint(name, names));
            else if (!seen.Add(name))
                findings.Add(place, $"{name} is given twice", hint: twice?.Invoke(name));
            else
                values.Add((found.Subject, read(found.Subject, assignment[(equals + 1)..].Trim(), place, findings)));
            _wrong.AddRange(findings.All.Select(finding => $"{command}: {finding.Describe()}"));
        }
        return values;
    }

    /// <summary>Reads a value of a parameter.</summary>
    public static Quantity Value(ModelParameter parameter, string text, TextPlace place, Findings findings)
    {
        if (Quantity.TryRead(text, place, parameter.Name, parameter.Unit.Dimension, findings, out Quantity value) && !parameter.Allows(value.SI))
            findings.Add(place, $"{parameter.Name} is out of its range", value.ToString(), parameter.RangeText);
        return value;
    }

    /// <summary>Reads a value of a state.</summary>
    public static Quantity Value(StateVariable state, string text, TextPlace place, Findings findings) =>
        Quantity.TryRead(text, place, state.Name, state.Unit.Dimension, findings, out Quantity value) ? value : default;

    /// <summary>Ends here when something is wrong; all of it is said.</summary>
    /// <exception cref="WrongInputException">Something is wrong.</exception>
    public void ThrowIfWrong()
    {
        if (_wrong.Count > 0) throw new WrongInputException(string.Join('\n', _wrong));
    }
}
