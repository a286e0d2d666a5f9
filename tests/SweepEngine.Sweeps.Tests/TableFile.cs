using SweepEngine.Parquet;

namespace SweepEngine.Sweeps.Tests;

/// <summary>The first file of a finished table.</summary>
internal sealed class TableFile : IDisposable
{
    private readonly FileStream _stream;

    public TableFile(string folder, string table)
    {
        _stream = System.IO.File.OpenRead(Path.Combine(folder, table, "part-00000.parquet"));
        File = new ParquetReader(_stream);
    }

    public ParquetReader File { get; }

    public string Unit(string column) => File.Metadata[$"column.{column}.unit"];

    public long[] Longs(string column) => File.Read<long>(0, column).Values;

    public double?[] Doubles(string column) => [.. Values<double>(column).Select(each => each.IsNull ? (double?)null : each.Value)];

    /// <summary>NULL as "-".</summary>
    public string[] Texts(string column) => [.. Values<string>(column).Select(each => each.IsNull ? "-" : each.Value)];

    public bool?[] Flags(string column) => [.. Values<bool>(column).Select(each => each.IsNull ? (bool?)null : each.Value)];

    public void Dispose() => _stream.Dispose();

    private IEnumerable<(T Value, bool IsNull)> Values<T>(string column) where T : notnull
    {
        ColumnValues<T> read = File.Read<T>(0, column);
        return read.Values.Select((value, i) => (value, read.IsNull.Length > 0 && read.IsNull[i]));
    }
}
