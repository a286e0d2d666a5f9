using System.Text.Json;
using SweepEngine.Models;

namespace SweepEngine.Sweeps.Tests.Spec;

public sealed class SweepSchemaTests
{
    private const string Zipped = """
        sweep: zipped
        model: ./models/mine.yaml
        parameters: {C_m: 1e2 pF}
        grid:
          I_app: {arange: [0 pA, 30 pA, 10 pA]}
          n: {values: [1, 2.5, "3"]}
          zip:
            - {E_K: {linspace: [-90 mV, -80 mV, 2]}, E_L: {values: [-70 mV, -60 mV]}}
          g_L: {logspace: [1 nS, .1 µS, 3]}
        drive: I_app
        stimulus: {step: {duration: 1 s, delay: 1 ms, after: 0 s, base: -5 mS/cm^2}}
        measure: [fi, traces]
        traces: {every: 0.1 ms, variables: [V_m, I_Na], from: 1 ms, to: 2 s}
        execution: {workers: 2, curves_per_shard: 1e3, lanes: 8}
        """;

    [Fact]
    public void Every_key_is_described()
    {
        JsonElement file = JsonDocument.Parse(SweepSchema.Json()).RootElement;
        Assert.Equal("http://json-schema.org/draft-07/schema#", file.GetProperty("$schema").GetString());
        Assert.Equal(SweepKeys.File.Select(key => key.Name), file.GetProperty("properties").EnumerateObject().Select(each => each.Name));
        Assert.Equal(SweepKeys.File.Where(key => key.Required).Select(key => key.Name), file.GetProperty("required").EnumerateArray().Select(each => each.GetString()));
        Assert.Equal("the relative error asked for, 1e-12 to 1e-2 (default: 1e-6)", file.GetProperty("properties").GetProperty("tolerance").GetProperty("description").GetString());
    }

    [SkippableFact]
    public void Good_files_are_valid()
    {
        string[] texts =
        [
            Sweeps.Adaptation, Zipped, Sweeps.Adaptation.Replace("[fi, rheobase]", "[fi]", StringComparison.Ordinal),
            .. ModelLibrary.Names.Select(name => Sweeps.Adaptation.Replace("model: lif_adapt",
                "model:\n" + string.Join('\n', ModelLibrary.Text(name).Split('\n').Select(line => "  " + line)), StringComparison.Ordinal)),
        ];
        Assert.All(AjvValidator.Errors(SweepSchema.Json(), texts), errors => Assert.Empty(errors));
    }

    [SkippableFact]
    public void Mistakes_of_form_are_found()
    {
        (string Text, string Replacement)[] mistakes =
        [
            ("seed: 1", "sed: 1"), ("sweep: atlas\n", ""), ("drive: I_app\n", ""), ("model: lif_adapt", "model: lif_adopt"), ("model: lif_adapt", "model: {model: m}"),
            ("200 ms", "[200 ms]"), ("200 ms", "much"), ("{values: [0 ms, 2 ms]}", "[0 ms, 2 ms]"), ("{values: [0 ms, 2 ms]}", "{}"),
            ("[0 ms, 2 ms]", "[]"), ("1000 pA, 101]", "1000 pA]"), ("[0 ms, 2 ms]", "[0 ms], linspace: [0 ms, 1 ms, 2]"), ("{linspace: [0 nS, 5 nS, 21]}", "{linspce: [0 nS, 5 nS, 21]}"),
            ("g_adapt: {linspace: [0 nS, 5 nS, 21]}", "zip: {g_adapt: {linspace: [0 nS, 5 nS, 21]}}"), ("step: {duration", "step: {length"), ("step: {", "ramp: {"),
            ("[fi, rheobase]", "[]"), ("[fi, rheobase]", "[fi, fi]"), ("[fi, rheobase]", "[spikes]"), ("[fi, rheobase]", "fi"),
            ("seed: 1", "traces: {every: much}"), ("seed: 1", "traces: {from: 1 ms}"), ("seed: 1", "traces: {every: 1 ms, variables: V_m}"), ("seed: 1", "execution: {worker: 1}"),
        ];
        string[] texts = [.. mistakes.Select(mistake => Sweeps.Adaptation.Replace(mistake.Text, mistake.Replacement, StringComparison.Ordinal))];
        Assert.All(texts, text => Assert.NotEqual(Sweeps.Adaptation, text));
        Assert.All(AjvValidator.Errors(SweepSchema.Json(), texts), errors => Assert.NotEmpty(errors));
    }
}
