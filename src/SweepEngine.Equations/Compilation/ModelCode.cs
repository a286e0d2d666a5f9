using SweepEngine.Lanes;

namespace SweepEngine.Equations;

/// <summary>
/// A model as code for a sweep: parameters that do not change are constants in it, the swept ones are read per lane. All numbers are in
/// SI units.
/// </summary>
public sealed class ModelCode
{
    // Operations, as of 90 exponentials. The just-in-time compiler does not optimise methods of more than 60,000 bytes: 120 exponentials
    // took 2.2 ns each written out (0.85 below that size), and 1.0 ns called.
    private const int LargestWrittenOut = 3000;

    // A larger model becomes several methods, each of about as many operations and at most so many outputs. Of a Hodgkin-Huxley cable with 100
    // compartments, one takes 8 to 12 ns so and took 165 ns as one method that calls the functions.
    private const int EnoughForMethod = 2000, OutputsOfMethod = 250;

    private readonly ComputedForm _form;
    private readonly Dictionary<string, double> _fixed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _states = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _swept = new(StringComparer.Ordinal);

    private ModelCode(ModelDefinition model, IReadOnlyDictionary<string, double> fixedSI, IReadOnlyList<string> swept, int laneWidth)
    {
        Model = model;
        Swept = [.. swept];
        LaneWidth = laneWidth;
        foreach (string name in swept.Concat(fixedSI.Keys))
        {
            if (model.Parameter(name) is null)
                throw new ArgumentException($"'{name}' is not a parameter of {model.Name}.");
        }
        for (int k = 0; k < swept.Count; k++)
        {
            if (!_swept.TryAdd(swept[k], k) || fixedSI.ContainsKey(swept[k]))
                throw new ArgumentException($"'{swept[k]}' is swept twice, or both swept and fixed.");
        }
        foreach (ModelParameter parameter in model.Parameters)
        {
            if (!_swept.ContainsKey(parameter.Name))
                _fixed.Add(parameter.Name, fixedSI.TryGetValue(parameter.Name, out double value) ? value : parameter.Default.SI);
        }
        // Without their noises the derivatives are the drift.
        foreach (string noise in model.Noises)
            _fixed.Add(noise, 0);
        for (int i = 0; i < model.States.Count; i++)
            _states.Add(model.States[i].Name, i);
        _form = new ComputedForm(model);

        Derivatives = CompileExpressions([.. model.States.Select(state => state.Derivative)]);
        Start = CompileWithDraws([.. model.States.Select((_, i) => model.InlineStart(i))], model.StartDraws);
        StartDraws = CompileDraws([.. model.StartDraws.Select(draw => draw with { Arguments = [.. draw.Arguments.Select(model.InlineAtStart)] })]);
        if (model.Noises.Count > 0)
            Diffusion = CompileExpressions([.. model.NoiseTerms.Select(term => term.Intensity)]);
        Events = [.. model.Events.Select(CompileEvent)];
        if (model.Spike is not { } spike)
            return;
        Threshold = CompileExpressions([spike.Threshold]);
        Reset = CompileReset(spike.Reset, spike.Draws);
        SpikeDraws = CompileDraws(spike.Draws);
        if (spike.RefractoryFor is not null)
            RefractoryFor = CompileExpressions([spike.RefractoryFor]);
        Held = [.. spike.Hold.Select(model.StateIndex).Order()];
    }

    /// <summary>The model.</summary>
    public ModelDefinition Model { get; }

    /// <summary>The parameters that are read per lane, in the order of the rows of <c>p</c>.</summary>
    public IReadOnlyList<string> Swept { get; }

    /// <summary>Width of the registers that the code is made for: 8, 4 or 1.</summary>
    public int LaneWidth { get; }

    /// <summary>dy/dt of every state, in the order of <see cref="ModelDefinition.States"/> [SI per s]; with white noise, the drift.</summary>
    public LaneProgram Derivatives { get; }

    /// <summary>y(0) of every state.</summary>
    public LaneProgram Start { get; }

    /// <summary>One output: a spike is where it crosses zero upward. Null for a model without spikes.</summary>
    public LaneProgram? Threshold { get; }

    /// <summary>Every state after a spike, over t and y just before it; null when a spike changes none.</summary>
    public LaneProgram? Reset { get; }

    /// <summary>One output: how long states are held after a spike [s], over t and y just before it; null when none is.</summary>
    public LaneProgram? RefractoryFor { get; }

    /// <summary>Indices of the states whose derivative is zero while refractory, ascending.</summary>
    public IReadOnlyList<int> Held { get; } = [];

    /// <summary>What else happens to the state, in the order of <see cref="ModelDefinition.Events"/>.</summary>
    public IReadOnlyList<EventCode> Events { get; }

