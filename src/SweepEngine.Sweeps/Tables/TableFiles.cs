using System.Globalization;
using SweepEngine.Parquet;

namespace SweepEngine.Sweeps;

/// <summary>
/// The finished files of one table: <c>part-00000.parquet</c> and so on, each with <see cref="RowsPerFile"/> rows but the last. Where a file
/// ends depends on row numbers alone, so the bytes of the files do not depend on how the rows arrive.
/// </summary>
internal sealed class TableFiles : IDisposable
{
    /// <summary>Rows of every file but the last: eight row groups.</summary>
    public const long RowsPerFile = 8 * 122_880;

    private readonly SweepTable _table;
    private readonly string _folder;
    private readonly Action<string, string> _publish;
    private FileStream? _stream;
    private ParquetWriter? _writer;
    private long _rowsInFile;

    /// <summary>Prepares the folder of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="outputDirectory">The sweep's folder.</param>
    /// <param name="rows">Rows that the table has when it is complete.</param>
    /// <param name="publish">Moves a file that is written and flushed from its temporary name to its own, durably.</param>
    public TableFiles(SweepTable table, string outputDirectory, long rows, Action<string, string> publish)
    {
        _table = table;
        _folder = Path.Combine(outputDirectory, table.Name);
        _publish = publish;
        TotalRows = rows;
    }

    /// <summary>Rows that the table has when it is complete.</summary>
    public long TotalRows { get; }

    /// <summary>Rows in files that are finished; the next file begins with this row.</summary>
    public long FinishedRows { get; private set; }

    /// <summary>The row that comes next.</summary>
    public long NextRow => FinishedRows + _rowsInFile;

    /// <summary>Paths of the finished files, in order.</summary>
    public IEnumerable<string> Paths =>
        Enumerable.Range(0, (int)((FinishedRows + RowsPerFile - 1) / RowsPerFile)).Select(PathOf);

    /// <summary>Finds the files that are finished already, and removes one that is not.</summary>
    /// <exception cref="InvalidDataException">A file is not one of this table.</exception>
    public void Resume(string contentHash)
    {
        Directory.CreateDirectory(_folder);
        FinishedRows = 0;
        for (int i = 0; FinishedRows < TotalRows && File.Exists(PathOf(i)); i++)
        {
            using FileStream stream = File.OpenRead(PathOf(i));
            long expected = Math.Min(RowsPerFile, TotalRows - FinishedRows);
            ParquetReader file = Open(stream);
            if (file.RowCount != expected || file.Metadata.GetValueOrDefault("sweep.content_hash") != contentHash)
            {
                throw new InvalidDataException(
                    $"{PathOf(i)} is not a file of this sweep: it has {file.RowCount} rows where {expected} are expected, or another content hash. "
                    + "Move it out of the folder and run again.");
            }

            FinishedRows += expected;
        }

        foreach (string temporary in Directory.EnumerateFiles(_folder, "*" + Temporary))
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Appends rows of a part.</summary>
    /// <param name="part">The rows of the part, as a file.</param>
    /// <param name="firstRow">The table's row that the part begins with.</param>
    /// <param name="from">The first row to take, ≥ <paramref name="firstRow"/>; rows before <see cref="NextRow"/> are left out.</param>
    public void Append(ParquetReader part, long firstRow, long from)
    {
        from = Math.Max(from, NextRow);
        for (int group = 0; group < part.RowGroups.Count; group++)
        {
            ParquetRowGroup rows = part.RowGroups[group];
            long begin = firstRow + rows.FirstRow, end = begin + rows.RowCount;
            for (long at = Math.Max(from, begin); at < end;)
            {
                int count = (int)Math.Min(end - at, RowsPerFile - _rowsInFile);
                Writer().AppendRows(part, group, (int)(at - begin), count);
                _rowsInFile += count;
                at += count;
                if (_rowsInFile == RowsPerFile)
                {
                    FinishFile();
                }
            }
        }
    }

    /// <summary>Finishes the last file.</summary>
    /// <exception cref="InvalidOperationException">Rows are missing.</exception>
    public void Finish()
    {
        if (NextRow != TotalRows)
        {
            throw new InvalidOperationException($"The table {_table.Name} has {NextRow} of {TotalRows} rows.");
        }

        if (_rowsInFile > 0)
        {
            FinishFile();
        }
    }

    /// <summary>Leaves an unfinished file as it is; it is written again.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _stream?.Dispose();
    }

    private const string Temporary = ".tmp";

    private static ParquetReader Open(FileStream stream)
    {
        try
        {
            return new ParquetReader(stream);
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidDataException(
                $"{stream.Name} is damaged: {damage.Message} Delete it and run again: it is made again from the parts.", damage);
        }
    }

    private string PathOf(int file) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"part-{file:00000}.parquet"));

    private ParquetWriter Writer()
    {
        if (_writer is null)
        {
            _stream = new FileStream(PathOf((int)(FinishedRows / RowsPerFile)) + Temporary, FileMode.Create, FileAccess.Write);
            _writer = new ParquetWriter(_stream, _table.Schema, _table.FileOptions);
        }

        return _writer;
    }

    private void FinishFile()
    {
        _writer!.Finish();
        _writer.Dispose();
        _writer = null;
        string temporary = _stream!.Name;
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        _stream = null;
        _publish(temporary, temporary[..^Temporary.Length]);
        FinishedRows += _rowsInFile;
        _rowsInFile = 0;
    }
}
