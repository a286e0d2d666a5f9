using System.Runtime.CompilerServices;

namespace SweepEngine.Equations.Tests;

public sealed class ReadmeTests
{
    private static readonly string Text = File.ReadAllText(Path.GetFullPath("../../../../src/SweepEngine.Equations/README.md", ThisFile()));

    [Fact]
    public void The_model_in_the_README_is_valid()
    {
        int start = Text.IndexOf("```yaml\n", StringComparison.Ordinal) + 8;
        ModelDefinition model = Samples.Read(Text[start..Text.IndexOf("```", start, StringComparison.Ordinal)]);
        Assert.Equal("lif_adapt", model.Name);
        ModelCode.Compile(model, new Dictionary<string, double>(), ["I_app"]).Derivatives.Prepare();
    }

    [Fact]
    public void The_README_names_every_function_key_and_limit()
    {
        Assert.All(BuiltIn.Functions.Keys.Concat(BuiltIn.Draws.Keys), name => Assert.Contains(name, Text, StringComparison.Ordinal));
        Assert.All(ModelReader.Keys.Concat(ModelReader.StateKeys).Concat(ModelReader.ParameterKeys).Concat(ModelReader.SpikeKeys).Concat(ModelReader.RefractoryKeys).Concat(ModelReader.EventKeys).Concat(ModelReader.TableKeys),
            key => Assert.Contains(key.Name, Text, StringComparison.Ordinal));
        Assert.All([ModelLimits.Characters, ModelLimits.Equations, ModelLimits.Nesting, ModelLimits.Depth, ModelLimits.Nodes, ModelLimits.Events, ModelLimits.Noises, ModelLimits.Tables, YamlFile.DeepestNesting],
            limit => Assert.Contains(limit.ToString("N0", null), Text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_tables_in_the_README_are_valid()
    {
        int start = Text.IndexOf("tables:\n", StringComparison.Ordinal);
        ModelDefinition model = Samples.Read("model: m\nequations: dV_m/dt = m_inf(V_m)*I_rec(t)/pF\nstates: {V_m: {start: 0 mV, unit: mV}}\n" + Text[start..Text.IndexOf("```", start, StringComparison.Ordinal)]);
        Assert.Equal(["I_rec", "m_inf"], model.Functions.Select(function => function.Name));
        Assert.Contains($"{LookupTable.FewestPoints} to {LookupTable.MostPoints:N0} of them", Text, StringComparison.Ordinal);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
