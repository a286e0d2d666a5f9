namespace SweepEngine.Equations.Tests;

/// <summary>Texts in which ▶ stands right before the place that a finding must name.</summary>
internal static class Marked
{
    /// <summary>Reads a model with marks and checks that there is one finding per mark, there, with the expected words.</summary>
    public static IReadOnlyList<Finding> Check(string marked, params string[] expected)
    {
        List<string> places = [];
        string[] lines = marked.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            while (lines[i].IndexOf('▶', StringComparison.Ordinal) is >= 0 and int column)
            {
                places.Add($"model.yaml:{i + 1}:{column + 1}");
                lines[i] = lines[i].Remove(column, 1);
            }
        }
        Findings findings = new();
        ModelDefinition? model = ModelReader.Read(string.Join('\n', lines), "model.yaml", findings);
        Assert.Null(model);
        Assert.True(places.SequenceEqual(findings.All.Select(finding => finding.Place.ToString())),
            $"expected findings at {string.Join(", ", places)}, got\n{findings}");
        for (int i = 0; i < expected.Length; i++)
            Assert.Contains(expected[i], findings.All[i].ToString(), StringComparison.Ordinal);
        return findings.All;
    }

    /// <summary>A model of one state with these equations; they may use V_m [mV], g_L [nS], E_L [mV], C_m [pF], I_app [pA], tau [ms], k [1] and F(x).</summary>
    public static string Model(string equations, string rest = "") => $$"""
        model: test
        equations: |
          F(z) = z^2
        {{string.Join('\n', equations.Split('\n').Select(line => "  " + line))}}
        states:
          V_m: {start: E_L, unit: mV}
        {{rest}}
        parameters:
          g_L: {default: 10 nS}
          E_L: {default: -70 mV}
          C_m: {default: 100 pF}
          I_app: {default: 0 pA}
          tau: {default: 20 ms}
          k: {default: 1}
        """;
}
