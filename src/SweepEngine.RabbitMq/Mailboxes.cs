using RabbitMQ.Client;

namespace SweepEngine.RabbitMq;

/// <summary>
/// The queues and exchanges on the broker. A mailbox is a quorum queue: replicated, on disk, and the same after a broker's restart.
/// <code>
///   sweep.lobby (fanout)           hellos of processes without work ──► an exclusive queue of each coordinator
///   sweep.coordinator.HASH         mailbox of a sweep: what its workers say, and the chunks of parts
///   sweep.worker.PROCESS           mailbox of a process: offers, and what coordinators say to its workers
///   sweep.dead (fanout, queue)     what was refused or delivered too often, for people
/// </code>
/// </summary>
internal static class Mailboxes
{
    /// <summary>Where hellos go.</summary>
    public const string Lobby = "sweep.lobby";

    /// <summary>Exchange and queue of dead letters.</summary>
    public const string Dead = "sweep.dead";

    // Deliveries of one message, after which it counts as one that kills its reader.
    private const int MostDeliveries = 20;

    // Messages of a mailbox; then the sender is told, and says it again later. A worker has at most one unanswered message and one chunk.
    private const int MostMessages = 100_000;

    // Dead letters are for looking at; the newest are kept.
    private const int MostDead = 1_000;

    // A mailbox that nobody reads is deleted: a coordinator's after it has not come back for a day, a worker's after ten minutes.
    private static readonly TimeSpan CoordinatorExpires = TimeSpan.FromDays(1), WorkerExpires = TimeSpan.FromMinutes(10);

    /// <summary>Mailbox of a sweep's coordinator.</summary>
    /// <param name="sweep">Identity of the sweep.</param>
    public static string OfCoordinator(string sweep) => $"sweep.coordinator.{sweep[..16]}";

    /// <summary>Mailbox of a process with workers.</summary>
    /// <param name="process">Its name.</param>
    public static string OfWorker(string process) => $"sweep.worker.{process}";

    /// <summary>Declares what all need.</summary>
    public static async Task DeclareCommonAsync(IChannel channel)
    {
        await channel.ExchangeDeclareAsync(Lobby, ExchangeType.Fanout, durable: true).ConfigureAwait(false);
        await channel.ExchangeDeclareAsync(Dead, ExchangeType.Fanout, durable: true).ConfigureAwait(false);
        await channel.QueueDeclareAsync(Dead, durable: true, exclusive: false, autoDelete: false, arguments: new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-max-length"] = MostDead,
            ["x-overflow"] = "drop-head",
        }).ConfigureAwait(false);
        await channel.QueueBindAsync(Dead, Dead, "").ConfigureAwait(false);
    }

    /// <summary>Declares a coordinator's mailbox. Of several coordinators of a sweep, one reads it at a time.</summary>
    public static Task DeclareCoordinatorAsync(IChannel channel, string sweep) =>
        DeclareAsync(channel, OfCoordinator(sweep), CoordinatorExpires, singleReader: true);

    /// <summary>Declares a process's mailbox.</summary>
    public static Task DeclareWorkerAsync(IChannel channel, string process) =>
        DeclareAsync(channel, OfWorker(process), WorkerExpires, singleReader: false);

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string name, TimeSpan expires, bool singleReader) =>
        channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments: new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = MostDeliveries,
            ["x-dead-letter-exchange"] = Dead,
            ["x-dead-letter-strategy"] = "at-least-once",
            ["x-overflow"] = "reject-publish",
            ["x-max-length"] = MostMessages,
            ["x-expires"] = (long)expires.TotalMilliseconds,
            ["x-single-active-consumer"] = singleReader,
        });
}
