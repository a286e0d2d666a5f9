using System.Runtime.CompilerServices;

namespace SweepEngine.Lanes;

public static partial class LaneMath
{
    private const long MantissaBits = 0x000FFFFFFFFFFFFF;
    private const long SqrtHalfBits = 0x3FE6A09E667F3BCD; // √½ as a double
    private const double SmallestNormal = 2.2250738585072014e-308; // 2^-1022

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Log<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        T k = SplitExponent(x, out T m);
        T general = LogOfSum(k, m - T.Broadcast(1), T.Broadcast(0));
        result = LogEdges(x, general);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Log1p<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        T one = T.Broadcast(1);
        T u = TwoSum(one, x, out T uLow);
        T k = SplitExponent(u, out T m);
        // ln(u + uLow) = ln u + uLow/u; where u has exponent 0, x itself is the fraction.
        T plain = T.Equal(k, T.Broadcast(0));
        T general = LogOfSum(k, T.Select(plain, x, m - one), T.AndNot(uLow / u, plain));
        result = T.Select(T.LessThan(T.Abs(x), T.Broadcast(Tiny)), x, LogEdges(u, general));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Pow<T>(in T xSource, in T ySource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        T y = ySource;
        T zero = T.Broadcast(0);
        T one = T.Broadcast(1);
        T infinity = T.Broadcast(double.PositiveInfinity);
        T size = T.Abs(x);
        LogOfSize(in size, out T log, out T logLow);
        T exponent = y * log;
        T exponentLow = T.Fma(y, log, -exponent) + y * logLow;
        T inside = T.Max(T.Broadcast(-746), T.Min(T.Broadcast(710), exponent));
        T power = ExpOfSum(inside, T.And(T.Equal(inside, exponent), exponentLow));
        power = T.Select(T.Equal(size, one), one, power);

        T isInteger = T.Equal(T.Floor(y), y);
        T halfOfY = y * T.Broadcast(0.5);
        T isOdd = T.AndNot(isInteger, T.Equal(T.Floor(halfOfY), halfOfY));
        T signed = T.Xor(power, T.And(T.And(x, T.Broadcast(-0.0)), isOdd));
        T undefined = T.AndNot(T.AndNot(T.LessThan(x, zero), T.Equal(size, infinity)), isInteger);
        T general = T.Select(undefined, T.Broadcast(double.NaN), signed);
        general = T.Select(T.NotEqual(y, y), y, general);
        result = T.Select(T.Or(T.Equal(y, zero), T.Equal(x, one)), one, general);
    }

    /// <summary>x = 2^k·m with m within [√½, √2), for positive finite x; anything for others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SplitExponent<T>(T x, out T m) where T : struct, ILane<T>
    {
        T subnormal = T.LessThan(x, T.Broadcast(SmallestNormal));
        T normal = T.Select(subnormal, x * T.Broadcast(18014398509481984.0), x); // 2^54
        T bits = T.AddBits(normal, T.BroadcastBits((1023L << 52) - SqrtHalfBits));
        m = T.AddBits(T.And(bits, T.BroadcastBits(MantissaBits)), T.BroadcastBits(SqrtHalfBits));
        // An integer in the lowest bits of 2^52 is that integer added to 2^52.
        T two52 = T.Broadcast(4503599627370496.0);
        T biased = T.Or(T.ShiftBitsRight(bits, 52), two52);
        return biased - T.Select(subnormal, T.Broadcast(4503599627370496.0 + 1023 + 54), T.Broadcast(4503599627370496.0 + 1023));
    }

    /// <summary>k ln 2 + ln(1 + f) + low, for an integer k and f within [√½ − 1, √2 − 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogOfSum<T>(T k, T f, T low) where T : struct, ILane<T>
    {
        // With s = f/(2 + f), ln(1 + f) = 2 atanh s = f - f²/2 + s (f²/2 + z Q(z)), z = s². Q is the minimax of
        // (2 atanh(s)/s - 2)/z: the logarithm is off by 2^-59 of itself.
        T s = f / (T.Broadcast(2) + f);
        T z = s * s;
        T zz = z * z;
        T even = Horner(zz, 0.6666666666666734, 0.28571428742291477, 0.18183563928045166, 0.14795866073505212);
        T odd = Horner(zz, 0.3999999999941519, 0.22222198581796332, 0.15314059731173071);
        T q = T.Fma(z, odd, even);

        T halfSquare = T.Broadcast(0.5) * f * f;
        T halfSquareLow = T.Fma(T.Broadcast(0.5) * f, f, -halfSquare);
        T linear = FastTwoSum(k * T.Broadcast(Ln2High), f, out T linearLow);
        T quadratic = FastTwoSum(linear, -halfSquare, out T quadraticLow);
        T rest = T.Fma(k, T.Broadcast(Ln2Low), (linearLow + quadraticLow) + (low - halfSquareLow));
        return quadratic + T.Fma(s, T.Fma(z, q, halfSquare), rest);
    }

    /// <summary>The logarithm of x where it is positive and finite, else the limit or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogEdges<T>(T x, T general) where T : struct, ILane<T>
    {
        T infinity = T.Broadcast(double.PositiveInfinity);
        T zero = T.Broadcast(0);
        T positive = T.Select(T.Equal(x, infinity), infinity, general);
        T others = T.Select(T.Equal(x, zero), -infinity, T.Broadcast(double.NaN));
        return T.Select(T.GreaterThan(x, zero), positive, others);
    }

    /// <summary>ln x of x ≥ 0 as a sum of two, off by 2^-68 of itself.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LogOfSize<T>(in T xSource, out T high, out T low) where T : struct, ILane<T>
    {
        T x = xSource;
        T k = SplitExponent(x, out T m);
        T zero = T.Broadcast(0);
        T two = T.Broadcast(2);
        T f = m - T.Broadcast(1); // exact
        T divisor = FastTwoSum(two, f, out T divisorLow);
        T s = Quotient(f, zero, divisor, divisorLow, out T sLow);
        T z = Product(s, sLow, s, sLow, out T zLow);

        // ln m = 2s + s z (2/3 + z (2/5 + z W(z))), all but W with a tail; W is the minimax of what the series of 2 atanh(s) leaves.
        T zz = z * z;
        T even = Horner(zz, 0.28571428571430396, 0.18181818466970595, 0.13335375887746778, 0.11847265207026582);
        T odd = Horner(zz, 0.22222222220997145, 0.15384582841754307, 0.11692839745424538);
        T fifth = FastTwoSum(T.Broadcast(0.4), z * T.Fma(z, odd, even), out T fifthLow);
        T product = Product(z, zLow, fifth, fifthLow + T.Broadcast(-2.2204460492503132e-17), out T productLow); // 2/5 - 0.4
        T third = FastTwoSum(T.Broadcast(0.6666666666666666), product, out T thirdLow);
        thirdLow += productLow + T.Broadcast(3.700743415417188e-17); // 2/3 - 0.6666666666666666
        product = Product(z, zLow, third, thirdLow, out productLow);
        product = Product(s, sLow, product, productLow, out productLow);
        T logM = FastTwoSum(two * s, product, out T logMLow);
        logMLow += T.Fma(two, sLow, productLow);

        T log = FastTwoSum(k * T.Broadcast(Ln2High), logM, out T logLow);
        low = logLow + T.Fma(k, T.Broadcast(Ln2Low), logMLow);
        T regular = T.And(T.GreaterThan(x, zero), T.LessThan(x, T.Broadcast(double.PositiveInfinity)));
        low = T.And(regular, low);
        high = T.Select(regular, log, LogEdges(x, x));
    }
}
