using System.Buffers;
using System.Buffers.Binary;

namespace SweepEngine.Parquet;

/// <summary>The values of one column in one row group.</summary>
/// <typeparam name="T">double, long, int, bool or string.</typeparam>
/// <param name="Values">One value for each row; at a NULL the default of the type (null for strings).</param>
/// <param name="IsNull">For each row whether it is NULL; empty if none is.</param>
public sealed record ColumnValues<T>(T[] Values, bool[] IsNull) where T : notnull;

/// <summary>What a file says of some values without reading them.</summary>
/// <param name="NullCount">How many are NULL; null if the file does not say.</param>
/// <param name="Minimum">A lower bound, as double, long, int, bool or string; null if the file has none.</param>
/// <param name="Maximum">An upper bound, likewise.</param>
/// <param name="IsExact">Whether both bounds are values of the column; false where they may be shortened texts.</param>
public sealed record ParquetStatistics(long? NullCount, object? Minimum, object? Maximum, bool IsExact);

/// <summary>One column in one row group.</summary>
/// <param name="Column">The column.</param>
/// <param name="Compression">How its pages are compressed.</param>
/// <param name="Encodings">All encodings of its pages and levels, in the order in which the file has them.</param>
/// <param name="CompressedBytes">What it takes in the file, with page headers.</param>
/// <param name="UncompressedBytes">What it would take without compression, with page headers.</param>
/// <param name="Statistics">Bounds and NULLs.</param>
public sealed record ParquetChunk(ParquetColumn Column, ParquetCompression Compression, IReadOnlyList<ParquetEncoding> Encodings,
    long CompressedBytes, long UncompressedBytes, ParquetStatistics Statistics);

/// <summary>A run of rows that stand together in the file.</summary>
/// <param name="FirstRow">The number of its first row in the table, from 0.</param>
/// <param name="RowCount">Its rows.</param>
/// <param name="Chunks">Its columns, in the order of the schema.</param>
public sealed record ParquetRowGroup(long FirstRow, int RowCount, IReadOnlyList<ParquetChunk> Chunks);

/// <summary>A data page as the page index lists it.</summary>
/// <param name="Offset">Where its header begins in the file.</param>
/// <param name="Bytes">Its bytes with the header.</param>
/// <param name="FirstRow">The number of its first row in the row group, from 0.</param>
/// <param name="Statistics">Bounds and NULLs; null where the file has no column index.</param>
public sealed record ParquetPage(long Offset, int Bytes, long FirstRow, ParquetStatistics? Statistics);

/// <summary>
/// Reads flat tables from Parquet files: all that <see cref="ParquetWriter"/> writes, and what others write with the same types, codecs and
/// encodings in data pages V1. Whatever the bytes are, it gives values or an <see cref="InvalidDataException"/>. Not safe for several
/// threads at once.
/// </summary>
public sealed class ParquetReader
{
    /// <summary>Footer length and magic.</summary>
    private const int TailBytes = 8;

    private readonly Stream _stream;
    private readonly long _footer;
    private readonly FileMetadata _file;

    /// <summary>Reads the footer of a file.</summary>
    /// <param name="stream">A readable and seekable stream that ends where the file ends; byte 0 of the file is its byte 0. Left
    /// open.</param>
    /// <exception cref="InvalidDataException">It is no whole Parquet file, or has something that is not supported; the message says
    /// what.</exception>
    public ParquetReader(Stream stream)
    {
        _stream = stream;
        long length = stream.Length;
        if (length < ParquetWriter.Magic.Length + TailBytes)
            throw new InvalidDataException($"Not a Parquet file: it has only {length} bytes.");
        var head = ReadBytes(0, ParquetWriter.Magic.Length);
        var tail = ReadBytes(length - TailBytes, TailBytes);
        if (!head.AsSpan().SequenceEqual(ParquetWriter.Magic))
            throw new InvalidDataException("Not a Parquet file: bytes 0 to 3 are not PAR1.");
        if (!tail.AsSpan(4).SequenceEqual(ParquetWriter.Magic))
            throw new InvalidDataException($"Not a whole Parquet file: bytes {length - 4} to {length - 1} are not PAR1; was it cut off?");
        int footer = BinaryPrimitives.ReadInt32LittleEndian(tail);
        _footer = length - TailBytes - footer;
        if (footer < 0 || _footer < ParquetWriter.Magic.Length)
        {
            throw new InvalidDataException(
                $"Damaged Parquet file: its footer has {footer} bytes and the file {length} (at byte {length - TailBytes}).");
        }
        try
        {
            _file = FooterReader.Read(ReadBytes(_footer, footer));
        }
        catch (InvalidDataException bad)
        {
            throw new InvalidDataException($"Parquet file: {bad.Message} (in the footer at byte {_footer}).", bad);
        }
        RowGroups = RowGroupsOf(_file);
        Metadata = new OrderedDictionary<string, string>(_file.KeyValues.DistinctBy(pair => pair.Key), StringComparer.Ordinal);
    }

