using System.Runtime.CompilerServices;

namespace SweepEngine.Lanes;

public static partial class LaneMath
{
    private const double TwoOverPi = 0.6366197723675814;

    // π/2 as a sum of three doubles.
    private const double HalfPi1 = 1.5707963267948966;
    private const double HalfPi2 = 6.123233995736766e-17;
    private const double HalfPi3 = -1.4973849048591698e-33;

    // Up to here three parts of π/2 leave an angle that is right to 2^-68 of itself; beyond, HugeAngle takes over.
    private const double LargestQuickAngle = 134217728; // 2^27

    // Below this, sin x = tan x = x to the last bit.
    private const double TinyAngle = 3.725290298461914e-09; // 2^-28

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Sin<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        if (IsHuge(x))
        {
            SinOfHuge(in xSource, out result);
            return;
        }

        T quadrant = Quadrant(x, out T r, out T rLow);
        result = Sin(x, quadrant, r, rLow);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Cos<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        if (IsHuge(x))
        {
            CosOfHuge(in xSource, out result);
            return;
        }

        T quadrant = Quadrant(x, out T r, out T rLow);
        result = Cos(quadrant, r, rLow);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tan<T>(in T xSource, out T result) where T : struct, ILane<T>
    {
        T x = xSource;
        if (IsHuge(x))
        {
            TanOfHuge(in xSource, out result);
            return;
        }

        T quadrant = Quadrant(x, out T r, out T rLow);
        result = Tan(x, quadrant, r, rLow);
    }

