using Xunit;

namespace SweepEngine.Lanes.Tests;

public class PhiloxLanesTests
{
    private const int Many = 1 << 18;

    private static readonly Lazy<double[]> Deviates = new(() => Normals(Many / 2, seed: 20_240_611, pointStep: 0, stepStep: 1));

    [Fact]
    public void Every_width_gives_the_words_of_single_draws()
    {
        Random random = new(1);
        long[] points = [.. Enumerable.Range(0, 256).Select(_ => random.NextInt64())], steps = [.. Enumerable.Range(0, 256).Select(_ => random.NextInt64(1L << 48))];
        long seed = random.NextInt64();
        foreach (int width in LaneWidths.All)
        {
            Numbers work = new(seed, 77, points, steps);
            LaneWidths.Run(width, ref work);
            for (int i = 0; i < points.Length; i++)
            {
                (ulong first, ulong second) = Philox.Draw(seed, points[i], 77, steps[i]);
                Assert.Equal((first, second), (BitConverter.DoubleToUInt64Bits(work.First[i]), BitConverter.DoubleToUInt64Bits(work.Second[i])));
                Assert.Equal(Philox.Uniform(first), work.Uniform[i]);
                Assert.Equal(Philox.NormalPair((first, second)), (work.Cosine[i], work.Sine[i]));
            }
        }
    }

