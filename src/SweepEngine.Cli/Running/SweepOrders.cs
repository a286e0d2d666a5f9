using System.Text.Json;
using System.Text.Json.Serialization;
using SweepEngine.Cluster;
using SweepEngine.Equations;
using SweepEngine.RabbitMq;
using SweepEngine.Simulation;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>Sweeps as they travel to workers on other machines: the texts of the sweep file and of the files that it names, never code.</summary>
internal static class SweepOrders
{
    /// <summary>What has to be equal for parts to have the same bytes.</summary>
    public static string Version { get; } =
        $"engine {EngineVersion.Text}, kernel {SweepIdentity.KernelVersion}, schema {SweepIdentity.SchemaVersion}, {SweepIdentity.NumericProfile}";

    /// <summary>Writes a sweep for others.</summary>
    /// <param name="source">How it was read.</param>
    /// <param name="identity">Its identity.</param>
    public static SweepOrder Write(SweepSource source, SweepIdentity identity) =>
        new(identity.ContentHash, Version, source.Spec.Name, JsonSerializer.Serialize(new SweepTexts(source.Path, source.Texts), SweepTextsJson.Default.SweepTexts));

    /// <summary>Reads a sweep that another machine sent, and checks that it is what that machine means.</summary>
    /// <param name="order">What was sent.</param>
    /// <param name="lanes">Width of the registers; null for the best of this processor.</param>
    /// <returns>Makes a kernel of the sweep.</returns>
    /// <exception cref="OrderRefusedException">It cannot be computed here; the message says why.</exception>
    public static Func<IShardKernel> Read(SweepOrder order, int? lanes)
    {
        if (order.Version != Version)
            throw new OrderRefusedException($"it was begun by {order.Version}, but this worker is {Version}; install the same version on both");
        SweepTexts texts;
        try
        {
            texts = JsonSerializer.Deserialize(order.Text, SweepTextsJson.Default.SweepTexts) ?? throw new JsonException("nothing");
        }
        catch (JsonException unreadable)
        {
            throw new OrderRefusedException($"it cannot be read: {unreadable.Message}");
        }
        var findings = new Findings(texts.Texts);
        SweepSpec spec = SweepSpecReader.ReadFile(texts.Path, findings) ?? throw new OrderRefusedException($"it cannot be read: {findings}");
        var identity = new SweepIdentity(spec);
        if (identity.ContentHash != order.Id)
            throw new OrderRefusedException($"its texts are another sweep than it says: found {identity.ContentHash[..12]}…, announced {order.Id[..12]}…");
        var code = new Lazy<ModelCode>(() => ShardComputation.Compile(spec, lanes ?? spec.Execution.Lanes));
        var tally = new RunTally();
        return () => new SweepKernel(new ShardComputation(spec, identity, code.Value), tally);
    }
}

/// <summary>The texts of a sweep.</summary>
/// <param name="Path">Which of them is the sweep file.</param>
/// <param name="Texts">All files by their paths.</param>
internal sealed record SweepTexts(string Path, IReadOnlyDictionary<string, string> Texts);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SweepTexts))]
internal sealed partial class SweepTextsJson : JsonSerializerContext;
