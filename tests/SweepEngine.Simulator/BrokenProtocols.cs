using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>A report counts for whatever the worker holds now.</summary>
internal sealed class EpochsAreIgnored : ProtocolVariant
{
    private readonly Dictionary<WorkerId, Epoch> _held = [];

    public override IReadOnlyList<CoordinatorEffect> Do(IReadOnlyList<CoordinatorEffect> effects)
    {
        foreach (var effect in effects)
            if (effect is CoordinatorEffect.Record { Entry: JournalRecord.Attempted attempt }) _held[attempt.Worker] = attempt.Epoch;
        return effects;
    }

    public override WorkerMessage Arrive(WorkerMessage message) =>
        message is WorkerMessage.Report report && _held.TryGetValue(report.Worker, out var held) ? report with { Epoch = held } : message;
}

/// <summary>A new coordinator counts its grants like the old one.</summary>
internal sealed class TermsAreReused : ProtocolVariant
{
    public override long Term(long term) => 1;
}

/// <summary>The term follows from the journal also where workers outlive their coordinator: a lost journal makes old epochs new.</summary>
internal sealed class TermsComeFromTheJournal : ProtocolVariant
{
    public override CoordinatorStart Start(CoordinatorStart start) => start with { Term = start.History.Term + 1 };
}

/// <summary>A part is reported before it is stored.</summary>
internal sealed class ReportComesBeforeCommit : ProtocolVariant
{
    public override bool ReportsBeforeCommit => true;
}

/// <summary>A second result is renamed over the first.</summary>
internal sealed class TheLastWriterWins : ProtocolVariant
{
    public override bool LastWriterWins => true;
}

/// <summary>A part gets its name before its bytes are on the disk.</summary>
internal sealed class PartsAreNotFlushed : ProtocolVariant
{
    public override bool FlushesParts => false;
}

/// <summary>A part is reported before its name is on the disk.</summary>
internal sealed class NamesAreNotFlushed : ProtocolVariant
{
    public override bool FlushesNames => false;
}

/// <summary>A silent worker keeps its work.</summary>
internal sealed class LeasesNeverEnd : ProtocolVariant
{
    public override IEnumerable<CoordinatorEvent> See(CoordinatorEvent happened) => happened is CoordinatorEvent.TimePassed ? [] : [happened];
}

/// <summary>What is not answered is not said again.</summary>
internal sealed class WorkersDoNotRepeat : ProtocolVariant
{
    public override WorkerEvent? See(WorkerEvent happened) => happened is WorkerEvent.TimePassed ? null : happened;
}

/// <summary>A worker that computes says so once, and is then taken for dead.</summary>
internal sealed class RunningWorkersAreSilent : ProtocolVariant
{
    private readonly HashSet<Epoch> _begun = [];

    public override WorkerEffect? Do(WorkerEffect effect) =>
        effect is WorkerEffect.Send { Message: WorkerMessage.Alive alive } && !_begun.Add(alive.Epoch) ? null : effect;
}

/// <summary>Workers go on asking when there is nothing left.</summary>
internal sealed class StopIsIgnored : ProtocolVariant
{
    public override WorkerEvent? See(WorkerEvent happened) => happened is WorkerEvent.Received { Message: CoordinatorMessage.Stop } ? null : happened;
}

/// <summary>A damaged part is moved aside and forgotten.</summary>
internal sealed class CorruptPartsAreNotComputedAgain : ProtocolVariant
{
    public override IEnumerable<CoordinatorEvent> See(CoordinatorEvent happened) => happened is CoordinatorEvent.PartCorrupted ? [] : [happened];
}

/// <summary>Parts are merged whole, also where they overlap what is merged.</summary>
internal sealed class OverlapsAreMergedTwice : ProtocolVariant
{
    public override AggregatorEffect Do(AggregatorEffect effect) =>
        effect is AggregatorEffect.MergeNext merge ? merge with { Take = merge.Part } : effect;
}

/// <summary>Merging goes on in the middle of a block, the first half of which was in the memory of the process that died.</summary>
internal sealed class HalfBlocksAreKept : ProtocolVariant
{
    public override bool CutsOutputToBlocks => false;
}

/// <summary>A coordinator that was replaced while it slept goes on with its output.</summary>
internal sealed class DeposedCoordinatorsGoOnMerging : ProtocolVariant
{
    public override bool DeposedCoordinatorsMerge => true;
}

/// <summary>The aggregator hears of new parts alone; those of earlier runs are not listed for it.</summary>
internal sealed class OldPartsAreNotMerged : ProtocolVariant
{
    public override IReadOnlyList<CurveRange> PartsToMerge(IReadOnlyList<CurveRange> parts) => [];
}

