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
            code.Start.Evaluate([0], y, p, y, 1, 0, 1);
            for (int i = 0; i < y.Length; i++)
                AssertSameBits(code.Interpret(0, [], p).Evaluate(model.InlineStart(i)), y[i], $"start of {model.States[i].Name}");
            int spikes = 0;
            for (int step = 0; step < Steps; step++)
            {
                Advance(code, step * Step, y, p);
                spikes += Spiked(code, (step + 1) * Step, y, p) ? 1 : 0;
            }
            Assert.Equal(model.Spike is not null, spikes > 0);
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
            + $"states: {{{string.Join(", ", model.States.Select(state => $"{state.Name}: {{start: '{state.Start}', unit: 1}}"))}}}\n"
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
        Interpreter interpreter = code.Interpret(t, y, p);
        double[] result = new double[y.Length];
        code.Threshold!.Evaluate([t], y, p, result, 1, 0, 1);
        AssertSameBits(interpreter.Evaluate(code.Model.Inline(spike.Threshold)), result[0], "threshold");
        if (result[0] < 0)
            return false;
        code.Reset!.Evaluate([t], y, p, result, 1, 0, 1);
        foreach (ResetAssignment assignment in spike.Reset)
            AssertSameBits(interpreter.Evaluate(code.Model.Inline(assignment.Value)), result[code.Model.StateIndex(assignment.State)], assignment.ToString());
        result.CopyTo(y, 0);
        return true;
    }

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
