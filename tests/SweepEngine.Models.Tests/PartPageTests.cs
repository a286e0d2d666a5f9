using System.Runtime.CompilerServices;

namespace SweepEngine.Models.Tests;

/// <summary>docs/stimuli.md and docs/synapses.md are what <see cref="PartPage"/> prints; SWEEP_UPDATE_DOCS=1 rewrites them.</summary>
public class PartPageTests
{
    [Fact]
    public void The_page_of_the_stimuli_is_printed_from_their_files() => Check("stimuli.md", PartPage.PrintStimuli());

    [Fact]
    public void The_page_of_the_synapses_is_printed_from_their_files() => Check("synapses.md", PartPage.PrintSynapses());

    private static void Check(string file, string expected)
    {
        string path = Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "docs", file));
        if (Environment.GetEnvironmentVariable("SWEEP_UPDATE_DOCS") == "1")
            File.WriteAllText(path, expected);
        Assert.Equal(expected, File.ReadAllText(path).ReplaceLineEndings("\n"));
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
