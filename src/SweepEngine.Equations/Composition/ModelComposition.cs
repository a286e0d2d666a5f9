namespace SweepEngine.Equations;

/// <summary>
/// A model while parts are added to it. Everything stays text of the model language, so that what comes out is a model like any other.
/// </summary>
internal sealed class ModelComposition
{
    private readonly ModelDefinition _host;
    private readonly TextPlace _place;
    private readonly Findings _findings;
    private readonly ModelDraft _draft;

    /// <summary>Begins with a model.</summary>
    /// <param name="host">The model.</param>
    /// <param name="place">Where the user says that a part is added.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    public ModelComposition(ModelDefinition host, TextPlace place, Findings findings)
    {
        (_host, _place, _findings, _draft) = (host, place, findings, ModelReader.NewDraft(findings));
        DeclareNames(_draft);
        foreach (ModelFunction imported in host.Functions.Except(OwnFunctions))
            _draft.Scope.Import(imported.Name);
        _draft.Scope.Noises.UnionWith(host.Noises);
        _draft.Parameters.AddRange(host.Parameters);
        _draft.States.AddRange(host.States);
        _draft.StartDraws.AddRange(host.StartDraws);
        _draft.Intermediates.AddRange(host.Intermediates);
        _draft.Functions.AddRange(OwnFunctions);
        if (host.Spike is { } spike)
            Fill(_draft.Spike, spike.When, null, spike.Reset, spike.Draws, spike.RefractoryFor, spike.Hold);
        foreach (ModelEvent happening in host.Events)
        {
            EventDraft copy = new(happening.Name);
            Fill(copy, happening.When, happening.Times, happening.Reset, happening.Draws, happening.RefractoryFor, happening.Hold);
            _draft.Events.Add(copy);
        }
    }

    /// <summary>The draft, for what is more than a part can say.</summary>
    public ModelDraft Draft => _draft;

    /// <summary>Declares the names of the model in a draft whose expressions may use them.</summary>
    public void DeclareNames(ModelDraft draft)
    {
        foreach (ModelParameter parameter in _host.Parameters)
            Declare(draft, parameter.Name, Meaning.Parameter, parameter.Unit.Dimension);
        foreach (StateVariable state in _host.States)
            Declare(draft, state.Name, Meaning.State, state.Unit.Dimension);
        foreach (Intermediate intermediate in _host.Intermediates)
            Declare(draft, intermediate.Name, Meaning.Intermediate, null);
        foreach (ModelFunction function in OwnFunctions)
            Declare(draft, function.Name, Meaning.Function, null, function.Arguments.Count);
    }

    /// <summary>Declares a name that a part takes from the model.</summary>
    public void Declare(ModelDraft draft, string name, Meaning meaning, Dimension? dimension, int arguments = 0)
    {
        draft.Scope.Declare(name, new Declared(meaning, _place, arguments), _findings);
        if (dimension is { } known)
            draft.Dimensions.Add(name, known);
    }

    /// <summary>True when a part cannot have the name.</summary>
    public bool IsTaken(string name) => _draft.Scope[name] is not null || _draft.Scope.Noises.Contains(name) || BuiltIn.Reserves(name);

    /// <summary>Puts an expression in the place of a name wherever it occurs so far.</summary>
    /// <param name="name">The name.</param>
    /// <param name="by">The expression.</param>
    /// <param name="inStarts">Whether also in start values.</param>
    public void Replace(string name, Expression by, bool inStarts)
    {
        Renaming renaming = new(new Dictionary<string, Expression>(StringComparer.Ordinal) { [name] = by });
        Renaming starts = inStarts ? renaming : new Renaming(new Dictionary<string, Expression>());
        Map(_draft.Intermediates, each => each with { Value = renaming.Of(each.Value) });
        Map(_draft.Functions, renaming.Of);
        Map(_draft.States, state => state with { Derivative = renaming.Of(state.Derivative), Start = starts.Of(state.Start) });
        Map(_draft.StartDraws, starts.Of);
        foreach (EventDraft happening in _draft.Events.Prepend(_draft.Spike))
            Rename(happening, renaming);
    }

