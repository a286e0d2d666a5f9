using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Cli.Tests;

/// <summary><c>sweep fit</c> as a user sees it.</summary>
public class FitCommandTests
{
    // A perfect integrator fires at (I − I_0)/(C (V_th − V_reset)): 0.25 Hz/pA above 120 pA.
    private const string Integrator =
        """
        sweep: integrator
        model:
          model: pif
          equations: dV_m/dt = (I_app - I_0)/C_m
          spike: {when: V_m > V_th, reset: V_m = V_reset}
          states: {V_m: {start: V_reset, unit: mV}}
          parameters:
            C_m: {default: 200 pF}
            I_0: {default: 120 pA}
            V_th: {default: -50 mV}
            V_reset: {default: -70 mV}
            I_app: {default: 0 pA}
        grid:
          I_app: {linspace: [0 pA, 1000 pA, 81]}
          C_m: {values: [100 pF, 200 pF]}
        drive: I_app
        stimulus: {step: {duration: 1 s}}
        measure: [fi]
        tolerance: 1e-9
        """;

    [Fact]
    public void A_threshold_linear_neuron_gives_its_parameters_back()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Integrator);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml").ExitCode);
        Finished finished = place.Sweep("fit", "results/integrator", "--as", "threshold_linear", "--where", "C_m=200 pF", "--tau", "8 ms", "--to", "rate.yaml");
        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Contains("model pif, C_m = 200 pF, I_app from", finished.Output);
        Assert.Contains("gain 0.25 Hz/pA above 120 pA", finished.Output);

        ModelDefinition model = Read(place, "rate.yaml");
        Assert.InRange(model.Parameter("gain")!.Default.Value / 0.25, 1 - 1e-8, 1 + 1e-8);
        Assert.Equal(120, model.Parameter("I_0")!.Default.Value, 1e-5);
        Assert.Equal(8e-3, model.Parameter("tau")!.Default.SI, 1e-12);

        // Its steady rate is the curve's: 0.25 Hz/pA (500 pA − 120 pA).
        Assert.Equal(95, Steady(model, 500e-12), 1e-5);
        Assert.Equal(0, Steady(model, 50e-12), 1e-9);

        // And a sweep accepts it.
        place.Write("again.yaml", """
            sweep: again
            model: ./rate.yaml
            grid: {I_app: {linspace: [0 pA, 1000 pA, 5]}}
            drive: I_app
            stimulus: {step: {duration: 1 s}}
            measure: [response]
            """);
        Finished again = place.Sweep("run", "again.yaml");
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains("mean_voltage [Hz]", again.Output);
    }

    [Fact]
    public void Leaky_neurons_have_the_gain_of_their_closed_form_far_above_threshold()
    {
        // Far above threshold f = (I − I_0)/(C (V_th − V_reset)) with I_0 = g_L (V_th − E_L) − g_L (V_th − V_reset)/2, up to terms of 1/I (the closed forms
        // lif_rate and lif_rate_linear): 1/3 Hz/pA and 50 pA.
        using var place = new Workplace();
        place.Write("sweep.yaml", """
            sweep: leaky
            model: lif
            parameters: {tau_ref: 0 ms}
            grid: {I_app: {linspace: [20 nA, 100 nA, 41]}}
            drive: I_app
            stimulus: {step: {duration: 100 ms}}
            tolerance: 1e-9
            """);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml").ExitCode);
        Finished finished = place.Sweep("fit", "results/leaky", "--as", "threshold_linear", "--to", "rate.yaml");
        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Contains("time constant 10 ms, the leak's of lif", finished.Output);
        ModelDefinition model = Read(place, "rate.yaml");
        Assert.InRange(model.Parameter("gain")!.Default.SI / (1e12 / 3), 1 - 1e-4, 1 + 1e-4);
        Assert.Equal(50e-12, model.Parameter("I_0")!.Default.SI, 2e-12);
    }

    [Fact]
    public void A_cascade_has_the_rates_of_the_curve()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml").ExitCode);
        Finished finished = place.Sweep("fit", "results/closed-form", "--as", "ln", "--where", "tau_ref=2", "--to", "cascade.yaml");
        Assert.True(finished.ExitCode == 0, finished.ToString());
        ModelDefinition model = Read(place, "cascade.yaml");
        Assert.Equal("lif_ln", model.Name);

        // 400 pA is a point of the table: the project's reference number for lif with tau_ref 2 ms. Beyond the last one its rate holds.
        Assert.Equal(89.582397, Steady(model, 400e-12), 1e-6);
        Assert.Equal(Steady(model, 1000e-12), Steady(model, 2000e-12), 1e-6);
        Assert.Equal(0, Steady(model, 100e-12), 1e-9);
    }

    [Fact]
    public void Without_a_file_the_model_alone_is_printed()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml").ExitCode);
        Finished finished = place.Sweep("fit", "results/closed-form", "--as", "threshold_linear", "--where", "tau_ref=0");
        Assert.StartsWith("model: lif_threshold_linear\n", finished.Output.ReplaceLineEndings("\n"));
        Assert.Contains("RMS error", finished.Errors);
        var findings = new Findings();
        Assert.NotNull(ModelReader.Read(finished.Output, "printed.yaml", findings));
        Assert.Empty(findings.All);
    }

    [Fact]
    public void What_cannot_be_fitted_is_said_with_the_next_step()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml").ExitCode);
        place.Write("there.yaml", "");
        foreach ((string[] arguments, string message) in new (string[], string)[]
        {
            (["--where", "tau_ref=2", "--to", "there.yaml"], "--to: there is already such a file: found 'there.yaml'\n    next step: choose another name, or delete it"),
            ([], "the sweep has several curves\n    next step: choose one by --where tau_ref=…, of\n    tau_ref: 0 ms, 2 ms, 5 ms"),
            (["--where", "tau_ref=3"], "the sweep has no curve where tau_ref=3:\n    tau_ref: 0 ms, 2 ms, 5 ms"),
            (["--where", "tauref=2"], "--where: this is not a condition on a swept parameter: found 'tauref=2', allowed tau_ref=…\n    next step: did you mean 'tau_ref'?"),
            (["--where", "tau_ref=2 mV"], "--where: this is not a value of tau_ref: found '2 mV', allowed a number in ms, or one with a unit"),
            (["--where", "tau_ref=2", "--tau", "0 ms"], "--tau: allowed a time above 0, found '0 ms'"),
        })
        {
            Finished finished = place.Sweep(["fit", "results/closed-form", "--as", "threshold_linear", .. arguments]);
            Assert.Equal(2, finished.ExitCode);
            Assert.Contains(message, finished.Errors.ReplaceLineEndings("\n"));
        }

        Assert.Contains("no sweep was begun in", place.Sweep("fit", "results/other", "--as", "ln").Errors);
        File.Delete(Path.Combine(place.Folder, "results", "closed-form", "manifest.json"));
        Assert.Contains("is not complete", place.Sweep("fit", "results/closed-form", "--as", "ln").Errors);
    }

    private static ModelDefinition Read(Workplace place, string file)
    {
        var findings = new Findings();
        ModelDefinition? model = ModelReader.Read(File.ReadAllText(Path.Combine(place.Folder, file)), file, findings);
        Assert.False(findings.Any, findings.ToString());
        return model!;
    }

    // The rate [Hz] after a second of a drive [SI].
    private static double Steady(ModelDefinition model, double drive)
    {
        var end = new Number(new Quantity(1, Unit.Parse("s")!));
        var settings = new FISettings("I_app", new CourseStimulus(new Number(new Quantity(0, Unit.Parse("s")!)), end, end), 1e-10);
        PointTable points = new FIKernel(ModelCode.Compile(model, new Dictionary<string, double>(), ["I_app"]), settings).Points([drive], []);
        return points.Numbers[points.Measures.ToList().FindIndex(measure => measure.Name == "voltage_at_end")][0];
    }
}
