using System.Globalization;
using System.Text;

namespace SweepEngine.Benchmarks.Peers;

/// <summary>The work–precision diagram of a comparison as SVG: time per point against the median error of the rate, both logarithmic.</summary>
public static class WorkPrecisionPicture
{
    // Less is rounding.
    private const double Least = 1e-16;

    private const double Left = 70, Top = 20, Width = 520, Height = 380, LegendLeft = Left + Width + 20;

    // Colours that people with colour blindness tell apart: M. Okabe, K. Ito, Color Universal Design (2008).
    private static readonly string[] s_colours = ["#D55E00", "#CC79A7", "#0072B2", "#009E73", "#E69F00", "#56B4E9", "#000000", "#999999"];

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

        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{LegendLeft + 260}\" height=\"{Top + Height + 50}\" font-family=\"sans-serif\" font-size=\"12\">");
        Line(svg, $"<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        for (double decade = least; decade <= most; decade += 2)
        {
            double x = X(Math.Pow(10, decade));
            Line(svg, $"<line x1=\"{x:0.0}\" y1=\"{Top}\" x2=\"{x:0.0}\" y2=\"{Top + Height}\" stroke=\"#dddddd\"/>");
            Line(svg, $"<text x=\"{x:0.0}\" y=\"{Top + Height + 18}\" text-anchor=\"middle\">1e{decade:0}</text>");
        }

        for (double decade = fastest; decade <= slowest; decade++)
        {
            double y = Y(Math.Pow(10, decade));
            Line(svg, $"<line x1=\"{Left}\" y1=\"{y:0.0}\" x2=\"{Left + Width}\" y2=\"{y:0.0}\" stroke=\"#dddddd\"/>");
            Line(svg, $"<text x=\"{Left - 8}\" y=\"{y + 4:0.0}\" text-anchor=\"end\">1e{decade:0}</text>");
        }

        Line(svg, $"<text x=\"{Left + Width / 2}\" y=\"{Top + Height + 40}\" text-anchor=\"middle\">median relative error of the rate</text>");
        Line(svg, $"<text transform=\"translate(16 {Top + Height / 2}) rotate(-90)\" text-anchor=\"middle\">time per point [µs]</text>");
        for (int i = 0; i < curves.Length; i++)
        {
            (string name, (double Error, double Time)[] points) = curves[i];
            string colour = s_colours[i % s_colours.Length], dashes = i < s_colours.Length ? "" : " stroke-dasharray=\"4 3\"";
            double y = Top + 10 + 18 * i;
            Line(svg, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dashes} points=\"{string.Join(' ', points.Select(point => Pair(X(point.Error), Y(point.Time))))}\"/>");
            foreach ((double error, double time) in points)
            {
                Line(svg, $"<circle cx=\"{X(error):0.0}\" cy=\"{Y(time):0.0}\" r=\"3\" fill=\"{colour}\"/>");
            }

            Line(svg, $"<line x1=\"{LegendLeft}\" y1=\"{y}\" x2=\"{LegendLeft + 20}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"2\"{dashes}/>");
            Line(svg, $"<text x=\"{LegendLeft + 26}\" y=\"{y + 4}\">{name}</text>");
        }

        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static (double First, double Last) Decades(IEnumerable<double> values)
    {
        double[] logarithms = [.. values.Select(Math.Log10)];
        return (Math.Floor(logarithms.Min()), Math.Ceiling(logarithms.Max()));
    }

    private static string Pair(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{x:0.0},{y:0.0}");

    private static void Line(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
