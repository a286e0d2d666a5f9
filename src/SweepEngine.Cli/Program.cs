using System.CommandLine;
using SweepEngine.Cli;
using SweepEngine.RabbitMq;

var root = new RootCommand("Parameter sweeps of neuron models: from a sweep file to Parquet tables of f-I curves.")
{
    RunCommand.Create(),
    MergeCommand.Create(),
    ExportCommand.Create(),
    WorkerCommand.Create(),
    PlanCommand.Create(),
    ValidateCommand.Create(),
    StatusCommand.Create(),
    InspectCommand.Create(),
    ModelsCommand.Create(),
    PhaseCommand.Create(),
    CalcCommand.Create(),
    FitCommand.Create(),
    DiagramCommand.Create(),
    SchemaCommand.Create(),
};

ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
(parsed.CommandResult.Command as DetailedCommand)?.ShowDetails();
if (CommandLineErrors.Of(parsed) is { } errors)
    return Failed(errors, ExitCode.WrongInput);
try
{
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (WrongInputException wrong)
{
    return Failed(wrong.Message, ExitCode.WrongInput);
}
catch (BrokerException broker)
{
    return Failed(broker.Message, broker.IsInput ? ExitCode.WrongInput : ExitCode.Incomplete);
}
catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or InvalidDataException)
{
    return Failed(Debug(trouble) ?? trouble.Message, ExitCode.WrongInput);
}
catch (Exception defect)
{
    return Failed(Debug(defect) ?? $"sweep failed, which is a defect of the program: {defect.Message}\n"
        + "    next step: run again with SWEEP_DEBUG=1 and report what it prints; nothing that was committed is lost", ExitCode.Defect);
}

static string? Debug(Exception exception) => Environment.GetEnvironmentVariable("SWEEP_DEBUG") == "1" ? exception.ToString() : null;

static int Failed(string message, int exitCode)
{
    Console.Error.WriteLine(message);
    return exitCode;
}
