using System.Numerics;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Eigenvalues of a product of matrices M = A_N … A_1 that is never formed: small ones keep their digits beside large ones, however far apart. For one thread; no memory is taken after the first use.
/// </summary>
/// <remarks>
/// The periodic QR algorithm (A. W. Bojanczyk, G. H. Golub and P. Van Dooren, Proc. SPIE 1770 (1992) 31; D. Kressner, BIT 43 (2003) 1): rotations that run through the whole chain keep all factors
/// triangular but the last, which is a Hessenberg matrix, and let that become triangular too, with the shifts of Francis. An eigenvalue is then a product of diagonal entries. Neighbouring triangular
/// factors are multiplied out as long as they hardly differ in what they do to different directions, which leaves about one in ten.
/// </remarks>
internal sealed class ProductEigenvalues
{
    // Triangular factors are multiplied out while the largest entry is less than this times the smallest of the diagonal.
    private const double MultipliedOut = 1e4;

    private const double Extreme = 1e30;

    private const double Rounding = 2.220446049250313e-16;

    // Two equal ones do not come apart by sweeps.
    private const int MostSweeps = 60, MostSweepsOfPair = 20;

    private readonly int _n;
    private readonly double[] _q, _work, _block = new double[9];
    private readonly double[] _reflector;
    private double[] _factors = [];
    private double[] _spreads = [];
    private int _count;
    private long _exponent;

    /// <summary>Makes room for matrices of one size.</summary>
    /// <param name="dimension">Rows of a matrix, ≥ 1.</param>
    public ProductEigenvalues(int dimension)
    {
        _n = dimension;
        _q = new double[dimension * dimension];
        _work = new double[dimension * dimension];
        _reflector = new double[dimension];
    }

    /// <summary>Finds the eigenvalues of A_N … A_1.</summary>
    /// <param name="matrices">The matrices A_1, …, A_N one after the other, each row after row. Shape [N × n × n], N ≥ 1, finite.</param>
    /// <param name="eigenvalues">Takes them, by descending modulus, of a pair the one with the positive imaginary part first. What is too small or large for a double becomes 0 or infinite. Shape [n].</param>
    /// <returns>False when the iteration did not converge; the eigenvalues are then of no use.</returns>
    public bool Find(ReadOnlySpan<double> matrices, Span<Complex> eigenvalues)
    {
        Load(matrices);
        ReduceToHessenberg();
        int high = _n - 1, sweeps = 0;
        while (high >= 0)
        {
            int low = WindowBelow(high);
            if (low == high)
            {
                eigenvalues[high--] = Single(low);
                sweeps = 0;
            }
            else if (low == high - 1 && Pair(low, sweeps, eigenvalues))
            {
                high -= 2;
                sweeps = 0;
            }
            else if (sweeps == MostSweeps)
            {
                return false;
            }
            else
            {
                Sweep(low, high, sweeps++);
            }
        }

        Sort(eigenvalues[.._n]);
        return true;
    }

    private Span<double> Factor(int k) => _factors.AsSpan(k * _n * _n, _n * _n);

    private Span<double> Hessenberg => Factor(_count - 1);

    // All matrices but the last become triangular, T_k Q_(k-1) = Q_k R_k, and neighbours are multiplied out.
    private void Load(ReadOnlySpan<double> matrices)
    {
        int size = _n * _n, count = matrices.Length / size;
        if (_factors.Length < matrices.Length)
        {
            _factors = new double[matrices.Length];
            _spreads = new double[count];
        }

        _count = 0;
        _exponent = 0;
        Identity(_q);
        for (int k = 0; k < count; k++)
        {
            Span<double> next = Factor(_count);
            Multiply(matrices.Slice(k * size, size), _q, next);
            _exponent += Normalise(next);
            if (k == count - 1)
            {
                _count++;
                return;
            }

            Triangularise(next);
            double spread = Spread(next);
            if (_count > 0 && spread * _spreads[_count - 1] <= MultipliedOut)
            {
                Span<double> before = Factor(_count - 1);
                MultiplyTriangular(next, before);
                _exponent += Normalise(before);
                _spreads[_count - 1] = Spread(before);
            }
            else
            {
                _spreads[_count++] = spread;
            }
        }
    }

    private void Identity(double[] matrix)
    {
        Array.Clear(matrix);
        for (int i = 0; i < _n; i++)
        {
            matrix[i * _n + i] = 1;
        }
    }

    private void Multiply(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> result)
    {
        for (int i = 0; i < _n; i++)
        {
            for (int j = 0; j < _n; j++)
            {
                double sum = 0;
                for (int k = 0; k < _n; k++)
                {
                    sum += left[i * _n + k] * right[k * _n + j];
                }

                result[i * _n + j] = sum;
            }
        }
    }

