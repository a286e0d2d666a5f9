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

    [Theory]
    [InlineData("{point: hopf, with: g_Na}", "HB with g_Na from 600 to 2400 [mS/cm^2]")]
    [InlineData("{point: [hopf, fold], with: C_m, range: [0.5 uF/cm^2, 2 uF/cm^2]}", "LP HB with C_m from 0.005 to 0.02 [uF/cm^2]")]
    [InlineData("{point: [fold_of_cycles, hopf], with: g_Na}", "HB LPC with g_Na from 600 to 2400 [mS/cm^2]")]
    [InlineData("{point: fold, with: E_K}", "LP with E_K from -0.154 to -0.0385 [mV]")]
    public void Points_are_followed_around_the_value_of_a_second_parameter(string follow, string expected)
    {
        SweepSpec spec = Sweeps.Read(File + $"follow: {follow}");
        Assert.Equal(expected, spec.Follow!.CanonicalText);
        Assert.Equal(["points", "curves", "bifurcations", "two_parameter_curves", "two_parameter_points"], SweepTable.All(spec, new SweepIdentity(spec)).Select(table => table.Name));
        Assert.NotEqual(new SweepIdentity(Sweeps.Read(File)).ContentHash, new SweepIdentity(spec).ContentHash);
    }

    [Theory]
    [InlineData("{point: hopf, with: g_K}", "f:9:29: the parameter g_K is both swept and followed: found 'g_K'\n    next step: leave out its axis in line 4: each curve begins at its fixed value, and follows it over range")]
    [InlineData("{point: hpf, with: g_Na}", "f:9:17: there is no such point to follow: found 'hpf', allowed fold, hopf, fold_of_cycles\n    next step: did you mean 'hopf'?")]
    [InlineData("{point: [hopf, hopf], with: g_Na}", "f:9:24: a kind of point is listed twice: found 'hopf'\n    next step: leave it out")]
    [InlineData("{point: hopf, with: g_Naa}", "f:9:29: the model hodgkin_huxley has no such parameter: found 'g_Naa', allowed C_m, g_Na, g_K, g_L, E_Na, E_K, E_L, I_app\n    next step: did you mean 'g_Na'?")]
    [InlineData("{point: hopf}", "f:9:9: follow lacks the key 'with'\n    next step: add 'with:', the second parameter, which the grid does not sweep")]
    [InlineData("{point: hopf, with: g_Na, range: [130 mS/cm^2, 140 mS/cm^2]}", "f:9:42: the range of g_Na does not hold the value that curves begin at: found 130 mS/cm^2 to 140 mS/cm^2, allowed a range around 120 mS/cm^2, the lower end first")]
    [InlineData("{point: hopf, with: g_Na, range: [100 mS/cm^2]}", "f:9:42: range has the wrong number of items: found 1, allowed 2: [lowest, highest]")]
    [InlineData("{point: hopf, with: g_Na, range: [-1 mS/cm^2, 140 mS/cm^2]}", "f:9:43: the value of g_Na is outside of its range: found '-1 mS/cm^2', allowed at least 0 mS/cm^2")]
    public void What_cannot_be_followed_is_said(string follow, string expected)
    {
        Findings findings = new();
        Assert.Null(SweepSpecReader.Read(File + $"follow: {follow}", "f", findings));
        Assert.Equal(expected, findings.ToString().TrimEnd());
    }

    [Fact]
    public void Bifurcations_of_a_model_with_a_reset_are_not_followed()
    {
        Findings findings = new();
        Assert.Null(SweepSpecReader.Read("""
            sweep: reset
            model: adex
            grid:
              I_app: {linspace: [0 pA, 1000 pA, 11]}
            drive: I_app
            stimulus: {step: {duration: 1 s}}
            measure: [bifurcations]
            follow: {point: fold, with: a}
            """, "f", findings));
        Assert.Equal("f:8:1: the model adex is reset after a spike, so its bifurcations are not followed in two parameters\n    next step: leave out follow", findings.ToString().TrimEnd());
    }

    [Fact]
    public void Without_bifurcations_there_is_nothing_to_follow()
    {
        Findings findings = new();
        Assert.Null(SweepSpecReader.Read(File.Replace("[fi, bifurcations]", "[fi]", StringComparison.Ordinal) + "follow: {point: hopf, with: g_Na}", "f", findings));
        Assert.Equal("f:9:1: bifurcations are followed, but not measured\n    next step: add bifurcations to measure, as in measure: [fi, bifurcations]", findings.ToString().TrimEnd());
        Findings zero = new();
        Assert.Null(SweepSpecReader.Read(File.Replace("sweep: atlas", "sweep: atlas\nparameters: {g_Na: 0 mS/cm^2}", StringComparison.Ordinal) + "follow: {point: hopf, with: g_Na}", "f", zero));
        Assert.Equal("f:10:29: the value of g_Na is 0, so its range does not follow from it\n    next step: add range: [0 mS/cm^2, 1 mS/cm^2]", zero.ToString().TrimEnd());
    }
}
