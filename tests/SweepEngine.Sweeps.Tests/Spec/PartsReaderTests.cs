using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps.Tests.Spec;

/// <summary>Stimuli and synapses in sweep files.</summary>
public sealed class PartsReaderTests
{
    private const string Head = "sweep: s\nmodel: MODEL\ngrid: {DRIVE: {values: [VALUE]}}\ndrive: DRIVE\n";

    public static TheoryData<string> Stimuli => [.. PartLibrary.Stimuli.Names];

    public static TheoryData<string> Synapses => [.. PartLibrary.Synapses.Names];

    [Theory]
    [MemberData(nameof(Stimuli))]
    public void Every_stimulus_drives_every_model(string stimulus) => Assert.All(ModelLibrary.Names, model => Drives(stimulus, model));

    private static void Drives(string stimulus, string model)
    {
        // Its input enters through a threshold, where white noise has no meaning.
        if (stimulus is "white_noise" && model is "rate_threshold_linear")
            return;
        string required = stimulus is "pulse_pair" ? "conditioning: VALUE" : stimulus is "ornstein_uhlenbeck" or "white_noise" ? "sigma: VALUE" : stimulus is "step" ? "duration: 1 s" : "";
        SweepSpec spec = Tests.Sweeps.Read(Of(model, $"stimulus: {{{stimulus}: {{{required}}}}}\nmeasure: [response]{(stimulus is "ornstein_uhlenbeck" or "white_noise" ? Step : StepOf(model))}"));
        var course = Assert.IsType<CourseStimulus>(spec.Stimulus);
        string drive = spec.Grid.Drive.Parameter;
        Assert.Contains(spec.Model.Intermediates, each => each.Name == drive + "_t");
        Assert.DoesNotContain(spec.Model.States, state => state.Derivative.ToString().Split(' ', '(', ')', '*', '/').Contains(drive));
        Interpreter times = new(spec.FixedSI);
        double on = times.Evaluate(spec.Model.Inline(course.On)), off = times.Evaluate(spec.Model.Inline(course.Off)), end = times.Evaluate(spec.Model.Inline(course.End));
        Assert.True(0 <= on && on < off && off <= end, $"{on} {off} {end}");
    }

    [Theory]
    [MemberData(nameof(Synapses))]
    public void Every_synapse_acts_on_every_model_in_its_units(string synapse) => Assert.All(ModelLibrary.Names, model => Acts(synapse, model));

    // White noise needs a step.
    private const string Step = "\ndt: 0.1 ms";

    private static string StepOf(string model) => ModelLibrary.Find(model)!.Noises.Count > 0 ? Step : "";

    private static void Acts(string synapse, string model)
    {
        ModelDefinition plain = ModelLibrary.Find(model)!;
        string drive = DriveOf(plain);
        Dimension voltage = plain.States[plain.StateIndex(plain.Voltage!)].Unit.Dimension, input = plain.Parameter(drive)!.Unit.Dimension;
        bool isUsual = voltage == Dimension("mV") && (input == Dimension("pA") || input == Dimension("uA/cm^2"));
        Findings findings = new();
        string text = Of(model, $"stimulus: {{step: {{duration: 1 s}}}}\nmeasure: [response]\nsynapses: {{exc: {{{synapse}: {{rate: 100 Hz, input: {drive}}}}}}}{StepOf(model)}");
        SweepSpec? spec = SweepSpecReader.Read(text, "f", findings);
        if (!isUsual)
        {
            // Without a unit that says how large a synapse is, the user must.
            Assert.All(findings.All, finding => Assert.Contains("which has no default here", finding.Message, StringComparison.Ordinal));
            return;
        }
        Assert.False(findings.Any, findings.ToString());
        Assert.True(spec!.Model.IsRandom);
        if (synapse != "delta")
            Assert.Contains(spec.Model.Intermediates, each => each.Name == "I_exc");
        Assert.Contains(spec.Model.Parameters, parameter => parameter.Name == "rate_exc");
    }

