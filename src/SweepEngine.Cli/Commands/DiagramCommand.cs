using System.CommandLine;
using SweepEngine.Equations;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary><c>sweep diagram</c>.</summary>
internal static class DiagramCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of a complete sweep with measure: [bifurcations] or [branches], as results/NAME" };
        var where = new Option<string[]>("--where") { HelpName = "PARAMETER=VALUE", Description = "Which curve, where the sweep has several: g_K=36, or 'g_K=36 mS/cm^2'", AllowMultipleArgumentsPerToken = true };
        var to = new Option<string?>("--to") { HelpName = "FILE", Description = "SVG file to draw the diagram to; needs the measure branches" };
        var command = new DetailedCommand("diagram", "Show the bifurcations of one curve of a sweep, and draw its diagram.",
            """
            In the picture stable equilibria and cycles are whole lines, unstable ones dashed; of cycles the highest and the
            lowest voltage are drawn. Kinds of points are explained in docs/bifurcations.md.

            Example: sweep diagram results/bifurcations-squid --where g_K=36 --to squid.svg
            """)
        {
            folder, where, to,
        };
        command.SetAction(parsed => Show(parsed.GetRequiredValue(folder), parsed.GetValue(where) ?? [], parsed.GetValue(to)));
        return command;
    }

    private static void Show(string folder, string[] where, string? to)
    {
        CurveDiagram diagram = CurveDiagram.Read(folder, where);
        DiagramListing.Write(diagram);
        if (to is null)
        {
            return;
        }

        if (diagram.Lines.Count == 0)
        {
            throw new WrongInputException($"--to: the sweep in {folder} has no branches to draw\n    next step: run it with measure: [bifurcations, branches]");
        }

        if (File.Exists(to))
        {
            throw new WrongInputException($"--to: there is already such a file: found {Finding.Quote(to)}\n    next step: choose another name, or delete it");
        }

        File.WriteAllText(to, DiagramPicture.Of(diagram));
        Console.Out.WriteLine($"drawn to {to}");
    }
}
