namespace SweepEngine.Equations.Tests;

/// <summary>Every mistake in an equation is one finding, at the very token.</summary>
public sealed class EquationMistakesTests
{
    [Theory]
    [InlineData("dV_m/dt = ▶* I_app/C_m", "found '*', allowed a number, a name, a function or '('")]
    [InlineData("dV_m/dt = I_app/▶", "found the end of the line")]
    [InlineData("dV_m/dt = I_app ▶g_L/C_m", "next step: write * for a product")]
    [InlineData("dV_m/dt = 2 ▶k*I_app/C_m", "write 2*k")]
    [InlineData("dV_m/dt = ▶(I_app/C_m", "the parenthesis is never closed")]
    [InlineData("dV_m/dt = ▶(I_app/C_m\nx = ▶(k", "the parenthesis is never closed", "the parenthesis is never closed")]
    [InlineData("dV_m/dt = I_app/C_m▶)", "remove it, or add '(' in front")]
    [InlineData("dV_m/dt = I_app ▶= C_m", "next step: compare with ==")]
    [InlineData("dV_m/dt = I_app/C_m ▶: volt", "an equation cannot contain this character: found ':'")]
    [InlineData("dV_m/dt = I_app/C_m ▶; k", "write each equation on a line of its own")]
    [InlineData("dV_m/dt = I_app ▶− k", "write the minus of the keyboard")]
    [InlineData("dV_m/dt = if(k > 0 ▶&& k < 1, 1, 2)*I_app/C_m", "write 'and'")]
    [InlineData("dV_m/dt = if(0 < k ▶< 1, 1, 2)*I_app/C_m", "write a < b and b < c")]
    [InlineData("dV_m/dt = if(1 + ▶not k > 0, 1, 2)*I_app/C_m", "'not' needs parentheses here")]
    [InlineData("dV_m/dt = ▶1e999*I_app/C_m", "the number is too large: found '1e999', allowed numbers up to 1.8e308")]
    public void A_broken_text(string equation, params string[] expected)
    {
        Marked.Check(Marked.Model(equation), expected);
    }

