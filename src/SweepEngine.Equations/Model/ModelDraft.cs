namespace SweepEngine.Equations;

/// <summary>
/// A model while it is read, from whichever kind of file, and the checks that need all of it: circles, size, dimensions.
/// </summary>
internal sealed class ModelDraft(Scope scope, Findings findings)
{
    private readonly Inliner _inliner = new();

    public Scope Scope => scope;

    /// <summary>Knows the dimensions of states and parameters; those of intermediates and functions follow in <see cref="Check"/>.</summary>
    public DimensionCheck Dimensions { get; } = new(findings);

    public List<ModelParameter> Parameters { get; } = [];

    public List<StateVariable> States { get; } = [];

    public List<Intermediate> Intermediates { get; } = [];

    public List<ModelFunction> Functions { get; } = [];

    /// <summary>The condition of a spike; its parts are kept apart, so that each is checked although another is wrong.</summary>
    public Expression? When { get; set; }

    public List<ResetAssignment> Reset { get; } = [];

    public Expression? RefractoryFor { get; set; }

    public List<string> Hold { get; } = [];

    /// <summary>Writes everything out and checks it.</summary>
    /// <param name="equations">Where the equations stand.</param>
    public void Check(TextPlace equations)
    {
        if (CanBeWrittenOut(equations))
            CheckDimensions();
    }

    /// <summary>The model, when nothing is wrong with it.</summary>
    public ModelDefinition Definition(string name, string summary, string source, string? voltage) => new(_inliner)
    {
        Name = name,
        Summary = summary,
        Source = source,
        Voltage = voltage,
        Parameters = Parameters,
        States = States,
        Intermediates = Intermediates,
        Functions = [.. Functions, .. scope.Imported],
        Spike = When is Binary when ? new SpikeRule(when, Reset, RefractoryFor, Hold) : null,
    };

    // In the order of dependence; false after a circle or when it becomes too large.
    private bool CanBeWrittenOut(TextPlace equations)
    {
        Dictionary<string, Intermediate> intermediates = Intermediates.ToDictionary(each => each.Name, StringComparer.Ordinal);
        Dictionary<string, ModelFunction> functions = Functions.Where(each => each.Table is null).ToDictionary(each => each.Name, StringComparer.Ordinal);
        Functions.ForEach(Dimensions.Add);
        // First, so that names of this model mean nothing inside of them.
        foreach (ModelFunction imported in scope.Imported)
        {
            Dimensions.Add(imported);
            _inliner.TryAdd(imported.Name, imported.Arguments, imported.Body);
        }
        foreach (ModelFunction table in Functions.Where(each => each.Table is not null))
            _inliner.TryAdd(table.Name, table.Arguments, table.Body);
        DependencyOrder definitions = new(
            intermediates.Values.Select(each => (each.Name, each.Value)).Concat(functions.Values.Select(each => (each.Name, each.Body))));
        if (!ReportCycle(definitions, "is defined by itself"))
            return false;
        foreach (string name in definitions.Sorted)
        {
            bool isValue = intermediates.TryGetValue(name, out Intermediate? intermediate);
            if (!(isValue ? _inliner.TryAdd(name, intermediate!.Value) : _inliner.TryAdd(name, functions[name].Arguments, functions[name].Body)))
                return ReportOverflow(scope[name]!.Value.Place, $"'{name}'");
            if (isValue)
                Dimensions.Add(name, intermediate!.Value);
        }
        DependencyOrder starts = new(States.Select(state => (state.Name, _inliner.Inline(state.Start))));
        if (!ReportCycle(starts, "starts from itself"))
            return false;
        long? size = 0;
        foreach (string name in starts.Sorted)
            size += _inliner.TryAddStart(name, States.First(state => state.Name == name).Start) ? _inliner.Start(name).Size : null;
        foreach (Expression? each in States.Select(state => state.Derivative).Concat(Reset.Select(assignment => assignment.Value)).Append(When).Append(RefractoryFor))
            size += each is null ? 0 : _inliner.Size(each);
        return size <= ModelLimits.Nodes || ReportOverflow(equations, "the model");
    }

    private bool ReportCycle(DependencyOrder order, string message)
    {
        if (order.Cycle is not { } cycle)
            return true;
        findings.Add(scope[cycle[0]]!.Value.Place, $"'{cycle[0]}' {message}", string.Join(" → ", cycle), hint: "break the circle");
        return false;
    }

    private bool ReportOverflow(TextPlace place, string what)
    {
        findings.Add(place, $"{what} is too large when intermediates and functions are written out",
            allowed: $"{ModelLimits.Nodes} numbers, names and operators, {ModelLimits.Depth} of them inside one another");
        return false;
    }

    private void CheckDimensions()
    {
        foreach (StateVariable state in States)
        {
            Dimensions.Expect(state.Derivative, state.Unit.Dimension / Dimension.Time, $"d{state.Name}/dt");
            Dimensions.Expect(state.Start, state.Unit.Dimension, $"the start of {state.Name}");
        }
        if (When is not null)
            Dimensions.Check(When);
        foreach (ResetAssignment assignment in Reset)
        {
            if (States.Find(state => state.Name == assignment.State) is { } state)
                Dimensions.Expect(assignment.Value, state.Unit.Dimension, $"the new value of {assignment.State}");
        }
        if (RefractoryFor is not null)
            Dimensions.Expect(RefractoryFor, Dimension.Time, "the refractory time");
    }
}
