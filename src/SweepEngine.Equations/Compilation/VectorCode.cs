using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SweepEngine.Lanes;
using Op = SweepEngine.Equations.Operation;

namespace SweepEngine.Equations;

/// <summary>
/// Instructions for vectors of one lane width, on the framework's vector types: <see cref="Vector512{T}"/> for 8, <see cref="Vector256{T}"/>
/// for 4, and the lower half of <see cref="Vector128{T}"/> for 1, so that one list of operations serves all. They mean what the lanes of
/// the same width mean. The lane types themselves are not used, since the compiler stops inlining in methods of this size.
/// </summary>
internal sealed class VectorCode
{
    private static readonly ConcurrentDictionary<(Type Factory, string Name, Type Operand), MethodInfo> Methods = new();

    private readonly ILGenerator _il;
    private readonly Type _factory;
    private readonly Type _integers;
    private readonly Type _lane;

    public VectorCode(int width, ILGenerator il)
    {
        _il = il;
        Width = width;
        (_factory, Type, _integers, _lane) = width switch
        {
            8 => (typeof(Vector512), typeof(Vector512<double>), typeof(Vector512<long>), typeof(Lane8)),
            4 => (typeof(Vector256), typeof(Vector256<double>), typeof(Vector256<long>), typeof(Lane4)),
            _ => (typeof(Vector128), typeof(Vector128<double>), typeof(Vector128<long>), typeof(Lane1)),
        };
    }

    /// <summary>Lane width.</summary>
    public int Width { get; }

    /// <summary>Type of a value.</summary>
    public Type Type { get; }

    // There, a comparison stays in a mask register if the selection is written as a blend.
    private bool Blends => Width == 8 && Avx512F.IsSupported;

    /// <summary>Address → value.</summary>
    public void Load()
    {
        _il.Emit(OpCodes.Unaligned, (byte)1);
        _il.Emit(OpCodes.Ldobj, Width == 1 ? typeof(double) : Type);
        FromScalar();
    }

    /// <summary>Address, value → nothing.</summary>
    public void Store()
    {
        ToScalar();
        _il.Emit(OpCodes.Unaligned, (byte)1);
        _il.Emit(OpCodes.Stobj, Width == 1 ? typeof(double) : Type);
    }

    /// <summary>Nothing → value.</summary>
    public void Constant(double value)
    {
        if (double.IsNaN(value))
        {
            // Masks are NaN as numbers, and the bits of a NaN are safe only as an integer.
            _il.Emit(OpCodes.Ldc_I8, BitConverter.DoubleToInt64Bits(value));
            Call("Create", typeof(long));
            Call("AsDouble", _integers);
            return;
        }
        _il.Emit(OpCodes.Ldc_R8, value);
        Call("Create", typeof(double));
    }

    /// <summary>Number → value with it in every lane.</summary>
    public void Broadcast() => Call("Create", typeof(double));

    /// <summary>Mask → nothing; goes on at a label where no lane is true.</summary>
    /// <param name="none">The label.</param>
    public void BranchIfNone(Label none)
    {
        if (Width == 1)
        {
            Call("AsInt64", Type);
            Call("ToScalar", _integers);
        }
        else
        {
            Call("ExtractMostSignificantBits", Type);
        }
        _il.Emit(OpCodes.Brfalse, none);
    }

    /// <summary>Operands → value.</summary>
    /// <param name="operation">Which; of the node kinds that a graph keeps.</param>
    /// <param name="count">By how many bits a shift shifts.</param>
    /// <param name="operands">Emits an operand.</param>
    public void Operation(Operation operation, int count, ReadOnlySpan<Action> operands)
    {
        bool integers = operation is Op.AddBits or Op.SubtractBits or Op.ShiftBitsLeft or Op.ShiftBitsRight;
        bool blend = operation is Op.Select && Blends;
        for (int i = 0; i < operands.Length; i++)
        {
            operands[blend ? operands.Length - 1 - i : i]();
            if (integers)
                Call("AsInt64", Type);
        }
        switch (operation)
        {
            case Op.Add: Operator("op_Addition", Type, Type); break;
            case Op.Subtract: Operator("op_Subtraction", Type, Type); break;
            case Op.Multiply: Operator("op_Multiply", Type, Type); break;
            case Op.Divide: Operator("op_Division", Type, Type); break;
            case Op.And: Operator("op_BitwiseAnd", Type, Type); break;
            case Op.Or: Operator("op_BitwiseOr", Type, Type); break;
            case Op.Xor: Operator("op_ExclusiveOr", Type, Type); break;
            case Op.Not: Operator("op_OnesComplement", Type); break;
            case Op.AndNot: Call("AndNot", Type, Type); break;
            case Op.Sqrt or Op.Floor or Op.Round or Op.Truncate: Call(operation.ToString(), Type); break;
            case Op.Fma: Call("FusedMultiplyAdd", Type, Type, Type); break;
            case Op.Less: Call("LessThan", Type, Type); break;
            case Op.LessOrEqual: Call("LessThanOrEqual", Type, Type); break;
            case Op.Greater: Call("GreaterThan", Type, Type); break;
            case Op.GreaterOrEqual: Call("GreaterThanOrEqual", Type, Type); break;
            case Op.Equal: Call("Equals", Type, Type); break;
            case Op.Min or Op.Max: Smaller(operation); break;
            case Op.ScaleByPowerOf2: Processor(typeof(Avx512F.VL), "Scale"); break;
            case Op.Select when blend: _il.Emit(OpCodes.Call, typeof(Avx512F).GetMethod("BlendVariable", [Type, Type, Type])!); break;
            case Op.Select: Call("ConditionalSelect", Type, Type, Type); break;
            case Op.AddBits: Operator("op_Addition", _integers, _integers); break;
            case Op.SubtractBits: Operator("op_Subtraction", _integers, _integers); break;
            case Op.ShiftBitsLeft: Shift("op_LeftShift", count); break;
            case Op.ShiftBitsRight: Shift("op_UnsignedRightShift", count); break;
            case Op.ExprelrOfExp: Function(nameof(LaneMath.Exprelr), operands.Length); break;
            default: Function(operation.ToString(), operands.Length); break;
        }
        if (integers)
            Call("AsDouble", _integers);
    }

