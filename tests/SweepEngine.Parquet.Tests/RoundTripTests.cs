namespace SweepEngine.Parquet.Tests;

public sealed class RoundTripTests
{
    [Theory]
    [InlineData(ParquetCompression.None)]
    [InlineData(ParquetCompression.Snappy)]
    [InlineData(ParquetCompression.Gzip)]
    public void What_was_written_is_read_bit_for_bit(ParquetCompression codec)
    {
        var table = SampleTable.Make(5000);
        SampleTable.AssertSame(table,
            SampleTable.Read(SampleTable.Write(table, new() { Compression = codec, RowGroupRows = 2048, PageRows = 500 })));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(300)]
    public void Row_groups_are_cut_at_the_fixed_number_of_rows(int rows)
    {
        var table = SampleTable.Make(rows);
        byte[] file = SampleTable.Write(table, new() { RowGroupRows = 100, PageRows = 30 });
        var reader = new ParquetReader(new MemoryStream(file));
        Assert.Equal(rows, reader.RowCount);
        Assert.Equal((rows + 99) / 100, reader.RowGroups.Count);
        for (int group = 0; group < reader.RowGroups.Count; group++)
        {
            Assert.Equal(100 * group, reader.RowGroups[group].FirstRow);
            Assert.Equal(Math.Min(100, rows - 100 * group), reader.RowGroups[group].RowCount);
        }
        SampleTable.AssertSame(table, SampleTable.Read(file));
    }

    [Fact]
    public void Rows_may_come_column_after_column()
    {
        var stream = new MemoryStream();
        using (var writer = new ParquetWriter(stream, new(new("a", ParquetType.Int64), new("b", ParquetType.Double)),
            new() { RowGroupRows = 7 }))
        {
            writer.Column<long>("a").Append([.. Enumerable.Range(0, 20).Select(i => (long)i)]);
            for (int i = 0; i < 20; i++) writer.Column<double>("b").Append([i / 10.0]);
            Assert.Equal(14, writer.RowsWritten);
            writer.Finish();
            Assert.Equal(20, writer.RowsWritten);
        }
        var reader = new ParquetReader(stream);
        Assert.Equal([7, 7, 6], reader.RowGroups.Select(group => group.RowCount));
        Assert.Equal([7, 8, 9, 10, 11, 12, 13], reader.Read<long>(1, "a").Values);
        Assert.Equal([1.4, 1.5, 1.6, 1.7, 1.8, 1.9], reader.Read<double>(2, "b").Values);
    }

    [Fact]
    public void A_row_group_is_written_as_soon_as_all_columns_have_its_rows()
    {
        using var writer = new ParquetWriter(new MemoryStream(), new(new("a", ParquetType.Int64), new("b", ParquetType.Boolean)),
            new() { RowGroupRows = 3 });
        writer.Column<bool>("b").Append([true, false, true]);
        writer.Column<long>("a").Append([1, 2]);
        Assert.Equal(0, writer.RowsWritten);
        writer.Column<long>("a").Append([3]);
        Assert.Equal(3, writer.RowsWritten);
    }

    [Fact]
    public void Counts_are_those_of_the_values()
    {
        var table = SampleTable.Make(1000);
        var reader = new ParquetReader(new MemoryStream(SampleTable.Write(table, new() { RowGroupRows = 600, PageRows = 70 })));
        AssertCounted<string>("method");
        AssertCounted<string>("note");
        AssertCounted<double>("rate");
        AssertCounted<int>("digits");
        AssertCounted<double>("void");

        void AssertCounted<T>(string column) where T : notnull
        {
            for (int group = 0; group < 2; group++)
            {
                IEnumerable<T> values = table[column].Skip(600 * group).Take(600).OfType<T>();
                Assert.Equal(
                    values.GroupBy(value => value).ToDictionary(same => same.Key, same => (long)same.Count()),
                    reader.Count<T>(group, column));
            }
        }
    }

