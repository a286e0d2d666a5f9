using SweepEngine.Benchmarks.Peers;
using SweepEngine.Equations;
using SweepEngine.Lanes;
using SweepEngine.Models;

namespace SweepEngine.Simulation.Tests;

/// <summary>Methods of fixed steps.</summary>
public class FixedStepTests
{
    private const string Driven =
        """
        model: driven
        voltage: X
        equations: |
          dX/dt = (sin(2*pi*t/(1 s)) - X^3 + 0.5*Y)/(0.3 s)
          dY/dt = (k*cos(5*t/(1 s))*X - (1 + X^2)*Y)/(0.4 s)
        states: {X: {start: 1, unit: 1}, Y: {start: 0.3, unit: 1}}
        parameters: {k: {default: 1}}
        """;

    private const string Leaky =
        """
        model: leaky
        equations: dV_m/dt = (E_L - V_m + R_in*I_app)/tau
        states: {V_m: {start: -70 mV, unit: mV}}
        parameters: {I_app: {default: 0 pA}, R_in: {default: 100 MOhm}, tau: {default: 10 ms}, E_L: {default: -65 mV}}
        """;

    private const string DrivenSpikes =
        """
        model: driven_spikes
        voltage: X
        equations: |
          dX/dt = (I_app + 1.2 + sin(2*pi*t/(31 ms)) - X + 0.3*X^2 - Y)/(10 ms)
          dY/dt = (0.2*X - Y)/(70 ms)
        spike:
          when: X > 1 + 0.1*cos(2*pi*t/(17 ms))
          reset: |
            X = 0.1*Y
            Y = Y + 0.05
          refractory: {for: tau_ref*(1 + Y), hold: [X]}
        states: {X: {start: 0, unit: 1}, Y: {start: 0.1, unit: 1}}
        parameters: {I_app: {default: 0}, tau_ref: {default: 2 ms}}
        """;

