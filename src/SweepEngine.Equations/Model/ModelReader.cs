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
        new("states", YamlKinds.Map, true, "the state variables, each with unit and start"),
        new("parameters", YamlKinds.Map, false, "the parameters, each with a default"),
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

    /// <summary>Keys of <c>spike</c>.</summary>
    public static IReadOnlyList<YamlKey> SpikeKeys { get; } =
    [
        new("when", YamlKinds.Text, true, "the comparison that becomes true at a spike, such as V_m > V_th"),
        new("reset", YamlKinds.Text, false, "what states become: X = …, X += … or X -= …, one per line, over the values before the spike"),
        new("refractory", YamlKinds.Map, false, "which states stand still after a spike, and for how long"),
    ];

    /// <summary>Keys of <c>spike: refractory</c>.</summary>
    public static IReadOnlyList<YamlKey> RefractoryKeys { get; } =
    [
        new("for", YamlKinds.Text, true, "a time, such as tau_ref"),
        new("hold", YamlKinds.List, true, "the states that stand still, such as [V_m]"),
    ];

    private static readonly string[] UsualVoltages = ["V_m", "V", "v"];

    private readonly YamlMap _model;
    private readonly Findings _findings;
    private readonly Scope _scope = new(() => ClosedForms.Functions);
    private readonly Inliner _inliner = new();
    private readonly DimensionCheck _dimensions;
    private List<ModelParameter> _parameters = [];
    private readonly Dictionary<string, (Unit Unit, YamlText Start, string Summary)> _declaredStates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Expression> _derivatives = new(StringComparer.Ordinal);
    private readonly List<Intermediate> _intermediates = [];
    private readonly List<ModelFunction> _functions = [];
    private readonly List<ResetAssignment> _reset = [];
    private Expression? _when;
    private Expression? _refractoryFor;

    private ModelReader(YamlMap model, Findings findings)
    {
        _model = model;
        _findings = findings;
        _dimensions = new DimensionCheck(findings);
    }

    /// <summary>Reads a model file.</summary>
    /// <param name="yaml">Its content.</param>
    /// <param name="file">Its name, for places.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The model, or null when something is wrong with it.</returns>
    public static ModelDefinition? Read(string yaml, string file, Findings findings) =>
        YamlFile.Read(yaml, file, findings) is { } model ? Read(model, findings) : null;

    /// <summary>Reads a model that stands inside of another file.</summary>
    /// <param name="model">The map of the model.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The model, or null when something is wrong with it.</returns>
    public static ModelDefinition? Read(YamlMap model, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(findings);
        return new ModelReader(model, findings).Read();
    }

    private ModelDefinition? Read()
    {
        int before = _findings.Count;
        _model.Check(Keys, "the model", _findings);
        if (_model.Text("model") is { } title && !title.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            _findings.Add(title.Place, "the name of the model is not valid", Finding.Quote(title.Value), "letters, digits, _ and -");
        if (_model.Map("states") is { } states)
            ReadStates(states);
        if (_model.Map("parameters") is { } parameters)
            _parameters = ReadParameters(parameters, _scope, _dimensions, _findings);
        ReadEquations();
        List<StateVariable> variables = [];
        foreach ((string name, var declared) in _declaredStates)
        {
            if (EquationLines.Single(declared.Start, _scope, _findings) is { } start && _derivatives.TryGetValue(name, out Expression? derivative))
                variables.Add(new StateVariable(name, declared.Unit, derivative, start, declared.Summary));
        }
        SpikeRule? spike = _model.Map("spike") is { } map ? ReadSpike(map) : null;
        string? voltage = ReadVoltage();
        if (CanBeWrittenOut(variables))
            CheckDimensions(variables);
        return _findings.Count > before ? null : new ModelDefinition(_inliner)
        {
            Name = _model.Text("model")!.Value,
            Summary = Summary(_model),
            Source = _model.Text("source")?.Value ?? "",
            Voltage = voltage,
            Parameters = _parameters,
            States = variables,
            Intermediates = _intermediates,
            Functions = [.. _functions, .. _scope.Imported],
            Spike = spike,
        };
    }

    private void ReadStates(YamlMap states)
    {
        if (states.Entries.Count == 0)
            _findings.Add(states.Place, "the model has no state variable", hint: "add one, such as V_m: {start: E_L, unit: mV}");
        foreach (YamlEntry entry in states.Entries)
        {
            bool isNew = _scope.Declare(entry.Name, new Declared(Meaning.State, entry.Key.Place), _findings);
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
                _dimensions.Add(entry.Name, unit.Dimension);
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
                if (_scope[line.Name] is not { Meaning: Meaning.State })
                    _findings.Add(line.Place, $"'{line.Name}' is not a state of this model", $"d{line.Name}/dt",
                        hint: DidYouMean.Hint(line.Name, _declaredStates.Keys) ?? $"declare it under states: {line.Name}: {{start: …, unit: …}}");
                else if (!derived.Add(line.Name))
                    _findings.Add(line.Place, $"d{line.Name}/dt is defined twice", hint: "keep one of the lines");
                else
                    valid.Add(line);
            }
            else if (_scope.Declare(line.Name, new Declared(line.Kind is LineKind.Function ? Meaning.Function : Meaning.Intermediate, line.Place,
                line.Arguments.Count), _findings))
                valid.Add(line);
        }
        foreach (string state in _declaredStates.Keys.Where(state => !derived.Contains(state)))
            _findings.Add(_scope[state]!.Value.Place, $"the state {state} has no equation", hint: $"add d{state}/dt = … to the equations");
        foreach (EquationLine line in valid)
            ReadRightSide(equations, line);
    }

    private void ReadRightSide(EquationLines equations, EquationLine line)
    {
        Scope scope = _scope;
        if (line.Kind is LineKind.Function)
        {
            scope = _scope.Inner();
            foreach ((string argument, TextPlace place) in line.Arguments)
                scope.Declare(argument, new Declared(Meaning.Argument, place), _findings);
        }
        if (equations.RightSide(line, scope) is not { } value)
            return;
        if (line.Kind is LineKind.Derivative)
            _derivatives[line.Name] = value;
        else if (line.Kind is LineKind.Function)
            _functions.Add(new ModelFunction(line.Name, [.. line.Arguments.Select(argument => argument.Name)], value));
        else
            _intermediates.Add(new Intermediate(line.Name, value));
    }

    private SpikeRule? ReadSpike(YamlMap spike)
    {
        spike.Check(SpikeKeys, "spike", _findings);
        if (spike.Text("when") is { } condition)
            _when = EquationLines.Single(condition, _scope, _findings);
        if (_when is not (null or Binary { Operator: BinaryOperator.Greater or BinaryOperator.Less }))
            _findings.Add(_when.Start, "'when' must compare two quantities", Finding.Quote(_when.ToString()), "a > b or a < b");
        if (spike.Text("reset") is { } text)
            ReadReset(text);
        List<string> hold = [];
        if (spike.Map("refractory") is { } refractory)
        {
            refractory.Check(RefractoryKeys, "refractory", _findings);
            _refractoryFor = refractory.Text("for") is { } time ? EquationLines.Single(time, _scope, _findings) : null;
            hold = ReadHold(refractory.List("hold"));
        }
        return _when is Binary { Operator: BinaryOperator.Greater or BinaryOperator.Less } comparison
            ? new SpikeRule(comparison, _reset, _refractoryFor, hold) : null;
    }

    private void ReadReset(YamlText text)
    {
        EquationLines lines = EquationLines.OfReset(text, _findings);
        HashSet<string> assigned = new(StringComparer.Ordinal);
        foreach (EquationLine line in lines.Lines)
        {
            if (!IsState(line.Name, line.Place, "is reset"))
                continue;
            if (!assigned.Add(line.Name))
                _findings.Add(line.Place, $"{line.Name} is reset twice", hint: "keep one of the lines");
            else if (lines.RightSide(line, _scope) is { } value)
                _reset.Add(new ResetAssignment(line.Name, line.Kind is LineKind.Value ? value
                    : new Binary(line.Kind is LineKind.Increment ? BinaryOperator.Add : BinaryOperator.Subtract,
                        new Symbol(line.Name) { Place = line.Place }, value)
                    { Place = line.Place }));
        }
    }

    private List<string> ReadHold(YamlList? list)
    {
        List<string> hold = [];
        foreach (YamlNode item in list?.Items ?? [])
        {
            if (!item.Is(YamlKinds.Text, "an entry of hold", _findings) || !IsState(((YamlText)item).Value, item.Place, "is held"))
                continue;
            string state = ((YamlText)item).Value;
            if (hold.Contains(state))
                _findings.Add(item.Place, $"{state} is held twice", hint: "keep one of them");
            else
                hold.Add(state);
        }
        return hold;
    }

    private string? ReadVoltage()
    {
        if (_model.Text("voltage") is not { } text)
            return Array.Find(UsualVoltages, _declaredStates.ContainsKey);
        return IsState(text.Value, text.Place, "is the voltage") ? text.Value : null;
    }

    private bool IsState(string name, TextPlace place, string how)
    {
        if (_scope[name] is { Meaning: Meaning.State })
            return true;
        IEnumerable<string> states = _model.Map("states")?.Entries.Select(entry => entry.Name) ?? [];
        _findings.Add(place, $"what {how} must be a state", Finding.Quote(name), string.Join(", ", states), DidYouMean.Hint(name, states));
        return false;
    }

    // Writes everything out, in the order of dependence; false after a cycle or when it becomes too large.
    private bool CanBeWrittenOut(List<StateVariable> variables)
    {
        Dictionary<string, Intermediate> intermediates = _intermediates.ToDictionary(each => each.Name, StringComparer.Ordinal);
        Dictionary<string, ModelFunction> functions = _functions.ToDictionary(each => each.Name, StringComparer.Ordinal);
        _functions.ForEach(_dimensions.Add);
        // First, so that names of this model mean nothing inside of them.
        foreach (ModelFunction imported in _scope.Imported)
        {
            _dimensions.Add(imported);
            _inliner.TryAdd(imported.Name, imported.Arguments, imported.Body);
        }
        DependencyOrder definitions = new(
            intermediates.Values.Select(each => (each.Name, each.Value)).Concat(functions.Values.Select(each => (each.Name, each.Body))));
        if (!ReportCycle(definitions, "is defined by itself"))
            return false;
        foreach (string name in definitions.Sorted)
        {
            bool isValue = intermediates.TryGetValue(name, out Intermediate? intermediate);
            if (!(isValue ? _inliner.TryAdd(name, intermediate!.Value) : _inliner.TryAdd(name, functions[name].Arguments, functions[name].Body)))
                return ReportOverflow(_scope[name]!.Value.Place, $"'{name}'");
            if (isValue)
                _dimensions.Add(name, intermediate!.Value);
        }
        DependencyOrder starts = new(variables.Select(state => (state.Name, _inliner.Inline(state.Start))));
        if (!ReportCycle(starts, "starts from itself"))
            return false;
        long? size = 0;
        foreach (string name in starts.Sorted)
            size += _inliner.TryAddStart(name, variables.First(state => state.Name == name).Start) ? _inliner.Start(name).Size : null;
        foreach (Expression? each in variables.Select(state => state.Derivative).Concat(_reset.Select(assignment => assignment.Value)).Append(_when).Append(_refractoryFor))
            size += each is null ? 0 : _inliner.Size(each);
        return size <= ModelLimits.Nodes || ReportOverflow(_model.Entry("equations")!.Value.Key.Place, "the model");
    }

    private bool ReportCycle(DependencyOrder order, string message)
    {
        if (order.Cycle is not { } cycle)
            return true;
        _findings.Add(_scope[cycle[0]]!.Value.Place, $"'{cycle[0]}' {message}", string.Join(" → ", cycle), hint: "break the circle");
        return false;
    }

    private bool ReportOverflow(TextPlace place, string what)
    {
        _findings.Add(place, $"{what} is too large when intermediates and functions are written out",
            allowed: $"{ModelLimits.Nodes} numbers, names and operators, {ModelLimits.Depth} of them inside one another");
        return false;
    }

    private void CheckDimensions(List<StateVariable> variables)
    {
        foreach (StateVariable state in variables)
        {
            _dimensions.Expect(state.Derivative, state.Unit.Dimension / Dimension.Time, $"d{state.Name}/dt");
            _dimensions.Expect(state.Start, state.Unit.Dimension, $"the start of {state.Name}");
        }
        if (_when is not null)
            _dimensions.Check(_when);
        foreach (ResetAssignment assignment in _reset)
        {
            if (_declaredStates.TryGetValue(assignment.State, out var state))
                _dimensions.Expect(assignment.Value, state.Unit.Dimension, $"the new value of {assignment.State}");
        }
        if (_refractoryFor is not null)
            _dimensions.Expect(_refractoryFor, Dimension.Time, "the refractory time");
    }

    private static string Summary(YamlMap map) => map.Text("summary")?.Value ?? "";
}
