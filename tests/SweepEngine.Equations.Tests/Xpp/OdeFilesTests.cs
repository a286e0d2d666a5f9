using System.Runtime.CompilerServices;
using SweepEngine.Lanes;

namespace SweepEngine.Equations.Tests;

/// <summary>The files of tests/ode, which have every construct that is supported.</summary>
public sealed class OdeFilesTests
{
    private const int Steps = 200;
    private const double Step = 50e-6; // s

    private static readonly string Folder = Path.GetFullPath("../../../ode", ThisFile());

    public static TheoryData<string> Files { get; } = [.. Directory.GetFiles(Folder, "*.ode").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_runs_to_the_same_trajectory_in_code_as_in_the_interpreter_bit_for_bit(string file)
    {
        ModelDefinition model = Read(file, out _);
        string swept = model.Parameters.Count > 0 ? model.Parameters[0].Name : "";
        string[] names = swept.Length > 0 ? [swept] : [];
        double[] p = [.. names.Select(name => model.Parameter(name)!.Default.SI)];
        foreach (int width in LaneWidths.All)
        {
            ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), names, width);
            double[] y = new double[model.States.Count];
            code.Start.Evaluate([0], y, [.. p, .. Values(model.StartDraws)], y, 1, 0, 1);
            for (int i = 0; i < y.Length; i++)
                AssertSameBits(Interpret(code, 0, [], model.StartDraws).Evaluate(model.InlineStart(i)), y[i], $"start of {model.States[i].Name}");
            int spikes = 0;
            HashSet<string> happened = [];
            double[] before = [.. model.Events.Select(_ => double.NaN)];
            for (int step = 0; step < Steps; step++)
            {
                Advance(code, step * Step, y, p);
                AssertDiffusion(code, (step + 1) * Step, y, p);
                spikes += Spiked(code, (step + 1) * Step, y, p) ? 1 : 0;
                for (int e = 0; e < model.Events.Count; e++)
                {
                    if (Happened(code, code.Events[e], (step + 1) * Step, y, p, ref before[e]))
                        happened.Add(model.Events[e].Name);
                }
            }
            Assert.Equal(model.Spike is not null, spikes > 0);
            Assert.Equal(model.Events.Select(each => each.Name), model.Events.Select(each => each.Name).Where(happened.Contains));
            Assert.All(y, value => Assert.True(double.IsFinite(value), $"{file}: {string.Join(", ", y)}"));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_read_to_the_same_model_again_and_its_formulas_are_text_of_the_model_language(string file)
    {
        ModelDefinition model = Read(file, out _);
        Assert.Equal(model.CanonicalText, Read(file, out _).CanonicalText);
        string yaml = $"model: {model.Name}\nequations: |\n  {string.Join("\n  ", model.States.Select(state => state.ToString())
            .Concat(model.Intermediates.Select(each => each.ToString())).Concat(model.Functions.Where(each => each.Table is null).Select(each => each.ToString())))}\n"
            + $"states: {{{string.Join(", ", model.States.Select(state => $"{state.Name}: {{start: '{RandomDraw.Show(state.Start, model.StartDraws)}', unit: 1}}"))}}}\n"
            + $"parameters: {{{string.Join(", ", model.Parameters.Select(each => $"{each.Name}: {{default: {each.Default}}}"))}}}\n"
            + $"tables: {{{string.Join(", ", model.Functions.Select(each => each.Table).Where(table => table is not null).Select(table => $"{table!.Name}: {{x: [{string.Join(", ", table.X)}], y: [{string.Join(", ", table.Y)}]}}"))}}}\n";
        ModelDefinition same = Samples.Read(yaml);
        if (model.Functions.All(each => each.Table is null))
            Assert.Equal(model.States.Select(state => model.Inline(state.Derivative)), same.States.Select(state => same.Inline(state.Derivative)));
        Assert.Equal(model.States.Select(state => model.Inline(state.Derivative).ToString()), same.States.Select(state => same.Inline(state.Derivative).ToString()));
    }

    [Fact]
    public void Every_ignored_line_has_a_note()
    {
        Read("morris_lecar.ode", out Findings findings);
        Assert.Equal(["12:5", "13:1", "15:3", "15:13", "15:20", "16:3", "16:25", "17:1", "18:1"], findings.Notes.Select(note => $"{note.Place.Line}:{note.Place.Column}"));
        Assert.Equal($"{Path.Combine(Folder, "morris_lecar.ode")}:15:3: ignored, since the sweep's stimulus says how long: found 'total=150'", findings.Notes[2].ToString());
        Assert.Contains("an integrator", findings.Notes[3].ToString(), StringComparison.Ordinal);
        Assert.Contains("'xlo=0, xhi=150'", findings.Notes[4].ToString(), StringComparison.Ordinal);
        Assert.Equal("", findings.ToString());
    }

    [Fact]
    public void Names_are_spelled_as_where_they_are_defined()
    {
        ModelDefinition model = Read("hodgkin_huxley.ode", out _);
        Assert.Equal(["V", "m", "H", "n"], model.States.Select(state => state.Name));
        Assert.Equal("V", model.Voltage);
        Assert.Equal("ina = gNa*m^3*H*(V - Ena)", model.Intermediates.Single(each => each.Name == "ina").ToString());
    }

    [Fact]
    public void Time_counts_in_milliseconds_and_the_summary_says_so()
    {
        ModelDefinition model = Read("morris_lecar.ode", out _);
        Assert.Equal("dw/dt = 1 kHz*(phi*(winf(v) - w)/tauw(v))", model.States[1].ToString());
        Assert.Equal("tauw(v_) = 1/cosh((v_ - v3)/(2*v4))", model.Functions[2].ToString());
        Assert.Contains("dimensionless, with time in ms", model.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_is_the_spike_rule_and_its_assignments_see_those_before_them()
    {
        SpikeRule izhikevich = Read("izhikevich.ode", out _).Spike!;
        Assert.Equal("v > vpeak", izhikevich.When.ToString());
        Assert.Equal(["v = c", "u = u + d + 0.001*c"], izhikevich.Reset.Select(assignment => assignment.ToString()));
        SpikeRule falling = Read("falling.ode", out _).Spike!;
        Assert.Equal("x + floor_level < 0", falling.When.ToString());
        Assert.Equal("0 - (x + floor_level)", falling.Threshold.ToString());
    }

    [Fact]
    public void The_first_event_whose_condition_changes_with_a_state_is_the_spike_and_the_others_are_events()
    {
        ModelDefinition model = Read("events.ode", out _);
        Assert.Equal("v > vth", model.Spike!.When.ToString());
        Assert.Equal(["v = 0.2*uniform() - 0.1", "w = w + 0.1"], model.Spike.Reset.Select(assignment => assignment.Show(model.Spike.Draws)));
        Assert.Equal(["global_1: at (0 - -1)/1 kHz", "global_2: at (ton - -1)/1 kHz", "global_4: when w < 0.45"], model.Events.Select(each => $"{each.Name}: {each.Cause()}"));
        Assert.Equal(["w = 0.3 + 0.001*normal()"], model.Events[2].Reset.Select(assignment => assignment.Show(model.Events[2].Draws)).Select(text => text.Replace("w + (0.3 + 0.001*normal())", "0.3 + 0.001*normal()", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_parameter_that_an_event_changes_is_a_state_that_starts_from_it()
    {
        ModelDefinition model = Read("events.ode", out _);
        StateVariable now = model.States[^1];
        Assert.Equal(("iapp_now", "diapp_now/dt = 1 kHz*0", "iapp"), (now.Name, now.ToString(), now.Start.ToString()));
        Assert.Equal("dv/dt = 1 kHz*((iapp_now - v)/tau)", model.States[0].ToString());
        Assert.Equal(["iapp_now = amp", "w = w + 0.01*amp"], model.Events[1].Reset.Select(assignment => assignment.ToString()));
    }

    [Fact]
    public void The_sweep_file_may_say_what_a_spike_is_and_then_all_globals_are_events()
    {
        Findings findings = new();
        YamlMap more = YamlFile.Read("ode: x\nspike: {when: w > 0.3}\n", "sweep.yaml", findings)!;
        ModelDefinition model = XppReader.Read("v'=1-v\nw'=v-w\nglobal 1 v-0.5 {v=0}\n", "f.ode", findings, more)!;
        Assert.Equal("w > 0.3", model.Spike!.When.ToString());
        Assert.Equal(["global_1: when v > 0.5"], model.Events.Select(each => $"{each.Name}: {each.Cause()}"));
    }

    [Fact]
    public void White_noise_has_the_variance_1_per_unit_of_time_of_the_file()
    {
        ModelDefinition model = Read("noise.ode", out _);
        Assert.Equal(["xi_noise", "xi_nv", "xi_nz"], model.Noises);
        Assert.Equal([(0, 2), (1, 1), (2, 0)], model.NoiseTerms.Select(term => (term.State, term.Noise)));
        double[] result = new double[3];
        ModelCode.Compile(model, new Dictionary<string, double>(), []).Diffusion!.Evaluate([], [0, 2, 0], [], result, 1, 0, 1);
        // dv = s dW in ms: per second, the variance is 1000 s^2.
        Assert.Equal([0.3 * Math.Sqrt(1000), 0.2 * Math.Sqrt(1000), Math.Sqrt(1000)], result.Select(value => Math.Round(value, 12)), (a, b) => Math.Abs(a - b) < 1e-11);
    }

    [Fact]
    public void A_markov_variable_jumps_at_the_rates_of_its_row_to_where_they_lead()
    {
        ModelDefinition model = Read("markov.ode", out _);
        Assert.Equal(["v", "z", "hazard_z"], model.States.Select(state => state.Name));
        Assert.Equal("1", model.States[1].Start.ToString());
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), []);
        const double V = 0.5;
        double[][] rates = [[0, 3, 0.1], [2, 0, 1.5], [1, 1, 0]];
        for (int z = 0; z < 3; z++)
        {
            double[] y = [V, z, 0], slopes = new double[3], after = new double[3];
            code.Derivatives.Evaluate([0], y, [], slopes, 1, 0, 1);
            Assert.Equal(1000 * rates[z].Sum(), slopes[2], 1e-9);
            Assert.Equal(0, slopes[1]);
            int[] counts = new int[3];
            for (int k = 0; k < 1000; k++)
            {
                code.Events[0].Reset!.Evaluate([0], y, [(k + 0.5) / 1000, Math.Exp(-1)], after, 1, 0, 1);
                counts[(int)after[1]]++;
                Assert.Equal((V, -1), (after[0], after[2]));
            }
            for (int to = 0; to < 3; to++)
                Assert.InRange(counts[to] - 1000 * rates[z][to] / rates[z].Sum(), -1, 1);
        }
    }

    // One step of the classical Runge-Kutta method.
    private static void Advance(ModelCode code, double t, double[] y, double[] p)
    {
        double[] k1 = Slopes(code, t, y, p);
        double[] k2 = Slopes(code, t + Step / 2, [.. y.Zip(k1, (value, slope) => value + Step / 2 * slope)], p);
        double[] k3 = Slopes(code, t + Step / 2, [.. y.Zip(k2, (value, slope) => value + Step / 2 * slope)], p);
        double[] k4 = Slopes(code, t + Step, [.. y.Zip(k3, (value, slope) => value + Step * slope)], p);
        for (int i = 0; i < y.Length; i++)
            y[i] += Step / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    }

    // From the interpreter; the code must agree.
    private static double[] Slopes(ModelCode code, double t, double[] y, double[] p)
    {
        ModelDefinition model = code.Model;
        Interpreter interpreter = code.Interpret(t, y, p);
        double[] slopes = [.. model.States.Select(state => interpreter.Evaluate(model.Inline(state.Derivative)))];
        double[] compiled = new double[y.Length];
        code.Derivatives.Evaluate([t], y, p, compiled, 1, 0, 1);
        for (int i = 0; i < y.Length; i++)
            AssertSameBits(slopes[i], compiled[i], $"{model.States[i]} at t = {t}");
        return slopes;
    }

    // Resets the states where the threshold is passed.
    private static bool Spiked(ModelCode code, double t, double[] y, double[] p)
    {
        if (code.Model.Spike is not { } spike)
            return false;
        Interpreter interpreter = Interpret(code, t, y, spike.Draws);
        double[] result = new double[y.Length];
        code.Threshold!.Evaluate([t], y, p, result, 1, 0, 1);
        AssertSameBits(interpreter.Evaluate(code.Model.Inline(spike.Threshold)), result[0], "threshold");
        if (result[0] < 0)
            return false;
        Reset(code, code.Reset!, spike.Reset, spike.Draws, t, y, p);
        return true;
    }

    // The same for an event; one with a time happens in the step that reaches it.
    private static bool Happened(ModelCode code, EventCode happening, double t, double[] y, double[] p, ref double before)
    {
        Interpreter interpreter = Interpret(code, t, y, []);
        double[] result = new double[3];
        double now;
        if (happening.Event.Times is { } times)
        {
            happening.Times!.Evaluate([], [], p, result, 1, 0, 1);
            AssertSameBits(interpreter.Evaluate(code.Model.Inline(times.First)), result[0], times.ToString());
            now = t - result[0];
            before = t - Step - result[0];
        }
        else
        {
            happening.Condition!.Evaluate([t], y, p, result, 1, 0, 1);
            AssertSameBits(interpreter.Evaluate(code.Model.Inline(Crossing.Of(happening.Event.When!))), now = result[0], happening.Event.Cause());
        }
        bool happens = before < 0 && now >= 0;
        before = now;
        if (happens)
        {
            Reset(code, happening.Reset!, happening.Event.Reset, happening.Event.Draws, t, y, p);
            before = double.NaN;
        }
        return happens;
    }

    private static void Reset(ModelCode code, LaneProgram program, IReadOnlyList<ResetAssignment> reset, IReadOnlyList<RandomDraw> draws, double t, double[] y, double[] p)
    {
        double[] result = new double[y.Length];
        program.Evaluate([t], y, [.. p, .. Values(draws)], result, 1, 0, 1);
        foreach (ResetAssignment assignment in reset)
            AssertSameBits(Interpret(code, t, y, draws).Evaluate(code.Model.Inline(assignment.Value)), result[code.Model.StateIndex(assignment.State)], assignment.ToString());
        result.CopyTo(y, 0);
    }

    private static void AssertDiffusion(ModelCode code, double t, double[] y, double[] p)
    {
        ModelDefinition model = code.Model;
        if (code.Diffusion is null)
            return;
        double[] result = new double[model.NoiseTerms.Count];
        code.Diffusion.Evaluate([t], y, p, result, 1, 0, 1);
        foreach ((int i, NoiseTerm term) in model.NoiseTerms.Index())
        {
            Expression intensity = SymbolicDerivative.Of(model.Inline(model.States[term.State].Derivative), model.Noises[term.Noise]);
            AssertSameBits(Interpret(code, t, y, []).Evaluate(intensity), result[i], $"diffusion {term.State}, {term.Noise}");
        }
    }

    // Any numbers will do.
    private static IEnumerable<double> Values(IReadOnlyList<RandomDraw> draws) => draws.Select((draw, i) => draw.Kind is RandomKind.Uniform ? 0.3 + 0.01 * i : 0.2 - 0.01 * i);

    private static Interpreter Interpret(ModelCode code, double t, double[] y, IReadOnlyList<RandomDraw> draws) =>
        code.Interpret(t, y, [.. code.Swept.Select(name => code.Model.Parameter(name)!.Default.SI), .. Values(draws)], draws);

    private static void AssertSameBits(double expected, double actual, string what) =>
        Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual), $"{what}: {expected:R} and {actual:R}");

    private static ModelDefinition Read(string file, out Findings findings)
    {
        findings = new Findings();
        string path = Path.Combine(Folder, file);
        ModelDefinition? model = XppReader.Read(File.ReadAllText(path), path, findings);
        Assert.True(model is not null, findings.ToString());
        return model;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
