using SweepEngine.Bifurcation;
using SweepEngine.Equations;

namespace SweepEngine.Cli;

/// <summary>
/// The picture of a phase portrait as SVG: vector field, nullclines, threshold and reset, separatrices with their directions, trajectories, cycles and equilibria, with a legend of
/// what there is.
/// </summary>
internal sealed class PhasePicture
{
    private const double Left = 70, Top = 36, Width = 560, Height = 440, LegendLeft = Left + Width + 20, LegendWidth = 230;
    private const string XColour = "#0072B2", YColour = "#E69F00", StableColour = "#009E73", UnstableColour = "#CC79A7", CycleColour = "#D55E00", OrbitColour = "#444444",
        FieldColour = "#bbbbbb", JumpColour = "#000000";

    private readonly PhasePortrait _portrait;
    private readonly SvgDrawing _svg = new(LegendLeft + LegendWidth, Top + Height + 56);
    private readonly List<Func<double, string>> _entries = [];
    private double _legend = Top + 8;

    private PhasePicture(PhasePortrait portrait) => _portrait = portrait;

    /// <summary>Draws a portrait.</summary>
    /// <param name="portrait">The portrait.</param>
    /// <param name="title">What stands above it.</param>
    public static string Of(PhasePortrait portrait, string title)
    {
        var picture = new PhasePicture(portrait);
        picture._svg.Text(Left, Top - 14, title);
        picture._svg.BeginClip(Left, Top, Width, Height);
        picture.Field();
        picture._svg.EndGroup();
        picture.Axes();
        picture._svg.BeginClip(Left, Top, Width, Height);
        picture.Lines();
        picture.Orbits();
        picture.Eigenvectors();
        picture._svg.EndGroup();
        picture.Equilibria();
        picture.Legend();
        return picture._svg.ToString();
    }

    private double X(double value) => Left + Width * (value - _portrait.Window.Left) / _portrait.Window.Width;

    private double Y(double value) => Top + Height * (_portrait.Window.Top - value) / _portrait.Window.Height;

    private (double X, double Y) Place(PlanePoint point) => (X(point.X), Y(point.Y));

    // Directions as one sees them; longer arrows for faster flow, but not in proportion, since speeds differ by orders of magnitude.
    private void Field()
    {
        const double longest = 15, shortest = 5;
        var arrows = _portrait.Field.Select(arrow => (From: Place(arrow.At), X: arrow.X / _portrait.Window.Width * Width, Y: -arrow.Y / _portrait.Window.Height * Height))
            .Select(arrow => (arrow.From, arrow.X, arrow.Y, Speed: Math.Sqrt(arrow.X * arrow.X + arrow.Y * arrow.Y))).Where(arrow => arrow.Speed > 0 && double.IsFinite(arrow.Speed)).ToList();
        double[] speeds = [.. arrows.Select(arrow => arrow.Speed).Order()];
        double fast = speeds.Length == 0 ? 1 : speeds[speeds.Length * 9 / 10];
        _svg.BeginGroup("field");
        _svg.Path(arrows.SelectMany(arrow =>
        {
            double length = shortest + (longest - shortest) * Math.Sqrt(Math.Min(1, arrow.Speed / fast));
            return Arrow(arrow.From, (arrow.X / arrow.Speed, arrow.Y / arrow.Speed), length, 3);
        }), FieldColour);
        _svg.EndGroup();
    }

    // A shaft with its middle at a place, and a head at its end.
    private static IEnumerable<(double, double)[]> Arrow((double X, double Y) at, (double X, double Y) way, double length, double head)
    {
        (double x, double y) = (at.X + way.X * length / 2, at.Y + way.Y * length / 2);
        yield return [(at.X - way.X * length / 2, at.Y - way.Y * length / 2), (x, y)];
        yield return
        [
            (x - head * (way.X - 0.6 * way.Y), y - head * (way.Y + 0.6 * way.X)), (x, y), (x - head * (way.X + 0.6 * way.Y), y - head * (way.Y - 0.6 * way.X)),
        ];
    }

