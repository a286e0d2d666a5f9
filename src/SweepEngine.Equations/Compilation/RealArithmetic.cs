namespace SweepEngine.Equations;

/// <summary>
/// Writes a graph anew with fewer operations, by the rules of real numbers: sums are collected, what does not change within the loop is added up first and numbers are
/// multiplied out, so that a product and a sum become one fused operation; what is divided by something that does not change is multiplied by its reciprocal.
/// </summary>
/// <remarks>
/// The values differ from those of the text by rounding, at most by 3e-13 of a rate function near its removable singularity, but are the same at every width, since the new graph is the same. Elementary functions are operations here and written
/// out in the new graph: what their own text rounds must not be touched, so that it holds fused operations, minima and bits alone as they are.
/// </remarks>
internal sealed class RealArithmetic
{
    private readonly ExpressionGraph _from, _to = new();
    private readonly LoopLevels _levels;
    private readonly Sum?[] _sums;
    private readonly int?[] _whole;
    private readonly int[] _users;

    private RealArithmetic(ExpressionGraph from, IReadOnlyList<int> roots, IReadOnlySet<int> written)
    {
        (_from, _levels) = (from, new LoopLevels(_to, written));
        int count = from.Nodes.Count;
        (_sums, _whole, _users) = (new Sum?[count], new int?[count], new int[count]);
        foreach (int root in roots)
            _users[root] += 2;
        for (int i = count - 1; i >= 0; i--)
        {
            if (_users[i] == 0)
                continue;
            foreach (int operand in LaneEmitter.Operands(from.Nodes[i]))
                _users[operand]++;
        }
    }

    /// <summary>Writes a graph anew.</summary>
    /// <param name="from">The graph, with elementary functions as operations.</param>
    /// <param name="roots">The nodes that are wanted.</param>
    /// <param name="written">The rows that the loop changes.</param>
    /// <returns>The new graph, and these nodes there.</returns>
    public static (ExpressionGraph Graph, int[] Roots) Rewrite(ExpressionGraph from, IReadOnlyList<int> roots, IReadOnlySet<int> written)
    {
        RealArithmetic rewriting = new(from, roots, written);
        for (int i = 0; i < from.Nodes.Count; i++)
        {
            // In order, so that nothing is found by deep recursion.
            if (rewriting._users[i] > 0)
                rewriting._sums[i] = rewriting.SumOf(i);
        }
        return (rewriting._to, [.. roots.Select(rewriting.Whole)]);
    }

    // A number and multiples of nodes of the new graph.
    private sealed record Sum(double Constant, IReadOnlyList<(double Factor, int Node)> Terms)
    {
        public bool IsConstant => Terms.Count == 0;
    }

    private static Sum One(int node) => new(0, [(1, node)]);

    // What a user sees: the sum itself where nobody else uses it or it costs nothing to repeat, else its value.
    private Sum Taken(int node) => _users[node] == 1 || _sums[node]!.Terms.Count <= 1 ? _sums[node]! : One(Whole(node));

    private int Whole(int node) => _whole[node] ??= Whole(_sums[node]!);

    private Sum SumOf(int index)
    {
        Node node = _from.Nodes[index];
        if (node.Kind is NodeKind.Constant)
            return double.IsFinite(node.Value) ? new Sum(node.Value, []) : One(_to.Add(new Lanes.Lane1(node.Value)));
        if (node.Kind is not NodeKind.Operation)
            return One(_to.Leaf(node));
        switch (node.Operation)
        {
            case Operation.Add:
                return Plus(Taken(node.A), Taken(node.B));
            case Operation.Subtract:
                return Plus(Taken(node.A), Times(Taken(node.B), -1));
            case Operation.Xor when IsSignBit(node.B):
                return Times(Taken(node.A), -1);
            case Operation.Multiply:
                return Product(Taken(node.A), Taken(node.B));
            case Operation.Divide:
                return Quotient(Taken(node.A), Taken(node.B));
            case Operation.Less or Operation.LessOrEqual or Operation.Greater or Operation.GreaterOrEqual:
                return One(Comparison(node));
            case Operation.Lookup or Operation.LookupSlope:
                return One(_to.Looked(_from.Tables[node.Index], node.Operation is Operation.LookupSlope, Whole(node.A)));
        }
        int a = Whole(node.A);
        if (node.Operation is Operation.Exp)
            return One(Exp(new GraphLane(_to, a)).NodeOf(_to));
        if (node.Operation is Operation.ExprelrOfExp)
            return One(ExprelrOfExp(new GraphLane(_to, a), new GraphLane(_to, Whole(Plus(Taken(node.B), new Sum(-1, []))))).NodeOf(_to));
        int b = Whole(node.B), c = Whole(node.C);
        return One(Operations.CanBeWrittenOut(node.Operation)
            ? Operations.Apply(node.Operation, new GraphLane(_to, a), new GraphLane(_to, b), new GraphLane(_to, c)).NodeOf(_to)
            : _to.Add(node.Operation, a, b, c, node.Index));
    }

