using System.Runtime.CompilerServices;

namespace SweepEngine.Lanes;

public static partial class LaneMath
{
    private const double Log2E = 1.4426950408889634; // 1/ln 2

    // ln 2 in two parts. The upper has 42 bits, so that its product with an exponent (11 bits) is exact.
    private const double Ln2High = 0.6931471805598903;
    private const double Ln2Low = 5.497923018708371e-14;

    // Adding 1.5·2^52 rounds to an integer and leaves it in the lowest bits; adding the exponent bias too makes it an exponent field.
    private const double ToExponentField = 6755399441055744.0 + 1023;

    // Below this, f(x) = x to the last bit for expm1, log1p, sinh and tanh, and the general way might underflow.
    private const double Tiny = 5.551115123125783e-17; // 2^-54

    // Functions of e^x - 1 are computed at 2^-16 of their size, so that they overflow only where the result does.
    private const double Down = 1 / 65536.0;

    /// <summary>e^x. Error below 0.6 ulp, also where the result is subnormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x) where T : struct, ILane<T>
    {
        // e^710 overflows and e^-746 is below half of the smallest subnormal.
        T inside = T.Max(T.Broadcast(-746), T.Min(T.Broadcast(710), x));
        return ExpOfSum(inside, T.Broadcast(0));
    }

    /// <summary>e^x − 1, also precise near zero. Error below 0.8 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Expm1<T>(T x) where T : struct, ILane<T>
    {
        T high = Expm1Scaled(x, out T low);
        return T.Select(T.LessThan(T.Abs(x), T.Broadcast(Tiny)), x, (high + low) * T.Broadcast(1 / Down));
    }

    /// <summary>
    /// (e^x − 1)/x, continued by 1 at zero; the rate functions of Hodgkin–Huxley type, V/(1 − e^−V), are 1/Exprel(−V).
    /// It is +0 at −∞ and overflows only where the quotient does. Error below 0.8 ulp.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exprel<T>(T x) where T : struct, ILane<T>
    {
        T high = Expm1Scaled(x, out T low);
        T divisor = T.Min(T.Broadcast(720), x);
        T reciprocal = T.Broadcast(1) / divisor;
        T quotient = high * reciprocal;
        T rest = T.Fma(-quotient, divisor, high) + low;
        T general = T.Fma(rest, reciprocal, quotient) * T.Broadcast(1 / Down);
        // Below -50, e^x - 1 is -1 to the last bit.
        T result = T.Select(T.LessThan(x, T.Broadcast(-50)), -reciprocal, general);
        return T.Select(T.LessThan(T.Abs(x), T.Broadcast(Tiny)), T.Broadcast(1), result);
    }

    /// <summary>Hyperbolic sine. Error below 0.8 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sinh<T>(T x) where T : struct, ILane<T>
    {
        // (u + u/(u + 1))/2 with u = e^|x| - 1
        T size = T.Abs(x);
        T u = Expm1Scaled(size, out T uLow);
        T e = TwoSum(u, T.Broadcast(Down), out T eLow);
        T quotient = Quotient(u, uLow, e, eLow + uLow, out T quotientLow);
        T sum = FastTwoSum(u, T.Broadcast(Down) * quotient, out T sumLow);
        T result = (sum + (sumLow + T.Fma(T.Broadcast(Down), quotientLow, uLow))) * T.Broadcast(0.5 / Down);
        return T.Select(T.LessThan(size, T.Broadcast(Tiny)), x, T.CopySign(result, x));
    }

    /// <summary>Hyperbolic cosine. Error below 0.6 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Cosh<T>(T x) where T : struct, ILane<T>
    {
        // (e + 1/e)/2 with e = e^|x|
        T u = Expm1Scaled(T.Abs(x), out T uLow);
        T e = TwoSum(u, T.Broadcast(Down), out T eLow);
        eLow += uLow;
        T inverse = Quotient(T.Broadcast(Down * Down), T.Broadcast(0), e, eLow, out T inverseLow);
        T sum = FastTwoSum(e, inverse, out T sumLow);
        return (sum + (sumLow + (eLow + inverseLow))) * T.Broadcast(0.5 / Down);
    }

