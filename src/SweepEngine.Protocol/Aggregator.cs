namespace SweepEngine.Protocol;

/// <summary>What happens to an aggregator.</summary>
public abstract record AggregatorEvent
{
    /// <summary>A part is committed.</summary>
    /// <param name="Part">Its curves.</param>
    public sealed record PartCommitted(CurveRange Part) : AggregatorEvent;

    /// <summary>The part that was asked for is merged.</summary>
    /// <param name="CrashedPoints">Crashed points among the curves that were taken.</param>
    public sealed record PartMerged(IReadOnlyList<long> CrashedPoints) : AggregatorEvent;

    /// <summary>The part that was asked for is missing or unreadable, and has been moved aside.</summary>
    /// <param name="Message">For people.</param>
    public sealed record PartUnreadable(string Message) : AggregatorEvent;

    /// <summary>The output is finished.</summary>
    public sealed record OutputFinished : AggregatorEvent;

    /// <summary>The output cannot be written (disk full, permission, input/output error).</summary>
    /// <param name="Reason">For people.</param>
    public sealed record OutputFailed(string Reason) : AggregatorEvent;
}

/// <summary>What an aggregator wants done.</summary>
public abstract record AggregatorEffect
{
    /// <summary>Merge the curves <paramref name="Take"/> from a part; answered by merged, unreadable or failed.</summary>
    /// <param name="Part">Which part.</param>
    /// <param name="Take">The curves that the output lacks; less than the part if parts overlap.</param>
    public sealed record MergeNext(CurveRange Part, CurveRange Take) : AggregatorEffect;

    /// <summary>All curves are merged: finish the output; answered by finished or failed.</summary>
    public sealed record FinishOutput : AggregatorEffect;

    /// <summary>Tell the coordinator.</summary>
    /// <param name="Event">What to tell.</param>
    public sealed record TellCoordinator(CoordinatorEvent Event) : AggregatorEffect;
}

/// <summary>
/// Brings committed parts into the output in the order of their curves. Pure: events in, effects out.
/// <code>
///              a part covers the position                    position = curves
///   waiting ──────────────────────────────► merging ──merged──► … ──────────────► finishing ──► finished
///      ▲                                       │ unreadable: coordinator told
///      └───────────────────────────────────────┘                    any ──output failed──► failed
/// </code>
/// Invariants: each curve is taken exactly once, in ascending order; one merge at a time; parts behind the position are forgotten.
/// State is O(parts ahead of the position + crashed points).
/// </summary>
public sealed class Aggregator
{
    private readonly long _curves;
    private readonly PriorityQueue<CurveRange, (long First, long End)> _ahead = new();
    private readonly List<long> _crashedPoints = [];
    private long _position;
    private State _state = State.Waiting;
    private CurveRange _part;

    /// <summary>Goes on where the output stands.</summary>
    /// <param name="curves">Curves of the sweep.</param>
    /// <param name="merged">Curves <c>[0, merged)</c> that the output holds already.</param>
    /// <param name="parts">Committed parts, any sizes and order, overlaps allowed.</param>
    /// <param name="effects">Receives the first effects.</param>
    public Aggregator(long curves, long merged, IEnumerable<CurveRange> parts, List<AggregatorEffect> effects)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(merged);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(merged, curves);
        _curves = curves;
        _position = merged;
        foreach (var part in parts) Remember(part);
        GoOn(effects);
    }

    private enum State
    {
        Waiting,
        Merging,
        Finishing,
        Finished,
        Failed,
    }

    /// <summary>Takes one event and adds what has to be done to <paramref name="effects"/>.</summary>
    public void Apply(AggregatorEvent happened, List<AggregatorEffect> effects)
    {
        switch (happened, _state)
        {
            case (AggregatorEvent.PartCommitted committed, _):
                Remember(committed.Part);
                break;
            case (AggregatorEvent.PartMerged merged, State.Merging):
                _position = _part.End;
                _state = State.Waiting;
                _crashedPoints.AddRange(merged.CrashedPoints);
                break;
            case (AggregatorEvent.PartUnreadable unreadable, State.Merging):
                _state = State.Waiting;
                Tell(new CoordinatorEvent.PartCorrupted(CurveRange.Between(_position, _part.End), unreadable.Message), effects);
                break;
            case (AggregatorEvent.OutputFinished, State.Finishing):
                _state = State.Finished;
                Tell(new CoordinatorEvent.MergeCompleted(_crashedPoints), effects);
                break;
            case (AggregatorEvent.OutputFailed failed, State.Merging or State.Finishing):
                _state = State.Failed;
                Tell(new CoordinatorEvent.StorageFailed(failed.Reason), effects);
                break;
            default:
                throw new InvalidOperationException($"Aggregator cannot take {happened}; {this}");
        }
        if (_state == State.Waiting) GoOn(effects);
    }

    /// <summary>The state, for the message of a broken invariant.</summary>
    public override string ToString() =>
        $"Aggregator {_state} at curve {_position} of {_curves}, {_ahead.Count} parts ahead, last part {_part}";

    private void Remember(CurveRange part)
    {
        if (part.End > _position) _ahead.Enqueue(part, (part.First, part.End));
    }

    private void GoOn(List<AggregatorEffect> effects)
    {
        if (_position == _curves)
        {
            _state = State.Finishing;
            effects.Add(new AggregatorEffect.FinishOutput());
            return;
        }
        while (_ahead.TryPeek(out var part, out _) && part.First <= _position)
        {
            _ahead.Dequeue();
            if (part.End <= _position) continue;
            _part = part;
            _state = State.Merging;
            effects.Add(new AggregatorEffect.MergeNext(part, CurveRange.Between(_position, part.End)));
            return;
        }
    }

    private static void Tell(CoordinatorEvent what, List<AggregatorEffect> effects) =>
        effects.Add(new AggregatorEffect.TellCoordinator(what));
}
