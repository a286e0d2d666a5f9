using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Computes what <see cref="SteadyCode.Scan"/> or <see cref="SteadyCode.Polish"/> says: by that code, or where the characteristic polynomial is too large to be written out, from
/// the matrix at each place. Not for several threads at once.
/// </summary>
/// <remarks>
/// The matrix is brought to Hessenberg form by eliminations with pivots, whose polynomial follows from a recurrence over its leading parts; Hurwitz' determinants are eliminated with pivots
/// as well. Every number carries its derivative by the master along. (J. H. Wilkinson, The Algebraic Eigenvalue Problem, Oxford 1965, chapters 6.8 and 7.)
/// </remarks>
internal sealed class CurveProgram
{
    private readonly SteadyCode _steady;
    private readonly LaneProgram? _written;
    private readonly int _n;
    private readonly bool _polish;
    private readonly Dual[,] _matrix, _hurwitz;
    private readonly Dual[][] _polynomials;
    private double[] _raw = [];

    /// <summary>Takes a curve.</summary>
    /// <param name="steady">The curve.</param>
    /// <param name="polish">Whether the outputs are those of <see cref="SteadyCode.Polish"/>, else of <see cref="SteadyCode.Scan"/>.</param>
    /// <param name="dense">Whether to compute from the matrix in any case.</param>
    public CurveProgram(SteadyCode steady, bool polish, bool dense = false)
    {
        (_steady, _polish, _n) = (steady, polish, steady.Form.Model.States.Count);
        _written = dense ? null : polish ? steady.Polish : steady.Scan;
        OutputCount = polish ? 3 + (2 * _n) : 5;
        _matrix = new Dual[_n, _n];
        _hurwitz = new Dual[_n, _n];
        _polynomials = new Dual[_n + 1][];
        for (int i = 0; i <= _n; i++)
        {
            _polynomials[i] = new Dual[i + 1];
        }
    }

    /// <summary>Number of outputs.</summary>
    public int OutputCount { get; }

    /// <summary>As <see cref="LaneProgram.Evaluate"/>.</summary>
    public void Evaluate(ReadOnlySpan<double> y, ReadOnlySpan<double> p, Span<double> result, int stride, int first, int count)
    {
        if (_written is not null)
        {
            _written.Evaluate([], y, p, result, stride, first, count);
            return;
        }

        int outputs = _steady.Jacobian.OutputCount;
        if (_raw.Length < outputs * stride)
        {
            _raw = new double[outputs * stride];
        }

        _steady.Jacobian.Evaluate([], y, p, _raw, stride, first, count);
        for (int lane = first; lane < first + count; lane++)
        {
            Compute(result, stride, lane);
        }
    }

    private void Compute(Span<double> result, int stride, int lane)
    {
        int entries = _steady.Entries.Count;
        Array.Clear(_matrix);
        for (int entry = 0; entry < entries; entry++)
        {
            (int row, int column) = _steady.Entries[entry];
            _matrix[row, column] = new Dual(_raw[((3 + entry) * stride) + lane], _raw[((3 + entries + entry) * stride) + lane]);
        }

        ToHessenberg();
        Dual[] polynomial = Polynomial();
        int next = 0;
        void Put(Span<double> rows, double value) => rows[(next++ * stride) + lane] = value;
        Put(result, _raw[lane]);
        Put(result, _raw[stride + lane]);
        if (!_polish)
        {
            Dual determinant = Hurwitz(polynomial, _n - 1);
            Put(result, _raw[(2 * stride) + lane]);
            Put(result, determinant.Value);
            Put(result, determinant.Slope);
            return;
        }

        for (int i = 1; i <= _n; i++)
        {
            Put(result, polynomial[_n - i].Value);
        }

        for (int i = 1; i <= _n; i++)
        {
            Put(result, polynomial[_n - i].Slope);
        }

        Put(result, polynomial[0].Value * Hurwitz(polynomial, _n - 3).Value / Hurwitz(polynomial, _n - 2).Value);
    }