    /// <summary>The columns.</summary>
    public ParquetSchema Schema => _file.Schema;

    /// <summary>Rows of the table.</summary>
    public long RowCount => _file.Rows;

    /// <summary>The row groups, in order.</summary>
    public IReadOnlyList<ParquetRowGroup> RowGroups { get; }

    /// <summary>Key-values of the file, in its order; of a key that appears several times, the first.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The program that wrote the file, as it calls itself.</summary>
    public string CreatedBy => _file.CreatedBy;

    /// <summary>Reads a column in a row group, checking the CRC of each page that has one.</summary>
    /// <typeparam name="T">double, long, int, bool or string, as the type of the column is.</typeparam>
    /// <param name="rowGroup">Which row group, from 0.</param>
    /// <param name="column">The name of the column.</param>
    /// <exception cref="ArgumentException">There is no such row group or column, or it has another type.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or has something that is not supported; the message says what, in
    /// which column and row group, and at which byte.</exception>
    public ColumnValues<T> Read<T>(int rowGroup, string column) where T : notnull => ReadChunk<T, ColumnValues<T>>(rowGroup, column, chunk => chunk.Read());

    /// <summary>
    /// Counts how often each value of a column occurs in a row group, without holding them all. Checks and exceptions are those of <see cref="Read"/>.
    /// </summary>
    /// <typeparam name="T">double, long, int, bool or string, as the type of the column is.</typeparam>
    /// <param name="rowGroup">Which row group, from 0.</param>
    /// <param name="column">The name of the column.</param>
    /// <returns>The number of rows of each value; NULL is left out.</returns>
    public IReadOnlyDictionary<T, long> Count<T>(int rowGroup, string column) where T : notnull => ReadChunk<T, Dictionary<T, long>>(rowGroup, column, chunk => chunk.Count());

