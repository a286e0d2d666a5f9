using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

/// <summary>Orders of convergence along given paths of the noise, against exact solutions or a much finer step.</summary>
public class NoisyStepperTests
{
    private const int Lanes = NoisyTile.Lanes, Finest = 1 << 10;

    private const string Geometric = """
        model: geometric_brownian_motion
        equations: dX/dt = mu*X + sigma*X*xi/sqrt(tau)
        states: {X: {start: 1, unit: 1}}
        parameters:
          mu: {default: 0.5 Hz}
          sigma: {default: 0.8}
          tau: {default: 1 s}
        """;

    // Additive noise whose intensity and drift depend on time, acting on a second equation through a nonlinear drift.
    private const string Additive = """
        model: driven_pair
        equations: |
          dX/dt = (sin(2*pi*t/(1 s)) - X + 0.5*Y^2)/(1 s) + a*(1 + t/(1 s))*xi_1/sqrt(tau)
          dY/dt = (X - Y^3)/(0.5 s) + a*xi_2/sqrt(tau)
        states: {X: {start: 0, unit: 1}, Y: {start: 1, unit: 1}}
        parameters: {a: {default: 0.7}, tau: {default: 1 s}}
        """;

    // The noises of these do not commute: which comes first makes a difference.
    private const string LevyArea = """
        model: levy_area
        equations: |
          dX/dt = a*xi_1/sqrt(tau)
          dY/dt = a*X*xi_2/sqrt(tau)
        states: {X: {start: 0, unit: 1}, Y: {start: 0, unit: 1}}
        parameters: {a: {default: 1}, tau: {default: 1 s}}
        """;

    // Each noise acts on one state and depends on that state alone; a third state couples them.
    private const string Diagonal = """
        model: diagonal
        equations: |
          dX/dt = (Z - X)/(1 s) + a*sqrt(1 + X^2)*xi_1/sqrt(tau)
          dY/dt = (Z - Y)/(1 s) + a*(2 + sin(Y))*xi_2/sqrt(tau)
          dZ/dt = (X*Y - Z)/(1 s)
        states: {X: {start: 0, unit: 1}, Y: {start: 0, unit: 1}, Z: {start: 0, unit: 1}}
        parameters: {a: {default: 0.6}, tau: {default: 1 s}}
        """;

    // The error of order 3/2 of additive noise is that of a curved drift; here it is all there is.
    private const string Curved = """
        model: curved
        equations: |
          dX/dt = a*xi/sqrt(tau)
          dY/dt = X^2/tau
        states: {X: {start: 0, unit: 1}, Y: {start: 0, unit: 1}}
        parameters: {a: {default: 1}, tau: {default: 1 s}}
        """;

    [Theory]
    [InlineData(Curved, "sra1")]
    [InlineData(Geometric, "milstein")]
    [InlineData(Additive, "sra1")]
    [InlineData(LevyArea, "euler_maruyama")]
    [InlineData(Diagonal, "milstein")]
    public void The_method_is_the_best_that_the_noise_allows(string model, string method) =>
        Assert.Equal(method, new NoiseCode(Neuron.Code(Neuron.Read(model), [])).MethodText);

    [Theory]
    [InlineData(Curved, 1.5)]
    [InlineData(Diagonal, 1.0)]
    [InlineData(LevyArea, 0.5)]
    public void Paths_converge_with_the_strong_order(string model, double order)
    {
        ModelCode code = Neuron.Code(Neuron.Read(model), []);
        double[] errors = new double[4];
        for (int seed = 0; seed < 8; seed++)
        {
            double[] exact = End(code, 1, seed);
            for (int k = 0; k < errors.Length; k++)
                errors[k] += End(code, 16 << k, seed).Zip(exact, (a, b) => (a - b) * (a - b)).Sum();
        }

        AssertOrder(order, [.. errors.Select(Math.Sqrt)], 0.12);
    }

    [Fact]
    public void Geometric_Brownian_motion_is_met_with_strong_order_1()
    {
        ModelCode code = Neuron.Code(Neuron.Read(Geometric), []);
        double[] errors = new double[4];
        for (int seed = 0; seed < 8; seed++)
        {
            double[] exact = [.. Final(seed).Select(w => Math.Exp(0.5 - 0.5 * 0.8 * 0.8 + 0.8 * w))];
            for (int k = 0; k < errors.Length; k++)
                errors[k] += End(code, 8 << k, seed).Zip(exact, (a, b) => (a - b) * (a - b)).Sum();
        }

        AssertOrder(1, [.. errors.Select(Math.Sqrt)], 0.12);
    }

