using System.Runtime.CompilerServices;

namespace SweepEngine.Lanes;

/// <summary>
/// Elementary functions of lanes, from + − × ÷, fused multiply-add and bit operations alone: an element has the same bits
/// at every width, on every processor and with every instruction set.
/// </summary>
/// <remarks>
/// <para>The error that each function states, in units in the last place of the exact result, is the largest that the
/// tests allow; they measure it against a multiple-precision reference. Subnormal results are within 0.8 ulp. Results are not claimed to be
/// correctly rounded. Special values (zeros, infinities, NaN, domain edges) are those of C23, Annex F; results underflow gradually.</para>
/// <para>There are no branches on values, so that lanes do not wait for each other; only angles beyond 2^27 take a slower path, element
/// by element. The coefficients are computed by <c>coefficients.py</c> beside this file.</para>
/// <para>The functions are called, not inlined, and by reference: the compiler stops inlining in a method with 512 locals, so that
/// ten inlined exponentials took 3.7 ns per element each instead of 1.2, and a lane passed by value is copied in pieces, which took 3.2.</para>
/// </remarks>
public static partial class LaneMath
{
    private const long MantissaBits = 0x000FFFFFFFFFFFFF;
    private const long OneBits = 1023L << 52;
    private const long ThreeQuartersBits = 0x3FE8000000000000; // 0.75 as a double
    private const double SmallestNormal = 2.2250738585072014e-308; // 2^-1022
    private const double Two54 = 18014398509481984.0; // 2^54
    private const double ToBiased = 4503599627370496.0; // 2^52

    /// <summary>e^x. Error below 1 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x) where T : struct, ILane<T>
    {
        Exp(in x, out T result);
        return result;
    }

    /// <summary>e^x − 1, also precise near zero. Error below 0.7 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Expm1<T>(T x) where T : struct, ILane<T>
    {
        Expm1(in x, out T result);
        return result;
    }

    /// <summary>
    /// (e^x − 1)/x, continued by 1 at zero; the rate functions of Hodgkin–Huxley type, V/(1 − e^−V), are 1/Exprel(−V).
    /// It is +0 at −∞ and overflows only where the quotient does. Error below 0.6 ulp.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exprel<T>(T x) where T : struct, ILane<T>
    {
        Exprel(in x, out T result);
        return result;
    }

    /// <summary>
    /// x/(e^x − 1), continued by 1 at zero: the reciprocal of exprel, by the name that it has in Arbor. The rate functions of Hodgkin–Huxley type, V/(1 − e^−V), are
    /// Exprelr(−V); elsewhere it is called Bernoulli's function. It is ∞ at −∞ and +0 at ∞, and underflows gradually. Error below 0.6 ulp.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exprelr<T>(T x) where T : struct, ILane<T>
    {
        Exprelr(in x, out T result);
        return result;
    }

    /// <summary>
    /// x/(e^x − 1) where e^x is at hand: x/(e − 1), and a polynomial where |x| &lt; 0.5. A relative error of <paramref name="e"/> counts 2.6 times at most; x itself, also that of e^x, may be
    /// off by as much as its size is rounded.
    /// </summary>
    /// <param name="x">The argument.</param>
    /// <param name="e">e^x.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exprelr<T>(T x, T e) where T : struct, ILane<T>
    {
        T one = T.Broadcast(1);
        T z = x * x;
        T even = T.Fma(z * z, T.Fma(z * z, Horner(z, 2.087290691410481e-08, -5.169906201668211e-10), Horner(z, 3.3068783015047504e-05, -8.267189372887397e-07)),
            Horner(z, 0.0833333333333333, -0.001388888888886812));
        T near = T.Fma(z, even, T.Fma(T.Broadcast(-0.5), x, one));
        return T.Select(T.LessThan(T.Abs(x), T.Broadcast(0.5)), near, x / (e - one));
    }

    /// <summary>Natural logarithm: −∞ at zero, NaN below. Error below 0.8 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log<T>(T x) where T : struct, ILane<T>
    {
        Log(in x, out T result);
        return result;
    }

