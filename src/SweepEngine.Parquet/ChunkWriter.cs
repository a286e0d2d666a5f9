using System.Runtime.InteropServices;

namespace SweepEngine.Parquet;

/// <summary>
/// Writes the values of one column in one row group: a dictionary if it pays, data pages, statistics and page index. Keeps its buffers
/// from chunk to chunk.
/// </summary>
internal sealed class ChunkWriter<T>(ParquetWriterOptions options) : IDisposable where T : notnull
{
    /// <summary>Dictionaries and pages of plain text hold at most 1 Mi characters.</summary>
    private const int MostText = 1 << 20;

    /// <summary>Indices beyond 16 bits seldom pay, and readers keep the dictionary in memory.</summary>
    private const int LargestDictionary = 1 << 16;

    private readonly PhysicalType<T> _type = PhysicalType.Of<T>();
    private readonly Dictionary<T, int> _positions = new(PhysicalType.Of<T>().SameBytes);
    private readonly List<PageEntry> _pages = [];

    /// <summary>The present values, the distinct values, and for each present value where it stands among the distinct ones.</summary>
    private T[] _dense = [];
    private T[] _distinct = [];
    private int[] _indices = [];

    /// <summary>Definition levels of a page.</summary>
    private int[] _levels = [];

    /// <param name="column">The column.</param>
    /// <param name="values">One value for each row.</param>
    /// <param name="defined">1 or 0 for present or NULL; empty if the column is not nullable.</param>
    /// <param name="output">Where the pages go.</param>
    /// <param name="indexes">Where the page index goes.</param>
    public ChunkMetadata Write(ParquetColumn column, ReadOnlySpan<T> values, ReadOnlySpan<byte> defined, PageOutput output,
        PageIndexes indexes)
    {
        int rows = values.Length;
        values = Present(values, defined);
        int distinct = FindDistinct(column.Encoding, values);
        var direct = column.Encoding is ParquetEncoding.Automatic or ParquetEncoding.Dictionary ? _type.Direct : column.Encoding;
        var chunk = new ChunkMetadata
        {
            Type = column.Type,
            Codec = options.Compression,
            Values = rows,
            DataEncoding = distinct > 0 ? ParquetEncoding.Dictionary : direct,
        };
        if (distinct > 0)
        {
            chunk.DictionaryPage = output.Position;
            _type.Encode(ParquetEncoding.Plain, _distinct.AsSpan(0, distinct), output.Page);
            output.WritePage(chunk, FormatNumbers.DictionaryPage, distinct, ParquetEncoding.Plain);
        }
        var encodings = new SortedSet<int> { (int)chunk.DataEncoding };
        if (distinct > 0) encodings.Add((int)ParquetEncoding.Plain);
        if (column.Nullable) encodings.Add((int)ParquetEncoding.RunLength);
        chunk.Encodings = [.. encodings];
        WriteDataPages(chunk, values, defined, distinct, output, indexes);
        return chunk;
    }

    public void Dispose()
    {
        Pooled.Return(ref _dense);
        Pooled.Return(ref _distinct);
        Pooled.Return(ref _indices);
        Pooled.Return(ref _levels);
    }

    private void WriteDataPages(
        ChunkMetadata chunk, ReadOnlySpan<T> values, ReadOnlySpan<byte> defined, int distinct, PageOutput output, PageIndexes indexes)
    {
        chunk.DataPage = output.Position;
        _pages.Clear();
        var bounds = new ChunkBounds<T>(_type);
        int row = 0, value = 0, width = RunLengthEncoding.Width(Math.Max(distinct - 1, 0));
        while (row < chunk.Values)
        {
            var (pageRows, present) = NextPage(values[value..], defined.IsEmpty ? [] : defined[row..], (int)chunk.Values - row,
                distinct > 0);
            if (!defined.IsEmpty) WriteLevels(defined.Slice(row, pageRows), output.Page);
            if (distinct > 0)
            {
                output.Page.WriteByte((byte)width);
                RunLengthEncoding.Encode(_indices.AsSpan(value, present), width, output.Page);
            }
            else
            {
                _type.Encode(chunk.DataEncoding, values.Slice(value, present), output.Page);
            }
            var (least, greatest) = bounds.Add(values.Slice(value, present));
            long position = output.Position;
            int length = output.WritePage(chunk, FormatNumbers.DataPage, pageRows, chunk.DataEncoding);
            _pages.Add(new(position, length, row, least, greatest, pageRows - present, AllNull: present == 0));
            row += pageRows;
            value += present;
        }
        chunk.DataPages = _pages.Count;
        chunk.Statistics = bounds.Statistics(nulls: chunk.Values - values.Length);
        indexes.Add(chunk, CollectionsMarshal.AsSpan(_pages), bounds.Known ? bounds.Order : null);
    }

    private ReadOnlySpan<T> Present(ReadOnlySpan<T> values, ReadOnlySpan<byte> defined)
    {
        if (!defined.Contains((byte)0)) return values;
        Pooled.Ensure(ref _dense, values.Length);
        int count = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (defined[i] != 0) _dense[count++] = values[i];
        }
        return _dense.AsSpan(0, count);
    }

    /// <summary>The number of distinct values, with the values and the indices in their arrays; 0 if no dictionary is to be used.</summary>
    private int FindDistinct(ParquetEncoding encoding, ReadOnlySpan<T> values)
    {
        int most = Math.Min(LargestDictionary, encoding switch
        {
            ParquetEncoding.Automatic => _type.DictionaryPays(values.Length),
            ParquetEncoding.Dictionary => values.Length,
            _ => 0,
        });
        if (most == 0 || values.IsEmpty) return 0;
        Pooled.Ensure(ref _distinct, most);
        Pooled.Ensure(ref _indices, values.Length);
        _positions.Clear();
        int count = 0, text = 0;
        for (int i = 0; i < values.Length; i++)
        {
            T value = values[i];
            // Parameters of outer axes stay the same over many rows.
            if (i > 0 && _type.SameBytes.Equals(value, values[i - 1]))
            {
                _indices[i] = _indices[i - 1];
                continue;
            }
            ref int position = ref CollectionsMarshal.GetValueRefOrAddDefault(_positions, value, out bool known);
            if (!known)
            {
                text += _type.TextLength(value);
                if (count == most || text > MostText) return 0;
                position = count;
                _distinct[count++] = value;
            }
            _indices[i] = position;
        }
        return count;
    }

    /// <summary>The rows and the present values of the next page.</summary>
    private (int Rows, int Present) NextPage(ReadOnlySpan<T> values, ReadOnlySpan<byte> defined, int rows, bool dictionary)
    {
        rows = Math.Min(rows, options.PageRows);
        if (dictionary || typeof(T) != typeof(string)) return (rows, defined.IsEmpty ? rows : defined[..rows].Count((byte)1));
        int present = 0;
        long text = 0;
        for (int row = 0; row < rows; row++)
        {
            if (!defined.IsEmpty && defined[row] == 0) continue;
            text += _type.TextLength(values[present]);
            if (text > MostText && present > 0) return (row, present);
            present++;
        }
        return (rows, present);
    }

    private void WriteLevels(ReadOnlySpan<byte> defined, ByteBuffer page)
    {
        Pooled.Ensure(ref _levels, defined.Length);
        for (int i = 0; i < defined.Length; i++) _levels[i] = defined[i];
        RunLengthEncoding.EncodeWithLength(_levels.AsSpan(0, defined.Length), 1, page);
    }
}
