using System.Globalization;
using SweepEngine.Equations;
using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>
/// Finds one curve in the table <c>points</c> of a finished sweep, from the folder alone: the manifest says which columns and units there
/// are, <c>sweep.json</c> which column is the drive and what the fixed parameters are.
/// </summary>
public sealed class FICurveReader
{
    private const string Rate = "rate";

    private readonly string _directory;
    private readonly SweepManifest _manifest;
    private readonly OutputFolder _folder;
    private readonly ManifestTable _points;
    private readonly IReadOnlyList<ManifestColumn> _parameters;
    private readonly string _drive;

    private FICurveReader(string directory)
    {
        _directory = directory;
        _folder = OutputFolder.TryRead(directory) ?? throw new InvalidDataException(
            $"no sweep was begun in {directory}: it has no sweep.json\n    next step: give the folder that 'sweep run' names, such as results/NAME");
        _manifest = SweepManifest.TryRead(directory) ?? throw new InvalidDataException(
            $"the sweep in {directory} is not complete\n    next step: 'sweep run' with its sweep file goes on");
        _points = _manifest.Tables.FirstOrDefault(table => table.Name == PointsTable.TableName && table.Columns.Any(column => column.Name == Rate))
            ?? throw new InvalidDataException($"the sweep in {directory} has no steady rates, so there is no f-I curve to fit\n"
                + "    next step: run one with measure: [fi] and a step as its stimulus");
        _parameters = [.. _points.Columns.SkipWhile(column => column.Name != "curve").Skip(1).TakeWhile(column => column.Name != PointMeasures.Status.Name)];
        _drive = Words("drive").First()[0];
    }

    /// <summary>Reads a curve.</summary>
    /// <param name="directory">Folder of the sweep.</param>
    /// <param name="where">Which curve: <c>g_adapt=1</c>, in the unit of the table, or <c>g_adapt=1 nS</c>; enough of them to leave one.</param>
    /// <exception cref="InvalidDataException">There is no such curve, or more than one; or the folder is not that of a finished sweep.</exception>
    public static FICurve Read(string directory, IReadOnlyList<string> where) => new FICurveReader(directory).Read(where);

    private FICurve Read(IReadOnlyList<string> where)
    {
        ManifestColumn[] others = [.. _parameters.Where(column => column.Name != _drive)];
        var conditions = new CurveConditions(others, _drive, where);
        List<(double Drive, double Rate)> points = [];
        List<double> setting = [];
        long curve = -1;
        int leftOut = 0;
        bool several = false;
        foreach (ManifestFile file in _points.Files)
        {
            using FileStream stream = File.OpenRead(Path.Combine(_directory, file.Path));
            var reader = new ParquetReader(stream);
            for (int group = 0; group < reader.RowGroups.Count; group++)
            {
                double[][] values = [.. others.Select(column => reader.Read<double>(group, column.Name).Values)];
                long[] curves = reader.Read<long>(group, "curve").Values;
                double[] drives = reader.Read<double>(group, _drive).Values;
                string[] status = reader.Read<string>(group, PointMeasures.Status.Name).Values;
                double[] rates = reader.Read<double>(group, Rate).Values;
                for (int row = 0; row < drives.Length; row++)
                {
                    if (!conditions.Take(values, row))
                        continue;
                    if (curve < 0)
                        (curve, setting) = (curves[row], [.. values.Select(column => column[row])]);
                    if (curves[row] != curve)
                        several = true;
                    else if (status[row] == PointStatus.Ok.Text())
                        points.Add((drives[row], rates[row]));
                    else
                        leftOut++;
                }
            }
        }

        if (curve < 0 || several)
        {
            throw new InvalidDataException(curve < 0 ? conditions.None() : conditions.Several());
        }

        if (points.Count == 0)
        {
            throw new InvalidDataException("no point of the curve has the status ok");
        }

        double[] ordered = [.. points.OrderBy(point => point.Drive).Select(point => point.Drive)];
        Unit unit = CurveConditions.UnitOf(_parameters.First(column => column.Name == _drive));
        (string, Quantity)[] settings = [.. others.Select((column, i) => (column.Name, new Quantity(setting[i], CurveConditions.UnitOf(column))))];
        return new FICurve(_manifest.Sweep, _manifest.ContentHash, _manifest.Model, _drive, unit, settings, ordered,
            [.. points.OrderBy(point => point.Drive).Select(point => point.Rate)], leftOut, LeakTimeConstant(settings));
    }

    // What 'sweep fit' offers as the time constant: that of the membrane without its active conductances.
    private double? LeakTimeConstant(IEnumerable<(string Name, Quantity Value)> setting)
    {
        Dictionary<string, double> values = Words("fixed").ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));
        foreach ((string name, Quantity value) in setting)
            values[name] = value.SI;
        return values.TryGetValue("C_m", out double C_m) && values.TryGetValue("g_L", out double g_L) && g_L > 0 ? C_m / g_L
            : values.TryGetValue("tau_m", out double tau_m) ? tau_m : null;
    }

    // Lines of the canonical form that begin with a word.
    private IEnumerable<string[]> Words(string first) =>
        _folder.CanonicalSpec.Split('\n').Select(line => line.Split(' ')).Where(words => words.Length > 1 && words[0] == first).Select(words => words[1..]);
}
