using System.Text.Json;
using SweepEngine.Testing;

namespace SweepEngine.Parquet.Tests;

public sealed class ForeignReaderTests(ForeignReaders readers) : IClassFixture<ForeignReaders>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parquet-tests-").FullName;

    public static TheoryData<string> Readers() => [.. ForeignReaders.Names];

    public static TheoryData<string, ParquetCompression> ReadersAndCodecs()
    {
        var cases = new TheoryData<string, ParquetCompression>();
        foreach (string reader in ForeignReaders.Names)
        {
            foreach (var codec in Enum.GetValues<ParquetCompression>()) cases.Add(reader, codec);
        }
        return cases;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [MemberData(nameof(ReadersAndCodecs))]
    public void Every_type_and_encoding_is_read_bit_for_bit(string reader, ParquetCompression codec)
    {
        var table = SampleTable.Make(2500);
        string file = Save(SampleTable.Write(table, new() { Compression = codec, RowGroupRows = 1000, PageRows = 300 }));
        SampleTable.AssertSame(table, readers.Read(reader, file));
    }

    [SkippableTheory]
    [MemberData(nameof(Readers))]
    public void Files_of_no_row_one_row_and_whole_row_groups_are_read(string reader)
    {
        foreach (int rows in new[] { 0, 1, 200 })
        {
            var table = SampleTable.Make(rows);
            string file = Save(SampleTable.Write(table, new() { RowGroupRows = 100, PageRows = 50 }));
            SampleTable.AssertSame(table, readers.Read(reader, file));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Readers))]
    public void A_dictionary_of_one_value_is_read(string reader)
    {
        // Its indices have no bits at all.
        var schema = new ParquetSchema(
            new("text", ParquetType.String, encoding: ParquetEncoding.Dictionary),
            new("number", ParquetType.Double, nullable: true, encoding: ParquetEncoding.Dictionary),
            new("count", ParquetType.Int64, encoding: ParquetEncoding.Dictionary),
            new("small", ParquetType.Int32, nullable: true, encoding: ParquetEncoding.Dictionary));
        foreach (int rows in new[] { 1, 7, 1000 })
        {
            var table = new Dictionary<string, object?[]>
            {
                ["text"] = [.. Enumerable.Repeat<object?>("ok", rows)],
                ["number"] = [.. Enumerable.Range(0, rows).Select(object? (i) => i % 3 == 2 ? null : 0.1)],
                ["count"] = [.. Enumerable.Repeat<object?>(-7L, rows)],
                ["small"] = [.. Enumerable.Range(0, rows).Select(object? (i) => i < rows / 2 ? null : 5)],
            };
            SampleTable.AssertSame(table, readers.Read(reader, Save(SampleTable.Write(table, new() { PageRows = 100 }, schema))));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Readers))]
    public void Full_row_groups_and_long_texts_are_read(string reader)
    {
        var schema = new ParquetSchema(new("index", ParquetType.Int64), new("rate", ParquetType.Double, nullable: true, nanIsNull: true),
            new("note", ParquetType.String));
        var random = new Random(1);
        int rows = new ParquetWriterOptions().RowGroupRows + 1;
        var table = new Dictionary<string, object?[]>
        {
            ["index"] = [.. Enumerable.Range(0, rows).Select(object? (i) => (long)i)],
            ["rate"] = [.. Enumerable.Range(0, rows).Select(object? (i) => random.Next(5) == 0 ? null : random.NextDouble())],
            ["note"] = [.. Enumerable.Range(0, rows)
                .Select(object? (i) => i % 40_000 == 1 ? new string('→', 700_000) + i : i % 7 == 0 ? "ok" : "kein Spike")],
        };
        SampleTable.AssertSame(table, readers.Read(reader, Save(SampleTable.Write(table, schema: schema))));
    }

    [SkippableFact]
    public void DuckDB_shows_the_metadata_that_was_written()
    {
        var table = SampleTable.Make(1500);
        string file = Save(SampleTable.Write(table,
            new() { RowGroupRows = 1000, Metadata = [new("unit.I_app", "pA"), new("spec", "größe: 1")] }));

        var pairs = readers.Query($"SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('{file}')");
        Assert.Equal(["unit.I_app", "spec"], pairs["key"]);
        Assert.Equal(["pA", "größe: 1"], pairs["value"]);

        var whole = readers.Query($"SELECT created_by, num_rows, num_row_groups FROM parquet_file_metadata('{file}')");
        Assert.Equal(["SweepEngine.Parquet version 0.1.0 (build 0)", 1500L, 2L],
            [whole["created_by"][0], whole["num_rows"][0], whole["num_row_groups"][0]]);

        var types = readers.Query("SELECT name, type, repetition_type, converted_type "
            + $"FROM parquet_schema('{file}') WHERE name IN ('index', 'rate', 'note', 'digits')");
        Assert.Equal(["index", "rate", "digits", "note"], types["name"]);
        Assert.Equal(["INT64", "DOUBLE", "INT32", "BYTE_ARRAY"], types["type"]);
        Assert.Equal(["REQUIRED", "OPTIONAL", "REQUIRED", "OPTIONAL"], types["repetition_type"]);
        Assert.Equal(["INT_64", null, "INT_32", "UTF8"], types["converted_type"]);

        var chunks = readers.Query("SELECT path_in_schema AS name, stats_min_value AS low, stats_max_value AS high, stats_null_count AS nulls, "
            + $"compression, encodings FROM parquet_metadata('{file}') WHERE row_group_id = 0 "
            + "AND path_in_schema IN ('index', 'digits', 'rate', 'status', 'void') ORDER BY column_id");
        double?[] rates = [.. table["rate"][..1000].Select(rate => (double?)rate)];
        Assert.Equal(["index", "rate", "digits", "status", "void"], chunks["name"]);
        Assert.Equal(["5000000000", rates.Min(), "0", "ok", null], chunks["low"].Select((low, i) => i == 1 ? Number(low) : low));
        Assert.Equal(["5000000999", rates.Max(), "9", "ok", null], chunks["high"].Select((high, i) => i == 1 ? Number(high) : high));
        Assert.Equal([0L, rates.LongCount(rate => rate is null), 0L, 0L, 1000L], chunks["nulls"]);
        Assert.All(chunks["compression"], codec => Assert.Equal("SNAPPY", codec));
        string[] encodings = ["DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT", "PLAIN", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"];
        Assert.All(chunks["encodings"], (found, i) => Assert.Contains(encodings[i], (string)found!, StringComparison.Ordinal));

        static object? Number(object? text) => double.Parse((string)text!, System.Globalization.CultureInfo.InvariantCulture);
    }

    [SkippableFact]
    public void DuckDB_finds_the_right_rows_when_it_prunes_by_statistics()
    {
        var schema = new ParquetSchema(new("index", ParquetType.Int64), new("x", ParquetType.Double),
            new("raw", ParquetType.Double, nullable: true), new("s", ParquetType.String));
        const int rows = 10_000;
        var table = new Dictionary<string, object?[]>
        {
            ["index"] = [.. Enumerable.Range(0, rows).Select(object? (i) => (long)i)],
            ["x"] = [.. Enumerable.Range(0, rows).Select(object? (i) => i < 5000 ? -0.0 : i == 5000 ? 0.0 : i / 10.0)],
            ["raw"] = [.. Enumerable.Range(0, rows).Select(object? (i) => i % 100 == 0 ? double.NaN : i % 100 == 1 ? null : (double)i)],
            ["s"] = [.. Enumerable.Range(0, rows).Select(object? (i) => i / 2000 % 2 == 0 ? $"{new string('ä', 100)}{i:d5}" : $"z{i:d5}")],
        };
        string file = Save(SampleTable.Write(table, new() { RowGroupRows = 1000, PageRows = 300, SortedBy = [new("index")] }, schema));
        Assert.Equal([2997L, 2998L, 2999L, 3000L, 3001L, 3002L], Indices("index BETWEEN 2997 AND 3002"));
        Assert.Equal(5001, Indices("x = 0.0").Length);
        Assert.Equal(5001, Indices("x = -0.0").Length);
        Assert.Equal([9999L], Indices("x >= 999.85"));
        Assert.Equal([4242L], Indices("raw = 4242"));
        Assert.Equal(100, Indices("isnan(raw)").Length);
        Assert.Equal(100, Indices("raw IS NULL").Length);
        Assert.Equal([4001L], Indices($"s = '{new string('ä', 100)}04001'"));
        Assert.Equal([2500L], Indices("s = 'z02500'"));
        Assert.Empty(Indices("s = 'zz'"));
        Assert.Empty(Indices("index > 10000000"));

        object?[] Indices(string condition)
            => readers.Query($"SELECT \"index\" FROM read_parquet('{file}') WHERE {condition} ORDER BY 1")["index"];
    }

    [SkippableFact]
    public void The_footer_has_what_readers_look_for()
    {
        string file = Save(SampleTable.Write(SampleTable.Make(250),
            new() { RowGroupRows = 100, SortedBy = [new("I_app", Descending: true), new("index", NullsFirst: true)] }));
        var footer = readers.Footer(file);
        var schema = footer.GetProperty("schema").EnumerateArray().ToDictionary(element => element.GetProperty("name").GetString()!);
        Assert.Equal("STRING", schema["status"].GetProperty("logical_type").GetProperty("type").GetString());
        Assert.Equal("UTF8", schema["status"].GetProperty("converted_type").GetString());
        var integer = schema["spike_count"].GetProperty("logical_type");
        Assert.Equal(("INTEGER", 32, true),
            (integer.GetProperty("type").GetString(), integer.GetProperty("bitWidth").GetInt32(),
                integer.GetProperty("isSigned").GetBoolean()));
        var groups = footer.GetProperty("row_groups").EnumerateArray().ToList();
        Assert.Equal(3, groups.Count);
        foreach (var group in groups)
        {
            Assert.Equal("[[1,true,false],[0,false,true]]", JsonSerializer.Serialize(group.GetProperty("sorting_columns").EnumerateArray()
                .Select(sorting => new object[] { sorting.GetProperty("column_idx").GetInt32(),
                    sorting.GetProperty("descending").GetBoolean(), sorting.GetProperty("nulls_first").GetBoolean() })));
            long compressed = 0;
            foreach (var column in group.GetProperty("columns").EnumerateArray())
            {
                var chunk = column.GetProperty("meta_data");
                compressed += Whole(chunk.GetProperty("total_compressed_size"));
                string[] encodings = [.. chunk.GetProperty("encodings").EnumerateArray().Select(encoding => encoding.GetString()!)];
                var pages = chunk.GetProperty("encoding_stats").EnumerateArray().ToList();
                Assert.All(pages, page => Assert.Contains(page.GetProperty("encoding").GetString(), encodings));
                Assert.Equal("DATA_PAGE", pages[^1].GetProperty("page_type").GetString());
                Assert.Equal(1, pages[^1].GetProperty("count").GetInt32());
                Assert.Equal(chunk.TryGetProperty("dictionary_page_offset", out _),
                    pages[0].GetProperty("page_type").GetString() == "DICTIONARY_PAGE");
            }
            Assert.Equal(compressed, Whole(group.GetProperty("total_compressed_size")));
        }

        static long Whole(JsonElement number) => number.ValueKind == JsonValueKind.String
            ? long.Parse(number.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : number.GetInt64();
    }

    [SkippableFact]
    public void The_page_index_says_the_same_to_a_foreign_reader()
    {
        string file = Save(SampleTable.Write(SampleTable.Make(2500), new() { RowGroupRows = 1000, PageRows = 300 }));
        var foreign = readers.PageIndex(file);
        using var stream = File.OpenRead(file);
        var reader = new ParquetReader(stream);
        foreach (var column in reader.Schema.Columns)
        {
            var ours = Enumerable.Range(0, reader.RowGroups.Count).SelectMany(group => reader.ReadPageIndex(group, column.Name)).ToList();
            Assert.Equal(ours.Select(page => (page.Offset, page.FirstRow, page.Statistics?.NullCount)),
                foreign[column.Name].Select(page => (page.Offset, page.FirstRow, page.Nulls)));
            var due = ours.SelectMany(page => new[] { page.Statistics?.Minimum, page.Statistics?.Maximum }).ToArray();
            var found = foreign[column.Name].SelectMany(page => new[] { page.Minimum, page.Maximum }).ToArray();
            SampleTable.AssertSame(
                new Dictionary<string, object?[]> { [column.Name] = due }, new Dictionary<string, object?[]> { [column.Name] = found });
        }
    }

    [SkippableFact]
    public void The_page_index_says_how_the_pages_are_sorted()
    {
        var schema = new ParquetSchema(new("rises", ParquetType.Int64), new("falls", ParquetType.Double, nullable: true),
            new("mixed", ParquetType.String));
        var table = new Dictionary<string, object?[]>
        {
            ["rises"] = [.. Enumerable.Range(0, 100).Select(object? (i) => (long)(i / 30))],
            ["falls"] = [.. Enumerable.Range(0, 100).Select(object? (i) => i is >= 40 and < 60 ? null : -0.5 * i)],
            ["mixed"] = [.. Enumerable.Range(0, 100).Select(object? (i) => $"{i * 37 % 100:d2}")],
        };
        var pages = readers.PageIndex(Save(SampleTable.Write(table, new() { PageRows = 10 }, schema)));
        Assert.Equal(["ASCENDING", "DESCENDING", "UNORDERED"],
            schema.Columns.Select(column => pages[column.Name].Select(page => page.Order).Distinct().Single()));
    }

    [SkippableTheory]
    [InlineData("snappy")]
    [InlineData("gzip")]
    [InlineData("uncompressed")]
    public void A_file_that_DuckDB_wrote_is_read_by_us(string codec)
    {
        string file = Path.Combine(_folder, "duckdb.parquet");
        const string rows = """
            SELECT i AS index, sin(i) * 100 AS x, CASE WHEN i % 7 = 0 THEN NULL ELSE (i % 13) / 8.0 END AS y,
              (i * 7919 % 1000)::INTEGER AS n, i % 3 = 0 AS b, CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN 'µ' ELSE 'status ' || (i % 4) END AS s,
              repeat('ab', (i % 50)::INTEGER) || i AS t
            FROM range(5000) r(i)
            """;
        readers.Query($"COPY ({rows}) TO '{file}' (FORMAT parquet, COMPRESSION {codec}, ROW_GROUP_SIZE 2048)");
        SampleTable.AssertSame(readers.Query($"SELECT * FROM read_parquet('{file}')"), SampleTable.Read(File.ReadAllBytes(file)));
    }

    [SkippableTheory]
    [InlineData("[1, 2]", "nested")]
    [InlineData("DATE '2020-01-01'", "logical type")]
    [InlineData("1::FLOAT", "physical type 4")]
    [InlineData("'x'::BLOB", "logical type")]
    [InlineData("1::UTINYINT", "logical type")]
    public void What_we_do_not_support_is_refused_by_name(string value, string reason)
    {
        string file = Path.Combine(_folder, "other.parquet");
        readers.Query($"COPY (SELECT {value} AS odd) TO '{file}' (FORMAT parquet)");
        string message = Assert.Throws<InvalidDataException>(() => new ParquetReader(new MemoryStream(File.ReadAllBytes(file)))).Message;
        Assert.Contains("'odd'", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_codec_that_we_do_not_have_is_refused_by_number()
    {
        string file = Path.Combine(_folder, "zstd.parquet");
        readers.Query($"COPY (SELECT 1.5::DOUBLE AS x) TO '{file}' (FORMAT parquet, COMPRESSION zstd)");
        Assert.Contains("column 'x' is compressed with codec 6",
            Assert.Throws<InvalidDataException>(() => new ParquetReader(new MemoryStream(File.ReadAllBytes(file)))).Message,
                StringComparison.Ordinal);
    }

    private string Save(byte[] bytes)
    {
        string file = Path.Combine(_folder, "table.parquet");
        File.WriteAllBytes(file, bytes);
        return file;
    }
}
