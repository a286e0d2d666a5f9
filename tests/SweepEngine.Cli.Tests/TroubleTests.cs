using System.Diagnostics;
using SweepEngine.Parquet;

namespace SweepEngine.Cli.Tests;

public class TroubleTests
{
    private static readonly string[] Run = ["run", "sweep.yaml", "--json", "--curves-per-shard", "4", "--out"];

    [SkippableFact]
    public void A_full_disk_is_told_and_the_next_run_completes_with_the_same_bytes()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.Adaptation);
        Assert.Equal(0, place.Sweep([.. Run, "calm"]).ExitCode);
        Directory.CreateDirectory(place.At("small"));
        Skip.IfNot(Mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", place.At("small")), "Skipped: only root on Linux can mount a small file system to fill.");
        try
        {
            Finished full = place.Sweep([.. Run, "small"]);
            Assert.True(full.ExitCode == 4, full.ToString());
            Assert.Contains("No space left on device", full.Last.GetProperty("reason").GetString());
            Assert.Contains("run the same command again", full.Last.GetProperty("reason").GetString());
            Assert.True(Mount("-o", "remount,size=16m", place.At("small")));
            Finished second = place.Sweep([.. Run, "small"]);
            Assert.True(second.ExitCode == 0, second.ToString());
            Assert.Equal(place.Tables("calm"), place.Tables("small"));
        }
        finally
        {
            Assert.True(Start("umount", place.At("small")));
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        place.Write("file", "");
        Finished run = place.Sweep("run", "sweep.yaml", "--out", "file/out");
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("file/out cannot be used as output directory", run.Errors);
        Assert.Contains("run the same command again", run.Errors);
        Assert.DoesNotContain("   at ", run.Errors);
    }

    [Fact]
    public void A_damaged_part_is_set_aside_and_computed_again()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.Adaptation);
        Assert.Equal(0, place.Sweep([.. Run, "out"]).ExitCode);
        var before = place.Tables("out");
        Directory.Delete(place.At("out", "points"), recursive: true);
        File.Delete(place.At("out", "manifest.json"));
        string part = Directory.GetFiles(place.At("out", "parts")).Order(StringComparer.Ordinal).ElementAt(3);
        byte[] bytes = File.ReadAllBytes(part);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(part, bytes);

        Finished again = place.Sweep([.. Run, "out"]);
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains(again.Events, each => each.GetProperty("event").GetString() == "notice"
            && each.GetProperty("message").GetString()!.Contains(Path.GetFileName(part), StringComparison.Ordinal));
        Assert.Equal(before, place.Tables("out"));
        Assert.Single(Directory.GetFiles(place.At("out", "corrupt")));
    }

    [Fact]
    public void A_damaged_table_is_named_with_the_way_out_and_made_again_from_the_parts()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--out", "out", "--quiet").ExitCode);
        var before = place.Tables("out");
        string table = place.At("out", "points", "part-00000.parquet");
        File.WriteAllBytes(table, File.ReadAllBytes(table)[..1000]);
        Finished again = place.Sweep("run", "sweep.yaml", "--out", "out");
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("part-00000.parquet is damaged: ", again.Errors);
        Assert.Contains("Delete it and run again", again.Errors);
        File.Delete(table);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--out", "out").ExitCode);
        Assert.Equal(before, place.Tables("out"));
    }

    [Fact]
    public void A_torn_line_of_the_journal_is_skipped_and_told()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.Adaptation);
        Assert.Equal(0, place.Sweep([.. Run, "out"]).ExitCode);
        var before = place.Tables("out");
        File.Delete(place.At("out", "manifest.json"));
        File.AppendAllText(place.At("out", "journal.jsonl"), "{\"at\":\"2026-01-01T00:00:00Z\",\"type\":\"atte");
        Finished again = place.Sweep([.. Run, "out"]);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains(again.Events, each => each.GetProperty("event").GetString() == "notice"
            && each.GetProperty("message").GetString()!.Contains("cannot be read and is skipped", StringComparison.Ordinal));
        Assert.Equal(before, place.Tables("out"));
        Assert.Contains("2 runs", place.Sweep("status", "out").Output);
    }

    // A leaky neuron that fires, with one more term whose parameter is harmless at its first value and breaks the second.
    [Theory]
    [InlineData("k*V_m^3", "k: {default: 0 1/(ms*mV^2)}", "[0 1/(ms*mV^2), 1 1/(ms*mV^2)]", "diverged")]
    [InlineData("(V_m/ms)*(sqrt(k) - 1)", "k: {default: 1}", "[1, -1]", "invalid_parameters")]
    [InlineData("(V_m/ms)*(1/k - 1)", "k: {default: 1}", "[1, 0]", "invalid_parameters")]
    public void Points_that_cannot_be_computed_are_rows_that_say_so_and_leave_the_others_alone(string term, string parameter, string values, string status)
    {
        using var place = new Workplace();
        place.Write("sweep.yaml",
            $$$"""
            sweep: trouble
            model:
              model: trouble
              equations: dV_m/dt = (E_L - V_m)/tau_m + I + {{{term}}}
              spike: {when: V_m > V_th, reset: V_m = E_L}
              states: {V_m: {start: E_L, unit: mV}}
              parameters:
                E_L: {default: -70 mV}
                V_th: {default: -50 mV}
                tau_m: {default: 10 ms}
                I: {default: 0 mV/ms}
                {{{parameter}}}
            grid:
              k: {values: {{{values}}} }
              I: {values: [1 mV/ms, 3 mV/ms, 4 mV/ms]}
            drive: I
            stimulus: {step: {duration: 500 ms}}
            measure: [fi]
            """);
        Finished run = place.Sweep("run", "sweep.yaml", "--out", "out");
        Assert.True(run.ExitCode == 3, run.ToString());
        Assert.Contains($"3 {status}", run.Output);
        Assert.Contains("The measures of 3 failed points are NULL", run.Output);

        using FileStream file = File.OpenRead(place.At("out", "points", "part-00000.parquet"));
        var points = new ParquetReader(file);
        Assert.Equal(["ok", "ok", "ok", status, status, status], points.Read<string>(0, "status").Values);
        ColumnValues<double> rate = points.Read<double>(0, "rate");
        Assert.Equal([false, false, false, true, true, true], rate.IsNull);
        // 1/(tau_m ln(R I/(R I - 20 mV))), with tau_m in seconds.
        Assert.Equal(0, rate.Values[0]);
        Assert.Equal(1 / (0.010 * Math.Log(30.0 / 10)), rate.Values[1], 1e-5 * rate.Values[1]);
        Assert.Equal(1 / (0.010 * Math.Log(40.0 / 20)), rate.Values[2], 1e-5 * rate.Values[2]);
    }

    private static bool Mount(params string[] arguments) => OperatingSystem.IsLinux() && Start("mount", arguments);

    private static bool Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
