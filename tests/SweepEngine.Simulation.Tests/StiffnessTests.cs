using System.Diagnostics;
using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Simulation.Tests;

/// <summary>Which points the implicit method takes over, and that both methods agree.</summary>
public class StiffnessTests
{
    [Theory]
    [InlineData("hodgkin_huxley", "I_app", 0.3, 1e-3)]
    [InlineData("hodgkin_huxley", "I_app", 0.3, 1e-6)]
    [InlineData("adex", "I_app", 1e-9, 1e-3)]
    [InlineData("adex", "I_app", 1e-9, 1e-6)]
    [InlineData("izhikevich_2007", "I", 1e-9, 1e-4)]
    [InlineData("wang_buzsaki", "I_app", 0.05, 1e-4)]
    [InlineData("traub_miles", "I_app", 0.1, 1e-4)]
    [InlineData("lif_adapt", "I_app", 1e-9, 1e-4)]
    [InlineData("hodgkin_huxley", "I_app", 0.3, 1e-8)]
    [InlineData("adex", "I_app", 1e-9, 1e-8)]
    [InlineData("traub_miles", "I_app", 0.1, 1e-8)]
    public void What_is_not_stiff_stays_with_the_explicit_method(string model, string drive, double top, double tolerance)
    {
        FIKernel kernel = new(Neuron.Code(model, [drive]), new FISettings(drive, new StepStimulus(0.5, After: 0.1), tolerance));
        PointTable points = kernel.Points([.. Enumerable.Range(0, 40).Select(i => top * i / 39)], []);
        Assert.All(points.Method, method => Assert.Equal(tolerance > 1e-8 ? "dopri5" : "dop853", method));
    }

    [Fact]
    public void A_cable_of_many_short_compartments_is_left_to_the_implicit_method_and_gives_the_same_numbers()
    {
        FISettings settings = new("I_app", new StepStimulus(0.05, After: 0.01), 1e-5);
        double[] drives = [10e-12, 20e-12, 40e-12, 80e-12];
        ModelCode code = Cable(21, "l: 0.2 mm");
        PointTable chosen = new FIKernel(code, settings).Points(drives, []);
        PointTable slow = new FIKernel(code, settings, integrator: Integrator.Explicit).Points(drives, []);
        Assert.All(chosen.Method, method => Assert.Equal("rodas5p", method));
        Assert.All(slow.Method, method => Assert.Equal("dopri5", method));
        Assert.Equal(slow.Status, chosen.Status);
        Agree(slow, chosen, 1e-5);
        Assert.InRange(chosen.Steps, 0, slow.Steps / 5);
    }

    [Theory]
    [InlineData("hodgkin_huxley", "I_app", 0.2, 1e-7)]
    [InlineData("traub_miles", "I_app", 0.05, 1e-6)]
    [InlineData("adex", "I_app", 1e-9, 1e-6)]
    [InlineData("lif_adapt", "I_app", 1e-9, 1e-6)]
    [InlineData("connor_stevens", "I_app", 0.2, 1e-5)]
    public void Both_methods_agree_on_neurons_of_the_library(string model, string drive, double top, double tolerance)
    {
        FISettings settings = new(drive, new StepStimulus(0.2, Delay: 0.01, After: 0.05), tolerance);
        ModelCode code = Neuron.Code(model, [drive]);
        double[] drives = [.. Enumerable.Range(1, 12).Select(i => top * i / 12)];
        PointTable explicitly = new FIKernel(code, settings, integrator: Integrator.Explicit).Points(drives, []);
        PointTable implicitly = new FIKernel(code, settings, integrator: Integrator.Implicit).Points(drives, []);
        Assert.All(implicitly.Method, method => Assert.Equal("rodas5p", method));
        Assert.Equal(explicitly.Status, implicitly.Status);
        Agree(explicitly, implicitly, tolerance);
    }

