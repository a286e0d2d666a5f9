using System.Numerics;
using SweepEngine.Bifurcation;
using SweepEngine.Equations;
using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>A table of what lies along the curves of a sweep: its rows follow one another by curve, and each curve has as many as were found.</summary>
internal abstract class DiagramTable : SweepTable
{
    private protected const string Own = "this project";

    private protected const string BranchColumn = "branch", KindColumn = "kind", UnstableColumn = "unstable";

    private protected static readonly Measure Minimum = new("minimum_voltage", MeasureKind.Voltage, "Lowest membrane potential of the cycle; of an equilibrium, its membrane potential.", Own);

    private protected static readonly Measure Maximum = new("maximum_voltage", MeasureKind.Voltage, "Highest membrane potential of the cycle; of an equilibrium, its membrane potential.", Own);

    private protected static readonly Measure Frequency = new("frequency", MeasureKind.Rate, "1/period; 0 where the period is infinite.", Own);

    private protected static readonly Measure Spikes = new("spikes", MeasureKind.Count, "Spikes in a period of the cycle, by the model's rule; 0 of an equilibrium.", Own);

    /// <summary>Names of complex columns: eigenvalues of equilibria, multipliers of cycles.</summary>
    private protected const string Eigenvalue = "lambda", Multiplier = "mu";

    // The leading ones decide; a cable has hundreds.
    private const int MostEigenvalues = 10;

    private static readonly Unit PerTime = Unit.Parse("1/ms")!;

    private protected DiagramTable(string name, IReadOnlyList<TableColumn> columns, IReadOnlyList<string> sortedBy, SweepSpec spec, SweepIdentity identity)
        : base(name, columns, sortedBy, rowsPerCurve: null, spec, identity)
    {
    }

    /// <summary>Names of columns that no variable of a model may have.</summary>
    public static IReadOnlyCollection<string> Reserved { get; } = [CurveColumn, .. BifurcationsTable.OwnColumns, .. BranchesTable.OwnColumns, .. FollowedTable.OwnColumns, .. FollowedPointsTable.OwnColumns];

    /// <summary>Names of all columns of eigenvalues and multipliers that there may be.</summary>
    private protected static IEnumerable<string> EigenvalueNames =>
        ((string[])[Eigenvalue, Multiplier]).SelectMany(each => Enumerable.Range(1, MostEigenvalues).SelectMany(i => (string[])[Re(each, i), Im(each, i)]));

    /// <summary>Columns of the curve: its index, and its parameters but the drive.</summary>
    private protected static IEnumerable<TableColumn> CurveColumns(SweepSpec spec) =>
        [Index(CurveColumn, "Index of the curve, from 0."), .. spec.Grid.Axes.SkipLast(1).Select(axis => Parameter(spec, axis))];

    /// <summary>A column for each state.</summary>
    private protected static IEnumerable<TableColumn> StateColumns(SweepSpec spec) => spec.Model.States.Select(state => new TableColumn(
        new ParquetColumn(state.Name, ParquetType.Double), state.Unit,
        $"{(state.Summary.Length > 0 ? state.Summary.TrimEnd('.') : state.ToString())}: at the equilibrium; of a cycle, where the membrane potential is highest.", null));

    private protected static TableColumn Text(string name, string description, bool nullable = false) =>
        new(new ParquetColumn(name, ParquetType.String, nullable, ParquetEncoding.Dictionary), null, description, Own);

    private protected static TableColumn Count(string name, string description) => new(new ParquetColumn(name, ParquetType.Int64), null, description, Own);

    /// <summary>Appends the columns of <see cref="CurveColumns"/>.</summary>
    /// <param name="file">The file.</param>
    /// <param name="curves">The curve of each row.</param>
    private protected void AppendCurves(ParquetWriter file, long[] curves)
    {
        file.Column<long>(CurveColumn).Append(curves);
        long[] points = [.. curves.Select(curve => curve * Spec.Grid.PointsPerCurve)];
        for (int axis = 0; axis < Spec.Grid.Axes.Count - 1; axis++)
        {
            AppendAxis(file, axis, points);
        }
    }

