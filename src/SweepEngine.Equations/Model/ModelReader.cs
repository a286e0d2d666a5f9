namespace SweepEngine.Equations;

/// <summary>
/// Reads models and checks them whole: YAML, names, equations, cycles, dimensions. Everything that is wrong is reported together;
/// what follows only from another mistake is not.
/// </summary>
public sealed class ModelReader
{
    /// <summary>Keys of a model.</summary>
    public static IReadOnlyList<YamlKey> Keys { get; } =
    [
        new("model", YamlKinds.Text, true, "the name of the model"),
        new("summary", YamlKinds.Text, false, "what it is, in a sentence"),
        new("source", YamlKinds.Text, false, "the paper or book it comes from"),
        new("voltage", YamlKinds.Text, false, "the state that is the membrane potential", "V_m, V or v, whichever is a state"),
        new("equations", YamlKinds.Text, true, "one equation per line: dX/dt = …, name = … or name(x) = …"),
        new("spike", YamlKinds.Map, false, "what makes a spike and what follows it"),
        new("events", YamlKinds.Map, false, "what else happens to the state, each under a name of its own"),
        new("states", YamlKinds.Map, true, "the state variables, each with unit and start"),
        new("parameters", YamlKinds.Map, false, "the parameters, each with a default"),
        new("tables", YamlKinds.Map, false, "functions given by points, with straight lines between them"),
    ];

    /// <summary>Keys of a state variable.</summary>
    public static IReadOnlyList<YamlKey> StateKeys { get; } =
    [
        new("start", YamlKinds.Text, true, "its value at t = 0: an expression over parameters and the start values of other states"),
        new("unit", YamlKinds.Text, true, "the unit in which it is shown; 1 for a pure number"),
        new("summary", YamlKinds.Text, false, "a line about it"),
    ];

    /// <summary>Keys of a parameter.</summary>
    public static IReadOnlyList<YamlKey> ParameterKeys { get; } =
    [
        new("default", YamlKinds.Text, true, "its value and the unit in which it is shown, such as 100 pF"),
        new("min", YamlKinds.Text, false, "the least value allowed"),
        new("above", YamlKinds.Text, false, "a value that it must exceed"),
        new("max", YamlKinds.Text, false, "the greatest value allowed"),
        new("below", YamlKinds.Text, false, "a value that it must not reach"),
        new("summary", YamlKinds.Text, false, "a line about it"),
    ];

    /// <summary>Keys of a table.</summary>
    public static IReadOnlyList<YamlKey> TableKeys { get; } =
    [
        new("x", YamlKinds.List | YamlKinds.Map, true, "the arguments, ascending: a list of quantities, or {linspace: [first, last, n]}"),
        new("y", YamlKinds.List, true, "the values, as many quantities"),
        new("x_unit", YamlKinds.Text, false, "the unit of numbers in x that have none"),
        new("y_unit", YamlKinds.Text, false, "the unit of numbers in y that have none"),
    ];

    /// <summary>Keys of <c>spike</c>.</summary>
    public static IReadOnlyList<YamlKey> SpikeKeys { get; } =
    [
        new("when", YamlKinds.Text, false, "the comparison that becomes true at a spike, such as V_m > V_th"),
        new("rate", YamlKinds.Text, false, "instead of 'when': how often spikes happen at random, such as 1/tau*exp((V_m - V_th)/Delta)"),
        new("reset", YamlKinds.Text, false, "what states become: X = …, X += … or X -= …, one per line, over the values before the spike"),
        new("refractory", YamlKinds.Map, false, "which states stand still after a spike, and for how long"),
    ];

    /// <summary>Keys of an event.</summary>
    public static IReadOnlyList<YamlKey> EventKeys { get; } =
    [
        new("when", YamlKinds.Text, false, "it happens where this comparison becomes true, such as Ca > Ca_th"),
        new("at", YamlKinds.Text, false, "it happens at this time, over parameters, such as t_on"),
        new("every", YamlKinds.Text, false, "with 'at': the interval at which it happens again"),
        new("until", YamlKinds.Text, false, "with 'every': it happens no later than at this time", "no end"),
        new("rate", YamlKinds.Text, false, "it happens at random, this often: an inhomogeneous Poisson process"),
        new("do", YamlKinds.Text, false, "what states become: X = …, X += … or X -= …, one per line, over the values before the event"),
        new("refractory", YamlKinds.Map, false, "which states stand still after the event, and for how long"),
    ];

    /// <summary>Keys of <c>refractory</c>.</summary>
    public static IReadOnlyList<YamlKey> RefractoryKeys { get; } =
    [
        new("for", YamlKinds.Text, true, "a time, such as tau_ref"),
        new("hold", YamlKinds.List, true, "the states that stand still, such as [V_m]"),
    ];

    internal static readonly string[] UsualVoltages = ["V_m", "V", "v"];

