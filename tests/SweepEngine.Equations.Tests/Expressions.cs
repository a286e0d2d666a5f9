namespace SweepEngine.Equations.Tests;

/// <summary>Reads single expressions over x, y, a, b and some parameters of neurons.</summary>
internal static class Expressions
{
    public static Expression Parse(string text)
    {
        Findings findings = new();
        YamlMap map = YamlFile.Read("e: |\n" + string.Concat(text.Split('\n').Select(line => $"  {line}\n")), "test.yaml", findings)!;
        Scope scope = new();
        foreach (string name in new[] { "x", "y", "a", "b", "g_L", "E_L", "V_m", "C_m", "I_app" })
            scope.Declare(name, new Declared(Meaning.Parameter, default), findings);
        Expression? expression = EquationLines.Single(map.Text("e")!, scope, findings);
        Assert.True(expression is not null && !findings.Any, $"{text}\n{findings}");
        return expression;
    }
}
