using SweepEngine.Cluster;
using SweepEngine.Protocol;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>The computation of shards as the cluster calls it.</summary>
internal sealed class SweepKernel(ShardComputation computation) : IShardKernel
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Compute(ShardWork work, CancellationToken cancel) =>
        computation.Compute(new ShardRange(work.Curves.First, work.Curves.Count), work.CrashedPoints, cancel);

    /// <inheritdoc/>
    public void Probe(ShardWork work, CancellationToken cancel) => computation.Probe(work.Points.First, work.Points.Count, cancel);
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
