using System.Text.Json.Serialization;

namespace SweepEngine.Protocol;

/// <summary>
/// A line of the journal: what was tried, how it ended, how long it took. The journal is for people and for counting crashes; losing it
/// loses no result. Tags and names are frozen by a test; records only grow.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(Attempted), "attempted")]
[JsonDerivedType(typeof(Ended), "ended")]
[JsonDerivedType(typeof(Corrupted), "corrupted")]
[JsonDerivedType(typeof(Alarmed), "alarmed")]
[JsonDerivedType(typeof(Finished), "finished")]
public abstract record JournalRecord
{
    /// <summary>A coordinator took up its work.</summary>
    /// <param name="Term">Which coordinator of this folder, counted from 1.</param>
    /// <param name="Curves">Curves of the sweep.</param>
    /// <param name="Committed">Curves that it found committed.</param>
    public sealed record Started(long Term, long Curves, long Committed) : JournalRecord;

    /// <summary>Work was granted. An attempt without an end was in flight when the process died.</summary>
    /// <param name="Epoch">Number of the grant.</param>
    /// <param name="Worker">Who got it.</param>
    /// <param name="Kind">Compute or probe.</param>
    /// <param name="Curves">The curves.</param>
    /// <param name="Points">The points of a probe; count 0 otherwise.</param>
    /// <param name="CrashedPoints">Points left out.</param>
    /// <param name="Alone">True if nothing else ran in that process, because the work is suspected of killing it.</param>
    public sealed record Attempted(
        Epoch Epoch, WorkerId Worker, WorkKind Kind, CurveRange Curves, PointRange Points, IReadOnlyList<long> CrashedPoints, bool Alone)
        : JournalRecord;

    /// <summary>An attempt ended.</summary>
    /// <param name="Epoch">Number of the grant.</param>
    /// <param name="End">How.</param>
    /// <param name="Message">For people; empty if all is well.</param>
    /// <param name="Seconds">Time that the kernel took [s]; 0 if not known.</param>
    public sealed record Ended(Epoch Epoch, WorkEnd End, string Message, double Seconds) : JournalRecord;

    /// <summary>A committed part did not have the bytes that were written; its curves are computed again.</summary>
    /// <param name="Curves">The curves that have to be computed again.</param>
    /// <param name="Message">For people: which file, what was found, where it is now.</param>
    public sealed record Corrupted(CurveRange Curves, string Message) : JournalRecord;

    /// <summary>The same work gave different bytes twice: the kernel is not deterministic, or the hardware is bad.</summary>
    /// <param name="Curves">The curves.</param>
    /// <param name="Message">For people.</param>
    public sealed record Alarmed(CurveRange Curves, string Message) : JournalRecord;

    /// <summary>The run ended by itself (a process that is killed leaves no such line).</summary>
    /// <param name="End">How.</param>
    /// <param name="Reason">For people; empty if all is well.</param>
    public sealed record Finished(SweepEnd End, string Reason) : JournalRecord;
}