    /// <summary>Adds a part under the names that it shall have here.</summary>
    /// <param name="part">The part.</param>
    /// <param name="renaming">From its names to those in this model.</param>
    public void Add(ModelDraft part, Renaming renaming)
    {
        foreach (ModelFunction imported in part.Scope.Imported)
        {
            if (_draft.Scope.Import(imported.Name) is null)
                _findings.Add(_place, $"the part calls {imported.Name}, which means something else in the model {_host.Name}",
                    hint: $"give what {_host.Name} calls {imported.Name} another name");
        }
        foreach (ModelParameter parameter in part.Parameters)
            Add(parameter with { Name = renaming.Name(parameter.Name) });
        foreach (StateVariable state in part.States)
            Add(new StateVariable(renaming.Name(state.Name), state.Unit, renaming.Of(state.Derivative), renaming.Of(state.Start), state.Summary));
        foreach (Intermediate intermediate in part.Intermediates)
            Add(new Intermediate(renaming.Name(intermediate.Name), renaming.Of(intermediate.Value)));
        foreach (ModelFunction function in part.Functions)
        {
            ModelFunction renamed = renaming.Of(function);
            Declare(_draft, renamed.Name, Meaning.Function, null, function.Arguments.Count);
            _draft.Functions.Add(renamed);
        }
        foreach (string noise in part.Scope.Noises)
            _draft.Scope.Noises.Add(renaming.Name(noise));
        _draft.StartDraws.AddRange(part.StartDraws.Select(renaming.Of));
        foreach (EventDraft happening in part.Events)
        {
            Rename(happening, renaming);
            _draft.Events.Add(happening);
        }
    }

    /// <summary>Adds a parameter.</summary>
    public void Add(ModelParameter parameter)
    {
        Declare(_draft, parameter.Name, Meaning.Parameter, parameter.Unit.Dimension);
        _draft.Parameters.Add(parameter);
    }

    /// <summary>Adds a state.</summary>
    public void Add(StateVariable state)
    {
        Declare(_draft, state.Name, Meaning.State, state.Unit.Dimension);
        _draft.States.Add(state);
    }

    /// <summary>Adds an intermediate.</summary>
    public void Add(Intermediate intermediate)
    {
        Declare(_draft, intermediate.Name, Meaning.Intermediate, null);
        _draft.Intermediates.Add(intermediate);
    }

    /// <summary>Adds a term to the derivative of a state.</summary>
    public void AddTerm(string state, Expression term)
    {
        int i = _draft.States.FindIndex(each => each.Name == state);
        _draft.States[i] = _draft.States[i] with { Derivative = new Binary(BinaryOperator.Add, _draft.States[i].Derivative, term) };
    }

    /// <summary>The model, when nothing is wrong with it. Of its parts, dimensions are checked only here.</summary>
    /// <param name="times">Expressions that must be times, with what each is to the user.</param>
    public ModelDefinition? Definition(params ReadOnlySpan<(Expression Time, string What)> times)
    {
        int before = _findings.Count;
        _draft.Check(_place);
        foreach ((Expression time, string what) in times)
        {
            if (_findings.Count == before)
                _draft.Dimensions.Expect(time, Dimension.Time, what);
        }
        if (_findings.Count > before)
            return null;
        ModelDefinition model = _draft.Definition(_host.Name, _host.Summary, _host.Source, _host.Voltage);
        foreach ((Expression time, string what) in times)
        {
            if (_findings.Count == before && Occurrence.In(model.Inline(time), name => model.Parameter(name) is null && name != BuiltIn.Pi))
                _findings.Add(time.Start, $"{what} must be known beforehand", Finding.Quote(time.ToString()), "numbers and parameters");
        }
        return _findings.Count > before ? null : model;
    }

    // All but the closed forms.
    private IEnumerable<ModelFunction> OwnFunctions => _host.Functions.Where(function => function.Signature is null || function.Table is not null);

    private static void Fill(EventDraft draft, Expression? when, EventTimes? times, IReadOnlyList<ResetAssignment> reset, IReadOnlyList<RandomDraw> draws,
        Expression? refractoryFor, IReadOnlyList<string> hold)
    {
        (draft.When, draft.First, draft.Every, draft.Last, draft.RefractoryFor) = (when, times?.First, times?.Every, times?.Last, refractoryFor);
        draft.Reset.AddRange(reset);
        draft.Draws.AddRange(draws);
        draft.Hold.AddRange(hold);
    }

    private static void Rename(EventDraft happening, Renaming renaming)
    {
        (happening.When, happening.First, happening.Every, happening.Last, happening.RefractoryFor) =
            (renaming.OfOptional(happening.When), renaming.OfOptional(happening.First), renaming.OfOptional(happening.Every),
                renaming.OfOptional(happening.Last), renaming.OfOptional(happening.RefractoryFor));
        Map(happening.Reset, renaming.Of);
        Map(happening.Draws, renaming.Of);
        Map(happening.Hold, renaming.Name);
    }

    private static void Map<T>(List<T> list, Func<T, T> change)
    {
        for (int i = 0; i < list.Count; i++)
            list[i] = change(list[i]);
    }
}
