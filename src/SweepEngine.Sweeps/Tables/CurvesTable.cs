using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>The table <c>curves</c>, one row for each curve: its parameters but the drive, and what the curve as a whole has.</summary>
internal sealed class CurvesTable(SweepSpec spec, SweepIdentity identity)
    : SweepTable(TableName, ColumnsOf(spec), [CurveColumn], rowsPerCurve: 1, spec, identity)
{
    /// <summary>Its name.</summary>
    public const string TableName = "curves";

    /// <summary>Whether curves of the sweep as a whole have anything that is measured; if not, it has no such table.</summary>
    /// <param name="spec">The sweep.</param>
    public static bool HasMeasures(SweepSpec spec) => (spec.Measures & (SweepMeasures.Rheobase | SweepMeasures.Bifurcations)) != 0 || CurveMeasures.GridUnder(spec.Stimulus).Count > 0;

    /// <inheritdoc/>
    internal override void Write(ParquetWriter file, ShardResults results)
    {
        long[] indices = [.. Enumerable.Range(0, (int)results.Range.CurveCount).Select(i => results.Range.FirstCurve + i)];
        long[] firstPoints = [.. indices.Select(curve => curve * Spec.Grid.PointsPerCurve)];
        file.Column<long>(CurveColumn).Append(indices);
        for (int axis = 0; axis < Spec.Grid.Axes.Count - 1; axis++)
        {
            AppendAxis(file, axis, firstPoints);
        }

        if (results.Curves is { } curves)
        {
            WriteMeasured(file, curves);
        }

        CurveBifurcations.Write(file, Spec, results, (measure, numbers) => Append(file, [measure], [numbers]));
    }

    private void WriteMeasured(ParquetWriter file, CurveTable curves)
    {
        Append(file, CurveMeasures.GridUnder(Spec.Stimulus), curves.Grid);
        if (Spec.Measures.HasFlag(SweepMeasures.Rheobase))
        {
            file.Column<string>(CurveMeasures.RheobaseStatus.Name).Append([.. curves.RheobaseStatus.Select(status => status.Text())]);
            if (Spec.Stimulus is StepStimulus)
            {
                file.Column<string>(CurveMeasures.OnsetStatus.Name).Append([.. curves.OnsetStatus.Select(status => status.Text())]);
            }

            Append(file, CurveMeasures.RheobaseUnder(Spec.Stimulus), curves.Rheobase);
        }
    }

    private static List<TableColumn> ColumnsOf(SweepSpec spec)
    {
        List<TableColumn> columns =
        [
            Index(CurveColumn, "Index of the curve, from 0."),
            .. spec.Grid.Axes.SkipLast(1).Select(axis => Parameter(spec, axis)),
            .. spec.MeasuresPoints ? CurveMeasures.GridUnder(spec.Stimulus).Select(measure => Of(measure, spec)) : [],
        ];
        if (spec.Measures.HasFlag(SweepMeasures.Rheobase))
        {
            columns.Add(Of(CurveMeasures.RheobaseStatus, spec, nullable: false));
            if (spec.Stimulus is StepStimulus)
            {
                columns.Add(Of(CurveMeasures.OnsetStatus, spec, nullable: false));
            }

            columns.AddRange(CurveMeasures.RheobaseUnder(spec.Stimulus).Select(measure => Of(measure, spec)));
        }

        columns.AddRange(CurveBifurcations.ColumnsOf(spec).Select(column => Of(column.Measure, spec, column.Nullable)));

        return columns;
    }
}
