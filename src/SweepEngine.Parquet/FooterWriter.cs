namespace SweepEngine.Parquet;

/// <summary>Writes the metadata structs of parquet.thrift.</summary>
internal static class FooterWriter
{
    public static void Write(FileMetadata file, IReadOnlyList<ParquetSorting> sortedBy, ByteBuffer output)
    {
        var footer = new ThriftWriter(output);
        footer.Int32(1, 2); // the version of the format whose encodings the pages use
        footer.List(2, ThriftType.Struct, file.Schema.Columns.Count + 1);
        var root = footer.StructItem();
        root.Text(4, "schema");
        root.Int32(5, file.Schema.Columns.Count);
        root.End();
        foreach (var column in file.Schema.Columns) Write(column, footer.StructItem());
        footer.Int64(3, file.Rows);
        footer.List(4, ThriftType.Struct, file.RowGroups.Count);
        for (int i = 0; i < file.RowGroups.Count; i++) Write(file.RowGroups[i], i, file.Schema, sortedBy, footer.StructItem());
        if (file.KeyValues.Count > 0)
        {
            footer.List(5, ThriftType.Struct, file.KeyValues.Count);
            foreach (var (key, value) in file.KeyValues)
            {
                var pair = footer.StructItem();
                pair.Text(1, key);
                pair.Text(2, value);
                pair.End();
            }
        }
        footer.Text(6, file.CreatedBy);
        footer.List(7, ThriftType.Struct, file.Schema.Columns.Count);
        foreach (var _ in file.Schema.Columns)
        {
            var order = footer.StructItem();
            order.Struct(1).End(); // TYPE_ORDER
            order.End();
        }
        footer.End();
    }

    public static void WriteColumnIndex(ReadOnlySpan<PageEntry> pages, int order, ByteBuffer output)
    {
        var index = new ThriftWriter(output);
        index.List(1, ThriftType.True, pages.Length);
        foreach (var page in pages) index.BoolItem(page.AllNull);
        index.List(2, ThriftType.Binary, pages.Length);
        foreach (var page in pages) index.BinaryItem(page.Least);
        index.List(3, ThriftType.Binary, pages.Length);
        foreach (var page in pages) index.BinaryItem(page.Greatest);
        index.Int32(4, order);
        index.List(5, ThriftType.Int64, pages.Length);
        foreach (var page in pages) index.IntItem(page.Nulls);
        index.End();
    }

    public static void WriteOffsetIndex(ReadOnlySpan<PageEntry> pages, ByteBuffer output)
    {
        var index = new ThriftWriter(output);
        index.List(1, ThriftType.Struct, pages.Length);
        foreach (var page in pages)
        {
            var location = index.StructItem();
            location.Int64(1, page.Offset);
            location.Int32(2, page.Length);
            location.Int64(3, page.FirstRow);
            location.End();
        }
        index.End();
    }

    public static void WritePageHeader(PageHeader page, ByteBuffer output)
    {
        var header = new ThriftWriter(output);
        header.Int32(1, page.Type);
        header.Int32(2, page.UncompressedBytes);
        header.Int32(3, page.CompressedBytes);
        if (page.Crc is { } crc) header.Int32(4, unchecked((int)crc));
        var kind = header.Struct(page.Type == FormatNumbers.DataPage ? 5 : 7);
        kind.Int32(1, page.Values);
        kind.Int32(2, page.Encoding);
        if (page.Type == FormatNumbers.DataPage)
        {
            kind.Int32(3, (int)ParquetEncoding.RunLength);
            kind.Int32(4, (int)ParquetEncoding.RunLength);
        }
        kind.End();
        header.End();
    }

    private static void Write(ParquetColumn column, ThriftWriter element)
    {
        element.Int32(1, FormatNumbers.PhysicalTypes[(int)column.Type]);
        element.Int32(3, column.Nullable ? FormatNumbers.Optional : FormatNumbers.Required);
        element.Text(4, column.Name);
        switch (column.Type)
        {
            case ParquetType.String:
                element.Int32(6, FormatNumbers.Utf8);
                var text = element.Struct(10);
                text.Struct(1).End();
                text.End();
                break;
            case ParquetType.Int32 or ParquetType.Int64:
                bool wide = column.Type == ParquetType.Int64;
                element.Int32(6, wide ? FormatNumbers.Int64 : FormatNumbers.Int32);
                var logical = element.Struct(10);
                var integer = logical.Struct(10);
                integer.Byte(1, wide ? (byte)64 : (byte)32);
                integer.Bool(2, true);
                integer.End();
                logical.End();
                break;
        }
        element.End();
    }

