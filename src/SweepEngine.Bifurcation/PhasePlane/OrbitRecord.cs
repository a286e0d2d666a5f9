namespace SweepEngine.Bifurcation;

/// <summary>Writes an orbit down: as many points that straight lines between them are near enough to it, and no more.</summary>
/// <param name="window">By whose extents distances are measured.</param>
/// <param name="direction">1 for forward, −1 for backward.</param>
internal sealed class OrbitRecord(PlaneWindow window, int direction)
{
    // Half of the tolerance for lines inside of steps, half for points that are left out.
    private const double Tolerance = CurveTracing.Tolerance / 2, LongestLine = 0.05;
    private const int MostLeftOut = 32;

    private readonly List<OrbitPoint> _leftOut = [];
    private readonly List<List<OrbitPoint>> _pieces = [];

    /// <summary>The pieces, each of them begun by <see cref="Begin"/>.</summary>
    public IReadOnlyList<IReadOnlyList<OrbitPoint>> Pieces
    {
        get
        {
            Flush();
            return _pieces;
        }
    }

    /// <summary>Begins a piece.</summary>
    /// <param name="point">Its first point.</param>
    public void Begin(OrbitPoint point)
    {
        Flush();
        _pieces.Add([point]);
    }

    /// <summary>Adds the last step of an orbit to the piece.</summary>
    /// <param name="orbit">The orbit.</param>
    public void Add(OrbitStepper orbit)
    {
        double start = orbit.Time - orbit.Length;
        Refine(0, orbit.From, 1, orbit.To, 0);

        void Refine(double a, PlanePoint from, double b, PlanePoint to, int depth)
        {
            double middle = (a + b) / 2;
            PlanePoint between = orbit.Inside(middle);
            if (depth < 10 && (window.DistanceFromLine(between, from, to) > Tolerance || window.Distance(from, to) > LongestLine))
            {
                Refine(a, from, middle, between, depth + 1);
                Refine(middle, between, b, to, depth + 1);
                return;
            }

            Add(new OrbitPoint(direction * (start + b * orbit.Length), to.X, to.Y));
        }
    }

    private void Add(OrbitPoint point)
    {
        PlanePoint last = _pieces[^1][^1].Place;
        if (_leftOut.Count == MostLeftOut || window.Distance(last, point.Place) > LongestLine
            || _leftOut.Exists(each => !(window.DistanceFromLine(each.Place, last, point.Place) <= Tolerance)))
        {
            Flush();
        }

        _leftOut.Add(point);
    }

    private void Flush()
    {
        if (_leftOut.Count > 0)
        {
            _pieces[^1].Add(_leftOut[^1]);
            _leftOut.Clear();
        }
    }
}
