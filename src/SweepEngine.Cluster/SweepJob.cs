using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>What a cluster computes; it knows nothing of neurons.</summary>
/// <param name="OutputDirectory">Where parts, journal and lock are; made if it is not there.</param>
/// <param name="Shape">Size of the sweep and of its shards.</param>
/// <param name="ShardId">Identity of a curve range: 64 hexadecimal digits (SHA-256 over specification, kernel version and range); pure,
/// thread-safe.</param>
/// <param name="CreateKernel">Makes one kernel for each worker; called on the worker's thread.</param>
/// <param name="Merger">Makes the finished output; disposed by the caller after the run. Not touched where merging is a run of its own.</param>
public sealed record SweepJob(
    string OutputDirectory, SweepShape Shape, Func<CurveRange, string> ShardId, Func<IShardKernel> CreateKernel, IPartMerger Merger);

/// <summary>What happens during a run, for people and programs that watch.</summary>
public abstract record ClusterReport
{
    /// <summary>Something moved.</summary>
    /// <param name="State">Where the sweep stands.</param>
    public sealed record Progress(SweepProgress State) : ClusterReport;

    /// <summary>Worth a line: a damaged part, unreadable journal lines, a worker that was started again.</summary>
    /// <param name="Message">A sentence.</param>
    public sealed record Notice(string Message) : ClusterReport;

    /// <summary>Points fail or kill the kernel; they become rows with status <c>crashed</c>.</summary>
    /// <param name="Points">One point; all points of a curve if no single one is to blame.</param>
    /// <param name="Message">The exception, or how the workers died.</param>
    public sealed record Crash(PointRange Points, string Message) : ClusterReport;

    /// <summary>The same work gave different bytes.</summary>
    /// <param name="Message">Which file, and what to do.</param>
    public sealed record Alarm(string Message) : ClusterReport;
}

/// <summary>How a run ended.</summary>
/// <param name="End">Complete, complete with crashed points, incomplete or interrupted; the latter two go on when run again.</param>
/// <param name="Reason">For people: what is in the way and the next step; empty if complete.</param>
/// <param name="Reused">Curves that were committed before this run.</param>
/// <param name="Computed">Curves that this run committed.</param>
/// <param name="CrashedPoints">Points that are rows with status <c>crashed</c>, ascending.</param>
/// <param name="Alarms">Times that the same work gave different bytes.</param>
public sealed record SweepOutcome(SweepEnd End, string Reason, long Reused, long Computed, IReadOnlyList<long> CrashedPoints, int Alarms)
{
    /// <summary>Time of all workers together to make parts durable.</summary>
    public TimeSpan CommitTime { get; init; }

    /// <summary>Time to read parts and to make the output.</summary>
    public TimeSpan MergeTime { get; init; }
}