    private static Sum Plus(Sum a, Sum b)
    {
        List<(double Factor, int Node)> terms = [.. a.Terms];
        foreach ((double factor, int node) in b.Terms)
        {
            int same = terms.FindIndex(term => term.Node == node);
            if (same < 0)
                terms.Add((factor, node));
            else
                terms[same] = (terms[same].Factor + factor, node);
        }
        terms.RemoveAll(term => term.Factor == 0);
        return new Sum(a.Constant + b.Constant, terms);
    }

    // Multiplied out where that costs no operation: a product of factor 1 joins a sum in one, with any other factor in two.
    private Sum Times(Sum sum, double factor)
    {
        if (factor == 0)
            return new Sum(0, []);
        if (sum.Terms.Count > 1 && Math.Abs(factor) != 1 && sum.Terms.Any(term => Math.Abs(term.Factor) == 1 && Is(term.Node, Operation.Multiply)))
            return new Sum(0, [(factor, Whole(sum))]);
        return new Sum(sum.Constant * factor, [.. sum.Terms.Select(term => (term.Factor * factor, term.Node))]);
    }

    private Sum Product(Sum a, Sum b)
    {
        if (a.IsConstant || b.IsConstant)
            return a.IsConstant ? Times(b, a.Constant) : Times(a, b.Constant);
        // A number in a square would be multiplied by itself first.
        if (!ReferenceEquals(a, b) && (TakesFactor(a) || TakesFactor(b)))
        {
            (Sum sum, Sum single) = TakesFactor(a) ? (a, b) : (b, a);
            (double part, int node) = Single(single);
            int scaled = Whole(Times(sum, part));
            return new Sum(0, [(1, _to.Add(Operation.Multiply, scaled, node, node))]);
        }
        ((double factor, int left), (double other, int right)) = ReferenceEquals(a, b) ? ((1, Whole(a)), (1, Whole(b))) : (Single(a), Single(b));
        return new Sum(0, [(factor * other, _to.Add(Operation.Multiply, left, right, right))]);
    }

    // A sum that begins with a number and goes on with fused operations costs the same with any factor.
    private bool TakesFactor(Sum sum) => sum.Constant != 0 && sum.Terms.All(term => !(Math.Abs(term.Factor) == 1 && Is(term.Node, Operation.Multiply)));

    private Sum Quotient(Sum a, Sum b)
    {
        if (b.IsConstant && double.IsFinite(1 / b.Constant))
            return Times(a, 1 / b.Constant);
        (double factor, int divisor) = b.IsConstant ? (1, Whole(b)) : Single(b);
        if (_levels.IsInvariant(divisor))
            return Times(Product(a, One(_to.Add(Operation.Divide, Constant(1), divisor, divisor))), 1 / factor);
        if (a.IsConstant)
            return One(_to.Add(Operation.Divide, Constant(a.Constant / factor), divisor, divisor));
        (double part, int dividend) = Single(a);
        return new Sum(0, [(part / factor, _to.Add(Operation.Divide, dividend, divisor, divisor))]);
    }

    // A factor and one node.
    private (double Factor, int Node) Single(Sum sum) => sum is { Constant: 0, Terms: [var term] } ? term : (1, Whole(sum));