    /// <summary>Appends drive and states.</summary>
    /// <param name="file">The file.</param>
    /// <param name="drives">The drive of each row [SI].</param>
    /// <param name="states">The states of each row [SI].</param>
    private protected void AppendStates(ParquetWriter file, double[] drives, IReadOnlyList<double[]> states)
    {
        AppendNumbers(file, Spec.Grid.Drive.Parameter, drives);
        for (int i = 0; i < Spec.Model.States.Count; i++)
        {
            AppendNumbers(file, Spec.Model.States[i].Name, [.. states.Select(state => state[i])]);
        }
    }

    /// <summary>Appends the extremes of the voltage.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rows">Lowest voltage on a cycle, NaN of equilibria, and the state [SI].</param>
    private protected void AppendVoltages(ParquetWriter file, IEnumerable<(double Lowest, double[] State)> rows)
    {
        int voltage = Spec.Model.Voltage is { } name ? Spec.Model.StateIndex(name) : 0;
        AppendNumbers(file, Minimum.Name, [.. rows.Select(row => double.IsNaN(row.Lowest) ? row.State[voltage] : row.Lowest)]);
        AppendNumbers(file, Maximum.Name, [.. rows.Select(row => row.State[voltage])]);
    }

    /// <summary>Appends period and frequency.</summary>
    /// <param name="file">The file.</param>
    /// <param name="column">Name of the column of the period.</param>
    /// <param name="periods">Periods [s]; NaN where there is none.</param>
    private protected void AppendPeriods(ParquetWriter file, string column, IEnumerable<double> periods)
    {
        AppendNumbers(file, column, [.. periods.Select(period => double.IsFinite(period) ? period : double.NaN)]);
        AppendNumbers(file, Frequency.Name, [.. periods.Select(period => 1 / period)]);
    }

    private protected void AppendNumbers(ParquetWriter file, string column, double[] si) => file.AppendNumbers(Columns[Schema.IndexOf(column)], si);

    /// <summary>Appends complex numbers, the leading ones of each row.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">What the columns begin with.</param>
    /// <param name="count">How many there are columns for.</param>
    /// <param name="rows">Those of each row; NULL stands for those that it has not.</param>
    private protected void AppendEigenvalues(ParquetWriter file, string name, int count, IReadOnlyList<IReadOnlyList<Complex>> rows)
    {
        for (int i = 0; i < count; i++)
        {
            AppendNumbers(file, Re(name, i + 1), [.. rows.Select(row => i < row.Count ? row[i].Real : double.NaN)]);
            AppendNumbers(file, Im(name, i + 1), [.. rows.Select(row => i < row.Count ? row[i].Imaginary : double.NaN)]);
        }
    }

    /// <summary>Columns for the eigenvalues of equilibria.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="ending">What is said about them besides.</param>
    private protected static IEnumerable<TableColumn> EigenvalueColumns(SweepSpec spec, string ending) =>
        Enumerable.Range(1, EigenvalueCount(spec)).SelectMany(i => ComplexColumns(Eigenvalue, i, PerTime, $"eigenvalue of the equilibrium, by descending real part{ending}"));

    private protected static int EigenvalueCount(SweepSpec spec) => Math.Min(spec.Model.States.Count, MostEigenvalues);

    private protected static int MultiplierCount(SweepSpec spec) => Math.Min(spec.Model.States.Count - 1, MostEigenvalues);

    private static string Re(string name, int i) => $"{name}_{i}_re";

    private static string Im(string name, int i) => $"{name}_{i}_im";

    private protected static IEnumerable<TableColumn> ComplexColumns(string name, int i, Unit unit, string what) =>
    [
        new(new ParquetColumn(Re(name, i), ParquetType.Double, nullable: true, nanIsNull: true), unit, $"Real part of the {Ordinal(i)} {what}.", Own),
        new(new ParquetColumn(Im(name, i), ParquetType.Double, nullable: true, nanIsNull: true), unit, $"Imaginary part of the {Ordinal(i)} {what}.", Own),
    ];

    private static string Ordinal(int i) => i switch { 1 => "first", 2 => "second", 3 => "third", _ => $"{i}th" };
}
