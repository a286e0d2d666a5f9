using System.Diagnostics;
using System.Globalization;

namespace SweepEngine.Cli.Tests;

/// <summary>Several processes of the program share a folder.</summary>
public class SharedRunTests
{
    private const int Processes = 3;

    private static string[] Run(string output, int slice, int slices = Processes) =>
    [
        "run", "sweep.yaml", "--json", "--curves-per-shard", "2", "--workers", "1", "--lease", "0.5", "--out", output,
        "--shard", string.Create(CultureInfo.InvariantCulture, $"{slice}/{slices}"),
    ];

    [Fact]
    public async Task Processes_that_are_killed_started_again_and_cut_differently_give_the_tables_of_a_run_on_one_machine()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.LongAdaptation);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--quiet", "--out", "calm").ExitCode);

        Process[] first = [.. Enumerable.Range(0, Processes).Select(slice => SweepProgram.Start(place.Folder, [], Run("out", slice)))];
        foreach (Process process in first)
        {
            for (int lines = 0; lines < 4; lines++) process.StandardOutput.ReadLine();
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        Finished missing = place.Sweep("merge", "out");
        Assert.Equal(4, missing.ExitCode);
        Assert.Matches(@"\d+ of 180 curves are not committed: curve", missing.Errors);
        Finished status = place.Sweep("status", "out");
        Assert.Contains("processes of 'run --shard' compute it", status.Output);
        Assert.Matches(@"processes +3, of which 0 ended in order", status.Output);
        Assert.Matches(@"  sign \d+ +0-of-3-.* old, holds curves? \d+", status.Output);

        Finished[] second = await Task.WhenAll(Enumerable.Range(0, 2).Select(slice => Task.Run(() => place.Sweep(Run("out", slice, slices: 2)))));
        Assert.All(second, process => Assert.True(process.ExitCode == 0, process.ToString()));
        Assert.All(second, process => Assert.Equal("committed", process.Last.GetProperty("end").GetString()));
        Assert.Contains("everything is committed; 'sweep merge' makes the tables", place.Sweep("status", "out").Output);
        Finished merge = place.Sweep("merge", "out", "--wait");
        Assert.True(merge.ExitCode == 0, merge.ToString());
        Assert.Contains("small-adaptation is complete: 1,620 points in 180 curves, merged in", merge.Output);
        Assert.Equal(place.Tables("calm"), place.Tables("out"));
        Assert.Contains("nothing had to be computed", place.Sweep("run", "sweep.yaml", "--out", "out", "--shard", "0/9").Output);
    }

    [SkippableFact]
    public void SIGTERM_stops_a_process_in_order_also_when_it_comes_twice()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.LongAdaptation);
        using Process process = SweepProgram.Start(place.Folder, [], Run("out", 0, 1));
        process.StandardOutput.ReadLine(); // started
        process.StandardOutput.ReadLine(); // the first progress: the signals are registered by now
        for (int i = 0; i < 2; i++)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
        string rest = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 130, rest);
        Assert.Contains("stopped on request", rest);
        Assert.Equal("gone\n", File.ReadAllText(Assert.Single(Directory.GetFiles(place.At("out", "processes"), "*.sign"))));
        Assert.DoesNotContain("\"end\":\"released\"", File.ReadAllText(Assert.Single(Directory.GetFiles(place.At("out", "processes"), "*.jsonl"))));
    }

    [Fact]
    public void Another_sweep_in_the_folder_and_a_sweep_file_that_changed_are_refused()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Assert.Equal(0, place.Sweep(Run("out", 0, 1)).ExitCode);
        place.Write("sweep.yaml", Sweeps.ClosedForm.Replace("1e-9", "1e-8", StringComparison.Ordinal));
        foreach (Finished refused in new[] { place.Sweep(Run("out", 0, 1)), place.Sweep("merge", "out") })
        {
            Assert.Equal(2, refused.ExitCode);
            Assert.Matches("out holds another sweep: found 'closed-form' \\([0-9a-f]{12}…, .*\\), this is 'closed-form' \\([0-9a-f]{12}…", refused.Errors);
        }
        File.Delete(place.At("sweep.yaml"));
        Finished gone = place.Sweep("merge", "out");
        Assert.Equal(2, gone.ExitCode);
        Assert.Contains("is not there\n    next step: give it with --spec", gone.Errors);
        place.Write("moved.yaml", Sweeps.ClosedForm);
        Assert.Equal(0, place.Sweep("merge", "out", "--spec", "moved.yaml").ExitCode);
    }

    [Theory]
    [InlineData("3/3", "allowed 0/N to N-1/N, found 3/3")]
    [InlineData("-1/3", "allowed 0/N to N-1/N, found -1/3")]
    [InlineData("1", "allowed 0/N to N-1/N, found 1")]
    [InlineData("/4", "next step: where the ids of an array begin at 1, give $((ID - 1))/N")]
    public void A_slice_that_does_not_exist_is_refused(string shard, string message)
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Finished refused = place.Sweep("run", "sweep.yaml", $"--shard={shard}");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(message, refused.Errors);
        Assert.False(Directory.Exists(place.At("results")));
    }
}
