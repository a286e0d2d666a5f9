namespace SweepEngine.Equations.Tests;

public sealed class JacobianCodeTests
{
    private const string Driven = """
        model: driven
        equations: |
          drive = sin(w*t)
          dx/dt = w*(y*y*drive + heaviside(z) - x)
          dy/dt = w*(x*z - 3)
          dz/dt = -w*z^3 + a*t
        states: {x: {start: 0, unit: 1}, y: {start: 0, unit: 1}, z: {start: 0, unit: 1}}
        parameters: {w: {default: 2 Hz}, a: {default: 3 Hz/s}}
        """;

    [Fact]
    public void What_is_zero_by_the_text_is_left_out()
    {
        JacobianCode jacobian = ModelCode.Compile(Samples.Read(Driven), new Dictionary<string, double>(), []).CompileJacobian();
        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 2), (2, 2)], jacobian.Entries);
        Assert.Equal([0, 2], jacobian.TimeRows);
    }

    [Fact]
    public void Entries_are_the_derivatives_by_states_and_time()
    {
        ModelCode code = ModelCode.Compile(Samples.Read(Driven), new Dictionary<string, double>(), ["w"]);
        double[] result = new double[7];
        const double T = 0.4, X = 1.5, Y = -0.7, Z = 0.9, W = 2.5;
        code.CompileJacobian().Program.Evaluate([T], [X, Y, Z], [W], result, 1, 0, 1);
        double[] expected = [-W, W * 2 * Y * Math.Sin(W * T), W * Z, W * X, -W * 3 * Z * Z, W * Y * Y * W * Math.Cos(W * T), 3];
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], result[i], 1e-14);
    }

    [Fact]
    public void A_cable_has_three_entries_in_a_row()
    {
        ModelDefinition cable = Samples.Read("""
            model: cable
            sizes: {N: 50}
            equations: |
              dV[1]/dt = (V[2] - V[1])/tau
              dV[i]/dt = (V[i-1] - 2*V[i] + V[i+1])/tau for i in 2..N-1
              dV[N]/dt = (V[N-1] - V[N])/tau
            states: {"V[1..N]": {start: 0, unit: mV}}
            parameters: {tau: {default: 1 ms}}
            """);
        JacobianCode jacobian = ModelCode.Compile(cable, new Dictionary<string, double>(), []).CompileJacobian();
        Assert.Equal(148, jacobian.Entries.Count);
        Assert.Empty(jacobian.TimeRows);
        Assert.All(jacobian.Entries, entry => Assert.InRange(entry.Column - entry.Row, -1, 1));
    }
}
