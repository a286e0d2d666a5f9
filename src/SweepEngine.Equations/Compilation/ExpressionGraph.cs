using SweepEngine.Lanes;

namespace SweepEngine.Equations;

/// <summary>What a node of the graph is.</summary>
internal enum NodeKind
{
    Constant,
    Time,
    State,
    Parameter,

    /// <summary>A row of a tile.</summary>
    Row,
    Operation,
}

/// <summary>A node of the graph.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Operation">Of an operation, which.</param>
/// <param name="Bits">Bits of the value of a constant.</param>
/// <param name="Index">Which state, parameter or row; of a shift, by how many bits; of a lookup, in which table.</param>
/// <param name="A">Index of the first operand.</param>
/// <param name="B">Index of the second operand, or of the first again.</param>
/// <param name="C">Index of the third operand, or of an earlier one again.</param>
internal readonly record struct Node(NodeKind Kind, Operation Operation, long Bits, int Index, int A, int B, int C)
{
    public double Value => BitConverter.Int64BitsToDouble(Bits);
}

/// <summary>
/// Expressions as one graph in which equal parts are one node and parts without t, states or swept parameters are constants. Operands
/// stand before their users. Nothing is rearranged: every value has the bits that the text gives it.
/// </summary>
/// <remarks>
/// Elementary functions are written out: their generic text runs once with <see cref="GraphLane"/> for a lane, which leaves its operations
/// here. So code is made of processor instructions alone, two functions of one argument share what they have in common, and
/// nothing is lost to calls, which cost 10 to 20 % in the Hodgkin–Huxley equations.
/// </remarks>
internal sealed class ExpressionGraph : Lowering<int>
{
    private const long True = -1, False = 0;

    private readonly IReadOnlyDictionary<string, double> _fixed;
    private readonly IReadOnlyDictionary<string, int> _states;
    private readonly IReadOnlyDictionary<string, int> _swept;
    private readonly List<Node> _nodes = [];
    private readonly List<LookupTable> _tables = [];
    private readonly Dictionary<Node, int> _known = [];
    private readonly bool _writeOut;

    /// <summary>Makes the graph.</summary>
    /// <param name="expressions">Expressions over t, states and parameters; those at the end are left out once there are too many nodes.</param>
    /// <param name="fixedSI">Values of the parameters that are constants.</param>
    /// <param name="states">Index of each state.</param>
    /// <param name="swept">Index of each parameter that is read at run time.</param>
    /// <param name="writeOut">Whether elementary functions are written out. If not, code will call them, with the same bits.</param>
    /// <param name="enough">No further expression is taken once there are more nodes than this.</param>
    public ExpressionGraph(IEnumerable<Expression> expressions, IReadOnlyDictionary<string, double> fixedSI,
        IReadOnlyDictionary<string, int> states, IReadOnlyDictionary<string, int> swept, bool writeOut,
        int enough = int.MaxValue)
    {
        (_fixed, _states, _swept, _writeOut) = (fixedSI, states, swept, writeOut);
        Outputs = [.. expressions.TakeWhile(_ => _nodes.Count <= enough).Select(Lower)];
    }

    /// <summary>Makes a graph of what is added to it, from other graphs.</summary>
    public ExpressionGraph()
        : this([], new Dictionary<string, double>(), new Dictionary<string, int>(), new Dictionary<string, int>(), writeOut: true)
    {
    }

    /// <summary>The nodes, operands before their users.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The node of each expression that was taken.</summary>
    public IReadOnlyList<int> Outputs { get; }

    /// <summary>The tables that are looked up.</summary>
    public IReadOnlyList<LookupTable> Tables => _tables;

    /// <summary>The name of a state.</summary>
    public string StateName(int index) => _states.First(state => state.Value == index).Key;

    /// <summary>The name of what is read from a row of <c>p</c>.</summary>
    public string ParameterName(int index) => _swept.First(parameter => parameter.Value == index).Key;

    protected override int Constant(double value) => Merged(new Node(NodeKind.Constant, default, BitConverter.DoubleToInt64Bits(value), 0, 0, 0, 0));

    protected override int Symbol(string name)
    {
        if (name == BuiltIn.Time)
            return Merged(new Node(NodeKind.Time, default, 0, 0, 0, 0, 0));
        if (_states.TryGetValue(name, out int state))
            return Merged(new Node(NodeKind.State, default, 0, state, 0, 0, 0));
        if (_swept.TryGetValue(name, out int parameter))
            return Merged(new Node(NodeKind.Parameter, default, 0, parameter, 0, 0, 0));
        return _fixed.TryGetValue(name, out double value) ? Constant(value)
            : throw new ArgumentException($"'{name}' is neither t, a state nor a parameter of this model.", nameof(name));
    }

