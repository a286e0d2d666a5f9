using System.Globalization;
using SweepEngine.Cli;

namespace SweepEngine.Benchmarks.Peers;

/// <summary>The work–precision diagram of a comparison as SVG: time per point against the median error of the rate, both logarithmic.</summary>
public static class WorkPrecisionPicture
{
    // Less is rounding.
    private const double Least = 1e-16;

    private const double Left = 70, Top = 20, Width = 520, Height = 380, LegendLeft = Left + Width + 20;
    private const string Grid = "#dddddd";

    /// <summary>Draws the picture.</summary>
    /// <param name="comparison">The comparison.</param>
    public static string Of(PeerComparison comparison)
    {
        (string Name, (double Error, double Time)[] Points)[] curves =
        [
            .. comparison.Results.GroupBy(result => result.Program.Name)
                .Select(group => (group.Key, group.Select(result => (Math.Max(result.MedianError, Least), 1e6 / result.PointsPerSecond)).OrderBy(point => point.Item1).ToArray())),
        ];
        (double Error, double Time)[] all = [.. curves.SelectMany(curve => curve.Points)];
        (double least, double most) = Decades(all.Select(point => point.Error));
        (double fastest, double slowest) = Decades(all.Select(point => point.Time));
        // The smallest errors are on the right, as on a scale of accuracy.
        double X(double error) => Left + Width * (most - Math.Log10(error)) / (most - least);
        double Y(double time) => Top + Height * (slowest - Math.Log10(time)) / (slowest - fastest);

        var svg = new SvgDrawing(LegendLeft + 340, Top + Height + 50);
        for (double decade = least; decade <= most; decade += 2)
        {
            double x = X(Math.Pow(10, decade));
            svg.Line(x, Top, x, Top + Height, Grid);
            svg.Text(x, Top + Height + 18, Power(decade), "middle");
        }

        for (double decade = fastest; decade <= slowest; decade++)
        {
            double y = Y(Math.Pow(10, decade));
            svg.Line(Left, y, Left + Width, y, Grid);
            svg.Text(Left - 8, y + 4, Power(decade), "end");
        }

        svg.Text(Left + Width / 2, Top + Height + 40, "median relative error of the rate", "middle");
        svg.UpwardText(16, Top + Height / 2, "time per point [µs]");
        IReadOnlyList<string> colours = SvgDrawing.Colours;
        for (int i = 0; i < curves.Length; i++)
        {
            (string name, (double Error, double Time)[] points) = curves[i];
            string colour = colours[i % colours.Count], fill = i < colours.Count ? colour : "white";
            string? dashes = i < colours.Count ? null : "4 3";
            double y = Top + 10 + 18 * i;
            svg.Path([points.Select(point => (X(point.Error), Y(point.Time)))], colour, 2, dashes);
            foreach ((double error, double time) in points)
            {
                svg.Circle(X(error), Y(time), 3, colour, fill);
            }

            svg.Line(LegendLeft, y, LegendLeft + 20, y, colour, 2, dashes);
            svg.Text(LegendLeft + 26, y + 4, name);
        }

        return svg.ToString();
    }

    private static string Power(double decade) => string.Create(CultureInfo.InvariantCulture, $"1e{decade:0}");

    private static (double First, double Last) Decades(IEnumerable<double> values)
    {
        double[] logarithms = [.. values.Select(Math.Log10)];
        return (Math.Floor(logarithms.Min()), Math.Ceiling(logarithms.Max()));
    }
}
