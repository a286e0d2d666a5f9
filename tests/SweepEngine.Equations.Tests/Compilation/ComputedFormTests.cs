using SweepEngine.Lanes;

namespace SweepEngine.Equations.Tests;

public sealed class ComputedFormTests
{
    // Bound of the relative error beside what rounding of exponents costs, which the text has as well.
    private const double Bound = 1e-14;

    /// <summary>Functions of V, and where the text loses digits or has a hole, the same without.</summary>
    public static TheoryData<string, string> Functions { get; } = new()
    {
        { "exp(-(V + 65 mV)/(18 mV)) + exp(-(V + 65 mV)/(80 mV)) + exp(-(V + 35 mV)/(10 mV)) + exp(-(V + 50 mV)/(5 mV))", "" },
        { "exp((V - V_T - 10 mV)/(5 mV)) + exp((13 mV - (V_T - V))/(15 mV))", "" },
        { "exp(0.0625/mV*V) + exp(V/(1 mV))", "" },
        { "1/exprel(-(V + 40 mV)/(10 mV)) + exp(-(V + 65 mV)/(80 mV))", "" },
        { "1/exprel(-(V + 40 mV)/(10 mV)) + 2/exprel((V + 10 mV)/(5 mV))", "" },
        { "0.3/exprel((V - V_T)/k)", "" },
        { "1/(1 + exp(-(V + 35 mV)/(10 mV))) + 1/(exp((V + 45 mV)/(5 mV)) + 1) + exp(-V/(20 mV))", "" },
        { "1 + tanh((V - V_T)/k)", "2/(1 + exp(-2*((V - V_T)/k)))" },
        { "tanh((V - V_T)/k) + 1 + cosh((V - V_T)/(2*k))", "2/(1 + exp(-2*((V - V_T)/k))) + cosh((V - V_T)/(2*k))" },
        { "2*(1 - tanh((V - V_T)/k)) + exp((V - V_T)/k)", "4/(1 + exp(2*((V - V_T)/k))) + exp((V - V_T)/k)" },
        { "(V + 55 mV)/(1 - exp(-(V + 55 mV)/(10 mV)))/(5 mV) + exp(-V/(40 mV))", "2/exprel(-(V + 55 mV)/(10 mV)) + exp(-V/(40 mV))" },
        { "(V + 55 mV)/(5 mV)/(exp((V + 55 mV)/(10 mV)) - 1)", "2/exprel((V + 55 mV)/(10 mV))" },
        { "(V - V_T)/k*exp(-V/(3 mV))", "" },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_keeps_its_value(string function, string inFull)
    {
        ModelDefinition model = Model(function);
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), []);
        Expression text = model.Inline(model.States[0].Derivative), full = inFull.Length == 0 ? text : Model(inFull).States[0].Derivative;
        Random random = new(5);
        for (int i = 0; i < 20_000; i++)
        {
            // Physiological, near the singularities at −55 and −40 mV, and beyond all bounds of a healthy cell.
            double V = (i % 4) switch { 0 => Between(-0.2, 0.2), 1 => (i % 8 == 1 ? -0.055 : -0.04) + Math.Pow(10, Between(-18, -1)), 2 => Between(-0.1, 0.05), _ => Between(-1, 1) };
            Interpreter exactly = new(Values(V));
            double found = code.Interpret(0, [0, V], []).Evaluate(text), exact = exactly.EvaluateExactly(full).High;
            double exponent = Arguments(full).Max(argument => Math.Abs(exactly.EvaluateExactly(argument).High));
            Assert.True(found == exact || Math.Abs(found - exact) <= (Bound + 5e-16 * exponent) * Math.Abs(exact), $"{function} at {V:R}: {found:R}, not {exact:R}");
        }