    [Theory]
    [InlineData(IntegrationMethod.Euler, 1)]
    [InlineData(IntegrationMethod.ExponentialEuler, 1)]
    [InlineData(IntegrationMethod.RungeKutta4, 4)]
    public void Solutions_of_a_time_dependent_equation_converge_with_the_order_of_the_method(IntegrationMethod method, int order)
    {
        double[] drives = [0.2, 1, 2.5];
        double[] exact = End(Driven, "k", drives, 1e-12, IntegrationMethod.ToTolerance, 0, 1);
        double[] errors = [.. new[] { 1 / 64.0, 1 / 128.0, 1 / 256.0 }.Select(step => End(Driven, "k", drives, 1e-6, method, step, 1)
            .Zip(exact, (found, expected) => Math.Abs(found - expected)).Sum())];
        for (int i = 1; i < errors.Length; i++)
        {
            Assert.InRange(Math.Log2(errors[i - 1] / errors[i]), order - 0.15, order + 0.15);
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(7)]
    [InlineData(50)]
    public void Exponential_Euler_is_exact_for_a_linear_equation_whatever_the_step(double step_ms)
    {
        // Steps of 0.01 to 5 time constants: by the polynomial and beyond it.
        double[] drives = [0, 1e-10, -3e-10];
        double duration = step_ms * 1e-3 * 20;
        double[] found = End(Leaky, "I_app", drives, 1e-6, IntegrationMethod.ExponentialEuler, step_ms * 1e-3, duration);
        for (int i = 0; i < drives.Length; i++)
        {
            double steady = -65e-3 + 100e6 * drives[i];
            Assert.Equal(steady + (-70e-3 - steady) * Math.Exp(-duration / 10e-3), found[i], 1e-14 * 0.1);
        }
    }

    [Fact]
    public void Steps_across_the_largest_product_of_slope_and_step_join()
    {
        // φ by the polynomial just inside of 0.5, and by the exponential just outside, of both signs.
        foreach (double product in new[] { -0.5, 0.5 })
        {
            foreach (double side in new[] { 1 - 1e-9, 1 + 1e-9 })
            {
                const string Growth = "model: growth\nvoltage: X\nequations: dX/dt = k*(1 + 0*X^2)*X\nstates: {X: {start: 1, unit: 1}}\nparameters: {k: {default: 1 Hz}}\n";
                double found = End(Growth, "k", [product * side], 1e-6, IntegrationMethod.Euler, 1, 1)[0];
                Assert.Equal(1 + product * side, found, 1e-14);
                const string Linear = "model: growth\nvoltage: X\nequations: |\n  dX/dt = k*Z*X\n  dZ/dt = 0 Hz\nstates: {X: {start: 1, unit: 1}, Z: {start: 1, unit: 1}}\nparameters: {k: {default: 1 Hz}}\n";
                found = End(Linear, "k", [product * side], 1e-6, IntegrationMethod.ExponentialEuler, 1, 1)[0];
                Assert.Equal(Math.Exp(product * side), found, 3e-15 * Math.Exp(product));
            }
        }
    }

    [Theory]
    [InlineData(IntegrationMethod.Euler, 0.01)]
    [InlineData(IntegrationMethod.ExponentialEuler, 0.01)]
    public void Rates_of_a_neuron_with_a_reset_converge_to_those_of_integration_to_a_tolerance(IntegrationMethod method, double step_ms)
    {
        double[] parameters = [.. from g in new[] { 0, 2e-9 } from I in new[] { 3e-10, 6e-10, 1e-9 } from value in new[] { g, 2e-3, I } select value];
        ModelCode code = Neuron.Code("lif_adapt", ["g_adapt", "tau_ref", "I_app"]);
        PointTable exact = Points(code, parameters, IntegrationMethod.ToTolerance, 0);
        double[] errors = [.. new[] { step_ms, step_ms / 4 }.Select(step => Points(code, parameters, method, step * 1e-3))
            .Select(found => Enumerable.Range(0, 6).Max(i => Math.Abs(found.Of("time_to_first_spike", i) / exact.Of("time_to_first_spike", i) - 1)))];
        Assert.InRange(errors[0], 1e-6, 3e-3);
        Assert.InRange(errors[1], 0, errors[0] / 2);
        PointTable fine = Points(code, parameters, method, step_ms / 4 * 1e-3);
        for (int i = 0; i < 6; i++)
        {
            Assert.InRange(fine.Rate[i] / exact.Rate[i], 1 - 2e-3, 1 + 2e-3);
            Assert.InRange(fine.SpikeCount[i], exact.SpikeCount[i] - 1, exact.SpikeCount[i] + 1);
        }
    }

    [Fact]
    public void Intervals_of_Hodgkin_and_Huxleys_neuron_converge_with_order_4()
    {
        // At the end of 500 ms intervals have settled, so that it does not matter what of a spike is timed.
        ModelCode code = ModelCode.Compile(ModelLibrary.Find("hodgkin_huxley")!, new Dictionary<string, double>(), ["I_app"]);
        double[] drives = [0.12, 0.3, 0.9];
        PointTable exact = new FIKernel(code, new FISettings("I_app", new StepStimulus(0.5), 1e-11)).Points(drives, []);
        double[] errors = [.. new[] { 0.02, 0.01 }.Select(step =>
        {
            PointTable found = new FIKernel(code, Settings(IntegrationMethod.RungeKutta4, step * 1e-3, 0.5)).Points(drives, []);
            Assert.Equal(exact.SpikeCount, found.SpikeCount);
            Assert.All(found.Method, method => Assert.Equal("rk4", method));
            return Enumerable.Range(0, 3).Sum(i => Math.Abs(found.Rate[i] / exact.Rate[i] - 1));
        })];
        Assert.InRange(errors[1], 0, 1e-6);
        Assert.InRange(Math.Log2(errors[0] / errors[1]), 3.5, 4.8);
    }

    [Theory]
    [InlineData("0 ms", 0)]
    [InlineData("2 ms", 20)]
    [InlineData("2.04 ms", 20)]
    [InlineData("2.06 ms", 21)]
    public void Spikes_are_at_the_ends_of_steps_and_refractory_periods_are_whole_steps(string tau_ref, int refractorySteps)
    {
        // Between its spikes this neuron is linear, so that exponential Euler makes no error.
        const double Step = 1e-4, tau = 10e-3, E_L = -65e-3, V_th = -50e-3, V_reset = -60e-3;
        ModelDefinition model = ModelLibrary.Find("lif_adapt")!;
        double[] drives = [2e-10, 5e-10];
        ModelCode code = ModelCode.Compile(
            model, new Dictionary<string, double>
            {
                ["C_m"] = 100e-12,
                ["g_L"] = 10e-9,
                ["E_L"] = E_L,
                ["V_th"] = V_th,
                ["V_reset"] = V_reset,
                ["tau_ref"] = Neuron.SI(tau_ref),
                ["g_adapt"] = 0,
            }, ["I_app"]);
        PointTable points = new FIKernel(code, Settings(IntegrationMethod.ExponentialEuler, Step, 0.3)).Points(drives, []);
        for (int i = 0; i < drives.Length; i++)
        {
            double steady = E_L + drives[i] / 10e-9;
            double Steps(double from) => Math.Ceiling(tau * Math.Log((steady - from) / (steady - V_th)) / Step);
            Assert.Equal(Steps(E_L) * Step, points.Of("time_to_first_spike", i), 1e-12);
            double interval = (Steps(V_reset) + refractorySteps) * Step;
            Assert.Equal(1 / interval, points.Rate[i], 1e-9 / interval);
            Assert.Equal(1 / interval, points.Of("inv_first_ISI", i), 1e-9 / interval);
            Assert.Equal(Math.Floor((0.3 + 1e-9 - Steps(E_L) * Step) / interval) + 1, points.SpikeCount[i]);
        }
    }

    public static TheoryData<string, string[], double[], IntegrationMethod, double> Models => new()
    {
        { "lif_adapt", ["g_adapt", "tau_ref", "I_app"], [0, 5e-9, 0, 0.01, 0, 1e-9], IntegrationMethod.Euler, 0.1e-3 },
        { "lif_adapt", ["g_adapt", "tau_ref", "I_app"], [0, 5e-9, 0, 0.01, 0, 1e-9], IntegrationMethod.ExponentialEuler, 0.1e-3 },
        { "hodgkin_huxley", ["g_Na", "g_K", "I_app"], [1000, 1400, 300, 420, 0, 1.6], IntegrationMethod.ExponentialEuler, 0.05e-3 },
        { "hodgkin_huxley", ["g_Na", "g_K", "I_app"], [1000, 1400, 300, 420, 0, 1.6], IntegrationMethod.RungeKutta4, 0.05e-3 },
        { "adex", ["a", "b", "I_app"], [0, 5e-9, 0, 1e-10, 0, 1e-9], IntegrationMethod.Euler, 0.1e-3 },
        { "lif_adapt", ["g_adapt", "tau_ref", "I_app"], [0, 5e-9, 0, 0.01, 0, 1e-9], IntegrationMethod.RungeKutta4, 0.5e-3 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_width_number_and_order_of_points_gives_the_same_bits(string model, string[] swept, double[] ranges, IntegrationMethod method, double step)
    {
        const int Count = 67;
        var random = new Random(1);
        double[] parameters = [.. Enumerable.Range(0, 3 * Count).Select(i => ranges[2 * (i % 3)] + random.NextDouble() * (ranges[2 * (i % 3) + 1] - ranges[2 * (i % 3)]))];
        double[][] expected = Numbers(8, parameters);
        Assert.Contains(expected[1], count => count > 1);
        foreach (int width in LaneWidths.All)
        {
            Assert.Equal(expected, Numbers(width, parameters));
            foreach (int one in new[] { 0, 5, 64, 66 })
            {
                Assert.Equal(expected.Select(numbers => numbers[one]), Numbers(width, parameters[(3 * one)..(3 * one + 3)]).Select(numbers => numbers[0]));
            }
        }

        double[][] backwards = Numbers(8, [.. Enumerable.Range(0, Count).Reverse().SelectMany(i => parameters[(3 * i)..(3 * i + 3)])]);
        Assert.Equal(expected, backwards.Select(numbers => numbers.Reverse().ToArray()));

        double[][] Numbers(int width, double[] parameters) =>
            new FIKernel(
                ModelCode.Compile(ModelLibrary.Find(model)!, new Dictionary<string, double>(), swept, width),
                Settings(method, step, 0.1) with { Stimulus = new StepStimulus(0.1, 0.0123, 0.01) }).Points(parameters, []).Numbers;
    }

    [SkippableFact]
    public void The_reference_programs_find_the_same_spikes()
    {
        string build = Directory.CreateTempSubdirectory("fixed-steps").FullName;
        try
        {
            var notes = new List<string>();
            Skip.IfNot(PeersCommand.TryBuild(build, notes), string.Join(' ', notes));
            foreach (Workload workload in new[] { Workload.W1, Workload.W2 })
            {
                double[] points = workload.Points(Size.Tiny);
                foreach (FixedStepProgram ours in PeersCommand.FixedSteps(workload))
                {
                    PeerRun found = ours.Run(points, 1, build), expected = ours.Counterpart(build, "scalar").Run(points, 1, build);
                    Assert.Equal(expected.SpikeCount, found.SpikeCount);
                    Assert.All(expected.Rate.Zip(found.Rate), pair => Assert.Equal(pair.First, pair.Second, 1e-9 * pair.First));
                    Assert.InRange(found.Steps / expected.Steps, 0.999, 1.001);
                }
            }
        }
        finally
        {
            Directory.Delete(build, recursive: true);
        }
    }

    [Fact]
    public void A_stimulus_with_a_delay_and_an_end_is_met()
    {
        ModelCode code = Neuron.Code("lif_adapt", ["I_app"], ("g_adapt", "0 nS"), ("tau_ref", "0 ms"));
        double[] drives = [5e-10];
        FISettings settings = Settings(IntegrationMethod.Euler, 1e-5, 0.2);
        PointTable alone = new FIKernel(code, settings).Points(drives, []);
        PointTable within = new FIKernel(code, settings with { Stimulus = new StepStimulus(0.2, 0.05, 0.1) }).Points(drives, []);
        foreach (string measure in new[] { "rate", "spike_count", "mean_frequency", "time_to_first_spike", "inv_first_ISI", "inv_last_ISI" })
        {
            Assert.Equal(alone.Of(measure, 0), within.Of(measure, 0), 1e-6 * alone.Of(measure, 0));
        }

        foreach (string measure in new[] { "ISI_CV", "adaptation_index2", "minimum_voltage", "maximum_voltage", "steady_state_voltage" })
        {
            Assert.Equal(double.NaN, alone.Of(measure, 0));
        }
    }

    [Fact]
    public void Firing_that_stops_has_no_rate()
    {
        // Below its onset of steady firing the axon answers with a few spikes.
        ModelCode code = Neuron.Code("hodgkin_huxley", ["I_app"]);
        PointTable points = new FIKernel(code, Settings(IntegrationMethod.ExponentialEuler, 1e-5, 0.5)).Points([0.03, 0.055, 0.12], []);
        Assert.Equal([0.0, 0, 1], points.Rate.Select(rate => rate > 0 ? 1.0 : 0));
        Assert.InRange(points.SpikeCount[0], 1, 20);
    }

    [Fact]
    public void A_course_is_measured_from_its_start_on_and_may_end_at_different_times()
    {
        ModelDefinition model = Neuron.Read(
            "model: two_ends\nequations: dV_m/dt = (20 mV - V_m)/(10 ms)\nspike: {when: V_m > 15 mV, reset: V_m = 0 mV}\n"
            + "states: {V_m: {start: 0 mV, unit: mV}}\nparameters: {T: {default: 1 s}}\n");
        ModelCode code = Neuron.Code(model, ["T"]);
        double[] ends = [0.2, 0.5, 0.30001, double.NaN, 0.02];
        var course = new CourseStimulus(new Number(0.03), new Symbol("T"), new Symbol("T"));
        PointTable points = new FIKernel(code, Settings(IntegrationMethod.ExponentialEuler, 1e-4, 1) with { Drive = "T", Stimulus = course }).Points(ends, []);
        Assert.Equal(
            [PointStatus.Ok, PointStatus.Ok, PointStatus.Ok, PointStatus.InvalidParameters, PointStatus.InvalidParameters], points.Status);
        double interval = 1e-4 * Math.Ceiling(100 * Math.Log(4));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Math.Floor(Math.Ceiling(ends[i] / 1e-4 - 1e-6) * 1e-4 / interval + 1e-9) - Math.Floor(0.03 / interval), points.SpikeCount[i]);
        }
    }

    [Fact]
    public void Points_that_cannot_be_computed_say_so_and_leave_their_neighbours_alone()
    {
        ModelDefinition model = Neuron.Read(
            """
            model: troubled
            equations: dV_m/dt = k*V_m + (30 mV - V_m)/(10 ms)
            spike: {when: V_m > 15 mV, reset: V_m = 0 mV, refractory: {for: tau_ref*(1 + 0*V_m/(1 mV)), hold: [V_m]}}
            states: {V_m: {start: 1/x*1 mV, unit: mV}}
            parameters: {k: {default: 0 Hz}, tau_ref: {default: 0 ms}, x: {default: 1}}
            """);
        ModelCode code = Neuron.Code(model, ["k", "tau_ref", "x"]);
        double[] parameters = [0, 1e-3, 1, 0, -1e-3, 1, 0, 1e-3, 0, 0, 1e-3, 1, 0, double.NaN, 1];
        PointTable points = new FIKernel(code, Settings(IntegrationMethod.Euler, 1e-4, 0.1) with { Drive = "k" }).Points(parameters, []);
        Assert.Equal(
            [PointStatus.Ok, PointStatus.InvalidParameters, PointStatus.InvalidParameters, PointStatus.Ok, PointStatus.InvalidParameters], points.Status);
        Assert.Equal(points.Rate[0], points.Rate[3]);
        Assert.Equal(double.NaN, points.Rate[1]);

        ModelDefinition quadratic = Neuron.Read(
            "model: q\nvoltage: X\nequations: dX/dt = (X^2 + k)/(1 ms)\nspike: {when: X > 1e300}\nstates: {X: {start: 0, unit: 1}}\nparameters: {k: {default: 1}}\n");
        PointTable diverged = new FIKernel(Neuron.Code(quadratic, ["k"]), Settings(IntegrationMethod.RungeKutta4, 1e-4, 0.1) with { Drive = "k" }).Points([1, -1], []);
        Assert.Equal([PointStatus.Diverged, PointStatus.Ok], diverged.Status);
        PointTable many = new FIKernel(Neuron.Code(quadratic, ["k"]), Settings(IntegrationMethod.Euler, 1e-9, 0.1) with { Drive = "k" }).Points([-1], []);
        Assert.Equal([PointStatus.StepLimit], many.Status);
    }

    [Fact]
    public void The_rheobase_is_that_of_the_method()
    {
        // Exponential Euler of a linear neuron has the exact one.
        ModelCode code = Neuron.Code("lif_adapt", ["I_app"], ("g_adapt", "0 nS"));
        var kernel = new FIKernel(code, Settings(IntegrationMethod.ExponentialEuler, 1e-4, 2));
        double[] drives = [1e-10, 2e-10, 3e-10, 4e-10];
        CurveTable curves = kernel.Curves(drives, kernel.Points(drives, []), 4, rheobase: true);
        Assert.Equal(OnsetStatus.Found, curves.RheobaseStatus[0]);
        Assert.Equal(10e-9 * 25e-3, curves.Rheobase[0][0], 1e-5 * 2.5e-10);
    }

    [Theory]
    [InlineData("izhikevich_2007", 4e-5, "C", "100 pF")]
    [InlineData("lif_adapt", 4e-4, "tau_ref", "0 ms")]
    [InlineData("lif_adapt", 4e-4, "tau_ref", "1.37 ms")]
    [InlineData("lif_adapt", 4e-4, "tau_ref", "0.11 ms")]
    [InlineData("driven", 1e-3, "tau_ref", "2.3 ms")]
    public void Spikes_with_a_reset_converge_with_order_4(string model, double step, string parameter, string value)
    {
        string drive = model == "izhikevich_2007" ? "I" : "I_app";
        ModelCode code = model == "driven" ? Neuron.Code(Neuron.Read(DrivenSpikes), [drive], (parameter, value)) : Neuron.Code(model, [drive], (parameter, value));
        double[] drives = model == "driven" ? [0.2, 0.5, 1] : [4e-10, 6e-10, 9e-10];
        var settings = new FISettings(drive, new StepStimulus(0.5), 1e-12);
        PointTable exact = new FIKernel(code, settings, integrator: Integrator.Explicit).Points(drives, []);
        PointTable[] found = [.. new[] { step, step / 2, step / 4 }.Select(each => new FIKernel(code, settings with { Method = IntegrationMethod.RungeKutta4, FixedStep = each }).Points(drives, []))];
        foreach (string measure in new[] { "time_to_first_spike", "inv_last_ISI" })
        {
            double[] errors = [.. found.Select(table => Enumerable.Range(0, 3).Sum(i => Math.Abs(table.Of(measure, i) / exact.Of(measure, i) - 1)))];
            Assert.Equal(exact.SpikeCount, found[^1].SpikeCount);
            Assert.True(Math.Log2(errors[0] / errors[2]) > 7 && errors[2] < 1e-5, $"{measure}: {string.Join(", ", errors)}");
        }
    }

    [Fact]
    public void A_spike_that_comes_before_the_step_after_the_last_one_is_over_counts_at_the_start_of_the_next()
    {
        // Intervals of 10 us in steps of 15 us: of three crossings in two steps, one is late.
        ModelDefinition model = Neuron.Read(
            "model: fast\nvoltage: X\nequations: dX/dt = k\nspike: {when: X > 1, reset: X = 0}\nstates: {X: {start: 0, unit: 1}}\nparameters: {k: {default: 1e5 Hz}}\n");
        PointTable points = new FIKernel(Neuron.Code(model, ["k"]), Settings(IntegrationMethod.RungeKutta4, 1.5e-5, 3e-3) with { Drive = "k" }).Points([1e5, 5e4], []);
        Assert.Equal([PointStatus.Ok, PointStatus.Ok], points.Status);
        Assert.Equal(1e-5, points.Of("time_to_first_spike", 0), 1e-12);
        Assert.InRange(points.SpikeCount[0], 150, 201);
        Assert.Equal(150, points.SpikeCount[1], 1.0);
        Assert.Equal(5e4, points.Rate[1], 1e-3);
    }

    [Fact]
    public void What_a_method_is_not_for_is_refused()
    {
        ModelDefinition definition = ModelLibrary.Find("lif_noise")!;
        Assert.Contains("random", IntegrationMethodText.WhyNot(definition)!);
        ModelCode code = ModelCode.Compile(definition, new Dictionary<string, double>(), ["I_app"]);
        Assert.Contains("random", Assert.Throws<ArgumentException>(() => new FixedStepSimulation(code, Settings(IntegrationMethod.Euler, 1e-4, 1))).Message);
        ModelCode lif = Neuron.Code("lif_adapt", ["I_app"]);
        Assert.Throws<ArgumentException>(() => new FIKernel(lif, Settings(IntegrationMethod.Euler, 1e-4, 1) with { FixedStep = null }));
    }

    private static FISettings Settings(IntegrationMethod method, double step, double duration) =>
        new("I_app", new StepStimulus(duration), 1e-6) { Method = method, FixedStep = step };

    private static PointTable Points(ModelCode code, double[] parameters, IntegrationMethod method, double step) =>
        new FIKernel(code, new FISettings("I_app", new StepStimulus(0.5), 1e-9) { Method = method, FixedStep = step }).Points(parameters, []);

    private static double[] End(string yaml, string drive, double[] drives, double tolerance, IntegrationMethod method, double step, double duration)
    {
        PointTable points = new FIKernel(
            Neuron.Code(Neuron.Read(yaml), [drive]), new FISettings(drive, CourseTests.Times(0, duration, duration), tolerance) { Method = method, FixedStep = step }).Points(drives, []);
        return [.. Enumerable.Range(0, drives.Length).Select(i => points.Of("voltage_at_end", i))];
    }
}
