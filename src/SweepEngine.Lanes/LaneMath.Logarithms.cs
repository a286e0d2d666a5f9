using System.Runtime.CompilerServices;

namespace SweepEngine.Lanes;

public static partial class LaneMath
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Log<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        T m = T.Abs(T.Fraction(x)); // also of -0
        T k = T.Exponent(x) - T.Exponent(m);
        T f = m - T.Broadcast(1);
        T linear = LinearPart(k, f, out T low);
        result = LogOfSum(linear, low, f, f / (T.Broadcast(-2) - f));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Log1p<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        T one = T.Broadcast(1);
        T u = TwoSum(one, x, out T uLow);
        T m = T.Fraction(u);
        T k = T.Exponent(u) - T.Exponent(m);
        // 1 + x = u + uLow = 2^k (m + mLow); uLow is no number where u is infinite, and k not one where u is zero or infinite.
        T mLow = T.And(T.LessThan(T.Abs(k), T.Broadcast(double.PositiveInfinity)), T.ScaleByPowerOf2(uLow, -k));
        T f = FastTwoSum(m - one, mLow, out T fLow);
        T s = f / (T.Broadcast(-2) - f);
        // ln(1 + f + fLow) = ln(1 + f) + fLow/(1 + f), and 1/(1 + f) = (1 + s)/(1 - s) = 1 + 2s + 2s² + …
        T linear = LinearPart(k, f, out T low);
        T log = LogOfSum(linear, T.Fma(fLow, T.Fma(s, T.Fma(T.Broadcast(2), s, T.Broadcast(2)), one), low), f, s);
        result = T.Select(T.LessThan(T.Abs(x), T.Broadcast(Tiny)), x, log);
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

    /// <summary>k ln 2 + f for an integer k and |f| below ln 2, as a rounded value and what it leaves over; k where that is infinite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LinearPart<T>(T k, T f, out T low) where T : struct, ILane<T>
    {
        T sum = FastTwoSum(k * T.Broadcast(Ln2High), f, out T sumLow);
        // The difference of infinities is no number.
        sumLow = T.Select(T.Equal(sumLow, sumLow), sumLow, T.Broadcast(0));
        low = T.Fma(k, T.Broadcast(Ln2Low), sumLow);
        return sum;
    }

    /// <summary>linear + low + ln(1 + f) − f, for f within [−¼, ½] and s = −f/(2 + f).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogOfSum<T>(T linear, T low, T f, T s) where T : struct, ILane<T>
    {
        // ln(1 + f) = -2 atanh s = f - (f²/2 + s (f²/2 + z Q(z))), z = s². Q is the minimax of (2 atanh(s)/s - 2)/z: the logarithm is off by 2^-61
        // of itself. What is subtracted from f is a fourth of the logarithm at most, so that its rounding counts little.
        T z = s * s;
        T zz = z * z;
        T even = Horner(zz, -0.666666666666666, -0.2857142855601588, -0.18181667126370304, -0.13174276605155497);
        T odd = Horner(zz, -0.40000000000055896, -0.22222224275426308, -0.15391071396718325, -0.13838480543125917);
        T minusHalf = T.Broadcast(-0.5) * f;
        T cubic = T.Fma(z, T.Fma(z, odd, even), minusHalf * f);
        return linear + T.Fma(minusHalf, f, T.Fma(s, cubic, low));
    }

    /// <summary>ln x of x ≥ 0 as a sum of two, off by 2^-68 of itself.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LogOfSize<T>(in T xSource, out T high, out T low) where T : struct, ILane<T>
    {
        T x = xSource;
        T m = T.Fraction(x);
        T k = T.Exponent(x) - T.Exponent(m);
        T zero = T.Broadcast(0);
        T two = T.Broadcast(2);
        T f = m - T.Broadcast(1); // exact
        T divisor = FastTwoSum(two, f, out T divisorLow);
        T s = Quotient(f, zero, divisor, divisorLow, out T sLow);
        T z = Product(s, sLow, s, sLow, out T zLow);

        // ln m = 2s + s z (2/3 + z (2/5 + z W(z))), all but W with a tail; W is the minimax of what the series of 2 atanh(s) leaves.
        T zz = z * z;
        T even = Horner(zz, 0.28571428571459884, 0.1818181997796158, 0.13339301833533396, 0.12426654415221693);
        T odd = Horner(zz, 0.22222222210174736, 0.15384477534300042, 0.11617787621171391);
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
        high = T.Select(regular, log, k);
    }
}