    // Similar matrices: a row is taken from those below it, and they are added to it as columns.
    private void ToHessenberg()
    {
        for (int column = 0; column < _n - 2; column++)
        {
            int pivot = column + 1;
            for (int row = column + 2; row < _n; row++)
            {
                pivot = Math.Abs(_matrix[row, column].Value) > Math.Abs(_matrix[pivot, column].Value) ? row : pivot;
            }

            if (_matrix[pivot, column].Value == 0)
            {
                continue;
            }

            for (int i = 0; pivot != column + 1 && i < _n; i++)
            {
                (_matrix[pivot, i], _matrix[column + 1, i]) = (_matrix[column + 1, i], _matrix[pivot, i]);
            }

            for (int i = 0; pivot != column + 1 && i < _n; i++)
            {
                (_matrix[i, pivot], _matrix[i, column + 1]) = (_matrix[i, column + 1], _matrix[i, pivot]);
            }

            for (int row = column + 2; row < _n; row++)
            {
                Dual factor = _matrix[row, column] / _matrix[column + 1, column];
                for (int i = column; i < _n; i++)
                {
                    _matrix[row, i] -= factor * _matrix[column + 1, i];
                }

                for (int i = 0; i < _n; i++)
                {
                    _matrix[i, column + 1] += factor * _matrix[i, row];
                }
            }
        }
    }

    // Coefficients of det(λ - J) by ascending power: p_k = (λ - h_kk) p_{k-1} - Σ h_{k-i,k} (h_{k,k-1} ... h_{k-i+1,k-i}) p_{k-i-1}.
    private Dual[] Polynomial()
    {
        _polynomials[0][0] = new Dual(1, 0);
        for (int k = 1; k <= _n; k++)
        {
            Dual[] now = _polynomials[k];
            Array.Clear(now);
            Dual below = new(1, 0);
            for (int i = 0; i < k; i++)
            {
                Dual[] earlier = _polynomials[k - i - 1];
                Dual factor = below * _matrix[k - i - 1, k - 1];
                for (int power = 0; power < earlier.Length; power++)
                {
                    now[power] -= factor * earlier[power];
                }

                if (i == 0)
                {
                    for (int power = 0; power < earlier.Length; power++)
                    {
                        now[power + 1] += earlier[power];
                    }
                }

                below *= k - i - 2 >= 0 ? _matrix[k - i - 1, k - i - 2] : default;
            }
        }

        return _polynomials[_n];
    }

    // The leading determinant of the matrix of a_{2j-i}, i and j from 1 on; below one row it is 1.
    private Dual Hurwitz(Dual[] polynomial, int rows)
    {
        for (int i = 1; i <= rows; i++)
        {
            for (int j = 1; j <= rows; j++)
            {
                int k = (2 * j) - i;
                _hurwitz[i - 1, j - 1] = k >= 0 && k <= _n ? polynomial[_n - k] : default;
            }
        }

        Dual determinant = new(1, 0);
        for (int column = 0; column < rows; column++)
        {
            int pivot = column;
            for (int row = column + 1; row < rows; row++)
            {
                pivot = Math.Abs(_hurwitz[row, column].Value) > Math.Abs(_hurwitz[pivot, column].Value) ? row : pivot;
            }

            for (int i = column; pivot != column && i < rows; i++)
            {
                (_hurwitz[pivot, i], _hurwitz[column, i]) = (_hurwitz[column, i], _hurwitz[pivot, i]);
            }

            determinant *= pivot == column ? _hurwitz[column, column] : -_hurwitz[column, column];
            for (int row = column + 1; row < rows && _hurwitz[column, column].Value != 0; row++)
            {
                Dual factor = _hurwitz[row, column] / _hurwitz[column, column];
                for (int i = column + 1; i < rows; i++)
                {
                    _hurwitz[row, i] -= factor * _hurwitz[column, i];
                }
            }
        }

        return determinant;
    }

    /// <summary>A number and its derivative.</summary>
    private readonly record struct Dual(double Value, double Slope)
    {
        public static Dual operator +(Dual a, Dual b) => new(a.Value + b.Value, a.Slope + b.Slope);

        public static Dual operator -(Dual a, Dual b) => new(a.Value - b.Value, a.Slope - b.Slope);

        public static Dual operator -(Dual a) => new(-a.Value, -a.Slope);

        public static Dual operator *(Dual a, Dual b) => new(a.Value * b.Value, (a.Value * b.Slope) + (a.Slope * b.Value));

        public static Dual operator /(Dual a, Dual b)
        {
            double quotient = a.Value / b.Value;
            return new Dual(quotient, (a.Slope - (quotient * b.Slope)) / b.Value);
        }
    }
}
