namespace SweepEngine.Equations;

/// <summary>
/// Reads closed forms. Their equations are those of models, but for derivatives, and each line uses only the lines above it, parameters and
/// <see cref="PhysicalConstants"/>. A line whose name stands under <c>results</c> is a result.
/// </summary>
internal sealed class ClosedFormReader
{
    private static readonly YamlKey[] Keys =
    [
        new("closed_form", YamlKinds.Text, true, "its name"),
        new("summary", YamlKinds.Text, true, "what it gives, in a sentence"),
        new("source", YamlKinds.Text, true, "the paper or book it comes from"),
        new("equations", YamlKinds.Text, true, "one equation per line: name = … or name(x) = …"),
        new("results", YamlKinds.Map, true, "the names of the equations that are its results, each with a unit"),
        new("parameters", YamlKinds.Map, true, "the symbols that have values to be given, each with a default"),
    ];

    private static readonly YamlKey[] ResultKeys =
    [
        new("unit", YamlKinds.Text, true, "the unit in which it is shown; 1 for a pure number"),
        new("summary", YamlKinds.Text, true, "a line about it"),
    ];

    private readonly YamlMap _form;
    private readonly Findings _findings;
    private readonly Scope _scope = new();
    private readonly Inliner _inliner = new();
    private readonly DimensionCheck _dimensions;
    private readonly List<string> _equations = [];
    private readonly Dictionary<string, Expression> _values = new(StringComparer.Ordinal);

    private ClosedFormReader(YamlMap form, Findings findings)
    {
        _form = form;
        _findings = findings;
        _dimensions = new DimensionCheck(findings);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="yaml">Its content.</param>
    /// <param name="file">Its name, for places.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The closed form, or null when something is wrong with it.</returns>
    public static ClosedForm? Read(string yaml, string file, Findings findings) =>
        YamlFile.Read(yaml, file, findings) is { } form ? new ClosedFormReader(form, findings).Read() : null;

    private ClosedForm? Read()
    {
        _form.Check(Keys, "the closed form", _findings);
        foreach (PhysicalConstant constant in PhysicalConstants.All)
        {
            _scope.Declare(constant.Name, new Declared(Meaning.Intermediate, _form.Place), _findings);
            _dimensions.Add(constant.Name, constant.Value.Unit.Dimension);
            _inliner.TryAdd(constant.Name, new Number(constant.Value));
        }
        List<ModelParameter> parameters = _form.Map("parameters") is { } map ? ModelReader.ReadParameters(map, _scope, _dimensions, _findings) : [];
        if (_form.Text("equations") is { } text)
            ReadEquations(text);
        List<ClosedFormResult> results = [.. (_form.Map("results")?.Entries ?? []).Select(ReadResult).OfType<ClosedFormResult>()];
        return _findings.Any ? null : new ClosedForm
        {
            Name = _form.Text("closed_form")!.Value,
            Summary = _form.Text("summary")!.Value,
            Source = _form.Text("source")!.Value,
            Equations = _equations,
            Constants = [.. PhysicalConstants.All.Where(constant => _values.Values.Any(value => Uses(value, constant.Name)))],
            Parameters = parameters,
            Results = results,
        };
    }

    private void ReadEquations(YamlText text)
    {
        EquationLines lines = EquationLines.OfModel(text, _scope, _findings);
        foreach (EquationLine line in lines.Lines)
        {
            Scope scope = line.Kind is LineKind.Function ? _scope.Inner() : _scope;
            foreach ((string argument, TextPlace place) in line.Arguments)
                scope.Declare(argument, new Declared(Meaning.Argument, place), _findings);
            if (line.Kind is LineKind.Derivative)
                _findings.Add(line.Place, "a closed form has no derivatives", $"d{line.Name}/dt");
            else if (lines.RightSide(line, scope) is { } value)
                Define(line, value);
        }
    }

    private void Define(EquationLine line, Expression value)
    {
        bool isFunction = line.Kind is LineKind.Function;
        Declared declared = new(isFunction ? Meaning.Function : Meaning.Intermediate, line.Place, line.Arguments.Count);
        if (!_scope.Declare(line.Name, declared, _findings))
            return;
        _values.Add(line.Name, value);
        if (isFunction)
        {
            ModelFunction function = new(line.Name, [.. line.Arguments.Select(argument => argument.Name)], value);
            _dimensions.Add(function);
            _inliner.TryAdd(function.Name, function.Arguments, value);
            _equations.Add(function.ToString());
        }
        else
        {
            _dimensions.Add(line.Name, value);
            _inliner.TryAdd(line.Name, value);
            _equations.Add(new Intermediate(line.Name, value).ToString());
        }
    }

    private ClosedFormResult? ReadResult(YamlEntry entry)
    {
        if (!entry.Value.Is(YamlKinds.Map, $"the result {entry.Name}", _findings))
            return null;
        YamlMap result = (YamlMap)entry.Value;
        result.Check(ResultKeys, $"the result {entry.Name}", _findings);
        if (_scope[entry.Name] is not { Meaning: Meaning.Intermediate } || !_values.TryGetValue(entry.Name, out Expression? value))
        {
            _findings.Add(entry.Key.Place, $"the result {entry.Name} has no equation", hint: $"add {entry.Name} = … to the equations");
            return null;
        }
        if (result.Text("unit") is not { } written || result.Text("summary") is not { } summary)
            return null;
        if (!Unit.TryParse(written.Value, out Unit? unit, out string? hint))
        {
            _findings.Add(written.Place, $"the unit of {entry.Name} is not known", Finding.Quote(written.Value), hint: hint);
            return null;
        }
        _dimensions.Expect(new Symbol(entry.Name) { Place = value.Start }, unit.Dimension, entry.Name);
        return new ClosedFormResult(entry.Name, unit, _inliner.Inline(value), summary.Value);
    }

    private static bool Uses(Expression expression, string name) => expression switch
    {
        Symbol symbol => symbol.Name == name,
        Unary unary => Uses(unary.Operand, name),
        Binary binary => Uses(binary.Left, name) || Uses(binary.Right, name),
        Call call => call.Arguments.Any(argument => Uses(argument, name)),
        _ => false,
    };
}
