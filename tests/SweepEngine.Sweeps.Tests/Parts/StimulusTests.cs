using SweepEngine.Equations;

namespace SweepEngine.Sweeps.Tests.Parts;

/// <summary>Stimuli of the library against closed forms. The passive membrane is lif without its spikes: C_m = 100 pF, g_L = 10 nS, tau_m = 10 ms, R = 100 MOhm.</summary>
public sealed class StimulusTests
{
    private const double Tau = 10e-3, R = 1e8, Rest = -70e-3;

    [Fact]
    public void A_pulse_reaches_threshold_by_the_strength_duration_relation_of_Lapicque()
    {
        double[] widths = [1e-3, 3e-3, 10e-3, 30e-3];
        Responses responses = Responses.Of("""
            sweep: s
            model: lif
            grid: {width: {values: [1 ms, 3 ms, 10 ms, 30 ms]}, I_app: {values: [100 pA, 4000 pA]}}
            drive: I_app
            stimulus: {pulse: {delay: 3.7 ms}}
            measure: [response, rheobase]
            tolerance: 1e-9
            """);
        for (int i = 0; i < widths.Length; i++)
            Assert.Equal(200e-12 / (1 - Math.Exp(-widths[i] / Tau)), responses.Rheobase[i], 2e-9 * responses.Rheobase[i]);
    }

    [Fact]
    public void A_pulse_charges_a_passive_membrane_and_lets_it_go()
    {
        Responses responses = Responses.Of("""
            sweep: s
            model: lif
            grid: {width: {values: [1 ms, 7.3 ms]}, I_app: {values: [-50 pA, 100 pA]}}
            drive: I_app
            stimulus: {pulse: {delay: 3.7 ms, window: 20 ms, base: 10 pA}}
            parameters: {E_L: -71 mV}
            tolerance: 1e-9
            """);
        int point = 0;
        foreach (double width in new[] { 1e-3, 7.3e-3 })
        {
            foreach (double drive in new[] { -50e-12, 100e-12 })
            {
                double low = -71e-3 + R * 10e-12, before = -71e-3 + R * 10e-12 * (1 - Math.Exp(-3.7e-3 / Tau));
                double target = -71e-3 + R * drive, peak = target + (before - target) * Math.Exp(-width / Tau);
                double last = low + (peak - low) * Math.Exp(-(20e-3 - width) / Tau);
                Assert.Equal(peak, responses[drive > 0 ? "maximum_voltage" : "minimum_voltage"][point], 1e-10);
                Assert.Equal(last, responses["voltage_at_end"][point], 1e-10);
                point++;
            }
        }
    }

    [Theory]
    [InlineData("step: {duration: 40 ms, delay: 13.1 ms, base: 10 pA, after: 7 ms}")]
    [InlineData("expression: {course: 'if(t < 13.1 ms, 10 pA, if(t < 53.1 ms, I_app, 10 pA))', duration: 60.1 ms, breaks: [13.1 ms, 53.1 ms]}")]
    [InlineData("pulse: {width: 40 ms, delay: 13.1 ms, base: 10 pA, window: 47 ms}")]
    [InlineData("pulse_pair: {conditioning: 10 pA, interval: 12.1 ms, width: 1 ms, base: 10 pA, window: 47 ms}")]
    [InlineData("release: {duration: 40 ms, delay: 13.1 ms, base: 10 pA, window: 7 ms}")]
    [InlineData("pulse_train: {delay: 13.1 ms, width: 40 ms, interval: 300 ms, duration: 47 ms, base: 10 pA}")]
    [InlineData("ramp: {delay: 13.1 ms, rise: 1 ms, hold: 40 ms, fall: 3 ms, base: 10 pA}")]
    public void Jumps_cost_few_steps(string stimulus)
    {
        Responses responses = Responses.Of($"sweep: s\nmodel: lif\ngrid: {{I_app: {{values: [100 pA]}}}}\ndrive: I_app\nstimulus: {{{stimulus}}}\nmeasure: [response]\ntolerance: 1e-6");
        Assert.InRange(responses.Points.Steps, 1, 150);
    }

    [Fact]
    public void A_ramp_reaches_threshold_when_its_closed_form_does()
    {
        Responses responses = Responses.Of("""
            sweep: s
            model: lif
            grid: {rise: {values: [10 ms, 100 ms]}, I_app: {values: [1000 pA]}}
            drive: I_app
            stimulus: {ramp: {delay: 2 ms}}
            tolerance: 1e-9
            """);
        // V - E_L = R*slope*(t - tau*(1 - exp(-t/tau))), t from the start of the ramp.
        double[] rises = [10e-3, 100e-3];
        for (int i = 0; i < 2; i++)
        {
            double t = responses["time_to_first_spike"][i], slope = 1e-9 / rises[i];
            Assert.Equal(20e-3, R * slope * (t - Tau * (1 - Math.Exp(-t / Tau))), 1e-10);
        }
    }

