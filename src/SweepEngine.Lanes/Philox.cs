namespace SweepEngine.Lanes;

/// <summary>
/// Counter-based random numbers: each is a pure function of where it is used, so that they depend on no order, lane or shard.
/// Philox4x32-10 of J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC11, 2011).
/// </summary>
public static class Philox
{
    /// <summary>Two words of 64 random bits each.</summary>
    /// <param name="seed">The sweep's seed: the key.</param>
    /// <param name="point">Index of the grid point.</param>
    /// <param name="stream">What the numbers are for, within the point.</param>
    /// <param name="step">Counts within the stream, below 2^48.</param>
    public static (ulong First, ulong Second) Draw(long seed, long point, ushort stream, long step)
    {
        (uint a, uint b, uint c, uint d) = Block(
            ((uint)step, (uint)(step >> 32) << 16 | stream, (uint)point, (uint)(point >> 32)), ((uint)seed, (uint)(seed >> 32)));
        return ((ulong)b << 32 | a, (ulong)d << 32 | c);
    }

    /// <summary>A random word as a number evenly distributed over the middles of 2^52 equal parts of the interval from 0 to 1.</summary>
    public static double Uniform(ulong word) => ((word >> 12) + 0.5) * (1.0 / (1L << 52));

    /// <summary>Two independent normal deviates of mean 0 and variance 1, with the bits of <see cref="PhiloxLanes.NormalPair"/>.</summary>
    /// <param name="words">Two random words.</param>
    public static (double Cosine, double Sine) NormalPair((ulong First, ulong Second) words)
    {
        Lane1 cosine = PhiloxLanes.NormalPair(Lane1.BroadcastBits((long)words.First), Lane1.BroadcastBits((long)words.Second), out Lane1 sine);
        return (cosine.Value, sine.Value);
    }

    /// <summary>Ten rounds of the generator.</summary>
    /// <param name="counter">The counter, lowest word first.</param>
    /// <param name="key">The key, lowest word first.</param>
    /// <returns>Four random words.</returns>
    public static (uint A, uint B, uint C, uint D) Block((uint A, uint B, uint C, uint D) counter, (uint A, uint B) key)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong first = 0xD2511F53UL * counter.A, second = 0xCD9E8D57UL * counter.C;
            counter = ((uint)(second >> 32) ^ counter.B ^ key.A, (uint)second, (uint)(first >> 32) ^ counter.D ^ key.B, (uint)first);
            key = (key.A + 0x9E3779B9, key.B + 0xBB67AE85);
        }

        return counter;
    }
}
