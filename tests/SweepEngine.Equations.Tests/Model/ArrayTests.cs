using System.Diagnostics;

namespace SweepEngine.Equations.Tests;

/// <summary>Arrays of states and intermediates, ranges and sums.</summary>
public sealed class ArrayTests
{
    private const string Cable = """
        model: cable
        voltage: V[1]
        sizes: {N: 4}
        equations: |
          dV[1]/dt = (I_L[1] + g_ax*(V[2] - V[1]) + I_app)/C_m
          dV[i]/dt = (I_L[i] + g_ax*(V[i-1] - 2*V[i] + V[i+1]))/C_m for i in 2..N-1   # inner ones
          dV[N]/dt = (I_L[N] + g_ax*(V[N-1] - V[N]))/C_m
          I_L[i] = g_L*(E_L - V[i]) for i in 1..N
          dm[i]/dt = (m_inf(V[i + 1]) - m[i])/tau for i in 0..2*(N - 2) - 1
          m_inf(x) = 1/(1 + exp(-x/(10 mV)))
          V_mean = sum(V[i]*i for i in 1..N)/N
        spike:
          when: V[N] > V_th + (V_mean - V_3)
          reset: |
            V[i] = E_L + (i - 1)*(1 mV) for i in 1..N
            m[3] += 1
          refractory: {for: tau, hold: [V, "m[1]", m_3]}
        events:
          kick: {when: "sum(m[i] for i in 0..3) > N", do: "V[2*2] -= normal()*(1 mV)"}
        states:
          V[1..N]: {start: E_L, unit: mV, summary: potential}
          m[i in 0..3]: {start: "m_inf(V[i + 1]) + i*uniform()", unit: 1}
        parameters:
          g_L: {default: 10 nS}
          g_ax: {default: 20 nS}
          E_L: {default: -70 mV}
          V_th: {default: 0 mV}
          C_m: {default: 100 pF}
          tau: {default: 20 ms}
          I_app: {default: 0 pA}
        """;

    [Fact]
    public void Arrays_are_written_out()
    {
        ModelDefinition model = Samples.Read(Cable);
        Assert.Equal(["V_1", "V_2", "V_3", "V_4", "m_0", "m_1", "m_2", "m_3"], model.States.Select(state => state.Name));
        Assert.Equal("V_1", model.Voltage);
        Assert.Equal("dV_1/dt = (I_L_1 + g_ax*(V_2 - V_1) + I_app)/C_m", model.States[0].ToString());
        Assert.Equal("dV_3/dt = (I_L_3 + g_ax*(V_2 - 2*V_3 + V_4))/C_m", model.States[2].ToString());
        Assert.Equal("dV_4/dt = (I_L_4 + g_ax*(V_3 - V_4))/C_m", model.States[3].ToString());
        Assert.Equal("dm_3/dt = (m_inf(V_4) - m_3)/tau", model.States[7].ToString());
        Assert.Equal("I_L_2 = g_L*(E_L - V_2)", model.Intermediates[1].ToString());
        Assert.Equal("V_mean = (V_1*1 + V_2*2 + V_3*3 + V_4*4)/4", model.Intermediates[^1].ToString());
        Assert.Equal("m_inf(V_4) + 3*uniform()", RandomDraw.Show(model.States[7].Start, model.StartDraws).ToString());
        Assert.Equal(4, model.StartDraws.Count);
        Assert.All(model.States.Take(4), state => Assert.Equal("potential", state.Summary));
        Assert.Equal("V_4 > V_th + (V_mean - V_3)", model.Spike!.When.ToString());
        Assert.Equal(["V_1", "V_2", "V_3", "V_4", "m_3"], model.Spike.Reset.Select(assignment => assignment.State));
        Assert.Equal("V_3 = E_L + (3 - 1)*1 mV", model.Spike.Reset[2].ToString());
        Assert.Equal(["V_1", "V_2", "V_3", "V_4", "m_1", "m_3"], model.Spike.Hold);
        Assert.Equal("m_0 + m_1 + m_2 + m_3 > 4", model.Events[0].When!.ToString());
        Assert.Equal("V_4", Assert.Single(model.Events[0].Reset).State);
    }

    [Fact]
    public void The_same_model_written_by_hand_is_the_same_model()
    {
        ModelDefinition byRange = Samples.Read("""
            model: ring
            sizes: {N: 3}
            equations: |
              dx[i]/dt = (x[i+1] - x[i])/tau for i in 1..N-1
              dx[N]/dt = (x[1] - x[N])/tau
            states: {"x[i in 1..N]": {start: i, unit: 1}}
            parameters: {tau: {default: 1 ms}}
            """);
        ModelDefinition byHand = Samples.Read("""
            model: ring
            equations: |
              dx_1/dt = (x_2 - x_1)/tau
              dx_2/dt = (x_3 - x_2)/tau
              dx_3/dt = (x_1 - x_3)/tau
            states: {x_1: {start: 1, unit: 1}, x_2: {start: 2, unit: 1}, x_3: {start: 3, unit: 1}}
            parameters: {tau: {default: 1 ms}}
            """);
        Assert.Equal(byHand.CanonicalText, byRange.CanonicalText);
    }

