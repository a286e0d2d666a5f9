using System.Numerics;
using System.Runtime.CompilerServices;

namespace SweepEngine.Parquet;

/// <summary>
/// DELTA_BINARY_PACKED: the first value, then blocks of 128 differences, each as its smallest difference and four miniblocks of 32
/// remainders with a bit width of their own. Differences wrap in the width of the type, so that every pair has one.
/// </summary>
internal static class DeltaEncoding
{
    private const int Block = 128;
    private const int Miniblocks = 4;
    private const int Miniblock = Block / Miniblocks;

    public static void Encode<T>(ReadOnlySpan<T> values, ByteBuffer output) where T : struct, IBinaryInteger<T>
    {
        output.WriteVarint(Block);
        output.WriteVarint(Miniblocks);
        output.WriteVarint((ulong)values.Length);
        output.WriteZigZag(values.IsEmpty ? 0 : long.CreateTruncating(values[0]));
        Span<long> deltas = stackalloc long[Block];
        for (int start = 1; start < values.Length; start += Block)
        {
            int count = Math.Min(Block, values.Length - start);
            long least = long.MaxValue;
            for (int i = 0; i < count; i++)
            {
                deltas[i] = long.CreateTruncating(unchecked(values[start + i] - values[start + i - 1]));
                least = Math.Min(least, deltas[i]);
            }
            EncodeBlock<T>(deltas[..count], least, output);
        }
    }

    /// <summary>Fills <paramref name="values"/>.</summary>
    /// <exception cref="InvalidDataException">The header is impossible, announces another number of values, or the bytes end too
    /// early.</exception>
    public static void Decode<T>(ref ByteCursor input, Span<T> values) where T : struct, IBinaryInteger<T>
    {
        ulong block = input.Varint(), miniblocks = input.Varint(), total = input.Varint();
        long first = input.ZigZag();
        if (block is 0 or > 1 << 20 || block % Block != 0 || miniblocks == 0 || block % miniblocks != 0 || block / miniblocks % 32 != 0)
            throw new InvalidDataException($"delta blocks of {block} values in {miniblocks} miniblocks");
        if (total != (ulong)values.Length) throw new InvalidDataException($"{total} delta-encoded values where {values.Length} are due");
        if (values.IsEmpty) return;
        int miniblock = (int)(block / miniblocks);
        T value = values[0] = T.CreateTruncating(first);
        for (int next = 1; next < values.Length;)
        {
            T least = T.CreateTruncating(input.ZigZag());
            var widths = input.Take((int)miniblocks);
            for (int m = 0; m < widths.Length && next < values.Length; m++)
            {
                if (widths[m] > 8 * Unsafe.SizeOf<T>())
                    throw new InvalidDataException($"differences of {widths[m]} bits in a {typeof(T).Name} column");
                var bits = new BitReader(input.Take(miniblock * widths[m] / 8));
                for (int i = 0; i < miniblock && next < values.Length; i++)
                    values[next++] = value = unchecked(value + least + T.CreateTruncating(bits.Next(widths[m])));
            }
        }
    }

    private static void EncodeBlock<T>(Span<long> deltas, long least, ByteBuffer output) where T : struct
    {
        ulong mask = Unsafe.SizeOf<T>() == 8 ? ulong.MaxValue : uint.MaxValue;
        output.WriteZigZag(least);
        Span<byte> widths = stackalloc byte[Miniblocks];
        for (int m = 0; m < Miniblocks; m++)
        {
            ulong all = 0;
            foreach (long delta in Part(deltas, m)) all |= unchecked((ulong)(delta - least)) & mask;
            widths[m] = (byte)(64 - BitOperations.LeadingZeroCount(all));
        }
        output.Write(widths);
        for (int m = 0; m < Miniblocks; m++)
        {
            if (widths[m] == 0) continue;
            var bytes = output.Extend(Miniblock * widths[m] / 8);
            bytes.Clear();
            var bits = new BitWriter(bytes);
            foreach (long delta in Part(deltas, m)) bits.Add(unchecked((ulong)(delta - least)) & mask, widths[m]);
            bits.Flush();
        }
    }

    private static Span<long> Part(Span<long> deltas, int m)
    {
        int start = Math.Min(m * Miniblock, deltas.Length);
        return deltas[start..Math.Min(start + Miniblock, deltas.Length)];
    }
}
