using System.Buffers;
using System.Runtime.CompilerServices;
using SweepEngine.Lanes;

namespace SweepEngine.Equations;

/// <summary>
/// Evaluates a graph one lane at a time. At first the graph is walked, operation by operation; what is evaluated often becomes code, with the same bits. Many programs are
/// needed a few times only, such as the Jacobian where a point comes to rest. May be used from several threads.
/// </summary>
internal sealed class ScalarCode
{
    /// <summary>After so many lanes the graph becomes code.</summary>
    /// <remarks>An operation takes about 25 μs to compile, and about 10 ns to walk to.</remarks>
    public const int MostWalks = 1000;

    private readonly ExpressionGraph _graph;
    private readonly Lazy<LaneLoop> _code;
    private readonly Lazy<Node[]> _nodes;
    private readonly LaneLoop _walk;
    private int _walked;

    /// <summary>Compiles nothing yet.</summary>
    /// <param name="graph">What to compute; none of its outputs is a condition.</param>
    public ScalarCode(ExpressionGraph graph)
    {
        _graph = graph;
        _code = new(() => LaneEmitter.Compile(graph, 1));
        _nodes = new(() => [.. graph.Nodes]);
        _walk = Walk;
    }

    /// <summary>The code, made now if it was not before.</summary>
    public LaneLoop Code => _code.Value;

    /// <summary>What computes the outputs for the next lanes.</summary>
    public LaneLoop Loop => _code.IsValueCreated || Volatile.Read(ref _walked) >= MostWalks ? Code : _walk;

    private void Walk(ref readonly double t, ref readonly double y, ref readonly double p, ref double result, nint stride, nint count)
    {
        double[] values = ArrayPool<double>.Shared.Rent(_graph.Nodes.Count);
        for (nint lane = 0; lane < count; lane++)
        {
            Walk(values, in t, in y, in p, stride, lane);
            for (int output = 0; output < _graph.Outputs.Count; output++)
                Unsafe.Add(ref result, output * stride + lane) = values[_graph.Outputs[output]];
        }
        ArrayPool<double>.Shared.Return(values);
        Interlocked.Add(ref _walked, (int)count);
    }

    private void Walk(double[] values, ref readonly double t, ref readonly double y, ref readonly double p, nint stride, nint lane)
    {
        Node[] nodes = _nodes.Value;
        for (int i = 0; i < nodes.Length; i++)
        {
            ref readonly Node node = ref nodes[i];
            values[i] = node.Kind switch
            {
                NodeKind.Constant => node.Value,
                NodeKind.Time => Unsafe.Add(ref Unsafe.AsRef(in t), lane),
                NodeKind.State => Unsafe.Add(ref Unsafe.AsRef(in y), node.Index * stride + lane),
                NodeKind.Parameter => Unsafe.Add(ref Unsafe.AsRef(in p), node.Index * stride + lane),
                NodeKind.Operation => Apply(in node, values),
                _ => throw new InvalidOperationException("A program reads no rows of a tile."),
            };
        }
    }

    private double Apply(ref readonly Node node, double[] values) => node.Operation switch
    {
        Operation.Lookup => _graph.Tables[node.Index].Value(values[node.A]),
        Operation.LookupSlope => _graph.Tables[node.Index].Slope(values[node.A]),
        _ => Operations.Apply(node.Operation, new Lane1(values[node.A]), new Lane1(values[node.B]), new Lane1(values[node.C]), node.Index).Value,
    };
}
