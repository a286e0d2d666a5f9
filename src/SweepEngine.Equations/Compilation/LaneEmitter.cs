using System.Reflection.Emit;

namespace SweepEngine.Equations;

/// <summary>
/// Computes the outputs of a graph for <paramref name="count"/> lanes, a multiple of the lane width.
/// Row i of the states is at <c>y + i·stride</c>, likewise for <paramref name="p"/> and <paramref name="result"/>.
/// </summary>
internal delegate void LaneLoop(ref readonly double t, ref readonly double y, ref readonly double p, ref double result, nint stride, nint count);

/// <summary>
/// Makes machine code from a graph: a dynamic method that loops over blocks of lanes. Within a block every slot is read
/// once, before anything is written, so results may overwrite the inputs. A node with several users is held in a local; any other is left on the
/// evaluation stack for its user. Dynamic methods are compiled with full optimisation at once, without tiers.
/// </summary>
internal sealed class LaneEmitter
{
    // The compilers, this one and the next, recurse over what is nested on the evaluation stack; locals cut that.
    private const int DeepestNesting = 24;

    // The delegate is closed over the tables, which are no instructions.
    private const int TablesArgument = 0, TileArgument = 1, FirstArgument = 2, EndArgument = 3;

    private const int TimeArgument = 1, StateArgument = 2, ParameterArgument = 3, ResultArgument = 4, StrideArgument = 5, CountArgument = 6;

    private readonly ExpressionGraph _graph;
    private readonly VectorCode _code;
    private readonly ILGenerator _il;
    private readonly LocalBuilder _offset;
    private readonly Dictionary<(int Argument, int Index), LocalBuilder> _rows = [];
    private readonly LocalBuilder?[] _locals;
    private readonly bool[] _held;
    private readonly IReadOnlyList<(int Row, int Node)> _results;
    private readonly int _rowLength;

    private LaneEmitter(ExpressionGraph graph, IReadOnlyList<(int Row, int Node)> results, int rowLength, VectorCode code, ILGenerator il)
    {
        (_graph, _results, _rowLength, _code, _il) = (graph, results, rowLength, code, il);
        _offset = il.DeclareLocal(typeof(nint));
        _locals = new LocalBuilder?[graph.Nodes.Count];
        _held = Held(graph, results);
    }

    /// <summary>Makes the code.</summary>
    /// <param name="graph">What to compute; none of its outputs is a condition.</param>
    /// <param name="width">Lane width: 8, 4 or 1.</param>
    public static LaneLoop Compile(ExpressionGraph graph, int width)
    {
        Type byRef = typeof(double).MakeByRefType();
        DynamicMethod method = Method([byRef, byRef, byRef, byRef, typeof(nint), typeof(nint)]);
        ILGenerator il = method.GetILGenerator();
        new LaneEmitter(graph, [.. graph.Outputs.Select((node, output) => (output, node))], 0, new VectorCode(width, il), il).EmitOverRows();
        return method.CreateDelegate<LaneLoop>(graph.Tables.ToArray());
    }

    /// <summary>Makes the code of a loop over the lanes of a tile.</summary>
    /// <param name="graph">What to compute; it reads rows of the tile.</param>
    /// <param name="results">The rows that it writes, and the nodes that go there.</param>
    /// <param name="rowLength">Number of lanes of a row, a multiple of the width.</param>
    /// <param name="width">Lane width: 8, 4 or 1.</param>
    public static TileLoop Compile(ExpressionGraph graph, IReadOnlyList<(int Row, int Node)> results, int rowLength, int width)
    {
        DynamicMethod method = Method([typeof(double).MakeByRefType(), typeof(nint), typeof(nint)]);
        ILGenerator il = method.GetILGenerator();
        new LaneEmitter(graph, results, rowLength, new VectorCode(width, il), il).EmitOverTile();
        return method.CreateDelegate<TileLoop>(graph.Tables.ToArray());
    }

    private static DynamicMethod Method(Type[] arguments) =>
        new("lanes", typeof(void), [typeof(LookupTable[]), .. arguments], typeof(LaneEmitter).Module, skipVisibility: true) { InitLocals = false };

    private void EmitOverTile()
    {
        _il.Emit(OpCodes.Ldarg, FirstArgument);
        EmitTimes(sizeof(double));
        _il.Emit(OpCodes.Stloc, _offset);
        EmitLoop(EndArgument);
    }

