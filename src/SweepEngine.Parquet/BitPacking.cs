using System.Buffers.Binary;

namespace SweepEngine.Parquet;

/// <summary>Puts numbers of 0 to 64 bits one after the other, lowest bit first.</summary>
internal ref struct BitWriter(Span<byte> output)
{
    private readonly Span<byte> _output = output;
    private int _position;
    private ulong _bits;
    private int _used;

    /// <param name="value">A number below 2^<paramref name="width"/>.</param>
    /// <param name="width">Its bits, 0 to 64.</param>
    public void Add(ulong value, int width)
    {
        _bits |= value << _used;
        int used = _used + width;
        if (used >= 64)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_output[_position..], _bits);
            _position += 8;
            used -= 64;
            _bits = used == 0 ? 0 : value >> (width - used);
        }
        _used = used;
    }

    /// <summary>Writes the last bits, filled up with zeros to a whole byte.</summary>
    public void Flush()
    {
        for (; _used > 0; _used -= 8, _bits >>= 8) _output[_position++] = (byte)_bits;
    }

    /// <summary>The bytes that so many numbers take.</summary>
    public static int Bytes(int count, int width) => checked((int)(((long)count * width + 7) / 8));
}

/// <summary>Takes numbers of 0 to 64 bits that stand one after the other, lowest bit first.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> input)
{
    private readonly ReadOnlySpan<byte> _input = input;
    private int _position;
    private ulong _bits;
    private int _left;

    /// <param name="width">The bits of the number, 0 to 64; the caller has checked that they are there.</param>
    public ulong Next(int width)
    {
        if (width == 0) return 0;
        ulong value = _bits;
        if (_left < width)
        {
            ulong next = Load();
            if (_left < 64) value |= next << _left;
            int taken = width - _left;
            _bits = taken == 64 ? 0 : next >> taken;
            _left += 64 - width;
        }
        else
        {
            _bits = width == 64 ? 0 : _bits >> width;
            _left -= width;
        }
        return width == 64 ? value : value & ((1UL << width) - 1);
    }

    private ulong Load()
    {
        var rest = _input[Math.Min(_position, _input.Length)..];
        _position += 8;
        if (rest.Length >= 8) return BinaryPrimitives.ReadUInt64LittleEndian(rest);
        ulong value = 0;
        for (int i = rest.Length - 1; i >= 0; i--) value = value << 8 | rest[i];
        return value;
    }
}
