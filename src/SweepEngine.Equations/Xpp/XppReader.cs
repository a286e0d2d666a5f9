namespace SweepEngine.Equations;

/// <summary>
/// Reads models from .ode files of XPPAUT (see docs/xpp.md). They are dimensionless, but for time, which counts in milliseconds unless the
/// sweep file says otherwise. What the file says and this reader does not know is a finding; what has no effect here is a note.
/// </summary>
public sealed class XppReader
{
    /// <summary>Ending of the files.</summary>
    public const string Ending = ".ode";

    private const string Milliseconds = "ms";

    /// <summary>Keys of a model that a sweep file takes from an .ode file, with what that file cannot say.</summary>
    public static IReadOnlyList<YamlKey> Keys { get; } =
    [
        new("ode", YamlKinds.Text, true, "the path of the .ode file"),
        new("time", YamlKinds.Text, false, "the unit of t in the file: s, ms or us", Milliseconds),
        new("voltage", YamlKinds.Text, false, "the state that is the membrane potential", "V_m or V in any case, whichever is a state"),
        new("spike", YamlKinds.Map, false, "what makes a spike and what follows it, as in a model of one's own", "the line global of the file"),
    ];

    // One per unit of time, so that nothing is rounded: 1 ms would be 0.001.
    private static readonly Dictionary<string, string> Rates = new(StringComparer.Ordinal) { ["s"] = "Hz", [Milliseconds] = "kHz", ["us"] = "MHz" };
    private static readonly Dictionary<string, Expression> Nothing = [];

    private readonly string _file;
    private readonly YamlMap? _more;
    private readonly Findings _findings;
    private readonly ModelDraft _draft;
    private readonly XppNames _names;
    private readonly Dictionary<string, Expression> _derivatives = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Expression> _starts = new(StringComparer.Ordinal);
    private readonly string _unit;
    private readonly Number _rate;
    private readonly List<XppMarkov> _markovs = [];
    private readonly List<EventDraft> _events = [];
    private readonly List<(string Name, TextPlace Place)> _noises = [];
    private readonly List<StateVariable> _changing = [];
    private readonly Binary _perTime;
    private Binary _time;

    private XppReader(string file, YamlMap? more, Findings findings)
    {
        (_file, _more, _findings) = (file, more, findings);
        _draft = new ModelDraft(new Scope(), findings);
        _names = new XppNames(_draft, findings);
        _unit = ReadTimeUnit();
        _rate = new Number(new Quantity(1, Unit.Parse(Rates[_unit])!));
        _time = _perTime = new Binary(BinaryOperator.Multiply, new Symbol(BuiltIn.Time), _rate);
    }

    /// <summary>Reads an .ode file.</summary>
    /// <param name="text">Its content.</param>
    /// <param name="file">Its path, for places and for the model's name.</param>
    /// <param name="findings">Where everything that is wrong goes, and notes on what is ignored.</param>
    /// <param name="more">The map of a sweep file that names the .ode file, checked against <see cref="Keys"/>; null when there is none.</param>
    /// <returns>The model, or null when something is wrong with it.</returns>
    public static ModelDefinition? Read(string text, string file, Findings findings, YamlMap? more = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(findings);
        int before = findings.Count;
        IReadOnlyList<XppLine> lines = XppLines.Read(text, file, findings);
        return new XppReader(file, more, findings).Read(lines, before);
    }

    private ModelDefinition? Read(IReadOnlyList<XppLine> lines, int findingsBefore)
    {
        List<XppStatement> statements = [.. lines.Select(XppStatement.Of)];
        bool inRates = false;
        List<XppStatement> defining = [];
        for (int i = 0; i < statements.Count; i++)
        {
            if (inRates && XppMarkov.IsRow(statements[i].Line))
                continue;
            if (Declare(statements[i], i > 0 ? statements[i - 1] : null))
                defining.Add(statements[i]);
            inRates = statements[i].Kind is XppKind.Markov;
        }
        AddNoises();
        foreach (XppStatement statement in defining.Where(each => each.Kind is XppKind.Event))
            ChangeParameters(statement);
        foreach (XppStatement statement in defining)
            ReadRightSide(statement, statement.Kind is XppKind.Markov ? statements.GetRange(statements.IndexOf(statement) + 1, statements.Count - statements.IndexOf(statement) - 1) : []);
        foreach (string state in _names.States)
        {
            if (_derivatives.TryGetValue(state, out Expression? derivative))
                _draft.States.Add(new StateVariable(state, Unit.One, derivative, _starts.GetValueOrDefault(state, new Number(0)), ""));
        }
        _draft.States.AddRange(_changing);
        _markovs.ForEach(markov => markov.Add(_draft, _rate));
        TextPlace start = new(_file, 1, 1);
        if (_names.States.Count == 0 && _findings.Count == findingsBefore)
            _findings.Add(start, "the file has no differential equation", hint: "add one, such as v'=-v");
        string? voltage = ReadMore();
        _draft.Check(start);
        return _findings.Count > findingsBefore ? null : _draft.Definition(Name(), $"Read from an .ode file of XPPAUT: dimensionless, with time in {_unit}.", "", voltage);
    }