    [Fact]
    public void A_range_may_be_empty()
    {
        ModelDefinition model = Samples.Read(Cable.Replace("N: 4", "N: 2", StringComparison.Ordinal).Replace("2*(N - 2) - 1", "3", StringComparison.Ordinal)
            .Replace("V[i + 1]", "V[1]", StringComparison.Ordinal).Replace("m_inf(V[i + 1]) - m[i]", "m_inf(V[1]) - m[i]", StringComparison.Ordinal)
            .Replace("V_mean - V_3", "V_mean - V_2", StringComparison.Ordinal).Replace("V[2*2]", "V[2]", StringComparison.Ordinal));
        Assert.Equal(["V_1", "V_2", "m_0", "m_1", "m_2", "m_3"], model.States.Select(state => state.Name));
        Assert.Equal("x = 0", Samples.Read(Marked.Model("dV_m/dt = (E_L - V_m)/tau\nx = sum(k for i in 1..0)")).Intermediates[0].ToString());
    }

    [Fact]
    public void Negative_numbers_of_a_range_read_as_written()
    {
        ModelDefinition model = Samples.Read(Marked.Model("dV_m/dt = (E_L - V_m)/tau\nx = sum(i^2*k for i in -2..1)"));
        Assert.Equal("x = (-2)^2*k + (-1)^2*k + 0^2*k + 1^2*k", model.Intermediates[0].ToString());
    }

