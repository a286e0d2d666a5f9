using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace SweepEngine.Cli.Tests;

/// <summary>cluster-config is what <c>sweep export</c> writes; SWEEP_UPDATE_DOCS=1 rewrites it.</summary>
public class ExportCommandTests
{
    private const string Example = "examples/adaptation.yaml";

    [Theory]
    [InlineData("slurm", "adaptation.slurm.sh", "--tasks 100 --cpus 4 --time 120 --memory 4000")]
    [InlineData("kubernetes", "adaptation.kubernetes.yaml", "--tasks 20 --cpus 4 --time 120 --memory 4000")]
    public void The_files_in_cluster_config_are_those_that_the_command_writes(string system, string file, string options)
    {
        string path = Path.Combine(SweepProgram.Repository, "cluster-config", file);
        Finished export = SweepProgram.Run(SweepProgram.Repository, ["export", system, Example, .. options.Split(' ')]);
        Assert.True(export.ExitCode == 0, export.ToString());
        if (Environment.GetEnvironmentVariable("SWEEP_UPDATE_DOCS") == "1") File.WriteAllText(path, export.Output);
        Assert.Equal(export.Output, File.ReadAllText(path));
    }

    [SkippableFact]
    public void The_script_for_Slurm_is_one_that_bash_reads_and_each_value_has_its_unit()
    {
        Skip.If(OperatingSystem.IsWindows(), "There is no bash to check the script with.");
        using var place = new Workplace();
        place.Write("it's.yaml", Sweeps.ClosedForm);
        Finished export = place.Sweep("export", "slurm", "it's.yaml", "--out", "a folder", "--tasks", "7", "--partition", "long", "--to", "job.sh");
        Assert.True(export.ExitCode == 0, export.ToString());
        using Process bash = Process.Start("bash", ["-n", place.At("job.sh")]);
        bash.WaitForExit();
        Assert.Equal(0, bash.ExitCode);
        string script = File.ReadAllText(place.At("job.sh"));
        Assert.Contains(@"spec='it'\''s.yaml'", script);
        Assert.Contains("out='a folder'", script);
        Assert.Contains("#SBATCH --array=0-6  #", script);
        Assert.Contains("#SBATCH --partition=long  #", script);
        Assert.All(Regex.Matches(script, "^#SBATCH --(mem|time|signal).*$", RegexOptions.Multiline), line => Assert.Matches(@"# .*\[(MiB|min|s)\]|\[min\]", line.Value));
        Assert.All(Regex.Matches(script, "^#SBATCH --(?!job-name).*$", RegexOptions.Multiline), line => Assert.Contains("  # ", line.Value));
    }

