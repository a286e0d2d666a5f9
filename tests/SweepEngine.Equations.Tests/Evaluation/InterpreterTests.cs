using SweepEngine.Lanes;

namespace SweepEngine.Equations.Tests;

public sealed class InterpreterTests
{
    private static readonly Dictionary<string, double> Values = new() { ["x"] = 0.3, ["y"] = -2.5, ["t"] = 4 };

    [Theory]
    [InlineData("x*x", 0.3 * 0.3)]
    [InlineData("x^2", 0.3 * 0.3)]
    [InlineData("x^3", 0.3 * 0.3 * 0.3)]
    [InlineData("x^4", 0.3 * 0.3 * (0.3 * 0.3))]
    [InlineData("x^5", 0.3 * 0.3 * (0.3 * 0.3) * 0.3)]
    [InlineData("x^6", 0.3 * 0.3 * 0.3 * (0.3 * 0.3 * 0.3))]
    [InlineData("x^-2", 1 / (0.3 * 0.3))]
    [InlineData("x^-(2)", 1 / (0.3 * 0.3))]
    [InlineData("x^0", 1)]
    [InlineData("x^1", 0.3)]
    [InlineData("pow(x, 3)", 0.3 * 0.3 * 0.3)]
    [InlineData("y - x - t", -2.5 - 0.3 - 4)]
    [InlineData("x/y/t", 0.3 / -2.5 / 4)]
    [InlineData("-y^2", -6.25)]
    [InlineData("min(x, y)", -2.5)]
    [InlineData("max(x, y)", 0.3)]
    [InlineData("floor(y)", -3)]
    [InlineData("ceil(y)", -2)]
    [InlineData("ceil(x)", 1)]
    [InlineData("abs(y)", 2.5)]
    [InlineData("sign(y)", -1)]
    [InlineData("heaviside(y) + 2*heaviside(0) + 4*heaviside(x)", 6)]
    [InlineData("if(x > y and not t < 4, 1, 2)", 1)]
    [InlineData("if(x > y and t < 4 or x == y, 1, 2)", 2)]
    [InlineData("if(x != y, if(x <= y, 1, 2), 3)", 2)]
    [InlineData("sqrt(t)", 2)]
    [InlineData("exprel(0)", 1)]
    [InlineData("exp(0) + expm1(0) + log(1) + log1p(0) + log10(1)", 1)]
    [InlineData("sin(0) + cos(0) + tan(0) + sinh(0) + cosh(0) + tanh(0)", 2)]
    [InlineData("1/0", double.PositiveInfinity)]
    [InlineData("-1/0", double.NegativeInfinity)]
    [InlineData("0/0", double.NaN)]
    [InlineData("log(0)", double.NegativeInfinity)]
    [InlineData("sqrt(y)", double.NaN)]
    [InlineData("pi", Math.PI)]
    public void Expressions_have_the_value_that_the_text_says(string text, double expected)
    {
        Expression expression = Expressions.Parse(text);
        Assert.Equal(expected, new Interpreter(Values).Evaluate(expression));
        Assert.Equal(expected, new Interpreter(Values).EvaluateExactly(expression).High, 2e-15);
    }

    [Theory]
    [InlineData("log10(1e3)", 3)]
    [InlineData("exp(1)", Math.E)]
    [InlineData("tanh(x)", 0.2913126124515909)]
    [InlineData("x^17", 1.2914016299999992e-9)]
    [InlineData("x^y", 20.28602064833949)]
    [InlineData("exprel(y)", 0.36716600055044044)]
    [InlineData("sin(y) + cos(x)", 0.35686434502164953)]
    [InlineData("log(x) + log1p(x)", -0.94160853985844499)]
    public void Functions_are_within_some_units_in_the_last_place(string text, double expected) =>
        Assert.Equal(1, new Interpreter(Values).Evaluate(Expressions.Parse(text)) / expected, 1e-15);

    [Fact]
    public void Powers_up_to_sixteen_are_products_and_others_are_pow()
    {
        bool differ = false;
        for (int i = 1; i <= 100; i++)
        {
            double x = i / 7.0, x2 = x * x, x4 = x2 * x2, x8 = x4 * x4;
            Interpreter interpreter = new(new Dictionary<string, double> { ["x"] = x, ["y"] = 16 });
            double pow16 = LaneMath.Pow(Lane1.Broadcast(x), Lane1.Broadcast(16)).Value, pow17 = LaneMath.Pow(Lane1.Broadcast(x), Lane1.Broadcast(17)).Value;
            differ |= pow16 != x8 * x8 && pow17 != x8 * x8 * x;
            Assert.Equal(x8 * x8, interpreter.Evaluate(Expressions.Parse("x^16")));
            Assert.Equal(pow16, interpreter.Evaluate(Expressions.Parse("x^y")));
            Assert.Equal(pow17, interpreter.Evaluate(Expressions.Parse("x^17")));
        }
        Assert.True(differ);
    }

    [Fact]
    public void A_name_without_value_is_refused() =>
        Assert.Throws<ArgumentException>(() => new Interpreter(Values).Evaluate(new Symbol("z")));

    [Fact]
    public void Differences_of_nearly_equal_numbers_are_exact_when_asked_for()
    {
        Interpreter interpreter = new(Values);
        Expression expression = Expressions.Parse("((1 + 1e-20)*(1 - 1e-20) - 1)*1e20 + (sqrt(2)*sqrt(2) - 2)");
        Assert.Equal(0, interpreter.EvaluateExactly(Expressions.Parse("(1 + 1e-20) - 1")).High - 1e-20, 1e-36);
        Assert.Equal(-1, interpreter.EvaluateExactly(Expressions.Parse("((1 + 1e-20) - (1 + 2e-20))*1e20")).High, 1e-10);
        Assert.NotEqual(0, interpreter.Evaluate(Expressions.Parse("sqrt(2)*sqrt(2) - 2")));
        Assert.Equal(0, interpreter.EvaluateExactly(expression).High, 1e-11);
        Assert.Equal((DoubleDouble)2, interpreter.EvaluateExactly(Expressions.Parse("floor(3 - 1e-20)")));
        Assert.Equal((DoubleDouble)3, interpreter.EvaluateExactly(Expressions.Parse("floor(3 + 1e-20)")));
    }
}
