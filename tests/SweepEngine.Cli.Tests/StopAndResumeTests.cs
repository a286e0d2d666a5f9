using System.Diagnostics;
using System.Globalization;

namespace SweepEngine.Cli.Tests;

public class StopAndResumeTests
{
    [SkippableFact]
    public void A_signal_stops_in_order_two_at_once_and_the_next_run_goes_on()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no kill command to send Ctrl-C with.");
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.LongAdaptation);
        string[] run = ["run", "sweep.yaml", "--json", "--curves-per-shard", "1", "--out"];
        Assert.Equal(0, place.Sweep([.. run, "calm"]).ExitCode);
        foreach (var (signal, times) in new[] { ("INT", 1), ("TERM", 1), ("INT", 2) })
        {
            string output = $"{signal}{times}";
            using Process process = SweepProgram.Start(place.Folder, [], [.. run, output]);
            process.StandardOutput.ReadLine(); // started
            process.StandardOutput.ReadLine(); // the first progress: the signals are registered by now
            for (int i = 0; i < times; i++) Send(signal, process);
            string rest = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 130, $"{output}: exit code {process.ExitCode}\n{rest}");
            Assert.Contains("\"end\":\"interrupted\"", rest);

            Finished resumed = place.Sweep([.. run, output]);
            Assert.Equal(0, resumed.ExitCode);
            Assert.InRange(resumed.Last.GetProperty("reused_curves").GetInt32(), times == 1 ? 1 : 0, Sweeps.LongAdaptationCurves - 1);
            Assert.Equal(place.Tables("calm"), place.Tables(output));
        }
    }

    [Fact]
    public void A_complete_folder_says_so_and_recomputes_nothing()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Finished first = place.Sweep("run", "sweep.yaml");
        Assert.Contains("closed-form is complete: 123 points in 3 curves computed in", first.Output);
        var before = place.Tables("results/closed-form");
        string journal = File.ReadAllText(place.At("results", "closed-form", "journal.jsonl"));

        Finished second = place.Sweep("run", "sweep.yaml");
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("closed-form is complete already, nothing had to be computed", second.Output);
        Assert.Equal(before, place.Tables("results/closed-form"));
        Assert.Equal(journal, File.ReadAllText(place.At("results", "closed-form", "journal.jsonl")));
    }

    [Fact]
    public void Tables_that_were_deleted_are_merged_again_from_the_parts()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--out", "out").ExitCode);
        var before = place.Tables("out");
        File.Delete(place.At("out", "points", "part-00000.parquet"));
        Finished again = place.Sweep("run", "sweep.yaml", "--json", "--out", "out");
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(0, again.Last.GetProperty("computed_curves").GetInt32());
        Assert.Equal(before, place.Tables("out"));
    }

    [Fact]
    public void The_folder_of_another_sweep_is_refused_with_both_hashes()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        place.Write("other.yaml", Sweeps.ClosedForm.Replace("1e-9", "1e-8").Replace("closed-form", "another"));
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--out", "out", "--quiet").ExitCode);
        var before = place.Tables("out");
        Finished refused = place.Sweep("run", "other.yaml", "--out", "out");
        Assert.Equal(2, refused.ExitCode);
        Assert.Matches("out holds another sweep: found 'closed-form' \\([0-9a-f]{12}…, .*\\), this is 'another' \\([0-9a-f]{12}…", refused.Errors);
        Assert.Contains("next step: choose another folder with --out", refused.Errors);
        Assert.Equal(before, place.Tables("out"));
    }

    [Fact]
    public void A_second_process_in_the_same_folder_is_refused_and_status_sees_the_first()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.Adaptation.Replace("5 nS, 20]", "5 nS, 2000]", StringComparison.Ordinal));
        using Process first = SweepProgram.Start(place.Folder, [], "run", "sweep.yaml", "--json", "--curves-per-shard", "1", "--out", "out");
        first.StandardOutput.ReadLine();
        first.StandardOutput.ReadLine();
        Finished status = place.Sweep("status", "out"), second = place.Sweep("run", "sweep.yaml", "--out", "out");
        first.Kill();
        first.StandardOutput.ReadToEnd();
        first.WaitForExit();
        Assert.Contains("a process computes it now", status.Output);
        Assert.Equal(4, second.ExitCode);
        Assert.Contains("Another sweep process works in out", second.Errors);
        Assert.Contains("incomplete; 'sweep run' with its sweep file goes on", place.Sweep("status", "out").Output);
    }

    private static void Send(string signal, Process process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
