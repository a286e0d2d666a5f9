using System.Reflection.Emit;

namespace SweepEngine.Equations;

/// <summary>
/// Makes machine code from the graph of one step: a dynamic method that loops over steps, and within them over blocks of lanes, so that the processor works at
/// independent blocks at a time while their numbers stay in the first cache. Short steps are made the other way round, of several blocks side by side, whose states stay in registers.
/// What is the same at every step is computed once, before, and kept in spare rows; what is the same in every lane once for each step.
/// </summary>
/// <remarks>
/// A selection that is rarely made stands in a branch, together with all that only such selections need: nothing of it is computed where no lane of a block asks for it. Those
/// of one mask share a branch, unless one of them depends on another. For a mask "a but not b" the branch asks for a alone. Comparisons are repeated where they are used: in locals masks become
/// vectors, which takes two instructions.
/// </remarks>
internal sealed partial class StepEmitter
{
    /// <summary>Marks a selection that is rarely made, as <see cref="Node.Index"/>.</summary>
    public const int Rarely = 1;

    // Steps of up to so many operations keep the states of so many registers of lanes in registers of the processor. With eight of them lif_adapt takes 0.8 of the time with states in memory,
    // with two 1.5; Hodgkin-Huxley, of some 150 operations, 1.8 with two.
    private const int LargestInRegisters = 32, Copies = 8;

    // The compilers recurse over what is nested on the evaluation stack; locals cut that.
    private const int DeepestNesting = 24;

    private const int TablesArgument = 0, TileArgument = 1, FirstArgument = 2, EndArgument = 3, FromArgument = 4, ToArgument = 5;

    // Where a node is computed, if not in one of the branches, which are numbered from 0.
    private const int Unused = -3, Always = -2;

    private readonly ExpressionGraph _graph;
    private readonly IReadOnlyList<Node> _nodes;
    private readonly IReadOnlyList<(int Row, int Node)> _results;
    private readonly LoopLevels _levels;
    private readonly int _rowLength, _spareRow;
    private readonly VectorCode _code;
    private readonly ILGenerator _il;
    private readonly LocalBuilder _offset, _step;

    // Selections of one branch; of each node, the branch that it makes (or none), where it is computed, and in a block how many use it.
    private readonly List<List<int>> _branches = [];
    private readonly int[] _branchOf, _home, _users;
    private readonly bool[] _held;
    private readonly LocalBuilder?[] _locals;
    private readonly Dictionary<int, int> _spare = [];
    private readonly Dictionary<int, int> _constants = [];

    // Constants with a place of their own for each use.
    private readonly List<double> _single = [];
    private readonly HashSet<int> _emitted = [];

    // Registers of lanes whose states stay in registers of the processor, and the one that is being written; 1 where states stay in memory.
    private readonly int _copies;
    private int _copy;
    private readonly Dictionary<(int Row, int Copy), LocalBuilder> _carried = [];
    private readonly Dictionary<int, LocalBuilder> _next = [];

    // Results that only a branch changes, by node.
    private readonly Dictionary<int, int> _changedInBranch = [];

    private StepEmitter(ExpressionGraph graph, IReadOnlyList<(int Row, int Node)> results, int rowLength, int spareRow, int width, ILGenerator il)
    {
        (_graph, _nodes, _results, _rowLength, _spareRow, _il) = (graph, graph.Nodes, results, rowLength, spareRow, il);
        _levels = new LoopLevels(graph, results.Select(result => result.Row).ToHashSet());
        _code = new VectorCode(width, il);
        (_offset, _step) = (il.DeclareLocal(typeof(nint)), il.DeclareLocal(typeof(long)));
        int count = _nodes.Count;
        (_branchOf, _home, _users, _held, _locals) = (new int[count], new int[count], new int[count], new bool[count], new LocalBuilder?[count]);
        FindBranches();
        FindHomes();
        FindHeld();
        int operations = Enumerable.Range(0, _nodes.Count).Count(
            i => _nodes[i].Kind is NodeKind.Operation && _home[i] == Always && !IsInvariant(i) && !_levels.IsOfStep(i));
        _copies = operations <= LargestInRegisters && _rowLength % (Copies * width) == 0 ? Copies : 1;
    }

