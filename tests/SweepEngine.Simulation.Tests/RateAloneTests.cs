using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

public class RateAloneTests
{
    [Theory]
    [InlineData("hodgkin_huxley", "0 uA/cm^2", "180 uA/cm^2", 0)]
    [InlineData("lif_adapt", "0 pA", "800 pA", 0)]
    [InlineData("adex", "300 pA", "1200 pA", 0)]
    [InlineData("adex", "300 pA", "1200 pA", 0.2)]
    [InlineData("connor_stevens", "0 uA/cm^2", "20 uA/cm^2", 0)]
    public void The_rate_alone_is_the_rate_beside_all_measures_in_fewer_steps(string model, string from, string to, double after)
    {
        ModelCode code = Neuron.Code(model, ["I_app"]);
        var settings = new FISettings("I_app", new StepStimulus(1) { After = after }, 1e-6);
        FIKernel all = new(code, settings), alone = new(code, settings with { RateAlone = true });
        double first = Neuron.SI(from), step = (Neuron.SI(to) - first) / 40;
        double[] drives = [.. Enumerable.Range(0, 41).Select(i => first + i * step)];
        PointTable full = all.Points(drives, []), rates = alone.Points(drives, []);
        Assert.Equal(["rate"], rates.Measures.Select(measure => measure.Name));
        Assert.Equal(full.Status, rates.Status);
        Assert.All(Enumerable.Range(0, drives.Length), i => Assert.Equal(full.Rate[i], rates.Rate[i], 1e-6 * full.Rate[i]));
        Assert.True(after > 0 ? rates.Steps == full.Steps : rates.Steps <= full.Steps, $"{rates.Steps} steps, {full.Steps} with all measures");
        CurveTable expected = all.Curves(drives, full, drives.Length, rheobase: true), found = alone.Curves(drives, rates, drives.Length, rheobase: true);
        Assert.Equal(expected.RheobaseStatus, found.RheobaseStatus);
        for (int m = 0; m < expected.Rheobase.Length; m++)
        {
            Assert.Equal(expected.Rheobase[m][0], found.Rheobase[m][0], 1e-6 * Math.Abs(expected.Rheobase[m][0]));
        }
    }
}
