using FsCheck;
using FsCheck.Fluent;

namespace SweepEngine.Equations.Tests;

public sealed class SymbolicDerivativeTests
{
    private static readonly string[] Bounded =
    [
        "sin({0})", "cos({0})", "tanh({0})", "sinh(tanh({0}))", "cosh(tanh({0}))", "tan(tanh({0})/2)", "exp(-({0})^2)", "expm1(sin({0}))",
        "exprel(2*sin({0}))", "exprel(sin({0})/10)", "log(2 + sin({0}))", "log1p(1 + cos({0}))", "log10(2 + cos({0}))", "sqrt(2 + sin({0}))",
        "abs(2 + sin({0}))", "(2 + sin({0}))^-3", "(2 + sin({0}))^2.5", "pow(2, sin({0}))", "max({0}, -100)", "min({0}, 100)",
        "if({0} > -100, {0}, 3)", "1.5^cos({0})",
        "({0}) + ({1})", "({0}) - ({1})", "sin({0})*cos({1})", "({0})/(2 + sin({1}))", "(2 + cos({0}))^sin({1})", "-({0})", "if({1} > -100, sin({0}), 1)",
    ];

    private const int Links = 7;

    private static readonly Gen<Expression> Smooth = Gen.Sized(size => Text(Math.Min(size / 12, 4))).Select(Expressions.Parse);

    [Fact]
    public void The_derivative_agrees_with_differences() =>
        Prop.ForAll(Smooth.ToArbitrary(), Gen.Choose(-200, 200).Select(i => i / 97.0).ToArbitrary(), (expression, x) =>
        {
            double Value(Expression of, double at) => new Interpreter(new Dictionary<string, double> { ["x"] = at, ["y"] = 0.7 }).Evaluate(of);

            double derivative = Value(SymbolicDerivative.Of(expression, "x"), x);
            (double difference, double uncertainty) = Difference(at => Value(expression, at), x);
            Assert.True(Math.Abs(derivative - difference) <= 1e-9 * (1 + Math.Abs(derivative)) + 4 * uncertainty,
                $"d/dx {expression} at {x} is {derivative}, by differences {difference} ± {uncertainty}");
            // The bound says something only where differences are precise.
            return uncertainty < 1e-6;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(60));

    [Theory]
    [InlineData("x*y", "x", "y")]
    [InlineData("a*x + b", "x", "a")]
    [InlineData("x^3", "x", "3*x^2")]
    [InlineData("x^2", "x", "2*x")]
    [InlineData("x^-1", "x", "-x^-2")]
    [InlineData("a/x", "x", "-(a/x/x)")]
    [InlineData("exp(-x/a)", "x", "-(exp(-x/a)*(1/a))")]
    [InlineData("exp(y)", "x", "0")]
    [InlineData("abs(x)", "x", "sign(x)")]
    [InlineData("floor(x) + ceil(x) + sign(x) + heaviside(x)", "x", "0")]
    [InlineData("if(x > a, x, 3)", "x", "if(x > a, 1, 0)")]
    [InlineData("min(x, a)", "x", "if(x < a, 1, 0)")]
    [InlineData("max(x, a)", "x", "if(x > a, 1, 0)")]
    [InlineData("g_L*(E_L - V_m)", "V_m", "-g_L")]
    [InlineData("t^2*y", "t", "2*t*y")]
    public void Derivatives_are_simple(string text, string symbol, string derivative) =>
        Assert.Equal(derivative, SymbolicDerivative.Of(Expressions.Parse(text), symbol).ToString());

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1e-9, 0.50000000033333333)]
    [InlineData(0.2499999, 0.59169495949293684)]
    [InlineData(0.2500001, 0.5916950400012706)]
    [InlineData(-30, 0.00111111111110788793)]
    [InlineData(50, 1.0162022836030662e20)]
    public void The_derivative_of_exprel_is_precise_near_zero_too(double x, double expected)
    {
        double derivative = new Interpreter(new Dictionary<string, double> { ["x"] = x }).Evaluate(SymbolicDerivative.Of(Expressions.Parse("exprel(x)"), "x"));
        Assert.Equal(1, derivative / expected, 5e-15);
    }

    [Fact]
    public void Derivatives_of_a_deep_chain_compile_and_share_its_parts()
    {
        ModelDefinition model = Samples.Read($$"""
            model: chain
            equations: |
              dx/dt = a{{Links}}/s
              a0 = x
            {{string.Concat(Enumerable.Range(1, Links).Select(i => $"  a{i} = sin(a{i - 1})*exp(-a{i - 1}) + a{i - 1}/2\n"))}}
            states: {x: {start: 0, unit: 1} }
            """);
        Expression chain = model.Inline(model.States[0].Derivative);
        Expression second = SymbolicDerivative.Of(SymbolicDerivative.Of(chain, "x"), "x");
        double[] result = new double[9], x = [.. Enumerable.Range(1, 9).Select(i => i / 4.0)];
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), []);
        code.CompileExpressions([second]).Evaluate([], x, [], result, 9, 0, 9);
        for (int j = 0; j < 9; j++)
            Assert.Equal(code.Interpret(0, [x[j]], []).Evaluate(second), result[j]);
    }

    private static Gen<string> Text(int depth) => depth == 0
        ? Gen.Elements("x", "x", "y", "0.5*x", "x*y")
        : from form in Gen.Elements(Bounded) from first in Text(depth - 1) from second in Text(depth - 1) select string.Format(null, form, first, second);

    // Ridders' extrapolation of central differences, and how far its best two estimates are apart.
    private static (double Value, double Uncertainty) Difference(Func<double, double> f, double x)
    {
        const int Rows = 12;
        double[,] table = new double[Rows, Rows];
        (double best, double uncertainty) = (double.NaN, double.PositiveInfinity);
        double h = 0.2;
        for (int i = 0; i < Rows; i++, h /= 1.6)
        {
            table[i, 0] = (f(x + h) - f(x - h)) / (2 * h);
            double factor = 1.6 * 1.6;
            for (int j = 1; j <= i; j++, factor *= 1.6 * 1.6)
            {
                table[i, j] = (table[i, j - 1] * factor - table[i - 1, j - 1]) / (factor - 1);
                double error = Math.Max(Math.Abs(table[i, j] - table[i, j - 1]), Math.Abs(table[i, j] - table[i - 1, j - 1]));
                if (error < uncertainty)
                    (best, uncertainty) = (table[i, j], error);
            }
        }
        return (best, uncertainty);
    }
}