    // 2^n e^r with |r| up to ln 2/2, n ln 2 rounded once: off by 2^-51 of itself, and 2^-55 more for each n. The general text, of a quarter more operations, keeps all digits. The polynomial is
    // minimax, as by remez of SweepEngine.Lanes/coefficients.py for (e^r - 1 - r)/r² with weight r²/e^r and degree 8.
    private static GraphLane Exp(GraphLane x)
    {
        const double toInteger = 6755399441055744.0; // 1.5·2^52
        GraphLane inside = GraphLane.Max(Number(-746), GraphLane.Min(Number(710), x));
        GraphLane n = GraphLane.Fma(inside, Number(1.4426950408889634), Number(toInteger)) - Number(toInteger);
        GraphLane r = GraphLane.Fma(n, Number(-0.6931471805599453), inside), square = r * r;

        // Not one after the other, since each operation waits for those before it.
        GraphLane low = GraphLane.Fma(square, Pair(0.041666666668146446, 0.008333333371103745), Pair(0.49999999999998307, 0.16666666666611102));
        GraphLane high = GraphLane.Fma(square, Pair(2.4801932129277338e-05, 2.763515300159052e-06), Pair(0.001388888851469227, 0.00019841184883507147));
        GraphLane fourth = square * square;
        high = GraphLane.Fma(fourth, Number(2.74770567498113e-07), high);
        GraphLane one = Number(1) + GraphLane.Fma(square, GraphLane.Fma(fourth, high, low), r);
        return GraphLane.ScaleByPowerOf2(one, n);

        GraphLane Pair(double c0, double c1) => GraphLane.Fma(r, Number(c1), Number(c0));

        static GraphLane Number(double value) => GraphLane.Broadcast(value);
    }

    // x/d with d = e^x - 1, and near zero 1 - x/2 + x²/12. Where these meet, the rounding of e counts 1e-13 and the rest of the series 1e-15 of the value; the general text, of twice as many
    // operations, keeps all digits, which no step of a fixed length is worth.
    private static GraphLane ExprelrOfExp(GraphLane x, GraphLane d)
    {
        const double edge = 1e-3;
        GraphLane near = GraphLane.Fma(GraphLane.Fma(x, GraphLane.Broadcast(1.0 / 12), GraphLane.Broadcast(-0.5)), x, GraphLane.Broadcast(1));
        return GraphLane.Select(GraphLane.LessThan(GraphLane.Abs(x), GraphLane.Broadcast(edge)), near, x / d);
    }

    // a < b by the sign of a - b, where that is simpler.
    private int Comparison(Node node)
    {
        Sum difference = Plus(Taken(node.A), Times(Taken(node.B), -1));
        switch (difference.Terms)
        {
            case [(double factor, int single)] when double.IsFinite(difference.Constant / factor):
                int edge = Constant(-difference.Constant / factor);
                return factor > 0 ? _to.Add(node.Operation, single, edge, edge) : _to.Add(node.Operation, edge, single, single);
            case [(1, int left), (-1, int right)] when difference.Constant == 0:
                return _to.Add(node.Operation, left, right, right);
            case [(-1, int right), (1, int left)] when difference.Constant == 0:
                return _to.Add(node.Operation, left, right, right);
            default:
                int a = Whole(node.A), b = Whole(node.B);
                return _to.Add(node.Operation, a, b, b);
        }
    }

    private int Whole(Sum sum)
    {
        // What changes least comes first, so that it is computed outside of the inner loop.
        int? start = null;
        double constant = sum.Constant;
        foreach (IGrouping<int, (double Factor, int Node)> level in sum.Terms.GroupBy(term => _levels.IsInvariant(term.Node) ? 0 : _levels.IsOfStep(term.Node) ? 1 : 2)
            .OrderBy(group => group.Key))
        {
            int? begin = level.Key == 2 ? start : null;
            if (constant != 0 && begin is null)
                (begin, constant) = (Constant(constant), 0);
            int part = Added(begin, [.. level]);
            start = start is { } before && level.Key < 2 ? _to.Add(Operation.Add, before, part, part) : part;
        }
        return start ?? Constant(constant);
    }

