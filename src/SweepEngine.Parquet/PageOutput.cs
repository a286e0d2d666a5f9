namespace SweepEngine.Parquet;

/// <summary>Where finished pages go: compresses, signs and writes them, and counts the position in the file.</summary>
internal sealed class PageOutput(Stream stream, ParquetCompression codec) : IDisposable
{
    private readonly PageCompression _compression = new(codec);
    private readonly ByteBuffer _compressed = new();
    private readonly ByteBuffer _header = new();

    public long Position { get; private set; }

    /// <summary>The page that is being made, not compressed.</summary>
    public ByteBuffer Page { get; } = new();

    public void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        Position += bytes.Length;
    }

    /// <summary>Writes <see cref="Page"/>, adds its size to the chunk and clears it; gives the bytes that it takes with its
    /// header.</summary>
    public int WritePage(ChunkMetadata chunk, int type, int values, ParquetEncoding encoding)
    {
        _compressed.Clear();
        _header.Clear();
        var content = _compression.Compress(Page.Written, _compressed);
        FooterWriter.WritePageHeader(new(type, Page.Length, content.Length, Crc32.Of(content), values, (int)encoding), _header);
        Write(_header.Written);
        Write(content);
        chunk.UncompressedBytes += _header.Length + Page.Length;
        chunk.CompressedBytes += _header.Length + content.Length;
        Page.Clear();
        return _header.Length + content.Length;
    }

    public void Dispose()
    {
        Page.Dispose();
        _compressed.Dispose();
        _header.Dispose();
    }
}
