using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

/// <summary>
/// A fake sweep in a process of its own, which a test kills and starts again. It writes a line for each report, so that the test can kill it when
/// something has happened, and ends with the number of its <see cref="SweepEnd"/>.
/// </summary>
internal static class Child
{
    /// <summary>How long the processes of a shared folder may be silent.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(0.6);

    /// <summary>
    /// The sweeps that children compute: <c>plain</c>; <c>slow</c>, which takes seconds; <c>large</c>, whose parts fill a small disk;
    /// <c>kill 46</c>, whose point 46 kills the process, as a bug in native code does; <c>throw 46</c>, whose point 46 throws.
    /// </summary>
    public static FakeSweep Sweep(string name) => name.Split(' ') switch
    {
        ["plain"] => new FakeSweep(curves: 120, pointsPerCurve: 4, curvesPerShard: 2),
        ["slow"] => new FakeSweep(curves: 120, pointsPerCurve: 4, curvesPerShard: 2) { BeforePoint = (_, _) => Thread.Sleep(5) },
        ["large"] => new FakeSweep(curves: 64, pointsPerCurve: 512, curvesPerShard: 4), // parts of 16 KiB, 256 KiB in all
        ["kill", var point] => new FakeSweep(20, 4, 5) { BeforePoint = (at, _) => { if (at == Number(point)) Process.GetCurrentProcess().Kill(); } },
        ["throw", var point] => new FakeSweep(20, 4, 5) { BeforePoint = (at, _) => { if (at == Number(point)) throw new DivideByZeroException(); } },
        _ => throw new ArgumentException($"There is no sweep '{name}'."),
    };

    /// <summary>Starts a child.</summary>
    /// <param name="host"><c>local</c>, <c>shared I/N</c>, or <c>merge</c>.</param>
    /// <param name="directory">The output directory.</param>
    /// <param name="sweep">Which sweep.</param>
    public static Process Start(string host, string directory, string sweep)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { typeof(Child).Assembly.Location, host, directory, sweep }) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_TieredPGO"] = "0"; // starts faster
        return Process.Start(start)!;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<int> Main(string[] arguments)
    {
        var sweep = Sweep(arguments[2]);
        using var merger = new FileMerger(arguments[1], sweep.Shape);
        var job = sweep.Job(arguments[1], merger);
        var observer = new Observer { On = Console.WriteLine };
        SweepHost? cluster = arguments[0].Split(' ', '/') switch
        {
            ["local"] => new LocalCluster(job, 2, lowPriority: true, observer),
            ["shared", var slice, var slices] => new SharedCluster(job, new ClaimPlan((int)Number(slice), (int)Number(slices), 2, Lease), lowPriority: true, observer),
            _ => null,
        };
        using var drain = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            cluster?.Drain();
        });
        Console.WriteLine("ready");
        var outcome = cluster is null ? FolderMerge.Run(job, observer) : await cluster.RunAsync();
        Console.WriteLine($"outcome {outcome.End} {outcome.Reason}");
        return (int)outcome.End;
    }
}
