using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>Carries messages between coordinator and workers, in the way of the plan's <see cref="Transport"/>.</summary>
internal sealed class SimulatedNetwork(SimulatedCluster cluster)
{
    private const int AcknowledgedAfter = 100;

    private readonly Queue<WorkerMessage> _mail = new();
    private readonly Queue<(long Time, Action Deliver)> _delivered = new();
    private long _brokerDownUntil;

    private bool Suffers => cluster.Plan.MessagesSuffer && cluster.FaultsNow;

    /// <summary>Sends to whoever is coordinator when the message arrives.</summary>
    public void ToCoordinator(SimulatedProcess from, WorkerMessage message)
    {
        switch (cluster.Plan.Transport)
        {
            case Transport.Mailboxes: InProcess(() => Arrive(message)); break;
            case Transport.Datagrams: Datagram(from, () => Arrive(message)); break;
            case Transport.Broker: Publish(from, () => Keep(message)); break;
        }
    }

    /// <summary>Sends to a worker, whether it lives or not.</summary>
    public void ToWorker(WorkerId to, CoordinatorMessage message)
    {
        switch (cluster.Plan.Transport)
        {
            case Transport.Mailboxes: InProcess(Deliver); break;
            case Transport.Datagrams: Datagram(cluster.Find(to)?.Process, Deliver); break;
            case Transport.Broker: Publish(cluster.Find(to)?.Process, () => Consume(Deliver)); break;
        }

        void Deliver() => cluster.Find(to)?.Tell(new WorkerEvent.Received(message));
    }

    /// <summary>A coordinator begins to consume; with a broker, what came meanwhile waits for it.</summary>
    public void Attach()
    {
        while (_mail.TryDequeue(out var message))
        {
            cluster.Seen.MailForSuccessors++;
            cluster.After(cluster.Random.Next(1, 40), () => Keep(message));
        }
    }

    /// <summary>What was not acknowledged is delivered again once the broker is back.</summary>
    public void RestartBroker()
    {
        cluster.Seen.BrokerRestarts++;
        _brokerDownUntil = cluster.Now + cluster.Random.Next(1000, 3000);
        while (_delivered.TryDequeue(out var message))
            if (message.Time + AcknowledgedAfter > cluster.Now) Redeliver(message.Deliver, _brokerDownUntil - cluster.Now + cluster.Random.Next(1, 100));
    }

    private void Arrive(WorkerMessage message) => cluster.Host?.Tell(new CoordinatorEvent.Received(cluster.Variant.Arrive(message)));

    private void InProcess(Action deliver)
    {
        var host = cluster.Host;
        if (!Suffers || cluster.Random.Next(50) > 0) cluster.After(1, () => { if (cluster.Host == host) deliver(); });
    }

    private void Datagram(SimulatedProcess? process, Action deliver)
    {
        int copies = 1;
        if (Suffers)
        {
            int chance = cluster.Random.Next(100);
            if (chance < 10) copies = 0;
            else if (chance < 20) copies = 2;
        }
        for (; copies > 0; copies--)
        {
            bool late = Suffers && cluster.Random.Next(20) == 0;
            cluster.After(late ? cluster.Random.Next(100, 6000) : cluster.Random.Next(1, 40), () =>
            {
                if (process is null || process.CutOffUntil <= cluster.Now) deliver();
                else cluster.Seen.MessagesCutOff++;
            });
        }
    }

    private void Publish(SimulatedProcess? process, Action arrive)
    {
        long connected = Math.Max(_brokerDownUntil, process?.CutOffUntil ?? 0) - cluster.Now;
        if (connected > 0)
        {
            cluster.Seen.MessagesCutOff++;
            if (cluster.Random.Next(2) == 0) return; // the connection broke before it was sent
        }
        int copies = 1;
        if (Suffers && cluster.Random.Next(20) == 0)
        {
            cluster.Seen.LostConfirmations++;
            copies = 2;
        }
        for (; copies > 0; copies--) cluster.After(Math.Max(0, connected) + cluster.Random.Next(1, 40), arrive);
    }

    private void Keep(WorkerMessage message)
    {
        if (cluster.Host is null) _mail.Enqueue(message);
        else Consume(() => Arrive(message));
    }

    private void Consume(Action deliver)
    {
        deliver();
        if (!Suffers) return;
        while (_delivered.TryPeek(out var old) && old.Time + AcknowledgedAfter <= cluster.Now) _delivered.Dequeue();
        _delivered.Enqueue((cluster.Now, deliver));
        if (cluster.Random.Next(20) == 0) Redeliver(deliver, cluster.Random.Next(1, 6000));
    }

    private void Redeliver(Action deliver, long after)
    {
        cluster.Seen.Redeliveries++;
        cluster.After(after, deliver);
    }
}