    [Theory]
    [InlineData(1e-5, "dopri5")]
    [InlineData(1e-8, "dop853")]
    public void Fast_gates_make_the_squid_axon_stiff_and_change_little(double tolerance, string explicitMethod)
    {
        // Sodium activation a thousand times faster follows the voltage at once; the axon still fires.
        string text = ModelLibrary.Text("hodgkin_huxley");
        string equation = text.Split('\n').First(line => line.Contains("dm/dt", StringComparison.Ordinal));
        ModelDefinition model = Neuron.Read(text.Replace(equation, equation.Replace("= ", "= 1000*(", StringComparison.Ordinal) + ")", StringComparison.Ordinal));
        ModelCode code = Neuron.Code(model, ["I_app"]);
        FISettings settings = new("I_app", new StepStimulus(0.2), tolerance);
        double[] drives = [0.1, 0.2];
        PointTable chosen = new FIKernel(code, settings).Points(drives, []);
        PointTable slow = new FIKernel(code, settings, integrator: Integrator.Explicit).Points(drives, []);
        Assert.All(chosen.Method, method => Assert.Equal("rodas5p", method));
        Assert.All(slow.Method, method => Assert.Equal(explicitMethod, method));
        Assert.All(chosen.Rate, rate => Assert.InRange(rate, 20, 200));
        Agree(slow, chosen, tolerance);
    }

    [Fact]
    public void The_choice_is_made_point_by_point()
    {
        // The longer the compartments, the less stiff: with these lengths some points are and some are not.
        FISettings settings = new("I_app", new StepStimulus(0.02), 1e-4);
        ModelCode code = Cable(11, "", "l", "I_app");
        double[] parameters = [.. Enumerable.Range(0, 90).SelectMany(i => new[] { 0.1e-3 + (0.03e-3 * i), 200e-12 })];
        PointTable together = new FIKernel(code, settings).Points(parameters, []);
        Assert.Equal(["dopri5", "rodas5p"], together.Method.Distinct().Order());
        for (int first = 0; first < 90; first += 17)
        {
            int end = Math.Min(first + 17, 90);
            PointTable few = new FIKernel(code, settings).Points(parameters.AsSpan(2 * first, 2 * (end - first)), []);
            Assert.Equal(together.Method[first..end], few.Method);
            for (int m = 0; m < few.Numbers.Length; m++)
            {
                Assert.Equal(together.Numbers[m][first..end], few.Numbers[m]);
            }
        }

        foreach (int width in new[] { 4, 1 })
        {
            ModelCode other = ModelCode.Compile(code.Model, new Dictionary<string, double>(), ["l", "I_app"], width);
            PointTable same = new FIKernel(other, settings).Points(parameters, []);
            Assert.Equal(together.Method, same.Method);
            Assert.Equal(together.Numbers, same.Numbers);
        }
    }

