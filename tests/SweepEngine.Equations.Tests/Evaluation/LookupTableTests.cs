using SweepEngine.Lanes;

namespace SweepEngine.Equations.Tests;

public sealed class LookupTableTests
{
    private static readonly double[] X = [-2, -1, 0.5, 0.75, 3], Y = [1, 0, 4, -1, 2];

    private const string Model = """
        model: table
        equations: |
          dV_m/dt = (I(t) + g(V_m)*(E_L - V_m))/C_m
          dw/dt = a*F(w)/s
        states: {V_m: {start: E_L, unit: mV}, w: {start: 0.3, unit: 1}}
        parameters: {E_L: {default: -70 mV}, C_m: {default: 100 pF}, a: {default: 1}}
        tables:
          I: {x: {linspace: [0 ms, 20 ms, 5]}, y: [0, 50, 40, 30, 0], y_unit: pA}
          g: {x: [-80, -60, -55, -20], x_unit: mV, y: [1 nS, 5 nS, 20 nS, 0.1 uS]}
          F: {x: [0, 1], y: [2, -3]}
        """;

    [Fact]
    public void The_points_are_met_exactly_and_lines_join_them()
    {
        foreach (bool continues in new[] { false, true })
        {
            LookupTable table = new("f", X, Y, continues);
            for (int i = 0; i < X.Length; i++)
                Assert.Equal(Y[i], table.Value(X[i]));
            Assert.Equal(0.5, table.Value(-1.5));
            Assert.Equal(1.5, table.Value(0.625));
            Assert.True(double.IsNaN(table.Value(double.NaN)));
            Assert.Equal([-1, 4 / 1.5, -20, 3 / 2.25], X.Take(4).Select(table.Slope));
        }
    }

    [Fact]
    public void Beyond_the_ends_the_end_values_hold_or_the_lines_go_on()
    {
        LookupTable holds = new("f", X, Y, continues: false), goesOn = new("f", X, Y, continues: true);
        Assert.Equal([1, 1, 2, 2], new[] { double.NegativeInfinity, -2.5, 3.5, double.PositiveInfinity }.Select(holds.Value));
        Assert.Equal([0, 0, 0], new[] { -2.5, 3.5, double.PositiveInfinity }.Select(holds.Slope));
        Assert.Equal([2, 2 + 2 * 3 / 2.25], new[] { -3.0, 5 }.Select(goesOn.Value));
        Assert.Equal([-1, 3 / 2.25], new[] { -3.0, 5 }.Select(goesOn.Slope));
    }

    [Fact]
    public void A_start_can_be_a_table_of_the_start_of_a_later_state()
    {
        Findings findings = new();
        ModelDefinition? model = ModelReader.Read(Model.Replace("start: E_L, unit: mV}, w: {start: 0.3,", "start: -70 mV*F(w), unit: mV}, w: {start: 0.5,", StringComparison.Ordinal), "f.yaml", findings);
        Assert.True(model is not null, findings.ToString());
        double[] start = new double[2];
        ModelCode.Compile(model, new Dictionary<string, double>(), []).Start.Evaluate([0], [], [], start, 1, 0, 1);
        Assert.Equal([-0.07 * -0.5, 0.5], start);
    }

    [Fact]
    public void A_large_table_finds_the_same_line_as_a_search_from_the_left()
    {
        Random random = new(7);
        foreach (bool even in new[] { true, false })
        {
            double[] x = [.. Enumerable.Range(0, LookupTable.MostPoints).Select(i => 1e-3 * i + (even ? 0 : 9e-4 * random.NextDouble()))];
            LookupTable table = new("f", x, [.. x.Select(each => each * each)], continues: true);
            for (int k = 0; k < 2000; k++)
            {
                double at = k % 3 == 0 ? x[random.Next(x.Length)] : random.NextDouble() * 12 - 1;
                int i = Math.Clamp(x.TakeWhile(each => each <= at).Count() - 1, 0, x.Length - 2);
                Assert.Equal((x[i + 1] * x[i + 1] - x[i] * x[i]) / (x[i + 1] - x[i]), table.Slope(at));
            }
        }
    }

