namespace SweepEngine.Protocol.Tests;

public sealed class WorkerTests
{
    private static readonly WorkerId Me = new("p", 1);
    private static readonly Epoch First = new(1, 1);
    private static readonly ShardWork Shard = new(WorkKind.Compute, "id", new CurveRange(0, 2), default, []);
    private static readonly ShardWork ProbeWork = new(WorkKind.Probe, "id", new CurveRange(0, 1), new PointRange(0, 4), []);

    private readonly List<WorkerEffect> _effects = [];
    private readonly Worker _worker;

    public WorkerTests() => _worker = new Worker(Me, _effects);

    private List<WorkerEffect> Apply(WorkerEvent happened)
    {
        _effects.Clear();
        _worker.Apply(happened, _effects);
        return [.. _effects];
    }

    private List<WorkerEffect> Receive(CoordinatorMessage message) => Apply(new WorkerEvent.Received(message));

    private static WorkerEffect.Send Says(WorkerMessage message) => new WorkerEffect.Send(message);

    [Fact]
    public void A_worker_asks_computes_commits_reports_and_asks_again()
    {
        Assert.Equal([Says(new WorkerMessage.Ask(Me, 1))], _effects);
        Assert.Equal(
            [Says(new WorkerMessage.Alive(Me, First)), new WorkerEffect.RunKernel(First, Shard)],
            Receive(new CoordinatorMessage.Grant(1, First, Shard)));
        Assert.Equal([new WorkerEffect.CommitPart(First, Shard)], Apply(new WorkerEvent.KernelFinished(First, 1.5)));
        Assert.Equal(
            [Says(new WorkerMessage.Report(Me, First, WorkEnd.Done, "", 1.5))], Apply(new WorkerEvent.CommitEnded(First, WorkEnd.Done, "")));
        Assert.Equal([Says(new WorkerMessage.Ask(Me, 2))], Receive(new CoordinatorMessage.Acknowledge(First)));
        Assert.Equal([new WorkerEffect.End()], Receive(new CoordinatorMessage.Stop()));
    }

    [Fact]
    public void A_probe_is_reported_without_a_commit()
    {
        Receive(new CoordinatorMessage.Grant(1, First, ProbeWork));
        Assert.Equal([Says(new WorkerMessage.Report(Me, First, WorkEnd.Done, "", 1))], Apply(new WorkerEvent.KernelFinished(First, 1)));
    }

    [Fact]
    public void A_kernel_that_throws_is_reported_as_failed()
    {
        Receive(new CoordinatorMessage.Grant(1, First, Shard));
        Assert.Equal(
            [Says(new WorkerMessage.Report(Me, First, WorkEnd.Failed, "bug", 1))], Apply(new WorkerEvent.KernelFailed(First, "bug", 1)));
    }

    [Fact]
    public void What_is_not_answered_is_said_again_as_time_passes()
    {
        Assert.Equal([Says(new WorkerMessage.Ask(Me, 1))], Apply(new WorkerEvent.TimePassed()));
        Receive(new CoordinatorMessage.Grant(1, First, ProbeWork));
        Assert.Equal([Says(new WorkerMessage.Alive(Me, First))], Apply(new WorkerEvent.TimePassed()));
        var report = Apply(new WorkerEvent.KernelFinished(First, 1));
        Assert.Equal(report, Apply(new WorkerEvent.TimePassed()));
    }

    [Fact]
    public void Answers_to_older_requests_and_grants_are_ignored()
    {
        Assert.Empty(Receive(new CoordinatorMessage.Grant(0, First, Shard)));
        Receive(new CoordinatorMessage.Grant(1, First, Shard));
        Assert.Empty(Receive(new CoordinatorMessage.Grant(1, new Epoch(1, 2), Shard)));
        Assert.Empty(Receive(new CoordinatorMessage.Cancel(new Epoch(0, 1))));
        Assert.Empty(Receive(new CoordinatorMessage.Stop()));
        Apply(new WorkerEvent.KernelFailed(First, "", 0));
        Assert.Empty(Receive(new CoordinatorMessage.Acknowledge(new Epoch(1, 2))));
    }

    [Fact]
    public void A_cancelled_kernel_is_waited_for_and_its_result_dropped()
    {
        Receive(new CoordinatorMessage.Grant(1, First, Shard));
        Assert.Equal([new WorkerEffect.CancelKernel(First)], Receive(new CoordinatorMessage.Cancel(First)));
        Assert.Empty(Apply(new WorkerEvent.TimePassed()));
        Assert.Equal([Says(new WorkerMessage.Ask(Me, 2))], Apply(new WorkerEvent.KernelFinished(First, 1)));
    }

    [Fact]
    public void An_impossible_event_breaks_with_the_state_in_the_message()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Apply(new WorkerEvent.CommitEnded(First, WorkEnd.Done, "")));
        Assert.Contains("Worker p/1, Asking", failure.Message);
    }
}
