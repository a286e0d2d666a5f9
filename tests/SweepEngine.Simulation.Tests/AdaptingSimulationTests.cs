using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Simulation.Tests;

/// <summary>Integrate-and-fire neurons followed from spike to spike, against closed forms and against the general integrator.</summary>
public class AdaptingSimulationTests
{
    private static readonly string[] Swept = ["E_L", "V_reset", "E_K", "g_L", "tau_sra", "g_adapt", "tau_ref", "I_app"];

    // Adaptation by a current that relaxes to a value of its own, of which a spike keeps a part, and which is held together with the voltage.
    private const string Current = """
        model: lif_current
        equations: |
          dV_m/dt = (g_L*(E_L - V_m) - w + I_app)/C_m
          dw/dt   = (w_0 - w)/tau_w
        spike:
          when: V_m > V_th
          reset: |
            V_m = V_reset
            w = keep*w + b
          refractory: {for: tau_ref, hold: [V_m, w]}
        states:
          V_m: {start: E_L, unit: mV}
          w:   {start: 0 pA, unit: pA}
        parameters:
          C_m:     {default: 100 pF}
          g_L:     {default: 10 nS}
          E_L:     {default: -70 mV}
          V_th:    {default: -50 mV}
          V_reset: {default: -65 mV}
          w_0:     {default: 5 pA}
          tau_w:   {default: 100 ms}
          keep:    {default: 0.8}
          b:       {default: 20 pA}
          tau_ref: {default: 2 ms}
          I_app:   {default: 300 pA}
        """;

    private static readonly string[] SweptCurrent = ["V_reset", "w_0", "tau_w", "keep", "b", "tau_ref", "I_app"];