    private static void Write(RowGroupMetadata group, int ordinal, ParquetSchema schema, IReadOnlyList<ParquetSorting> sortedBy,
        ThriftWriter row)
    {
        row.List(1, ThriftType.Struct, group.Chunks.Count);
        for (int i = 0; i < group.Chunks.Count; i++) Write(group.Chunks[i], schema.Columns[i].Name, row.StructItem());
        row.Int64(2, group.Chunks.Sum(chunk => chunk.UncompressedBytes));
        row.Int64(3, group.Rows);
        if (sortedBy.Count > 0)
        {
            row.List(4, ThriftType.Struct, sortedBy.Count);
            foreach (var sorting in sortedBy)
            {
                var item = row.StructItem();
                item.Int32(1, schema.IndexOf(sorting.Column));
                item.Bool(2, sorting.Descending);
                item.Bool(3, sorting.NullsFirst);
                item.End();
            }
        }
        row.Int64(5, FirstPage(group.Chunks[0]));
        row.Int64(6, group.Chunks.Sum(chunk => chunk.CompressedBytes));
        if (ordinal <= short.MaxValue) row.Int16(7, (short)ordinal);
        row.End();
    }

    private static void Write(ChunkMetadata chunk, string name, ThriftWriter column)
    {
        column.Int64(2, 0); // file_offset: deprecated, to be 0
        var meta = column.Struct(3);
        meta.Int32(1, FormatNumbers.PhysicalTypes[(int)chunk.Type]);
        meta.List(2, ThriftType.Int32, chunk.Encodings.Count);
        foreach (int encoding in chunk.Encodings) meta.IntItem(encoding);
        meta.List(3, ThriftType.Binary, 1);
        meta.TextItem(name);
        meta.Int32(4, (int)chunk.Codec);
        meta.Int64(5, chunk.Values);
        meta.Int64(6, chunk.UncompressedBytes);
        meta.Int64(7, chunk.CompressedBytes);
        meta.Int64(9, chunk.DataPage);
        if (chunk.DictionaryPage > 0) meta.Int64(11, chunk.DictionaryPage);
        Write(chunk.Statistics, meta.Struct(12));
        meta.List(13, ThriftType.Struct, chunk.DictionaryPage > 0 ? 2 : 1);
        if (chunk.DictionaryPage > 0) WriteEncodingCount(FormatNumbers.DictionaryPage, ParquetEncoding.Plain, 1, meta.StructItem());
        WriteEncodingCount(FormatNumbers.DataPage, chunk.DataEncoding, chunk.DataPages, meta.StructItem());
        meta.End();
        column.Int64(4, chunk.OffsetIndex.Offset);
        column.Int32(5, chunk.OffsetIndex.Length);
        if (chunk.ColumnIndex.Length > 0)
        {
            column.Int64(6, chunk.ColumnIndex.Offset);
            column.Int32(7, chunk.ColumnIndex.Length);
        }
        column.End();
    }

    private static void Write(ChunkStatistics statistics, ThriftWriter item)
    {
        if (statistics.Nulls is { } nulls) item.Int64(3, nulls);
        if (statistics is { Greatest: { } greatest, Least: { } least })
        {
            item.Binary(5, greatest);
            item.Binary(6, least);
            item.Bool(7, statistics.GreatestExact);
            item.Bool(8, statistics.LeastExact);
        }
        item.End();
    }

    private static void WriteEncodingCount(int pageType, ParquetEncoding encoding, int count, ThriftWriter item)
    {
        item.Int32(1, pageType);
        item.Int32(2, (int)encoding);
        item.Int32(3, count);
        item.End();
    }

    private static long FirstPage(ChunkMetadata chunk) => chunk.DictionaryPage > 0 ? chunk.DictionaryPage : chunk.DataPage;
}

/// <summary>parquet.thrift: PageHeader of a data page V1 or a dictionary page.</summary>
internal readonly record struct PageHeader(int Type, int UncompressedBytes, int CompressedBytes, uint? Crc, int Values, int Encoding);
