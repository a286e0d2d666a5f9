using System.Buffers.Binary;
using System.Numerics;

namespace SweepEngine.Parquet;

/// <summary>
/// The RLE / bit-packing hybrid of the format: runs of one value, and groups of eight bit-packed values. Holds definition
/// levels, dictionary indices and booleans.
/// </summary>
internal static class RunLengthEncoding
{
    private const int Group = 8;

    /// <summary>The bits that all numbers from 0 to <paramref name="largest"/> need.</summary>
    public static int Width(int largest) => 32 - BitOperations.LeadingZeroCount((uint)largest);

    public static void Encode(ReadOnlySpan<int> values, int width, ByteBuffer output)
    {
        int start = 0;
        while (start < values.Length)
        {
            int run = Run(values[start..]);
            if (run >= Group)
            {
                output.WriteVarint((ulong)run << 1);
                for (int shift = 0; shift < width; shift += 8) output.WriteByte((byte)(values[start] >> shift));
                start += run;
            }
            else
            {
                int end = start;
                do end += Group;
                while (end < values.Length && !BeginsRun(values[end..]));
                Pack(values[start..Math.Min(end, values.Length)], (end - start) / Group, width, output);
                start = Math.Min(end, values.Length);
            }
        }
    }

    /// <summary>With the number of bytes before it, as definition levels and booleans stand in a page.</summary>
    public static void EncodeWithLength(ReadOnlySpan<int> values, int width, ByteBuffer output)
    {
        int start = output.Length;
        output.WriteInt32(0);
        Encode(values, width, output);
        BinaryPrimitives.WriteInt32LittleEndian(output.From(start), output.Length - start - sizeof(int));
    }

    public static void DecodeWithLength(ref ByteCursor input, int width, Span<int> values)
    {
        var encoded = new ByteCursor(input.Take(input.Int32()));
        Decode(ref encoded, width, values);
    }

    /// <summary>Fills <paramref name="values"/>; all of them are below 2^<paramref name="width"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes end too early or a width or a run is impossible.</exception>
    public static void Decode(ref ByteCursor input, int width, Span<int> values)
    {
        if (width > 32) throw new InvalidDataException($"run-length encoded values have {width} bits; at most 32 are allowed");
        while (values.Length > 0)
        {
            ulong header = input.Varint();
            ulong announced = header >> 1;
            if (announced is 0 or > int.MaxValue) throw new InvalidDataException($"a run of {announced} values");
            if ((header & 1) == 0)
            {
                uint value = 0;
                var bytes = input.Take((width + 7) / 8);
                for (int i = bytes.Length - 1; i >= 0; i--) value = value << 8 | bytes[i];
                if (width < 32 && value >> width != 0) throw new InvalidDataException($"a run of {value} in a width of {width} bits");
                int run = (int)Math.Min(announced, (ulong)values.Length);
                values[..run].Fill((int)value);
                values = values[run..];
            }
            else
            {
                int count = (int)Math.Min(announced * Group, (ulong)values.Length);
                // The last group may be cut short by some writers: only the bytes that are needed must be there.
                int whole = (int)Math.Min(announced * (ulong)width, (ulong)input.Remaining);
                int needed = BitWriter.Bytes(count, width);
                if (needed > whole) throw new InvalidDataException("bit-packed values end too early");
                var bits = new BitReader(input.Take(whole));
                for (int i = 0; i < count; i++) values[i] = (int)bits.Next(width);
                values = values[count..];
            }
        }
    }

    private static int Run(ReadOnlySpan<int> values)
    {
        int end = values.IndexOfAnyExcept(values[0]);
        return end < 0 ? values.Length : end;
    }

    private static bool BeginsRun(ReadOnlySpan<int> values)
        => values.Length >= Group && values[..Group].IndexOfAnyExcept(values[0]) < 0;

    private static void Pack(ReadOnlySpan<int> values, int groups, int width, ByteBuffer output)
    {
        output.WriteVarint((ulong)groups << 1 | 1);
        var bytes = output.Extend(groups * width);
        bytes.Clear();
        var bits = new BitWriter(bytes);
        foreach (int value in values) bits.Add((uint)value, width);
        bits.Flush();
    }
}
