using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>A bifurcation diagram as SVG: voltage over drive, equilibria and the extremes of cycles, stable ones as whole lines and unstable ones dashed, with the bifurcation points.</summary>
internal sealed class DiagramPicture
{
    private const double Left = 70, Top = 36, Width = 620, Height = 420, LegendLeft = Left + Width + 20, LegendWidth = 170;
    private const string EquilibriaColour = "#0072B2", CyclesColour = "#D55E00";
    private const string Dashes = "5 4";

    // Labels nearer to each other than this [pixels] cover each other.
    private const double LabelWidth = 30, LabelHeight = 13;

    // Where a label may stand beside its point: the first place that is free.
    private static readonly (double X, double Y)[] Places = [(6, -6), (6, 14), (6, -6 - LabelHeight), (6, 14 + LabelHeight), (-6 - LabelWidth, -6), (-6 - LabelWidth, 14)];

    // A little room around what is drawn, as a part of it.
    private const double Room = 0.04;

    private readonly CurveDiagram _diagram;
    private readonly SvgDrawing _svg = new(LegendLeft + LegendWidth, Top + Height + 56);
    private readonly double _left, _right, _bottom, _top;

    private DiagramPicture(CurveDiagram diagram)
    {
        _diagram = diagram;
        (_left, _right) = Range(diagram.Lines.SelectMany(line => line.Points).Select(point => point.Drive).Concat(diagram.Marks.Select(mark => mark.Drive)));
        (_bottom, _top) = Range(diagram.Lines.SelectMany(line => line.Points).SelectMany(point => (double[])[point.Minimum, point.Maximum])
            .Concat(diagram.Marks.SelectMany(mark => (double[])[mark.Minimum, mark.Maximum])));
    }

    /// <summary>Draws a diagram that has branches.</summary>
    /// <param name="diagram">The diagram.</param>
    public static string Of(CurveDiagram diagram)
    {
        var picture = new DiagramPicture(diagram);
        string setting = string.Join(", ", diagram.Setting.Select(each => $"{each.Name} = {Words.Number(each.Value.Value)} {each.Value.Unit}".TrimEnd()));
        picture._svg.Text(Left, Top - 14, $"{diagram.Sweep} ({diagram.Model}){(setting.Length > 0 ? " at " : "")}{setting}{(diagram.Status == Bifurcation.Diagram.Complete ? "" : $"; {diagram.Status}")}");
        picture.Axes();
        picture.Lines();
        picture.Marks();
        picture.Legend();
        return picture._svg.ToString();
    }

    private static (double, double) Range(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double least = all.DefaultIfEmpty(0).Min(), most = all.DefaultIfEmpty(1).Max(), room = Room * (most > least ? most - least : 1);
        return (least - room, most + room);
    }

    private static string Titled(string name, string unit) => unit is "" or "1" ? name : $"{name} [{unit}]";

    private double X(double drive) => Left + (Width * (drive - _left) / (_right - _left));

    private double Y(double voltage) => Top + (Height * (_top - voltage) / (_top - _bottom));

    private void Axes()
    {
        _svg.BeginGroup("axes");
        _svg.Rectangle(Left, Top, Width, Height, "black", "none");
        foreach (double tick in AxisTicks.Between(_left, _right, 7).Where(tick => tick >= _left && tick <= _right))
        {
            _svg.Line(X(tick), Top + Height, X(tick), Top + Height + 5, "black");
            _svg.Text(X(tick), Top + Height + 19, Words.Number(tick), "middle");
        }

        foreach (double tick in AxisTicks.Between(_bottom, _top, 6).Where(tick => tick >= _bottom && tick <= _top))
        {
            _svg.Line(Left - 5, Y(tick), Left, Y(tick), "black");
            _svg.Text(Left - 8, Y(tick) + 4, Words.Number(tick), "end");
        }

        _svg.Text(Left + (Width / 2), Top + Height + 42, Titled(_diagram.Drive, _diagram.DriveUnit), "middle");
        _svg.UpwardText(18, Top + (Height / 2), Titled("voltage", _diagram.VoltageUnit));
        _svg.EndGroup();
    }

