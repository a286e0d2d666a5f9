using SweepEngine.Equations;
using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>
/// A table of a sweep: its columns, how its rows come out of a shard's results, and what travels in the metadata of its files.
/// </summary>
public abstract class SweepTable
{
    /// <summary>Name of the column that says which repeat a row is.</summary>
    internal const string RepeatColumn = "repeat";

    /// <summary>Name of the column that says to which curve a row belongs.</summary>
    internal const string CurveColumn = "curve";

    private readonly SweepIdentity _identity;

    private protected SweepTable(
        string name, IReadOnlyList<TableColumn> columns, IReadOnlyList<string> sortedBy, long? rowsPerCurve, SweepSpec spec, SweepIdentity identity)
    {
        Name = name;
        Columns = columns;
        RowsPerCurve = rowsPerCurve;
        Schema = new ParquetSchema([.. columns.Select(column => column.Column)]);
        SortedBy = sortedBy;
        Spec = spec;
        _identity = identity;
    }

    /// <summary>All tables of a sweep, in the order in which parts, manifest and listings have them.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="identity">Its identity.</param>
    public static IReadOnlyList<SweepTable> All(SweepSpec spec, SweepIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(spec);
        List<SweepTable> tables = [];
        if (spec.MeasuresPoints)
        {
            tables.Add(new PointsTable(spec, identity));
        }

        if (spec.Grid.Repeats > 1)
        {
            tables.Add(new MeansTable(spec, identity));
        }

        if (CurvesTable.HasMeasures(spec))
        {
            tables.Add(new CurvesTable(spec, identity));
        }

        if (spec.Traces is { } traces)
        {
            tables.Add(new TracesTable(spec, traces, identity));
        }

        if (spec.Measures.HasFlag(SweepMeasures.Bifurcations))
        {
            tables.Add(new BifurcationsTable(spec, identity));
        }

        if (spec.Measures.HasFlag(SweepMeasures.Branches))
        {
            tables.Add(new BranchesTable(spec, identity));
        }

        if (spec.Follow is { } follow)
        {
            tables.Add(new FollowedTable(spec, follow, identity));
            tables.Add(new FollowedPointsTable(spec, follow, identity));
        }

        return tables;
    }

    /// <summary>Name of the table and of its folder.</summary>
    public string Name { get; }

    /// <summary>Its columns, in order.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The columns as the file has them.</summary>
    public ParquetSchema Schema { get; }

    /// <summary>The columns by which rows are sorted, ascending, first the most significant one.</summary>
    public IReadOnlyList<string> SortedBy { get; }

    /// <summary>Rows for each curve of the grid; null where curves differ: such a table is sorted by <see cref="CurveColumn"/> first.</summary>
    public long? RowsPerCurve { get; }

    /// <summary>How a file of the table is written: rows sorted, and in the metadata all that is needed to understand it alone.</summary>
    public ParquetWriterOptions FileOptions => new()
    {
        SortedBy = [.. SortedBy.Select(column => new ParquetSorting(column))],
        Metadata = [.. Metadata()],
    };

    /// <summary>The sweep.</summary>
    private protected SweepSpec Spec { get; }

    /// <summary>Writes the rows of a shard, curve after curve: <see cref="RowsPerCurve"/> for each, where that is set.</summary>
    /// <param name="file">A file with the columns of <see cref="Schema"/>.</param>
    /// <param name="results">What the shard gave.</param>
    internal abstract void Write(ParquetWriter file, ShardResults results);

    /// <summary>Appends the numbers of measures, each to the column of its name.</summary>
    /// <param name="file">The file.</param>
    /// <param name="measures">The measures.</param>
    /// <param name="numbers">Their values [SI], shape [measures][rows].</param>
    private protected void Append(ParquetWriter file, IReadOnlyList<Measure> measures, double[][] numbers)
    {
        for (int m = 0; m < measures.Count; m++)
        {
            file.AppendNumbers(Columns[Schema.IndexOf(measures[m].Name)], numbers[m]);
        }
    }

    /// <summary>Appends the columns of <see cref="PointColumns"/>.</summary>
    /// <param name="file">The file.</param>
    /// <param name="points">One point for each row.</param>
    private protected void AppendPoints(ParquetWriter file, long[] points)
    {
        long repeats = Spec.Grid.Repeats;
        file.Column<long>("point").Append(repeats == 1 ? points : [.. points.Select(point => point / repeats)]);
        if (repeats > 1)
        {
            file.Column<long>(RepeatColumn).Append([.. points.Select(point => point % repeats)]);
        }
    }

    /// <summary>The columns that say which point a row is about.</summary>
    private protected static IEnumerable<TableColumn> PointColumns(SweepSpec spec) =>
    [
        Index("point", "Index of the grid point, from 0; the drive varies fastest."),
        .. spec.Grid.Repeats > 1 ? [Index(RepeatColumn, "Index of the repeat, from 0: the same point with other random numbers.")] : Array.Empty<TableColumn>(),
    ];

    /// <summary>The names of these columns.</summary>
    private protected static string[] PointNames(SweepSpec spec) => [.. PointColumns(spec).Select(column => column.Name)];

    /// <summary>Appends the values of an axis.</summary>
    /// <param name="file">The file.</param>
    /// <param name="axis">An index of the grid's axes.</param>
    /// <param name="points">One point for each row.</param>
    private protected void AppendAxis(ParquetWriter file, int axis, long[] points)
    {
        ParameterGrid grid = Spec.Grid;
        file.Column<double>(grid.Axes[axis].Parameter).Append([.. points.Select(point => grid.Axes[axis].Value(grid.IndexOn(point, axis)))]);
    }

    private protected static TableColumn Index(string name, string description) =>
        new(new ParquetColumn(name, ParquetType.Int64, encoding: ParquetEncoding.DeltaBinaryPacked), null, description, null);

    private protected static TableColumn Parameter(SweepSpec spec, Axis axis) => new(
        new ParquetColumn(axis.Parameter, ParquetType.Double), axis.Unit, spec.Model.Parameter(axis.Parameter)!.Summary, null);

    private protected static TableColumn Of(Measure measure, SweepSpec spec, bool nullable = true)
    {
        ParquetColumn column = measure.Kind switch
        {
            MeasureKind.Text => new(measure.Name, ParquetType.String, nullable, ParquetEncoding.Dictionary),
            MeasureKind.Count => new(measure.Name, ParquetType.Int64, nullable),
            MeasureKind.Flag => new(measure.Name, ParquetType.Boolean, nullable),
            _ => new(measure.Name, ParquetType.Double, nullable, nanIsNull: nullable),
        };
        return new TableColumn(column, measure.UnitFor(spec.Model, spec.Grid.Drive.Unit), measure.Definition, measure.Source);
    }

    private IEnumerable<KeyValuePair<string, string>> Metadata()
    {
        yield return new("sweep.name", Spec.Name);
        yield return new("sweep.table", Name);
        yield return new("sweep.engine_version", EngineVersion.Text);
        yield return new("sweep.content_hash", _identity.ContentHash);
        yield return new("sweep.canonical_spec", _identity.CanonicalText);
        foreach (KeyValuePair<string, string> entry in Columns.SelectMany(column => column.Metadata))
        {
            yield return entry;
        }
    }
}

/// <summary>The version of the program, as tables and manifests state it.</summary>
public static class EngineVersion
{
    /// <summary>For example <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(EngineVersion).Assembly.GetName().Version!.ToString(3);
}
