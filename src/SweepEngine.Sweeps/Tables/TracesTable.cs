using SweepEngine.Parquet;

namespace SweepEngine.Sweeps;

/// <summary>The table <c>traces</c>, one row for each time of each grid point: its parameters, the time, the variables then.</summary>
internal sealed class TracesTable(SweepSpec spec, TraceSpec traces, SweepIdentity identity)
    : SweepTable(TableName, ColumnsOf(spec, traces), [.. PointNames(spec), TimeColumn], spec.Grid.PointsPerCurve * traces.Times.Count, spec, identity)
{
    /// <summary>Its name.</summary>
    public const string TableName = "traces";

    /// <summary>Name of the column of the times, as the language calls the time.</summary>
    public const string TimeColumn = "t";

    private const string Own = "this project";

    /// <inheritdoc/>
    internal override void Write(ParquetWriter file, ShardResults results)
    {
        int count = results.Points!.Status.Length, rows = (int)traces.Times.Count;
        double[] times = [.. Enumerable.Range(0, rows).Select(i => traces.Times.Value(i))];
        for (int first = 0; first < count; first += traces.PointsPerRun)
        {
            int points = Math.Min(traces.PointsPerRun, count - first);
            double[][] values = results.Traces(first, points);
            for (int v = 0; v < values.Length; v++)
            {
                file.AppendNumbers(Columns[Schema.IndexOf(traces.Variables[v].Name)], values[v]);
            }

            for (int i = 0; i < points; i++)
            {
                long point = results.FirstPoint + first + i;
                AppendPoints(file, Same(point));
                file.Column<long>(CurveColumn).Append(Same(point / Spec.Grid.PointsPerCurve));
                for (int axis = 0; axis < Spec.Grid.Axes.Count; axis++)
                {
                    file.Column<double>(Spec.Grid.Axes[axis].Parameter).Append(Same(Spec.Grid.Axes[axis].Value(Spec.Grid.IndexOn(point, axis))));
                }

                file.Column<double>(TimeColumn).Append(times);
            }
        }

        T[] Same<T>(T value)
        {
            var all = new T[rows];
            Array.Fill(all, value);
            return all;
        }
    }

    private static List<TableColumn> ColumnsOf(SweepSpec spec, TraceSpec traces) =>
    [
        .. PointColumns(spec),
        Index(CurveColumn, "Index of the curve: all drive values at one setting of the other parameters."),
        .. spec.Grid.Axes.Select(axis => Parameter(spec, axis)),
        new(new ParquetColumn(TimeColumn, ParquetType.Double), traces.Times.Unit,
            "Time since the start of the recording. A row has the values of its time; at the time of a spike or an event, those after it.", Own),
        .. traces.Variables.Select(variable => new TableColumn(
            new ParquetColumn(variable.Name, ParquetType.Double, nullable: true, nanIsNull: true), variable.Unit,
            $"{variable.Description}; NULL after the point failed or its recording ended.", null)),
    ];
}
