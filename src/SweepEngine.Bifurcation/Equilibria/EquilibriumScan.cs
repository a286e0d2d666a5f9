using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>A fold or Hopf point on a curve of equilibria [SI].</summary>
/// <param name="Curve">Index of the curve.</param>
/// <param name="Kind">Fold or Hopf.</param>
/// <param name="Master">The state over which the curve goes.</param>
/// <param name="Drive">The drive.</param>
/// <param name="Omega">Of a Hopf point ω [1/s], else 0.</param>
public readonly record struct EquilibriumPoint(int Curve, BifurcationKind Kind, double Master, double Drive, double Omega);

/// <summary>
/// Finds every fold and Hopf point of explicit curves of equilibria while the drive is in its range, many curves side by side. Not for several threads at once.
/// </summary>
/// <remarks>
/// <para>Folds are where the drive's slope F over the master is 0, Hopf points where Hurwitz' determinant H is and λ² of the opposite eigenvalues is negative; where it is
/// positive, they are a neutral saddle, which is none.</para>
/// <para>Each curve is divided ever more finely. Where the cubic that has a function's values and slopes at both ends of an interval stays on one side of 0 (by its Bernstein coefficients), by
/// more than it was wrong in the middle of the interval of twice the length, there is no root; where it is monotone and crosses 0, there is one; else the interval is
/// halved. So a pair of roots between two samples shows by the slopes. The same test for the drive finds where it is outside of its range, and nothing more is to be done.</para>
/// <para>What curves need next is computed in one call for all of them. An element of a lane does not depend on its neighbours, so the bits do not depend on who is beside whom.</para>
/// </remarks>
public sealed partial class EquilibriumScan
{
    // The ladder of first samples: steps in display units of the master on either side of its start value, each as long as all before together. A potential of 4 V is far from any neuron.
    private const int LadderSteps = 10;
    private const double FirstStep = 8;

    // Intervals are halved down to this at least, in display units: no gate is much narrower than a millivolt. Pure numbers vary on a scale of 1.
    private const double Widest = 2, WidestNumber = 0.5;

    // How far down the edge is sought beyond which the equations have no value, in display units.
    private const double EdgeWidth = 0.01;

    // A child's cubic is wrong by a sixteenth of its parent's where the function is smooth on their scale.
    private const double ErrorOfChild = 0.5;

    // Intervals are not halved below this part of a display unit: two roots that are closer to each other are one that touches 0.
    private const double Narrowest = 1e-7;

    // On the narrowest interval a smooth drive is a straight line; where it is wrong by more than this part of its change, it has a pole or jumps.
    // Changes below the other part of the drive's range are those of corners.
    private const double MostOfJump = 0.01;
    private const double LeastJump = 1e-4;

    // A function that changes by more than its slope can say, on the narrowest interval, has a jump: the equations have a corner there.
    private const double SteepestChange = 4;

    // More samples than this are needed by no smooth curve.
    private const int MostSamples = 20_000;

    private const int CurvesAtOnce = 32;

    private readonly int _master, _swept, _states;
    private readonly double _unit, _widest, _lowest, _highest;
    private readonly LaneProgram _start;
    private readonly CurveSamples _samples;
    private readonly List<Split> _splits = [];
    private List<Interval> _open = [], _next = [];
    private int[] _samplesOf = [];
    private bool[] _incomplete = [];

