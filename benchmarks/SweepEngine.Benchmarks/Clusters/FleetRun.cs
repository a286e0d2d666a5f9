using SweepEngine.Simulator;

namespace SweepEngine.Benchmarks.Clusters;

/// <summary>What a simulated sweep on a large cluster came to.</summary>
/// <param name="Workers">Workers of the cluster.</param>
/// <param name="Shards">Planned shards of the sweep.</param>
/// <param name="FailuresPerHour">Crashes of a machine, as many preemptions and as many pauses [1/h].</param>
internal sealed record FleetRun(int Workers, long Shards, double FailuresPerHour)
{
    /// <summary>Workers of a machine.</summary>
    public const int PerMachine = 8;

    private const int Seed = 1;

    /// <summary>Virtual time from the first start to the end of the last worker [h].</summary>
    public double Hours { get; private init; }

    /// <summary>Events that the coordinator takes for each shard.</summary>
    public double EventsPerShard { get; private init; }

    /// <summary>Time of the coordinator for each event [µs].</summary>
    public double MicrosecondsPerEvent { get; private init; }

    /// <summary>What coordinator and aggregator hold when half of the time is over [bytes]; null if not measured.</summary>
    public long? Memory { get; private init; }

    /// <summary>Of the time of all workers: kernels and commits whose part counts.</summary>
    public double Useful { get; private init; }

    /// <summary>Of the time of all workers: work that died, was cancelled, or had been done already.</summary>
    public double Lost { get; private init; }

    /// <summary>Of the time of all workers: machines that are down, and workers that wait for messages, for work, or for the last shards.</summary>
    public double Waiting => 1 - Useful - Lost;

    /// <summary>Times that a machine crashed or was preempted.</summary>
    public int Failures { get; private init; }

    /// <summary>Time of the coordinator for each shard [µs].</summary>
    public double MicrosecondsPerShard => EventsPerShard * MicrosecondsPerEvent;

    /// <summary>Runs it, and where memory is to be measured, half of it once more.</summary>
    public static FleetRun Of(int workers, long shards, double failuresPerHour, bool measuresMemory)
    {
        var plan = ClusterPlan.Fleet(shards, Math.Max(1, workers / PerMachine), failuresPerHour);
        var simulation = new SimulatedCluster(Seed, plan: plan);
        simulation.Run();
        var costs = simulation.Costs;
        double all = (double)simulation.Now * plan.Processes * plan.WorkersPerProcess;
        return new FleetRun(plan.Processes * plan.WorkersPerProcess, shards, failuresPerHour)
        {
            Hours = simulation.Now / 3.6e6,
            EventsPerShard = (double)costs.Events / shards,
            MicrosecondsPerEvent = 1e6 * costs.SecondsPerEvent,
            Memory = measuresMemory ? MemoryAt(simulation.Now / 2, plan) : null,
            Useful = costs.UsefulTime / all,
            Lost = (costs.LostTime + costs.RepeatedTime) / all,
            Failures = simulation.Seen.ProcessCrashes + simulation.Seen.Preemptions,
        };
    }

    private static long? MemoryAt(long time, ClusterPlan plan)
    {
        var simulation = new SimulatedCluster(Seed, plan: plan);
        simulation.Start();
        while ((simulation.Now < time || simulation.Host is null) && simulation.Step())
        {
        }

        return simulation.Host?.MeasureMemory();
    }
}
