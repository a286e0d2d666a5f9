namespace SweepEngine.Bifurcation;

/// <summary>
/// Finds all equilibria in a window: where one nullcline meets the other. Along each of both nullclines the other equation is watched for changes of its sign and for places where it
/// nearly vanishes without one, since two equilibria may lie between two points; each is then found by Newton's method.
/// </summary>
internal static class PlaneEquilibria
{
    // Points of a nullcline nearer than that tell nothing about a line of equilibria.
    private const double Apart = 1e-6;

    // Newton's last step in parts of the window; where equilibria meet, that is not reached, and the equations must be zero to rounding.
    private const double Newton = 1e-12, ZeroToRounding = 1e-13, SamePoint = 1e-7;

    /// <summary>Finds the equilibria.</summary>
    /// <param name="plane">The equations.</param>
    /// <param name="window">Where to look.</param>
    /// <param name="xNullcline">Where dx/dt = 0, traced in the window.</param>
    /// <param name="yNullcline">Where dy/dt = 0, traced in the window.</param>
    /// <returns>The isolated ones, from left to right, from bottom to top; and whether there are others, which fill a stretch of a nullcline.</returns>
    public static (List<PlaneEquilibrium> Isolated, bool HasLine) Find(PhasePlane plane, PlaneWindow window, IReadOnlyList<PlaneCurve> xNullcline, IReadOnlyList<PlaneCurve> yNullcline)
    {
        List<PlaneEquilibrium> found = [];
        bool hasLine = false;
        foreach ((IReadOnlyList<PlaneCurve> curves, PlaneFunction on, PlaneFunction other) in
            new[] { (xNullcline, plane.XSlope, plane.YSlope), (yNullcline, plane.YSlope, plane.XSlope) })
        {
            foreach (PlaneCurve curve in curves)
            {
                foreach (PlanePoint near in Candidates(curve.Points, on, other, window, ref hasLine))
                {
                    if (TryNewton(plane, near, window) is { } equilibrium && !found.Exists(known => window.Distance(known.At, equilibrium.At) <= SamePoint))
                    {
                        found.Add(equilibrium);
                    }
                }
            }
        }

        return ([.. found.OrderBy(each => each.At.X).ThenBy(each => each.At.Y)], hasLine);
    }

    private static List<PlanePoint> Candidates(IReadOnlyList<PlanePoint> points, PlaneFunction on, PlaneFunction other, PlaneWindow window, ref bool hasLine)
    {
        int count = points.Count;
        double[] values = other.Values(points);
        bool[] inLine = new bool[count];
        for (int i = 1; i < count; i++)
        {
            if (IsZero(i - 1) && IsZero(i) && window.Distance(points[i - 1], points[i]) > Apart)
            {
                inLine[i - 1] = inLine[i] = hasLine = true;
            }
        }

        List<PlanePoint> near = [];
        for (int i = 0; i < count; i++)
        {
            if (inLine[i] || (i > 0 && inLine[i - 1]))
            {
                continue;
            }

            if (values[i] == 0)
            {
                near.Add(points[i]);
            }

            if (i > 0 && values[i - 1] * values[i] < 0)
            {
                near.Add(Between(points[i - 1], points[i], values[i - 1]));
            }

            if (i > 0 && i < count - 1 && values[i - 1] * values[i] > 0 && values[i] * values[i + 1] > 0
                && Math.Abs(values[i]) <= Math.Abs(values[i - 1]) && Math.Abs(values[i]) <= Math.Abs(values[i + 1]))
            {
                (PlanePoint nearest, double value) = Nearest(points[i - 1], points[i], points[i + 1], Math.Sign(values[i]));
                near.AddRange(value > 0 ? [nearest] : [Between(points[i - 1], nearest, values[i - 1]), Between(nearest, points[i + 1], -values[i + 1])]);
            }
        }

        return near;

        // The derivatives by both states stand behind the values.
        bool IsZero(int i) => Math.Abs(values[i]) <= 0.1 * ZeroToRounding * (Math.Abs(values[count + i]) * window.Width + Math.Abs(values[2 * count + i]) * window.Height);

        // A point of the curve where the other function changes its sign.
        PlanePoint Between(PlanePoint a, PlanePoint b, double valueAtA)
        {
            for (int k = 0; k < 60 && window.Distance(a, b) > 1e-9; k++)
            {
                PlanePoint middle = Middle(a, b);
                (a, b) = other.Value(middle) > 0 == valueAtA > 0 ? (middle, b) : (a, middle);
            }

            return Middle(a, b);
        }

        // The extremum of the other function between three points of the curve, by halving the longer side; it ends at once where the sign changes.
        (PlanePoint, double) Nearest(PlanePoint a, PlanePoint middle, PlanePoint b, int sign)
        {
            double least = sign * other.Value(middle);
            for (int k = 0; k < 80 && least > 0 && window.Distance(a, b) > 1e-10; k++)
            {
                bool left = window.Distance(a, middle) >= window.Distance(middle, b);
                PlanePoint probe = left ? Middle(a, middle) : Middle(middle, b);
                double value = sign * other.Value(probe);
                (a, middle, b) = value < least ? left ? (a, probe, middle) : (middle, probe, b) : left ? (probe, middle, b) : (a, middle, probe);
                least = Math.Min(least, value);
            }

            return (middle, least);
        }

        PlanePoint Middle(PlanePoint a, PlanePoint b)
        {
            PlanePoint middle = new((a.X + b.X) / 2, (a.Y + b.Y) / 2);
            return on.Project(middle, window, window.Distance(a, b)) ?? middle;
        }
    }

    private static PlaneEquilibrium? TryNewton(PhasePlane plane, PlanePoint near, PlaneWindow window)
    {
        PlanePoint at = near;
        double last = double.PositiveInfinity, size = double.PositiveInfinity;
        for (int iteration = 0; iteration < 60; iteration++)
        {
            ReadOnlySpan<double> slopes = plane.Slopes(at.X, at.Y);
            (double f, double g) = (slopes[0], slopes[1]);
            (double a, double b, double c, double d) = plane.Jacobian(at);
            if (f == 0 && g == 0)
            {
                size = 0;
                break;
            }

            double determinant = a * d - b * c;
            PlanePoint next = new(at.X - (d * f - b * g) / determinant, at.Y - (a * g - c * f) / determinant);
            size = window.Distance(at, next);
            // Steps shrink until they are rounding errors, and then no more.
            if (!(size < last || size > 1e-6) || !double.IsFinite(size))
            {
                size = double.IsFinite(size) ? Math.Min(size, last) : last;
                break;
            }

            (at, last) = (next, size);
            if (size <= 1e-16)
            {
                break;
            }
        }

        return window.Distance(at, near) <= 0.01 && window.Grown(1e-9).Contains(at) && (size <= Newton || IsZero(at))
            ? new PlaneEquilibrium(at, plane.Jacobian(at), plane.Scale) { Residual = size, IsVirtual = plane.Threshold?.Value(at) > 0 }
            : null;

        bool IsZero(PlanePoint point)
        {
            ReadOnlySpan<double> slopes = plane.Slopes(point.X, point.Y);
            (double f, double g) = (Math.Abs(slopes[0]), Math.Abs(slopes[1]));
            (double a, double b, double c, double d) = plane.Jacobian(point);
            return f <= ZeroToRounding * (Math.Abs(a) * window.Width + Math.Abs(b) * window.Height)
                && g <= ZeroToRounding * (Math.Abs(c) * window.Width + Math.Abs(d) * window.Height);
        }
    }
}
