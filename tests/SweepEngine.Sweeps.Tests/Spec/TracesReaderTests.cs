using SweepEngine.Equations;

namespace SweepEngine.Sweeps.Tests.Spec;

/// <summary>The key <c>traces</c>.</summary>
public sealed class TracesReaderTests
{
    // 8 values of the drive, 50 ms of recording.
    private const string Squid = """
        sweep: squid
        model: hodgkin_huxley
        grid: {I_app: {linspace: [0 uA/cm^2, 14 uA/cm^2, 8]}}
        drive: I_app
        stimulus: {step: {duration: 40 ms, delay: 5 ms, after: 5 ms}}
        measure: [fi, traces]
        traces: TRACES
        """;

    [Theory]
    [InlineData("{every: 0.1 ms}", 501, "V_m [mV], m [], h [], n []")]
    [InlineData("{every: 0.1 ms, variables: [I_Na, V_m]}", 501, "I_Na [uA/cm^2], V_m [mV]")]
    [InlineData("{every: 7 ms}", 8, "V_m [mV], m [], h [], n []")]
    [InlineData("{every: 7.1 ms, from: 0.2 ms, to: 49.9 ms, variables: [n]}", 8, "n []")]
    [InlineData("{every: 7.1 ms, from: 0.2 ms, to: 49.8 ms, variables: [n]}", 7, "n []")]
    [InlineData("{every: 1 s, variables: [n]}", 1, "n []")]
    [InlineData("{every: 1 ms, from: 3 ms, to: 3 ms, variables: [n]}", 1, "n []")]
    [InlineData("{every: 1 ms, to: 60 ms, variables: [n]}", 61, "n []")]
    public void Times_and_variables_are_read(string traces, long times, string variables)
    {
        TraceSpec spec = Sweeps.Read(Squid.Replace("TRACES", traces, StringComparison.Ordinal)).Traces!;
        Assert.Equal(times, spec.Times.Count);
        Assert.Equal(variables, string.Join(", ", spec.Variables.Select(variable => $"{variable.Name} [{variable.Unit}]")));
    }

    [Fact]
    public void Times_are_the_decimals_that_they_are()
    {
        TraceSpec spec = Sweeps.Read(Squid.Replace("TRACES", "{every: 100 us, from: 0.05 ms}", StringComparison.Ordinal)).Traces!;
        Assert.Equal([0.05, 0.15, 0.25, 0.35], Enumerable.Range(0, 4).Select(i => spec.Times.Value(i)));
        Assert.Equal([5e-5, 1.5e-4, 2.5e-4, 3.5e-4], Enumerable.Range(0, 4).Select(i => spec.Times.SI(i)));
    }

    [Theory]
    [InlineData("{variables: [n]}", "f:7:9: traces lacks the key 'every'\n    next step: add 'every:', the interval of the times that are recorded, above 0 s")]
    [InlineData("0.1 ms", "f:7:9: traces has no valid value: found '0.1 ms', allowed a map")]
    [InlineData("{every: 0 ms, from: -1 ms, to: 1 V, variable: [n]}",
        "f:7:17: every does not fit: found '0 ms', allowed above 0 s\nf:7:29: from does not fit: found '-1 ms', allowed 0 s or more\nf:7:42: the unit of to does not fit: found 'V' (voltage), allowed a time such as ms or s\n    next step: write e.g. 1 ms\nf:7:45: traces has an unknown key: found 'variable', allowed every, variables, from, to\n    next step: did you mean 'variables'?")]
    [InlineData("{every: 1 ms, from: 3 ms, to: 2 ms}", "f:7:39: the traces end before they begin: found from 3 ms to 2 ms")]
    [InlineData("{every: 1 ms, from: 50.1 ms}", "f:7:1: the traces end before they begin: found from 50.1 ms to 50 ms")]
    [InlineData("{every: 1 ms, variables: []}", "f:7:34: there is no variable to record: allowed V_m, m, h, n, I_Na, I_K, I_L")]
    [InlineData("{every: 1 ms, variables: [I_NA, I_app, n, n]}",
        "f:7:35: the model hodgkin_huxley has no such variable: found 'I_NA', allowed V_m, m, h, n, I_Na, I_K, I_L\n    next step: did you mean 'I_Na'?\nf:7:41: the model hodgkin_huxley has no such variable: found 'I_app', allowed V_m, m, h, n, I_Na, I_K, I_L\n    next step: it is a parameter, and does not change\nf:7:51: a variable is listed twice: found 'n'\n    next step: leave it out")]
    [InlineData("{every: 1e-10 s, to: 12.5 s, variables: [n]}",
        "f:7:1: the traces have too many rows: found 1e+12 = 1.25e+11 times of 8 points, allowed at most 1e+09\n    next step: take a larger interval, a shorter time or fewer points")]
    [InlineData("{every: 1 us, to: 6.25 s, variables: [n]}",
        "f:7:1: the traces of one curve are too large: found 5e+07 values = 6.25e+06 times of 1 variables of 8 points, allowed at most 5e+07\n    next step: take a larger interval, a shorter time, fewer variables or fewer drive values")]
    public void Every_mistake_is_reported_where_it_stands(string traces, string expected) => Assert.Equal(expected, FindingsOf(Squid.Replace("TRACES", traces, StringComparison.Ordinal)));

