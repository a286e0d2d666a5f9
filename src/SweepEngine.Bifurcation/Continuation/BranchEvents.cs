using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>A bifurcation point of equilibria as it is found on a branch.</summary>
/// <param name="Kind">LP, HB or BP.</param>
/// <param name="Z">States and drive.</param>
/// <param name="Omega">Of HB: ω [1 per unit of time].</param>
/// <param name="Residual">How far the equations are from 0, against their terms.</param>
/// <param name="Before">Number of unstable eigenvalues before the point.</param>
/// <param name="After">Number of unstable eigenvalues after the point.</param>
internal sealed record FoundPoint(BifurcationKind Kind, Vector<double> Z, double Omega, double Residual, int Before, int After)
{
    /// <summary>Of BP: the tangents of the two branches that cross; the first is that of the branch on which it was found.</summary>
    public Vector<double>[] Tangents { get; init; } = [];
}

/// <summary>
/// What happens on a piece of a branch between two points: sees from signs and eigenvalues which bifurcations lie between, halves until each is alone, and finds the place of each
/// from equations that are regular there.
/// </summary>
/// <param name="free">The equations, with the drive as the only free parameter.</param>
internal sealed class BranchEvents(FreeEquations free)
{
    // Enough to come from the longest step to rounding; where events stay together as long, they are one degenerate point.
    private const int MostHalvings = 36;
    private const int HalvingsForTouching = 14, HalvingsForPitchfork = 4;

    private static readonly double[] Parts = [0.5, 0.37, 0.61];

    private readonly EquilibriumEquations _equilibria = new(free);
    private readonly FoldEquations _folds = new(free);
    private readonly HopfEquations _hopfs = new(free);
    private readonly BranchPointEquations _branchPoints = new(free);

    /// <summary>Where a bifurcation was seen whose place could not be found: drives.</summary>
    public List<double> Missed { get; } = [];

    /// <summary>Finds what is between two points.</summary>
    /// <param name="a">A point of a branch.</param>
    /// <param name="b">The next point.</param>
    /// <param name="found">Where the bifurcation points go, in the order of the branch.</param>
    public void Between(TracedEquilibrium a, TracedEquilibrium b, List<FoundPoint> found) => Between(a, b, found, 0);

    private void Between(TracedEquilibrium a, TracedEquilibrium b, List<FoundPoint> found, int halvings)
    {
        bool turns = a.Sense != b.Sense, crosses = a.Border != b.Border;
        int change = b.Unstable - a.Unstable;
        if (!turns && !crosses && change == 0)
        {
            if (halvings < HalvingsForTouching && TracedEquilibrium.MayTouch(a, b))
            {
                Halve(a, b, found, halvings);
            }

            return;
        }

        bool isLast = halvings >= MostHalvings;
        FoundPoint? point = null;
        if (crosses && (isLast || (turns ? change == 0 && halvings >= HalvingsForPitchfork : Math.Abs(change) == 1)))
        {
            point = BranchPoint(a, b);
        }
        else if (turns && !crosses && (isLast || Math.Abs(change) == 1))
        {
            point = Fold(a, b);
        }
        else if (!turns && !crosses && Math.Abs(change) == 2)
        {
            point = Hopf(a, b);
        }

        if (point is not null)
        {
            found.Add(point);
        }
        else if (isLast || !Halve(a, b, found, halvings))
        {
            Missed.Add(free.Parameter(b.Z));
        }
    }

    private bool Halve(TracedEquilibrium a, TracedEquilibrium b, List<FoundPoint> found, int halvings)
    {
        // About halves: not just where the branch stands upright, as it does at a cusp, so that its sense is no matter of rounding.
        const double upright = 1e-10;
        TracedEquilibrium? middle = null;
        foreach (double part in Parts)
        {
            Vector<double> along = b.Z - a.Z;
            if (_equilibria.Correct(a.Z + (along * part), along / along.L2Norm()) is var (z, _) && IsBetween(a, b, z))
            {
                middle = new(free, z, _equilibria.Tangent(z, a.Tangent + b.Tangent));
                if (Math.Abs(middle.Tangent[^1]) > upright)
                {
                    break;
                }
            }
        }

        if (middle is null)
        {
            return false;
        }

        Between(a, middle, found, halvings + 1);
        Between(middle, b, found, halvings + 1);
        return true;
    }

