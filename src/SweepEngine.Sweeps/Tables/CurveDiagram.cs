using SweepEngine.Bifurcation;
using SweepEngine.Equations;
using SweepEngine.Parquet;

namespace SweepEngine.Sweeps;

/// <summary>A bifurcation point as the table <c>bifurcations</c> has it, in its units; null is NULL.</summary>
/// <param name="Kind">Its abbreviation.</param>
/// <param name="Drive">The drive.</param>
/// <param name="Minimum">Lowest voltage.</param>
/// <param name="Maximum">Highest voltage.</param>
/// <param name="Period">The period [ms].</param>
/// <param name="Criticality">What the normal form says.</param>
/// <param name="UnstableBefore">Unstable directions before.</param>
/// <param name="UnstableAfter">Unstable directions after.</param>
public sealed record DiagramMark(string Kind, double Drive, double Minimum, double Maximum, double? Period, string? Criticality, long UnstableBefore, long UnstableAfter);

/// <summary>A branch as the table <c>branches</c> has it, in its units.</summary>
/// <param name="IsOfCycles">Whether it consists of cycles; else of equilibria.</param>
/// <param name="Points">Its points, along it.</param>
public sealed record DiagramLine(bool IsOfCycles, IReadOnlyList<DiagramLinePoint> Points);

/// <summary>A point of a branch.</summary>
/// <param name="Drive">The drive.</param>
/// <param name="Minimum">Lowest voltage.</param>
/// <param name="Maximum">Highest voltage.</param>
/// <param name="IsStable">Whether it is stable.</param>
public readonly record struct DiagramLinePoint(double Drive, double Minimum, double Maximum, bool IsStable);

