using System.CommandLine;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary><c>sweep export</c>.</summary>
internal static class ExportCommand
{
    private const int DefaultTasks = 10, DefaultCores = 4, DefaultMinutes = 240;

    // MiB. A worker takes some 100, the program 100 more; twice that for large models.
    private const int DefaultMemory = 2000;

    /// <summary>Makes the command.</summary>
    public static Command Create() => new DetailedCommand("export", "Write what a batch system needs to compute a sweep.",
        """
        Example: sweep export slurm examples/adaptation.yaml --tasks 100 --to adaptation.sh
        """)
    {
        Slurm(), Kubernetes(),
    };

    private static DetailedCommand Slurm()
    {
        var options = new PlanOptions(SlurmScript.MostTasks);
        var program = new Option<string>("--program") { HelpName = "PATH", Description = "The program, as the nodes find it", DefaultValueFactory = _ => "sweep" };
        var partition = new Option<string?>("--partition") { HelpName = "NAME", Description = "Where to run [the cluster's default]" };
        var command = new DetailedCommand("slurm", "A script that submits an array of tasks, and a merge that depends on it.",
            """
            The script is started with bash, in the folder from which the sweep file's path is seen.

            Example: sweep export slurm examples/adaptation.yaml --tasks 100 --to adaptation.sh
            """);
        options.AddTo(command);
        command.Options.Add(program);
        command.Options.Add(partition);
        command.SetAction(parsed => options.Write(parsed, (spec, file) => SlurmScript.Text(
            options.Plan(parsed, spec, file, parsed.GetValue(options.Output) ?? Path.Combine("results", spec.Name)),
            parsed.GetRequiredValue(program), parsed.GetValue(partition))));
        return command;
    }

    private static DetailedCommand Kubernetes()
    {
        var options = new PlanOptions(KubernetesManifest.MostTasks);
        var image = new Option<string>("--image") { HelpName = "IMAGE", Description = "The image, whose entry point is the program", DefaultValueFactory = _ => "sweep-engine" };
        var claim = new Option<string>("--claim") { HelpName = "NAME", Description = "Claim of a volume that all pods mount at once", DefaultValueFactory = _ => "sweeps" };
        var mount = new Option<string>("--mount") { HelpName = "PATH", Description = "Where they mount it", DefaultValueFactory = _ => "/sweeps" };
        var command = new DetailedCommand("kubernetes", "A manifest of an indexed job, and of one that merges.",
            """
            The sweep file has to be in the volume, at its top; the tables go into it.

            Example: sweep export kubernetes examples/adaptation.yaml --image registry/sweep:1 --to adaptation.k8s.yaml
            """);
        options.AddTo(command);
        command.Options.Add(image);
        command.Options.Add(claim);
        command.Options.Add(mount);
        command.SetAction(parsed => options.Write(parsed, (spec, file) =>
        {
            string top = parsed.GetRequiredValue(mount).TrimEnd('/');
            string output = parsed.GetValue(options.Output) is { } given && given.StartsWith('/') ? given : $"{top}/{parsed.GetValue(options.Output) ?? spec.Name}";
            return KubernetesManifest.Text(
                options.Plan(parsed, spec, $"{top}/{Path.GetFileName(file)}", output), parsed.GetRequiredValue(image), parsed.GetRequiredValue(claim), top);
        }));
        return command;
    }

    /// <summary>The options that both have.</summary>
    private sealed class PlanOptions(int mostTasks)
    {
        private readonly Argument<string> _spec = new("SPEC") { Description = "The sweep file" };
        private readonly Option<int> _tasks = new("--tasks") { HelpName = "N", Description = $"Processes at most; up to {mostTasks}", DefaultValueFactory = _ => DefaultTasks };
        private readonly Option<int> _cores = new("--cpus") { HelpName = "N", Description = "Cores of each", DefaultValueFactory = _ => DefaultCores };
        private readonly Option<int> _minutes = new("--time") { HelpName = "MINUTES", Description = "Longest time", DefaultValueFactory = _ => DefaultMinutes };
        private readonly Option<int> _memory = new("--memory") { HelpName = "MIB", Description = "Memory of each", DefaultValueFactory = _ => DefaultMemory };
        private readonly Option<string?> _to = new("--to") { HelpName = "FILE", Description = "Where to write it [standard output]" };

        public Option<string?> Output { get; } = new("--out") { HelpName = "DIR", Description = "Folder of the sweep [results/NAME; NAME in a volume]" };

        public void AddTo(Command command)
        {
            command.Arguments.Add(_spec);
            foreach (Option option in new Option[] { Output, _tasks, _cores, _minutes, _memory, _to }) command.Options.Add(option);
        }

        public ClusterPlan Plan(ParseResult parsed, SweepSpec spec, string specFile, string output) => new(
            spec, specFile, output, $"sweep {string.Join(' ', parsed.Tokens.Select(token => token.Value))}",
            Checked("--tasks", parsed.GetValue(_tasks), mostTasks), Checked("--cpus", parsed.GetValue(_cores), RunCommand.MostWorkers),
            Checked("--time", parsed.GetValue(_minutes), int.MaxValue / 60), Checked("--memory", parsed.GetValue(_memory), int.MaxValue));

        public void Write(ParseResult parsed, Func<SweepSpec, string, string> text)
        {
            string file = parsed.GetRequiredValue(_spec);
            string written = text(SweepFile.Read(file), file);
            if (parsed.GetValue(_to) is { } path) File.WriteAllText(path, written);
            else Console.Out.Write(written);
        }

        private static int Checked(string name, int value, int most) =>
            value >= 1 && value <= most ? value : throw new WrongInputException($"{name}: allowed 1 to {most}, found {value}");
    }
}
