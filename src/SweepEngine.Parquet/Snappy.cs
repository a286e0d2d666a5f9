using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SweepEngine.Parquet;

/// <summary>
/// The Snappy block format (google/snappy, format_description.txt): the length, then literals and copies of earlier bytes. The
/// compressor looks for copies within blocks of 64 KiB, as the reference does; its bytes are the same on every machine.
/// </summary>
internal sealed class Snappy
{
    private const int Block = 1 << 16;
    private const int HashBits = 14;

    /// <summary>The last bytes of a block are always literals, so that four-byte reads stay inside.</summary>
    private const int Margin = 15;

    /// <summary>Where in the block four bytes with this hash were seen last.</summary>
    private readonly ushort[] _seen = new ushort[1 << HashBits];

    public void Compress(ReadOnlySpan<byte> input, ByteBuffer output)
    {
        output.WriteVarint((ulong)input.Length);
        for (int start = 0; start < input.Length; start += Block)
            CompressBlock(input[start..Math.Min(start + Block, input.Length)], output);
    }

    private void CompressBlock(ReadOnlySpan<byte> block, ByteBuffer output)
    {
        // A literal of 64 KiB has three bytes before it, and copies never take more than what they replace.
        var target = output.Extend(block.Length + block.Length / 6 + 32);
        int written = 0, literal = 0;
        if (block.Length > Margin)
        {
            Array.Clear(_seen);
            int last = block.Length - Margin, misses = 32;
            for (int position = 1; position < last;)
            {
                uint word = Word(block, position);
                ref ushort seen = ref _seen[Hash(word)];
                int candidate = seen;
                seen = (ushort)position;
                if (Word(block, candidate) != word)
                {
                    // After 32 misses in a row every second place is tried, after 64 every third, …: noise is passed over quickly.
                    position += misses++ >> 5;
                    continue;
                }
                written += Literal(block[literal..position], target[written..]);
                int length = 4 + block[(position + 4)..].CommonPrefixLength(block[(candidate + 4)..]);
                written += Copy(position - candidate, length, target[written..]);
                position += length;
                literal = position;
                misses = 32;
                if (position < last) _seen[Hash(Word(block, position - 1))] = (ushort)(position - 1);
            }
        }
        written += Literal(block[literal..], target[written..]);
        output.Shorten(target.Length - written);
    }

    private static int Literal(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        if (bytes.IsEmpty) return 0;
        int length = bytes.Length - 1, written = 1;
        switch (length)
        {
            case < 60:
                target[0] = (byte)(length << 2);
                break;
            case < 256:
                target[0] = 60 << 2;
                target[written++] = (byte)length;
                break;
            default:
                target[0] = 61 << 2;
                BinaryPrimitives.WriteUInt16LittleEndian(target[written..], (ushort)length);
                written += 2;
                break;
        }
        bytes.CopyTo(target[written..]);
        return written + bytes.Length;
    }

    private static int Copy(int offset, int length, Span<byte> target)
    {
        int written = 0;
        while (length >= 68) written += LongCopy(64, ref length, target[written..]);
        if (length > 64) written += LongCopy(60, ref length, target[written..]); // leaves at least four for the last copy
        if (length >= 12 || offset >= 2048) return written + LongCopy(length, ref length, target[written..]);
        target[written++] = (byte)(offset >> 8 << 5 | (length - 4) << 2 | 1);
        target[written++] = (byte)offset;
        return written;

        int LongCopy(int part, ref int rest, Span<byte> to)
        {
            to[0] = (byte)((part - 1) << 2 | 2);
            BinaryPrimitives.WriteUInt16LittleEndian(to[1..], (ushort)offset);
            rest -= part;
            return 3;
        }
    }

    /// <summary>Fills <paramref name="output"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are not Snappy, or hold another number of bytes.</exception>
    public static void Decompress(ReadOnlySpan<byte> compressed, Span<byte> output)
    {
        var input = new ByteCursor(compressed);
        ulong announced = input.Varint();
        if (announced != (ulong)output.Length)
            throw new InvalidDataException($"the Snappy block holds {announced} bytes where {output.Length} are due");
        int written = 0;
        while (input.Remaining > 0)
        {
            int tag = input.Byte(), length = (tag >> 2) + 1, offset;
            switch (tag & 3)
            {
                case 0:
                    if (length > 60) length = (int)Math.Min(LittleEndian(input.Take(length - 60)), int.MaxValue - 1) + 1;
                    if (length > output.Length - written) throw new InvalidDataException("a Snappy literal goes past the end");
                    input.Take(length).CopyTo(output[written..]);
                    written += length;
                    continue;
                case 1:
                    length = ((tag >> 2) & 7) + 4;
                    offset = tag >> 5 << 8 | input.Byte();
                    break;
                case 2:
                    offset = (int)LittleEndian(input.Take(2));
                    break;
                default:
                    offset = (int)Math.Min(LittleEndian(input.Take(4)), int.MaxValue);
                    break;
            }
            if (offset == 0 || offset > written)
                throw new InvalidDataException($"a Snappy copy from {offset} bytes back at byte {written}");
            if (length > output.Length - written) throw new InvalidDataException("a Snappy copy goes past the end");
            if (offset >= length) output.Slice(written - offset, length).CopyTo(output[written..]);
            else for (int i = 0; i < length; i++) output[written + i] = output[written + i - offset];
            written += length;
        }
        if (written != output.Length) throw new InvalidDataException($"the Snappy block ends at byte {written} of {output.Length}");
    }

    private static uint LittleEndian(ReadOnlySpan<byte> bytes)
    {
        uint value = 0;
        for (int i = bytes.Length - 1; i >= 0; i--) value = value << 8 | bytes[i];
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word(ReadOnlySpan<byte> block, int position) => MemoryMarshal.Read<uint>(block[position..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(uint word) => (int)(word * 0x1E35A7BDu >> (32 - HashBits));
}
