using System.Text;

namespace SweepEngine.Equations.Tests;

public sealed class ModelReaderTests
{
    [Fact]
    public void A_model_is_read_whole()
    {
        ModelDefinition model = Samples.Read(Samples.LifAdapt);
        Assert.Equal("lif_adapt", model.Name);
        Assert.StartsWith("P. Dayan", model.Source, StringComparison.Ordinal);
        Assert.Equal("V_m", model.Voltage);
        Assert.Equal(["V_m", "g_sra"], model.States.Select(state => state.Name));
        Assert.Equal("dg_sra/dt = -g_sra/tau_sra", model.States[1].ToString());
        Assert.Equal("nS", model.States[1].Unit.Text);
        Assert.Equal(10, model.Parameters.Count);
        ModelParameter C_m = model.Parameter("C_m")!;
        Assert.Equal("above 0 pF", C_m.RangeText);
        Assert.Equal(100e-12, C_m.Default.SI);
        Assert.False(C_m.Allows(0));
        Assert.True(C_m.Allows(5e-324));
        Assert.False(C_m.Allows(double.NaN));
        Assert.False(C_m.Allows(double.PositiveInfinity));
        Assert.True(model.Parameter("tau_ref")!.Allows(0));
        Assert.Equal("V_m - V_th", model.Spike!.Threshold.ToString());
        Assert.Equal("g_sra = g_sra + g_adapt", model.Spike.Reset[1].ToString());
        Assert.Equal("tau_ref", model.Spike.RefractoryFor!.ToString());
        Assert.Equal(["V_m"], model.Spike.Hold);
        Assert.Equal(1, model.StateIndex("g_sra"));
        Assert.Equal(-1, model.StateIndex("E_L"));
    }

    [Fact]
    public void Names_of_units_can_be_gates() =>
        Assert.Equal("g_Na*m^3*h*(V_m - E_Na)", Samples.Read(Samples.HodgkinHuxley).Intermediates[0].Value.ToString());

    [Fact]
    public void Inlining_leaves_states_and_parameters()
    {
        ModelDefinition model = Samples.Read(Marked.Model("dV_m/dt = F(a + F(k))*E_L/tau\na = 2*k"));
        Assert.Equal("(2*k + k^2)^2*E_L/tau", model.Inline(model.States[0].Derivative).ToString());
        Assert.Equal("E_L", model.InlineStart(0).ToString());
    }

