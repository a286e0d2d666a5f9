using SweepEngine.Equations;

namespace SweepEngine.Sweeps.Tests.Parts;

/// <summary>Synapses of the library against closed forms and published numbers.</summary>
public sealed class SynapseTests
{
    private const double C = 100e-12, TauM = 10e-3, Rest = -70e-3;

    // A membrane without spikes: C_m = 100 pF, tau_m = 10 ms.
    private const string Passive = """
        sweep: s
        model:
          model: passive
          equations: dV_m/dt = (g_L*(E_L - V_m) + I_app)/C_m
          states: {V_m: {start: E_L, unit: mV}}
          parameters: {C_m: {default: 100 pF}, g_L: {default: 10 nS}, E_L: {default: -70 mV}, I_app: {default: 0 pA}}
        drive: I_app
        measure: [response]
        tolerance: 1e-9

        """;

    // A state that only a delta synapse changes, by 1: it counts its spikes.
    private const string Counter = """
        sweep: s
        model: {model: counter, equations: dV/dt = I/(1 s), states: {V: {start: 0, unit: 1}}, parameters: {I: {default: 0}}}
        measure: [response]

        """;

    // As many points as of one neuron under other random numbers: the drive differs by next to nothing.
    private const string Many = "grid: {I_app: {linspace: [0 pA, 1e-9 pA, 2000]}}\n";

    private const string One = "grid: {I_app: {values: [0 pA]}}\n";

    [Theory]
    [InlineData("exponential_current", "tau: 5 ms")]
    [InlineData("alpha_current", "tau: 5 ms")]
    [InlineData("dual_exponential_current", "tau_rise: 2 ms, tau_decay: 5 ms")]
    [InlineData("dual_exponential_current", "tau_rise: 5 ms, tau_decay: 5 ms")]
    public void A_postsynaptic_potential_has_its_closed_form(string synapse, string parameters)
    {
        Responses responses = Responses.Of(Passive + "grid: {duration: {values: [4 ms, 12 ms, 40 ms]}, I_app: {values: [0 pA]}}\nstimulus: {step: {}}\n"
            + $"synapses: {{e: {{{synapse}: {{at: 2 ms, I_max: 20 pA, {parameters}}}}}}}\n");
        double[] durations = [4e-3, 12e-3, 40e-3];
        Func<double, double> potential = t => synapse == "exponential_current" ? Exponential(t, 5e-3)
            : parameters.Contains("rise: 2", StringComparison.Ordinal) ? (Exponential(t, 5e-3) - Exponential(t, 2e-3)) / Height(2e-3, 5e-3)
            : Alpha(t, 5e-3);
        for (int i = 0; i < 3; i++)
            Assert.Equal(Rest + 20e-12 * potential(durations[i] - 2e-3), responses["voltage_at_end"][i], 1e-11);
        double peak = Enumerable.Range(0, 200_000).Max(i => potential(i * 1e-7));
        Assert.Equal(Rest + 20e-12 * peak, responses["maximum_voltage"][2], 1e-11);
    }

    [Fact]
    public void A_conductance_pulls_to_its_reversal_potential_by_the_closed_form()
    {
        // g_L + g(t) integrated: V' = -(g_L + g)(V - E) around E = E_L stays; the shunt shows in how a displacement decays.
        Responses responses = Responses.Of(Passive + """
            grid: {E_L: {values: [-70 mV]}, I_app: {values: [0 pA]}}
            stimulus: {step: {duration: 20 ms}}
            synapses:
              shunt: {exponential: {at: 0 ms, g_max: 20 nS, E: -70 mV, tau: 4 ms}}
              kick: {delta: {at: 0 ms, J: 10 mV}}
            """);
        double shunt = 20e-9 * 4e-3 * (1 - Math.Exp(-20e-3 / 4e-3)) / C;
        Assert.Equal(Rest + 10e-3 * Math.Exp(-20e-3 / TauM - shunt), responses["voltage_at_end"][0], 1e-11);
    }

