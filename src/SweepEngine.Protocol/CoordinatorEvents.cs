namespace SweepEngine.Protocol;

/// <summary>With what a coordinator starts: storage is its memory.</summary>
/// <param name="Term">
/// A number that no coordinator of this folder used before while a worker of its time may still live. Where all workers die with their
/// coordinator,
/// one more than <see cref="WorkHistory.Term"/>; elsewhere it must not come from the journal alone, which may be lost.
/// </param>
/// <param name="Committed">Curve ranges found committed; any sizes, any order, overlaps allowed.</param>
/// <param name="History">What the journal tells; <see cref="WorkHistory.None"/> if there is none.</param>
/// <param name="Now">Present time of the host's clock; only differences count.</param>
/// <param name="Lease">A worker that is silent for this long is taken for dead. It bounds waste; nothing else depends on it.</param>
/// <param name="ByClaim">False if all curves are this coordinator's; true if only those are that <see cref="CoordinatorEvent.CurvesClaimed"/> brings.</param>
public sealed record CoordinatorStart(
    long Term, IEnumerable<CurveRange> Committed, WorkHistory History, TimeSpan Now, TimeSpan Lease, bool ByClaim = false);

/// <summary>What happens to a coordinator.</summary>
public abstract record CoordinatorEvent
{
    /// <summary>A worker's message arrived.</summary>
    /// <param name="Message">The message.</param>
    public sealed record Received(WorkerMessage Message) : CoordinatorEvent;

    /// <summary>Time has passed. A few times per lease; a longer silence of the clock is taken for a pause of the coordinator and ends no
    /// lease by itself.</summary>
    /// <param name="Now">Present time of the host's clock.</param>
    public sealed record TimePassed(TimeSpan Now) : CoordinatorEvent;

    /// <summary>The host knows that this worker is dead.</summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="Message">For people: how it died.</param>
    public sealed record WorkerDied(WorkerId Worker, string Message) : CoordinatorEvent;

    /// <summary>The aggregator found a committed part unreadable and moved it aside.</summary>
    /// <param name="Curves">The curves that are missing now.</param>
    /// <param name="Message">For people: which file, what was found, where it is now.</param>
    public sealed record PartCorrupted(CurveRange Curves, string Message) : CoordinatorEvent;

    /// <summary>All curves are in the finished output.</summary>
    /// <param name="CrashedPoints">Crashed points of the parts that were merged (the journal knows them too, unless it is lost).</param>
    public sealed record MergeCompleted(IReadOnlyCollection<long> CrashedPoints) : CoordinatorEvent;

    /// <summary>This process has claimed curves, which are to be computed if they are not committed.</summary>
    /// <param name="Curves">The curves.</param>
    /// <param name="Past">What earlier holders of the claim found out about them.</param>
    /// <param name="MoreToCome">False if nothing is left to be claimed, so that the last shards are worth splitting among workers.</param>
    public sealed record CurvesClaimed(CurveRange Curves, IReadOnlyCollection<PastTrouble> Past, bool MoreToCome) : CoordinatorEvent;

    /// <summary>Parts of shards that this process does not hold were found on storage.</summary>
    /// <param name="Parts">Their curves; also those that are known already.</param>
    public sealed record PartsFound(IReadOnlyList<CurveRange> Parts) : CoordinatorEvent;

    /// <summary>All curves are committed, by whichever process, and no work is held here. Merging is somebody else's.</summary>
    public sealed record EverythingCommitted : CoordinatorEvent;

    /// <summary>Something could not be stored outside of a worker (merging, journal).</summary>
    /// <param name="Reason">For people.</param>
    public sealed record StorageFailed(string Reason) : CoordinatorEvent;

    /// <summary>Somebody asked to stop: no new work, what runs is finished and committed.</summary>
    public sealed record DrainAsked : CoordinatorEvent;

    /// <summary>Somebody asked to stop at once: what runs is cancelled.</summary>
    public sealed record AbortAsked : CoordinatorEvent;
}

/// <summary>What a coordinator wants done, in the order of the list.</summary>
public abstract record CoordinatorEffect
{
    /// <summary>Send a message; it may be lost.</summary>
    /// <param name="To">The worker.</param>
    /// <param name="Message">The message.</param>
    public sealed record Send(WorkerId To, CoordinatorMessage Message) : CoordinatorEffect;

    /// <summary>Append to the journal, before later effects of the list are carried out.</summary>
    /// <param name="Entry">The record.</param>
    public sealed record Record(JournalRecord Entry) : CoordinatorEffect;

    /// <summary>Tell the aggregator that a part is committed.</summary>
    /// <param name="Part">Its curves.</param>
    public sealed record AnnouncePart(CurveRange Part) : CoordinatorEffect;

    /// <summary>Tell people that the same work gave different bytes.</summary>
    /// <param name="Curves">The curves.</param>
    /// <param name="Message">What differs.</param>
    public sealed record RaiseAlarm(CurveRange Curves, string Message) : CoordinatorEffect;

    /// <summary>Tell people that points are found to fail or kill the kernel; they become rows with status <c>crashed</c>.</summary>
    /// <param name="Points">One point; all points of a curve if no single one is to blame.</param>
    /// <param name="Message">The exception, or how the workers died.</param>
    public sealed record AnnounceCrash(PointRange Points, string Message) : CoordinatorEffect;

    /// <summary>The run is over; the coordinator only answers "stop" from here on.</summary>
    /// <param name="End">How.</param>
    /// <param name="Reason">For people; empty if complete.</param>
    public sealed record Finish(SweepEnd End, string Reason) : CoordinatorEffect;
}

/// <summary>Where a sweep stands; O(1) to take.</summary>
/// <param name="Curves">Curves of the sweep.</param>
/// <param name="Points">Points of the sweep.</param>
/// <param name="Reused">Curves that this run did not have to compute: committed before it, or by other processes.</param>
/// <param name="Committed">Curves committed now.</param>
/// <param name="PointsDone">Points in committed curves, crashed ones included.</param>
/// <param name="CrashedPoints">Points that became rows with status <c>crashed</c>.</param>
/// <param name="InFlight">Grants that workers hold.</param>
/// <param name="Alarms">Times that the same work gave different bytes.</param>
public sealed record SweepProgress(
    long Curves, long Points, long Reused, long Committed, long PointsDone, long CrashedPoints, int InFlight, int Alarms);
