namespace SweepEngine.Protocol;

/// <summary>What happens to a worker.</summary>
public abstract record WorkerEvent
{
    /// <summary>A message of the coordinator arrived.</summary>
    /// <param name="Message">The message.</param>
    public sealed record Received(CoordinatorMessage Message) : WorkerEvent;

    /// <summary>Time has passed: what is not answered is said again. A few times per lease.</summary>
    public sealed record TimePassed : WorkerEvent;

    /// <summary>The kernel finished; for work that computes, the host holds the bytes.</summary>
    /// <param name="Epoch">The grant.</param>
    /// <param name="Seconds">Time that it took [s].</param>
    public sealed record KernelFinished(Epoch Epoch, double Seconds) : WorkerEvent;

    /// <summary>The kernel threw.</summary>
    /// <param name="Epoch">The grant.</param>
    /// <param name="Message">The exception, for people.</param>
    /// <param name="Seconds">Time that it took [s].</param>
    public sealed record KernelFailed(Epoch Epoch, string Message, double Seconds) : WorkerEvent;

    /// <summary>The kernel ended because it was cancelled.</summary>
    /// <param name="Epoch">The grant.</param>
    public sealed record KernelCancelled(Epoch Epoch) : WorkerEvent;

    /// <summary>The attempt to commit the part ended.</summary>
    /// <param name="Epoch">The grant.</param>
    /// <param name="End">Done, same, different or storage.</param>
    /// <param name="Message">For people; empty if all is well.</param>
    public sealed record CommitEnded(Epoch Epoch, WorkEnd End, string Message) : WorkerEvent;
}

/// <summary>What a worker wants done.</summary>
public abstract record WorkerEffect
{
    /// <summary>Send a message to the coordinator; it may be lost.</summary>
    /// <param name="Message">The message.</param>
    public sealed record Send(WorkerMessage Message) : WorkerEffect;

    /// <summary>Run the kernel; answered by exactly one kernel event.</summary>
    /// <param name="Epoch">The grant.</param>
    /// <param name="Work">What to compute.</param>
    public sealed record RunKernel(Epoch Epoch, ShardWork Work) : WorkerEffect;

    /// <summary>Ask the running kernel to end soon.</summary>
    /// <param name="Epoch">The grant.</param>
    public sealed record CancelKernel(Epoch Epoch) : WorkerEffect;

    /// <summary>Commit the bytes of the kernel that just finished; answered by exactly one <see cref="WorkerEvent.CommitEnded"/>.</summary>
    /// <param name="Epoch">The grant.</param>
    /// <param name="Work">What was computed.</param>
    public sealed record CommitPart(Epoch Epoch, ShardWork Work) : WorkerEffect;

    /// <summary>The worker is done for good.</summary>
    public sealed record End : WorkerEffect;
}

/// <summary>
/// Pulls work, has it computed and committed, reports, and asks again. Pure: events in, effects out.
/// <code>
///              grant            kernel finished             commit ended
///   asking ───────────► running ────────────────► committing ───────────► reporting ──acknowledge──► asking
///     │                  │    │ kernel failed, probe finished                 ▲
///     │ stop             │    └───────────────────────────────────────────────┘
///     ▼                  │ cancel
///   ended             cancelling ──any kernel event──► asking
/// </code>
/// Invariants: one grant at a time; one unanswered message at a time, repeated as time passes; an answer to anything but the present
/// request or epoch is ignored; bytes are committed before they are reported.
/// </summary>
public sealed class Worker
{
    private readonly WorkerId _id;
    private State _state = State.Asking;
    private long _request = 1;
    private Epoch _epoch;
    private ShardWork? _work;
    private double _seconds;
    private WorkerMessage.Report? _report;

    /// <summary>Starts by asking for work.</summary>
    /// <param name="id">Address of this worker, never used before.</param>
    /// <param name="effects">Receives the first effects.</param>
    public Worker(WorkerId id, List<WorkerEffect> effects)
    {
        _id = id;
        Ask(effects);
    }

    private enum State
    {
        Asking,
        Running,
        Cancelling,
        Committing,
        Reporting,
        Ended,
    }

