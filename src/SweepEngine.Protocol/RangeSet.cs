namespace SweepEngine.Protocol;

/// <summary>
/// A set of curves, kept as sorted runs that neither overlap nor touch. A sweep that runs in order holds about as many runs as there
/// are workers, so a million committed shards take a few hundred bytes. Looking up is O(log runs), adding moves at most the runs behind.
/// </summary>
public sealed class RangeSet
{
    private readonly List<CurveRange> _runs = [];

    /// <summary>An empty set.</summary>
    public RangeSet()
    {
    }

    /// <summary>The union of <paramref name="ranges"/>, which may overlap and come in any order.</summary>
    public RangeSet(IEnumerable<CurveRange> ranges)
    {
        foreach (var range in ranges.OrderBy(range => range.First)) Add(range);
    }

    /// <summary>Curves in the set.</summary>
    public long Total { get; private set; }

    /// <summary>The runs, sorted.</summary>
    public IReadOnlyList<CurveRange> Runs => _runs;

    /// <summary>Adds curves; those already there stay.</summary>
    /// <returns>How many curves are new.</returns>
    public long Add(CurveRange range)
    {
        if (range.Count <= 0) return 0;
        int from = FirstRunEndingAtOrAfter(range.First);
        int to = from;
        long first = range.First, end = range.End, had = 0;
        for (; to < _runs.Count && _runs[to].First <= range.End; to++)
        {
            first = Math.Min(first, _runs[to].First);
            end = Math.Max(end, _runs[to].End);
            had += _runs[to].Count;
        }
        _runs.RemoveRange(from, to - from);
        _runs.Insert(from, CurveRange.Between(first, end));
        Total += end - first - had;
        return end - first - had;
    }

    /// <summary>Takes curves out; those that are not there do not matter.</summary>
    /// <returns>The runs that were taken out, sorted.</returns>
    public IReadOnlyList<CurveRange> Remove(CurveRange range)
    {
        var removed = new List<CurveRange>();
        int at = FirstRunEndingAtOrAfter(range.First + 1);
        while (at < _runs.Count && _runs[at].First < range.End)
        {
            var run = _runs[at];
            _runs.RemoveAt(at);
            Total -= run.Count;
            long first = Math.Max(run.First, range.First), end = Math.Min(run.End, range.End);
            removed.Add(CurveRange.Between(first, end));
            if (run.First < first) Insert(ref at, CurveRange.Between(run.First, first));
            if (run.End > end) Insert(ref at, CurveRange.Between(end, run.End));
        }
        return removed;
    }

    /// <summary>True if every curve of <paramref name="range"/> is in the set.</summary>
    public bool Contains(CurveRange range) => NextGap(range.First, range.End) is null;

    /// <summary>The first run of curves in <c>[from, end)</c> that is not in the set; null if there is none.</summary>
    public CurveRange? NextGap(long from, long end)
    {
        int at = FirstRunEndingAtOrAfter(from + 1);
        if (at < _runs.Count && _runs[at].First <= from) from = _runs[at++].End;
        if (from >= end) return null;
        return CurveRange.Between(from, at < _runs.Count ? Math.Min(end, _runs[at].First) : end);
    }

    private void Insert(ref int at, CurveRange run)
    {
        _runs.Insert(at++, run);
        Total += run.Count;
    }

    private int FirstRunEndingAtOrAfter(long curve)
    {
        int low = 0, high = _runs.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_runs[middle].End < curve) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
