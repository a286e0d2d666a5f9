using System.Globalization;

namespace SweepEngine.Simulation.Tests;

/// <summary>A table of tests/reference: numbers computed in quadruple precision, see the README there.</summary>
internal sealed class ReferenceTable
{
    private readonly string[] _columns;

    public ReferenceTable(string file)
    {
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "reference", file));
        _columns = lines[0].Split(',');
        Rows = [.. lines[1..].Where(line => line.Length > 0).Select(line => new Row(this, line.Split(',')))];
    }

    public IReadOnlyList<Row> Rows { get; }

    public bool Has(string column) => _columns.Contains(column);

    public sealed class Row(ReferenceTable table, string[] cells)
    {
        public string Text(string column) => cells[Array.IndexOf(table._columns, column)];

        /// <summary>NaN for an empty cell.</summary>
        public double this[string column] =>
            Text(column) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : double.NaN;

        public override string ToString() => string.Join(',', cells);
    }
}
