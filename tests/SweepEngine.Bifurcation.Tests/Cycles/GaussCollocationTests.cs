namespace SweepEngine.Bifurcation.Tests;

public class GaussCollocationTests
{
    [Fact]
    public void Polynomials_of_degree_4_are_taken_as_they_are()
    {
        double[] values = [.. GaussCollocation.Places.Select(Polynomial)];
        Assert.Equal(Polynomial(1), Sum(GaussCollocation.End), 1e-13);
        Assert.Equal(-2, Sum(GaussCollocation.SlopeAtStart), 1e-12);
        Assert.Equal(24 * 0.7, Sum(GaussCollocation.Fourth), 1e-10);
        Assert.Equal(Polynomial(0.3), Sum(GaussCollocation.At(0.3)), 1e-13);
        for (int point = 0; point < GaussCollocation.Stages; point++)
        {
            Assert.Equal(Slope(GaussCollocation.Places[point + 1]), Sum(GaussCollocation.Slopes.AsSpan(point * GaussCollocation.Nodes, GaussCollocation.Nodes).ToArray()), 1e-12);
        }

        Assert.Equal([1, -2, 3, 0.5, 0.7], Enumerable.Range(0, 5).Select(power => Sum(GaussCollocation.Powers[(power * 5)..((power * 5) + 5)])), (a, b) => Math.Abs(a - b) < 1e-11);

        double Sum(double[] weights) => weights.Zip(values).Sum(pair => pair.First * pair.Second);
        static double Polynomial(double x) => 1 - (2 * x) + (3 * x * x) + (0.5 * x * x * x) + (0.7 * x * x * x * x);
        static double Slope(double x) => -2 + (6 * x) + (1.5 * x * x) + (2.8 * x * x * x);
    }

    [Fact]
    public void Period_and_multiplier_have_order_8()
    {
        // r' = r·(p − r²), θ' = 2 + r²: period 2π/(2 + p), multiplier e^(−2·p·period).
        SmoothSystem system = CycleModels.Of("x1*(p - x1^2 - x2^2) - x2*(2 + x1^2 + x2^2)", "x2*(p - x1^2 - x2^2) + x1*(2 + x1^2 + x2^2)");
        const double p = 0.8, period = 2e-3 * Math.PI / (2 + p);
        double multiplier = Math.Exp(-2e3 * p * period);
        (double Period, double Multiplier)[] errors = [.. new[] { 6, 12, 24 }.Select(Errors)];
        Assert.InRange(errors[2].Period, 1e-15, 1e-9);
        for (int i = 1; i < errors.Length; i++)
        {
            Assert.InRange(Math.Log2(errors[i - 1].Period / errors[i].Period), 7.5, 9);
            Assert.InRange(Math.Log2(errors[i - 1].Multiplier / errors[i].Multiplier), 7, 9.5);
        }

        (double Period, double Multiplier) Errors(int intervals)
        {
            CycleOrbit circle = CycleModels.Circle(system, p, Math.Sqrt(p), period * 1.05, 1).Orbit;
            CycleProfile profile = new(2, intervals) { Period = circle.Period, Drive = p }, tangent = new(2, intervals);
            Span<double> state = stackalloc double[2];
            for (int i = 0; i < intervals; i++)
            {
                for (int node = 0; node < GaussCollocation.Nodes; node++)
                {
                    circle.At((i + GaussCollocation.Places[node]) / intervals, state);
                    for (int k = 0; k < 2; k++)
                    {
                        (node == 0 ? ref profile.Starts[(k * intervals) + i] : ref profile.Points[(((k * intervals) + i) * 4) + node - 1]) = state[k];
                    }
                }
            }

            CycleTile tile = CycleTile.Make(system, intervals, 1);
            tile.SetCurve(0, [p], 0, 1);
            tile.Load(0, CycleGuess.Across(profile, null, CycleModels.Even(intervals), [0.5, 0.5]));
            for (int i = 0; i < 8; i++)
            {
                tile.Iterate();
            }

            Assert.True(tile.Change[0] < 1e-12);
            tile.Extract(0, profile, tangent);
            System.Numerics.Complex[] multipliers = new System.Numerics.Complex[1];
            Assert.True(tile.FindMultipliers(0, multipliers, out double trivial));
            Assert.Equal(1, trivial, 1e-2);
            return (Math.Abs((profile.Period / period) - 1), System.Numerics.Complex.Abs(multipliers[0] - multiplier));
        }
    }
}
