using SweepEngine.Parquet;

namespace SweepEngine.Cli.Tests;

/// <summary>What the branches of a sweep say of its points: at rest, or how fast they fire.</summary>
/// <param name="folder">Folder of a sweep with the measures rate, bifurcations and branches.</param>
/// <param name="drive">Name of its drive.</param>
internal sealed class PredictedAttractors(string folder, string drive)
{
    // As near as this part of the drive's range to a bifurcation a simulation may come to what is stable on either side: it takes long there.
    private const double NearBifurcation = 1e-3;

    // A branch ends as near as this part of the range to the range's end.
    private const double NearEnd = 1e-6;

    // What a rate may differ from those of the neighbouring cycles of a branch, between which it is, relative.
    private const double RateSlack = 0.01;

    private readonly Row[] _branches = [.. Rows(folder, "branches").GroupBy(row => (row.Long("curve"), row.Long("branch"))).SelectMany(branch => Steps(folder, drive, branch))];
    private readonly (long Curve, double Drive)[] _bifurcations = [.. Rows(folder, "bifurcations").Select(row => (row.Long("curve"), row.Double(drive)!.Value))];
    private readonly HashSet<long> _complete = [.. Rows(folder, "curves").Where(row => row.Text("bifurcation_status") == "complete").Select(row => row.Long("curve"))];

    /// <summary>Compares every point.</summary>
    public Agreement Compare()
    {
        List<string> wrong = [];
        int points = 0, open = 0, unsettled = 0;
        TableRow[] rows = [.. Rows(folder, "points")];
        double range = rows.Max(row => row.Double(drive)!.Value) - rows.Min(row => row.Double(drive)!.Value);
        foreach (TableRow row in rows)
        {
            points++;
            long curve = row.Long("curve");
            double at = row.Double(drive)!.Value;
            if (row.Text("status") != "ok" || row.Double("rate") is not { } rate)
            {
                unsettled++;
                continue;
            }

            bool isNear = _bifurcations.Any(each => each.Curve == curve && Math.Abs(each.Drive - at) <= NearBifurcation * range);
            Row[] here = [.. _branches.Where(each => each.Curve == curve && each.Low - (NearEnd * range) <= at && at <= each.High + (NearEnd * range) && (each.IsStable || isNear))];
            if (here.Any(each => each.Slowest * (1 - RateSlack) <= rate && rate <= each.Fastest * (1 + RateSlack)))
            {
                continue;
            }

            // Where a diagram says that it is not complete, there may be what it has not.
            if (!_complete.Contains(curve))
            {
                open++;
                continue;
            }

            wrong.Add(FormattableString.Invariant($"curve {curve}, {drive} = {at:R}: {rate:R} Hz, predicted {string.Join(" or ", here.Where(each => each.IsStable).Select(each => $"{each.Slowest:G6} to {each.Fastest:G6} Hz"))}"));
        }

        return new Agreement(points, unsettled, open, wrong);
    }

    // From point to point of a branch; and from its last cycle to the orbit of infinite period that it ends in.
    private static IEnumerable<Row> Steps(string folder, string drive, IEnumerable<TableRow> branch)
    {
        TableRow[] rows = [.. branch.OrderBy(row => row.Long("position"))];
        long curve = rows[0].Long("curve");
        for (int i = 1; i < rows.Length; i++)
        {
            (TableRow first, TableRow last) = (rows[i - 1], rows[i]);
            (double from, double to) = (first.Double(drive)!.Value, last.Double(drive)!.Value);
            // Where the stability changes a bifurcation is among the points, and has that of what begins there. Spikes are lost in between where their peaks fall below the threshold.
            foreach (long spikes in new[] { first.Long("spikes"), last.Long("spikes") }.Distinct())
            {
                (double a, double b) = (RateOf(first, spikes), RateOf(last, spikes));
                yield return new Row(curve, Math.Min(from, to), Math.Max(from, to), first.Long("unstable") == 0, Math.Min(a, b), Math.Max(a, b));
            }
        }

        foreach ((TableRow end, string column) in new[] { (rows[0], "branch_start"), (rows[^1], "branch_end") })
        {
            if (end.Text(column) is "homoclinic" or "saddle_node_on_cycle")
            {
                double at = end.Double(drive)!.Value, limit = Rows(folder, "bifurcations").Where(row => row.Long("curve") == curve && row.Text("kind") is "HOM" or "SNIC").Select(row => row.Double(drive)!.Value).MinBy(each => Math.Abs(each - at));
                yield return new Row(curve, Math.Min(at, limit), Math.Max(at, limit), end.Long("unstable") == 0, 0, RateOf(end, end.Long("spikes")));
            }
        }
    }

    // [Hz]; of equilibria and cycles without spikes 0.
    private static double RateOf(TableRow row, long spikes) => row.Double("period") is { } period ? 1000 * spikes / period : 0;

    private static IEnumerable<TableRow> Rows(string folder, string table)
    {
        foreach (string path in Directory.GetFiles(Path.Combine(folder, table), "*.parquet").Order(StringComparer.Ordinal))
        {
            var file = new ParquetReader(new MemoryStream(File.ReadAllBytes(path)));
            for (int group = 0; group < file.RowGroups.Count; group++)
            {
                var columns = new TableColumns(file, group);
                long rows = file.RowGroups[group].RowCount;
                for (int row = 0; row < rows; row++)
                {
                    yield return new TableRow(columns, row);
                }
            }
        }
    }

    /// <summary>A piece of a branch. Rates [Hz].</summary>
    private sealed record Row(long Curve, double Low, double High, bool IsStable, double Slowest, double Fastest);

    /// <summary>Columns, read once.</summary>
    private sealed class TableColumns(ParquetReader file, int group)
    {
        private readonly Dictionary<string, object> _columns = [];

        public ColumnValues<T> Column<T>(string name) where T : notnull
        {
            if (!_columns.TryGetValue(name, out object? column))
            {
                _columns.Add(name, column = file.Read<T>(group, name));
            }

            return (ColumnValues<T>)column;
        }
    }

    /// <summary>A row of a table.</summary>
    private readonly record struct TableRow(TableColumns Columns, int Index)
    {
        public long Long(string column) => Columns.Column<long>(column).Values[Index];

        public string Text(string column) => Columns.Column<string>(column).Values[Index];

        public double? Double(string column)
        {
            ColumnValues<double> values = Columns.Column<double>(column);
            return values.IsNull.Length > 0 && values.IsNull[Index] ? null : values.Values[Index];
        }
    }
}

/// <summary>How simulations and branches agree.</summary>
/// <param name="Points">Points that were simulated.</param>
/// <param name="Unsettled">Points without a steady rate.</param>
/// <param name="Open">Points at which the diagram has nothing of the kind, and says that it is not complete.</param>
/// <param name="Wrong">What differs.</param>
internal sealed record Agreement(int Points, int Unsettled, int Open, IReadOnlyList<string> Wrong);
