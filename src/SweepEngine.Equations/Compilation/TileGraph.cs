namespace SweepEngine.Equations;

/// <summary>
/// Computes rows of a tile from others, for the lanes <paramref name="first"/> to <paramref name="end"/> − 1, both multiples of the lane width.
/// Row r of lane j is at <c>tile[r·length + j]</c>.
/// </summary>
public delegate void TileLoop(ref double tile, nint first, nint end);

/// <summary>
/// Makes the steps <paramref name="from"/> to <paramref name="to"/> − 1 of the lanes <paramref name="first"/> to <paramref name="end"/> − 1, both multiples of the lane
/// width. Row r of lane j is at <c>tile[r·length + j]</c>.
/// </summary>
public delegate void TileSteps(ref double tile, nint first, nint end, long from, long to);

/// <summary>
/// Notes down what a loop over the lanes of a tile computes: it reads rows, carries out texts written for any <c>ILane</c> and programs of a model, and writes rows.
/// A text that runs with <see cref="GraphLane"/> becomes one method of processor instructions together with the equations that it calls, so that nothing
/// between them passes through memory.
/// </summary>
/// <remarks>Within a loop all rows are read before any is written.</remarks>
/// <param name="length">Number of lanes of a row.</param>
public sealed class TileGraph(int length)
{
    private readonly ExpressionGraph _graph = new();
    private readonly List<(int Row, int Node)> _results = [];

    /// <summary>Number of operations, constants and reads so far.</summary>
    public int Size => _graph.Nodes.Count;

    /// <summary>The value of a row.</summary>
    /// <param name="row">Its index, ≥ 0.</param>
    public GraphLane Read(int row) => new(_graph, _graph.Row(row));

    /// <summary>Writes a row, at the end of the loop.</summary>
    /// <param name="row">Its index, ≥ 0.</param>
    /// <param name="value">What to write.</param>
    public void Write(int row, GraphLane value) => _results.Add((row, value.NodeOf(_graph)));

    /// <summary>What a program of a model computes.</summary>
    /// <param name="program">The program.</param>
    /// <param name="time">The time [s].</param>
    /// <param name="states">The states.</param>
    /// <param name="parameters">The swept parameters, then the random numbers.</param>
    /// <returns>Its outputs.</returns>
    public GraphLane[] Evaluate(LaneProgram program, GraphLane time, IReadOnlyList<GraphLane> states, IReadOnlyList<GraphLane> parameters)
    {
        ArgumentNullException.ThrowIfNull(program);
        int Read(Node node) => (node.Kind switch
        {
            NodeKind.Time => time,
            NodeKind.State => states[node.Index],
            _ => parameters[node.Index],
        }).NodeOf(_graph);
        return [.. program.Graphs.SelectMany(graph => _graph.Add(graph, Read)).Select(node => new GraphLane(_graph, node))];
    }

    /// <summary>The number of the step, from 0 on, in a loop over steps.</summary>
    public GraphLane Step => new(_graph, _graph.Step());

    /// <summary>
    /// What expressions of a model come to, their elementary functions as operations of their own; for <see cref="CompileSteps"/>.
    /// </summary>
    /// <param name="code">The model.</param>
    /// <param name="expressions">Numbers, not conditions, over t, states, parameters, intermediates and functions of the model.</param>
    /// <param name="time">The time [s].</param>
    /// <param name="states">The states.</param>
    /// <param name="parameters">The swept parameters.</param>
    /// <returns>Their values.</returns>
    public GraphLane[] Evaluate(
        ModelCode code, IReadOnlyList<Expression> expressions, GraphLane time, IReadOnlyList<GraphLane> states, IReadOnlyList<GraphLane> parameters)
    {
        ArgumentNullException.ThrowIfNull(code);
        int Read(Node node) => (node.Kind switch
        {
            NodeKind.Time => time,
            NodeKind.State => states[node.Index],
            _ => parameters[node.Index],
        }).NodeOf(_graph);
        return [.. _graph.Add(code.GraphOf(expressions), Read).Select(node => new GraphLane(_graph, node))];
    }

    /// <summary>The same as <c>Select</c>, where the mask is rarely true: what only this needs is computed where a lane of a register asks for it.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="whenTrue">The value where it is true.</param>
    /// <param name="whenFalse">The value elsewhere.</param>
    public GraphLane Rarely(GraphLane mask, GraphLane whenTrue, GraphLane whenFalse) => new(
        _graph, _graph.Add(Operation.Select, mask.NodeOf(_graph), whenTrue.NodeOf(_graph), whenFalse.NodeOf(_graph), StepEmitter.Rarely));

    /// <summary>e^x as one operation.</summary>
    /// <param name="x">A value.</param>
    public GraphLane Exp(GraphLane x)
    {
        int node = x.NodeOf(_graph);
        return new(_graph, _graph.Add(Operation.Exp, node, node, node));
    }

    /// <summary>Whether a value depends on nothing but some of the rows.</summary>
    /// <param name="value">The value.</param>
    /// <param name="rows">Which rows.</param>
    public bool ReadsOnly(GraphLane value, Func<int, bool> rows)
    {
        HashSet<int> below = [value.NodeOf(_graph)];
        for (int i = _graph.Nodes.Count - 1; i >= 0; i--)
        {
            if (!below.Contains(i))
                continue;
            if (_graph.Nodes[i].Kind is NodeKind.Time || (_graph.Nodes[i].Kind is NodeKind.Row && !rows(_graph.Nodes[i].Index)))
                return false;
            below.UnionWith(LaneEmitter.Operands(_graph.Nodes[i]).ToArray());
        }
        return true;
    }

    /// <summary>
    /// Makes the code of a loop over steps, and within each over lanes. Rows that are not written are read before the first step. The arithmetic is rearranged by the
    /// rules of real numbers.
    /// </summary>
    /// <param name="width">Lane width: 8, 4 or 1; the results do not depend on it.</param>
    /// <param name="spareRow">The first of the rows that the code may use for itself.</param>
    /// <param name="spareRows">How many of these it needs.</param>
    public TileSteps CompileSteps(int width, int spareRow, out int spareRows)
    {
        (ExpressionGraph graph, int[] roots) = RealArithmetic.Rewrite(
            _graph, [.. _results.Select(result => result.Node)], _results.Select(result => result.Row).ToHashSet());
        return StepEmitter.Compile(graph, [.. _results.Zip(roots, (result, root) => (result.Row, root))], length, spareRow, width, out spareRows);
    }

    /// <summary>Makes the code.</summary>
    /// <param name="width">Lane width: 8, 4 or 1.</param>
    public TileLoop Compile(int width) => LaneEmitter.Compile(_graph, _results, length, width);
}
