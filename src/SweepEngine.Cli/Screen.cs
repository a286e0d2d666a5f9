using Spectre.Console;

namespace SweepEngine.Cli;

/// <summary>What standard output is: a terminal or a file, how wide, with colour or without.</summary>
internal static class Screen
{
    /// <summary>Width of what is written to files and pipes.</summary>
    private const int FileWidth = 100;

    private static readonly Lazy<IAnsiConsole> s_console = new(() =>
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = HasColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = IsTerminal ? InteractionSupport.Yes : InteractionSupport.No,
        });
        console.Profile.Width = Width;
        return console;
    });

    /// <summary>Whether a person looks at it as it is written.</summary>
    public static bool IsTerminal { get; } = !System.Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Whether it shows colours; NO_COLOR (no-color.org) switches them off.</summary>
    public static bool HasColour { get; } = IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Characters on a line.</summary>
    public static int Width { get; } = IsTerminal && System.Console.WindowWidth > 0 ? System.Console.WindowWidth : FileWidth;

    /// <summary>For tables and progress bars.</summary>
    public static IAnsiConsole Console => s_console.Value;

    /// <summary>A table without frames, as everything that the program lists.</summary>
    /// <param name="headings">Headings of the columns; one that begins with '&gt;' is aligned to the right.</param>
    public static Table Table(params ReadOnlySpan<string> headings)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        foreach (string heading in headings)
        {
            bool right = heading.StartsWith('>');
            table.ShowHeaders |= heading.Length > (right ? 1 : 0);
            var column = new TableColumn(new Text(heading.TrimStart('>'), new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 2, 0) };
            table.AddColumn(right ? column.RightAligned() : column);
        }
        return table;
    }

    /// <summary>Adds a row of plain texts.</summary>
    public static void AddTexts(this Table table, params IEnumerable<string> cells) => table.AddRow(cells.Select(cell => new Text(cell)));
}