    [Fact]
    public void A_passive_membrane_is_a_low_pass_of_first_order()
    {
        Responses responses = Responses.Of("""
            sweep: s
            model: lif
            grid: {frequency: {values: [1 Hz, 15.9 Hz, 200 Hz]}, I_app: {values: [100 pA]}}
            drive: I_app
            stimulus: {sine: {duration: 3 s, phase: 0.3, base: 20 pA}}
            tolerance: 1e-9
            """);
        double[] frequencies = [1, 15.9, 200];
        for (int i = 0; i < frequencies.Length; i++)
        {
            double omega = 2 * Math.PI * frequencies[i], amplitude = R * 100e-12 / Math.Sqrt(1 + omega * omega * Tau * Tau);
            double phase = omega * 3 + 0.3 - Math.Atan(omega * Tau);
            Assert.Equal(Rest + R * 20e-12 + amplitude * Math.Sin(phase), responses["voltage_at_end"][i], 1e-10);
        }
    }

    [Theory]
    [InlineData("chirp", 2, 20)]
    [InlineData("chirp", 20, 2)]
    [InlineData("chirp_exponential", 2, 20)]
    [InlineData("chirp_exponential", 20, 2)]
    [InlineData("chirp_exponential", 5, 5)]
    public void The_frequency_of_a_chirp_goes_from_its_first_to_its_last(string chirp, double first, double last)
    {
        const double duration = 3;
        SweepSpec spec = Sweeps.Read($"sweep: s\nmodel: lif\ngrid: {{I_app: {{values: [100 pA]}}}}\ndrive: I_app\n"
            + $"stimulus: {{{chirp}: {{f_first: {first} Hz, f_last: {last} Hz, duration: 3 s, delay: 1 s, base: 7 pA}}}}");
        Expression course = spec.Model.Inline(new Symbol("I_app_t"));
        foreach (double t in new[] { 0, 0.001, 0.7, 1.5, 2.999 })
        {
            // The integral of the frequency.
            double cycles = chirp == "chirp" ? first * t + (last - first) * t * t / (2 * duration)
                : first == last ? first * t : first * duration / Math.Log(last / first) * (Math.Pow(last / first, t / duration) - 1);
            Dictionary<string, double> values = new(spec.FixedSI) { ["t"] = 1 + t, ["I_app"] = 100e-12 };
            Assert.Equal(7e-12 + 100e-12 * Math.Sin(2 * Math.PI * cycles), new Interpreter(values).Evaluate(course), 1e-22);
        }
    }

    [Fact]
    public void A_test_pulse_finds_the_neuron_refractory_after_a_conditioning_pulse()
    {
        Responses responses = Responses.Of("""
            sweep: s
            model: hodgkin_huxley
            grid: {interval: {values: [6 ms, 10 ms, 25 ms]}, I_app: {values: [1 uA/cm^2, 80 uA/cm^2]}}
            drive: I_app
            stimulus: {pulse_pair: {conditioning: 20 uA/cm^2, width: 1 ms}}
            measure: [response, rheobase]
            tolerance: 1e-5
            """);
        // Relative refractory period: the earlier, the more it takes; after 25 ms next to nothing is left.
        // Refractory to 80 uA/cm^2 at first, then only to weak pulses; after 25 ms next to nothing is left of it.
        Assert.Equal(double.NaN, responses.Rheobase[0]);
        double alone = Responses.Of("""
            {sweep: s, model: hodgkin_huxley, grid: {I_app: {values: [1 uA/cm^2, 40 uA/cm^2]}}, drive: I_app, stimulus: {pulse: {width: 1 ms}},
             measure: [response, rheobase], tolerance: 1e-5}
            """).Rheobase[0];
        Assert.Equal(alone, responses.Rheobase[2], 0.15 * alone);
        Assert.InRange(responses.Rheobase[1], 3 * alone, 4 * alone);
    }

    [Fact]
    public void A_released_neuron_fires_on_rebound()
    {
        Responses responses = Responses.Of("""
            sweep: s
            model: hodgkin_huxley
            grid: {duration: {values: [0.2 ms, 30 ms]}, I_app: {values: [-10 uA/cm^2, 0 uA/cm^2]}}
            drive: I_app
            stimulus: {release: {window: 30 ms}}
            tolerance: 1e-6
            """);
        Assert.Equal([0, 0, 1, 0], responses["spike_count"]);
    }

    [Fact]
    public void A_train_of_pulses_adds_up_geometrically()
    {
        Responses responses = Responses.Of("""
            sweep: s
            model: lif
            grid: {interval: {values: [5 ms, 20 ms]}, I_app: {values: [100 pA]}}
            drive: I_app
            stimulus: {pulse_train: {width: 2 ms, duration: 99 ms, delay: 1 ms}}
            tolerance: 1e-9
            """);
        int i = 0;
        foreach ((double interval, int pulses) in new[] { (5e-3, 20), (20e-3, 5) })
        {
            double one = R * 100e-12 * (1 - Math.Exp(-2e-3 / Tau)), decay = Math.Exp(-interval / Tau);
            double peak = one * (1 - Math.Pow(decay, pulses)) / (1 - decay);
            Assert.Equal(Rest + peak, responses["maximum_voltage"][i++], 1e-10);
        }
    }
}
