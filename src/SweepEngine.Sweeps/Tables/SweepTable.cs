using SweepEngine.Equations;
using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>
/// The tables of a sweep, <c>points</c> and <c>curves</c>: their columns, and what travels in the metadata of their files.
/// </summary>
public sealed class SweepTable
{
    private readonly SweepIdentity _identity;
    private readonly string _sweep;

    private SweepTable(string name, IReadOnlyList<TableColumn> columns, string sortedBy, long rowsPerCurve, SweepSpec spec, SweepIdentity identity)
    {
        Name = name;
        Columns = columns;
        RowsPerCurve = rowsPerCurve;
        Schema = new ParquetSchema([.. columns.Select(column => column.Column)]);
        SortedBy = sortedBy;
        _identity = identity;
        _sweep = spec.Name;
    }

    /// <summary>Name of the table and of its folder.</summary>
    public string Name { get; }

    /// <summary>Its columns, in order.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The columns as the file has them.</summary>
    public ParquetSchema Schema { get; }

    /// <summary>The column by which rows are sorted, ascending from 0 without gaps.</summary>
    public string SortedBy { get; }

    /// <summary>Rows for each curve of the grid.</summary>
    public long RowsPerCurve { get; }

    /// <summary>How a file of the table is written: rows sorted, and in the metadata all that is needed to understand it alone.</summary>
    public ParquetWriterOptions FileOptions => new() { SortedBy = [new ParquetSorting(SortedBy)], Metadata = [.. Metadata()] };

    /// <summary>One row for each grid point: its parameters, how it ended, its measures.</summary>
    public static SweepTable Points(SweepSpec spec, SweepIdentity identity)
    {
        Unit drive = spec.Grid.Drive.Unit;
        List<TableColumn> columns =
        [
            Index("point", "Index of the grid point, from 0; the drive varies fastest."),
            Index("curve", "Index of the curve: all drive values at one setting of the other parameters."),
            .. spec.Grid.Axes.Select(axis => Parameter(spec, axis)),
            Of(PointMeasures.Status, spec, drive, nullable: false),
            Of(PointMeasures.Method, spec, drive, nullable: false),
            .. PointMeasures.Under(spec.Stimulus).Select(measure => Of(measure, spec, drive)),
        ];
        return new SweepTable("points", columns, "point", spec.Grid.PointsPerCurve, spec, identity);
    }

    /// <summary>One row for each curve: its parameters but the drive, and what the curve as a whole has.</summary>
    public static SweepTable Curves(SweepSpec spec, SweepIdentity identity)
    {
        Unit drive = spec.Grid.Drive.Unit;
        bool steps = spec.Stimulus is StepStimulus;
        List<TableColumn> columns =
        [
            Index("curve", "Index of the curve, from 0."),
            .. spec.Grid.Axes.SkipLast(1).Select(axis => Parameter(spec, axis)),
            .. (steps ? CurveMeasures.Grid : []).Select(measure => Of(measure, spec, drive)),
        ];
        if (spec.Measures.HasFlag(SweepMeasures.Rheobase))
        {
            columns.Add(Of(CurveMeasures.RheobaseStatus, spec, drive, nullable: false));
            if (steps)
            {
                columns.Add(Of(CurveMeasures.OnsetStatus, spec, drive, nullable: false));
            }

            columns.AddRange((steps ? CurveMeasures.Rheobase : CurveMeasures.ResponseRheobase).Select(measure => Of(measure, spec, drive)));
        }

        return new SweepTable("curves", columns, "curve", 1, spec, identity);
    }

    private IEnumerable<KeyValuePair<string, string>> Metadata()
    {
        yield return new("sweep.name", _sweep);
        yield return new("sweep.table", Name);
        yield return new("sweep.engine_version", EngineVersion.Text);
        yield return new("sweep.content_hash", _identity.ContentHash);
        yield return new("sweep.canonical_spec", _identity.CanonicalText);
        foreach (TableColumn column in Columns)
        {
            yield return new($"column.{column.Name}.unit", column.UnitText);
            yield return new($"column.{column.Name}.description", column.Description);
            if (column.Source is not null)
            {
                yield return new($"column.{column.Name}.source", column.Source);
            }
        }
    }

    private static TableColumn Index(string name, string description) =>
        new(new ParquetColumn(name, ParquetType.Int64, encoding: ParquetEncoding.DeltaBinaryPacked), null, description, null);

    private static TableColumn Parameter(SweepSpec spec, Axis axis) => new(
        new ParquetColumn(axis.Parameter, ParquetType.Double), axis.Unit, spec.Model.Parameter(axis.Parameter)!.Summary, null);

    private static TableColumn Of(Measure measure, SweepSpec spec, Unit drive, bool nullable = true)
    {
        ParquetColumn column = measure.Kind switch
        {
            MeasureKind.Text => new(measure.Name, ParquetType.String, nullable, ParquetEncoding.Dictionary),
            MeasureKind.Count => new(measure.Name, ParquetType.Int64, nullable),
            _ => new(measure.Name, ParquetType.Double, nullable, nanIsNull: nullable),
        };
        return new TableColumn(column, measure.UnitFor(spec.Model, drive), measure.Definition, measure.Source);
    }
}

/// <summary>The version of the program, as tables and manifests state it.</summary>
public static class EngineVersion
{
    /// <summary>For example <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(EngineVersion).Assembly.GetName().Version!.ToString(3);
}
