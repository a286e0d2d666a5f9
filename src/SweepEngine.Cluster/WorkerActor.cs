using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>Brings the bytes of a part to storage; called on the worker's thread, where it may wait.</summary>
/// <param name="epoch">The grant.</param>
/// <param name="work">What was computed.</param>
/// <param name="payload">What the kernel returned; not touched afterwards.</param>
/// <returns>Done, same, different or storage, and a sentence for people if not done.</returns>
public delegate (WorkEnd End, string Message) PartCommit(Epoch epoch, ShardWork work, ReadOnlyMemory<byte> payload);

/// <summary>What all workers of a process share.</summary>
/// <param name="CreateKernel">Makes one kernel for each worker; called on the worker's thread.</param>
/// <param name="Commit">Brings parts to storage.</param>
/// <param name="LowPriority">Whether other programs of the machine go first.</param>
/// <param name="Clock">Measures time.</param>
public sealed record WorkerMeans(Func<IShardKernel> CreateKernel, PartCommit Commit, bool LowPriority, TimeProvider Clock);

/// <summary>Carries out what a <see cref="Worker"/> wants: kernel and commit on a thread of its own, messages to the coordinator.</summary>
public sealed class WorkerActor : IDisposable
{
    private const int MailboxCapacity = 32;

    private readonly Worker _worker;
    private readonly Func<WorkerMessage, bool> _send;
    private readonly PartCommit _commit;
    private readonly TimeProvider _clock;
    private readonly Actor<WorkerEvent?> _actor;
    private readonly WorkThread _thread;
    private readonly List<WorkerEffect> _effects = [];
    private IShardKernel? _kernel;
    private ReadOnlyMemory<byte> _payload;
    private CancellationTokenSource _cancel = new();

    /// <summary>Makes a worker; it does nothing before <see cref="Start"/>.</summary>
    /// <param name="id">Its address, never used before.</param>
    /// <param name="means">What it works with.</param>
    /// <param name="send">Sends a message to the coordinator; it may be lost. Must be quick.</param>
    public WorkerActor(WorkerId id, WorkerMeans means, Func<WorkerMessage, bool> send)
    {
        _send = send;
        _commit = means.Commit;
        _clock = means.Clock;
        _worker = new Worker(id, _effects);
        _actor = new Actor<WorkerEvent?>($"Worker {id}", MailboxCapacity, Receive, _worker.ToString);
        _thread = new WorkThread($"sweep worker {id.Number}", means.LowPriority, _actor.Fail);
        _thread.Do(() => _kernel = means.CreateKernel());
    }

    /// <summary>Asks for the first work.</summary>
    public void Start() => _actor.Offer(null);

    /// <summary>Tells the worker what happened; dropped while its mailbox is more than half full.</summary>
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

    /// <inheritdoc/>
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
                    var (end, message) = _commit(commit.Epoch, commit.Work, _payload);
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
