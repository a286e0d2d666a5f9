using System.Diagnostics;
using SweepEngine.Lanes;

namespace SweepEngine.Equations.Tests;

public sealed class LaneProgramTests
{
    private static readonly ModelDefinition LifAdapt = Samples.Read(Samples.LifAdapt);
    private static readonly ModelDefinition HodgkinHuxley = Samples.Read(Samples.HodgkinHuxley);

    [Fact]
    public void The_integrate_and_fire_neuron_computes_what_its_equations_say()
    {
        ModelCode code = ModelCode.Compile(LifAdapt, new Dictionary<string, double> { ["tau_sra"] = 0.1 }, ["I_app", "g_adapt"]);
        const int Lanes = 11;
        double[] y = new double[2 * Lanes], p = new double[2 * Lanes], result = new double[2 * Lanes];
        for (int j = 0; j < Lanes; j++)
            (y[j], y[Lanes + j], p[j], p[Lanes + j]) = (-0.06 + 0.001 * j, 1e-9 * j, 1e-10 * j, 1e-9);

        code.Derivatives.Evaluate([], y, p, result, Lanes, 0, Lanes);
        for (int j = 0; j < Lanes; j++)
        {
            // Constants divide by their reciprocals.
            Assert.Equal((10e-9 * (-70e-3 - y[j]) + y[Lanes + j] * (-80e-3 - y[j]) + p[j]) * (1 / 100e-12), result[j]);
            Assert.Equal(-y[Lanes + j] * (1 / 0.1), result[Lanes + j]);
        }
        code.Start.Evaluate([], [], p, result, Lanes, 0, Lanes);
        Assert.All(result[..Lanes], V_m => Assert.Equal(-70e-3, V_m));
        Assert.All(result[Lanes..], g_sra => Assert.Equal(0, g_sra));
        code.Threshold!.Evaluate([], y, p, result, Lanes, 0, Lanes);
        Assert.Equal(y[..Lanes].Select(V_m => V_m - -50e-3), result[..Lanes]);
        code.RefractoryFor!.Evaluate([], [], [], result, Lanes, 0, Lanes);
        Assert.Equal(2e-3, result[Lanes - 1]);
        Assert.Equal([0], code.Held);

        // A reset may overwrite the states from which it is computed.
        double[] expected = [.. Enumerable.Repeat(-80e-3, Lanes), .. y[Lanes..].Select(g_sra => g_sra + 1e-9)];
        code.Reset!.Evaluate([], y, p, y, Lanes, 0, Lanes);
        Assert.Equal(expected, y);
    }

    [Fact]
    public void Hodgkin_and_Huxley_rest_at_their_published_potential()
    {
        ModelCode code = ModelCode.Compile(HodgkinHuxley, new Dictionary<string, double>(), []);
        double[] y = new double[4], slope = new double[4];
        code.Start.Evaluate([], [], [], y, 1, 0, 1);
        Assert.Equal([-0.065, 0.0529, 0.5961, 0.3177], y.Select(value => Math.Round(value, 4)));
        code.Derivatives.Evaluate([], y, [], slope, 1, 0, 1);
        Assert.All(slope[1..], gate => Assert.Equal(0, gate, 1e-12));
        Assert.InRange(Math.Abs(slope[0]), 0, 0.01); // V/s: E_L is rounded
        Assert.Null(code.Reset);
        Assert.Null(code.RefractoryFor);
        Assert.Empty(code.Held);
    }

