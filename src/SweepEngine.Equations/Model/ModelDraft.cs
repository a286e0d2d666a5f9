namespace SweepEngine.Equations;

/// <summary>
/// A model while it is read, from whichever kind of file, and the checks that need all of it: circles, size, dimensions, white noise.
/// </summary>
internal sealed class ModelDraft(Scope scope, Findings findings)
{
    private readonly Inliner _inliner = new();
    private readonly HashSet<string> _rates = new(StringComparer.Ordinal);

    public Scope Scope => scope;

    /// <summary>Knows the dimensions of states and parameters; those of intermediates and functions follow in <see cref="Check"/>.</summary>
    public DimensionCheck Dimensions { get; } = new(findings);

    public List<ModelParameter> Parameters { get; } = [];

    public List<StateVariable> States { get; } = [];

    /// <summary>The random numbers in the starts of <see cref="States"/>.</summary>
    public List<RandomDraw> StartDraws { get; } = [];

    public List<Intermediate> Intermediates { get; } = [];

    /// <summary>Dimensions that intermediates must have, with what each is to the user; all others have whatever makes sense.</summary>
    public Dictionary<string, (Dimension Dimension, string What)> Expected { get; } = new(StringComparer.Ordinal);

    public List<ModelFunction> Functions { get; } = [];

    /// <summary>The spike rule; there is none without a condition.</summary>
    public EventDraft Spike { get; } = new("");

    public List<EventDraft> Events { get; } = [];

    /// <summary>
    /// Makes a spike or an event happen at a rate: adds a state, declared already, that is the integral of the rate less an exponentially distributed
    /// number, so that it passes 0 at the times of a Poisson process.
    /// </summary>
    /// <param name="happening">What happens.</param>
    /// <param name="hazard">Name of the state.</param>
    /// <param name="rate">The rate.</param>
    public void AddRate(EventDraft happening, string hazard, Expression rate)
    {
        RandomDraw Draw(List<RandomDraw> draws)
        {
            draws.Add(new RandomDraw($"uniform#{draws.Count + 1}", RandomKind.Uniform, []));
            return draws[^1];
        }

        TextPlace place = rate.Start;
        Call Logarithm(RandomDraw draw) => new("log", [new Symbol(draw.Name) { Place = place }]) { Place = place };
        _rates.Add(hazard);
        States.Add(new StateVariable(hazard, Unit.One, rate, Logarithm(Draw(StartDraws)),
            $"Integrated rate of {(happening.Name.Length == 0 ? "spikes" : happening.Name)}, from a random start up to 0, where the next one happens."));
        happening.When = new Binary(BinaryOperator.Greater, new Symbol(hazard) { Place = place }, new Number(0) { Place = place }) { Place = place };
        happening.Reset.Add(new ResetAssignment(hazard, Logarithm(Draw(happening.Draws))));
        if (happening.RefractoryFor is not null)
            happening.Hold.Add(hazard);
    }

    /// <summary>Writes everything out and checks it.</summary>
    /// <param name="equations">Where the equations stand.</param>
    public void Check(TextPlace equations)
    {
        if (!CheckCount(equations, "events", Events.Count, ModelLimits.Events) || !CheckCount(equations, "white noises", scope.Noises.Count, ModelLimits.Noises)
            || !CheckCount(equations, "tables", Functions.Count(each => each.Table is not null), ModelLimits.Tables))
            return;
        if (!CanBeWrittenOut(equations))
            return;
        CheckDimensions();
        CheckNoise();
        foreach (EventDraft happening in Events)
            CheckTimes(happening);
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
        StartDraws = StartDraws,
        Intermediates = Intermediates,
        Functions = [.. Functions, .. scope.Imported],
        Spike = Spike.When is Binary when ? new SpikeRule(when, Spike.Reset, Spike.RefractoryFor, Spike.Hold) { Draws = Spike.Draws } : null,
        Events = [.. Events.Select(each => new ModelEvent(each.Name, each.When as Binary,
            each.First is null ? null : new EventTimes(each.First, each.Every, each.Last), each.Reset, each.RefractoryFor, each.Hold) { Draws = each.Draws })],
        Noises = NoiseCheck.Used(States.Select(state => state.Derivative), _inliner, scope.Noises),
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
        foreach (string noise in scope.Noises)
            Dimensions.Add(noise, Dimension.Frequency.Pow(0.5)!.Value);
        foreach (RandomDraw draw in AllDraws)
            Dimensions.Add(draw.Name, Dimension.None);
        DependencyOrder definitions = new(
            intermediates.Values.Select(each => (each.Name, each.Value)).Concat(functions.Values.Select(each => (each.Name, each.Body))));
        if (!ReportCycle(definitions, "is defined by itself"))
            return false;
        foreach (string name in definitions.Sorted)
        {
            bool isValue = intermediates.TryGetValue(name, out Intermediate? intermediate);
            if (!(isValue ? _inliner.TryAdd(name, intermediate!.Value) : _inliner.TryAdd(name, functions[name].Arguments, functions[name].Body)))
                return ReportOverflow(scope[name]!.Value.Place, $"'{name}'");
            if (isValue && Expected.TryGetValue(name, out var expected))
            {
                Dimensions.Expect(intermediate!.Value, expected.Dimension, expected.What);
                Dimensions.Add(name, expected.Dimension);
            }
            else if (isValue)
                Dimensions.Add(name, intermediate!.Value);
        }
        DependencyOrder starts = new(States.Select(state => (state.Name, _inliner.Inline(RandomDraw.Show(state.Start, StartDraws)))));
        if (!ReportCycle(starts, "starts from itself"))
            return false;
        Dictionary<string, StateVariable> states = States.ToDictionary(state => state.Name, StringComparer.Ordinal);
        long? size = 0;
        foreach (string name in starts.Sorted)
            size += _inliner.TryAddStart(name, states[name].Start) ? _inliner.Start(name).Size : null;
        foreach (Expression argument in StartDraws.SelectMany(draw => draw.Arguments))
            size += _inliner.Size(_inliner.InlineAtStart(argument));
        foreach (Expression each in States.Select(state => state.Derivative).Concat(Events.Prepend(Spike).SelectMany(each => each.Expressions).Select(each => each.Value)))
            size += _inliner.Size(each);
        return size <= ModelLimits.Nodes || ReportOverflow(equations, "the model");
    }

