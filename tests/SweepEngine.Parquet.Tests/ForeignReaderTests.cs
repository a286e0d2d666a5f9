using SweepEngine.Testing;

namespace SweepEngine.Parquet.Tests;

public sealed class ForeignReaderTests(ForeignReaders readers) : IClassFixture<ForeignReaders>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parquet-tests-").FullName;

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
    public void Every_foreign_reader_reads_every_type_and_encoding_bit_for_bit(string reader, ParquetCompression codec)
    {
        var table = SampleTable.Make(2500);
        string file = Save(SampleTable.Write(table, new() { Compression = codec, RowGroupRows = 1000, PageRows = 300 }));
        SampleTable.AssertSame(table, readers.Read(reader, file));
    }

    private string Save(byte[] bytes)
    {
        string file = Path.Combine(_folder, "table.parquet");
        File.WriteAllBytes(file, bytes);
        return file;
    }
}
