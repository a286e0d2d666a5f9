using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>A point of a curve of folds or Hopf points, with all from which special points between two of them are seen.</summary>
/// <param name="Z">States, drive and second parameter; of Hopf points κ behind them.</param>
/// <param name="Tangent">The unit tangent.</param>
/// <param name="Rest">The eigenvalues beside those that are zero or imaginary [1 per unit of time].</param>
/// <param name="First">Changes its sign at a Bogdanov-Takens point.</param>
/// <param name="Second">Of folds, changes its sign at a cusp; of Hopf points, the first Lyapunov coefficient.</param>
internal sealed record BifurcationCurvePoint(Vector<double> Z, Vector<double> Tangent, Complex[] Rest, double First, double Second)
{
    /// <summary>Number of eigenvalues in <see cref="Rest"/> with positive real part.</summary>
    public int Unstable { get; } = Rest.Count(each => each.Real > 0);
}

/// <summary>A special point on a curve.</summary>
/// <param name="Kind">CP, BT, GH, ZH or HH.</param>
/// <param name="Point">Where it is.</param>
internal sealed record SpecialPoint(BifurcationKind Kind, BifurcationCurvePoint Point);

/// <summary>A curve of folds or of Hopf points in two parameters.</summary>
/// <param name="free">The equations, with two free parameters.</param>
/// <param name="forms">Normal forms of the model.</param>
/// <param name="isHopf">Whether the curve is one of Hopf points.</param>
internal sealed class BifurcationCurve(FreeEquations free, NormalForms forms, bool isHopf)
{
    private const double LongestStep = 0.02, Same = 1e-7;
    private const int MostPoints = 20_000, MostHalvings = 46;

    // How much ω may grow along a curve before steps are short for it.
    private const double Faster = 4;

    // Where κ is so much smaller than before, the Lyapunov coefficient has the sign that it has next to a Bogdanov-Takens point.
    private const double Slow = 1e-6;

    // A double eigenvalue 0 comes out as a pair of the square root of rounding.
    private const double DoubleZero = 1e-6;

    private readonly FoldEquations _folds = new(free);
    private readonly HopfEquations _hopfs = new(free);

    private CurveEquations Equations => isHopf ? _hopfs : _folds;

    /// <summary>ω of a Hopf point [1/s]; NaN of a fold.</summary>
    /// <param name="z">The unknowns.</param>
    public double Omega(Vector<double> z) => isHopf ? _hopfs.Unit / free.Time * Math.Sqrt(Math.Max(0, z[^1])) : double.NaN;

    /// <summary>Finds a point of the curve near by.</summary>
    /// <param name="z">States, drive and second parameter.</param>
    /// <param name="omega">Of a Hopf point: ω [1/s].</param>
    /// <param name="isExact">Whether the second parameter is held; else the nearest point is sought.</param>
    /// <param name="typical">Of Hopf points: an ω that is typical of the curve [1/s]; else that of the point.</param>
    /// <returns>The unknowns, or null where there is none.</returns>
    public Vector<double>? Begin(Vector<double> z, double omega, bool isExact = true, double? typical = null)
    {
        double unit = Faster * (typical ?? omega), ratio = omega / unit;
        Vector<double> guess = isHopf ? Vector<double>.Build.Dense(z.Count + 1, i => i < z.Count ? z[i] : ratio * ratio) : z;
        _hopfs.Unit = isHopf ? unit * free.Time : 1;
        Equations.Orient(guess);
        Vector<double> second = NullSpace.Unit(guess.Count, free.Dimension + 1);
        return Equations.Correct(guess, isExact ? second : Equations.Tangent(guess, second))?.Z;
    }

    /// <summary>Another point of the curve.</summary>
    /// <param name="z">A point, from <see cref="Begin"/>.</param>
    /// <param name="distance">How far the other one is along the tangent; above 0 in the direction in which the second parameter grows.</param>
    /// <returns>The point, or null where there is none.</returns>
    public BifurcationCurvePoint? Beside(Vector<double> z, double distance)
    {
        Equations.Orient(z);
        Vector<double> tangent = Equations.Tangent(z, NullSpace.Unit(z.Count, free.Dimension + 1));
        return Equations.Correct(z + (tangent * distance), tangent) is var (beside, _) ? Point(beside, tangent) : null;
    }

