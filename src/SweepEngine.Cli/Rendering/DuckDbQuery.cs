using SweepEngine.Simulation;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>Command lines to paste: DuckDB on the finished tables.</summary>
internal static class DuckDbQuery
{
    private const int ShownCurves = 10, ShownPoints = 20;

    /// <summary>A first look at the curves.</summary>
    /// <param name="manifest">The sweep.</param>
    /// <param name="outputDirectory">Its folder.</param>
    /// <returns><c>duckdb -c "..."</c>.</returns>
    public static string Curves(SweepManifest manifest, string outputDirectory)
    {
        string[] wanted = ["rheobase", "onset_rate", "gain_at_onset", "maximal_rate"];
        IReadOnlyList<ManifestColumn> columns = manifest.Tables.Single(table => table.Name == "curves").Columns;
        // Between the index and the first measure, which of a response is the rheobase, stand the parameters.
        string[] first = [CurveMeasures.Grid[0].Name, CurveMeasures.RheobaseStatus.Name];
        IEnumerable<string> parameters = columns.Skip(1).TakeWhile(column => !first.Contains(column.Name)).Select(column => Identifier(column.Name));
        IEnumerable<string> shown = [.. parameters, .. wanted.Where(name => columns.Any(column => column.Name == name))];
        return Command($"SELECT {string.Join(", ", shown)} FROM {Table("curves", outputDirectory)} ORDER BY curve LIMIT {ShownCurves}");
    }

    /// <summary>A first look at the means of repeats.</summary>
    /// <param name="grid">The sweep's grid.</param>
    /// <param name="outputDirectory">Its folder.</param>
    /// <returns><c>duckdb -c "..."</c>.</returns>
    public static string Means(ParameterGrid grid, string outputDirectory)
    {
        IEnumerable<string> shown = [.. grid.Axes.Select(axis => Identifier(axis.Parameter)), "mean_rate", "mean_rate_lower", "mean_rate_upper"];
        return Command($"SELECT {string.Join(", ", shown)} FROM {Table("means", outputDirectory)} ORDER BY point LIMIT {ShownCurves}");
    }

    /// <summary>The points that failed.</summary>
    /// <param name="outputDirectory">Folder of the sweep.</param>
    /// <returns><c>duckdb -c "..."</c>.</returns>
    public static string FailedPoints(string outputDirectory)
    {
        string good = string.Join(", ", Enum.GetValues<PointStatus>().Where(status => status.HasMeasures()).Select(status => $"'{status.Text()}'"));
        return Command($"FROM {Table("points", outputDirectory)} WHERE status NOT IN ({good}) ORDER BY point LIMIT {ShownPoints}");
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
