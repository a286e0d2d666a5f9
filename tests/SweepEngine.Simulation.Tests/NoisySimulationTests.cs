using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Simulation.Tests;

public class NoisySimulationTests
{
    // The neuron of the reference numbers: mu and sigma are mean and standard deviation of the free membrane potential.
    private const string Lif = """
        model: lif
        equations: dV_m/dt = (mu - V_m)/tau_m + sigma*sqrt(2/tau_m)*xi
        spike: {when: V_m > V_th, reset: V_m = V_reset, refractory: {for: tau_ref, hold: [V_m]}}
        states: {V_m: {start: V_reset, unit: mV}}
        parameters:
          mu: {default: -50 mV}
          sigma: {default: 2 mV}
          tau_m: {default: 10 ms}
          V_th: {default: -50 mV}
          V_reset: {default: -80 mV}
          tau_ref: {default: 2 ms}
        """;

    private static readonly ModelDefinition Neuron50 = Neuron.Read(Lif);

    // Siegert's formula, evaluated twice in high precision: reference numbers of this project (LIF in white noise).
    [Theory]
    [InlineData(-50, 1, 23.601976)]
    [InlineData(-50, 2, 28.205250)]
    [InlineData(-50, 5, 37.874511)]
    [InlineData(-55, 2, 3.291822)]
    [InlineData(-55, 5, 21.944456)]
    public void The_rate_of_a_noisy_lif_is_Siegerts(double mu, double sigma, double rate)
    {
        PointTable table = Run(Neuron50, [mu * 1e-3, sigma * 1e-3], 64, duration: 20, step: 5e-5);
        double mean = Column(table, "mean_rate").Average(), error = Spread(Column(table, "mean_rate"));
        // Four standard errors, and what the step leaves: 0.1 % (measured below). The first interval begins at reset, so there is no transient but 1/2 spike.
        Assert.True(Math.Abs(mean - rate) <= 4 * error + 1e-3 * rate + 0.5 / 20, $"{mean} ± {error} Hz instead of {rate}");
        Assert.All(table.Method, method => Assert.Equal("sra1", method));
        Assert.All(table.Status, status => Assert.Equal(PointStatus.Ok, status));
    }

    [Fact]
    public void The_bridge_takes_the_bias_of_the_step_away()
    {
        double rate = 37.874511;
        double Bias(double step, bool bridge)
        {
            PointTable table = Run(Neuron50, [-50e-3, 5e-3], 256, 20, step, bridge: bridge);
            return Column(table, "mean_rate").Average() / rate - 1;
        }

        // Without it, crossings within steps are missed, and the rate falls with the root of the step. Statistical error: 0.1 %.
        (double coarse, double fine) = (Bias(4e-4, bridge: false), Bias(1e-4, bridge: false));
        Assert.InRange(coarse, -0.12, -0.05);
        Assert.InRange(coarse / fine, 1.6, 2.5);
        Assert.InRange(Bias(4e-4, bridge: true), -0.005, 0.005);
    }

    [Fact]
    public void The_free_membrane_potential_has_the_variance_of_the_process()
    {
        ModelDefinition passive = Neuron.Read(Lif.Replace("spike:", "#"));
        double[] ends = Column(Run(passive, [-50e-3, 5e-3], 20_000, duration: 0.1, step: 1e-3), "voltage_at_end");
        double mean = ends.Average(), variance = ends.Sum(v => (v - mean) * (v - mean)) / (ends.Length - 1);
        double left = Math.Exp(-0.1 / 10e-3);
        Assert.Equal(-50e-3 - 30e-3 * left, mean, 4 * 5e-3 / Math.Sqrt(ends.Length));
        // With a step of a tenth of the time constant, z = 0.1, the scheme's own stationary variance is off by z²/6.
        Assert.Equal(1 - 0.01 / 6, variance / 25e-6, 4 * Math.Sqrt(2.0 / ends.Length));
        double skewness = ends.Average(v => Math.Pow((v - mean) / 5e-3, 3));
        Assert.Equal(0, skewness, 4 * Math.Sqrt(6.0 / ends.Length));
    }

    [Fact]
    public void Intervals_vary_as_those_of_a_first_passage_do()
    {
        // Coefficient of variation by the second moment of the first passage (N. Brunel, J. Comput. Neurosci. 8 (2000) 183, eq. A.5), without refractory period:
        // CV² = 2π (ν tau_m)² ∫_{y_r}^{y_th} e^{x²} dx ∫_{−∞}^x e^{y²} (1 + erf y)² dy.
        double sigma = 5e-3 * Math.Sqrt(2);
        double expected = VariationOf((-80e-3 + 52e-3) / sigma, (-50e-3 + 52e-3) / sigma);
        PointTable table = Run(Neuron50, [-52e-3, 5e-3, 0], 64, duration: 40, step: 5e-5, swept: ["mu", "sigma", "tau_ref"]);
        double[] found = Column(table, "ISI_CV");
        Assert.Equal(expected, found.Average(), 4 * Spread(found) + 2e-3);
    }

