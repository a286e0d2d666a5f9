using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>Runs a sweep in a folder that this process has for itself: what workers commit, an aggregator merges at once. Hosts differ in their workers.</summary>
/// <param name="job">What to compute.</param>
/// <param name="workforce">Who computes it.</param>
/// <param name="observer">Told what happens, one report at a time, from the engine's threads; must be quick. A report is not repeated.</param>
public abstract class SweepCluster(SweepJob job, Workforce workforce, IProgress<ClusterReport>? observer) : SweepHost(job, workforce, observer)
{
    private protected override async Task<SweepOutcome> RunInFolderAsync()
    {
        using var held = OutputLock.Take(Job.OutputDirectory);
        if (ClaimFolder.Processes(Job.OutputDirectory).Any(process => !process.IsGone))
            Report(new ClusterReport.Notice(
                $"Processes of 'run --shard' have worked in {Job.OutputDirectory}. If some still do, curves are computed twice, which is waste but no harm."));
        var store = new PartStore(Job.OutputDirectory, Job.Shape, Job.ShardId);
        var parts = store.List(out int foreign);
        ReportForeign(store, foreign);
        var history = ReadJournals();
        long merged = Job.Merger.Resume();
        IEnumerable<CurveRange> committed = merged > 0 ? [.. parts, new CurveRange(0, merged)] : parts;

        using var journal = JournalFile.Open(Path.Combine(Job.OutputDirectory, JournalFile.FileName), Clock);
        var merging = new TimeSpent(Clock);
        // A worker that outlives its coordinator must not meet its term again, even when the journal is lost.
        long term = Math.Max(history.Term + 1, Workforce.MayOutliveCoordinator ? Clock.GetUtcNow().ToUnixTimeMilliseconds() : 0);
        var start = new CoordinatorStart(term, committed, history, default, default);
        var outcome = await RunActorsAsync(
            $"{Environment.MachineName}-{Environment.ProcessId}-{term}", store, journal, start,
            tell => new AggregatorActor((Job.Shape.Curves, merged, parts), new PartMerging(store, Job.Merger), tell, merging)).ConfigureAwait(false);
        return outcome with { MergeTime = merging.Total };
    }

    private WorkHistory ReadJournals()
    {
        // The lock says that every process that wrote to the first one is dead, and its workers too where they are of it; an attempt of another
        // one that is still in work is lost at most once.
        return WorkHistory.Read(
            JournalFile.AllIn(Job.OutputDirectory).SelectMany(Read), openAttemptsWereLost: !Workforce.MayOutliveCoordinator);

        IEnumerable<JournalRecord> Read(string path)
        {
            var skipped = new List<long>();
            foreach (var record in JournalFile.Read(path, skipped.Add)) yield return record;
            if (skipped.Count == 0) yield break;
            string lines = string.Join(", ", skipped.Take(5)) + (skipped.Count > 5 ? ", …" : "");
            Report(new ClusterReport.Notice($"{path}: line {lines} cannot be read and is skipped; no result depends on it."));
        }
    }
}
