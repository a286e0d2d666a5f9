using System.Numerics;

namespace SweepEngine.Equations;

/// <summary>
/// Determinants of matrices of expressions, most of them zero, as sums of products: without division, so that no pivot can vanish, and of arrow matrices, as membranes with gates
/// have them, without cancellation between products.
/// </summary>
internal static class SparseDeterminant
{
    private static readonly Number Zero = new(0), One = new(1);

    /// <summary>The determinant.</summary>
    /// <param name="matrix">A square matrix of at most 31 rows; null stands for 0.</param>
    /// <param name="mostProducts">With more products the text is too large.</param>
    /// <returns>The determinant, or null where it is too large.</returns>
    public static Expression? Of(Expression?[,] matrix, int mostProducts)
    {
        int n = matrix.GetLength(0);
        Expression[]?[,] constants = new Expression[n, n][];
        for (int row = 0; row < n; row++)
        {
            for (int column = 0; column < n; column++)
                constants[row, column] = matrix[row, column] is { } entry && !SymbolicDerivative.IsZero(entry) ? [entry] : null;
        }
        return new Expansion(constants, mostProducts).Of() is not { } result ? null : result.Length == 0 ? Zero : result[0];
    }

    /// <summary>The coefficients a of det(λ − J) = λⁿ + a₁λⁿ⁻¹ + … + aₙ.</summary>
    /// <param name="jacobian">The matrix J, of at most 31 rows; null stands for 0.</param>
    /// <param name="mostProducts">With more products the text is too large.</param>
    /// <returns>1, a₁ … aₙ, or null where they are too large.</returns>
    public static Expression[]? CharacteristicPolynomial(Expression?[,] jacobian, int mostProducts)
    {
        int n = jacobian.GetLength(0);
        Expression[]?[,] matrix = new Expression[n, n][];
        for (int row = 0; row < n; row++)
        {
            for (int column = 0; column < n; column++)
            {
                Expression? negative = jacobian[row, column] is { } entry && !SymbolicDerivative.IsZero(entry) ? SymbolicDerivative.Negate(entry) : null;
                matrix[row, column] = row == column ? [negative ?? Zero, One] : negative is null ? null : [negative];
            }
        }
        return new Expansion(matrix, mostProducts).Of() is not { } result ? null : [.. result.Reverse()];
    }

    // By rows, those of fewest entries first; what the rows from one on contribute depends only on the columns that are left, and is expanded once.
    private sealed class Expansion
    {
        private readonly Expression[]?[,] _matrix;
        private readonly int[] _rows;
        private readonly int _most;
        private readonly Dictionary<(int Row, uint Columns), Expression[]> _known = [];
        private readonly bool _oddOrder;
        private int _products;

        public Expansion(Expression[]?[,] matrix, int mostProducts)
        {
            (_matrix, _most) = (matrix, mostProducts);
            int n = matrix.GetLength(0);
            _rows = [.. Enumerable.Range(0, n).OrderBy(row => Enumerable.Range(0, n).Count(column => matrix[row, column] is not null))];
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < i; j++)
                    _oddOrder ^= _rows[j] > _rows[i];
            }
        }

        public Expression[]? Of()
        {
            Expression[] result = From(0, (uint)((1L << _rows.Length) - 1));
            return _products > _most ? null : _oddOrder ? [.. result.Select(SymbolicDerivative.Negate)] : result;
        }

        private Expression[] From(int row, uint columns)
        {
            if (row == _rows.Length)
                return [One];
            if (_known.TryGetValue((row, columns), out Expression[]? sum) || _products > _most)
                return sum ?? [];
            sum = [];
            int sign = 1;
            for (uint left = columns; left != 0; left &= left - 1, sign = -sign)
            {
                int column = BitOperations.TrailingZeroCount(left);
                if (_matrix[_rows[row], column] is { } entry)
                    sum = Sum(sum, Product(entry, From(row + 1, columns & ~(1u << column))), sign);
            }
            _known.Add((row, columns), sum);
            return sum;
        }

        private Expression[] Product(Expression[] a, Expression[] b)
        {
            if (a.Length == 0 || b.Length == 0)
                return [];
            Expression[] product = [.. Enumerable.Repeat(Zero, a.Length + b.Length - 1)];
            for (int i = 0; i < a.Length; i++)
            {
                for (int j = 0; j < b.Length; j++)
                {
                    _products += SymbolicDerivative.IsZero(a[i]) || a[i] is Number { SI: 1 } ? 0 : 1;
                    product[i + j] = SymbolicDerivative.Add(product[i + j], SymbolicDerivative.Multiply(a[i], b[j]));
                }
            }
            return product;
        }

        private static Expression[] Sum(Expression[] a, Expression[] b, int sign)
        {
            Expression[] sum = new Expression[Math.Max(a.Length, b.Length)];
            for (int i = 0; i < sum.Length; i++)
            {
                Expression u = i < a.Length ? a[i] : Zero, v = i < b.Length ? b[i] : Zero;
                sum[i] = sign > 0 ? SymbolicDerivative.Add(u, v) : SymbolicDerivative.Subtract(u, v);
            }
            return sum;
        }
    }
}
