using SweepEngine.Bifurcation;
using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>The table <c>two_parameter_curves</c>, one row for each point of each curve of bifurcation points in the plane of the drive and a second parameter.</summary>
internal sealed class FollowedTable(SweepSpec spec, FollowSpec follow, SweepIdentity identity)
    : DiagramTable(TableName, ColumnsOf(spec, follow), [CurveColumn, LineColumn, PositionColumn], spec, identity)
{
    /// <summary>Its name.</summary>
    public const string TableName = "two_parameter_curves";

    /// <summary>The column of the index of a curve of bifurcation points.</summary>
    internal const string LineColumn = "line";

    private const string PositionColumn = "position", CoefficientColumn = "coefficient", StartColumn = "line_start", EndColumn = "line_end";

    /// <summary>Names of its columns but those of curve and model.</summary>
    public static IReadOnlyList<string> OwnColumns { get; } = [LineColumn, PositionColumn, KindColumn, Frequency.Name, CoefficientColumn, UnstableColumn, StartColumn, EndColumn];

    /// <summary>The column of the second parameter.</summary>
    internal static TableColumn Second(SweepSpec spec, FollowSpec follow) =>
        new(new ParquetColumn(follow.Parameter, ParquetType.Double), follow.Lowest.Unit, spec.Model.Parameter(follow.Parameter)!.Summary, null);

    /// <inheritdoc/>
    internal override void Write(ParquetWriter file, ShardResults results)
    {
        (long Curve, int Line, TwoParameterCurve Of, int Position)[] rows =
        [
            .. results.Followed.SelectMany((diagram, i) => diagram?.Curves.SelectMany((line, index) =>
                Enumerable.Range(0, line.Points.Count).Select(position => (results.Range.FirstCurve + i, index, line, position))) ?? []),
        ];
        TwoParameterCurvePoint[] points = [.. rows.Select(row => row.Of.Points[row.Position])];
        AppendCurves(file, [.. rows.Select(row => row.Curve)]);
        file.Column<long>(LineColumn).Append([.. rows.Select(row => (long)row.Line)]);
        file.Column<long>(PositionColumn).Append([.. rows.Select(row => (long)row.Position)]);
        file.Column<string>(KindColumn).Append([.. rows.Select(row => row.Of.Kind.Text())]);
        AppendNumbers(file, follow.Parameter, [.. points.Select(point => point.Parameter)]);
        AppendStates(file, [.. points.Select(point => point.Drive)], [.. points.Select(point => point.State)]);
        AppendNumbers(file, Frequency.Name, [.. points.Select(point => point.Omega / (2 * Math.PI))]);
        AppendNumbers(file, CoefficientColumn, [.. points.Select(point => point.Coefficient)]);
        AppendNumbers(file, UnstableColumn, [.. points.Select(point => (double)point.Unstable)]);
        file.Column<string>(StartColumn).Append([.. rows.Select(row => row.Of.Start.Text())]);
        file.Column<string>(EndColumn).Append([.. rows.Select(row => row.Of.End.Text())]);
    }

    private static List<TableColumn> ColumnsOf(SweepSpec spec, FollowSpec follow) =>
    [
        .. CurveColumns(spec),
        Index(LineColumn, "Index of the curve of bifurcation points, within the curve of the sweep, from 0."),
        Index(PositionColumn, "Index of the point along it, from 0."),
        Text(KindColumn, "LP (folds of equilibria), HB (Hopf points) or LPC (folds of cycles)."),
        Second(spec, follow),
        Parameter(spec, spec.Grid.Drive),
        .. StateColumns(spec),
        Of(Frequency with { Definition = "Of HB: ω/(2π), the frequency of the cycle that is born; of LPC that of the cycle; NULL of LP." }, spec),
        new(new ParquetColumn(CoefficientColumn, ParquetType.Double, nullable: true, nanIsNull: true), null, "Coefficient of the normal form, as in the table bifurcations; NULL of LPC.", Own),
        Count(UnstableColumn, "Number of unstable eigenvalues beside those that are zero or imaginary, of LPC multipliers beside those that are 1; 0 means that the point bounds a region of stability."),
        Text(StartColumn, "Why it begins where it does: range (of the drive or of the second parameter), closed, bogdanov_takens (where a curve of Hopf points is at ω = 0), hopf (folds of cycles shrink to a generalised Hopf point), long_period (of folds of cycles the period grows without bound), lost, mesh_limit, step_limit."),
        Text(EndColumn, "Why it ends where it does, in the same words."),
    ];
}

