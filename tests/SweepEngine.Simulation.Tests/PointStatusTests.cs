using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

/// <summary>Numeric trouble ends as a status of its point, and leaves the other points alone.</summary>
public class PointStatusTests
{
    private const string Eif =
        """
        model: eif
        equations: dV_m/dt = (g_L*(E_L - V_m) + g_L*Delta_T*exp((V_m - V_T)/Delta_T) + I_app)/C_m
        spike: {when: V_m > V_peak, reset: V_m = -68 mV, refractory: {for: 2 ms, hold: [V_m]}}
        states: {V_m: {start: E_L, unit: mV}}
        parameters:
          C_m: {default: 100 pF}
          g_L: {default: 10 nS}
          E_L: {default: -65 mV}
          V_T: {default: -50 mV}
          Delta_T: {default: 1 mV}
          V_peak: {default: -30 mV}
          I_app: {default: 0 pA}
        """;

    [Fact]
    public void A_state_that_runs_away_is_a_diverged_point()
    {
        // dx/dt = k x² from x = 1 leaves the numbers at t = 1/k.
        PointTable points = Run(
            """
            model: runaway
            equations: dx/dt = k*x^2
            spike: {when: x < -1}
            states: {x: {start: 1, unit: 1}}
            parameters: {k: {default: 1 Hz}}
            """, "k", 2, [1, 0.1, 5]);

        // 1/k = 10 s lies beyond the recording of 2 s, but within the time that the search for a steady rate follows.
        Assert.Equal([PointStatus.Diverged, PointStatus.Diverged, PointStatus.Diverged], points.Status);
        Assert.True(double.IsNaN(points.Rate[0]) && double.IsNaN(points.SpikeCount[0]));
    }

    [Fact]
    public void A_division_by_zero_is_an_invalid_point_and_its_neighbours_are_computed()
    {
        PointTable points = Run(
            """
            model: divides
            equations: dx/dt = (1 - x)/(tau*k)
            spike: {when: x > 2}
            states: {x: {start: 0, unit: 1}}
            parameters: {k: {default: 1}, tau: {default: 1 s}}
            """, "k", 1, [1, 0, 2]);
        Assert.Equal([PointStatus.Ok, PointStatus.InvalidParameters, PointStatus.Ok], points.Status);
        Assert.Equal(0, points.Rate[0]);
    }

    [Fact]
    public void A_parameter_that_is_not_a_number_is_an_invalid_point()
    {
        ModelCode code = Neuron.Code("lif_adapt", ["I_app"]);
        PointTable points = new FIKernel(code, new FISettings("I_app", new StepStimulus(1), 1e-6)).Points([double.NaN, 5e-10], []);
        Assert.Equal([PointStatus.InvalidParameters, PointStatus.Ok], points.Status);
    }

    [Fact]
    public void A_reset_above_threshold_is_an_endless_spike_unless_a_refractory_period_parts_the_spikes()
    {
        ModelCode code = Neuron.Code("lif_adapt", ["I_app", "tau_ref"], ("V_reset", "-40 mV"), ("g_adapt", "0 nS"));
        PointTable points = new FIKernel(code, new FISettings("I_app", new StepStimulus(1), 1e-6))
            .Points([5e-10, 0, 5e-10, 0.01], []);
        Assert.Equal([PointStatus.EndlessSpike, PointStatus.Ok], points.Status);
        Assert.Equal(100, points.Rate[1], 1e-4);
    }

    [Fact]
    public void A_train_without_a_steady_rate_is_not_converged_and_has_the_rate_of_its_second_half()
    {
        // The logistic map at 4 sets the threshold of each interval: chaos, whose invariant density has mean 1/2.
        PointTable points = Run(
            """
            model: chaos
            equations: |
              dx/dt = 1/tau
              dz/dt = 0 Hz
            spike:
              when: x > 0.5 + z
              reset: |
                x = 0
                z = 4*z*(1 - z)
            states: {x: {start: 0, unit: 1}, z: {start: 0.3, unit: 1}}
            parameters: {tau: {default: 10 ms}}
            """, "tau", 1, [0.01]);
        Assert.Equal(PointStatus.NotConverged, points.Status[0]);
        Assert.InRange(points.Rate[0], 80, 120);
    }