        double Between(double low, double high) => low + (high - low) * random.NextDouble();
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_is_a_number_wherever_its_text_is_one(string function, string inFull)
    {
        ModelDefinition model = Model(function);
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), []);
        Expression text = model.Inline(model.States[0].Derivative);
        foreach (double size in new[] { 0, 1e-300, 0.04, 0.055, 0.3, 1, 3, 4.5, 7.3, 10, 100, 1e4, 1e9, 1e100 })
        {
            foreach (double V in new[] { size, -size })
            {
                double written = new Interpreter(Values(V)).Evaluate(inFull.Length == 0 ? text : Model(inFull).States[0].Derivative), found = code.Interpret(0, [0, V], []).Evaluate(text);
                if (double.IsFinite(written) && Math.Abs(V) <= 1)
                    Assert.True(Math.Abs(found - written) <= 1e-9 * Math.Abs(written), $"{function} at {V:R}: {found:R}, not {written:R}");
                else if (double.IsFinite(written))
                    Assert.True(!double.IsNaN(found), $"{function} at {V:R}: {found:R}, not {written:R}");
            }
        }
    }

    [Fact]
    public void Five_of_the_six_exponentials_of_Hodgkin_and_Huxley_are_powers_of_one()
    {
        ModelDefinition model = Samples.Read(Samples.HodgkinHuxley);
        Expression[] form = new ComputedForm(model).Of(model.States.Select(state => model.Inline(state.Derivative)));
        Assert.Equal(2, Calls(form, "exp").Distinct().Count());
        Assert.Empty(Calls(form, "exprel"));
        Assert.Equal(2, Calls(form, Lowering<double>.ExprelrOfExpFunction).Distinct().Count());
    }

    [Theory]
    [InlineData("exp(V/(10 mV)) + exp(V/(10 mV))", 1)] // one and the same
    [InlineData("exp(V/(10 mV)) + exp((V + 5 mV)/(10 mV))", 1)]
    [InlineData("exp(V/(10 mV)) + exp(V/(20 mV)) + exp(V/(30 mV))", 1)] // powers of e^(V/60 mV)
    [InlineData("exp(V/(10 mV)) + exp(-V/(10 mV))", 2)] // a division is not cheaper
    [InlineData("exp(V/(10 mV)) + exp(V/(17 mV))", 2)] // too high powers
    [InlineData("exp(V/(1 mV)) + exp(V/(17 mV))", 2)]
    [InlineData("exp(V/(10 mV)) + exp(V/(10.000001 mV))", 2)]
    [InlineData("exp(V/(10 mV)) + exp((V + 3000 mV)/(10 mV))", 2)] // one would be 0 or infinite where the other is not
    [InlineData("exp(V/k) + exp(V/(2*k))", 1)]
    [InlineData("exp(V/k) + exp(V/(20 mV))", 2)] // k may be swept
    [InlineData("exp(V_T/k) + exp(V/k)", 2)]
    public void Exponentials_are_shared_where_it_pays(string function, int count)
    {
        ModelDefinition model = Model(function);
        Assert.Equal(count, Calls([new ComputedForm(model).Of(model.Inline(model.States[0].Derivative))], "exp").Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Code_has_the_bits_of_the_interpreter_whatever_is_swept(string function, string inFull)
    {
        ModelDefinition model = Model(function);
        const int Lanes = 13;
        double[] y = [.. Enumerable.Range(0, Lanes).Select(i => -0.1 + 0.0123 * i)], p = [.. Enumerable.Repeat(-0.06, Lanes), .. Enumerable.Repeat(0.012, Lanes)];
        Expression text = model.Inline(model.States[0].Derivative), slope = SymbolicDerivative.Of(text, "V");
        double[][] results = [.. from width in LaneWidths.All
                                 from swept in new string[][] { [], ["V_T", "k"] }
                                 select Evaluated(width, swept)];
        Assert.All(results, result => Assert.Equal(results[0], result));
        Assert.Equal(new Interpreter(Values(-0.1)).EvaluateExactly(inFull.Length == 0 ? text : Model(inFull).States[0].Derivative).High, results[0][0], 1e-9 * Math.Abs(results[0][0]));

        double[] Evaluated(int width, string[] swept)
        {
            ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), swept, width);
            double[] result = new double[2 * Lanes];
            code.CompileExpressions([text, slope]).Evaluate([], [.. y, .. y], p, result, Lanes, 0, Lanes);
            for (int j = 0; j < Lanes; j++)
            {
                Interpreter interpreter = code.Interpret(0, [0, y[j]], swept.Length == 0 ? [] : [-0.06, 0.012]);
                Assert.Equal([interpreter.Evaluate(text), interpreter.Evaluate(slope)], [result[j], result[Lanes + j]]);
            }
            return result;
        }
    }

    [Fact]
    public void Division_by_what_does_not_change_is_multiplication()
    {
        ModelDefinition model = Model("V/k + V/(2*k*V_T)*V_T + V/(3 mV) + k/V_T/2 + V_T/V");
        Expression form = new ComputedForm(model).Of(model.Inline(model.States[0].Derivative));
        Assert.Equal("(V*(1/k) + V*(1/(2*k*V_T))*V_T + V*(1/3 mV) + k/V_T/2 + V_T/V)*(1/1 s)", form.ToString());
    }

    private static ModelDefinition Model(string function) => Samples.Read($$$"""
        model: m
        voltage: V
        equations: |
          dx/dt = ({{{function}}})/(1 s)
          dV/dt = 0 mV/s
        states: {x: {start: 0, unit: 1}, V: {start: 0 mV, unit: mV}}
        parameters: {V_T: {default: -60 mV}, k: {default: 12 mV} }
        """);

    private static Dictionary<string, double> Values(double V) => new() { ["V"] = V, ["V_T"] = -0.06, ["k"] = 0.012 };

    private static IEnumerable<Expression> Calls(IEnumerable<Expression> expressions, string function) =>
        expressions.SelectMany(each => Calls(each.Branches, function).Concat(each is Call call && call.Function == function ? [each] : []));

    // Of all functions.
    private static IEnumerable<Expression> Arguments(Expression expression) =>
        expression.Branches.SelectMany(Arguments).Concat(expression is Call call ? call.Arguments : []);
}