    // Reads what a line defines; false when it has no right side to be read later.
    private bool Declare(XppStatement statement, XppStatement? before)
    {
        if (statement.Line.IsReported)
        {
            RefuseNames(statement.Line);
            return false;
        }
        switch (statement.Kind)
        {
            case XppKind.Markov:
            case XppKind.Derivative:
                _draft.Dimensions.Add(statement.Name, Dimension.None);
                return _names.Declare(statement.Name, new Declared(Meaning.State, statement.Place));
            case XppKind.Quantity:
                if (!_names.Declare(statement.Name, new Declared(Meaning.Intermediate, statement.Place)))
                    return false;
                if (statement.NameAt == 0)
                    _names.Quantities.Add(statement.Name);
                return true;
            case XppKind.Table:
                return _names.Declare(statement.Name, new Declared(Meaning.Function, statement.Place, 1));
            case XppKind.Function:
                return _names.Declare(statement.Name, new Declared(Meaning.Function, statement.Place, statement.Arguments.Count));
            case XppKind.Parameters:
                foreach ((Token name, double value) in Values(statement))
                {
                    if (_names.Declare(name.Text, new Declared(Meaning.Parameter, statement.Line.At(name.Offset))))
                        _draft.Parameters.Add(new ModelParameter(name.Text, new Quantity(value, Unit.One), null, null, ""));
                    _draft.Dimensions.Add(name.Text, Dimension.None);
                }
                return false;
            case XppKind.Constants:
                foreach ((Token name, double value) in Values(statement))
                {
                    TextPlace place = statement.Line.At(name.Offset);
                    if (_names.Declare(name.Text, new Declared(Meaning.Intermediate, place)))
                        _draft.Intermediates.Add(new Intermediate(name.Text, new Number(value) { Place = place }));
                }
                return false;
            case XppKind.Noise:
                DeclareNoise(statement);
                return false;
            case XppKind.Options:
                if (XppOptions.Read(statement.Line, _findings) is { } start && start != 0)
                    _time = new Binary(BinaryOperator.Add, _perTime, new Number(start));
                return false;
            case XppKind.Ignored:
                _findings.Note(statement.Place, $"ignored: {XppSyntax.Keyword(statement.Name)!.Here}", Finding.Quote(statement.Line.Text.Trim()));
                return false;
            case XppKind.Refused:
                Refuse(statement);
                return false;
            case XppKind.Unknown:
                if (!(statement.Line.Text.TrimStart().StartsWith('{') && before is { Kind: XppKind.Refused or XppKind.Unknown }))
                    _findings.Add(statement.Place, "this line is not understood", Finding.Quote(statement.Line.Text.Trim()),
                        "x'=…, q=…, f(x)=…, x(0)=…, par, init, number, aux, global, @, #");
                RefuseNames(statement.Line);
                return false;
            default:
                return true;
        }
    }

    // w, …: dW/dt in the file's unit of time, which has the variance 1 per unit of time. xi is per second.
    private void DeclareNoise(XppStatement statement)
    {
        IReadOnlyList<Token> tokens = statement.Line.Tokens;
        for (int at = statement.Rest; tokens[at].Kind is not TokenKind.End; at++)
        {
            TextPlace place = statement.Line.At(tokens[at].Offset);
            if (tokens[at].Kind is not TokenKind.Name)
            {
                if (!tokens[at].IsMark(","))
                {
                    _findings.Add(place, "this is not a list of noises", tokens[at].Found, "wiener a, b");
                    return;
                }
                continue;
            }
            if (_names.Declare(tokens[at].Text, new Declared(Meaning.Intermediate, place)))
                _noises.Add((tokens[at].Text, place));
        }
    }

    private void AddNoises()
    {
        foreach ((string name, TextPlace place) in _noises)
        {
            string noise = _names.Free($"{BuiltIn.Noise}_{name}");
            _draft.Scope.Noises.Add(noise);
            _draft.Intermediates.Add(new Intermediate(name,
                new Binary(BinaryOperator.Divide, new Symbol(noise) { Place = place }, new Call("sqrt", [_rate]) { Place = place }) { Place = place }));
        }
    }

