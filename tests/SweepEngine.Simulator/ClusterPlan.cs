using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>How messages travel.</summary>
internal enum Transport
{
    /// <summary>Everything is in one process: at once, dropped where a mailbox is full, gone with the process.</summary>
    Mailboxes,

    /// <summary>Lost, doubled, late and out of order; nothing waits for a receiver that is away.</summary>
    Datagrams,

    /// <summary>At least once: doubled where a confirmation is lost, delivered again where a consumer did not acknowledge, and kept for the next coordinator.</summary>
    Broker,
}

/// <summary>What goes wrong.</summary>
internal enum Fault
{
    ProcessCrash, ProcessPause, Preemption, WorkerDeath, CoordinatorCrash, CoordinatorPause, ClockJump, Partition, BrokerRestart, PowerLoss, RottenPart,
    FullDisk, DiskErrors, LostJournal, Drain, Abort,
}

/// <summary>A cluster, its sweep, and what will happen to it. Times are in milliseconds of virtual time.</summary>
internal sealed record ClusterPlan
{
    public const long Second = 1000;

    public required SweepShape Shape { get; init; }

    public required Transport Transport { get; init; }

    public required int Processes { get; init; }

    public required int WorkersPerProcess { get; init; }

    /// <summary>A silent worker is taken for dead after this time.</summary>
    public long Lease { get; init; } = 2 * Second;

    /// <summary>Time of one point, before the tail.</summary>
    public double PointTime { get; init; } = 2;

    /// <summary>Exponent α of the Pareto distribution that stretches attempts.</summary>
    public double TailExponent { get; init; } = 1.5;

    /// <summary>By which it stretches at most.</summary>
    public double MostStretch { get; init; } = 50;

    /// <summary>Share of processes whose machine is slow.</summary>
    public double SlowShare { get; init; }

    /// <summary>How many times longer work takes on a slow machine.</summary>
    public double Slowdown { get; init; } = 1;

    /// <summary>Points at which the kernel throws.</summary>
    public HashSet<long> Throwing { get; } = [];

    /// <summary>Points that kill the process.</summary>
    public HashSet<long> Killing { get; } = [];

    /// <summary>Curves that fail although each of their points succeeds.</summary>
    public HashSet<long> FailingCurves { get; } = [];

    /// <summary>Mean time between two faults of a kind, in the whole cluster.</summary>
    public Dictionary<Fault, long> FaultEvery { get; } = [];

    /// <summary>Messages are lost, doubled and late, too.</summary>
    public bool MessagesSuffer { get; init; }

    /// <summary>Other machines see a new file up to 3 s late.</summary>
    public bool ListingIsLate { get; init; }

    /// <summary>The coordinator's clock starts anywhere and runs at half to twice the speed.</summary>
    public bool ClockIsWrong { get; init; }

    /// <summary>From then on nothing fails any more.</summary>
    public long FaultsEnd { get; init; } = 40 * Second;

    /// <summary>The sweep must have ended by then.</summary>
    public long GiveUp { get; init; } = 4000 * Second;

    /// <summary>How long a new process takes to start.</summary>
    public long StartTime { get; init; } = Second;

    /// <summary>Each step of a commit takes less than this.</summary>
    public long DiskTime { get; init; } = 30;

    /// <summary>How long one part takes to merge; null for anything up to 0.3 s.</summary>
    public long? MergeTime { get; init; }

    /// <summary>False where nobody reads the journal, and its size would hide the coordinator's.</summary>
    public bool KeepsJournal { get; init; } = true;

    /// <summary>True if the point becomes a row with status <c>crashed</c>.</summary>
    public bool Crashes(long point) => Throwing.Contains(point) || Killing.Contains(point) || FailingCurves.Contains(point / Shape.PointsPerCurve);

    /// <summary>True if any point does.</summary>
    public bool AnyCrashes => Throwing.Count + Killing.Count + FailingCurves.Count > 0;

