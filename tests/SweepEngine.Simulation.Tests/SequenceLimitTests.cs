namespace SweepEngine.Simulation.Tests;

/// <summary>Limits are found early where they are certain, and never where there is none.</summary>
public class SequenceLimitTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(-0.7)]
    [InlineData(0.97)]
    [InlineData(0.995)]
    public void Intervals_that_converge_geometrically_have_their_limit(double ratio)
    {
        (double limit, int after) = Search(k => 0.01 * (1 + 0.3 * Math.Pow(ratio, k)), 5000, 1e-7);
        Assert.InRange(limit / 0.01, 1 - 1e-6, 1 + 1e-6);
        Assert.InRange(after, 4, 20 + (int)(8 / (1 - Math.Abs(ratio))));
    }

    [Fact]
    public void Two_time_scales_do_not_deceive()
    {
        (double limit, _) = Search(k => 0.01 * (1 + 0.3 * Math.Pow(0.6, k) + 0.01 * Math.Pow(0.99, k)), 5000, 1e-7);
        Assert.InRange(limit / 0.01, 1 - 1e-6, 1 + 1e-6);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_cycle_of_intervals_has_its_mean(int cycle)
    {
        (double limit, _) = Search(k => 0.01 * (1 + k % cycle) * (1 + 0.1 * Math.Pow(0.8, k)), 2000, 1e-7);
        Assert.InRange(limit / (0.01 * (1 + cycle) / 2), 1 - 1e-6, 1 + 1e-6);
    }

    [Fact]
    public void Noise_of_the_integrator_does_not_hide_the_limit()
    {
        var random = new Random(1);
        (double limit, int after) = Search(k => 0.01 * (1 + 0.3 * Math.Pow(0.8, k) + 1e-8 * random.NextDouble()), 2000, 1e-6);
        Assert.InRange(limit / 0.01, 1 - 1e-6, 1 + 1e-6);
        Assert.InRange(after, 5, 400);
    }

    [Fact]
    public void Intervals_that_grow_or_jump_about_have_no_limit()
    {
        Assert.Equal(-1, Search(k => 0.01 * Math.Pow(1.001, k), 3000, 1e-7).After);
        Assert.Equal(-1, Search(k => 0.01 * Math.Sqrt(1 + k), 3000, 1e-7).After);
        double x = 0.3;
        Assert.Equal(-1, Search(_ => 0.01 * (1 + (x = 4 * x * (1 - x))), 3000, 1e-7).After);
    }

    // Feeds spike times and says when (after how many intervals) a limit is first found.
    private static (double Limit, int After) Search(Func<int, double> interval, int count, double tolerance)
    {
        var spikes = new SequenceLimit();
        double time = 0;
        spikes.Add(time);
        for (int k = 0; k < count; k++)
        {
            spikes.Add(time += interval(k));
            if (spikes.TryMeanStep(FISettings.LongestCycle, tolerance, out double limit))
            {
                return (limit, k + 1);
            }
        }

        return (double.NaN, -1);
    }
}
