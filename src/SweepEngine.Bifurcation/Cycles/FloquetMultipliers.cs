using System.Numerics;

namespace SweepEngine.Bifurcation;

/// <summary>The multipliers of a cycle, and test functions of them.</summary>
internal sealed class FloquetMultipliers
{
    /// <summary>Takes the multipliers.</summary>
    /// <param name="values">The multipliers without the one that is 1 for the shift in time, by descending modulus.</param>
    /// <param name="trivialError">How far that one is from 1.</param>
    public FloquetMultipliers(Complex[] values, double trivialError)
    {
        (Values, TrivialError) = (values, trivialError);
        (Doubling, Fold, Torus) = (1, 1, 1);
        for (int i = 0; i < Values.Length; i++)
        {
            Complex value = Values[i];
            Unstable += Square(value) > 1 ? 1 : 0;
            // Of a pair of complex ones both factors have the same modulus.
            double scale = 1 + Math.Sqrt(Square(value));
            Doubling *= value.Imaginary == 0 ? (1 + value.Real) / scale : Math.Sqrt(Square(1 + value)) / scale;
            Fold *= value.Imaginary == 0 ? (1 - value.Real) / scale : Math.Sqrt(Square(1 - value)) / scale;
            for (int j = i + 1; j < Values.Length; j++)
            {
                Complex product = value * Values[j];
                double size2 = 1 + Math.Sqrt(Square(product));
                bool isReal = product.Imaginary == 0 || (value.Imaginary != 0 && value == Complex.Conjugate(Values[j]));
                Torus *= isReal ? (1 - product.Real) / size2 : Math.Sqrt(Square(1 - product)) / size2;
            }
        }
    }

    /// <summary>The multipliers by descending modulus, without the one that is 1 for the shift in time, shape [n − 1].</summary>
    public Complex[] Values { get; }

    /// <summary>How far the one that should be 1 is from it.</summary>
    public double TrivialError { get; }

    /// <summary>How many are outside of the unit circle.</summary>
    public int Unstable { get; }

    /// <summary>Product of (1 + μ)/(1 + |μ|): changes its sign at a period doubling.</summary>
    public double Doubling { get; }

    /// <summary>Product of (1 − μ)/(1 + |μ|): changes its sign at a fold of cycles or a branch point.</summary>
    public double Fold { get; }

    /// <summary>Product of (1 − μν)/(1 + |μν|) over pairs: changes its sign at a torus bifurcation, and where two real ones are each other's reciprocal.</summary>
    public double Torus { get; }

    private static double Square(Complex value) => (value.Real * value.Real) + (value.Imaginary * value.Imaginary);
}
