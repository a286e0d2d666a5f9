using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>The normal form at an equilibrium with one eigenvalue 0: dx/dt = ByDrive·Δdrive + Quadratic·x² + Cubic·x³, the state at x·q.</summary>
/// <param name="Quadratic">½⟨p, B(q, q)⟩ [1/s per display unit]; 0 at a cusp and at a pitchfork.</param>
/// <param name="Cubic">⅙⟨p, C(q, q, q) + 3B(q, h)⟩ [1/s per display unit squared]: of a cusp or a pitchfork; elsewhere it depends on the choice of x.</param>
/// <param name="ByDrive">⟨p, ∂f/∂drive⟩ [1/s, in display units]; 0 at a branch point.</param>
/// <param name="Error">Estimate of how wrong <paramref name="Quadratic"/> may be by rounding.</param>
/// <param name="Q">The direction without motion in display units, ⟨q, q⟩ = 1, its largest component positive. Shape [states].</param>
/// <param name="P">The same of the transposed matrix, ⟨p, q⟩ = 1. Shape [states].</param>
public sealed record FoldForm(double Quadratic, double Cubic, double ByDrive, double Error, double[] Q, double[] P);

/// <summary>The normal form at a Hopf point.</summary>
/// <param name="L1">
/// First Lyapunov coefficient for ⟨q, q⟩ = 1, ⟨p, q⟩ = 1 divided by ω, in display units: below 0, the cycle that is born is stable in the plane in which it is born.
/// </param>
/// <param name="Error">Estimate of how wrong <paramref name="L1"/> may be by rounding.</param>
/// <param name="Q">The eigenvector of iω in display units, its largest component real and positive. Shape [states].</param>
/// <param name="P">The eigenvector of −iω of the transposed matrix. Shape [states].</param>
public sealed record HopfForm(double L1, double Error, Complex[] Q, Complex[] P)
{
    /// <summary>Whether what is born is stable (in its plane); null where <see cref="L1"/> is 0 to its accuracy, as at a generalised Hopf point.</summary>
    public bool? IsSupercritical => Math.Abs(L1) <= Error || !double.IsFinite(L1) ? null : L1 < 0;
}

/// <summary>
/// Coefficients of normal forms from the derivatives of the model's text, on the centre manifold; states count in display units (<see cref="SmoothSystem.Scale"/>).
/// Not for several threads at once.
/// </summary>
/// <remarks>
/// Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory (Springer, 3rd ed. 2004), eqs. 5.39 (fold: ½⟨p, B(q, q)⟩), 5.62 (Hopf) and 8.119 (cusp). The first
/// Lyapunov coefficient is his l₁(0) = Re[⟨p, C(q, q, q̄)⟩ − 2⟨p, B(q, A⁻¹B(q, q̄))⟩ + ⟨p, B(q̄, (2iω − A)⁻¹B(q, q))⟩]/(2ω). Some packages print ω times, some 2ω times this number, or scale q otherwise.
/// </remarks>
/// <param name="system">The model.</param>
public sealed class NormalForms(SmoothSystem system)
{
    // Rounding: a unit in the last place, times the number of operations that errors of this kind add up from.
    private const double Rounding = 32 * 2.220446049250313e-16;

    private readonly double[] _entries = new double[system.Jacobian.Entries.Count];
    private readonly double[] _slopes = new double[system.Dimension];

    /// <summary>∂f/∂y in display units.</summary>
    /// <param name="state">The state, shape [states].</param>
    /// <param name="parameters">The swept parameters.</param>
    /// <returns>The matrix [1/s].</returns>
    public Matrix<double> Jacobian(ReadOnlySpan<double> state, ReadOnlySpan<double> parameters)
    {
        system.Jacobian.Program.Evaluate([0], state, parameters, _entries, 1, 0, 1);
        Matrix<double> matrix = Matrix<double>.Build.Dense(system.Dimension, system.Dimension);
        for (int entry = 0; entry < _entries.Length; entry++)
        {
            (int row, int column) = system.Jacobian.Entries[entry];
            matrix[row, column] = _entries[entry] * (system.Scale[column] / system.Scale[row]);
        }

        return matrix;
    }