    // A parameter that an event changes is a state that stands still otherwise and starts from the parameter.
    private void ChangeParameters(XppStatement statement)
    {
        foreach (Token assigned in XppEvent.Assigned(statement))
        {
            if (_names[assigned.Text] is not var (parameter, declared) || declared.Meaning is not Meaning.Parameter || _names.StateOf(parameter) is not null)
                continue;
            string state = _names.Free($"{parameter}_now");
            TextPlace place = statement.Line.At(assigned.Offset);
            if (!_draft.Scope.Declare(state, new Declared(Meaning.State, place), _findings))
                continue;
            _names.Change(parameter, state);
            _draft.Dimensions.Add(state, Dimension.None);
            _changing.Add(new StateVariable(state, Unit.One, new Binary(BinaryOperator.Multiply, _rate, new Number(0)) { Place = place }, new Symbol(parameter) { Place = place },
                $"The parameter {parameter}, which an event changes."));
        }
    }

    private void Refuse(XppStatement statement)
    {
        string name = statement.Name;
        XppConstruct construct = XppSyntax.Keyword(name) ?? XppSyntax.Lines.First(line => line.Written.Contains(name, StringComparison.Ordinal));
        _findings.Add(statement.Place, "this line is not supported", Finding.Quote(statement.Line.Text.Trim()), hint: $"it is for {construct.Here}");
        RefuseNames(statement.Line);
    }

    // What a line would have defined is not reported again where it is used.
    private void RefuseNames(XppLine line)
    {
        foreach (Token token in line.Tokens.Where(token => token.Kind is TokenKind.Name))
            _names.Refuse(token.Text);
    }

    // name=number, …, with commas or spaces between them.
    private IEnumerable<(Token Name, double Value)> Values(XppStatement statement)
    {
        IReadOnlyList<Token> tokens = statement.Line.Tokens;
        int at = statement.Rest;
        while (tokens[at].Kind is not TokenKind.End)
        {
            Token name = tokens[at];
            int sign = tokens[Math.Min(at + 2, tokens.Count - 1)] is { Kind: TokenKind.Mark, Text: "-" or "+" } ? 1 : 0;
            Token value = tokens[Math.Min(at + 2 + sign, tokens.Count - 1)], behind = tokens[Math.Min(at + 3 + sign, tokens.Count - 1)];
            if (name.Kind is not TokenKind.Name || !tokens[at + 1].IsMark("="))
                Report("this is not a list of values", name);
            else if (value.Kind is not TokenKind.Number || !double.IsFinite(value.Value))
                Report($"the value of {name.Text} must be a number", value);
            else if (!(behind.Kind is TokenKind.Name or TokenKind.End || behind.IsMark(",")))
                Report($"the value of {name.Text} must be a number", behind);
            else
            {
                yield return (name, tokens[at + 2].IsMark("-") ? -value.Value : value.Value);
                at += 3 + sign + (behind.IsMark(",") ? 1 : 0);
                continue;
            }
            yield break;
        }

        void Report(string message, Token found)
        {
            _findings.Add(statement.Line.At(found.Offset), message, found.Found, "a=1, b=-2.5e-3",
                statement.Kind is XppKind.Starts ? "write x(0)=… for a formula" : "write !a=… for a formula");
            RefuseNames(statement.Line);
        }
    }

    private void ReadRightSide(XppStatement statement, List<XppStatement> following)
    {
        switch (statement.Kind)
        {
            case XppKind.Derivative when Formula(statement) is { } value:
                _derivatives.Add(statement.Name, new Binary(BinaryOperator.Multiply, _rate, value) { Place = value.Start });
                break;
            case XppKind.Quantity when Formula(statement) is { } value:
                _draft.Intermediates.Add(new Intermediate(statement.Name, value));
                break;
            case XppKind.Function:
                ReadFunction(statement);
                break;
            case XppKind.Table:
                new XppTable(statement, _file, _draft, _names, _findings).Read();
                break;
            case XppKind.Auxiliary:
                Formula(statement);
                _findings.Note(statement.Place, $"ignored: {XppSyntax.Keyword("aux")!.Here}", Finding.Quote(statement.Line.Text.Trim()));
                break;
            case XppKind.Start when Formula(statement, _draft.StartDraws) is { } value:
                SetStart(statement.Name, statement.Place, value);
                break;
            case XppKind.Starts:
                foreach ((Token name, double value) in Values(statement))
                {
                    TextPlace place = statement.Line.At(name.Offset);
                    SetStart(name.Text, place, new Number(value) { Place = place });
                }
                break;
            case XppKind.Event when new XppEvent(statement, $"global_{_events.Count + 1}", _names, _time, _rate, _findings).Read() is { } happening:
                _events.Add(happening);
                break;
            case XppKind.Markov when new XppMarkov(statement, following, _names, _time, _findings) is var markov && markov.Read():
                _derivatives.Add(statement.Name, new Binary(BinaryOperator.Multiply, _rate, new Number(0)) { Place = statement.Place });
                _markovs.Add(markov);
                break;
        }
    }

