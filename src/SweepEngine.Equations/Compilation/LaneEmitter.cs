using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using SweepEngine.Lanes;

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

    private static readonly ConcurrentDictionary<(Type Lane, Operation Operation), MethodInfo> Methods = new();

    private readonly ExpressionGraph _graph;
    private readonly Type _lane;
    private readonly int _width;
    private readonly ILGenerator _il;
    private readonly LocalBuilder _offset;
    private readonly Dictionary<(NodeKind Kind, int Index), LocalBuilder> _rows = [];
    private readonly LocalBuilder?[] _locals;
    private readonly int[] _users;
    private readonly int[] _height;

    private LaneEmitter(ExpressionGraph graph, Type lane, int width, ILGenerator il)
    {
        (_graph, _lane, _width, _il) = (graph, lane, width, il);
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
        LaneType lane = new();
        LaneWidths.Run(width, ref lane);
        Type byRef = typeof(double).MakeByRefType();
        DynamicMethod method = new("lanes", typeof(void), [byRef, byRef, byRef, byRef, typeof(nint), typeof(nint)],
            typeof(LaneEmitter).Module, skipVisibility: true) { InitLocals = false };
        new LaneEmitter(graph, lane.Type, width, method.GetILGenerator()).Emit();
        return method.CreateDelegate<LaneLoop>();
    }

    private void Emit()
    {
        foreach (Node node in _graph.Nodes.Where(node => node.Kind is NodeKind.State or NodeKind.Parameter))
            EmitRow((node.Kind, node.Index));
        for (int output = 0; output < _graph.Outputs.Count; output++)
            EmitRow((NodeKind.Operation, output));
        Label block = _il.DefineLabel(), end = _il.DefineLabel();
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Stloc, _offset);
        _il.MarkLabel(block);
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Ldarg, 5);
        EmitTimes(sizeof(double));
        _il.Emit(OpCodes.Bge, end);
        EmitBlock();
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Ldc_I4, _width * sizeof(double));
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
                _il.Emit(OpCodes.Stloc, _locals[output] = _il.DeclareLocal(_lane));
            else
                _il.Emit(OpCodes.Pop);
        }
        for (int output = 0; output < _graph.Outputs.Count; output++)
        {
            _il.Emit(OpCodes.Ldloc, _locals[_graph.Outputs[output]]!);
            EmitAddress(3, (NodeKind.Operation, output));
            _il.Emit(OpCodes.Call, _lane.GetMethod(nameof(Lane1.Store))!);
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
                _il.Emit(OpCodes.Ldc_R8, node.Value);
                _il.Emit(OpCodes.Call, _lane.GetMethod(nameof(Lane1.Broadcast))!);
                return;
            case NodeKind.Operation:
                int operands = Operations.Operands(node.Operation);
                EmitValue(node.A);
                if (operands > 1)
                    EmitValue(node.B);
                if (operands > 2)
                    EmitValue(node.C);
                _il.Emit(OpCodes.Call, Methods.GetOrAdd((_lane, node.Operation), Method));
                break;
            default:
                EmitAddress(node.Kind is NodeKind.Time ? 0 : node.Kind is NodeKind.State ? 1 : 2, (node.Kind, node.Index));
                _il.Emit(OpCodes.Call, _lane.GetMethod(nameof(Lane1.Load))!);
                break;
        }
        if (_users[index] > 1 || _height[index] % DeepestNesting == 0)
        {
            _il.Emit(OpCodes.Dup);
            _il.Emit(OpCodes.Stloc, _locals[index] = _il.DeclareLocal(_lane));
        }
    }

    // The byte offset of a row, once before the loop.
    private void EmitRow((NodeKind Kind, int Index) row)
    {
        if (row.Index == 0)
            return;
        _il.Emit(OpCodes.Ldarg, 4);
        EmitTimes(row.Index * sizeof(double));
        _il.Emit(OpCodes.Stloc, _rows[row] = _il.DeclareLocal(typeof(nint)));
    }

    private void EmitTimes(int factor)
    {
        _il.Emit(OpCodes.Ldc_I4, factor);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Mul);
    }

    private void EmitAddress(int argument, (NodeKind Kind, int Index) row)
    {
        _il.Emit(OpCodes.Ldarg, argument);
        if (_rows.TryGetValue(row, out LocalBuilder? offset))
        {
            _il.Emit(OpCodes.Ldloc, offset);
            _il.Emit(OpCodes.Add);
        }
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Add);
    }

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

    private static MethodInfo Method((Type Lane, Operation Operation) key)
    {
        string name = key.Operation switch
        {
            Operation.Negate => "op_UnaryNegation",
            Operation.Add => "op_Addition",
            Operation.Subtract => "op_Subtraction",
            Operation.Multiply => "op_Multiply",
            Operation.Divide => "op_Division",
            Operation.Less => nameof(Lane1.LessThan),
            Operation.Greater => nameof(Lane1.GreaterThan),
            _ => key.Operation.ToString(),
        };
        return key.Lane.GetMethod(name, [.. Enumerable.Repeat(key.Lane, Operations.Operands(key.Operation))])
            ?? typeof(LaneMath).GetMethod(name)!.MakeGenericMethod(key.Lane);
    }

    private struct LaneType : ILaneWork
    {
        public Type Type { get; private set; }

        public void Run<T>() where T : struct, ILane<T> => Type = typeof(T);
    }
}
