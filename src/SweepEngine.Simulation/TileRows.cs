using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>The rows of a tile as variables of a text that is written for any lane.</summary>
/// <typeparam name="T">The lane.</typeparam>
internal interface ITileRows<T>
    where T : struct, ILane<T>
{
    /// <summary>The value of a row: what was set last.</summary>
    T this[int row] { get; set; }
}

/// <summary>Rows for a loop that is being compiled: what is set stays in registers until the end of the loop.</summary>
/// <param name="graph">The loop.</param>
internal sealed class GraphRows(TileGraph graph) : ITileRows<GraphLane>
{
    private readonly Dictionary<int, GraphLane> _set = [];

    /// <inheritdoc/>
    public GraphLane this[int row]
    {
        get => _set.TryGetValue(row, out GraphLane value) ? value : graph.Read(row);
        set => _set[row] = value;
    }

    /// <summary>Some rows that follow each other.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    public GraphLane[] Range(int first, int count) => [.. Enumerable.Range(first, count).Select(row => this[row])];

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
            graph.Write(row, value);
        }

        return graph.Compile(width);
    }
}

/// <summary>Rows in memory, at one register of lanes.</summary>
/// <param name="tile">The tile.</param>
/// <param name="lane">The first of the register's lanes.</param>
/// <typeparam name="T">The register.</typeparam>
internal readonly struct RegisterRows<T>(LaneTile tile, int lane) : ITileRows<T>
    where T : struct, ILane<T>
{
    /// <inheritdoc/>
    public T this[int row]
    {
        get => T.Load(in tile.Rows(row)[lane]);
        set => T.Store(value, ref tile.Rows(row)[lane]);
    }
}
