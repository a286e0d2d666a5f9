namespace SweepEngine.Bifurcation;

/// <summary>A point of a phase plane [SI].</summary>
/// <param name="X">The horizontal state.</param>
/// <param name="Y">The vertical state.</param>
public readonly record struct PlanePoint(double X, double Y);

/// <summary>A point of an orbit [SI].</summary>
/// <param name="Time">Time since the orbit's start [s]; below 0 where it was followed backward.</param>
/// <param name="X">The horizontal state.</param>
/// <param name="Y">The vertical state.</param>
public readonly record struct OrbitPoint(double Time, double X, double Y)
{
    /// <summary>Where it is.</summary>
    public PlanePoint Place => new(X, Y);
}

/// <summary>A curve in a phase plane, as points with straight lines between; the first point of a closed one is its last, too.</summary>
/// <param name="Points">The points, at least two.</param>
public sealed record PlaneCurve(IReadOnlyList<PlanePoint> Points);

/// <summary>A rectangle of a phase plane [SI].</summary>
/// <param name="Left">Lowest value of the horizontal state.</param>
/// <param name="Right">Highest value of the horizontal state, above <paramref name="Left"/>.</param>
/// <param name="Bottom">Lowest value of the vertical state.</param>
/// <param name="Top">Highest value of the vertical state, above <paramref name="Bottom"/>.</param>
public readonly record struct PlaneWindow(double Left, double Right, double Bottom, double Top)
{
    /// <summary>Its extent along the horizontal state.</summary>
    public double Width => Right - Left;

    /// <summary>Its extent along the vertical state.</summary>
    public double Height => Top - Bottom;

    /// <summary>Whether a point lies in it or on its edge; false for NaN.</summary>
    /// <param name="point">The point.</param>
    public bool Contains(PlanePoint point) => point.X >= Left && point.X <= Right && point.Y >= Bottom && point.Y <= Top;

    /// <summary>Whether another one lies in it.</summary>
    /// <param name="other">The other one.</param>
    public bool Contains(PlaneWindow other) => other.Left >= Left && other.Right <= Right && other.Bottom >= Bottom && other.Top <= Top;

    /// <summary>The same, larger by a part of its extents on each side.</summary>
    /// <param name="part">The part.</param>
    public PlaneWindow Grown(double part) => new(Left - part * Width, Right + part * Width, Bottom - part * Height, Top + part * Height);

    /// <summary>Distance of two points, where width and height of the window are 1.</summary>
    /// <param name="a">A point.</param>
    /// <param name="b">Another one.</param>
    public double Distance(PlanePoint a, PlanePoint b) => Length((b.X - a.X) / Width, (b.Y - a.Y) / Height);

    /// <summary>How far a point is from the straight line between two others, where width and height of the window are 1.</summary>
    /// <param name="point">The point.</param>
    /// <param name="a">One end of the line.</param>
    /// <param name="b">Its other end.</param>
    public double DistanceFromLine(PlanePoint point, PlanePoint a, PlanePoint b)
    {
        (double lineX, double lineY) = ((b.X - a.X) / Width, (b.Y - a.Y) / Height);
        (double x, double y) = ((point.X - a.X) / Width, (point.Y - a.Y) / Height);
        double length = Length(lineX, lineY);
        double along = length > 0 ? Math.Clamp((x * lineX + y * lineY) / (length * length), 0, 1) : 0;
        return Length(x - along * lineX, y - along * lineY);
    }

    private static double Length(double x, double y) => Math.Sqrt(x * x + y * y);
}
