using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

/// <summary>Stimuli whose course stands in the equations, and the measures of the response to them.</summary>
public class CourseTests
{
    private const string Ramp =
        """
        model: ramp
        equations: dV_m/dt = (E_L - V_m + k*max(0 s, t - t_on))/tau
        spike: {when: V_m > V_th, reset: V_m = V_reset}
        events: {begin: {at: t_on}}
        states: {V_m: {start: E_L, unit: mV}}
        parameters:
          k: {default: 200 mV/s}
          t_on: {default: 30 ms}
          tau: {default: 10 ms}
          E_L: {default: -65 mV}
          V_th: {default: -50 mV}
          V_reset: {default: -60 mV}
        """;

    private const string Membrane =
        """
        model: membrane
        equations: dV_m/dt = (E_L - V_m + R_in*I_app*heaviside(t - t_on)*heaviside(t_off - t))/tau
        events: {begin: {at: t_on}, end: {at: t_off}}
        states: {V_m: {start: E_L, unit: mV}}
        parameters:
          I_app: {default: 100 pA}
          R_in: {default: 100 Mohm}
          tau: {default: 10 ms}
          E_L: {default: -65 mV}
          t_on: {default: 7 ms}
          t_off: {default: 43 ms}
        """;

    [Theory]
    [InlineData(1e-5)]
    [InlineData(1e-8)]
    [InlineData(1e-10)]
    public void A_ramp_makes_the_leaky_integrator_spike_where_the_closed_form_says(double tolerance)
    {
        const double On = 0.03, Off = 0.4, Tau = 0.01, EL = -65e-3, Threshold = -50e-3, Reset = -60e-3;
        double[] k = [0.05, 0.2, 1.5];
        PointTable points = Respond(Ramp, "k", Times(On, Off, 0.5), tolerance, k);
        for (int i = 0; i < k.Length; i++)
        {
            // V = E_L + k (s − tau) + C e^(−s/tau) with s = t − t_on, and C from where V starts.
            List<double> times = [];
            (double start, double from) = (0, EL);
            while (true)
            {
                double c = from - EL - k[i] * (start - Tau);
                double V(double s) => EL + k[i] * (s - Tau) + c * Math.Exp(-(s - start) / Tau);
                if (V(Off + 0.1 - On) <= Threshold)
                {
                    break;
                }

                (double low, double high) = (start, Off + 0.1 - On);
                while (high - low > 1e-16)
                {
                    double middle = 0.5 * (low + high);
                    if (middle == low || middle == high)
                    {
                        break;
                    }

                    (low, high) = V(middle) > Threshold ? (low, middle) : (middle, high);
                }

                times.Add(low);
                (start, from) = (low, Reset);
            }

            double[] inside = [.. times.Where(s => s <= Off - On)];
            Assert.Equal(PointStatus.Ok, points.Status[i]);
            Assert.Equal(times.Count, points.SpikeCount[i]);
            if (times.Count == 0)
            {
                Assert.True(double.IsNaN(points.Of("time_to_first_spike", i)));
                continue;
            }

            Same(inside.Length / (Off - On), points.Of("mean_rate", i), tolerance);
            Same(times[0], points.Of("time_to_first_spike", i), tolerance);
            Same(1 / (times[1] - times[0]), points.Of("inv_first_ISI", i), tolerance);
            Same(1 / (times[^1] - times[^2]), points.Of("inv_last_ISI", i), tolerance);
            Same(inside.Length / inside[^1], points.Of("mean_frequency", i), tolerance);
        }
    }

