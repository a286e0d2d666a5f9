using FsCheck;
using FsCheck.Fluent;

namespace SweepEngine.Equations.Tests;

public sealed class ExpressionParserTests
{
    [Theory]
    [InlineData("-x^2", "-(x^2)")]
    [InlineData("2^-x^2", "2^(-(x^2))")]
    [InlineData("x^y^a", "x^(y^a)")]
    [InlineData("x**2", "x^2")]
    [InlineData("x - y - a", "(x - y) - a")]
    [InlineData("x/y/a", "(x/y)/a")]
    [InlineData("x/y*a", "(x/y)*a")]
    [InlineData("-x*y", "(-x)*y")]
    [InlineData("x + y*a^b", "x + (y*(a^b))")]
    [InlineData("if(not x < y and y < a or b > 1, 1, 0)", "if(((not (x < y)) and (y < a)) or (b > 1), 1, 0)")]
    [InlineData("1e3 + .5 + 5.", "1000 + 0.5 + 5")]
    public void Operators_bind_as_in_Python(string text, string parenthesised) => Assert.Equal(Expressions.Parse(parenthesised), Expressions.Parse(text));

    [Fact]
    public void A_number_takes_the_unit_behind_it()
    {
        Assert.Equal(Quantity("55 mV"), Expressions.Parse("55 mV"));
        Assert.Equal(Quantity("1 uF/cm^2"), Expressions.Parse("1 uF/cm^2"));
        Assert.Equal(Quantity("3 mV*ms^-1"), Expressions.Parse("3 mV*ms^-1"));
        Assert.Equal(new Unary(UnaryOperator.Negate, Quantity("55 mV")), Expressions.Parse("-55mV"));
        Assert.Equal(new Binary(BinaryOperator.Divide, new Symbol("x"), Quantity("10 mV")), Expressions.Parse("x/10 mV"));
        Assert.Equal(new Binary(BinaryOperator.Multiply, Quantity("120 mS/cm^2"), new Symbol("x")), Expressions.Parse("120 mS/cm^2*x"));
        Assert.Equal(new Binary(BinaryOperator.Divide, new Number(0.1), new UnitConstant(Unit.Parse("ms")!)), Expressions.Parse("0.1/ms"));
        Assert.Equal(new Binary(BinaryOperator.Multiply, new Number(10), new UnitConstant(Unit.Parse("mV")!)), Expressions.Parse("10*mV"));
    }

    [Fact]
    public void The_decimal_and_its_unit_are_rounded_together() =>
        Assert.Equal(54.387e-3, ((Number)Expressions.Parse("54.387 mV")).SI);

    [Fact]
    public void Lines_go_on_inside_of_parentheses_and_comments_end_with_their_line() =>
        Assert.Equal(Expressions.Parse("(x + y)*a"), Expressions.Parse("(x # one\n + y)*a # two"));

    [Fact]
    public void What_is_printed_reads_as_the_same_expression() =>
        Prop.ForAll(RandomExpressions.Any, expression => Assert.Equal(expression, Expressions.Parse(expression.ToString())))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(60));

    [Theory]
    [InlineData("(1 uF)/cm")]
    [InlineData("x*(1 uF)/cm")]
    [InlineData("(x*1 uF)*cm^2")]
    [InlineData("x/(1 uF/cm^2)")]
    [InlineData("(2 mV)^2")]
    [InlineData("x^-(1 uF/cm)")]
    [InlineData("x/-(1 uF/cm)")]
    [InlineData("-(2 mV)^2*x/10 mV")]
    [InlineData("1/ms/exprel(-(x + 55 mV)/10 mV)")]
    [InlineData("not (x < y) == (a < b)")]
    [InlineData("(x < y) == (a < b)")]
    public void Units_survive_printing(string text)
    {
        Expression read = Expressions.Parse(text);
        Assert.Equal(read, Expressions.Parse(read.ToString()));
    }

    [Theory]
    [InlineData("(g_L*((E_L) - V_m) + (I_app))/(C_m)", "(g_L*(E_L - V_m) + I_app)/C_m")]
    [InlineData("((a*b)*x)/((y))", "a*b*x/y")]
    [InlineData("a - (b - x)", "a - (b - x)")]
    [InlineData("a*(b*x)", "a*(b*x)")]
    [InlineData("(a^b)^x", "(a^b)^x")]
    [InlineData("(-a)^2", "(-a)^2")]
    [InlineData("1e-5*1e20", "1e-05*1e20")]
    public void Printing_needs_few_parentheses(string text, string printed) => Assert.Equal(printed, Expressions.Parse(text).ToString());

    [Fact]
    public void Places_take_no_part_in_equality()
    {
        Expression first = Expressions.Parse("x + y"), second = Expressions.Parse("x    + y");
        Assert.NotEqual(((Binary)first).Right.Place, ((Binary)second).Right.Place);
        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
    }

    private static Number Quantity(string text)
    {
        Assert.True(Equations.Quantity.TryParse(text, out Quantity quantity));
        return new Number(quantity);
    }
}
