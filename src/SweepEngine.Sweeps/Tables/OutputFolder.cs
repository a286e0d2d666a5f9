using System.Text.Json;

namespace SweepEngine.Sweeps;

/// <summary>
/// What the folder of a sweep says about the sweep while it is computed: <c>sweep.json</c>, written when it is run for the first time. It
/// fixes the shards, so that a later run reuses them, and keeps two sweeps from mixing.
/// </summary>
/// <param name="Sweep">Name of the sweep.</param>
/// <param name="ContentHash">Its identity.</param>
/// <param name="EngineVersion">The program that began it.</param>
/// <param name="Points">Grid points.</param>
/// <param name="Curves">Curves.</param>
/// <param name="CurvesPerShard">Curves of each shard.</param>
/// <param name="CanonicalSpec">The sweep in its canonical form.</param>
/// <param name="Tables">Names of its tables; null in folders that were begun when all sweeps had the same two.</param>
public sealed record OutputFolder(
    string Sweep, string ContentHash, string EngineVersion, long Points, long Curves, long CurvesPerShard, string CanonicalSpec,
    IReadOnlyList<string>? Tables = null)
{
    private const string FileName = "sweep.json";

    /// <summary>Reads the file.</summary>
    /// <returns>Null where there is none: no sweep was begun in the folder.</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static OutputFolder? TryRead(string outputDirectory)
    {
        string path = Path.Combine(outputDirectory, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), SweepJson.Default.OutputFolder)
                ?? throw new JsonException("It is empty.");
        }
        catch (JsonException trouble)
        {
            throw new InvalidDataException(
                $"{path} is damaged: {trouble.Message} Delete it and run again with the same --curves-per-shard to go on, or choose another folder.", trouble);
        }
    }

    /// <summary>Takes the folder for a sweep: reads what it says, or writes it.</summary>
    /// <param name="outputDirectory">The folder; made if it is not there.</param>
    /// <param name="spec">The sweep.</param>
    /// <param name="identity">Its identity.</param>
    /// <param name="curvesPerShard">Asked for when the folder does not say.</param>
    /// <param name="publish">Moves a file that is written and flushed from a temporary name to its own, durably and all at once.</param>
    /// <exception cref="InvalidDataException">The folder holds another sweep; the message says which, and what to do.</exception>
    public static OutputFolder Take(
        string outputDirectory, SweepSpec spec, SweepIdentity identity, Func<long> curvesPerShard, Action<string, string> publish)
    {
        if (TryRead(outputDirectory) is { } there)
        {
            return there.ContentHash == identity.ContentHash ? there : throw new InvalidDataException(
                $"{outputDirectory} holds another sweep: found '{there.Sweep}' ({there.ContentHash[..12]}…, engine {there.EngineVersion}), "
                + $"this is '{spec.Name}' ({identity.ContentHash[..12]}…, engine {Sweeps.EngineVersion.Text}).\n"
                + "    next step: choose another folder with --out, or delete this one if you do not need its tables");
        }

        Directory.CreateDirectory(outputDirectory);
        var folder = new OutputFolder(
            spec.Name, identity.ContentHash, Sweeps.EngineVersion.Text, spec.Grid.PointCount, spec.Grid.CurveCount, curvesPerShard(),
            identity.CanonicalText, [.. SweepTable.All(spec, identity).Select(table => table.Name)]);
        string path = Path.Combine(outputDirectory, FileName), temporary = path + ".tmp";
        using (FileStream file = File.Create(temporary))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(folder, SweepJson.Default.OutputFolder));
            file.Flush(flushToDisk: true);
        }

        publish(temporary, path);
        return folder;
    }
}