    [Theory]
    [InlineData("dV_m/dt = ▶I_apq/C_m", "there is no such name in this model: found 'I_apq'", "did you mean 'I_app'?")]
    [InlineData("dV_m/dt = ▶Foo/C_m", "define it on a line of its own: Foo = …")]
    [InlineData("dV_m/dt = I_app/C_m*▶exq(k)", "there is no such function: found 'exq'", "did you mean 'exp'?")]
    [InlineData("dV_m/dt = I_app▶(k)/C_m", "'I_app' is a parameter, not a function", "write I_app*(…) for a product")]
    [InlineData("dV_m/dt = ▶exp*I_app/C_m", "'exp' is a function and needs its arguments")]
    [InlineData("dV_m/dt = ▶F(k, k)*I_app/C_m", "'F' has the wrong number of arguments: found 2, allowed 1")]
    [InlineData("dV_m/dt = ▶if(k > 0, 1)*I_app/C_m", "'if' has the wrong number of arguments: found 2, allowed 3")]
    [InlineData("dV_m/dt = I_app/C_m + 1 ▶mVolt/ms", "this is neither an operator nor a unit: found 'mVolt'")]
    [InlineData("dV_m/dt = I_app/C_m\n▶k = 2", "the name 'k' is taken: a parameter has it")]
    [InlineData("dV_m/dt = I_app/C_m\n▶exp = 2", "'exp' has a meaning of its own")]
    [InlineData("dV_m/dt = I_app/C_m\n▶t = 2", "'t' has a meaning of its own")]
    [InlineData("dV_m/dt = I_app/C_m\nG(▶k) = k^2", "the name 'k' is taken: a parameter has it", "a second use as an argument")]
    [InlineData("dV_m/dt = I_app/C_m\nG(x, ▶x) = x^2", "the name 'x' is taken: an argument has it")]
    [InlineData("dV_m/dt = I_app/C_m\n▶dV_m/dt = I_app/C_m", "dV_m/dt is defined twice")]
    [InlineData("dV_m/dt = I_app/C_m\n▶dV_n/dt = I_app/C_m", "'V_n' is not a state of this model", "did you mean 'V_m'?")]
    [InlineData("dV_m/dt = I_app/C_m\n▶k + 1", "this line does not define anything here: found 'k + 1', allowed dX/dt = …, name = … or name(x) = …")]
    [InlineData("dV_m/dt = I_app/C_m\n▶x += 1", "this line does not define anything here: found 'x += 1'")]
    [InlineData("dV_m/dt = b*I_app/C_m\n▶b = c\nc = 2*d\nd = F(b)", "'b' is defined by itself: found b → c → d → b")]
    [InlineData("dV_m/dt = I_app/C_m\n▶G(x) = G(x - 1)", "'G' is defined by itself: found G → G")]
    public void A_wrong_name(string equation, params string[] expected)
    {
        IReadOnlyList<Finding> findings = Marked.Check(Marked.Model(equation));
        Assert.All(expected, words => Assert.Contains(words, findings[0].ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dV_m/dt = ▶I_app", "dV_m/dt has the wrong dimension: found current, allowed a voltage per time such as mV/ms")]
    [InlineData("dV_m/dt = ▶3*k", "dV_m/dt has the wrong dimension: found dimensionless")]
    [InlineData("dV_m/dt = (g_L*(E_L - V_m) ▶+ V_m)/C_m", "the two sides of '+' have different dimensions: found current and voltage")]
    [InlineData("dV_m/dt = (E_L - V_m ▶- 55)/tau", "found voltage and dimensionless", "give the number a unit, as in 55 mV")]
    [InlineData("dV_m/dt = E_L/tau*exp(▶V_m/tau)", "the argument of 'exp' must be a pure number: found voltage per time", "divide it by a voltage per time")]
    [InlineData("dV_m/dt = E_L/tau*if(▶k, 1, 2)", "'if' needs a condition: found dimensionless")]
    [InlineData("dV_m/dt = E_L/tau*▶if(k > 0, 1, tau)", "the two branches of 'if' have different dimensions: found dimensionless and time")]
    [InlineData("dV_m/dt = E_L/tau*(▶k > 0)", "'*' needs a number: found a condition", "write if(condition, 1, 0)")]
    [InlineData("dV_m/dt = E_L/tau*if(k ▶> tau, 1, 2)", "the two sides of '>' have different dimensions")]
    [InlineData("dV_m/dt = E_L/tau*if(not ▶k, 1, 2)", "'not' needs a condition")]
    [InlineData("dV_m/dt = E_L/tau*▶min(k, tau)", "the two arguments of 'min' have different dimensions")]
    [InlineData("dV_m/dt = E_L/tau*(V_m▶^k)", "the power of a quantity needs a number as exponent")]
    [InlineData("dV_m/dt = E_L/tau*k^▶tau", "an exponent must be a pure number: found time")]
    [InlineData("dV_m/dt = ▶-I_app", "dV_m/dt has the wrong dimension: found current")]
    [InlineData("dV_m/dt = x\nx = E_L/tau/exp(▶tau)", "found time", "next step: divide it by a time")]
    [InlineData("dV_m/dt = E_L/tau + 1/▶10 mV/ms", "it is not clear where this unit ends: found '10 mV/ms'", "write (10 mV/ms)")]
    [InlineData("dV_m/dt = E_L/tau + ▶10 mV^2.0/ms", "it is not clear where this unit ends")]
    public void A_wrong_dimension(string equation, params string[] expected)
    {
        IReadOnlyList<Finding> findings = Marked.Check(Marked.Model(equation));
        Assert.All(expected, words => Assert.Contains(words, findings[0].ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_function_is_checked_for_the_dimensions_with_which_it_is_called()
    {
        IReadOnlyList<Finding> findings = Marked.Check(Marked.Model("dV_m/dt = E_L/tau*(G(k) + G(V_m/E_L) + G(V_m))\nG(x) = exp(▶x)"));
        Assert.Contains("G is called at model.yaml:4:42 with x: voltage", findings[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Zero_fits_every_dimension() =>
        Samples.Read(Marked.Model("dV_m/dt = max(0, if(V_m > 0, 0, -V_m))/tau"));

    [Fact]
    public void Roots_and_powers_have_dimensions() =>
        Samples.Read(Marked.Model("dV_m/dt = sqrt(V_m^2)/tau + (V_m*V_m)^0.5/tau + V_m^-1*V_m^(2)/tau + (V_m^(1/3))^3/tau"));

    [Fact]
    public void Everything_wrong_is_reported_together() => Marked.Check(Marked.Model("""
        dV_m/dt = ▶I_apq/C_m + ▶Ee
        x = 2 ▶+ tau
        y = ▶)
        ▶what is this
        """, "spike: {when: ▶V_m + 1 mV, reset: ▶W = 2}"));
}
