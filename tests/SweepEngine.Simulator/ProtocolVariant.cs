using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>
/// The protocol as it is. Subclasses break one rule each, by changing what goes into the state machines and what comes out of them, or what
/// their host does; the machines themselves know nothing of this.
/// </summary>
internal class ProtocolVariant
{
    public virtual bool LastWriterWins => false;

    public virtual bool ReportsBeforeCommit => false;

    public virtual bool FlushesParts => true;

    public virtual bool FlushesNames => true;

    public virtual bool CutsOutputToBlocks => true;

    public virtual bool DeposedCoordinatorsMerge => false;

    public virtual long Term(long term) => term;

    public virtual CoordinatorStart Start(CoordinatorStart start) => start;

    public virtual long Merged(long merged, IEnumerable<JournalRecord> journal) => merged;

    public virtual IReadOnlyList<CurveRange> PartsToMerge(IReadOnlyList<CurveRange> parts) => parts;

    public virtual WorkerMessage Arrive(WorkerMessage message) => message;

    public virtual IEnumerable<CoordinatorEvent> See(CoordinatorEvent happened) => [happened];

    public virtual WorkerEvent? See(WorkerEvent happened) => happened;

    public virtual IReadOnlyList<CoordinatorEffect> Do(IReadOnlyList<CoordinatorEffect> effects) => effects;

    public virtual WorkerEffect? Do(WorkerEffect effect) => effect;

    public virtual AggregatorEffect Do(AggregatorEffect effect) => effect;
}
