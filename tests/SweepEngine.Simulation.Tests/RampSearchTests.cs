using SweepEngine.Models;

namespace SweepEngine.Simulation.Tests;

/// <summary>Where firing begins and stops on ramps, and whether it begins with a jump. Bifurcations after the shared reference numbers (AUTO-07p, and proofs for Hodgkin-Huxley).</summary>
public class RampSearchTests
{
    // 1 uA/cm^2.
    private const double Unit = 0.01;

    [Fact]
    public void Hodgkin_Huxley_fires_up_from_the_Hopf_point_and_down_to_the_fold_of_cycles()
    {
        CurveTable curves = Curves("hodgkin_huxley", null, 0, 15, 16, duration: 1);
        Assert.Equal(OnsetStatus.Found, curves.RampStatus[0]);
        // Beside the Hopf point an orbit takes longer than is waited for to leave the unstable rest.
        Assert.InRange(Of(curves, "ramp_up_onset") / Unit, 9.775, 9.80);
        Assert.InRange(Of(curves, "ramp_down_offset") / Unit, 6.255, 6.27);
        Assert.Equal(Of(curves, "ramp_down_offset"), Of(curves, "measured_bistable_lower"));
        Assert.Equal(Of(curves, "ramp_up_onset"), Of(curves, "measured_bistable_upper"));
        Assert.True(curves.RateJumps(0));
    }

    [Theory]
    // Brackets are as wide as 1e-3 of the drive. Hopf point 93.8576 and fold of cycles 88.2933; the saddle-node on the cycle 39.9632 of the one set, and of the other the fold 39.9632 and the homoclinic orbit near 36.
    [InlineData(null, 80, 100, 93.81, 93.95, 88.25, 88.35, true)]
    [InlineData("0.066667", 30, 50, 39.93, 40.1, 39.93, 40.1, false)]
    [InlineData("0.23", 30, 50, 39.93, 40.1, 34, 38, true)]
    public void Morris_Lecar_does_as_its_three_sets_say(string? phi, double lowest, double highest, double leastOnset, double mostOnset, double leastOffset, double mostOffset, bool jumps)
    {
        CurveTable curves = Curves("morris_lecar", null, lowest, highest, 21, duration: 5,
            phi is null ? [] : [("g_Ca", "4 mS/cm^2"), ("V_3", "12 mV"), ("V_4", "17.4 mV"), ("phi", phi)]);
        Assert.InRange(Of(curves, "ramp_up_onset") / Unit, leastOnset, mostOnset);
        Assert.InRange(Of(curves, "ramp_down_offset") / Unit, leastOffset, mostOffset);
        if (leastOnset > mostOffset)
        {
            Assert.True(Of(curves, "measured_bistable_lower") < Of(curves, "measured_bistable_upper"));
        }
        else
        {
            Assert.True(double.IsNaN(Of(curves, "measured_bistable_lower")));
        }

        Assert.Equal(jumps, curves.RateJumps(0));
    }

    [Fact]
    public void Wide_steps_of_the_axis_set_off_nothing_that_a_slow_ramp_does_not()
    {
        // A jump from 5 to 7.5 uA/cm^2 makes Hodgkin-Huxley fire for good.
        CurveTable curves = Curves("hodgkin_huxley", null, 0, 20, 5, duration: 1);
        Assert.InRange(Of(curves, "ramp_up_onset") / Unit, 9.775, 9.80);
        Assert.InRange(Of(curves, "ramp_down_offset") / Unit, 6.25, 6.27);
    }

    [Fact]
    public void A_curve_does_not_depend_on_those_beside_it()
    {
        double[] g_K = [.. Enumerable.Range(0, 70).Select(i => 300.0 + i)];
        CurveTable all = Curves("hodgkin_huxley", g_K, 4, 12, 5, duration: 0.3), one = Curves("hodgkin_huxley", [g_K[66]], 4, 12, 5, duration: 0.3);
        Assert.Equal([.. one.Ramp.Select(each => each[0])], [.. all.Ramp.Select(each => each[66])]);
        Assert.Equal(one.RampStatus[0], all.RampStatus[66]);
        Assert.InRange(all.Ramp[1].Distinct().Count(), 3, 70);
    }

    [Fact]
    public void Ramps_that_do_not_pass_an_onset_say_so()
    {
        Assert.Equal(OnsetStatus.AboveAxis, Curves("hodgkin_huxley", null, 0, 4, 3, duration: 0.3).RampStatus[0]);
        CurveTable firing = Curves("hodgkin_huxley", null, 12, 20, 3, duration: 0.3);
        Assert.Equal(OnsetStatus.BelowAxis, firing.RampStatus[0]);
        Assert.True(double.IsNaN(Of(firing, "ramp_up_onset")) && double.IsNaN(Of(firing, "ramp_down_offset")));
    }

    [Fact]
    public void The_rate_of_a_leaky_neuron_rises_from_0()
    {
        var kernel = new FIKernel(Neuron.Code("lif", ["I_app"]), new FISettings("I_app", new StepStimulus(2), 1e-6));
        double[] drives = [100e-12, 180e-12, 250e-12, 400e-12];
        CurveTable curves = kernel.Curves(drives, kernel.Points(drives, []), 4, rheobase: true, ramps: true);
        Assert.False(curves.RateJumps(0));
        Assert.InRange(curves.Ramp[1][0], 199.7e-12, 200.3e-12);
        Assert.InRange(curves.Ramp[2][0], 199.7e-12, 200.3e-12);
    }

    private static double Of(CurveTable curves, string measure) => curves.Ramp[CurveMeasures.Ramp.ToList().FindIndex(each => each.Name == measure)][0];

    // By default with the model's g_K alone.
    private static CurveTable Curves(
        string model, double[]? g_K, double lowest, double highest, int count, double duration, params (string Name, string Value)[] given)
    {
        g_K ??= [ModelLibrary.Find(model)!.Parameter("g_K")!.Default.SI];
        var kernel = new FIKernel(Neuron.Code(model, ["g_K", "I_app"], given), new FISettings("I_app", new StepStimulus(duration), 1e-6) { RateAlone = true });
        double[] parameters = [.. g_K.SelectMany(g => Enumerable.Range(0, count).SelectMany(i => (double[])[g, Unit * (lowest + ((highest - lowest) * i / (count - 1)))]))];
        return kernel.Curves(parameters, kernel.Points(parameters, []), count, rheobase: true, ramps: true);
    }
}