    /// <summary>ln(1 + x), also precise near zero: −∞ at −1, NaN below. Error below 0.9 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log1p<T>(T x) where T : struct, ILane<T>
    {
        Log1p(in x, out T result);
        return result;
    }

    /// <summary>
    /// x^y. Error below 0.7 ulp. A negative x has a power where y is an integer, else NaN; x^0 = 1 and 1^y = 1 for every x and y, even NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Pow<T>(T x, T y) where T : struct, ILane<T>
    {
        Pow(in x, in y, out T result);
        return result;
    }

    /// <summary>Sine of an angle in radians, of any size; NaN at ±∞. Error below 0.8 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sin<T>(T x) where T : struct, ILane<T>
    {
        Sin(in x, out T result);
        return result;
    }

    /// <summary>Cosine of an angle in radians, of any size; NaN at ±∞. Error below 0.8 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Cos<T>(T x) where T : struct, ILane<T>
    {
        Cos(in x, out T result);
        return result;
    }

    /// <summary>Tangent of an angle in radians, of any size; NaN at ±∞. Error below 0.9 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tan<T>(T x) where T : struct, ILane<T>
    {
        Tan(in x, out T result);
        return result;
    }

    /// <summary>Sine and cosine of 2πx, an angle in turns, |x| up to 2^48. Errors below 0.8 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SinCosOfTurns<T>(T x, out T cosine) where T : struct, ILane<T>
    {
        SinCosOfTurns(in x, out T sine, out cosine);
        return sine;
    }

    /// <summary>Hyperbolic sine. Error below 0.6 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sinh<T>(T x) where T : struct, ILane<T>
    {
        Sinh(in x, out T result);
        return result;
    }

    /// <summary>Hyperbolic cosine. Error below 0.6 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Cosh<T>(T x) where T : struct, ILane<T>
    {
        Cosh(in x, out T result);
        return result;
    }

    /// <summary>Hyperbolic tangent. Error below 0.6 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x) where T : struct, ILane<T>
    {
        Tanh(in x, out T result);
        return result;
    }

    /// <summary>−1, 0 or 1 with the sign of <paramref name="x"/>; a zero keeps its sign, NaN stays NaN. Exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sign<T>(T x) where T : struct, ILane<T>
    {
        T nonzero = T.Or(T.LessThan(x, T.Broadcast(0)), T.GreaterThan(x, T.Broadcast(0)));
        return T.Select(nonzero, T.CopySign(T.Broadcast(1), x), x);
    }

    /// <summary>0 below zero, 1 at zero (of either sign) and above; NaN stays NaN. Exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Heaviside<T>(T x) where T : struct, ILane<T>
    {
        T step = T.And(T.GreaterOrEqual(x, T.Broadcast(0)), T.Broadcast(1));
        return T.Select(T.Equal(x, x), step, x);
    }

    /// <summary><see cref="ILane{T}.ScaleByPowerOf2"/> for processors without an instruction for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T ScaleInTwoSteps<T>(T a, T n) where T : struct, ILane<T>
    {
        // 2^n = 2^half · 2^(n - half); the first product is exact.
        T half = T.Truncate(n * T.Broadcast(0.5));
        return a * PowerOf2(half) * PowerOf2(n - half);
    }

    /// <summary>What tells the processor's instruction to give <see cref="ILane{T}.Fraction"/>: the interval [¾, 3/2), NaN for a sign.</summary>
    internal const byte FractionControl = 0b1011;

    /// <summary><see cref="ILane{T}.Exponent"/> for processors without an instruction for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T ExponentByBits<T>(T a) where T : struct, ILane<T>
    {
        T size = T.Abs(a);
        T subnormal = T.LessThan(size, T.Broadcast(SmallestNormal));
        T normal = T.Select(subnormal, size * T.Broadcast(Two54), size);
        // An integer in the lowest bits of 2^52 is that integer added to 2^52.
        T biased = T.Or(T.ShiftBitsRight(normal, 52), T.Broadcast(ToBiased));
        T exponent = biased - T.Select(subnormal, T.Broadcast(ToBiased + 1023 + 54), T.Broadcast(ToBiased + 1023));
        T edge = T.Select(T.Equal(size, T.Broadcast(0)), T.Broadcast(double.NegativeInfinity), size);
        return T.Select(T.And(T.GreaterThan(size, T.Broadcast(0)), T.LessThan(size, T.Broadcast(double.PositiveInfinity))), exponent, edge);
    }

