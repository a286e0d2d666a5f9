namespace SweepEngine.Simulator;

/// <summary>Gives numbers from 0 on to values; those of the same text have the same one.</summary>
internal sealed class Numbering<T>
    where T : notnull
{
    private readonly Dictionary<T, int> _known = [];
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<T> _values = [];

    public int Count => _values.Count;

    public T this[int number] => _values[number];

    /// <summary>Number of a value that can be compared; values that are unlike each other may have the same text.</summary>
    public int Of(T value)
    {
        if (!_known.TryGetValue(value, out int number)) _known.Add(value, number = Of(value, StateText.Of(value)));
        return number;
    }

    /// <summary>Number of a value by its text.</summary>
    public int Of(T value, string text)
    {
        if (_numbers.TryGetValue(text, out int number)) return number;
        _numbers.Add(text, _values.Count);
        _values.Add(value);
        return _values.Count - 1;
    }
}

/// <summary>
/// The states of one kind of state machine, as numbers. A machine cannot be copied; a state is the events that lead to it, and a machine
/// is brought there by telling them again, once for each state and event. States of the same text are one.
/// </summary>
/// <typeparam name="TMachine">The machine, with all that one needs to follow it.</typeparam>
/// <typeparam name="TEvent">What happens to it.</typeparam>
/// <typeparam name="TEffect">What it wants done.</typeparam>
internal sealed class MachineStates<TMachine, TEvent, TEffect>(Action<TMachine, TEvent, List<TEffect>> apply, Func<TMachine, string> textOf)
    where TEvent : notnull
{
    private readonly Numbering<History> _states = new();
    private readonly Numbering<TEvent> _events = new();
    private readonly Dictionary<(int State, int Event), (int Next, TEffect[] Effects)> _steps = [];

    /// <summary>How many there are.</summary>
    public int Count => _states.Count;

    /// <summary>The state of a new machine, and what it wants done first.</summary>
    public (int State, TEffect[] Effects) Start(Func<List<TEffect>, TMachine> create)
    {
        var effects = new List<TEffect>();
        return (_states.Of(new History(create, -1, -1), textOf(create(effects))), [.. effects]);
    }

    /// <summary>What an event does.</summary>
    public (int Next, TEffect[] Effects) Step(int state, TEvent happened)
    {
        int number = _events.Of(happened);
        if (_steps.TryGetValue((state, number), out var step)) return step;
        var effects = new List<TEffect>();
        var machine = Rebuild(state, []);
        apply(machine, happened, effects);
        step = (_states.Of(new History(_states[state].Create, state, number), textOf(machine)), [.. effects]);
        _steps.Add((state, number), step);
        return step;
    }

    /// <summary>The text of a state, for people.</summary>
    public string Describe(int state) => Rebuild(state, [])?.ToString() ?? "";

    private TMachine Rebuild(int state, List<TEffect> forgotten)
    {
        var (create, before, happened) = _states[state];
        if (before < 0) return create(forgotten);
        var machine = Rebuild(before, forgotten);
        apply(machine, _events[happened], forgotten);
        return machine;
    }

    private sealed record History(Func<List<TEffect>, TMachine> Create, int Before, int Event);
}
