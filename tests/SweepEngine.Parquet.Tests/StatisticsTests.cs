using System.Text;

namespace SweepEngine.Parquet.Tests;

public sealed class StatisticsTests
{
    [Fact]
    public void Bounds_and_NULLs_of_every_type_are_those_of_the_values()
    {
        var table = SampleTable.Make(2000);
        var reader = new ParquetReader(new MemoryStream(SampleTable.Write(table, new() { RowGroupRows = 600, PageRows = 100 })));
        for (int group = 0; group < reader.RowGroups.Count; group++)
        {
            var rows = reader.RowGroups[group];
            foreach (var chunk in rows.Chunks)
            {
                object?[] values = table[chunk.Column.Name][(int)rows.FirstRow..(int)(rows.FirstRow + rows.RowCount)];
                AssertBounds(values, chunk.Statistics);
                Assert.Equal(values.Any(value => value is not null), chunk.Statistics.IsExact);
                var pages = reader.ReadPageIndex(group, chunk.Column.Name);
                Assert.Equal((rows.RowCount + 99) / 100, pages.Count);
                for (int p = 0; p < pages.Count; p++)
                {
                    Assert.Equal(100 * p, pages[p].FirstRow);
                    AssertBounds(values[(100 * p)..Math.Min(100 * p + 100, values.Length)], pages[p].Statistics!);
                }
            }
        }
    }

    [Fact]
    public void A_chunk_with_NaN_has_no_bounds()
    {
        var (chunk, pages) = Describe([1, 2, double.NaN, 3], pageRows: 2);
        Assert.Equal(new(0, null, null, false), chunk);
        Assert.All(pages, page => Assert.Null(page.Statistics));
        Assert.Equal([0, 2], pages.Select(page => page.FirstRow));
    }

    [Fact]
    public void Zero_bounds_stand_for_both_zeros()
    {
        var (chunk, _) = Describe([0.0, -0.0, 0.0], pageRows: 10);
        Assert.True(double.IsNegative((double)chunk.Minimum!));
        Assert.False(double.IsNegative((double)chunk.Maximum!));
        (chunk, _) = Describe([0.0, 1.0], pageRows: 10);
        Assert.True(double.IsNegative((double)chunk.Minimum!));
        (chunk, _) = Describe([-1.0, -0.0], pageRows: 10);
        Assert.False(double.IsNegative((double)chunk.Maximum!));
    }

    [Theory]
    [InlineData(1000, 0.125, ParquetEncoding.Dictionary)]
    [InlineData(1000, 0.126, ParquetEncoding.ByteStreamSplit)]
    [InlineData(100_000, 0.1, ParquetEncoding.Dictionary)]
    [InlineData(1, 1, ParquetEncoding.ByteStreamSplit)]
    public void Doubles_get_a_dictionary_when_each_value_stands_eight_times(int rows, double distinct, ParquetEncoding encoding)
    {
        double[] values = [.. Enumerable.Range(0, rows).Select(i => (double)(i % (int)(rows * distinct)))];
        Assert.Contains(encoding, Encodings(values, ParquetEncoding.Automatic));
    }

    [Fact]
    public void A_dictionary_that_is_asked_for_gives_way_above_65536_values()
    {
        double[] values = [.. Enumerable.Range(0, 65_537).Select(i => (double)i)];
        Assert.Contains(ParquetEncoding.Dictionary, Encodings(values[..65_536], ParquetEncoding.Dictionary));
        Assert.Contains(ParquetEncoding.ByteStreamSplit, Encodings(values, ParquetEncoding.Dictionary));
    }

    [Fact]
    public void Different_texts_are_written_plain_and_repeated_ones_once()
    {
        Assert.Contains(ParquetEncoding.Dictionary, Encodings([.. Enumerable.Repeat("ok", 10)], ParquetEncoding.Automatic));
        Assert.Contains(ParquetEncoding.Dictionary, Encodings(["ok"], ParquetEncoding.Automatic));
        Assert.DoesNotContain(ParquetEncoding.Dictionary,
            Encodings([.. Enumerable.Range(0, 10).Select(i => $"{i}")], ParquetEncoding.Automatic));
    }

    [Fact]
    public void A_dictionary_holds_at_most_1_Mi_characters()
    {
        string[] texts = [.. Enumerable.Range(0, 8).Select(i => new string((char)('a' + i / 2), 1 << 18))];
        Assert.Contains(ParquetEncoding.Dictionary, Encodings(texts, ParquetEncoding.Automatic));
        Assert.DoesNotContain(ParquetEncoding.Dictionary, Encodings([.. texts, "x", "x"], ParquetEncoding.Automatic));
    }

    private static IReadOnlyList<ParquetEncoding> Encodings<T>(T[] values, ParquetEncoding hint) where T : notnull
    {
        var stream = new MemoryStream();
        using var writer = new ParquetWriter(stream,
            new(new ParquetColumn("x", typeof(T) == typeof(double) ? ParquetType.Double : ParquetType.String, encoding: hint)));
        writer.Column<T>("x").Append(values);
        writer.Finish();
        var reader = new ParquetReader(stream);
        Assert.Equal(values, reader.Read<T>(0, "x").Values);
        return reader.RowGroups[0].Chunks[0].Encodings;
    }

    private static (ParquetStatistics, IReadOnlyList<ParquetPage>) Describe(double[] values, int pageRows)
    {
        var stream = new MemoryStream();
        using var writer = new ParquetWriter(stream, new(new ParquetColumn("x", ParquetType.Double)), new() { PageRows = pageRows });
        writer.Column<double>("x").Append(values);
        writer.Finish();
        var reader = new ParquetReader(stream);
        return (reader.RowGroups[0].Chunks[0].Statistics, reader.ReadPageIndex(0, "x"));
    }

    private static void AssertBounds(object?[] values, ParquetStatistics statistics)
    {
        object[] present = [.. values.OfType<object>()];
        Assert.Equal(values.Length - present.Length, statistics.NullCount);
        object[] sorted = present is [string, ..]
            ? [.. present.Cast<string>().OrderBy(text => Convert.ToHexString(Encoding.UTF8.GetBytes(text)), StringComparer.Ordinal)]
            : [.. present.Order()];
        Assert.Equal(sorted.FirstOrDefault(), statistics.Minimum);
        Assert.Equal(sorted.LastOrDefault(), statistics.Maximum);
    }
}
