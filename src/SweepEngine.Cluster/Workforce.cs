using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>What the workers of a run reach its coordinator by; they get it when the run begins. All of it may be called from any thread.</summary>
/// <param name="Process">Name of the coordinator's process in this run, never used before.</param>
/// <param name="Term">Term of the coordinator: part of every grant's epoch.</param>
/// <param name="Commit">Commits a part to the folder of the run, see <see cref="PartStore.Commit"/>.</param>
/// <param name="Offer">Hands an event to the coordinator that will be repeated if need be; false if it was dropped.</param>
/// <param name="SendAsync">Hands an event to the coordinator that is said once; waits while its mailbox is full.</param>
/// <param name="Report">Tells people.</param>
public sealed record CoordinatorDesk(
    string Process,
    long Term,
    Func<ShardWork, ReadOnlyMemory<byte>, (WorkEnd End, string Message)> Commit,
    Func<CoordinatorEvent, bool> Offer,
    Func<CoordinatorEvent, ValueTask> SendAsync,
    Action<ClusterReport> Report);

/// <summary>
/// The workers of a run, wherever they are, and the way to them.
/// <para>
/// What has to be given: messages may be lost, doubled, delayed and reordered, but not altered; an address of a worker is never used
/// again; what a worker reports as committed is in the folder (<see cref="CoordinatorDesk.Commit"/>). Nothing else is asked.
/// </para>
/// </summary>
public abstract class Workforce
{
    /// <summary>How often a worker that throws is replaced before its process gives up.</summary>
    public const int RestartsPerWorker = 3;

    /// <summary>A worker that is silent for this long is taken for dead.</summary>
    public abstract TimeSpan Lease { get; }

    /// <summary>How often time passes.</summary>
    public abstract TimeSpan Tick { get; }

    /// <summary>Room of the coordinator's mailbox.</summary>
    public abstract int MailboxCapacity { get; }

    /// <summary>Whether a worker may live longer than the process of its coordinator.</summary>
    public abstract bool MayOutliveCoordinator { get; }

    /// <summary>Brings the workers.</summary>
    /// <param name="desk">Their way to the coordinator.</param>
    /// <returns>What runs on their behalf; the first one that fails ends the run.</returns>
    public abstract IReadOnlyList<Task> Begin(CoordinatorDesk desk);

    /// <summary>Sends a message to a worker; it may be lost. Must be quick.</summary>
    /// <param name="to">The worker.</param>
    /// <param name="message">The message.</param>
    public abstract void Send(WorkerId to, CoordinatorMessage message);

    /// <summary>A tick has passed.</summary>
    /// <returns>False while no worker can be heard: such time does not count against them.</returns>
    public abstract bool PassTick();

    /// <summary>The coordinator has ended and answers "stop" to all: ends the workers.</summary>
    /// <param name="work">Ends with all that <see cref="Begin"/> returned.</param>
    /// <param name="atOnce">Somebody asked to stop at once.</param>
    public abstract Task DismissAsync(Task work, bool atOnce);

    /// <summary>The run ends, however it does: lets go of what <see cref="Begin"/> holds, without waiting for workers.</summary>
    public abstract void Abandon();
}
