namespace SweepEngine.Equations;

/// <summary>When the presynaptic spikes of a synapse come.</summary>
public enum SynapseInput
{
    /// <summary>At random, as a Poisson process of the parameter <c>rate</c>.</summary>
    Poisson,

    /// <summary>So many that only their mean counts: what a spike changes becomes a rate of change, <c>rate</c> times as much.</summary>
    Mean,

    /// <summary>At regular intervals: <c>from</c>, <c>from + every</c>, …</summary>
    Regular,

    /// <summary>Once, at the time <c>at</c>.</summary>
    Once,
}

/// <summary>A synapse as a sweep file asks for it.</summary>
/// <param name="Name">Its name, which becomes the ending of all that it adds to the model.</param>
/// <param name="Input">When its presynaptic spikes come.</param>
/// <param name="Releases">Whether each spike releases a random part of n quanta, each with the probability p.</param>
/// <param name="Target">The parameter of the model to which its current is added; null for the usual one.</param>
/// <param name="Voltage">The membrane potential that it sees; null for that of the model.</param>
public sealed record SynapseRequest(string Name, SynapseInput Input, bool Releases, string? Target, string? Voltage);

/// <summary>
/// Adds synapses to models: their states, what a presynaptic spike does to these, and their current. Everything a synapse defines has its name as an ending.
/// </summary>
public static class SynapseComposition
{
    private const string Potential = "V", Released = "w", Hazard = "hazard";

    private static readonly string[] UsualTargets = ["I_app", "I", "I_ext", "Iapp", "iapp"];

    /// <summary>Keys of a synapse in the library.</summary>
    public static IReadOnlyList<YamlKey> Keys { get; } =
    [
        new("synapse", YamlKinds.Text, true, "its name"),
        new("summary", YamlKinds.Text, true, "what it is, in a sentence"),
        new("source", YamlKinds.Text, false, "the paper or book it comes from"),
        new("equations", YamlKinds.Text, false, "its equations, which may use the membrane potential V"),
        new("current", YamlKinds.Text, false, "the current that it adds to the input current of the model; positive currents depolarise"),
        new("on_spike", YamlKinds.Text, true, "what a presynaptic spike does to its states; w is the part of the quanta that is released"),
        new("states", YamlKinds.Map, false, "its states"),
        new("parameters", YamlKinds.Map, true, "its parameters"),
    ];

    /// <summary>Adds a synapse of the library.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">What the user asks for.</param>
    /// <param name="text">The text of the synapse; <c>&lt;V&gt;</c> and <c>&lt;input&gt;</c> in it stand for units of the model.</param>
    /// <param name="place">Where the user names the synapse.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The model with the synapse and what became of its parameters, or null when something is wrong.</returns>
    public static (ModelDefinition Model, PartParameters Parameters)? Add(
        ModelDefinition model, SynapseRequest request, string text, TextPlace place, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(findings);
        int before = findings.Count;
        if (VoltageOf(model, request, place, findings) is not { } voltage)
            return null;
        ModelParameter? target = TargetOf(model, request);
        PartText filled = new(text, new Dictionary<string, Unit> { [Potential] = voltage.Unit, ["input"] = target?.Unit ?? Unit.One });
        if (YamlFile.Read(filled.Text, "synapse", findings) is not { } map)
            return null;
        map.Check(Keys, "the synapse", findings);
        if (target is null && map.Entry("current") is not null)
        {
            findings.Add(place, $"the model {model.Name} has no parameter that is known as its input current",
                request.Target is null ? null : Finding.Quote(request.Target), string.Join(", ", model.Parameters.Select(each => each.Name)),
                "name it: add 'input:' to the synapse");
            return null;
        }

        ModelComposition composition = new(model, place, findings);
        ModelDraft part = ModelReader.NewDraft(findings);
        composition.Declare(part, Potential, Meaning.State, voltage.Unit.Dimension);
        composition.Declare(part, Released, Meaning.Parameter, Dimension.None);
        ModelReader.ReadPart(map, part, findings);
        HashSet<string> withoutDefault = filled.WithoutDefault(map);
        foreach ((ModelParameter parameter, bool isGiven) in InputParameters(request))
        {
            part.Parameters.Add(parameter);
            if (isGiven)
                withoutDefault.Add(parameter.Name);
        }
        EventDraft spike = new(request.Name);
        new EventReader(part, findings).ReadReset(map.Text("on_spike")!, spike);
        Expression? current = map.Text("current") is { } written ? EquationLines.Single(written, part.Scope, findings) : null;
        string Named(string name) => $"{name}_{request.Name}";
        string[] added = [.. part.Parameters.Select(each => each.Name), .. part.States.Select(each => each.Name), .. part.Intermediates.Select(each => each.Name),
            .. current is null ? [] : new[] { "I" }, .. request.Input is SynapseInput.Poisson ? [Hazard] : Array.Empty<string>()];
        foreach (string name in added.Where(name => composition.IsTaken(Named(name))))
            findings.Add(place, $"the synapse {request.Name} needs the name '{Named(name)}', which the model {model.Name} uses for something else",
                hint: "give the synapse another name");
        if (findings.Count > before)
            return null;

        PartNames names = new(part, Named);
        names.Take(Potential, new Symbol(voltage.Name));
        names.Take(Released, request switch
        {
            { Releases: false } => new Number(1),
            { Input: SynapseInput.Mean } => new Symbol(Named("p")),
            _ => new Binary(BinaryOperator.Divide, new Symbol(Draw(request)), new Symbol(Named("n"))),
        });
        composition.Add(part, names.Renaming);
        if (current is not null)
        {
            composition.Replace(target!.Name, new Binary(BinaryOperator.Add, new Symbol(target.Name), new Symbol(Named("I"))), inStarts: false);
            composition.Add(new Intermediate(Named("I"), names.Renaming.Of(current)));
        }
        AddInput(composition, request, [.. spike.Reset.Select(names.Renaming.Of)]);
        return composition.Definition() is { } composed ? (composed, names.Parameters(withoutDefault)) : null;
    }

