using System.Globalization;
using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>Conditions that leave one curve of a finished sweep, as people write them, and what is said when they leave none or several.</summary>
internal sealed class CurveConditions
{
    private const int ShownValues = 12;

    // Numbers in tables are rounded once; people write decimals.
    private const double Alike = 1e-9;

    private readonly IReadOnlyList<ManifestColumn> _columns;
    private readonly IReadOnlyList<string> _where;
    private readonly (int Column, double Value)[] _wanted;
    private readonly SortedSet<double>[] _seen, _left;

    /// <summary>Reads the conditions.</summary>
    /// <param name="columns">Columns of the swept parameters but the drive.</param>
    /// <param name="drive">The drive.</param>
    /// <param name="where"><c>g_adapt=1</c>, in the unit of the table, or <c>g_adapt=1 nS</c>.</param>
    /// <exception cref="InvalidDataException">One of them is no condition.</exception>
    public CurveConditions(IReadOnlyList<ManifestColumn> columns, string drive, IReadOnlyList<string> where)
    {
        (_columns, _where) = (columns, where);
        _wanted = [.. where.Select(text => Condition(text, drive))];
        _seen = [.. columns.Select(_ => new SortedSet<double>())];
        _left = [.. columns.Select(_ => new SortedSet<double>())];
    }

    /// <summary>Whether a row is one of those that are asked for.</summary>
    /// <param name="values">Values of the columns, shape [columns][rows].</param>
    /// <param name="row">The row.</param>
    public bool Take(double[][] values, int row)
    {
        Note(_seen, values, row);
        bool fits = _wanted.All(each => Same(values[each.Column][row], each.Value));
        if (fits)
        {
            Note(_left, values, row);
        }

        return fits;
    }

    /// <summary>What is said when no curve is left.</summary>
    public string None() => $"the sweep has no curve where {string.Join(" and ", _where)}:\n{Values(_seen)}";

    /// <summary>What is said when several are.</summary>
    public string Several() => $"{(_where.Count == 0 ? "the sweep has" : $"where {string.Join(" and ", _where)} there are")} several curves\n"
        + $"    next step: choose one by --where {string.Join(" ", _columns.Where((_, i) => _left[i].Count > 1).Select(column => $"{column.Name}=…"))}, of\n"
        + Values(_left);

    private (int Column, double Value) Condition(string text, string drive)
    {
        string[] parts = text.Split('=', 2, StringSplitOptions.TrimEntries);
        string[] names = [.. _columns.Select(column => column.Name)];
        int column = Array.IndexOf(names, parts[0]);
        if (column < 0 || parts.Length < 2)
        {
            throw new InvalidDataException($"--where: this is not a condition on a swept parameter: found {Finding.Quote(text)}, "
                + (names.Length == 0 ? $"allowed none: the sweep has one curve, over {drive}" : $"allowed {string.Join(", ", names.Select(name => name + "=…"))}")
                + (DidYouMean.Hint(parts[0], names) is { } hint ? $"\n    next step: {hint}" : ""));
        }

        Unit unit = UnitOf(_columns[column]);
        if (double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double plain))
        {
            return (column, plain);
        }

        return Quantity.TryParse(parts[1], out Quantity value) && value.Unit.Dimension == unit.Dimension ? (column, unit.FromSI(value.SI))
            : throw new InvalidDataException($"--where: this is not a value of {parts[0]}: found {Finding.Quote(parts[1])}, allowed a number"
                + (unit.Text.Length > 0 ? $" in {unit.Text}, or one with a unit" : ""));
    }

    private static void Note(SortedSet<double>[] values, double[][] columns, int row)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].Count <= ShownValues)
                values[i].Add(columns[i][row]);
        }
    }

    private string Values(SortedSet<double>[] values) => string.Join('\n', _columns.Select((column, i) =>
        $"    {column.Name}: {string.Join(", ", values[i].Take(ShownValues).Select(value => new Quantity(value, UnitOf(column))))}"
        + (values[i].Count > ShownValues ? ", …" : "")));

    private static bool Same(double one, double other) => Math.Abs(one - other) <= Alike * Math.Max(Math.Abs(one), Math.Abs(other));

    /// <summary>The unit of a column.</summary>
    /// <param name="column">The column.</param>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static Unit UnitOf(ManifestColumn column) => column.Unit is "" or "1" ? Unit.One
        : Unit.Parse(column.Unit) ?? throw new InvalidDataException($"the manifest has a unit that cannot be read: found {Finding.Quote(column.Unit)}");
}
