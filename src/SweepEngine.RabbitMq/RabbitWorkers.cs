using System.Collections.Concurrent;
using SweepEngine.Cluster;
using SweepEngine.Protocol;

namespace SweepEngine.RabbitMq;

/// <summary>
/// The workers of this process, for sweeps that are run elsewhere (<see cref="RabbitCluster"/>), one sweep after the other.
/// <code>
///            offer                       closed, mailbox gone, coordinator silent for long
///   idle ──────────────► working on it ─────────────────────────────────────────────────────► idle
///     │ says hello          │ ask, compute, send the part, report: see Worker
///     └───── drained ───────┴──► ended
/// </code>
/// A process that has had no connection for <see cref="LongestSilenceMinutes"/> minutes ends, so that whoever supervises it (systemd, Kubernetes, compose)
/// can start it anew, elsewhere if need be.
/// </summary>
#pragma warning disable CA1001 // the link is closed at the end of RunAsync
public sealed class RabbitWorkers
#pragma warning restore CA1001
{
    /// <summary>So long without a broker ends the process [min].</summary>
    public const int LongestSilenceMinutes = 5;

    // Between hellos of a process without work.
    private static readonly TimeSpan BetweenHellos = TimeSpan.FromSeconds(1);

    // An answer takes some milliseconds, or as long as parts of others wait before this one.
    private static readonly TimeSpan ChunkPatience = TimeSpan.FromSeconds(3);

    // A coordinator that says nothing for so many leases is left; if it comes back it is found again as any other.
    private const int PatienceInLeases = 4;

    private readonly BrokerAddress _broker;
    private readonly int _workers;
    private readonly bool _lowPriority;
    private readonly Func<SweepOrder, Func<IShardKernel>> _prepare;
    private readonly Action<string> _notice;
    private readonly string _process = $"{Environment.MachineName}-{Environment.ProcessId}-{Random.Shared.NextInt64():x16}";
    private readonly ConcurrentDictionary<string, byte> _refused = new();
    private readonly TaskCompletionSource _drainAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _abortAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Employment? _employment;
    private BrokerLink? _link;
    private int _workerNumber;

    /// <summary>States what a process does; nothing happens yet.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="workers">Kernels that run at the same time, at least 1.</param>
    /// <param name="lowPriority">Whether other programs of the machine go first.</param>
    /// <param name="prepare">Reads an order and says how its kernels are made; throws <see cref="OrderRefusedException"/> if they cannot be.</param>
    /// <param name="notice">Told what is worth a line, from any thread.</param>
    public RabbitWorkers(BrokerAddress broker, int workers, bool lowPriority, Func<SweepOrder, Func<IShardKernel>> prepare, Action<string> notice)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        (_broker, _workers, _lowPriority, _prepare, _notice) = (broker, workers, lowPriority, prepare, notice);
    }

    /// <summary>Ends when the shards that are being computed are committed. Any thread, any number of times.</summary>
    public void Drain() => _drainAsked.TrySetResult();

    /// <summary>Ends at once; others compute what was begun. Any thread, any number of times.</summary>
    public void Abort() => _abortAsked.TrySetResult();

    /// <summary>Works until it is told to end. To be called once.</summary>
    /// <returns>Why it ended of itself; empty if it was told to.</returns>
    /// <exception cref="BrokerException">The broker did not let us in at first.</exception>
    public async Task<string> RunAsync()
    {
        var link = _link = new BrokerLink(_broker, $"sweep worker {_process}", new LinkOwner(
            async channel =>
            {
                await Mailboxes.DeclareWorkerAsync(channel, _process).ConfigureAwait(false);
                return [Mailboxes.OfWorker(_process)];
            },
            Receive, Unreachable, _notice));
        try
        {
            await link.FirstUp.ConfigureAwait(false);
            _notice($"{_process} waits for sweeps at {_broker}, to compute {_workers} shard{(_workers == 1 ? "" : "s")} at a time");
            var hellos = SayHelloAsync();
            await Task.WhenAny(_drainAsked.Task, _abortAsked.Task, _ended.Task).ConfigureAwait(false);
            if (_employment is { } employment)
            {
                if (_drainAsked.Task.IsCompleted) employment.Drain();
                await Task.WhenAny(employment.Ended, _abortAsked.Task, _ended.Task).ConfigureAwait(false);
                employment.Leave("");
            }
            _ended.TrySetResult("");
            await hellos.ConfigureAwait(false);
        }
        finally
        {
            await link.DisposeAsync().ConfigureAwait(false);
        }
        await BrokerLink.DeleteAsync(_broker, Mailboxes.OfWorker(_process)).ConfigureAwait(false);
        return await _ended.Task.ConfigureAwait(false);
    }

    private async Task SayHelloAsync()
    {
        while (!_ended.Task.IsCompleted)
        {
            if (_employment is null && !_drainAsked.Task.IsCompleted) _link!.Announce(Mailboxes.Lobby, new HostMessage.Hello(_process));
            if (_link!.DownFor > TimeSpan.FromMinutes(LongestSilenceMinutes)) _ended.TrySetResult($"there has been no connection to {_broker} for {LongestSilenceMinutes} minutes");
            await Task.WhenAny(Task.Delay(BetweenHellos), _ended.Task).ConfigureAwait(false);
        }
    }

    private ValueTask Receive(HostMessage message, ReadOnlyMemory<byte> body)
    {
        switch (message)
        {
            case HostMessage.Offer offer when _employment is null && !_drainAsked.Task.IsCompleted && !_refused.ContainsKey(offer.Order.Id):
                Take(offer);
                break;
            case HostMessage.Closed closed when _employment is { } employment && employment.Sweep == closed.Sweep:
                employment.Leave($"{employment.Name} is over");
                break;
            default:
                _employment?.Receive(message);
                break;
        }
        return ValueTask.CompletedTask;
    }

    private void Take(HostMessage.Offer offer)
    {
        string coordinator = Mailboxes.OfCoordinator(offer.Order.Id);
        Func<IShardKernel> createKernel;
        try
        {
            createKernel = _prepare(offer.Order);
        }
        catch (OrderRefusedException refused)
        {
            _refused.TryAdd(offer.Order.Id, 0);
            _notice($"{offer.Order.Name} is refused: {refused.Message}");
            _link!.Post(coordinator, new HostMessage.Refusal(_process, refused.Message));
            return;
        }
        _notice($"computes {offer.Order.Name} ({offer.Order.Id[..12]}…)");
        var employment = new Employment(this, offer, createKernel);
        _employment = employment;
        employment.Begin();
        _ = EndAsync(employment);
    }

    private async Task EndAsync(Employment employment)
    {
        try
        {
            string why = await employment.Ended.ConfigureAwait(false);
            if (why.Length > 0) _notice(why);
        }
        catch (ActorFailedException defect)
        {
            _ended.TrySetException(defect);
        }
        finally
        {
            _employment = null;
        }
    }

    private void Unreachable(string mailbox)
    {
        if (_employment is { } employment && Mailboxes.OfCoordinator(employment.Sweep) == mailbox) employment.Leave($"{employment.Name} is over");
    }

    /// <summary>The time in which this process works on one sweep.</summary>
