using Xunit.Abstractions;

namespace SweepEngine.Lanes.Tests;

/// <summary>Largest error of each function against the multiple-precision reference, in units in the last place.</summary>
public class AccuracyTests(ITestOutputHelper output)
{
    private const int PointsPerRegion = 3000;

    /// <summary>The bounds that the documentation of LaneMath states.</summary>
    [Theory]
    [InlineData("Exp", 1)]
    [InlineData("Expm1", 0.7)]
    [InlineData("Exprel", 0.6)]
    [InlineData("Exprelr", 0.6)]
    [InlineData("Log", 0.8)]
    [InlineData("Log1p", 0.9)]
    [InlineData("Pow", 0.7)]
    [InlineData("Sin", 0.8)]
    [InlineData("Cos", 0.8)]
    [InlineData("Tan", 0.9)]
    [InlineData("Sinh", 0.6)]
    [InlineData("Cosh", 0.6)]
    [InlineData("Tanh", 0.6)]
    public void A_function_is_as_accurate_as_documented(string name, double bound)
    {
        const double subnormalBound = 0.8;
        (double[] x, double[] y) = Arguments(name, new Random(20260701));
        double[] results = LaneFunctions.Evaluate(name, LaneWidths.Best, x, y);
        Func<double, double, Number> exact = Exact(name);
        (double Error, int At) worst = (0, 0);
        (double Error, int At) worstSubnormal = (0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            double error = exact(x[i], y[i]).ErrorInUlp(results[i]);
            ref (double Error, int At) largest = ref double.IsSubnormal(results[i]) ? ref worstSubnormal : ref worst;
            largest = error > largest.Error ? (error, i) : largest;
        }

        string found = Described(worst) + (worstSubnormal.Error > 0 ? "; subnormal: " + Described(worstSubnormal) : "") + $"; of {x.Length} arguments";
        output.WriteLine(found);
        Assert.True(worst.Error <= bound && worstSubnormal.Error <= subnormalBound, found);

        string Described((double Error, int At) point) =>
            $"{name}({x[point.At]:R}, {y[point.At]:R}) = {results[point.At]:R} is off by {point.Error:F3} ulp";
    }

    private static Func<double, double, Number> Exact(string name) => name switch
    {
        "Exp" => (x, _) => Reference.Exp(x),
        "Expm1" => (x, _) => Reference.Expm1(x),
        "Exprel" => (x, _) => Reference.Exprel(x),
        "Exprelr" => (x, _) => Number.Divide(1, Reference.Exprel(x), 200),
        "Log" => (x, _) => Reference.Log(x),
        "Log1p" => (x, _) => Reference.Log1p(x),
        "Pow" => Reference.Pow,
        "Sin" => (x, _) => Reference.Sin(x),
        "Cos" => (x, _) => Reference.Cos(x),
        "Tan" => (x, _) => Reference.Tan(x),
        "Sinh" => (x, _) => Reference.Sinh(x),
        "Cosh" => (x, _) => Reference.Cosh(x),
        "Tanh" => (x, _) => Reference.Tanh(x),
        _ => throw new ArgumentException(name),
    };

