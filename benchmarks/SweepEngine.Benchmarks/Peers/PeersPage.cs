using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace SweepEngine.Benchmarks.Peers;

/// <summary>The page with the tables of a comparison.</summary>
public static class PeersPage
{
    private static readonly Dictionary<string, string> s_processor = !File.Exists("/proc/cpuinfo") ? []
        : File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .GroupBy(pair => pair[0]).ToDictionary(pairs => pairs.Key, pairs => pairs.First().ElementAtOrDefault(1) ?? "");

    /// <summary>Name of the processor.</summary>
    public static string Processor =>
        $"{s_processor.GetValueOrDefault("model name", RuntimeInformation.ProcessArchitecture.ToString())}, "
        + $"family {s_processor.GetValueOrDefault("cpu family", "?")}, model {s_processor.GetValueOrDefault("model", "?")}";

    /// <summary>The same as the name of a folder.</summary>
    public static string ProcessorFolder =>
        string.Join('-', Processor.Split([' ', ',', '(', ')', '@', '/', '?'], StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();

    /// <summary>Writes the page.</summary>
    /// <param name="comparisons">One for each workload.</param>
    /// <param name="options">The options that it was made with.</param>
    /// <param name="notes">Versions, and what was left out.</param>
    public static string Of(IReadOnlyList<PeerComparison> comparisons, PeersOptions options, IEnumerable<string> notes)
    {
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"""
            # The engine beside other programs

            Written by `dotnet run -c Release --project benchmarks/SweepEngine.Benchmarks -- peers {options}` on
            {Processor}. What is compared, and how: [benchmarks](../../README.md).

            - SweepEngine: {RuntimeInformation.FrameworkDescription}, all measures of each point or its steady rate alone, compiled before.
            """);
        foreach (string note in notes)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"- {note}");
        }

        foreach (PeerComparison comparison in comparisons)
        {
            Write(page, comparison);
        }

        return page.ToString();
    }

    private static void Write(StringBuilder page, PeerComparison comparison)
    {
        Workload workload = comparison.Workload;
        int points = comparison.Results.Max(result => result.Points);
        page.AppendLine(
            CultureInfo.InvariantCulture, $"\n## {workload.Name}: {workload.Model}, {points} points of {workload.Duration * 1000} ms\n");
        if (comparison.Check is { } check)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"""
                Errors of the engine are relative to its own solution at tolerance {PeerComparison.ConvergedTolerance:0e-0}, those of the others to
                {check.Program.Name} at {check.Program.Accuracy}. These two differ by {check.MedianError:0e-0} in the median; smaller errors mean nothing.{Elsewhere(check)}

                """);
        }

        page.AppendLine(CultureInfo.InvariantCulture, $"![Time against error]({PictureOf(workload)})\n");
        page.AppendLine("""
            | program | step or tolerance | time [ms] | points/s | neuron-steps/s | median error | 99 % error | other spike count | engine/program at that median error | at that 99 % error | rate alone/program at that median error | at that 99 % error | preparation [s] |
            |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
            """);
        foreach (PeerResult result in comparison.Results)
        {
            bool ours = result.Program is SweepEngineProgram or SteadyRateProgram;
            string[] cells =
            [
                result.Program.Name, result.Program.Accuracy, $"{Digits(1000 * result.Seconds)}{Marks(result)}",
                Text(result.PointsPerSecond, "#,0"), Text(result.Steps / result.Seconds, "0.0e0"),
                Text(result.MedianError, "0.0e-0"), Text(result.HighError, "0.0e-0"), double.IsNaN(result.OtherCounts) ? "" : Text(result.OtherCounts, "0.0 %"),
                ours ? "" : Times(comparison.OursAt<SweepEngineProgram>(result.MedianError, each => each.MedianError) / result.PointsPerSecond),
                ours ? "" : Times(comparison.OursAt<SweepEngineProgram>(result.HighError, each => each.HighError) / result.PointsPerSecond),
                ours ? "" : Times(comparison.OursAt<SteadyRateProgram>(result.MedianError, each => each.MedianError) / result.PointsPerSecond),
                ours ? "" : Times(comparison.OursAt<SteadyRateProgram>(result.HighError, each => each.HighError) / result.PointsPerSecond),
                double.IsNaN(result.Preparation) ? "" : Text(result.Preparation, "0.0"),
            ];
            page.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |");
        }

        string lanes = string.Join(", ", comparison.Results.Where(result => result.Program is SweepEngineProgram && !double.IsNaN(result.BusyLanes))
            .Select(result => $"{Text(result.BusyLanes, "0.0 %")} at {result.Program.Accuracy}"));
        if (lanes.Length > 0)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"\nLanes of the engine's registers that held a point: {lanes}.");
        }

        if (comparison.Results.Any(WasBusy))
        {
            page.AppendLine("\n\\* The machine was busy: other processes took more than a tenth of some run's time. The time is processor time, "
                + "which they change less than wall time.");
        }
    }

    /// <summary>Name of the file of a workload's picture.</summary>
    public static string PictureOf(Workload workload) => $"{workload.Name}.svg";

    // Where spikes of smooth models are timed differently.
    private static string Elsewhere(PeerResult check) => check.HighError < 1e-6 ? ""
        : Text(check.HighError, "\n'The 99th percentile is '0e-0': the two time a spike differently, which shows where firing has not settled by the end.'");

    private static bool WasBusy(PeerResult result) => result.Busy < 0.9;

    private static string Marks(PeerResult result) => (result.Runs == 1 ? " (once)" : Text(result.Spread, "' ± '0 %")) + (WasBusy(result) ? "\\*" : "");

    private static string Times(double ratio) => double.IsNaN(ratio) ? "" : "× " + Digits(ratio);

    private static string Digits(double number) => Text(number, number >= 100 ? "#,0" : number >= 10 ? "0.0" : number >= 1 ? "0.00" : "0.000");

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
