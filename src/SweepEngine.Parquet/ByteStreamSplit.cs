using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SweepEngine.Parquet;

/// <summary>
/// BYTE_STREAM_SPLIT of doubles: byte k of every value stands in stream k, so that the slowly changing sign, exponent and upper
/// mantissa lie together and compress. Works on squares of 8 values × 8 bytes, transposed within eight registers.
/// </summary>
internal static class ByteStreamSplit
{
    private const int Streams = sizeof(double);

    /// <param name="values">The values.</param>
    /// <param name="output">Eight bytes for each value.</param>
    public static void Encode(ReadOnlySpan<double> values, Span<byte> output)
    {
        int count = values.Length, whole = count & ~7;
        var source = MemoryMarshal.AsBytes(values);
        for (int i = 0; i < whole; i += 8)
        {
            var square = Square.Load(source[(i * Streams)..], Streams);
            square.Transpose();
            square.Store(output[i..], count);
        }
        for (int i = whole; i < count; i++)
        {
            for (int k = 0; k < Streams; k++) output[k * count + i] = source[i * Streams + k];
        }
    }

    /// <param name="input">Eight bytes for each value.</param>
    /// <param name="values">Filled.</param>
    public static void Decode(ReadOnlySpan<byte> input, Span<double> values)
    {
        int count = values.Length, whole = count & ~7;
        var target = MemoryMarshal.AsBytes(values);
        for (int i = 0; i < whole; i += 8)
        {
            var square = Square.Load(input[i..], count);
            square.Transpose();
            square.Store(target[(i * Streams)..], Streams);
        }
        for (int i = whole; i < count; i++)
        {
            for (int k = 0; k < Streams; k++) target[i * Streams + k] = input[k * count + i];
        }
    }

    /// <summary>Eight rows of eight bytes.</summary>
    private struct Square
    {
        private ulong _a, _b, _c, _d, _e, _f, _g, _h;

        public static Square Load(ReadOnlySpan<byte> bytes, int stride) => new()
        {
            _a = Row(bytes, 0),
            _b = Row(bytes, stride),
            _c = Row(bytes, 2 * stride),
            _d = Row(bytes, 3 * stride),
            _e = Row(bytes, 4 * stride),
            _f = Row(bytes, 5 * stride),
            _g = Row(bytes, 6 * stride),
            _h = Row(bytes, 7 * stride),
        };

        public readonly void Store(Span<byte> bytes, int stride)
        {
            MemoryMarshal.Write(bytes, _a);
            MemoryMarshal.Write(bytes[stride..], _b);
            MemoryMarshal.Write(bytes[(2 * stride)..], _c);
            MemoryMarshal.Write(bytes[(3 * stride)..], _d);
            MemoryMarshal.Write(bytes[(4 * stride)..], _e);
            MemoryMarshal.Write(bytes[(5 * stride)..], _f);
            MemoryMarshal.Write(bytes[(6 * stride)..], _g);
            MemoryMarshal.Write(bytes[(7 * stride)..], _h);
        }

        /// <summary>Swaps the off-diagonal quarters of 2×2, then of 4×4, then of the 8×8 square.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Transpose()
        {
            const ulong bytes = 0x00FF00FF00FF00FF, pairs = 0x0000FFFF0000FFFF, halves = 0x00000000FFFFFFFF;
            Swap(ref _a, ref _b, 8, bytes);
            Swap(ref _c, ref _d, 8, bytes);
            Swap(ref _e, ref _f, 8, bytes);
            Swap(ref _g, ref _h, 8, bytes);
            Swap(ref _a, ref _c, 16, pairs);
            Swap(ref _b, ref _d, 16, pairs);
            Swap(ref _e, ref _g, 16, pairs);
            Swap(ref _f, ref _h, 16, pairs);
            Swap(ref _a, ref _e, 32, halves);
            Swap(ref _b, ref _f, 32, halves);
            Swap(ref _c, ref _g, 32, halves);
            Swap(ref _d, ref _h, 32, halves);
        }

        private static ulong Row(ReadOnlySpan<byte> bytes, int offset) => MemoryMarshal.Read<ulong>(bytes[offset..]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Swap(ref ulong low, ref ulong high, int shift, ulong mask)
        {
            ulong changed = ((low >> shift) ^ high) & mask;
            high ^= changed;
            low ^= changed << shift;
        }
    }
}