    /// <summary>
    /// What multiplies the white noises in the derivatives [SI], an output for each of <see cref="ModelDefinition.NoiseTerms"/>; null for a model without noise.
    /// </summary>
    public LaneProgram? Diffusion { get; }

    /// <summary>The random numbers that <see cref="Start"/> reads.</summary>
    public DrawCode StartDraws { get; }

    /// <summary>The random numbers that <see cref="Reset"/> reads.</summary>
    public DrawCode SpikeDraws { get; } = DrawCode.None;

    /// <summary>The most random numbers that any one program reads.</summary>
    public int MostDraws => Events.Select(each => each.Draws.Count).Append(StartDraws.Count).Append(SpikeDraws.Count).Max();

    /// <summary>Compiles a model. Code is made when it is first used, or by <see cref="LaneProgram.Prepare"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="fixedSI">Parameter values that are the same in all lanes; those neither here nor swept take their default.</param>
    /// <param name="swept">Parameters that are read per lane.</param>
    /// <param name="laneWidth">8, 4 or 1; the best for this processor by default. The results do not depend on it.</param>
    /// <returns>The code.</returns>
    /// <exception cref="ArgumentException">A name is not a parameter, or occurs twice; or there is no such width.</exception>
    public static ModelCode Compile(ModelDefinition model, IReadOnlyDictionary<string, double> fixedSI, IReadOnlyList<string> swept, int? laneWidth = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(fixedSI);
        ArgumentNullException.ThrowIfNull(swept);
        int width = laneWidth ?? LaneWidths.Best;
        if (!LaneWidths.All.Contains(width))
            throw new ArgumentException($"A lane has 8, 4 or 1 elements, not {width}.", nameof(laneWidth));
        return new ModelCode(model, fixedSI, swept, width);
    }

    /// <summary>Compiles further expressions of the model, such as the entries of a Jacobian.</summary>
    /// <param name="expressions">Numbers, not conditions, over t, states, parameters, intermediates and functions of the model.</param>
    /// <returns>A program with one output per expression.</returns>
    /// <exception cref="ArgumentException">A name is not one of the model.</exception>
    public LaneProgram CompileExpressions(IReadOnlyList<Expression> expressions)
    {
        ArgumentNullException.ThrowIfNull(expressions);
        return CompileExpressions(expressions, []);
    }

    /// <summary>Expressions of the model as a graph in which elementary functions are operations.</summary>
    /// <param name="expressions">The expressions.</param>
    internal ExpressionGraph GraphOf(IReadOnlyList<Expression> expressions) =>
        new(_form.Of(expressions.Select(Model.Inline)), _fixed, _states, _swept, writeOut: false);

    /// <summary>Derives the equations by the states and by the time, and compiles what is not zero.</summary>
    /// <returns>The derivatives.</returns>
    public JacobianCode CompileJacobian() => new(this);

    /// <summary>Derives the equations by a parameter.</summary>
    /// <param name="parameter">Name of a parameter; one that is not swept counts with its value.</param>
    /// <returns>A program with one output per state: ∂f/∂p.</returns>
    public LaneProgram CompileParameterSlopes(string parameter) =>
        CompileExpressions([.. Model.States.Select(state => SymbolicDerivative.Of(Model.Inline(state.Derivative), parameter))]);

    /// <summary>Derives the equations along directions up to three times.</summary>
    /// <param name="parameters">Names of parameters that directions have components of too, behind those of the states.</param>
    /// <returns>The derivatives.</returns>
    public DirectionalCode CompileDirectional(params IReadOnlyList<string> parameters) => new(this, parameters);

    // Random numbers are rows of p behind the swept parameters, in the order of the list.
    private LaneProgram CompileWithDraws(IReadOnlyList<Expression> expressions, IReadOnlyList<RandomDraw> draws) =>
        CompileExpressions(expressions, [.. draws.Select(draw => draw.Name)]);

    /// <summary>Compiles expressions that have further inputs.</summary>
    /// <param name="expressions">As in <see cref="CompileExpressions(IReadOnlyList{Expression})"/>, also over the inputs.</param>
    /// <param name="inputs">Names of the inputs, which no model has; they are rows of p behind the swept parameters, in this order.</param>
    /// <returns>A program with one output per expression.</returns>
    /// <exception cref="ArgumentException">A name is not one of the model or of the inputs.</exception>
    internal LaneProgram CompileExpressions(IReadOnlyList<Expression> expressions, IReadOnlyList<string> inputs)
    {
        Dictionary<string, int> rows = _swept;
        if (inputs.Count > 0)
        {
            rows = new Dictionary<string, int>(_swept, StringComparer.Ordinal);
            foreach (string input in inputs)
                rows.Add(input, rows.Count);
        }
        Expression[] inlined = _form.Of(expressions.Select(Model.Inline));
        ExpressionGraph whole = new(inlined, _fixed, _states, rows, writeOut: true, LargestWrittenOut);
        if (whole.Outputs.Count == inlined.Length && whole.Outputs.Count <= OutputsOfMethod && whole.Nodes.Count <= LargestWrittenOut)
            return new LaneProgram([whole], LaneWidth);
        List<ExpressionGraph> graphs = [];
        for (int done = 0; done < inlined.Length; done += graphs[^1].Outputs.Count)
        {
            graphs.Add(new ExpressionGraph(inlined.Skip(done).Take(OutputsOfMethod), _fixed, _states, rows, writeOut: true, EnoughForMethod));
            // One expression alone can be too large.
            if (graphs[^1].Nodes.Count > LargestWrittenOut)
                graphs[^1] = new ExpressionGraph(inlined.Skip(done).Take(graphs[^1].Outputs.Count), _fixed, _states, rows, writeOut: false);
        }
        return new LaneProgram(graphs, LaneWidth);
    }

