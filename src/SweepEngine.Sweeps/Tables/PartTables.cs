using System.Buffers.Binary;
using SweepEngine.Parquet;

namespace SweepEngine.Sweeps;

/// <summary>
/// The payload of a part: the rows of its curves for both tables. Eight bytes (little endian) hold the length of the first Parquet file,
/// <c>points</c>; it follows, and after it, to the end, the second one, <c>curves</c>.
/// </summary>
internal static class PartTables
{
    /// <summary>The bytes of a table's rows as a Parquet file without metadata: the merged files have that.</summary>
    public static ReadOnlyMemory<byte> File(SweepTable table, Action<ParquetWriter> rows)
    {
        var bytes = new MemoryStream();
        using var file = new ParquetWriter(bytes, table.Schema);
        rows(file);
        file.Finish();
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <summary>Puts the two files together.</summary>
    public static byte[] Write(ReadOnlyMemory<byte> points, ReadOnlyMemory<byte> curves)
    {
        var payload = new byte[checked(sizeof(long) + points.Length + curves.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(payload, points.Length);
        points.CopyTo(payload.AsMemory(sizeof(long)));
        curves.CopyTo(payload.AsMemory(sizeof(long) + points.Length));
        return payload;
    }

    /// <summary>Takes them apart.</summary>
    /// <exception cref="InvalidDataException">The payload is not one of a part, or damaged.</exception>
    public static (ParquetReader Points, ParquetReader Curves) Read(ReadOnlyMemory<byte> payload)
    {
        long points = payload.Length < sizeof(long) ? -1 : BinaryPrimitives.ReadInt64LittleEndian(payload.Span);
        if (points < 0 || points > payload.Length - sizeof(long))
        {
            throw new InvalidDataException($"A part of {payload.Length} bytes cannot hold a table of {points} bytes.");
        }

        return (Open(payload.Slice(sizeof(long), (int)points)), Open(payload[(sizeof(long) + (int)points)..]));
    }

    private static ParquetReader Open(ReadOnlyMemory<byte> file) => new(new MemoryStream(file.ToArray(), writable: false));
}