    private Expression? Formula(XppStatement statement, List<RandomDraw>? draws = null) =>
        new XppParser(statement.Line, statement.Rest, _names, _time, Nothing, _findings, draws).Whole();

    private void ReadFunction(XppStatement statement)
    {
        Dictionary<string, Expression> arguments = new(StringComparer.OrdinalIgnoreCase);
        List<string> shown = [];
        foreach (Token argument in statement.Arguments)
        {
            string free = _names.Free(argument.Text);
            while (shown.Contains(free))
                free += "_";
            if (!arguments.TryAdd(argument.Text, new Symbol(free) { Place = statement.Line.At(argument.Offset) }))
                _findings.Add(statement.Line.At(argument.Offset), "an argument occurs twice", argument.Found);
            shown.Add(free);
        }
        if (new XppParser(statement.Line, statement.Rest, _names, _time, arguments, _findings).Whole() is { } body)
            _draft.Functions.Add(new ModelFunction(statement.Name, shown, body));
    }

    private void SetStart(string name, TextPlace place, Expression value)
    {
        if (_names[name] is not var (state, declared) || declared.Meaning is not Meaning.State)
        {
            if (!_names.IsRefused(name))
                _findings.Add(place, "only a state has a start value", Finding.Quote(name), string.Join(", ", _names.States), DidYouMean.Hint(name, _names.States));
        }
        else if (!_starts.TryAdd(state, value))
            _findings.Add(place, $"the start of {state} is given twice", hint: "keep one of them");
    }

    private string ReadTimeUnit()
    {
        if (_more?.Text("time") is not { } unit)
            return Milliseconds;
        if (Rates.ContainsKey(unit.Value))
            return unit.Value;
        _findings.Add(unit.Place, "the unit of time does not fit", Finding.Quote(unit.Value), string.Join(", ", Rates.Keys));
        return Milliseconds;
    }

    // What the sweep file adds; the voltage.
    private string? ReadMore()
    {
        EventReader events = new(_draft, _findings);
        int first = _more?.Map("spike") is null ? _events.FindIndex(each => each.When is { } when && ChangesWithStates(when, [])) : -1;
        if (_more?.Map("spike") is { } spike)
            events.ReadSpike(spike);
        else if (first >= 0)
        {
            _draft.Spike.When = _events[first].When;
            _draft.Spike.Reset.AddRange(_events[first].Reset);
            _draft.Spike.Draws.AddRange(_events[first].Draws);
        }
        _draft.Events.AddRange(_events.Where((_, i) => i != first));
        if (_more?.Text("voltage") is not { } voltage)
            return ModelReader.UsualVoltages.Select(name => _names[name]).FirstOrDefault(name => name?.Declared.Meaning is Meaning.State)?.Spelled;
        return events.IsState(voltage.Value, voltage.Place, "is the voltage") ? voltage.Value : null;
    }

    // Also through quantities and functions.
    private bool ChangesWithStates(Expression expression, HashSet<string> seen)
    {
        return expression switch
        {
            Symbol { Name: var name } => _draft.Scope[name] is { Meaning: Meaning.State } || ValueOf(name),
            Unary unary => ChangesWithStates(unary.Operand, seen),
            Binary binary => ChangesWithStates(binary.Left, seen) || ChangesWithStates(binary.Right, seen),
            Call call => call.Arguments.Any(argument => ChangesWithStates(argument, seen)) || ValueOf(call.Function),
            _ => false,
        };

        bool ValueOf(string name) => seen.Add(name) && (_draft.Intermediates.Find(each => each.Name == name)?.Value
            ?? _draft.Functions.Find(each => each.Name == name)?.Body) is { } value && ChangesWithStates(value, seen);
    }

    private string Name()
    {
        string name = Path.GetFileNameWithoutExtension(_file);
        return string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
    }
}
