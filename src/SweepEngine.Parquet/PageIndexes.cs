namespace SweepEngine.Parquet;

/// <summary>The page index of the whole file, gathered until it is written before the footer.</summary>
internal sealed class PageIndexes : IDisposable
{
    private readonly ByteBuffer _columns = new();
    private readonly ByteBuffer _offsets = new();
    private readonly List<ChunkMetadata> _chunks = [];

    /// <param name="chunk">The chunk.</param>
    /// <param name="pages">Its data pages.</param>
    /// <param name="order">The order of their bounds; null where a page has none although it has values.</param>
    public void Add(ChunkMetadata chunk, ReadOnlySpan<PageEntry> pages, int? order)
    {
        _chunks.Add(chunk);
        int start = _columns.Length;
        if (order is { } known) FooterWriter.WriteColumnIndex(pages, known, _columns);
        chunk.ColumnIndex = new(start, _columns.Length - start);
        start = _offsets.Length;
        FooterWriter.WriteOffsetIndex(pages, _offsets);
        chunk.OffsetIndex = new(start, _offsets.Length - start);
    }

    public void Write(PageOutput output)
    {
        long columns = output.Position, offsets = columns + _columns.Length;
        output.Write(_columns.Written);
        output.Write(_offsets.Written);
        foreach (var chunk in _chunks)
        {
            chunk.ColumnIndex = chunk.ColumnIndex with { Offset = columns + chunk.ColumnIndex.Offset };
            chunk.OffsetIndex = chunk.OffsetIndex with { Offset = offsets + chunk.OffsetIndex.Offset };
        }
    }

    public void Dispose()
    {
        _columns.Dispose();
        _offsets.Dispose();
    }
}
