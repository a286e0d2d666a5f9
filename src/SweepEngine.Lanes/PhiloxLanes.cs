using System.Runtime.CompilerServices;

namespace SweepEngine.Lanes;

/// <summary>
/// The random numbers of <see cref="Philox"/> for a lane of points at once, each with its own place in its own stream: the same bits as one
/// by one, at every width. Points, steps and random words are integers in the bits of the elements.
/// </summary>
public static class PhiloxLanes
{
    private const long LowHalf = 0xFFFFFFFF;

    /// <summary>Two random words per element, as <see cref="Philox.Draw"/> gives them.</summary>
    /// <param name="seed">The sweep's seed.</param>
    /// <param name="point">Index of each grid point.</param>
    /// <param name="stream">What the numbers are for, within the point.</param>
    /// <param name="step">Counts within the stream, below 2^48.</param>
    /// <param name="second">The second words.</param>
    /// <returns>The first words.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Draw<T>(long seed, T point, ushort stream, T step, out T second) where T : struct, ILane<T>
    {
        Draw(seed, in point, stream, in step, out T first, out second);
        return first;
    }

    /// <summary>Random words as numbers between 0 and 1, as <see cref="Philox.Uniform"/> gives them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Uniform<T>(T word) where T : struct, ILane<T>
    {
        // The upper 52 bits as the fraction of a number from 1 to 2; the sum is exact.
        T fromOne = T.Or(T.ShiftBitsRight(word, 12), T.Broadcast(1));
        return fromOne - T.Broadcast(1) + T.Broadcast(1.1102230246251565e-16); // 2^-53
    }

    /// <summary>
    /// Two independent normal deviates of mean 0 and variance 1 from two random words, by G. E. P. Box, M. E. Muller, Ann. Math. Stat. 29
    /// (1958) 610: √(−2 ln u) times sine and cosine of 2πv. Error below 2 ulp; none is beyond ±8.6, which 10^17 draws reach once.
    /// </summary>
    /// <param name="first">The word of u.</param>
    /// <param name="second">The word of v.</param>
    /// <param name="sine">The deviate with the sine.</param>
    /// <returns>The deviate with the cosine.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T NormalPair<T>(T first, T second, out T sine) where T : struct, ILane<T>
    {
        T radius = T.Sqrt(T.Broadcast(-2) * LaneMath.Log(Uniform(first)));
        T sin = LaneMath.SinCosOfTurns(Uniform(second), out T cos);
        sine = radius * sin;
        return radius * cos;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Draw<T>(long seed, in T point, ushort stream, in T step, out T first, out T second) where T : struct, ILane<T>
    {
        // Words of 32 bits in elements of 64; what a product leaves in the upper half is not read before the end.
        T a = step, c = point, d = T.ShiftBitsRight(point, 32);
        T b = T.Or(T.ShiftBitsLeft(T.ShiftBitsRight(step, 32), 16), T.BroadcastBits(stream));
        uint keyA = (uint)seed, keyB = (uint)(seed >> 32);
        T multiplierA = T.BroadcastBits(0xD2511F53), multiplierC = T.BroadcastBits(0xCD9E8D57);
        for (int round = 0; round < 10; round++)
        {
            T productA = T.MultiplyLowBits(a, multiplierA), productC = T.MultiplyLowBits(c, multiplierC);
            a = T.Xor(T.Xor(T.ShiftBitsRight(productC, 32), b), T.BroadcastBits(keyA));
            c = T.Xor(T.Xor(T.ShiftBitsRight(productA, 32), d), T.BroadcastBits(keyB));
            b = productC;
            d = productA;
            keyA += 0x9E3779B9;
            keyB += 0xBB67AE85;
        }

        first = T.Or(T.ShiftBitsLeft(b, 32), T.And(a, T.BroadcastBits(LowHalf)));
        second = T.Or(T.ShiftBitsLeft(d, 32), T.And(c, T.BroadcastBits(LowHalf)));
    }
}
