using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Models.Tests;

/// <summary>Models of several compartments or cells: against closed forms, scaling laws and published numbers.</summary>
public class CompartmentModelTests
{
    [Fact]
    public void The_passive_cable_converges_to_the_closed_form_of_a_sealed_end_with_order_2()
    {
        double lambda = Math.Sqrt(20000.0 / 150 * 2e-4 / 4) / 100; // sqrt(R_m d/(4 R_i)) [m]
        double expected = ClosedForms.Find("cable_sealed")!.Evaluate(new Dictionary<string, double>
        {
            ["V_0"] = 1,
            ["x"] = 1e-3,
            ["l"] = 1e-3,
            ["lambda"] = lambda,
        })[0];
        Assert.Equal(1 / Math.Cosh(1e-3 / lambda), expected, 1e-12);
        double[] errors = [.. new[] { 6, 11, 21, 41 }.Select(N =>
        {
            double[] V = Steady(Cable(N), 1e-12);
            return (V[^1] + 0.07) / (V[0] + 0.07) / expected - 1;
        })];
        Assert.InRange(Math.Abs(errors[^1]), 0, 1e-4);
        for (int i = 1; i < errors.Length; i++)
            Assert.InRange(errors[i - 1] / errors[i], 3.8, 4.2);
    }

    [Theory]
    [InlineData("1 mm")]
    [InlineData("0.5 mm")]
    public void The_rheobase_of_the_passive_cable_is_that_of_its_input_conductance(string l)
    {
        // (pi/2) d^(3/2)/sqrt(R_m R_i) tanh(l/lambda), Rall 1977.
        double d = 2e-6, R_m = 2, R_i = 1.5, lambda = Math.Sqrt(R_m * d / (4 * R_i));
        double rheobase = Math.PI / 2 * Math.Pow(d, 1.5) / Math.Sqrt(R_m * R_i) * Math.Tanh(Run.SI(l) / lambda) * 0.02;
        FIKernel kernel = Run.Kernel("cable_passive", "I_app", new StepStimulus(0.2), 1e-4, $"l: {l}");
        double found = kernel.Onset("rheobase", 0.5 * rheobase, 1.5 * rheobase);
        Assert.Equal(1, found / rheobase, 3e-3);
    }

    [Theory]
    [InlineData(0.005)]
    [InlineData(0.05)]
    public void The_coupling_coefficient_of_a_gap_junction_is_its_part_of_the_conductances(double g_gap)
    {
        // At rest each cell has a slope conductance; of a small change of the first cell's potential the second shows g_gap/(g_gap + slope).
        ModelCode code = Run.Code("gap_junction", "I_app", FormattableString.Invariant($"g_gap: {g_gap} mS/cm^2"));
        ModelCode alone = Run.Code("wang_buzsaki", "I_app");
        double[] rest = Steady(code, 0), driven = Steady(code, 1e-6 * 1e-2);
        double step = 1e-6 * 1e-2, slope = step / (Steady(alone, step)[0] - Steady(alone, 0)[0]);
        double coefficient = (driven[1] - rest[1]) / (driven[0] - rest[0]);
        Assert.Equal(1, coefficient / (g_gap * 10 / (g_gap * 10 + slope)), 1e-4);
    }

    [Fact]
    public void A_gap_junction_synchronises_two_cells_that_are_driven_alike()
    {
        double Difference(string g_gap)
        {
            ModelCode code = ModelCode.Compile(ModelLibrary.Find("gap_junction")!,
                new Dictionary<string, double> { ["g_gap"] = Run.SI(g_gap), ["I_app_2"] = Run.SI("1 uA/cm^2") }, ["I_app"]);
            double[] y = [.. Start(code)];
            y[1] += 0.03;
            double last = 0, largest = 0;
            Integrate(code, Run.SI("1 uA/cm^2"), y, 1e-5, 40_000, (t, state) =>
            {
                largest = t > 0.35 ? Math.Max(largest, Math.Abs(state[0] - state[1])) : 0;
                last = t;
            });
            Assert.Equal(0.4, last, 1e-9);
            return largest;
        }

        Assert.InRange(Difference("0 mS/cm^2"), 0.02, 0.2);
        Assert.InRange(Difference("0.1 mS/cm^2"), 0, 1e-4);
    }

