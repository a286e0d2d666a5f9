using System.Runtime.CompilerServices;

namespace SweepEngine.Lanes;

/// <summary>
/// Elementary functions of lanes, from + − × ÷, fused multiply-add and bit operations alone: an element has the same bits
/// at every width, on every processor and with every instruction set.
/// </summary>
/// <remarks>
/// <para>The error that each function states, in units in the last place of the exact result, is the largest that the
/// tests allow; they measure it against a multiple-precision reference. Results are not claimed to be correctly
/// rounded. Special values (zeros, infinities, NaN, domain edges) are those of C23, Annex F; results underflow gradually.</para>
/// <para>There are no branches on values, so that lanes do not wait for each other; only angles beyond 2^27 take a slower path, element
/// by element. The coefficients are computed by <c>coefficients.py</c> beside this file.</para>
/// </remarks>
public static partial class LaneMath
{
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
