using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Chooses the window of a phase plane: around the equilibria, the trajectories, threshold and reset, and the knees of the x-nullcline together with the places on it at the same height, between
/// which fast orbits jump.
/// </summary>
internal static class AutomaticWindow
{
    // Potentials of neurons [V]; of other states, so many display units around the start.
    private const double LowestPotential = -0.1, HighestPotential = 0.05, Units = 2.5;

    // Nullclines are sought above and below so many heights. A window is not smaller than a part of where was looked.
    private const double Tall = 1000, Smallest = 0.05, Margin = 0.12;

    /// <summary>Chooses a window.</summary>
    /// <param name="plane">The equations.</param>
    /// <param name="starts">Where trajectories start, at least one.</param>
    public static PlaneWindow Of(PhasePlane plane, IReadOnlyList<PlanePoint> starts)
    {
        List<PlanePoint> shown = [.. starts, .. Jump(plane, starts[0])];
        (double left, double right) = Reach(plane.X, shown.Select(point => point.X));
        (double bottom, double top) = Reach(plane.Y, shown.Select(point => point.Y));
        var reach = new PlaneWindow(left, right, bottom, top);
        var tall = new PlaneWindow(left, right, bottom - Tall * reach.Height, top + Tall * reach.Height);
        foreach (PlaneWindow window in new[] { reach, tall })
        {
            List<PlaneCurve> xNullcline = CurveTracing.Trace(plane.XSlope, window), yNullcline = CurveTracing.Trace(plane.YSlope, window);
            (List<PlaneEquilibrium> equilibria, _) = PlaneEquilibria.Find(plane, window, xNullcline, yNullcline);
            shown.AddRange(equilibria.Where(each => !each.IsVirtual).Select(each => each.At));
            if (yNullcline.Count > 0)
            {
                // The vertical state is drawn to its nullcline, so that what is far above and below of all of that is not seen; gates stay between 0 and 1.
                PlaneWindow seen = Around([.. yNullcline.SelectMany(curve => curve.Points)]).Grown(Margin);
                shown.AddRange(Knees(xNullcline, window).Where(point => point.Y >= seen.Bottom && point.Y <= seen.Top));
            }

            if (window == tall)
            {
                var tracer = new OrbitTracer(plane, window, equilibria);
                shown.AddRange(starts.SelectMany(start => Seen([tracer.Follow(start, 1, isTrajectory: true)])));
            }
        }

        PlaneWindow all = Around(shown);
        return Widened(all, Smallest * reach.Width, Smallest * reach.Height).Grown(Margin);
    }

    /// <summary>The points of orbits, without those that run away.</summary>
    /// <param name="orbits">The orbits.</param>
    public static IEnumerable<PlanePoint> Seen(IEnumerable<PlaneOrbit> orbits) => orbits.Where(orbit => orbit.End is not (OrbitEnd.Window or OrbitEnd.Failed))
        .SelectMany(orbit => orbit.Pieces.Concat(orbit.Cycle?.Pieces ?? [])).SelectMany(piece => piece).Select(point => point.Place);

    /// <summary>The rectangle around points.</summary>
    /// <param name="points">The points, at least one.</param>
    public static PlaneWindow Around(IReadOnlyCollection<PlanePoint> points) =>
        new(points.Min(point => point.X), points.Max(point => point.X), points.Min(point => point.Y), points.Max(point => point.Y));

    private static PlaneWindow Widened(PlaneWindow window, double width, double height)
    {
        double x = Math.Max(0, width - window.Width) / 2, y = Math.Max(0, height - window.Height) / 2;
        return new(window.Left - x, window.Right + x, window.Bottom - y, window.Top + y);
    }

    private static (double, double) Reach(StateVariable state, IEnumerable<double> values)
    {
        (double least, double most) = (values.Min(), values.Max());
        double around = Math.Max(Units * state.Unit.ToSI(1), 2 * Math.Max(Math.Abs(least), Math.Abs(most)));
        return state.Unit.Dimension == Dimension.Voltage ? (Math.Min(least, LowestPotential), Math.Max(most, HighestPotential)) : (least - around, most + around);
    }

    // A place of the threshold and where the state is after it.
    private static List<PlanePoint> Jump(PhasePlane plane, PlanePoint start)
    {
        if (plane.Threshold is not { } threshold)
        {
            return [];
        }

        PlanePoint? at = threshold.LinearInX is { } inX ? Solve(inX, start.X, start.Y) is var x && double.IsFinite(x) ? start with { X = x } : null
            : threshold.LinearInY is { } inY && Solve(inY, start.X, start.Y) is var y && double.IsFinite(y) ? start with { Y = y } : null;
        return at is { } from ? [from, plane.Jump(from).To] : [];

        static double Solve(PlaneProgram form, double x, double y)
        {
            ReadOnlySpan<double> parts = form.At(x, y);
            return -parts[1] / parts[0];
        }
    }

    private static IEnumerable<PlanePoint> Knees(List<PlaneCurve> curves, PlaneWindow window)
    {
        foreach (IReadOnlyList<PlanePoint> points in curves.Select(curve => curve.Points))
        {
            for (int i = 1; i < points.Count - 1; i++)
            {
                PlanePoint knee = points[i];
                if ((knee.Y - points[i - 1].Y) * (points[i + 1].Y - knee.Y) >= 0)
                {
                    continue;
                }

                yield return knee;
                foreach (PlanePoint landing in curves.SelectMany(curve => curve.Points.Zip(curve.Points.Skip(1)))
                    .Where(line => (line.First.Y - knee.Y) * (line.Second.Y - knee.Y) < 0).Select(line => line.First)
                    .Where(point => Math.Abs(point.X - knee.X) > 0.02 * window.Width))
                {
                    yield return landing with { Y = knee.Y };
                }
            }
        }
    }
}