    [Theory]
    // Times of spikes or bursts [ms] in fig. 2A and D of the paper, as the project PinskyRinzelModel of Open Source Brain expects them of its own version (NeuroML2/LEMS, .test.fig2.mep).
    // Its fourth burst of fig. 2A, at 832.5 between 436 and 1428.8, is left out as a misprint of 932.5: bursts recur every 496 ms.
    [InlineData("I_s: 0.75 uA/cm^2", new[] { 14, 92.8, 436, double.NaN, 1428.8 })]
    [InlineData("I_s: 2.5 uA/cm^2, g_c: 10.5 mS/cm^2", new[] { 8.5, 37.25, 65.7, 97.2, 132.2, 171.1 })]
    public void Pinsky_Rinzel_fires_when_other_programs_say(string parameters, double[] published)
    {
        ModelCode code = Run.Code("pinsky_rinzel", "I_d", parameters);
        double[] y = [-0.06, -0.06, 0, 0, 0, 0, 0, 0]; // where that version starts
        List<double> spikes = [];
        double before = -1;
        Integrate(code, 0, y, 1e-5, (int)((published[^1] + 10) / 0.01), (t, state) =>
        {
            if (before <= 0 && state[0] > 0 && (spikes.Count == 0 || t * 1000 - spikes[^1] > 15))
                spikes.Add(t * 1000);
            before = state[0];
        });
        Assert.True(published.Length == spikes.Count, string.Join(", ", spikes));
        for (int i = 0; i < published.Length; i++)
            Assert.True(double.IsNaN(published[i]) || Math.Abs(published[i] - spikes[i]) < 0.005 * published[i] + 1, string.Join(", ", spikes));
    }

    [Fact]
    public void A_node_rests_where_Frankenhaeuser_and_Huxley_put_it()
    {
        // They chose the reversal potential of the leak, 0.026 mV, such that no current flows at rest.
        ModelCode code = Run.Code("myelinated_axon", "I_app");
        double[] rates = new double[code.Model.States.Count];
        code.Derivatives.Evaluate([0], Start(code), [0], rates, 1, 0, 1);
        Assert.All(rates[..41], rate => Assert.InRange(rate, -0.02, 0.02)); // V/s; an impulse rises with some 500 V/s
        Assert.InRange(Steady(code, 0)[0], -2e-5, 2e-5);
    }

    [Fact]
    public void Impulses_jump_at_the_velocity_of_frog_nerve()
    {
        double velocity = Velocity("", out double[] times);
        // Halter and Clark, J. Theor. Biol. 148 (1991) 345, computed 20.2 m/s for an amphibian fibre of 15 um at 20 degrees (its abstract); such a fibre has an
        // axon of about 10 um inside of its myelin.
        Assert.InRange(velocity, 18, 26);
        // The same from node to node, away from the ends.
        for (int i = 4; i < 8; i++)
            Assert.Equal(1, (times[i + 1] - times[i]) * velocity / 2e-3, 0.02);
    }

    [Fact]
    public void An_impulse_is_a_spike_once_it_arrives_at_the_last_node()
    {
        FIKernel kernel = new(Run.Code("myelinated_axon", "I_app"), new FISettings("I_app", Run.Course(3e-3), 1e-4));
        PointTable points = kernel.Points(0, 6e-9);
        Assert.Equal([0, 1], points.SpikeCount);
        // 2 cm at some 20 m/s, and what the first node takes to fire.
        Assert.InRange(points.Of("time_to_first_spike", 1), 1.0e-3, 1.3e-3);
    }

    [Fact]
    public void The_velocity_is_proportional_to_the_size_of_the_fibre()
    {
        // W. A. H. Rushton, J. Physiol. 115 (1951) 101: with all lengths but that of the node, which is constant.
        double velocity = Velocity("", out _), larger = Velocity("d: 15 um, L: 3 mm", out _);
        Assert.Equal(1.5, larger / velocity, 1e-6);
    }

