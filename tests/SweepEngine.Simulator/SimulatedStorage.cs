using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>
/// The output directory of a simulated sweep: parts, journal and merged output, with the faults that a disk can have. What is not
/// flushed is gone or torn after a power loss; a full disk and errors refuse writes; a new name may be seen late.
/// </summary>
internal sealed class SimulatedStorage(SimulatedCluster cluster)
{
    /// <summary>What stands in a crashed point's place.</summary>
    public const long Crashed = -1;

    private const int CurvesPerBlock = 3;
    private const long JournalReachesDisk = 5 * ClusterPlan.Second;

    private readonly SweepShape _shape = cluster.Plan.Shape;
    private readonly Dictionary<CurveRange, Part> _parts = [];
    private readonly HashSet<CurveRange> _gone = [];
    private readonly HashSet<CurveRange> _announced = [];
    private readonly List<Part> _notDurable = [];
    private readonly long[] _output = new long[cluster.Plan.Shape.Points];
    private readonly List<(long Time, JournalRecord Record)> _journal = [];
    private long _position;

    public bool IsFull { get; set; }

    public bool HasErrors { get; set; }

    /// <summary>A record was lost that says which points crashed, so that the end of the run may not know them.</summary>
    public bool CrashesAreForgotten { get; private set; }

    public IEnumerable<JournalRecord> Journal => _journal.Select(line => line.Record);

    public IReadOnlyList<long> Output => _output;

    public bool IsFinished { get; private set; }

    /// <summary>The value that the kernel computes for a point.</summary>
    public static long TrueValue(long point) => (point + 1) * 0x1E3779B97F4A7C15L & long.MaxValue;

    /// <summary>The names that a new coordinator sees.</summary>
    public IReadOnlyList<CurveRange> List() =>
        [.. _parts.Values.Where(part => IsSeen(part)).Select(part => part.Curves).OrderBy(part => (part.First, part.Count))];

    /// <summary>Commits in the steps of a real one; a process may die after each of them. The last one says how it ended.</summary>
    public IEnumerator<WorkEnd?> Commit(ShardWork work)
    {
        if (Refuses()) yield return WorkEnd.Storage;
        var part = new Part(work.Curves, ValuesOf(work), [.. work.CrashedPoints]);
        yield return null;
        if (cluster.Variant.FlushesParts)
        {
            if (Refuses()) yield return WorkEnd.Storage;
            part.IsFlushed = true;
            yield return null;
        }
        var end = Name(part);
        yield return null;
        if (cluster.Variant.FlushesNames)
        {
            if (Refuses()) yield return WorkEnd.Storage;
            _notDurable.RemoveAll(named => named.IsFlushed);
            yield return null;
        }
        yield return end;
    }

    /// <summary>The coordinator counts on this part from now on.</summary>
    public void Announce(CurveRange part)
    {
        if (!_parts.ContainsKey(part) && !_gone.Contains(part)) throw new SimulationFailure($"{part} are announced but not stored");
        if (_parts.ContainsKey(part)) _announced.Add(part);
    }

    /// <summary>A bit turns in a part.</summary>
    public void Rot(int index)
    {
        if (_parts.Count > 0) _parts.Values.ElementAt(index % _parts.Count).IsCorrupt = true;
    }

    /// <summary>A process was killed while it wrote to the journal.</summary>
    public void TearJournal()
    {
        if (_journal.Count == 0) return;
        cluster.Seen.TornJournals++;
        Forget(1);
    }

    /// <summary>Somebody deleted it.</summary>
    public void LoseJournal() => Forget(_journal.Count);

    /// <summary>What has not reached the disk is lost.</summary>
    public void LosePower()
    {
        foreach (var part in _notDurable)
        {
            if (part.IsFlushed && cluster.Random.Next(2) == 0) continue; // the name had made it
            cluster.Seen.PartsLostWithPower++;
            if (_announced.Contains(part.Curves)) throw new SimulationFailure($"the part of {part.Curves} was announced, and a power loss took it");
            _parts.Remove(part.Curves);
            _gone.Add(part.Curves);
        }
        _notDurable.Clear();
        int young = _journal.Count - _journal.FindLastIndex(line => line.Time < cluster.Now - JournalReachesDisk) - 1;
        Forget(cluster.Random.Next(young + 1));
    }

    /// <summary>Appends to the journal.</summary>
    /// <returns>False if the disk refused.</returns>
    public bool Append(JournalRecord record)
    {
        bool refused = Refuses();
        if (refused) CrashesAreForgotten |= Tells(record);
        else if (cluster.Plan.KeepsJournal) _journal.Add((cluster.Now, record));
        return !refused;
    }

