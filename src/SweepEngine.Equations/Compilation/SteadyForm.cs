namespace SweepEngine.Equations;

/// <summary>
/// The equilibria of a model as a curve over one of its states, the master: where all equations stand still, the text gives every other state and the drive as functions of the
/// master and of the parameters. So no equilibrium can be missed, and none needs a first guess.
/// </summary>
/// <remarks>
/// An equation is solved for what it is linear in once all else in it is known: gates, adaptation, synapses and calcium for themselves, the equation of the membrane for the drive,
/// that of a second compartment for the potential of the first. Chains of states, which depend on each other, are eliminated one by one. Where a slope vanishes, the
/// curve has a pole.
/// </remarks>
public sealed class SteadyForm
{
    // Of models with more states the general method is the faster one.
    private const int MostStates = 16;

    private SteadyForm(ModelDefinition model, string master, string drive, Dictionary<string, Expression> solutions)
    {
        (Model, Master, Drive, Solutions) = (model, model.StateIndex(master), drive, solutions);
    }

    /// <summary>The model.</summary>
    public ModelDefinition Model { get; }

    /// <summary>Index of the state over which the curve goes.</summary>
    public int Master { get; }

    /// <summary>Name of the drive.</summary>
    public string Drive { get; }

    // Every state and the drive, over the master and parameters.
    internal IReadOnlyDictionary<string, Expression> Solutions { get; }

    /// <summary>The drive at which a state of the master is an equilibrium, over the master and the parameters.</summary>
    public Expression DriveAt => Solutions[Drive];

    /// <summary>A state where all equations stand still, over the master and the parameters.</summary>
    /// <param name="state">Index of the state.</param>
    public Expression StateAt(int state) => Solutions[Model.States[state].Name];

