using System.Numerics;
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

    // The leading ones decide; a cable has hundreds.
    private const int MostEigenvalues = 10;

    private const string IndexColumn = "bifurcation", CoefficientColumn = "coefficient", CriticalityColumn = "criticality", ResidualColumn = "residual";

    private const string Eigenvalue = "lambda", Multiplier = "mu";

    private static readonly Unit PerTime = Unit.Parse("1/ms")!;

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
        .. ((string[])[Eigenvalue, Multiplier]).SelectMany(each => Enumerable.Range(1, MostEigenvalues).SelectMany(i => (string[])[Re(each, i), Im(each, i)])),
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
        AppendEigenvalues(file, Eigenvalue, EigenvalueCount(Spec), points, ofCycles: false);
        AppendEigenvalues(file, Multiplier, MultiplierCount(Spec), points, ofCycles: true);
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
        .. Enumerable.Range(1, EigenvalueCount(spec)).SelectMany(i => Complex(Eigenvalue, i, PerTime, "eigenvalue of the equilibrium, by descending real part; NULL of cycles")),
        .. Enumerable.Range(1, MultiplierCount(spec)).SelectMany(i => Complex(Multiplier, i, Unit.One, "Floquet multiplier of the cycle, by descending modulus, the trivial one (1) left out; NULL of equilibria")),
        new(new ParquetColumn(CoefficientColumn, ParquetType.Double, nullable: true, nanIsNull: true), null,
            "Coefficient of the normal form, with variables in their units of display: of LP the quadratic one; of HB the first Lyapunov coefficient l_1 for ⟨q, q⟩ = 1 divided by ω, which is "
            + "negative where the cycle that is born is stable; of PD and LPC those of the map from period to period.", "Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory (4th ed. 2023), sections 5.4 and 10.2"),
        Text(CriticalityColumn, "supercritical: what is born is stable at first; subcritical: it is not; degenerate: at HB, the coefficient is 0 to its accuracy; NULL where it is not asked.", nullable: true),
        new(new ParquetColumn(ResidualColumn, ParquetType.Double, nullable: true, nanIsNull: true), Unit.One, "Size of the equations that define the point, where they should be 0, relative to their terms.", Own),
        .. Integers.Select(measure => Of(measure, spec, nullable: false)),
    ];

    private static int EigenvalueCount(SweepSpec spec) => Math.Min(spec.Model.States.Count, MostEigenvalues);

    private static int MultiplierCount(SweepSpec spec) => Math.Min(spec.Model.States.Count - 1, MostEigenvalues);

    private static string Re(string name, int i) => $"{name}_{i}_re";

    private static string Im(string name, int i) => $"{name}_{i}_im";

    private static IEnumerable<TableColumn> Complex(string name, int i, Unit unit, string what) =>
    [
        new(new ParquetColumn(Re(name, i), ParquetType.Double, nullable: true, nanIsNull: true), unit, $"Real part of the {Ordinal(i)} {what}.", Own),
        new(new ParquetColumn(Im(name, i), ParquetType.Double, nullable: true, nanIsNull: true), unit, $"Imaginary part of the {Ordinal(i)} {what}.", Own),
    ];

    private static string Ordinal(int i) => i switch { 1 => "first", 2 => "second", 3 => "third", _ => $"{i}th" };

    private static string Meaning(BifurcationKind kind) => kind switch
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
        BifurcationKind.ThresholdCrossing => "rest meets the threshold of a reset",
        BifurcationKind.BorderCollision => "a train gains or loses a spike",
        BifurcationKind.Grazing => "an orbit touches the threshold of a reset",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string? Criticality(BifurcationPoint point) => point.IsSupercritical switch
    {
        true => "supercritical",
        false => "subcritical",
        null => point.Kind is BifurcationKind.Hopf && double.IsFinite(point.Coefficient) ? "degenerate" : null,
    };

    // Whether it is on an equilibrium.
    private static bool IsOfCycles(BifurcationKind kind) => kind is BifurcationKind.FoldOfCycles or BifurcationKind.BranchPointOfCycles or BifurcationKind.PeriodDoubling
        or BifurcationKind.Torus or BifurcationKind.BorderCollision or BifurcationKind.Grazing;

    private void AppendEigenvalues(ParquetWriter file, string name, int count, BifurcationPoint[] points, bool ofCycles)
    {
        for (int i = 0; i < count; i++)
        {
            Complex[] values = [.. points.Select(point => IsOfCycles(point.Kind) == ofCycles && i < point.Eigenvalues.Count ? point.Eigenvalues[i] : new Complex(double.NaN, double.NaN))];
            AppendNumbers(file, Re(name, i + 1), [.. values.Select(value => value.Real)]);
            AppendNumbers(file, Im(name, i + 1), [.. values.Select(value => value.Imaginary)]);
        }
    }
}
