using System.Numerics;
using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

/// <summary>The closed form of the leaky integrate-and-fire neuron, against exact arithmetic and against simulation.</summary>
public class LinearNeuronTests
{
    private const double C_m = 100e-12, g_L = 10e-9, E_L = -70e-3, V_th = -50e-3, V_reset = -80e-3;

    [Fact]
    public void Rates_equal_the_closed_form_to_1e9_from_below_rheobase_to_far_above()
    {
        // 10,000 points: rheobase to the last bit and its neighbours, then ever coarser to both sides.
        double rheobase = g_L * (V_th - E_L);
        List<double> drives = [rheobase, 0, -1e-10];
        for (double below = rheobase, above = rheobase; drives.Count < 2003;)
        {
            drives.Add(below = Math.BitDecrement(below));
            drives.Add(above = Math.BitIncrement(above));
        }

        for (int i = drives.Count; i < 10_000; i++)
        {
            double distance = rheobase * Math.Pow(10, -14 + 16.0 * (i - 2003) / 7997);
            drives.Add(i % 5 == 0 ? rheobase - distance : rheobase + distance);
        }

        double[] tau_ref = [0, 2e-3, 10e-3];
        double[] parameters = [.. drives.SelectMany((drive, i) => new[] { tau_ref[i % 3], drive })];
        PointTable points = Kernel(["tau_ref", "I_app"]).Points(parameters, []);
        Assert.Equal(10_000, drives.Count);
        for (int i = 0; i < drives.Count; i++)
        {
            double expected = Rate(drives[i], tau_ref[i % 3]);
            Assert.Equal(PointStatus.Ok, points.Status[i]);
            Assert.Equal("closed_form", points.Method[i]);
            Assert.True(Math.Abs(points.Rate[i] - expected) <= 1e-9 * expected,
                $"I_app {drives[i]:R} A, {drives[i] / rheobase - 1:E2} above rheobase: {points.Rate[i]:R} Hz for {expected:R} Hz");
        }
    }

    [Theory]
    // f = 1/(tau_ref + tau_m ln(...)), analytic; shared reference numbers of the project.
    [InlineData("240 pA", "0 ms", 46.727527)]
    [InlineData("240 pA", "2 ms", 42.733834)]
    [InlineData("400 pA", "0 ms", 109.135667)]
    [InlineData("400 pA", "2 ms", 89.582397)]
    public void Rates_agree_with_published_digits(string I_app, string tau_ref, double rate)
    {
        PointTable points = Kernel(["tau_ref", "I_app"]).Points([Neuron.SI(tau_ref), Neuron.SI(I_app)], []);
        Assert.Equal(rate, points.Rate[0], 5e-7);
    }

    [Fact]
    public void All_measures_agree_with_the_simulation_of_the_same_neuron()
    {
        // The second variable does nothing but keep the closed form away, and as it does not relax exponentially, all other ways but the general integrator.
        ModelDefinition simulated = Neuron.Read(SweepEngine.Models.ModelLibrary.Text("lif")
            .Replace("equations: |\n", "equations: |\n  dx/dt = -x^2/(1 s)\n", StringComparison.Ordinal)
            .Replace("states:\n", "states:\n  x: {start: 0, unit: 1}\n", StringComparison.Ordinal));
        double[] parameters = [.. Enumerable.Range(0, 60).SelectMany(i => new[] { i % 4 * 1e-3, 185e-12 + 15.1e-12 * i })];
        var settings = new FISettings("I_app", new StepStimulus(0.5), 1e-8);
        PointTable closed = new FIKernel(Neuron.Code("lif", ["tau_ref", "I_app"]), settings).Points(parameters, []);
        PointTable integrated = new FIKernel(Neuron.Code(simulated, ["tau_ref", "I_app"]), settings).Points(parameters, []);
        Assert.All(closed.Method, method => Assert.Equal("closed_form", method));
        Assert.All(integrated.Method, method => Assert.Equal("dop853", method));
        for (int m = 0; m < PointMeasures.Numbers.Count; m++)
        {
            for (int i = 0; i < 60; i++)
            {
                double expected = closed.Numbers[m][i], found = integrated.Numbers[m][i];
                Assert.True(double.IsNaN(expected) == double.IsNaN(found) && !(Math.Abs(found - expected) > 1e-8 * Math.Max(1, Math.Abs(expected))),
                    $"{PointMeasures.Numbers[m].Name} of point {i}: simulated {found:R}, closed form {expected:R}");
            }
        }
    }

    [Fact]
    public void Only_a_neuron_that_is_linear_between_reset_and_threshold_has_the_closed_form()
    {
        string lif = SweepEngine.Models.ModelLibrary.Text("lif");
        foreach ((string old, string @new) in new[]
        {
            ("+ I_app", "+ I_app + 1 nS*(V_m - E_L)^2/(1 mV)"), // not linear
            ("+ I_app", "+ I_app + 1 pA*heaviside(V_m - E_L)"), // not linear, though its derivative is constant
            ("+ I_app", "+ I_app*sin(t/(1 ms))"), // depends on time
            ("reset: V_m = V_reset", "reset: V_m = V_m - 30 mV"), // depends on the state
            ("hold: [V_m]", "hold: []"), // goes on during the refractory period
        })
        {
            Assert.Contains(old, lif, StringComparison.Ordinal);
            ModelCode code = Neuron.Code(Neuron.Read(lif.Replace(old, @new, StringComparison.Ordinal)), ["I_app"]);
            PointTable points = new FIKernel(code, new FISettings("I_app", new StepStimulus(0.1), 1e-4)).Points([3e-10], []);
            Assert.Equal("dopri5", points.Method[0]);
        }
    }

    private static FIKernel Kernel(string[] swept) =>
        new(Neuron.Code("lif", swept), new FISettings("I_app", new StepStimulus(1), 1e-6));

    // The differences exactly, as rational numbers of the doubles that the kernel sees; then one division and one logarithm.
    private static double Rate(double I_app, double tau_ref)
    {
        (BigInteger Value, int Exponent) atThreshold = Drift(I_app, V_th), atReset = Drift(I_app, V_reset);
        if (atThreshold.Value.Sign <= 0)
        {
            return 0;
        }

        double ratio = Quotient(atReset, atThreshold);
        // ln(1 + x) where the ratio is near 1; the difference of the drifts is exact as well.
        (BigInteger, int) difference = (atReset.Value - atThreshold.Value, atThreshold.Exponent);
        double log = ratio < 2 ? LogOnePlus(Quotient(difference, atThreshold)) : Math.Log(ratio);
        return 1 / (tau_ref + C_m / g_L * log);
    }

    private static double LogOnePlus(double x) => x < 1e-4 ? x * (1 - x * (0.5 - x / 3)) : Math.Log(1 + x);

    // g_L (E_L − V) + I_app, times 2^-exponent.
    private static (BigInteger Value, int Exponent) Drift(double I_app, double V)
    {
        const int Exponent = -2200;
        BigInteger leak = Integer(g_L, -1100) * (Integer(E_L, -1100) - Integer(V, -1100));
        return (leak + (Integer(I_app, -1100) << 1100), Exponent);
    }

    private static BigInteger Integer(double value, int exponent)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int power = (int)(bits >> 52 & 0x7FF);
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFFL) | (power == 0 ? 0 : 1L << 52);
        return (value < 0 ? -mantissa : mantissa) << (Math.Max(power, 1) - 1075 - exponent);
    }

    private static double Quotient((BigInteger Value, int Exponent) a, (BigInteger Value, int Exponent) b) =>
        (double)((a.Value << 200) / b.Value) / Math.Pow(2, 200);
}
