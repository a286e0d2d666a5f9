using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>
/// The JSON Schema (draft-07) of sweep files, for editors. It is made from <see cref="SweepKeys"/> and the keys of
/// <see cref="ModelReader"/>, so that it cannot differ from what the reader takes. What a schema cannot say, units and ranges of a
/// model's parameters, only the reader checks.
/// </summary>
public static class SweepSchema
{
    private const string Quantities = @"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*([A-Za-zµμΩ1(].*)?$";

    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema.</summary>
    /// <returns>Indented JSON with a last newline.</returns>
    public static string Json()
    {
        JsonObject schema = Map(SweepKeys.File, new()
        {
            ["model"] = new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    new JsonObject { ["enum"] = Strings(ModelLibrary.Names) },
                    new JsonObject { ["type"] = "string", ["pattern"] = @"/|\.(yaml|ode)$" },
                    Model(), OdeModel()),
            },
            ["parameters"] = Named(Quantity()),
            ["grid"] = Grid(),
            ["stimulus"] = OneOf(SweepKeys.Stimulus, PartLibrary.Stimuli, [], new() { [SweepKeys.Expression.Name] = Expression() }),
            ["synapses"] = Named(OneOf(SweepKeys.SynapseKinds, PartLibrary.Synapses, [.. SweepKeys.SynapseInputs, SweepKeys.From, .. SweepKeys.SynapseOptions], [])),
            ["measure"] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject { ["enum"] = Strings(SweepKeys.Measures.Select(each => each.Word)) },
                ["minItems"] = 1,
                ["uniqueItems"] = true,
            },
            [SweepKeys.TracesKey] = Map(SweepKeys.Traces, SweepKeys.Traces.Where(key => key.Kinds == YamlKinds.Text).ToDictionary(key => key.Name, _ => (JsonNode)Quantity())),
            [SweepKeys.FollowKey] = Map(SweepKeys.Follow, new()
            {
                ["point"] = new JsonObject
                {
                    ["anyOf"] = new JsonArray(
                        new JsonObject { ["enum"] = Strings(FollowReader.Points.Select(each => each.Word)) },
                        new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["enum"] = Strings(FollowReader.Points.Select(each => each.Word)) }, ["minItems"] = 1, ["uniqueItems"] = true }),
                },
                ["range"] = new JsonObject { ["type"] = "array", ["items"] = Quantity(), ["minItems"] = 2, ["maxItems"] = 2 },
            }),
            ["tolerance"] = Quantity(),
            ["seed"] = Quantity(),
            ["repeat"] = Quantity(),
            ["method"] = new JsonObject { ["enum"] = Strings(IntegrationMethodText.FixedSteps.Select(method => method.Text())) },
            ["dt"] = Quantity(),
            ["execution"] = Map(SweepKeys.Execution, SweepKeys.Execution.ToDictionary(key => key.Name, _ => (JsonNode)Quantity())),
        });
        JsonObject file = new()
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "Sweep file",
        };
        foreach ((string name, JsonNode? value) in schema.ToList())
        {
            schema.Remove(name);
            file[name] = value;
        }
        return file.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Grid()
    {
        JsonObject grid = Named(Axis());
        JsonObject zip = Named(Axis());
        zip["minProperties"] = 2;
        grid["properties"] = new JsonObject
        {
            [SweepKeys.Zip.Name] = new JsonObject
            {
                ["description"] = SweepKeys.Zip.Summary,
                ["anyOf"] = new JsonArray(zip, new JsonObject { ["type"] = "array", ["items"] = zip.DeepClone() }),
            },
        };
        grid["minProperties"] = 1;
        return grid;
    }

    // A map with one entry: a part of the library with values for its parameters, or another.
    private static JsonObject OneOf(
        IReadOnlyList<YamlKey> kinds, PartLibrary library, IReadOnlyList<YamlKey> more, Dictionary<string, JsonNode> others)
    {
        Dictionary<string, JsonNode> values = new(others);
        Dictionary<string, string> summaries = [];
        foreach (string name in library.Names)
        {
            PartDescription part = library.Describe(name, "pA");
            summaries[name] = part.Summary;
            YamlKey[] parameters = [.. part.Parameters
                .Select(parameter => new YamlKey(parameter.Name, YamlKinds.Text, false, parameter.Summary)), .. more];
            values[name] = Map(parameters, parameters.ToDictionary(key => key.Name, key => key.Name switch
            {
                "release" => Map(SweepKeys.Release, SweepKeys.Release.ToDictionary(each => each.Name, _ => (JsonNode)Quantity())),
                "mean" => new JsonObject { ["type"] = new JsonArray("string", "boolean") },
                "input" or "voltage" => new JsonObject { ["type"] = "string" },
                _ => (JsonNode)Quantity(),
            }));
        }
        JsonObject map = Map([.. kinds.Select(kind => summaries.TryGetValue(kind.Name, out string? summary) ? kind with { Summary = summary } : kind)], values);
        map["minProperties"] = 1;
        map["maxProperties"] = 1;
        return map;
    }

    private static JsonObject Expression() => Map(StimulusComposition.ExpressionKeys, new()
    {
        ["events"] = Named(Map(ModelReader.EventKeys, new() { ["refractory"] = Map(ModelReader.RefractoryKeys, []) })),
        ["states"] = Named(Map(ModelReader.StateKeys, [])),
        ["parameters"] = Named(Map(ModelReader.ParameterKeys, [])),
    });

    private static JsonObject Axis()
    {
        JsonObject axis = Map(SweepKeys.Axis, SweepKeys.Axis.ToDictionary(key => key.Name, key =>
        {
            JsonObject list = new() { ["type"] = "array", ["items"] = Quantity(), ["minItems"] = key.Name == "values" ? 1 : 3 };
            if (key.Name != "values")
                list["maxItems"] = 3;
            return (JsonNode)list;
        }));
        axis["minProperties"] = 1;
        axis["maxProperties"] = 1;
        return axis;
    }

    private static JsonObject Model() => Map(ModelReader.Keys, new()
    {
        ["spike"] = Map(ModelReader.SpikeKeys, new() { ["refractory"] = Map(ModelReader.RefractoryKeys, []) }),
        ["events"] = Named(Map(ModelReader.EventKeys, new() { ["refractory"] = Map(ModelReader.RefractoryKeys, []) })),
        ["states"] = Named(Map(ModelReader.StateKeys, [])),
        ["parameters"] = Named(Map(ModelReader.ParameterKeys, [])),
        ["tables"] = Named(Map(ModelReader.TableKeys, [])),
    });

    private static JsonObject OdeModel() => Map(XppReader.Keys, new()
    {
        ["spike"] = Map(ModelReader.SpikeKeys, new() { ["refractory"] = Map(ModelReader.RefractoryKeys, []) }),
    });

    // YAML takes 1e-6 for a number or a string, as its version has it. A pattern says nothing about numbers.
    private static JsonObject Quantity() => new() { ["type"] = Types(YamlKinds.Text), ["pattern"] = Quantities };

    private static JsonObject Named(JsonObject value) => new() { ["type"] = "object", ["additionalProperties"] = value };

    // A map with these keys; those that have more to say than their kind are given.
    private static JsonObject Map(IReadOnlyList<YamlKey> keys, Dictionary<string, JsonNode> values)
    {
        JsonObject properties = [];
        foreach (YamlKey key in keys)
        {
            JsonObject value = values.TryGetValue(key.Name, out JsonNode? given)
                ? given.AsObject() : new JsonObject { ["type"] = Types(key.Kinds) };
            value["description"] = key.Default is null ? key.Summary : $"{key.Summary} (default: {key.Default})";
            properties[key.Name] = value;
        }
        JsonObject map = new() { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (keys.Any(key => key.Required))
            map["required"] = Strings(keys.Where(key => key.Required).Select(key => key.Name));
        return map;
    }

    // A YAML text is a string, or a number where it looks like one.
    private static JsonArray Types(YamlKinds kinds) => Strings(
    [
        .. kinds.HasFlag(YamlKinds.Text) ? ["string", "number"] : (string[])[],
        .. kinds.HasFlag(YamlKinds.List) ? ["array"] : (string[])[],
        .. kinds.HasFlag(YamlKinds.Map) ? ["object"] : (string[])[],
    ]);

    private static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
