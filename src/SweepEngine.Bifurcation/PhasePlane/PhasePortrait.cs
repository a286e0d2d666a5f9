namespace SweepEngine.Bifurcation;

/// <summary>A line of a phase plane that is no orbit.</summary>
public enum PlaneLine
{
    /// <summary>Where the horizontal state does not change.</summary>
    XNullcline,

    /// <summary>Where the vertical state does not change.</summary>
    YNullcline,

    /// <summary>Where a spike is.</summary>
    Threshold,

    /// <summary>Where the state is after a spike.</summary>
    Reset,
}

/// <summary>The vector field at a point [SI].</summary>
/// <param name="At">The point.</param>
/// <param name="X">dx/dt.</param>
/// <param name="Y">dy/dt.</param>
public readonly record struct FieldArrow(PlanePoint At, double X, double Y);

/// <summary>All that a phase plane shows in a window. Numbers are in SI units.</summary>
public sealed record PhasePortrait
{
    // Arrows along each side, and how often an automatic window may grow.
    private const int Arrows = 24, MostWindows = 3;
    private const double Margin = 0.08;

    /// <summary>The equations.</summary>
    public required PhasePlane Plane { get; init; }

    /// <summary>The window.</summary>
    public required PlaneWindow Window { get; init; }

    /// <summary>Nullclines, threshold and reset, in pieces.</summary>
    public required IReadOnlyList<(PlaneLine Line, PlaneCurve Curve)> Lines { get; init; }

    /// <summary>The isolated equilibria in the window, from left to right.</summary>
    public required IReadOnlyList<PlaneEquilibrium> Equilibria { get; init; }

    /// <summary>Whether there are equilibria that are not isolated: they fill a stretch of a nullcline.</summary>
    public required bool HasLineOfEquilibria { get; init; }

    /// <summary>The manifolds of its saddles.</summary>
    public required IReadOnlyList<Separatrix> Separatrices { get; init; }

    /// <summary>The vector field, from left to right, from bottom to top.</summary>
    public required IReadOnlyList<FieldArrow> Field { get; init; }

    /// <summary>The trajectories, one for each start.</summary>
    public required IReadOnlyList<PlaneOrbit> Trajectories { get; init; }

    /// <summary>The limit cycles, the smaller one first.</summary>
    public required IReadOnlyList<PlaneCycle> Cycles { get; init; }

    /// <summary>Computes a portrait.</summary>
    /// <param name="plane">The equations.</param>
    /// <param name="x">Lowest and highest value of the horizontal state; null for what shows equilibria, knees of the x-nullcline, trajectories, cycles and manifolds that stay near.</param>
    /// <param name="y">The same of the vertical state.</param>
    /// <param name="starts">Where trajectories start; that of the model is added before these.</param>
    public static PhasePortrait Of(PhasePlane plane, (double From, double To)? x, (double From, double To)? y, IReadOnlyList<PlanePoint> starts)
    {
        ArgumentNullException.ThrowIfNull(plane);
        PlanePoint[] all = [plane.Start, .. starts];
        PhasePortrait portrait = In(plane, Given(x is null || y is null ? AutomaticWindow.Of(plane, all) : default), all);
        for (int i = 1; i < MostWindows; i++)
        {
            PlaneWindow now = portrait.Window, seen = Given(AutomaticWindow.Around(
            [
                .. all, .. AutomaticWindow.Seen(portrait.Trajectories), .. AutomaticWindow.Seen(portrait.Separatrices.Select(each => each.Orbit)),
                .. portrait.Cycles.SelectMany(cycle => cycle.Pieces).SelectMany(piece => piece).Select(point => point.Place),
            ]));
            if (now.Contains(seen))
            {
                break;
            }

            seen = seen.Grown(Margin);
            portrait = In(plane, Given(new(Math.Min(now.Left, seen.Left), Math.Max(now.Right, seen.Right), Math.Min(now.Bottom, seen.Bottom), Math.Max(now.Top, seen.Top))), all);
        }

        return portrait;

        PlaneWindow Given(PlaneWindow window) => new(x?.From ?? window.Left, x?.To ?? window.Right, y?.From ?? window.Bottom, y?.To ?? window.Top);
    }

    private static PhasePortrait In(PhasePlane plane, PlaneWindow window, IReadOnlyList<PlanePoint> starts)
    {
        List<PlaneCurve> x = CurveTracing.Trace(plane.XSlope, window), y = CurveTracing.Trace(plane.YSlope, window);
        (List<PlaneEquilibrium> equilibria, bool hasLine) = PlaneEquilibria.Find(plane, window, x, y);
        var tracer = new OrbitTracer(plane, window, equilibria);
        List<Separatrix> separatrices = Bifurcation.Separatrices.Of(plane, window, equilibria, tracer);
        List<PlaneOrbit> trajectories = [.. starts.Select(start => tracer.Follow(start, 1, isTrajectory: true))];
        return new PhasePortrait
        {
            Plane = plane,
            Window = window,
            Lines = [.. x.Select(curve => (PlaneLine.XNullcline, curve)), .. y.Select(curve => (PlaneLine.YNullcline, curve)), .. Jumps(plane, window)],
            Equilibria = equilibria,
            HasLineOfEquilibria = hasLine,
            Separatrices = separatrices,
            Field = Arrow(plane, window),
            Trajectories = trajectories,
            Cycles = LimitCycles.Find(window, equilibria, tracer, [.. trajectories, .. separatrices.Select(each => each.Orbit)]),
        };
    }

    // What comes from outside of the window may be reset into it.
    private static IEnumerable<(PlaneLine, PlaneCurve)> Jumps(PhasePlane plane, PlaneWindow window)
    {
        if (plane.Threshold is not { } threshold)
        {
            yield break;
        }

        foreach (PlaneCurve curve in CurveTracing.Trace(threshold, window))
        {
            yield return (PlaneLine.Threshold, curve);
        }

        foreach (PlaneCurve curve in CurveTracing.Trace(threshold, window.Grown(1)))
        {
            List<PlanePoint> piece = [];
            foreach (PlanePoint to in curve.Points.Select(from => plane.Jump(from).To).Append(new(double.NaN, double.NaN)))
            {
                if (window.Contains(to))
                {
                    piece.Add(to);
                    continue;
                }

                if (piece.Count > 1)
                {
                    yield return (PlaneLine.Reset, new PlaneCurve(piece));
                }

                piece = [];
            }
        }
    }

    private static FieldArrow[] Arrow(PhasePlane plane, PlaneWindow window)
    {
        PlanePoint[] points = [.. Enumerable.Range(0, Arrows * Arrows).Select(k => new PlanePoint(
            window.Left + window.Width * (k % Arrows + 0.5) / Arrows, window.Bottom + window.Height * (k / Arrows + 0.5) / Arrows))];
        double[] slopes = plane.Slopes(points);
        return [.. points.Select((point, k) => new FieldArrow(point, slopes[k], slopes[points.Length + k]))];
    }
}
