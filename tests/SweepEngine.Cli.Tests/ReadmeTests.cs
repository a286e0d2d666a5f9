using System.Text.RegularExpressions;

namespace SweepEngine.Cli.Tests;

public class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(SweepProgram.Repository, "README.md"));

    // The texts between ``` and ```, in order.
    private static readonly string[] Blocks = [.. Regex.Matches(Readme, @"^```\w*\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Select(block => block.Groups[1].Value)];

    [Fact]
    public void The_README_shows_the_example_and_the_picture_that_the_program_prints()
    {
        string example = Path.Combine(SweepProgram.Repository, "examples", "adaptation.yaml");
        Assert.Contains(Blocks[0], File.ReadAllText(example));
        using var place = new Workplace();
        Finished run = place.Sweep("run", example);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains(Blocks[1], run.Output);
    }

    [Fact]
    public void The_two_commands_of_the_README_are_those_that_CI_runs()
    {
        string[] commands = Blocks[2].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string ci = File.ReadAllText(Path.Combine(SweepProgram.Repository, ".ci", "run"));
        Assert.Equal(2, commands.Length);
        Assert.All(commands, command => Assert.Contains(command, ci));
    }

    [Fact]
    public void The_model_in_the_README_is_one()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Blocks.Single(block => block.StartsWith("model:", StringComparison.Ordinal)) +
            """
            sweep: readme
            grid: {I_app: {linspace: [0 pA, 300 pA, 4]}}
            drive: I_app
            stimulus: {step: {duration: 200 ms}}
            measure: [fi]
            """);
        Finished run = place.Sweep("run", "sweep.yaml");
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    [Fact]
    public void The_sweep_with_synapses_in_the_README_is_one()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Blocks.Single(block => block.StartsWith("sweep: synaptic-drive", StringComparison.Ordinal)));
        Finished run = place.Sweep("run", "sweep.yaml", "--out", "out");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(["means", "points", "traces"], Directory.GetDirectories(place.At("out")).Select(Path.GetFileName).Except(["parts"]).Order());
    }

    [Fact]
    public void The_commands_and_exit_codes_of_the_README_are_those_of_the_program()
    {
        using var place = new Workplace();
        string help = place.Sweep("--help").Output;
        MatchCollection commands = Regex.Matches(Readme, @"^\| `sweep (\w+)", RegexOptions.Multiline);
        Assert.Equal(14, commands.Count);
        Assert.All(commands, command => Assert.Contains($"\n  {command.Groups[1].Value} ", help));
        string run = place.Sweep("run", "--help").Output;
        string stated = Regex.Match(Readme, "^Exit codes of `run`: (.*)$", RegexOptions.Multiline).Groups[1].Value;
        Assert.Equal(["0", "2", "3", "4", "130"], Regex.Matches(stated, @"(\d+) \w").Select(code => code.Groups[1].Value));
        Assert.All(Regex.Matches(stated, @"(\d+) (\w+)"), code => Assert.Matches($@"\n +{code.Groups[1].Value} +{code.Groups[2].Value}", run));
    }
}
