using SweepEngine.Equations;

namespace SweepEngine.Sweeps.Tests.Spec;

/// <summary>The measures <c>bifurcations</c> and <c>branches</c> in sweep files.</summary>
public sealed class BifurcationsReaderTests
{
    private const string File = """
        sweep: atlas
        model: hodgkin_huxley
        grid:
          g_K: {values: [30 mS/cm^2, 36 mS/cm^2]}
          I_app: {linspace: [0 uA/cm^2, 20 uA/cm^2, 5]}
        drive: I_app
        stimulus: {step: {duration: 500 ms}}
        measure: [fi, bifurcations]

        """;

    [Theory]
    [InlineData("[fi, bifurcations]", SweepMeasures.FI | SweepMeasures.Rheobase | SweepMeasures.Bifurcations, "points curves bifurcations")]
    [InlineData("[rate, branches]", SweepMeasures.Rate | SweepMeasures.Rheobase | SweepMeasures.Bifurcations | SweepMeasures.Branches, "points curves bifurcations branches")]
    [InlineData("[bifurcations]", SweepMeasures.Bifurcations, "curves bifurcations")]
    [InlineData("[bifurcations, branches]", SweepMeasures.Bifurcations | SweepMeasures.Branches, "curves bifurcations branches")]
    [InlineData("[bifurcations, traces]\ntraces: {every: 1 ms}", SweepMeasures.FI | SweepMeasures.Rheobase | SweepMeasures.Bifurcations | SweepMeasures.Traces, "points curves traces bifurcations")]
    public void Measures_bring_along_what_they_need(string measure, SweepMeasures expected, string tables)
    {
        SweepSpec spec = Sweeps.Read(File.Replace("[fi, bifurcations]", measure, StringComparison.Ordinal));
        Assert.Equal(expected, spec.Measures);
        Assert.Equal(tables, string.Join(' ', SweepTable.All(spec, new SweepIdentity(spec)).Select(table => table.Name)));
    }

    [Fact]
    public void Curves_are_held_against_simulations_where_there_are_any()
    {
        string[] Columns(string measure)
        {
            SweepSpec spec = Sweeps.Read(File.Replace("[fi, bifurcations]", measure, StringComparison.Ordinal));
            return [.. SweepTable.All(spec, new SweepIdentity(spec)).Single(table => table.Name == "curves").Columns.Select(column => column.Name)];
        }

        Assert.Equal(
            ["curve", "g_K", "bifurcation_status", "bifurcation_count", "onset_bifurcation", "onset_bifurcation_drive", "excitability_class", "bistable_count", "bistable_lower", "bistable_upper"],
            Columns("[bifurcations]"));
        Assert.Equal(
            ["measured_excitability_class", "excitability_agrees", "ramp_status", "onset_rate_above", "ramp_up_onset", "ramp_down_offset", "measured_bistable_lower", "measured_bistable_upper"],
            Columns("[fi, bifurcations]")[^8..]);
        Assert.DoesNotContain("bifurcation_status", Columns("[fi, rheobase]"));
    }

    [Fact]
    public void They_belong_to_the_identity()
    {
        string[] measures = ["[fi, rheobase]", "[fi, bifurcations]", "[fi, branches]", "[bifurcations]"];
        Assert.Equal(4, measures.Select(measure => new SweepIdentity(Sweeps.Read(File.Replace("[fi, bifurcations]", measure, StringComparison.Ordinal))).ContentHash).Distinct().Count());
    }

    [Theory]
    [InlineData("measure: [fi, bifurcations]", "measure: [bifurcations, response]",
        "f:8:10: bifurcations are those under a constant drive, and response cannot be measured in one sweep with them\n    next step: write measure: [fi, bifurcations], or [response]")]
    [InlineData("stimulus: {step: {duration: 500 ms}}\nmeasure: [fi, bifurcations]", "stimulus: {ramp: {rise: 500 ms}}\nmeasure: [bifurcations]",
        "f:8:10: there are no bifurcations unless the stimulus is a step, whose drive is constant: found 'ramp'\n    next step: leave out bifurcations and branches")]
    [InlineData("{linspace: [0 uA/cm^2, 20 uA/cm^2, 5]}", "{values: [10 uA/cm^2]}",
        "f:6:8: the drive I_app has no range in which bifurcations could be: found 1 value, allowed 2 or more values\n    next step: give the axis of I_app two different ends")]
    [InlineData("measure: [fi, bifurcations]", "measure: [fi, bifurcations]\nmethod: rk4\ndt: 0.01 ms",
        "f:9:9: methods of fixed steps do not measure bifurcations: found 'rk4'\n    next step: leave out method, or bifurcations")]
    [InlineData("drive: I_app", "drive: I_app\nsynapses: {exc: {exponential: {every: 20 ms, g_max: 0.1 mS/cm^2}}}",
        "f:9:10: the model hodgkin_huxley has events, so there are no bifurcations to be found\n    next step: leave out bifurcations and branches")]
    [InlineData("model: hodgkin_huxley", "model: {model: m, equations: \"dV/dt = (I_app - V*kind*g_K)/(1 uF/cm^2)\\ndkind/dt = -kind/(1 s)\", voltage: V, spike: {when: \"V > 0 mV\"}, states: {V: {start: 1 mV, unit: mV}, kind: {start: 1, unit: 1}}, parameters: {I_app: {default: 0 uA/cm^2}, g_K: {default: 1 mS/cm^2}}}",
        "f:8:10: the variable kind of the model m has the name of another column of the tables: found 'kind'\n    next step: give it another name in the model")]
    [InlineData("model: hodgkin_huxley", "model: {model: m, equations: \"dV/dt = (I_app*sin(t/(1 s)) - V*g_K)/(1 uF/cm^2)\", voltage: V, spike: {when: \"V > 0 mV\"}, states: {V: {start: 1 mV, unit: mV}}, parameters: {I_app: {default: 0 uA/cm^2}, g_K: {default: 1 mS/cm^2}}}",
        "f:8:10: the equations of m depend on time, so there are no bifurcations to be found\n    next step: leave out bifurcations and branches")]
    public void What_does_not_fit_is_said(string line, string instead, string expected)
    {
        Assert.Contains(line, File, StringComparison.Ordinal);
        Findings findings = new();
        Assert.Null(SweepSpecReader.Read(File.Replace(line, instead, StringComparison.Ordinal), "f", findings));
        Assert.Equal(expected, findings.ToString().TrimEnd());
    }
}
