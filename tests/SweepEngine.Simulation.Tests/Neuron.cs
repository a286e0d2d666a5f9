using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Simulation.Tests;

/// <summary>Sets up kernels for models of the library.</summary>
internal static class Neuron
{
    public static ModelCode Code(string model, string[] swept, params (string Name, string Value)[] fixedParameters) =>
        Code(ModelLibrary.Find(model)!, swept, fixedParameters);

    public static ModelCode Code(ModelDefinition model, string[] swept, params (string Name, string Value)[] fixedParameters) =>
        ModelCode.Compile(model, fixedParameters.ToDictionary(p => p.Name, p => SI(p.Value)), swept);

    /// <summary>A model as a user writes it.</summary>
    public static ModelDefinition Read(string yaml)
    {
        var findings = new Findings();
        return ModelReader.Read(yaml, "test.yaml", findings) ?? throw new InvalidDataException(findings.ToString());
    }

    public static double SI(string quantity) =>
        Quantity.TryParse(quantity, out Quantity value) ? value.SI : throw new FormatException(quantity);

    /// <summary>The number of one measure of one point.</summary>
    public static double Of(this PointTable table, string measure, int point) =>
        table.Numbers[table.Measures.ToList().FindIndex(m => m.Name == measure)][point];
}
