using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

/// <summary>Rheobase, onset, gain and maximal rate of whole curves.</summary>
public class CurveMeasuresTests
{
    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e-10)]
    public void The_rheobase_of_the_leaky_neuron_is_bracketed_to_the_tolerance(double tolerance)
    {
        // I = g_L (V_th − E_L) = 200 pA; with 5 s the step's end does not matter (500 membrane time constants).
        double[] g_L = [8e-9, 10e-9, 12e-9], drives = [0, 50e-12, 100e-12, 300e-12, 400e-12, 500e-12];
        CurveTable curves = Curves("lif", "g_L", g_L, drives, new FISettings("I_app", new StepStimulus(5), tolerance), out _);
        for (int c = 0; c < g_L.Length; c++)
        {
            double rheobase = g_L[c] * 20e-3;
            Assert.Equal(OnsetStatus.Found, curves.RheobaseStatus[c]);
            Assert.Equal(OnsetStatus.Found, curves.OnsetStatus[c]);
            double lower = Of(curves, "rheobase_lower", c), upper = Of(curves, "rheobase_upper", c);
            Assert.InRange(Of(curves, "onset_lower", c), rheobase * (1 - tolerance), rheobase * (1 + 1e-15));
            Assert.InRange(Of(curves, "onset_upper", c), rheobase * (1 - 1e-15), rheobase * (1 + tolerance));
            Assert.InRange(upper - lower, 0, tolerance * upper);
            Assert.InRange(Of(curves, "rheobase", c), rheobase * (1 - tolerance), rheobase * (1 + tolerance));
            Assert.Equal(0, Of(curves, "single_spike_window", c));
        }
    }

    [Fact]
    public void Hodgkin_Huxley_has_a_window_of_single_spikes_and_its_onset_at_the_fold_of_cycles()
    {
        // Firing from rest needs the stable cycle, which exists above 6.260321274 uA/cm^2 (fold of cycles; AUTO-07p, see the shared reference numbers).
        double[] drives = [.. Enumerable.Range(0, 17).Select(i => 0.01 * i)];
        CurveTable curves = Curves(
            "hodgkin_huxley", "g_K", [360], drives, new FISettings("I_app", new StepStimulus(0.5), 1e-4), out PointTable points);
        double rheobase = Of(curves, "rheobase", 0), onset = Of(curves, "onset_drive", 0);
        Assert.InRange(rheobase, 0.02, 0.03);
        Assert.InRange(onset / 0.06260321274, 1, 1.01);
        Assert.Equal(onset - rheobase, Of(curves, "single_spike_window", 0), 1e-15);
        Assert.InRange(Of(curves, "onset_rate", 0), 49, 54); // period near the fold: 19.9 ms
        Assert.Equal(1, points.Of("spike_count", 5));
        Assert.Equal(0, points.Rate[5]);
        double highest = points.Rate.Max();
        Assert.Equal(highest, curves.Grid[0][0]);
        Assert.Equal(drives[Array.IndexOf(points.Rate, highest)], curves.Grid[1][0]);
        int first = Array.FindIndex(points.Rate, rate => rate > 0);
        Assert.Equal((points.Rate[first + 1] - points.Rate[first]) / (drives[first + 1] - drives[first]), curves.Grid[2][0]);
    }

    [Fact]
    public void Curves_that_do_not_pass_the_onset_say_on_which_side_they_are()
    {
        var settings = new FISettings("I_app", new StepStimulus(1), 1e-4);
        CurveTable below = Curves("lif", "g_L", [10e-9], [300e-12, 400e-12], settings, out _);
        Assert.Equal(OnsetStatus.BelowAxis, below.RheobaseStatus[0]);
        Assert.True(double.IsNaN(Of(below, "rheobase", 0)));
        CurveTable above = Curves("lif", "g_L", [10e-9], [0, 100e-12], settings, out _);
        Assert.Equal(OnsetStatus.AboveAxis, above.OnsetStatus[0]);
        Assert.Equal(0, above.Grid[0][0]);
        Assert.True(double.IsNaN(above.Grid[1][0]));
    }

    [Fact]
    public void Curves_without_points_are_undefined_and_crashed_points_do_not_count()
    {
        var kernel = new FIKernel(Neuron.Code("lif", ["I_app"]), new FISettings("I_app", new StepStimulus(1), 1e-4));
        double[] drives = [100e-12, 190e-12, 210e-12, 400e-12];
        PointTable crashed = kernel.Points(drives, [0, 1, 2, 3]);
        Assert.Equal(OnsetStatus.Undefined, kernel.Curves(drives, crashed, 4, true).RheobaseStatus[0]);
        PointTable points = kernel.Points(drives, [1]);
        CurveTable curves = kernel.Curves(drives, points, 4, true);
        Assert.InRange(Of(curves, "rheobase", 0), 200e-12 * (1 - 1e-4), 200e-12 * (1 + 1e-4));
    }

    private static CurveTable Curves(
        string model, string parameter, double[] values, double[] drives, FISettings settings, out PointTable points)
    {
        var kernel = new FIKernel(Neuron.Code(model, [parameter, "I_app"]), settings);
        double[] parameters = [.. values.SelectMany(value => drives.SelectMany(drive => new[] { value, drive }))];
        points = kernel.Points(parameters, []);
        return kernel.Curves(parameters, points, drives.Length, rheobase: true);
    }

    private static double Of(CurveTable curves, string measure, int curve) =>
        curves.Rheobase[CurveMeasures.Rheobase.ToList().FindIndex(m => m.Name == measure)][curve];
}