    private int Added(int? start, List<(double Factor, int Node)> terms)
    {
        if (start is null)
        {
            int first = Math.Max(0, terms.FindIndex(term => term.Factor == 1));
            (double factor, int node) = terms[first];
            terms.RemoveAt(first);
            start = factor == 1 ? node : factor == -1 ? _to.Add(Operation.Negate, node, node, node) : _to.Add(Operation.Multiply, node, Constant(factor), Constant(factor));
        }
        int sum = start.Value;
        foreach ((double factor, int node) in terms)
        {
            Node term = _to.Nodes[node];
            bool product = Is(node, Operation.Multiply);
            sum = (factor, product) switch
            {
                (1, true) => _to.Add(Operation.Fma, term.A, term.B, sum),
                (1, false) => _to.Add(Operation.Add, sum, node, node),
                (-1, true) => Negative(term.A) is { } a ? _to.Add(Operation.Fma, a, term.B, sum)
                    : Negative(term.B) is { } b ? _to.Add(Operation.Fma, term.A, b, sum)
                    : _to.Add(Operation.Fma, _to.Add(Operation.Negate, term.A, term.A, term.A), term.B, sum),
                (-1, false) => _to.Add(Operation.Subtract, sum, node, node),
                _ => _to.Add(Operation.Fma, node, Constant(factor), sum),
            };
        }
        return sum;
    }

    // The negative of a node, where it costs no operation.
    private int? Negative(int index)
    {
        Node node = _to.Nodes[index];
        return node switch
        {
            _ when _levels.IsInvariant(index) => _to.Add(Operation.Negate, index, index, index),
            { Kind: NodeKind.Operation, Operation: Operation.Subtract } => _to.Add(Operation.Subtract, node.B, node.A, node.A),
            { Kind: NodeKind.Operation, Operation: Operation.Multiply } when Number(node.A) is { } a => _to.Add(Operation.Multiply, Constant(-a), node.B, node.B),
            { Kind: NodeKind.Operation, Operation: Operation.Multiply } when Number(node.B) is { } b => _to.Add(Operation.Multiply, node.A, Constant(-b), Constant(-b)),
            { Kind: NodeKind.Operation, Operation: Operation.Fma } when Number(node.B) is { } b && Number(node.C) is { } c =>
                _to.Add(Operation.Fma, node.A, Constant(-b), Constant(-c)),
            _ => null,
        };
    }

    private double? Number(int node) => _to.Nodes[node].Kind is NodeKind.Constant ? _to.Nodes[node].Value : null;

    private int Constant(double value) => _to.Add(new Lanes.Lane1(value));

    private bool Is(int node, Operation operation) => _to.Nodes[node].Kind is NodeKind.Operation && _to.Nodes[node].Operation == operation;

    private bool IsSignBit(int node) => _from.Nodes[node].Kind is NodeKind.Constant && _from.Nodes[node].Bits == BitConverter.DoubleToInt64Bits(-0.0);
}

/// <summary>How often the nodes of a loop over steps and lanes change.</summary>
/// <param name="graph">The loop.</param>
/// <param name="written">The rows that it changes.</param>
internal sealed class LoopLevels(ExpressionGraph graph, IReadOnlySet<int> written)
{
    private const int Lane = 1, Step = 2, State = 4;

    private readonly List<int> _levels = [];

    /// <summary>The same at every step.</summary>
    public bool IsInvariant(int node) => (Level(node) & (Step | State)) == 0;

    /// <summary>The same in every lane, but not at every step.</summary>
    public bool IsOfStep(int node) => Level(node) == Step;

    private int Level(int node)
    {
        while (_levels.Count <= node)
        {
            Node next = graph.Nodes[_levels.Count];
            int level = next.Kind switch
            {
                NodeKind.Constant => 0,
                NodeKind.Time => Step,
                NodeKind.Row => written.Contains(next.Index) ? State : Lane,
                NodeKind.Operation => 0,
                _ => State,
            };
            foreach (int operand in LaneEmitter.Operands(next))
                level |= _levels[operand];
            _levels.Add(level);
        }
        return _levels[node];
    }
}
