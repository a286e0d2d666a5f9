using System.Globalization;
using System.Security;
using System.Text;

namespace SweepEngine.Cli;

/// <summary>A drawing as SVG text. Lengths and places are in pixels from the upper left corner; a colour is a name or <c>#rrggbb</c>.</summary>
internal sealed class SvgDrawing
{
    private readonly StringBuilder _text = new();
    private int _groups, _clips;

    /// <summary>Begins a drawing on white ground.</summary>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    public SvgDrawing(double width, double height)
    {
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add($"<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
    }

    /// <summary>Colours that people with colour blindness tell apart: M. Okabe, K. Ito, Color Universal Design (2008).</summary>
    public static IReadOnlyList<string> Colours { get; } = ["#D55E00", "#CC79A7", "#0072B2", "#009E73", "#E69F00", "#56B4E9", "#000000", "#999999"];

    /// <summary>Begins a group, which ends with <see cref="EndGroup"/>.</summary>
    /// <param name="name">What it shows, as its class.</param>
    public void BeginGroup(string name)
    {
        Add($"<g class=\"{Escaped(name)}\">");
        _groups++;
    }

    /// <summary>Begins a group of which only what is inside of a rectangle shows.</summary>
    public void BeginClip(double x, double y, double width, double height)
    {
        _clips++;
        Add($"<clipPath id=\"clip{_clips}\"><rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\"/></clipPath>");
        Add($"<g clip-path=\"url(#clip{_clips})\">");
        _groups++;
    }

    /// <summary>Ends the group that was begun last.</summary>
    public void EndGroup()
    {
        Add($"</g>");
        _groups--;
    }

    /// <summary>A straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, string stroke, double width = 1, string? dashes = null) =>
        Add($"<line x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\"{Stroke(stroke, width, dashes)}/>");

    /// <summary>Lines from point to point, in pieces.</summary>
    /// <param name="pieces">The points of each piece.</param>
    /// <param name="stroke">Their colour.</param>
    /// <param name="width">Their width.</param>
    /// <param name="dashes">Lengths of dashes and gaps, such as <c>4 3</c>; null for whole lines.</param>
    public void Path(IEnumerable<IEnumerable<(double X, double Y)>> pieces, string stroke, double width = 1, string? dashes = null)
    {
        var path = new StringBuilder();
        foreach (IEnumerable<(double X, double Y)> piece in pieces)
        {
            string last = "";
            int count = 0;
            foreach ((double x, double y) in piece)
            {
                string point = string.Create(CultureInfo.InvariantCulture, $"{x:0.#} {y:0.#}");
                // What is nearer than a tenth of a pixel is not seen.
                if (point != last || count == 1)
                {
                    path.Append(count == 0 ? 'M' : count == 1 ? 'L' : ' ').Append(point);
                    count++;
                }

                last = point;
            }
        }

        if (path.Length > 0)
        {
            Add($"<path fill=\"none\"{Stroke(stroke, width, dashes)} stroke-linejoin=\"round\" d=\"{path}\"/>");
        }
    }

    /// <summary>A circle.</summary>
    public void Circle(double x, double y, double radius, string stroke, string fill, double width = 1) =>
        Add($"<circle cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{radius:0.##}\" fill=\"{fill}\"{Stroke(stroke, width, null)}/>");

    /// <summary>A rectangle.</summary>
    public void Rectangle(double x, double y, double width, double height, string stroke, string fill, double line = 1) =>
        Add($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" fill=\"{fill}\"{Stroke(stroke, line, null)}/>");

    /// <summary>A text on one line.</summary>
    /// <param name="x">Where it stands.</param>
    /// <param name="y">Its base line.</param>
    /// <param name="text">The text.</param>
    /// <param name="anchor">Which part of it is at <paramref name="x"/>: <c>start</c>, <c>middle</c> or <c>end</c>.</param>
    public void Text(double x, double y, string text, string anchor = "start") =>
        Add($"<text x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\">{Escaped(text)}</text>");

    /// <summary>A text that is read from below, with its middle at a place.</summary>
    public void UpwardText(double x, double y, string text) =>
        Add($"<text transform=\"translate({x:0.##} {y:0.##}) rotate(-90)\" text-anchor=\"middle\">{Escaped(text)}</text>");

    /// <summary>The whole of it.</summary>
    /// <returns>SVG 1.1.</returns>
    /// <exception cref="InvalidOperationException">A group was not ended.</exception>
    public override string ToString() => _groups == 0 ? $"{_text}</svg>\n" : throw new InvalidOperationException("A group of the drawing was not ended.");

    private static string Stroke(string stroke, double width, string? dashes) => string.Create(CultureInfo.InvariantCulture,
        $" stroke=\"{stroke}\"{(width == 1 ? "" : $" stroke-width=\"{width:0.##}\"")}{(dashes is null ? "" : $" stroke-dasharray=\"{dashes}\"")}");

    private static string Escaped(string text) => SecurityElement.Escape(text);

    private void Add(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
