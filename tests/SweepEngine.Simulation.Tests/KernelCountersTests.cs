using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Simulation.Tests;

public class KernelCountersTests
{
    // Up to 5 uA/cm^2.
    private static readonly double[] Drives = [.. Enumerable.Range(0, 100).Select(i => i * 5e-4)];

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    public void A_busy_lane_is_a_step(int width)
    {
        FIKernel kernel = Kernel(width);
        PointTable points = kernel.Points(Drives, []);
        KernelCounters counters = kernel.Counters;
        Assert.InRange(points.Steps, 1, long.MaxValue);
        Assert.Equal(points.Steps, counters.Steps);
        Assert.Equal(counters.Steps, counters.BusyLanes);
        Assert.InRange(counters.Lanes, counters.BusyLanes, counters.BusyLanes * width);
        Assert.True(width > 1 || counters.Lanes == counters.BusyLanes);
    }

    [Fact]
    public void Searches_for_rheobases_are_counted_too()
    {
        FIKernel kernel = Kernel(8);
        PointTable points = kernel.Points(Drives, []);
        long steps = kernel.Counters.Steps;
        kernel.Curves(Drives, points, Drives.Length, rheobase: true);
        Assert.InRange(kernel.Counters.Steps, steps + 1, long.MaxValue);
        Assert.Equal(kernel.Counters.Steps, kernel.Counters.BusyLanes);
    }

    [Fact]
    public void Each_spike_is_located_in_some_iterations_and_few_steps_are_rejected()
    {
        FIKernel kernel = Kernel(8);
        PointTable points = kernel.Points(Drives, []);
        Assert.InRange(points.SpikeCount.Max(), 2, 1e9);
        Assert.InRange(kernel.Counters.Roots, 1, kernel.Counters.Steps);
        Assert.InRange(kernel.Counters.RootIterations, kernel.Counters.Roots, 20 * kernel.Counters.Roots);
        Assert.InRange(kernel.Counters.RejectedSteps, 1, kernel.Counters.Steps / 2);
    }

    [Fact]
    public void Counters_add_up()
    {
        FIKernel one = Kernel(8), two = Kernel(1);
        one.Points(Drives, []);
        two.Points(Drives, []);
        var sum = new KernelCounters();
        sum.Add(one.Counters);
        sum.Add(two.Counters);
        Assert.Equal(one.Counters.Steps + two.Counters.Steps, sum.Steps);
        Assert.Equal(one.Counters.RejectedSteps + two.Counters.RejectedSteps, sum.RejectedSteps);
        Assert.Equal(one.Counters.Roots + two.Counters.Roots, sum.Roots);
        Assert.Equal(one.Counters.RootIterations + two.Counters.RootIterations, sum.RootIterations);
        Assert.Equal(one.Counters.Lanes + two.Counters.Lanes, sum.Lanes);
        Assert.Equal(one.Counters.BusyLanes + two.Counters.BusyLanes, sum.BusyLanes);
    }

    // A model that is always integrated, whatever is linear in others.
    [Fact]
    public void Steep_upstrokes_reject_few_steps()
    {
        // Without following the trend, two steps of five are rejected.
        FIKernel kernel = new(Neuron.Code("adex", ["I_app"]), new FISettings("I_app", new StepStimulus(1), 1e-6));
        kernel.Points([.. Enumerable.Range(0, 64).Select(i => 0.8e-9 + i * 1e-11)], []);
        Assert.InRange(kernel.Counters.RejectedSteps / (double)kernel.Counters.Steps, 0, 0.12);
    }

    private static FIKernel Kernel(int width)
    {
        ModelCode code = ModelCode.Compile(ModelLibrary.Find("eif")!, new Dictionary<string, double>(), ["I_app"], width);
        return new FIKernel(code, new FISettings("I_app", new StepStimulus(0.1), 1e-4));
    }
}
