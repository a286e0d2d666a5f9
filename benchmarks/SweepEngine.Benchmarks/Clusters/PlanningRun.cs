using System.Diagnostics;
using System.Globalization;
using SweepEngine.Equations;
using SweepEngine.Protocol;
using SweepEngine.Sweeps;

namespace SweepEngine.Benchmarks.Clusters;

/// <summary>Time and memory to plan a sweep of 10⁹ points.</summary>
internal static class PlanningRun
{
    private const int Repetitions = 20;

    private const string Sweep =
        """
        sweep: many
        model: lif_adapt
        parameters: {tau_sra: 200 ms}
        grid:
          g_adapt: {linspace: [0 nS, 5 nS, 1000]}
          tau_ref: {linspace: [0 ms, 10 ms, 1000]}
          I_app:   {linspace: [0 pA, 1000 pA, 1000]}
        drive: I_app
        stimulus: {step: {duration: 2 s}}
        measure: [rate]
        """;

    /// <summary>Plans it, in this process and with the published program if there is one.</summary>
    /// <param name="program">Path of <c>sweep</c>; null without.</param>
    /// <returns>A paragraph of a page.</returns>
    public static string Of(string? program)
    {
        Plan(); // compiled now
        double[] seconds = new double[Repetitions];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Repetitions; i++)
        {
            long began = Stopwatch.GetTimestamp();
            Plan();
            seconds[i] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        double megabytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 1e6 / Repetitions;
        Array.Sort(seconds);
        string inside = string.Create(CultureInfo.InvariantCulture,
            $"Reading the file, its identity, the grid, points from anywhere in it, shards: {1000 * seconds[Repetitions / 2]:0.0} ms, {megabytes:0.0} MB allocated.");
        return program is null ? inside : $"{inside}\n{OfProgram(program)}";
    }

    private static void Plan()
    {
        var findings = new Findings();
        SweepSpec spec = SweepSpecReader.Read(Sweep, "many.yaml", findings) ?? throw new InvalidOperationException(findings.ToString());
        var plan = new SweepPlan(spec);
        var shape = new SweepShape(plan.Grid.CurveCount, plan.Grid.PointsPerCurve, 10);
        if (shape.Points != 1_000_000_000 || shape.Shard(shape.Shards - 1).End != shape.Curves)
        {
            throw new InvalidOperationException($"{shape.Points} points are planned.");
        }
    }

    private static string OfProgram(string program)
    {
        string folder = Directory.CreateTempSubdirectory("planning").FullName;
        try
        {
            string file = Path.Combine(folder, "many.yaml");
            File.WriteAllText(file, Sweep);
            (double Seconds, long Bytes)[] runs = [.. Enumerable.Range(0, Repetitions).Select(_ => Run(program, file)).OrderBy(run => run.Seconds)];
            return string.Create(CultureInfo.InvariantCulture,
                $"`sweep plan --no-calibration`, from process start to exit: {1000 * runs[Repetitions / 2].Seconds:0} ms, at most {runs.Max(run => run.Bytes) / 1e6:0} MB resident.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The largest size is asked for again and again, since nothing tells it of a process that has ended.
    private static (double Seconds, long Bytes) Run(string program, string file)
    {
        long began = Stopwatch.GetTimestamp(), bytes = 0;
        using Process process = Process.Start(new ProcessStartInfo(program, ["plan", file, "--no-calibration"]) { RedirectStandardOutput = true })!;
        Task<string> printed = process.StandardOutput.ReadToEndAsync();
        while (!process.WaitForExit(1))
        {
            process.Refresh();
            bytes = Math.Max(bytes, process.HasExited ? 0 : process.PeakWorkingSet64);
        }

        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return process.ExitCode == 0 && printed.GetAwaiter().GetResult().Contains("1,000,000,000", StringComparison.Ordinal) ? (seconds, bytes)
            : throw new InvalidOperationException($"{program} plan ended with exit code {process.ExitCode}.");
    }
}
