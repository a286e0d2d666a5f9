using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Models.Tests;

/// <summary>Models with noise against what is known of them: rates, and channels at a clamped voltage.</summary>
public class NoiseModelTests
{
    private const double Clamp = -30; // mV
    private const int Points = 4000;

    // Siegert's formula, evaluated in high precision: reference numbers of this project (LIF in white noise).
    [Theory]
    [InlineData(200, 1, 23.601976)]
    [InlineData(200, 5, 37.874511)]
    [InlineData(150, 5, 21.944456)]
    public void The_noisy_lif_fires_at_Siegerts_rate(double current_pA, double sigma_mV, double rate)
    {
        ModelCode code = ModelCode.Compile(ModelLibrary.Find("lif_noise")!, new Dictionary<string, double> { ["sigma"] = sigma_mV * 1e-3 }, ["I_app"]);
        PointTable table = new FIKernel(code, Settings("I_app", 10, 5e-5)).Points([.. Enumerable.Repeat(current_pA * 1e-12, 64)], []);
        double[] rates = [.. Enumerable.Range(0, 64).Select(i => table.Of("mean_rate", i))];
        double error = Math.Sqrt(Variance(rates) / 64);
        // The first interval begins at E_L, not at V_reset: at most a third of a spike more.
        Assert.InRange(rates.Average(), rate - 4 * error, rate + 4 * error + 0.033);
    }

    [Fact]
    public void Open_channels_at_a_clamped_voltage_are_binomial_and_relax_as_channels_do()
    {
        (double m, double h, double n, double rate_n) = Gates();
        double lag = 1e-3 / rate_n;
        double[][] open = Run("hodgkin_huxley_conductance_noise", lag, "S_31", "n_4");
        double[] sodium = [.. open[0].Where((_, i) => i % 2 == 0)], potassium = [.. open[1].Where((_, i) => i % 2 == 0)], later = [.. open[1].Where((_, i) => i % 2 == 1)];
        AssertBinomial(m * m * m * h, 6000, sodium);
        AssertBinomial(Math.Pow(n, 4), 1800, potassium);
        // Four independent gates that relax with the one rate.
        double expected = (Math.Pow(n * (n + (1 - n) * Math.Exp(-1)), 4) - Math.Pow(n, 8)) / 1800;
        double covariance = potassium.Zip(later, (a, b) => (a - potassium.Average()) * (b - later.Average())).Sum() / (Points - 1);
        Assert.Equal(1, covariance / expected, 4 * Math.Sqrt((1 + Math.Pow(Variance(potassium) / expected, 2)) / Points));
    }

    [Fact]
    public void Subunit_noise_has_the_noise_of_gates_and_less_than_that_of_channels()
    {
        (double m, double h, double n, _) = Gates();
        double[][] gates = Run("hodgkin_huxley_subunit_noise", 1e-3, "m", "h", "n");
        double[][] one = [.. gates.Select(row => row.Where((_, i) => i % 2 == 0).ToArray())];
        AssertBinomial(m, 6000, one[0]);
        AssertBinomial(h, 6000, one[1]);
        AssertBinomial(n, 1800, one[2]);
        // To first order in the noise, relative: 9 (1 − m)/(m N) + (1 − h)/(h N), where channels have (1 − m³h)/(m³h N).
        double open = m * m * m * h, variance = Variance([.. one[0].Zip(one[1], (a, b) => a * a * a * b)]);
        double expected = open * open * (9 * (1 - m) / m + (1 - h) / h) / 6000;
        Assert.Equal(1, variance / expected, 0.1);
        Assert.InRange(variance / (open * (1 - open) / 6000), 0.3, 0.5);
    }

    [Fact]
    public void Channel_noise_makes_the_squid_axon_fire_below_threshold_and_a_large_area_quiet()
    {
        // Without noise it is silent below 6 uA/cm^2.
        double Rate(string model, string area)
        {
            ModelCode code = ModelCode.Compile(ModelLibrary.Find(model)!, new Dictionary<string, double> { ["area"] = SweepEngine.Models.Tests.Run.SI(area) }, ["I_app"]);
            PointTable table = new FIKernel(code, Settings("I_app", 1, 1e-5)).Points([.. Enumerable.Repeat(0.02, 16)], []);
            return Enumerable.Range(0, 16).Average(i => table.Of("mean_rate", i));
        }

        double channels = Rate("hodgkin_huxley_conductance_noise", "100 um^2"), gates = Rate("hodgkin_huxley_subunit_noise", "100 um^2");
        Assert.InRange(channels, 10, 40);
        Assert.InRange(gates, 0.01, 0.5 * channels);
        Assert.InRange(Rate("hodgkin_huxley_conductance_noise", "10000 um^2"), 0, 0.2);
    }

    [Fact]
    public void The_squid_axon_fires_by_itself_as_often_as_with_single_channels()
    {
        ModelCode code = ModelCode.Compile(ModelLibrary.Find("hodgkin_huxley_conductance_noise")!, new Dictionary<string, double>(), ["I_app"]);
        PointTable table = new FIKernel(code, Settings("I_app", 1, 1e-5)).Points(new double[64], []);
        double rate = Enumerable.Range(0, 64).Average(i => table.Of("mean_rate", i));
        const double seconds = 12;
        int spikes = new SingleChannels(new Random(1)).Spikes(seconds);
        // Four standard deviations of so many irregular spikes.
        Assert.InRange(spikes, rate * seconds - 4 * Math.Sqrt(rate * seconds), rate * seconds + 4 * Math.Sqrt(rate * seconds));
        Assert.InRange(rate, 8, 13);
    }