    /// <summary>Whether a point is on a curve of this kind alone. Of folds: whether a parameter moves the equations out of the range of ∂f/∂y, which none does where branches cross.</summary>
    /// <param name="z">The point, from <see cref="Begin"/>.</param>
    public bool IsRegular(Vector<double> z)
    {
        const double least = 1e-6;
        if (isHopf)
        {
            return true;
        }

        _folds.Evaluate(z);
        Matrix<double> byParameters = free.Slopes(z).SubMatrix(0, free.Dimension, free.Dimension, 2);
        return (_folds.Left * byParameters).L2Norm() > least * _folds.Left.L2Norm() * byParameters.FrobeniusNorm();
    }

    /// <summary>A Hopf point next to a Bogdanov-Takens point.</summary>
    /// <param name="z">States, drive and second parameter of the latter.</param>
    /// <returns>Those of the former, its ω [1/s], and the largest ω that is to be expected near by [1/s]; null where there is none.</returns>
    public (Vector<double> Z, double Omega, double Typical)? HopfBeside(Vector<double> z)
    {
        const double farthest = 0.02, nearest = 1e-6;
        Vector<double> start = Vector<double>.Build.Dense(z.Count + 1, i => i < z.Count ? z[i] : 0), tangent = start;
        _hopfs.Unit = 1;
        for (int pass = 0; pass < 2; pass++)
        {
            // First in units of the norm of the matrix, then in those of the ω to which the tangent leads.
            _hopfs.Unit *= pass == 0 ? 1 : Faster * Math.Sqrt(tangent[z.Count] * farthest);
            _hopfs.Orient(start);
            tangent = _hopfs.Tangent(start, NullSpace.Unit(start.Count, z.Count));
            tangent /= tangent.SubVector(0, z.Count).L2Norm();
        }

        for (double distance = farthest; distance >= nearest; distance /= 4)
        {
            if (_hopfs.Correct(start + (tangent * distance), tangent) is var (beside, _) && beside[z.Count] > 0)
            {
                double unit = _hopfs.Unit / free.Time;
                return (beside.SubVector(0, z.Count), unit * Math.Sqrt(beside[z.Count]), unit / Faster);
            }
        }

        return null;
    }

