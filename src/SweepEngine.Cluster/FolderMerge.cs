using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>
/// Merges the parts of a folder into the finished output, when nobody computes there any more. Streaming; it can be killed at any moment, and
/// the next one goes on.
/// </summary>
public static class FolderMerge
{
    private const int NamedGaps = 5;

    /// <summary>Merges, or says what is missing.</summary>
    /// <param name="job">The sweep; its kernel is not used.</param>
    /// <param name="observer">Told of damaged parts and files that do not belong here.</param>
    /// <returns>Complete, or incomplete with the reason; trouble with storage is an outcome, not an exception.</returns>
    public static SweepOutcome Run(SweepJob job, IProgress<ClusterReport>? observer = null)
    {
        try
        {
            // Where locks work, a second merge is told to wait; where they do not, both write the same bytes.
            using var held = OutputLock.Take(job.OutputDirectory);
            return Merge(job, observer);
        }
        catch (OutputInUseException inUse)
        {
            return new SweepOutcome(SweepEnd.Incomplete, inUse.Message, 0, 0, [], 0);
        }
        catch (Exception trouble) when (StorageTrouble.Is(trouble))
        {
            string reason = StorageTrouble.Describe($"{job.OutputDirectory} cannot be merged", trouble);
            return new SweepOutcome(SweepEnd.Incomplete, reason, 0, 0, [], 0);
        }
    }

    private static SweepOutcome Merge(SweepJob job, IProgress<ClusterReport>? observer)
    {
        var store = new PartStore(job.OutputDirectory, job.Shape, job.ShardId);
        var parts = store.List(out int foreign);
        if (foreign > 0)
            observer?.Report(new ClusterReport.Notice($"{foreign} files in {store.Folder} belong to another sweep or engine version; they are left alone."));
        long merged = job.Merger.Resume();
        var there = new RangeSet(parts.Append(CurveRange.Between(0, merged)));
        if (there.Total < job.Shape.Curves) return Missing(job.Shape, there);

        var merging = new PartMerging(store, job.Merger);
        var effects = new List<AggregatorEffect>();
        var aggregator = new Aggregator(job.Shape.Curves, merged, parts, effects);
        IReadOnlyCollection<long> crashed = [];
        string trouble = "";
        for (int i = 0; i < effects.Count; i++)
        {
            switch (effects[i])
            {
                case AggregatorEffect.MergeNext next: aggregator.Apply(merging.Merge(next), effects); break;
                case AggregatorEffect.FinishOutput: aggregator.Apply(merging.Finish(), effects); break;
                case AggregatorEffect.TellCoordinator { Event: CoordinatorEvent.PartCorrupted corrupted }:
                    observer?.Report(new ClusterReport.Notice(corrupted.Message));
                    there.Remove(corrupted.Curves);
                    break;
                case AggregatorEffect.TellCoordinator { Event: CoordinatorEvent.StorageFailed failed }: trouble = failed.Reason; break;
                case AggregatorEffect.TellCoordinator { Event: CoordinatorEvent.MergeCompleted completed }: crashed = completed.CrashedPoints; break;
            }
        }
        if (trouble.Length > 0) return new SweepOutcome(SweepEnd.Incomplete, trouble, there.Total, 0, [], 0);
        if (there.Total < job.Shape.Curves) return Missing(job.Shape, there);
        store.DeleteTemporaries();
        ClaimFolder.Forget(job.OutputDirectory);
        return new SweepOutcome(crashed.Count > 0 ? SweepEnd.CompleteWithCrashedPoints : SweepEnd.Complete, "", there.Total, 0, [.. crashed], 0);
    }

    private static SweepOutcome Missing(SweepShape shape, RangeSet there)
    {
        var gaps = new List<CurveRange>();
        for (long from = 0; there.NextGap(from, shape.Curves) is { } gap; from = gap.End) gaps.Add(gap);
        string named = string.Join(", ", gaps.Take(NamedGaps)) + (gaps.Count > NamedGaps ? $" and {gaps.Count - NamedGaps} more runs of curves" : "");
        return new SweepOutcome(
            SweepEnd.Incomplete,
            $"{shape.Curves - there.Total} of {shape.Curves} curves are not committed: {named}.\n"
            + "    next step: start the processes of 'sweep run --shard' again (any number of them), or 'sweep run' on one machine; both compute only these",
            there.Total, 0, [], 0);
    }
}