    /// <summary>The normal form where one eigenvalue is 0.</summary>
    /// <param name="state">The equilibrium, shape [states].</param>
    /// <param name="parameters">The swept parameters, with the drive.</param>
    public FoldForm Fold(ReadOnlySpan<double> state, ReadOnlySpan<double> parameters)
    {
        int n = system.Dimension;
        Matrix<double> a = Jacobian(state, parameters);
        // A single equation may have the slope 0 exactly.
        double size = a.InfinityNorm() is > 0 and var norm ? norm : 1;
        Vector<double> q = Real(NullVector(a.ToComplex(), size)), p = Real(NullVector(a.Transpose().ToComplex(), size));
        p /= p.DotProduct(q);

        Directions directions = new(system, state, parameters);
        Vector<double> qq = directions.Second((q, q))[0];
        double quadratic = p.DotProduct(qq) / 2;

        // h solves A h = ⟨p, B(q, q)⟩q − B(q, q) with ⟨p, h⟩ = 0.
        Matrix<double> bordered = Matrix<double>.Build.Dense(n + 1, n + 1);
        bordered.SetSubMatrix(0, 0, a);
        bordered.SetSubMatrix(0, n, (q * size).ToColumnMatrix());
        bordered.SetSubMatrix(n, 0, (p * (size / p.L2Norm())).ToRowMatrix());
        Vector<double> right = Vector<double>.Build.Dense(n + 1);
        right.SetSubVector(0, n, (q * (2 * quadratic)) - qq);
        Vector<double> h = bordered.LU().Solve(right).SubVector(0, n);
        double cubic = (p.DotProduct(directions.Third((q, q, q))[0]) + (3 * p.DotProduct(directions.Second((q, h))[0]))) / 6;

        system.DriveSlopes.Evaluate([0], state, parameters, _slopes, 1, 0, 1);
        double byDrive = 0;
        for (int i = 0; i < n; i++)
        {
            byDrive += p[i] * (_slopes[i] * (system.DriveScale / system.Scale[i]));
        }

        double terms = p.PointwiseMultiply(qq).L1Norm() / 2;
        return new FoldForm(quadratic, cubic, byDrive, Rounding * p.L2Norm() * terms, [.. q], [.. p]);
    }

    /// <summary>The normal form where a pair of eigenvalues is ±iω.</summary>
    /// <param name="state">The equilibrium, shape [states].</param>
    /// <param name="parameters">The swept parameters, with the drive.</param>
    /// <param name="omega">ω [1/s], above 0.</param>
    public HopfForm Hopf(ReadOnlySpan<double> state, ReadOnlySpan<double> parameters, double omega)
    {
        int n = system.Dimension;
        Matrix<double> a = Jacobian(state, parameters);
        Matrix<Complex> unit = Matrix<Complex>.Build.DenseIdentity(n), complex = a.ToComplex();
        double size = a.InfinityNorm();
        Complex rotation = new(0, omega);
        Vector<Complex> q = NullVector(complex - (unit * rotation), size), p = NullVector(complex.Transpose() + (unit * rotation), size);
        p /= Complex.Conjugate(p.ConjugateDotProduct(q));

        Vector<double> r = q.Real(), s = q.Imaginary();
        Directions directions = new(system, state, parameters);
        Vector<double>[] squares = directions.Second((r, r), (s, s), (r, s));
        Vector<Complex> qq = (squares[0] - squares[1]).ToComplex() + ((2 * squares[2]).ToComplex() * Complex.ImaginaryOne);

        Matrix<double> inverse = a.Inverse();
        Matrix<Complex> second = ((unit * (2 * rotation)) - complex).Inverse();
        Vector<double> still = -(inverse * (squares[0] + squares[1]));
        Vector<Complex> twice = second * qq;
        Vector<double> u = twice.Real(), v = twice.Imaginary();

        Vector<double>[] mixed = directions.Second((r, still), (s, still), (r, u), (s, v), (r, v), (s, u));
        Vector<double>[] cubes = directions.Third((r, r, r), (r, s, s), (r, r, s), (s, s, s));
        Complex first = p.ConjugateDotProduct(Complexes(cubes[0] + cubes[1], cubes[2] + cubes[3]));
        Complex shift = 2 * p.ConjugateDotProduct(Complexes(mixed[0], mixed[1]));
        Complex born = p.ConjugateDotProduct(Complexes(mixed[2] + mixed[3], mixed[4] - mixed[5]));

        // Each part is off by rounding, as much more as the equations that give it are badly conditioned; all by that of the eigenvectors.
        double terms = Magnitude(first) + (Magnitude(shift) * size * inverse.InfinityNorm()) + (Magnitude(born) * size * Size(second));
        return new HopfForm((first + shift + born).Real / (2 * omega), Rounding * Math.Sqrt(Square(p)) * terms / (2 * omega), [.. q], [.. p]);
    }