    // The same membrane, 100 um² of it, with every channel counted: in each hundredth of a millisecond so many of a state's channels go each way.
    private sealed class SingleChannels(Random random)
    {
        private const double Step = 0.01; // ms

        private readonly int[,] _sodium = new int[4, 2];
        private readonly int[] _potassium = new int[5];

        public int Spikes(double seconds)
        {
            // All shut at first; the first 50 ms do not count.
            (_sodium[0, 1], _potassium[0]) = (6000, 1800);
            double u = 0;
            int spikes = 0;
            bool above = false;
            for (int i = -5000; i < seconds * 1000 / Step; i++)
            {
                double alpha_m = 0.1 * Linear((25 - u) / 10) * 10, beta_m = 4 * Math.Exp(-u / 18), alpha_h = 0.07 * Math.Exp(-u / 20), beta_h = 1 / (Math.Exp((30 - u) / 10) + 1);
                double alpha_n = 0.01 * Linear((10 - u) / 10) * 10, beta_n = 0.125 * Math.Exp(-u / 80);
                for (int h = 0; h < 2; h++)
                {
                    for (int m = 0; m < 3; m++)
                        Exchange(ref _sodium[m, h], ref _sodium[m + 1, h], (3 - m) * alpha_m, (m + 1) * beta_m);
                }

                for (int m = 0; m < 4; m++)
                    Exchange(ref _sodium[m, 0], ref _sodium[m, 1], alpha_h, beta_h);
                for (int n = 0; n < 4; n++)
                    Exchange(ref _potassium[n], ref _potassium[n + 1], (4 - n) * alpha_n, (n + 1) * beta_n);
                u -= Step * (120 * _sodium[3, 1] / 6000.0 * (u - 115) + 36 * _potassium[4] / 1800.0 * (u + 12) + 0.3 * (u - 10.613));
                if (i >= 0 && u > 45 && !above)
                    spikes++;
                above = u > 45;
            }

            return spikes;
        }

        // x/(e^x − 1)
        private static double Linear(double x) => Math.Abs(x) < 1e-6 ? 1 - x / 2 : x / (Math.Exp(x) - 1);

        private void Exchange(ref int a, ref int b, double forward, double back)
        {
            int to = Binomial(a, forward * Step), fro = Binomial(b, back * Step);
            a += fro - to;
            b += to - fro;
        }

        // By inversion where few succeed, else by the normal approximation.
        private int Binomial(int trials, double p)
        {
            double mean = trials * p;
            if (mean > 20)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                return Math.Clamp((int)Math.Round(mean + Math.Sqrt(mean * (1 - p)) * normal), 0, trials);
            }

            double probability = Math.Pow(1 - p, trials), left = random.NextDouble();
            int count = 0;
            while (left > probability && count < trials)
            {
                left -= probability;
                count++;
                probability *= p / (1 - p) * (trials - count + 1) / count;
            }

            return count;
        }
    }

    private static void AssertBinomial(double probability, int number, double[] found)
    {
        double variance = probability * (1 - probability) / number;
        Assert.Equal(probability, found.Average(), 4 * Math.Sqrt(variance / found.Length));
        Assert.Equal(1, Variance(found) / variance, 4 * Math.Sqrt(2.0 / found.Length));
    }

    private static double Variance(double[] x) => x.Sum(each => Math.Pow(each - x.Average(), 2)) / (x.Length - 1);

    // Steady gates at the clamped voltage, and the rate at which n relaxes [1/ms]; Hodgkin and Huxley's table 3.
    private static (double M, double H, double N, double RateOfN) Gates()
    {
        double u = Clamp + 65;
        double alpha_m = 0.1 * (25 - u) / (Math.Exp((25 - u) / 10) - 1), beta_m = 4 * Math.Exp(-u / 18);
        double alpha_h = 0.07 * Math.Exp(-u / 20), beta_h = 1 / (Math.Exp((30 - u) / 10) + 1);
        double alpha_n = 0.01 * (10 - u) / (Math.Exp((10 - u) / 10) - 1), beta_n = 0.125 * Math.Exp(-u / 80);
        return (alpha_m / (alpha_m + beta_m), alpha_h / (alpha_h + beta_h), alpha_n / (alpha_n + beta_n), alpha_n + beta_n);
    }

    // Variables after 20 ms and a lag later, of all points; so large a capacitance holds the voltage. Area 100 um²: 6000 and 1800 channels.
    private static double[][] Run(string name, double lag, params string[] variables)
    {
        Findings findings = new();
        ModelDefinition model = ModelReader.Read(
            ModelLibrary.Text(name).Replace("{start: -65 mV", $"{{start: {Clamp} mV", StringComparison.Ordinal), name, findings)!;
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double> { ["C_m"] = 1e12 }, ["I_app"]);
        return new FIKernel(code, Settings("I_app", 20e-3 + lag, 1e-5)).Traces(new double[Points], [], new TraceSettings(2, k => 20e-3 + k * lag, variables));
    }

    private static FISettings Settings(string drive, double duration, double step) => new(
        drive, new CourseStimulus(new Number(0), new Number(duration), new Number(duration)), 1e-6, 1, step);
}
