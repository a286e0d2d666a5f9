using SweepEngine.Equations;
using SweepEngine.Parquet;
using SweepEngine.Simulation;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>Takes a few f-I curves out of the finished tables, for the picture; of models without spikes, mean voltages over the drive.</summary>
internal static class FICurves
{
    private const int MostCurves = 5, FewestCurves = 3;

    // More would not be seen.
    private const int MostSamples = 240;

    /// <summary>Curves along the axis with the most values besides the drive; the other parameters stay at the middle of their axes.</summary>
    /// <returns>Null when no rate is there to be shown.</returns>
    public static FIPicture? Read(SweepManifest manifest, RunStart start)
    {
        if (!start.Spec.MeasuresPoints) return null;
        ParameterGrid grid = start.Spec.Grid;
        ManifestTable table = manifest.Tables.Single(each => each.Name == (grid.Repeats > 1 ? "means" : "points"));
        IReadOnlyList<Axis>? varied = grid.Groups.SkipLast(1).OrderByDescending(group => group[0].Count).FirstOrDefault();
        long values = varied?[0].Count ?? 1;
        int shown = Shown(values);
        MeasureKind kind = start.Spec.Model.Spike is null ? MeasureKind.Voltage : MeasureKind.Rate;
        string column = kind is MeasureKind.Voltage ? "mean_voltage" : PointMeasures.Under(start.Spec.Stimulus).First(measure => measure.Kind == kind).Name;
        string unit = table.Columns.Single(each => each.Name == column).Unit;
        using var reader = new RateReader(table, start.Output, column);
        List<FIPicture.Curve> curves = [];
        for (int i = 0; i < shown; i++)
        {
            long index = shown == 1 ? 0 : (values - 1) * i / (shown - 1);
            long first = grid.PointAt([.. grid.Groups.SelectMany(group => group.Select(axis =>
                group[0] == grid.Drive ? 0 : group == varied ? index : (axis.Count - 1) / 2))]);
            string label = varied is null ? start.Spec.Model.Name : string.Join(", ", varied.Select(axis => $"{axis.Parameter} = {Text(axis.Quantity(index))}"));
            curves.Add(new FIPicture.Curve(label, Sample(reader, grid, first)));
        }
        var fixedAxes = grid.Groups.SkipLast(1).Where(group => group != varied).SelectMany(group => group).Where(axis => axis.Count > 1)
            .Select(axis => $"{axis.Parameter} = {Text(axis.Quantity((axis.Count - 1) / 2))}").ToList();
        string drive = grid.Drive.Unit.Text.Length == 0 ? grid.Drive.Parameter : $"{grid.Drive.Parameter} [{grid.Drive.Unit}]";
        return curves.All(curve => curve.Points.Count < 2) ? null
            : new FIPicture(curves, drive, unit is "" or "1" ? column : $"{column} [{unit}]", fixedAxes.Count == 0 ? "" : $"at {string.Join(", ", fixedAxes)}");
    }

    // As many as fit and lie evenly on their axis.
    private static int Shown(long values)
    {
        if (values <= MostCurves) return (int)values;
        for (int shown = MostCurves; shown >= FewestCurves; shown--)
        {
            if ((values - 1) % (shown - 1) == 0) return shown;
        }
        return MostCurves;
    }

    private static string Text(Quantity quantity) => $"{Words.Number(quantity.Value)} {quantity.Unit}".TrimEnd();

    // Points without a rate leave a gap, as NaN.
    private static List<(double Drive, double Rate)> Sample(RateReader reader, ParameterGrid grid, long firstPoint)
    {
        long samples = Math.Min(grid.Drive.Count, MostSamples);
        List<(double, double)> points = [];
        for (long i = 0; i < samples; i++)
        {
            long at = samples == 1 ? 0 : (grid.Drive.Count - 1) * i / (samples - 1);
            points.Add((grid.Drive.Value(at), reader.Rate(firstPoint / grid.Repeats + at)));
        }
        return points;
    }

    /// <summary>Rates of single points; keeps the row group that was read last.</summary>
    private sealed class RateReader(ManifestTable table, string output, string column) : IDisposable
    {
        private FileStream? _stream;
        private ParquetReader? _file;
        private int _fileIndex = -1, _group = -1;
        private ColumnValues<double>? _rates;

        public double Rate(long point)
        {
            int file = 0;
            for (; point >= table.Files[file].Rows; file++) point -= table.Files[file].Rows;
            if (file != _fileIndex) Open(file);
            int group = 0;
            while (point >= _file!.RowGroups[group].FirstRow + _file.RowGroups[group].RowCount) group++;
            if (group != _group) (_group, _rates) = (group, _file.Read<double>(group, column));
            int row = (int)(point - _file.RowGroups[group].FirstRow);
            return _rates!.IsNull.Length > 0 && _rates.IsNull[row] ? double.NaN : _rates.Values[row];
        }

        public void Dispose() => _stream?.Dispose();

        private void Open(int file)
        {
            _stream?.Dispose();
            _stream = File.OpenRead(Path.Combine(output, table.Files[file].Path));
            (_file, _fileIndex, _group) = (new ParquetReader(_stream), file, -1);
        }
    }
}