    // right ← left · right, both upper triangular.
    private void MultiplyTriangular(ReadOnlySpan<double> left, Span<double> right)
    {
        for (int j = 0; j < _n; j++)
        {
            for (int i = 0; i <= j; i++)
            {
                double sum = 0;
                for (int k = i; k <= j; k++)
                {
                    sum += left[i * _n + k] * right[k * _n + j];
                }

                right[i * _n + j] = sum;
            }
        }
    }

    // Divides by a power of two that makes the largest entry about 1, where products of two could become too large or small.
    private static int Normalise(Span<double> matrix)
    {
        double largest = Largest(matrix);
        if (largest is 0 or (> 1 / Extreme and < Extreme))
        {
            return 0;
        }

        // A double cannot hold the power for the largest and smallest of exponents.
        int exponent = Math.ILogB(largest);
        double power = Math.ScaleB(1, -exponent / 2), rest = Math.ScaleB(1, -exponent - (-exponent / 2));
        foreach (ref double entry in matrix)
        {
            entry *= power;
            entry *= rest;
        }

        return exponent;
    }

    private static double Largest(ReadOnlySpan<double> matrix)
    {
        double largest = 0;
        foreach (double entry in matrix)
        {
            largest = Math.Max(largest, Math.Abs(entry));
        }

        return largest;
    }

    private double Spread(ReadOnlySpan<double> triangular)
    {
        double smallest = double.PositiveInfinity;
        for (int i = 0; i < _n; i++)
        {
            smallest = Math.Min(smallest, Math.Abs(triangular[i * _n + i]));
        }

        return Largest(triangular) / smallest;
    }

    // Householder reflections: the matrix becomes R, and _q becomes Q.
    private void Triangularise(Span<double> matrix)
    {
        Identity(_work);
        for (int column = 0; column < _n - 1; column++)
        {
            double norm = 0;
            for (int i = column; i < _n; i++)
            {
                _reflector[i] = matrix[i * _n + column];
                norm += _reflector[i] * _reflector[i];
            }

            norm = Math.Sqrt(norm);
            if (norm == 0)
            {
                continue;
            }

            double pivot = _reflector[column], diagonal = pivot > 0 ? -norm : norm;
            _reflector[column] = pivot - diagonal;
            // 2/⟨w, w⟩.
            double factor = 1 / (norm * (norm + Math.Abs(pivot)));
            for (int j = column; j < _n; j++)
            {
                double sum = 0;
                for (int i = column; i < _n; i++)
                {
                    sum += _reflector[i] * matrix[i * _n + j];
                }

                sum *= factor;
                for (int i = column; i < _n; i++)
                {
                    matrix[i * _n + j] -= sum * _reflector[i];
                }
            }

            for (int i = column + 1; i < _n; i++)
            {
                matrix[i * _n + column] = 0;
            }

            for (int j = 0; j < _n; j++)
            {
                double sum = 0;
                for (int i = column; i < _n; i++)
                {
                    sum += _work[j * _n + i] * _reflector[i];
                }

                sum *= factor;
                for (int i = column; i < _n; i++)
                {
                    _work[j * _n + i] -= sum * _reflector[i];
                }
            }
        }

        Array.Copy(_work, _q, _q.Length);
    }

    private void ReduceToHessenberg()
    {
        for (int column = 0; column < _n - 2; column++)
        {
            for (int row = _n - 1; row > column + 1; row--)
            {
                Rotate(row, Hessenberg[(row - 1) * _n + column], Hessenberg[row * _n + column], 0, _n - 1);
                Hessenberg[row * _n + column] = 0;
            }
        }
    }

    // Turns rows row-1 and row of the last factor so that (first, second) becomes (r, 0), and runs the rotation through the chain. Only rows and columns of the window are kept up.
    private void Rotate(int row, double first, double second, int low, int high)
    {
        (double c, double s) = Rotation(first, second);
        RotateRows(Hessenberg, row, c, s, low, high);
        for (int k = 0; k < _count - 1; k++)
        {
            Span<double> factor = Factor(k);
            RotateColumns(factor, row, c, s, low, row);
            (c, s) = Rotation(factor[(row - 1) * _n + row - 1], factor[row * _n + row - 1]);
            RotateRows(factor, row, c, s, row - 1, high);
            factor[row * _n + row - 1] = 0;
        }

        RotateColumns(Hessenberg, row, c, s, low, high);
    }