    /// <summary><see cref="ILane{T}.Fraction"/> for processors without an instruction for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T FractionByBits<T>(T a) where T : struct, ILane<T>
    {
        T normal = T.Select(T.LessThan(a, T.Broadcast(SmallestNormal)), a * T.Broadcast(Two54), a);
        // From ¾ on: what is above 3/2 loses a half.
        T bits = T.AddBits(normal, T.BroadcastBits(OneBits - ThreeQuartersBits));
        T fraction = T.AddBits(T.And(bits, T.BroadcastBits(MantissaBits)), T.BroadcastBits(ThreeQuartersBits));
        T one = T.Or(T.Equal(a, T.Broadcast(0)), T.Equal(a, T.Broadcast(double.PositiveInfinity)));
        return T.Select(T.GreaterOrEqual(a, T.Broadcast(0)), T.Select(one, T.CopySign(T.Broadcast(1), a), fraction), T.Broadcast(double.NaN));
    }

    /// <summary>2^n for integers from −1022 to 1023.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T PowerOf2<T>(T n) where T : struct, ILane<T> =>
        T.ShiftBitsLeft(n + T.Broadcast(ToExponentField), 52);

    /// <summary>a + b = sum + error exactly, for any a and b whose sum does not overflow (Knuth).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T TwoSum<T>(T a, T b, out T error) where T : struct, ILane<T>
    {
        T sum = a + b;
        T partOfB = sum - a;
        error = (a - (sum - partOfB)) + (b - partOfB);
        return sum;
    }

    /// <summary>a + b = sum + error exactly, where a = 0 or |a| ≥ |b| (Dekker).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T FastTwoSum<T>(T a, T b, out T error) where T : struct, ILane<T>
    {
        T sum = a + b;
        error = b - (sum - a);
        return sum;
    }

    /// <summary>(a + aTail) · (b + bTail), as a rounded product and what it leaves over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Product<T>(T a, T aTail, T b, T bTail, out T tail) where T : struct, ILane<T>
    {
        T product = a * b;
        tail = T.Fma(a, b, -product) + T.Fma(a, bTail, aTail * b);
        return product;
    }

    /// <summary>(a + aTail) / (b + bTail), as a quotient within 2 ulp and what it leaves over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Quotient<T>(T a, T aTail, T b, T bTail, out T tail) where T : struct, ILane<T>
    {
        T reciprocal = T.Broadcast(1) / b;
        T quotient = a * reciprocal;
        tail = (T.Fma(-quotient, b, a) + T.Fma(-quotient, bTail, aTail)) * reciprocal;
        return quotient;
    }

    /// <summary>c0 + c1·x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Horner<T>(T x, double c0, double c1) where T : struct, ILane<T> => T.Fma(T.Broadcast(c1), x, T.Broadcast(c0));

    /// <summary>c0 + c1·x + c2·x².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Horner<T>(T x, double c0, double c1, double c2) where T : struct, ILane<T> =>
        T.Fma(T.Fma(T.Broadcast(c2), x, T.Broadcast(c1)), x, T.Broadcast(c0));

    /// <summary>c0 + c1·x + … + c3·x³.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Horner<T>(T x, double c0, double c1, double c2, double c3) where T : struct, ILane<T> =>
        T.Fma(Horner(x, c1, c2, c3), x, T.Broadcast(c0));

    /// <summary>c0 + c1·x + … + c4·x⁴.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Horner<T>(T x, double c0, double c1, double c2, double c3, double c4) where T : struct, ILane<T> =>
        T.Fma(Horner(x, c1, c2, c3, c4), x, T.Broadcast(c0));

    /// <summary>c0 + c1·x + … + c5·x⁵.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Horner<T>(T x, double c0, double c1, double c2, double c3, double c4, double c5) where T : struct, ILane<T> =>
        T.Fma(Horner(x, c1, c2, c3, c4, c5), x, T.Broadcast(c0));
}