    /// <summary>Takes a model.</summary>
    /// <param name="code">The model, with the drive among its swept parameters; of one with a reset, its equations between spikes.</param>
    /// <param name="steady">Its curve.</param>
    /// <param name="lowest">The lowest drive of interest.</param>
    /// <param name="highest">The highest.</param>
    public EquilibriumScan(ModelCode code, SteadyCode steady, double lowest, double highest)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(steady);
        (_master, _lowest, _highest) = (steady.Form.Master, lowest, highest);
        (_states, _swept, _start) = (code.Model.States.Count, code.Swept.Count, code.Start);
        Unit unit = code.Model.States[_master].Unit;
        _unit = unit.ToSI(1);
        _widest = _unit * (unit.Dimension == Dimension.None ? WidestNumber : Widest);
        CurveProgram scan = new(steady, polish: false);
        _samples = new CurveSamples(scan, _master, _swept);
        _trials = new CurveSamples(scan, _master, _swept);
        _corrections = new CurveSamples(new CurveProgram(steady, polish: true), _master, _swept);
    }

    /// <summary>The points that were found last, by curve, of each by ascending master; also folds that lie outside of the drive's range (<see cref="IsInRange"/>).</summary>
    public List<EquilibriumPoint> Points { get; } = [];

    /// <summary>
    /// Where the drive's slope or Hurwitz' determinant jumps from one side of 0 to the other, at a corner of the equations such as that of <c>min</c>: the same as bifurcations, but none of
    /// a smooth model. In the order of <see cref="Points"/>.
    /// </summary>
    public List<EquilibriumPoint> Corners { get; } = [];

    /// <summary>The pieces of curves on which the drive may be in its range, by curve, of each by ascending master; only where they were asked for.</summary>
    internal List<(int Curve, CurveSample A, CurveSample B)> Pieces { get; } = [];

    /// <summary>Whether a point lies in the range of the drive.</summary>
    public bool IsInRange(EquilibriumPoint point) => point.Drive >= _lowest && point.Drive <= _highest;

    /// <summary>Whether a curve was followed as far as its drive is in the range: it has a value at the start of the master, no edge within the range, and few enough features.</summary>
    /// <param name="curve">Index of the curve.</param>
    public bool IsComplete(int curve) => !_incomplete[curve];

    /// <summary>Searches curves.</summary>
    /// <param name="parameters">The swept parameters of curve after curve, shape [curves × swept]; the drive among them does not count.</param>
    /// <param name="pieces">Whether <see cref="Pieces"/> are wanted.</param>
    public void Run(ReadOnlySpan<double> parameters, bool pieces = false)
    {
        int curves = parameters.Length / _swept;
        Points.Clear();
        Corners.Clear();
        Pieces.Clear();
        _incomplete = new bool[curves];
        _samplesOf = new int[curves];
        for (int first = 0; first < curves; first += CurvesAtOnce)
        {
            int count = Math.Min(CurvesAtOnce, curves - first), firstPiece = Pieces.Count, firstPoint = Points.Count, firstCorner = Corners.Count;
            Divide(parameters, first, count, pieces);
            Locate(parameters);
            Points.Sort(firstPoint, Points.Count - firstPoint, ByPlace.Instance);
            Corners.Sort(firstCorner, Corners.Count - firstCorner, ByPlace.Instance);
            Pieces.Sort(firstPiece, Pieces.Count - firstPiece, ByPlace.Instance);
        }
    }

    private void Divide(ReadOnlySpan<double> parameters, int firstCurve, int curves, bool pieces)
    {
        _samples.Clear();
        _open.Clear();
        _roots.Clear();
        Span<double> start = stackalloc double[_states];
        for (int curve = firstCurve; curve < firstCurve + curves; curve++)
        {
            ReadOnlySpan<double> own = parameters.Slice(curve * _swept, _swept);
            _start.Evaluate([0], [], own, start, 1, 0, 1);
            for (int step = -LadderSteps; step <= LadderSteps; step++)
            {
                double distance = step == 0 ? 0 : FirstStep * (1 << (Math.Abs(step) - 1)) * Math.Sign(step);
                _samples.Add(start[_master] + (distance * _unit), own);
            }
        }

        _samples.Evaluate();
        for (int curve = 0; curve < curves; curve++)
        {
            int first = curve * ((2 * LadderSteps) + 1);
            _incomplete[firstCurve + curve] = !_samples[first + LadderSteps].IsFinite;
            for (int step = 0; step < 2 * LadderSteps; step++)
            {
                int a = first + step;
                _open.Add(new Interval(firstCurve + curve, a, a + 1, double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, true, _states > 1));
            }
        }

        while (_open.Count > 0)
        {
            _next.Clear();
            _splits.Clear();
            foreach (Interval interval in _open)
            {
                Judge(interval, parameters, pieces);
            }

            _samples.Evaluate();
            foreach (Split split in _splits)
            {
                Halve(split);
            }

            (_open, _next) = (_next, _open);
        }
    }

    // Whether there is something to find in an interval, or to halve it.
    private void Judge(Interval interval, ReadOnlySpan<double> parameters, bool pieces)
    {
        CurveSample a = _samples[interval.A], b = _samples[interval.B];
        double width = b.Master - a.Master;
        bool finite = a.IsFinite && b.IsFinite;
        if (!finite)
        {
            // Far away rates overflow, and some equations have no value beyond an edge; that counts only where it cuts the range of the drive.
            bool nothing = !double.IsFinite(a.Drive) && !double.IsFinite(b.Drive), outside = (a.Drive > _highest && b.Drive > _highest) || (a.Drive < _lowest && b.Drive < _lowest);
            if (nothing || outside || width <= EdgeWidth * _unit)
            {
                _incomplete[interval.Curve] |= IsIn(a) || IsIn(b);
                return;
            }
        }
        else
        {
            double second = a.Drive + (width / 3 * a.Slope), third = b.Drive - (width / 3 * b.Slope);
            if (Math.Min(Math.Min(a.Drive, b.Drive), Math.Min(second, third)) - interval.DriveError > _highest
                || Math.Max(Math.Max(a.Drive, b.Drive), Math.Max(second, third)) + interval.DriveError < _lowest)
            {
                return;
            }
        }

        bool narrow = width <= Narrowest * _unit, wide = width > _widest;
        double change = Math.Abs(b.Drive - a.Drive);
        if (narrow && change > LeastJump * (_highest - _lowest) && interval.DriveError > MostOfJump * change)
        {
            // A pole between drives that are out of range, or a jump.
            _incomplete[interval.Curve] |= IsIn(a) || IsIn(b);
            return;
        }

        bool slope = interval.Slope && (wide || !IsSettled(BifurcationKind.Fold, interval.Curve, a.Master, b.Master, a.Slope, a.Curvature, b.Slope, b.Curvature, interval.SlopeError, narrow));
        bool hurwitz = interval.Hurwitz
            && (wide || !IsSettled(BifurcationKind.Hopf, interval.Curve, a.Master, b.Master, a.Hurwitz, a.HurwitzSlope, b.Hurwitz, b.HurwitzSlope, interval.HurwitzError, narrow));
        if (slope || hurwitz)
        {
            if (++_samplesOf[interval.Curve] <= MostSamples)
            {
                int middle = _samples.Add(a.Master + (width / 2), parameters.Slice(interval.Curve * _swept, _swept));
                _splits.Add(new Split(interval with { Slope = slope, Hurwitz = hurwitz }, middle));
                return;
            }

            _incomplete[interval.Curve] = true;
        }

        if (pieces)
        {
            Pieces.Add((interval.Curve, a, b));
        }
    }

    private bool IsIn(CurveSample sample) => sample.Drive >= _lowest && sample.Drive <= _highest;

    // Of a function with values u, v and slopes du, dv at both ends: whether it is known how many roots there are, none or one.
    private bool IsSettled(BifurcationKind kind, int curve, double a, double b, double u, double du, double v, double dv, double error, bool narrow)
    {
        double third = (b - a) / 3, second = u + (third * du), last = v - (third * dv);
        if (Math.Min(Math.Min(u, v), Math.Min(second, last)) > error || Math.Max(Math.Max(u, v), Math.Max(second, last)) < -error)
        {
            return true;
        }

        bool crosses = u >= 0 != v >= 0;
        double sign = v > u ? 1 : -1;
        if (crosses && (narrow || Math.Min(Math.Min(sign * (second - u), sign * (last - second)), sign * (v - last)) > error))
        {
            bool corner = narrow && Math.Abs(v - u) > SteepestChange * (b - a) * Math.Max(Math.Abs(du), Math.Abs(dv));
            _roots.Add(new Root(kind, curve, a, b, u, du, v, dv, corner));
            return true;
        }

        return narrow;
    }

    private void Halve(Split split)
    {
        Interval parent = split.Interval;
        CurveSample a = _samples[parent.A], b = _samples[parent.B], middle = _samples[split.Middle];
        double width = b.Master - a.Master;
        double drive = ErrorOf(width, a.Drive, a.Slope, b.Drive, b.Slope, middle.Drive, middle.Slope);
        double slope = ErrorOf(width, a.Slope, a.Curvature, b.Slope, b.Curvature, middle.Slope, middle.Curvature);
        double hurwitz = ErrorOf(width, a.Hurwitz, a.HurwitzSlope, b.Hurwitz, b.HurwitzSlope, middle.Hurwitz, middle.HurwitzSlope);
        Interval child = parent with { DriveError = drive, SlopeError = slope, HurwitzError = hurwitz };
        _next.Add(child with { B = split.Middle });
        _next.Add(child with { A = split.Middle });
    }

    // How wrong the cubic is in the middle, in value and slope, and so about in each half.
    private static double ErrorOf(double width, double u, double du, double v, double dv, double value, double slope)
    {
        double wrong = Math.Abs(value - ((u + v) / 2) - (width / 8 * (du - dv)));
        double slopeWrong = Math.Abs(slope - (1.5 * (v - u) / width) + ((du + dv) / 4));
        return double.IsFinite(wrong + slopeWrong) ? ErrorOfChild * (wrong + (width / 8 * slopeWrong)) : double.PositiveInfinity;
    }

    private readonly record struct Interval(int Curve, int A, int B, double DriveError, double SlopeError, double HurwitzError, bool Slope, bool Hurwitz);

    private readonly record struct Split(Interval Interval, int Middle);

    private sealed class ByPlace : IComparer<EquilibriumPoint>, IComparer<(int Curve, CurveSample A, CurveSample B)>
    {
        public static ByPlace Instance { get; } = new();

        public int Compare(EquilibriumPoint x, EquilibriumPoint y) =>
            x.Curve != y.Curve ? x.Curve.CompareTo(y.Curve) : x.Master != y.Master ? x.Master.CompareTo(y.Master) : x.Kind.CompareTo(y.Kind);

        public int Compare((int Curve, CurveSample A, CurveSample B) x, (int Curve, CurveSample A, CurveSample B) y) =>
            x.Curve != y.Curve ? x.Curve.CompareTo(y.Curve) : x.A.Master.CompareTo(y.A.Master);
    }
}