    [Fact]
    public void Sine_and_cosine_of_turns_are_those_of_the_angle()
    {
        Random random = new(2);
        for (int i = 0; i < 20_000; i++)
        {
            double turns = (random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-60, 20)), part = turns - Math.Round(turns);
            Lane1 sine = LaneMath.SinCosOfTurns(Lane1.Broadcast(turns), out Lane1 cosine);
            Assert.Equal(Math.Sin(2 * Math.PI * part), sine.Value, 1e-15);
            Assert.Equal(Math.Cos(2 * Math.PI * part), cosine.Value, 1e-15);
        }
        Lane1 zero = LaneMath.SinCosOfTurns(Lane1.Broadcast(0.25), out Lane1 quarter);
        Assert.Equal((1.0, 0.0), (zero.Value, quarter.Value));
    }

    [Fact]
    public void Normal_deviates_are_what_the_formula_gives()
    {
        Random random = new(3);
        for (int i = 0; i < 20_000; i++)
        {
            (ulong first, ulong second) = ((ulong)random.NextInt64() << 1, (ulong)random.NextInt64() << 1);
            double radius = Math.Sqrt(-2 * Math.Log(Philox.Uniform(first))), angle = 2 * Math.PI * Philox.Uniform(second);
            (double cosine, double sine) = Philox.NormalPair((first, second));
            Assert.Equal(radius * Math.Cos(angle), cosine, 1e-14);
            Assert.Equal(radius * Math.Sin(angle), sine, 1e-14);
        }
        // The ends of the words.
        Assert.InRange(Philox.NormalPair((0, 0)).Cosine, 8.5, 8.6);
        Assert.Equal(0, Philox.NormalPair((ulong.MaxValue, 0)).Cosine, 2e-8);
    }

    [Fact]
    public void The_moments_are_those_of_the_normal_distribution()
    {
        double[] x = Deviates.Value;
        // Mean and variance of x^k of a normal deviate; five standard errors.
        foreach ((int power, double mean, double variance) in ((int, double, double)[])[(1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96), (6, 15, 10_170)])
            Assert.Equal(mean, x.Average(each => Math.Pow(each, power)), 5 * Math.Sqrt(variance / x.Length));
    }

    [Fact]
    public void The_distribution_is_the_normal_one()
    {
        double[] x = [.. Deviates.Value.Order()];
        double distance = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double below = NormalDistribution(x[i]);
            distance = Math.Max(distance, Math.Max(below - (double)i / x.Length, (i + 1.0) / x.Length - below));
        }
        // Kolmogorov–Smirnov: √n·D is above 1.95 once in a thousand samples. The sample is always the same.
        Assert.InRange(Math.Sqrt(x.Length) * distance, 0.2, 1.95);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(3.0)]
    [InlineData(4.0)]
    public void The_tails_are_as_heavy_as_they_must_be(double beyond)
    {
        double expected = Deviates.Value.Length * 2 * NormalDistribution(-beyond);
        Assert.Equal(expected, Deviates.Value.Count(x => Math.Abs(x) > beyond), 5 * Math.Sqrt(expected));
    }

    [Fact]
    public void Neighbours_of_any_kind_are_not_correlated()
    {
        double[] x = Deviates.Value;
        double[] otherPoint = Normals(Many / 2, 20_240_611, 0, 1, point: 1), otherStream = Normals(Many / 2, 20_240_611, 0, 1, stream: 1);
        double[] otherSeed = Normals(Many / 2, 20_240_612, 0, 1), alongPoints = Normals(Many / 2, 20_240_611, 1, 0);
        double limit = 5 / Math.Sqrt(x.Length);
        foreach (double[] other in (double[][])[otherPoint, otherStream, otherSeed])
        {
            Assert.Equal(0, Correlation(x, other), limit);
            Assert.Equal(0, Correlation([.. x.Select(each => each * each - 1)], [.. other.Select(each => each * each - 1)]), 3 * limit);
        }
        foreach (double[] row in (double[][])[x, alongPoints])
        {
            // The two of a pair, and those of neighbouring steps or points.
            foreach (int lag in (int[])[1, 2, 3, 16])
            {
                Assert.Equal(0, Correlation(row[..^lag], row[lag..]), limit);
                Assert.Equal(0, Correlation([.. row[..^lag].Select(each => each * each - 1)], [.. row[lag..].Select(each => each * each - 1)]), 3 * limit);
            }
        }
    }

    private static double Correlation(double[] x, double[] y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum / x.Length;
    }

    // The error function by its series, or for large arguments by its continued fraction.
    internal static double NormalDistribution(double x)
    {
        if (x > 0)
            return 1 - NormalDistribution(-x);
        if (x > -3)
        {
            double term = x, sum = x;
            for (int k = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); k++)
                sum += (term *= x * x / (2 * k + 1));
            return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        }
        double fraction = -x;
        for (int k = 60; k > 0; k--)
            fraction = -x + k / fraction;
        return Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) / fraction;
    }

    private static double[] Normals(int pairs, long seed, long pointStep, long stepStep, long point = 0, ushort stream = 0)
    {
        Numbers work = new(seed, stream, [.. Enumerable.Range(0, pairs).Select(i => point + i * pointStep)], [.. Enumerable.Range(0, pairs).Select(i => i * stepStep)]);
        LaneWidths.Run(LaneWidths.Best, ref work);
        return [.. Enumerable.Range(0, 2 * pairs).Select(i => i % 2 == 0 ? work.Cosine[i / 2] : work.Sine[i / 2])];
    }

    private readonly struct Numbers(long seed, ushort stream, long[] points, long[] steps) : ILaneWork
    {
        private readonly double[] _points = [.. points.Select(BitConverter.Int64BitsToDouble)], _steps = [.. steps.Select(BitConverter.Int64BitsToDouble)];

        public double[] First { get; } = new double[points.Length];

        public double[] Second { get; } = new double[points.Length];

        public double[] Uniform { get; } = new double[points.Length];

        public double[] Cosine { get; } = new double[points.Length];

        public double[] Sine { get; } = new double[points.Length];

        public void Run<T>() where T : struct, ILane<T>
        {
            for (int i = 0; i < First.Length; i += T.Width)
            {
                T first = PhiloxLanes.Draw(seed, T.Load(ref _points[i]), stream, T.Load(ref _steps[i]), out T second);
                T.Store(first, ref First[i]);
                T.Store(second, ref Second[i]);
                T.Store(PhiloxLanes.Uniform(first), ref Uniform[i]);
                T.Store(PhiloxLanes.NormalPair(first, second, out T sine), ref Cosine[i]);
                T.Store(sine, ref Sine[i]);
            }
        }
    }
}