    private static (double C, double S) Rotation(double first, double second)
    {
        if (second == 0)
        {
            return (1, 0);
        }

        const double extreme = 1e140;
        double scale = Math.Max(Math.Abs(first), Math.Abs(second));
        if (scale is < 1 / extreme or > extreme)
        {
            (first, second) = (first / scale, second / scale);
        }

        double reciprocal = 1 / Math.Sqrt(first * first + second * second);
        return (first * reciprocal, second * reciprocal);
    }

    private void RotateRows(Span<double> matrix, int row, double c, double s, int low, int high)
    {
        Span<double> upper = matrix.Slice((row - 1) * _n, _n), lower = matrix.Slice(row * _n, _n);
        for (int j = low; j <= high; j++)
        {
            (upper[j], lower[j]) = (c * upper[j] + s * lower[j], c * lower[j] - s * upper[j]);
        }
    }

    private void RotateColumns(Span<double> matrix, int column, double c, double s, int low, int high)
    {
        for (int i = low; i <= high; i++)
        {
            ref double left = ref matrix[i * _n + column - 1], right = ref matrix[i * _n + column];
            (left, right) = (c * left + s * right, c * right - s * left);
        }
    }

    // The rows low … high in which the last factor does not fall apart.
    private int WindowBelow(int high)
    {
        Span<double> h = Hessenberg;
        double largest = 0;
        for (int i = 0; i <= high; i++)
        {
            largest = Math.Max(largest, Math.Abs(h[i * _n + i]));
        }

        for (int i = high; i > 0; i--)
        {
            double size = Math.Abs(h[i * _n + i]) + Math.Abs(h[(i - 1) * _n + i - 1]);
            if (Math.Abs(h[i * _n + i - 1]) <= Rounding * (size == 0 ? largest : size))
            {
                h[i * _n + i - 1] = 0;
                return i;
            }
        }

        return 0;
    }

    private Complex Single(int i)
    {
        double product = Hessenberg[i * _n + i];
        long exponent = _exponent;
        for (int k = 0; k < _count - 1; k++)
        {
            product *= Factor(k)[i * _n + i];
            exponent += TakeExponent(ref product);
        }

        return Scaled(product, exponent);
    }

    private static int TakeExponent(ref double number)
    {
        if (number == 0)
        {
            return 0;
        }

        int exponent = Math.ILogB(number);
        number = Math.ScaleB(number, -exponent);
        return exponent;
    }

    private static double Scaled(double number, long exponent) => Math.ScaleB(number, (int)Math.Clamp(exponent, -10_000, 10_000));

    // A window of two rows: a complex pair, or two real ones that will not come apart. Two that differ are left to further sweeps, which keep the digits of the smaller.
    private bool Pair(int low, int sweeps, Span<Complex> eigenvalues)
    {
        (double trace, double determinant, _) = Corner(low, low, low + 1, out int exponent);
        double half = trace / 2, discriminant = half * half - determinant;
        if (discriminant >= 0 && sweeps < MostSweepsOfPair)
        {
            return false;
        }

        // The determinant as a product: that of the whole is the more accurate one.
        ReadOnlySpan<double> h = Hessenberg;
        int next = low + 1;
        double product = h[low * _n + low] * h[next * _n + next] - h[low * _n + next] * h[next * _n + low];
        long exponents = TakeExponent(ref product);
        for (int k = 0; k < _count - 1; k++)
        {
            ReadOnlySpan<double> factor = Factor(k);
            product *= factor[low * _n + low] * factor[next * _n + next];
            exponents += TakeExponent(ref product);
        }

        determinant = Scaled(product, exponents - 2L * exponent);
        long all = exponent + _exponent;
        if (discriminant < 0)
        {
            double real = Scaled(half, all), imaginary = Scaled(Math.Sqrt(Math.Max(0, determinant - half * half)), all);
            eigenvalues[low] = new Complex(real, imaginary);
            eigenvalues[next] = new Complex(real, -imaginary);
        }
        else
        {
            double larger = half + Math.CopySign(Math.Sqrt(discriminant), half);
            eigenvalues[low] = Scaled(larger, all);
            eigenvalues[next] = Scaled(larger == 0 ? 0 : determinant / larger, all);
        }

        return true;
    }

    // Trace, determinant and last diagonal entry of the product's rows corner … corner + 1 in a window that begins at low.
    private (double Trace, double Determinant, double Last) Corner(int low, int corner, int high, out int exponent)
    {
        int first = Math.Max(low, high - 2), size = high - first + 1;
        exponent = TriangularBlock(first, size);
        ReadOnlySpan<double> h = Hessenberg;
        Span<double> m = stackalloc double[4];
        for (int i = 0; i < 2; i++)
        {
            for (int j = 0; j < 2; j++)
            {
                double sum = 0;
                for (int k = 0; k < size; k++)
                {
                    sum += h[(corner + i) * _n + first + k] * _block[k * 3 + corner - first + j];
                }

                m[i * 2 + j] = sum;
            }
        }

        return (m[0] + m[3], m[0] * m[3] - m[1] * m[2], m[3]);
    }

