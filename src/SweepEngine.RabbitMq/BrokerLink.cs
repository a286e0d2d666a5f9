using System.Net.Sockets;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace SweepEngine.RabbitMq;

/// <summary>What a link tells its owner. All of it is called from the link's tasks and must be quick, but for <see cref="Receive"/>.</summary>
/// <param name="OpenAsync">A connection is there: declares what is needed and returns the queues to be read.</param>
/// <param name="Receive">A message came; the broker keeps it until this ends. <see cref="InvalidDataException"/> makes it a dead letter.</param>
/// <param name="Unreachable">A message was not delivered since there is no such queue.</param>
/// <param name="Notice">Something worth a line for people.</param>
internal sealed record LinkOwner(
    Func<IChannel, Task<IReadOnlyList<string>>> OpenAsync,
    Func<HostMessage, ReadOnlyMemory<byte>, ValueTask> Receive,
    Action<string> Unreachable,
    Action<string> Notice);

/// <summary>
/// A connection to the broker that is made again whenever it is lost. What is posted goes out in order, confirmed by the broker, or is
/// lost: senders repeat what has to arrive.
/// <para>
/// Silence is noticed twice: by heartbeats, and by a deadline for the broker's confirmation of each message, which also ends a connection
/// that looks alive but takes nothing (a deadline does not count while the broker says that it takes nothing, as with a full disk).
/// </para>
/// </summary>
internal sealed class BrokerLink : IAsyncDisposable
{
    // Messages that wait to be sent; of more, the newest is dropped.
    private const int OutboxCapacity = 4096;

    // Messages on their way to the broker at a time, and messages of the broker that are not acknowledged: together with the size of a
    // message they bound the memory.
    private const int Window = 64;
    private const ushort Prefetch = 16;

    private const string MessageHeader = "message";

