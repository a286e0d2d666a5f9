using System.Text.Json.Serialization;

namespace SweepEngine.Protocol;

/// <summary>What a worker is asked to do with some curves.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkKind>))]
public enum WorkKind
{
    /// <summary>Compute whole curves; the result is committed as a part.</summary>
    [JsonStringEnumMemberName("compute")] Compute = 1,

    /// <summary>Compute some points of one curve and throw the result away; only success or failure matters.</summary>
    [JsonStringEnumMemberName("probe")] Probe = 2,
}

/// <summary>One piece of work: a pure function of this record gives the bytes of the part.</summary>
/// <param name="Kind">Compute a part, or probe points.</param>
/// <param name="ShardId">SHA-256 text of the specification and the curve range (see DESIGN, identity).</param>
/// <param name="Curves">The curves; exactly one for a probe.</param>
/// <param name="Points">The points that a probe computes; empty (count 0) for <see cref="WorkKind.Compute"/>.</param>
/// <param name="CrashedPoints">Points of these curves, ascending, that must not be computed but become rows with status
/// <c>crashed</c>.</param>
public sealed record ShardWork(WorkKind Kind, string ShardId, CurveRange Curves, PointRange Points, IReadOnlyList<long> CrashedPoints)
{
    /// <summary>For messages: <c>compute curves 8..15</c>, <c>probe points 100..149</c>.</summary>
    public override string ToString() => Kind == WorkKind.Probe ? $"probe {Points}"
        : CrashedPoints.Count == 0 ? $"compute {Curves}" : $"compute {Curves} without {CrashedPoints.Count} crashed points";
}

/// <summary>Number of a grant. No two grants of one output folder have the same one, so a message that speaks of an old grant is
/// recognised.</summary>
/// <param name="Term">Which coordinator of the folder granted, counted from 1.</param>
/// <param name="Grant">Which grant of that coordinator, counted from 1.</param>
public readonly record struct Epoch(long Term, long Grant)
{
    /// <summary>For messages: <c>2.17</c>.</summary>
    public override string ToString() => $"{Term}.{Grant}";
}

/// <summary>Address of a worker. A worker that starts again has another address: an address never comes back to life.</summary>
/// <param name="Process">Name of the operating-system process, unique for each start; a crash takes all workers of a process.</param>
/// <param name="Number">Which worker of that process.</param>
public readonly record struct WorkerId(string Process, int Number)
{
    /// <summary>For messages: <c>host-4711/2</c>.</summary>
    public override string ToString() => $"{Process}/{Number}";
}

/// <summary>How an attempt at a piece of work ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkEnd>))]
public enum WorkEnd
{
    /// <summary>The part is committed (or a probe's points were computed).</summary>
    [JsonStringEnumMemberName("done")] Done = 1,

    /// <summary>The part was there already with the same bytes.</summary>
    [JsonStringEnumMemberName("same")] Same = 2,

    /// <summary>The part was there already with other bytes; the first writer's count.</summary>
    [JsonStringEnumMemberName("different")] Different = 3,

    /// <summary>The kernel threw; it is a pure function, so it would throw again.</summary>
    [JsonStringEnumMemberName("failed")] Failed = 4,

    /// <summary>The part could not be stored (disk full, permission, input/output error).</summary>
    [JsonStringEnumMemberName("storage")] Storage = 5,

    /// <summary>Given back without a verdict (cancelled, worker left).</summary>
    [JsonStringEnumMemberName("released")] Released = 6,

    /// <summary>The worker or its process died, or was silent for a whole lease.</summary>
    [JsonStringEnumMemberName("lost")] Lost = 7,
}

/// <summary>How a run of a sweep ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SweepEnd>))]
public enum SweepEnd
{
    /// <summary>Every point is in the finished output.</summary>
    [JsonStringEnumMemberName("complete")] Complete = 1,

    /// <summary>Every point is in the finished output; some are rows with status <c>crashed</c>.</summary>
    [JsonStringEnumMemberName("complete_with_crashed_points")] CompleteWithCrashedPoints = 2,

    /// <summary>Stopped by trouble that a person must remove (the reason says which); running again goes on.</summary>
    [JsonStringEnumMemberName("incomplete")] Incomplete = 3,

    /// <summary>Stopped because somebody asked; running again goes on.</summary>
    [JsonStringEnumMemberName("interrupted")] Interrupted = 4,
}
