using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Simulation.Tests;

/// <summary>Variables over time.</summary>
public class TraceTests
{
    private static readonly string[] Squid = ["V_m", "n", "I_Na"];

    [Fact]
    public void A_passive_membrane_is_recorded_as_its_closed_form_says()
    {
        // 50 pA at 10 nS raise the potential by 5 mV, the base of −20 pA lowers it by 2 mV; tau_m = 10 ms.
        FIKernel kernel = new(Neuron.Code("lif", ["I_app"]), new FISettings("I_app", new StepStimulus(0.03, Delay: 0.02, After: 0.05, Base: -20e-12), 1e-9));
        double[] V_m = kernel.Traces([50e-12], [], Every(0.0003, 334, "V_m"))[0];
        for (int i = 0; i < 334; i++)
        {
            double t = 0.0003 * i, on = -72e-3 + 2e-3 * Math.Exp(-2), off = -65e-3 + (on + 65e-3) * Math.Exp(-3);
            double expected = t < 0.02 ? -72e-3 + 2e-3 * Math.Exp(-t / 0.01)
                : t < 0.05 ? -65e-3 + (on + 65e-3) * Math.Exp(-(t - 0.02) / 0.01)
                : -72e-3 + (off + 72e-3) * Math.Exp(-(t - 0.05) / 0.01);
            Assert.Equal(expected, V_m[i], 1e-10);
        }
    }

    [Fact]
    public void A_firing_neuron_is_recorded_through_its_resets_to_the_end()
    {
        // Above threshold by 10 mV at the end: from −70 mV after 10 ms·ln 3 at threshold, then 2 ms at −80 mV and 10 ms·ln 4 upward.
        FIKernel kernel = new(Neuron.Code("lif", ["I_app"]), new FISettings("I_app", new StepStimulus(0.5), 1e-8));
        double first = 0.01 * Math.Log(3), rise = 0.01 * Math.Log(4), period = 0.002 + rise;
        // The times of some spikes are among those that are recorded.
        double[] times = [.. Enumerable.Range(0, 5001).Select(i => 1e-4 * i).Concat(Enumerable.Range(0, 20).Select(k => first + k * period + 1e-9)).Order()];
        double[] V_m = kernel.Traces([300e-12], [], new TraceSettings(times.Length, i => times[i], ["V_m"]))[0];
        int refractory = 0, spikes = 0;
        for (int i = 0; i < times.Length; i++)
        {
            double since = (times[i] - first) % period;
            double expected = times[i] < first ? -40e-3 - 30e-3 * Math.Exp(-times[i] / 0.01)
                : since < 0.002 ? -80e-3 : -40e-3 - 40e-3 * Math.Exp(-(since - 0.002) / 0.01);
            Assert.Equal(expected, V_m[i], 1e-8);
            refractory += V_m[i] == -80e-3 ? 1 : 0;
            spikes += i > 0 && V_m[i] < V_m[i - 1] ? 1 : 0;
        }

        Assert.InRange(refractory, 20 * 30, 22 * 31);
        Assert.Equal(1 + (int)((0.5 - first) / period), spikes);
    }

    [Fact]
    public void At_the_time_of_a_spike_the_value_after_it_is_recorded()
    {
        // x rises from 0 by 1 per second and falls to 0 when it reaches 1/4, exactly at binary times.
        ModelDefinition model = Neuron.Read(
            """
            model: ramp
            equations: dx/dt = k
            spike: {when: x > 0.25, reset: x = 0}
            states: {x: {start: 0, unit: 1}}
            parameters: {k: {default: 1 Hz}}
            """);
        FIKernel kernel = new(Neuron.Code(model, ["k"]), new FISettings("k", new StepStimulus(2), 1e-9));
        double[] x = kernel.Traces([1], [], Every(0.125, 16, "x"))[0];
        Assert.All(Enumerable.Range(0, 16), i => Assert.Equal(i % 2 * 0.125, x[i], 1e-12));
    }

