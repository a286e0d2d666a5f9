using SweepEngine.Cluster;
using SweepEngine.Protocol;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>The computation of shards as the cluster calls it.</summary>
internal sealed class SweepKernel(ShardComputation computation, RunTally tally) : IShardKernel
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Compute(ShardWork work, CancellationToken cancel)
    {
        long before = computation.FailedPoints;
        byte[] part = computation.Compute(new ShardRange(work.Curves.First, work.Curves.Count), work.CrashedPoints, cancel);
        tally.AddFailed(computation.FailedPoints - before);
        return part;
    }

    /// <inheritdoc/>
    public void Probe(ShardWork work, CancellationToken cancel) => computation.Probe(work.Points.First, work.Points.Count, cancel);
}

/// <summary>Counts what the kernels of a run find.</summary>
internal sealed class RunTally
{
    private long _failed;

    /// <summary>Points whose measures are NULL, computed in this run.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Counts some more.</summary>
    public void AddFailed(long points) => Interlocked.Add(ref _failed, points);
}

/// <summary>The merging of parts as the cluster calls it.</summary>
internal sealed class SweepMerger(TableMerger tables) : IPartMerger
{
    /// <inheritdoc/>
    public long Resume() => tables.Resume();

    /// <inheritdoc/>
    public void Append(CurveRange part, ReadOnlyMemory<byte> payload, CurveRange take) =>
        tables.Append(new ShardRange(part.First, part.Count), payload, new ShardRange(take.First, take.Count));

    /// <inheritdoc/>
    public void Finish() => tables.Finish();

    /// <inheritdoc/>
    public void Dispose() => tables.Dispose();
}
