using System.Collections.Concurrent;
using SweepEngine.Cluster;
using SweepEngine.Protocol;

namespace SweepEngine.RabbitMq;

/// <summary>
/// Workers that are processes anywhere (<see cref="RabbitWorkers"/>), reached through a broker. They come and go; parts come through the broker
/// and are committed here.
/// <para>
/// Several coordinators of a sweep may be there: the broker lets one read the mailbox, the others wait. That elects, but protects nothing:
/// a coordinator that was replaced without noticing may go on for a while. What protects is that each commits to its own folder, under its
/// own term, and that a part is there before it is reported.
/// </para>
/// </summary>
#pragma warning disable CA1001 // the link is closed when the run ends, however it does
public sealed class RabbitWorkforce : Workforce
#pragma warning restore CA1001
{
    /// <summary>Without another wish, a worker that is silent for this long is taken for dead [s]. It is heard six times as often.</summary>
    public const int StandardLeaseSeconds = 30;

    private readonly SweepJob _job;
    private readonly SweepOrder _order;
    private readonly BrokerAddress _broker;
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, byte> _processes = new();
    private readonly ConcurrentDictionary<string, string> _refusals = new();
    private BrokerLink? _link;
    private PartIntake? _intake;
    private CoordinatorDesk? _desk;
    private string _lobby = "";
    private volatile bool _isReader;
    private volatile bool _isOver;
    private bool _toldWaiting;
    private int _ticksWithoutReply;

    /// <summary>States the workers; the broker is asked for them when the run begins.</summary>
    /// <param name="job">What is computed; its kernels are made by the workers.</param>
    /// <param name="order">The same for workers elsewhere.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="lease">How long a worker may be silent, at least 1 s; null for <see cref="StandardLeaseSeconds"/>.</param>
    public RabbitWorkforce(SweepJob job, SweepOrder order, BrokerAddress broker, TimeSpan? lease)
    {
        (_job, _order, _broker) = (job, order, broker);
        Lease = lease ?? TimeSpan.FromSeconds(StandardLeaseSeconds);
        ArgumentOutOfRangeException.ThrowIfLessThan(Lease, TimeSpan.FromSeconds(1), nameof(lease));
    }

    /// <inheritdoc/>
    public override TimeSpan Lease { get; }

    /// <inheritdoc/>
    public override TimeSpan Tick => Lease < TimeSpan.FromSeconds(6) ? Lease / 6 : TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override int MailboxCapacity => 1024;

    /// <inheritdoc/>
    public override bool MayOutliveCoordinator => true;

    private string Mailbox => Mailboxes.OfCoordinator(_order.Id);

    /// <inheritdoc/>
    /// <exception cref="BrokerException">The broker did not let us in at first; later it is tried again and again.</exception>
    public override IReadOnlyList<Task> Begin(CoordinatorDesk desk)
    {
        _desk = desk;
        _intake = new PartIntake(_job, desk, Answer);
        _link = new BrokerLink(_broker, $"sweep run {_order.Name}", new LinkOwner(
            async channel =>
            {
                _isReader = false; // until the mailbox says otherwise
                await Mailboxes.DeclareCoordinatorAsync(channel, _order.Id).ConfigureAwait(false);
                _lobby = (await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true).ConfigureAwait(false)).QueueName;
                await channel.QueueBindAsync(_lobby, Mailboxes.Lobby, "").ConfigureAwait(false);
                return [Mailbox, _lobby];
            },
            ReceiveAsync, Unreachable, line => desk.Report(new ClusterReport.Notice(line))));
        return [_link.FirstUp, _intake.Broken];
    }

    /// <inheritdoc/>
    public override void Send(WorkerId to, CoordinatorMessage message) =>
        _link!.Post(Mailboxes.OfWorker(to.Process), new HostMessage.ToWorker(to, message));

    /// <inheritdoc/>
    public override bool PassTick()
    {
        if (_link is not { IsUp: true } link)
        {
            _ticksWithoutReply = 0;
            return false;
        }
        if (_isReader)
        {
            _intake!.PassTick((int)(Lease / Tick));
            return true;
        }
        // Sent again only now and then: another reader has to throw each of them away.
        if (_ticksWithoutReply++ % 16 == 0) link.Post(Mailbox, new HostMessage.Ping(_run));
        if (_ticksWithoutReply * Tick > TimeSpan.FromSeconds(5) && !_toldWaiting)
        {
            _toldWaiting = true;
            _desk!.Report(new ClusterReport.Notice(
                "Another process coordinates this sweep at the same broker. This one waits, and takes over when that one ends; stop it if that is not wanted."));
        }
        return false;
    }

    /// <inheritdoc/>
    public override async Task DismissAsync(Task work, bool atOnce)
    {
        _isOver = true; // no more offers
        if (_link is not { } link) return;
        if (_isReader) foreach (string process in _processes.Keys) link.Post(Mailboxes.OfWorker(process), new HostMessage.Closed(_order.Id));
        await link.DisposeAsync().ConfigureAwait(false);
        await BrokerLink.DeleteAsync(_broker, Mailbox).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Abandon()
    {
        _isOver = true;
        _ = _link?.DisposeAsync().AsTask();
    }

    private void Answer(string process, HostMessage message) => _link!.Post(Mailboxes.OfWorker(process), message);

    private async ValueTask ReceiveAsync(HostMessage message, ReadOnlyMemory<byte> body)
    {
        // Only the reader of the mailbox gets anything but hellos.
        if (message is not HostMessage.Hello) _isReader = true;
        switch (message)
        {
            case HostMessage.Ping ping:
                if (ping.Run == _run) _toldWaiting = false;
                break;
            case HostMessage.Hello hello when _isReader && !_isOver && !_refusals.ContainsKey(hello.Process):
                Answer(hello.Process, new HostMessage.Offer(_order, Lease.TotalSeconds));
                break;
            case HostMessage.FromWorker { Message: var said }:
                _processes[said.Worker.Process] = 0;
                await _desk!.SendAsync(new CoordinatorEvent.Received(said)).ConfigureAwait(false);
                break;
            case HostMessage.Chunk chunk:
                _intake!.Take(chunk, body);
                break;
            case HostMessage.Refusal refusal when _refusals.TryAdd(refusal.Process, refusal.Message):
                _desk!.Report(new ClusterReport.Notice($"{refusal.Process} does not work on this sweep: {refusal.Message}"));
                break;
        }
    }

    // A mailbox that is not there: its process has ended long ago, or in order just now, which it has told.
    private void Unreachable(string mailbox)
    {
        foreach (string process in _processes.Keys)
            if (Mailboxes.OfWorker(process) == mailbox) _processes.TryRemove(process, out _);
    }
}
