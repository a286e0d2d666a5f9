using System.CommandLine;
using SweepEngine.Lanes;
using SweepEngine.RabbitMq;

namespace SweepEngine.Cli;

/// <summary><c>sweep worker</c>.</summary>
internal static class WorkerCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var broker = new BrokerOptions();
        broker.Broker.Required = true;
        var workers = new Option<int?>("--workers") { HelpName = "N", Description = "Shards computed at a time [one per processor]" };
        var lanes = new Option<int?>("--lanes") { HelpName = "8|4|1", Description = "Width of the registers [the processor's best]" };
        var low = new Option<bool>("--low-priority") { Description = "Let other programs of the machine go first" };
        var command = new DetailedCommand("worker", "Compute shards of the sweeps that 'sweep run --broker' runs elsewhere.",
            $"""
            Any number of workers on any number of machines, which may come and go. A worker waits for
            sweeps until it is stopped, computes one after the other, and needs no files: it is sent the
            texts of sweep and model, never code, and computes only what its own version computes.

            Example: sweep worker --broker amqps://broker.example.org/sweeps

            {BrokerOptions.Help}

            Ctrl-C or SIGTERM once finishes what is being computed and stops; twice stops at once, and
            others compute what was begun.

            Exit codes:
              0    stopped on request
              2    wrong input
              4    no broker, or no connection to it for {RabbitWorkers.LongestSilenceMinutes} minutes
            """)
        {
            broker.Broker, broker.Authorities, workers, lanes, low,
        };
        command.SetAction(parsed => Work(
            broker.Read(parsed)!,
            RunCommand.Workers(parsed.GetValue(workers)) ?? Environment.ProcessorCount,
            RunCommand.Lanes(parsed.GetValue(lanes)),
            parsed.GetValue(low)));
        return command;
    }

    private static int Work(BrokerAddress broker, int workers, int? lanes, bool lowPriority)
    {
        var worker = new RabbitWorkers(broker, workers, lowPriority, order => SweepOrders.Read(order, lanes), Console.Out.WriteLine);
        using var signals = new StopSignals(
            () =>
            {
                Console.Out.WriteLine("stopping: shards in flight are finished. Once more to stop at once.");
                worker.Drain();
            },
            worker.Abort);
        string reason = worker.RunAsync().GetAwaiter().GetResult();
        if (reason.Length == 0)
            return ExitCode.Complete;
        Console.Error.WriteLine($"{reason}\n    next step: start the worker again when the broker can be reached");
        return ExitCode.Incomplete;
    }
}
