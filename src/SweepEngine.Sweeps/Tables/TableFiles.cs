using System.Globalization;
using SweepEngine.Parquet;

namespace SweepEngine.Sweeps;

/// <summary>
/// The finished files of one table: <c>part-00000.parquet</c> and so on, each with <see cref="RowsPerFile"/> rows but the last. Where a file
/// ends depends on row numbers alone, so the bytes of the files do not depend on how the rows arrive. A table without any row has one file without rows.
/// </summary>
internal sealed class TableFiles : IDisposable
{
    /// <summary>Rows of every file but the last: eight row groups.</summary>
    public const long RowsPerFile = 8 * 122_880;

    private readonly SweepTable _table;
    private readonly string _folder;
    private readonly Action<string, string> _publish;
    private readonly long _curves;
    private FileStream? _stream;
    private ParquetWriter? _writer;
    private long _finishedRows, _rowsInFile;
    private int _finishedFiles;
    private bool _isWhole;

    // Of a table whose curves differ, as found by Resume: the last curve of the finished files, and how many rows of it they hold.
    private (long Curve, long Rows) _last;

    /// <summary>Prepares the folder of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="outputDirectory">The sweep's folder.</param>
    /// <param name="curves">Curves of the sweep.</param>
    /// <param name="publish">Moves a file that is written and flushed from its temporary name to its own, durably.</param>
    public TableFiles(SweepTable table, string outputDirectory, long curves, Action<string, string> publish)
    {
        _table = table;
        _folder = Path.Combine(outputDirectory, table.Name);
        _curves = curves;
        _publish = publish;
    }

    /// <summary>Curves [0, result) have all their rows in files that are finished.</summary>
    public long FinishedCurves => _isWhole ? _curves : _table.RowsPerCurve is { } rows ? _finishedRows / rows : _last.Curve;

    /// <summary>Paths of the finished files, in order.</summary>
    public IEnumerable<string> Paths => Enumerable.Range(0, _finishedFiles).Select(PathOf);

    private long NextRow => _finishedRows + _rowsInFile;

    /// <summary>Finds the files that are finished already, and removes one that is not.</summary>
    /// <exception cref="InvalidDataException">A file is not one of this table.</exception>
    public void Resume(string contentHash)
    {
        Directory.CreateDirectory(_folder);
        (_finishedRows, _finishedFiles, _isWhole, _last) = (0, 0, false, default);
        for (; !_isWhole && File.Exists(PathOf(_finishedFiles)); _finishedFiles++)
        {
            using FileStream stream = File.OpenRead(PathOf(_finishedFiles));
            ParquetReader file = Open(stream);
            // Only the last file of a table may be short, and it is written when all curves are there.
            long? left = _curves * _table.RowsPerCurve - _finishedRows;
            long expected = Math.Min(RowsPerFile, left ?? file.RowCount);
            if (file.RowCount != expected || file.Metadata.GetValueOrDefault("sweep.content_hash") != contentHash)
            {
                throw new InvalidDataException(
                    $"{stream.Name} is not a file of this sweep: it has {file.RowCount} rows where {expected} are expected, or another content hash. "
                    + "Move it out of the folder and run again.");
            }

            if (_table.RowsPerCurve is null)
            {
                SeeCurves(file);
            }

            _finishedRows += expected;
            _isWhole = left is null ? expected < RowsPerFile : expected == left;
        }

        foreach (string temporary in Directory.EnumerateFiles(_folder, "*" + Temporary))
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Appends rows of a part; those that are in finished files already are left out.</summary>
    /// <param name="part">The rows of the part, as a file.</param>
    /// <param name="curves">The curves of the part.</param>
    /// <param name="from">The first curve to take.</param>
    /// <exception cref="InvalidDataException">The part does not hold these curves.</exception>
    public void Append(ParquetReader part, ShardRange curves, long from)
    {
        long skip = _table.RowsPerCurve is { } rows ? CheckedRows(part, curves, rows, from) : CountedRows(part, curves, from);
        for (int group = 0; group < part.RowGroups.Count && !_isWhole; group++)
        {
            ParquetRowGroup taken = part.RowGroups[group];
            for (long at = Math.Max(skip - taken.FirstRow, 0); at < taken.RowCount;)
            {
                int count = (int)Math.Min(taken.RowCount - at, RowsPerFile - _rowsInFile);
                Writer().AppendRows(part, group, (int)at, count);
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
        if (_table.RowsPerCurve is { } rows && NextRow != _curves * rows)
        {
            throw new InvalidOperationException($"The table {_table.Name} has {NextRow} of {_curves * rows} rows.");
        }

        if (_rowsInFile > 0 || _finishedFiles == 0)
        {
            Writer();
            FinishFile();
        }
    }

    /// <summary>Leaves an unfinished file as it is; it is written again.</summary>
    public void Dispose()
    {
        // A file that is not finished is begun anew, so it is no matter that a full disk does not take its last bytes.
        try
        {
            _writer?.Dispose();
        }
        catch (IOException)
        {
        }

        try
        {
            _stream?.Dispose();
        }
        catch (IOException)
        {
        }
    }

    private const string Temporary = ".tmp";

    // Where every curve has as many rows: how many rows of the part to leave out.
    private long CheckedRows(ParquetReader part, ShardRange curves, long rows, long from) => part.RowCount == curves.CurveCount * rows
        ? Math.Max(from * rows, NextRow) - curves.FirstCurve * rows
        : throw new InvalidDataException($"The part of {Range(curves)} has {part.RowCount} rows of {_table.Name}, not {curves.CurveCount * rows}.");

    // Where curves differ, their indices tell.
    private long CountedRows(ParquetReader part, ShardRange curves, long from)
    {
        long skip = 0, ofLast = 0, before = curves.FirstCurve;
        for (int group = 0; group < part.RowGroups.Count; group++)
        {
            foreach (long curve in part.Read<long>(group, SweepTable.CurveColumn).Values)
            {
                if (curve < before || curve >= curves.FirstCurve + curves.CurveCount)
                {
                    throw new InvalidDataException($"The part of {Range(curves)} has a row of curve {curve} behind curve {before} in {_table.Name}.");
                }

                bool isThere = curve < from || curve < _last.Curve || (curve == _last.Curve && ofLast++ < _last.Rows);
                skip += isThere ? 1 : 0;
                before = curve;
            }
        }

        return skip;
    }

    // Files are sorted by curve.
    private void SeeCurves(ParquetReader file)
    {
        for (int group = 0; group < file.RowGroups.Count; group++)
        {
            foreach (long curve in file.Read<long>(group, SweepTable.CurveColumn).Values)
            {
                _last = (curve, curve == _last.Curve ? _last.Rows + 1 : 1);
            }
        }
    }

    private static string Range(ShardRange curves) => $"curves {curves.FirstCurve} to {curves.FirstCurve + curves.CurveCount - 1}";

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
            // Two mergers may be at it where locks do not work: each then writes the same bytes to a file of its own.
            _stream = new FileStream($"{PathOf(_finishedFiles)}.{Guid.NewGuid():N}{Temporary}", FileMode.CreateNew, FileAccess.Write);
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
        _publish(temporary, PathOf(_finishedFiles));
        _finishedRows += _rowsInFile;
        _finishedFiles++;
        _rowsInFile = 0;
    }
}
