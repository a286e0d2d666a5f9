using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>Runs a sweep in this process alone: what coordinator and workers commit, an aggregator merges at once.</summary>
public sealed class LocalCluster : SweepHost
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>States a run; nothing happens yet.</summary>
    /// <param name="job">What to compute.</param>
    /// <param name="workers">Kernels that run at the same time, at least 1; usually the number of cores.</param>
    /// <param name="lowPriority">Whether other programs of the machine go first.</param>
    /// <param name="observer">Told what happens, one report at a time, from the engine's threads; must be quick. A report is not
    /// repeated.</param>
    public LocalCluster(SweepJob job, int workers, bool lowPriority = false, IProgress<ClusterReport>? observer = null)
        : base(job, workers, lowPriority, observer)
    {
    }

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
        var start = new CoordinatorStart(history.Term + 1, committed, history, default, default);
        var outcome = await RunActorsAsync(
            $"{Environment.MachineName}-{Environment.ProcessId}-{start.Term}", store, journal, start, Tick,
            tell => new AggregatorActor((Job.Shape.Curves, merged, parts), new PartMerging(store, Job.Merger), tell, merging)).ConfigureAwait(false);
        return outcome with { MergeTime = merging.Total };
    }

    private WorkHistory ReadJournals()
    {
        // The lock says that every process that wrote to the first one is dead, and an attempt of another one that is still in work is lost at most once.
        return WorkHistory.Read(JournalFile.AllIn(Job.OutputDirectory).SelectMany(Read), openAttemptsWereLost: true);

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