    private static (double[] X, double[] Y) Arguments(string name, Random random)
    {
        IEnumerable<Func<(double, double)>> regions = name switch
        {
            "Exp" => [Uniform(-1, 1), Uniform(-0.35, -0.25), Uniform(-1.05, -0.94), Uniform(-746, 710), Uniform(-745.2, -708), Uniform(709.7, 709.8), AnySize(-60, 9)],
            "Expm1" => [Uniform(-1, 1), Uniform(-60, 710), Uniform(-40, -34), Uniform(-0.35, 0.35), Uniform(-1.05, -0.34), Uniform(0.34, 1.05), Uniform(709.7, 709.8), AnySize(-1074, 5)],
            "Exprel" => [Uniform(-1, 1), Uniform(-60, 716), Uniform(-40, -34), Uniform(-0.35, 0.35), Uniform(-1.05, -0.34), Uniform(0.34, 1.05), Uniform(716.3, 716.4), AnySize(-1074, 5)],
            "Exprelr" => [Uniform(-1, 1), Uniform(-60, 750), Uniform(-60, 60), Uniform(-0.35, 0.35), Uniform(-1.05, -0.34), Uniform(0.34, 1.05), Uniform(700, 752), AnySize(-1074, 9), AnySize(-1, 16)],
            "Log" => [Uniform(0.5, 2), Uniform(0.7, 0.76), Uniform(1.4, 1.55), Uniform(0.999, 1.001), Around(1), Positive(AnySize(-1074, 1024)), Positive(AnySize(-1, 1))],
            "Log1p" => [Uniform(-0.5, 1), Uniform(-0.3, -0.24), Uniform(0.4, 0.55), Uniform(-1, -0.99), AboveMinusOne(AnySize(-1074, 0)), Positive(AnySize(-70, 1024)), Positive(AnySize(-60, 60))],
            "Sinh" or "Cosh" => [Uniform(-1, 1), Uniform(-710.5, 710.5), Uniform(-0.4, 0.4), Uniform(-3, 3), Uniform(710.4, 710.5), AnySize(-1074, 9)],
            "Tanh" => [Uniform(-1, 1), Uniform(-0.2, 0.2), Uniform(-3, 3), Uniform(-25, 25), AnySize(-1074, 5)],
            "Sin" or "Cos" or "Tan" => [Uniform(-0.8, 0.8), Uniform(-10, 10), AnySize(-40, 27), AnySize(27, 1024), NearQuarterTurns(1000), NearQuarterTurns(80_000_000), Uniform(-1e8, 1e8), AnySize(-1074, 0)],
            "Pow" => [ManyToSmallPowers(), FromResult(-745, 709.8), FromResult(-745.2, -708), FromResult(-1, 1), NearOneToLargePowers()],
            _ => throw new ArgumentException(name),
        };
        List<(double X, double Y)> points = [.. HardPoints(name)];
        foreach (Func<(double, double)> region in regions)
        {
            for (int i = 0; i < PointsPerRegion; i++)
            {
                points.Add(region());
            }
        }

        return ([.. points.Select(p => p.X)], [.. points.Select(p => p.Y)]);

        Func<(double, double)> Uniform(double from, double to) => () => (from + (to - from) * random.NextDouble(), 0);

        // Every magnitude from 2^from to 2^to is equally likely.
        Func<(double, double)> AnySize(int from, int to) => () => (RandomOfSize(from, to), 0);

        double RandomOfSize(int from, int to) =>
            Math.ScaleB(1 + random.NextDouble(), random.Next(from, to)) * (random.Next(2) == 0 ? 1 : -1);

        Func<(double, double)> Positive(Func<(double X, double Y)> region) => () => (Math.Abs(region().X), 0);

        Func<(double, double)> AboveMinusOne(Func<(double X, double Y)> region) => () => (Math.Max(region().X, -1 + Math.ScaleB(1, -53)), 0);

        Func<(double, double)> Around(double center) => () => (center + Math.ScaleB(random.Next(-1000, 1001), -52), 0);

        Func<(double, double)> NearQuarterTurns(int count) => () =>
            (BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(random.Next(1, count) * (Math.PI / 2)) + random.Next(-3, 4)), 0);

        Func<(double, double)> ManyToSmallPowers() => () => (Math.Abs(RandomOfSize(-40, 40)), RandomOfSize(-4, 4));

        // x of any size, and y such that ln x^y falls into the interval.
        Func<(double, double)> FromResult(double from, double to) => () =>
        {
            double x = Math.Abs(random.Next(2) == 0 ? RandomOfSize(-1, 1) : RandomOfSize(-1070, 1024));
            return (x, (from + (to - from) * random.NextDouble()) / Math.Log(x));
        };

        Func<(double, double)> NearOneToLargePowers() => () =>
        {
            double x = 1 + RandomOfSize(-52, -3);
            return (x, 745 * (2 * random.NextDouble() - 1) / Math.Log(x));
        };
    }

    /// <summary>Arguments at which a shortcut in range reduction or rounding shows.</summary>
    private static IEnumerable<(double X, double Y)> HardPoints(string name) => name switch
    {
        // 6381956970095103·2^797 is the double closest to a multiple of π/2 (its cosine is about 4.7e-19).
        "Sin" or "Cos" or "Tan" =>
        [
            (6381956970095103 * Math.ScaleB(1, 797), 0), (Math.PI, 0), (Math.PI / 2, 0), (-Math.PI / 2, 0), (1e22, 0), (double.MaxValue, 0),
            (134217728, 0), (Math.BitIncrement(134217728), 0), (-134217729.5, 0),
        ],
        "Exp" => [(-745.1332191019411, 0), (709.782712893384, 0), (-708.3964185322641, 0), (double.Epsilon, 0)],
        "Log" => [(double.Epsilon, 0), (double.MaxValue, 0), (Math.BitDecrement(1), 0), (Math.BitIncrement(1), 0)],
        "Pow" => [(10, 308), (10, -323), (2, 1023.5), (2, -1074), (0.5, 1074.5), (-3, 33), (-2, -1073), (1.0000000000000002, 3.1e18)],
        _ => [],
    };
}
