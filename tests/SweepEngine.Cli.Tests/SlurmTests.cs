using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SweepEngine.Cli.Tests;

/// <summary>The exported script, by a real Slurm with faults.</summary>
public class SlurmTests
{
    [SkippableFact]
    public void Cancelled_and_requeued_tasks_and_a_killed_node_give_the_tables_of_a_run_on_one_machine()
    {
        using var place = new Workplace();
        using var slurm = new SlurmCluster("one", "two");
        place.Write("sweep.yaml", Sweeps.Adaptation.Replace("5 nS, 20]", "5 nS, 150]", StringComparison.Ordinal));
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--quiet", "--out", "calm").ExitCode);

        Finished export = place.Sweep("export", "slurm", "sweep.yaml", "--out", "out", "--tasks", "8", "--cpus", "1", "--program", SweepProgram.Path);
        // Small shards and a short lease, for many chances in little time.
        string script = place.Write("job.sh", export.Output.Replace("--workers 1 &", "--workers 1 --curves-per-shard 2 --lease 2 &", StringComparison.Ordinal));
        Assert.Contains("--lease 2 &", File.ReadAllText(script));
        string submitted = Bash(slurm, place.Folder, script);
        Match jobs = Regex.Match(submitted, @"^array job (\d+) computes, job (\d+) then merges into out$", RegexOptions.Multiline);
        Assert.True(jobs.Success, submitted);
        string array = jobs.Groups[1].Value, merge = jobs.Groups[2].Value;

        string[] running = [];
        slurm.Until(
            () =>
            {
                running = slurm.Run("squeue", "-h", "-j", array, "-t", "R", "-r", "-o", "%i %N").Split('\n', StringSplitOptions.RemoveEmptyEntries);
                return running.Length == 4 && Parts(place) >= 10;
            }, "four tasks compute");
        string[] onOne = [.. running.Where(task => task.EndsWith(" one", StringComparison.Ordinal)).Select(task => task.Split(' ')[0])];
        Assert.True(onOne.Length == 2 && running.Length == 4, string.Join('\n', running));
        slurm.Run("scancel", onOne[0]);
        slurm.Run("scontrol", "requeue", onOne[1]);
        slurm.KillNode("two");

        // Tasks that had not begun take over. What was requeued waits two minutes in Slurm before it may begin, but nothing is left for it.
        slurm.Until(() => place.Sweep("status", "out").Output.Contains("everything is committed", StringComparison.Ordinal), "everything is committed");
        Assert.NotEmpty(Directory.GetFiles(place.At("out", "claims"), "*.2")); // what the killed node had in work
        slurm.Run("scancel", array);
        slurm.Until(() => File.Exists(place.At("out", "manifest.json")), "the merge job has merged");
        slurm.Until(() => slurm.Run("squeue", "-h", "-j", merge).Length == 0, "the merge job has ended");
        Assert.Equal(place.Tables("calm"), place.Tables("out"));
    }

    private static int Parts(Workplace place) =>
        Directory.Exists(place.At("out", "parts")) ? Directory.GetFiles(place.At("out", "parts"), "*.part").Length : 0;

    private static string Bash(SlurmCluster slurm, string folder, string script)
    {
        var start = new ProcessStartInfo("bash", [script]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        foreach (var (name, value) in slurm.Environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