    [Fact]
    public void A_reset_sees_the_values_before_the_spike()
    {
        ModelDefinition swap = Samples.Read("""
            model: swap
            equations: "dx/dt = 0/s\ndy/dt = 0/s"
            spike:
              when: x < y
              reset: |
                x = y
                y -= x
            states: {x: {start: 0, unit: 1}, y: {start: 0, unit: 1}}
            """);
        double[] y = [3, 5];
        ModelCode code = ModelCode.Compile(swap, new Dictionary<string, double>(), []);
        double[] threshold = new double[1];
        code.Threshold!.Evaluate([], y, [], threshold, 1, 0, 1);
        Assert.Equal(2, threshold[0]);
        code.Reset!.Evaluate([], y, [], y, 1, 0, 1);
        Assert.Equal([5, 2], y);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    public void Only_the_asked_lanes_are_written(int width)
    {
        ModelCode code = ModelCode.Compile(LifAdapt, new Dictionary<string, double>(), ["I_app"], width);
        const int Stride = 40;
        double[] y = new double[2 * Stride], p = new double[Stride];
        for (int first = 0; first < 10; first++)
        {
            for (int count = 0; count <= 20; count++)
            {
                double[] result = [.. Enumerable.Repeat(double.NaN, 2 * Stride)];
                code.Derivatives.Evaluate([], y, p, result, Stride, first, count);
                Assert.All(result.Index(), each => Assert.Equal(each.Index % Stride >= first && each.Index % Stride < first + count, !double.IsNaN(each.Item)));
            }
        }
    }

    [Fact]
    public void Spans_that_are_too_short_are_refused()
    {
        LaneProgram program = ModelCode.Compile(LifAdapt, new Dictionary<string, double>(), ["I_app"]).Derivatives;
        Assert.False(program.ReadsTime);
        Assert.Equal((2, 1, 2), (program.StateRows, program.ParameterRows, program.OutputCount));
        double[] enough = new double[19], less = new double[18];
        void Evaluate(double[] y, double[] p, double[] result, int stride = 10, int first = 0, int count = 9) =>
            program.Evaluate([], y, p, result, stride, first, count);
        Evaluate(enough, enough, enough);
        Assert.Throws<ArgumentException>(() => Evaluate(less, enough, enough));
        Assert.Throws<ArgumentException>(() => Evaluate(enough, new double[8], enough));
        Assert.Throws<ArgumentException>(() => Evaluate(enough, enough, less));
        Assert.Throws<ArgumentException>(() => Evaluate(enough, enough, enough, stride: 8));
        Assert.Throws<ArgumentException>(() => Evaluate(enough, enough, enough, first: -1));
        Assert.Throws<ArgumentException>(() => Evaluate(enough, enough, enough, first: 3, count: -1));
        Assert.Throws<ArgumentException>(() => Evaluate(enough, enough, enough, first: 2, count: int.MaxValue));
    }

    [Fact]
    public void Names_that_are_not_parameters_or_occur_twice_are_refused()
    {
        Dictionary<string, double> none = [], fixedCapacity = new() { ["C_m"] = 1e-10 }, state = new() { ["V_m"] = 0 };
        Assert.Throws<ArgumentException>(() => ModelCode.Compile(LifAdapt, state, []));
        Assert.Throws<ArgumentException>(() => ModelCode.Compile(LifAdapt, none, ["nothing"]));
        Assert.Throws<ArgumentException>(() => ModelCode.Compile(LifAdapt, fixedCapacity, ["C_m"]));
        Assert.Throws<ArgumentException>(() => ModelCode.Compile(LifAdapt, none, ["C_m", "C_m"]));
        Assert.Throws<ArgumentException>(() => ModelCode.Compile(LifAdapt, none, [], 2));
        Assert.Throws<ArgumentException>(() => ModelCode.Compile(LifAdapt, none, []).CompileExpressions([new Symbol("nothing")]));
    }

    [Fact]
    public void A_second_model_compiles_in_a_tenth_of_a_second()
    {
        CompileAll(1e-2);
        // The best of some, since other tests run at the same time.
        Assert.True(Enumerable.Range(1, 5).Min(i => CompileAll(1e-2 + i)) < TimeSpan.FromSeconds(0.1));
    }

    [Fact]
    public void A_graph_is_walked_before_it_becomes_code_and_gives_the_same_bits()
    {
        ModelCode model = ModelCode.Compile(HodgkinHuxley, new Dictionary<string, double>(), ["J_app"]);
        foreach (ExpressionGraph graph in model.Derivatives.Graphs.Concat(model.CompileJacobian().Program.Graphs))
        {
            const int Stride = 16;
            double[] special = [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300, double.Epsilon];
            double[] y = [.. Enumerable.Range(0, 4 * Stride).Select(i => i % 5 == 0 ? special[i / 5 % special.Length] : Math.Sin(i) / 10)];
            double[] walked = new double[graph.Outputs.Count * Stride], computed = new double[walked.Length];
            ScalarCode code = new(graph);
            for (int lanes = 0; lanes < ScalarCode.MostWalks; lanes += Stride)
                code.Loop(in y[0], in y[0], in y[0], ref walked[0], Stride, Stride);
            LaneLoop loop = code.Loop;
            Assert.Same(code.Code, loop);
            Assert.NotSame(code.Code, new ScalarCode(graph).Loop);
            loop(in y[0], in y[0], in y[0], ref computed[0], Stride, Stride);
            // Processors leave the sign of NaN open.
            long Bits(double value) => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value);
            Assert.Equal(computed.Select(Bits), walked.Select(Bits));
        }
    }

