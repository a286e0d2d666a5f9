using System.Runtime.InteropServices;

namespace SweepEngine.Parquet;

/// <summary>CRC-32 of gzip and IEEE 802.3, which pages carry; eight bytes at a time by eight tables.</summary>
internal static class Crc32
{
    private const int Slices = 8;

    private static readonly uint[] s_tables = Tables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint[] t = s_tables;
        uint crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            uint low = (uint)word ^ crc, high = (uint)(word >> 32);
            crc = t[0x700 + (byte)low] ^ t[0x600 + (byte)(low >> 8)] ^ t[0x500 + (byte)(low >> 16)] ^ t[0x400 + (low >> 24)]
                ^ t[0x300 + (byte)high] ^ t[0x200 + (byte)(high >> 8)] ^ t[0x100 + (byte)(high >> 16)] ^ t[high >> 24];
        }
        foreach (byte value in bytes[(words.Length * sizeof(ulong))..]) crc = crc >> 8 ^ t[(byte)(crc ^ value)];
        return ~crc;
    }

    /// <summary>Entry 256 s + b is the CRC of byte b followed by s zero bytes.</summary>
    private static uint[] Tables()
    {
        const uint polynomial = 0xEDB88320;
        var tables = new uint[Slices * 256];
        for (uint b = 0; b < 256; b++)
        {
            uint crc = b;
            for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (polynomial & (0 - (crc & 1)));
            tables[b] = crc;
        }
        for (int i = 256; i < tables.Length; i++) tables[i] = tables[i - 256] >> 8 ^ tables[(byte)tables[i - 256]];
        return tables;
    }
}
