using System.CommandLine;
using SweepEngine.Parquet;

namespace SweepEngine.Cli;

/// <summary><c>sweep inspect</c>.</summary>
internal static class InspectCommand
{
    private const int DefaultRows = 5;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A Parquet file, the folder of a table, or the folder of a sweep" };
        var rows = new Option<int>("--rows") { HelpName = "N", Description = $"First rows to show [{DefaultRows}]", DefaultValueFactory = _ => DefaultRows };
        var command = new DetailedCommand("inspect", "Show what tables hold: columns, units, meanings, sizes, first rows.",
            """
            Example: sweep inspect results/adaptation-atlas/curves --rows 3
            """)
        {
            path, rows,
        };
        command.SetAction(parsed => Print(parsed.GetRequiredValue(path), Math.Max(0, parsed.GetValue(rows))));
        return command;
    }

    private static void Print(string path, int rows)
    {
        List<(string Name, string[] Files)> tables = [.. File.Exists(path) ? [(path, [path])] : TablesIn(path)];
        if (tables.Count == 0)
        {
            throw new WrongInputException(Directory.Exists(path)
                ? $"{path} holds no finished Parquet file\n    next step: 'sweep status {path}' says how far the sweep is"
                : $"there is no such file or folder: found '{path}'\n    next step: give a Parquet file, or a folder such as results/NAME");
        }
        foreach (var (name, files) in tables)
        {
            if (name != tables[0].Name) Console.Out.WriteLine();
            using var listing = new TableListing(name, files);
            listing.Print(rows);
        }
    }

    // A folder with Parquet files is a table; otherwise each of its folders that has some is one.
    private static IEnumerable<(string, string[])> TablesIn(string folder)
    {
        if (!Directory.Exists(folder)) return [];
        string[] files = FilesIn(folder);
        return files.Length > 0 ? [(folder, files)]
            : Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(each => (each, FilesIn(each))).Where(table => table.Item2.Length > 0);
    }

    private static string[] FilesIn(string folder) => [.. Directory.GetFiles(folder, "*.parquet").Order(StringComparer.Ordinal)];
}
