using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using SweepEngine.Benchmarks.Peers;

namespace SweepEngine.Benchmarks.Clusters;

/// <summary>
/// <c>cluster</c>: what it costs to give work out. Simulates sweeps on clusters of up to 10,000 workers with the real coordinator, and times empty shards on this machine beside
/// Dask's LocalCluster; writes benchmarks/results/&lt;cpu&gt;/cluster.md with a picture.
/// </summary>
public static class ClusterCommand
{
    private const int Workers = 10_000, ShardsPerWorker = 100, EmptyShards = 2000;

    private const double UsualRate = 0.1;

    private static readonly double[] s_rates = [0, 0.01, 0.1, 1];

    /// <summary>Runs the command.</summary>
    /// <param name="args">Perhaps <c>--tiny</c>, to simulate and time little and to write nothing, and the program that <c>dotnet publish</c> made.</param>
    /// <returns>0, or 2 for wrong arguments.</returns>
    public static int Run(string[] args)
    {
        bool tiny = args is ["--tiny", ..];
        string[] programs = tiny ? args[1..] : args;
        if (programs.Length > 1 || !Array.TrueForAll(programs, File.Exists))
        {
            Console.Error.WriteLine("cluster: give perhaps --tiny, and perhaps the program that 'dotnet publish' made: cluster ~/sweep-engine/sweep");
            return 2;
        }

        int workers = tiny ? 80 : Workers;
        FleetRun.Of(8 * FleetRun.PerMachine, 6400, 1, measuresMemory: true); // compiled now
        FleetRun[] sizes = [.. new[] { workers / 100, workers / 10, workers }.Where(size => size >= FleetRun.PerMachine)
            .Select(size => FleetRun.Of(size, (long)size * ShardsPerWorker, UsualRate, measuresMemory: true))];
        FleetRun[] rates = [.. s_rates.Select(rate => rate == UsualRate ? sizes[^1] : FleetRun.Of(workers, (long)workers * ShardsPerWorker, rate, measuresMemory: false))];
        HostRun[] hosts = [.. tiny ? HostRun.All(100, runs: 1) : HostRun.All(EmptyShards, runs: 5)];
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"""
            # Giving work out

            Written by `dotnet run -c Release --project benchmarks/SweepEngine.Benchmarks -- cluster` on
            {PeersPage.Processor}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}. What is measured, and how: [benchmarks](../../README.md#cluster-giving-work-out).

            ## Clusters larger than this machine

            Simulated in virtual time, with the real coordinator, workers and aggregator: {ShardsPerWorker} shards per worker, 30 s each on average, one in a hundred 160 s (a Pareto distribution of exponent 2, cut), {FleetRun.PerMachine} workers to a machine,
            one machine in a hundred half as fast. A failure rate of r means r crashes, r preemptions and r pauses of each machine per hour; after the first two it is back in two minutes. The coordinator crashes as often as a machine. Shares are of workers × hours;
            *lost* is work that died, was cancelled or was done twice, *waiting* are machines that are down and workers without work, mostly while the last shards are computed.
            """);
        WriteTable(page, "Size", sizes);
        WriteTable(page, $"Failures, with {Count(workers)} workers", rates);
        page.AppendLine("\n![Time that workers lose against the rate of failures](cluster.svg)\n\n## Empty shards on this machine\n");
        page.AppendLine(CultureInfo.InvariantCulture, $"{hosts[0].Shards} shards that compute nothing, {HostRun.Workers} workers.\n");
        page.AppendLine("| host | shards per second | start to first shard [s] | start to end [s] |\n|---|--:|--:|--:|");
        foreach (HostRun host in hosts)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {host.Name} | {host.PerSecond:0} | {host.FirstShard:0.000} | {host.End:0.000} |");
        }

        if (hosts.Length < 3)
        {
            page.AppendLine("\nDask is missing (Debian: apt-get install python3-distributed).");
        }

        page.AppendLine(CultureInfo.InvariantCulture, $"\n## Planning 10⁹ points\n\n{PlanningRun.Of(programs.FirstOrDefault())}");
        Console.WriteLine(page);
        if (!tiny)
        {
            string folder = Path.Combine(PeersCommand.Reference, "..", "results", PeersPage.ProcessorFolder);
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "cluster.md"), page.ToString());
            File.WriteAllText(Path.Combine(folder, "cluster.svg"), FleetPicture.Of(rates));
        }

        return 0;
    }

    private static void WriteTable(StringBuilder page, string title, FleetRun[] runs)
    {
        page.AppendLine(CultureInfo.InvariantCulture, $"""

            ### {title}

            | workers | shards | failures per machine-hour | failures | hours | coordinator: events per shard | µs per event | µs per shard | memory [MB] | useful | lost | waiting |
            |--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
            """);
        foreach (FleetRun run in runs)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {Count(run.Workers)} | {Count(run.Shards)} | {run.FailuresPerHour} | {Count(run.Failures)} | {run.Hours:0.00} | {run.EventsPerShard:0.0} "
                + $"| {run.MicrosecondsPerEvent:0.00} | {run.MicrosecondsPerShard:0.0} | {(run.Memory is { } bytes ? (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture) : "")} | {100 * run.Useful:0.0} % | {100 * run.Lost:0.00} % | {100 * run.Waiting:0.0} % |");
        }
    }

    private static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