    private void Axes()
    {
        PhasePlane plane = _portrait.Plane;
        PlaneWindow window = _portrait.Window;
        _svg.BeginGroup("axes");
        _svg.Rectangle(Left, Top, Width, Height, "black", "none");
        foreach (double tick in Ticks(plane.X.Unit, window.Left, window.Right))
        {
            double x = X(plane.X.Unit.ToSI(tick));
            _svg.Line(x, Top + Height, x, Top + Height + 5, "black");
            _svg.Text(x, Top + Height + 19, Words.Number(tick), "middle");
        }
        foreach (double tick in Ticks(plane.Y.Unit, window.Bottom, window.Top))
        {
            double y = Y(plane.Y.Unit.ToSI(tick));
            _svg.Line(Left - 5, y, Left, y, "black");
            _svg.Text(Left - 8, y + 4, Words.Number(tick), "end");
        }
        _svg.Text(Left + Width / 2, Top + Height + 42, Titled(plane.X), "middle");
        _svg.UpwardText(18, Top + Height / 2, Titled(plane.Y));
        _svg.EndGroup();

        static IEnumerable<double> Ticks(Unit unit, double from, double to) =>
            AxisTicks.Between(unit.FromSI(from), unit.FromSI(to), 6).Where(tick => tick >= unit.FromSI(from) && tick <= unit.FromSI(to));
        static string Titled(StateVariable state) => state.Unit.Text.Length == 0 ? state.Name : $"{state.Name} [{state.Unit}]";
    }

    private void Lines()
    {
        foreach ((PlaneLine line, string group, string colour, double width, string? dashes, string text) in new (PlaneLine, string, string, double, string?, string)[]
        {
            (PlaneLine.XNullcline, "nullcline-x", XColour, 2, null, $"d{_portrait.Plane.X.Name}/dt = 0"),
            (PlaneLine.YNullcline, "nullcline-y", YColour, 2, null, $"d{_portrait.Plane.Y.Name}/dt = 0"),
            (PlaneLine.Threshold, "threshold", JumpColour, 1.5, "7 4", "threshold"),
            (PlaneLine.Reset, "reset", JumpColour, 1.5, "2 3", "reset"),
        })
        {
            Draw(group, [.. _portrait.Lines.Where(each => each.Line == line).Select(each => each.Curve.Points)], colour, width, dashes, text);
        }
    }

    private void Orbits()
    {
        foreach (bool stable in new[] { true, false })
        {
            (string group, string colour, string text) = stable ? ("stable-manifold", StableColour, "stable manifold of a saddle") : ("unstable-manifold", UnstableColour, "unstable manifold of a saddle");
            Separatrix[] branches = [.. _portrait.Separatrices.Where(each => each.IsStable == stable)];
            Draw(group, Points(branches.SelectMany(each => each.Orbit.Pieces)), colour, 1.75, null, text);
            // Where orbits go: on a stable manifold to the saddle.
            _svg.Path(branches.SelectMany(each => Heads(each.Orbit.Pieces[0], !stable)), colour, 1.75);
        }

        Draw("trajectory", Points(_portrait.Trajectories.SelectMany(orbit => orbit.Pieces)), OrbitColour, 1, null, "trajectory");
        _svg.Path(_portrait.Trajectories.SelectMany(orbit => Heads(orbit.Pieces[0], forward: true)), OrbitColour);
        foreach (bool stable in new[] { true, false })
        {
            PlaneCycle[] cycles = [.. _portrait.Cycles.Where(each => each.IsStable == stable)];
            Draw(stable ? "stable-cycle" : "unstable-cycle", Points(cycles.SelectMany(each => each.Pieces)), CycleColour, 2.5, stable ? null : "6 4", stable ? "stable cycle" : "unstable cycle");
        }
        Draw("jump", [.. _portrait.Cycles.Where(cycle => cycle.Spikes > 0).SelectMany(Jumps)], CycleColour, 1, "1 3", null);

        static IReadOnlyList<PlanePoint>[] Points(IEnumerable<IReadOnlyList<OrbitPoint>> pieces) => [.. pieces.Select(piece => (IReadOnlyList<PlanePoint>)[.. piece.Select(point => point.Place)])];

        // From the end of each piece to the start of the next one, the first of which follows on the last.
        static IEnumerable<IReadOnlyList<PlanePoint>> Jumps(PlaneCycle cycle) =>
            cycle.Pieces.Select((piece, i) => (IReadOnlyList<PlanePoint>)[piece[^1].Place, cycle.Pieces[(i + 1) % cycle.Pieces.Count][0].Place]);
    }