    [Fact]
    public void Exactly_at_rheobase_the_neuron_rests()
    {
        // 10 nS · (−50 − −75) mV = 250 pA: the potential approaches threshold for ever.
        ModelCode code = Neuron.Code("lif_adapt", ["tau_ref", "I_app"]);
        PointTable points = new FIKernel(code, new FISettings("I_app", new StepStimulus(2), 1e-6))
            .Points([0, Neuron.SI("250 pA"), 0, Neuron.SI("250.001 pA")], []);
        Assert.Equal([PointStatus.Ok, PointStatus.Ok], points.Status);
        Assert.Equal(0, points.Rate[0]);
        Assert.True(points.Rate[1] > 0);
    }

    [Fact]
    public void An_upstroke_faster_than_the_doubles_of_time_can_tell_is_a_spike_like_any_other()
    {
        // 5·10⁷ V/s at the peak of 20 Delta_T above V_T, 1.5 s after the start.
        double[] drives = [.. Enumerable.Range(0, 400).Select(i => 1.4005e-10 + 2.5e-15 * i)];
        PointTable points = new FIKernel(Neuron.Code(Neuron.Read(Eif), ["I_app"], ("Delta_T", "1 mV")), new FISettings("I_app", new StepStimulus(1), 1e-6))
            .Points(drives, []);
        Assert.All(points.Status, status => Assert.Equal(PointStatus.Ok, status));
        Assert.All(Enumerable.Range(1, 399), i => Assert.True(points.Rate[i] > points.Rate[i - 1]));
        Assert.True(points.Steps < 400 * 5000, $"{points.Steps} steps");
    }

    [Fact]
    public void An_upstroke_to_infinity_is_a_spike_wherever_its_peak_is_cut()
    {
        // 30 and 60 Delta_T above V_T the upstroke takes less than one unit in the last place of the time.
        var settings = new FISettings("I_app", new StepStimulus(1), 1e-6);
        double[] drives = [.. Enumerable.Range(0, 50).Select(i => 1.41e-10 + 8e-12 * i)];
        PointTable low = new FIKernel(Neuron.Code(Neuron.Read(Eif), ["I_app"]), settings).Points(drives, []);
        foreach (string peak in new[] { "-20 mV", "10 mV" })
        {
            PointTable high = new FIKernel(Neuron.Code(Neuron.Read(Eif), ["I_app"], ("V_peak", peak)), settings).Points(drives, []);
            Assert.All(high.Status, status => Assert.Equal(PointStatus.Ok, status));
            Assert.All(Enumerable.Range(0, 50), i => Assert.InRange(high.Rate[i] / low.Rate[i], 1 - 3e-6, 1 + 3e-6));
            Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(Neuron.SI(peak), high.Of("maximum_voltage", i), 1e-9));
        }
    }

    [Fact]
    public void A_crashed_point_is_a_row_without_measures()
    {
        ModelCode code = Neuron.Code("lif", ["I_app"]);
        PointTable points = new FIKernel(code, new FISettings("I_app", new StepStimulus(1), 1e-6)).Points([3e-10, 4e-10], [0]);
        Assert.Equal([PointStatus.Crashed, PointStatus.Ok], points.Status);
        Assert.True(double.IsNaN(points.Rate[0]));
    }

    private static PointTable Run(string yaml, string drive, double duration, double[] values)
    {
        ModelCode code = Neuron.Code(Neuron.Read(yaml), [drive]);
        return new FIKernel(code, new FISettings(drive, new StepStimulus(duration), 1e-6)).Points(values, []);
    }
}
