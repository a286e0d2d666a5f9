using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace SweepEngine.Bifurcation;

/// <summary>Eigenvalues of a Jacobian, of any kind.</summary>
internal static class Spectrum
{
    /// <summary>The eigenvalues by descending real part; of a pair, the one above the real axis first.</summary>
    /// <param name="matrix">The matrix.</param>
    public static Complex[] Of(Matrix<double> matrix)
    {
        Complex[] values = [.. matrix.Evd(Symmetricity.Asymmetric).EigenValues];
        Array.Sort(values, (x, y) => x.Real != y.Real ? y.Real.CompareTo(x.Real) : y.Imaginary.CompareTo(x.Imaginary));
        return values;
    }

    /// <summary>How many have a real part above zero.</summary>
    /// <param name="matrix">The matrix.</param>
    public static int Unstable(Matrix<double> matrix)
    {
        int unstable = 0;
        foreach (Complex value in matrix.Evd(Symmetricity.Asymmetric).EigenValues)
        {
            unstable += value.Real > 0 ? 1 : 0;
        }

        return unstable;
    }
}