    [Fact]
    public void Shot_noise_has_the_mean_and_variance_of_Campbells_theorem()
    {
        const double rate = 1000, tau = 5e-3, current = 5e-12;
        Responses responses = Responses.Of(Passive + Many + "stimulus: {step: {duration: 100 ms}}\nsynapses: {e: {exponential_current: {rate: 1000 Hz, I_max: 5 pA, tau: 5 ms}}}\n");
        double[] voltages = responses["voltage_at_end"];
        double amplitude = current / C / (1 / tau - 1 / TauM);
        double variance = rate * amplitude * amplitude * (TauM / 2 + tau / 2 - 2 / (1 / TauM + 1 / tau));
        double mean = Rest + rate * tau * current * TauM / C;
        Near(mean, Math.Sqrt(variance / voltages.Length), voltages.Average());
        Near(variance, variance * Math.Sqrt(2.0 / voltages.Length), Variance(voltages));

        double[] meanField = Responses.Of(Passive + One + "stimulus: {step: {duration: 100 ms}}\nsynapses: {e: {exponential_current: {rate: 1000 Hz, I_max: 5 pA, tau: 5 ms, mean: true}}}\n")["voltage_at_end"];
        Near(meanField[0], Math.Sqrt(variance / voltages.Length), voltages.Average());
    }

    [Fact]
    public void Quanta_are_released_by_the_binomial_distribution()
    {
        Responses one = Responses.Of(Passive + One + "stimulus: {step: {duration: 10 ms}}\nsynapses: {e: {exponential_current: {at: 0 ms, I_max: 20 pA}}}\n");
        double whole = one["voltage_at_end"][0] - Rest;
        Responses many = Responses.Of(Passive + Many + "stimulus: {step: {duration: 10 ms}}\nsynapses: {e: {exponential_current: {at: 0 ms, I_max: 20 pA, release: {n: 5, p: 0.3}}}}\n");
        double[] quanta = [.. many["voltage_at_end"].Select(voltage => 5 * (voltage - Rest) / whole)];
        Assert.All(quanta, k => Assert.Equal(Math.Round(k), k, 1e-6));
        int n = quanta.Length;
        Near(1.5, Math.Sqrt(5 * 0.3 * 0.7 / n), quanta.Average());
        Near(5 * 0.3 * 0.7, 5 * 0.3 * 0.7 * Math.Sqrt(2.0 / n), Variance(quanta));
        double failures = Math.Pow(0.7, 5);
        Near(failures, Math.Sqrt(failures * (1 - failures) / n), quanta.Count(k => k < 0.5) / (double)n);
    }

    [Fact]
    public void Poisson_spikes_have_the_variance_of_their_mean()
    {
        Responses responses = Responses.Of(Counter + "grid: {I: {linspace: [0, 1e-9, 2000]}}\ndrive: I\nstimulus: {step: {duration: 100 ms}}\nsynapses: {e: {delta: {rate: 400 Hz, J: 1}}}\n");
        double[] counts = [.. responses["voltage_at_end"].Select(count => Math.Round(count))];
        Near(40, Math.Sqrt(40.0 / counts.Length), counts.Average());
        Near(40, 40 * Math.Sqrt(2.0 / counts.Length), Variance(counts));
    }

    [Fact]
    public void The_rate_of_a_synapse_can_be_driven()
    {
        Responses responses = Responses.Of(Counter + "grid: {I: {linspace: [0, 1e-9, 1000]}, rate_e: {values: [300 Hz]}}\ndrive: rate_e\nstimulus: {ramp: {rise: 100 ms, fall: 100 ms}}\nsynapses: {e: {delta: {J: 1}}}\n");
        double[] counts = responses["voltage_at_end"];
        Near(30, Math.Sqrt(30.0 / counts.Length), counts.Average());
    }

