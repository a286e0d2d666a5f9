using System.Text.RegularExpressions;
using SweepEngine.Sweeps.Tests.Spec;

namespace SweepEngine.Cli.Tests;

public partial class ExampleTests
{
    private static readonly string[] Names =
        [.. Directory.GetFiles(Path.Combine(SweepProgram.Repository, "examples"), "*.yaml").Order(StringComparer.Ordinal).Select(path => Path.GetFileName(path)!)];

    public static TheoryData<string> Examples { get; } = [.. Names];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_runs(string example)
    {
        using var place = new Workplace();
        string text = File.ReadAllText(PathOf(example));
        Assert.Matches(@"\A(#.*\n)+# What one should see: (.*\n)+# How long it takes: ", text);
        string small = ListedValues().Replace(Spaced().Replace(text, "$1 3]"), "$1]");
        Assert.NotEqual(text, small);
        place.Write("small.yaml", small);
        foreach (string model in Directory.GetFiles(Path.GetDirectoryName(PathOf(example))!, "*.ode"))
            place.Write(Path.GetFileName(model), File.ReadAllText(model));
        Finished run = place.Sweep("run", "small.yaml");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("is complete", run.Output);
        Assert.Matches(@"\n  (rate|mean_rate|mean_voltage) \[", run.Output);
    }

    [SkippableFact]
    public void Every_example_is_valid_by_the_schema_that_the_program_prints()
    {
        string schema = SweepProgram.Run(SweepProgram.Repository, "schema").Output;
        string[] texts = [.. Names.Select(example => File.ReadAllText(PathOf(example)))];
        Assert.All(AjvValidator.Errors(schema, texts), errors => Assert.Empty(errors));
    }

    [Fact]
    public void Every_example_is_valid_by_the_program()
    {
        Finished run = SweepProgram.Run(SweepProgram.Repository, ["validate", .. Names.Select(PathOf)]);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(Names.Length, run.Output.Split(": ok, ").Length - 1);
    }

    private static string PathOf(string example) => Path.Combine(SweepProgram.Repository, "examples", example);

    // The number of values.
    [GeneratedRegex(@"((?:lin|log)space: \[[^,]*,[^,]*,)[^\]]*\]")]
    private static partial Regex Spaced();

    // All but the first value.
    [GeneratedRegex(@"(values: \[[^,\]]*)[^\]]*\]")]
    private static partial Regex ListedValues();
}
