using MathNet.Numerics.LinearAlgebra;

namespace SweepEngine.Bifurcation;

/// <summary>Directions that a nearly singular matrix shrinks to nearly nothing, and the matrix with borders that make it regular.</summary>
internal static class NullSpace
{
    /// <summary>The directions that a matrix shrinks most.</summary>
    /// <param name="matrix">A square matrix.</param>
    /// <param name="count">How many directions.</param>
    /// <returns>Vectors of length 1 at right angles.</returns>
    public static Vector<double>[] Of(Matrix<double> matrix, int count)
    {
        // Inverse iteration with AᵀA + δ², so that directions which differ in rounding alone count alike; solved by least squares without squaring A.
        const double trace = 1e-8;
        const int steps = 5;
        int n = matrix.RowCount;
        double delta = trace * matrix.FrobeniusNorm();
        OrthogonalFactors factors = new(matrix.Stack(Matrix<double>.Build.DenseIdentity(n) * delta));
        Vector<double>[] vectors = [.. Enumerable.Range(1, count).Select(k => Vector<double>.Build.Dense(n, i => 1.0 / (1 + ((i + 1) * k % (n + 1)))))];
        for (int step = 0; step < steps; step++)
        {
            vectors = Orthonormal([.. vectors.Select(each => factors.Solve(Vector<double>.Build.Dense(2 * n, i => i < n ? 0 : each[i - n])))]);
        }

        return vectors;
    }

    /// <summary>Vectors of length 1 at right angles that span the same space.</summary>
    /// <param name="vectors">Independent vectors.</param>
    public static Vector<double>[] Orthonormal(IReadOnlyList<Vector<double>> vectors)
    {
        Vector<double>[] result = new Vector<double>[vectors.Count];
        for (int k = 0; k < result.Length; k++)
        {
            Vector<double> rest = vectors[k] / vectors[k].L2Norm();
            // Twice, since the first time loses digits where vectors are nearly parallel.
            for (int again = 0; again < 2; again++)
            {
                for (int j = 0; j < k; j++)
                {
                    rest -= result[j] * result[j].DotProduct(rest);
                }
            }

            result[k] = rest / rest.L2Norm();
        }

        return result;
    }

    /// <summary>Solves (A, L; Rᵀ, 0)(X; G) = (0; I) and the transposed equations (Aᵀ, R; Lᵀ, 0)(Y; Gᵀ) = (0; I). G = 0 where A shrinks as many directions to nothing as there are borders; G' = −YᵀA'X.</summary>
    /// <param name="matrix">A, square.</param>
    /// <param name="right">Columns of R.</param>
    /// <param name="left">Columns of L.</param>
    /// <returns>X, Y and G.</returns>
    public static (Matrix<double> X, Matrix<double> Y, Matrix<double> G) Solve(Matrix<double> matrix, IReadOnlyList<Vector<double>> right, IReadOnlyList<Vector<double>> left)
    {
        int n = matrix.RowCount, count = right.Count;
        Matrix<double> bordered = Matrix<double>.Build.Dense(n + count, n + count);
        bordered.SetSubMatrix(0, 0, matrix);
        for (int k = 0; k < count; k++)
        {
            bordered.SetRow(n + k, 0, n, right[k]);
            bordered.SetColumn(n + k, 0, n, left[k]);
        }

        OrthogonalFactors factors = new(bordered), transposed = new(bordered.Transpose());
        Matrix<double> x = Matrix<double>.Build.Dense(n, count), y = x.Clone(), g = Matrix<double>.Build.Dense(count, count);
        for (int k = 0; k < count; k++)
        {
            Vector<double> solved = factors.Solve(Unit(n + count, n + k));
            x.SetColumn(k, solved.SubVector(0, n));
            g.SetColumn(k, solved.SubVector(n, count));
            y.SetColumn(k, transposed.Solve(Unit(n + count, n + k)).SubVector(0, n));
        }

        return (x, y, g);
    }

    /// <summary>A vector with a 1 in one place and else 0.</summary>
    /// <param name="length">Its length.</param>
    /// <param name="place">Where the 1 stands.</param>
    public static Vector<double> Unit(int length, int place) => Vector<double>.Build.Dense(length, i => i == place ? 1 : 0);
}