    // a < b ? a : b, or the same with >. The x86 instruction has just this meaning; the framework's Min and Max order NaN and zeros.
    private void Smaller(Operation operation)
    {
        if (Width == 8 ? Avx512F.IsSupported : Width == 4 ? Avx.IsSupported : Sse2.IsSupported)
        {
            Processor(Width == 8 ? typeof(Avx512F) : Width == 4 ? typeof(Avx) : typeof(Sse2), operation.ToString());
            return;
        }
        LocalBuilder a = _il.DeclareLocal(Type), b = _il.DeclareLocal(Type);
        _il.Emit(OpCodes.Stloc, b);
        _il.Emit(OpCodes.Stloc, a);
        _il.Emit(OpCodes.Ldloc, a);
        _il.Emit(OpCodes.Ldloc, b);
        Call(operation is Op.Min ? "LessThan" : "GreaterThan", Type, Type);
        _il.Emit(OpCodes.Ldloc, a);
        _il.Emit(OpCodes.Ldloc, b);
        Call("ConditionalSelect", Type, Type, Type);
    }

    private void Processor(Type extension, string name) =>
        _il.Emit(OpCodes.Call, (Width == 8 ? typeof(Avx512F) : extension).GetMethod(name, [Type, Type])!);

    private void Shift(string name, int count)
    {
        _il.Emit(OpCodes.Ldc_I4, count);
        Operator(name, _integers, typeof(int));
    }

    /// <summary>Operand → value of a table there, or slope.</summary>
    /// <param name="operation">Which of the two.</param>
    /// <param name="table">Index of the table.</param>
    /// <param name="operand">Emits the operand.</param>
    /// <param name="tables">Emits the array of tables.</param>
    public void Lookup(Operation operation, int table, Action operand, Action tables)
    {
        operand();
        ToLane();
        tables();
        _il.Emit(OpCodes.Ldc_I4, table);
        _il.Emit(OpCodes.Call, typeof(LookupTable).GetMethod(operation is Op.Lookup ? nameof(LookupTable.Values) : nameof(LookupTable.Slopes),
            BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(_lane));
        FromLane();
    }

    // A function of the lanes, called as it is.
    private void Function(string name, int operands)
    {
        if (operands == 2)
        {
            LocalBuilder second = _il.DeclareLocal(_lane);
            ToLane();
            _il.Emit(OpCodes.Stloc, second);
            ToLane();
            _il.Emit(OpCodes.Ldloc, second);
        }
        else
        {
            ToLane();
        }
        _il.Emit(OpCodes.Call, typeof(LaneMath).GetMethods()
            .Single(method => method.Name == name && method.GetParameters().Length == operands).MakeGenericMethod(_lane));
        FromLane();
    }

    private void ToLane()
    {
        ToScalar();
        _il.Emit(OpCodes.Newobj, _lane.GetConstructor([Width == 1 ? typeof(double) : Type])!);
    }

    private void FromLane()
    {
        LocalBuilder result = _il.DeclareLocal(_lane);
        _il.Emit(OpCodes.Stloc, result);
        _il.Emit(OpCodes.Ldloca, result);
        _il.Emit(OpCodes.Call, _lane.GetProperty(nameof(Lane1.Value))!.GetMethod!);
        FromScalar();
    }

    private void ToScalar()
    {
        if (Width == 1)
            Call("ToScalar", Type);
    }

    private void FromScalar()
    {
        if (Width == 1)
            Call("CreateScalar", typeof(double));
    }

    private void Operator(string name, params Type[] operands) => _il.Emit(OpCodes.Call, operands[0].GetMethod(name, operands)!);

    // A static method of the framework's class for this width: for doubles, or generic.
    private void Call(string name, params Type[] operands) =>
        _il.Emit(OpCodes.Call, Methods.GetOrAdd((_factory, name, operands[0]), static (key, operands) =>
            key.Factory.GetMethod(key.Name, operands) ?? key.Factory.GetMethods()
                .Single(method => method.Name == key.Name && method.IsGenericMethodDefinition && method.GetParameters().Length == operands.Length)
                .MakeGenericMethod(operands[0].IsGenericType ? operands[0].GenericTypeArguments[0] : operands[0]), operands));
}
