using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>
/// The protocol as it is. Subclasses break one rule each, by changing what goes into the state machines and what comes out of them; the
/// machines themselves know nothing of this.
/// </summary>
internal class ProtocolVariant
{
    public virtual bool LastWriterWins => false;

    public virtual bool ReportsBeforeCommit => false;

    public virtual WorkerMessage Arrive(WorkerMessage message) => message;

    public virtual CoordinatorEvent? See(CoordinatorEvent happened) => happened;

    public virtual WorkerEvent? See(WorkerEvent happened) => happened;

    public virtual CoordinatorEffect? Do(CoordinatorEffect effect) => effect;

    public virtual AggregatorEffect Do(AggregatorEffect effect) => effect;

    public virtual long Term(long term) => term;
}

/// <summary>A report counts for whatever the worker holds now.</summary>
internal sealed class EpochsAreIgnored : ProtocolVariant
{
    private readonly Dictionary<WorkerId, Epoch> _held = [];

    public override CoordinatorEffect? Do(CoordinatorEffect effect)
    {
        if (effect is CoordinatorEffect.Record { Entry: JournalRecord.Attempted attempt }) _held[attempt.Worker] = attempt.Epoch;
        return effect;
    }

    public override WorkerMessage Arrive(WorkerMessage message) =>
        message is WorkerMessage.Report report && _held.TryGetValue(report.Worker, out var held) ? report with { Epoch = held } : message;
}

/// <summary>A new coordinator counts its grants like the old one.</summary>
internal sealed class TermsAreReused : ProtocolVariant
{
    public override long Term(long term) => 1;
}

/// <summary>A part is reported before it is stored.</summary>
internal sealed class ReportComesBeforeCommit : ProtocolVariant
{
    public override bool ReportsBeforeCommit => true;
}

/// <summary>A second result replaces the first.</summary>
internal sealed class TheLastWriterWins : ProtocolVariant
{
    public override bool LastWriterWins => true;
}

/// <summary>A silent worker keeps its work.</summary>
internal sealed class LeasesNeverEnd : ProtocolVariant
{
    public override CoordinatorEvent? See(CoordinatorEvent happened) => happened is CoordinatorEvent.TimePassed ? null : happened;
}

/// <summary>What is not answered is not said again.</summary>
internal sealed class WorkersDoNotRepeat : ProtocolVariant
{
    public override WorkerEvent? See(WorkerEvent happened) => happened is WorkerEvent.TimePassed ? null : happened;
}

/// <summary>A damaged part is moved aside and forgotten.</summary>
internal sealed class CorruptPartsAreNotComputedAgain : ProtocolVariant
{
    public override CoordinatorEvent? See(CoordinatorEvent happened) => happened is CoordinatorEvent.PartCorrupted ? null : happened;
}

/// <summary>Parts are merged whole, also where they overlap what is merged.</summary>
internal sealed class OverlapsAreMergedTwice : ProtocolVariant
{
    public override AggregatorEffect Do(AggregatorEffect effect) =>
        effect is AggregatorEffect.MergeNext merge ? merge with { Take = merge.Part } : effect;
}

/// <summary>The journal does not hold attempts, so a killed process is not remembered.</summary>
internal sealed class AttemptsAreNotJournaled : ProtocolVariant
{
    public override CoordinatorEffect? Do(CoordinatorEffect effect) =>
        effect is CoordinatorEffect.Record { Entry: JournalRecord.Attempted } ? null : effect;
}

/// <summary>A failed probe counts as passed, so poison points are never found.</summary>
internal sealed class FailedProbesPass : ProtocolVariant
{
    public override WorkerMessage Arrive(WorkerMessage message) =>
        message is WorkerMessage.Report { End: WorkEnd.Failed } report && report.Message.StartsWith("point", StringComparison.Ordinal)
            ? report with { End = WorkEnd.Done } : message;
}

/// <summary>The aggregator is not told of new parts.</summary>
internal sealed class CommittedPartsAreNotAnnounced : ProtocolVariant
{
    public override CoordinatorEffect? Do(CoordinatorEffect effect) => effect is CoordinatorEffect.AnnouncePart ? null : effect;
}