    [Fact]
    public void Start_values_may_refer_to_each_other_and_to_time_zero()
    {
        ModelDefinition model = Samples.Read("""
            model: starts
            equations: |
              dx/dt = -x/tau
              dy/dt = rate*(x - y)
              rate = 1/tau + t/tau^2
            states: {x: {start: 2*y/tau/rate, unit: 1}, y: {start: 3, unit: 1}}
            parameters: {tau: {default: 10 ms}}
            """);
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), []);
        double[] start = new double[2];
        code.Start.Evaluate([], [], [], start, 1, 0, 1);
        Assert.Equal([6, 3], start);
    }

    [Fact]
    public void Circles_of_starts_are_refused() => Marked.Check("""
        model: circle
        equations: |
          dx/dt = 0/s
          dy/dt = 0/s
        states: {▶x: {start: y, unit: 1}, y: {start: 2*x, unit: 1}}
        """, "'x' starts from itself: found x → y → x");

    [Fact]
    public void Mistakes_around_the_equations_are_shown_where_they_are() => Marked.Check("""
        model: ▶my/test
        voltage: ▶V
        ▶equation: dV_m/dt = 0
        equations: |
          dV_m/dt = (E_L - V_m)/tau
          du/dt = -u/tau
        spike:
          when: ▶u - V_m*2
          reset: |
            V_m = ▶tau
            u = 1 # fine
            ▶u = 2
            ▶k += 1
            ▶u
          refractory: {for: ▶E_K, hold: [V_m, ▶V_m, ▶W]}
        states:
          V_m: {start: ▶tau, unit: mV}
          ▶w: {start: 0, unit: 1}
          u: {start: 0, unit: ▶parsec}
          ▶exp: {start: 0, unit: 1}
          x: ▶{start: 0}
        parameters:
          E_K: {default: 3 mV, max: 5▶}
          E_L: {default: ▶-70 parsec, min: 3 mV}
          tau: {default: ▶0 ms, above: 0 ms}
          k: {default: 1, min: 0, ▶above: 0, ▶low: 3}
        """);

    [Fact]
    public void A_model_must_have_a_state() => Marked.Check("model: none\nequations: k = 2\nstates: ▶{}", "the model has no state variable");

    [Fact]
    public void A_missing_equation_is_reported_at_the_state() =>
        Marked.Check("model: none\nequations: k = 2\nstates: {▶x: {start: 0, unit: 1}}", "the state x has no equation\n    next step: add dx/dt = …");

    [Fact]
    public void Texts_beyond_the_limits_are_refused_without_overflowing_the_stack()
    {
        string deep = new('(', 30_000);
        Finding nesting = Only(Marked.Model($"dV_m/dt = {deep}1{new string(')', 30_000)}"));
        Assert.Contains("nested too deeply", nesting.Message, StringComparison.Ordinal);
        Assert.Contains("nested too deeply", Only(Marked.Model($"dV_m/dt = {new string('-', 60_000)}k")).Message, StringComparison.Ordinal);
        Assert.Contains("nested too deeply", Only(Marked.Model($"dV_m/dt = {Repeat("k^", 20_000)}k")).Message, StringComparison.Ordinal);
        Assert.Contains("nested too deeply", Only(Marked.Model($"dV_m/dt = {Repeat("k+", 30_000)}k")).Message, StringComparison.Ordinal);
        Assert.Contains("too long", Only(Marked.Model($"dV_m/dt = {Repeat("k+", 40_000)}k")).Message, StringComparison.Ordinal);
        Assert.Contains("nested too deeply", Only(Marked.Model($"dV_m/dt = {Repeat("F(", 20_000)}k")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limits_themselves_are_allowed()
    {
        string parentheses = $"{new string('(', ModelLimits.Nesting)}E_L{new string(')', ModelLimits.Nesting)}";
        string sum = $"{Repeat("E_L/tau + ", ModelLimits.Depth - 2)}E_L/tau";
        ModelDefinition model = Samples.Read(Marked.Model($"dV_m/dt = {sum}\nx = {parentheses}"));
        ModelCode.Compile(model, new Dictionary<string, double>(), ["E_L"]).Derivatives.Prepare();
        Marked.Check(Marked.Model($"dV_m/dt = ▶E_L/tau + {sum}\nx = ({parentheses.Insert(ModelLimits.Nesting, "▶")})"),
            $"nested too deeply: found {ModelLimits.Depth + 1} operators inside one another, allowed at most {ModelLimits.Depth}",
            $"nested too deeply: found more than {ModelLimits.Nesting} levels");
    }

    [Fact]
    public void A_model_that_explodes_when_written_out_is_refused()
    {
        StringBuilder doubling = new("dV_m/dt = a60*E_L/tau\na0 = k");
        for (int i = 1; i <= 60; i++)
            doubling.Append($"\n{(i == 15 ? "▶" : "")}a{i} = a{i - 1} + a{i - 1}");
        Marked.Check(Marked.Model(doubling.ToString()), "'a15' is too large when intermediates and functions are written out");

        StringBuilder nesting = new("dV_m/dt = f900(k)*E_L/tau\nf0(x) = x");
        for (int i = 1; i <= 900; i++)
            nesting.Append($"\n{(i == 500 ? "▶" : "")}f{i}(x) = -f{i - 1}(x)");
        Marked.Check(Marked.Model(nesting.ToString()), "'f500' is too large");

        Marked.Check(Marked.Model("dV_m/dt = I_app/C_m" + string.Concat(Enumerable.Range(0, ModelLimits.Equations + 1)
            .Select(i => $"\n{(i == ModelLimits.Equations - 2 ? "▶" : "")}b{i} = k"))), "there are too many equations");
    }

    [Fact]
    public void Canonical_text_ignores_what_has_no_meaning()
    {
        string canonical = Samples.Read(Samples.LifAdapt).CanonicalText;
        string[] lines = Samples.LifAdapt.Split('\n');
        int parameters = Array.FindIndex(lines, line => line.StartsWith("parameters", StringComparison.Ordinal));
        string reordered = string.Join('\n', [.. lines[..(parameters + 1)], .. lines[(parameters + 1)..].Reverse(), "summary: Another."])
            .Replace("summary: Leaky", "#", StringComparison.Ordinal)
            .Replace("(g_L*(E_L - V_m)", "( ((g_L*(E_L-V_m)))  ", StringComparison.Ordinal)
            .Replace("100 pF", "1e2 pF", StringComparison.Ordinal)
            .Replace("g_sra += g_adapt", "g_sra = g_sra + g_adapt", StringComparison.Ordinal);
        Assert.NotEqual(Samples.LifAdapt, reordered);
        Assert.Equal(canonical, Samples.Read(reordered).CanonicalText);
    }

    [Theory]
    [InlineData("default: 100 pF", "default: 101 pF")]
    [InlineData("default: 100 pF", "default: 0.1 nF")]
    [InlineData("above: 0 pF", "min: 0.1 pF")]
    [InlineData("g_L*(E_L - V_m) +", "g_L*(E_L - V_m) -")]
    [InlineData("when: V_m > V_th", "when: V_th < V_m")]
    [InlineData("g_sra += g_adapt", "g_sra -= g_adapt")]
    [InlineData("{for: tau_ref", "{for: 2*tau_ref")]
    [InlineData("hold: [V_m]", "hold: [V_m, g_sra]")]
    [InlineData("start: 0 nS", "start: 1 nS")]
    [InlineData("start: E_L,  unit: mV", "start: E_L,  unit: V")]
    [InlineData("model: lif_adapt", "model: lif_adapted")]
    public void Canonical_text_tells_models_apart(string text, string other) =>
        Assert.NotEqual(Samples.Read(Samples.LifAdapt).CanonicalText, Samples.Read(Samples.LifAdapt.Replace(text, other, StringComparison.Ordinal)).CanonicalText);

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static Finding Only(string yaml)
    {
        Findings findings = new();
        Assert.Null(ModelReader.Read(yaml, "model.yaml", findings));
        return Assert.Single(findings.All);
    }
}