    [Theory]
    [InlineData("x[i] = y[▶i+1]*k for i in 1..3\ny[i] = k for i in 1..3", "y has no element 4: found 4 at i = 3, allowed 1 to 3")]
    [InlineData("x[i] = k for i in 1..3\ny = x[▶0]", "x has no element 0: found 0, allowed 1 to 3")]
    [InlineData("x[1] = k\nx[3] = k\ny = x[▶2]", "x has no element 2: found 2, allowed 1, 3")]
    [InlineData("x[i] = ▶q for i in 1..300", "there is no such name in this model: found 'q'")]
    [InlineData("x[i] = k ▶q for i in 1..300", "the equation does not go on as it should: found 'q'")]
    [InlineData("x[i] = k for i in 1..300 ▶q", "the line does not end behind its range: found 'q'")]
    [InlineData("x[i] = k for i in 1..▶1000000000", "the index is too large")]
    [InlineData("x[i] = k for i in ▶1..1001", "the range is too long: found 1..1001, allowed at most 1000 numbers")]
    [InlineData("x[i] = k for i in ▶3..1", "the range ends before it begins: found 3..1")]
    [InlineData("x[i] = k for i in 1▶,3", "this is not a range: found ',', allowed first..last, such as 1..N")]
    [InlineData("x[i] = k for i in 1..▶M", "an index must be a whole number: found 'M', allowed numbers, sizes and what counts")]
    [InlineData("x[i] = k for ▶k in 1..3", "'k' cannot count: it is a parameter of this model")]
    [InlineData("x[i] = k for ▶t in 1..3", "'t' cannot count: it has a meaning already")]
    [InlineData("x[▶j] = k for i in 1..3", "an index must be a whole number: found 'j'", "declare it under sizes: j: 20")]
    [InlineData("▶x[i.5] = k for i in 1..3", "")]
    [InlineData("x[▶1.5] = k", "an index must be a whole number: found '1.5'")]
    [InlineData("x[i-5▶] = k for i in 1..3", "an index cannot be negative: found -4 at i = 1")]
    [InlineData("▶x[5 - i*0] = k for i in 1..3", "the name 'x_5' is taken: an intermediate has it")]
    [InlineData("x_2 = k\n▶x[i] = k for i in 1..300", "the name 'x_2' is taken: an intermediate has it")]
    [InlineData("x = k\n▶x[i] = k for i in 1..300", "the name 'x' is taken: an intermediate has it")]
    [InlineData("x[1] = k\n▶x = k", "the name 'x' is taken: an array has it")]
    [InlineData("▶V_m[1] = k", "the name 'V_m' is taken: a state has it")]
    [InlineData("▶du[i]/dt = k for i in 1..300", "'u_1' is not a state of this model")]
    [InlineData("x[i] = k for i in 1..3\ny = ▶x", "'x' is an array and needs an index", "write x[1], or sum(x[i] for i in …)")]
    [InlineData("y = ▶z[1]", "there is no such array: found 'z'", "declare it under states: z[1..N]")]
    [InlineData("y = k▶[1]", "'k' is a parameter, not an array")]
    [InlineData("y = 2▶[1]", "write round parentheses; square brackets are for elements of arrays")]
    [InlineData("x[1] = k\ny = x[1▶)", "the index does not go on as it should: found ')', allowed ']'")]
    [InlineData("▶F2(z2) = z2*i for i in 1..3", "this line does not define anything here")]
    [InlineData("y = ▶sum(k)", "'sum' needs a range", "write sum(V[i] for i in 1..N)")]
    [InlineData("y = sum(k for i in 1..3▶, k)", "the equation does not go on as it should: found ',', allowed ')'")]
    [InlineData("y = sum(k▶, k for i in 1..3)", "found ',', allowed an operator or 'for'")]
    [InlineData("y = sum(▶q for i in 1..3)", "no such name")]
    [InlineData("x[i] = 1 ▶+ V_m for i in 1..300", "")]
    [InlineData("x[((▶(1] = k", "")]
    public void Mistakes_are_found_once_and_where_they_are(string equations, params string[] expected)
    {
        IReadOnlyList<Finding> findings = Marked.Check(Marked.Model("dV_m/dt = (E_L - V_m)/tau\n" + equations));
        Assert.All(expected, words => Assert.Contains(words, findings[0].ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Mistakes_in_arrays_of_states_are_found_once_and_where_they_are() => Marked.Check("""
        model: arrays
        voltage: ▶V
        sizes: {N: 20, ▶exp: 3, M: ▶2.5, L: ▶1001, K: ▶[1]}
        equations: |
          dV[i]/dt = ▶E_L - V[i] for i in 2..N
          dx[i]/dt = xi▶*xi for i in 1..N
          dy[i]/dt = -y[i]/tau for i in 1..N
          ▶dy[1]/dt = 0/tau
        spike:
          when: V[▶21] > E_L
          reset: |
            ▶q[i] = 1 for i in 1..N
            y[i] = ▶tau for i in 1..N
          refractory: {for: tau, hold: [V, ▶V_3, "y[▶0]", ▶N]}
        states:
          ▶V[1..N]: {start: E_L, unit: mV}
          x[i in 1..N]: {start: ▶q, unit: 1}
          y[1..N]: {start: ▶tau, unit: 1}
          z[▶1..100000]: {start: 0, unit: 1}
          ▶w[1..0]: {start: 0, unit: 1}
          u[1▶:2]: {start: 0, unit: 1}
        parameters:
          ▶y_7: {default: 3}
          E_L: {default: -70 mV}
          tau: {default: 20 ms}
        """, "the voltage must be one state: found 'V'\n    next step: write V[1]", "'exp' has a meaning of its own", "the size M is not valid: found '2.5', allowed a whole number from 1 to 1000",
        "", "", "dV_2/dt has the wrong dimension", "white noise must enter linearly", "dy_1/dt is defined twice", "V has no element 21",
        "what is reset must be a state: found 'q_1', allowed V[1..20], x[1..20], y[1..20]", "the new value of y_1 has", "V_3 is held twice", "y has no element 0",
        "what is held must be a state: found 'N'", "the state V_1 has no equation", "", "the start of y_1 has", "the range is too long", "the array has no valid range: found 'w[1..0]'",
        "this is not a range", "the name 'y_7' is taken");

    [Fact]
    public void Elements_without_equation_are_one_finding() => Marked.Check("""
        model: arrays
        equations: |
          dV[2]/dt = -V[2]/s
        states:
          ▶V[1..5]: {start: 0, unit: 1}
        """, "the state V_1 and 3 more of its array have no equation\n    next step: add dV_1/dt = …");

    [Theory]
    [InlineData("x[i] = sum(sum(sum(i + j + l*k for l in 1..1000) for j in 1..1000) for i2 in 1..1000) for i in 1..1000")]
    [InlineData("y = sum(sum(sum(sum(sum(k for e in 1..1000) for d in 1..1000) for c in 1..1000) for b in 1..1000) for a in 1..1000)")]
    [InlineData("G(z1) = sum(sum(z1 + z1*b for b in 1..1000) for a in 1..1000)\nH(z2) = sum(sum(z2 + z2*b for b in 1..1000) for a in 1..1000)")]
    [InlineData("x[i] = k for i in 1..1000000000")]
    [InlineData("x[99999999999999999999999] = k")]
    public void Hostile_ranges_are_refused_at_once(string equations)
    {
        Findings findings = new();
        Stopwatch clock = Stopwatch.StartNew();
        Assert.Null(ModelReader.Read(Marked.Model("dV_m/dt = (E_L - V_m)/tau\n" + equations), "model.yaml", findings));
        Assert.True(clock.Elapsed.TotalSeconds < 1, $"{clock.Elapsed}");
        Assert.InRange(findings.Count, 1, 2);
    }

    [Fact]
    public void There_are_not_more_elements_than_the_limit()
    {
        string lines = string.Concat(Enumerable.Range(0, 10).Select(i => $"\nx{i}[i] = k for i in 1..{(i == 9 ? 999 : 1000)}"));
        Samples.Read(Marked.Model("dV_m/dt = (E_L - V_m)/tau" + lines.Replace("1..999", "1..997", StringComparison.Ordinal)));
        Marked.Check(Marked.Model("dV_m/dt = (E_L - V_m)/tau" + lines.Replace("x9", "▶x9", StringComparison.Ordinal)),
            "there are too many equations when ranges are written out: allowed 10000");
    }
}
