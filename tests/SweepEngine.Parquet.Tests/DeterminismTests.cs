using System.Security.Cryptography;

namespace SweepEngine.Parquet.Tests;

public sealed class DeterminismTests
{
    [Fact]
    public void The_bytes_do_not_depend_on_the_batches()
    {
        var table = SampleTable.Make(3000);
        var options = new ParquetWriterOptions { RowGroupRows = 1024, PageRows = 300 };
        byte[] atOnce = SampleTable.Write(table, options);
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            int largest = random.Next(1, 2000);
            byte[] batched = SampleTable.Write(table, options, batch: () => random.Next(1, largest + 1));
            Assert.True(atOnce.AsSpan().SequenceEqual(batched), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(ParquetCompression.None, "49c486412506c2a6043563ea5f0a0611")]
    [InlineData(ParquetCompression.Snappy, "0241be36c31a8cf0fe945f9607177887")]
    public void The_bytes_are_those_of_every_other_machine(ParquetCompression codec, string hash)
    {
        // A new hash means that tables of older versions can no longer be continued byte for byte: raise the schema version with it.
        byte[] file = SampleTable.Write(SampleTable.Make(3000), new() { Compression = codec, RowGroupRows = 1024, PageRows = 300 });
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(file)[..16]));
    }

    [Fact]
    public void Writing_allocates_next_to_nothing_per_row()
    {
        const int batch = 10_000, rows = 500_000;
        var schema = new ParquetSchema([.. Enumerable.Range(0, 10)
            .Select(i => new ParquetColumn($"x{i}", ParquetType.Double, nullable: true, nanIsNull: true)),
            new("index", ParquetType.Int64), new("status", ParquetType.String), new("fires", ParquetType.Boolean)]);
        using var writer = new ParquetWriter(Stream.Null, schema);
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, batch).Select(_ => random.Next(10) == 0 ? double.NaN : random.NextDouble())];
        long[] index = new long[batch];
        string[] status = [.. Enumerable.Range(0, batch).Select(i => i % 3 == 0 ? "ok" : "no_spike")];
        bool[] fires = new bool[batch];
        Write(rows); // the buffers grow to their size
        long before = GC.GetAllocatedBytesForCurrentThread();
        Write(rows);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < rows / 4, $"{allocated} bytes allocated for {rows} rows of 13 columns");

        void Write(int count)
        {
            for (int row = 0; row < count; row += batch)
            {
                for (int i = 0; i < batch; i++) index[i]++;
                for (int c = 0; c < 10; c++) writer.Column<double>(schema.Columns[c].Name).Append(values);
                writer.Column<long>("index").Append(index);
                writer.Column<string>("status").Append(status);
                writer.Column<bool>("fires").Append(fires);
            }
        }
    }
}
