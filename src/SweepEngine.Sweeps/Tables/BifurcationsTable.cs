using SweepEngine.Bifurcation;
using SweepEngine.Equations;
using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>The table <c>bifurcations</c>, one row for each bifurcation point of each curve, by ascending drive within the curve.</summary>
internal sealed class BifurcationsTable(SweepSpec spec, SweepIdentity identity)
    : DiagramTable(TableName, ColumnsOf(spec), [CurveColumn, IndexColumn], spec, identity)
{
    /// <summary>Its name.</summary>
    public const string TableName = "bifurcations";

    private const string IndexColumn = "bifurcation", CoefficientColumn = "coefficient", CriticalityColumn = "criticality", ResidualColumn = "residual";

    private static readonly Measure Period = new("period", MeasureKind.Time,
        "Period of the cycle; at HB, that of the cycle that is born, 2π/ω; NULL of other equilibria and where it is infinite (HOM, SNIC).", Own);

    private static readonly Measure[] Integers =
    [
        new("unstable_before", MeasureKind.Count, "Number of unstable eigenvalues or multipliers before the point, in the order of its branch; 0 is stable.", Own),
        new("unstable_after", MeasureKind.Count, "Number of them after the point.", Own),
    ];

    /// <summary>Names of its columns but those of curve and model.</summary>
    public static IReadOnlyList<string> OwnColumns { get; } =
    [
        IndexColumn, KindColumn, BranchColumn, Minimum.Name, Maximum.Name, Period.Name, Frequency.Name,
        .. EigenvalueNames,
        CoefficientColumn, CriticalityColumn, ResidualColumn, .. Integers.Select(each => each.Name),
    ];

    /// <inheritdoc/>
    internal override void Write(ParquetWriter file, ShardResults results)
    {
        (long Curve, int Index, BifurcationPoint Point)[] rows =
        [
            .. results.Diagrams.SelectMany((diagram, i) => diagram?.Points.Select((point, index) => (results.Range.FirstCurve + i, index, point)) ?? []),
        ];
        BifurcationPoint[] points = [.. rows.Select(row => row.Point)];
        AppendCurves(file, [.. rows.Select(row => row.Curve)]);
        file.Column<long>(IndexColumn).Append([.. rows.Select(row => (long)row.Index)]);
        file.Column<string>(KindColumn).Append([.. points.Select(point => point.Kind.Text())]);
        file.Column<long>(BranchColumn).Append([.. points.Select(point => (long)point.Branch)]);
        AppendStates(file, [.. points.Select(point => point.Drive)], [.. points.Select(point => point.State)]);
        AppendVoltages(file, points.Select(point => (point.Lowest, point.State)));
        AppendPeriods(file, Period.Name, points.Select(point => point.Period));
        AppendEigenvalues(file, Eigenvalue, EigenvalueCount(Spec), [.. points.Select(point => IsOfCycles(point.Kind) ? [] : point.Eigenvalues)]);
        AppendEigenvalues(file, Multiplier, MultiplierCount(Spec), [.. points.Select(point => IsOfCycles(point.Kind) ? point.Eigenvalues : [])]);
        AppendNumbers(file, CoefficientColumn, [.. points.Select(point => point.Coefficient)]);
        file.Column<string>(CriticalityColumn).Append([.. points.Select(point => Criticality(point) ?? "")], [.. points.Select(point => Criticality(point) is null)]);
        AppendNumbers(file, ResidualColumn, [.. points.Select(point => point.Residual)]);
        AppendNumbers(file, Integers[0].Name, [.. points.Select(point => (double)point.UnstableBefore)]);
        AppendNumbers(file, Integers[1].Name, [.. points.Select(point => (double)point.UnstableAfter)]);
    }

    private static List<TableColumn> ColumnsOf(SweepSpec spec) =>
    [
        .. CurveColumns(spec),
        Index(IndexColumn, "Index of the point within its curve, from 0, by ascending drive."),
        Text(KindColumn, $"{string.Join("; ", Enum.GetValues<BifurcationKind>().Select(kind => $"{kind.Text()} ({Meaning(kind)})"))}."),
        Parameter(spec, spec.Grid.Drive),
        Count(BranchColumn, "Index of the branch on which it was found, as in the table branches."),
        .. StateColumns(spec),
        .. ((Measure[])[Minimum, Maximum, Period, Frequency]).Select(measure => Of(measure, spec)),
        .. EigenvalueColumns(spec, "; NULL of cycles"),
        .. Enumerable.Range(1, MultiplierCount(spec)).SelectMany(i => ComplexColumns(Multiplier, i, Unit.One, "Floquet multiplier of the cycle, by descending modulus, the trivial one (1) left out; NULL of equilibria")),
        new(new ParquetColumn(CoefficientColumn, ParquetType.Double, nullable: true, nanIsNull: true), null,
            "Coefficient of the normal form, with variables in their units of display: of LP the quadratic one; of HB the first Lyapunov coefficient l_1 for ⟨q, q⟩ = 1 divided by ω, which is "
            + "negative where the cycle that is born is stable; of LPC, PD and NS those from one period to the next, b of ξ ↦ ξ + b ξ², c of ξ ↦ −ξ − c ξ³ and Re d of ξ ↦ e^(iθ)(ξ + d ξ²ξ̄), for a direction of the "
            + "mean square 1 over the period; c and Re d are negative where what is born is stable, b where the two cycles are at higher drives; of HOM the sum of the saddle's leading eigenvalues [1/s].",
            "Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory (4th ed. 2023), sections 5.4 and 10.2; Yu. A. Kuznetsov et al., SIAM J. Numer. Anal. 43 (2005) 1407"),
        Text(CriticalityColumn, "Of HB, PD, NS and HOM. supercritical: what is born is stable at first; subcritical: it is not; degenerate: the coefficient is 0 to its accuracy; NULL of the others.", nullable: true),
        new(new ParquetColumn(ResidualColumn, ParquetType.Double, nullable: true, nanIsNull: true), Unit.One, "Size of the equations that define the point, where they should be 0, relative to their terms.", Own),
        .. Integers.Select(measure => Of(measure, spec, nullable: false)),
    ];

    internal static string Meaning(BifurcationKind kind) => kind switch
    {
        BifurcationKind.Fold => "fold of equilibria",
        BifurcationKind.Hopf => "Hopf",
        BifurcationKind.BranchPoint => "crossing of branches",
        BifurcationKind.FoldOfCycles => "fold of cycles",
        BifurcationKind.BranchPointOfCycles => "crossing of branches of cycles",
        BifurcationKind.PeriodDoubling => "period doubling",
        BifurcationKind.Torus => "torus, Neimark-Sacker",
        BifurcationKind.Homoclinic => "homoclinic orbit of a saddle",
        BifurcationKind.SaddleNodeOnCycle => "fold of equilibria on a cycle",
        BifurcationKind.Cusp => "cusp",
        BifurcationKind.BogdanovTakens => "Bogdanov-Takens",
        BifurcationKind.GeneralizedHopf => "generalised Hopf",
        BifurcationKind.FoldHopf => "fold-Hopf",
        BifurcationKind.DoubleHopf => "Hopf-Hopf",
        BifurcationKind.CuspOfCycles => "cusp of cycles",
        BifurcationKind.ThresholdCrossing => "rest meets the threshold of a reset",
        BifurcationKind.BorderCollision => "a train gains or loses a spike",
        BifurcationKind.Grazing => "an orbit touches the threshold of a reset",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string? Criticality(BifurcationPoint point) => point.IsSupercritical switch
    {
        true => "supercritical",
        false => "subcritical",
        null => point.Kind is BifurcationKind.Hopf or BifurcationKind.PeriodDoubling or BifurcationKind.Torus && double.IsFinite(point.Coefficient) ? "degenerate" : null,
    };

    // Whether it is on an equilibrium.
    private static bool IsOfCycles(BifurcationKind kind) => kind is BifurcationKind.FoldOfCycles or BifurcationKind.BranchPointOfCycles or BifurcationKind.PeriodDoubling
        or BifurcationKind.Torus or BifurcationKind.BorderCollision or BifurcationKind.Grazing;
}
