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
        SampleTable.AssertSame(table, SampleTable.Read(SampleTable.Write(table, new() { Compression = codec, RowGroupRows = 2048, PageRows = 500 })));
    }
}
