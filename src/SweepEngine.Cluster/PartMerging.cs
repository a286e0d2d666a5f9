using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>Carries out what an <see cref="Aggregator"/> wants of storage.</summary>
/// <param name="store">The parts.</param>
/// <param name="merger">The output; already resumed.</param>
internal sealed class PartMerging(PartStore store, IPartMerger merger)
{
    /// <summary>Reads the part, verifies it, and appends what is to be taken.</summary>
    public AggregatorEvent Merge(AggregatorEffect.MergeNext merge)
    {
        try
        {
            StoredPart part;
            try
            {
                part = store.Read(merge.Part);
            }
            catch (CorruptPartException corrupt)
            {
                string? aside = store.SetAside(merge.Part);
                return new AggregatorEvent.PartUnreadable(
                    $"{store.PathOf(merge.Part)} is damaged: {corrupt.Message}. {(aside is null ? "" : $"It was moved to {aside}. ")}" +
                    $"The {merge.Take} are computed again; nothing else is affected.");
            }
            merger.Append(part.Curves, part.Payload, merge.Take);
            return new AggregatorEvent.PartMerged(part.CrashedPoints);
        }
        catch (Exception trouble) when (StorageTrouble.Is(trouble))
        {
            return new AggregatorEvent.OutputFailed(StorageTrouble.Describe($"{merge.Take} cannot be merged into the tables", trouble));
        }
    }

    /// <summary>Finishes the output.</summary>
    public AggregatorEvent Finish()
    {
        try
        {
            merger.Finish();
            return new AggregatorEvent.OutputFinished();
        }
        catch (Exception trouble) when (StorageTrouble.Is(trouble))
        {
            return new AggregatorEvent.OutputFailed(StorageTrouble.Describe("the tables cannot be finished", trouble));
        }
    }
}
