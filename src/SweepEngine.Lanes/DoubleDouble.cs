using System.Globalization;

namespace SweepEngine.Lanes;

/// <summary>
/// A number as the unevaluated sum of two doubles, about 31 decimal digits; for the places where a difference of nearly equal doubles would
/// lose too many.
/// </summary>
/// <remarks>
/// The relative errors hold with u = 2^-53 while no intermediate result overflows or falls below about 2^-960. They and the algorithms are
/// those of Joldes, Muller and Popescu, "Tight and rigorous error bounds for basic building blocks of double-word arithmetic", ACM
/// Transactions on Mathematical Software 44 (2017). Where the upper part of a result is infinite or NaN, the number is just that. A zero
/// may lose its sign.
/// </remarks>
public readonly struct DoubleDouble : IEquatable<DoubleDouble>, IComparable<DoubleDouble>
{
    private DoubleDouble(double high, double low)
    {
        High = high;
        Low = low;
    }

    /// <summary>The double nearest to the number.</summary>
    public double High { get; }

    /// <summary>What <see cref="High"/> leaves over; at most half a unit in its last place.</summary>
    public double Low { get; }

    /// <summary>The double itself; exact.</summary>
    public static implicit operator DoubleDouble(double value) => new(value, 0);

    /// <summary>The nearest double.</summary>
    public static explicit operator double(DoubleDouble value) => value.High;

    /// <summary>a + b of two doubles, exactly.</summary>
    public static DoubleDouble Sum(double a, double b)
    {
        double sum = a + b;
        double partOfB = sum - a;
        return Finite(sum, (a - (sum - partOfB)) + (b - partOfB));
    }

    /// <summary>a·b of two doubles, exactly.</summary>
    public static DoubleDouble Product(double a, double b)
    {
        double product = a * b;
        return Finite(product, Math.FusedMultiplyAdd(a, b, -product));
    }

    /// <summary>Sum; relative error below 3u² + 13u³, also where the terms cancel.</summary>
    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        DoubleDouble high = Sum(a.High, b.High);
        DoubleDouble low = Sum(a.Low, b.Low);
        DoubleDouble carried = FastSum(high.High, high.Low + low.High);
        return FastSum(carried.High, low.Low + carried.Low);
    }

    /// <summary>Difference; relative error below 3u² + 13u³, also where the terms cancel.</summary>
    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    /// <summary>The number with its sign changed; exact.</summary>
    public static DoubleDouble operator -(DoubleDouble a) => new(-a.High, -a.Low);

    /// <summary>Product; relative error below 5u².</summary>
    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        DoubleDouble product = Product(a.High, b.High);
        if (!double.IsFinite(product.High))
        {
            return product;
        }

        double cross = Math.FusedMultiplyAdd(a.High, b.Low, a.Low * b.High);
        return FastSum(product.High, product.Low + cross);
    }

    /// <summary>Quotient; relative error below 15u² + 56u³. Division by zero as with doubles.</summary>
    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        double quotient = a.High / b.High;
        if (!double.IsFinite(quotient) || double.IsInfinity(b.High))
        {
            return quotient;
        }

        DoubleDouble rest = a - b * quotient;
        return FastSum(quotient, rest.High / b.High);
    }

    /// <summary>Square root; relative error below 25/8 u². NaN below zero.</summary>
    public static DoubleDouble Sqrt(DoubleDouble a)
    {
        double root = Math.Sqrt(a.High);
        if (root == 0 || !double.IsFinite(root))
        {
            return root;
        }

        double rest = Math.FusedMultiplyAdd(-root, root, a.High) + a.Low;
        return FastSum(root, rest / (2 * root));
    }

    /// <summary>The magnitude; exact.</summary>
    public static DoubleDouble Abs(DoubleDouble a) => double.IsNegative(a.High) ? -a : a;

    /// <summary>Whether a is below b; false where either is NaN.</summary>
    public static bool operator <(DoubleDouble a, DoubleDouble b) => a.High < b.High || (a.High == b.High && a.Low < b.Low);

    /// <summary>Whether a is above b; false where either is NaN.</summary>
    public static bool operator >(DoubleDouble a, DoubleDouble b) => b < a;

    /// <summary>Whether a is at most b; false where either is NaN.</summary>
    public static bool operator <=(DoubleDouble a, DoubleDouble b) => a.High < b.High || (a.High == b.High && a.Low <= b.Low);

    /// <summary>Whether a is at least b; false where either is NaN.</summary>
    public static bool operator >=(DoubleDouble a, DoubleDouble b) => b <= a;

    /// <summary>Whether a and b are the same number; false where either is NaN.</summary>
    public static bool operator ==(DoubleDouble a, DoubleDouble b) => a.High == b.High && a.Low == b.Low;

    /// <summary>Whether a and b are not the same number; true where either is NaN.</summary>
    public static bool operator !=(DoubleDouble a, DoubleDouble b) => !(a == b);

    /// <summary>Order of the numbers, NaN first as in <see cref="double.CompareTo(double)"/>.</summary>
    public int CompareTo(DoubleDouble other)
    {
        int high = High.CompareTo(other.High);
        return high != 0 ? high : Low.CompareTo(other.Low);
    }

    /// <summary>Whether both are the same number or both NaN.</summary>
    public bool Equals(DoubleDouble other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DoubleDouble other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(High, Low);

    /// <summary>Both parts, such as "0.1 + 5.5E-18".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:R} + {Low:R}");

    /// <summary>a + b exactly, where a = 0 or |a| ≥ |b|.</summary>
    private static DoubleDouble FastSum(double a, double b)
    {
        double sum = a + b;
        return Finite(sum, b - (sum - a));
    }

    /// <summary>The parts, or the upper alone where it is infinite or NaN and the lower therefore meaningless.</summary>
    private static DoubleDouble Finite(double high, double low) => new(high, double.IsFinite(high) ? low : 0);
}