    /// <summary>Solves the equations of a model, over its voltage if that can be.</summary>
    /// <param name="model">The model; its equations do not depend on time.</param>
    /// <param name="drive">Name of the drive, a parameter.</param>
    /// <returns>The curve, or null where the texts do not show it.</returns>
    public static SteadyForm? Of(ModelDefinition model, string drive)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(drive);
        if (model.States.Count > MostStates)
            return null;
        string[] masters = [.. model.States.Select(state => state.Name).OrderBy(name => name != model.Voltage)];
        foreach (bool chains in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (string master in masters)
            {
                if (new Elimination(model, master, drive).Solve(chains) is { } solutions)
                    return new SteadyForm(model, master, drive, solutions);
            }
        }
        return null;
    }

    /// <summary>Expressions of the model on the curve, over the master and the parameters.</summary>
    /// <param name="expressions">The expressions, written out.</param>
    internal Expression[] OnCurve(IEnumerable<Expression> expressions) =>
        Shared(Inliner.Replace(expressions, new Dictionary<string, Expression>(Solutions, StringComparer.Ordinal)));

    // Sums and products with 0 and 1 are left out, and equal parts are one node.
    private static Expression[] Shared(IEnumerable<Expression> expressions)
    {
        Dictionary<Expression, Expression> known = new(ReferenceEqualityComparer.Instance);
        Dictionary<(object Kind, int A, int B, int C), Expression> nodes = [];
        Dictionary<Expression, int> numbers = new(ReferenceEqualityComparer.Instance);
        return [.. expressions.Select(Of)];

        Expression Of(Expression each)
        {
            if (!known.TryGetValue(each, out Expression? result))
            {
                known.Add(each, result = One(each switch
                {
                    Binary { Operator: BinaryOperator.Add } sum => SymbolicDerivative.Add(Of(sum.Left), Of(sum.Right)),
                    Binary { Operator: BinaryOperator.Subtract } difference => SymbolicDerivative.Subtract(Of(difference.Left), Of(difference.Right)),
                    Binary { Operator: BinaryOperator.Multiply } product => SymbolicDerivative.Multiply(Of(product.Left), Of(product.Right)),
                    Binary { Operator: BinaryOperator.Divide } quotient => SymbolicDerivative.Divide(Of(quotient.Left), Of(quotient.Right)),
                    Binary binary => new Binary(binary.Operator, Of(binary.Left), Of(binary.Right)),
                    Unary { Operator: UnaryOperator.Negate } negate => SymbolicDerivative.Negate(Of(negate.Operand)),
                    Unary unary => new Unary(unary.Operator, Of(unary.Operand)),
                    Call call => new Call(call.Function, [.. call.Arguments.Select(Of)]),
                    Lookup lookup => new Lookup(lookup.Table, lookup.IsSlope, Of(lookup.Argument)),
                    _ => each,
                }));
            }
            return result;
        }

        // The first node of its kind with these branches. What the simplification has left is numbered, what it has newly made within is not, and is a node of its own.
        Expression One(Expression node)
        {
            object? kind = node switch
            {
                Binary binary => binary.Operator,
                Unary unary => unary.Operator,
                Call call => call.Function,
                Symbol or Number or UnitConstant => node,
                _ => null,
            };
            IReadOnlyList<Expression> branches = node.Branches;
            if (kind is not null && branches.Count <= 3)
            {
                (object Kind, int A, int B, int C) key = (kind, Index(0), Index(1), Index(2));
                if (nodes.TryGetValue(key, out Expression? first))
                    return first;
                nodes.Add(key, node);
            }
            numbers.TryAdd(node, numbers.Count);
            return node;

            int Index(int branch)
            {
                if (branch >= branches.Count)
                    return -1;
                if (!numbers.TryGetValue(branches[branch], out int index))
                    numbers.Add(branches[branch], index = numbers.Count);
                return index;
            }
        }
    }

    private sealed class Elimination
    {
        private readonly string _master;
        private readonly HashSet<string> _unknown;
        private readonly Dictionary<string, Expression> _equations = new(StringComparer.Ordinal);
        private readonly List<(string Name, Expression Value)> _solved = [];

        public Elimination(ModelDefinition model, string master, string drive)
        {
            _master = master;
            _unknown = [drive];
            foreach (StateVariable state in model.States)
            {
                _equations.Add(state.Name, model.Inline(state.Derivative));
                if (state.Name != master)
                    _unknown.Add(state.Name);
            }
        }

        public Dictionary<string, Expression>? Solve(bool chains)
        {
            while (_unknown.Count > 0)
            {
                if (!SolveOne(own: true) && !SolveOne(own: false) && !(chains && EliminateOne()))
                    return null;
            }
            // What was eliminated is over what was solved later.
            Dictionary<string, Expression> solutions = new(StringComparer.Ordinal) { [_master] = new Symbol(_master) };
            for (int i = _solved.Count - 1; i >= 0; i--)
                solutions.Add(_solved[i].Name, Inliner.Replace(_solved[i].Value, solutions));
            Expression[] shared = Shared(solutions.Values);
            return solutions.Keys.Zip(shared).ToDictionary(each => each.First, each => each.Second, StringComparer.Ordinal);
        }

        // An equation with one unknown: for the state's own, or for any.
        private bool SolveOne(bool own)
        {
            foreach ((string state, Expression equation) in _equations)
            {
                string[] unknown = Unknown(equation);
                if (unknown.Length == 1 && (!own || unknown[0] == state) && TryTake(state, unknown[0]))
                    return true;
            }
            return false;
        }

        // A state by its own equation, over others that are not known yet; those in the fewest unknowns first, so that little fills in.
        private bool EliminateOne()
        {
            foreach ((string state, Expression equation) in _equations.OrderBy(each => Unknown(each.Value).Length).ToArray())
            {
                if (_unknown.Contains(state) && TryTake(state, state))
                    return true;
            }
            return false;
        }

        private bool TryTake(string equation, string name)
        {
            if (Linearity.Parts(_equations[equation], name) is not var (slope, offset) || SymbolicDerivative.IsZero(slope) || Unknown(slope).Length > 0)
                return false;
            Expression[] parts = Shared([offset, slope]);
            Expression value = SymbolicDerivative.Negate(SymbolicDerivative.Divide(parts[0], parts[1]));
            _equations.Remove(equation);
            _unknown.Remove(name);
            _solved.Add((name, value));
            Dictionary<string, Expression> replacement = new(StringComparer.Ordinal) { [name] = value };
            string[] others = [.. _equations.Keys];
            foreach ((string other, Expression replaced) in others.Zip(Shared(Inliner.Replace(others.Select(each => _equations[each]), replacement))))
                _equations[other] = replaced;
            return true;
        }

        private string[] Unknown(Expression expression)
        {
            HashSet<string> names = Occurrence.NamesIn(expression);
            return [.. _unknown.Where(names.Contains).Order(StringComparer.Ordinal)];
        }
    }
}
