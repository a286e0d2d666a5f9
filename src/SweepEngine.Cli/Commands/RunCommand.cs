using System.CommandLine;
using System.Globalization;
using SweepEngine.Lanes;
using SweepEngine.RabbitMq;

namespace SweepEngine.Cli;

/// <summary><c>sweep run</c>.</summary>
internal static class RunCommand
{
    /// <summary>Most workers of a process.</summary>
    public const int MostWorkers = 4096;

    // Seconds. A file system may take some to show a change to another machine, and signs of life come ten seconds apart; shards take about as long as this.
    private const double SharedLease = 60, ShortestLease = 0.2, ShortestBrokerLease = 1, LongestLease = 86_400;

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
        var low = new Option<bool>("--low-priority") { Description = "Let other programs of the machine go first" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object per line, for programs" };
        var quiet = new Option<bool>("--quiet") { Description = "Print nothing but problems" };
        var profile = new Option<bool>("--profile") { Description = "Say at the end where the time went: kernels, encoding, commit, ..." };
        var broker = new BrokerOptions();
        var lease = new Option<double?>("--lease")
        {
            HelpName = "SECONDS",
            Description = "With --shard or --broker: how long another process may give no sign of life before its work is taken over " +
                string.Create(CultureInfo.InvariantCulture, $"[{SharedLease}, {RabbitWorkforce.StandardLeaseSeconds} with --broker]"),
        };
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

            With --broker, 'sweep worker' processes on any machines compute, and this one merges.
            {BrokerOptions.Help}

            {ExitCode.Help}

            {JsonView.Help}

            {RunProfile.Help}
            """)
        {
            spec, output, share, lease, workers, lanes, shard, low, broker.Broker, broker.Authorities, profile, json, quiet,
        };
        command.SetAction(parsed => SweepRun.Run(
            SweepFile.ReadAll(parsed.GetRequiredValue(spec)),
            new RunOptions(
                parsed.GetValue(output),
                Workers(parsed.GetValue(workers)),
                Lanes(parsed.GetValue(lanes)),
                Checked(parsed.GetValue(shard), count => count >= 1, "--curves-per-shard: allowed 1 or more"),
                parsed.GetValue(low),
                parsed.GetValue(profile))
            {
                Share = Share(parsed),
                Broker = Broker(parsed),
            },
            parsed.GetValue(json) ? new JsonView() : parsed.GetValue(quiet) ? new QuietView() : Screen.IsTerminal ? new TerminalView() : new LineView()));
        return command;

        ShareOptions? Share(ParseResult parsed)
        {
            string? slice = parsed.GetValue(share);
            if (slice is null) return null;
            if (parsed.GetValue(broker.Broker) is not null)
                throw new WrongInputException("--shard and --broker are two ways to share a sweep\n    next step: give one of them");
            return Slice(slice, Lease(parsed, ShortestLease) ?? TimeSpan.FromSeconds(SharedLease));
        }

        BrokerRun? Broker(ParseResult parsed)
        {
            if (broker.Read(parsed) is not { } address)
            {
                return parsed.GetValue(lease) is null || parsed.GetValue(share) is not null ? null
                    : throw new WrongInputException("--lease is for processes that share a sweep, but there is neither --shard nor --broker");
            }
            foreach (Option elsewhere in (Option[])[workers, lanes, low, profile])
            {
                if (parsed.GetResult(elsewhere) is { Implicit: false })
                    throw new WrongInputException($"{elsewhere.Name} is about this process, but with --broker others compute\n    next step: give it to 'sweep worker', or leave out --broker");
            }
            return new BrokerRun(address, Lease(parsed, ShortestBrokerLease));
        }

        TimeSpan? Lease(ParseResult parsed, double shortest) =>
            Checked(parsed.GetValue(lease), seconds => seconds >= shortest && seconds <= LongestLease, $"--lease: allowed {shortest:0.##} to {LongestLease:0} s")
                is { } given ? TimeSpan.FromSeconds(given) : null;
    }

    private static ShareOptions Slice(string text, TimeSpan lease)
    {
        string[] numbers = text.Split('/');
        return numbers.Length == 2 && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int slice)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int slices) && slice < slices
            ? new ShareOptions(slice, slices, lease)
            : throw new WrongInputException(
                $"--shard: allowed 0/N to N-1/N, found {text}\n    next step: where the ids of an array begin at 1, give $((ID - 1))/N");
    }

    /// <summary>Checks <c>--workers</c>.</summary>
    public static int? Workers(int? given) => Checked(given, count => count is >= 1 and <= MostWorkers, $"--workers: allowed 1 to {MostWorkers}");

    /// <summary>Checks <c>--lanes</c>.</summary>
    public static int? Lanes(int? given) => Checked(given, width => LaneWidths.All.Contains(width), "--lanes: allowed 8, 4 or 1");

    private static T? Checked<T>(T? value, Func<T, bool> isAllowed, string message) where T : struct =>
        value is not { } given || isAllowed(given) ? value : throw new WrongInputException($"{message}, found {given}");
}