    private IEnumerable<RandomDraw> AllDraws => Events.Prepend(Spike).SelectMany(each => each.Draws).Concat(StartDraws);

    private bool CheckCount(TextPlace place, string what, int count, int most)
    {
        if (count > most)
            findings.Add(place, $"the model has too many {what}", $"{count}", $"at most {most}");
        return count <= most;
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
            string what = _rates.Contains(state.Name) ? "the rate" : $"d{state.Name}/dt";
            Dimensions.Expect(state.Derivative, state.Unit.Dimension / Dimension.Time, what);
            Dimensions.Expect(state.Start, state.Unit.Dimension, $"the start of {state.Name}");
        }
        foreach (Expression argument in AllDraws.SelectMany(draw => draw.Arguments))
            Dimensions.Expect(argument, Dimension.None, "an argument of 'binomial'");
        foreach (EventDraft happening in Events.Prepend(Spike))
        {
            if (happening.When is not null)
                Dimensions.Check(happening.When);
            foreach (ResetAssignment assignment in happening.Reset)
            {
                if (States.Find(state => state.Name == assignment.State) is { } state)
                    Dimensions.Expect(assignment.Value, state.Unit.Dimension, $"the new value of {assignment.State}");
            }
            if (happening.RefractoryFor is not null)
                Dimensions.Expect(happening.RefractoryFor, Dimension.Time, "the refractory time");
            foreach ((Expression? time, string what) in new[] { (happening.First, "the time of an event"), (happening.Every, "the interval of events"), (happening.Last, "the last time of events") })
            {
                if (time is not null)
                    Dimensions.Expect(time, Dimension.Time, what);
            }
        }
    }

    private void CheckNoise()
    {
        NoiseCheck noise = new(_inliner, scope.Noises, findings);
        foreach (StateVariable state in States)
        {
            if (_rates.Contains(state.Name))
                noise.None(state.Derivative, "a rate");
            else
                noise.Linear(state.Derivative);
            noise.None(state.Start, $"the start of {state.Name}");
        }
        foreach (Expression argument in StartDraws.SelectMany(draw => draw.Arguments))
        {
            noise.None(argument, "the distribution of a random number");
            if (Occurrence.In(_inliner.InlineAtStart(argument), name => StartDraws.Exists(draw => draw.Name == name)))
                findings.Add(argument.Start, "the distribution of a random number cannot be random itself", Finding.Quote(argument.ToString()));
        }
        foreach ((Expression value, string what) in Events.Prepend(Spike).SelectMany(each => each.Expressions))
            noise.None(value, what);
    }

    // Times are known before the integration starts.
    private void CheckTimes(EventDraft happening)
    {
        HashSet<string> parameters = [.. Parameters.Select(parameter => parameter.Name), BuiltIn.Pi, .. scope.Noises];
        bool isKnown = true;
        foreach (Expression time in new[] { happening.First, happening.Every, happening.Last }.OfType<Expression>())
        {
            if (Occurrence.First(time, _inliner, name => !parameters.Contains(name)) is not { } unknown)
                continue;
            isKnown = false;
            findings.Add(unknown.Start, $"the times of the event {happening.Name} must be known beforehand", Finding.Quote(unknown.ToString()),
                "numbers and parameters", "write 'when:' for a moment that depends on the state");
        }
        if (!isKnown || happening.Every is not { } every || findings.Any)
            return;
        double interval = new Interpreter(Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Default.SI)).Evaluate(_inliner.Inline(every));
        if (!(interval > 0))
            findings.Add(every.Start, $"the interval of the event {happening.Name} must be above 0", $"{new Quantity(interval, Unit.Parse("s")!)} at the default parameters");
    }
}
