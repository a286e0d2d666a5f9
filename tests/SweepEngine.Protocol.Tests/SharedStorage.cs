using SweepEngine.Simulator;

namespace SweepEngine.Protocol.Tests;

/// <summary>The folder that simulated processes share: parts and merged output, with the faults that a disk can have.</summary>
internal sealed class SharedStorage(SweepShape shape, Func<long, long> trueValue)
{
    /// <summary>What stands in a crashed point's place.</summary>
    public const long Crashed = -1;

    private const int CurvesPerBlock = 3;

    private readonly Dictionary<CurveRange, Part> _parts = [];
    private readonly HashSet<CurveRange> _setAside = [];
    private readonly long[] _output = new long[shape.Points];
    private long _position;

    public bool IsFull { get; set; }

    public IEnumerable<CurveRange> Parts => _parts.Keys;

    public IReadOnlyList<long> Output => _output;

    public bool IsFinished { get; private set; }

    public int SecondCommits { get; private set; }

    public WorkEnd Commit(ShardWork work)
    {
        if (IsFull) return WorkEnd.Storage;
        var points = shape.PointsOf(work.Curves);
        var values = new long[points.Count];
        for (long point = points.First; point < points.End; point++)
            values[point - points.First] = work.CrashedPoints.Contains(point) ? Crashed : trueValue(point);
        if (_parts.TryGetValue(work.Curves, out var first))
        {
            SecondCommits++;
            return !first.IsCorrupt && first.Values.SequenceEqual(values) ? WorkEnd.Same : WorkEnd.Different;
        }
        _parts.Add(work.Curves, new Part(values, [.. work.CrashedPoints]));
        return WorkEnd.Done;
    }

    public void CheckAnnounced(CurveRange part)
    {
        if (!_parts.ContainsKey(part) && !_setAside.Contains(part)) throw new SimulationFailure($"{part} are announced but not stored");
    }

    public void Corrupt(int index)
    {
        if (_parts.Count > 0) _parts.Values.ElementAt(index % _parts.Count).IsCorrupt = true;
    }

    /// <summary>A new process looks at the output: what was not written in whole blocks is gone.</summary>
    public long Resume()
    {
        if (!IsFinished) _position -= _position % CurvesPerBlock;
        return _position;
    }

    public AggregatorEvent Merge(CurveRange range, CurveRange take)
    {
        if (IsFull) return new AggregatorEvent.OutputFailed("disk full");
        if (!_parts.TryGetValue(range, out var part))
        {
            if (!_setAside.Contains(range)) throw new SimulationFailure($"{range} are to be merged but were never stored");
            return new AggregatorEvent.PartUnreadable("missing");
        }
        if (part.IsCorrupt)
        {
            _parts.Remove(range);
            _setAside.Add(range);
            return new AggregatorEvent.PartUnreadable("corrupt");
        }
        if (take.First != _position || take.End != range.End) throw new SimulationFailure($"{take} are merged at curve {_position}");
        var points = shape.PointsOf(take);
        for (long point = points.First; point < points.End; point++) _output[point] = part.Values[point - range.First * shape.PointsPerCurve];
        _position = take.End;
        return new AggregatorEvent.PartMerged(part.CrashedPoints.Where(point => point >= points.First).ToArray());
    }

    public AggregatorEvent Finish()
    {
        if (IsFull) return new AggregatorEvent.OutputFailed("disk full");
        if (_position != shape.Curves) throw new SimulationFailure($"the output is finished at curve {_position} of {shape.Curves}");
        IsFinished = true;
        return new AggregatorEvent.OutputFinished();
    }

    private sealed class Part(long[] values, long[] crashedPoints)
    {
        public long[] Values => values;

        public long[] CrashedPoints => crashedPoints;

        public bool IsCorrupt { get; set; }
    }
}