/// <summary>The diagram of one curve, out of the tables of a finished sweep.</summary>
/// <param name="Sweep">Name of the sweep.</param>
/// <param name="Model">Name of its model.</param>
/// <param name="Drive">The drive.</param>
/// <param name="DriveUnit">Unit of its axis; empty or 1 for a pure number.</param>
/// <param name="VoltageUnit">Unit of the voltages.</param>
/// <param name="Setting">The other swept parameters, with their values.</param>
/// <param name="Status">The curve's <c>bifurcation_status</c>.</param>
/// <param name="Marks">Its bifurcation points, by ascending drive.</param>
/// <param name="Lines">Its branches; none where the sweep does not measure them.</param>
public sealed record CurveDiagram(
    string Sweep, string Model, string Drive, string DriveUnit, string VoltageUnit, IReadOnlyList<(string Name, Quantity Value)> Setting, string Status,
    IReadOnlyList<DiagramMark> Marks, IReadOnlyList<DiagramLine> Lines)
{
    private const string Minimum = "minimum_voltage", Maximum = "maximum_voltage";

    /// <summary>Reads the diagram of a curve that is described.</summary>
    /// <param name="directory">Folder of the sweep.</param>
    /// <param name="where">Which curve: <c>g_K=36</c>, in the unit of the table, or <c>g_K=36 mS/cm^2</c>; enough of them to leave one.</param>
    /// <exception cref="InvalidDataException">There is no such curve, or more than one; or the folder is not that of a finished sweep with bifurcations.</exception>
    public static CurveDiagram Read(string directory, IReadOnlyList<string> where)
    {
        SweepManifest manifest = SweepManifest.TryRead(directory) ?? throw new InvalidDataException(
            $"there is no finished sweep in {directory}\n    next step: 'sweep run' with its sweep file makes one, or goes on with it");
        (string drive, IReadOnlyList<ManifestColumn> others) = Parameters(manifest, directory);
        var conditions = new CurveConditions(others, drive, where);
        long found = -1;
        bool several = false;
        ManifestTable curves = manifest.Tables.Single(table => table.Name == CurvesTable.TableName);
        foreach ((ParquetReader file, int group) in Groups(directory, curves, _ => true))
        {
            double[][] values = [.. others.Select(column => file.Read<double>(group, column.Name).Values)];
            long[] indices = file.Read<long>(group, SweepTable.CurveColumn).Values;
            for (int row = 0; row < indices.Length; row++)
            {
                if (conditions.Take(values, row))
                {
                    several |= found >= 0;
                    found = found < 0 ? indices[row] : found;
                }
            }
        }

        return found < 0 || several ? throw new InvalidDataException(several ? conditions.Several() : conditions.None()) : Read(directory, manifest, found);
    }

    /// <summary>Reads the diagram of a curve.</summary>
    /// <param name="directory">Folder of the sweep.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="curve">Index of the curve.</param>
    /// <exception cref="InvalidDataException">The sweep has no bifurcations.</exception>
    public static CurveDiagram Read(string directory, SweepManifest manifest, long curve)
    {
        (string drive, IReadOnlyList<ManifestColumn> others) = Parameters(manifest, directory);
        ManifestTable bifurcations = manifest.Tables.Single(table => table.Name == BifurcationsTable.TableName);
        List<(string, Quantity)> setting = [];
        string status = "";
        foreach ((ParquetReader file, int group, int row) in Rows(directory, manifest, CurvesTable.TableName, curve))
        {
            setting.AddRange(others.Select(column => (column.Name, new Quantity(file.Read<double>(group, column.Name).Values[row], CurveConditions.UnitOf(column)))));
            status = file.Read<string>(group, CurveBifurcations.StatusColumn).Values[row];
        }

        List<DiagramMark> marks = [];
        foreach ((ParquetReader file, int group, int row) in Rows(directory, manifest, BifurcationsTable.TableName, curve))
        {
            marks.Add(new DiagramMark(
                Text("kind")!, Number(drive)!.Value, Number(Minimum)!.Value, Number(Maximum)!.Value, Number("period"), Text("criticality"),
                file.Read<long>(group, "unstable_before").Values[row], file.Read<long>(group, "unstable_after").Values[row]));

            double? Number(string column) => Value<double>(column) is { IsNull: false } value ? value.Value : null;
            string? Text(string column) => Value<string>(column) is { IsNull: false } value ? value.Value : null;
            (T Value, bool IsNull) Value<T>(string column) where T : notnull
            {
                ColumnValues<T> values = file.Read<T>(group, column);
                return (values.Values[row], values.IsNull.Length > 0 && values.IsNull[row]);
            }
        }

        return new CurveDiagram(
            manifest.Sweep, manifest.Model, drive, Unit(drive), Unit(Maximum), setting, status, marks, ReadLines(directory, manifest, drive, curve));

        string Unit(string column) => bifurcations.Columns.Single(each => each.Name == column).Unit;
    }

    private static List<DiagramLine> ReadLines(string directory, SweepManifest manifest, string drive, long curve)
    {
        List<DiagramLine> lines = [];
        List<DiagramLinePoint> points = [];
        if (manifest.Tables.All(table => table.Name != BranchesTable.TableName))
        {
            return lines;
        }

        (ParquetReader? File, int Group) read = default;
        long[] branches = [], unstable = [];
        string[] kinds = [];
        double[] drives = [], lowest = [], highest = [];
        long branch = -1;
        foreach ((ParquetReader file, int group, int row) in Rows(directory, manifest, BranchesTable.TableName, curve))
        {
            if (read != (file, group))
            {
                read = (file, group);
                (branches, unstable) = (file.Read<long>(group, "branch").Values, file.Read<long>(group, "unstable").Values);
                kinds = file.Read<string>(group, "kind").Values;
                (drives, lowest, highest) = (file.Read<double>(group, drive).Values, file.Read<double>(group, Minimum).Values, file.Read<double>(group, Maximum).Values);
            }

            if (branches[row] != branch)
            {
                (branch, points) = (branches[row], []);
                lines.Add(new DiagramLine(kinds[row] == BranchKind.Cycles.Text(), points));
            }

            points.Add(new DiagramLinePoint(drives[row], lowest[row], highest[row], unstable[row] == 0));
        }

        return lines;
    }

    // The drive stands in both tables behind what they have in common, the curve and its parameters.
    private static (string Drive, IReadOnlyList<ManifestColumn> Others) Parameters(SweepManifest manifest, string directory)
    {
        ManifestTable table = manifest.Tables.FirstOrDefault(table => table.Name == BifurcationsTable.TableName)
            ?? throw new InvalidDataException($"the sweep in {directory} has no bifurcations\n    next step: run one with measure: [bifurcations, branches]");
        return (table.Columns.SkipWhile(column => column.Name != "kind").Skip(1).First().Name, [.. table.Columns.Skip(1).TakeWhile(column => column.Name != "bifurcation")]);
    }

    private static IEnumerable<(ParquetReader File, int Group, int Row)> Rows(string directory, SweepManifest manifest, string name, long curve)
    {
        ManifestTable table = manifest.Tables.Single(each => each.Name == name);
        foreach ((ParquetReader file, int group) in Groups(directory, table, bounds => bounds.Minimum is not long least || (least <= curve && (long)bounds.Maximum! >= curve)))
        {
            long[] curves = file.Read<long>(group, SweepTable.CurveColumn).Values;
            for (int row = 0; row < curves.Length; row++)
            {
                if (curves[row] == curve)
                {
                    yield return (file, group, row);
                }
            }
        }
    }

    private static IEnumerable<(ParquetReader File, int Group)> Groups(string directory, ManifestTable table, Func<ParquetStatistics, bool> mayHold)
    {
        foreach (ManifestFile each in table.Files)
        {
            using FileStream stream = File.OpenRead(Path.Combine(directory, each.Path));
            var file = new ParquetReader(stream);
            for (int group = 0; group < file.RowGroups.Count; group++)
            {
                // The curve is the first column.
                if (mayHold(file.RowGroups[group].Chunks[0].Statistics))
                {
                    yield return (file, group);
                }
            }
        }
    }
}