    [Fact]
    public void Every_width_order_and_company_gives_the_same_bits()
    {
        const int count = 150;
        double[] parameters = [.. Enumerable.Range(0, count).SelectMany(i => new[] { -60e-3 + 1e-4 * i, 1e-3 + 3e-5 * i })];
        long[] keys = [.. Enumerable.Range(0, count).Select(i => 1000L + 7 * i)];
        long[][] expected = Bits(parameters, keys, 8);
        foreach (int width in (int[])[4, 1])
            Assert.Equal(expected, Bits(parameters, keys, width));
        int[] order = [.. Enumerable.Range(0, count).Reverse()];
        long[][] backwards = Bits([.. order.SelectMany(i => parameters[(2 * i)..(2 * i + 2)])], [.. order.Select(i => keys[i])], 8);
        Assert.Equal(expected, backwards.Reverse());
        Assert.Equal(expected[40..43], Bits(parameters[80..86], keys[40..43], 8));

        static long[][] Bits(double[] parameters, long[] keys, int width)
        {
            ModelCode code = ModelCode.Compile(Neuron50, new Dictionary<string, double>(), ["mu", "sigma"], width);
            PointTable table = new FIKernel(code, Settings(1, 1e-4)).Points(parameters, [], keys);
            return [.. Enumerable.Range(0, keys.Length).Select(i => table.Numbers.Select(row => BitConverter.DoubleToInt64Bits(row[i])).ToArray())];
        }
    }

    [Theory]
    [InlineData("hodgkin_huxley_subunit_noise")]
    [InlineData("hodgkin_huxley_conductance_noise")]
    public void Every_width_gives_the_same_bits_with_noise_that_depends_on_states(string model)
    {
        double[] drives = [.. Enumerable.Range(0, 13).Select(i => 0.01 * i)];
        long[][] expected = Bits(8);
        Assert.Equal(expected, Bits(4));
        Assert.Equal(expected, Bits(1));

        long[][] Bits(int width)
        {
            ModelCode code = ModelCode.Compile(ModelLibrary.Find(model)!, new Dictionary<string, double>(), ["I_app"], width);
            PointTable table = new FIKernel(code, Settings(0.05, 1e-5) with { Drive = "I_app" }).Points(drives, []);
            Assert.All(table.Status, status => Assert.Equal(PointStatus.Ok, status));
            return [.. table.Numbers.Select(row => row.Select(BitConverter.DoubleToInt64Bits).ToArray())];
        }
    }

    [Fact]
    public void Seeds_and_keys_make_other_paths()
    {
        double[] one = Column(Run(Neuron50, [-50e-3, 5e-3], 8, 1, 1e-4), "voltage_at_end"), other = Column(Run(Neuron50, [-50e-3, 5e-3], 8, 1, 1e-4, seed: 2), "voltage_at_end");
        Assert.Equal(16, one.Concat(other).Distinct().Count());
    }

    // A passive membrane in noise, and everything that can happen beside spikes: Poisson input, a random start, input at known times, a
    // condition with a refractory period. The means are known.
    private const string Eventful = """
        model: eventful
        equations: |
          dV_m/dt = -V_m/tau_m + sigma*sqrt(2/tau_m)*xi
          dN/dt = 0*N/tau_m
          dK/dt = 0*K/tau_m
          dU/dt = 0*U/tau_m
        events:
          input:
            rate: nu
            do: |
              V_m += a
              N += 1
          clock: {at: 5 ms, every: 10 ms, until: 500 ms, do: K += 1}
          high:
            when: V_m > theta
            do: |
              V_m = -25 mV
              U += 1
            refractory: {for: 2 ms, hold: [V_m]}
        states:
          V_m: {start: normal()*sigma, unit: mV}
          N: {start: 0, unit: 1}
          K: {start: 0, unit: 1}
          U: {start: 0, unit: 1}
        voltage: V_m
        parameters:
          mu: {default: 0 mV}
          sigma: {default: 2 mV}
          tau_m: {default: 10 ms}
          a: {default: 1 mV}
          nu: {default: 200 Hz}
          theta: {default: 1000 mV}
        """;