    protected override int Apply(Operation operation, int a, int b, int c) =>
        !_writeOut || !Operations.CanBeWrittenOut(operation) || (IsConstant(a) && IsConstant(b)) ? Add(operation, a, b, c)
            : Operations.Apply(operation, new GraphLane(this, a), new GraphLane(this, b), new GraphLane(this, c)).NodeOf(this);

    protected override int Lookup(LookupTable table, bool slope, int x)
    {
        if (IsConstant(x))
            return Constant(slope ? table.Slope(_nodes[x].Value) : table.Value(_nodes[x].Value));
        int index = _tables.IndexOf(table);
        if (index < 0)
        {
            index = _tables.Count;
            _tables.Add(table);
        }
        return Merged(new Node(NodeKind.Operation, slope ? Operation.LookupSlope : Operation.Lookup, 0, index, x, x, x));
    }

    /// <summary>The node of what is read, equal to one of another graph.</summary>
    internal int Leaf(Node leaf) => Merged(leaf);

    /// <summary>The node of what a table says.</summary>
    internal int Looked(LookupTable table, bool slope, int x) => Lookup(table, slope, x);

    /// <summary>The node of the number of the step, in a loop over steps.</summary>
    internal int Step() => Merged(new Node(NodeKind.Time, default, 0, 0, 0, 0, 0));

    /// <summary>The node of a row of a tile.</summary>
    internal int Row(int row) => Merged(new Node(NodeKind.Row, default, 0, row, 0, 0, 0));

    /// <summary>Adds what another graph computes, with nodes of this one for what it reads.</summary>
    /// <param name="other">The other graph.</param>
    /// <param name="read">The node for a time, state or parameter that it reads.</param>
    /// <returns>The nodes of its outputs.</returns>
    internal int[] Add(ExpressionGraph other, Func<Node, int> read)
    {
        int[] here = new int[other._nodes.Count];
        for (int i = 0; i < here.Length; i++)
        {
            Node node = other._nodes[i];
            here[i] = node.Kind switch
            {
                NodeKind.Constant => Merged(node),
                NodeKind.Operation when node.Operation is Operation.Lookup or Operation.LookupSlope =>
                    Lookup(other._tables[node.Index], node.Operation is Operation.LookupSlope, here[node.A]),
                NodeKind.Operation => Add(node.Operation, here[node.A], here[node.B], here[node.C], node.Index),
                _ => read(node),
            };
        }
        return [.. other.Outputs.Select(output => here[output])];
    }

    /// <summary>The node of a constant.</summary>
    internal int Add(Lane1 constant) => Constant(constant.Value);

    /// <summary>The node of an operation on nodes: an old one, if there is an equal one; a constant, if its operands are.</summary>
    internal int Add(Operation operation, int a, int b, int c, int count = 0)
    {
        if (IsConstant(a) && IsConstant(b) && IsConstant(c))
            return Constant(Operations.Apply(operation, Scalar(a), Scalar(b), Scalar(c), count).Value);
        switch (operation)
        {
            // These are one or two others, as in the lanes themselves.
            case Operation.Negate:
                return Add(Operation.Xor, a, SignBit, SignBit);
            case Operation.Abs:
                return Add(Operation.AndNot, a, SignBit, SignBit);
            case Operation.CopySign:
                int sign = Add(Operation.And, b, SignBit, SignBit), magnitude = Add(Operation.AndNot, a, SignBit, SignBit);
                return Add(Operation.Or, magnitude, sign, sign);
            case Operation.NotEqual:
                int equal = Add(Operation.Equal, a, b, b);
                return Add(Operation.Not, equal, equal, equal);
            // A condition that is known leaves one branch or one operand.
            case Operation.Select when IsConstant(a):
                return Is(a, True) ? b : c;
            case Operation.And when Is(a, True) || Is(b, False):
            case Operation.Or when Is(a, False) || Is(b, True):
                return b;
            case Operation.And when Is(b, True) || Is(a, False):
            case Operation.Or when Is(b, False) || Is(a, True):
                return a;
            // Sums and products do not depend on the order of their two operands.
            case Operation.Add or Operation.Multiply when a > b:
                (a, b, c) = (b, a, a);
                break;
        }
        return Merged(new Node(NodeKind.Operation, operation, 0, count, a, b, c));
    }

    private int Merged(Node node)
    {
        if (!_known.TryGetValue(node, out int index))
        {
            _known.Add(node, index = _nodes.Count);
            _nodes.Add(node);
        }
        return index;
    }

    private bool IsConstant(int node) => _nodes[node].Kind is NodeKind.Constant;

    private int SignBit => Constant(-0.0);

    private bool Is(int node, long mask) => IsConstant(node) && _nodes[node].Bits == mask;

    private Lane1 Scalar(int node) => Lane1.Broadcast(_nodes[node].Value);
}
