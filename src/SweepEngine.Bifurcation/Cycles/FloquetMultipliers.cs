using System.Numerics;
using MathNet.Numerics.LinearAlgebra.Double;

namespace SweepEngine.Bifurcation;

/// <summary>
/// The multipliers of a cycle and test functions of them. They are the eigenvalues μ of start·u + μ·end·u = 0, where both matrices are what orthogonal elimination
/// leaves of the linear equations of the cycle (T. F. Fairgrieve and A. D. Jepson, SIAM J. Numer. Anal. 28 (1991) 1446).
/// </summary>
internal sealed class FloquetMultipliers
{
    // Multipliers so close to 1 may be one of two that perturb each other.
    private const double Close = 0.1;

    // Above it a multiplier has no digits, and from ten times more on no sign: its reciprocal is rounding beside 1.
    private const double Known = 1e13;

    /// <summary>Takes the matrices.</summary>
    /// <param name="start">What multiplies the change at the start, column after column, shape [n × n].</param>
    /// <param name="end">What multiplies the change at the end.</param>
    /// <param name="size">Number n of states.</param>
    /// <param name="near">The multipliers of a cycle close by, which tell the sign of multipliers that are too large; null if there is none.</param>
    public FloquetMultipliers(ReadOnlySpan<double> start, ReadOnlySpan<double> end, int size, FloquetMultipliers? near = null)
    {
        List<Complex> all = [.. Eigenvalues(start, end, size).OrderBy(value => Square(value - 1)).ThenBy(value => value.Imaginary)];
        Complex trivial = all[0];
        all.RemoveAt(0);
        double error = Math.Sqrt(Square(trivial - 1));
        if (size > 1 && Math.Sqrt(Square(all[0] - 1)) is var other && other < Close)
        {
            // At a fold of cycles the eigenvalue 1 is double and has one eigenvector, so that each is known to half of the digits only, but their sum to all.
            if (size == 2 || Square(all[1] - 1) >= Close * Close)
            {
                error *= other / Close;
                all[0] = trivial.Real + all[0].Real - 1;
            }
        }

        TrivialError = error;
        Values = [.. all.OrderByDescending(Square).ThenBy(value => value.Real).ThenBy(value => value.Imaginary)];
        (Doubling, Fold, Torus, Growth) = (1, 1, 1, 1);
        for (int i = 0; i < Values.Length; i++)
        {
            Complex value = Values[i];
            if (Values.Length == 1)
            {
                // In the plane orbits cannot cross, so that nothing is turned over.
                Values[i] = value = Math.Abs(value.Real);
            }
            else if (near is not null && Square(value) > Known * Known && near.Values[i].Imaginary == 0 && Square(near.Values[i]) > Known * Known / 100)
            {
                // It cannot have passed 0 or infinity.
                Values[i] = value = Math.CopySign(Math.Sqrt(Square(value)), near.Values[i].Real);
            }

            if (Square(value) > 1)
            {
                Unstable++;
                Growth *= Math.Min(Math.Sqrt(Square(value)), Known);
            }

            // Of a pair of complex ones both factors have the same modulus.
            double scale = 1 + Math.Sqrt(Square(value));
            Doubling *= value.Imaginary == 0 ? (1 + value.Real) / scale : Math.Sqrt(Square(1 + value)) / scale;
            Fold *= value.Imaginary == 0 ? (1 - value.Real) / scale : Math.Sqrt(Square(1 - value)) / scale;
            if (value.Imaginary > 0)
            {
                Pairs++;
                Torus *= (1 - Square(value)) / (1 + Square(value));
            }
        }
    }

    /// <summary>The multipliers by descending modulus, without the one that is 1 for the shift in time, shape [n − 1].</summary>
    public Complex[] Values { get; }

    /// <summary>How far the one that should be 1 is from it.</summary>
    public double TrivialError { get; }

    /// <summary>How many are outside of the unit circle.</summary>
    public int Unstable { get; }

    /// <summary>The product of their moduli, as far as these are known; 1 where there is none.</summary>
    public double Growth { get; }

    /// <summary>Product of (1 + μ)/(1 + |μ|): changes its sign at a period doubling.</summary>
    public double Doubling { get; }

    /// <summary>Product of (1 − μ)/(1 + |μ|): changes its sign at a fold of cycles or a branch point.</summary>
    public double Fold { get; }

    /// <summary>Number of complex pairs.</summary>
    public int Pairs { get; }

    /// <summary>Product of (1 − |μ|²)/(1 + |μ|²) over complex pairs: changes its sign at a torus bifurcation, and where a pair outside of the unit circle becomes real.</summary>
    public double Torus { get; }

    /// <summary>How far outside of the unit circle a multiplier is.</summary>
    /// <param name="index">Its place by descending modulus.</param>
    public double Outside(int index) => Square(Values[index]) - 1;

    private static double Square(Complex value) => (value.Real * value.Real) + (value.Imaginary * value.Imaginary);

    // With K = α·start + β·end the eigenvalues e of K⁻¹·end are 1/(β − α·μ), of moderate size also for very large and very small μ, where no multiplier is close to β/α.
    private static Complex[] Eigenvalues(ReadOnlySpan<double> start, ReadOnlySpan<double> end, int size)
    {
        Span<double> matrix = stackalloc double[size * size], factors = stackalloc double[size * size];
        double best = -1, shift = 0;
        DenseMatrix product = new(size);
        foreach (double trial in (ReadOnlySpan<double>)[-2.718, 3.142])
        {
            for (int i = 0; i < matrix.Length; i++)
            {
                factors[i] = start[i] + (trial * end[i]);
            }

            end.CopyTo(matrix);
            (_, double quality) = SmallMatrix.Solve(factors, size, matrix);
            if (quality > best)
            {
                (best, shift) = (quality, trial);
                matrix.CopyTo(product.Values);
            }
        }

        Complex[] values = [.. product.Evd().EigenValues];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = shift - (1 / (values[i] == Complex.Zero ? 1e-17 : values[i]));
        }

        return values;
    }
}