    // Rows and columns first … of the product of all triangular factors, divided by a power of two.
    private int TriangularBlock(int first, int size)
    {
        Array.Clear(_block);
        for (int i = 0; i < size; i++)
        {
            _block[i * 3 + i] = 1;
        }

        int exponent = 0;
        for (int f = 0; f < _count - 1; f++)
        {
            ReadOnlySpan<double> factor = Factor(f);
            for (int j = 0; j < size; j++)
            {
                for (int i = 0; i <= j; i++)
                {
                    double sum = 0;
                    for (int k = i; k <= j; k++)
                    {
                        sum += factor[(first + i) * _n + first + k] * _block[k * 3 + j];
                    }

                    _block[i * 3 + j] = sum;
                }
            }

            exponent += Normalise(_block);
        }

        return exponent;
    }

    // One sweep of the implicit QR algorithm with two shifts, in a window of two rows with one.
    private void Sweep(int low, int high, int sweep)
    {
        // Sweeps without a shift bring the eigenvalues into descending order, which shifts need where they are many orders of magnitude apart.
        double trace = 0, determinant = 0, last = 0;
        int exponent = 0;
        if (sweep >= 2)
        {
            (trace, determinant, last) = Corner(low, high - 1, high, out exponent);
        }

        bool exceptional = sweep % 10 == 9;
        int own = TriangularBlock(low, 2);
        double r00 = _block[0], r01 = _block[1], r11 = _block[4];
        ReadOnlySpan<double> h = Hessenberg;
        double h00 = h[low * _n + low], h10 = h[(low + 1) * _n + low], h01 = h[low * _n + low + 1], h11 = h[(low + 1) * _n + low + 1];
        double m00 = h00 * r00, m10 = h10 * r00, m01 = h00 * r01 + h01 * r11, m11 = h10 * r01 + h11 * r11;
        if (high == low + 1)
        {
            double half = trace / 2, root = Math.Sqrt(Math.Max(0, half * half - determinant));
            double shift = Math.Abs(half + root - last) < Math.Abs(half - root - last) ? half + root : half - root;
            shift = exceptional ? 0 : Math.ScaleB(shift, exponent - own);
            double first = m00 - shift;
            if (first == 0 && m10 == 0)
            {
                first = 1;
            }

            Rotate(high, first, m10, low, high);
            return;
        }

        trace = exceptional ? 1.5 * (Math.Abs(m00) + Math.Abs(m10)) : Math.ScaleB(trace, exponent - own);
        determinant = exceptional ? m00 * m00 : Math.ScaleB(determinant, 2 * (exponent - own));
        double v0 = ((m00 - trace) * m00 + determinant) / m10 + m01, v1 = m00 + m11 - trace, v2 = h[(low + 2) * _n + low + 1] * r11;
        if (!double.IsFinite(v0))
        {
            (v0, v1, v2) = (1, 0.5, 0.25);
        }

        Rotate(low + 2, v1, v2, low, high);
        Rotate(low + 1, v0, Length(v1, v2), low, high);
        for (int column = low; column < high - 1; column++)
        {
            for (int row = Math.Min(column + 3, high); row > column + 1; row--)
            {
                Rotate(row, h[(row - 1) * _n + column], h[row * _n + column], low, high);
                Hessenberg[row * _n + column] = 0;
            }
        }
    }

    // With the sign that the rotation of (a, b) gives it, which is +.
    private static double Length(double a, double b)
    {
        double scale = Math.Max(Math.Abs(a), Math.Abs(b));
        return b == 0 ? a : scale * Math.Sqrt(a / scale * (a / scale) + b / scale * (b / scale));
    }

    // Few, so by insertion.
    private static void Sort(Span<Complex> eigenvalues)
    {
        for (int i = 1; i < eigenvalues.Length; i++)
        {
            for (int j = i; j > 0 && IsBefore(eigenvalues[j], eigenvalues[j - 1]); j--)
            {
                (eigenvalues[j], eigenvalues[j - 1]) = (eigenvalues[j - 1], eigenvalues[j]);
            }
        }
    }

    private static bool IsBefore(Complex a, Complex b)
    {
        double first = Complex.Abs(a), second = Complex.Abs(b);
        return first > second || (first == second && (a.Real > b.Real || (a.Real == b.Real && a.Imaginary > b.Imaginary)));
    }
}