    [Fact]
    public void Without_adaptation_all_measures_are_those_of_the_closed_form()
    {
        string[] swept = ["E_L", "V_reset", "tau_ref", "I_app"];
        var random = new Random(2);
        double[] parameters =
        [
            .. Enumerable.Range(0, 300).SelectMany(i => new[]
            {
                -90e-3 + 39e-3 * random.NextDouble(), -90e-3 + 39e-3 * random.NextDouble(), i % 5 == 0 ? 0 : 10e-3 * random.NextDouble(), 1e-9 * random.NextDouble(),
            }),
        ];
        var settings = new FISettings("I_app", new StepStimulus(2), 1e-6);
        PointTable closed = new FIKernel(Neuron.Code("lif", swept), settings).Points(parameters, []);
        PointTable found = new FIKernel(Neuron.Code("lif_adapt", swept, ("g_adapt", "0 nS")), settings).Points(parameters, []);
        Assert.All(closed.Method, method => Assert.Equal("closed_form", method));
        Assert.All(found.Method.Zip(found.Rate), point => Assert.Equal(point.Second > 0 ? "return_map" : "exact", point.First));
        Assert.InRange(found.Rate.Count(rate => rate > 0), 100, 280);
        Compare(closed, found, parameters, swept, 1e-13);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_neurons_have_the_measures_that_the_general_integrator_finds(int seed)
    {
        double[] parameters = RandomNeurons(seed, 150);
        var settings = new FISettings("I_app", new StepStimulus(0.5), 1e-9);
        PointTable expected = new FIKernel(Neuron.Code("lif_adapt", Swept), settings, integrator: Integrator.Explicit).Points(parameters, []);
        PointTable found = new FIKernel(Neuron.Code("lif_adapt", Swept), settings with { Tolerance = 1e-10 }).Points(parameters, []);
        Assert.All(expected.Method, method => Assert.Equal("dop853", method));
        Compare(expected, found, parameters, Swept, 2e-8);
    }

    [Fact]
    public void Adaptation_may_be_a_current()
    {
        var random = new Random(4);
        double[] parameters =
        [
            .. Enumerable.Range(0, 150).SelectMany(_ => new[]
            {
                -80e-3 + 29e-3 * random.NextDouble(), 40e-12 * (random.NextDouble() - 0.5), 1e-3 * Math.Pow(10, 3 * random.NextDouble()), random.NextDouble(),
                300e-12 * (random.NextDouble() - 0.2), 0.5e-3 + 5e-3 * random.NextDouble(), 800e-12 * random.NextDouble(),
            }),
        ];
        var settings = new FISettings("I_app", new StepStimulus(0.5), 1e-9);
        PointTable expected = new FIKernel(Neuron.Code(Neuron.Read(Current), SweptCurrent), settings, integrator: Integrator.Explicit).Points(parameters, []);
        PointTable found = new FIKernel(Neuron.Code(Neuron.Read(Current), SweptCurrent), settings with { Tolerance = 1e-10 }).Points(parameters, []);
        Assert.All(expected.Method, method => Assert.Equal("dop853", method));
        Compare(expected, found, parameters, SweptCurrent, 2e-8);
    }

    [Fact]
    public void A_conductance_may_rise_many_times_within_a_step()
    {
        // From almost nothing to what is a hundred leaks: the series of the first steps converges more slowly than that of an exponential.
        ModelDefinition model = Neuron.Read(Replaced("= -g_sra/tau_sra", "= (g_rest - g_sra)/tau_sra").Replace("parameters:", "parameters:\n  g_rest: {default: 0 nS}", StringComparison.Ordinal));
        string[] swept = ["E_K", "g_L", "tau_sra", "g_rest", "g_adapt", "I_app"];
        var random = new Random(6);
        double[] parameters =
        [
            .. Enumerable.Range(0, 150).SelectMany(_ =>
            {
                double E_K = -80e-3 + 29e-3 * random.NextDouble(), g_L = 0.2e-9 + 1e-9 * random.NextDouble(), g_rest = 300e-9 * random.NextDouble();
                return new[]
                {
                    E_K, g_L, 20e-3 + 200e-3 * random.NextDouble(), g_rest, 2e-9 * random.NextDouble(), (25e-3 * g_L + (-50e-3 - E_K) * g_rest) * (1.1 + random.NextDouble()),
                };
            }),
        ];
        var settings = new FISettings("I_app", new StepStimulus(0.5), 1e-10);
        PointTable expected = new FIKernel(Neuron.Code(model, swept), settings, integrator: Integrator.Explicit).Points(parameters, []);
        PointTable found = new FIKernel(Neuron.Code(model, swept), settings).Points(parameters, []);
        Assert.All(found.Method, method => Assert.NotEqual("dopri5", method));
        Compare(expected, found, parameters, swept, 2e-8);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_width_gives_the_same_bits_in_any_order(bool rateAlone)
    {
        const int Count = 300;
        double[] parameters = RandomNeurons(5, Count);
        double[] reversed = [.. Enumerable.Range(0, Count).Reverse().SelectMany(i => parameters[(i * Swept.Length)..((i + 1) * Swept.Length)])];
        double[][] Numbers(int width, double[] points)
        {
            ModelCode code = ModelCode.Compile(ModelLibrary.Find("lif_adapt")!, new Dictionary<string, double>(), Swept, width);
            return new FIKernel(code, new FISettings("I_app", new StepStimulus(0.3), 1e-6) { RateAlone = rateAlone }).Points(points, []).Numbers;
        }

        double[][] wide = Numbers(8, parameters);
        Assert.Equal(wide, Numbers(4, parameters));
        Assert.Equal(wide, Numbers(1, parameters));
        Assert.Equal(wide, Numbers(8, reversed).Select(numbers => numbers.Reverse().ToArray()));
    }

    [Fact]
    public void A_transient_that_only_just_reaches_threshold_is_a_spike()
    {
        // A current that pulls the voltage up and dies out: at rheobase V_m touches V_th at a maximum, well inside a step.
        ModelDefinition model = Neuron.Read(Current.Replace("w:   {start: 0 pA", "w:   {start: w_start", StringComparison.Ordinal)
            .Replace("  tau_ref: {", "  w_start: {default: -1000 pA}\n  tau_ref: {", StringComparison.Ordinal));
        string[] swept = ["tau_w", "I_app"];
        double[] parameters = [.. Enumerable.Range(0, 8).SelectMany(i => new[] { -900e-12, 190e-12 }.SelectMany(I => new[] { 3e-3 + 0.7e-3 * i, I }))];
        double[] Rheobases(Integrator integrator, double tolerance)
        {
            var kernel = new FIKernel(Neuron.Code(model, swept), new FISettings("I_app", new StepStimulus(0.2), tolerance), integrator: integrator);
            CurveTable curves = kernel.Curves(parameters, kernel.Points(parameters, []), 2, rheobase: true);
            Assert.All(curves.RheobaseStatus, status => Assert.Equal(OnsetStatus.Found, status));
            return curves.Rheobase[0];
        }

        Assert.All(Rheobases(Integrator.Explicit, 1e-9).Zip(Rheobases(Integrator.Chosen, 1e-9)), rheobase => Assert.Equal(rheobase.First, rheobase.Second, 1e-17));
    }

    [Fact]
    public void Rheobase_and_onset_are_those_of_the_equations()
    {
        // At rest x is 0, so the first spike comes above g_L (V_th − E_L); steady firing, once it has begun, goes on there at ever longer intervals.
        ModelCode code = Neuron.Code("lif_adapt", ["g_adapt", "I_app"]);
        var kernel = new FIKernel(code, new FISettings("I_app", new StepStimulus(2), 1e-8));
        double[] parameters = [.. new[] { 0, 5e-9 }.SelectMany(g => Enumerable.Range(0, 11).SelectMany(i => new[] { g, i * 1e-10 }))];
        CurveTable curves = kernel.Curves(parameters, kernel.Points(parameters, []), 11, rheobase: true);
        Assert.All(curves.Rheobase[0], rheobase => Assert.Equal(250e-12, rheobase, 250e-12 * 1e-8));
        Assert.All(curves.Rheobase[3], onset => Assert.Equal(250e-12, onset, 250e-12 * 1e-8));
        Assert.All(curves.RheobaseStatus, status => Assert.Equal(OnsetStatus.Found, status));
    }

    [Fact]
    public void Only_a_neuron_whose_equations_have_the_form_is_followed_from_spike_to_spike()
    {
        foreach ((string old, string @new) in new[]
        {
            ("+ I_app)/C_m", "+ I_app + 1 nS*(V_m - E_L)^2/(1 mV))/C_m"), // not linear in V_m
            ("+ I_app)/C_m", "+ I_app + 1 pA*heaviside(V_m - E_L))/C_m"), // not linear, though its derivative is constant
            ("+ I_app)/C_m", "+ I_app + if(g_sra > 1 nS, 1 pA, 2 pA))/C_m"), // nor in g_sra
            ("+ I_app)/C_m", "+ I_app*sin(t/(1 ms)))/C_m"), // depends on time
            ("= -g_sra/tau_sra", "= -g_sra^2/tau_sra/(1 nS)"), // does not relax exponentially
            ("= -g_sra/tau_sra", "= -g_sra/tau_sra + 1 nS/(s*mV)*(V_m - E_L)"), // is driven by V_m
            ("V_m > V_th", "V_m > V_th + g_sra*(1 mV/(1 nS))"), // a threshold that moves
            ("V_m = V_reset", "V_m = V_m - 30 mV"), // a reset to no constant
            ("g_sra += g_adapt", "g_sra = g_sra^2/(1 nS)"), // a reset that is not linear
            ("hold: [V_m]", "hold: [g_sra]"), // V_m goes on during the refractory period
        })
        {
            ModelCode code = Neuron.Code(Neuron.Read(Replaced(old, @new)), ["I_app"]);
            PointTable points = new FIKernel(code, new FISettings("I_app", new StepStimulus(0.1), 1e-4)).Points([4e-10], []);
            Assert.True(points.Method[0] == "dopri5", $"{@new}: {points.Method[0]}");
        }

        foreach (string model in new[] { "lif_adapt", "lif_refractory" })
        {
            PointTable points = new FIKernel(Neuron.Code(model, ["I_app"]), new FISettings("I_app", new StepStimulus(0.5), 1e-6)).Points([5e-10], []);
            Assert.Equal("return_map", points.Method[0]);
        }
    }

    [Fact]
    public void Points_that_are_no_case_for_it_are_left_to_the_general_integrator()
    {
        // Start above threshold; reset above threshold, where spikes follow each other at once; and one in between that is a case.
        double[] parameters = [-40e-3, -80e-3, 400e-12, -75e-3, -80e-3, 400e-12, -75e-3, -45e-3, 400e-12];
        ModelCode code = Neuron.Code("lif_adapt", ["E_L", "V_reset", "I_app"], ("tau_ref", "0 ms"));
        PointTable points = new FIKernel(code, new FISettings("I_app", new StepStimulus(0.5), 1e-6)).Points(parameters, []);
        Assert.Equal(["dopri5", "return_map", "dopri5"], points.Method);
        Assert.Equal([PointStatus.Ok, PointStatus.Ok, PointStatus.EndlessSpike], points.Status);
    }

    private static string Replaced(string old, string @new)
    {
        string text = ModelLibrary.Text("lif_adapt");
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, @new, StringComparison.Ordinal);
    }

    // Far beyond what is physiological: adaptation that is weak, strong, fast, slow or depolarising (then with a refractory period, without which spikes come ever faster),
    // start below and above rheobase.
    private static double[] RandomNeurons(int seed, int count)
    {
        var random = new Random(seed);
        double Between(double low, double high) => low + (high - low) * random.NextDouble();
        return
        [
            .. Enumerable.Range(0, count).SelectMany(i => new[]
            {
                Between(-90e-3, -51e-3), Between(-90e-3, -51e-3), i % 4 == 0 ? Between(-60e-3, 20e-3) : Between(-100e-3, -60e-3), Between(1e-9, 30e-9),
                1e-3 * Math.Pow(10, Between(-1, 3)), i % 7 == 0 ? 0 : 1e-9 * Math.Pow(10, Between(-1, 2)), i % 3 == 0 && i % 4 != 0 ? 0 : Between(1e-3, 10e-3), Between(-200e-12, 1200e-12),
            }),
        ];
    }

    private static void Compare(PointTable expected, PointTable found, double[] parameters, string[] swept, double tolerance)
    {
        var wrong = new List<string>();
        for (int i = 0; i < expected.Status.Length; i++)
        {
            string point = string.Join(", ", swept.Select((name, k) => FormattableString.Invariant($"{name} {parameters[i * swept.Length + k]:R}")));
            if (expected.Status[i] == PointStatus.NotConverged && found.Status[i] == PointStatus.Ok && Math.Abs(expected.Rate[i] - found.Rate[i]) <= 1e-3 * found.Rate[i])
            {
                // The map needs fewer spikes.
                continue;
            }

            if (expected.Status[i] != found.Status[i])
            {
                wrong.Add($"{found.Status[i].Text()} ({found.Method[i]}, {found.Rate[i]} Hz) for {expected.Status[i].Text()} ({expected.Rate[i]} Hz) at {point}");
                continue;
            }

            for (int m = 0; m < expected.Measures.Count; m++)
            {
                double e = expected.Numbers[m][i], f = found.Numbers[m][i];
                if (double.IsNaN(e) != double.IsNaN(f) || Math.Abs(f - e) > tolerance * Math.Max(1, Math.Abs(e)))
                {
                    wrong.Add($"{expected.Measures[m].Name} {f:R} ({found.Method[i]}) for {e:R} ({Math.Abs(f - e):E1}) at {point}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences:\n{string.Join('\n', wrong.Take(25))}");
    }
}