    private static readonly TimeSpan ConfirmDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.25), LongestPause = TimeSpan.FromSeconds(5);

    private readonly BrokerAddress _broker;
    private readonly string _name;
    private readonly LinkOwner _owner;
    private readonly Channel<Letter> _outbox = Channel.CreateBounded<Letter>(OutboxCapacity);
    private readonly SemaphoreSlim _window = new(Window);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly TaskCompletionSource _firstUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Wire? _wire;
    private long _lastUp = Environment.TickCount64;

    /// <summary>Begins to connect.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="name">Shown by the broker.</param>
    /// <param name="owner">Told what happens.</param>
    public BrokerLink(BrokerAddress broker, string name, LinkOwner owner)
    {
        (_broker, _name, _owner) = (broker, name, owner);
        _running = Task.WhenAll(Task.Run(StayConnectedAsync), Task.Run(SendAsync));
    }

    /// <summary>Ends when there is a connection for the first time.</summary>
    /// <exception cref="BrokerException">The first attempt failed; there is no second one then.</exception>
    public Task FirstUp => _firstUp.Task;

    /// <summary>Whether messages come and go now.</summary>
    public bool IsUp => _wire is { IsBlocked: false };

    /// <summary>How long there has been no connection.</summary>
    public TimeSpan DownFor => _wire is not null ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _lastUp));

    /// <summary>Posts a message to a mailbox; it may be lost.</summary>
    public void Post(string mailbox, HostMessage message, ReadOnlyMemory<byte> body = default) => _outbox.Writer.TryWrite(new Letter("", mailbox, message, body));

    /// <summary>Posts a message to all who listen at an exchange; it may be lost.</summary>
    public void Announce(string exchange, HostMessage message) => _outbox.Writer.TryWrite(new Letter(exchange, "", message, default));

    /// <summary>Deletes a mailbox; if that cannot be done now, it expires. Another reader of it declares it anew.</summary>
    public static async Task DeleteAsync(BrokerAddress broker, string mailbox)
    {
        try
        {
            await using var connection = await broker.ConnectAsync("sweep", CancellationToken.None).ConfigureAwait(false);
            await using var channel = await connection.CreateChannelAsync().ConfigureAwait(false);
            await channel.QueueDeleteAsync(mailbox, ifUnused: false, ifEmpty: false).ConfigureAwait(false);
        }
        catch (Exception trouble) when (IsTrouble(trouble))
        {
        }
    }

    /// <summary>Waits until what was posted is with the broker, at most for a while; then the connection is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_outbox.Writer.TryComplete()) return; // for the second time
        await Task.WhenAny(_outbox.Reader.Completion, Task.Delay(TimeSpan.FromSeconds(2))).ConfigureAwait(false);
        for (int i = 0; i < Window && IsUp; i++)
            if (!await _window.WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false)) break;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private static bool IsTrouble(Exception trouble) =>
        trouble is BrokerException or RabbitMQClientException or IOException or SocketException or OperationCanceledException or ObjectDisposedException or TimeoutException or InvalidOperationException;

    private async Task StayConnectedAsync()
    {
        var pause = FirstPause;
        bool told = false;
        while (!_stop.IsCancellationRequested)
        {
            string why;
            try
            {
                await using var wire = await OpenAsync().ConfigureAwait(false);
                if (told) _owner.Notice($"connected to {_broker} again");
                told = false;
                pause = FirstPause;
                _wire = wire;
                _firstUp.TrySetResult();
                why = await wire.Closed.WaitAsync(_stop.Token).ConfigureAwait(false);
                Interlocked.Exchange(ref _lastUp, Environment.TickCount64);
            }
            catch (Exception trouble) when (IsTrouble(trouble))
            {
                if (_firstUp.TrySetException(trouble)) return;
                why = trouble.Message.Split('\n')[0];
            }
            finally
            {
                _wire = null;
            }
            if (_stop.IsCancellationRequested) return;
            if (!told) _owner.Notice($"the connection to {_broker} is lost ({why}); trying again. Nothing is lost by this.");
            told = true;
            // Workers of a whole cluster do not all come back at the same moment.
            await Task.WhenAny(Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), _stop.Token)).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<Wire> OpenAsync()
    {
        var connection = await _broker.ConnectAsync(_name, _stop.Token).ConfigureAwait(false);
        try
        {
            var wire = new Wire(connection, _owner.Notice)
            {
                Publishing = await connection.CreateChannelAsync(
                    new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), _stop.Token).ConfigureAwait(false),
                Reading = await connection.CreateChannelAsync(cancellationToken: _stop.Token).ConfigureAwait(false),
            };
            wire.Watch();
            await Mailboxes.DeclareCommonAsync(wire.Reading).ConfigureAwait(false);
            var queues = await _owner.OpenAsync(wire.Reading).ConfigureAwait(false);
            await wire.Reading.BasicQosAsync(0, Prefetch, global: false).ConfigureAwait(false);
            foreach (string queue in queues)
            {
                var consumer = new AsyncEventingBasicConsumer(wire.Reading);
                consumer.ReceivedAsync += (_, delivery) => ReceiveAsync(wire, delivery);
                consumer.UnregisteredAsync += (_, _) => wire.EndAsync($"the queue {queue} was deleted");
                await wire.Reading.BasicConsumeAsync(queue, autoAck: false, consumer).ConfigureAwait(false);
            }
            return wire;
        }
        catch (Exception refused)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (_stop.IsCancellationRequested || !IsTrouble(refused)) throw;
            throw _broker.Describe(refused);
        }
    }

    private async Task ReceiveAsync(Wire wire, BasicDeliverEventArgs delivery)
    {
        try
        {
            var body = delivery.Body;
            bool hasBody = delivery.BasicProperties.Headers?.TryGetValue(MessageHeader, out var header) is true && header is byte[];
            var message = HostMessage.Parse(hasBody ? (byte[])delivery.BasicProperties.Headers![MessageHeader]! : body.Span)
                ?? throw new InvalidDataException("it cannot be understood");
            await _owner.Receive(message, hasBody ? body : default).ConfigureAwait(false);
            await wire.Reading.BasicAckAsync(delivery.DeliveryTag, multiple: false).ConfigureAwait(false);
        }
        catch (InvalidDataException wrong)
        {
            _owner.Notice($"a message on the broker is refused, since {wrong.Message}; it is kept in the queue {Mailboxes.Dead}");
            await wire.Reading.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: false).ConfigureAwait(false);
        }
        catch (Exception trouble) when (IsTrouble(trouble))
        {
            await wire.EndAsync(trouble.Message).ConfigureAwait(false); // the broker delivers it again
        }
    }

    private async Task SendAsync()
    {
        await foreach (var letter in _outbox.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (_wire is not { } wire) continue; // lost
            await _window.WaitAsync().ConfigureAwait(false);
            _ = PublishAsync(wire, letter); // ends by itself; order is that of the calls
        }
    }

    private static async Task<bool> IsConfirmedAsync(Task sent)
    {
        try
        {
            await sent.WaitAsync(ConfirmDeadline).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException) when (!sent.IsCompleted)
        {
            return false;
        }
    }

    private async Task PublishAsync(Wire wire, Letter letter)
    {
        try
        {
            bool hasBody = !letter.Body.IsEmpty;
            var properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent };
            byte[] text = letter.Message.ToBytes();
            if (hasBody) properties.Headers = new Dictionary<string, object?> { [MessageHeader] = text };
            var sent = wire.Publishing.BasicPublishAsync(letter.Exchange, letter.Mailbox, mandatory: letter.Exchange.Length == 0, properties, hasBody ? letter.Body : text, _stop.Token).AsTask();
            while (!await IsConfirmedAsync(sent).ConfigureAwait(false) && !wire.Closed.IsCompleted)
                if (!wire.IsBlocked) await wire.EndAsync($"no confirmation of a message for {ConfirmDeadline.TotalSeconds:0} s").ConfigureAwait(false);
        }
        catch (PublishException refused)
        {
            if (refused.IsReturn) _owner.Unreachable(letter.Mailbox); // otherwise the mailbox is full, and the sender repeats
        }
        catch (Exception trouble) when (IsTrouble(trouble))
        {
            await wire.EndAsync(trouble.Message).ConfigureAwait(false);
        }
        finally
        {
            _window.Release();
        }
    }

    private sealed record Letter(string Exchange, string Mailbox, HostMessage Message, ReadOnlyMemory<byte> Body);

    /// <summary>One connection, from when it is made until it is lost.</summary>
    private sealed class Wire(IConnection connection, Action<string> notice) : IAsyncDisposable
    {
        private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public required IChannel Publishing { get; init; }

        public required IChannel Reading { get; init; }

        public Task<string> Closed => _closed.Task;

        /// <summary>The broker takes no messages now.</summary>
        public bool IsBlocked { get; private set; }

        public void Watch()
        {
            connection.ConnectionShutdownAsync += (_, why) => EndAsync(why.ReplyText);
            Publishing.ChannelShutdownAsync += (_, why) => EndAsync(why.ReplyText);
            Reading.ChannelShutdownAsync += (_, why) => EndAsync(why.ReplyText);
            connection.ConnectionBlockedAsync += (_, why) =>
            {
                IsBlocked = true;
                notice($"the broker takes no messages now ({why.Reason}). Free disk or memory on it; the sweep then goes on by itself.");
                return Task.CompletedTask;
            };
            connection.ConnectionUnblockedAsync += (_, _) =>
            {
                IsBlocked = false;
                notice("the broker takes messages again");
                return Task.CompletedTask;
            };
        }

        public Task EndAsync(string why)
        {
            _closed.TrySetResult(why);
            return Task.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            _closed.TrySetResult("closed");
            try
            {
                await connection.CloseAsync(200, "", TimeSpan.FromSeconds(1), abort: true, CancellationToken.None).ConfigureAwait(false);
                await connection.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception trouble) when (IsTrouble(trouble))
            {
            }
        }
    }
}