#pragma warning disable CA1001 // what waits is let go by Leave, which cancels; there is no timer to dispose of
    private sealed class Employment
#pragma warning restore CA1001
    {
        private readonly RabbitWorkers _host;
        private readonly HostMessage.Offer _offer;
        private readonly Func<IShardKernel> _createKernel;
        private readonly PartDispatch _parts;
        private readonly ConcurrentDictionary<WorkerId, WorkerActor> _actors = new();
        private readonly CancellationTokenSource _left = new();
        private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _draining;
        private long _lastHeard = Environment.TickCount64;

        public Employment(RabbitWorkers host, HostMessage.Offer offer, Func<IShardKernel> createKernel)
        {
            (_host, _offer, _createKernel) = (host, offer, createKernel);
            _parts = new PartDispatch(host._process, (chunk, bytes) => host._link!.Post(Coordinator, chunk, bytes), ChunkPatience);
        }

        public string Sweep => _offer.Order.Id;

        public string Name => _offer.Order.Name;

        /// <summary>Ends with a sentence for people, when the last worker has ended.</summary>
        public Task<string> Ended => _ended.Task;

        private string Coordinator => Mailboxes.OfCoordinator(Sweep);

        public void Begin()
        {
            var means = new WorkerMeans(_createKernel, (epoch, work, payload) => _parts.Commit(epoch, work, payload, _left.Token), _host._lowPriority, TimeProvider.System);
            var workers = Task.WhenAll(Enumerable.Range(0, _host._workers).Select(_ => SuperviseAsync(means)).ToArray());
            _ = TickAsync(workers);
        }

        /// <summary>No new work; what runs is finished.</summary>
        public void Drain()
        {
            _draining = true;
            PassTime(); // those that wait for work ask again, and leave
        }

        /// <summary>Leaves at once. The coordinator, if there is one, grants to others what was begun.</summary>
        public void Leave(string why)
        {
            _draining = true;
            foreach (var (id, actor) in _actors)
            {
                actor.Abandon(); // before the commits that wait are ended: they are no verdict
                _host._link!.Post(Coordinator, new HostMessage.FromWorker(new WorkerMessage.Leave(id)));
            }
            _left.Cancel();
            _ended.TrySetResult(why);
        }

        public void Receive(HostMessage message)
        {
            Interlocked.Exchange(ref _lastHeard, Environment.TickCount64);
            switch (message)
            {
                case HostMessage.ToWorker { Worker: var to, Message: var said }:
                    if (_actors.TryGetValue(to, out var actor)) actor.Offer(new WorkerEvent.Received(said));
                    break;
                case HostMessage.ChunkTaken taken: _parts.Receive(taken.Epoch, taken); break;
                case HostMessage.PartEnded ended: _parts.Receive(ended.Epoch, ended); break;
            }
        }

        // As in LocalCluster, a worker that throws is replaced, a few times.
        private async Task SuperviseAsync(WorkerMeans means)
        {
            for (int restarts = 0; !_draining; restarts++)
            {
                var id = new WorkerId(_host._process, Interlocked.Increment(ref _host._workerNumber));
                using var worker = new WorkerActor(id, means, message => Send(id, message));
                _actors[id] = worker;
                worker.Start();
                try
                {
                    await worker.RunAsync().ConfigureAwait(false);
                    return;
                }
                catch (ActorFailedException failure) when (restarts < Workforce.RestartsPerWorker)
                {
                    _host._notice($"{failure.Message} Another worker takes its place.");
                    _host._link!.Post(Coordinator, new HostMessage.FromWorker(new WorkerMessage.Leave(id)));
                }
                finally
                {
                    _actors.TryRemove(id, out _);
                }
            }
        }

        private bool Send(WorkerId id, WorkerMessage message)
        {
            if (_draining && message is WorkerMessage.Ask)
            {
                message = new WorkerMessage.Leave(id);
                if (_actors.TryGetValue(id, out var actor)) actor.Abandon();
            }
            _host._link!.Post(Coordinator, new HostMessage.FromWorker(message));
            return true;
        }

        private void PassTime()
        {
            foreach (var actor in _actors.Values) actor.Offer(new WorkerEvent.TimePassed());
        }

        private async Task TickAsync(Task workers)
        {
            var lease = TimeSpan.FromSeconds(_offer.LeaseSeconds);
            while (!workers.IsCompleted)
            {
                await Task.WhenAny(workers, Task.Delay(lease / 6)).ConfigureAwait(false);
                PassTime();
                if (!_host._link!.IsUp) Interlocked.Exchange(ref _lastHeard, Environment.TickCount64); // nobody can be heard
                else if (TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _lastHeard)) > PatienceInLeases * lease)
                    Leave($"the coordinator of {Name} has been silent for {(PatienceInLeases * lease).TotalSeconds:0} s");
            }
            if (workers.Exception?.InnerException is { } defect) _ended.TrySetException(defect);
            else _ended.TrySetResult($"{Name} is over");
        }
    }
}
