using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>A state that a phase plane does not show.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Constant">The value at which it is held [SI]; null where it is at its steady state at each point of the plane.</param>
public sealed record HeldState(string Name, double? Constant);

/// <summary>
/// The equations of a model over two of its states at fixed parameters. Of a model with a reset the plane is that below threshold, with the lines from and to which its state
/// jumps. Not for several threads at once.
/// </summary>
public sealed class PhasePlane
{
    private readonly Dictionary<string, Expression> _replaced;
    private readonly ModelCode _code;
    private readonly PlaneProgram _slopes, _jacobian, _curvatures;
    private readonly PlaneProgram? _jump;

    /// <summary>Compiles the equations.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parametersSI">Values of parameters; the others have their default.</param>
    /// <param name="x">The horizontal state.</param>
    /// <param name="y">The vertical state.</param>
    /// <param name="held">
    /// Values at which other states are held. A state that is not among them stands at its steady state where that follows from its equation, which is then linear in it and has no further
    /// unknown state, and at its start value otherwise.
    /// </param>
    /// <exception cref="ArgumentException"><see cref="Hindrance"/> is not null; or a state is none of the model, or named twice.</exception>
    public PhasePlane(ModelDefinition model, IReadOnlyDictionary<string, double> parametersSI, string x, string y, IReadOnlyDictionary<string, double> held)
    {
        ArgumentNullException.ThrowIfNull(held);
        if (Hindrance(model) is { } hindrance)
        {
            throw new ArgumentException(hindrance, nameof(model));
        }

        if (held.Keys.Append(x).Append(y).FirstOrDefault(name => model.StateIndex(name) < 0) is { } unknown)
        {
            throw new ArgumentException($"'{unknown}' is not a state of {model.Name}.");
        }

        if (held.Keys.Append(x).Append(y).Distinct().Count() < held.Count + 2)
        {
            throw new ArgumentException("A state is named twice.");
        }

        (Model, _replaced) = (model, []);
        (X, Y) = (model.States[model.StateIndex(x)], model.States[model.StateIndex(y)]);
        _code = ModelCode.Compile(model, parametersSI, []);
        double[] start = new double[model.States.Count];
        _code.Start.Evaluate([], [], [], start, 1, 0, 1);
        Held = Hold(held, start);
        Expression f = Written(X.Derivative), g = Written(Y.Derivative);
        Expression byX(Expression e) => SymbolicDerivative.Of(e, x);
        Expression byY(Expression e) => SymbolicDerivative.Of(e, y);
        (Expression fx, Expression fy, Expression gx, Expression gy) = (byX(f), byY(f), byX(g), byY(g));
        _slopes = Compile(f, g, new Binary(BinaryOperator.Add, fx, gy));
        _jacobian = Compile(fx, fy, gx, gy);
        _curvatures = Compile(byX(fx), byY(fx), byY(fy), byX(gx), byY(gx), byY(gy));
        XSlope = new PlaneFunction(Compile, f, x, y);
        YSlope = new PlaneFunction(Compile, g, x, y);
        Start = new(start[model.StateIndex(x)], start[model.StateIndex(y)]);
        if (model.Spike is { } spike && (spike.Reset.Count > 0 || spike.RefractoryFor is not null))
        {
            Threshold = new PlaneFunction(Compile, Written(spike.Threshold), x, y);
            _jump = Compile(After(x), After(y), spike.RefractoryFor is { } time ? Written(time) : new Number(0));
            (HoldsX, HoldsY) = (spike.Hold.Contains(x), spike.Hold.Contains(y));
            Expression After(string state) => Written(spike.Reset.FirstOrDefault(each => each.State == state)?.Value ?? new Symbol(state));
        }
    }

    /// <summary>Why a model has no phase plane: events, random numbers, or equations that depend on time.</summary>
    /// <param name="model">The model.</param>
    /// <returns>A sentence, or null when it has one.</returns>
    public static string? Hindrance(ModelDefinition model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.States.Count < 2 ? $"{model.Name} has one state, {model.States[0].Name}, and so no plane."
            : model.IsRandom ? $"{model.Name} is random: {(model.Noises.Count > 0 ? "it has white noise" : "it draws random numbers")}, so it has no orbits that a plane could show."
            : model.Events.Count > 0 ? $"{model.Name} has events ({string.Join(", ", model.Events.Select(each => each.Name))}), at which its state jumps."
            : model.States.FirstOrDefault(state => Linearity.Depends(model.Inline(state.Derivative), "t")) is { } state
                ? $"The equations of {model.Name} depend on time: d{state.Name}/dt does."
            : null;
    }