    [Fact]
    public void The_second_moment_of_geometric_Brownian_motion_is_met_with_weak_order_1()
    {
        // The means of scheme and solution over the same paths: their difference has a far smaller variance than either.
        ModelCode code = Neuron.Code(Neuron.Read(Geometric), []);
        double[] errors = new double[3];
        for (int seed = 0; seed < 400; seed++)
        {
            double[] exact = [.. Final(seed, 64).Select(w => Math.Exp(0.5 - 0.5 * 0.8 * 0.8 + 0.8 * w))];
            for (int k = 0; k < errors.Length; k++)
                errors[k] += End(code, 4 << k, seed, 64).Zip(exact, (a, b) => a * a - b * b).Sum();
        }

        AssertOrder(1, [.. errors.Select(Math.Abs)], 0.25);
    }

    [Fact]
    public void Additive_noise_is_met_with_weak_order_2()
    {
        ModelCode code = Neuron.Code(Neuron.Read(Additive), []);
        double[] errors = new double[3];
        for (int seed = 0; seed < 200; seed++)
        {
            double[] exact = End(code, 1, seed, 256);
            for (int k = 0; k < errors.Length; k++)
                errors[k] += End(code, 8 << k, seed, 256).Zip(exact, (a, b) => a * a - b * b).Sum();
        }

        AssertOrder(2, [.. errors.Select(Math.Abs)], 0.4);
    }

    // The error at step 2h over that at h, for all neighbours, against 2^order.
    private static void AssertOrder(double order, double[] errors, double tolerance)
    {
        double measured = Math.Log2(errors[^1] / errors[0]) / (errors.Length - 1);
        Assert.True(Math.Abs(measured - order) <= tolerance, $"order {measured:f3} instead of {order}; errors {string.Join(", ", errors.Select(e => e.ToString("g4")))}");
    }

    private static (int Seed, int Finest, double[][] Normals) _made;

    // Noise of a path of one second in so many steps, per lane; two noises.
    private static double[][] Noise(int seed, int finest)
    {
        if (_made.Seed == seed && _made.Finest == finest)
            return _made.Normals;
        Random random = new(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        _made = (seed, finest, [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, finest * Lanes).Select(_ => Normal()).ToArray())]);
        return _made.Normals;
    }

    private static double[] Final(int seed, int finest = Finest)
    {
        double[][] noise = Noise(seed, finest);
        return [.. Enumerable.Range(0, Lanes).Select(lane => Enumerable.Range(0, finest).Sum(i => noise[0][i * Lanes + lane]) / Math.Sqrt(finest))];
    }

    // All states at 1 s, of all lanes, with so many of the finest steps in one.
    private static double[] End(ModelCode code, int steps, int seed, int finest = Finest)
    {
        NoiseCode noise = new(code);
        NoisyStepper stepper = NoisyStepper.Create(new NoisyStepper.Problem(code, noise, 0, 0, 1), code.LaneWidth);
        int states = code.Model.States.Count;
        NoisyTile tile = new(states, 0, noise);
        code.Start.Evaluate(tile.Time, tile.State, tile.Parameter, tile.State, Lanes, 0, Lanes);
        noise.Intensity.Evaluate(tile.Time, tile.State, tile.Parameter, tile.Intensity, Lanes, 0, Lanes);
        double[][] normals = Noise(seed, finest);
        double h = 1.0 / finest, root = Math.Sqrt(h);
        for (int first = 0; first < finest; first += steps)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                tile.Step[lane] = steps * h;
                tile.Time[lane] = first * h;
                tile.EndTime[lane] = (first + steps) * h;
                tile.StageTime[lane] = first * h + (noise.Method == NoiseMethod.Sra1 ? 0.75 : 1) * steps * h;
                for (int k = 0; k < noise.Noises; k++)
                {
                    double wiener = 0, area = 0;
                    for (int i = first; i < first + steps; i++)
                    {
                        double increment = root * normals[2 * k][i * Lanes + lane], other = root * normals[2 * k + 1][i * Lanes + lane];
                        area += wiener + 0.5 * (increment + other / Math.Sqrt(3));
                        wiener += increment;
                    }

                    tile.Wiener[k * Lanes + lane] = wiener;
                    tile.Area[k * Lanes + lane] = area / steps;
                }
            }

            stepper.Advance(tile, Lanes);
            tile.EndState.CopyTo(tile.State, 0);
        }

        return tile.State;
    }
}
