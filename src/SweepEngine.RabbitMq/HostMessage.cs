using System.Text.Json;
using System.Text.Json.Serialization;
using SweepEngine.Protocol;

namespace SweepEngine.RabbitMq;

/// <summary>A sweep as a worker on another machine gets it: text alone, never code.</summary>
/// <param name="Id">Identity of the sweep: 64 hexadecimal digits; whoever computes checks it against what the text says.</param>
/// <param name="Version">Version of the program that decides the bits of results; a worker of another one refuses.</param>
/// <param name="Name">For people.</param>
/// <param name="Text">Everything that is needed to compute, in the words of the caller.</param>
public sealed record SweepOrder(string Id, string Version, string Name, string Text);

/// <summary>A worker does not compute a sweep; the message says why.</summary>
public sealed class OrderRefusedException(string message) : Exception(message);

/// <summary>
/// What goes through the broker. Everything may be lost, doubled and reordered; what has to arrive is repeated by its sender. Tags and
/// names are frozen by a test; records only grow.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Offer), "offer")]
[JsonDerivedType(typeof(Refusal), "refusal")]
[JsonDerivedType(typeof(Closed), "closed")]
[JsonDerivedType(typeof(FromWorker), "from_worker")]
[JsonDerivedType(typeof(ToWorker), "to_worker")]
[JsonDerivedType(typeof(Chunk), "chunk")]
[JsonDerivedType(typeof(ChunkTaken), "chunk_taken")]
[JsonDerivedType(typeof(PartEnded), "part_ended")]
[JsonDerivedType(typeof(Ping), "ping")]
internal abstract record HostMessage
{
    /// <summary>To all coordinators: a process has nothing to do.</summary>
    /// <param name="Process">Its name.</param>
    public sealed record Hello(string Process) : HostMessage;

    /// <summary>To a process that has nothing to do: here is a sweep.</summary>
    /// <param name="Order">What it is.</param>
    /// <param name="LeaseSeconds">A worker that is silent for so long loses its work [s].</param>
    public sealed record Offer(SweepOrder Order, double LeaseSeconds) : HostMessage;

    /// <summary>To the coordinator: this process does not compute its sweep.</summary>
    /// <param name="Process">Its name.</param>
    /// <param name="Message">Why, for people.</param>
    public sealed record Refusal(string Process, string Message) : HostMessage;

    /// <summary>To a process: the sweep is over, whatever its workers do.</summary>
    /// <param name="Sweep">Which one.</param>
    public sealed record Closed(string Sweep) : HostMessage;

    /// <summary>To the coordinator, from one of its workers.</summary>
    /// <param name="Message">The message.</param>
    public sealed record FromWorker(WorkerMessage Message) : HostMessage;

    /// <summary>To a worker.</summary>
    /// <param name="Worker">Which one.</param>
    /// <param name="Message">The message.</param>
    public sealed record ToWorker(WorkerId Worker, CoordinatorMessage Message) : HostMessage;

    /// <summary>To the coordinator: some bytes of a part, which are the body of the message.</summary>
    /// <param name="Process">Who sends it.</param>
    /// <param name="Epoch">The grant.</param>
    /// <param name="Work">What was computed.</param>
    /// <param name="Length">Bytes of the whole payload.</param>
    /// <param name="Hash">SHA-256 of the whole payload, hexadecimal.</param>
    /// <param name="At">Where these bytes stand in it.</param>
    public sealed record Chunk(string Process, Epoch Epoch, ShardWork Work, long Length, string Hash, long At) : HostMessage;

    /// <summary>To a process: go on.</summary>
    /// <param name="Epoch">The grant.</param>
    /// <param name="Next">Where the bytes stand that are wanted next; 0 also when nothing of the part is known (any more).</param>
    public sealed record ChunkTaken(Epoch Epoch, long Next) : HostMessage;

    /// <summary>To a process: the attempt to commit its part has ended.</summary>
    /// <param name="Epoch">The grant.</param>
    /// <param name="End">Done, same, different or storage.</param>
    /// <param name="Message">For people; empty if all is well.</param>
    public sealed record PartEnded(Epoch Epoch, WorkEnd End, string Message) : HostMessage;

    /// <summary>From a coordinator to itself: when it comes back, the mailbox is his.</summary>
    /// <param name="Run">Which coordinator.</param>
    public sealed record Ping(string Run) : HostMessage;

    /// <summary>As it goes through the broker.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, HostJson.Default.HostMessage);

    /// <summary>Reads it.</summary>
    /// <returns>Null when it cannot be understood.</returns>
    public static HostMessage? Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, HostJson.Default.HostMessage);
        }
        catch (Exception unreadable) when (unreadable is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(HostMessage))]
internal sealed partial class HostJson : JsonSerializerContext;