    // Functions of their own, since a local whose address is taken, and what lives across a call, is in memory on every path.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SinOfHuge<T>(in T x, out T result) where T : struct, ILane<T>
    {
        T quadrant = HugeQuadrant(x, out T r, out T rLow);
        result = Sin(x, quadrant, r, rLow);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CosOfHuge<T>(in T x, out T result) where T : struct, ILane<T>
    {
        T quadrant = HugeQuadrant(x, out T r, out T rLow);
        result = Cos(quadrant, r, rLow);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TanOfHuge<T>(in T x, out T result) where T : struct, ILane<T>
    {
        T quadrant = HugeQuadrant(x, out T r, out T rLow);
        result = Tan(x, quadrant, r, rLow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Sin<T>(T x, T quadrant, T r, T rLow) where T : struct, ILane<T>
    {
        SineAndCosine(r, rLow, out T sineLow, out T cosine, out T cosineLow);
        T value = T.Select(IsEven(quadrant), r + sineLow, cosine + cosineLow);
        return T.Select(T.LessThan(T.Abs(x), T.Broadcast(TinyAngle)), x, NegateInUpperHalf(value, quadrant));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Cos<T>(T quadrant, T r, T rLow) where T : struct, ILane<T>
    {
        SineAndCosine(r, rLow, out T sineLow, out T cosine, out T cosineLow);
        T value = T.Select(IsEven(quadrant), cosine + cosineLow, r + sineLow);
        return NegateInUpperHalf(value, T.AddBits(quadrant, T.BroadcastBits(1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Tan<T>(T x, T quadrant, T r, T rLow) where T : struct, ILane<T>
    {
        SineAndCosine(r, rLow, out T sineLow, out T cosine, out T cosineLow);
        T sine = FastTwoSum(r, sineLow, out sineLow);
        cosine = FastTwoSum(cosine, cosineLow, out cosineLow);
        T even = IsEven(quadrant);
        T quotient = Quotient(
            T.Select(even, sine, -cosine), T.Select(even, sineLow, -cosineLow),
            T.Select(even, cosine, sine), T.Select(even, cosineLow, sineLow), out T quotientLow);
        return T.Select(T.LessThan(T.Abs(x), T.Broadcast(TinyAngle)), x, quotient + quotientLow);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SinCosOfTurns<T>(in T xSource, out T sineResult, out T cosineResult) where T : struct, ILane<T>
    {
        T quarters = T.Broadcast(4) * xSource;
        T quadrant = quarters + T.Broadcast(ToInteger);
        T part = quarters - (quadrant - T.Broadcast(ToInteger)); // exact
        T r = part * T.Broadcast(HalfPi1);
        T rLow = T.Fma(part, T.Broadcast(HalfPi2), T.Fma(part, T.Broadcast(HalfPi1), -r));
        SineAndCosine(r, rLow, out T sineLow, out T cosine, out T cosineLow);
        T sine = r + sineLow;
        cosine += cosineLow;
        T even = IsEven(quadrant);
        sineResult = NegateInUpperHalf(T.Select(even, sine, cosine), quadrant);
        cosineResult = NegateInUpperHalf(T.Select(even, cosine, sine), T.AddBits(quadrant, T.BroadcastBits(1)));
    }

    /// <summary>True where an angle needs more of π than <see cref="Quadrant"/> has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsHuge<T>(T x) where T : struct, ILane<T> => T.Bits(T.GreaterThan(T.Abs(x), T.Broadcast(LargestQuickAngle))) != 0;

    /// <summary>
    /// x = n·π/2 + r + rLow with |r| up to π/4 and |rLow| at most 2^-18 of it, for |x| up to 2^27; n modulo 4 is in the lowest two bits of the result.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Quadrant<T>(T x, out T r, out T rLow) where T : struct, ILane<T>
    {
        T shifted = T.Fma(x, T.Broadcast(TwoOverPi), T.Broadcast(ToInteger));
        T n = shifted - T.Broadcast(ToInteger);
        // The first difference is exact: both are multiples of one 2^-53, and it is below 1.
        T first = T.Fma(n, T.Broadcast(-HalfPi1), x);
        T second = n * T.Broadcast(HalfPi2);
        T secondLow = T.Fma(n, T.Broadcast(HalfPi2), -second);
        // What first - second leaves over is exact even where the second is larger: it is below 2^-26, so that its last bit is far below the last of the first.
        r = first - second;
        T rounded = (first - r) - second;
        rLow = rounded - T.Fma(n, T.Broadcast(HalfPi3), secondLow);
        return shifted;
    }

    /// <summary><see cref="Quadrant"/> of angles of any size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T HugeQuadrant<T>(T x, out T r, out T rLow) where T : struct, ILane<T>
    {
        T quadrant = Quadrant(x, out r, out rLow);
        ReplaceHuge(x, ref quadrant, ref r, ref rLow);
        return quadrant;
    }

    /// <summary>Does the elements beyond the quick range one by one, and leaves the others as they are.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReplaceHuge<T>(T x, ref T quadrant, ref T r, ref T rLow) where T : struct, ILane<T>
    {
        Span<double> angles = stackalloc double[T.Width];
        Span<double> quadrants = stackalloc double[T.Width];
        Span<double> highs = stackalloc double[T.Width];
        Span<double> lows = stackalloc double[T.Width];
        T.Store(x, ref angles[0]);
        T.Store(quadrant, ref quadrants[0]);
        T.Store(r, ref highs[0]);
        T.Store(rLow, ref lows[0]);
        for (int j = 0; j < T.Width; j++)
        {
            if (Math.Abs(angles[j]) > LargestQuickAngle && double.IsFinite(angles[j]))
            {
                (int n, highs[j], lows[j]) = HugeAngle.Reduce(angles[j]);
                quadrants[j] = BitConverter.Int64BitsToDouble(n);
            }
        }

        quadrant = T.Load(ref quadrants[0]);
        r = T.Load(ref highs[0]);
        rLow = T.Load(ref lows[0]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T IsEven<T>(T quadrant) where T : struct, ILane<T> =>
        T.Equal(T.And(quadrant, T.BroadcastBits(1)), T.Broadcast(0));

    /// <summary>Flips the sign in quadrants 2 and 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T NegateInUpperHalf<T>(T value, T quadrant) where T : struct, ILane<T> =>
        T.Xor(value, T.And(T.ShiftBitsLeft(quadrant, 62), T.Broadcast(-0.0)));

    /// <summary>sin(r + rLow) = r + sineLow and cos(r + rLow) = cosine + cosineLow, for |r| ≤ π/4 and |rLow| far below r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SineAndCosine<T>(T r, T rLow, out T sineLow, out T cosine, out T cosineLow) where T : struct, ILane<T>
    {
        T z = r * r;
        T zz = z * z;
        T minusHalf = T.Broadcast(-0.5) * r;
        T cross = minusHalf * rLow;

        // Minimax of (sin(r)/r - 1)/r²: the sine is off by 2^-61 of itself.
        T even = Horner(zz, -0.16666666666666666, -0.00019841269840951346, -2.5052068864057112e-08, -7.374908708642914e-13);
        T odd = Horner(zz, 0.008333333333333035, 2.755731906691997e-06, 1.605403061724876e-10);
        sineLow = T.Fma(r, T.Fma(z, T.Fma(z, odd, even), cross), rLow);

        // Minimax of (cos r - 1 + r²/2)/r⁴: the cosine is off by 2^-63. 1 - cosine is exact.
        even = Horner(zz, 0.041666666666666664, 2.48015872949838e-05, 2.087590454306976e-09);
        odd = Horner(zz, -0.0013888888888883958, -2.7557315799442773e-07, -1.1368377523009026e-11);
        cosine = T.Fma(r, minusHalf, T.Broadcast(1));
        T rounded = T.Fma(r, minusHalf, T.Broadcast(1) - cosine);
        cosineLow = T.Fma(T.Broadcast(2), cross, T.Fma(zz, T.Fma(z, odd, even), rounded));
    }
}
