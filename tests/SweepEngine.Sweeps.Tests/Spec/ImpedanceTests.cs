using System.Numerics;
using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps.Tests.Spec;

/// <summary>The measure <c>impedance</c>.</summary>
public sealed class ImpedanceTests
{
    [Fact]
    public void A_passive_membrane_has_the_impedance_of_its_resistance_and_capacitance()
    {
        double[] frequencies = [0, 1.9, 2, 7.3, 50, 400];
        PointTable points = Points("""
            sweep: passive
            model: lif
            grid: {frequency: {values: [0 Hz, 1.9 Hz, 2 Hz, 7.3 Hz, 50 Hz, 400 Hz]}, I_app: {values: [20 pA, 50 pA]}}
            drive: I_app
            stimulus: {sine: {duration: 1 s, delay: 13 ms, phase: 0.7, after: 10 ms, base: -30 pA}}
            measure: [impedance]
            tolerance: 1e-10
            """);
        Assert.Equal("impedance,impedance_phase", string.Join(',', points.Measures.TakeLast(2).Select(measure => measure.Name)));
        for (int i = 0; i < 2 * frequencies.Length; i++)
        {
            // R = 100 MOhm, tau_m = 10 ms. Two periods do not fit into 1 s below 2 Hz.
            double f = frequencies[i / 2], turns = 2 * Math.PI * f * 10e-3;
            Assert.Equal(PointStatus.Ok, points.Status[i]);
            Assert.Equal(f < 2 ? double.NaN : 1 / Math.Sqrt(1 + turns * turns), points.Numbers[^2][i] / 100e6, 1e-9);
            Assert.Equal(f < 2 ? double.NaN : -Math.Atan(turns), points.Numbers[^1][i], 1e-9);
        }
    }

    [Theory]
    [InlineData(0, 65)]
    [InlineData(5, 90)]
    public void The_squid_axon_has_the_impedance_of_its_equations_made_linear(double at, double resonance)
    {
        PointTable points = Points($"""
            sweep: squid
            model: hodgkin_huxley
            grid: {"{frequency: {values: [2 Hz, 20 Hz, 65 Hz, 90 Hz, 500 Hz]}, I_app: {values: [0.002 uA/cm^2]}}"}
            drive: I_app
            stimulus: {"{sine: {duration: 2 s, base: " + at + " uA/cm^2}}"}
            measure: [impedance]
            tolerance: 1e-10
            """);
        double[] frequencies = [2, 20, 65, 90, 500];
        for (int i = 0; i < frequencies.Length; i++)
        {
            Complex Z = Linear("hodgkin_huxley", at * 1e-2, 2 * Math.PI * frequencies[i]);
            Assert.Equal(1, points.Numbers[^2][i] / Z.Magnitude, 1e-4);
            Assert.Equal(Z.Phase, points.Numbers[^1][i], 1e-4);
        }

        // It resonates: of these the impedance is the largest there, and the potential leads at low frequencies.
        Assert.Equal(points.Numbers[^2].Max(), points.Numbers[^2][Array.IndexOf(frequencies, resonance)]);
        Assert.True(points.Numbers[^1][1] > 0.1 && points.Numbers[^1][4] < -1);
    }

    [Fact]
    public void Columns_have_units_and_rows()
    {
        SweepSpec spec = Sweeps.Read("""
            sweep: passive
            model: lif
            grid: {I_app: {values: [20 pA]}}
            drive: I_app
            stimulus: {sine: {duration: 100 ms, frequency: 100 Hz}}
            measure: [impedance, traces]
            traces: {every: 10 ms}
            """);
        IReadOnlyList<SweepTable> tables = SweepTable.All(spec, new SweepIdentity(spec));
        Assert.Equal(["impedance [MOhm]", "impedance_phase [1]"], tables[0].Columns.TakeLast(2).Select(column => $"{column.Name} [{column.UnitText}]"));
        Assert.Equal(["V_m"], spec.Traces!.Variables.Select(variable => variable.Name));
        byte[] Compute(int lanes) => new ShardComputation(spec, new SweepIdentity(spec), lanes).Compute(new ShardRange(0, 1), [], default);
        Assert.Equal(Compute(8), Compute(1));
    }

    [Theory]
    [InlineData("{step: {duration: 1 s}}", "f:5:10: only a sine has the frequency at which the impedance is measured: found 'step', allowed stimulus: {sine: {frequency: 10 Hz}}")]
    [InlineData("{pulse: {}}", "f:5:10: only a sine has the frequency at which the impedance is measured: found 'pulse', allowed stimulus: {sine: {frequency: 10 Hz}}")]
    public void Only_a_sine_has_an_impedance(string stimulus, string expected)
    {
        Findings findings = new();
        Assert.Null(SweepSpecReader.Read($"sweep: s\nmodel: lif\ngrid: {{I_app: {{values: [20 pA]}}}}\ndrive: I_app\nmeasure: [impedance]\nstimulus: {stimulus}\n", "f", findings));
        Assert.Equal(expected, findings.ToString());
    }

    private static PointTable Points(string text)
    {
        SweepSpec spec = Sweeps.Read(text);
        return new ShardComputation(spec, new SweepIdentity(spec)).Probe(0, spec.Grid.PointCount, default)!;
    }

    // The response of V_m to a small I_app e^(i omega t): the component V_m of (i omega − J)^(−1) ∂f/∂I_app at the equilibrium, J the Jacobian.
    private static Complex Linear(string name, double I_app, double omega)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["I_app"], 1);
        int n = model.States.Count;
        Expression[] f = [.. model.States.Select(state => model.Inline(state.Derivative))];
        double[] y = [.. Enumerable.Range(0, n).Select(i => code.Interpret(0, [], [I_app]).Evaluate(model.InlineStart(i)))];
        double Of(Expression expression) => code.Interpret(0, y, [I_app]).Evaluate(expression);
        Complex[,] Jacobian()
        {
            var J = new Complex[n, n];
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                    J[i, j] = Of(SymbolicDerivative.Of(f[i], model.States[j].Name));
            }
            return J;
        }

        for (int iteration = 0; iteration < 50; iteration++)
        {
            Complex[] change = Solve(Jacobian(), [.. f.Select(each => new Complex(Of(each), 0))]);
            for (int i = 0; i < n; i++)
                y[i] -= change[i].Real;
        }
        Complex[,] matrix = Jacobian();
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                matrix[i, j] = (i == j ? new Complex(0, omega) : 0) - matrix[i, j];
        }
        return Solve(matrix, [.. f.Select(each => new Complex(Of(SymbolicDerivative.Of(each, "I_app")), 0))])[model.StateIndex(model.Voltage ?? "V_m")];
    }

    // Gaussian elimination with pivots.
    private static Complex[] Solve(Complex[,] matrix, Complex[] right)
    {
        int n = right.Length;
        for (int k = 0; k < n; k++)
        {
            int pivot = Enumerable.Range(k, n - k).MaxBy(row => matrix[row, k].Magnitude);
            for (int j = 0; j < n; j++)
                (matrix[k, j], matrix[pivot, j]) = (matrix[pivot, j], matrix[k, j]);
            (right[k], right[pivot]) = (right[pivot], right[k]);
            for (int i = 0; i < n; i++)
            {
                if (i == k)
                    continue;
                Complex part = matrix[i, k] / matrix[k, k];
                for (int j = k; j < n; j++)
                    matrix[i, j] -= part * matrix[k, j];
                right[i] -= part * right[k];
            }
        }
        return [.. right.Select((value, k) => value / matrix[k, k])];
    }
}
