using System.Numerics;

namespace SweepEngine.Lanes.Tests;

/// <summary>
/// The elementary functions to at least 40 digits (relative), from their series in integer arithmetic: slow, plain, and sharing nothing
/// with what they check.
/// </summary>
internal static class Reference
{
    private const int Digits = 200; // bits after the binary point of a number near 1
    private const int ConstantDigits = 2600;

    private static readonly Number Ln2 = AtanhSeries(new Number(BigInteger.Pow(2, ConstantDigits) / 3, ConstantDigits), ConstantDigits, 1).TimesPowerOf2(1);

    // Machin: π/4 = 4 atan(1/5) - atan(1/239)
    private static readonly Number HalfPi = (AtanOfInverse(5).TimesPowerOf2(2) - AtanOfInverse(239)).TimesPowerOf2(1);

    public static Number Exp(double x) => Exp((Number)x);

    public static Number Expm1(double x) => Expm1((Number)x);

    public static Number Exprel(double x) => x == 0 ? 1 : Number.Divide(Expm1(x), x, Digits);

    public static Number Sinh(double x)
    {
        Number u = Expm1(x);
        return (u + Number.Divide(u, u + 1, Digits)).TimesPowerOf2(-1);
    }

    public static Number Cosh(double x)
    {
        Number e = Exp(x);
        return (e + Number.Divide(1, e, Digits)).TimesPowerOf2(-1);
    }

    public static Number Tanh(double x)
    {
        Number u = Expm1(2 * x);
        return Number.Divide(u, u + 2, Digits);
    }

    public static Number Log(double x) => Log((Number)x);

    public static Number Log1p(double x) => Log((Number)x + 1);

    public static Number Pow(double x, double y) =>
        x < 0 && y % 2 != 0 ? -Exp(y * Log(-x)) : Exp(y * Log(Math.Abs(x)));

    public static Number Sin(double x) => SinAndCos(x).Sin;

    public static Number Cos(double x) => SinAndCos(x).Cos;

    public static Number Tan(double x)
    {
        (Number sin, Number cos) = SinAndCos(x);
        return Number.Divide(sin, cos, Digits);
    }

    private static Number Exp(Number x)
    {
        // e^x = 2^n e^r, e^r = (1 + (e^(r/256) - 1))^256
        x = x.ToScale(Digits + 60);
        int n = (int)Number.Divide(x, Ln2.ToScale(Digits), 80).Round();
        Number e = Expm1Series((x - n * Ln2.ToScale(Digits + 80)).TimesPowerOf2(-8), Digits + 60) + 1;
        for (int i = 0; i < 8; i++)
        {
            e = (e * e).ToScale(Digits + 60);
        }

        return e.TimesPowerOf2(n);
    }

    private static Number Expm1(Number x) =>
        x.IsZero || x.Exponent < -10 ? Expm1Series(x, Digits + SmallBits(x)) : Exp(x) - 1;

    private static Number Expm1Series(Number x, int digits)
    {
        x = x.ToScale(digits);
        Number sum = x;
        Number term = x;
        for (int k = 2; !term.IsZero; k++)
        {
            term = (term * x).ToScale(digits);
            term = new Number(BigInteger.Divide(term.Mantissa, k), digits);
            sum += term;
        }

        return sum;
    }

    private static Number Log(Number x)
    {
        // x = 2^k m; ln m = 2 atanh((m - 1)/(m + 1))
        int k = x.TimesPowerOf2(0).Exponent;
        Number m = x.TimesPowerOf2(-k);
        if ((m - 1.5).Mantissa.Sign > 0)
        {
            (k, m) = (k + 1, m.TimesPowerOf2(-1));
        }

        Number fraction = Number.Divide(m - 1, m + 1, Digits);
        int digits = Digits + SmallBits(fraction);
        return k * Ln2.ToScale(digits) + AtanhSeries(fraction.ToScale(digits), digits, 1).TimesPowerOf2(1);
    }

    private static (Number Sin, Number Cos) SinAndCos(double value)
    {
        Number x = value;
        int digits = Digits + 80 + SmallBits(x);
        int extra = x.IsZero ? 0 : Math.Max(0, x.Exponent);
        BigInteger n = Number.Divide(x, HalfPi.ToScale(digits + extra), 80 + extra).Round();
        Number r = (x - new Number(n, 0) * HalfPi.ToScale(digits + extra)).ToScale(digits);
        Number square = (r * r).ToScale(digits);
        Number sin = AlternatingSeries(r, square, 2, digits);
        Number cos = AlternatingSeries(((Number)1).ToScale(digits), square, 1, digits);
        return (int)(n & 3) switch { 0 => (sin, cos), 1 => (cos, -sin), 2 => (-sin, -cos), _ => (-cos, sin) };
    }

    /// <summary>term − term·square/(k(k+1)) + …</summary>
    private static Number AlternatingSeries(Number term, Number square, int k, int digits)
    {
        Number sum = term;
        for (; !term.IsZero; k += 2)
        {
            term = -(term * square).ToScale(digits);
            term = new Number(BigInteger.Divide(term.Mantissa, k * (k + 1)), digits);
            sum += term;
        }

        return sum;
    }

    /// <summary>x + sign·x³/3 + x⁵/5 + sign·x⁷/7 + …</summary>
    private static Number AtanhSeries(Number x, int digits, int sign)
    {
        Number square = (x * x).ToScale(digits);
        Number power = x;
        Number sum = x;
        for (int k = 3; !power.IsZero && power.Mantissa != -1; k += 2)
        {
            power = (sign * (power * square)).ToScale(digits);
            sum += new Number(BigInteger.Divide(power.Mantissa, k), digits);
        }

        return sum;
    }

    private static Number AtanOfInverse(int x) =>
        AtanhSeries(new Number(BigInteger.Pow(2, ConstantDigits) / x, ConstantDigits), ConstantDigits, -1);

    /// <summary>How many more bits after the binary point a number below 1 needs for the same number of significant bits.</summary>
    private static int SmallBits(Number x) => x.IsZero ? 0 : Math.Max(0, -x.Exponent);
}
