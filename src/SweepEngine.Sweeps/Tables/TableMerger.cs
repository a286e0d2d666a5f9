using SweepEngine.Parquet;

namespace SweepEngine.Sweeps;

/// <summary>
/// Merges parts into the finished tables, in the order of curves, streaming. It can be killed at any moment: files that are finished
/// count, everything newer is written again from the parts. The manifest is written last.
/// </summary>
public sealed class TableMerger : IDisposable
{
    private readonly string _outputDirectory;
    private readonly SweepSpec _spec;
    private readonly SweepIdentity _identity;
    private readonly IReadOnlyList<SweepTable> _tables;
    private readonly TableFiles[] _files;
    private readonly Action<string, string> _publish;

    /// <summary>Prepares to merge.</summary>
    /// <param name="outputDirectory">The sweep's folder.</param>
    /// <param name="spec">The sweep.</param>
    /// <param name="identity">Its identity.</param>
    /// <param name="publish">Moves a file that is written and flushed from a temporary name to its own, durably and all at once.</param>
    public TableMerger(string outputDirectory, SweepSpec spec, SweepIdentity identity, Action<string, string> publish)
    {
        _outputDirectory = outputDirectory;
        _spec = spec;
        _identity = identity;
        _publish = publish;
        _tables = SweepTable.All(spec, identity);
        _files = [.. _tables.Select(table => new TableFiles(table, outputDirectory, spec.Grid.CurveCount, publish))];
    }

    /// <summary>Looks at what is finished already. To be called once, first.</summary>
    /// <returns>Curves [0, result) need not be appended again.</returns>
    /// <exception cref="InvalidDataException">A file in the tables' folders is not one of this sweep.</exception>
    public long Resume()
    {
        long curves = _spec.Grid.CurveCount;
        foreach (TableFiles files in _files)
        {
            files.Resume(_identity.ContentHash);
            curves = Math.Min(curves, files.FinishedCurves);
        }

        return curves;
    }

    /// <summary>Appends curves of a part.</summary>
    /// <param name="part">The curves that the part holds.</param>
    /// <param name="payload">What <see cref="ShardComputation.Compute"/> returned for them.</param>
    /// <param name="take">The curves to append; they begin where the last call ended, and end with the part.</param>
    /// <exception cref="InvalidDataException">The payload is damaged.</exception>
    public void Append(ShardRange part, ReadOnlyMemory<byte> payload, ShardRange take)
    {
        ParquetReader[] parts = PartTables.Read(payload, _tables.Count);
        for (int t = 0; t < _files.Length; t++)
        {
            _files[t].Append(parts[t], part, take.FirstCurve);
        }
    }

    /// <summary>Finishes the tables and writes the manifest. Does no harm when called again.</summary>
    /// <exception cref="InvalidOperationException">Curves are missing.</exception>
    public void Finish()
    {
        foreach (TableFiles files in _files)
        {
            files.Finish();
        }

        SweepManifest manifest = SweepManifest.Of(
            _spec, _identity, _outputDirectory, [.. _tables.Zip(_files, (table, files) => (table, files.Paths))]);
        string path = SweepManifest.PathIn(_outputDirectory), temporary = $"{path}.{Guid.NewGuid():N}.tmp"; // two mergers may be at it
        using (FileStream file = File.Create(temporary))
        {
            file.Write(manifest.Json());
            file.Flush(flushToDisk: true);
        }

        _publish(temporary, path);
        foreach (string leftover in Directory.EnumerateFiles(_outputDirectory, Path.GetFileName(path) + ".*.tmp"))
        {
            File.Delete(leftover);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TableFiles files in _files)
        {
            files.Dispose();
        }
    }
}