    /// <summary>The model.</summary>
    public ModelDefinition Model { get; }

    /// <summary>The horizontal state.</summary>
    public StateVariable X { get; }

    /// <summary>The vertical state.</summary>
    public StateVariable Y { get; }

    /// <summary>The states that the plane does not show, in the order of the model.</summary>
    public IReadOnlyList<HeldState> Held { get; }

    /// <summary>Where the model starts.</summary>
    public PlanePoint Start { get; }

    /// <summary>Whether the model's state jumps at a threshold.</summary>
    public bool HasReset => Threshold is not null;

    /// <summary>dx/dt.</summary>
    internal PlaneFunction XSlope { get; }

    /// <summary>dy/dt.</summary>
    internal PlaneFunction YSlope { get; }

    /// <summary>Crosses zero upward at a spike; null for a model without a reset.</summary>
    internal PlaneFunction? Threshold { get; }

    /// <summary>Whether the horizontal state is held while refractory.</summary>
    internal bool HoldsX { get; }

    /// <summary>Whether the vertical state is held while refractory.</summary>
    internal bool HoldsY { get; }

    /// <summary>One display unit of each state [SI].</summary>
    internal (double X, double Y) Scale => (X.Unit.ToSI(1), Y.Unit.ToSI(1));

    /// <summary>dx/dt, dy/dt [SI per s] and the divergence [1/s].</summary>
    internal ReadOnlySpan<double> Slopes(double x, double y) => _slopes.At(x, y);

    /// <summary>The same at many points: shape [3 × points].</summary>
    internal double[] Slopes(IReadOnlyList<PlanePoint> points) => _slopes.At(points);

    /// <summary>∂(dx/dt)/∂x, ∂(dx/dt)/∂y, ∂(dy/dt)/∂x, ∂(dy/dt)/∂y.</summary>
    internal (double XX, double XY, double YX, double YY) Jacobian(PlanePoint at)
    {
        ReadOnlySpan<double> entries = _jacobian.At(at.X, at.Y);
        return (entries[0], entries[1], entries[2], entries[3]);
    }

    /// <summary>The second derivatives of both equations along a direction: D²f(v, v).</summary>
    internal (double X, double Y) Curvature(PlanePoint at, double x, double y)
    {
        ReadOnlySpan<double> second = _curvatures.At(at.X, at.Y);
        return (Along(second), Along(second[3..]));

        double Along(ReadOnlySpan<double> entries) => entries[0] * x * x + 2 * entries[1] * x * y + entries[2] * y * y;
    }

    /// <summary>Where the state is after a spike, and how long it is held [s].</summary>
    internal (PlanePoint To, double RefractoryFor) Jump(PlanePoint from)
    {
        ReadOnlySpan<double> after = _jump!.At(from.X, from.Y);
        return (new(after[0], after[1]), after[2]);
    }

    private PlaneProgram Compile(params Expression[] expressions) => new(_code, Model.StateIndex(X.Name), Model.StateIndex(Y.Name), expressions);

    private Expression Written(Expression expression) => Model.InlineWith(expression, _replaced);

    private List<HeldState> Hold(IReadOnlyDictionary<string, double> values, double[] starts)
    {
        List<HeldState> held = [];
        List<StateVariable> open = [.. Model.States.Where(state => state != X && state != Y)];
        foreach ((string name, double value) in values)
        {
            Replace(name, new Number(value), value);
        }

        while (open.Count > 0)
        {
            (StateVariable State, Expression? Steady)[] steady = [.. open.Select(state => (state, Steady: Steady(state))).Where(each => each.Steady is not null)];
            foreach ((StateVariable state, Expression? expression) in steady)
            {
                Replace(state.Name, expression!, null);
            }

            // Where no further one is explicit, the next one stands at its start.
            if (steady.Length == 0)
            {
                double start = starts[Model.StateIndex(open[0].Name)];
                Replace(open[0].Name, new Number(start), start);
            }
        }

        return [.. held.OrderBy(each => Model.StateIndex(each.Name))];

        void Replace(string name, Expression expression, double? constant)
        {
            _replaced.Add(name, expression);
            held.Add(new HeldState(name, constant));
            open.RemoveAll(state => state.Name == name);
        }

        Expression? Steady(StateVariable state)
        {
            Expression derivative = Written(state.Derivative);
            return open.Exists(other => other != state && Linearity.Depends(derivative, other.Name))
                || Linearity.Parts(derivative, state.Name) is not ({ } slope and not Number { SI: 0 }, { } offset) ? null
                : new Unary(UnaryOperator.Negate, new Binary(BinaryOperator.Divide, offset, slope));
        }
    }
}