    /// <summary>Takes one event and adds what has to be done to <paramref name="effects"/>.</summary>
    public void Apply(WorkerEvent happened, List<WorkerEffect> effects)
    {
        switch (happened, _state)
        {
            case (WorkerEvent.Received { Message: CoordinatorMessage.Grant grant }, State.Asking) when grant.Request == _request:
                Begin(grant, effects);
                break;
            case (WorkerEvent.Received { Message: CoordinatorMessage.Stop }, State.Asking):
                _state = State.Ended;
                effects.Add(new WorkerEffect.End());
                break;
            case (WorkerEvent.Received { Message: CoordinatorMessage.Cancel cancel }, State.Running) when cancel.Epoch == _epoch:
                _state = State.Cancelling;
                effects.Add(new WorkerEffect.CancelKernel(_epoch));
                break;
            case (WorkerEvent.Received { Message: CoordinatorMessage.Acknowledge answer }, State.Reporting) when answer.Epoch == _epoch:
                AskAgain(effects);
                break;
            case (WorkerEvent.KernelFinished finished, State.Running):
                Expect(finished.Epoch);
                _seconds = finished.Seconds;
                if (_work!.Kind == WorkKind.Probe) Report(WorkEnd.Done, "", effects);
                else Commit(effects);
                break;
            case (WorkerEvent.KernelFailed failed, State.Running):
                Expect(failed.Epoch);
                _seconds = failed.Seconds;
                Report(WorkEnd.Failed, failed.Message, effects);
                break;
            case (WorkerEvent.KernelFinished or WorkerEvent.KernelFailed or WorkerEvent.KernelCancelled, State.Cancelling):
                AskAgain(effects);
                break;
            case (WorkerEvent.CommitEnded ended, State.Committing):
                Expect(ended.Epoch);
                Report(ended.End, ended.Message, effects);
                break;
            case (WorkerEvent.TimePassed, State.Asking):
                Ask(effects);
                break;
            case (WorkerEvent.TimePassed, State.Running or State.Committing):
                effects.Add(new WorkerEffect.Send(new WorkerMessage.Alive(_id, _epoch)));
                break;
            case (WorkerEvent.TimePassed, State.Reporting):
                effects.Add(new WorkerEffect.Send(_report!));
                break;
            case (WorkerEvent.TimePassed or WorkerEvent.Received, _):
                break; // an answer to something older
            default:
                throw new InvalidOperationException($"Worker cannot take {happened}; {this}");
        }
    }

    /// <summary>The state, for the message of a broken invariant.</summary>
    public override string ToString() => $"Worker {_id}, {_state}, request {_request}, epoch {_epoch}, work {_work?.ToString() ?? "none"}";

    private void Ask(List<WorkerEffect> effects) => effects.Add(new WorkerEffect.Send(new WorkerMessage.Ask(_id, _request)));

    private void AskAgain(List<WorkerEffect> effects)
    {
        _state = State.Asking;
        _request++;
        _work = null;
        _report = null;
        Ask(effects);
    }

    private void Begin(CoordinatorMessage.Grant grant, List<WorkerEffect> effects)
    {
        _state = State.Running;
        _epoch = grant.Epoch;
        _work = grant.Work;
        effects.Add(new WorkerEffect.Send(new WorkerMessage.Alive(_id, _epoch))); // first, so that a crash is blamed on work that has begun
        effects.Add(new WorkerEffect.RunKernel(_epoch, _work));
    }

    private void Commit(List<WorkerEffect> effects)
    {
        _state = State.Committing;
        effects.Add(new WorkerEffect.CommitPart(_epoch, _work!));
    }

    private void Report(WorkEnd end, string message, List<WorkerEffect> effects)
    {
        _state = State.Reporting;
        _report = new WorkerMessage.Report(_id, _epoch, end, message, _seconds);
        effects.Add(new WorkerEffect.Send(_report));
    }

    private void Expect(Epoch epoch)
    {
        if (epoch != _epoch) throw new InvalidOperationException($"Worker got an answer for grant {epoch}; {this}");
    }
}
