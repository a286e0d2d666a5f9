namespace SweepEngine.Parquet;

/// <summary>A column by which the rows of each row group are sorted.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Descending">Whether large values come first.</param>
/// <param name="NullsFirst">Whether NULLs come first.</param>
public sealed record ParquetSorting(string Column, bool Descending = false, bool NullsFirst = false);

/// <summary>How a file is written, besides its columns.</summary>
public sealed record ParquetWriterOptions
{
    /// <summary>The most rows that a row group may have: what <see cref="ParquetReader"/> takes.</summary>
    public const int MostRowGroupRows = 1 << 24;

    /// <summary>How pages are compressed.</summary>
    public ParquetCompression Compression { get; init; } = ParquetCompression.Snappy;

    /// <summary>Rows of a row group, 1 to <see cref="MostRowGroupRows"/>; the default is that of DuckDB, whose threads share work by row
    /// groups.</summary>
    public int RowGroupRows { get; init; } = 122_880;

    /// <summary>
    /// Rows of a page, at least 1; pages of long texts have fewer. The default is that of parquet-java. Multiples of 4096 make splitting
    /// doubles into byte streams three times slower: the eight streams then meet in the same lines of the cache.
    /// </summary>
    public int PageRows { get; init; } = 20_000;

    /// <summary>By what the rows are sorted, first the most significant column. Readers trust it and the writer does not check
    /// it.</summary>
    public IReadOnlyList<ParquetSorting> SortedBy { get; init; } = [];

    /// <summary>Key-values of the file, such as units and descriptions, with distinct keys.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];
}

/// <summary>
/// Writes a table into a Parquet file. Each column takes its values in batches of any size; a row group is written as soon as all columns
/// have its rows, and <see cref="Finish"/> writes the last one and the footer. The bytes depend on schema, values and options only, not on
/// the batches (with <see cref="ParquetCompression.Gzip"/> also on the zlib of the runtime). Not safe for several threads at once.
/// </summary>
/// <example><code>
/// using var writer = new ParquetWriter(stream, new ParquetSchema(new ParquetColumn("I_app", ParquetType.Double)));
/// writer.Column&lt;double>("I_app").Append([0, 10, 20]);
/// writer.Finish();
/// </code></example>
public sealed class ParquetWriter : IDisposable
{
    internal static readonly byte[] Magic = "PAR1"u8.ToArray();

    /// <summary>In the form that readers parse for workarounds.</summary>
    private static readonly string s_createdBy =
        $"SweepEngine.Parquet version {typeof(ParquetWriter).Assembly.GetName().Version!.ToString(3)} (build 0)";

