using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SweepEngine.Benchmarks.Peers;
using SweepEngine.Cluster;
using SweepEngine.Protocol;

namespace SweepEngine.Benchmarks.Clusters;

/// <summary>How fast a host gives out shards that compute nothing.</summary>
/// <param name="Name">The host.</param>
/// <param name="Shards">Shards of the run.</param>
/// <param name="FirstShard">From its start to the start of the first kernel [s].</param>
/// <param name="End">From its start to the end of the run [s].</param>
internal sealed record HostRun(string Name, int Shards, double FirstShard, double End)
{
    /// <summary>Kernels at the same time.</summary>
    public const int Workers = 2;

    private static readonly string[] s_pythons = ["/usr/bin/python3", "python3"];

    /// <summary>Shards per second, from the first one on.</summary>
    public double PerSecond => Shards / (End - FirstShard);

    /// <summary>The in-process host on a disk and in memory, and Dask's LocalCluster where it is installed; the median of some runs each.</summary>
    /// <param name="shards">Shards of each run.</param>
    /// <param name="runs">Runs of each host.</param>
    public static IEnumerable<HostRun> All(int shards, int runs)
    {
        InProcess("", Path.GetTempPath(), shards); // compiled now
        yield return Median(() => InProcess("in-process, every part flushed to disk", Path.GetTempPath(), shards));
        if (Directory.Exists("/dev/shm")) yield return Median(() => InProcess("in-process, in a directory in memory", "/dev/shm", shards));
        string script = Path.Combine(PeersCommand.Reference, "dask_empty.py");
        string? python = Array.Find(s_pythons, HasDask);
        if (python is not null) yield return Median(() => Dask(python, script, shards));

        HostRun Median(Func<HostRun> run) => Enumerable.Range(0, runs).Select(_ => run()).OrderBy(each => each.PerSecond).ElementAt(runs / 2);
    }

    private static HostRun InProcess(string name, string folder, int shards)
    {
        string output = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName;
        try
        {
            long began = Stopwatch.GetTimestamp();
            var first = new FirstKernel();
            using var merger = new NoOutput();
            var job = new SweepJob(output, new SweepShape(shards, 1, 1), IdOf, () => new EmptyKernel(first), merger);
            SweepOutcome outcome = new LocalCluster(job, Workers).RunAsync().GetAwaiter().GetResult();
            return outcome.End == SweepEnd.Complete ? new HostRun(name, shards, Seconds(first.At), Seconds(Stopwatch.GetTimestamp()))
                : throw new InvalidOperationException($"The run ended as {outcome.End}: {outcome.Reason}");

            double Seconds(long at) => Stopwatch.GetElapsedTime(began, at).TotalSeconds;
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    private static string IdOf(CurveRange curves) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"empty {curves.First} {curves.Count}"))));

    private static HostRun Dask(string python, string script, int shards)
    {
        double[] said = [.. PeerProgram.Command(Path.GetTempPath(), python, "-W", "ignore", script, shards.ToString(CultureInfo.InvariantCulture), Workers.ToString(CultureInfo.InvariantCulture))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).TakeLast(2).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        return new HostRun("Dask LocalCluster, results in memory", shards, said[0], said[1]);
    }

    private static bool HasDask(string python)
    {
        try
        {
            return PeerProgram.Command(Path.GetTempPath(), python, "-W", "ignore", "-c", "import distributed").Length == 0;
        }
        catch (Exception missing) when (missing is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private sealed class FirstKernel
    {
        private long _at;

        public long At => _at;

        public void Begins() => Interlocked.CompareExchange(ref _at, Stopwatch.GetTimestamp(), 0);
    }

    private sealed class EmptyKernel(FirstKernel first) : IShardKernel
    {
        public ReadOnlyMemory<byte> Compute(ShardWork work, CancellationToken cancel)
        {
            first.Begins();
            return default;
        }

        public void Probe(ShardWork work, CancellationToken cancel)
        {
        }
    }

    private sealed class NoOutput : IPartMerger
    {
        public long Resume() => 0;

        public void Append(CurveRange part, ReadOnlyMemory<byte> payload, CurveRange take)
        {
        }

        public void Finish()
        {
        }

        public void Dispose()
        {
        }
    }
}
