using MathNet.Numerics.LinearAlgebra;

namespace SweepEngine.Bifurcation;

/// <summary>
/// A matrix of at least as many rows as columns as a product of reflections and a triangle (A. S. Householder, J. ACM 5 (1958) 339): solves equations, those of too many rows in the sense of least
/// squares, and gives the sign of the determinant.
/// </summary>
/// <remarks>The library's factors of this kind start tasks, which costs more than such small matrices do.</remarks>
internal sealed class OrthogonalFactors
{
    private readonly double[] _columns;
    private readonly double[] _diagonal, _norms;
    private readonly int _rows, _count;

    /// <summary>Factors a matrix.</summary>
    /// <param name="matrix">The matrix, which stays as it is.</param>
    /// <param name="smallest">The smallest number on the diagonal of the triangle, so that a singular matrix counts as one near by.</param>
    public OrthogonalFactors(Matrix<double> matrix, double smallest = 0)
    {
        (_rows, _count) = (matrix.RowCount, matrix.ColumnCount);
        _columns = matrix.ToColumnMajorArray();
        _diagonal = new double[_count];
        _norms = new double[_count];
        for (int k = 0; k < _count; k++)
        {
            Span<double> pivot = Column(k)[k..];
            double norm = _norms[k] = Norm(pivot);
            if (norm == 0)
            {
                _diagonal[k] = smallest;
                continue;
            }

            // The reflection is I − v vᵀ/(norm·|v₀|), v = pivot ± norm·e₀.
            double sign = pivot[0] < 0 ? -1 : 1;
            pivot[0] += sign * norm;
            _diagonal[k] = -sign * Math.Max(norm, smallest);
            for (int j = k + 1; j < _count; j++)
            {
                Reflect(pivot, norm, Column(j)[k..]);
            }
        }
    }

    /// <summary>Sign of the determinant of a square matrix; 0 where it is exactly singular.</summary>
    public int DeterminantSign
    {
        get
        {
            // A reflection has the determinant −1.
            int sign = 1;
            foreach (double each in _diagonal)
            {
                sign *= -Math.Sign(each);
            }

            return sign;
        }
    }

    /// <summary>The smallest number on the diagonal of the triangle over the largest one: about rounding where the matrix is singular.</summary>
    public double Regularity => _diagonal.Min(Math.Abs) / _diagonal.Max(Math.Abs);

    /// <summary>Solves for one right side.</summary>
    /// <param name="right">The right side, shape [rows].</param>
    /// <returns>The solution, not finite where the matrix is singular. Shape [columns].</returns>
    public Vector<double> Solve(Vector<double> right)
    {
        double[] values = right.ToArray();
        for (int k = 0; k < _count; k++)
        {
            if (_norms[k] != 0)
            {
                Reflect(Column(k)[k..], _norms[k], values.AsSpan(k));
            }
        }

        for (int k = _count - 1; k >= 0; k--)
        {
            values[k] /= _diagonal[k];
            ReadOnlySpan<double> column = Column(k);
            for (int i = 0; i < k; i++)
            {
                values[i] -= column[i] * values[k];
            }
        }

        return Vector<double>.Build.Dense(_count, k => values[k]);
    }

    private Span<double> Column(int k) => _columns.AsSpan(k * _rows, _rows);

    private static void Reflect(ReadOnlySpan<double> v, double norm, Span<double> x)
    {
        double product = 0;
        for (int i = 0; i < v.Length; i++)
        {
            product += v[i] * x[i];
        }

        product /= norm * Math.Abs(v[0]);
        for (int i = 0; i < v.Length; i++)
        {
            x[i] -= product * v[i];
        }
    }

    private static double Norm(ReadOnlySpan<double> vector)
    {
        double sum = 0;
        foreach (double each in vector)
        {
            sum += each * each;
        }

        return Math.Sqrt(sum);
    }
}