    private TResult ReadChunk<T, TResult>(int rowGroup, string column, Func<ChunkReader<T>, TResult> read) where T : notnull
    {
        var (chunk, described) = Find(rowGroup, column);
        if (PhysicalType.Of<T>().Type != described.Type)
            throw new ArgumentException($"Column '{column}' holds {described.Type}, not {typeof(T).Name}.", nameof(column));
        long start = chunk.DictionaryPage > 0 ? Math.Min(chunk.DictionaryPage, chunk.DataPage) : chunk.DataPage;
        CheckRange(start, chunk.CompressedBytes, described, rowGroup);
        int length = (int)chunk.CompressedBytes;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        var reader = new ChunkReader<T>(described, chunk, new(buffer, 0, length));
        try
        {
            _stream.Position = start;
            _stream.ReadExactly(buffer, 0, length);
            return read(reader);
        }
        catch (InvalidDataException bad)
        {
            throw Damaged(bad.Message, described, rowGroup, start + reader.PageOffset, bad);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads the page index of a column in a row group: where its data pages are, and their bounds.</summary>
    /// <param name="rowGroup">Which row group, from 0.</param>
    /// <param name="column">The name of the column.</param>
    /// <returns>The pages in order; empty if the file has no page index.</returns>
    /// <exception cref="ArgumentException">There is no such row group or column.</exception>
    /// <exception cref="InvalidDataException">The index is damaged.</exception>
    public IReadOnlyList<ParquetPage> ReadPageIndex(int rowGroup, string column)
    {
        var (chunk, described) = Find(rowGroup, column);
        if (chunk.OffsetIndex.Length == 0) return [];
        byte[] offsets = ReadIndex(chunk.OffsetIndex);
        byte[] bounds = chunk.ColumnIndex.Length == 0 ? [] : ReadIndex(chunk.ColumnIndex);
        try
        {
            var pages = FooterReader.ReadOffsetIndex(offsets);
            if (bounds.Length == 0) return [.. pages.Select(page => new ParquetPage(page.Offset, page.Length, page.FirstRow, null))];
            var index = FooterReader.ReadColumnIndex(bounds);
            if (index.AllNull.Length != pages.Count || index.Least.Length != pages.Count || index.Greatest.Length != pages.Count)
                throw new InvalidDataException($"the column index has not as many pages as the offset index, {pages.Count}");
            return [.. pages.Select((page, i) => new ParquetPage(page.Offset, page.Length, page.FirstRow, StatisticsOf(described.Type,
                index.AllNull[i] ? null : index.Least[i], index.AllNull[i] ? null : index.Greatest[i],
                i < index.Nulls.Length ? index.Nulls[i] : null, described.Type != ParquetType.String)))];
        }
        catch (InvalidDataException bad)
        {
            throw Damaged(bad.Message, described, rowGroup, chunk.OffsetIndex.Offset, bad);
        }

        byte[] ReadIndex(FileRange range)
        {
            CheckRange(range.Offset, range.Length, described, rowGroup);
            return ReadBytes(range.Offset, range.Length);
        }
    }

    private (ChunkMetadata Chunk, ParquetColumn Column) Find(int rowGroup, string column)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowGroup);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rowGroup, _file.RowGroups.Count);
        int index = Schema.IndexOf(column);
        return (_file.RowGroups[rowGroup].Chunks[index], Schema.Columns[index]);
    }

    private void CheckRange(long offset, long length, ParquetColumn column, int rowGroup)
    {
        if (offset < ParquetWriter.Magic.Length || offset > _footer || length < 0 || length > _footer - offset || length > Array.MaxLength)
            throw Damaged($"{length} bytes from byte {offset} on are not all there", column, rowGroup, _footer, null);
    }

    private byte[] ReadBytes(long offset, int length)
    {
        var bytes = new byte[length];
        _stream.Position = offset;
        _stream.ReadExactly(bytes);
        return bytes;
    }

    private static InvalidDataException Damaged(string what, ParquetColumn column, int rowGroup, long offset, Exception? cause)
        => new($"Parquet file: {what} (column '{column.Name}', row group {rowGroup}, at byte {offset}).", cause);

    private static List<ParquetRowGroup> RowGroupsOf(FileMetadata file)
    {
        var groups = new List<ParquetRowGroup>();
        long first = 0;
        foreach (var group in file.RowGroups)
        {
            groups.Add(new(first, group.Rows, [.. group.Chunks.Select((chunk, i) => Describe(chunk, file.Schema.Columns[i]))]));
            first += group.Rows;
        }
        return groups;
    }

    private static ParquetChunk Describe(ChunkMetadata chunk, ParquetColumn column) => new(column, chunk.Codec,
        [.. chunk.Encodings.Select(encoding => (ParquetEncoding)encoding)], chunk.CompressedBytes, chunk.UncompressedBytes,
        StatisticsOf(column.Type, chunk.Statistics.Least, chunk.Statistics.Greatest, chunk.Statistics.Nulls,
            chunk.Statistics is { LeastExact: true, GreatestExact: true }));

    private static ParquetStatistics StatisticsOf(ParquetType type, byte[]? least, byte[]? greatest, long? nulls, bool exact)
    {
        return new(nulls, Parse(least), Parse(greatest), exact);

        object? Parse(byte[]? bytes) => bytes is null ? null : type switch
        {
            ParquetType.Double => DoubleType.Instance.ParseBound(bytes),
            ParquetType.Int64 => IntegerType<long>.Instance.ParseBound(bytes),
            ParquetType.Int32 => IntegerType<int>.Instance.ParseBound(bytes),
            ParquetType.Boolean => BooleanType.Instance.ParseBound(bytes),
            _ => TextType.Instance.ParseBound(bytes),
        };
    }
}