/// <summary>The table <c>two_parameter_points</c>, one row for each point on these curves where a second condition holds.</summary>
internal sealed class FollowedPointsTable(SweepSpec spec, FollowSpec follow, SweepIdentity identity)
    : DiagramTable(TableName, ColumnsOf(spec, follow), [CurveColumn, IndexColumn], spec, identity)
{
    /// <summary>Its name.</summary>
    public const string TableName = "two_parameter_points";

    private const string IndexColumn = "point";

    private static readonly string[] Coefficients = ["coefficient_1", "coefficient_2"];

    /// <summary>Names of its columns but those of curve and model.</summary>
    public static IReadOnlyList<string> OwnColumns { get; } = [IndexColumn, KindColumn, FollowedTable.LineColumn, .. EigenvalueNames, .. Coefficients];

    /// <inheritdoc/>
    internal override void Write(ParquetWriter file, ShardResults results)
    {
        (long Curve, int Index, TwoParameterPoint Point)[] rows =
        [
            .. results.Followed.SelectMany((diagram, i) => diagram?.Points.Select((point, index) => (results.Range.FirstCurve + i, index, point)) ?? []),
        ];
        TwoParameterPoint[] points = [.. rows.Select(row => row.Point)];
        AppendCurves(file, [.. rows.Select(row => row.Curve)]);
        file.Column<long>(IndexColumn).Append([.. rows.Select(row => (long)row.Index)]);
        file.Column<string>(KindColumn).Append([.. points.Select(point => point.Kind.Text())]);
        file.Column<long>(FollowedTable.LineColumn).Append([.. points.Select(point => (long)point.Curve)]);
        AppendNumbers(file, follow.Parameter, [.. points.Select(point => point.Parameter)]);
        AppendStates(file, [.. points.Select(point => point.Drive)], [.. points.Select(point => point.State)]);
        AppendEigenvalues(file, Eigenvalue, EigenvalueCount(Spec), [.. points.Select(point => point.Eigenvalues)]);
        for (int c = 0; c < Coefficients.Length; c++)
        {
            AppendNumbers(file, Coefficients[c], [.. points.Select(point => c < point.Coefficients.Count ? point.Coefficients[c] : double.NaN)]);
        }
    }

    private static List<TableColumn> ColumnsOf(SweepSpec spec, FollowSpec follow) =>
    [
        .. CurveColumns(spec),
        Index(IndexColumn, "Index of the point within its curve, from 0, by ascending second parameter."),
        Text(KindColumn, $"{string.Join("; ", Enum.GetValues<BifurcationKind>().SkipWhile(kind => kind < BifurcationKind.Cusp).TakeWhile(kind => kind <= BifurcationKind.CuspOfCycles).Select(kind => $"{kind.Text()} ({BifurcationsTable.Meaning(kind)})"))}."),
        Count(FollowedTable.LineColumn, "Index of the curve on which it was found first, as in the table two_parameter_curves."),
        FollowedTable.Second(spec, follow),
        Parameter(spec, spec.Grid.Drive),
        .. StateColumns(spec),
        .. EigenvalueColumns(spec, ""),
        .. Coefficients.Select((name, i) => new TableColumn(new ParquetColumn(name, ParquetType.Double, nullable: true, nanIsNull: true), null,
            i == 0 ? "First coefficient of the normal form, with variables in their units of display: of CP c of x' = c x³ [1/s]; of BT a of x_1' = x_2, x_2' = a x_1² + b x_1 x_2; of GH the second Lyapunov coefficient divided by ω; of ZH s of ξ' = ξ² + s ρ², ρ' = θ ξ ρ; of HH θ; NULL of CPC."
                : "Second coefficient: of BT b; of ZH θ; of HH δ; NULL of the others.", "Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory (Springer 2004), chapter 8")),
    ];
}