    /// <summary>Hyperbolic tangent. Error below 0.8 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x) where T : struct, ILane<T>
    {
        // u/(u + 2) with u = e^(2|x|) - 1; from 20 on it is 1 to the last bit.
        T size = T.Abs(x);
        T doubled = T.Min(T.Broadcast(20), size) * T.Broadcast(2);
        T u = Expm1Scaled(doubled, out T uLow);
        T divisor = TwoSum(u, T.Broadcast(2 * Down), out T divisorLow);
        T quotient = Quotient(u, uLow, divisor, divisorLow + uLow, out T quotientLow);
        return T.Select(T.LessThan(size, T.Broadcast(Tiny)), x, T.CopySign(quotient + quotientLow, x));
    }

    /// <summary>e^(x + low) for x within [−746, 710] or NaN, and |low| far below 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExpOfSum<T>(T x, T low) where T : struct, ILane<T>
    {
        T shifted = T.Fma(x, T.Broadcast(Log2E), T.Broadcast(ToExponentField));
        T n = shifted - T.Broadcast(ToExponentField);
        T r = T.Fma(-n, T.Broadcast(Ln2High), x); // exact
        T tail = ExpTail(r, T.Fma(-n, T.Broadcast(Ln2Low), low));
        T one = FastTwoSum(T.Broadcast(1), r, out T oneLow);
        T mantissa = one + (oneLow + tail);

        // 2^n in two factors: the first product is exact, so a subnormal result is rounded once.
        T half = T.Fma(n, T.Broadcast(0.5), T.Broadcast(ToExponentField));
        T otherHalf = T.AddBits(T.SubtractBits(shifted, half), T.BroadcastBits(1023));
        return mantissa * T.ShiftBitsLeft(half, 52) * T.ShiftBitsLeft(otherHalf, 52);
    }

    /// <summary>2^-16·(e^x − 1) for x up to 720 (the value at 720 above), as a rounded value and what it leaves over; |x| ≥ 2^-54 or zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Expm1Scaled<T>(T x, out T low) where T : struct, ILane<T>
    {
        const double ToScaledField = ToExponentField - 16;
        T down = T.Broadcast(Down);
        T inside = T.Max(T.Broadcast(-50), T.Min(T.Broadcast(720), x));
        T shifted = T.Fma(inside, T.Broadcast(Log2E), T.Broadcast(ToScaledField));
        T n = shifted - T.Broadcast(ToScaledField);
        T r = T.Fma(-n, T.Broadcast(Ln2High), inside); // exact
        T tail = ExpTail(r, -n * T.Broadcast(Ln2Low));

        // 2^n (1 + r + tail) - 1 = (2^n - 1) + 2^n r + 2^n tail
        T power = T.ShiftBitsLeft(shifted, 52);
        T whole = power - down;
        T wholeLow = (power - whole) - down;
        T sum = FastTwoSum(whole, power * r, out T sumLow);
        return FastTwoSum(sum, T.Fma(power, tail, sumLow + wholeLow), out low);
    }

    /// <summary>e^(r + low) − 1 − r for |r| ≤ ln 2/2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExpTail<T>(T r, T low) where T : struct, ILane<T>
    {
        // Minimax of (e^r - 1 - r)/r^2, weighted by r: e^r - 1 is off by 2^-61 of itself.
        T sum = r + low;
        T square = sum * sum;
        T even = Horner(square, 0.5, 0.04166666666666667, 0.0013888888888886142, 2.480158731743867e-05, 2.755728371822462e-07,
            2.0910559723555797e-09);
        T odd = Horner(square, 0.16666666666666677, 0.008333333333321362, 0.00019841269886912855, 2.755724332442477e-06,
            2.51093744082213e-08);
        return T.Fma(square, T.Fma(sum, odd, even), low);
    }
}
