namespace SweepEngine.Parquet;

/// <summary>
/// Reads the metadata structs of parquet.thrift, and refuses what a flat table of <see cref="ParquetType"/> columns does not have.
/// Throws <see cref="InvalidDataException"/> without a place.
/// </summary>
internal static class FooterReader
{
    private static readonly ParquetType[] s_types = [.. Enum.GetValues<ParquetType>()];

    public static FileMetadata Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftReader(bytes);
        ParquetSchema? schema = null;
        List<RowGroupMetadata> rowGroups = [];
        List<KeyValuePair<string, string>> keyValues = [];
        string createdBy = "";
        long rows = -1;
        for (int id = 0; reader.Next(ref id, out var type);)
        {
            switch (id)
            {
                case 2: schema = ReadSchema(ref reader, type); break;
                case 3: rows = reader.Int64(type); break;
                case 4:
                    int groups = reader.List(type, ThriftType.Struct);
                    for (int i = 0; i < groups; i++) rowGroups.Add(ReadRowGroup(ref reader, schema ?? throw Missing("schema"), i));
                    break;
                case 5:
                    int pairs = reader.List(type, ThriftType.Struct);
                    for (int i = 0; i < pairs; i++) keyValues.Add(ReadPair(ref reader));
                    break;
                case 6: createdBy = reader.Text(type); break;
                case 8: throw new InvalidDataException("the file is encrypted, which is not supported");
                default: reader.Skip(type); break;
            }
        }
        long counted = rowGroups.Sum(group => (long)group.Rows);
        if (rows != counted) throw new InvalidDataException($"the file announces {rows} rows and its row groups have {counted}");
        return new()
        {
            Schema = schema ?? throw Missing("schema"),
            Rows = rows,
            RowGroups = rowGroups,
            KeyValues = keyValues,
            CreatedBy = createdBy,
        };
    }

    /// <summary>Reads the header at the beginning of the bytes, and how long it is.</summary>
    public static PageHeader ReadPageHeader(ReadOnlySpan<byte> bytes, out int length)
    {
        var reader = new ThriftReader(bytes);
        int pageType = -1, uncompressed = -1, compressed = -1, values = -1, encoding = -1, levels = (int)ParquetEncoding.RunLength;
        uint? crc = null;
        for (int id = 0; reader.Next(ref id, out var type);)
        {
            switch (id)
            {
                case 1: pageType = reader.Int32(type); break;
                case 2: uncompressed = reader.Int32(type); break;
                case 3: compressed = reader.Int32(type); break;
                case 4: crc = unchecked((uint)reader.Int32(type)); break;
                case 5 or 7:
                    ThriftReader.Expect(ThriftType.Struct, type);
                    bool data = id == 5;
                    for (int inner = 0; reader.Next(ref inner, out var field);)
                    {
                        switch (inner)
                        {
                            case 1: values = reader.Int32(field); break;
                            case 2: encoding = reader.Int32(field); break;
                            case 3 when data: levels = reader.Int32(field); break;
                            default: reader.Skip(field); break;
                        }
                    }
                    break;
                default: reader.Skip(type); break;
            }
        }
        length = reader.Position;
        if (pageType == 3) throw new InvalidDataException("data pages V2 are not supported");
        if (pageType is not (FormatNumbers.DataPage or FormatNumbers.DictionaryPage))
            throw new InvalidDataException($"a page of the unknown type {pageType}");
        if (levels != (int)ParquetEncoding.RunLength)
            throw new InvalidDataException($"definition levels in encoding {levels} are not supported");
        if (uncompressed < 0 || compressed < 0 || values < 0) throw new InvalidDataException("a page header without sizes");
        return new(pageType, uncompressed, compressed, crc, values, encoding);
    }

    public static (bool[] AllNull, byte[][] Least, byte[][] Greatest, long[] Nulls) ReadColumnIndex(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftReader(bytes);
        (bool[] AllNull, byte[][] Least, byte[][] Greatest, long[] Nulls) index = ([], [], [], []);
        for (int id = 0; reader.Next(ref id, out var type);)
        {
            switch (id)
            {
                case 1:
                    index.AllNull = new bool[reader.List(type, ThriftType.True)];
                    for (int i = 0; i < index.AllNull.Length; i++) index.AllNull[i] = reader.BoolItem();
                    break;
                case 2: index.Least = Binaries(ref reader, type); break;
                case 3: index.Greatest = Binaries(ref reader, type); break;
                case 5:
                    index.Nulls = new long[reader.List(type, ThriftType.Int64)];
                    for (int i = 0; i < index.Nulls.Length; i++) index.Nulls[i] = reader.Int64(ThriftType.Int64);
                    break;
                default: reader.Skip(type); break;
            }
        }
        return index;

        static byte[][] Binaries(ref ThriftReader reader, ThriftType type)
        {
            var items = new byte[reader.List(type, ThriftType.Binary)][];
            for (int i = 0; i < items.Length; i++) items[i] = reader.Binary(ThriftType.Binary);
            return items;
        }
    }

    public static List<(long Offset, int Length, long FirstRow)> ReadOffsetIndex(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftReader(bytes);
        List<(long, int, long)> pages = [];
        for (int id = 0; reader.Next(ref id, out var type);)
        {
            if (id != 1)
            {
                reader.Skip(type);
                continue;
            }
            int count = reader.List(type, ThriftType.Struct);
            for (int i = 0; i < count; i++)
            {
                (long offset, int length, long firstRow) = (-1, -1, -1);
                for (int inner = 0; reader.Next(ref inner, out var field);)
                {
                    switch (inner)
                    {
                        case 1: offset = reader.Int64(field); break;
                        case 2: length = reader.Int32(field); break;
                        case 3: firstRow = reader.Int64(field); break;
                        default: reader.Skip(field); break;
                    }
                }
                if (offset < 0 || length < 0 || firstRow < 0) throw new InvalidDataException("a page location without its place");
                pages.Add((offset, length, firstRow));
            }
        }
        return pages;
    }

    private static ParquetSchema ReadSchema(ref ThriftReader reader, ThriftType type)
    {
        int count = reader.List(type, ThriftType.Struct);
        var columns = new List<ParquetColumn>();
        for (int i = 0; i < count; i++)
        {
            var element = ReadElement(ref reader);
            if (i == 0) continue; // the root, which only counts the others
            if (element.Children > 0) throw new InvalidDataException($"column '{element.Name}' is nested, which is not supported");
            columns.Add(Column(element));
        }
        try
        {
            return new(columns);
        }
        catch (ArgumentException bad)
        {
            throw new InvalidDataException(bad.Message, bad);
        }
    }

    private static ParquetColumn Column(SchemaElement element)
    {
        if (string.IsNullOrEmpty(element.Name)) throw Missing("name of a column");
        int found = FormatNumbers.PhysicalTypes.IndexOf(element.Type);
        if (found < 0)
            throw new InvalidDataException($"column '{element.Name}' has the physical type {element.Type}, which is not supported");
        var type = s_types[found];
        bool plain = type switch
        {
            ParquetType.String => element.Text || element.Converted == FormatNumbers.Utf8,
            ParquetType.Int32 => !element.Text && (element.Integer ?? (32, true)) == (32, true)
                && element.Converted is null or FormatNumbers.Int32,
            ParquetType.Int64 => !element.Text && (element.Integer ?? (64, true)) == (64, true)
                && element.Converted is null or FormatNumbers.Int64,
            _ => element is { Text: false, Integer: null, Converted: null },
        };
        if (!plain || element.Other)
            throw new InvalidDataException($"column '{element.Name}' is {type} with a logical type that is not supported");
        if (element.Repetition is not (FormatNumbers.Required or FormatNumbers.Optional))
            throw new InvalidDataException($"column '{element.Name}' is repeated, which is not supported");
        return new(element.Name, type, element.Repetition == FormatNumbers.Optional);
    }

    private static SchemaElement ReadElement(ref ThriftReader reader)
    {
        var element = new SchemaElement();
        for (int id = 0; reader.Next(ref id, out var type);)
        {
            switch (id)
            {
                case 1: element.Type = reader.Int32(type); break;
                case 3: element.Repetition = reader.Int32(type); break;
                case 4: element.Name = reader.Text(type); break;
                case 5: element.Children = reader.Int32(type); break;
                case 6: element.Converted = reader.Int32(type); break;
                case 10: ReadLogicalType(ref reader, type, ref element); break;
                default: reader.Skip(type); break;
            }
        }
        return element;
    }

    private static void ReadLogicalType(ref ThriftReader reader, ThriftType type, ref SchemaElement element)
    {
        ThriftReader.Expect(ThriftType.Struct, type);
        for (int id = 0; reader.Next(ref id, out var kind);)
        {
            switch (id)
            {
                case 1:
                    element.Text = true;
                    reader.Skip(kind);
                    break;
                case 10:
                    ThriftReader.Expect(ThriftType.Struct, kind);
                    (int bits, bool signed) = (0, false);
                    for (int inner = 0; reader.Next(ref inner, out var field);)
                    {
                        switch (inner)
                        {
                            case 1: bits = reader.Byte(field); break;
                            case 2: signed = ThriftReader.Bool(field); break;
                            default: reader.Skip(field); break;
                        }
                    }
                    element.Integer = (bits, signed);
                    break;
                default:
                    element.Other = true;
                    reader.Skip(kind);
                    break;
            }
        }
    }

    private static RowGroupMetadata ReadRowGroup(ref ThriftReader reader, ParquetSchema schema, int index)
    {
        long rows = -1;
        List<ChunkMetadata> chunks = [];
        for (int id = 0; reader.Next(ref id, out var type);)
        {
            switch (id)
            {
                case 1:
                    int count = reader.List(type, ThriftType.Struct);
                    if (count != schema.Columns.Count)
                        throw new InvalidDataException($"row group {index} has {count} columns and the schema {schema.Columns.Count}");
                    for (int i = 0; i < count; i++) chunks.Add(ReadChunk(ref reader, schema.Columns[i], index));
                    break;
                case 3: rows = reader.Int64(type); break;
                default: reader.Skip(type); break;
            }
        }
        if (chunks.Count == 0) throw Missing($"columns of row group {index}");
        if (rows is < 0 or > ParquetWriterOptions.MostRowGroupRows)
            throw new InvalidDataException($"row group {index} has {rows} rows, not 0 to {ParquetWriterOptions.MostRowGroupRows}");
        foreach (var chunk in chunks)
        {
            if (chunk.Values != rows)
                throw new InvalidDataException($"row group {index} has {rows} rows and a column with {chunk.Values} values");
        }
        return new() { Rows = (int)rows, Chunks = chunks };
    }

    private static ChunkMetadata ReadChunk(ref ThriftReader reader, ParquetColumn column, int rowGroup)
    {
        var chunk = new ChunkMetadata { Values = -1, CompressedBytes = -1, DataPage = -1 };
        FileRange columnIndex = default, offsetIndex = default;
        for (int id = 0; reader.Next(ref id, out var type);)
        {
            switch (id)
            {
                case 1: throw new InvalidDataException("column chunks in other files are not supported");
                case 3: ReadChunkMetadata(ref reader, type, column, chunk); break;
                case 4: offsetIndex = offsetIndex with { Offset = reader.Int64(type) }; break;
                case 5: offsetIndex = offsetIndex with { Length = reader.Int32(type) }; break;
                case 6: columnIndex = columnIndex with { Offset = reader.Int64(type) }; break;
                case 7: columnIndex = columnIndex with { Length = reader.Int32(type) }; break;
                default: reader.Skip(type); break;
            }
        }
        if (chunk.Values < 0 || chunk.CompressedBytes < 0 || chunk.DataPage < 0)
            throw Missing($"place of column '{column.Name}' in row group {rowGroup}");
        (chunk.ColumnIndex, chunk.OffsetIndex) = (columnIndex, offsetIndex);
        return chunk;
    }

    private static void ReadChunkMetadata(ref ThriftReader reader, ThriftType type, ParquetColumn column, ChunkMetadata chunk)
    {
        ThriftReader.Expect(ThriftType.Struct, type);
        for (int id = 0; reader.Next(ref id, out var field);)
        {
            switch (id)
            {
                case 1:
                    int physical = reader.Int32(field);
                    if (physical != FormatNumbers.PhysicalTypes[(int)column.Type])
                        throw new InvalidDataException($"column '{column.Name}' is {column.Type}, and a row group has physical type {physical}");
                    chunk.Type = column.Type;
                    break;
                case 2:
                    var encodings = new int[reader.List(field, ThriftType.Int32)];
                    for (int i = 0; i < encodings.Length; i++) encodings[i] = reader.Int32(ThriftType.Int32);
                    chunk.Encodings = encodings;
                    break;
                case 4:
                    chunk.Codec = (ParquetCompression)reader.Int32(field);
                    if (!Enum.IsDefined(chunk.Codec))
                    {
                        throw new InvalidDataException($"column '{column.Name}' is compressed with codec {(int)chunk.Codec}; "
                            + "only none (0), Snappy (1) and gzip (2) are supported");
                    }
                    break;
                case 5: chunk.Values = reader.Int64(field); break;
                case 6: chunk.UncompressedBytes = reader.Int64(field); break;
                case 7: chunk.CompressedBytes = reader.Int64(field); break;
                case 9: chunk.DataPage = reader.Int64(field); break;
                case 11: chunk.DictionaryPage = reader.Int64(field); break;
                case 12: chunk.Statistics = ReadStatistics(ref reader, field); break;
                default: reader.Skip(field); break;
            }
        }
    }

    private static ChunkStatistics ReadStatistics(ref ThriftReader reader, ThriftType type)
    {
        ThriftReader.Expect(ThriftType.Struct, type);
        byte[]? least = null, greatest = null;
        long? nulls = null;
        bool leastExact = false, greatestExact = false;
        for (int id = 0; reader.Next(ref id, out var field);)
        {
            switch (id)
            {
                case 3: nulls = reader.Int64(field); break;
                case 5: greatest = reader.Binary(field); break;
                case 6: least = reader.Binary(field); break;
                case 7: greatestExact = ThriftReader.Bool(field); break;
                case 8: leastExact = ThriftReader.Bool(field); break;
                default: reader.Skip(field); break;
            }
        }
        return new(least, greatest, nulls, leastExact, greatestExact);
    }

    private static KeyValuePair<string, string> ReadPair(ref ThriftReader reader)
    {
        string key = "", value = "";
        for (int id = 0; reader.Next(ref id, out var type);)
        {
            switch (id)
            {
                case 1: key = reader.Text(type); break;
                case 2: value = reader.Text(type); break;
                default: reader.Skip(type); break;
            }
        }
        return new(key, value);
    }

    private static InvalidDataException Missing(string what) => new($"the {what} is missing");

    private record struct SchemaElement
    {
        public SchemaElement() => (Type, Name) = (-1, "");

        public int Type { get; set; }

        public int Repetition { get; set; }

        public string Name { get; set; }

        public int Children { get; set; }

        public int? Converted { get; set; }

        public bool Text { get; set; }

        public (int Bits, bool Signed)? Integer { get; set; }

        /// <summary>A logical type other than text and integer.</summary>
        public bool Other { get; set; }
    }
}
