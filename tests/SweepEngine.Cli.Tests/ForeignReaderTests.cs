using System.Text.RegularExpressions;
using SweepEngine.Testing;

namespace SweepEngine.Cli.Tests;

public class ForeignReaderTests(ForeignReaders readers) : IClassFixture<ForeignReaders>
{
    // 1/(tau_ref + tau_m ln((R I + E_L - V_reset)/(R I + E_L - V_th))) of the model lif; mV, pA, ms and Hz.
    private static double ClosedForm(double I_app, double tau_ref)
    {
        double steady = I_app / 10 - 70;
        return steady <= -50 ? 0 : 1000 / (tau_ref + 10 * Math.Log((steady + 80) / (steady + 50)));
    }

    [SkippableTheory]
    [InlineData("duckdb")]
    [InlineData("polars")]
    [InlineData("arrow")]
    [InlineData("hyparquet")]
    public void Foreign_readers_read_the_finished_tables_and_the_rates_are_those_of_the_formula(string reader)
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--out", "out", "--quiet").ExitCode);
        var points = readers.Read(reader, place.At("out", "points", "part-00000.parquet"));
        Assert.Equal(Enumerable.Range(0, 123).Select(i => (object)(long)i), points["point"]);
        Assert.All(points["status"], status => Assert.Equal("ok", status));
        for (int i = 0; i < 123; i++)
        {
            double expected = ClosedForm((double)points["I_app"][i]!, (double)points["tau_ref"][i]!);
            Assert.Equal(expected, (double)points["rate"][i]!, 1e-9 * expected);
        }
        var curves = readers.Read(reader, place.At("out", "curves", "part-00000.parquet"));
        Assert.Equal([0.0, 2.0, 5.0], curves["tau_ref"]);
        Assert.All(curves["rheobase"], rheobase => Assert.Equal(200, (double)rheobase!, 1e-6));
    }

    [SkippableTheory]
    [InlineData("duckdb")]
    [InlineData("polars")]
    [InlineData("arrow")]
    [InlineData("hyparquet")]
    public void Foreign_readers_read_traces_and_the_voltage_is_that_of_the_formula(string reader)
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm.Replace("1000 pA, 41]", "200 pA, 11]").Replace("tolerance", "measure: [fi, traces]\ntraces: {every: 0.5 ms, to: 1.0001 s}\ntolerance"));
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--out", "out", "--quiet").ExitCode);
        var traces = readers.Read(reader, place.At("out", "traces", "part-00000.parquet"));
        Assert.Equal(["point", "curve", "tau_ref", "I_app", "t", "V_m"], traces.Keys);
        Assert.Equal(33 * 2001, traces["t"].Length);
        for (int i = 0; i < traces["t"].Length; i++)
        {
            Assert.Equal((i / 2001L, i % 2001 / 2.0), ((long)traces["point"][i]!, (double)traces["t"][i]!));
            Assert.Equal((double)traces["I_app"][i]! / 10 * (1 - Math.Exp(-i % 2001 / 2.0 / 10)) - 70, (double)traces["V_m"][i]!, 1e-7);
        }
    }

    [SkippableFact]
    public void The_printed_queries_run_in_DuckDB()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm.Replace("tau_ref: {values: [0 ms, 2 ms, 5 ms]}", "E_L: {values: [-70 mV, -60 mV]}"));
        string output = place.At("it's $5");
        Finished run = place.Sweep("run", "sweep.yaml", "--out", output);
        Assert.Equal(0, run.ExitCode);
        var rows = readers.Query(Sql(run.Output));
        Assert.Equal(["E_L", "rheobase", "onset_rate", "gain_at_onset", "maximal_rate"], rows.Keys);
        Assert.Equal([-70.0, -60.0], rows["E_L"]);
    }

    [SkippableFact]
    public void A_response_alone_has_no_curves_and_is_asked_for_its_points()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", """
            sweep: pulses
            model: lif
            grid: {width: {values: [5 ms, 50 ms]}, I_app: {values: [100 pA, 400 pA]}}
            drive: I_app
            stimulus: {pulse: {window: 50 ms}}
            measure: [response]
            """);
        Finished run = place.Sweep("run", "sweep.yaml", "--out", place.At("out"));
        Assert.Equal(0, run.ExitCode);
        Assert.False(Directory.Exists(place.At("out", "curves")));
        var rows = readers.Query(Sql(run.Output));
        Assert.Equal(["width", "I_app", "mean_rate", "time_to_first_spike", "mean_voltage"], rows.Keys);
        Assert.Equal([100.0, 400.0, 100.0, 400.0], rows["I_app"]);
    }

    // What the shell hands to duckdb -c "...".
    private static string Sql(string output) =>
        Regex.Replace(Regex.Match(output, "duckdb -c \"((?:[^\"\\\\]|\\\\.)*)\"").Groups[1].Value, @"\\(.)", "$1");
}
