using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

/// <summary>Random numbers in starts and events, and events at random times. Seeds are fixed, so that nothing here is left to chance.</summary>
public class RandomDrawsTests
{
    private const string Poisson =
        """
        model: poisson
        voltage: n
        equations: dn/dt = 0 Hz
        events: {input: {rate: r*(1 + depth*sin(2*pi*f*t)), do: n += 1}}
        states: {n: {start: 0, unit: 1}}
        parameters: {r: {default: 40 Hz}, depth: {default: 0}, f: {default: 0.75 Hz}}
        """;

    [Theory]
    [InlineData("0", 40)]
    [InlineData("1", 40 * (1 + 0.21220659078919378))] // mean of 1 + sin(2 pi 0.75 t) over a second: (1 - cos(1.5 pi))/(1.5 pi)
    public void Counts_of_random_events_are_those_of_a_Poisson_process(string depth, double mean)
    {
        const int Points = 3000;
        PointTable points = Run(Poisson, "r", Points, 40, depth: depth);
        double[] counts = [.. Enumerable.Range(0, Points).Select(i => points.Of("voltage_at_end", i))];
        // Standard errors of mean and variance; four of them are passed once in 16,000 seeds.
        Assert.InRange(counts.Average(), mean - 4 * Math.Sqrt(mean / Points), mean + 4 * Math.Sqrt(mean / Points));
        double variance = counts.Sum(n => (n - counts.Average()) * (n - counts.Average())) / (Points - 1);
        Assert.InRange(variance / mean, 1 - 4 * Math.Sqrt(2.0 / Points), 1 + 4 * Math.Sqrt(2.0 / Points));

        // Chi-square over the counts, with both tails taken together.
        int low = (int)(mean - 2.5 * Math.Sqrt(mean)), high = (int)(mean + 2.5 * Math.Sqrt(mean));
        double chiSquare = 0, rest = 1;
        int inTails = Points;
        for (int n = low; n <= high; n++)
        {
            double probability = Math.Exp(n * Math.Log(mean) - mean - Enumerable.Range(1, n).Sum(k => Math.Log(k)));
            int seen = counts.Count(each => each == n);
            chiSquare += (seen - Points * probability) * (seen - Points * probability) / (Points * probability);
            rest -= probability;
            inTails -= seen;
        }

        chiSquare += (inTails - Points * rest) * (inTails - Points * rest) / (Points * rest);
        int degrees = high - low + 1;
        Assert.InRange(chiSquare, degrees - 4 * Math.Sqrt(2 * degrees), degrees + 4 * Math.Sqrt(2 * degrees));
        Assert.All(points.Status, status => Assert.Equal(PointStatus.Ok, status));
    }

    [Fact]
    public void Events_of_one_model_are_independent()
    {
        // The difference of two Poisson counts has the sum of their variances.
        const int Points = 3000;
        PointTable points = Run(Poisson.Replace("events: {", "events: {other: {rate: r, do: n -= 1}, ", StringComparison.Ordinal), "r", Points, 40);
        double[] counts = [.. Enumerable.Range(0, Points).Select(i => points.Of("voltage_at_end", i))];
        Assert.InRange(counts.Average(), -4 * Math.Sqrt(80.0 / Points), 4 * Math.Sqrt(80.0 / Points));
        Assert.InRange(counts.Average(n => n * n) / 80, 1 - 4 * Math.Sqrt(2.0 / Points), 1 + 4 * Math.Sqrt(2.0 / Points));
    }

    [Fact]
    public void A_rate_that_is_a_state_gives_as_many_events_as_its_integral()
    {
        // Each event excites itself: r = r_0 + a, a += b at each, falling with tau. The mean of a Hawkes process is r_0/(1 − b tau) when stationary.
        const string Hawkes =
            """
            model: hawkes
            voltage: n
            equations: |
              dn/dt = 0 Hz
              da/dt = -a/tau
            events: {event: {rate: r_0 + a, do: "n += 1\na += b"}}
            states: {n: {start: 0, unit: 1}, a: {start: r_0, unit: Hz}}
            parameters: {r_0: {default: 20 Hz}, b: {default: 25 Hz}, tau: {default: 20 ms}}
            """;
        const int Points = 3000;
        PointTable points = Run(Hawkes, "r_0", Points, 20);
        // Variance of the counts over long times: m/(1 − b tau)² = 4 m.
        double found = Enumerable.Range(0, Points).Average(i => points.Of("voltage_at_end", i));
        Assert.InRange(found, 40 - 4 * Math.Sqrt(4 * 40.0 / Points), 40 + 4 * Math.Sqrt(4 * 40.0 / Points));
    }

