using System.Diagnostics;
using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>The process of a coordinator and its aggregator: carries out what they want.</summary>
internal sealed class SimulatedHost
{
    private readonly SimulatedCluster _cluster;
    private readonly string _name;
    private readonly double _clockRate;
    private readonly long _started;
    private TimeSpan _clockOffset;
    private bool _journalFailed;

    public SimulatedHost(SimulatedCluster cluster, long term)
    {
        _cluster = cluster;
        _name = $"coordinator{term}";
        _started = cluster.Now;
        _clockRate = cluster.Plan.ClockIsWrong ? 0.5 * Math.Pow(4, cluster.Random.NextDouble()) : 1;
        _clockOffset = cluster.Plan.ClockIsWrong ? TimeSpan.FromHours(cluster.Random.Next(-1000, 1000)) : TimeSpan.Zero;
        var plan = cluster.Plan;
        var coordinatorEffects = new List<CoordinatorEffect>();
        var aggregatorEffects = new List<AggregatorEffect>();
        long merged = cluster.Variant.Merged(cluster.Storage.Resume(), cluster.Storage.Journal);
        var history = WorkHistory.Read(cluster.Storage.Journal, openAttemptsWereLost: plan.Transport == Transport.Mailboxes);
        var parts = cluster.Storage.List();
        var start = cluster.Variant.Start(new CoordinatorStart(
            term, [.. parts, CurveRange.Between(0, merged)], history, Clock, TimeSpan.FromMilliseconds(plan.Lease)));
        Coordinator = new Coordinator(plan.Shape, _ => "id", start, coordinatorEffects);
        Aggregator = new Aggregator(plan.Shape.Curves, merged, cluster.Variant.PartsToMerge(parts), aggregatorEffects);
        cluster.Seen.TroublesRemembered += history.Troubles.Count;
        _cluster.Say(_name, $"starts with {start.Committed.Count()} ranges committed, {merged} curves merged, {history.Troubles.Count} troubles");
        CarryOut(coordinatorEffects);
        CarryOut(aggregatorEffects);
        Tick();
    }

    public Coordinator Coordinator { get; private set; }

    public Aggregator Aggregator { get; private set; }

    /// <summary>False once the process is dead.</summary>
    public bool Lives { get; set; } = true;

    /// <summary>Another coordinator has taken over; this one does not know it yet.</summary>
    public bool IsDeposed { get; set; }

    public bool IsMerging { get; private set; }

    /// <summary>The operating system does not let the process run before this time.</summary>
    public long PausedUntil { get; set; }

    private TimeSpan Clock => _clockOffset + TimeSpan.FromMilliseconds((_cluster.Now - _started) * _clockRate);

    /// <summary>The clock goes on by some time at once (a suspended machine, a corrected clock).</summary>
    public void JumpClock(long time) => _clockOffset += TimeSpan.FromMilliseconds(time);

    public void Tell(CoordinatorEvent happened) => WhenAwake(() =>
    {
        foreach (var seen in _cluster.Variant.See(happened))
        {
            if (seen is not CoordinatorEvent.TimePassed) _cluster.Say(_name, seen);
            var effects = new List<CoordinatorEffect>();
            long began = Stopwatch.GetTimestamp();
            Coordinator.Apply(seen, effects);
            _cluster.Costs.Add(Stopwatch.GetTimestamp() - began);
            _cluster.Seen.Count(seen, effects);
            CarryOut(_cluster.Variant.Do(effects));
        }
    });

    /// <summary>The bytes that coordinator and aggregator hold; they are gone afterwards.</summary>
    public long MeasureMemory()
    {
        long before = Used();
        (Coordinator, Aggregator) = (null!, null!);
        long held = before - Used();
        GC.KeepAlive(this); // and the cluster, which would be counted otherwise
        return held;

        static long Used()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            return GC.GetTotalMemory(forceFullCollection: false);
        }
    }

    private void Tell(AggregatorEvent happened) => WhenAwake(() =>
    {
        if (happened is not AggregatorEvent.PartCommitted) IsMerging = false;
        if (IsDeposed && !_cluster.Variant.DeposedCoordinatorsMerge) return;
        _cluster.Say(_name, happened);
        var effects = new List<AggregatorEffect>();
        Aggregator.Apply(happened, effects);
        CarryOut(effects);
    });

    private void WhenAwake(Action action)
    {
        if (!Lives) return;
        if (PausedUntil <= _cluster.Now) action();
        else _cluster.After(PausedUntil - _cluster.Now, () => WhenAwake(action));
    }

    // A few times per lease.
    private void Tick() => _cluster.After(_cluster.Plan.Lease / 4, () =>
    {
        if (!Lives) return;
        Tell(new CoordinatorEvent.TimePassed(Clock));
        Tick();
    });

    private void CarryOut(IReadOnlyList<CoordinatorEffect> effects)
    {
        foreach (var effect in effects)
        {
            _cluster.Say(_name, effect);
            switch (effect)
            {
                case CoordinatorEffect.Send send:
                    _cluster.Network.ToWorker(send.To, send.Message);
                    break;
                case CoordinatorEffect.Record record:
                    if (_cluster.Plan.KeepsJournal) _cluster.Promises.Check(record.Entry);
                    _cluster.Seen.Count(record.Entry, _cluster.Plan.Shape);
                    if (!_journalFailed && !_cluster.Storage.Append(record.Entry))
                    {
                        _journalFailed = true; // the sweep ends already
                        _cluster.After(0, () => Tell(new CoordinatorEvent.StorageFailed("journal")));
                    }
                    break;
                case CoordinatorEffect.AnnouncePart part:
                    _cluster.Storage.Announce(part.Part);
                    Tell(new AggregatorEvent.PartCommitted(part.Part));
                    break;
                case CoordinatorEffect.AnnounceCrash crash:
                    if (crash.Points.Count == 1) _cluster.Seen.PoisonPointsFound++;
                    else _cluster.Seen.PoisonCurvesFound++;
                    break;
                case CoordinatorEffect.Finish finish when !IsDeposed:
                    _cluster.Finished(this, finish);
                    break;
            }
        }
    }

    private void CarryOut(List<AggregatorEffect> effects)
    {
        foreach (var effect in effects.Select(_cluster.Variant.Do))
        {
            switch (effect)
            {
                case AggregatorEffect.MergeNext merge: Soon(() => _cluster.Storage.Merge(merge.Part, merge.Take)); break;
                case AggregatorEffect.FinishOutput: Soon(_cluster.Storage.Finish); break;
                case AggregatorEffect.TellCoordinator tell: _cluster.After(0, () => Tell(tell.Event)); break;
            }
        }

        void Soon(Func<AggregatorEvent> work)
        {
            IsMerging = true;
            _cluster.After(_cluster.MergeTime(), () => WhenAwake(() =>
            {
                // The lock on the output is gone with the office.
                if (!IsDeposed || _cluster.Variant.DeposedCoordinatorsMerge) Tell(work());
            }));
        }
    }
}