    /// <summary>Follows the curve in one direction.</summary>
    /// <param name="start">Its first point, from <see cref="Begin"/>.</param>
    /// <param name="sense">1 in the direction in which the second parameter grows at first, −1 in the other.</param>
    /// <param name="lowest">The lowest drive and second parameter, in units of their sizes.</param>
    /// <param name="highest">The highest ones.</param>
    /// <param name="special">Where special points go, in the order of the curve.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The points after the first one, special points among them, and why it ends.</returns>
    public (List<BifurcationCurvePoint> Points, BranchEnd End) Trace(Vector<double> start, int sense, double[] lowest, double[] highest, List<SpecialPoint> special, CancellationToken cancellation)
    {
        int n = free.Dimension;
        List<BifurcationCurvePoint> points = [];
        Equations.Orient(start);
        BifurcationCurvePoint at = Point(start, Equations.Tangent(start, NullSpace.Unit(start.Count, n + 1) * sense)), first = at;
        CurveStepper stepper = new(Equations, LongestStep);
        while (points.Count < MostPoints)
        {
            cancellation.ThrowIfCancellationRequested();
            Equations.Orient(at.Z);
            if (stepper.Next(at.Z, at.Tangent) is not var (z, tangent))
            {
                return (points, BranchEnd.Lost);
            }

            BranchEnd? end = null;
            int leaves = Array.FindIndex([0, 1], k => z[n + k] < lowest[k] || z[n + k] > highest[k]);
            if (leaves >= 0)
            {
                double bound = z[n + leaves] < lowest[leaves] ? lowest[leaves] : highest[leaves];
                if (at.Z[n + leaves] == bound)
                {
                    return (points, BranchEnd.Range);
                }

                double length = (z - at.Z).L2Norm();
                Vector<double>? last = Between(at.Z, z, (bound - at.Z[n + leaves]) / (z[n + leaves] - at.Z[n + leaves]), NullSpace.Unit(z.Count, n + leaves));
                if (last is null || last[n + 1 - leaves] < lowest[1 - leaves] || last[n + 1 - leaves] > highest[1 - leaves])
                {
                    stepper.Length = length / 4;
                    if (length < 1e-9)
                    {
                        return (points, BranchEnd.Lost);
                    }

                    continue;
                }

                last[n + leaves] = bound;
                (z, tangent, end) = (last, Equations.Tangent(last, tangent), BranchEnd.Range);
            }
            else if (points.Count > 1 && Passes(at.Z, z, first) && Between(at.Z, z, 0.5, first.Tangent, first.Z) is { } back && (back - first.Z).L2Norm() < Same)
            {
                (z, tangent, end) = (first.Z, first.Tangent, BranchEnd.Closed);
            }

            BifurcationCurvePoint next = Point(z, tangent);
            if (isHopf && next.First <= 0)
            {
                // Neutral saddles follow.
                next = Locate(at, next, point => point.First > 0);
                (end, next) = (BranchEnd.BogdanovTakens, next with { Rest = WithoutPair(next.Z) });
            }

            Find(at, next, points, special, end == BranchEnd.BogdanovTakens);
            points.Add(next);
            if (end is { } reason)
            {
                return (points, reason);
            }

            at = next;
        }

        return (points, BranchEnd.StepLimit);
    }

    /// <summary>All of a point that special points are seen from.</summary>
    /// <param name="z">The unknowns; the equations are oriented near by.</param>
    /// <param name="tangent">The tangent there.</param>
    public BifurcationCurvePoint Point(Vector<double> z, Vector<double> tangent)
    {
        if (isHopf)
        {
            double l1 = z[^1] > Slow * Slow ? forms.Hopf(free.States(z), free.Parameters(z), Omega(z)).L1 : double.NaN;
            return new BifurcationCurvePoint(z, tangent, WithoutPair(z), z[^1], l1);
        }

        _folds.Evaluate(z);
        Vector<double> right = _folds.Right / _folds.Right.L2Norm(), left = _folds.Left / _folds.Left.L2Norm();
        Vector<double> second = free.SlopesAlong(z, right).SubMatrix(0, free.Dimension, 0, free.Dimension) * right;
        Complex[] rest = [.. Eigenvalues(z).OrderBy(Complex.Abs).Skip(1)];
        return new BifurcationCurvePoint(z, tangent, rest, left.DotProduct(right), left.DotProduct(second));
    }

    /// <summary>All eigenvalues [1 per unit of time], by descending real part.</summary>
    /// <param name="z">The unknowns.</param>
    public Complex[] Eigenvalues(Vector<double> z) => Spectrum.Of(free.Slopes(z).SubMatrix(0, free.Dimension, 0, free.Dimension));

