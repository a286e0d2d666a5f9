using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>
/// The table <c>means</c> of a sweep with repeats, one row for each point of its axes: the mean of every measure over the repeats and its
/// confidence interval.
/// </summary>
internal sealed class MeansTable(SweepSpec spec, SweepIdentity identity)
    : SweepTable(TableName, ColumnsOf(spec), ["point"], spec.Grid.Drive.Count, spec, identity)
{
    /// <summary>Its name.</summary>
    public const string TableName = "means";

    private const string Own = "this project", Repeats = "repeats", Lower = "_lower", Upper = "_upper", Counted = "spike_count";

    private static readonly Measure Fano = new("fano_factor", MeasureKind.Ratio,
        "Variance (n − 1) over mean of spike_count; NULL without spikes or with fewer than two repeats.", "U. Fano, Phys. Rev. 72 (1947) 26");

    /// <inheritdoc/>
    internal override void Write(ParquetWriter file, ShardResults results)
    {
        PointTable points = results.Points!;
        int repeats = (int)Spec.Grid.Repeats, rows = points.Status.Length / repeats;
        long[] firsts = [.. Enumerable.Range(0, rows).Select(i => results.FirstPoint + (long)i * repeats)];
        file.Column<long>("point").Append([.. firsts.Select(point => point / repeats)]);
        file.Column<long>(CurveColumn).Append([.. firsts.Select(point => point / Spec.Grid.PointsPerCurve)]);
        for (int axis = 0; axis < Spec.Grid.Axes.Count; axis++)
        {
            AppendAxis(file, axis, firsts);
        }

        file.Column<long>(Repeats).Append([.. Enumerable.Range(0, rows)
            .Select(row => points.Status.AsSpan(row * repeats, repeats).ToArray().LongCount(status => status.HasMeasures()))]);
        for (int m = 0; m < points.Measures.Count; m++)
        {
            string name = points.Measures[m].Name;
            RepeatedMeasure[] means = [.. Enumerable.Range(0, rows).Select(row => RepeatedMeasure.Of(points.Numbers[m].AsSpan(row * repeats, repeats)))];
            AppendNumbers(file, name, [.. means.Select(each => each.Mean)]);
            AppendNumbers(file, name + Lower, [.. means.Select(each => each.Lower)]);
            AppendNumbers(file, name + Upper, [.. means.Select(each => each.Upper)]);
            if (name == Counted)
            {
                AppendNumbers(file, Fano.Name, [.. means.Select(each => each.Mean > 0 ? each.Variance / each.Mean : double.NaN)]);
            }
        }
    }

    private void AppendNumbers(ParquetWriter file, string column, double[] si) => file.AppendNumbers(Columns[Schema.IndexOf(column)], si);

    private static List<TableColumn> ColumnsOf(SweepSpec spec)
    {
        List<TableColumn> columns =
        [
            Index("point", "Index of the point of the axes, from 0; the drive varies fastest."),
            Index(CurveColumn, "Index of the curve: all drive values at one setting of the other parameters."),
            .. spec.Grid.Axes.Select(axis => Parameter(spec, axis)),
            new(new ParquetColumn(Repeats, ParquetType.Int64), null, "Number of repeats that have measures.", Own),
        ];
        foreach (Measure measure in PointMeasures.Under(spec.Stimulus))
        {
            // The mean of counts is no count.
            Measure mean = measure with { Kind = measure.Kind is MeasureKind.Count ? MeasureKind.Ratio : measure.Kind, Source = Own };
            columns.Add(Of(mean with { Definition = $"Mean over the repeats in which it is not NULL: {measure.Definition}" }, spec));
            columns.Add(Of(mean with
            {
                Name = measure.Name + Lower,
                Definition = $"Lower end of the 95 % confidence interval of the mean of {measure.Name}: mean − t s/√n, s the standard deviation (n − 1), t the quantile 0.975 of "
                    + "Student's distribution with n − 1 degrees of freedom; NULL with fewer than two repeats.",
            }, spec));
            columns.Add(Of(mean with { Name = measure.Name + Upper, Definition = "Upper end of that interval." }, spec));
            if (measure.Name == Counted)
            {
                columns.Add(Of(Fano, spec));
            }
        }

        return columns;
    }
}
