namespace SweepEngine.Cli;

/// <summary>
/// A smooth line through points: a centripetal Catmull–Rom spline, which has no cusps or loops between two points (C. Yuksel, S. Schaefer, J. Keyser, Computer-Aided Design 43 (2011) 747).
/// </summary>
internal static class SmoothPath
{
    // Places between two points at most; nearer to each other than this [pixels] there are fewer.
    private const int MostBetween = 15;
    private const double Near = 4;

    /// <summary>Places between a point and the next.</summary>
    /// <param name="points">The points [pixels].</param>
    /// <param name="index">Index of the first of the two.</param>
    public static IEnumerable<(double X, double Y)> Between((double X, double Y)[] points, int index)
    {
        (double X, double Y) from = points[index], to = points[index + 1];
        double length = Length(from, to);
        int between = Math.Min((int)(length / Near), MostBetween);
        if (between == 0)
        {
            yield break;
        }

        // The slopes at both ends, over the knots, which are as far apart as the roots of the distances.
        (double X, double Y) first = Slope(points, index, index, length), last = Slope(points, index + 1, index, length);
        for (int i = 1; i <= between; i++)
        {
            double t = (double)i / (between + 1), u = 1 - t;
            double a = u * u * (1 + (2 * t)), b = t * u * u, c = t * t * (1 + (2 * u)), d = -t * t * u;
            yield return ((a * from.X) + (b * first.X) + (c * to.X) + (d * last.X), (a * from.Y) + (b * first.Y) + (c * to.Y) + (d * last.Y));
        }
    }

    // At a point, times the knot distance of the segment that begins at an index; at an end of the line that of the segment itself.
    private static (double X, double Y) Slope((double X, double Y)[] points, int at, int segment, double length)
    {
        double knots = Math.Sqrt(length);
        (double X, double Y) chord = Chord(points[segment], points[segment + 1], 1);
        int other = at == segment ? at - 1 : at + 1;
        if (other < 0 || other >= points.Length || Length(points[at], points[other]) == 0)
        {
            return chord;
        }

        double otherKnots = Math.Sqrt(Length(points[at], points[other])), all = knots + otherKnots;
        (double X, double Y) beside = at == segment ? Chord(points[other], points[at], knots / otherKnots) : Chord(points[at], points[other], knots / otherKnots);
        return (((otherKnots * chord.X) + (knots * beside.X)) / all, ((otherKnots * chord.Y) + (knots * beside.Y)) / all);
    }

    private static (double X, double Y) Chord((double X, double Y) from, (double X, double Y) to, double part) => (part * (to.X - from.X), part * (to.Y - from.Y));

    private static double Length((double X, double Y) from, (double X, double Y) to) => Math.Sqrt(((to.X - from.X) * (to.X - from.X)) + ((to.Y - from.Y) * (to.Y - from.Y)));
}
