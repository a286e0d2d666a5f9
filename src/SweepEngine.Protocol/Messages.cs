using System.Text.Json.Serialization;

namespace SweepEngine.Protocol;

/// <summary>
/// What a worker says to the coordinator. Messages may be lost, doubled and reordered: a worker has one open request or report at a
/// time and repeats it until it is answered. Tags and names are frozen by a test; records only grow.
/// </summary>
/// <param name="Worker">Who speaks.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Ask), "ask")]
[JsonDerivedType(typeof(Alive), "alive")]
[JsonDerivedType(typeof(Report), "report")]
[JsonDerivedType(typeof(Leave), "leave")]
public abstract record WorkerMessage(WorkerId Worker)
{
    /// <summary>I have nothing to do: give me work. Answered by a grant when there is work, or by stop.</summary>
    /// <param name="Worker">Who speaks.</param>
    /// <param name="Request">Counts this worker's requests from 1; a repeated request has the same number.</param>
    public sealed record Ask(WorkerId Worker, long Request) : WorkerMessage(Worker);

    /// <summary>I still work on this grant.</summary>
    /// <param name="Worker">Who speaks.</param>
    /// <param name="Epoch">The grant.</param>
    public sealed record Alive(WorkerId Worker, Epoch Epoch) : WorkerMessage(Worker);

    /// <summary>The attempt has ended. Answered by an acknowledgement.</summary>
    /// <param name="Worker">Who speaks.</param>
    /// <param name="Epoch">The grant.</param>
    /// <param name="End">How it ended; never <see cref="WorkEnd.Lost"/>.</param>
    /// <param name="Message">For people: the exception or the storage trouble; empty if all is well.</param>
    /// <param name="Seconds">Time that the kernel took [s].</param>
    public sealed record Report(WorkerId Worker, Epoch Epoch, WorkEnd End, string Message, double Seconds) : WorkerMessage(Worker);

    /// <summary>I go away; what I held can be granted to others. Not answered.</summary>
    /// <param name="Worker">Who speaks.</param>
    public sealed record Leave(WorkerId Worker) : WorkerMessage(Worker);
}

/// <summary>What the coordinator says to a worker. Tags and names are frozen by a test; records only grow.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Grant), "grant")]
[JsonDerivedType(typeof(Acknowledge), "acknowledge")]
[JsonDerivedType(typeof(Cancel), "cancel")]
[JsonDerivedType(typeof(Stop), "stop")]
public abstract record CoordinatorMessage
{
    /// <summary>Do this.</summary>
    /// <param name="Request">The request that is answered.</param>
    /// <param name="Epoch">Number of the grant.</param>
    /// <param name="Work">What to do.</param>
    public sealed record Grant(long Request, Epoch Epoch, ShardWork Work) : CoordinatorMessage;

    /// <summary>Your report on this grant has been read.</summary>
    /// <param name="Epoch">The grant.</param>
    public sealed record Acknowledge(Epoch Epoch) : CoordinatorMessage;

    /// <summary>Nobody waits for this grant any more: drop it and ask again.</summary>
    /// <param name="Epoch">The grant.</param>
    public sealed record Cancel(Epoch Epoch) : CoordinatorMessage;

    /// <summary>There is no more work: end.</summary>
    public sealed record Stop : CoordinatorMessage;
}