    [Fact]
    public void Events_happen_in_noise_as_without_it()
    {
        const int repeats = 4000;
        ModelCode code = Neuron.Code(Neuron.Read(Eventful), ["mu"]);
        FIKernel kernel = new(code, Settings(0.2, 5e-4));
        double[] parameters = new double[repeats];
        PointTable table = kernel.Points(parameters, []);
        Assert.All(table.Status, status => Assert.Equal(PointStatus.Ok, status));
        double[][] last = kernel.Traces(parameters, [], new TraceSettings(2, k => 0.2 * k, ["V_m", "N", "K"]));
        double[] start = [.. last[0].Where((_, i) => i % 2 == 0)], voltage = [.. last[0].Where((_, i) => i % 2 == 1)], count = [.. last[1].Where((_, i) => i % 2 == 1)];
        // Start: normal. Inputs: Poisson of mean and variance nu·t = 40. Potential: mean nu a tau = 2 mV, variance sigma² + nu a² tau/2 (Campbell).
        Assert.Equal(4e-6, start.Average(v => v * v), 4 * 4e-6 * Math.Sqrt(2.0 / repeats));
        Assert.Equal(40, count.Average(), 4 * Math.Sqrt(40.0 / repeats));
        Assert.Equal(40, Variance(count), 4 * 40 * Math.Sqrt(2.0 / repeats));
        Assert.Equal(2e-3, voltage.Average(), 4 * Math.Sqrt(5e-6 / repeats));
        Assert.Equal(5e-6, Variance(voltage), 5 * 5e-6 * Math.Sqrt(2.0 / repeats));
        Assert.All(last[2].Where((_, i) => i % 2 == 1), k => Assert.Equal(20, k));
    }

    [Fact]
    public void A_condition_in_noise_comes_true_like_a_spike()
    {
        // The neuron above at mu = −55 mV, sigma = 2 mV, its potential counted from mu, its spike an event.
        ModelCode code = Neuron.Code(Neuron.Read(Eventful), ["mu"], ("theta", "5 mV"), ("nu", "0 Hz"));
        double[] counts = new FIKernel(code, Settings(20, 1e-4)).Traces(new double[256], [], new TraceSettings(2, i => 20 * i, ["U"]))[0];
        double[] rates = [.. counts.Where((_, i) => i % 2 == 1).Select(count => count / 20)];
        Assert.Equal(3.291822, rates.Average(), 4 * Spread(rates) + 0.5 / 20 * 0.2);
    }

    private static double Variance(double[] x) => x.Sum(each => Math.Pow(each - x.Average(), 2)) / (x.Length - 1);

    internal static FISettings Settings(double duration, double step, long seed = 1) => new(
        "mu", new CourseStimulus(new Number(0), new Number(duration), new Number(duration)), 1e-6, seed, step);

    private static PointTable Run(
        ModelDefinition model, double[] point, int repeats, double duration, double step, long seed = 1, bool bridge = true, string[]? swept = null)
    {
        ModelCode code = Neuron.Code(model, swept ?? ["mu", "sigma"]);
        double[] parameters = [.. Enumerable.Repeat(point, repeats).SelectMany(each => each)];
        return new FIKernel(code, Settings(duration, step, seed), bridge).Points(parameters, []);
    }

    private static double[] Column(PointTable table, string measure) => [.. Enumerable.Range(0, table.Status.Length).Select(i => table.Of(measure, i))];

    private static double Spread(double[] x) => Math.Sqrt(x.Sum(each => Math.Pow(each - x.Average(), 2)) / (x.Length - 1) / x.Length);

    // By Simpson's rule; erf by its series or continued fraction is that of the normal distribution.
    private static double VariationOf(double from, double to)
    {
        const int n = 2000;
        double Inner(double x)
        {
            // e^{y²}(1 + erf y)² falls like e^{−y²}/(π y²) far below.
            double low = Math.Min(x, 0) - 6;
            return Simpson(y => Math.Exp(y * y) * Math.Pow(2 * Normal(y * Math.Sqrt(2)), 2), low, x, 400);
        }

        double second = Simpson(x => Math.Exp(x * x) * Inner(x), from, to, n);
        double first = Simpson(x => Math.Exp(x * x) * 2 * Normal(x * Math.Sqrt(2)), from, to, n);
        // ν τ = 1/(√π ∫ e^{x²}(1 + erf x) dx)
        return Math.Sqrt(2 * Math.PI * second / (Math.PI * first * first));
    }

    private static double Simpson(Func<double, double> f, double a, double b, int n)
    {
        double h = (b - a) / n, sum = f(a) + f(b);
        for (int i = 1; i < n; i++)
            sum += (i % 2 == 1 ? 4 : 2) * f(a + i * h);
        return sum * h / 3;
    }

    private static double Normal(double x)
    {
        if (x > 0)
            return 1 - Normal(-x);
        if (x > -3)
        {
            double term = x, sum = x;
            for (int k = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); k++)
                sum += term *= x * x / (2 * k + 1);
            return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        }

        double fraction = -x;
        for (int k = 60; k > 0; k--)
            fraction = -x + k / fraction;
        return Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) / fraction;
    }
}