    /// <summary>A new process looks at the output: what was not written in whole blocks is gone.</summary>
    public long Resume()
    {
        if (IsFinished) return _position;
        long whole = _position - _position % CurvesPerBlock;
        Array.Clear(_output, (int)(whole * _shape.PointsPerCurve), (int)((_position - whole) * _shape.PointsPerCurve));
        if (cluster.Variant.CutsOutputToBlocks) _position = whole;
        return _position;
    }

    public AggregatorEvent Merge(CurveRange range, CurveRange take)
    {
        if (Refuses()) return new AggregatorEvent.OutputFailed("disk trouble");
        if (!_parts.TryGetValue(range, out var part))
        {
            if (!_gone.Contains(range)) throw new SimulationFailure($"{range} are to be merged but were never stored");
            return new AggregatorEvent.PartUnreadable("missing");
        }
        if (!IsSeen(part))
        {
            cluster.Seen.LatePartsMissed++;
            return new AggregatorEvent.PartUnreadable("not there yet");
        }
        if (part.IsCorrupt)
        {
            _parts.Remove(range);
            _notDurable.Remove(part);
            _announced.Remove(range);
            _gone.Add(range);
            return new AggregatorEvent.PartUnreadable("corrupt");
        }
        if (take.First != _position || take.End != range.End) throw new SimulationFailure($"{take} are merged at curve {_position}");
        var points = _shape.PointsOf(take);
        for (long point = points.First; point < points.End; point++) _output[point] = part.Values[point - range.First * _shape.PointsPerCurve];
        _position = take.End;
        return new AggregatorEvent.PartMerged(part.CrashedPoints.Where(point => point >= points.First).ToArray());
    }

    public AggregatorEvent Finish()
    {
        if (Refuses()) return new AggregatorEvent.OutputFailed("disk trouble");
        if (_position != _shape.Curves) throw new SimulationFailure($"the output is finished at curve {_position} of {_shape.Curves}");
        IsFinished = true;
        return new AggregatorEvent.OutputFinished();
    }

    private static bool Tells(JournalRecord record) => record is JournalRecord.Attempted { CrashedPoints.Count: > 0 };

    private bool IsSeen(Part part) => part.SeenAt <= cluster.Now;

    private bool Refuses()
    {
        if (IsFull) cluster.Seen.FullDiskRefusals++;
        bool error = !IsFull && HasErrors && cluster.Random.Next(4) == 0;
        if (error) cluster.Seen.DiskErrorRefusals++;
        return IsFull || error;
    }

    private void Forget(int lines)
    {
        CrashesAreForgotten |= _journal.TakeLast(lines).Any(line => Tells(line.Record));
        _journal.RemoveRange(_journal.Count - lines, lines);
    }

    private WorkEnd Name(Part part)
    {
        if (!_parts.TryGetValue(part.Curves, out var first))
        {
            part.SeenAt = cluster.Now + (cluster.Plan.ListingIsLate && cluster.FaultsNow && cluster.Random.Next(4) == 0 ? cluster.Random.Next(3000) : 0);
            _parts.Add(part.Curves, part);
            _notDurable.Add(part);
            return WorkEnd.Done;
        }
        if (cluster.Variant.LastWriterWins) throw new SimulationFailure($"the committed part of {part.Curves} is rewritten");
        return !first.IsCorrupt && first.Values.SequenceEqual(part.Values) ? WorkEnd.Same : WorkEnd.Different;
    }

    private long[] ValuesOf(ShardWork work)
    {
        var points = _shape.PointsOf(work.Curves);
        var values = new long[points.Count];
        for (int i = 0; i < values.Length; i++) values[i] = TrueValue(points.First + i);
        foreach (long point in work.CrashedPoints) values[point - points.First] = Crashed;
        return values;
    }

    private sealed class Part(CurveRange curves, long[] values, long[] crashedPoints)
    {
        public CurveRange Curves => curves;

        public long[] Values => values;

        public long[] CrashedPoints => crashedPoints;

        public bool IsCorrupt { get; set; }

        /// <summary>Its bytes are on the disk; before, they are lost with the power.</summary>
        public bool IsFlushed { get; set; }

        /// <summary>When other machines see its name.</summary>
        public long SeenAt { get; set; }
    }
}

/// <summary>A promise of the protocol is broken.</summary>
internal sealed class SimulationFailure(string message) : Exception(message);
