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
        for (int i = 0; i < model.States.Count; i++)
            _states.Add(model.States[i].Name, i);

        Derivatives = CompileExpressions([.. model.States.Select(state => state.Derivative)]);
        Start = CompileExpressions([.. model.States.Select((_, i) => model.InlineStart(i))]);
        if (model.Spike is not { } spike)
            return;
        Threshold = CompileExpressions([spike.Threshold]);
        if (spike.Reset.Count > 0)
            Reset = CompileExpressions([.. model.States.Select(state =>
                spike.Reset.FirstOrDefault(assignment => assignment.State == state.Name)?.Value ?? new Symbol(state.Name))]);
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

    /// <summary>dy/dt of every state, in the order of <see cref="ModelDefinition.States"/> [SI per s].</summary>
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
        Expression[] inlined = [.. expressions.Select(Model.Inline)];
        ExpressionGraph graph = new(inlined, _fixed, _states, _swept, writeOut: true);
        if (graph.Nodes.Count > LargestWrittenOut)
            graph = new ExpressionGraph(inlined, _fixed, _states, _swept, writeOut: false);
        return new LaneProgram(graph, LaneWidth);
    }

    /// <summary>A plain interpreter of the same texts for one grid point; it gives the same bits as the compiled code.</summary>
    /// <param name="t">Time [s].</param>
    /// <param name="y">The states; may be empty where none is read.</param>
    /// <param name="p">The swept parameters; may be empty where none is read.</param>
    /// <returns>The interpreter; expressions given to it must be written out by <see cref="ModelDefinition.Inline"/>.</returns>
    public Interpreter Interpret(double t, ReadOnlySpan<double> y, ReadOnlySpan<double> p)
    {
        Dictionary<string, double> values = new(_fixed, StringComparer.Ordinal) { [BuiltIn.Time] = t };
        for (int i = 0; i < y.Length; i++)
            values.Add(Model.States[i].Name, y[i]);
        for (int k = 0; k < p.Length; k++)
            values.Add(Swept[k], p[k]);
        return new Interpreter(values);
    }
}
