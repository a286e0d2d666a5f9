namespace SweepEngine.Lanes;

/// <summary>
/// A register of <see cref="Width"/> doubles that are computed side by side: <see cref="Lane8"/>, <see cref="Lane4"/>
/// or <see cref="Lane1"/>. A kernel is written once, generic over <typeparamref name="T"/>, and gives each grid point the
/// same bits at every width and with every instruction set.
/// </summary>
/// <remarks>
/// <para>Arithmetic and comparisons are IEEE 754 binary64, rounding to nearest even, with gradual underflow. The one thing that is
/// not the same everywhere is the sign and payload of a NaN: where a result is NaN, it is <em>some</em> NaN.</para>
/// <para>A mask is a lane whose elements are all-ones bits (true) or all-zero bits (false), as the comparisons return
/// it. Members that take a mask give undefined results for any other bits.</para>
/// <para>Members named "Bits" treat each element as a 64-bit integer; the functions of <see cref="LaneMath"/> use them to
/// take exponents apart and to put them together.</para>
/// </remarks>
/// <typeparam name="T">The lane type itself.</typeparam>
public interface ILane<T> where T : struct, ILane<T>
{
    /// <summary>Number of doubles in the lane: 8, 4 or 1.</summary>
    static abstract int Width { get; }

    /// <summary>A lane with <paramref name="value"/> in every element.</summary>
    static abstract T Broadcast(double value);

    /// <summary>A lane with the same 64 bits in every element.</summary>
    static abstract T BroadcastBits(long bits);

    /// <summary>The <see cref="Width"/> consecutive doubles that start at <paramref name="source"/>; no alignment, no bounds check.</summary>
    static abstract T Load(ref readonly double source);

    /// <summary>Writes the elements to the <see cref="Width"/> consecutive doubles that start at <paramref name="target"/>; no bounds check.</summary>
    static abstract void Store(T value, ref double target);

    /// <summary>Sum.</summary>
    static abstract T operator +(T a, T b);

    /// <summary>Difference.</summary>
    static abstract T operator -(T a, T b);

    /// <summary>Product.</summary>
    static abstract T operator *(T a, T b);

    /// <summary>Quotient.</summary>
    static abstract T operator /(T a, T b);

    /// <summary>The value with its sign bit flipped, also for zero and NaN.</summary>
    static abstract T operator -(T a);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract T Fma(T a, T b, T c);

    /// <summary>Square root; NaN below zero, −0 at −0.</summary>
    static abstract T Sqrt(T a);

    /// <summary>The value with its sign bit cleared, also for NaN.</summary>
    static abstract T Abs(T a);

    /// <summary>
    /// <c>a &lt; b ? a : b</c>. So it is <paramref name="b"/> when either is NaN, and when both are zeros of whatever sign.
    /// </summary>
    static abstract T Min(T a, T b);

    /// <summary>
    /// <c>a &gt; b ? a : b</c>. So it is <paramref name="b"/> when either is NaN, and when both are zeros of whatever sign.
    /// </summary>
    static abstract T Max(T a, T b);

    /// <summary>The largest integer that is not above <paramref name="a"/>; keeps the sign of zero.</summary>
    static abstract T Floor(T a);

    /// <summary>The nearest integer, the even one of two; keeps the sign of zero.</summary>
    static abstract T Round(T a);

    /// <summary>The integer part, towards zero; keeps the sign of zero.</summary>
    static abstract T Truncate(T a);

    /// <summary>The magnitude of <paramref name="magnitude"/> with the sign bit of <paramref name="sign"/>.</summary>
    static abstract T CopySign(T magnitude, T sign);

    /// <summary>Mask of a &lt; b; false where either is NaN.</summary>
    static abstract T LessThan(T a, T b);

    /// <summary>Mask of a ≤ b; false where either is NaN.</summary>
    static abstract T LessOrEqual(T a, T b);

    /// <summary>Mask of a &gt; b; false where either is NaN.</summary>
    static abstract T GreaterThan(T a, T b);

    /// <summary>Mask of a ≥ b; false where either is NaN.</summary>
    static abstract T GreaterOrEqual(T a, T b);

    /// <summary>Mask of a = b; false where either is NaN, true for zeros of different sign.</summary>
    static abstract T Equal(T a, T b);

    /// <summary>Mask of a ≠ b; true where either is NaN, so <c>NotEqual(a, a)</c> finds the NaNs.</summary>
    static abstract T NotEqual(T a, T b);

    /// <summary>Bitwise and; of masks, "both".</summary>
    static abstract T And(T a, T b);

    /// <summary>Bitwise or; of masks, "at least one".</summary>
    static abstract T Or(T a, T b);

    /// <summary>Bitwise exclusive or; of masks, "just one".</summary>
    static abstract T Xor(T a, T b);

    /// <summary>Bitwise a &amp; ~b; of masks, "a but not b".</summary>
    static abstract T AndNot(T a, T b);

    /// <summary>Bitwise complement; of a mask, its opposite.</summary>
    static abstract T Not(T a);

    /// <summary><paramref name="whenTrue"/> where the mask is true, <paramref name="whenFalse"/> elsewhere; bits pass unchanged.</summary>
    static abstract T Select(T mask, T whenTrue, T whenFalse);

    /// <summary>The sign bits of the elements, element j in bit j: of a mask, which elements are true. 0 means none.</summary>
    static abstract uint Bits(T mask);

    /// <summary>Sum of the elements as 64-bit integers, wrapping.</summary>
    static abstract T AddBits(T a, T b);

    /// <summary>Difference of the elements as 64-bit integers, wrapping.</summary>
    static abstract T SubtractBits(T a, T b);

    /// <summary>The elements as 64-bit integers, shifted left by 0 to 63 bits.</summary>
    static abstract T ShiftBitsLeft(T a, int count);

    /// <summary>The elements as 64-bit integers, shifted right by 0 to 63 bits, with zeros from the left.</summary>
    static abstract T ShiftBitsRight(T a, int count);

    /// <summary>Product of the lower 32 bits of the elements as integers without sign; all 64 bits of it. The upper 32 bits do not matter.</summary>
    static abstract T MultiplyLowBits(T a, T b);

    /// <summary>The integer n with 2^n ≤ |a| &lt; 2^(n+1), also of a subnormal; −∞ at zero, ∞ at ±∞, NaN at NaN.</summary>
    static abstract T Exponent(T a);

    /// <summary>The one of a·2^n, for any integer n, that is within [¾, 3/2); ±1 at ±0, 1 at ∞, NaN below zero and at NaN.</summary>
    static abstract T Fraction(T a);

    /// <summary>
    /// a·2^n, rounded once, also where the result is subnormal. For integer n within [−2000, 2000] and a = NaN or 1/4 ≤ |a| ≤ 4.
    /// </summary>
    static abstract T ScaleByPowerOf2(T a, T n);
}
