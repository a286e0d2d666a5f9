using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>Eigenvalues of small matrices whose rows and columns may be of very different size, such as Jacobians.</summary>
internal static class Spectrum
{
    /// <summary>The eigenvalues by descending real part; of a pair the one with positive imaginary part is first.</summary>
    /// <param name="matrix">A square matrix, which stays as it is.</param>
    public static Complex[] Of(Matrix<double> matrix)
    {
        Matrix<double> balanced = matrix.Clone();
        Balance(balanced);
        Complex[] values = [.. balanced.Evd(Symmetricity.Asymmetric).EigenValues];
        Array.Sort(values, (a, b) => a.Real != b.Real ? b.Real.CompareTo(a.Real) : b.Imaginary.CompareTo(a.Imaginary));
        return values;
    }

    /// <summary>How many have a real part above zero.</summary>
    /// <param name="matrix">A square matrix, which stays as it is.</param>
    public static int Unstable(Matrix<double> matrix) => Of(matrix).Count(value => value.Real > 0);

    // Scales by powers of 2 until row and column have about the same size (B. N. Parlett and C. Reinsch, Numer. Math. 13 (1969) 293).
    private static void Balance(Matrix<double> matrix)
    {
        const int mostRounds = 30;
        int n = matrix.RowCount;
        bool changed = true;
        for (int round = 0; changed && round < mostRounds; round++)
        {
            changed = false;
            for (int i = 0; i < n; i++)
            {
                double row = 0, column = 0;
                for (int j = 0; j < n; j++)
                {
                    if (j != i)
                    {
                        row += Math.Abs(matrix[i, j]);
                        column += Math.Abs(matrix[j, i]);
                    }
                }

                if (row == 0 || column == 0 || !double.IsFinite(row + column))
                {
                    continue;
                }

                double factor = 1, sum = row + column;
                while (column < row / 2)
                {
                    (column, row, factor) = (column * 2, row / 2, factor * 2);
                }

                while (column >= row * 2)
                {
                    (column, row, factor) = (column / 2, row * 2, factor / 2);
                }

                if (factor == 1 || column + row >= 0.95 * sum)
                {
                    continue;
                }

                changed = true;
                for (int j = 0; j < n; j++)
                {
                    matrix[i, j] /= factor;
                    matrix[j, i] *= factor;
                }
            }
        }
    }
}
