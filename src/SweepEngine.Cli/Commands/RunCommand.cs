using System.CommandLine;
using SweepEngine.Lanes;
using SweepEngine.RabbitMq;

namespace SweepEngine.Cli;

/// <summary><c>sweep run</c>.</summary>
internal static class RunCommand
{
    private const int MostWorkers = 4096;

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
        var low = new Option<bool>("--low-priority") { Description = "Let other programs of the machine go first" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object per line, for programs" };
        var quiet = new Option<bool>("--quiet") { Description = "Print nothing but problems" };
        var profile = new Option<bool>("--profile") { Description = "Say at the end where the time went: kernels, encoding, commit, ..." };
        var broker = new BrokerOptions();
        var lease = new Option<double?>("--lease")
        {
            HelpName = "SECONDS",
            Description = $"With --broker: a worker that is silent for this long loses its work [{RabbitCluster.StandardLeaseSeconds}]",
        };
        var command = new DetailedCommand("run", "Compute a sweep, or go on with it: what a folder holds already is reused.",
            $"""
            Example: sweep run examples/adaptation.yaml

            Tables have the same bytes for any workers, lanes and shards.

            Ctrl-C once finishes what is being computed and stops; twice stops at once. Either way,
            and after a crash or a power failure, the same command goes on.

            With --broker, 'sweep worker' processes on any machines compute, and this one merges.
            {BrokerOptions.Help}

            {ExitCode.Help}

            {JsonView.Help}

            {RunProfile.Help}
            """)
        {
            spec, output, workers, lanes, shard, low, broker.Broker, broker.Authorities, lease, profile, json, quiet,
        };
        command.SetAction(parsed => SweepRun.Run(
            SweepFile.ReadAll(parsed.GetRequiredValue(spec)),
            new RunOptions(
                parsed.GetValue(output),
                Workers(parsed.GetValue(workers)),
                Lanes(parsed.GetValue(lanes)),
                Checked(parsed.GetValue(shard), count => count >= 1, "--curves-per-shard: allowed 1 or more"),
                parsed.GetValue(low),
                parsed.GetValue(profile),
                Broker(parsed)),
            parsed.GetValue(json) ? new JsonView() : parsed.GetValue(quiet) ? new QuietView() : Screen.IsTerminal ? new TerminalView() : new LineView()));
        return command;

        BrokerRun? Broker(ParseResult parsed)
        {
            double? seconds = Checked(parsed.GetValue(lease), value => value is >= 1 and <= 86_400, "--lease: allowed 1 to 86400 (seconds)");
            if (broker.Read(parsed) is not { } address)
                return seconds is null ? null : throw new WrongInputException("--lease is for workers of a broker, but there is no --broker");
            foreach (Option elsewhere in (Option[])[workers, lanes, low, profile])
            {
                if (parsed.GetResult(elsewhere) is { Implicit: false })
                    throw new WrongInputException($"{elsewhere.Name} is about this process, but with --broker others compute\n    next step: give it to 'sweep worker', or leave out --broker");
            }
            return new BrokerRun(address, seconds is { } given ? TimeSpan.FromSeconds(given) : null);
        }
    }

    /// <summary>Checks <c>--workers</c>.</summary>
    public static int? Workers(int? given) => Checked(given, count => count is >= 1 and <= MostWorkers, $"--workers: allowed 1 to {MostWorkers}");

    /// <summary>Checks <c>--lanes</c>.</summary>
    public static int? Lanes(int? given) => Checked(given, width => LaneWidths.All.Contains(width), "--lanes: allowed 8, 4 or 1");

    private static T? Checked<T>(T? value, Func<T, bool> isAllowed, string message) where T : struct =>
        value is not { } given || isAllowed(given) ? value : throw new WrongInputException($"{message}, found {given}");
}
