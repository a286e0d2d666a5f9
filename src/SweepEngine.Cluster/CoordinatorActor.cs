using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>Carries out what a <see cref="Coordinator"/> wants: journal, messages to workers, parts to the aggregator, reports to
/// people.</summary>
internal sealed class CoordinatorActor
{
    private readonly Coordinator _coordinator;
    private readonly JournalFile _journal;
    private readonly Action<WorkerId, CoordinatorMessage> _send;
    private readonly Func<CurveRange, ValueTask> _announce;
    private readonly Action<ClusterReport> _report;
    private readonly Actor<CoordinatorEvent> _actor;
    private readonly List<CoordinatorEffect> _effects = [];
    private readonly TaskCompletionSource<CoordinatorEffect.Finish> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _journalFailed;
    private SweepProgress _progress;

    public CoordinatorActor(
        Func<List<CoordinatorEffect>, Coordinator> start, JournalFile journal,
        Action<WorkerId, CoordinatorMessage> send, Func<CurveRange, ValueTask> announce, SweepHost.CoordinatorMeans means)
    {
        _journal = journal;
        _send = send;
        _announce = announce;
        _report = means.Report;
        _coordinator = start(_effects);
        _progress = _coordinator.Progress;
        _actor = new Actor<CoordinatorEvent>("Coordinator", means.MailboxCapacity, ReceiveAsync, _coordinator.ToString);
    }

    public Task Completion => _actor.Completion;

    /// <summary>How the run ends.</summary>
    public Task<CoordinatorEffect.Finish> Finished => _finished.Task;

    /// <summary>Where the sweep stands; call it after the actor has stopped.</summary>
    public (SweepProgress Progress, IReadOnlyList<long> CrashedPoints) Result => (_coordinator.Progress, [.. _coordinator.CrashedPoints]);

    public bool Offer(CoordinatorEvent happened) => _actor.Offer(happened);

    public ValueTask SendAsync(CoordinatorEvent happened) => _actor.SendAsync(happened);

    public void Stop() => _actor.Stop();

    private async ValueTask ReceiveAsync(CoordinatorEvent happened)
    {
        if (happened is CoordinatorEvent.PartCorrupted corrupted) _report(new ClusterReport.Notice(corrupted.Message));
        _coordinator.Apply(happened, _effects);
        for (int i = 0; i < _effects.Count; i++) await CarryOutAsync(_effects[i]).ConfigureAwait(false); // a failing journal adds effects
        _effects.Clear();
        if (_coordinator.Progress is var progress && progress != _progress) _report(new ClusterReport.Progress(_progress = progress));
    }

    private async ValueTask CarryOutAsync(CoordinatorEffect effect)
    {
        switch (effect)
        {
            case CoordinatorEffect.Send send: _send(send.To, send.Message); break;
            case CoordinatorEffect.Record record: Append(record.Entry); break;
            case CoordinatorEffect.AnnouncePart part: await _announce(part.Part).ConfigureAwait(false); break;
            case CoordinatorEffect.RaiseAlarm alarm: _report(new ClusterReport.Alarm(alarm.Message)); break;
            case CoordinatorEffect.AnnounceCrash crash: _report(new ClusterReport.Crash(crash.Points, crash.Message)); break;
            case CoordinatorEffect.Finish finish: _finished.TrySetResult(finish); break;
        }
    }

    private void Append(JournalRecord entry)
    {
        if (_journalFailed) return; // the sweep ends already
        try
        {
            _journal.Append(entry);
        }
        catch (IOException trouble)
        {
            _journalFailed = true;
            _coordinator.Apply(new CoordinatorEvent.StorageFailed(StorageTrouble.Describe("the journal cannot be written", trouble)), _effects);
        }
    }
}
