using System.Buffers.Binary;
using SweepEngine.Parquet;

namespace SweepEngine.Sweeps;

/// <summary>
/// The payload of a part: the rows of its curves for each table of the sweep, as Parquet files in the order of <see cref="SweepTable.All"/>.
/// Before each file but the last stand eight bytes (little endian) with its length; the last one goes to the end.
/// </summary>
internal static class PartTables
{
    /// <summary>The bytes of a table's rows as a Parquet file without metadata: the merged files have that.</summary>
    public static ReadOnlyMemory<byte> File(SweepTable table, ShardResults results)
    {
        var bytes = new MemoryStream();
        using var file = new ParquetWriter(bytes, table.Schema);
        table.Write(file, results);
        file.Finish();
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <summary>Puts the files together, at least one.</summary>
    public static byte[] Write(IReadOnlyList<ReadOnlyMemory<byte>> files)
    {
        var payload = new byte[checked(files.Sum(file => file.Length) + sizeof(long) * (files.Count - 1))];
        Span<byte> rest = payload;
        for (int i = 0; i < files.Count; i++)
        {
            if (i < files.Count - 1)
            {
                BinaryPrimitives.WriteInt64LittleEndian(rest, files[i].Length);
                rest = rest[sizeof(long)..];
            }

            files[i].Span.CopyTo(rest);
            rest = rest[files[i].Length..];
        }

        return payload;
    }

    /// <summary>Takes them apart.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="count">Number of files, at least one.</param>
    /// <exception cref="InvalidDataException">The payload is not one of a part, or damaged.</exception>
    public static ParquetReader[] Read(ReadOnlyMemory<byte> payload, int count)
    {
        var files = new ParquetReader[count];
        ReadOnlyMemory<byte> rest = payload;
        for (int i = 0; i < count; i++)
        {
            long length = rest.Length;
            if (i < count - 1)
            {
                length = rest.Length < sizeof(long) ? -1 : BinaryPrimitives.ReadInt64LittleEndian(rest.Span);
                if (length < 0 || length > rest.Length - sizeof(long))
                {
                    throw new InvalidDataException($"A part of {payload.Length} bytes cannot hold a table of {length} bytes where {rest.Length} are left.");
                }

                rest = rest[sizeof(long)..];
            }

            files[i] = new ParquetReader(new MemoryStream(rest[..(int)length].ToArray(), writable: false));
            rest = rest[(int)length..];
        }

        return files;
    }
}