    [Fact]
    public void The_largest_traces_are_read()
    {
        TraceSpec spec = Sweeps.Read(Squid.Replace("TRACES", "{every: 1 us, to: 6.249999 s, variables: [n]}", StringComparison.Ordinal)).Traces!;
        Assert.Equal(TraceSpec.MostValuesPerCurve, 8 * spec.Times.Count);
    }

    [Fact]
    public void Measure_and_key_belong_together()
    {
        Assert.Equal("f:7:1: traces are described, but not measured\n    next step: add traces to measure, as in measure: [fi, traces]",
            FindingsOf(Squid.Replace("[fi, traces]", "[fi]", StringComparison.Ordinal).Replace("TRACES", "{every: 1 ms}", StringComparison.Ordinal)));
        Assert.Equal("f:6:10: it is not said what traces shall hold\n    next step: add traces: {every: 0.1 ms}",
            FindingsOf(Squid.Replace("traces: TRACES", "", StringComparison.Ordinal)));
        Assert.Null(Sweeps.Read(Squid.Replace("[fi, traces]", "[fi]", StringComparison.Ordinal).Replace("traces: TRACES", "", StringComparison.Ordinal)).Traces);
    }

    [Fact]
    public void Without_other_measures_points_have_those_that_fit_the_stimulus()
    {
        string only = Squid.Replace("[fi, traces]", "[traces]", StringComparison.Ordinal).Replace("TRACES", "{every: 1 ms}", StringComparison.Ordinal);
        Assert.Equal(SweepMeasures.FI | SweepMeasures.Traces, Sweeps.Read(only).Measures);
        SweepSpec sine = Sweeps.Read(only.Replace("step: {duration: 40 ms, delay: 5 ms, after: 5 ms}", "sine: {duration: 30 ms}", StringComparison.Ordinal));
        Assert.Equal(SweepMeasures.Response | SweepMeasures.Traces, sine.Measures);
        Assert.Equal(31, sine.Traces!.Times.Count);
    }

    [Fact]
    public void Traces_of_recordings_of_different_lengths_need_an_end()
    {
        string swept = Squid.Replace("[fi, traces]", "[response, traces]", StringComparison.Ordinal).Replace("grid: {", "grid: {duration: {values: [30 ms, 40 ms]}, ", StringComparison.Ordinal)
            .Replace("step: {duration: 40 ms, delay: 5 ms, after: 5 ms}", "sine: {delay: 10 ms}", StringComparison.Ordinal);
        Assert.Equal("f:7:1: the recordings of the points end at different times, since duration is swept\n    next step: say with to: when the traces end; where a recording is over, they are NULL",
            FindingsOf(swept.Replace("TRACES", "{every: 1 ms}", StringComparison.Ordinal)));
        SweepSpec spec = Sweeps.Read(swept.Replace("TRACES", "{every: 1 ms, to: 50 ms, variables: [V_m]}", StringComparison.Ordinal));
        Assert.Equal(51, spec.Traces!.Times.Count);
    }

    private static string FindingsOf(string text)
    {
        Findings findings = new();
        Assert.Null(SweepSpecReader.Read(text, "f", findings));
        return findings.ToString();
    }
}