    [Fact]
    public void Counting_holds_a_page_and_not_all_values()
    {
        const int rows = 120_000;
        var table = SampleTable.Make(rows);
        var reader = new ParquetReader(new MemoryStream(SampleTable.Write(table, new())));
        reader.Count<string>(0, "method");
        long before = GC.GetAllocatedBytesForCurrentThread();
        IReadOnlyDictionary<string, long> counts = reader.Count<string>(0, "method");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, sizeof(long) * rows);
        Assert.Equal(table["method"].Count(value => value is not null), counts.Values.Sum());
    }

    [Fact]
    public void Long_texts_spread_over_several_pages()
    {
        var schema = new ParquetSchema(new ParquetColumn("text", ParquetType.String, nullable: true));
        object?[] texts = [
            .. Enumerable.Range(0, 12).Select(object? (i) => i % 3 == 1 ? null : new string((char)('a' + i), 400_000) + "→"),
            new string('z', 3_000_000)];
        var table = new Dictionary<string, object?[]> { ["text"] = texts };
        byte[] file = SampleTable.Write(table, schema: schema);
        SampleTable.AssertSame(table, SampleTable.Read(file));
        Assert.InRange(new ParquetReader(new MemoryStream(file)).ReadPageIndex(0, "text").Count, 5, 9);
    }

    [Fact]
    public void NaN_becomes_NULL_only_where_the_column_says_so()
    {
        var schema = new ParquetSchema(new("measure", ParquetType.Double, nullable: true, nanIsNull: true),
            new("raw", ParquetType.Double, nullable: true));
        var stream = new MemoryStream();
        using var writer = new ParquetWriter(stream, schema);
        writer.Column<double>("measure").Append([1, double.NaN, 3]);
        writer.Column<double>("raw").Append([1, double.NaN, 3], [true, false, false]);
        writer.Finish();
        var reader = new ParquetReader(stream);
        Assert.Equal([false, true, false], reader.Read<double>(0, "measure").IsNull);
        Assert.Equal([0.0, double.NaN, 3.0], reader.Read<double>(0, "raw").Values);
        Assert.Equal([true, false, false], reader.Read<double>(0, "raw").IsNull);
    }

    [Fact]
    public void A_null_string_is_NULL()
    {
        var stream = new MemoryStream();
        using var writer = new ParquetWriter(stream, new(new ParquetColumn("s", ParquetType.String, nullable: true)));
        writer.Column<string>("s").Append(["", null!, "x"]);
        writer.Finish();
        var column = new ParquetReader(stream).Read<string>(0, "s");
        Assert.Equal(["", null!, "x"], column.Values);
        Assert.Equal([false, true, false], column.IsNull);
    }

    [Fact]
    public void Row_groups_of_other_files_can_be_appended()
    {
        var table = SampleTable.Make(1000);
        byte[] whole = SampleTable.Write(table, new() { RowGroupRows = 400 });
        var parts = new ParquetReader(new MemoryStream(SampleTable.Write(table,
            new() { RowGroupRows = 77, Compression = ParquetCompression.None })));
        var stream = new MemoryStream();
        using var writer = new ParquetWriter(stream, SampleTable.Schema, new() { RowGroupRows = 400 });
        for (int group = 0; group < parts.RowGroups.Count; group++) writer.AppendRowGroup(parts, group);
        writer.Finish();
        Assert.Equal(whole, stream.ToArray());
    }

    [Fact]
    public void Key_values_schema_and_creator_are_read_back()
    {
        KeyValuePair<string, string>[] metadata = [new("unit.I_app", "pA"), new("spec", "größe: 1\n"), new("empty", "")];
        byte[] file = SampleTable.Write(SampleTable.Make(3), new() { Metadata = metadata });
        var reader = new ParquetReader(new MemoryStream(file));
        Assert.Equal(metadata, reader.Metadata);
        Assert.Equal("SweepEngine.Parquet version 0.1.0 (build 0)", reader.CreatedBy);
        Assert.Equal(SampleTable.Schema.Columns.Select(column => (column.Name, column.Type, column.Nullable)),
            reader.Schema.Columns.Select(column => (column.Name, column.Type, column.Nullable)));
    }

    [Fact]
    public void A_column_is_read_by_its_name_type_and_row_group()
    {
        var reader = new ParquetReader(new MemoryStream(SampleTable.Write(SampleTable.Make(150), new() { RowGroupRows = 100 })));
        Assert.Equal(50, reader.Read<double>(1, "I_app").Values.Length);
        Assert.Contains("holds Double, not Int64", Assert.Throws<ArgumentException>(() => reader.Read<long>(0, "I_app")).Message,
            StringComparison.Ordinal);
        Assert.Contains("no column 'i_app'", Assert.Throws<ArgumentException>(() => reader.Read<double>(0, "i_app")).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read<double>(2, "I_app"));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.ReadPageIndex(-1, "I_app"));
        Assert.Throws<NotSupportedException>(() => reader.Read<float>(0, "I_app"));
    }
}
