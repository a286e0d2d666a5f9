using System.Buffers;
using System.Runtime.InteropServices;

namespace SweepEngine.Parquet;

/// <summary>
/// Decodes the pages of one column chunk. Headers are walked and counted before anything is allocated for the values. Throws
/// <see cref="InvalidDataException"/> whose message has no place; <see cref="PageOffset"/> then says at which page.
/// </summary>
internal sealed class ChunkReader<T>(ParquetColumn column, ChunkMetadata chunk, ArraySegment<byte> bytes) where T : notnull
{
    private readonly PhysicalType<T> _type = PhysicalType.Of<T>();
    private readonly List<(PageHeader Header, int Offset, int Content)> _pages = [];
    private T[]? _dictionary;
    private byte[] _content = [];

    /// <summary>Where in the chunk the page begins that is being read.</summary>
    public int PageOffset { get; private set; }

    public ColumnValues<T> Read()
    {
        FindPages();
        int rows = (int)chunk.Values, row = 0;
        var values = new T[rows];
        bool[] isNull = column.Nullable ? new bool[rows] : [];
        foreach (var page in _pages)
        {
            PageOffset = page.Offset;
            var content = Content(page.Header, page.Content);
            if (page.Header.Type == FormatNumbers.DictionaryPage)
            {
                ReadDictionary(page.Header, content);
            }
            else
            {
                int count = page.Header.Values;
                ReadData(page.Header, content, values.AsSpan(row, count), isNull.Length == 0 ? [] : isNull.AsSpan(row, count));
                row += count;
            }
        }
        return new(values, isNull.AsSpan().Contains(true) ? isNull : []);
    }

    /// <summary>How often each value occurs. Takes one page at a time, so that memory is a page's and not the chunk's.</summary>
    public Dictionary<T, long> Count()
    {
        FindPages();
        Dictionary<T, long> counts = [];
        int largest = _pages.Where(page => page.Header.Type == FormatNumbers.DataPage).Select(page => page.Header.Values).DefaultIfEmpty().Max();
        T[] values = ArrayPool<T>.Shared.Rent(largest);
        bool[] isNull = new bool[column.Nullable ? largest : 0];
        try
        {
            foreach (var page in _pages)
            {
                PageOffset = page.Offset;
                var content = Content(page.Header, page.Content);
                if (page.Header.Type == FormatNumbers.DictionaryPage)
                {
                    ReadDictionary(page.Header, content);
                    continue;
                }
                int count = page.Header.Values;
                ReadData(page.Header, content, values.AsSpan(0, count), isNull.AsSpan(0, column.Nullable ? count : 0));
                for (int row = 0; row < count; row++)
                {
                    if (!column.Nullable || !isNull[row]) CollectionsMarshal.GetValueRefOrAddDefault(counts, values[row], out _)++;
                }
            }
            return counts;
        }
        finally
        {
            ArrayPool<T>.Shared.Return(values, clearArray: true);
        }
    }

    /// <summary>Walks from header to header until all values of the chunk are found.</summary>
    private void FindPages()
    {
        long values = 0;
        while (PageOffset < bytes.Count)
        {
            var header = FooterReader.ReadPageHeader(bytes.AsSpan(PageOffset), out int length);
            int content = PageOffset + length;
            if (header.CompressedBytes > bytes.Count - content)
                throw new InvalidDataException($"a page of {header.CompressedBytes} bytes where {bytes.Count - content} are left");
            if (header.UncompressedBytes > PageCompression.LargestContent(chunk.Codec, header.CompressedBytes))
            {
                throw new InvalidDataException(
                    $"a page announces {header.UncompressedBytes} bytes in {header.CompressedBytes} compressed ones");
            }
            if (header.Type == FormatNumbers.DataPage) values += header.Values;
            else if (_pages.Count > 0) throw new InvalidDataException("a dictionary page that is not the first page");
            _pages.Add((header, PageOffset, content));
            PageOffset = content + header.CompressedBytes;
        }
        if (values != chunk.Values) throw new InvalidDataException($"the pages hold {values} values where {chunk.Values} are due");
    }

    private ReadOnlySpan<byte> Content(PageHeader header, int offset)
    {
        var compressed = bytes.Slice(offset, header.CompressedBytes);
        if (header.Crc is { } crc && Crc32.Of(compressed) != crc)
            throw new InvalidDataException($"the CRC of the page is {Crc32.Of(compressed):x8} and not {crc:x8}: the file is damaged");
        if (chunk.Codec == ParquetCompression.None && header.UncompressedBytes == header.CompressedBytes) return compressed;
        if (_content.Length < header.UncompressedBytes) _content = new byte[header.UncompressedBytes];
        var content = _content.AsSpan(0, header.UncompressedBytes);
        PageCompression.Decompress(chunk.Codec, compressed, content);
        return content;
    }

    private void ReadDictionary(PageHeader header, ReadOnlySpan<byte> content)
    {
        if (header.Encoding is not ((int)ParquetEncoding.Plain or FormatNumbers.PlainDictionary))
            throw new InvalidDataException($"a dictionary in encoding {header.Encoding} is not supported");
        if (header.Values > content.Length)
            throw new InvalidDataException($"a dictionary of {header.Values} values in {content.Length} bytes");
        _dictionary = new T[header.Values];
        var input = new ByteCursor(content);
        _type.Decode(ParquetEncoding.Plain, ref input, _dictionary);
    }

    private void ReadData(PageHeader header, ReadOnlySpan<byte> content, Span<T> values, Span<bool> isNull)
    {
        var input = new ByteCursor(content);
        int[] levels = [];
        int present = values.Length;
        if (column.Nullable)
        {
            levels = new int[values.Length];
            RunLengthEncoding.DecodeWithLength(ref input, 1, levels);
            present = levels.AsSpan().Count(1);
        }
        Decode(header.Encoding, ref input, values[..present]);
        if (present == values.Length)
        {
            isNull.Clear();
            return;
        }
        // From the last row to the first, so that no value is overwritten before it has moved to its row.
        for (int row = values.Length - 1; row >= 0; row--)
        {
            isNull[row] = levels[row] == 0;
            values[row] = isNull[row] ? default! : values[--present];
        }
    }

    private void Decode(int encoding, ref ByteCursor input, Span<T> values)
    {
        if (encoding is not ((int)ParquetEncoding.Dictionary or FormatNumbers.PlainDictionary))
        {
            _type.Decode((ParquetEncoding)encoding, ref input, values);
            return;
        }
        if (_dictionary is null) throw new InvalidDataException("a page of dictionary indices without a dictionary");
        if (values.IsEmpty) return;
        int[] rented = ArrayPool<int>.Shared.Rent(values.Length);
        try
        {
            Span<int> indices = rented.AsSpan(0, values.Length);
            RunLengthEncoding.Decode(ref input, input.Byte(), indices);
            for (int i = 0; i < indices.Length; i++)
            {
                if ((uint)indices[i] >= (uint)_dictionary.Length)
                    throw new InvalidDataException($"dictionary index {(uint)indices[i]} where the dictionary has {_dictionary.Length} values");
                values[i] = _dictionary[indices[i]];
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }
}