    /// <summary>A large cluster as batch systems and clouds have them; the broker does not fail, since workers would only wait for it.</summary>
    /// <param name="shards">Planned shards, of 8 curves.</param>
    /// <param name="machines">Machines, each with a process of 8 workers.</param>
    /// <param name="failuresPerHour">How often a machine crashes, and how often it is preempted, to be back after two minutes, and how often it pauses [1/h each].</param>
    public static ClusterPlan Fleet(long shards, int machines, double failuresPerHour)
    {
        const int Curves = 8;
        var plan = new ClusterPlan
        {
            Shape = new SweepShape(shards * Curves, 1, Curves),
            Transport = Transport.Broker,
            Processes = machines,
            WorkersPerProcess = 8,
            Lease = 60 * Second,
            TailExponent = 2,
            MostStretch = 10,
            PointTime = 30.0 * Second / Curves / 1.9, // the mean of the cut distribution is 2 - 1/10
            SlowShare = 0.01,
            Slowdown = 2,
            MergeTime = 0,
            StartTime = 120 * Second,
            FaultsEnd = long.MaxValue,
            GiveUp = long.MaxValue,
            KeepsJournal = false,
        };
        if (failuresPerHour <= 0) return plan;
        long every = (long)(3600 * Second / (failuresPerHour * machines));
        plan.FaultEvery.Add(Fault.ProcessCrash, every);
        plan.FaultEvery.Add(Fault.Preemption, every);
        plan.FaultEvery.Add(Fault.ProcessPause, every);
        plan.FaultEvery.Add(Fault.CoordinatorCrash, every * machines);
        return plan;
    }

    /// <summary>A small cluster with many faults.</summary>
    public static ClusterPlan Draw(Random random)
    {
        var transport = (Transport)random.Next(3);
        bool faults = random.Next(10) != 0;
        var plan = new ClusterPlan
        {
            Shape = new SweepShape(random.Next(1, 60), random.Next(1, 12), random.Next(1, 12)),
            Transport = transport,
            Processes = transport == Transport.Mailboxes ? 1 : random.Next(1, 5),
            WorkersPerProcess = random.Next(1, 4),
            MessagesSuffer = faults,
            ListingIsLate = faults && transport != Transport.Mailboxes && random.Next(2) == 0,
            ClockIsWrong = faults && random.Next(2) == 0,
            DiskTime = random.Next(3) == 0 ? 1000 : 30,
            PointTime = random.Next(3) switch { 0 => 2, 1 => 10, _ => 30 }, // sometimes shards take longer than a lease
        };
        Choose(plan.Throwing, 2, 5, plan.Shape.Points);
        Choose(plan.Killing, 3, 3, plan.Shape.Points);
        Choose(plan.FailingCurves, 10, 2, plan.Shape.Curves);
        if (!faults) return plan;
        AddFault(Fault.ProcessCrash, 1, 6);
        AddFault(Fault.ProcessPause, 1, 8);
        AddFault(Fault.CoordinatorCrash, 2, 15);
        AddFault(Fault.RottenPart, 2, 10);
        AddFault(Fault.ClockJump, 3, 15);
        AddFault(Fault.Drain, 3, 20);
        AddFault(Fault.FullDisk, 3, 20);
        AddFault(Fault.DiskErrors, 3, 20);
        AddFault(Fault.PowerLoss, 3, 15);
        AddFault(Fault.Abort, 5, 20);
        AddFault(Fault.LostJournal, 5, 30);
        if (transport == Transport.Mailboxes) AddFault(Fault.WorkerDeath, 2, 8);
        else
        {
            AddFault(Fault.Preemption, 2, 8);
            AddFault(Fault.CoordinatorPause, 2, 12);
            AddFault(Fault.Partition, 2, 8);
        }
        if (transport == Transport.Broker) AddFault(Fault.BrokerRestart, 2, 10);
        return plan;

        void Choose(HashSet<long> set, int oneIn, int below, long range)
        {
            if (random.Next(oneIn) != 0) return;
            for (int i = random.Next(1, below); i > 0; i--) set.Add(random.NextInt64(range));
        }

        void AddFault(Fault fault, int oneIn, long everySeconds)
        {
            if (random.Next(oneIn) == 0) plan.FaultEvery.Add(fault, everySeconds * Second);
        }
    }
}
