using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>An equilibrium on a branch, with all from which bifurcations between two of them are seen.</summary>
internal sealed class TracedEquilibrium
{
    // A step along the branch for derivatives of eigenvalues; they serve to see where one may touch zero.
    private const double Beside = 1e-6;

    /// <summary>Takes a point of a branch.</summary>
    /// <param name="free">The equations, with the drive as the only free parameter.</param>
    /// <param name="z">The equilibrium: states and drive.</param>
    /// <param name="tangent">The unit tangent of the branch in the direction in which it is followed.</param>
    public TracedEquilibrium(FreeEquations free, Vector<double> z, Vector<double> tangent)
    {
        (Z, Tangent) = (z, tangent);
        int n = free.Dimension;
        Matrix<double> slopes = free.Slopes(z);
        Eigenvalues = Spectrum.Of(slopes.SubMatrix(0, n, 0, n));
        Matrix<double> beside = free.Slopes(z + (tangent * Beside));
        Complex[] next = Spectrum.Of(beside.SubMatrix(0, n, 0, n));
        Rates = [.. Eigenvalues.Select(each => (next.MinBy(other => Square(other - each)).Real - each.Real) / Beside)];
        Unstable = Eigenvalues.Count(each => each.Real > 0);
        Sense = tangent[n] < 0 ? -1 : 1;
        Vector<double> ahead = new OrthogonalFactors(CurveEquations.Bordered(beside, tangent)).Solve(NullSpace.Unit(n + 1, n));
        Bend = ((ahead[n] / ahead.L2Norm()) - tangent[n]) / Beside;
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

    /// <summary>How the component of the tangent along the drive changes along the branch.</summary>
    public double Bend { get; }

    /// <summary>Sign of the determinant of the derivatives by states and drive with the tangent as last row. Changes at a branch point.</summary>
    public int Border { get; }

    /// <summary>Whether an eigenvalue may cross the imaginary axis and come back between two points, or the branch turn twice: where lines along the changes from both sides meet beyond zero.</summary>
    /// <param name="a">A point.</param>
    /// <param name="b">The next one.</param>
    public static bool MayTouch(TracedEquilibrium a, TracedEquilibrium b)
    {
        double length = (b.Z - a.Z).L2Norm();
        if (MayTouch(a.Tangent[^1], a.Bend, b.Tangent[^1], b.Bend, length))
        {
            return true;
        }

        for (int i = 0; i < a.Eigenvalues.Length; i++)
        {
            for (int j = 0; j < b.Eigenvalues.Length; j++)
            {
                if ((a.Eigenvalues[i].Imaginary == 0) == (b.Eigenvalues[j].Imaginary == 0) && MayTouch(a.Eigenvalues[i].Real, a.Rates[i], b.Eigenvalues[j].Real, b.Rates[j], length))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool MayTouch(double atA, double rateA, double atB, double rateB, double length)
    {
        double sign = Math.Sign(atA), u = Math.Abs(atA), v = Math.Abs(atB), fromA = sign * rateA, fromB = -sign * rateB;
        if (sign != Math.Sign(atB) || fromA >= 0 || fromB >= 0)
        {
            return false;
        }

        double meet = (v + (fromB * length) - u) / (fromA + fromB);
        return meet > 0 && meet < length && u + (fromA * meet) < 0;
    }

    /// <summary>The pair of eigenvalues that crosses the imaginary axis between two points, one of which has two unstable eigenvalues more.</summary>
    /// <param name="a">A point.</param>
    /// <param name="b">The next one.</param>
    /// <returns>Where it crosses, from 0 at a to 1 at b, and with which imaginary part, both about; null where it is not a pair on both sides.</returns>
    public static (double Place, double Omega)? Crossing(TracedEquilibrium a, TracedEquilibrium b)
    {
        TracedEquilibrium unstable = a.Unstable > b.Unstable ? a : b, stable = a.Unstable > b.Unstable ? b : a;
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