    // Between the fourth node and the eighth, of an impulse that a short current starts.
    private static double Velocity(string parameters, out double[] times)
    {
        ModelCode code = Run.Code("myelinated_axon", "I_app", parameters);
        double scale = parameters.Length > 0 ? 1.5 : 1;
        double[] y = Start(code), crossed = new double[11], before = new double[11];
        Integrate(code, 3e-9 * scale, y, 1e-6, 1500, (t, state) =>
        {
            for (int i = 0; i < 11; i++)
            {
                if (crossed[i] == 0 && state[4 * i] > 0.05)
                    crossed[i] = t - 1e-6 * (state[4 * i] - 0.05) / (state[4 * i] - before[i]);
                before[i] = state[4 * i];
            }
        });
        times = crossed;
        Assert.All(crossed, t => Assert.NotEqual(0, t));
        return 4 * scale * 2e-3 / (crossed[7] - crossed[3]);
    }

    private static ModelCode Cable(int N)
    {
        Findings findings = new();
        ModelDefinition model = ModelReader.Read(ModelLibrary.Text("cable_passive").Replace("N: 11", $"N: {N}", StringComparison.Ordinal), "cable.yaml", findings)!;
        Assert.Equal(N, model.States.Count);
        return ModelCode.Compile(model, new Dictionary<string, double>(), ["I_app"]);
    }

    private static double[] Start(ModelCode code)
    {
        double[] y = new double[code.Model.States.Count];
        code.Start.Evaluate([0], [], [0], y, 1, 0, 1);
        return y;
    }

    // Runge and Kutta's classical method.
    private static void Integrate(ModelCode code, double drive, double[] y, double step, int steps, Action<double, double[]> look)
    {
        int n = y.Length;
        double[] at = new double[n], sum = new double[n], rate = new double[n];
        for (int k = 0; k < steps; k++)
        {
            y.CopyTo(at, 0);
            y.CopyTo(sum, 0);
            foreach ((double part, double weight) in new[] { (0.5, 1 / 6.0), (0.5, 1 / 3.0), (1, 1 / 3.0), (0, 1 / 6.0) })
            {
                code.Derivatives.Evaluate([0], at, [drive], rate, 1, 0, 1);
                for (int i = 0; i < n; i++)
                    (sum[i], at[i]) = (sum[i] + weight * step * rate[i], y[i] + part * step * rate[i]);
            }
            sum.CopyTo(y, 0);
            look((k + 1) * step, y);
        }
    }

    // The equilibrium next to the start, by Newton's method.
    private static double[] Steady(ModelCode code, double drive)
    {
        double[] y = Start(code);
        int n = y.Length;
        LaneProgram entries = code.CompileExpressions([.. from row in code.Model.States from column in code.Model.States
                                                          select SymbolicDerivative.Of(code.Model.Inline(row.Derivative), column.Name)]);
        double[] rates = new double[n], jacobian = new double[n * n];
        for (int iteration = 0; iteration < 8; iteration++)
        {
            code.Derivatives.Evaluate([0], y, [drive], rates, 1, 0, 1);
            entries.Evaluate([0], y, [drive], jacobian, 1, 0, 1);
            Solve(jacobian, rates);
            for (int i = 0; i < n; i++)
                y[i] -= rates[i];
        }
        return y;
    }

    // Gauss's elimination with pivots; b becomes the solution.
    private static void Solve(double[] A, double[] b)
    {
        int n = b.Length;
        for (int k = 0; k < n; k++)
        {
            int pivot = Enumerable.Range(k, n - k).MaxBy(i => Math.Abs(A[i * n + k]));
            (b[k], b[pivot]) = (b[pivot], b[k]);
            for (int j = 0; j < n; j++)
                (A[k * n + j], A[pivot * n + j]) = (A[pivot * n + j], A[k * n + j]);
            for (int i = k + 1; i < n; i++)
            {
                double factor = A[i * n + k] / A[k * n + k];
                b[i] -= factor * b[k];
                for (int j = k; j < n && factor != 0; j++)
                    A[i * n + j] -= factor * A[k * n + j];
            }
        }
        for (int k = n - 1; k >= 0; k--)
        {
            for (int j = k + 1; j < n; j++)
                b[k] -= A[k * n + j] * b[j];
            b[k] /= A[k * n + k];
        }
    }
}