    // Special points between two points of the curve.
    private void Find(BifurcationCurvePoint a, BifurcationCurvePoint b, List<BifurcationCurvePoint> points, List<SpecialPoint> special, bool endsInBogdanovTakens)
    {
        List<SpecialPoint> found = [];
        if (endsInBogdanovTakens)
        {
            found.Add(new SpecialPoint(BifurcationKind.BogdanovTakens, b));
        }

        if (!isHopf && a.First * b.First < 0)
        {
            found.Add(new SpecialPoint(BifurcationKind.BogdanovTakens, Locate(a, b, point => point.First * a.First > 0)));
        }

        BifurcationCurvePoint c = endsInBogdanovTakens ? Locate(a, b, point => point.First > Slow * a.First) : b;
        if (a.Second * c.Second < 0)
        {
            BifurcationCurvePoint middle = Locate(a, c, point => point.Second * a.Second > 0);
            // A Lyapunov coefficient may also change its sign through infinity, where a matrix in it is singular.
            if (!isHopf || Math.Abs(middle.Second) < Math.Min(Math.Abs(a.Second), Math.Abs(c.Second)))
            {
                found.Add(new SpecialPoint(isHopf ? BifurcationKind.GeneralizedHopf : BifurcationKind.Cusp, middle));
            }
        }

        BifurcationCurvePoint from = a;
        for (int crossing = 0; crossing < free.Dimension && from.Unstable != b.Unstable; crossing++)
        {
            int before = from.Unstable;
            BifurcationCurvePoint middle = Locate(from, b, point => point.Unstable == before), beyond = Locate(from, b, point => point.Unstable == before, after: true);
            bool isPair = Math.Abs(middle.Rest.MinBy(each => Math.Abs(each.Real)).Imaginary) > DoubleZero * free.Slopes(middle.Z).FrobeniusNorm();
            if (isHopf || isPair)
            {
                found.Add(new SpecialPoint(isHopf && isPair ? BifurcationKind.DoubleHopf : BifurcationKind.FoldHopf, middle));
            }

            if ((beyond.Z - b.Z).L2Norm() == 0)
            {
                break;
            }

            from = beyond;
        }

        foreach (SpecialPoint point in found.OrderBy(each => (each.Point.Z - a.Z).L2Norm()))
        {
            special.Add(point);
            if (point.Point != b)
            {
                points.Add(point.Point);
            }
        }
    }

    // Halves the piece until it is as short as rounding allows: the last point where the condition holds as at a, or the first where it does not.
    private BifurcationCurvePoint Locate(BifurcationCurvePoint a, BifurcationCurvePoint b, Func<BifurcationCurvePoint, bool> isAsBefore, bool after = false)
    {
        BifurcationCurvePoint last = a, next = b;
        double low = 0, high = 1;
        Vector<double> along = b.Z - a.Z;
        for (int halving = 0; halving < MostHalvings; halving++)
        {
            double part = (low + high) / 2;
            if (Between(a.Z, b.Z, part, along / along.L2Norm()) is not { } z)
            {
                break;
            }

            BifurcationCurvePoint middle = Point(z, a.Tangent);
            if (isAsBefore(middle))
            {
                (low, last) = (part, middle);
            }
            else
            {
                (high, next) = (part, middle);
            }
        }

        BifurcationCurvePoint result = after ? next : last;
        return result with { Tangent = result == a || result == b ? result.Tangent : Equations.Tangent(result.Z, a.Tangent) };
    }

    // The point of the curve in a plane through a point of the line from a to b, or through another point.
    private Vector<double>? Between(Vector<double> a, Vector<double> b, double part, Vector<double> normal, Vector<double>? through = null)
    {
        Vector<double> guess = through ?? (a + ((b - a) * part));
        return Equations.Correct(guess, normal) is var (z, _) && (z - a).L2Norm() + (z - b).L2Norm() <= (1.5 * (b - a).L2Norm()) + Same ? z : null;
    }

    private static bool Passes(Vector<double> a, Vector<double> b, BifurcationCurvePoint first) =>
        (a - first.Z).DotProduct(first.Tangent) < 0 && (b - first.Z).DotProduct(first.Tangent) >= 0 && (a - first.Z).L2Norm() < 2 * (b - a).L2Norm();

    // Without the pair nearest to ±iω.
    private Complex[] WithoutPair(Vector<double> z)
    {
        double omega = _hopfs.Unit * Math.Sqrt(Math.Max(0, z[^1]));
        List<Complex> rest = [.. Eigenvalues(z)];
        rest.Remove(rest.MinBy(each => Complex.Abs(each - new Complex(0, omega))));
        rest.Remove(rest.MinBy(each => Complex.Abs(each + new Complex(0, omega))));
        return [.. rest];
    }
}
