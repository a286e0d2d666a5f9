namespace SweepEngine.Lanes;

/// <summary>Takes multiples of π/2 from an angle of any size in integer arithmetic (Payne and Hanek 1983).</summary>
internal static class HugeAngle
{
    // π/2 as a sum of two doubles.
    private const double HalfPi1 = 1.5707963267948966;
    private const double HalfPi2 = 6.123233995736766e-17;

    // 2/π, 64 bits before the binary point (all zero) and 1216 bits after it; printed by coefficients.py.
    private static ReadOnlySpan<ulong> TwoOverPi =>
    [
        0,
        0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041, 0xFE5163ABDEBBC561, 0xB7246E3A424DD2E0, 0x06492EEA09D1921C,
        0xFE1DEB1CB129A73E, 0xE88235F52EBB4484, 0xE99C7026B45F7E41, 0x3991D639835339F4, 0x9C845F8BBDF9283B, 0x1FF897FFDE05980F,
        0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7, 0x4F463F669E5FEA2D, 0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08,
        0x56033046FC7B6BAB,
    ];

    /// <summary>angle = n·π/2 + high + low (modulo 2π) with n from 0 to 3 and |high| up to π/4, right to about 2^-75 of itself.</summary>
    /// <param name="angle">Finite, |angle| ≥ 1.</param>
    public static (int N, double High, double Low) Reduce(double angle)
    {
        long bits = BitConverter.DoubleToInt64Bits(angle);
        ulong mantissa = ((ulong)bits & 0x000FFFFFFFFFFFFF) | 0x0010000000000000;
        int exponent = (int)((bits >>> 52) & 0x7FF) - 1075; // |angle| = mantissa·2^exponent

        // Bits of 2/π above weight 2^(2 - exponent) only add multiples of four quarter turns. From there take 192 bits; times the
        // mantissa and modulo 2^192 they are the number of quarter turns modulo 4 in units of 2^-190.
        int start = 64 + exponent - 2;
        UInt128 sum = (UInt128)mantissa * Window(start + 128);
        ulong word0 = (ulong)sum;
        sum = (sum >> 64) + (UInt128)mantissa * Window(start + 64);
        ulong word1 = (ulong)sum;
        ulong word2 = (ulong)(sum >> 64) + mantissa * Window(start);

        // The nearest whole number of quarter turns, and the signed fraction around it, at most 1/2.
        int n = (int)((word2 + (1UL << 61)) >> 62);
        word2 -= (ulong)n << 62;
        bool negative = (long)word2 < 0;
        if (negative)
        {
            (word2, word1, word0) = (~word2, ~word1, ~word0); // off by one unit of 2^-190
        }

        // The two leading 53-bit pieces of the fraction.
        UInt128 head = new(word2, word1);
        int zeros = (int)UInt128.LeadingZeroCount(head);
        head = zeros < 64 ? (head << zeros) | (word0 >> (64 - zeros)) : new UInt128(word1, word0) << (zeros - 64);
        double fraction = (double)(ulong)(head >> 75) * PowerOf2(-51 - zeros);
        double fractionLow = (double)((ulong)(head >> 22) & 0x1FFFFFFFFFFFFF) * PowerOf2(-104 - zeros);

        double high = fraction * HalfPi1;
        double low = Math.FusedMultiplyAdd(fraction, HalfPi1, -high) + Math.FusedMultiplyAdd(fraction, HalfPi2, fractionLow * HalfPi1);
        double sign = negative ? -1 : 1;
        return angle < 0 ? (-n & 3, -sign * high, -sign * low) : (n & 3, sign * high, sign * low);
    }

    /// <summary>64 bits of the table from bit <paramref name="start"/> on.</summary>
    private static ulong Window(int start)
    {
        int word = start >> 6;
        int offset = start & 63;
        return offset == 0 ? TwoOverPi[word] : (TwoOverPi[word] << offset) | (TwoOverPi[word + 1] >> (64 - offset));
    }

    private static double PowerOf2(int exponent) => BitConverter.Int64BitsToDouble((1023L + exponent) << 52);
}
