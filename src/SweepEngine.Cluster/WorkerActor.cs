using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>Carries out what a <see cref="Worker"/> wants: kernel and commit on a thread of its own, messages to the coordinator.</summary>
internal sealed class WorkerActor : IDisposable
{
    private const int MailboxCapacity = 32;

    private readonly Worker _worker;
    private readonly Func<WorkerMessage, bool> _send;
    private readonly PartStore _store;
    private readonly TimeProvider _clock;
    private readonly TimeSpent _committing;
    private readonly Actor<WorkerEvent?> _actor;
    private readonly WorkThread _thread;
    private readonly List<WorkerEffect> _effects = [];
    private IShardKernel? _kernel;
    private ReadOnlyMemory<byte> _payload;
    private CancellationTokenSource _cancel = new();

    public WorkerActor(WorkerId id, SweepHost.WorkerMeans means, Func<WorkerMessage, bool> send)
    {
        _send = send;
        _store = means.Store;
        _clock = means.Clock;
        _committing = means.Committing;
        _worker = new Worker(id, _effects);
        _actor = new Actor<WorkerEvent?>($"Worker {id}", MailboxCapacity, Receive, _worker.ToString);
        _thread = new WorkThread($"sweep worker {id.Number}", means.LowPriority, _actor.Fail);
        _thread.Do(() => _kernel = means.CreateKernel());
    }

    /// <summary>Asks for the first work.</summary>
    public void Start() => _actor.Offer(null);

    public void Offer(WorkerEvent happened) => _actor.Offer(happened);

    /// <summary>Ends the worker without waiting for its kernel.</summary>
    public void Abandon() => _actor.Stop();

    /// <summary>Ends when the worker was told to stop; fails if it threw.</summary>
    public async Task RunAsync()
    {
        try
        {
            await _actor.Completion.ConfigureAwait(false);
        }
        finally
        {
            await _cancel.CancelAsync().ConfigureAwait(false);
            _thread.Stop();
            await _thread.Ended.ConfigureAwait(false);
        }
    }

    public void Dispose() => _cancel.Dispose();

    private ValueTask Receive(WorkerEvent? happened)
    {
        if (happened is not null) _worker.Apply(happened, _effects);
        foreach (var effect in _effects) CarryOut(effect);
        _effects.Clear();
        return ValueTask.CompletedTask;
    }

    private void CarryOut(WorkerEffect effect)
    {
        switch (effect)
        {
            case WorkerEffect.Send send:
                _send(send.Message);
                break;
            case WorkerEffect.RunKernel run:
                _cancel.Dispose();
                _cancel = new CancellationTokenSource();
                var cancel = _cancel.Token;
                _thread.Do(() => Tell(RunKernel(run, cancel)));
                break;
            case WorkerEffect.CancelKernel:
                _cancel.Cancel();
                break;
            case WorkerEffect.CommitPart commit:
                _thread.Do(() =>
                {
                    var (end, message) = _committing.In(() => _store.Commit(commit.Work, _payload));
                    _payload = default;
                    Tell(new WorkerEvent.CommitEnded(commit.Epoch, end, message));
                });
                break;
            case WorkerEffect.End:
                _actor.Stop();
                break;
        }
    }

    private WorkerEvent RunKernel(WorkerEffect.RunKernel run, CancellationToken cancel)
    {
        long began = _clock.GetTimestamp();
        try
        {
            if (run.Work.Kind == WorkKind.Probe) _kernel!.Probe(run.Work, cancel);
            else _payload = _kernel!.Compute(run.Work, cancel);
            return new WorkerEvent.KernelFinished(run.Epoch, Seconds());
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return new WorkerEvent.KernelCancelled(run.Epoch);
        }
#pragma warning disable CA1031 // any exception of a kernel is its verdict on this work
        catch (Exception failure)
#pragma warning restore CA1031
        {
            string place = failure.StackTrace?.Split('\n', 2)[0].Trim() ?? "";
            return new WorkerEvent.KernelFailed(run.Epoch, $"{failure.GetType().Name}: {failure.Message} {place}".TrimEnd(), Seconds());
        }

        double Seconds() => Math.Round(_clock.GetElapsedTime(began).TotalSeconds, 6);
    }

    private void Tell(WorkerEvent happened) => _actor.SendAsync(happened).AsTask().GetAwaiter().GetResult();
}
