using SweepEngine.Bifurcation;
using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>The table <c>branches</c>, one row for each point of each branch of each curve, along the branch.</summary>
internal sealed class BranchesTable(SweepSpec spec, SweepIdentity identity)
    : DiagramTable(TableName, ColumnsOf(spec), [CurveColumn, BranchColumn, PositionColumn], spec, identity)
{
    /// <summary>Its name.</summary>
    public const string TableName = "branches";

    private const string PositionColumn = "position", StartColumn = "branch_start", EndColumn = "branch_end";

    private static readonly Measure Period = new("period", MeasureKind.Time, "Period of the cycle; NULL of equilibria.", Own);

    private static readonly string Ends =
        "range (of the drive), closed (back at its beginning), hopf, homoclinic, saddle_node_on_cycle, period_doubling (of a cycle of half the period), known (at another branch), "
        + "border (of a model with a reset: the orbit meets the threshold no more, or twice), threshold_crossing (where rest meets the threshold, trains begin with an unbounded period), lost (steps became too small), mesh_limit (cycles need more mesh intervals than allowed), step_limit (it has as many points as allowed).";

    /// <summary>Names of its columns but those of curve and model.</summary>
    public static IReadOnlyList<string> OwnColumns { get; } =
        [BranchColumn, PositionColumn, KindColumn, Minimum.Name, Maximum.Name, Period.Name, Frequency.Name, UnstableColumn, Spikes.Name, StartColumn, EndColumn];

    /// <inheritdoc/>
    internal override void Write(ParquetWriter file, ShardResults results)
    {
        (long Curve, int Index, Branch Branch, int Position)[] rows =
        [
            .. results.Diagrams.SelectMany((diagram, i) => diagram?.Branches.SelectMany((branch, index) =>
                Enumerable.Range(0, branch.Points.Count).Select(position => (results.Range.FirstCurve + i, index, branch, position))) ?? []),
        ];
        BranchPoint[] points = [.. rows.Select(row => row.Branch.Points[row.Position])];
        AppendCurves(file, [.. rows.Select(row => row.Curve)]);
        file.Column<long>(BranchColumn).Append([.. rows.Select(row => (long)row.Index)]);
        file.Column<long>(PositionColumn).Append([.. rows.Select(row => (long)row.Position)]);
        file.Column<string>(KindColumn).Append([.. rows.Select(row => row.Branch.Kind.Text())]);
        AppendStates(file, [.. points.Select(point => point.Drive)], [.. points.Select(point => point.State)]);
        AppendVoltages(file, points.Select(point => (point.Lowest, point.State)));
        AppendPeriods(file, Period.Name, points.Select(point => point.Period));
        AppendNumbers(file, UnstableColumn, [.. points.Select(point => (double)point.Unstable)]);
        AppendNumbers(file, Spikes.Name, [.. points.Select(point => (double)point.Spikes)]);
        file.Column<string>(StartColumn).Append([.. rows.Select(row => row.Branch.Start.Text())]);
        file.Column<string>(EndColumn).Append([.. rows.Select(row => row.Branch.End.Text())]);
    }

    private static List<TableColumn> ColumnsOf(SweepSpec spec) =>
    [
        .. CurveColumns(spec),
        Index(BranchColumn, "Index of the branch within its curve, from 0; equilibria come first."),
        Index(PositionColumn, "Index of the point along the branch, from 0."),
        Text(KindColumn, "equilibria; or cycles: of a model with a reset, periodic trains."),
        Parameter(spec, spec.Grid.Drive),
        .. StateColumns(spec),
        .. ((Measure[])[Minimum, Maximum, Period, Frequency]).Select(measure => Of(measure, spec)),
        Count(UnstableColumn, "Number of unstable eigenvalues or multipliers; 0 is stable."),
        Of(Spikes, spec, nullable: false),
        Text(StartColumn, $"Why the branch begins where it does: {Ends}"),
        Text(EndColumn, "Why it ends where it does, in the same words."),
    ];
}
