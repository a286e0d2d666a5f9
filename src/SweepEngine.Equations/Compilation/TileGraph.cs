namespace SweepEngine.Equations;

/// <summary>
/// Computes rows of a tile from others, for the lanes <paramref name="first"/> to <paramref name="end"/> − 1, both multiples of the lane width.
/// Row r of lane j is at <c>tile[r·length + j]</c>.
/// </summary>
public delegate void TileLoop(ref double tile, nint first, nint end);

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

    /// <summary>Makes the code.</summary>
    /// <param name="width">Lane width: 8, 4 or 1.</param>
    public TileLoop Compile(int width) => LaneEmitter.Compile(_graph, _results, length, width);
}