    /// <summary>Makes the code.</summary>
    /// <param name="graph">What a step computes; it reads rows and, as the time, the number of the step.</param>
    /// <param name="results">The rows that it writes, and the nodes that go there.</param>
    /// <param name="rowLength">Number of lanes of a row, a multiple of the width.</param>
    /// <param name="spareRow">The first of the rows that the code may use for itself.</param>
    /// <param name="width">Lane width: 8, 4 or 1.</param>
    /// <param name="spareRows">How many of these it needs.</param>
    public static TileSteps Compile(
        ExpressionGraph graph, IReadOnlyList<(int Row, int Node)> results, int rowLength, int spareRow, int width, out int spareRows)
    {
        DynamicMethod method = new("steps", typeof(void),
            [typeof(LookupTable[]), typeof(double).MakeByRefType(), typeof(nint), typeof(nint), typeof(long), typeof(long)], typeof(StepEmitter).Module, skipVisibility: true)
        { InitLocals = false };
        StepEmitter emitter = new(graph, results, rowLength, spareRow, width, method.GetILGenerator());
        emitter.Emit();
        spareRows = emitter._spare.Count + ((emitter._constants.Count + emitter._single.Count) * width + rowLength - 1) / rowLength;
        return method.CreateDelegate<TileSteps>(graph.Tables.ToArray());
    }

    private bool IsInvariant(int node) => _levels.IsInvariant(node) && _nodes[node].Kind is NodeKind.Operation;

    private void Emit()
    {
        Label begin = _il.DefineLabel(), beginning = _il.DefineLabel();
        _il.Emit(OpCodes.Br, beginning);
        _il.MarkLabel(begin);
        FindSpares();
        if (_spare.Count > 0)
            EmitLoopOverLanes(EmitInvariants, 1);
        Array.Clear(_locals);
        EmitConstants();
        if (_copies == 1)
            EmitLoopOverSteps(() => EmitLoopOverLanes(EmitBlock, 1));
        else
            EmitLoopOverLanes(EmitStepsInRegisters, _copies);
        _il.Emit(OpCodes.Ret);
        EmitSingleConstants(begin, beginning);
    }

