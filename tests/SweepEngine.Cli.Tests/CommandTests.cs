using System.Diagnostics;
using System.Text.Json;

namespace SweepEngine.Cli.Tests;

public class CommandTests
{
    [Fact]
    public void All_that_is_wrong_with_a_file_is_told_at_once_and_nothing_is_written()
    {
        using var place = new Workplace();
        place.Write("bad.yaml", Sweeps.ClosedForm.Replace("model: lif", "model: lfi").Replace("tolerance: 1e-9", "tolerence: 1e-9").Replace("1 s", "1 V"));
        foreach (string command in new[] { "run", "plan", "validate" })
        {
            Finished run = place.Sweep(command, "bad.yaml");
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("bad.yaml:2:8: there is no such model: found 'lfi'", run.Errors);
            Assert.Contains("did you mean 'lif'?", run.Errors);
            Assert.Contains("did you mean 'tolerance'?", run.Errors);
            Assert.DoesNotContain("   at ", run.Errors);
        }
        Assert.False(Directory.Exists(place.At("results")));
    }

    [Fact]
    public void Validate_looks_at_every_file()
    {
        using var place = new Workplace();
        place.Write("good.yaml", Sweeps.ClosedForm);
        place.Write("bad.yaml", Sweeps.ClosedForm.Replace("drive: I_app", "drive: I_ap"));
        Finished run = place.Sweep("validate", "bad.yaml", "good.yaml", "missing.yaml");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("good.yaml: ok, 123 points in 3 curves of lif", run.Output);
        Assert.Contains("bad.yaml:6:8: ", run.Errors);
        Assert.Contains("missing.yaml:1:1: there is no such file", run.Errors);
        Assert.Equal(0, place.Sweep("validate", "good.yaml").ExitCode);
    }

