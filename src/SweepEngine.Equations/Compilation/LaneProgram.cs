using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SweepEngine.Equations;

/// <summary>
/// Expressions of a model, compiled for many grid points at once. Every lane gets the same bits at every width. May be used from
/// several threads.
/// </summary>
public sealed class LaneProgram
{
    private readonly int _width;
    private readonly Part[] _parts;

    /// <summary>Makes a program.</summary>
    /// <param name="graphs">What to compute, one after the other; each is a method of its own.</param>
    /// <param name="width">Lane width: 8, 4 or 1.</param>
    internal LaneProgram(IReadOnlyList<ExpressionGraph> graphs, int width)
    {
        Graphs = graphs;
        _width = width;
        _parts = new Part[graphs.Count];
        for (int i = 0; i < _parts.Length; i++)
        {
            ExpressionGraph graph = graphs[i];
            ScalarCode scalar = new(graph);
            _parts[i] = new Part(OutputCount, new(() => width == 1 ? scalar.Code : LaneEmitter.Compile(graph, width)), scalar);
            OutputCount += graph.Outputs.Count;
        }
        foreach (Node node in graphs.SelectMany(graph => graph.Nodes))
        {
            ReadsTime |= node.Kind is NodeKind.Time;
            if (node.Kind is NodeKind.State)
                StateRows = Math.Max(StateRows, node.Index + 1);
            if (node.Kind is NodeKind.Parameter)
                ParameterRows = Math.Max(ParameterRows, node.Index + 1);
        }
    }

    /// <summary>What the code is made from.</summary>
    internal IReadOnlyList<ExpressionGraph> Graphs { get; }

    /// <summary>Number of expressions, and of rows in the result.</summary>
    public int OutputCount { get; }

    /// <summary>True when the time is read.</summary>
    public bool ReadsTime { get; }

    /// <summary>How many rows of the states must be there: one more than the last that is read.</summary>
    public int StateRows { get; }

    /// <summary>How many rows of the swept parameters must be there: one more than the last that is read.</summary>
    public int ParameterRows { get; }

    /// <summary>
    /// Evaluates the expressions in the lanes j = first … first+count−1. Whole vectors run in vector code, the rest one by one.
    /// What is not read may be empty. The result may be the same memory as an input; partial overlap gives undefined results.
    /// </summary>
    /// <param name="t">Time of lane j [s] at <c>t[j]</c>.</param>
    /// <param name="y">State i of lane j [SI] at <c>y[i·stride + j]</c>.</param>
    /// <param name="p">Swept parameter k of lane j [SI] at <c>p[k·stride + j]</c>.</param>
    /// <param name="result">Output o of lane j [SI] goes to <c>result[o·stride + j]</c>.</param>
    /// <param name="stride">Distance of rows, ≥ first + count.</param>
    /// <param name="first">First lane, ≥ 0.</param>
    /// <param name="count">Number of lanes, ≥ 0.</param>
    /// <exception cref="ArgumentException">A span is too short, or a number out of its range.</exception>
    public void Evaluate(ReadOnlySpan<double> t, ReadOnlySpan<double> y, ReadOnlySpan<double> p, Span<double> result, int stride, int first, int count)
    {
        int end = first + count;
        if (first < 0 || count < 0 || end < 0 || end > stride)
            throw new ArgumentException($"Lanes {first} to {end} do not lie in rows of {stride}.", nameof(count));
        if ((ReadsTime && t.Length < end) || y.Length < Extent(StateRows, stride, end) || p.Length < Extent(ParameterRows, stride, end)
            || result.Length < Extent(OutputCount, stride, end))
            throw new ArgumentException($"A span is too short: t {t.Length}, y {y.Length}, p {p.Length}, result {result.Length}, needed for lanes up to {end} "
                + $"in rows of {stride}: {(ReadsTime ? end : 0)}, {Extent(StateRows, stride, end)}, {Extent(ParameterRows, stride, end)}, {Extent(OutputCount, stride, end)}.");
        if (_parts.Length > 1 && (result.Overlaps(t) || result.Overlaps(y) || result.Overlaps(p)))
        {
            // The first part would overwrite what the next one reads.
            double[] apart = new double[Extent(OutputCount, stride, end)];
            Evaluate(t, y, p, apart, stride, first, count);
            for (int output = 0; output < OutputCount; output++)
                apart.AsSpan(output * stride + first, count).CopyTo(result[(output * stride + first)..]);
            return;
        }
        int whole = count - count % _width;
        foreach (Part part in _parts)
        {
            Span<double> rows = result[(part.FirstOutput * stride)..];
            if (whole > 0)
                Run(part.Vector.Value, t, y, p, rows, stride, first, whole);
            if (whole < count)
                Run(part.Scalar.Loop, t, y, p, rows, stride, first + whole, count - whole);
        }
    }

    /// <summary>Compiles now what would otherwise be compiled when it is first needed.</summary>
    public void Prepare()
    {
        foreach (Part part in _parts)
            _ = (part.Vector.Value, part.Scalar.Code);
    }

    private sealed record Part(int FirstOutput, Lazy<LaneLoop> Vector, ScalarCode Scalar);

    private static long Extent(int rows, int stride, int end) => rows == 0 ? 0 : (long)(rows - 1) * stride + end;

    private static void Run(LaneLoop loop, ReadOnlySpan<double> t, ReadOnlySpan<double> y, ReadOnlySpan<double> p, Span<double> result, int stride, int first, int count) =>
        loop(in At(t, first), in At(y, first), in At(p, first), ref Unsafe.Add(ref MemoryMarshal.GetReference(result), first), stride, count);

    // A reference that is never followed when the span is empty.
    private static ref readonly double At(ReadOnlySpan<double> span, int first) =>
        ref span.IsEmpty ? ref Unsafe.NullRef<double>() : ref Unsafe.Add(ref MemoryMarshal.GetReference(span), first);
}
