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
    // The compiler's own passes recurse over what is nested on the evaluation stack; locals cut that.
    private const int DeepestNesting = 24;

    private const int TimeArgument = 0, StateArgument = 1, ParameterArgument = 2, ResultArgument = 3, StrideArgument = 4, CountArgument = 5;

    private readonly ExpressionGraph _graph;
    private readonly VectorCode _code;
    private readonly ILGenerator _il;
    private readonly LocalBuilder _offset;
    private readonly Dictionary<(int Argument, int Index), LocalBuilder> _rows = [];
    private readonly LocalBuilder?[] _locals;
    private readonly int[] _users;
    private readonly int[] _height;

    private LaneEmitter(ExpressionGraph graph, VectorCode code, ILGenerator il)
    {
        (_graph, _code, _il) = (graph, code, il);
        _offset = il.DeclareLocal(typeof(nint));
        _locals = new LocalBuilder?[graph.Nodes.Count];
        _users = new int[graph.Nodes.Count];
        _height = new int[graph.Nodes.Count];
        CountUsers();
    }

    /// <summary>Makes the code.</summary>
    /// <param name="graph">What to compute; none of its outputs is a condition.</param>
    /// <param name="width">Lane width: 8, 4 or 1.</param>
    public static LaneLoop Compile(ExpressionGraph graph, int width)
    {
        Type byRef = typeof(double).MakeByRefType();
        DynamicMethod method = new("lanes", typeof(void), [byRef, byRef, byRef, byRef, typeof(nint), typeof(nint)],
            typeof(LaneEmitter).Module, skipVisibility: true) { InitLocals = false };
        ILGenerator il = method.GetILGenerator();
        new LaneEmitter(graph, new VectorCode(width, il), il).Emit();
        return method.CreateDelegate<LaneLoop>();
    }

    private void Emit()
    {
        foreach (Node node in _graph.Nodes.Where(node => node.Kind is NodeKind.State or NodeKind.Parameter))
            EmitRow(Argument(node.Kind), node.Index);
        for (int output = 0; output < _graph.Outputs.Count; output++)
            EmitRow(ResultArgument, output);
        Label block = _il.DefineLabel(), end = _il.DefineLabel();
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Stloc, _offset);
        _il.MarkLabel(block);
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Ldarg, CountArgument);
        EmitTimes(sizeof(double));
        _il.Emit(OpCodes.Bge, end);
        EmitBlock();
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Ldc_I4, _code.Width * sizeof(double));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _offset);
        _il.Emit(OpCodes.Br, block);
        _il.MarkLabel(end);
        _il.Emit(OpCodes.Ret);
    }

    private void EmitBlock()
    {
        foreach (int output in _graph.Outputs)
        {
            EmitValue(output);
            if (_locals[output] is null)
                _il.Emit(OpCodes.Stloc, _locals[output] = _il.DeclareLocal(_code.Type));
            else
                _il.Emit(OpCodes.Pop);
        }
        for (int output = 0; output < _graph.Outputs.Count; output++)
        {
            EmitAddress(ResultArgument, output);
            _il.Emit(OpCodes.Ldloc, _locals[_graph.Outputs[output]]!);
            _code.Store();
        }
    }

    private void EmitValue(int index)
    {
        if (_locals[index] is { } held)
        {
            _il.Emit(OpCodes.Ldloc, held);
            return;
        }
        Node node = _graph.Nodes[index];
        switch (node.Kind)
        {
            case NodeKind.Constant:
                _code.Constant(node.Value);
                return;
            case NodeKind.Operation:
                ReadOnlySpan<Action> operands = [() => EmitValue(node.A), () => EmitValue(node.B), () => EmitValue(node.C)];
                _code.Operation(node.Operation, node.Index, operands[..Operations.Operands(node.Operation)]);
                break;
            default:
                EmitAddress(Argument(node.Kind), node.Index);
                _code.Load();
                break;
        }
        if (_users[index] > 1 || _height[index] % DeepestNesting == 0)
        {
            _il.Emit(OpCodes.Dup);
            _il.Emit(OpCodes.Stloc, _locals[index] = _il.DeclareLocal(_code.Type));
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
    }

    private static int Argument(NodeKind kind) => kind switch
    {
        NodeKind.Time => TimeArgument,
        NodeKind.State => StateArgument,
        _ => ParameterArgument,
    };

    private void CountUsers()
    {
        for (int i = 0; i < _graph.Nodes.Count; i++)
        {
            Node node = _graph.Nodes[i];
            if (node.Kind is not NodeKind.Operation)
                continue;
            foreach (int operand in new[] { node.A, node.B, node.C }.Take(Operations.Operands(node.Operation)))
            {
                _users[operand]++;
                _height[i] = Math.Max(_height[i], _height[operand] + 1);
            }
        }
        foreach (int output in _graph.Outputs)
            _users[output]++;
    }
}