    [Fact]
    public void A_model_at_the_limits_compiles_and_agrees_with_the_interpreter()
    {
        string sum = string.Join(" + ", Enumerable.Range(0, 480).Select(i => $"f({i % 7}.5*x)*y^{i % 5}"));
        ModelDefinition model = Samples.Read($$"""
            model: large
            equations: |
              f(z) = z*exp(-z^2)
              dx/dt = ({{sum}})/s
              dy/dt = -y/s
            states: {x: {start: 1, unit: 1}, y: {start: 1, unit: 1} }
            """);
        double[] y = [.. Enumerable.Range(0, 22).Select(i => i / 7.0)], result = new double[22];
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), []);
        code.Derivatives.Evaluate([], y, [], result, 11, 0, 11);
        for (int j = 0; j < 11; j++)
            Assert.Equal(code.Interpret(0, [y[j], y[11 + j]], []).Evaluate(model.Inline(model.States[0].Derivative)), result[j]);
    }

    [Fact]
    public void Functions_of_two_operands_are_called_where_an_expression_is_too_large()
    {
        string sum = string.Join(" + ", Enumerable.Range(1, 150).Select(i => $"pow(2 + y, {i}.5/20)*exp(-x*{i % 3 + 1}/10)/exprel(x/10 + {i}/100)"));
        ModelDefinition model = Samples.Read($$"""
            model: large
            equations: |
              dx/dt = ({{sum}})/s
              dy/dt = -y/s
            states: {x: {start: 1, unit: 1}, y: {start: 1, unit: 1} }
            """);
        double[] y = [.. Enumerable.Range(0, 22).Select(i => i / 7.0)], result = new double[22];
        foreach (int width in LaneWidths.All)
        {
            ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), [], width);
            Assert.Contains(code.Derivatives.Graphs[0].Nodes, node => node is { Kind: NodeKind.Operation, Operation: Operation.Pow });
            Assert.Contains(code.Derivatives.Graphs[0].Nodes, node => node is { Kind: NodeKind.Operation, Operation: Operation.ExprelrOfExp });
            code.Derivatives.Evaluate([], y, [], result, 11, 0, 11);
            for (int j = 0; j < 11; j++)
                Assert.Equal(code.Interpret(0, [y[j], y[11 + j]], []).Evaluate(model.Inline(model.States[0].Derivative)), result[j]);
        }
    }

    [Fact]
    public void A_large_model_is_cut_into_methods_and_keeps_its_bits()
    {
        const int N = 60, Lanes = 11;
        ModelDefinition model = Samples.Read($$"""
            model: chain
            sizes: {N: {{N}}}
            equations: |
              dx[1]/dt = (a*f(x[1]) - x[N])/s
              dx[i]/dt = (a*f(x[i]) - x[i-1] + exp(x[1]))/s for i in 2..N
              dy[i]/dt = (f(x[i]*t/s) - y[i]*tanh(x[N+1-i]))/s for i in 1..N
              f(z) = exp(-z^2) + 1/(1 + exp(z/3))
            states:
              x[i in 1..N]: {start: i, unit: 1}
              y[1..N]: {start: 0, unit: 1}
            parameters: {a: {default: 2} }
            """);
        double[] y = [.. Enumerable.Range(0, 2 * N * Lanes).Select(i => Math.Sin(i) * 3)], t = [.. Enumerable.Range(0, Lanes).Select(i => i / 3.0)];
        double[] p = [.. Enumerable.Range(0, Lanes).Select(i => 1 + i / 7.0)];
        double[] expected = new double[2 * N * Lanes];
        foreach (int width in LaneWidths.All)
        {
            ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["a"], width);
            Assert.True(code.Derivatives.Graphs.Count > 3);
            Assert.Equal(2 * N, code.Derivatives.OutputCount);
            for (int j = 0; j < Lanes; j++)
            {
                Interpreter interpreter = code.Interpret(t[j], [.. Enumerable.Range(0, 2 * N).Select(i => y[i * Lanes + j])], [p[j]]);
                for (int i = 0; i < 2 * N; i++)
                    expected[i * Lanes + j] = interpreter.Evaluate(model.Inline(model.States[i].Derivative));
            }
            double[] result = new double[2 * N * Lanes];
            code.Derivatives.Evaluate(t, y, p, result, Lanes, 0, Lanes);
            Assert.Equal(expected, result);
            // The result may be the memory of an input, of which a part of the lanes is computed.
            double[] inPlace = [.. y];
            code.Derivatives.Evaluate(t, inPlace, p, inPlace, Lanes, 2, 7);
            for (int i = 0; i < inPlace.Length; i++)
                Assert.Equal(i % Lanes is >= 2 and < 9 ? expected[i] : y[i], inPlace[i]);
        }
        Assert.Contains("derivatives, from dx_1/dt on: ", LaneListing.Of(ModelCode.Compile(model, new Dictionary<string, double>(), [])), StringComparison.Ordinal);
    }

    [Fact]
    public void The_deepest_expressions_do_not_overflow_the_stack()
    {
        ModelDefinition model = Samples.Read($$"""
            model: deep
            equations: |
              dx/dt = a{{ModelLimits.Depth - 3}}/s
              a0 = x
            {{string.Concat(Enumerable.Range(1, ModelLimits.Depth - 3).Select(i => $"  a{i} = pow(a{i - 1}, x)\n"))}}
            states: {x: {start: 1, unit: 1} }
            """);
        double[] result = new double[9];
        Exception? failed = null;
        Thread small = new(() => failed = Record.Exception(() =>
        {
            ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), []);
            code.Derivatives.Evaluate([], [1, 1, 1, 1, 1, 1, 1, 1, 1], [], result, 9, 0, 9);
            code.CompileExpressions([SymbolicDerivative.Of(model.Inline(model.States[0].Derivative), "x")])
                .Prepare();
        }), 1 << 20);
        small.Start();
        small.Join();
        Assert.Null(failed);
        Assert.All(result, value => Assert.Equal(1, value));
    }

    private static TimeSpan CompileAll(double C_m)
    {
        Stopwatch watch = Stopwatch.StartNew();
        ModelCode code = ModelCode.Compile(HodgkinHuxley, new Dictionary<string, double> { ["C_m"] = C_m }, ["J_app", "g_Na"]);
        const int Lanes = 9;
        double[] numbers = new double[4 * Lanes];
        foreach (LaneProgram program in new[] { code.Derivatives, code.Start, code.Threshold! })
            program.Evaluate(numbers, numbers, numbers, numbers, Lanes, 0, Lanes);
        return watch.Elapsed;
    }
}