    private FoundPoint? Fold(TracedEquilibrium a, TracedEquilibrium b)
    {
        double before = Math.Abs(a.Tangent[^1]), after = Math.Abs(b.Tangent[^1]);
        Vector<double> guess = a.Z + ((b.Z - a.Z) * (before / (before + after)));
        _folds.Orient(guess);
        return _folds.Solve(guess) is var (z, residual) && IsBetween(a, b, z) && Others(z, 1) == Math.Min(a.Unstable, b.Unstable) ? new FoundPoint(BifurcationKind.Fold, z, 0, residual, a.Unstable, b.Unstable) : null;
    }

    private FoundPoint? Hopf(TracedEquilibrium a, TracedEquilibrium b)
    {
        if (TracedEquilibrium.Crossing(a, b) is not var (place, omega))
        {
            return null;
        }

        _hopfs.Unit = omega;
        Vector<double> guess = Extended(a.Z + ((b.Z - a.Z) * place), 1);
        _hopfs.Orient(guess);
        return _hopfs.Solve(guess) is var (solved, residual) && solved[^1] > 0 && solved.SubVector(0, a.Z.Count) is var z && IsBetween(a, b, z)
            && Others(z, 2, omega * Math.Sqrt(solved[^1])) == Math.Min(a.Unstable, b.Unstable)
            ? new FoundPoint(BifurcationKind.Hopf, z, omega * Math.Sqrt(solved[^1]), residual, a.Unstable, b.Unstable) : null;
    }

    private FoundPoint? BranchPoint(TracedEquilibrium a, TracedEquilibrium b)
    {
        Vector<double> guess = Extended((a.Z + b.Z) / 2, 0);
        _branchPoints.Orient(guess);
        if (_branchPoints.Solve(guess) is not var (solved, residual))
        {
            return null;
        }

        Vector<double> z = solved.SubVector(0, a.Z.Count);
        int others = Others(z, 1);
        int below = Math.Min(a.Unstable, b.Unstable);
        if (!IsBetween(a, b, z) || !(others == below || (a.Unstable == b.Unstable && others == below - 1)))
        {
            return null;
        }

        // ⟨w, D²f(t, t)⟩ = 0 for t = α u + β v in the plane of tangents.
        _branchPoints.Evaluate(solved);
        Vector<double> u = _branchPoints.Right[0], v = _branchPoints.Right[1], byU = _branchPoints.Left * free.SlopesAlong(z, u), byV = _branchPoints.Left * free.SlopesAlong(z, v);
        double uu = byU.DotProduct(u), uv = byU.DotProduct(v), vv = byV.DotProduct(v), discriminant = (uv * uv) - (uu * vv);
        if (!(discriminant > 0))
        {
            return null;
        }

        // The two solutions of uu α² + 2 uv α β + vv β² = 0, none by a difference of nearly equal numbers.
        double sum = -(uv + (uv < 0 ? -1 : 1) * Math.Sqrt(discriminant));
        Vector<double>[] tangents = [((u * sum) + (v * uu)).Normalize(2), ((u * vv) + (v * sum)).Normalize(2)];
        Vector<double> along = (b.Z - a.Z).Normalize(2);
        if (Math.Abs(tangents[1].DotProduct(along)) > Math.Abs(tangents[0].DotProduct(along)))
        {
            Array.Reverse(tangents);
        }

        return new FoundPoint(BifurcationKind.BranchPoint, z, 0, residual, a.Unstable, b.Unstable) { Tangents = tangents };
    }

    // How many eigenvalues are unstable at a point beside those that are zero or imaginary there: another number than at the sides means that others cross in between.
    private int Others(Vector<double> z, int critical, double omega = 0) => Spectrum.Of(free.Slopes(z).SubMatrix(0, free.Dimension, 0, free.Dimension))
        .OrderBy(each => Complex.Abs(new Complex(each.Real, Math.Abs(each.Imaginary) - omega))).Skip(critical).Count(each => each.Real > 0);

    // Beside the line from a to b by at most as much as it is long.
    private static bool IsBetween(TracedEquilibrium a, TracedEquilibrium b, Vector<double> z)
    {
        const double slack = 1e-9;
        Vector<double> along = b.Z - a.Z;
        double length = along.L2Norm(), place = (z - a.Z).DotProduct(along) / length;
        return place >= -slack - (1e-3 * length) && place <= length + slack + (1e-3 * length) && (z - a.Z - (along * (place / length))).L2Norm() <= (0.5 * length) + slack;
    }

    private static Vector<double> Extended(Vector<double> z, double last) => Vector<double>.Build.Dense(z.Count + 1, i => i < z.Count ? z[i] : last);
}