    private readonly ParquetWriterOptions _options;
    private readonly PageOutput _output;
    private readonly PageIndexes _indexes = new();
    private readonly IColumnWriter[] _columns;
    private readonly Dictionary<Type, IDisposable> _chunkWriters = [];
    private readonly List<RowGroupMetadata> _rowGroups = [];
    private bool _closed;

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Where it goes, from the current position on, which becomes byte 0 of the file; only written, and left
    /// open.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="options">How to write; null = the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range, a sorting names no column, or a key appears twice.</exception>
    public ParquetWriter(Stream stream, ParquetSchema schema, ParquetWriterOptions? options = null)
    {
        _options = options ?? new();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.RowGroupRows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.RowGroupRows, ParquetWriterOptions.MostRowGroupRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.PageRows, 1);
        if (!Enum.IsDefined(_options.Compression))
            throw new ArgumentException($"There is no compression {_options.Compression}.", nameof(options));
        foreach (var sorting in _options.SortedBy) schema.IndexOf(sorting.Column);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, _) in _options.Metadata)
        {
            if (!keys.Add(key)) throw new ArgumentException($"The metadata has the key '{key}' twice.", nameof(options));
        }
        Schema = schema;
        _output = new(stream, _options.Compression);
        _columns = [.. schema.Columns.Select(NewColumn)];
        _output.Write(Magic);
    }

    /// <summary>The columns.</summary>
    public ParquetSchema Schema { get; }

    /// <summary>Rows in the row groups that are written; after <see cref="Finish"/>, the rows of the file.</summary>
    public long RowsWritten { get; private set; }

    /// <summary>Gives the writer of a column, the same object each time.</summary>
    /// <typeparam name="T">double, long, int, bool or string, as the type of the column is.</typeparam>
    /// <param name="name">The name of the column.</param>
    /// <exception cref="ArgumentException">There is no such column, or it has another type.</exception>
    public ParquetColumnWriter<T> Column<T>(string name) where T : notnull
    {
        var column = _columns[Schema.IndexOf(name)];
        return column as ParquetColumnWriter<T>
            ?? throw new ArgumentException($"Column '{name}' holds {column.Column.Type}, not {typeof(T).Name}.", nameof(name));
    }

    /// <summary>
    /// Appends all rows of a row group of another file that has the columns of this one, whatever its order of them. After an exception
    /// some columns have the rows and some do not: the file is lost.
    /// </summary>
    /// <param name="source">The other file.</param>
    /// <param name="rowGroup">Which row group of it, from 0.</param>
    /// <exception cref="ArgumentException">A column is missing there, has another type, or has a NULL where this file allows
    /// none.</exception>
    /// <exception cref="InvalidDataException">The other file is damaged.</exception>
    public void AppendRowGroup(ParquetReader source, int rowGroup)
    {
        foreach (var column in _columns) column.AppendFrom(source, rowGroup);
    }

    /// <summary>Writes the rows that still wait, the page index and the footer: the file is then whole.</summary>
    /// <exception cref="InvalidOperationException">Columns have different numbers of rows, or the file is finished already.</exception>
    public void Finish()
    {
        CheckOpen();
        int rows = _columns[0].Rows;
        foreach (var column in _columns)
        {
            if (column.Rows != rows)
            {
                throw new InvalidOperationException($"Column '{column.Column.Name}' has {RowsWritten + column.Rows} rows and column "
                    + $"'{_columns[0].Column.Name}' has {RowsWritten + rows}; they must be as many.");
            }
        }
        _closed = true;
        if (rows > 0) WriteRowGroup(rows);
        _indexes.Write(_output);
        WriteFooter();
    }

    /// <summary>Releases the buffers. A file that was not finished stays without a footer, so that no reader takes it for whole.</summary>
    public void Dispose()
    {
        _closed = true;
        foreach (var column in _columns) column.Dispose();
        foreach (var chunks in _chunkWriters.Values) chunks.Dispose();
        _indexes.Dispose();
        _output.Dispose();
    }

    internal int RowGroupRows => _options.RowGroupRows;

    internal void CheckOpen()
    {
        if (_closed) throw new InvalidOperationException("The Parquet file is finished; nothing can be added to it.");
    }

    /// <summary>Writes the row groups whose rows are there in all columns.</summary>
    internal void CutRowGroups()
    {
        while (true)
        {
            foreach (var column in _columns)
            {
                if (column.Rows < _options.RowGroupRows) return;
            }
            WriteRowGroup(_options.RowGroupRows);
        }
    }

    private void WriteRowGroup(int rows)
    {
        var chunks = new ChunkMetadata[_columns.Length];
        for (int i = 0; i < chunks.Length; i++) chunks[i] = _columns[i].WriteChunk(rows, _output, _indexes);
        _rowGroups.Add(new() { Rows = rows, Chunks = chunks });
        RowsWritten += rows;
    }

    private void WriteFooter()
    {
        var file = new FileMetadata
        {
            Schema = Schema,
            Rows = RowsWritten,
            RowGroups = _rowGroups,
            KeyValues = _options.Metadata,
            CreatedBy = s_createdBy,
        };
        using var footer = new ByteBuffer();
        FooterWriter.Write(file, _options.SortedBy, footer);
        footer.WriteInt32(footer.Length);
        footer.Write(Magic);
        _output.Write(footer.Written);
    }

    private IColumnWriter NewColumn(ParquetColumn column) => column.Type switch
    {
        ParquetType.Double => NewColumn<double>(column),
        ParquetType.Int64 => NewColumn<long>(column),
        ParquetType.Int32 => NewColumn<int>(column),
        ParquetType.Boolean => NewColumn<bool>(column),
        _ => NewColumn<string>(column),
    };

    /// <summary>All columns of a type share the buffers in which a chunk is made.</summary>
    private ParquetColumnWriter<T> NewColumn<T>(ParquetColumn column) where T : notnull
    {
        if (!_chunkWriters.TryGetValue(typeof(T), out var chunks)) _chunkWriters.Add(typeof(T), chunks = new ChunkWriter<T>(_options));
        return new(this, column, (ChunkWriter<T>)chunks);
    }
}