    /// <summary>A vector that a matrix takes to (almost) nothing, of length 1, its largest component real and positive.</summary>
    /// <param name="matrix">The matrix, singular but for rounding.</param>
    /// <param name="size">Size of its elements.</param>
    /// <remarks>Inverse iteration beside the eigenvalue: each step makes what does not belong to it smaller by the distance from it over that of the next one.</remarks>
    internal static Vector<Complex> NullVector(Matrix<Complex> matrix, double size)
    {
        const double beside = 1e-10;
        const int steps = 4;
        int n = matrix.RowCount;
        var factors = (matrix - (Matrix<Complex>.Build.DenseIdentity(n) * (beside * size))).LU();
        Vector<Complex> vector = Vector<Complex>.Build.Dense(n, i => 1.0 / (i + 1));
        for (int step = 0; step < steps; step++)
        {
            vector = factors.Solve(vector);
            vector /= Math.Sqrt(Square(vector));
        }

        Complex largest = vector[0];
        double square = 0;
        foreach (Complex each in vector)
        {
            double next = (each.Real * each.Real) + (each.Imaginary * each.Imaginary);
            if (next > square)
            {
                (largest, square) = (each, next);
            }
        }

        return vector * (Complex.Conjugate(largest) / Math.Sqrt(square));
    }

    // Rounding turns imaginary parts into real ones.
    private static double Magnitude(Complex value) => Math.Abs(value.Real) + Math.Abs(value.Imaginary);

    private static double Square(Vector<Complex> vector)
    {
        double square = 0;
        foreach (Complex each in vector)
        {
            square += (each.Real * each.Real) + (each.Imaginary * each.Imaginary);
        }

        return square;
    }

    // Largest sum of a row.
    private static double Size(Matrix<Complex> matrix)
    {
        double size = 0;
        for (int row = 0; row < matrix.RowCount; row++)
        {
            double sum = 0;
            for (int column = 0; column < matrix.ColumnCount; column++)
            {
                sum += Math.Abs(matrix[row, column].Real) + Math.Abs(matrix[row, column].Imaginary);
            }

            size = Math.Max(size, sum);
        }

        return size;
    }

    private static Vector<double> Real(Vector<Complex> vector)
    {
        Vector<double> real = vector.Real();
        return real / Math.Sqrt(real.DotProduct(real));
    }

    private static Vector<Complex> Complexes(Vector<double> real, Vector<double> imaginary) =>
        Vector<Complex>.Build.Dense(real.Count, i => new Complex(real[i], imaginary[i]));

    /// <summary>The multilinear forms at one state, over directions in display units.</summary>
    private readonly ref struct Directions(SmoothSystem system, ReadOnlySpan<double> state, ReadOnlySpan<double> parameters)
    {
        private readonly ReadOnlySpan<double> _state = state, _parameters = parameters;

        public Vector<double>[] Second(params ReadOnlySpan<(Vector<double> U, Vector<double> V)> pairs)
        {
            Vector<double>[][] directions = new Vector<double>[pairs.Length][];
            for (int j = 0; j < pairs.Length; j++)
            {
                directions[j] = [pairs[j].U, pairs[j].V];
            }

            return Evaluate(system.Directional.Second, directions);
        }

        public Vector<double>[] Third(params ReadOnlySpan<(Vector<double> U, Vector<double> V, Vector<double> W)> triples)
        {
            Vector<double>[][] directions = new Vector<double>[triples.Length][];
            for (int j = 0; j < triples.Length; j++)
            {
                directions[j] = [triples[j].U, triples[j].V, triples[j].W];
            }

            return Evaluate(system.Directional.Third, directions);
        }

        // A lane for each.
        private Vector<double>[] Evaluate(LaneProgram program, Vector<double>[][] directions)
        {
            int n = system.Dimension, swept = _parameters.Length, lanes = directions.Length, each = directions[0].Length;
            double[] y = new double[n * lanes], p = new double[(swept + (each * n)) * lanes], result = new double[n * lanes], t = new double[lanes];
            for (int j = 0; j < lanes; j++)
            {
                for (int i = 0; i < n; i++)
                {
                    y[(i * lanes) + j] = _state[i];
                    for (int k = 0; k < each; k++)
                    {
                        p[((swept + (k * n) + i) * lanes) + j] = directions[j][k][i] * system.Scale[i];
                    }
                }

                for (int i = 0; i < swept; i++)
                {
                    p[(i * lanes) + j] = _parameters[i];
                }
            }

            program.Evaluate(t, y, p, result, lanes, 0, lanes);
            Vector<double>[] values = new Vector<double>[lanes];
            IReadOnlyList<double> scale = system.Scale;
            for (int j = 0; j < lanes; j++)
            {
                int lane = j;
                values[j] = Vector<double>.Build.Dense(n, i => result[(i * lanes) + lane] / scale[i]);
            }

            return values;
        }
    }
}