    private void Lines()
    {
        foreach (bool stable in (bool[])[false, true])
        {
            Draw(stable, ofCycles: false, _diagram.Lines.Where(line => !line.IsOfCycles).SelectMany(line => Pieces(line, stable, point => point.Maximum)));
            Draw(stable, ofCycles: true, _diagram.Lines.Where(line => line.IsOfCycles).SelectMany(line => Pieces(line, stable, point => point.Maximum).Concat(Pieces(line, stable, point => point.Minimum))));
        }
    }

    private void Draw(bool stable, bool ofCycles, IEnumerable<IEnumerable<(double, double)>> pieces)
    {
        _svg.BeginGroup($"{(stable ? "stable" : "unstable")}-{(ofCycles ? "cycles" : "equilibria")}");
        _svg.Path(pieces, ofCycles ? CyclesColour : EquilibriaColour, stable ? 2 : 1.25, stable ? null : Dashes);
        _svg.EndGroup();
    }

    // What lies between two points has the stability of the first one, so that nothing is left out at a change.
    private IEnumerable<IEnumerable<(double, double)>> Pieces(DiagramLine line, bool stable, Func<DiagramLinePoint, double> voltage)
    {
        List<(double, double)> piece = [];
        (double X, double Y)[] places = [.. line.Points.Select(point => (X(point.Drive), Y(voltage(point))))];
        for (int i = 0; i < places.Length; i++)
        {
            bool isStable = line.Points[i].IsStable;
            if (piece.Count > 0)
            {
                piece.AddRange(SmoothPath.Between(places, i - 1));
            }

            if (piece.Count > 0 || isStable == stable)
            {
                piece.Add(places[i]);
            }

            if (isStable != stable && piece.Count > 0)
            {
                yield return piece;
                piece = [];
            }
        }

        if (piece.Count > 1)
        {
            yield return piece;
        }
    }

    // At an equilibrium's voltage, and at both extremes of a cycle; the label stands beside the upper one.
    private void Marks()
    {
        _svg.BeginGroup("bifurcations");
        List<(string Kind, double X, double Y)> labels = [];
        foreach (DiagramMark mark in _diagram.Marks)
        {
            bool ofCycle = mark.Minimum < mark.Maximum;
            double x = X(mark.Drive), y = Y(mark.Maximum);
            string colour = ofCycle ? CyclesColour : EquilibriaColour;
            _svg.Circle(x, y, 3.5, "black", colour);
            if (ofCycle)
            {
                _svg.Circle(x, Y(mark.Minimum), 3.5, "black", colour);
            }

            // One label serves several points of a kind that lie upon each other.
            (double X, double Y)[] free = [.. Places.Select(place => (x + place.X, y + place.Y)).Where(place => !labels.Any(other => Near(other, place.Item1, place.Item2)))];
            if (free.Length > 0 && !labels.Any(other => other.Kind == mark.Kind && Near(other, x + Places[0].X, y + Places[0].Y)))
            {
                labels.Add((mark.Kind, free[0].X, free[0].Y));
                _svg.Text(free[0].X, free[0].Y, mark.Kind);
            }
        }

        _svg.EndGroup();

        static bool Near((string Kind, double X, double Y) label, double x, double y) => Math.Abs(label.X - x) < LabelWidth && Math.Abs(label.Y - y) < LabelHeight;
    }

    private void Legend()
    {
        _svg.BeginGroup("legend");
        double y = Top + 8;
        foreach ((bool ofCycles, bool stable, string text) in ((bool, bool, string)[])
            [(false, true, "stable equilibrium"), (false, false, "unstable equilibrium"), (true, true, "stable cycle"), (true, false, "unstable cycle")])
        {
            if (_diagram.Lines.Any(line => line.IsOfCycles == ofCycles && line.Points.Any(point => point.IsStable == stable)))
            {
                _svg.Line(LegendLeft, y, LegendLeft + 24, y, ofCycles ? CyclesColour : EquilibriaColour, stable ? 2 : 1.25, stable ? null : Dashes);
                _svg.Text(LegendLeft + 32, y + 4, text);
                y += 20;
            }
        }

        _svg.EndGroup();
    }
}