    [Theory]
    [InlineData(101)]
    [InlineData(201)]
    public void A_finely_divided_cable_comes_to_the_closed_form_in_seconds(int compartments)
    {
        // Without spikes; steady after ten time constants of 20 ms.
        const double Length = 1e-3;
        double lambda = Math.Sqrt(2.0 / 1.5 * 2e-6 / 4);
        ModelCode code = Cable(compartments, "V_th: 1 V");
        FIKernel kernel = new(code, new FISettings("I_app", new StepStimulus(0.5), 1e-7));
        var settings = new TraceSettings(2, i => i * 0.5, ["V_1", $"V_{compartments}"]);
        long began = Stopwatch.GetTimestamp();
        double[][] V = kernel.Traces([50e-12], [], settings);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 20);
        double expected = ClosedForms.Find("cable_sealed")!.Evaluate(new Dictionary<string, double>
        {
            ["V_0"] = 1,
            ["x"] = Length,
            ["l"] = Length,
            ["lambda"] = lambda,
        })[0];
        double found = (V[1][1] + 0.07) / (V[0][1] + 0.07), dx = Length / (compartments - 1);
        // Compartments of length dx make an error of (dx/lambda)²/24 l/lambda tanh(l/lambda).
        double error = dx * dx / (lambda * lambda) / 24 * Length / lambda * Math.Tanh(Length / lambda);
        Assert.Equal(1 + error, found / expected, 0.1 * error);
    }

    [Fact]
    public void Traces_of_stiff_points_are_those_of_the_explicit_method()
    {
        FISettings settings = new("I_app", new StepStimulus(0.02, After: 0.01), 1e-6);
        ModelCode code = Cable(15, "l: 0.15 mm");
        var traces = new TraceSettings(301, i => i * 1e-4, ["V_1", "V_8", "V_15"]);
        double[][] chosen = new FIKernel(code, settings).Traces([0, 30e-12], [], traces);
        double[][] slow = new FIKernel(code, settings, integrator: Integrator.Explicit).Traces([0, 30e-12], [], traces);
        // Resets of 20 mV within less than that make up for the times of spikes.
        for (int v = 0; v < 3; v++)
        {
            for (int i = 0; i < chosen[v].Length; i++)
            {
                Assert.Equal(slow[v][i], chosen[v][i], 1e-7);
            }
        }
    }

    [Theory]
    [InlineData("0.3*t", "0.3*s")]
    [InlineData("if(t < 0.3 s, 0 s, 1 s)", "if(s < 0.3, 0, 1)")]
    [InlineData("1 s*sin(7*t/(1 s))", "sin")]
    public void Stiff_equations_follow_a_course_through_its_jumps(string course, string closed)
    {
        // dx/dt = k (u(t) − x) with k = 1e5/s: x follows u and lags by u'/k.
        string text = $$$"""
            model: follower
            voltage: x
            equations: dx/dt = k*(({{{course}}})/(1 s) - x)
            events: {jump: {at: 0.3 s}}
            states: {x: {start: 0, unit: 1}}
            parameters: {k: {default: 100 kHz}}
            """;
        const double K = 1e5;
        ModelCode code = Neuron.Code(Neuron.Read(text), ["k"]);
        var stimulus = new CourseStimulus(new Number(0), new Number(1), new Number(1));
        FIKernel kernel = new(code, new FISettings("k", stimulus, 1e-7));
        PointTable points = kernel.Points([K], []);
        Assert.Equal("rodas5p", points.Method[0]);
        double[] x = kernel.Traces([K], [], new TraceSettings(101, i => i * 0.01, ["x"]))[0];
        for (int i = 1; i <= 100; i++)
        {
            double t = 0.01 * i;
            double expected = closed switch
            {
                "sin" => ((K * K * Math.Sin(7 * t)) - (K * 7 * Math.Cos(7 * t))) / ((K * K) + 49),
                "0.3*s" => 0.3 * (t - (1 / K)),
                _ => t < 0.3001 ? 0 : 1,
            };
            Assert.Equal(expected, x[i], 1e-7);
        }

        double mean = closed switch { "sin" => (1 - Math.Cos(7)) / 7 - (Math.Sin(7) / K), "0.3*s" => 0.15 - (0.3 / K), _ => 0.7 - (1 / K) };
        Assert.Equal(mean, points.Of("mean_voltage", 0), 1e-7);
    }

    [Fact]
    public void Equations_that_cost_too_much_to_solve_stay_with_the_explicit_method()
    {
        // Every one of 80 states depends on every other.
        string text = """
            model: crowd
            sizes: {N: 80}
            voltage: x[1]
            equations: |
              total = sum(x[j] for j in 1..N)
              dx[i]/dt = k*(total/N - x[i]) + w*(1 - x[i]^3) for i in 1..N
            states: {"x[1..N]": {start: 0, unit: 1}}
            parameters: {k: {default: 1 MHz}, w: {default: 1 Hz}}
            """;
        ModelCode code = Neuron.Code(Neuron.Read(text), ["k"]);
        Assert.False(new Linearization(code).IsAffordable);
        var course = new CourseStimulus(new Number(0), new Number(0.01), new Number(0.01));
        PointTable points = new FIKernel(code, new FISettings("k", course, 1e-4)).Points([1e6], []);
        Assert.Equal("dopri5", points.Method[0]);
        Assert.True(new Linearization(Cable(401, "")).IsAffordable);
    }

    private static void Agree(PointTable expected, PointTable found, double tolerance)
    {
        for (int m = 0; m < expected.Numbers.Length; m++)
        {
            // Of a statistic of intervals that differ little, the difference is what counts.
            string name = expected.Measures[m].Name;
            double least = name is "ISI_CV" or "adaptation_index2" ? 1 : name.EndsWith("voltage", StringComparison.Ordinal) ? 1e-3 : 0;
            for (int i = 0; i < expected.Status.Length; i++)
            {
                double a = expected.Numbers[m][i], b = found.Numbers[m][i];
                Assert.True(double.IsNaN(a) ? double.IsNaN(b) : Math.Abs(a - b) <= tolerance * Math.Max(Math.Abs(a), least), $"{name} of point {i}: {a:r} and {b:r}");
            }
        }
    }

    private static ModelCode Cable(int compartments, string parameter, params string[] swept)
    {
        ModelDefinition model = Neuron.Read(ModelLibrary.Text("cable_passive").Replace("N: 11", $"N: {compartments}", StringComparison.Ordinal));
        return Neuron.Code(model, swept.Length > 0 ? swept : ["I_app"], [.. parameter.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(each => (each.Split(": ")[0], each.Split(": ")[1]))]);
    }
}
