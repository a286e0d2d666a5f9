using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>A file of a finished table.</summary>
/// <param name="Path">Path below the sweep's folder, with forward slashes.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
public sealed record ManifestFile(string Path, long Rows, long Bytes, string Sha256);

/// <summary>A column of a finished table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it holds, in lower case: double, int64, string.</param>
/// <param name="Unit">Unit of its numbers; 1 for pure numbers, empty where there is none.</param>
/// <param name="Description">What it is.</param>
public sealed record ManifestColumn(string Name, string Type, string Unit, string Description);

/// <summary>A finished table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Files">Its files, in order.</param>
/// <param name="Columns">Its columns, in order.</param>
public sealed record ManifestTable(string Name, long Rows, IReadOnlyList<ManifestFile> Files, IReadOnlyList<ManifestColumn> Columns);

/// <summary>
/// What a complete sweep consists of: <c>manifest.json</c>, written last. Its bytes depend on the sweep alone: no host, no time.
/// </summary>
/// <param name="Sweep">Name of the sweep.</param>
/// <param name="Model">Name of its model.</param>
/// <param name="ContentHash">Its identity.</param>
/// <param name="EngineVersion">The program that computed it.</param>
/// <param name="Points">Grid points.</param>
/// <param name="Curves">Curves.</param>
/// <param name="Status">Number of points by status, in the order of <see cref="PointStatus"/>; statuses without points are left out.</param>
/// <param name="Tables">The tables.</param>
/// <param name="Diagrams">Number of curves by <c>bifurcation_status</c>, the place in it left out; null where bifurcations are not measured.</param>
public sealed record SweepManifest(
    string Sweep, string Model, string ContentHash, string EngineVersion, long Points, long Curves,
    IReadOnlyDictionary<string, long> Status, IReadOnlyList<ManifestTable> Tables,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, long>? Diagrams = null)
{
    /// <summary>Where the manifest of a sweep's folder stands.</summary>
    public static string PathIn(string outputDirectory) => Path.Combine(outputDirectory, "manifest.json");

    /// <summary>Reads the manifest of a folder.</summary>
    /// <returns>Null where there is none: the sweep is not complete.</returns>
    /// <exception cref="InvalidDataException">The file is not a manifest.</exception>
    public static SweepManifest? TryRead(string outputDirectory)
    {
        string path = PathIn(outputDirectory);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), SweepJson.Default.SweepManifest)
                ?? throw new JsonException("It is empty.");
        }
        catch (JsonException trouble)
        {
            throw new InvalidDataException($"{path} is not a manifest: {trouble.Message} Delete it and run the sweep again.", trouble);
        }
    }

    /// <summary>The manifest as it stands in the file: UTF-8, indented, with a newline at the end.</summary>
    public byte[] Json() => [.. JsonSerializer.SerializeToUtf8Bytes(this, SweepJson.Default.SweepManifest), (byte)'\n'];

    internal static SweepManifest Of(
        SweepSpec spec, SweepIdentity identity, string outputDirectory, IReadOnlyList<(SweepTable Table, IEnumerable<string> Paths)> tables)
    {
        var status = new SortedDictionary<PointStatus, long>();
        Dictionary<string, PointStatus> words = Enum.GetValues<PointStatus>().ToDictionary(each => each.Text());
        SortedDictionary<string, long>? diagrams = spec.Measures.HasFlag(SweepMeasures.Bifurcations) ? new(StringComparer.Ordinal) : null;
        List<ManifestTable> listed = [];
        foreach ((SweepTable table, IEnumerable<string> paths) in tables)
        {
            List<ManifestFile> files = [];
            foreach (string path in paths)
            {
                using FileStream stream = File.OpenRead(path);
                string hash = Convert.ToHexStringLower(SHA256.HashData(stream));
                stream.Position = 0;
                var reader = new ParquetReader(stream);
                files.Add(new ManifestFile(
                    Path.GetRelativePath(outputDirectory, path).Replace('\\', '/'), reader.RowCount, stream.Length, hash));
                if (table.Name == PointsTable.TableName)
                {
                    Count(reader);
                }

                if (table.Name == CurvesTable.TableName && diagrams is not null)
                {
                    CurveBifurcations.Count(reader, diagrams);
                }
            }

            listed.Add(new ManifestTable(table.Name, files.Sum(file => file.Rows), files,
                [.. table.Columns.Select(column => new ManifestColumn(
                    column.Name, column.Column.Type.ToString().ToLowerInvariant(), column.UnitText, column.Description))]));
        }

        return new SweepManifest(
            spec.Name, spec.Model.Name, identity.ContentHash, Sweeps.EngineVersion.Text, spec.Grid.PointCount, spec.Grid.CurveCount,
            status.ToDictionary(each => each.Key.Text(), each => each.Value), listed, diagrams);

        void Count(ParquetReader reader)
        {
            for (int group = 0; group < reader.RowGroups.Count; group++)
            {
                foreach ((string word, long rows) in reader.Count<string>(group, PointMeasures.Status.Name))
                {
                    PointStatus key = words[word];
                    status[key] = status.GetValueOrDefault(key) + rows;
                }
            }
        }
    }
}

/// <summary>How the files of a sweep's folder are written as JSON.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SweepManifest))]
[JsonSerializable(typeof(OutputFolder))]
internal sealed partial class SweepJson : JsonSerializerContext;
