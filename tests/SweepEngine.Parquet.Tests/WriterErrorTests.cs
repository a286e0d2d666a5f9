namespace SweepEngine.Parquet.Tests;

public sealed class WriterErrorTests
{
    private static readonly ParquetSchema s_schema = new(
        new("x", ParquetType.Double), new("s", ParquetType.String), new("n", ParquetType.Int64, nullable: true));

    [Fact]
    public void NULL_in_a_column_that_allows_none_is_refused_and_nothing_is_appended()
    {
        var stream = new MemoryStream();
        using var writer = new ParquetWriter(stream, s_schema);
        var missing = Assert.Throws<ArgumentException>(() => writer.Column<double>("x").Append([1, 2, 3], [false, true, false]));
        Assert.Contains("'x' is not nullable, and value 1", missing.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => writer.Column<string>("s").Append(["a", null!]));
        writer.Finish();
        Assert.Equal(0, new ParquetReader(stream).RowCount);
    }

    [Fact]
    public void NULL_marks_of_another_length_are_refused()
    {
        using var writer = new ParquetWriter(new MemoryStream(), s_schema);
        Assert.Throws<ArgumentException>(() => writer.Column<long>("n").Append([1, 2], [true]));
    }

    [Fact]
    public void Columns_are_asked_for_by_their_name_and_type()
    {
        using var writer = new ParquetWriter(new MemoryStream(), s_schema);
        Assert.Contains("holds Double, not Int64", Assert.Throws<ArgumentException>(() => writer.Column<long>("x")).Message,
            StringComparison.Ordinal);
        Assert.Contains("the columns are x, s, n", Assert.Throws<ArgumentException>(() => writer.Column<long>("X")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_unequal_length_do_not_make_a_file()
    {
        using var writer = new ParquetWriter(new MemoryStream(), s_schema, new() { RowGroupRows = 2 });
        writer.Column<double>("x").Append([1, 2, 3]);
        writer.Column<string>("s").Append(["a", "b", "c"]);
        writer.Column<long>("n").Append([1, 2]);
        Assert.Contains("'n' has 2 rows and column 'x' has 3", Assert.Throws<InvalidOperationException>(writer.Finish).Message,
            StringComparison.Ordinal);
        writer.Column<long>("n").Append([3]);
        writer.Finish();
    }

    [Fact]
    public void Nothing_can_be_added_to_a_finished_file()
    {
        using var writer = new ParquetWriter(new MemoryStream(), s_schema);
        writer.Finish();
        Assert.Throws<InvalidOperationException>(writer.Finish);
        Assert.Throws<InvalidOperationException>(() => writer.Column<double>("x").Append([1]));
    }

    [Fact]
    public void A_file_that_was_not_finished_is_not_taken_for_whole()
    {
        var stream = new MemoryStream();
        using (var writer = new ParquetWriter(stream, new(new ParquetColumn("x", ParquetType.Double)), new() { RowGroupRows = 2 }))
            writer.Column<double>("x").Append([1, 2, 3]);
        Assert.Throws<InvalidDataException>(() => new ParquetReader(stream));
    }

    [Fact]
    public void A_text_has_at_most_16_Mi_characters()
    {
        var stream = new MemoryStream();
        using var writer = new ParquetWriter(stream, new(new ParquetColumn("s", ParquetType.String)));
        string longest = new('a', 1 << 24);
        var refused = Assert.Throws<ArgumentException>(() => writer.Column<string>("s").Append([longest, longest + "a"]));
        Assert.Contains("16777217 characters; at most 16777216", refused.Message, StringComparison.Ordinal);
        writer.Column<string>("s").Append([longest]);
        writer.Finish();
        Assert.Equal([longest], new ParquetReader(stream).Read<string>(0, "s").Values);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        using var writer = new ParquetWriter(new MemoryStream(), new(new ParquetColumn("s", ParquetType.String)));
        writer.Column<string>("s").Append(["ok", "\uD83E"]);
        Assert.ThrowsAny<ArgumentException>(writer.Finish);
    }

    [Fact]
    public void Impossible_schemas_and_options_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ParquetSchema());
        Assert.Throws<ArgumentException>(() => new ParquetSchema(new("x", ParquetType.Double), new("x", ParquetType.Int64)));
        Assert.Throws<ArgumentException>(() => new ParquetColumn("", ParquetType.Double));
        Assert.Throws<ArgumentException>(() => new ParquetColumn("x", ParquetType.Double, encoding: ParquetEncoding.DeltaBinaryPacked));
        Assert.Throws<ArgumentException>(() => new ParquetColumn("x", ParquetType.Double, nanIsNull: true));
        Assert.Throws<ArgumentException>(() => new ParquetColumn("x", ParquetType.Int64, nullable: true, nanIsNull: true));
        Refused(new() { SortedBy = [new("y")] });
        Refused(new() { Metadata = [new("a", "1"), new("a", "2")] });
        Refused(new() { RowGroupRows = 0 });
        Refused(new() { RowGroupRows = ParquetWriterOptions.MostRowGroupRows + 1 });
        Refused(new() { PageRows = 0 });
        Refused(new() { Compression = (ParquetCompression)6 });

        static void Refused(ParquetWriterOptions options)
            => Assert.ThrowsAny<ArgumentException>(() => new ParquetWriter(new MemoryStream(), s_schema, options));
    }
}
