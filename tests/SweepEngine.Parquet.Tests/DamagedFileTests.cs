using System.Buffers.Binary;
using System.Diagnostics;

namespace SweepEngine.Parquet.Tests;

public sealed class DamagedFileTests
{
    /// <summary>More than the few hundred kilobytes that reading the whole sample takes, and far from what false lengths could ask for.</summary>
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
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = [.. whole];
            for (int flips = random.Next(1, 5); flips > 0; flips--)
            {
                // Half of the damage goes to the footer, which steers everything.
                int at = random.Next(2) == 0 ? random.Next(damaged.Length) : random.Next(footer, damaged.Length);
                damaged[at] = random.Next(3) switch { 0 => (byte)(damaged[at] ^ 1 << random.Next(8)), 1 => 0xFF, _ => (byte)random.Next(256) };
            }
            refused += ReadsOrRefuses(damaged, $"codec {codec}, seed {seed}");
        }
        Assert.InRange(refused, 2000, 3000);
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
        for (int seed = 0; seed < 5000; seed++)
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
            var found = Assert.Throws<InvalidDataException>(() => SampleTable.Read(new ParquetReader(new MemoryStream(damaged)), 1, column));
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
        Assert.Contains("footer has 2147483647 bytes", Refusal([.. "PAR1"u8, .. BitConverter.GetBytes(int.MaxValue), .. "PAR1"u8]), StringComparison.Ordinal);
        Assert.Contains("footer has -1 bytes", Refusal([.. "PAR1"u8, .. BitConverter.GetBytes(-1), .. "PAR1"u8]), StringComparison.Ordinal);

        static string Refusal(byte[] file) => Assert.Throws<InvalidDataException>(() => new ParquetReader(new MemoryStream(file))).Message;
    }

    [Fact]
    public void Metadata_that_nests_without_end_does_not_exhaust_the_stack()
    {
        byte[] nested = [.. Enumerable.Repeat((byte)0x9C, 1_000_000)]; // field 9 in field 9 in field 9 …
        byte[] file = [.. "PAR1"u8, .. nested, .. BitConverter.GetBytes(nested.Length), .. "PAR1"u8];
        Assert.Contains("nests deeper", Assert.Throws<InvalidDataException>(() => new ParquetReader(new MemoryStream(file))).Message, StringComparison.Ordinal);
    }

    private static byte[] Sample(ParquetCompression codec)
        => SampleTable.Write(SampleTable.Make(500), new() { Compression = codec, RowGroupRows = 300, PageRows = 80, Metadata = [new("unit", "pA")] });

    /// <summary>Reads everything; 1 if the file was refused, 0 if not. Any other exception, a long time or a large allocation fails.</summary>
    private static int ReadsOrRefuses(byte[] file, string which)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var time = Stopwatch.StartNew();
        int refused = 0;
        try
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
