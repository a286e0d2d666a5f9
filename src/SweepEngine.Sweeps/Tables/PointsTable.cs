using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>The table <c>points</c>, one row for each grid point: its parameters, how it ended, its measures.</summary>
internal sealed class PointsTable(SweepSpec spec, SweepIdentity identity)
    : SweepTable(TableName, ColumnsOf(spec), PointNames(spec), spec.Grid.PointsPerCurve, spec, identity)
{
    /// <summary>Its name.</summary>
    public const string TableName = "points";

    /// <inheritdoc/>
    internal override void Write(ParquetWriter file, ShardResults results)
    {
        PointTable points = results.Points!;
        long[] indices = [.. Enumerable.Range(0, points.Status.Length).Select(i => results.FirstPoint + i)];
        AppendPoints(file, indices);
        file.Column<long>(CurveColumn).Append([.. indices.Select(point => point / Spec.Grid.PointsPerCurve)]);
        for (int axis = 0; axis < Spec.Grid.Axes.Count; axis++)
        {
            AppendAxis(file, axis, indices);
        }

        file.Column<string>(PointMeasures.Status.Name).Append([.. points.Status.Select(status => status.Text())]);
        file.Column<string>(PointMeasures.Method.Name).Append(points.Method);
        Append(file, points.Measures, points.Numbers);
    }

    private static List<TableColumn> ColumnsOf(SweepSpec spec) =>
    [
        .. PointColumns(spec),
        Index(CurveColumn, "Index of the curve: all drive values at one setting of the other parameters."),
        .. spec.Grid.Axes.Select(axis => Parameter(spec, axis)),
        Of(PointMeasures.Status, spec, nullable: false),
        Of(PointMeasures.Method, spec, nullable: false),
        .. PointMeasures.Under(spec.Stimulus, spec.Impedance is not null, spec.Measures.HasFlag(SweepMeasures.Rate)).Select(measure => Of(measure, spec)),
    ];
}
