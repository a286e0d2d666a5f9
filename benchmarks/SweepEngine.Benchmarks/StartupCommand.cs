using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace SweepEngine.Benchmarks;

/// <summary><c>startup</c>: times a sweep of 1,000 points from the start of the process to the tables on disk, as the published program runs it.</summary>
public static class StartupCommand
{
    /// <summary>The sweep file.</summary>
    internal const string Sweep =
        """
        sweep: startup
        model: lif_adapt
        parameters: {tau_sra: 200 ms}
        grid:
          I_app:   {linspace: [0 pA, 1000 pA, 50]}
          g_adapt: {linspace: [0 nS, 5 nS, 5]}
          tau_ref: {values: [0 ms, 2 ms, 5 ms, 10 ms]}
        drive: I_app
        stimulus: {step: {duration: 2 s}}
        measure: [fi, rheobase]
        tolerance: 1e-6
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="args">The program, such as <c>~/sweep-engine/sweep</c>, and perhaps the number of runs.</param>
    /// <returns>0, or 2 for wrong arguments.</returns>
    public static int Run(string[] args)
    {
        int runs = 9;
        if (args.Length is 0 or > 2 || !File.Exists(args[0]) || (args.Length == 2 && !(int.TryParse(args[1], CultureInfo.InvariantCulture, out runs) && runs is >= 1 and <= 1000)))
        {
            Console.Error.WriteLine("startup: give the program that 'dotnet publish' made, and perhaps how often it runs: startup ~/sweep-engine/sweep 9");
            return 2;
        }

        string folder = Directory.CreateTempSubdirectory("startup").FullName;
        try
        {
            string file = Path.Combine(folder, "sweep.yaml");
            File.WriteAllText(file, Sweep);
            double[] times = [.. Enumerable.Range(0, runs).Select(i => Time(args[0], ["run", file, "--out", Path.Combine(folder, $"out{i}"), "--quiet"]).Seconds)];
            double[] nothing = [.. Enumerable.Range(0, runs).Select(_ => Time(args[0], ["--version"]).Seconds)];
            JsonElement[] profiles = [.. Enumerable.Range(0, runs).Select(i => Profile(args[0], file, Path.Combine(folder, $"profiled{i}")))];
            Console.Out.WriteLine($"A sweep of 1,000 points of lif_adapt, {args[0]}; median and least of {runs} runs:");
            Print("process start to exit", times);
            Print("the same of sweep --version", nothing);
            Print("process start to workers", Of("start_s"));
            Print("kernels, per worker", Of("kernels_s", "workers"));
            Print("encoding, per worker", Of("encoding_s", "workers"));
            Print("commit, per worker", Of("commit_s", "workers"));
            Print("waiting, per worker", Of("waiting_s", "workers"));
            Print("merging, beside them", Of("merge_s"));
            Console.Out.WriteLine($"  {"methods compiled at run time",-30}{profiles[^1].GetProperty("compiled_methods").GetInt64(),8}");
            Console.Out.WriteLine($"  {"most memory",-30}{profiles.Max(each => each.GetProperty("peak_memory_bytes").GetInt64()) / 1e6,8:0} MB");
            return 0;

            double[] Of(string name, string? per = null) =>
                [.. profiles.Select(each => each.GetProperty(name).GetDouble() / (per is null ? 1 : each.GetProperty(per).GetDouble()))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(string what, double[] seconds)
    {
        Array.Sort(seconds);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-30}{seconds[seconds.Length / 2],8:0.000} s{seconds[0],8:0.000} s"));
    }

    private static JsonElement Profile(string program, string file, string output)
    {
        string last = Time(program, ["run", file, "--out", output, "--json", "--profile"]).Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        return JsonDocument.Parse(last).RootElement.GetProperty("profile");
    }

    private static (double Seconds, string Printed) Time(string program, string[] arguments)
    {
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? (Stopwatch.GetElapsedTime(began).TotalSeconds, printed)
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with exit code {process.ExitCode}.");
    }
}