    [Fact]
    public void Variables_and_intermediates_of_the_squid_axon_hold_to_the_tolerance()
    {
        double[] drives = [0, 0.062, 0.1, 0.5];
        var stimulus = new StepStimulus(0.05, Delay: 0.002, After: 0.01);
        FISettings settings = new("I_app", stimulus, 1e-5);
        ModelCode code = Neuron.Code("hodgkin_huxley", ["I_app"]);
        TraceSettings traces = Every(1e-5, 6201, Squid);
        double[][] found = new FIKernel(code, settings).Traces(drives, [], traces);
        double[][] converged = new FIKernel(code, settings with { Tolerance = 1e-11 }).Traces(drives, [], traces);
        for (int i = 0; i < 4 * 6201; i++)
        {
            Assert.Equal(converged[0][i], found[0][i], 3e-5 * 0.1); // V_m moves by 0.1 V
            Assert.Equal(converged[1][i], found[1][i], 1e-5);

            // I_Na = g_Na m³ h (V_m − E_Na) reaches some 8 A/m².
            Assert.Equal(converged[2][i], found[2][i], 3e-5 * 8);
        }

        Assert.InRange(found[0].Max(), 0.03, 0.05);
        Assert.InRange(found[2].Min(), -10, -5);
        Assert.DoesNotContain(double.NaN, found[0]);
    }

    [Fact]
    public void An_intermediate_that_reads_the_drive_jumps_with_it_at_the_time_of_the_step()
    {
        ModelDefinition model = Neuron.Read(
            """
            model: follows
            equations: |
              I = 2*I_app
              dx/dt = I/tau - x/tau
            spike: {when: x > 100}
            states: {x: {start: 0, unit: 1}}
            parameters: {I_app: {default: 1}, tau: {default: 1 s}}
            """);
        FIKernel kernel = new(Neuron.Code(model, ["I_app"]), new FISettings("I_app", new StepStimulus(0.5, Delay: 0.25, After: 0.25, Base: -1), 1e-6));
        Assert.Equal([-2, 6, 6, -2, -2], kernel.Traces([3], [], Every(0.25, 5, "I"))[0]);
    }

    [Fact]
    public void A_point_that_fails_is_recorded_until_then()
    {
        // x = 1/(1 − k t) leaves the numbers at t = 1/k.
        ModelDefinition model = Neuron.Read(
            """
            model: runaway
            equations: dx/dt = k*x^2
            spike: {when: x < -1}
            states: {x: {start: 1, unit: 1}}
            parameters: {k: {default: 1 Hz}}
            """);
        FIKernel kernel = new(Neuron.Code(model, ["k"]), new FISettings("k", new StepStimulus(2), 1e-9));
        double[] x = kernel.Traces([1.1, 0.1, 5, double.NaN, 0], [4], Every(0.125, 17, "x"))[0];
        for (int i = 0; i < 17; i++)
        {
            double t = 0.125 * i;
            Same(t < 1 / 1.1 ? 1 / (1 - 1.1 * t) : double.NaN, x[i]);
            Same(1 / (1 - 0.1 * t), x[17 + i]);
            Same(t < 0.2 ? 1 / (1 - 5 * t) : double.NaN, x[34 + i]);
            Same(double.NaN, x[51 + i]);
            Same(double.NaN, x[68 + i]);
        }

        static void Same(double expected, double found) => Assert.Equal(expected, found, 1e-8 * Math.Abs(expected) is var part && part > 0 ? part : 0);
    }

    [Fact]
    public void Every_width_neighbour_and_order_gives_the_same_bits()
    {
        var random = new Random(1);
        double[] drives = [.. Enumerable.Range(0, 150).Select(_ => 1.6 * random.NextDouble())];
        FISettings settings = new("I_app", new StepStimulus(0.04), 1e-5);
        TraceSettings traces = Every(3.3e-4, 122, Squid);
        FIKernel Kernel(int width) =>
            new(ModelCode.Compile(ModelLibrary.Find("hodgkin_huxley")!, new Dictionary<string, double>(), ["I_app"], width), settings);
        double[][] together = Kernel(8).Traces(drives, [], traces);
        Assert.Equal(together, Kernel(4).Traces(drives, [], traces));
        Assert.Equal(together, Kernel(1).Traces(drives, [], traces));
        FIKernel kernel = Kernel(8);
        for (int first = 0; first < 150; first += 7)
        {
            int end = Math.Min(first + 7, 150);
            double[][] run = kernel.Traces([.. drives[first..end].Reverse()], [], traces);
            for (int v = 0; v < 3; v++)
            {
                double[][] points = [.. run[v].Chunk(122).Reverse()];
                Assert.Equal(together[v][(122 * first)..(122 * end)], points.SelectMany(point => point));
            }
        }
    }