    // Null when nothing changes.
    private LaneProgram? CompileReset(IReadOnlyList<ResetAssignment> reset, IReadOnlyList<RandomDraw> draws) => reset.Count == 0 ? null
        : CompileWithDraws([.. Model.States.Select(state =>
            reset.FirstOrDefault(assignment => assignment.State == state.Name)?.Value ?? new Symbol(state.Name))], draws);

    private DrawCode CompileDraws(IReadOnlyList<RandomDraw> draws)
    {
        Expression[] arguments = [.. draws.SelectMany(draw => draw.Arguments)];
        return new DrawCode([.. draws.Select(draw => draw.Kind)], arguments.Length == 0 ? null : CompileExpressions(arguments));
    }

    private EventCode CompileEvent(ModelEvent happening) => new(
        happening,
        happening.When is { } when ? CompileExpressions([Crossing.Of(when)]) : null,
        happening.Times is { } times ? CompileExpressions([times.First, times.Every ?? new Number(double.PositiveInfinity), times.Last ?? new Number(double.PositiveInfinity)]) : null,
        CompileReset(happening.Reset, happening.Draws),
        CompileDraws(happening.Draws),
        happening.RefractoryFor is { } time ? CompileExpressions([time]) : null,
        [.. happening.Hold.Select(Model.StateIndex).Order()]);

    /// <summary>A plain interpreter of the same texts for one grid point; it gives the same bits as the compiled code.</summary>
    /// <param name="t">Time [s].</param>
    /// <param name="y">The states; may be empty where none is read.</param>
    /// <param name="p">The swept parameters, then the values of <paramref name="draws"/>; may be empty where none is read.</param>
    /// <param name="draws">The random numbers that the expressions read; none by default.</param>
    /// <returns>The interpreter; expressions given to it must be written out by <see cref="ModelDefinition.Inline"/>.</returns>
    public Interpreter Interpret(double t, ReadOnlySpan<double> y, ReadOnlySpan<double> p, IReadOnlyList<RandomDraw>? draws = null)
    {
        Dictionary<string, double> values = new(_fixed, StringComparer.Ordinal) { [BuiltIn.Time] = t };
        for (int i = 0; i < y.Length; i++)
            values.Add(Model.States[i].Name, y[i]);
        for (int k = 0; k < p.Length; k++)
            values.Add(k < Swept.Count ? Swept[k] : draws![k - Swept.Count].Name, p[k]);
        return new Interpreter(values, _form);
    }
}

/// <summary>The code of an event.</summary>
/// <param name="Event">The event.</param>
/// <param name="Condition">One output, which crosses zero upward where the event happens; null when it has times.</param>
/// <param name="Times">Three outputs over parameters: first time, interval, last time [s], the latter two infinite where there is none; null when it has a condition.</param>
/// <param name="Reset">Every state after the event, over t, y just before it, and <paramref name="Draws"/>; null when it changes none.</param>
/// <param name="Draws">The random numbers that <paramref name="Reset"/> reads.</param>
/// <param name="RefractoryFor">One output: how long states are held [s], over t and y just before the event; null when none is.</param>
/// <param name="Held">Indices of the states whose derivative is zero for that time, ascending.</param>
public sealed record EventCode(
    ModelEvent Event, LaneProgram? Condition, LaneProgram? Times, LaneProgram? Reset, DrawCode Draws, LaneProgram? RefractoryFor, IReadOnlyList<int> Held);

/// <summary>Random numbers that a program reads as rows of p behind the swept parameters, in this order.</summary>
/// <param name="Kinds">The distribution of each.</param>
/// <param name="Arguments">The arguments of their distributions, one after the other, over t, y and p; null when none has any.</param>
public sealed record DrawCode(IReadOnlyList<RandomKind> Kinds, LaneProgram? Arguments)
{
    /// <summary>No random numbers.</summary>
    public static DrawCode None { get; } = new([], null);

    /// <summary>How many there are.</summary>
    public int Count => Kinds.Count;
}
