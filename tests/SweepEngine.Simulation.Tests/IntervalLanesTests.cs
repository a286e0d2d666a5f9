namespace SweepEngine.Simulation.Tests;

public class IntervalLanesTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    public void Long_steps_are_as_good_as_short_ones(int width)
    {
        // x that is nothing, or takes away almost all of the growth and gives it back many times within a step, where the series converges more slowly than that of an exponential.
        var random = new Random(1);
        for (int round = 0; round < 20; round++)
        {
            double rate = 5 + 50 * random.NextDouble(), coupling = 1e10, rest = 1e-9 * Math.Pow(300, random.NextDouble()), leak = 100 + coupling * rest;
            double[] start = [.. Enumerable.Range(0, IntervalLanes.Lanes).Select(i => -rest * random.NextDouble())];
            double time = 0.02 * random.NextDouble();
            double[] once = Follow(width, leak, coupling, rate, start, time, 1), often = Follow(width, leak, coupling, rate, start, time, 100);
            Assert.All(once.Zip(often), y => Assert.Equal(y.Second, y.First, 2e-14));
        }
    }

    // y after a time, from −30 mV towards −1 mV and lower, in parts.
    private static double[] Follow(int width, double leak, double coupling, double rate, double[] x, double time, int parts)
    {
        IntervalLanes lanes = IntervalLanes.Create(width);
        Array.Fill(lanes.Drift, -1e-3 * leak);
        Array.Fill(lanes.Pull, -1e-3 * coupling);
        Array.Fill(lanes.Leak, leak);
        Array.Fill(lanes.Coupling, coupling);
        Array.Fill(lanes.Rate, rate);
        Array.Fill(lanes.Voltage, -30e-3);
        x.CopyTo(lanes.Deviation, 0);
        Array.Fill(lanes.Decay, 1);
        Array.Fill(lanes.Expected, double.NaN);
        for (int part = 0; part < parts; part++)
        {
            Array.Fill(lanes.TimeLeft, time / parts);
            Array.Fill(lanes.HasNewLimit, IntervalLanes.True);
            Array.Fill(lanes.Active, IntervalLanes.True);
            uint stopped = 0;
            while (stopped != uint.MaxValue)
            {
                stopped |= lanes.Advance();
            }

            Assert.All(lanes.Crossed.Concat(lanes.Failed), mask => Assert.Equal(0, mask));
        }

        return [.. lanes.Voltage];
    }
}