    [Fact]
    public void Points_that_are_no_table_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new LookupTable("f", [0], [0], false));
        Assert.Throws<ArgumentException>(() => new LookupTable("f", [0, 1], [0], false));
        Assert.Throws<ArgumentException>(() => new LookupTable("f", [0, 0], [0, 1], false));
        Assert.Throws<ArgumentException>(() => new LookupTable("f", [0, double.NaN], [0, 1], false));
        Assert.Throws<ArgumentException>(() => new LookupTable("f", new double[LookupTable.MostPoints + 1], new double[LookupTable.MostPoints + 1], false));
    }

    [Fact]
    public void Every_lane_width_gives_the_bits_of_the_interpreter_for_tables_and_their_slopes()
    {
        ModelDefinition model = Samples.Read(Model);
        double[] V = [-0.09, -0.08, -0.07, -0.06, -0.0575, -0.055, -0.03, -0.02, 0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.061];
        double[] t = [-1, 0, 0.004, 0.005, 0.0125, 0.02, 0.021, 1, 0.001, 0.002, 0.003, 0.019, 0.007];
        Expression derivative = model.Inline(model.States[0].Derivative);
        foreach (int width in LaneWidths.All)
        {
            ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["a"], width);
            LaneProgram slopes = code.CompileExpressions([SymbolicDerivative.Of(derivative, "V_m"), SymbolicDerivative.Of(derivative, "t")]);
            double[] y = [.. V, .. V.Select(v => v * 10 + 1)], a = [.. V.Select(_ => 2.0)], result = new double[y.Length], slope = new double[y.Length];
            code.Derivatives.Evaluate(t, y, a, result, V.Length, 0, V.Length);
            slopes.Evaluate(t, y, a, slope, V.Length, 0, V.Length);
            for (int j = 0; j < V.Length; j++)
            {
                Interpreter interpreter = code.Interpret(t[j], [y[j], y[V.Length + j]], [2.0]);
                AssertSameBits(interpreter.Evaluate(derivative), result[j]);
                AssertSameBits(interpreter.Evaluate(model.Inline(model.States[1].Derivative)), result[V.Length + j]);
                AssertSameBits(interpreter.Evaluate(SymbolicDerivative.Of(derivative, "V_m")), slope[j]);
                AssertSameBits(interpreter.Evaluate(SymbolicDerivative.Of(derivative, "t")), slope[V.Length + j]);
            }
        }
        // At -57.5 mV and 12.5 ms: 35 pA and 12.5 nS, whose slope is 3 nS/mV.
        Assert.Equal(0.35 - 125 * 0.0125, At(-0.0575, 0.0125), 1e-12);

        double At(double v, double at) => ModelCode.Compile(model, new Dictionary<string, double>(), []).Interpret(at, [v, 0], []).Evaluate(derivative);
    }

    [Fact]
    public void A_table_at_a_constant_is_a_constant()
    {
        ModelDefinition model = Samples.Read(Model.Replace("I(t)", "I(7.5 ms)", StringComparison.Ordinal));
        string listing = LaneListing.Of(ModelCode.Compile(model, new Dictionary<string, double>(), []));
        Assert.Contains(" = g(V_m)\n", listing, StringComparison.Ordinal);
        Assert.Contains(" + 4.5E-11\n", listing.Replace("4.5E-11 + ", "x + 4.5E-11\n", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("I(", listing, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_and_ends_of_tables_belong_to_a_models_identity_but_their_spelling_does_not()
    {
        string original = Samples.Read(Model).CanonicalText;
        Assert.Equal(original, Samples.Read(Model.Replace("[0, 50, 40, 30, 0], y_unit: pA", "[0 pA, 50 pA, 0.04 nA, 30 pA, 0]", StringComparison.Ordinal)).CanonicalText);
        Assert.NotEqual(original, Samples.Read(Model.Replace("[0, 50, 40,", "[0, 50, 41,", StringComparison.Ordinal)).CanonicalText);
        Assert.NotEqual(original, Samples.Read(Model.Replace("[-80, -60,", "[-81, -60,", StringComparison.Ordinal)).CanonicalText);
        Assert.NotEqual(original, Samples.Read(Model.Replace("20 ms, 5]", "24 ms, 5]", StringComparison.Ordinal)).CanonicalText);
    }

    [Fact]
    public void A_table_is_shown_with_its_ends_in_their_units()
    {
        ModelDefinition model = Samples.Read(Model);
        Assert.Equal(
            ["I(x) = table of 5 points from (0 ms, 0 pA) to (20 ms, 0 pA), its end values hold beyond", "g(x) = table of 4 points from (-80 mV, 1 nS) to (-20 mV, 100 nS), its end values hold beyond",
                "F(x) = table of 2 points from (0, 2) to (1, -3), its end values hold beyond"],
            model.Functions.Select(function => function.ToString()));
        Assert.Equal("(I(t) + g(V_m)*(E_L - V_m))/C_m", model.Inline(model.States[0].Derivative).ToString());
    }

    [Theory]
    [InlineData("T: {x: [0 mV, 1 mV], y: [1, 2]}", "dV_m/dt = T(▶g_L)*E_L/tau", "the argument x of 'T' has the wrong dimension")]
    [InlineData("T: {x: [0 mV, 1 mV], y: [1 nS, 2 nS]}", "dV_m/dt = ▶T(V_m)/tau", "dV_m/dt has the wrong dimension")]
    [InlineData("▶T: {x: [0 mV, 1 mV], y: [1, 2, 3]}", "dV_m/dt = T(V_m)*E_L/tau", "found 2 x and 3 y")]
    [InlineData("T: {x: [1 mV, ▶0 mV], y: [1, 2]}", "dV_m/dt = T(V_m)*E_L/tau", "the arguments of the table T do not ascend: found 0 mV behind 1 mV")]
    [InlineData("T: {x: [0 mV, 1 mV, ▶1 mV], y: [1, 2, 3]}", "dV_m/dt = T(V_m)*E_L/tau", "do not ascend")]
    [InlineData("T: {x: {linspace: [1 mV, 0 mV, ▶3]}, y: [1, 2, 3]}", "dV_m/dt = T(V_m)*E_L/tau", "do not ascend")]
    [InlineData("T: {x: {linspace: ▶[0 mV, 1 mV]}, y: [1, 2]}", "dV_m/dt = T(V_m)*E_L/tau", "allowed [first, last, n], with n from 2 to 10000")]
    [InlineData("T: {x: {linspace: ▶[0 mV, 1 mV, 10001]}, y: [1, 2]}", "dV_m/dt = T(V_m)*E_L/tau", "with n from 2 to 10000")]
    [InlineData("T: {x: ▶[0 mV], y: [1]}", "dV_m/dt = T(V_m)*E_L/tau", "found 1, allowed 2 to 10000")]
    [InlineData("T: {x: [0 mV, ▶1 pA], y: [1, 2]}", "dV_m/dt = T(V_m)*E_L/tau", "another dimension than those before it (T: x): found '1 pA', allowed ")]
    [InlineData("T: {x: [0 mV, 1 mV], y: [1, ▶many]}", "dV_m/dt = T(V_m)*E_L/tau", "this is not a quantity (T: y): found 'many'")]
    [InlineData("T: {x: [0, 1], x_unit: ▶nonsense, y: [1, 2]}", "dV_m/dt = T(V_m)*E_L/tau", "the unit is not known (T: x)")]
    [InlineData("T: {x: [0 mV, 1 mV], y: [1, 2], ▶z: 3}", "dV_m/dt = T(V_m)*E_L/tau", "unknown key")]
    [InlineData("▶k: {x: [0 mV, 1 mV], y: [1, 2]}", "dV_m/dt = E_L/tau", "the name 'k' is taken")]
    [InlineData("T: {x: [0, 1], y: [1, 2]}", "dV_m/dt = ▶T(xi*(1 s)^0.5)*E_L/tau", "white noise must enter linearly")]
    [InlineData("T: {x: [0 mV, 1 mV], y: [1, 2]}", "dV_m/dt = ▶T*E_L/tau", "'T' is a function and needs its arguments")]
    [InlineData("T: {x: [0 mV, 1 mV], y: [1, 2]}", "dV_m/dt = ▶T(V_m, V_m)*E_L/tau", "'T' has the wrong number of arguments")]
    public void What_is_wrong_with_a_table_is_told_at_its_place(string table, string equations, string expected) =>
        Marked.Check(Marked.Model(equations, $"tables: {{{table}}}"), expected);

    private static void AssertSameBits(double expected, double actual) =>
        Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual) || (double.IsNaN(expected) && double.IsNaN(actual)), $"{expected:R} and {actual:R}");
}
