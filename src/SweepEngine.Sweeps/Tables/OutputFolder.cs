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
/// <param name="SweepFile">Absolute path of the sweep file with which it was begun, for a merge that is a run of its own; null in older folders.</param>
public sealed record OutputFolder(
    string Sweep, string ContentHash, string EngineVersion, long Points, long Curves, long CurvesPerShard, string CanonicalSpec,
    IReadOnlyList<string>? Tables = null, string? SweepFile = null)
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

    /// <summary>Takes the folder for a sweep: reads what it says, or writes it. Of several processes that do so at once, one writes.</summary>
    /// <param name="outputDirectory">The folder; made if it is not there.</param>
    /// <param name="sweep">The sweep, and the path of its file.</param>
    /// <param name="identity">Its identity.</param>
    /// <param name="curvesPerShard">Asked for when the folder does not say.</param>
    /// <param name="publishIfAbsent">Moves a file that is written and flushed from a temporary name to its own, durably and all at once; or deletes
    /// it and returns false if that name is taken.</param>
    /// <exception cref="InvalidDataException">The folder holds another sweep; the message says which, and what to do.</exception>
    public static OutputFolder Take(
        string outputDirectory, (SweepSpec Spec, string File) sweep, SweepIdentity identity, Func<long> curvesPerShard, Func<string, string, bool> publishIfAbsent)
    {
        SweepSpec spec = sweep.Spec;
        if (TryRead(outputDirectory) is { } there)
        {
            there.Check(outputDirectory, spec, identity);
            return there;
        }

        Directory.CreateDirectory(outputDirectory);
        var folder = new OutputFolder(
            spec.Name, identity.ContentHash, Sweeps.EngineVersion.Text, spec.Grid.PointCount, spec.Grid.CurveCount, curvesPerShard(),
            identity.CanonicalText, [.. SweepTable.All(spec, identity).Select(table => table.Name)], Path.GetFullPath(sweep.File));
        string path = Path.Combine(outputDirectory, FileName), temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        using (FileStream file = File.Create(temporary))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(folder, SweepJson.Default.OutputFolder));
            file.Flush(flushToDisk: true);
        }

        if (publishIfAbsent(temporary, path))
        {
            return folder;
        }

        OutputFolder first = TryRead(outputDirectory) ?? throw new IOException($"{path} is there and cannot be read");
        first.Check(outputDirectory, spec, identity);
        return first;
    }

    /// <summary>Makes sure that the folder is that of a sweep.</summary>
    /// <param name="outputDirectory">The folder, for the message.</param>
    /// <param name="spec">The sweep.</param>
    /// <param name="identity">Its identity.</param>
    /// <exception cref="InvalidDataException">It is another sweep's; the message says which, and what to do.</exception>
    public void Check(string outputDirectory, SweepSpec spec, SweepIdentity identity)
    {
        if (ContentHash != identity.ContentHash)
        {
            throw new InvalidDataException(
                $"{outputDirectory} holds another sweep: found '{Sweep}' ({ContentHash[..12]}…, engine {EngineVersion}), "
                + $"this is '{spec.Name}' ({identity.ContentHash[..12]}…, engine {Sweeps.EngineVersion.Text}).\n"
                + "    next step: choose another folder with --out, or delete this one if you do not need its tables");
        }
    }
}
