using System.Globalization;
using Spectre.Console;
using SweepEngine.Equations;
using SweepEngine.Parquet;

namespace SweepEngine.Cli;

/// <summary>Shows a table of one or more Parquet files of the same columns.</summary>
internal sealed class TableListing : IDisposable
{
    private const int LongestValue = 60;

    private readonly string _name;
    private readonly List<FileStream> _streams = [];
    private readonly List<ParquetReader> _files = [];

    /// <summary>Opens the files.</summary>
    /// <exception cref="WrongInputException">One cannot be read, or has other columns than the first.</exception>
    public TableListing(string name, IReadOnlyList<string> files)
    {
        _name = name;
        foreach (string path in files)
        {
            _streams.Add(File.OpenRead(path));
            try
            {
                _files.Add(new ParquetReader(_streams[^1]));
            }
            catch (InvalidDataException bad)
            {
                throw new WrongInputException($"{path}: {bad.Message}");
            }
            if (!_files[^1].Schema.Columns.Select(Shape).SequenceEqual(Columns.Select(Shape)))
                throw new WrongInputException($"{path} has other columns than {files[0]}\n    next step: inspect each file alone");
        }

        static (string, ParquetType) Shape(ParquetColumn column) => (column.Name, column.Type);
    }

    private IReadOnlyList<ParquetColumn> Columns => _files[0].Schema.Columns;

    private IReadOnlyDictionary<string, string> Metadata => _files[0].Metadata;

    /// <summary>Prints it.</summary>
    /// <param name="rows">How many first rows to show.</param>
    public void Print(int rows)
    {
        long count = _files.Sum(file => file.RowCount), bytes = _streams.Sum(stream => stream.Length);
        Title($"{_name}: {Words.Count(count, "row")} in {Words.Count(_files.Count, "file")} "
            + $"and {Words.Count(_files.Sum(file => file.RowGroups.Count), "row group")}, {Words.Bytes(bytes)}");
        PrintColumns();
        PrintMeanings();
        PrintMetadata();
        if (rows > 0 && count > 0) PrintRows(rows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var stream in _streams) stream.Dispose();
    }

    private void PrintColumns()
    {
        Table table = Screen.Table("column", "type", "unit", ">min", ">max", ">null", "encoding", ">size");
        for (int c = 0; c < Columns.Count; c++)
        {
            ParquetColumn column = Columns[c];
            var chunks = _files.SelectMany(file => file.RowGroups).Select(group => group.Chunks[c]).ToList();
            var bounds = chunks.Select(chunk => chunk.Statistics).ToList();
            // The bounds of a chunk are missing where it holds NULLs only, or NaN.
            object? least = bounds.Select(each => each.Minimum).Min(Order), greatest = bounds.Select(each => each.Maximum).Max(Order);
            table.AddTexts(column.Name, column.Type.ToString().ToLowerInvariant(), Metadata.GetValueOrDefault($"column.{column.Name}.unit", ""),
                Cell(least), Cell(greatest), bounds.All(each => each.NullCount is not null) ? Words.Count(bounds.Sum(each => each.NullCount!.Value)) : "?",
                Encodings(chunks), Words.Bytes(chunks.Sum(chunk => (double)chunk.CompressedBytes)));
        }
        Screen.Console.Write(table);
    }

    private static IComparer<object?> Order { get; } = Comparer<object?>.Create((a, b) =>
        a is string text && b is string other ? string.CompareOrdinal(text, other) : Comparer<object>.Default.Compare(a, b));

    // Of the values; NULLs are always run-length encoded.
    private static string Encodings(List<ParquetChunk> chunks)
    {
        var values = chunks.SelectMany(chunk => chunk.Encodings.Contains(ParquetEncoding.Dictionary) ? [ParquetEncoding.Dictionary]
            : chunk.Encodings.Where(encoding => encoding != ParquetEncoding.RunLength || chunk.Column.Type == ParquetType.Boolean)).Distinct();
        string codecs = string.Join("/", chunks.Select(chunk => chunk.Compression).Distinct().Where(codec => codec != ParquetCompression.None));
        return $"{string.Join("/", values.Select(Name))}{(codecs.Length > 0 ? $" {codecs.ToLowerInvariant()}" : "")}";

        static string Name(ParquetEncoding encoding) => encoding switch
        {
            ParquetEncoding.Dictionary => "dictionary",
            ParquetEncoding.ByteStreamSplit => "byte split",
            ParquetEncoding.DeltaBinaryPacked => "delta",
            ParquetEncoding.RunLength => "run length",
            _ => encoding.ToString().ToLowerInvariant(),
        };
    }

    private void PrintMeanings()
    {
        Table table = Screen.Table("", "");
        foreach (ParquetColumn column in Columns)
        {
            if (Metadata.TryGetValue($"column.{column.Name}.description", out string? meaning)) table.AddTexts(column.Name, meaning);
        }
        if (table.Rows.Count == 0) return;
        Title("\nmeaning");
        Screen.Console.Write(table);
    }

    private void PrintMetadata()
    {
        Title("\nmetadata");
        Table table = Screen.Table("", "");
        table.AddTexts("created_by", _files[0].CreatedBy);
        foreach ((string key, string value) in Metadata.Where(each => !each.Key.StartsWith("column.", StringComparison.Ordinal)))
            table.AddTexts(key, Shortened(value));
        Screen.Console.Write(table);
    }

    // Columns stand below each other, since a table has more of them than a line can hold.
    private void PrintRows(int rows)
    {
        ParquetReader file = _files[0];
        int shown = Math.Min(rows, file.RowGroups[0].RowCount);
        Title($"\nfirst {Words.Count(shown, "row")}");
        Table table = Screen.Table(["", .. Enumerable.Repeat(">", shown)]);
        foreach (ParquetColumn column in Columns)
            table.AddTexts([column.Name, .. FirstValues(file, column, shown).Select(Cell)]);
        Screen.Console.Write(table);
    }

    private static IEnumerable<object?> FirstValues(ParquetReader file, ParquetColumn column, int count)
    {
        return column.Type switch
        {
            ParquetType.Boolean => Values<bool>(),
            ParquetType.Int32 => Values<int>(),
            ParquetType.Int64 => Values<long>(),
            ParquetType.Double => Values<double>(),
            _ => Values<string>(),
        };

        IEnumerable<object?> Values<T>() where T : notnull
        {
            ColumnValues<T> read = file.Read<T>(0, column.Name);
            return Enumerable.Range(0, count).Select(row => read.IsNull.Length > 0 && read.IsNull[row] ? null : (object?)read.Values[row]);
        }
    }

    private static string Cell(object? value) => value switch
    {
        null => "-",
        double number => Words.Number(number + 0.0), // a lower bound of zero is written as -0
        long or int => ((IFormattable)value).ToString("N0", CultureInfo.InvariantCulture),
        string text => Shortened(text),
        _ => value.ToString()!,
    };

    private static string Shortened(string text) => Finding.Quote(text.Length > LongestValue ? text[..LongestValue] + "…" : text).Trim('\'');

    private static void Title(string title) => Screen.Console.Write(new Text($"{title}\n", new Style(decoration: Decoration.Bold)));
}
