using System.CommandLine;
using System.Globalization;
using SweepEngine.Lanes;

namespace SweepEngine.Cli;

/// <summary><c>sweep run</c>.</summary>
internal static class RunCommand
{
    /// <summary>Most workers of a process.</summary>
    public const int MostWorkers = 4096;


    // Seconds. A file system may take some to show a change to another machine, and signs of life come ten seconds apart; shards take about as long as this.
    private const double DefaultLease = 60, ShortestLease = 0.2, LongestLease = 86_400;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var spec = new Argument<string>("SPEC") { Description = "The sweep file" };
        var output = new Option<string?>("--out") { HelpName = "DIR", Description = "Folder of the sweep [results/NAME]" };
        var workers = new Option<int?>("--workers") { HelpName = "N", Description = "Shards computed at a time [one per processor]" };
        var lanes = new Option<int?>("--lanes") { HelpName = "8|4|1", Description = "Width of the registers [the processor's best]" };
        var shard = new Option<long?>("--curves-per-shard")
        {
            HelpName = "N",
            Description = "Curves committed as one; the first run fixes it [calibrated]",
        };
        var share = new Option<string?>("--shard")
        {
            HelpName = "I/N",
            Description = "Share the sweep with other processes: compute slice I of N first (I from 0), then help with the rest",
        };
        var lease = new Option<double>("--lease")
        {
            HelpName = "SECONDS",
            Description = "With --shard: how long another process may give no sign of life before its work is taken over",
            DefaultValueFactory = _ => DefaultLease,
        };
        var low = new Option<bool>("--low-priority") { Description = "Let other programs of the machine go first" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object per line, for programs" };
        var quiet = new Option<bool>("--quiet") { Description = "Print nothing but problems" };
        var profile = new Option<bool>("--profile") { Description = "Say at the end where the time went: kernels, encoding, commit, ..." };
        var command = new DetailedCommand("run", "Compute a sweep, or go on with it: what a folder holds already is reused.",
            $"""
            Example: sweep run examples/adaptation.yaml

            Tables have the same bytes for any workers, lanes and shards.

            Ctrl-C once finishes what is being computed and stops; twice stops at once. Either way,
            and after a crash or a power failure, the same command goes on. SIGTERM is as Ctrl-C once.

            On a cluster, any number of processes on any number of machines share a folder:
              sweep run SPEC --out DIR --shard 0/8   ...   sweep run SPEC --out DIR --shard 7/8
              sweep merge DIR
            They may be killed and started again, also with another N. 'sweep export' writes the
            scripts for Slurm and Kubernetes.

            {ExitCode.Help}

            {JsonView.Help}

            {RunProfile.Help}
            """)
        {
            spec, output, share, lease, workers, lanes, shard, low, profile, json, quiet,
        };
        command.SetAction(parsed => SweepRun.Run(
            parsed.GetRequiredValue(spec),
            new RunOptions(
                parsed.GetValue(output),
                Checked(parsed.GetValue(workers), count => count is >= 1 and <= MostWorkers, $"--workers: allowed 1 to {MostWorkers}"),
                Checked(parsed.GetValue(lanes), width => LaneWidths.All.Contains(width), "--lanes: allowed 8, 4 or 1"),
                Checked(parsed.GetValue(shard), count => count >= 1, "--curves-per-shard: allowed 1 or more"),
                parsed.GetValue(low),
                parsed.GetValue(profile))
            {
                Share = Share(parsed.GetValue(share), Checked<double>(parsed.GetValue(lease), seconds => seconds is >= ShortestLease and <= LongestLease,
                    $"--lease: allowed {ShortestLease:0.##} to {LongestLease:0} s")!.Value),
            },
            parsed.GetValue(json) ? new JsonView() : parsed.GetValue(quiet) ? new QuietView() : Screen.IsTerminal ? new TerminalView() : new LineView()));
        return command;
    }

    private static ShareOptions? Share(string? text, double lease)
    {
        if (text is null) return null;
        string[] numbers = text.Split('/');
        return numbers.Length == 2 && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int slice)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int slices) && slice < slices
            ? new ShareOptions(slice, slices, TimeSpan.FromSeconds(lease))
            : throw new WrongInputException(
                $"--shard: allowed 0/N to N-1/N, found {text}\n    next step: where the ids of an array begin at 1, give $((ID - 1))/N");
    }

    private static T? Checked<T>(T? value, Func<T, bool> isAllowed, string message) where T : struct =>
        value is not { } given || isAllowed(given) ? value : throw new WrongInputException($"{message}, found {given}");
}