    [Fact]
    public void A_step_written_as_a_course_gives_what_the_step_gives()
    {
        // They start at rest, for spikes before a step count and those before a course do not.
        foreach ((string equations, string spike, double drive, string start) in new[]
        {
            ("dv/dt = (v - v^3/3 - w + DRIVE)/tau", "spike: {when: v > 0}", 0.6, "v: {start: -1.2, unit: 1}, w: {start: -0.625, unit: 1}"),
            ("dv/dt = (DRIVE - v - w)/tau", "spike: {when: v > 0.2, reset: 'v = -0.3'}", 2, "v: {start: -0.4, unit: 1}, w: {start: 0.4, unit: 1}"),
            ("dv/dt = (DRIVE - v - w)/tau", "spike: {when: v > 0.2, reset: 'v = -0.3', refractory: {for: 10 ms, hold: [v]}}", 2, "v: {start: -0.4, unit: 1}, w: {start: 0.4, unit: 1}"),
        })
        {
            string model =
                $"""
                model: same
                equations: |
                  {equations}
                  dw/dt = 0.08*(v + 0.7 - 0.8*w)/tau
                {spike}
                states: {"{"}{start}{"}"}
                """ +
                """

                parameters: {tau: {default: 10 ms}, I: {default: 0}, t_on: {default: 0.5 s}, t_off: {default: 3 s}}
                """;
            const double Tolerance = 1e-9;
            PointTable step = new FIKernel(
                Neuron.Code(Neuron.Read(model.Replace("DRIVE", "I", StringComparison.Ordinal)), ["I"]),
                new FISettings("I", new StepStimulus(2.5, 0.5, 1), Tolerance)).Points([drive], []);
            PointTable course = Respond(
                model.Replace("DRIVE", "I*heaviside(t - t_on)*(1 - heaviside(t - t_off))", StringComparison.Ordinal),
                "I", Times(0.5, 3, 4), Tolerance, [drive]);
            Assert.True(step.SpikeCount[0] > 3);
            foreach (Measure measure in PointMeasures.Response.Where(PointMeasures.Numbers.Contains))
            {
                Same(step.Of(measure.Name, 0), course.Of(measure.Name, 0), 3 * Tolerance, measure.Name);
            }
        }
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-6)]
    [InlineData(1e-10)]
    public void Without_a_spike_rule_the_voltages_are_those_of_the_membrane_equation(double tolerance)
    {
        const double On = 0.007, Off = 0.043, End = 0.1, Tau = 0.01, EL = -65e-3;
        PointTable points = Respond(Membrane, "I_app", new CourseStimulus(new Symbol("t_on"), new Symbol("t_off"), new Number(End)), tolerance, [1e-10, -3e-10]);
        for (int i = 0; i < 2; i++)
        {
            double far = i == 0 ? 10e-3 : -30e-3;
            double last = far * (1 - Math.Exp(-(Off - On) / Tau));
            // The mean of far (1 − e^(−s/tau)), and of last e^(−s/tau).
            double mean = far * (1 - Tau / (Off - On) * (1 - Math.Exp(-(Off - On) / Tau)));
            double after = last * Tau / (End - Off) * (1 - Math.Exp(-(End - Off) / Tau));
            Same(EL + last, points.Of("voltage_at_end", i), tolerance);
            Same(EL + mean, points.Of("mean_voltage", i), tolerance);
            Same(EL + after, points.Of("steady_state_voltage", i), tolerance);
            Same(EL + Math.Max(last, 0), points.Of("maximum_voltage", i), tolerance);
            Same(EL + Math.Min(last, 0), points.Of("minimum_voltage", i), tolerance);
            Assert.Equal(0, points.SpikeCount[i]);
            Assert.Equal(0, points.Of("mean_rate", i));
            Assert.All(["mean_frequency", "time_to_first_spike", "inv_first_ISI", "inv_last_ISI", "ISI_CV", "adaptation_index2"],
                name => Assert.True(double.IsNaN(points.Of(name, i))));
        }
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-6)]
    [InlineData(1e-9)]
    public void The_mean_voltage_of_a_firing_cell_is_that_of_its_closed_form(double tolerance)
    {
        const string Model =
            """
            model: lif
            equations: dx/dt = (I - x)/tau
            spike: {when: x > 1, reset: x = 0}
            states: {x: {start: 0, unit: 1}}
            parameters: {I: {default: 1.5}, tau: {default: 10 ms}}
            """;
        const double Tau = 0.01, On = 0.1, Off = 0.6;
        double[] drives = [1.1, 2.5];
        PointTable points = Respond(Model, "I", Times(On, Off, 0.7), tolerance, drives);
        for (int i = 0; i < drives.Length; i++)
        {
            double I = drives[i], period = Tau * Math.Log(I / (I - 1));
            // The integral of x = I (1 − e^(−s/tau)) from 0 to t, with whole periods of 1 less than what the drive gives.
            double Area(double t)
            {
                double spikes = Math.Floor(t / period), s = t - spikes * period;
                return I * t - Tau * (spikes + I * (1 - Math.Exp(-s / Tau)));
            }

            Same((Area(Off) - Area(On)) / (Off - On), points.Of("mean_voltage", i), tolerance);
            Same((Area(0.7) - Area(Off)) / 0.1, points.Of("steady_state_voltage", i), tolerance);
        }
    }

    [Fact]
    public void Only_a_response_needs_no_spike_rule()
    {
        ModelCode code = Neuron.Code(Neuron.Read(Membrane), ["I_app"]);
        Assert.Throws<ArgumentException>(() => new FIKernel(code, new FISettings("I_app", new StepStimulus(1), 1e-6)));
        var kernel = new FIKernel(code, new FISettings("I_app", Times(0, 0.1, 0.1), 1e-6));
        Assert.Throws<ArgumentException>(() => kernel.Curves([0, 1e-10], kernel.Points([0, 1e-10], []), 2, rheobase: true));
    }

    [Theory]
    [InlineData(double.NaN, PointStatus.InvalidParameters)]
    [InlineData(-0.001, PointStatus.InvalidParameters)]
    [InlineData(0, PointStatus.Ok)]
    [InlineData(0.0429, PointStatus.Ok)]
    [InlineData(0.043, PointStatus.InvalidParameters)]
    [InlineData(0.2, PointStatus.InvalidParameters)]
    public void Times_out_of_order_make_the_point_invalid(double on, PointStatus status)
    {
        ModelCode code = Neuron.Code(Neuron.Read(Membrane), ["t_on", "I_app"]);
        var settings = new FISettings("I_app", new CourseStimulus(new Symbol("t_on"), new Symbol("t_off"), new Number(0.1)), 1e-6);
        PointTable points = new FIKernel(code, settings).Points([on, 1e-10, 0.007, 1e-10], []);
        Assert.Equal([status, PointStatus.Ok], points.Status);
        Assert.Equal(status == PointStatus.Ok, double.IsFinite(points.Of("mean_voltage", 0)));
    }

    [Fact]
    public void At_a_jump_each_step_sees_one_side_of_it()
    {
        // With a slope that is constant on either side every step is exact, so that none is tried twice.
        const string Model =
            """
            model: jump
            equations: dx/dt = k*(heaviside(t - t_0) - 3*heaviside(t - t_0 - 2*t_1) + if(t > t_0 + 6*t_1, 5, 0))
            events: {jump: {at: t_0, every: 2*t_1, until: t_0 + 6*t_1}}
            states: {x: {start: 0, unit: 1}}
            parameters: {k: {default: 1 Hz}, t_0: {default: 0.1 s}, t_1: {default: 0.1 s}}
            """;
        PointTable points = Respond(Model, "k", Times(0, 1, 1), 1e-6, [1, 1000]);
        for (int i = 0; i < 2; i++)
        {
            double k = i == 0 ? 1 : 1000;
            Assert.Equal(k * (0.9 - 3 * 0.7 + 5 * 0.3), points.Of("voltage_at_end", i), k * 1e-12);
            // Up to 0.2 k at the second jump, down by 2 k per second until the fourth, then up by 3 k per second.
            Assert.Equal(0.3 * k, points.Of("maximum_voltage", i), k * 1e-12);
            Assert.Equal(-0.6 * k, points.Of("minimum_voltage", i), k * 1e-12);
        }

        Assert.InRange(points.Steps, 2 * 100, 2 * 125);
    }

    [Fact]
    public void A_peak_at_a_jump_is_a_spike_of_a_smooth_model()
    {
        string model = Membrane.Replace("events:", "spike: {when: V_m > -60 mV}\nevents:", StringComparison.Ordinal);
        PointTable points = Respond(model, "I_app", Times(0.007, 0.043, 0.1), 1e-8, [1e-10, 0.4e-10]);
        Assert.Equal([1.0, 0.0], points.SpikeCount);
        Assert.Equal(0.036, points.Of("time_to_first_spike", 0), 1e-12);
    }

    [Fact]
    public void The_rheobase_of_a_pulse_falls_with_its_duration()
    {
        // L. Lapicque 1907: I = I_rheobase/(1 − e^(−d/tau)).
        string model = Membrane.Replace("events:", "spike: {when: V_m > -50 mV, reset: V_m = -65 mV}\nevents:", StringComparison.Ordinal);
        ModelCode code = Neuron.Code(Neuron.Read(model), ["t_off", "I_app"]);
        double[] durations = [0.001, 0.01, 0.05], drives = [0, 1e-10, 5e-10, 2.5e-9];
        double[] parameters = [.. durations.SelectMany(d => drives.SelectMany(I => new[] { 0.007 + d, I }))];
        const double Tolerance = 1e-7;
        var kernel = new FIKernel(code, new FISettings("I_app", new CourseStimulus(new Symbol("t_on"), new Symbol("t_off"), new Number(0.1)), Tolerance));
        CurveTable curves = kernel.Curves(parameters, kernel.Points(parameters, []), drives.Length, rheobase: true);
        Assert.Empty(curves.Grid);
        Assert.Equal(3, curves.Rheobase.Length);
        for (int c = 0; c < durations.Length; c++)
        {
            Assert.Equal(OnsetStatus.Found, curves.RheobaseStatus[c]);
            double expected = 1.5e-10 / (1 - Math.Exp(-durations[c] / 0.01));
            Assert.InRange(curves.Rheobase[0][c] / expected, 1 - 2 * Tolerance, 1 + 2 * Tolerance);
        }
    }

    internal static CourseStimulus Times(double on, double off, double end) => new(new Number(on), new Number(off), new Number(end));

    internal static PointTable Respond(string yaml, string drive, CourseStimulus stimulus, double tolerance, double[] drives) =>
        new FIKernel(Neuron.Code(Neuron.Read(yaml), [drive]), new FISettings(drive, stimulus, tolerance)).Points(drives, []);

    private static void Same(double expected, double found, double tolerance, string what = "") =>
        Assert.True(double.IsNaN(expected) ? double.IsNaN(found) : Math.Abs(found - expected) <= tolerance * Math.Max(Math.Abs(expected), 1e-3),
            $"{what} expected {expected:R}, found {found:R}");
}