    private void EmitLoopOverSteps(Action step)
    {
        _il.Emit(OpCodes.Ldarg, FromArgument);
        _il.Emit(OpCodes.Stloc, _step);
        Label body = _il.DefineLabel(), test = _il.DefineLabel();
        _il.Emit(OpCodes.Br, test);
        _il.MarkLabel(body);
        EmitOfStep();
        step();
        _il.Emit(OpCodes.Ldloc, _step);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _step);
        _il.MarkLabel(test);
        _il.Emit(OpCodes.Ldloc, _step);
        _il.Emit(OpCodes.Ldarg, ToArgument);
        _il.Emit(OpCodes.Blt, body);
    }

    private void EmitStepsInRegisters()
    {
        ForCopies(copy =>
        {
            foreach (int row in Carried())
            {
                EmitLoad(row);
                _il.Emit(OpCodes.Stloc, _carried[(row, copy)] = _il.DeclareLocal(_code.Type));
            }
        });
        EmitLoopOverSteps(() => ForCopies(_ =>
        {
            // Each copy has locals of its own, but for constants and what is of the step.
            for (int i = 0; i < _nodes.Count; i++)
            {
                if (_nodes[i].Kind is not NodeKind.Constant && !_levels.IsOfStep(i))
                    _locals[i] = null;
            }
            EmitBlock();
        }));
        ForCopies(copy =>
        {
            foreach (int row in Carried())
            {
                LocalBuilder value = _carried[(row, copy)];
                EmitAddress(row);
                _il.Emit(OpCodes.Ldloc, value);
                _code.Store();
            }
        });
    }

    private void ForCopies(Action<int> emit)
    {
        for (_copy = 0; _copy < _copies; _copy++)
            emit(_copy);
        _copy = 0;
    }

    // Rows that every step changes.
    private IEnumerable<int> Carried() => _results.Where(result => !IsChangedInBranch(result.Node)).Select(result => result.Row);

    private bool IsChangedInBranch(int node) => _changedInBranch.ContainsKey(node) && _branchOf[node] >= 0;

    private void EmitLoopOverLanes(Action block, int copies)
    {
        _il.Emit(OpCodes.Ldarg, FirstArgument);
        EmitTimes(sizeof(double));
        _il.Emit(OpCodes.Stloc, _offset);
        Label body = _il.DefineLabel(), test = _il.DefineLabel();
        _il.Emit(OpCodes.Br, test);
        _il.MarkLabel(body);
        block();
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Ldc_I4, copies * _code.Width * sizeof(double));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _offset);
        _il.MarkLabel(test);
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Ldarg, EndArgument);
        EmitTimes(sizeof(double));
        _il.Emit(OpCodes.Blt, body);
    }

    // What is the same at every step and used in blocks.
    private void FindSpares()
    {
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (_home[i] != Unused && IsInvariant(i))
                _spare.Add(i, _spareRow + _spare.Count);
        }
    }

    private void EmitInvariants()
    {
        Array.Clear(_locals);
        HashSet<int> needed = Below(_spare.Keys);
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (!needed.Contains(i) || _nodes[i].Kind is NodeKind.Constant)
                continue;
            EmitNode(i, EmitLocal);
            Hold(i);
            if (_spare.TryGetValue(i, out int row))
                EmitStore(row, () => EmitLocal(i));
        }
    }

    // Constants come out of memory, where the just-in-time compiler takes them for numbers like others: in short steps they stay in registers. In long ones each use reads them anew, since those that it
    // remembers to save such a read it has to keep on the stack, which costs more.
    private void EmitConstants()
    {
        for (int i = 0; i < _nodes.Count; i++)
        {
            bool used = _nodes[i].Kind is NodeKind.Constant && Enumerable.Range(0, _nodes.Count).Any(
                user => _home[user] != Unused && !IsInvariant(user) && !_levels.IsOfStep(user) && LaneEmitter.Operands(_nodes[user]).Contains(i));
            if (!used)
                continue;
            _constants.Add(i, _constants.Count);
            EmitConstantAddress(_constants[i]);
            _code.Constant(_nodes[i].Value);
            _code.Store();
            if (_copies > 1)
            {
                EmitConstantAddress(_constants[i]);
                _code.Load();
                Hold(i);
            }
        }
    }

    // At the end of the method, where they are known, and called for first. Each use has another place, so that the just-in-time compiler has nothing to remember, and can read it straight into
    // the register where the operation changes it; a constant that is read anew from the same place it reads elsewhere, and then moves.
    private void EmitSingleConstants(Label begin, Label beginning)
    {
        _il.MarkLabel(beginning);
        for (int i = 0; i < _single.Count; i++)
        {
            EmitConstantAddress(_constants.Count + i);
            _code.Constant(_single[i]);
            _code.Store();
        }
        _il.Emit(OpCodes.Br, begin);
    }

    private void EmitConstantAddress(int place)
    {
        _il.Emit(OpCodes.Ldarg, TileArgument);
        _il.Emit(OpCodes.Ldc_I4, checked((_spareRow + _spare.Count) * _rowLength + place * _code.Width) * sizeof(double));
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }

    private void EmitOfStep()
    {
        int[] wanted = [.. Enumerable.Range(0, _nodes.Count).Where(i => _home[i] != Unused && _levels.IsOfStep(i))];
        HashSet<int> needed = Below(wanted);
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (!needed.Contains(i) || _nodes[i].Kind is NodeKind.Constant)
                continue;
            EmitNode(i, EmitLocal);
            Hold(i);
        }
    }

    private void EmitBlock()
    {
        _emitted.Clear();
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (_home[i] == Always && _nodes[i].Kind is NodeKind.Row && !_levels.IsInvariant(i))
                Require(i);
        }
        foreach (int i in InOrderOfStart())
        {
            if (_held[i] && _home[i] == Always)
                Require(i);
        }
        foreach ((_, int node) in _results)
            Require(node);
        foreach ((int row, int node) in _results)
        {
            if (IsChangedInBranch(node))
                continue;
            if (_copies == 1)
            {
                EmitStore(row, () => EmitValue(node));
            }
            else
            {
                // Another row may still want the old value.
                EmitValue(node);
                _il.Emit(OpCodes.Stloc, _next[row] = _il.DeclareLocal(_code.Type));
            }
        }
        foreach (int row in _copies == 1 ? [] : Carried())
        {
            _il.Emit(OpCodes.Ldloc, _next[row]);
            _il.Emit(OpCodes.Stloc, _carried[(row, _copy)]);
        }
    }

    // Processors look some hundred instructions ahead. So what can start early stands early: two exponentials side by side, not one after the other.
    private IEnumerable<int> InOrderOfStart()
    {
        int[] start = new int[_nodes.Count], end = new int[_nodes.Count];
        for (int i = 0; i < start.Length; i++)
        {
            foreach (int operand in LaneEmitter.Operands(_nodes[i]))
                start[i] = Math.Max(start[i], end[operand]);
            end[i] = start[i] + (_nodes[i].Kind is not NodeKind.Operation || IsInvariant(i) || _levels.IsOfStep(i) ? 0 : _nodes[i].Operation is Operation.Divide or Operation.Sqrt ? 15 : 4);
        }
        return Enumerable.Range(0, start.Length).OrderBy(i => start[i]);
    }

    // Makes sure that the locals are there from which a value is computed, and its own.
    private void Require(int index)
    {
        if (_nodes[index].Kind is NodeKind.Constant || IsInvariant(index) || _levels.IsOfStep(index) || !_emitted.Add(index))
            return;
        if (_branchOf[index] >= 0)
        {
            EmitBranch(_branchOf[index]);
            return;
        }
        foreach (int operand in LaneEmitter.Operands(_nodes[index]))
            Require(operand);
        if (_held[index])
        {
            EmitNode(index, EmitValue);
            Hold(index);
        }
    }

    private void EmitBranch(int branch)
    {
        List<int> selections = _branches[branch];
        _emitted.UnionWith(selections);
        int mask = _nodes[selections[0]].A, asked = Asked(mask);
        RequireForTest(asked);
        int[] inside = [.. Enumerable.Range(0, _nodes.Count).Where(i => _home[i] == branch)];
        foreach (int operand in inside.SelectMany(i => LaneEmitter.Operands(_nodes[i]).ToArray()).Concat(selections.Select(i => _nodes[i].B)).Append(mask))
        {
            if (_home[operand] != branch)
                Require(operand);
        }
        foreach (int selection in selections)
        {
            if (_changedInBranch.ContainsKey(selection))
                continue;
            Require(_nodes[selection].C);
            EmitValue(_nodes[selection].C);
            Hold(selection);
        }
        Label none = _il.DefineLabel();
        EmitTest(asked);
        _code.BranchIfNone(none);
        LocalBuilder? outside = _locals[mask];
        if (outside is null)
        {
            EmitValue(mask);
            Hold(mask);
        }
        foreach (int i in inside)
        {
            if (_held[i] && !IsInvariant(i) && !_levels.IsOfStep(i))
            {
                EmitNode(i, EmitValue);
                Hold(i);
            }
        }
        foreach (int selection in selections)
        {
            LocalBuilder? others = _locals[selection];
            ReadOnlySpan<Action> operands =
            [
                () => EmitValue(mask), () => EmitValue(_nodes[selection].B),
                () =>
                {
                    if (others is null)
                        EmitValue(_nodes[selection].C);
                    else
                        _il.Emit(OpCodes.Ldloc, others);
                },
            ];
            _code.Operation(Operation.Select, 0, operands);
            Hold(selection);
        }
        foreach (int selection in selections)
        {
            if (_changedInBranch.TryGetValue(selection, out int row))
                EmitStore(row, () => EmitValue(selection));
        }
        _il.MarkLabel(none);
        _locals[mask] = outside;
    }

    private void RequireForTest(int mask)
    {
        if (!IsCombination(mask))
            Require(mask);
        else
            Array.ForEach(LaneEmitter.Operands(_nodes[mask]).ToArray(), RequireForTest);
    }

    private void EmitTest(int mask)
    {
        if (IsCombination(mask))
        {
            Node node = _nodes[mask];
            ReadOnlySpan<Action> operands = [() => EmitTest(node.A), () => EmitTest(node.B)];
            _code.Operation(node.Operation, 0, operands);
        }
        else
        {
            EmitValue(mask);
        }
    }

    private void EmitLocal(int index)
    {
        if (_nodes[index].Kind is NodeKind.Constant)
            _code.Constant(_nodes[index].Value);
        else
            _il.Emit(OpCodes.Ldloc, _locals[index]!);
    }

    private void EmitValue(int index)
    {
        if (_locals[index] is { } held)
            _il.Emit(OpCodes.Ldloc, held);
        else if (_spare.TryGetValue(index, out int row))
            EmitLoad(row);
        else if (_constants.TryGetValue(index, out int constant))
        {
            EmitConstantAddress(constant);
            _il.Emit(OpCodes.Volatile);
            _code.Load();
        }
        else
            EmitNode(index, EmitValue);
    }

    private void EmitNode(int index, Action<int> value)
    {
        Node node = _nodes[index];
        switch (node.Kind)
        {
            case NodeKind.Constant:
                _code.Constant(node.Value);
                break;
            case NodeKind.Time:
                _il.Emit(OpCodes.Ldloc, _step);
                _il.Emit(OpCodes.Conv_R8);
                _code.Broadcast();
                break;
            case NodeKind.Row:
                EmitLoad(node.Index);
                break;
            case NodeKind.Operation when node.Operation is Operation.Lookup or Operation.LookupSlope:
                _code.Lookup(node.Operation, node.Index, () => value(node.A), () => _il.Emit(OpCodes.Ldarg, TablesArgument));
                break;
            default:
                Action<int> a = IsInRegister(node, node.A) ? EmitSingle : value, b = IsInRegister(node, node.B) ? EmitSingle : value;
                ReadOnlySpan<Action> operands = [() => a(node.A), () => b(node.B), () => value(node.C)];
                if (node.Operation is Operation.Fma && _code.SubtractsProducts && Opposite(node.A) is { } opposite)
                {
                    value(opposite);
                    operands[1]();
                    operands[2]();
                    _code.SubtractProduct();
                    break;
                }
                _code.Operation(node.Operation, node.Index, operands[..Operations.Operands(node.Operation)]);
                break;
        }
    }

    // What a node that is in no local turns the sign of.
    private int? Opposite(int index) =>
        !_held[index] && _nodes[index] is { Kind: NodeKind.Operation, Operation: Operation.Xor, A: var operand, B: var sign }
            && _nodes[sign] is { Kind: NodeKind.Constant, Bits: long.MinValue } && !IsInvariant(index) && !_levels.IsOfStep(index) ? operand : null;

    // A constant that an operation cannot take from memory: there it takes the last of its operands, or any one of those that commute.
    private bool IsInRegister(Node node, int operand) => _copies == 1 && _constants.ContainsKey(operand) && node.Operation switch
    {
        Operation.Fma => _constants.ContainsKey(node.C),
        Operation.Subtract or Operation.Divide => operand == node.A,
        _ => false,
    };

    private void EmitSingle(int index)
    {
        EmitConstantAddress(_constants.Count + _single.Count);
        _code.Load();
        _single.Add(_nodes[index].Value);
    }

    private HashSet<int> Below(IEnumerable<int> nodes)
    {
        HashSet<int> below = [.. nodes];
        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            if (below.Contains(i))
                below.UnionWith(LaneEmitter.Operands(_nodes[i]).ToArray());
        }
        return below;
    }

    private void Hold(int index) => _il.Emit(OpCodes.Stloc, _locals[index] ??= _il.DeclareLocal(_code.Type));

    private void EmitLoad(int row)
    {
        if (_carried.TryGetValue((row, _copy), out LocalBuilder? carried))
        {
            _il.Emit(OpCodes.Ldloc, carried);
            return;
        }
        EmitAddress(row);
        _code.Load();
    }

    private void EmitStore(int row, Action value)
    {
        EmitAddress(row);
        value();
        _code.Store();
    }

    private void EmitAddress(int row)
    {
        _il.Emit(OpCodes.Ldarg, TileArgument);
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldc_I4, checked((row * _rowLength + _copy * _code.Width) * sizeof(double)));
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }

    private void EmitTimes(int factor)
    {
        _il.Emit(OpCodes.Ldc_I4, factor);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Mul);
    }
}
