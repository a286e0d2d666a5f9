namespace SweepEngine.Sweeps.Tests.Reduction;

/// <summary>The fit against curves whose answer is known, and against any other line.</summary>
public class ThresholdLinearFitTests
{
    [Theory]
    [InlineData(0.3, 250)]
    [InlineData(2, 0)]
    [InlineData(1e-3, 999)]
    [InlineData(0.5, -120)]
    [InlineData(0.7, 333.3)]
    public void A_threshold_linear_curve_gives_its_parameters_back(double gain, double onset)
    {
        double[] drives = [.. Enumerable.Range(0, 1101).Select(i => (double)i)];
        ThresholdLinearFit fit = ThresholdLinearFit.Of(drives, [.. drives.Select(I => Math.Max(0, gain * (I - onset)))]);
        Assert.InRange(fit.Gain / gain, 1 - 1e-9, 1 + 1e-9);
        Assert.Equal(onset, fit.Onset, 1e-6);
        Assert.Equal(0, fit.RmsError, 1e-6 * gain);
        Assert.True(fit.LargestError >= fit.RmsError);
    }

    [Fact]
    public void No_other_line_is_nearer()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int n = random.Next(3, 30);
            double[] drives = [.. Enumerable.Range(0, n).Select(_ => 1e3 * random.NextDouble()).Order()];
            double bend = 1e3 * random.NextDouble(), noise = 100 * random.NextDouble();
            double[] rates = [.. drives.Select(I => Math.Max(0, Math.Sqrt(Math.Max(0, I - bend)) * 10 + noise * (random.NextDouble() - 0.5)))];
            if (rates.Count(rate => rate > 0) < 2)
                continue;
            ThresholdLinearFit fit = ThresholdLinearFit.Of(drives, rates);
            double Error(double gain, double onset) =>
                Math.Sqrt(drives.Zip(rates, (I, f) => Math.Pow(f - Math.Max(0, gain * (I - onset)), 2)).Sum() / n);

            double mean = drives.Average();
            bool rises = drives.Zip(rates, (I, f) => (I - mean) * f).Sum() > 0;
            Assert.Equal(Error(fit.Gain, fit.Onset), fit.RmsError, 1e-12 * rates.Max());
            for (int trial = 0; trial < 3000; trial++)
            {
                // Far and near.
                double size = Math.Pow(10, -6 * random.NextDouble());
                double gain = trial % 2 == 0 ? random.NextDouble() : fit.Gain * (1 + size * (random.NextDouble() - 0.5));
                double onset = trial % 2 == 0 ? 3e3 * (random.NextDouble() - 0.6) : fit.Onset + 1e3 * size * (random.NextDouble() - 0.5);
                if (onset < drives[0] && !rises)
                    continue;
                Assert.True(Error(gain, onset) >= fit.RmsError * (1 - 1e-12), $"seed {seed}: {gain} from {onset} on is nearer than {fit}");
            }
        }
    }

    [Fact]
    public void Two_points_that_fire_make_the_line_through_them()
    {
        ThresholdLinearFit fit = ThresholdLinearFit.Of([0, 1, 2, 3], [0, 0, 10, 30]);
        Assert.Equal((20, 1.5), (fit.Gain, fit.Onset));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_line_needs_two_points_that_fire(int firing) =>
        Assert.Throws<ArgumentException>(() => ThresholdLinearFit.Of([1, 2, 3], firing == 0 ? [0, 0, 0] : [0, 0, 5]));

    [Fact]
    public void A_table_misses_a_parabola_by_the_square_of_its_spacing()
    {
        double[] drives = [.. Enumerable.Range(0, 11).Select(i => 0.5 * i)];
        CascadeFit fit = CascadeFit.Of(drives, [.. drives.Select(I => I * I)]);
        Assert.Equal(0.25, fit.InterpolationError, 1e-14);
        Assert.True(double.IsNaN(CascadeFit.Of([1, 2], [0, 3]).InterpolationError));
    }
}
