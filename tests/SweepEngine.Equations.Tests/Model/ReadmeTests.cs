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
        Assert.All(ModelReader.Keys.Concat(ModelReader.StateKeys).Concat(ModelReader.ParameterKeys).Concat(ModelReader.SpikeKeys).Concat(ModelReader.RefractoryKeys).Concat(ModelReader.EventKeys),
            key => Assert.Contains(key.Name, Text, StringComparison.Ordinal));
        Assert.All([ModelLimits.Characters, ModelLimits.Equations, ModelLimits.Nesting, ModelLimits.Depth, ModelLimits.Nodes, ModelLimits.Events],
            limit => Assert.Contains(limit.ToString("N0", null), Text, StringComparison.Ordinal));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
