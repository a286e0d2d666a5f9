using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>An equilibrium on a branch, with all from which bifurcations between two of them are seen.</summary>
internal sealed class EquilibriumPoint
{
    // A step along the branch for derivatives of eigenvalues; they serve to see where one may touch zero.
    private const double Beside = 1e-6;

    /// <summary>Takes a point of a branch.</summary>
    /// <param name="free">The equations, with the drive as the only free parameter.</param>
    /// <param name="z">The equilibrium: states and drive.</param>
    /// <param name="tangent">The unit tangent of the branch in the direction in which it is followed.</param>
    public EquilibriumPoint(FreeEquations free, Vector<double> z, Vector<double> tangent)
    {
        (Z, Tangent) = (z, tangent);
        int n = free.Dimension;
        Matrix<double> slopes = free.Slopes(z);
        Eigenvalues = BalancedEigenvalues.Of(slopes.SubMatrix(0, n, 0, n));
        Complex[] next = BalancedEigenvalues.Of(free.Slopes(z + (tangent * Beside)).SubMatrix(0, n, 0, n));
        Rates = [.. Eigenvalues.Select(each => (next.MinBy(other => Square(other - each)).Real - each.Real) / Beside)];
        Unstable = Eigenvalues.Count(each => each.Real > 0);
        Sense = tangent[n] < 0 ? -1 : 1;
        Border = new OrthogonalFactors(CurveEquations.Bordered(slopes, tangent)).DeterminantSign;
    }

    /// <summary>States and drive.</summary>
    public Vector<double> Z { get; }

    /// <summary>The unit tangent.</summary>
    public Vector<double> Tangent { get; }

    /// <summary>Eigenvalues by descending real part [1 per unit of time].</summary>
    public Complex[] Eigenvalues { get; }

    /// <summary>How the real part of each changes along the branch.</summary>
    public double[] Rates { get; }

    /// <summary>Number of eigenvalues with positive real part.</summary>
    public int Unstable { get; }

    /// <summary>1 where the drive grows along the branch, −1 where it falls. Changes at a fold.</summary>
    public int Sense { get; }

    /// <summary>Sign of the determinant of the derivatives by states and drive with the tangent as last row. Changes at a branch point.</summary>
    public int Border { get; }

    /// <summary>Whether an eigenvalue may cross the imaginary axis and come back between two points: where lines along its changes from both sides meet beyond the axis.</summary>
    /// <param name="a">A point.</param>
    /// <param name="b">The next one.</param>
    public static bool MayTouch(EquilibriumPoint a, EquilibriumPoint b)
    {
        double length = (b.Z - a.Z).L2Norm();
        for (int i = 0; i < a.Eigenvalues.Length; i++)
        {
            double u = Math.Abs(a.Eigenvalues[i].Real), sign = Math.Sign(a.Eigenvalues[i].Real), fromA = sign * a.Rates[i];
            if (fromA >= 0)
            {
                continue;
            }

            for (int j = 0; j < b.Eigenvalues.Length; j++)
            {
                double v = Math.Abs(b.Eigenvalues[j].Real), fromB = -sign * b.Rates[j];
                if (sign != Math.Sign(b.Eigenvalues[j].Real) || fromB >= 0 || (a.Eigenvalues[i].Imaginary == 0) != (b.Eigenvalues[j].Imaginary == 0))
                {
                    continue;
                }

                double meet = (v + (fromB * length) - u) / (fromA + fromB);
                if (meet > 0 && meet < length && u + (fromA * meet) < 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The pair of eigenvalues that crosses the imaginary axis between two points, one of which has two unstable eigenvalues more.</summary>
    /// <param name="a">A point.</param>
    /// <param name="b">The next one.</param>
    /// <returns>Where it crosses, from 0 at a to 1 at b, and with which imaginary part, both about; null where it is not a pair on both sides.</returns>
    public static (double Place, double Omega)? Crossing(EquilibriumPoint a, EquilibriumPoint b)
    {
        EquilibriumPoint unstable = a.Unstable > b.Unstable ? a : b, stable = a.Unstable > b.Unstable ? b : a;
        Complex[] left = [.. unstable.Eigenvalues.Where(each => each.Real > 0 && each.Imaginary > 0)], right = [.. stable.Eigenvalues.Where(each => each.Real <= 0 && each.Imaginary > 0)];
        if (left.Length == 0 || right.Length == 0)
        {
            return null;
        }

        (Complex from, Complex to) = left.SelectMany(l => right.Select(r => (l, r))).MinBy(pair => Square(pair.l - pair.r));
        double part = from.Real / (from.Real - to.Real);
        return (unstable == a ? part : 1 - part, from.Imaginary + (part * (to.Imaginary - from.Imaginary)));
    }

    private static double Square(Complex value) => (value.Real * value.Real) + (value.Imaginary * value.Imaginary);
}
