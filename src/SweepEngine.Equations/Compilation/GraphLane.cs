using System.Runtime.Intrinsics.X86;
using SweepEngine.Lanes;

namespace SweepEngine.Equations;

/// <summary>
/// A lane that does not compute but notes down: each operation becomes a node of a graph. The generic text of an elementary function,
/// run with this, leaves its own operations in the graph. A lane without a graph is a constant.
/// </summary>
public readonly struct GraphLane : ILane<GraphLane>
{
    private readonly ExpressionGraph? _graph;
    private readonly int _node;
    private readonly Lane1 _constant;

    internal GraphLane(ExpressionGraph graph, int node) => (_graph, _node) = (graph, node);

    private GraphLane(Lane1 constant) => _constant = constant;

    /// <inheritdoc/>
    public static int Width => throw Unknowable();

    internal int NodeOf(ExpressionGraph graph) => _graph is null ? graph.Add(_constant) : _node;

    /// <inheritdoc/>
    public static GraphLane Broadcast(double value) => new(Lane1.Broadcast(value));

    /// <inheritdoc/>
    public static GraphLane BroadcastBits(long bits) => new(Lane1.BroadcastBits(bits));

    /// <inheritdoc/>
    public static GraphLane Load(ref readonly double source) => throw Unknowable();

    /// <inheritdoc/>
    public static void Store(GraphLane value, ref double target) => throw Unknowable();

    /// <inheritdoc/>
    public static uint Bits(GraphLane mask) => throw Unknowable();

    /// <inheritdoc/>
    public static GraphLane operator +(GraphLane a, GraphLane b) => Note(Operation.Add, a, b);

    /// <inheritdoc/>
    public static GraphLane operator -(GraphLane a, GraphLane b) => Note(Operation.Subtract, a, b);

    /// <inheritdoc/>
    public static GraphLane operator *(GraphLane a, GraphLane b) => Note(Operation.Multiply, a, b);

    /// <inheritdoc/>
    public static GraphLane operator /(GraphLane a, GraphLane b) => Note(Operation.Divide, a, b);

    /// <inheritdoc/>
    public static GraphLane operator -(GraphLane a) => Note(Operation.Negate, a);

    /// <inheritdoc/>
    public static GraphLane Fma(GraphLane a, GraphLane b, GraphLane c) => Note(Operation.Fma, a, b, c);

    /// <inheritdoc/>
    public static GraphLane Sqrt(GraphLane a) => Note(Operation.Sqrt, a);

    /// <inheritdoc/>
    public static GraphLane Abs(GraphLane a) => Note(Operation.Abs, a);

    /// <inheritdoc/>
    public static GraphLane Min(GraphLane a, GraphLane b) => Note(Operation.Min, a, b);

    /// <inheritdoc/>
    public static GraphLane Max(GraphLane a, GraphLane b) => Note(Operation.Max, a, b);

    /// <inheritdoc/>
    public static GraphLane Floor(GraphLane a) => Note(Operation.Floor, a);

    /// <inheritdoc/>
    public static GraphLane Round(GraphLane a) => Note(Operation.Round, a);

    /// <inheritdoc/>
    public static GraphLane Truncate(GraphLane a) => Note(Operation.Truncate, a);

    /// <inheritdoc/>
    public static GraphLane CopySign(GraphLane magnitude, GraphLane sign) => Note(Operation.CopySign, magnitude, sign);

    /// <inheritdoc/>
    public static GraphLane LessThan(GraphLane a, GraphLane b) => Note(Operation.Less, a, b);

    /// <inheritdoc/>
    public static GraphLane LessOrEqual(GraphLane a, GraphLane b) => Note(Operation.LessOrEqual, a, b);

    /// <inheritdoc/>
    public static GraphLane GreaterThan(GraphLane a, GraphLane b) => Note(Operation.Greater, a, b);

    /// <inheritdoc/>
    public static GraphLane GreaterOrEqual(GraphLane a, GraphLane b) => Note(Operation.GreaterOrEqual, a, b);

    /// <inheritdoc/>
    public static GraphLane Equal(GraphLane a, GraphLane b) => Note(Operation.Equal, a, b);

    /// <inheritdoc/>
    public static GraphLane NotEqual(GraphLane a, GraphLane b) => Note(Operation.NotEqual, a, b);

    /// <inheritdoc/>
    public static GraphLane And(GraphLane a, GraphLane b) => Note(Operation.And, a, b);

    /// <inheritdoc/>
    public static GraphLane Or(GraphLane a, GraphLane b) => Note(Operation.Or, a, b);

    /// <inheritdoc/>
    public static GraphLane Xor(GraphLane a, GraphLane b) => Note(Operation.Xor, a, b);

    /// <inheritdoc/>
    public static GraphLane AndNot(GraphLane a, GraphLane b) => Note(Operation.AndNot, a, b);

    /// <inheritdoc/>
    public static GraphLane Not(GraphLane a) => Note(Operation.Not, a);

    /// <inheritdoc/>
    public static GraphLane Select(GraphLane mask, GraphLane whenTrue, GraphLane whenFalse) => Note(Operation.Select, mask, whenTrue, whenFalse);

    /// <inheritdoc/>
    public static GraphLane AddBits(GraphLane a, GraphLane b) => Note(Operation.AddBits, a, b);

    /// <inheritdoc/>
    public static GraphLane SubtractBits(GraphLane a, GraphLane b) => Note(Operation.SubtractBits, a, b);

    /// <inheritdoc/>
    public static GraphLane ShiftBitsLeft(GraphLane a, int count) => Note(Operation.ShiftBitsLeft, a, a, a, count);

    /// <inheritdoc/>
    public static GraphLane ShiftBitsRight(GraphLane a, int count) => Note(Operation.ShiftBitsRight, a, a, a, count);

    /// <inheritdoc/>
    /// <remarks>No function of the language needs it.</remarks>
    public static GraphLane MultiplyLowBits(GraphLane a, GraphLane b) => throw Unknowable();

    /// <inheritdoc/>
    public static GraphLane Exponent(GraphLane a) => Avx512F.VL.IsSupported ? Note(Operation.Exponent, a) : LaneMath.ExponentByBits(a);

    /// <inheritdoc/>
    public static GraphLane Fraction(GraphLane a) => Avx512F.VL.IsSupported ? Note(Operation.Fraction, a) : LaneMath.FractionByBits(a);

    /// <inheritdoc/>
    public static GraphLane ScaleByPowerOf2(GraphLane a, GraphLane n) =>
        Avx512F.VL.IsSupported ? Note(Operation.ScaleByPowerOf2, a, n) : LaneMath.ScaleInTwoSteps(a, n);

    private static GraphLane Note(Operation operation, GraphLane a) => Note(operation, a, a, a);

    private static GraphLane Note(Operation operation, GraphLane a, GraphLane b) => Note(operation, a, b, b);

    private static GraphLane Note(Operation operation, GraphLane a, GraphLane b, GraphLane c, int count = 0) =>
        (a._graph ?? b._graph ?? c._graph) is { } graph
            ? new GraphLane(graph, graph.Add(operation, a.NodeOf(graph), b.NodeOf(graph), c.NodeOf(graph), count))
            : new GraphLane(Operations.Apply(operation, a._constant, b._constant, c._constant, count));

    private static InvalidOperationException Unknowable() => new("A text that depends on width or values cannot be written out.");
}
