using SweepEngine.Simulation;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>Command lines to paste: DuckDB on the finished tables.</summary>
internal static class DuckDbQuery
{
    private const int ShownRows = 10, ShownFailures = 20;

    // What is asked for first, of the first table that there is.
    private static readonly (string Table, string SortedBy, string[] Wanted)[] Looks =
    [
        ("curves", "curve", ["rheobase", "onset_rate", "gain_at_onset", "maximal_rate", "onset_bifurcation", "onset_bifurcation_drive", "excitability_class", "bistable_lower", "bistable_upper"]),
        ("means", "point", ["mean_rate", "mean_rate_lower", "mean_rate_upper"]),
        ("points", "point", ["mean_rate", "time_to_first_spike", "mean_voltage"]),
    ];

    /// <summary>A first look at what was measured.</summary>
    /// <param name="manifest">The sweep.</param>
    /// <param name="parameters">The parameters of the grid's axes.</param>
    /// <param name="outputDirectory">Its folder.</param>
    /// <returns><c>duckdb -c "..."</c>.</returns>
    public static string FirstLook(SweepManifest manifest, IReadOnlyList<string> parameters, string outputDirectory)
    {
        (string name, string sortedBy, string[] wanted) = Looks.First(look => manifest.Tables.Any(table => table.Name == look.Table));
        HashSet<string> columns = [.. manifest.Tables.Single(table => table.Name == name).Columns.Select(column => column.Name)];
        string[] shown = [.. parameters.Concat(wanted).Where(columns.Contains).Select(Identifier)];
        return Command($"SELECT {string.Join(", ", shown)} FROM {Table(name, outputDirectory)} ORDER BY {sortedBy} LIMIT {ShownRows}");
    }

    /// <summary>The points that failed.</summary>
    /// <param name="outputDirectory">Folder of the sweep.</param>
    /// <returns><c>duckdb -c "..."</c>.</returns>
    public static string FailedPoints(string outputDirectory)
    {
        string good = string.Join(", ", Enum.GetValues<PointStatus>().Where(status => status.HasMeasures()).Select(status => $"'{status.Text()}'"));
        return Command($"FROM {Table("points", outputDirectory)} WHERE status NOT IN ({good}) ORDER BY point LIMIT {ShownFailures}");
    }

    private static string Table(string name, string outputDirectory) =>
        $"'{Path.Combine(outputDirectory, name, "*.parquet").Replace("'", "''", StringComparison.Ordinal)}'";

    // Words of SQL have letters only; a symbol such as g_L or I cannot be one.
    private static string Identifier(string name) => name.Length > 1 && name.All(char.IsAsciiLetter) ? $"\"{name}\"" : name;

    private static string Command(string sql)
    {
        foreach (string special in (string[])["\\", "\"", "$", "`"])
            sql = sql.Replace(special, "\\" + special, StringComparison.Ordinal);
        return $"duckdb -c \"{sql}\"";
    }
}
