using System.Numerics;

namespace SweepEngine.Bifurcation;

/// <summary>The multipliers of a cycle, and test functions of them.</summary>
internal sealed class FloquetMultipliers
{
    // How fast larger ones change is of no interest: in an explosion of canards they are exponentially large.
    private const double Large = 1e11;

    /// <summary>Takes the multipliers.</summary>
    /// <param name="values">The multipliers without the one that is 1 for the shift in time, by descending modulus.</param>
    /// <param name="trivialError">How far that one is from 1.</param>
    public FloquetMultipliers(Complex[] values, double trivialError)
    {
        (Values, TrivialError) = (values, trivialError);
        (Doubling, Fold, Torus, Growth) = (1, 1, 1, 1);
        for (int i = 0; i < Values.Length; i++)
        {
            Complex value = Values[i];
            if (Square(value) > 1)
            {
                Unstable++;
                Growth *= Math.Min(Math.Sqrt(Square(value)), Large);
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

    /// <summary>The product of their moduli, none of which counts more than 1e11; 1 where there is none.</summary>
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
}
