using System.Collections.Concurrent;
using System.Diagnostics;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

/// <summary>
/// A host as <see cref="HostConformanceTests"/> sees it: some processes that compute a sweep in a folder. To put another host to the test, derive
/// from this and add it to <see cref="All"/>.
/// </summary>
internal abstract class HostUnderTest
{
    /// <summary>A kernel that kills its process needs some dozen deaths until its point is found.</summary>
    private const int MostDeaths = 60;

    public static IReadOnlyList<HostUnderTest> All { get; } = [new InProcess(), new SharedDirectory()];

    public abstract string Name { get; }

    /// <summary>How many processes the host has.</summary>
    public abstract int Processes { get; }

    /// <summary>Starts one of them: the first time, after a crash, or when the sweep is run again.</summary>
    public abstract Process Start(int process, string folder, string sweep);

    /// <summary>Starts what makes the output once all processes have ended; null if they made it.</summary>
    public virtual Process? StartMerge(string folder, string sweep) => null;

    /// <summary>Runs all processes to their end, starting again what crashes, and makes the output.</summary>
    /// <returns>How the sweep ended, and all that was printed.</returns>
    public async Task<(SweepEnd End, string Output)> RunAsync(string folder, string sweep)
    {
        var printed = new ConcurrentQueue<string>();
        var ends = await Task.WhenAll(Enumerable.Range(0, Processes).Select(async process =>
        {
            for (int deaths = 0; deaths <= MostDeaths; deaths++)
                if (await EndAsync(Start(process, folder, sweep), printed) is { } end) return end;
            throw new InvalidOperationException($"{Name}: process {process} died {MostDeaths} times");
        }));
        SweepEnd worst = ends.Max(); // complete before incomplete and interrupted
        if (worst <= SweepEnd.CompleteWithCrashedPoints && StartMerge(folder, sweep) is { } merge)
            worst = await EndAsync(merge, printed) ?? throw new InvalidOperationException("the merge died");
        return (worst, string.Join('\n', printed));
    }

    /// <summary>Waits for the end of a process.</summary>
    /// <returns>Null if it crashed.</returns>
    public static async Task<SweepEnd?> EndAsync(Process process, ConcurrentQueue<string> printed)
    {
        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync();
            printed.Enqueue(await process.StandardOutput.ReadToEndAsync());
            await process.WaitForExitAsync();
            printed.Enqueue(await errors);
            return Enum.IsDefined((SweepEnd)process.ExitCode) ? (SweepEnd)process.ExitCode : null;
        }
    }

    /// <summary>Coordinator, workers and aggregator in one process.</summary>
    private sealed class InProcess : HostUnderTest
    {
        public override string Name => "in-process";

        public override int Processes => 1;

        public override Process Start(int process, string folder, string sweep) => Child.Start("local", folder, sweep);
    }

    /// <summary>Three processes that share nothing but the folder, and a merge.</summary>
    private sealed class SharedDirectory : HostUnderTest
    {
        public override string Name => "shared directory";

        public override int Processes => 3;

        public override Process Start(int process, string folder, string sweep) => Child.Start($"shared {process}/{Processes}", folder, sweep);

        public override Process StartMerge(string folder, string sweep) => Child.Start("merge", folder, sweep);
    }
}