    [Fact]
    public void Random_spikes_at_a_constant_rate_have_exponential_intervals_after_the_refractory_period()
    {
        const string Escape =
            """
            model: escape
            equations: dV_m/dt = (E_L - V_m)/tau
            spike: {rate: r, reset: V_m = E_L, refractory: {for: tau_ref, hold: [V_m]}}
            states: {V_m: {start: E_L, unit: mV}}
            parameters: {r: {default: 100 Hz}, E_L: {default: -65 mV}, tau: {default: 10 ms}, tau_ref: {default: 0 ms}}
            """;
        PointTable points = Run(Escape, "r", 50, 100, end: 20);
        double[] rates = [.. Enumerable.Range(0, 50).Select(i => points.Of("mean_rate", i))];
        Assert.InRange(rates.Average(), 100 - 4 * Math.Sqrt(100 / 1000.0), 100 + 4 * Math.Sqrt(100 / 1000.0));
        Assert.InRange(Enumerable.Range(0, 50).Average(i => points.Of("ISI_CV", i)), 0.98, 1.02);
    }

    [Fact]
    public void Draws_have_the_moments_of_their_distributions()
    {
        const string Model =
            """
            model: draws
            voltage: LOOK
            equations: |
              du/dt = 0 Hz
              dz/dt = 0 Hz
              db/dt = 0 Hz
              dc/dt = 0 Hz
            events: {draw: {at: 0.5 s, do: "u = uniform()\nz += normal()\nb = binomial(n, p)\nc = binomial(n, 1 - p)"}}
            states: {u: {start: 0, unit: 1}, z: {start: normal(), unit: 1}, b: {start: 0, unit: 1}, c: {start: 0, unit: 1}}
            parameters: {n: {default: 10}, p: {default: 0.3}}
            """;
        const int Points = 8000;
        double[] n = [10, 1, 2500, 10_000];
        foreach (double trials in n)
        {
            foreach ((string state, double mean, double variance) in new[]
            {
                ("u", 0.5, 1.0 / 12), ("z", 0, 2.0), ("b", 0.3 * trials, 0.21 * trials), ("c", 0.7 * trials, 0.21 * trials),
            })
            {
                PointTable points = Run(Model.Replace("LOOK", state, StringComparison.Ordinal), "n", Points / (trials > 100 ? 4 : 1), trials);
                double[] values = [.. Enumerable.Range(0, points.Status.Length).Select(i => points.Of("voltage_at_end", i))];
                double error = Math.Sqrt(variance / values.Length);
                Assert.InRange(values.Average(), mean - 4 * error, mean + 4 * error);
                double found = values.Sum(x => (x - values.Average()) * (x - values.Average())) / (values.Length - 1);
                Assert.InRange(found / variance, 1 - 4 * Math.Sqrt(3.0 / values.Length), 1 + 4 * Math.Sqrt(3.0 / values.Length));
                Assert.Equal(state is "b" or "c", values.All(x => x == Math.Floor(x)));
            }
        }
    }

    [Theory]
    [InlineData(0, 0.5, PointStatus.Ok)]
    [InlineData(10_000, 1, PointStatus.Ok)]
    [InlineData(5, 0, PointStatus.Ok)]
    [InlineData(10_001, 0.5, PointStatus.InvalidParameters)]
    [InlineData(2.5, 0.5, PointStatus.InvalidParameters)]
    [InlineData(-1, 0.5, PointStatus.InvalidParameters)]
    [InlineData(double.NaN, 0.5, PointStatus.InvalidParameters)]
    [InlineData(5, 1.0000001, PointStatus.InvalidParameters)]
    [InlineData(5, -0.1, PointStatus.InvalidParameters)]
    [InlineData(5, double.NaN, PointStatus.InvalidParameters)]
    public void A_binomial_number_needs_a_whole_number_of_trials_and_a_probability(double trials, double probability, PointStatus status)
    {
        const string Model =
            """
            model: release
            equations: dx/dt = 0 Hz
            events: {release: {at: 10 ms, do: "x = binomial(n, p)"}}
            states: {x: {start: 0, unit: 1}}
            parameters: {n: {default: 10}, p: {default: 0.3}}
            """;
        var kernel = new FIKernel(Neuron.Code(Neuron.Read(Model), ["p", "n"]), new FISettings("n", CourseTests.Times(0, 0.1, 0.1), 1e-6));
        PointTable points = kernel.Points([probability, trials, 1, 7], []);
        Assert.Equal([status, PointStatus.Ok], points.Status);
        Assert.Equal(7, points.Of("voltage_at_end", 1));
        if (status == PointStatus.Ok)
        {
            Assert.Equal(trials * probability, points.Of("voltage_at_end", 0), probability == 0.5 ? trials / 2 : 0);
        }
    }

