using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Models.Tests;

/// <summary>Models are computed with fewer exponentials and divisions than their texts have.</summary>
public class ComputedEquationsTests
{
    private const int States = 200;

    public static TheoryData<string> Names => [.. ModelLibrary.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_computed_is_what_the_text_says(string name)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), []);
        Random random = new(1);
        for (int k = 0; k < States; k++)
        {
            double[] y = RandomState(model, random);
            Dictionary<string, double> values = model.Parameters.ToDictionary(each => each.Name, each => each.Default.SI);
            values.Add("t", 0.01);
            foreach (string noise in model.Noises)
                values.Add(noise, 0);
            for (int i = 0; i < y.Length; i++)
                values.Add(model.States[i].Name, y[i]);
            Dictionary<Expression, double> sizes = new(ReferenceEqualityComparer.Instance);
            Interpreter text = new(values), computed = code.Interpret(0.01, y, []);
            foreach (StateVariable state in model.States)
            {
                Expression derivative = model.Inline(state.Derivative);
                double exact = text.EvaluateExactly(derivative).High, found = computed.Evaluate(derivative);
                Assert.True(Math.Abs(found - exact) <= 1e-14 * Size(derivative, text, sizes), $"{name}, d{state.Name}/dt at {string.Join(", ", y)}: {found:R}, not {exact:R}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_bits_depend_neither_on_the_width_nor_on_what_is_swept(string name)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        const int Lanes = 13;
        Random random = new(2);
        double[][] y = [.. Enumerable.Range(0, Lanes).Select(_ => RandomState(model, random))];
        double[] time = new double[Lanes], states = [.. model.States.SelectMany((_, i) => y.Select(each => each[i]))];
        string[] all = [.. model.Parameters.Select(each => each.Name)];
        double[] parameters = [.. model.Parameters.SelectMany(each => Enumerable.Repeat(each.Default.SI, Lanes))];
        ModelCode any = ModelCode.Compile(model, new Dictionary<string, double>(), []);
        double[] expected = [.. model.States.SelectMany(state => y.Select(each => any.Interpret(0, each, []).Evaluate(model.Inline(state.Derivative))))];
        foreach (int width in LaneWidths.All)
        {
            foreach (string[] swept in new string[][] { [], all })
            {
                double[] result = new double[states.Length];
                ModelCode.Compile(model, new Dictionary<string, double>(), swept, width).Derivatives.Evaluate(time, states, parameters, result, Lanes, 0, Lanes);
                Assert.Equal(expected, result);
            }
        }
    }

    // Potentials from -200 to 200 mV, whatever else from 0 to 1 of its unit.
    private static double[] RandomState(ModelDefinition model, Random random) =>
        [.. model.States.Select(state => state.Unit.FromSI(1) == 1000 ? 0.4 * random.NextDouble() - 0.2 : random.NextDouble() / state.Unit.FromSI(1))];

    // How large the parts are of which an expression is made: its sensitivity to relative errors of them.
    private static double Size(Expression expression, Interpreter text, Dictionary<Expression, double> known)
    {
        if (known.TryGetValue(expression, out double size))
            return size;
        double Value(Expression each) => Math.Abs(text.EvaluateExactly(each).High);
        double Of(Expression each) => Size(each, text, known);
        size = expression switch
        {
            Unary unary => Of(unary.Operand),
            Binary { Operator: BinaryOperator.Add or BinaryOperator.Subtract } sum => Of(sum.Left) + Of(sum.Right),
            Binary { Operator: BinaryOperator.Multiply } product => Of(product.Left) * Of(product.Right),
            Binary { Operator: BinaryOperator.Divide } quotient => Of(quotient.Left) / Value(quotient.Right) * Math.Max(1, Of(quotient.Right) / Value(quotient.Right)),
            Binary { Operator: BinaryOperator.Power } power => Value(power) * Math.Pow(Of(power.Left) / Value(power.Left), Value(power.Right)),
            Binary => 0, // a condition
            Call { Function: "exp" or "exprel" or "cosh", Arguments: [var u] } call => Value(call) * (1 + 0.1 * Of(u)),
            Call { Function: "if" } call => Math.Max(Of(call.Arguments[1]), Of(call.Arguments[2])),
            Call { Function: "min" or "max" } call => call.Arguments.Max(Of),
            Call call => Math.Max(1, Value(call)) * (1 + call.Arguments.Max(Of)),
            _ => Value(expression),
        };
        known.Add(expression, size);
        return size;
    }
}