    [Theory]
    [InlineData("rnu", "did you mean 'run'?")]
    [InlineData("run --wrokers 2 x.yaml", "did you mean '--workers'?")]
    [InlineData("run x.yaml --colour", "there is no option '--colour'")]
    [InlineData("run", "Required argument 'SPEC' missing")]
    [InlineData("run sweep.yaml --workers 0", "--workers: allowed 1 to 4096")]
    [InlineData("run x.yaml --workers two", "'two'")]
    [InlineData("run sweep.yaml --lanes 3", "--lanes: allowed 8, 4 or 1")]
    [InlineData("run sweep.yaml --curves-per-shard 0", "--curves-per-shard: allowed 1 or more")]
    [InlineData("models show hodgkin_huxly", "did you mean 'hodgkin_huxley'?")]
    [InlineData("models hodgkin_huxley", "'sweep models show hodgkin_huxley' shows what it names")]
    [InlineData("models sow lif", "did you mean 'show'?")]
    [InlineData("models show lif --code --swept I_ap", "did you mean 'I_app'?")]
    [InlineData("models show ./nothing.yaml", "there is no such file")]
    [InlineData("status .", "no sweep was begun in .")]
    [InlineData("inspect .", "holds no finished Parquet file")]
    [InlineData("inspect nothing.parquet", "there is no such file or folder")]
    public void Wrong_commands_get_a_hint_and_exit_code_2(string line, string hint)
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Finished run = place.Sweep(line.Split(' '));
        Assert.True(run.ExitCode == 2, run.ToString());
        Assert.Contains(hint, run.Errors);
        Assert.DoesNotContain("   at ", run.Errors);
    }

    [Fact]
    public void Every_command_has_help_with_an_example()
    {
        using var place = new Workplace();
        Finished all = place.Sweep("--help");
        Assert.Equal(0, all.ExitCode);
        foreach (string command in new[] { "run", "plan", "validate", "status", "inspect", "models", "schema" })
        {
            Assert.Contains($"\n  {command} ", all.Output);
            Finished help = place.Sweep(command, "--help");
            Assert.Equal(0, help.ExitCode);
            Assert.Contains($"Example: sweep {command}", help.Output);
        }
        Assert.Matches(@"^\d+\.\d+\.\d+\s*$", place.Sweep("--version").Output);
    }

    [Fact]
    public void A_plan_of_a_billion_points_takes_under_a_second_and_150_MB()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.Adaptation.Replace("800 pA, 9]", "800 pA, 1000]").Replace("5 nS, 20]", "5 nS, 1000]")
            .Replace("{values: [0 ms, 2 ms, 5 ms]}", "{linspace: [0 ms, 10 ms, 1000]}"));
        var fastest = TimeSpan.MaxValue;
        for (int i = 0; i < 12 && fastest.TotalSeconds > 1; i++) // other tests run at the same time
        {
            long began = Stopwatch.GetTimestamp();
            Finished plan = place.Sweep("plan", "sweep.yaml", "--no-calibration");
            fastest = TimeSpan.FromTicks(Math.Min(fastest.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
            Assert.Contains("1,000,000,000", plan.Output);
            Assert.Contains("last              point 999999999 (curve 999999): g_adapt = 5 nS, tau_ref = 10 ms, I_app = 800 pA", plan.Output);
        }
        Assert.InRange(fastest.TotalSeconds, 0, 1);

        Finished calibrated = MeasuredPlan(place, out long peak);
        Assert.Contains("time of one core  about ", calibrated.Output);
        Assert.Contains("tables            about ", calibrated.Output);
        Assert.InRange(peak, 1, 150_000_000);
    }

    [Fact]
    public void Inspect_shows_columns_with_units_ranges_and_first_rows_in_100_columns()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--out", "out", "--quiet").ExitCode);
        Finished sweep = place.Sweep("inspect", "out"), table = place.Sweep("inspect", "out/points", "--rows", "2");
        Assert.Contains("out/points: 123 rows in 1 file and 1 row group", sweep.Output);
        Assert.Contains("out/curves: 3 rows in 1 file and 1 row group", sweep.Output);
        Assert.All(sweep.Output.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 100));
        Assert.Matches(@"\n *tau_ref +double +ms +0 +5 +0 +dictionary", table.Output);
        Assert.Matches(@"\n *I_app +double +pA +0 +1000 +0 ", table.Output);
        Assert.Matches(@"\n *rate +Steady firing rate", table.Output);
        Assert.Contains("first 2 rows", table.Output);
        Assert.Matches(@"\n *I_app +0 +25 *\n", table.Output);
        Assert.Contains("out/points/part-00000.parquet: 123 rows", place.Sweep("inspect", "out/points/part-00000.parquet", "--rows", "0").Output);
        File.WriteAllText(place.At("no.parquet"), "this is no Parquet file");
        Finished bad = place.Sweep("inspect", "no.parquet");
        Assert.Equal(2, bad.ExitCode);
        Assert.Contains("no.parquet: Not a Parquet file", bad.Errors);
    }

    [Fact]
    public void Models_are_listed_shown_and_printed_as_a_start_for_an_own_one()
    {
        using var place = new Workplace();
        string list = place.Sweep("models").Output;
        foreach (string model in new[] { "fitzhugh_nagumo", "hodgkin_huxley", "lif", "lif_adapt" })
            Assert.Matches($@"(^|\n) *{model}  ", list);
        string shown = place.Sweep("models", "show", "hodgkin_huxley").Output;
        Assert.Contains("I_Na = g_Na*m^3*h*(V_m - E_Na)", shown);
        Assert.Contains("J. Physiol. 117 (1952) 500", shown);
        Assert.Matches(@"E_L +-54\.387 +mV +reversal potential of the leak", shown);
        Assert.Matches(@"C_m +1 +uF/cm\^2 +above 0 uF/cm\^2", shown);

        place.Write("mine.yaml", place.Sweep("models", "show", "lif", "--yaml").Output.Replace("model: lif", "model: mine"));
        Assert.StartsWith("mine", place.Sweep("models", "show", "./mine.yaml").Output);
        place.Write("sweep.yaml", Sweeps.ClosedForm.Replace("model: lif", "model: ./mine.yaml"));
        Assert.Contains("of mine", place.Sweep("validate", "sweep.yaml").Output);
    }

    [Fact]
    public void Stimuli_and_synapses_are_listed_and_shown()
    {
        using var place = new Workplace();
        string list = place.Sweep("models").Output;
        foreach (string part in new[] { "pulse_pair", "sine", "ampa", "nmda" })
            Assert.Matches($@"(^|\n) *{part}  ", list);
        string shown = place.Sweep("models", "show", "sine").Output;
        Assert.Contains("drive*sin(2*pi*frequency*(t - delay) +", shown);
        Assert.Matches(@"frequency +10 +Hz +at least 0 Hz", shown);
        Assert.StartsWith("synapse: nmda", place.Sweep("models", "show", "nmda", "--yaml").Output);
        Assert.Contains("has code only there", place.Sweep("models", "show", "nmda", "--code").Errors);
        Assert.Contains("did you mean 'nmda'?", place.Sweep("models", "show", "ndma").Errors);
    }

    [Fact]
    public void The_code_of_a_model_is_shown_operation_by_operation()
    {
        using var place = new Workplace();
        string code = place.Sweep("models", "show", "lif_adapt", "--code", "--swept", "I_app").Output;
        Assert.Matches(@"^lif_adapt: code for [148] grid points? at a time, in SI units\nread for each point: I_app\nconstants: C_m = 1E-10, ", code);
        Assert.Matches(@"\nderivatives: 9 operations\n    t0 = -0\.075 - V_m\n(.*\n)*    dV_m/dt = t6\n    dg_sra/dt = t8\n", code);
        Assert.Contains("\nspike, reset: 1 operation\n    t0 = g_sra + 1E-09\n    V_m = -0.08\n    g_sra = t0\n", code);
        place.Write("decay.ode", "x'=-x/tau\npar tau=4\n");
        Assert.Contains("    t0 = -x\n    t1 = t0 * 0.25\n    t2 = 1000 * t1\n    dx/dt = t2\n", place.Sweep("models", "show", "decay.ode", "--code").Output);
    }

    [Fact]
    public void Check_tells_all_findings_and_notes_of_every_model_file()
    {
        using var place = new Workplace();
        place.Write("mine.yaml", place.Sweep("models", "show", "lif", "--yaml").Output);
        place.Write("good.ode", "x'=-x\naux y=x\n# r\u00e9sum\u00e9\n");
        File.WriteAllBytes(place.At("latin.ode"), [.. "x'=-x # "u8, 0xE9]);
        place.Write("bad.ode", "x'=-y\nz'=atan(z)\n");
        place.Write("bad.yaml", "model: m\nequations: dx/dt = y\nstates: {x: {start: 1, unit: nonsense}}\n");
        Finished run = place.Sweep("models", "check", "mine.yaml", "good.ode", "latin.ode", "bad.ode", "bad.yaml", "missing.yaml");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(["mine.yaml: ok, lif with 1 state and 7 parameters", "good.ode: ok, good with 1 state and 0 parameters, no spike rule",
            "latin.ode: ok, latin with 1 state and 0 parameters, no spike rule"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        foreach (string expected in new[] { "good.ode:2:5: ignored: ", "bad.ode:1:5: there is no such name", "bad.ode:2:4: 'atan' is not supported", "bad.yaml:2:", "bad.yaml:3:", "missing.yaml:1:1: there is no such file" })
            Assert.Contains(expected, run.Errors);
        Assert.Equal(0, place.Sweep("models", "check", "mine.yaml", "good.ode").ExitCode);
    }

    [Fact]
    public void Json_lines_tell_a_program_everything()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Finished run = place.Sweep("run", "sweep.yaml", "--json", "--out", "out");
        Assert.Equal("", run.Errors);
        JsonElement started = run.Events[0], last = run.Last;
        Assert.Equal(["event", "sweep", "content_hash", "output", "points", "curves", "shards", "curves_per_shard", "workers", "lanes"], Names(started));
        Assert.Equal(["event", "points_done", "points", "failed_points", "crashed_points", "reused_curves", "points_per_second", "elapsed_s", "left_s"], Names(run.Events[1]));
        Assert.Equal(["event", "end", "exit_code", "reason", "points", "curves", "reused_curves", "computed_curves", "failed_points", "elapsed_s", "output", "status", "tables"], Names(last));
        Assert.Equal("complete", last.GetProperty("end").GetString());
        Assert.Equal(123, last.GetProperty("status").GetProperty("ok").GetInt64());
        Assert.All(last.GetProperty("tables").EnumerateArray(), table =>
            Assert.All(table.GetProperty("files").EnumerateArray(), file => Assert.True(File.Exists(place.At(file.GetString()!)))));

        static IEnumerable<string> Names(JsonElement line) => line.EnumerateObject().Select(field => field.Name);
    }

    [Fact]
    public void Quiet_prints_nothing_and_the_summary_fits_80_columns_without_colour()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.Adaptation);
        Finished quiet = place.Sweep("run", "sweep.yaml", "--quiet", "--out", "quiet");
        Assert.Equal((0, "", ""), (quiet.ExitCode, quiet.Output, quiet.Errors));
        string[] lines = place.Sweep("run", "sweep.yaml", "--out", "quiet").Output.Split('\n');
        Assert.DoesNotContain(lines, line => line.Contains('\e'));
        int picture = Array.FindIndex(lines, line => line.Contains("rate [Hz]"));
        Assert.All(lines[picture..^4], line => Assert.InRange(line.Length, 0, 79));
        Assert.Contains("  A g_adapt = 0 nS   B ", string.Join('\n', lines));
        Assert.Contains("I_app [pA]", string.Join('\n', lines));
        Assert.Contains("at tau_ref = 2 ms", string.Join('\n', lines));
    }

    // Looks at the peak as long as the process lives.
    private static Finished MeasuredPlan(Workplace place, out long peak)
    {
        using Process process = SweepProgram.Start(place.Folder, [], "plan", "sweep.yaml");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        peak = 0;
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(5)))
        {
            process.Refresh();
            try
            {
                peak = Math.Max(peak, process.PeakWorkingSet64);
            }
            catch (InvalidOperationException)
            {
                // It has ended in between.
            }
        }
        return new Finished(process.ExitCode, output.GetAwaiter().GetResult(), process.StandardError.ReadToEnd());
    }
}
