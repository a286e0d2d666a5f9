using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>
/// Computes a sweep together with other processes, which share nothing but its folder: any number of them, which may die, start again, and be
/// cut into other numbers of slices. The run ends as complete when everything is committed, by whichever process; merging is a run of its own
/// (<see cref="FolderMerge"/>).
/// </summary>
public sealed class SharedCluster : SweepHost
{
    private const int TicksPerLease = 20;

    private readonly ClaimPlan _plan;

    /// <summary>States a run; nothing happens yet.</summary>
    /// <param name="job">What to compute.</param>
    /// <param name="plan">Which slice comes first, and how long others may be silent.</param>
    /// <param name="lowPriority">Whether other programs of the machine go first.</param>
    /// <param name="observer">Told what happens, one report at a time, from the engine's threads; must be quick.</param>
    public SharedCluster(SweepJob job, ClaimPlan plan, bool lowPriority = false, IProgress<ClusterReport>? observer = null)
        : base(job, new LocalWorkforce(job.CreateKernel, plan.Workers, lowPriority, plan.Lease / TicksPerLease), observer) => _plan = plan;

    private protected override async Task<SweepOutcome> RunInFolderAsync()
    {
        if (OutputLock.IsHeld(Job.OutputDirectory))
            Report(new ClusterReport.Notice(
                $"A run without --shard works in {Job.OutputDirectory}, too. Curves are computed twice, which is waste but no harm."));
        string process = $"{_plan.Slice}-of-{_plan.Slices}-{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}";
        var folder = new ClaimFolder(Job.OutputDirectory, process);
        var store = new PartStore(Job.OutputDirectory, Job.Shape, Job.ShardId);
        var parts = store.List(out int foreign);
        ReportForeign(store, foreign);
        using var journal = JournalFile.Open(folder.Journal, Clock, writeThrough: true);
        var start = new CoordinatorStart(1, parts, WorkHistory.None, default, default, ByClaim: true);
        return await RunActorsAsync(
            process, store, journal, start,
            tell => new ClaimActor((Job.Shape, _plan, parts), folder, store, tell)).ConfigureAwait(false);
    }
}
