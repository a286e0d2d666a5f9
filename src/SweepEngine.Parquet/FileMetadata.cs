namespace SweepEngine.Parquet;

/// <summary>What stands in the footer of a file (parquet.thrift: FileMetaData), as far as flat tables need it.</summary>
internal sealed class FileMetadata
{
    public required ParquetSchema Schema { get; init; }

    public required long Rows { get; init; }

    public required IReadOnlyList<RowGroupMetadata> RowGroups { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> KeyValues { get; init; }

    public required string CreatedBy { get; init; }
}

/// <summary>parquet.thrift: RowGroup.</summary>
internal sealed class RowGroupMetadata
{
    public required int Rows { get; init; }

    public required IReadOnlyList<ChunkMetadata> Chunks { get; init; }
}

/// <summary>The values of one column in one row group (parquet.thrift: ColumnChunk and ColumnMetaData).</summary>
internal sealed class ChunkMetadata
{
    public ParquetType Type { get; set; }

    public ParquetCompression Codec { get; set; }

    /// <summary>Rows, NULL or not.</summary>
    public long Values { get; set; }

    public long UncompressedBytes { get; set; }

    public long CompressedBytes { get; set; }

    /// <summary>Where the first data page begins.</summary>
    public long DataPage { get; set; }

    /// <summary>Where the dictionary page begins; 0 without a dictionary.</summary>
    public long DictionaryPage { get; set; }

    /// <summary>The encoding of all data pages; only the writer knows it.</summary>
    public ParquetEncoding DataEncoding { get; set; }

    public int DataPages { get; set; }

    /// <summary>All encodings in the chunk, as numbers of the format.</summary>
    public IReadOnlyList<int> Encodings { get; set; } = [];

    public ChunkStatistics Statistics { get; set; } = new(null, null, null, false, false);

    public FileRange ColumnIndex { get; set; }

    public FileRange OffsetIndex { get; set; }
}

/// <summary>parquet.thrift: Statistics; the bounds are bytes in the plain encoding.</summary>
internal readonly record struct ChunkStatistics(byte[]? Least, byte[]? Greatest, long? Nulls, bool LeastExact, bool GreatestExact);

/// <summary>A range of bytes in the file; of length 0 if there is none.</summary>
internal readonly record struct FileRange(long Offset, int Length);

/// <summary>One data page in the page index (parquet.thrift: PageLocation and an item of ColumnIndex).</summary>
internal readonly record struct PageEntry(long Offset, int Length, long FirstRow, byte[]? Least, byte[]? Greatest, long Nulls,
    bool AllNull);

/// <summary>Numbers of the enumerations of parquet.thrift.</summary>
internal static class FormatNumbers
{
    public const int DataPage = 0, DictionaryPage = 2;
    public const int Required = 0, Optional = 1;
    public const int Utf8 = 0, Int32 = 17, Int64 = 18;
    public const int PlainDictionary = 2;

    /// <summary>By <see cref="ParquetType"/>.</summary>
    public static ReadOnlySpan<int> PhysicalTypes => [0, 1, 2, 5, 6];
}