    private static string Draw(SynapseRequest request) => $"binomial#{request.Name}";

    private static void AddInput(ModelComposition composition, SynapseRequest request, IReadOnlyList<ResetAssignment> spike)
    {
        Symbol Named(string name) => new($"{name}_{request.Name}");
        if (request.Input is SynapseInput.Mean)
        {
            foreach (ResetAssignment assignment in spike)
                composition.AddTerm(assignment.State, new Binary(BinaryOperator.Multiply, Named("rate"), Increment(assignment)));
            return;
        }
        EventDraft happening = new(request.Name);
        happening.Reset.AddRange(spike);
        if (request.Releases)
            happening.Draws.Add(new RandomDraw(Draw(request), RandomKind.Binomial, [Named("n"), Named("p")]));
        if (request.Input is SynapseInput.Poisson)
        {
            string hazard = Named(Hazard).Name;
            composition.Declare(composition.Draft, hazard, Meaning.State, Dimension.None);
            composition.Draft.AddRate(happening, hazard, Named("rate"));
        }
        else
            (happening.First, happening.Every) = request.Input is SynapseInput.Regular ? (Named("from"), Named("every")) : (Named("at"), null);
        composition.Draft.Events.Add(happening);
    }

    // By how much a spike changes a state.
    private static Expression Increment(ResetAssignment assignment) =>
        assignment.Value is Binary { Operator: BinaryOperator.Add, Left: Symbol state } sum && state.Name == assignment.State ? sum.Right
        : new Binary(BinaryOperator.Subtract, assignment.Value, new Symbol(assignment.State));

    private static IEnumerable<(ModelParameter Parameter, bool MustBeGiven)> InputParameters(SynapseRequest request)
    {
        static Quantity Of(double value, string unit) => new(value, Unit.Parse(unit)!);
        switch (request.Input)
        {
            case SynapseInput.Regular:
                yield return (new("every", Of(1, "ms"), new Bound(Of(0, "ms"), true), null, "interval of the presynaptic spikes"), true);
                yield return (new("from", Of(0, "ms"), new Bound(Of(0, "ms"), false), null, "time of the first presynaptic spike"), false);
                break;
            case SynapseInput.Once:
                yield return (new("at", Of(0, "ms"), new Bound(Of(0, "ms"), false), null, "time of the presynaptic spike"), true);
                break;
            default:
                yield return (new("rate", Of(0, "Hz"), new Bound(Of(0, "Hz"), false), null, "rate of the presynaptic spikes"), true);
                break;
        }
        if (!request.Releases)
            yield break;
        yield return (new("n", Of(1, "1"), new Bound(Of(1, "1"), false), null, "quanta that a presynaptic spike can release"), true);
        yield return (new("p", Of(1, "1"), new Bound(Of(0, "1"), false), new Bound(Of(1, "1"), false), "probability that a quantum is released"), true);
    }

    private static ModelParameter? TargetOf(ModelDefinition model, SynapseRequest request) => request.Target is { } name
        ? model.Parameter(name) : UsualTargets.Select(model.Parameter).FirstOrDefault(each => each is not null);

    private static StateVariable? VoltageOf(ModelDefinition model, SynapseRequest request, TextPlace place, Findings findings)
    {
        string? name = request.Voltage ?? model.Voltage;
        if (name is not null && model.StateIndex(name) is >= 0 and int index)
            return model.States[index];
        findings.Add(place, $"the model {model.Name} has no state that is known as its membrane potential", name is null ? null : Finding.Quote(name),
            string.Join(", ", model.States.Select(each => each.Name)), "name it: add 'voltage:' to the synapse");
        return null;
    }
}