    private readonly YamlMap _model;
    private readonly Findings _findings;
    private readonly ModelDraft _draft;
    private readonly Dictionary<string, (Unit Unit, YamlText Start, string Summary)> _declaredStates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Expression> _derivatives = new(StringComparer.Ordinal);

    private ModelReader(YamlMap model, ModelDraft draft, Findings findings)
    {
        _model = model;
        _findings = findings;
        _draft = draft;
    }

    /// <summary>Reads a model file: YAML, or by its ending an .ode file of XPPAUT.</summary>
    /// <param name="text">Its content.</param>
    /// <param name="file">Its name, for places.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The model, or null when something is wrong with it.</returns>
    public static ModelDefinition? Read(string text, string file, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.EndsWith(XppReader.Ending, StringComparison.OrdinalIgnoreCase))
            return XppReader.Read(text, file, findings);
        int before = findings.Count;
        // What YAML itself finds wrong, such as an alias, leaves a map that may still be a whole model.
        return YamlFile.Read(text, file, findings) is { } map && Read(map, findings) is { } model && findings.Count == before ? model : null;
    }

    /// <summary>True for the path of a model file, where the name of a model could stand as well.</summary>
    /// <param name="model">What the user wrote.</param>
    /// <returns>True when it has a folder or the ending of a model file.</returns>
    public static bool IsPath(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Contains('/', StringComparison.Ordinal) || model.EndsWith(".yaml", StringComparison.Ordinal)
            || model.EndsWith(XppReader.Ending, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads a model that stands inside of another file.</summary>
    /// <param name="model">The map of the model.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The model, or null when something is wrong with it.</returns>
    public static ModelDefinition? Read(YamlMap model, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(findings);
        return new ModelReader(model, NewDraft(findings), findings).Read();
    }

    /// <summary>A draft in which nothing is declared.</summary>
    internal static ModelDraft NewDraft(Findings findings) => new(new Scope(() => ClosedForms.Functions, isNoisy: true), findings);

    /// <summary>Reads states, parameters, equations and events of a part of a model. What needs the whole model is not checked.</summary>
    /// <param name="part">The map of the part, whose keys have been checked.</param>
    /// <param name="draft">Where they go; names that they may use besides are declared there.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    internal static void ReadPart(YamlMap part, ModelDraft draft, Findings findings) => new ModelReader(part, draft, findings).ReadContents();

    private ModelDefinition? Read()
    {
        int before = _findings.Count;
        _model.Check(Keys, "the model", _findings);
        if (_model.Text("model") is { } title && !title.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            _findings.Add(title.Place, "the name of the model is not valid", Finding.Quote(title.Value), "letters, digits, _ and -");
        EventReader events = ReadContents();
        string? voltage = _model.Text("voltage") is not { } text ? Array.Find(UsualVoltages, _declaredStates.ContainsKey)
            : events.IsState(text.Value, text.Place, "is the voltage") ? text.Value : null;
        _draft.Check((_model.Entry("equations")?.Key ?? (YamlNode)_model).Place);
        return _findings.Count > before ? null
            : _draft.Definition(_model.Text("model")!.Value, Summary(_model), _model.Text("source")?.Value ?? "", voltage);
    }

    private EventReader ReadContents()
    {
        if (_model.Map("states") is { } states)
            ReadStates(states);
        if (_model.Map("parameters") is { } parameters)
            _draft.Parameters.AddRange(ReadParameters(parameters, _draft.Scope, _draft.Dimensions, _findings));
        if (_model.Map("tables") is { } tables)
            TableReader.Read(tables, _draft, _findings);
        EventReader events = new(_draft, _findings);
        events.Declare(_model.Map("spike"), _model.Map("events"));
        ReadEquations();
        foreach ((string name, var declared) in _declaredStates)
        {
            if (EquationLines.Single(declared.Start, _draft.Scope, _findings, _draft.StartDraws) is { } start && _derivatives.TryGetValue(name, out Expression? derivative))
                _draft.States.Add(new StateVariable(name, declared.Unit, derivative, start, declared.Summary));
        }
        if (_model.Map("spike") is { } spike)
            events.ReadSpike(spike);
        if (_model.Map("events") is { } happenings)
            events.ReadEvents(happenings);
        return events;
    }

    private void ReadStates(YamlMap states)
    {
        if (states.Entries.Count == 0)
            _findings.Add(states.Place, "the model has no state variable", hint: "add one, such as V_m: {start: E_L, unit: mV}");
        foreach (YamlEntry entry in states.Entries)
        {
            bool isNew = _draft.Scope.Declare(entry.Name, new Declared(Meaning.State, entry.Key.Place), _findings);
            if (!entry.Value.Is(YamlKinds.Map, $"the state {entry.Name}", _findings))
                continue;
            YamlMap state = (YamlMap)entry.Value;
            state.Check(StateKeys, $"the state {entry.Name}", _findings);
            if (state.Text("unit") is not { } written || state.Text("start") is not { } start)
                continue;
            if (!Unit.TryParse(written.Value, out Unit? unit, out string? hint))
                _findings.Add(written.Place, $"the unit of {entry.Name} is not known", Finding.Quote(written.Value), hint: hint);
            else if (isNew)
            {
                _declaredStates.Add(entry.Name, (unit, start, Summary(state)));
                _draft.Dimensions.Add(entry.Name, unit.Dimension);
            }
        }
    }

    /// <summary>Reads a map of parameters and declares them.</summary>
    internal static List<ModelParameter> ReadParameters(YamlMap parameters, Scope scope, DimensionCheck dimensions, Findings findings)
    {
        List<ModelParameter> valid = [];
        foreach (YamlEntry entry in parameters.Entries)
        {
            string name = entry.Name;
            bool isNew = scope.Declare(name, new Declared(Meaning.Parameter, entry.Key.Place), findings);
            if (!entry.Value.Is(YamlKinds.Map, $"the parameter {name}", findings))
                continue;
            YamlMap parameter = (YamlMap)entry.Value;
            parameter.Check(ParameterKeys, $"the parameter {name}", findings);
            if (parameter.Text("default") is not { } written)
                continue;
            if (!Quantity.TryParse(written.Value, out Quantity value))
            {
                findings.Add(written.Place, $"the default of {name} is not a quantity", Finding.Quote(written.Value),
                    "a number with its unit, such as 100 pF");
                continue;
            }
            Bound? lower = ReadBound(parameter, name, value.Unit, "min", "above", findings);
            Bound? upper = ReadBound(parameter, name, value.Unit, "max", "below", findings);
            ModelParameter read = new(name, value, lower, upper, Summary(parameter));
            if (!read.Allows(value.SI))
                findings.Add(written.Place, $"the default of {name} is out of its range", value.ToString(), read.RangeText);
            dimensions.Add(name, value.Unit.Dimension);
            if (isNew)
                valid.Add(read);
        }
        return valid;
    }

    private static Bound? ReadBound(YamlMap parameter, string name, Unit unit, string closed, string open, Findings findings)
    {
        if (parameter.Text(closed) is not null && parameter.Entry(open) is { } second)
            findings.Add(second.Key.Place, $"{name} has both '{closed}' and '{open}'", hint: "keep one of them");
        bool isOpen = parameter.Text(closed) is null;
        return parameter.Text(isOpen ? open : closed) is { } text && Quantity.TryRead(text, name, unit.Dimension, findings, out Quantity value)
            ? new Bound(value, isOpen) : null;
    }

    private void ReadEquations()
    {
        if (_model.Text("equations") is not { } text)
            return;
        EquationLines equations = EquationLines.OfModel(text, _findings);
        if (equations.Refused)
            return;
        HashSet<string> derived = new(StringComparer.Ordinal);
        List<EquationLine> valid = [];
        foreach (EquationLine line in equations.Lines)
        {
            if (line.Kind is LineKind.Derivative)
            {
                if (_draft.Scope[line.Name] is not { Meaning: Meaning.State })
                    _findings.Add(line.Place, $"'{line.Name}' is not a state of this model", $"d{line.Name}/dt",
                        hint: DidYouMean.Hint(line.Name, _declaredStates.Keys) ?? $"declare it under states: {line.Name}: {{start: …, unit: …}}");
                else if (!derived.Add(line.Name))
                    _findings.Add(line.Place, $"d{line.Name}/dt is defined twice", hint: "keep one of the lines");
                else
                    valid.Add(line);
            }
            else if (_draft.Scope.Declare(line.Name, new Declared(line.Kind is LineKind.Function ? Meaning.Function : Meaning.Intermediate, line.Place,
                line.Arguments.Count), _findings))
                valid.Add(line);
        }
        foreach (string state in _declaredStates.Keys.Where(state => !derived.Contains(state)))
            _findings.Add(_draft.Scope[state]!.Value.Place, $"the state {state} has no equation", hint: $"add d{state}/dt = … to the equations");
        foreach (EquationLine line in valid)
            ReadRightSide(equations, line);
    }

    private void ReadRightSide(EquationLines equations, EquationLine line)
    {
        Scope scope = _draft.Scope;
        if (line.Kind is LineKind.Function)
        {
            scope = _draft.Scope.Inner();
            foreach ((string argument, TextPlace place) in line.Arguments)
                scope.Declare(argument, new Declared(Meaning.Argument, place), _findings);
        }
        if (equations.RightSide(line, scope) is not { } value)
            return;
        if (line.Kind is LineKind.Derivative)
            _derivatives[line.Name] = value;
        else if (line.Kind is LineKind.Function)
            _draft.Functions.Add(new ModelFunction(line.Name, [.. line.Arguments.Select(argument => argument.Name)], value));
        else
            _draft.Intermediates.Add(new Intermediate(line.Name, value));
    }

    private static string Summary(YamlMap map) => map.Text("summary")?.Value ?? "";
}
