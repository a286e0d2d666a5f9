using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>Carries out what an <see cref="Aggregator"/> wants: reads parts and feeds the merger, on a thread of its own.</summary>
internal sealed class AggregatorActor : IPartTaker
{
    private const int MailboxCapacity = 1024;

    private readonly Aggregator _aggregator;
    private readonly PartMerging _parts;
    private readonly Func<CoordinatorEvent, ValueTask> _tellCoordinator;
    private readonly Actor<AggregatorEvent?> _actor;
    private readonly WorkThread _thread;
    private readonly TimeSpent _merging;
    private readonly List<AggregatorEffect> _effects = [];

    /// <param name="merge">Where the output and the parts stand.</param>
    /// <param name="parts">Reads parts into the output.</param>
    /// <param name="tellCoordinator">The way to the coordinator.</param>
    /// <param name="merging">Where the time goes.</param>
    public AggregatorActor(
        (long Curves, long Merged, IReadOnlyList<CurveRange> Parts) merge, PartMerging parts,
        Func<CoordinatorEvent, ValueTask> tellCoordinator, TimeSpent merging)
    {
        _merging = merging;
        _parts = parts;
        _tellCoordinator = tellCoordinator;
        _aggregator = new Aggregator(merge.Curves, merge.Merged, merge.Parts, _effects);
        _actor = new Actor<AggregatorEvent?>("Aggregator", MailboxCapacity, ReceiveAsync, _aggregator.ToString);
        _thread = new WorkThread("sweep aggregator", lowPriority: false, _actor.Fail);
    }

    public Task Completion => _actor.Completion;

    /// <summary>Begins with what is there already.</summary>
    public ValueTask StartAsync() => _actor.SendAsync(null);

    public ValueTask AnnounceAsync(CurveRange part) => _actor.SendAsync(new AggregatorEvent.PartCommitted(part));

    public void Tick(TimeSpan now)
    {
    }

    // What is merged is of use however the run ends.
    public ValueTask DrainAsync() => ValueTask.CompletedTask;

    /// <summary>Ends after the merge that runs now.</summary>
    public async Task StopAsync()
    {
        _actor.Stop();
        await Task.WhenAny(_actor.Completion).ConfigureAwait(false); // its failure, if any, is told by Completion
        _thread.Stop();
        await _thread.Ended.ConfigureAwait(false);
    }

    private async ValueTask ReceiveAsync(AggregatorEvent? happened)
    {
        if (happened is not null) _aggregator.Apply(happened, _effects);
        foreach (var effect in _effects)
        {
            switch (effect)
            {
                case AggregatorEffect.MergeNext merge: Do(() => _parts.Merge(merge)); break;
                case AggregatorEffect.FinishOutput: Do(_parts.Finish); break;
                case AggregatorEffect.TellCoordinator tell: await _tellCoordinator(tell.Event).ConfigureAwait(false); break;
            }
        }
        _effects.Clear();
    }

    private void Do(Func<AggregatorEvent> job) =>
        _thread.Do(() => _actor.SendAsync(_merging.In(job)).AsTask().GetAwaiter().GetResult());
}
