using System.Collections.Concurrent;
using System.Diagnostics;
using SweepEngine.Cluster;
using SweepEngine.Protocol;
using SweepEngine.Simulation;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>The computation of shards as the cluster calls it.</summary>
internal sealed class SweepKernel : IShardKernel
{
    private readonly ShardComputation _computation;
    private readonly RunTally _tally;

    /// <summary>Makes a kernel.</summary>
    /// <param name="computation">Computes shards.</param>
    /// <param name="tally">Counts what it finds and does.</param>
    public SweepKernel(ShardComputation computation, RunTally tally)
    {
        (_computation, _tally) = (computation, tally);
        tally.Watch(computation);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Compute(ShardWork work, CancellationToken cancel)
    {
        ShardGarbage.Collect();
        long failed = _computation.FailedPoints, began = Stopwatch.GetTimestamp();
        TimeSpan kernels = _computation.KernelTime;
        byte[] part = _computation.Compute(new ShardRange(work.Curves.First, work.Curves.Count), work.CrashedPoints, cancel);
        _tally.AddShard(_computation.FailedPoints - failed, Stopwatch.GetElapsedTime(began) - (_computation.KernelTime - kernels));
        return part;
    }

    /// <inheritdoc/>
    public void Probe(ShardWork work, CancellationToken cancel) => _computation.Probe(work.Points.First, work.Points.Count, cancel);
}

/// <summary>Counts what the kernels of a run find and do.</summary>
internal sealed class RunTally
{
    private readonly ConcurrentBag<ShardComputation> _computations = [];
    private long _failed, _encodingTicks;

    /// <summary>Points whose measures are NULL, computed in this run.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Time of all workers to turn results into parts.</summary>
    public TimeSpan EncodingTime => TimeSpan.FromTicks(Interlocked.Read(ref _encodingTicks));

    /// <summary>Time of all workers in kernels; to be asked when they have ended.</summary>
    public TimeSpan KernelTime => _computations.Aggregate(TimeSpan.Zero, (time, each) => time + each.KernelTime);

    /// <summary>What all kernels did; to be asked when they have ended.</summary>
    public KernelCounters Counters
    {
        get
        {
            var sum = new KernelCounters();
            foreach (ShardComputation each in _computations) sum.Add(each.Counters);
            return sum;
        }
    }

    /// <summary>Counts what a worker does from now on.</summary>
    public void Watch(ShardComputation computation) => _computations.Add(computation);

    /// <summary>Counts a shard.</summary>
    /// <param name="failed">Its points whose measures are NULL.</param>
    /// <param name="encoding">Time that it took to turn its results into a part.</param>
    public void AddShard(long failed, TimeSpan encoding)
    {
        Interlocked.Add(ref _failed, failed);
        Interlocked.Add(ref _encodingTicks, encoding.Ticks);
    }
}

/// <summary>The merging of parts as the cluster calls it.</summary>
internal sealed class SweepMerger(TableMerger tables) : IPartMerger
{
    /// <inheritdoc/>
    public long Resume() => tables.Resume();

    /// <inheritdoc/>
    public void Append(CurveRange part, ReadOnlyMemory<byte> payload, CurveRange take)
    {
        ShardGarbage.Collect();
        tables.Append(new ShardRange(part.First, part.Count), payload, new ShardRange(take.First, take.Count));
    }

    /// <inheritdoc/>
    public void Finish() => tables.Finish();

    /// <inheritdoc/>
    public void Dispose() => tables.Dispose();
}

/// <summary>
/// What shards leave behind is large arrays, and the collector lets some hundred MB of them grow before it looks. Merging the parts of 10⁶ points of <c>lif</c> took 340 MB
/// without this.
/// </summary>
internal static class ShardGarbage
{
    // Bytes. Collecting takes some ms, where a shard takes seconds.
    private const long Most = 32_000_000;

    /// <summary>Collects it when there may be much.</summary>
    public static void Collect()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > Most) GC.Collect();
    }
}
