namespace SweepEngine.Equations;

/// <summary>Sorts definitions so that each comes after those it uses, or finds a circle among them.</summary>
internal sealed class DependencyOrder
{
    private readonly Dictionary<string, Expression> _definitions;
    private readonly Dictionary<string, bool> _done = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];
    private readonly List<string> _sorted = [];

    public DependencyOrder(IEnumerable<(string Name, Expression Value)> definitions)
    {
        _definitions = definitions.ToDictionary(each => each.Name, each => each.Value, StringComparer.Ordinal);
        foreach (string name in _definitions.Keys)
            Visit(name);
    }

    /// <summary>The names, each after those it uses. Where there is a circle, they mean nothing.</summary>
    public IReadOnlyList<string> Sorted => _sorted;

    /// <summary>The first circle found, its first name repeated at the end; null when there is none.</summary>
    public IReadOnlyList<string>? Cycle { get; private set; }

    private void Visit(string name)
    {
        if (Cycle is not null || !_definitions.TryGetValue(name, out Expression? value))
            return;
        if (_done.TryGetValue(name, out bool done))
        {
            if (!done)
                Cycle = [.. _path.SkipWhile(each => each != name), name];
            return;
        }
        _done[name] = false;
        _path.Add(name);
        foreach (string used in Names(value))
            Visit(used);
        _path.RemoveAt(_path.Count - 1);
        _done[name] = true;
        _sorted.Add(name);
    }

    private static HashSet<string> Names(Expression expression)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        Stack<Expression> open = new([expression]);
        while (open.TryPop(out Expression? next))
        {
            if (next is Symbol symbol)
                names.Add(symbol.Name);
            else if (next is Call call)
                names.Add(call.Function);
            foreach (Expression branch in next.Branches)
                open.Push(branch);
        }
        return names;
    }
}
