using System.Diagnostics;
using System.Globalization;

namespace SweepEngine.Cluster.Tests;

/// <summary>
/// A fake sweep in a process of its own, which a test kills and starts again. It writes a line for each report, so that the test can
/// kill it when
/// something has happened; a point may kill the process, as a bug in native code does.
/// </summary>
internal static class Child
{
    private static readonly FakeSweep Plain = new(curves: 120, pointsPerCurve: 4, curvesPerShard: 2);

    /// <summary>The sweep that all children compute.</summary>
    /// <param name="killing">A point that kills its process; null for none.</param>
    public static FakeSweep Sweep(long? killing = null) => killing is null ? Plain : new FakeSweep(20, 4, 5)
    {
        BeforePoint = (point, _) =>
        {
            if (point == killing) Process.GetCurrentProcess().Kill();
        },
    };

    /// <summary>Starts a child.</summary>
    public static Process Start(string directory, int workers, long? killing = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
            [typeof(Child).Assembly.Location, directory, workers.ToString(CultureInfo.InvariantCulture), killing?.ToString(CultureInfo.InvariantCulture) ?? ""];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task<int> Main(string[] arguments)
    {
        long? killing = arguments[2].Length > 0 ? long.Parse(arguments[2], CultureInfo.InvariantCulture) : null;
        var sweep = Sweep(killing);
        using var merger = new FileMerger(arguments[0], sweep.Shape);
        var observer = new Observer { On = report => Console.WriteLine(report) };
        var outcome = await new LocalCluster(
            sweep.Job(arguments[0], merger), int.Parse(arguments[1], CultureInfo.InvariantCulture), lowPriority: true, observer).RunAsync();
        Console.WriteLine($"outcome {outcome.End} {outcome.Reason}");
        return (int)outcome.End;
    }
}
