using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>The rows of a tile as variables of a loop that is being compiled: what is set stays in registers until the end of the loop.</summary>
internal sealed class GraphRows
{
    private readonly TileGraph _graph = new(LaneTile.Lanes);
    private readonly Dictionary<int, GraphLane> _set = [];

    /// <summary>Whether nothing was set.</summary>
    public bool IsEmpty => _set.Count == 0;

    /// <summary>The value of a row: what was set last.</summary>
    public GraphLane this[int row]
    {
        get => _set.TryGetValue(row, out GraphLane value) ? value : _graph.Read(row);
        set => _set[row] = value;
    }

    /// <summary>Carries out a program of the model.</summary>
    /// <param name="program">The program.</param>
    /// <param name="tile">Which rows are parameters.</param>
    /// <param name="time">The row of the time.</param>
    /// <param name="state">The first row of the states.</param>
    /// <param name="result">The first row of the results.</param>
    public void Evaluate(LaneProgram program, LaneTile tile, int time, int state, int result)
    {
        GraphLane[] results = _graph.Evaluate(program, this[time], Range(state, tile.States), Range(tile.ParameterRow, tile.Parameters));
        for (int i = 0; i < results.Length; i++)
        {
            this[result + i] = results[i];
        }

        GraphLane[] Range(int first, int count) => [.. Enumerable.Range(first, count).Select(row => this[row])];
    }

    /// <summary>Leaves memory as it is where nobody reads what was set.</summary>
    /// <param name="first">The first of some rows that follow each other.</param>
    /// <param name="count">How many.</param>
    public void Forget(int first, int count)
    {
        for (int row = first; row < first + count; row++)
        {
            _set.Remove(row);
        }
    }

    /// <summary>Compiles the loop, which ends by writing all rows that were set.</summary>
    /// <param name="width">Lane width: 8, 4 or 1.</param>
    public TileLoop Compile(int width)
    {
        foreach ((int row, GraphLane value) in _set.OrderBy(each => each.Key))
        {
            _graph.Write(row, value);
        }

        return _graph.Compile(width);
    }
}
