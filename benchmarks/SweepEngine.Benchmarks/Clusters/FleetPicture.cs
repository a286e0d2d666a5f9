using System.Globalization;
using SweepEngine.Cli;

namespace SweepEngine.Benchmarks.Clusters;

/// <summary>Time that workers lose, against the rate of failures, as SVG.</summary>
internal static class FleetPicture
{
    private const double Left = 70, Top = 20, Width = 520, Height = 320;
    private const string Grid = "#dddddd";

    /// <summary>Draws the picture.</summary>
    /// <param name="runs">Runs of one size, in the order of their rates; the first may be without failures.</param>
    public static string Of(IReadOnlyList<FleetRun> runs)
    {
        FleetRun[] failing = [.. runs.Where(run => run.FailuresPerHour > 0)];
        double least = Math.Log10(failing[0].FailuresPerHour), most = Math.Log10(failing[^1].FailuresPerHour);
        double highest = Math.Ceiling(10 * failing.Max(run => Math.Max(run.Lost, run.Waiting))) / 10;
        double X(double rate) => Left + (Width * (Math.Log10(rate) - least) / (most - least));
        double Y(double share) => Top + (Height * (1 - (share / highest)));

        var svg = new SvgDrawing(Left + Width + 240, Top + Height + 50);
        foreach (FleetRun run in failing)
        {
            double x = X(run.FailuresPerHour);
            svg.Line(x, Top, x, Top + Height, Grid);
            svg.Text(x, Top + Height + 18, run.FailuresPerHour.ToString(CultureInfo.InvariantCulture), "middle");
        }

        for (int i = 0; i <= 4; i++)
        {
            double share = highest * i / 4;
            svg.Line(Left, Y(share), Left + Width, Y(share), Grid);
            svg.Text(Left - 8, Y(share) + 4, string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#} %"), "end");
        }

        svg.Text(Left + (Width / 2), Top + Height + 40, "crashes, preemptions and pauses of a machine [1/h each]", "middle");
        svg.UpwardText(16, Top + (Height / 2), "share of the workers' time");
        (string Name, Func<FleetRun, double> Share)[] curves =
        [
            ("work lost or repeated", run => run.Lost), ("down or waiting", run => run.Waiting),
        ];
        for (int i = 0; i < curves.Length; i++)
        {
            string colour = SvgDrawing.Colours[i];
            svg.Path([failing.Select(run => (X(run.FailuresPerHour), Y(curves[i].Share(run))))], colour, 2);
            foreach (FleetRun run in failing)
            {
                svg.Circle(X(run.FailuresPerHour), Y(curves[i].Share(run)), 3, colour, colour);
            }

            double y = Top + 10 + (18 * i);
            svg.Line(Left + Width + 20, y, Left + Width + 40, y, colour, 2);
            svg.Text(Left + Width + 46, y + 4, curves[i].Name);
        }

        return svg.ToString();
    }
}