    [Fact]
    public void What_is_composed_is_a_model_like_any_other()
    {
        SweepSpec spec = Tests.Sweeps.Read("""
            sweep: s
            model: lif
            grid:
              g_max_exc: {values: [1 nS, 2 nS]}
              rise: {values: [100 ms]}
              I_app: {values: [0 pA, 1 pA]}
            drive: I_app
            stimulus: {ramp: {fall: 10 ms}}
            synapses:
              exc: {exponential: {rate: 800 Hz, release: {n: 5, p: 0.3}}}
              inh: {exponential_current: {every: 10 ms, I_max: -20 pA}}
            """);
        Assert.Equal(
            """
            model lif
            voltage V_m
            parameter C_m = 100 pF, above 0 pF
            parameter E_L = -70 mV
            parameter E_exc = 0 mV
            parameter I_app = 0 pA
            parameter I_max_inh = 10 pA
            parameter V_reset = -80 mV
            parameter V_th = -50 mV
            parameter base = 0 pA
            parameter delay = 0 s, at least 0 s
            parameter every_inh = 1 ms, above 0 ms
            parameter fall = 1 s, above 0 s
            parameter from_inh = 0 ms, at least 0 ms
            parameter g_L = 10 nS, above 0 nS
            parameter g_max_exc = 1 nS, at least 0 nS
            parameter hold = 0 s, at least 0 s
            parameter n_exc = 1, at least 1
            parameter p_exc = 1, at least 0, at most 1
            parameter rate_exc = 0 Hz, at least 0 Hz
            parameter rise = 1 s, above 0 s
            parameter tau_exc = 5 ms, above 0 ms
            parameter tau_inh = 5 ms, above 0 ms
            parameter tau_ref = 2 ms, at least 0 ms
            parameter after = 0 s, at least 0 s
            """.Split('\n').Order(StringComparer.Ordinal),
            spec.Model.CanonicalText.Split('\n').Where(line => line.StartsWith("parameter", StringComparison.Ordinal) || line.StartsWith("model", StringComparison.Ordinal)
                || line.StartsWith("voltage", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal("""
            dV_m/dt = (g_L*(E_L - V_m) + (I_app_t + I_inh + I_exc))/C_m
            ds_exc/dt = -s_exc/tau_exc
            dhazard_exc/dt = rate_exc
            ds_inh/dt = -s_inh/tau_inh
            """, string.Join('\n', spec.Model.States));
        Assert.Equal("""
            I_exc = g_max_exc*s_exc*(E_exc - V_m)
            I_inh = I_max_inh*s_inh
            I_app_t = base + (I_app - base)*max(0, min(1, min((t - delay)/rise, (delay + rise + hold + fall - t)/fall)))
            """, string.Join('\n', spec.Model.Intermediates));
        Assert.Equal(["s_exc = s_exc + binomial(n_exc, p_exc)/n_exc; hazard_exc = log(uniform())", "s_inh = s_inh + 1", "", ""],
            spec.Model.Events.Select(each => string.Join("; ", each.Reset.Select(assignment => assignment.Show(each.Draws)))));
        Assert.Equal(["when hazard_exc > 0", "at from_inh, every every_inh", "at delay + rise", "at delay + rise + hold"], spec.Model.Events.Select(each => each.Cause()));
    }

    [Fact]
    public void The_mean_of_a_synapse_is_a_rate_of_change()
    {
        SweepSpec spec = Tests.Sweeps.Read(Of("lif", "stimulus: {step: {duration: 1 s}}\nsynapses: {exc: {exponential: {rate: 800 Hz, mean: true, release: {n: 5, p: 0.3}}}, d: {delta: {rate: 1 Hz, mean: true}}}"));
        Assert.Equal("dV_m/dt = (g_L*(E_L - V_m) + (I_app + I_exc))/C_m + rate_d*J_d\nds_exc/dt = -s_exc/tau_exc + rate_exc*p_exc", string.Join('\n', spec.Model.States));
        Assert.False(spec.Model.IsRandom);
        Assert.Equal(SweepMeasures.FI | SweepMeasures.Rheobase, spec.Measures);
    }

    [Fact]
    public void A_parameter_of_a_synapse_can_be_the_drive()
    {
        SweepSpec spec = Tests.Sweeps.Read("""
            {sweep: s, model: lif, grid: {rate_exc: {values: [0 Hz, 100 Hz]}}, drive: rate_exc, stimulus: {sine: {base: 100 Hz, frequency: 3 Hz}},
             synapses: {exc: {ampa: {}}}}
            """);
        Assert.Equal("dhazard_exc/dt = rate_exc_t", spec.Model.States.Single(state => state.Name == "hazard_exc").ToString());
    }

    [Fact]
    public void An_expression_can_use_everything_in_the_model()
    {
        SweepSpec spec = Tests.Sweeps.Read("""
            sweep: s
            model: lif
            grid: {I_app: {values: [0 pA]}, width: {values: [1 ms, 2 ms]}}
            drive: I_app
            stimulus:
              expression:
                course: I_app*exp(-((t - 50 ms)/width)^2) + g_L*x
                duration: 100 ms + 10*width
                after: 20 ms
                breaks: [50 ms, width]
                equations: dx/dt = (V_m - x)/tau
                states: {x: {start: E_L, unit: mV}}
                parameters: {width: {default: 5 ms}, tau: {default: 10 ms, above: 0 ms}}
            """);
        CourseStimulus course = Assert.IsType<CourseStimulus>(spec.Stimulus);
        Assert.Equal("0 s, 100 ms + 10*width, 100 ms + 10*width + 20 ms", $"{course.On}, {course.Off}, {course.End}");
        Assert.Equal("I_app_t = I_app*exp(-((t - 50 ms)/width)^2) + g_L*x", spec.Model.Intermediates.Single().ToString());
    }

    [Fact]
    public void A_step_is_the_same_course_whether_a_rate_or_a_response_is_measured()
    {
        Assert.IsType<StepStimulus>(Tests.Sweeps.Read(Of("lif", "stimulus: {step: {duration: 1 s}}")).Stimulus);
        SweepSpec response = Tests.Sweeps.Read(Of("lif", "stimulus: {step: {duration: 1 s, delay: 10 ms, base: 5 pA}}\nmeasure: [response, rheobase]"));
        Assert.Equal("delay, delay + duration, delay + duration + after", response.Stimulus is CourseStimulus course ? $"{course.On}, {course.Off}, {course.End}" : "");
        Assert.Equal(0.01, response.FixedSI["delay"]);
    }

    [Fact]
    public void A_parameter_of_a_stimulus_whose_name_is_taken_gets_an_ending()
    {
        const string model = "model: {model: m, equations: dV/dt = (I - V)/delay, spike: {when: V > 1}, states: {V: {start: 0, unit: 1}}, parameters: {delay: {default: 10 ms}, I: {default: 0}}}";
        SweepSpec spec = Tests.Sweeps.Read("sweep: s\n" + model + "\ngrid: {I: {values: [1]}}\ndrive: I\nstimulus: {ramp: {delay: 3 ms}}");
        Assert.Equal((0.01, 0.003), (spec.FixedSI["delay"], spec.FixedSI["delay_stimulus"]));
        Assert.Contains("delay_stimulus", spec.Model.Intermediates.Single().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stimulus: {sine: {frequency: 10}}", "f:5:32: the unit of frequency does not fit: found a number without a unit, allowed a rate such as Hz or 1/ms\n    next step: write e.g. 10 Hz")]
    [InlineData("stimulus: {pulse_pair: {}}", "f:5:12: the stimulus pulse_pair lacks 'conditioning', which has no default here\n    next step: add 'conditioning:', or an axis of the grid for conditioning")]
    [InlineData("stimulus: {ramp: {rise: 0 s}}", "f:5:25: the value of rise is outside of its range: found '0 s', allowed above 0 s")]
    [InlineData("stimulus: {ramp: {rise: 1 s}}\nparameters: {rise: 2 s}", "f:5:19: the parameter rise is fixed twice\n    next step: keep one of the values")]
    [InlineData("stimulus: {ramp: {rise: 1 s}}\nmeasure: [fi]", "f:6:10: there is no steady rate, and so no fi, unless the stimulus is a step: found 'ramp'\n    next step: write measure: [response]")]
    [InlineData("stimulus: {expression: {course: I_app*x, duration: 1 s}}", "f:5:39: there is no such name in this model: found 'x'")]
    [InlineData("stimulus: {expression: {course: V_m, duration: 1 s}}", "f:5:33: the course has the wrong dimension: found voltage")]
    [InlineData("stimulus: {expression: {course: I_app, duration: V_m*1 s/1 mV}}", "f:5:50: the duration must be known beforehand")]
    [InlineData("stimulus: {expression: {course: I_app, duration: 3 mV}}", "f:5:50: the duration has the wrong dimension")]
    [InlineData("stimulus: {expression: {course: I_app, duration: 3 s, breaks: [t]}}", "f:5:64: the times of the event break_1 must be known beforehand")]
    [InlineData("stimulus: {expression: {course: I_app, duration: 3 s, parameters: {g_L: {default: 1 nS}}}}", "f:5:68: the name 'g_L' is taken")]
    [InlineData("stimulus: {step: {duration: 1 s}}\nsynapses: {e: {ampa: {}}}\nmeasure: [response]", "f:6:12: the synapse e lacks 'rate', which has no default here\n    next step: add 'rate:', or an axis of the grid for rate_e")]
    [InlineData("stimulus: {step: {duration: 1 s}}\nsynapses: {e: {ampa: {rate: 3 Hz}}}", "f:2:8: the model lif is random here, so it has no f–I curve\n    next step: write measure: [response]")]
    [InlineData("stimulus: {step: {duration: 1 s}}\nsynapses: {e: {ampa: {rate: 3 Hz, every: 2 ms}}}", "f:6:35: 'every' and 'rate' cannot stand together\n    next step: keep one of them")]
    [InlineData("stimulus: {step: {duration: 1 s}}\nsynapses: {e: {ampa: {every: 2 ms, mean: true}}}", "f:6:36: only a rate has a mean: found 'every', allowed 'rate'")]
    [InlineData("stimulus: {step: {duration: 1 s}}\nsynapses: {e: {ampa: {every: 2 ms, tau: 1 ms}}}", "f:6:36: the synapse e has no such parameter: found 'tau', allowed g_max, E, alpha, beta, T, pulse, every, from")]
    [InlineData("stimulus: {step: {duration: 1 s}}\nsynapses: {e: {ampa: {every: 2 ms, input: I_ap}}}", "f:6:12: the model lif has no parameter that is known as its input current: found 'I_ap'")]
    [InlineData("stimulus: {step: {duration: 1 s}}\nsynapses: {L: {exponential: {every: 2 ms}}}", "f:6:12: the synapse L needs the name 'E_L', which the model lif uses for something else\n    next step: give the synapse another name")]
    [InlineData("stimulus: {step: {duration: 1 s}}\nsynapses: {e: {amp: {}}}", "f:6:16: the synapse e has an unknown key: found 'amp'")]
    public void Mistakes_are_reported_where_they_stand(string end, string expected)
    {
        Findings findings = new();
        Assert.Null(SweepSpecReader.Read(Of("lif", end), "f", findings));
        Assert.StartsWith(expected, findings.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, findings.Count);
    }

    private static Dimension Dimension(string unit) => Unit.Parse(unit)!.Dimension;

    private static string DriveOf(ModelDefinition model) => model.Parameters.First(parameter => parameter.Name is "I_app" or "I" or "I_s").Name;

    private static string Of(string model, string end)
    {
        ModelDefinition definition = ModelLibrary.Find(model)!;
        string drive = DriveOf(definition);
        return (Head + end).Replace("MODEL", model, StringComparison.Ordinal).Replace("DRIVE", drive, StringComparison.Ordinal)
            .Replace("VALUE", $"1 {definition.Parameter(drive)!.Unit}".TrimEnd(), StringComparison.Ordinal);
    }
}
