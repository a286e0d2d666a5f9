using System.Numerics;

namespace SweepEngine.Lanes.Tests;

/// <summary>The number Mantissa·2^−Scale. Sums and products are exact; what is not names its precision.</summary>
internal readonly record struct Number(BigInteger Mantissa, int Scale)
{
    public bool IsZero => Mantissa.IsZero;

    /// <summary>floor(log2 |value|); not of zero.</summary>
    public int Exponent => (int)BigInteger.Abs(Mantissa).GetBitLength() - 1 - Scale;

    public static implicit operator Number(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >>> 52) & 0x7FF;
        long mantissa = bits & 0xFFFFFFFFFFFFF;
        mantissa = exponent == 0 ? mantissa : mantissa | 1L << 52;
        return new Number(bits < 0 ? -mantissa : mantissa, 1075 - Math.Max(exponent, 1));
    }

    public static Number operator +(Number a, Number b) =>
        a.Scale >= b.Scale ? new(a.Mantissa + (b.Mantissa << (a.Scale - b.Scale)), a.Scale) : b + a;

    public static Number operator -(Number a) => new(-a.Mantissa, a.Scale);

    public static Number operator -(Number a, Number b) => a + -b;

    public static Number operator *(Number a, Number b) => new(a.Mantissa * b.Mantissa, a.Scale + b.Scale);

    public Number Abs() => new(BigInteger.Abs(Mantissa), Scale);

    public Number TimesPowerOf2(int n) => new(Mantissa, Scale - n);

    /// <summary>The value cut to so many bits after the binary point.</summary>
    public Number ToScale(int scale) => scale >= Scale ? new(Mantissa << (scale - Scale), scale) : new(Mantissa >> (Scale - scale), scale);

    /// <summary>The value cut to about so many significant bits.</summary>
    public Number ToBits(int bits) => IsZero || Exponent + Scale < bits ? this : ToScale(bits - Exponent);

    /// <summary>a/b to about so many significant bits.</summary>
    public static Number Divide(Number a, Number b, int bits)
    {
        int up = Math.Max(0, bits + (int)(b.Mantissa.GetBitLength() - a.Mantissa.GetBitLength()));
        return new Number((a.Mantissa << up) / b.Mantissa, a.Scale + up - b.Scale);
    }

    /// <summary>The integer nearest to the value.</summary>
    public BigInteger Round() => (this + new Number(1, 1)).ToScale(0).Mantissa;

    /// <summary>The double nearest to the value within a unit in the last place or so; for ratios and messages.</summary>
    public double ToDouble()
    {
        Number cut = ToBits(60);
        return Math.ScaleB((double)cut.Mantissa, -cut.Scale);
    }

    /// <summary>
    /// How far a double is from the value, in units in the last place that a double of the value's size has. Beyond the
    /// range of doubles the value counts as 2^1024, and so does ∞.
    /// </summary>
    public double ErrorInUlp(double computed)
    {
        Number limit = new(1, -1024);
        Number exact = (Abs() - limit).Mantissa.Sign <= 0 ? this : Mantissa.Sign < 0 ? -limit : limit;
        Number found = double.IsInfinity(computed) ? (computed < 0 ? -limit : limit) : computed;
        int exponent = exact.IsZero ? -1022 : Math.Clamp(exact.Exponent, -1022, 1023);
        return double.IsNaN(computed) ? double.PositiveInfinity : (found - exact).Abs().TimesPowerOf2(52 - exponent).ToDouble();
    }
}
