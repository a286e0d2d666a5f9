using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

/// <summary>Delay, base and the time after the step.</summary>
public class StimulusTests
{
    [Fact]
    public void Without_spikes_the_voltage_relaxes_as_the_membrane_equation_says()
    {
        // tau_m = 10 ms: V = V_inf + (V_0 − V_inf) e^(−t/tau_m), with 50 pA at 10 nS raising V_inf by 5 mV, base −20 pA lowering it by 2 mV.
        ModelCode code = Neuron.Code("lif", ["I_app"]);
        var stimulus = new StepStimulus(Duration: 0.03, Delay: 0.02, After: 0.05, Base: -20e-12);
        PointTable points = new FIKernel(code, new FISettings("I_app", stimulus, 1e-9)).Points([50e-12], []);
        double on = -72e-3 + 2e-3 * Math.Exp(-2);
        double off = -65e-3 + (on + 65e-3) * Math.Exp(-3);
        double mean = -72e-3 + (off + 72e-3) * 0.01 / 0.05 * (1 - Math.Exp(-5));
        Assert.Equal(PointStatus.Ok, points.Status[0]);
        Assert.Equal(on, points.Of("minimum_voltage", 0), 1e-11);
        Assert.Equal(off, points.Of("maximum_voltage", 0), 1e-11);
        Assert.Equal(mean, points.Of("steady_state_voltage", 0), 1e-11);
        Assert.Equal(0, points.Rate[0]);
    }

    [Fact]
    public void A_delayed_step_from_rest_moves_the_spikes_by_the_delay()
    {
        ModelCode code = Neuron.Code("lif_adapt", ["g_adapt", "I_app"]);
        double[] parameters = [1e-9, 400e-12, 2.5e-9, 700e-12];
        PointTable now = new FIKernel(code, new FISettings("I_app", new StepStimulus(0.5), 1e-8)).Points(parameters, []);
        PointTable later = new FIKernel(code, new FISettings("I_app", new StepStimulus(0.5, Delay: 0.1, After: 0.2), 1e-8)).Points(parameters, []);
        foreach (Measure measure in PointMeasures.Numbers.Where(measure => measure.Name != "steady_state_voltage"))
        {
            for (int i = 0; i < 2; i++)
            {
                double expected = now.Of(measure.Name, i);
                Assert.Equal(expected, later.Of(measure.Name, i), 1e-8 * Math.Max(1, Math.Abs(expected)));
            }
        }

        // After the step the neuron falls towards its potential at rest, held below it by what is left of the adaptation.
        Assert.All([0, 1], i => Assert.InRange(later.Of("steady_state_voltage", i), -80e-3, -74e-3));
    }

    [Fact]
    public void The_steady_rate_does_not_depend_on_the_length_of_the_step()
    {
        foreach ((string model, double drive, double @short, double @long) in new[]
        {
            ("lif_adapt", 500e-12, 0.05, 2.0), ("hodgkin_huxley", 0.1, 0.03, 0.5),
        })
        {
            ModelCode code = Neuron.Code(model, ["I_app"]);
            double[] rates =
            [
                .. new[] { @short, @long }.Select(duration =>
                    new FIKernel(code, new FISettings("I_app", new StepStimulus(duration), 1e-7)).Points([drive], []).Rate[0]),
            ];
            Assert.InRange(rates[0] / rates[1], 1 - 2e-7, 1 + 2e-7);
        }
    }

    [Fact]
    public void Firing_during_the_base_is_counted_but_does_not_make_the_rate()
    {
        ModelCode code = Neuron.Code("lif", ["I_app"]);
        var stimulus = new StepStimulus(Duration: 0.2, Delay: 0.2, After: 0.2, Base: 400e-12);
        PointTable points = new FIKernel(code, new FISettings("I_app", stimulus, 1e-7)).Points([0], []);
        Assert.Equal(0, points.Rate[0]);
        Assert.InRange(points.Of("spike_count", 0), 30, 40);
        Assert.True(points.Of("time_to_first_spike", 0) < 0);
    }
}