    [Fact]
    public void Random_points_have_the_same_bits_at_every_width_and_in_every_order()
    {
        const string Model =
            """
            model: all
            equations: |
              dV_m/dt = (E_L - V_m + R_in*I_app + w)/tau
              dw/dt = -w/tau
            spike: {when: V_m > V_th, reset: "V_m = E_L + 2 mV*normal()", refractory: {for: 1 ms*(1 - 0), hold: [V_m]}}
            events:
              input: {rate: 300 Hz + 100 Hz*sin(2*pi*t/(50 ms)), do: "w += 5 mV*binomial(4, 0.5)"}
              pulse: {at: 20 ms, every: 30 ms, do: "w += 10 mV*uniform()"}
            states: {V_m: {start: E_L + 5 mV*uniform(), unit: mV}, w: {start: 0 mV, unit: mV}}
            parameters: {I_app: {default: 100 pA}, R_in: {default: 100 Mohm}, tau: {default: 10 ms}, E_L: {default: -65 mV}, V_th: {default: -50 mV}}
            """;
        ModelDefinition model = Neuron.Read(Model);
        double[] drives = [.. Enumerable.Range(0, 150).Select(i => 1e-12 * i)];
        PointTable wide = Points(8, drives, []);
        Assert.True(wide.SpikeCount.Distinct().Count() > 5);
        Assert.Equal(wide.Numbers, Points(4, drives, []).Numbers);
        Assert.Equal(wide.Numbers, Points(1, drives, []).Numbers);

        long[] keys = [.. Enumerable.Range(0, 150).Select(i => (long)i)];
        double[][] backwards = Points(8, [.. drives.Reverse()], [.. keys.Reverse()]).Numbers;
        Assert.Equal(wide.Numbers, backwards.Select(row => row.Reverse().ToArray()));
        double[][] end = Points(8, drives[100..], keys[100..]).Numbers;
        Assert.Equal(wide.Numbers.Select(row => row[100..]), end);

        // The index of the point and the seed decide, not the parameters.
        double[][] other = Points(8, drives[100..], []).Numbers, seeded = Points(8, drives[100..], keys[100..], seed: 2).Numbers;
        Assert.NotEqual(end, other);
        Assert.NotEqual(end, seeded);

        PointTable Points(int width, double[] values, long[] keys, long seed = 1) => new FIKernel(
            ModelCode.Compile(model, new Dictionary<string, double>(), ["I_app"], width),
            new FISettings("I_app", CourseTests.Times(0, 0.2, 0.25), 1e-6, seed)).Points(values, [], keys);
    }

    [Fact]
    public void A_frequent_random_event_costs_a_few_steps()
    {
        PointTable points = Run(Poisson, "r", 64, 2000);
        double events = Enumerable.Range(0, 64).Sum(i => points.Of("voltage_at_end", i));
        Assert.InRange(points.Steps, events, 2.5 * events + 64 * 150);
    }

    [Fact]
    public void A_random_model_has_no_steady_rate_and_no_rheobase()
    {
        ModelCode code = Neuron.Code(Neuron.Read(Poisson.Replace("events:", "spike: {when: n > 5}\nevents:", StringComparison.Ordinal)), ["r"]);
        Assert.Throws<ArgumentException>(() => new FIKernel(code, new FISettings("r", new StepStimulus(1), 1e-6)));
        var kernel = new FIKernel(code, new FISettings("r", CourseTests.Times(0, 1, 1), 1e-6));
        Assert.Throws<ArgumentException>(() => kernel.Curves([1, 10], kernel.Points([1, 10], []), 2, rheobase: true));
    }

    private static PointTable Run(string yaml, string drive, int points, double value, string? depth = null, double end = 1)
    {
        (string, string)[] parameters = depth is null ? [] : [("depth", depth)];
        return new FIKernel(Neuron.Code(Neuron.Read(yaml), [drive], parameters), new FISettings(drive, CourseTests.Times(0, end, end), 1e-5))
            .Points([.. Enumerable.Repeat(value, points)], []);
    }
}
