namespace SweepEngine.Protocol.Tests;

/// <summary>A coordinator with a pen: says what happens to it in short words and keeps what it wants done.</summary>
internal sealed class Desk
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly List<CoordinatorEffect> _effects = [];
    private readonly Dictionary<WorkerId, long> _requests = [];
    private double _seconds;

    public Desk(SweepShape shape, IEnumerable<CurveRange>? committed = null, WorkHistory? history = null)
    {
        Coordinator = new Coordinator(
            shape, curves => $"id of {curves}",
            new CoordinatorStart((history?.Term ?? 0) + 1, committed ?? [], history ?? WorkHistory.None, TimeSpan.Zero, Lease), _effects);
        Keep();
    }

    public Coordinator Coordinator { get; }

    public List<JournalRecord> Journal { get; } = [];

    /// <summary>What the last event led to.</summary>
    public IReadOnlyList<CoordinatorEffect> Last { get; private set; } = [];

    public CoordinatorEffect.Finish? End { get; private set; }

    /// <summary>Worker <c>"p/1"</c> is number 1 of process p.</summary>
    public static WorkerId Worker(string name) => new(name.Split('/')[0], int.Parse(name.Split('/')[1]));

    public Desk Apply(CoordinatorEvent happened)
    {
        Coordinator.Apply(happened, _effects);
        Keep();
        return this;
    }

    /// <summary>A new request of a worker, and the grant that it gets.</summary>
    public CoordinatorMessage.Grant? Ask(string worker)
    {
        long request = _requests[Worker(worker)] = _requests.GetValueOrDefault(Worker(worker)) + 1;
        Apply(new CoordinatorEvent.Received(new WorkerMessage.Ask(Worker(worker), request)));
        return GrantTo(worker);
    }

    public CoordinatorMessage.Grant? AskAgain(string worker)
    {
        Apply(new CoordinatorEvent.Received(new WorkerMessage.Ask(Worker(worker), _requests[Worker(worker)])));
        return GrantTo(worker);
    }

    public CoordinatorMessage.Grant? GrantTo(string worker) => Sent(worker).OfType<CoordinatorMessage.Grant>().LastOrDefault();

    public IEnumerable<CoordinatorMessage> Sent(string worker) =>
        Last.OfType<CoordinatorEffect.Send>().Where(send => send.To == Worker(worker)).Select(send => send.Message);

    public Desk Report(string worker, CoordinatorMessage.Grant? grant, WorkEnd end = WorkEnd.Done, string message = "") =>
        Apply(new CoordinatorEvent.Received(new WorkerMessage.Report(Worker(worker), grant!.Epoch, end, message, 1)));

    public Desk Alive(string worker, CoordinatorMessage.Grant? grant) =>
        Apply(new CoordinatorEvent.Received(new WorkerMessage.Alive(Worker(worker), grant!.Epoch)));

    /// <summary>The clock goes on to a time, second by second.</summary>
    public Desk Time(double seconds)
    {
        while (_seconds + 1 < seconds) Apply(new CoordinatorEvent.TimePassed(TimeSpan.FromSeconds(++_seconds)));
        return JumpTo(seconds);
    }

    /// <summary>The clock is at a time, and nothing was said of the time between.</summary>
    public Desk JumpTo(double seconds) => Apply(new CoordinatorEvent.TimePassed(TimeSpan.FromSeconds(_seconds = seconds)));

    /// <summary>A worker begins the work, and is dead.</summary>
    public Desk Dies(string worker, CoordinatorMessage.Grant? grant)
    {
        Alive(worker, grant);
        return Apply(new CoordinatorEvent.WorkerDied(Worker(worker), "killed"));
    }

    private void Keep()
    {
        Last = _effects.ToArray();
        _effects.Clear();
        Journal.AddRange(Last.OfType<CoordinatorEffect.Record>().Select(record => record.Entry));
        End = Last.OfType<CoordinatorEffect.Finish>().SingleOrDefault() ?? End;
    }
}