/// <summary>What the journal calls done, from the first curve on, is taken for merged.</summary>
internal sealed class TheJournalIsTrustedOverTheOutput : ProtocolVariant
{
    public override long Merged(long merged, IEnumerable<JournalRecord> journal)
    {
        var attempts = new Dictionary<Epoch, CurveRange>();
        var done = new RangeSet();
        foreach (var record in journal)
        {
            if (record is JournalRecord.Attempted { Kind: WorkKind.Compute } attempt) attempts[attempt.Epoch] = attempt.Curves;
            if (record is JournalRecord.Ended { End: WorkEnd.Done } ended && attempts.TryGetValue(ended.Epoch, out var curves)) done.Add(curves);
        }
        return Math.Max(merged, done.Runs is [{ First: 0 } run, ..] ? run.End : 0);
    }
}

/// <summary>The journal does not hold attempts, so a killed process is not remembered.</summary>
internal sealed class AttemptsAreNotJournaled : ProtocolVariant
{
    public override IReadOnlyList<CoordinatorEffect> Do(IReadOnlyList<CoordinatorEffect> effects) =>
        [.. effects.Where(effect => effect is not CoordinatorEffect.Record { Entry: JournalRecord.Attempted })];
}

/// <summary>A failed probe counts as passed, so poison points are never found.</summary>
internal sealed class FailedProbesPass : ProtocolVariant
{
    public override WorkerMessage Arrive(WorkerMessage message) =>
        message is WorkerMessage.Report { End: WorkEnd.Failed } report && report.Message.StartsWith("point", StringComparison.Ordinal)
            ? report with { End = WorkEnd.Done } : message;
}

/// <summary>A probe that went through counts as a committed part.</summary>
internal sealed class ProbesCountAsCommits : ProtocolVariant
{
    private readonly Dictionary<Epoch, CurveRange> _probes = [];

    public override IReadOnlyList<CoordinatorEffect> Do(IReadOnlyList<CoordinatorEffect> effects) => [.. effects.SelectMany(Announce)];

    private IEnumerable<CoordinatorEffect> Announce(CoordinatorEffect effect)
    {
        yield return effect;
        if (effect is CoordinatorEffect.Record { Entry: JournalRecord.Attempted { Kind: WorkKind.Probe } probe }) _probes[probe.Epoch] = probe.Curves;
        if (effect is CoordinatorEffect.Record { Entry: JournalRecord.Ended { End: WorkEnd.Done } done } && _probes.TryGetValue(done.Epoch, out var curves))
            yield return new CoordinatorEffect.AnnouncePart(curves);
    }
}

/// <summary>Points that were found to crash are computed all the same.</summary>
internal sealed class CrashedPointsAreNotLeftOut : ProtocolVariant
{
    public override IReadOnlyList<CoordinatorEffect> Do(IReadOnlyList<CoordinatorEffect> effects) => [.. effects.Select(effect =>
        effect is CoordinatorEffect.Send { Message: CoordinatorMessage.Grant { Work.Kind: WorkKind.Compute } grant } send
            ? send with { Message = grant with { Work = grant.Work with { CrashedPoints = [] } } } : effect)];
}

/// <summary>A grant that never reached its worker is blamed when the worker is silent.</summary>
internal sealed class GrantsNeverBegunCountAsLost : ProtocolVariant
{
    private readonly List<CoordinatorEvent> _begun = [];

    public override IReadOnlyList<CoordinatorEffect> Do(IReadOnlyList<CoordinatorEffect> effects)
    {
        foreach (var effect in effects)
            if (effect is CoordinatorEffect.Record { Entry: JournalRecord.Attempted attempt })
                _begun.Add(new CoordinatorEvent.Received(new WorkerMessage.Alive(attempt.Worker, attempt.Epoch)));
        return effects;
    }

    public override IEnumerable<CoordinatorEvent> See(CoordinatorEvent happened)
    {
        CoordinatorEvent[] seen = [.. _begun, happened];
        _begun.Clear();
        return seen;
    }
}

/// <summary>Work that is suspected of killing its process runs beside other work, which is blamed for its crashes.</summary>
internal sealed class SuspectsShareTheirProcess : ProtocolVariant
{
    private const string Seat = "#";

    public override WorkerMessage Arrive(WorkerMessage message) => message with { Worker = Alone(message.Worker) };

    public override IReadOnlyList<CoordinatorEffect> Do(IReadOnlyList<CoordinatorEffect> effects) => [.. effects.Select(effect =>
        effect is CoordinatorEffect.Send send ? send with { To = new WorkerId(send.To.Process.Split(Seat)[0], send.To.Number) } : effect)];

    private static WorkerId Alone(WorkerId worker) => new($"{worker.Process}{Seat}{worker.Number}", worker.Number);
}

/// <summary>The aggregator is not told of new parts.</summary>
internal sealed class CommittedPartsAreNotAnnounced : ProtocolVariant
{
    public override IReadOnlyList<CoordinatorEffect> Do(IReadOnlyList<CoordinatorEffect> effects) =>
        [.. effects.Where(effect => effect is not CoordinatorEffect.AnnouncePart)];
}
