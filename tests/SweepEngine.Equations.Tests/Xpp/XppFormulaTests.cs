namespace SweepEngine.Equations.Tests;

/// <summary>Values of formulas as XPP computes them.</summary>
public sealed class XppFormulaTests
{
    [Theory]
    [InlineData("2^3^2", 64)] // from the left
    [InlineData("2**3", 8)]
    [InlineData("-2^2", -4)]
    [InlineData("-3*a", -6)]
    [InlineData("10-4-3", 3)]
    [InlineData("16/4/2", 2)]
    [InlineData("2*(a+1)", 6)]
    [InlineData("A*B", 6)]
    [InlineData("a<b", 1)]
    [InlineData("(a>b)+(b>=b)+5", 6)]
    [InlineData("a&b", 1)]
    [InlineData("a&0", 0)]
    [InlineData("a>b|b>a", 1)]
    [InlineData("a==2&b!=2", 1)]
    [InlineData("1|0&0", 1)]
    [InlineData("not a>b", 1)]
    [InlineData("not(a)", 0)]
    [InlineData("if(a)then(1)else(2)", 1)]
    [InlineData("if(a-2)then(1)else(2)", 2)]
    [InlineData("IF(a>b&b)THEN(1)ELSE(2)+10", 12)]
    [InlineData("heav(0)+heav(-1)+heav(1)", 2)]
    [InlineData("sign(-4)+sign(0)", -1)]
    [InlineData("log(exp(2))+ln(exp(1))", 3)]
    [InlineData("log10(1000)", 3)]
    [InlineData("flr(-1.5)+ceil(1.2)", 0)]
    [InlineData("mod(7,3)", 1)]
    [InlineData("mod(-1,3)", 2)]
    [InlineData("max(a,b)-min(a,b)", 1)]
    [InlineData("sum(1,10)of(i')", 55)]
    [InlineData("sum(0,2)of(i'^2)*2", 10)]
    [InlineData("sum(2,1)of(i')", 0)]
    [InlineData("shift(a,1)", 3)]
    [InlineData("sum(0,1)of(shift(a,i'))", 5)]
    [InlineData("shift(x,1)+shift(two,1)", 15)]
    [InlineData("twice(b)+twice(1)", 8)]
    [InlineData("t", 7)]
    [InlineData("T/7", 1)]
    [InlineData("1e2+.5+2.", 102.5)]
    [InlineData("cos(pi)", -1)]
    public void A_formula_has_the_value_that_XPP_computes(string formula, double expected)
    {
        Findings findings = new();
        ModelDefinition? model = XppReader.Read($"a'=0\nb'=0\nx'={formula}\ntwice(a)=2*a\ntwo=2\n!six=6\nthirteen=13\n", "f.ode", findings);
        Assert.True(model is not null, findings.ToString());
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), []);
        double perSecond = code.Interpret(7e-3, [2, 3, 0], []).Evaluate(model.Inline(model.States[2].Derivative));
        Assert.Equal(expected, perSecond / 1000, 1e-13);
    }
}
