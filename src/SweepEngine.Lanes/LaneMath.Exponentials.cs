using System.Runtime.CompilerServices;

namespace SweepEngine.Lanes;

public static partial class LaneMath
{
    private const double Log2E = 1.4426950408889634; // 1/ln 2

    // ln 2 in two parts. The upper has 42 bits, so that its product with an exponent (11 bits) is exact.
    private const double Ln2High = 0.6931471805598903;
    private const double Ln2Low = 5.497923018708371e-14;

    // Adding 1.5·2^52 rounds to an integer and leaves it in the lowest bits; adding the exponent bias too makes it an exponent field.
    private const double ToInteger = 6755399441055744.0;
    private const double ToExponentField = ToInteger + 1023;

    // Below this, f(x) = x to the last bit for expm1, log1p, sinh and tanh, and the general way might underflow.
    private const double Tiny = 5.551115123125783e-17; // 2^-54

    // Functions of e^x - 1 are computed at 2^-16 of their size, so that they overflow only where the result does.
    private const double Down = 1 / 65536.0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Exp<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        // e^710 overflows and e^-746 is below half of the smallest subnormal.
        T inside = T.Max(T.Broadcast(-746), T.Min(T.Broadcast(710), x));
        T n = T.Fma(inside, T.Broadcast(Log2E), T.Broadcast(ToInteger)) - T.Broadcast(ToInteger);
        T r = T.Fma(n, T.Broadcast(-Ln2Low), T.Fma(n, T.Broadcast(-Ln2High), inside));
        T square = r * r;
        // Where 1 + … is below 1, rounding of r counts 0.2 ulp, of what is added to 1 at most 0.25, of the sum 0.5.
        T quadratic = T.Fma(r, ExpCubic(r, square), T.Broadcast(0.5));
        result = T.ScaleByPowerOf2(T.Broadcast(1) + T.Fma(square, quadratic, r), n);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Expm1<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        T high = Expm1Scaled(x, out T low);
        result = T.Select(T.LessThan(T.Abs(x), T.Broadcast(Tiny)), x, (high + low) * T.Broadcast(1 / Down));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Exprel<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        T high = Expm1Scaled(x, out T low);
        T divisor = T.Min(T.Broadcast(720), x);
        T reciprocal = T.Broadcast(1) / divisor;
        T quotient = high * reciprocal;
        T rest = T.Fma(-quotient, divisor, high) + low;
        T general = T.Fma(rest, reciprocal, quotient) * T.Broadcast(1 / Down);
        // Below -50, e^x - 1 is -1 to the last bit.
        T outer = T.Select(T.LessThan(x, T.Broadcast(-50)), -reciprocal, general);
        result = T.Select(T.LessThan(T.Abs(x), T.Broadcast(Tiny)), T.Broadcast(1), outer);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Exprelr<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        // From 752 on it is 0; up to there, e^x - 1 at 2^-80 of its size is within range.
        T dividend = T.Min(T.Broadcast(760), x);
        T high = Expm1Scaled(dividend, 80, 760, out T low);
        T reciprocal = T.Broadcast(1) / high;
        T quotient = dividend * reciprocal;
        T rest = T.Fma(-quotient, high, dividend) - quotient * low;
        T general = T.Fma(rest, reciprocal, quotient) * T.Broadcast(8.271806125530277e-25); // 2^-80
        // Below -50, e^x - 1 is -1 to the last bit.
        T outer = T.Select(T.LessThan(x, T.Broadcast(-50)), -x, general);
        result = T.Select(T.LessThan(T.Abs(x), T.Broadcast(Tiny)), T.Broadcast(1), outer);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Sinh<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        // (u + u/(u + 1))/2 with u = e^|x| - 1
        T size = T.Abs(x);
        T u = Expm1Scaled(size, out T uLow);
        T e = TwoSum(u, T.Broadcast(Down), out T eLow);
        T quotient = Quotient(u, uLow, e, eLow + uLow, out T quotientLow);
        T sum = FastTwoSum(u, T.Broadcast(Down) * quotient, out T sumLow);
        T sinh = (sum + (sumLow + T.Fma(T.Broadcast(Down), quotientLow, uLow))) * T.Broadcast(0.5 / Down);
        result = T.Select(T.LessThan(size, T.Broadcast(Tiny)), x, T.CopySign(sinh, x));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Cosh<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        // (e + 1/e)/2 with e = e^|x|
        T u = Expm1Scaled(T.Abs(x), out T uLow);
        T e = TwoSum(u, T.Broadcast(Down), out T eLow);
        eLow += uLow;
        T inverse = Quotient(T.Broadcast(Down * Down), T.Broadcast(0), e, eLow, out T inverseLow);
        T sum = FastTwoSum(e, inverse, out T sumLow);
        result = (sum + (sumLow + (eLow + inverseLow))) * T.Broadcast(0.5 / Down);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tanh<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        // u/(u + 2) with u = e^(2|x|) - 1; from 20 on it is 1 to the last bit.
        T size = T.Abs(x);
        T doubled = T.Min(T.Broadcast(20), size) * T.Broadcast(2);
        T u = Expm1Scaled(doubled, out T uLow);
        T divisor = TwoSum(u, T.Broadcast(2 * Down), out T divisorLow);
        T quotient = Quotient(u, uLow, divisor, divisorLow + uLow, out T quotientLow);
        result = T.Select(T.LessThan(size, T.Broadcast(Tiny)), x, T.CopySign(quotient + quotientLow, x));
    }

    /// <summary>e^(x + low) for x within [−746, 710] or NaN, and |low| far below 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExpOfSum<T>(T x, T low) where T : struct, ILane<T>
    {
        T n = T.Fma(x, T.Broadcast(Log2E), T.Broadcast(ToInteger)) - T.Broadcast(ToInteger);
        T r = T.Fma(n, T.Broadcast(-Ln2High), x); // exact
        T rLow = T.Fma(n, T.Broadcast(-Ln2Low), low);
        T sum = r + rLow;
        T square = sum * sum;
        T one = FastTwoSum(T.Broadcast(1), r, out T oneLow);
        T quadratic = T.Fma(sum, ExpCubic(sum, square), T.Broadcast(0.5));
        return T.ScaleByPowerOf2(one + T.Fma(square, quadratic, oneLow + rLow), n);
    }

    /// <summary>2^-16·(e^x − 1) for x up to 720 (the value at 720 above), as a rounded value and what it leaves over; |x| ≥ 2^-54 or zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Expm1Scaled<T>(T x, out T low) where T : struct, ILane<T> => Expm1Scaled(x, 16, 720, out low);

    /// <summary>2^-shift·(e^x − 1) for x up to a largest one (the value there above), as a rounded value and what it leaves over; |x| ≥ 2^-54 or zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Expm1Scaled<T>(T x, int shift, double largest, out T low) where T : struct, ILane<T>
    {
        T down = T.Broadcast(Math.ScaleB(1, -shift));
        T inside = T.Max(T.Broadcast(-50), T.Min(T.Broadcast(largest), x));
        T n = T.Fma(inside, T.Broadcast(Log2E), T.Broadcast(ToInteger)) - T.Broadcast(ToInteger);
        T r = T.Fma(n, T.Broadcast(-Ln2High), inside); // exact
        r = FastTwoSum(r, n * T.Broadcast(-Ln2Low), out T rLow);
        T square = r * r;
        T halfSquare = T.Broadcast(0.5) * square;
        T halfSquareLow = T.Broadcast(0.5) * T.Fma(r, r, -square);
        T tail = T.Fma(r * square, ExpCubic(r, square), T.Fma(r, rLow, halfSquareLow + rLow));

        // 2^n (1 + r + r²/2 + tail) - 1 = (2^n - 1) + 2^n r + 2^n r²/2 + 2^n tail
        T power = PowerOf2(n - T.Broadcast(shift));
        T whole = TwoSum(power, -down, out T wholeLow);
        T sum = FastTwoSum(whole, power * r, out T sumLow);
        sum = FastTwoSum(sum, power * halfSquare, out T sumLow2);
        return FastTwoSum(sum, T.Fma(power, tail, sumLow2 + (sumLow + wholeLow)), out low);
    }

    /// <summary>(e^r − 1 − r − r²/2)/r³ for |r| ≤ ln 2/2: the minimax polynomial, weighted so that e^r − 1 is off by 2^-61 of itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExpCubic<T>(T r, T square) where T : struct, ILane<T>
    {
        // Not one after the other, since each operation waits for those before it.
        T fourth = square * square;
        T even = T.Fma(fourth, Horner(square, 0.00019841269886912855, 2.755724332442477e-06, 2.51093744082213e-08), Horner(square, 0.16666666666666677, 0.008333333333321362));
        T odd = T.Fma(fourth, Horner(square, 2.480158731743867e-05, 2.755728371822462e-07, 2.0910559723555797e-09), Horner(square, 0.04166666666666667, 0.0013888888888886142));
        return T.Fma(r, odd, even);
    }
}
