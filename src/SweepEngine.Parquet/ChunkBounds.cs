namespace SweepEngine.Parquet;

/// <summary>Gathers least and greatest value of a chunk page by page, and whether the pages are sorted by them.</summary>
internal struct ChunkBounds<T>(PhysicalType<T> type) where T : notnull
{
    private T _least = default!, _greatest = default!, _lastLeast = default!, _lastGreatest = default!;
    private bool _any, _unknown, _falls, _rises;

    /// <summary>False once a page had values without an order (NaN): bounds would then hide rows from a reader.</summary>
    public readonly bool Known => !_unknown;

    /// <summary>parquet.thrift: BoundaryOrder; 0 unordered, 1 ascending, 2 descending.</summary>
    public readonly int Order => !_falls ? 1 : !_rises ? 2 : 0;

    /// <summary>Takes the present values of a page; gives the bytes of its bounds, if it has any.</summary>
    public (byte[]? Least, byte[]? Greatest) Add(ReadOnlySpan<T> page)
    {
        if (page.IsEmpty) return default;
        if (!type.TryBounds(page, out T least, out T greatest))
        {
            _unknown = true;
            return default;
        }
        if (_any)
        {
            int low = type.Compare(least, _lastLeast), high = type.Compare(greatest, _lastGreatest);
            _rises |= low > 0 || high > 0;
            _falls |= low < 0 || high < 0;
        }
        if (!_any || type.Compare(least, _least) < 0) _least = least;
        if (!_any || type.Compare(greatest, _greatest) > 0) _greatest = greatest;
        (_any, _lastLeast, _lastGreatest) = (true, least, greatest);
        return (type.Bound(least, upper: false, out _), type.Bound(greatest, upper: true, out _));
    }

    public readonly ChunkStatistics Statistics(long nulls)
    {
        if (_unknown || !_any) return new(null, null, nulls, false, false);
        byte[] least = type.Bound(_least, upper: false, out bool leastExact);
        byte[] greatest = type.Bound(_greatest, upper: true, out bool greatestExact);
        return new(least, greatest, nulls, leastExact, greatestExact);
    }
}