    [Fact]
    public void With_white_noise_the_trace_is_the_path_whose_measures_are_given()
    {
        ModelDefinition model = Neuron.Read(
            """
            model: lif
            equations: dV_m/dt = (mu - V_m)/tau_m + sigma*sqrt(2/tau_m)*xi
            spike: {when: V_m > -50 mV, reset: V_m = -80 mV, refractory: {for: 2 ms, hold: [V_m]}}
            states: {V_m: {start: -80 mV, unit: mV}}
            parameters: {mu: {default: -50 mV}, sigma: {default: 5 mV}, tau_m: {default: 10 ms}}
            """);
        double[] drives = [.. Enumerable.Range(0, 100).Select(i => -60e-3 + 3e-4 * i)];
        FIKernel Kernel(int width, double duration) => new(
            ModelCode.Compile(model, new Dictionary<string, double>(), ["mu"], width),
            new FISettings("mu", new CourseStimulus(new Number(0), new Number(duration), new Number(duration)), 1e-6, Seed: 7, FixedStep: 1e-4));
        double[] wide = Kernel(8, 0.2).Traces(drives, [], Every(0.001, 201, "V_m"))[0];
        Assert.Equal(wide, Kernel(4, 0.2).Traces(drives, [], Every(0.001, 201, "V_m"))[0]);
        Assert.Equal(wide, Kernel(1, 0.2).Traces(drives, [], Every(0.001, 201, "V_m"))[0]);

        // A recording that ends earlier is the same path up to there, but for the length of its last step.
        for (int end = 0; end < 2; end++)
        {
            double[] last = Numbers(Kernel(8, end == 0 ? 0.2 : 0.15).Points(drives, []), "voltage_at_end");
            int same = Enumerable.Range(0, 100).Count(i => last[i] == wide[201 * i + (end == 0 ? 200 : 150)]);
            Assert.InRange(same, end == 0 ? 100 : 5, 100);
        }

        // Until the first spike steps end at the times that are recorded: there the path is known; held states are those after the reset.
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(-80e-3, wide[201 * i]));
        Assert.All(wide, V_m => Assert.InRange(V_m, -110e-3, -50e-3));
        double[] counts = Numbers(Kernel(8, 0.2).Points(drives, []), "spike_count");
        int resets = Enumerable.Range(0, wide.Length - 1).Count(i => i % 201 != 200 && wide[i + 1] == -80e-3 && wide[i] != -80e-3);
        Assert.InRange(resets, 0.95 * counts.Sum(), counts.Sum());
    }

    private static double[] Numbers(PointTable points, string measure) => [.. Enumerable.Range(0, points.Status.Length).Select(i => points.Of(measure, i))];

    [Fact]
    public void Under_a_course_each_point_is_recorded_to_its_own_end()
    {
        // dx/dt = −x/tau from 1, recorded for 2 tau.
        ModelDefinition model = Neuron.Read(
            """
            model: decay
            equations: dx/dt = -x/tau
            states: {x: {start: 1, unit: 1}}
            parameters: {tau: {default: 1 s}}
            """);
        Expression tau = new Symbol("tau"), end = new Binary(BinaryOperator.Multiply, new Number(2), tau);
        FIKernel kernel = new(Neuron.Code(model, ["tau"]), new FISettings("tau", new CourseStimulus(new Number(0), tau, end), 1e-9));
        double[] x = kernel.Traces([0.5, 1, 0.25], [], Every(0.125, 17, "x"))[0];
        for (int i = 0; i < 17; i++)
        {
            double t = 0.125 * i;
            Assert.Equal(t <= 1 ? Math.Exp(-t / 0.5) : double.NaN, x[i], 1e-9);
            Assert.Equal(Math.Exp(-t), x[17 + i], 1e-9);
            Assert.Equal(t <= 0.5 ? Math.Exp(-t / 0.25) : double.NaN, x[34 + i], 1e-9);
        }
    }

    [Fact]
    public void Measures_do_not_change_when_points_are_traced()
    {
        double[] drives = [300e-12, 400e-12];
        FIKernel kernel = new(Neuron.Code("lif_adapt", ["I_app"]), new FISettings("I_app", new StepStimulus(0.2), 1e-5));
        double[][] before = kernel.Points(drives, []).Numbers;
        kernel.Traces(drives, [], Every(0.01, 21, "V_m"));
        Assert.Equal(before, kernel.Points(drives, []).Numbers);
    }

    private static TraceSettings Every(double interval, int count, params string[] variables) => new(count, i => interval * i, variables);
}