    private void EmitOverRows()
    {
        foreach (Node node in _graph.Nodes.Where(node => node.Kind is NodeKind.State or NodeKind.Parameter))
            EmitRow(Argument(node.Kind), node.Index);
        for (int output = 0; output < _graph.Outputs.Count; output++)
            EmitRow(ResultArgument, output);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Stloc, _offset);
        EmitLoop(CountArgument);
    }

    private void EmitLoop(int end)
    {
        Label block = _il.DefineLabel(), done = _il.DefineLabel();
        _il.MarkLabel(block);
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Ldarg, end);
        EmitTimes(sizeof(double));
        _il.Emit(OpCodes.Bge, done);
        EmitBlock();
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Ldc_I4, _code.Width * sizeof(double));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _offset);
        _il.Emit(OpCodes.Br, block);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ret);
    }

    private void EmitBlock()
    {
        foreach (int i in InOrderOfStart(_graph))
        {
            if (!_held[i])
                continue;
            EmitNode(i);
            _il.Emit(OpCodes.Stloc, _locals[i] = _il.DeclareLocal(_code.Type));
        }
        foreach ((int row, int node) in _results)
        {
            EmitAddress(_rowLength > 0 ? TileArgument : ResultArgument, row);
            EmitValue(node);
            _code.Store();
        }
    }

    private void EmitValue(int index)
    {
        if (_locals[index] is { } held)
            _il.Emit(OpCodes.Ldloc, held);
        else
            EmitNode(index);
    }

    private void EmitNode(int index)
    {
        Node node = _graph.Nodes[index];
        switch (node.Kind)
        {
            case NodeKind.Constant:
                _code.Constant(node.Value);
                break;
            case NodeKind.Operation when node.Operation is Operation.Lookup or Operation.LookupSlope:
                _code.Lookup(node.Operation, node.Index, () => EmitValue(node.A), () => _il.Emit(OpCodes.Ldarg, TablesArgument));
                break;
            case NodeKind.Operation:
                ReadOnlySpan<Action> operands = [() => EmitValue(node.A), () => EmitValue(node.B), () => EmitValue(node.C)];
                _code.Operation(node.Operation, node.Index, operands[..Operations.Operands(node.Operation)]);
                break;
            default:
                EmitAddress(Argument(node.Kind), node.Index);
                _code.Load();
                break;
        }
    }

    // The byte offset of a row, once before the loop.
    private void EmitRow(int argument, int index)
    {
        if (index == 0)
            return;
        _il.Emit(OpCodes.Ldarg, StrideArgument);
        EmitTimes(index * sizeof(double));
        _il.Emit(OpCodes.Stloc, _rows[(argument, index)] = _il.DeclareLocal(typeof(nint)));
    }

    private void EmitTimes(int factor)
    {
        _il.Emit(OpCodes.Ldc_I4, factor);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Mul);
    }

    private void EmitAddress(int argument, int index)
    {
        _il.Emit(OpCodes.Ldarg, argument);
        if (_rows.TryGetValue((argument, index), out LocalBuilder? offset))
        {
            _il.Emit(OpCodes.Ldloc, offset);
            _il.Emit(OpCodes.Add);
        }
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Add);
        if (_rowLength > 0)
        {
            _il.Emit(OpCodes.Ldc_I4, checked(index * _rowLength * sizeof(double)));
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Add);
        }
    }

    private static int Argument(NodeKind kind) => kind switch
    {
        NodeKind.Time => TimeArgument,
        NodeKind.State => StateArgument,
        NodeKind.Row => TileArgument,
        _ => ParameterArgument,
    };

    // Processors look some hundred instructions ahead. So what can start early stands early: two exponentials side by side, not one after the other.
    // It takes 5 to 15 % less time in models with gates.
    private static IEnumerable<int> InOrderOfStart(ExpressionGraph graph)
    {
        int[] start = new int[graph.Nodes.Count], end = new int[graph.Nodes.Count];
        for (int i = 0; i < start.Length; i++)
        {
            foreach (int operand in Operands(graph.Nodes[i]))
                start[i] = Math.Max(start[i], end[operand]);
            end[i] = start[i] + Latency(graph.Nodes[i]);
        }
        return Enumerable.Range(0, start.Length).OrderBy(i => start[i]);
    }

    // Clock cycles, about.
    private static int Latency(Node node) => node.Kind is not NodeKind.Operation ? 0 : node.Operation switch
    {
        Operation.Divide or Operation.Sqrt => 15,
        Operation.Add or Operation.Subtract or Operation.Min or Operation.Max => 3,
        _ => 4,
    };

    // Which nodes go to locals: those with several users, all results (stores come last), and every so often one in a long chain.
    private static bool[] Held(ExpressionGraph graph, IReadOnlyList<(int Row, int Node)> results)
    {
        int[] users = new int[graph.Nodes.Count], height = new int[graph.Nodes.Count];
        bool[] held = new bool[graph.Nodes.Count];
        foreach ((_, int result) in results)
            users[result] = 2;
        for (int i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            // Folding leaves nodes behind that nobody uses.
            if (users[i] == 0)
                continue;
            foreach (int operand in Operands(graph.Nodes[i]))
                users[operand]++;
        }
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            foreach (int operand in Operands(node))
                height[i] = Math.Max(height[i], held[operand] ? 1 : height[operand] + 1);
            held[i] = node.Kind is not NodeKind.Constant && users[i] > 0 && (users[i] > 1 || height[i] >= DeepestNesting);
        }
        return held;
    }

    /// <summary>The nodes that a node is computed from.</summary>
    internal static ReadOnlySpan<int> Operands(Node node) => node.Kind is NodeKind.Operation
        ? new int[] { node.A, node.B, node.C }.AsSpan(0, Operations.Operands(node.Operation)) : [];
}