    [SkippableFact]
    public void The_script_starts_a_crashed_program_again_passes_signals_on_and_asks_for_another_turn()
    {
        Skip.If(OperatingSystem.IsWindows(), "There is no bash to run the script with.");
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        // A program that crashes twice and then waits to be told to stop.
        string program = place.Write("program", """
            #!/bin/bash
            echo "$*" >> calls
            [ "$(wc -l < calls)" -gt 2 ] || kill -SEGV $$
            trap 'kill $waiting; exit 130' TERM
            sleep 60 & waiting=$!
            echo ready
            wait
            exit 0
            """);
        place.Write("scontrol", "#!/bin/bash\necho \"scontrol $*\" >> calls\n");
        foreach (string name in new[] { "program", "scontrol" })
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(place.At(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(0, place.Sweep("export", "slurm", "sweep.yaml", "--tasks", "9", "--cpus", "3", "--program", program, "--to", "job.sh").ExitCode);

        var start = new ProcessStartInfo("bash", ["job.sh"]) { WorkingDirectory = place.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_ARRAY_TASK_ID"] = "5";
        start.Environment["SLURM_ARRAY_JOB_ID"] = "71";
        start.Environment["PATH"] = $"{place.Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process task = Process.Start(start)!;
        Assert.Equal("ready", task.StandardOutput.ReadLine());
        using (Process kill = Process.Start("kill", ["-USR1", task.Id.ToString(CultureInfo.InvariantCulture)])) kill.WaitForExit();
        string errors = task.StandardError.ReadToEnd();
        task.WaitForExit();
        Assert.Equal(130, task.ExitCode);
        Assert.Equal(2, Regex.Count(errors, "task 5 crashed with code 139"));
        string run = "run sweep.yaml --out results/closed-form --shard 5/9 --workers 3";
        Assert.Equal([run, run, run, "scontrol requeue 71_5"], File.ReadAllLines(place.At("calls")));
    }

    [Fact]
    public void The_manifest_for_Kubernetes_is_an_indexed_job_and_one_that_merges()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm.Replace("closed-form", "Closed_form.2", StringComparison.Ordinal));
        Finished export = place.Sweep(
            "export", "kubernetes", "sweep.yaml", "--tasks", "12", "--cpus", "2", "--time", "90", "--memory", "512", "--image", "registry:5000/sweep:1.0", "--claim", "mine", "--mount", "/data/");
        Assert.True(export.ExitCode == 0, export.ToString());
        var yaml = new YamlStream();
        yaml.Load(new StringReader(export.Output));
        Assert.Equal(2, yaml.Documents.Count);
        YamlNode job = yaml.Documents[0].RootNode, merge = yaml.Documents[1].RootNode;
        Assert.Equal(("batch/v1", "Job", "closed-form-2"), (Text(job["apiVersion"]), Text(job["kind"]), Text(job["metadata"]["name"])));
        Assert.Equal(("batch/v1", "Job", "closed-form-2-merge"), (Text(merge["apiVersion"]), Text(merge["kind"]), Text(merge["metadata"]["name"])));
        YamlNode spec = job["spec"], pod = spec["template"]["spec"], container = pod["containers"][0];
        Assert.Equal(("Indexed", "12", "12", "5400"), (Text(spec["completionMode"]), Text(spec["completions"]), Text(spec["parallelism"]), Text(spec["activeDeadlineSeconds"])));
        Assert.Equal(("Never", "120"), (Text(pod["restartPolicy"]), Text(pod["terminationGracePeriodSeconds"])));
        Assert.Equal(["Ignore", "FailJob"], ((YamlSequenceNode)spec["podFailurePolicy"]["rules"]).Select(rule => Text(rule["action"])));
        Assert.Equal(("registry:5000/sweep:1.0", "2", "512Mi", "512Mi"),
            (Text(container["image"]), Text(container["resources"]["requests"]["cpu"]), Text(container["resources"]["requests"]["memory"]), Text(container["resources"]["limits"]["memory"])));
        Assert.Equal(["run", "/data/sweep.yaml", "--out", "/data/Closed_form.2", "--shard", "$(JOB_COMPLETION_INDEX)/12", "--workers", "2"], Arguments(container));
        Assert.Equal(["merge", "/data/Closed_form.2", "--wait", "--spec", "/data/sweep.yaml"], Arguments(merge["spec"]["template"]["spec"]["containers"][0]));
        foreach (YamlNode each in new[] { pod, merge["spec"]["template"]["spec"] })
        {
            Assert.Equal("mine", Text(each["volumes"][0]["persistentVolumeClaim"]["claimName"]));
            Assert.Equal("/data", Text(each["containers"][0]["volumeMounts"][0]["mountPath"]));
            Assert.Equal(Text(each["volumes"][0]["name"]), Text(each["containers"][0]["volumeMounts"][0]["name"]));
        }

        static string Text(YamlNode node) => Assert.IsType<YamlScalarNode>(node).Value!;

        static string[] Arguments(YamlNode container) => [.. ((YamlSequenceNode)container["args"]).Select(Text)];
    }

    [Theory]
    [InlineData("slurm", "--tasks", "1001", "--tasks: allowed 1 to 1000, found 1001")]
    [InlineData("slurm", "--cpus", "0", "--cpus: allowed 1 to 4096, found 0")]
    [InlineData("kubernetes", "--memory", "-1", "--memory: allowed 1 to 2147483647, found -1")]
    public void Values_that_no_batch_system_takes_are_refused(string system, string option, string value, string message)
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Finished refused = place.Sweep("export", system, "sweep.yaml", $"{option}={value}", "--to", "file");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(message, refused.Errors);
        Assert.False(File.Exists(place.At("file")));
    }
}