    [Fact]
    public void Regular_spikes_come_on_time()
    {
        Responses responses = Responses.Of(Counter + """
            grid: {from_e: {values: [0 ms, 3 ms, 10.1 ms]}, I: {values: [0]}}
            drive: I
            stimulus: {step: {duration: 100.05 ms}}
            synapses: {e: {delta: {every: 10 ms, J: 1}}}
            """);
        Assert.Equal([11, 10, 9], responses["voltage_at_end"]);
    }

    [Theory]
    [InlineData(-60e-3, 0.07962)]
    [InlineData(0, 0.78118)]
    [InlineData(40e-3, 0.97708)]
    public void Magnesium_blocks_as_Jahr_and_Stevens_measured(double voltage, double open) =>
        Assert.Equal(open, Value("nmda", model => new Symbol("B_e"), new() { ["V_m"] = voltage }), 1e-5);

    // Destexhe et al. 1998: a pulse opens r_inf*(1 - exp(-(alpha*T + beta)*pulse)) of the receptors; 1 mM for 1 ms, of gaba_b 0.5 mM for 0.3 ms.
    [Theory]
    [InlineData("ampa", 0.61799, 1 / 190.0)]
    [InlineData("gaba_a", 0.95982, 1 / 180.0)]
    [InlineData("gaba_b", 0.013407, 1 / 1.2)]
    public void A_pulse_of_transmitter_opens_as_many_receptors_as_published(string synapse, double open, double decay)
    {
        string state = synapse == "gaba_b" ? "r_e" : "s_e";
        Assert.Equal(open, Value(synapse, model => model.Events[0].Reset.Single(each => each.State == state).Value, new() { [state] = 0 }), 1e-5);
        Assert.Equal(-1 / decay, Value(synapse, model => model.States.Single(each => each.Name == state).Derivative, new() { [state] = 1 }), 1e-9);
    }

    [Fact]
    public void Every_lane_width_gives_the_same_bits()
    {
        SweepSpec spec = Sweeps.Read("""
            sweep: s
            model: lif
            grid: {rate_exc: {values: [100 Hz, 400 Hz]}, I_app: {linspace: [0 pA, 100 pA, 15]}}
            drive: I_app
            stimulus: {sine: {duration: 200 ms}}
            synapses: {exc: {ampa: {g_max: 20 nS, release: {n: 5, p: 0.3}}}, slow: {nmda: {every: 7 ms}}}
            """);
        SweepIdentity identity = new(spec);
        byte[][] parts = [.. new[] { 8, 4, 1 }.Select(lanes => new ShardComputation(spec, identity, lanes).Compute(new ShardRange(0, 2), [], default))];
        Assert.Equal(parts[0], parts[1]);
        Assert.Equal(parts[0], parts[2]);
    }

    private static double Value(string synapse, Func<ModelDefinition, Expression> expression, Dictionary<string, double> values)
    {
        SweepSpec spec = Sweeps.Read(Passive + One + $"stimulus: {{step: {{duration: 1 s}}}}\nsynapses: {{e: {{{synapse}: {{every: 10 ms}}}}}}\n");
        foreach ((string name, double value) in spec.FixedSI)
            values.Add(name, value);
        return new Interpreter(values).Evaluate(spec.Model.Inline(expression(spec.Model)));
    }

    // Response of the membrane to exp(-t/tau), to t/tau*exp(1 - t/tau), and the height of a difference of exponentials.
    private static double Exponential(double t, double tau) => (Math.Exp(-t / TauM) - Math.Exp(-t / tau)) / (1 / tau - 1 / TauM) / C;

    private static double Alpha(double t, double tau)
    {
        double k = 1 / tau - 1 / TauM;
        return Math.E / tau / C * (Math.Exp(-t / TauM) / (k * k) - Math.Exp(-t / tau) * (t / k + 1 / (k * k)));
    }

    private static double Height(double rise, double decay)
    {
        double t = rise * decay / (decay - rise) * Math.Log(decay / rise);
        return Math.Exp(-t / decay) - Math.Exp(-t / rise);
    }

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
    }

    // Within four standard errors, for one seed.
    private static void Near(double expected, double standardError, double actual) => Assert.Equal(expected, actual, 4 * standardError);
}