    // A head in the middle of what shows of an orbit.
    private IEnumerable<(double, double)[]> Heads(IReadOnlyList<OrbitPoint> points, bool forward)
    {
        (double X, double Y)[] seen = [.. points.TakeWhile(point => _portrait.Window.Contains(point.Place)).Select(point => Place(point.Place))];
        double[] lengths = [.. seen.Zip(seen.Skip(1), (a, b) => Math.Sqrt((b.X - a.X) * (b.X - a.X) + (b.Y - a.Y) * (b.Y - a.Y)))];
        double half = lengths.Sum() / 2;
        if (half < 12)
        {
            return [];
        }

        int at = 0;
        for (double length = lengths[0]; length < half; length += lengths[++at])
        {
        }

        ((double X, double Y) from, (double X, double Y) to) = forward ? (seen[at], seen[at + 1]) : (seen[at + 1], seen[at]);
        (double x, double y) = ((to.X - from.X) / lengths[at], (to.Y - from.Y) / lengths[at]);
        return Arrow(((from.X + to.X) / 2, (from.Y + to.Y) / 2), (x, y), 0, 7).Skip(1);
    }

    // Short lines through the equilibria of real eigenvalues.
    private void Eigenvectors()
    {
        const double half = 22;
        (double perX, double perY) = (_portrait.Plane.X.Unit.ToSI(1), _portrait.Plane.Y.Unit.ToSI(1));
        List<IReadOnlyList<PlanePoint>> lines = [];
        foreach (PlaneEquilibrium each in _portrait.Equilibria.Where(each => !each.IsVirtual))
        {
            if (each.Eigenvectors is not var (first, second))
            {
                continue;
            }

            foreach (PlanePoint vector in new[] { first, second })
            {
                // As long in pixels in every direction.
                (double x, double y) = (vector.X * perX, vector.Y * perY);
                (double across, double up) = (x / _portrait.Window.Width * Width, y / _portrait.Window.Height * Height);
                double scale = half / Math.Sqrt(across * across + up * up);
                lines.Add([new(each.At.X - scale * x, each.At.Y - scale * y), new(each.At.X + scale * x, each.At.Y + scale * y)]);
            }
        }
        Draw("eigenvectors", [.. lines], "black", 1.25, null, "eigenvectors");
    }

    private void Equilibria()
    {
        _svg.BeginGroup("equilibria");
        foreach (PlaneEquilibrium each in _portrait.Equilibria)
        {
            (double x, double y) = Place(each.At);
            Mark(each.Type, each.IsVirtual, x, y);
        }
        _svg.EndGroup();
    }

    // Filled where orbits come to it; a square is a saddle.
    private void Mark(EquilibriumType type, bool isVirtual, double x, double y)
    {
        string colour = isVirtual ? "#999999" : "black";
        bool stable = type is EquilibriumType.StableNode or EquilibriumType.StableFocus or EquilibriumType.StableDegenerateNode or EquilibriumType.StableStar;
        if (type is EquilibriumType.Saddle)
        {
            _svg.Rectangle(x - 4.5, y - 4.5, 9, 9, colour, "white", 1.75);
            return;
        }

        _svg.Circle(x, y, 5, colour, stable ? colour : "white", 1.75);
        if (type is EquilibriumType.Centre or EquilibriumType.SaddleNode or EquilibriumType.DoubleZero)
        {
            _svg.Circle(x, y, 1.5, colour, colour);
        }
    }

    private void Draw(string group, IReadOnlyList<PlanePoint>[] pieces, string colour, double width, string? dashes, string? text)
    {
        if (pieces.Length == 0)
        {
            return;
        }

        _svg.BeginGroup(group);
        _svg.Path(pieces.Select(piece => piece.Select(Place)), colour, width, dashes);
        _svg.EndGroup();
        if (text is not null)
        {
            _entries.Add(y =>
            {
                _svg.Line(LegendLeft, y, LegendLeft + 24, y, colour, width, dashes);
                return text;
            });
        }
    }

    private void Legend()
    {
        _svg.BeginGroup("legend");
        foreach (Func<double, string> entry in _entries)
        {
            Entry(entry(_legend));
        }
        foreach ((EquilibriumType type, bool isVirtual) in _portrait.Equilibria.Select(each => (each.Type, each.IsVirtual)).Distinct())
        {
            Mark(type, isVirtual, LegendLeft + 12, _legend);
            Entry(isVirtual ? $"{type.Text()}, beyond threshold" : type.Text());
        }
        _svg.EndGroup();

        void Entry(string text)
        {
            _svg.Text(LegendLeft + 32, _legend + 4, text);
            _legend += 20;
        }
    }
}
