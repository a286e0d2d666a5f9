using System.Buffers.Binary;
using System.Diagnostics;

namespace SweepEngine.Parquet.Tests;

public sealed class DamagedFileTests
{
    /// <summary>More than the few hundred kilobytes that reading the whole sample takes, and far from what false lengths could ask
    /// for.</summary>
    private const long MostAllocated = 64L << 20;

    private static readonly TimeSpan s_mostTime = TimeSpan.FromSeconds(5);

    public static TheoryData<ParquetCompression> Codecs() => [.. Enum.GetValues<ParquetCompression>()];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Random_damage_gives_values_or_InvalidDataException(ParquetCompression codec)
    {
        byte[] whole = Sample(codec);
        int footer = whole.Length - 8 - BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(whole.Length - 8));
        int refused = 0;
        for (int seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = [.. whole];
            for (int flips = random.Next(1, 5); flips > 0; flips--)
            {
                // Half of the damage goes to the footer, which steers everything.
                int at = random.Next(2) == 0 ? random.Next(damaged.Length) : random.Next(footer, damaged.Length);
                damaged[at] = random.Next(2) == 0 ? (byte)(damaged[at] ^ 1 << random.Next(8)) : (byte)random.Next(256);
            }
            refused += ReadsOrRefuses(damaged, $"codec {codec}, seed {seed}");
        }
        Assert.InRange(refused, 650, 1000);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        byte[] whole = Sample(ParquetCompression.Snappy);
        for (int length = 0; length < whole.Length; length += length < whole.Length - 3000 ? 97 : 1)
            Assert.Throws<InvalidDataException>(() => new ParquetReader(new MemoryStream(whole, 0, length)));
    }

    [Fact]
    public void Pieces_cut_out_or_put_in_are_no_danger()
    {
        byte[] whole = Sample(ParquetCompression.Snappy);
        for (int seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            int start = random.Next(4, whole.Length - 8), end = random.Next(start, Math.Min(start + 200, whole.Length - 8));
            byte[] noise = new byte[random.Next(20)];
            random.NextBytes(noise);
            ReadsOrRefuses([.. whole[..start], .. noise, .. whole[end..]], $"seed {seed}");
        }
    }

    [Fact]
    public void Noise_for_a_footer_is_no_danger()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] noise = new byte[random.Next(1, 300)];
            random.NextBytes(noise);
            if (seed % 2 == 0) noise = [.. new byte[] { 0x15, 2, 0x19, (byte)(random.Next(16) << 4 | 12) }, .. noise];
            byte[] file = [.. "PAR1"u8, .. noise, .. BitConverter.GetBytes(noise.Length), .. "PAR1"u8];
            ReadsOrRefuses(file, $"seed {seed}");
        }
    }

    [Fact]
    public void A_changed_byte_in_a_page_is_found_by_its_CRC_and_the_place_is_named()
    {
        byte[] whole = Sample(ParquetCompression.Snappy);
        var reader = new ParquetReader(new MemoryStream(whole));
        foreach (var column in reader.Schema.Columns)
        {
            var page = reader.ReadPageIndex(1, column.Name)[2];
            byte[] damaged = [.. whole];
            damaged[page.Offset + page.Bytes - 1] ^= 0x10;
            var found = Assert.Throws<InvalidDataException>(()
                => SampleTable.Read(new ParquetReader(new MemoryStream(damaged)), 1, column));
            Assert.Contains("CRC", found.Message, StringComparison.Ordinal);
            Assert.Contains($"(column '{column.Name}', row group 1, at byte {page.Offset})", found.Message, StringComparison.Ordinal);
            SampleTable.Read(new ParquetReader(new MemoryStream(damaged)), 0, column);
        }
    }

    [Fact]
    public void What_is_no_Parquet_file_is_called_that()
    {
        Assert.Contains("Not a Parquet file", Refusal([]), StringComparison.Ordinal);
        Assert.Contains("Not a Parquet file", Refusal("a,b\n1,2\n3,4\n5,6\n"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("cut off", Refusal([.. "PAR1"u8, .. new byte[20]]), StringComparison.Ordinal);
        Assert.Contains("footer has 2147483647 bytes", Refusal([.. "PAR1"u8, .. BitConverter.GetBytes(int.MaxValue), .. "PAR1"u8]),
            StringComparison.Ordinal);
        Assert.Contains("footer has -1 bytes", Refusal([.. "PAR1"u8, .. BitConverter.GetBytes(-1), .. "PAR1"u8]), StringComparison.Ordinal);

        static string Refusal(byte[] file) => Assert.Throws<InvalidDataException>(() => new ParquetReader(new MemoryStream(file))).Message;
    }

    [Fact]
    public void Metadata_that_nests_without_end_does_not_exhaust_the_stack()
    {
        byte[] nested = [.. Enumerable.Repeat((byte)0x9C, 1_000_000)]; // field 9 in field 9 in field 9 …
        byte[] file = [.. "PAR1"u8, .. nested, .. BitConverter.GetBytes(nested.Length), .. "PAR1"u8];
        Assert.Contains("nests deeper", Assert.Throws<InvalidDataException>(() => new ParquetReader(new MemoryStream(file))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ParquetCompression.Snappy, 0, 1 << 30, 8, 1, 0, "announces 1073741824 bytes in 8 compressed ones")]
    [InlineData(ParquetCompression.Gzip, 0, 1 << 30, 8, 1, 0, "announces 1073741824 bytes in 8 compressed ones")]
    [InlineData(ParquetCompression.None, 0, 1 << 30, 8, 1, 0, "announces 1073741824 bytes in 8 compressed ones")]
    [InlineData(ParquetCompression.None, 0, 8, 1 << 30, 1, 0, "a page of 1073741824 bytes where 8 are left")]
    [InlineData(ParquetCompression.None, 0, -8, 8, 1, 0, "without sizes")]
    [InlineData(ParquetCompression.None, 0, 8, 8, int.MaxValue, 0, "hold 2147483647 values where 1 are due")]
    [InlineData(ParquetCompression.None, 0, 8, 8, 1, 7, "encoding 7 of Double values is not supported")]
    [InlineData(ParquetCompression.None, 0, 8, 8, 1, 5, "encoding DeltaBinaryPacked of Double values is not supported")]
    [InlineData(ParquetCompression.None, 0, 8, 8, 1, 8, "without a dictionary")]
    [InlineData(ParquetCompression.None, 2, 8, 8, 1, 0, "hold 0 values where 1 are due")]
    [InlineData(ParquetCompression.None, 3, 8, 8, 1, 0, "data pages V2 are not supported")]
    [InlineData(ParquetCompression.None, 1, 8, 8, 1, 0, "unknown type 1")]
    public void Impossible_page_headers_are_refused(
        ParquetCompression codec, int type, int uncompressed, int compressed, int values, int encoding, string reason)
    {
        byte[] file = WithPage(new(type, uncompressed, compressed, null, values, encoding), codec);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Assert.Throws<InvalidDataException>(() => new ParquetReader(new MemoryStream(file)).Read<double>(0, "x"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains("(column 'x', row group 0, at byte ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Random_damage_in_pages_without_CRC_gives_values_or_InvalidDataException(ParquetCompression codec)
    {
        byte[] whole = Sample(codec);
        int footer = BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(whole.Length - 8));
        var file = FooterReader.Read(whole.AsSpan(whole.Length - 8 - footer, footer));
        for (int c = 0; c < file.Schema.Columns.Count; c++)
        {
            var chunk = file.RowGroups[0].Chunks[c];
            int start = (int)(chunk.DictionaryPage > 0 ? chunk.DictionaryPage : chunk.DataPage);
            var bytes = whole.AsSpan(start, (int)chunk.CompressedBytes);
            for (int seed = 0; seed < 150; seed++)
            {
                byte[] damaged = DamagedWithoutCrc(bytes, new Random(seed));
                string which = $"codec {codec}, column {file.Schema.Columns[c].Name}, seed {seed}";
                switch (chunk.Type)
                {
                    case ParquetType.Double: Decode<double>(); break;
                    case ParquetType.Int64: Decode<long>(); break;
                    case ParquetType.Int32: Decode<int>(); break;
                    case ParquetType.Boolean: Decode<bool>(); break;
                    default: Decode<string>(); break;
                }

                void Decode<T>() where T : notnull
                    => ReadsOrRefuses(() => new ChunkReader<T>(file.Schema.Columns[c], chunk, damaged).Read(), which);
            }
        }
    }

    [Fact]
    public void A_page_without_CRC_is_read()
        => Assert.Equal([0.0], new ParquetReader(new MemoryStream(WithPage(new(0, 8, 8, null, 1, 0), ParquetCompression.None)))
            .Read<double>(0, "x").Values);

    /// <summary>The pages of a chunk without their CRCs, with some bytes of their contents changed.</summary>
    private static byte[] DamagedWithoutCrc(ReadOnlySpan<byte> chunk, Random random)
    {
        using var pages = new ByteBuffer();
        while (chunk.Length > 0)
        {
            var header = FooterReader.ReadPageHeader(chunk, out int length);
            FooterWriter.WritePageHeader(header with { Crc = null }, pages);
            byte[] content = chunk.Slice(length, header.CompressedBytes).ToArray();
            for (int flips = random.Next(3); flips > 0; flips--)
            {
                // Levels, lengths and widths stand at the beginning.
                int at = random.Next(random.Next(2) == 0 ? Math.Min(content.Length, 12) : content.Length);
                content[at] = random.Next(2) == 0 ? (byte)(content[at] ^ 1 << random.Next(8)) : (byte)random.Next(256);
            }
            pages.Write(content);
            chunk = chunk[(length + header.CompressedBytes)..];
        }
        return pages.Written.ToArray();
    }

    [Theory]
    [InlineData(2, 1, 1, 4, "announces 2 rows and its row groups have 1")]
    [InlineData(1, 1, 2, 4, "row group 0 has 1 rows and a column with 2 values")]
    [InlineData(20_000_000, 20_000_000, 20_000_000, 4, "row group 0 has 20000000 rows, not 0 to 16777216")]
    [InlineData(1, 1, 1, -5, "place of column 'x'")]
    [InlineData(1, 1, 1, 0, "bytes from byte 0 on are not all there")]
    [InlineData(1, 1, 1, 5, "bytes from byte 5 on are not all there")]
    [InlineData(1, 1, 1, long.MaxValue, "bytes from byte 9223372036854775807 on are not all there")]
    public void Footers_that_contradict_the_file_or_themselves_are_refused(long rows, int groupRows, long values, long page, string reason)
    {
        byte[] file = WithPage(new(0, 8, 8, null, 1, 0), ParquetCompression.None, rows, groupRows, values, page);
        var refused = Assert.Throws<InvalidDataException>(() => new ParquetReader(new MemoryStream(file)).Read<double>(0, "x"));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A file of one row in the column x, with a page of eight zero bytes under the given header.</summary>
    private static byte[] WithPage(PageHeader header, ParquetCompression codec, long rows = 1, int groupRows = 1, long values = 1,
        long page = 4)
    {
        using var buffer = new ByteBuffer();
        buffer.Write("PAR1"u8);
        FooterWriter.WritePageHeader(header, buffer);
        buffer.Write(new byte[8]);
        int end = buffer.Length;
        var chunk = new ChunkMetadata
        {
            Type = ParquetType.Double,
            Codec = codec,
            Values = values,
            DataPage = page,
            CompressedBytes = end - 4,
            DataPages = 1
        };
        FooterWriter.Write(new()
        {
            Schema = new(new ParquetColumn("x", ParquetType.Double)),
            Rows = rows,
            RowGroups = [new() { Rows = groupRows, Chunks = [chunk] }],
            KeyValues = [],
            CreatedBy = "test",
        }, [], buffer);
        buffer.WriteInt32(buffer.Length - end);
        buffer.Write("PAR1"u8);
        return buffer.Written.ToArray();
    }

    private static byte[] Sample(ParquetCompression codec)
        => SampleTable.Write(SampleTable.Make(500),
            new() { Compression = codec, RowGroupRows = 300, PageRows = 80, Metadata = [new("unit", "pA")] });

    private static int ReadsOrRefuses(byte[] file, string which) => ReadsOrRefuses(() =>
    {
        var reader = new ParquetReader(new MemoryStream(file));
        for (int group = 0; group < reader.RowGroups.Count; group++)
        {
            foreach (var column in reader.Schema.Columns)
            {
                reader.ReadPageIndex(group, column.Name);
                SampleTable.Read(reader, group, column);
            }
        }
    }, which);

    /// <summary>1 if the bytes were refused, 0 if not. Any other exception, a long time or a large allocation fails.</summary>
    private static int ReadsOrRefuses(Action read, string which)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var time = Stopwatch.StartNew();
        int refused = 0;
        try
        {
            read();
        }
        catch (InvalidDataException)
        {
            refused = 1;
        }
        catch (Exception other)
        {
            Assert.Fail($"{which}: {other}");
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MostAllocated, $"{which}: {allocated} bytes allocated");
        Assert.True(time.Elapsed < s_mostTime, $"{which}: {time.Elapsed}");
        return refused;
    }
}
