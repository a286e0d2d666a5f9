using SweepEngine.Parquet;

namespace SweepEngine.Sweeps.Tests;

/// <summary>Finished tables do not depend on how their rows arrived.</summary>
public sealed class TableMergerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-tables-").FullName;

    // 1,200,000 rows of points: two files, the first of 983,040 rows. The closed form makes them quick.
    private static readonly SweepSpec Large = Sweeps.Read("""
        sweep: large
        model: lif
        grid:
          tau_ref: {linspace: [0 ms, 10 ms, 40]}
          g_L:     {linspace: [5 nS, 15 nS, 30]}
          I_app:   {linspace: [0 pA, 1000 pA, 1000]}
        drive: I_app
        stimulus: {step: {duration: 1 s}}
        measure: [fi]
        tolerance: 1e-6
        """);

    private static readonly SweepSpec Small = Sweeps.Read("""
        sweep: small
        model: lif_adapt
        grid:
          g_adapt: {values: [0 nS, 1 nS, 2 nS, 3 nS, 4 nS]}
          I_app:   {linspace: [200 pA, 600 pA, 9]}
        drive: I_app
        stimulus: {step: {duration: 0.2 s}}
        measure: [fi, rheobase]
        tolerance: 1e-4
        """);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_are_cut_by_row_count_alone_and_an_interrupted_merge_goes_on()
    {
        var identity = new SweepIdentity(Large);
        var computation = new ShardComputation(Large, identity);
        List<(ShardRange Range, byte[] Payload)> parts = [];
        for (long curve = 0; curve < 1200; curve += 150)
        {
            var range = new ShardRange(curve, 150);
            parts.Add((range, computation.Compute(range, [], default)));
        }

        string whole = Path.Combine(_folder, "whole"), resumed = Path.Combine(_folder, "resumed");
        using (TableMerger merger = Merger(Large, identity, whole))
        {
            Assert.Equal(0, merger.Resume());
            parts.ForEach(part => merger.Append(part.Range, part.Payload, part.Range));
            merger.Finish();
        }

        // Stops after the first file of points is finished, then after nothing new, then goes to the end.
        string firstFile = Path.Combine(resumed, "points", "part-00000.parquet");
        DateTime? finished = null;
        foreach (int stop in new[] { 7, 7, 8 })
        {
            using TableMerger merger = Merger(Large, identity, resumed);
            long from = merger.Resume();
            Assert.Equal(0, from); // the rows of curves wait in an unfinished file, so their parts are needed again
            foreach ((ShardRange range, byte[] payload) in parts.Take(stop).Where(part => part.Range.FirstCurve + 150 > from))
            {
                long first = Math.Max(range.FirstCurve, from);
                merger.Append(range, payload, new ShardRange(first, range.FirstCurve + 150 - first));
            }

            if (stop == 8)
            {
                merger.Finish();
            }

            finished ??= File.GetLastWriteTimeUtc(firstFile);
            Assert.Equal(finished, File.GetLastWriteTimeUtc(firstFile)); // a finished file is never written again
        }

        SameFiles(whole, resumed);
        SweepManifest manifest = SweepManifest.TryRead(whole)!;
        Assert.Equal([983_040, 216_960], manifest.Tables[0].Files.Select(file => file.Rows));
        Assert.Equal(1_200_000, manifest.Status["ok"]);
        using TableMerger done = Merger(Large, identity, whole);
        Assert.Equal(1200, done.Resume());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Tables_are_the_same_for_every_size_of_the_shards(int curvesPerShard)
    {
        string one = Merge(Small, "one", 5), other = Merge(Small, "other", curvesPerShard);
        SameFiles(one, other);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    [InlineData(3, 1000)]
    public void Traces_are_the_same_for_every_size_of_the_shards_and_of_what_is_computed_together(int curvesPerShard, int pointsPerRun)
    {
        SweepSpec traced = Traced("{every: 0.1 ms, variables: [V_m, g_sra]}");
        TraceSpec other = new(traced.Traces!.Times, traced.Traces.Variables) { PointsPerRun = pointsPerRun };
        SameFiles(Merge(traced, "one", 5), Merge(traced with { Traces = other }, "other", curvesPerShard));
    }

    [Fact]
    public void Traces_have_a_row_for_each_time_of_each_point()
    {
        string folder = Merge(Traced("{every: 0.1 ms, variables: [g_sra, V_m], from: 1 ms, to: 20.05 ms}"), "traces", 2);
        Assert.Equal(["curves", "points", "traces"], Directory.GetDirectories(folder).Select(Path.GetFileName).Order());
        using FileStream stream = File.OpenRead(Path.Combine(folder, "traces", "part-00000.parquet"));
        var file = new ParquetReader(stream);
        Assert.Equal(["point", "curve", "g_adapt", "I_app", "t", "g_sra", "V_m"], file.Schema.Columns.Select(column => column.Name));
        Assert.Equal(45 * 191, file.RowCount);
        double[] t = file.Read<double>(0, "t").Values, V_m = file.Read<double>(0, "V_m").Values, I_app = file.Read<double>(0, "I_app").Values;
        Assert.Equal([.. Enumerable.Range(0, 45 * 191).Select(i => (10.0 + i % 191) / 10)], t);
        Assert.Equal([.. Enumerable.Range(0, 45 * 191).Select(i => (long)(i / 191))], file.Read<long>(0, "point").Values);
        Assert.Equal([.. Enumerable.Range(0, 45 * 191).Select(i => (long)(i / (9 * 191)))], file.Read<long>(0, "curve").Values);
        Assert.Equal(("nS", "mV", "ms"), (file.Metadata["column.g_sra.unit"], file.Metadata["column.V_m.unit"], file.Metadata["column.t.unit"]));
        int below = 0;
        for (int i = 0; i < t.Length; i++)
        {
            // E_L = −75 mV, 10 nS, tau_m = 10 ms: below the threshold of −50 mV without a spike so far.
            double steady = I_app[i] / 10, first = steady > 25 ? 10 * Math.Log(steady / (steady - 25)) : double.PositiveInfinity;
            if (t[i] < first)
            {
                Assert.Equal(-75 + steady * (1 - Math.Exp(-t[i] / 10)), V_m[i], 1e-3);
                below++;
            }
        }

        Assert.InRange(below, 3000, 7000);
        SweepManifest manifest = SweepManifest.TryRead(folder)!;
        Assert.Equal(("traces", 45 * 191), (manifest.Tables[2].Name, manifest.Tables[2].Rows));
    }

    [Fact]
    public void A_crashed_point_has_a_trace_without_values()
    {
        SweepSpec traced = Traced("{every: 10 ms, variables: [V_m]}");
        var identity = new SweepIdentity(traced);
        string folder = Path.Combine(_folder, "crashed");
        using (TableMerger merger = Merger(traced, identity, folder))
        {
            merger.Resume();
            var all = new ShardRange(0, 5);
            merger.Append(all, new ShardComputation(traced, identity).Compute(all, [13], default), all);
            merger.Finish();
        }

        using FileStream stream = File.OpenRead(Path.Combine(folder, "traces", "part-00000.parquet"));
        bool[] isNull = new ParquetReader(stream).Read<double>(0, "V_m").IsNull;
        Assert.Equal([.. Enumerable.Range(0, 45 * 21).Select(i => i / 21 == 13)], isNull);
    }

    [Fact]
    public void Shards_with_traces_are_small_enough_to_hold()
    {
        // 12,001 times of 2 variables: 24,002 values a point, 216,018 a curve; 2^24 of them in a shard.
        SweepSpec traced = Traced("{every: 10 us, to: 120 ms}");
        Assert.Equal(5, traced.MostCurvesPerShard);
        Assert.Equal(1, Traced("{every: 0.1 us, to: 120 ms}").MostCurvesPerShard);
        Assert.InRange(Calibration.Measure(traced, new ShardComputation(traced, new SweepIdentity(traced)), TimeSpan.Zero).BytesPerPoint, 24_002, 9 * 24_002);
    }

    private static SweepSpec Traced(string traces) => Sweeps.Read($"""
        sweep: traced
        model: lif_adapt
        grid:
          g_adapt: {"{values: [0 nS, 1 nS, 2 nS, 3 nS, 4 nS]}"}
          I_app:   {"{linspace: [200 pA, 600 pA, 9]}"}
        drive: I_app
        stimulus: {"{step: {duration: 0.2 s}}"}
        measure: [fi, traces]
        traces: {traces}
        tolerance: 1e-4
        """);

    [Fact]
    public void Rows_hold_parameters_as_written_and_measures_in_the_units_of_the_metadata()
    {
        string folder = Merge(Small, "rows", 5);
        using FileStream stream = File.OpenRead(Path.Combine(folder, "points", "part-00000.parquet"));
        var file = new ParquetReader(stream);
        Assert.Equal(45, file.RowCount);
        Assert.Equal([.. Enumerable.Range(0, 45).Select(i => 200.0 + 50 * (i % 9))], file.Read<double>(0, "I_app").Values);
        Assert.Equal([.. Enumerable.Range(0, 45).Select(i => (double)(i / 9))], file.Read<double>(0, "g_adapt").Values);
        Assert.Equal([.. Enumerable.Range(0, 45).Select(i => (long)(i / 9))], file.Read<long>(0, "curve").Values);
        Assert.Equal("pA", file.Metadata["column.I_app.unit"]);
        Assert.Equal("mV", file.Metadata["column.maximum_voltage.unit"]);
        Assert.Equal("Hz", file.Metadata["column.rate.unit"]);
        Assert.Equal(new SweepIdentity(Small).ContentHash, file.Metadata["sweep.content_hash"]);

        // Without adaptation at 500 pA: 1/(tau_ref + tau_m ln((E_L + R I − V_reset)/(E_L + R I − V_th))), tau_ref 2 ms, tau_m 10 ms.
        double rate = 1 / (2e-3 + 10e-3 * Math.Log((-75 + 50 + 80) / (-75.0 + 50 + 50)));
        Assert.Equal(rate, file.Read<double>(0, "rate").Values[6], 1e-3);
        Assert.Equal(-50, file.Read<double>(0, "maximum_voltage").Values[6], 1e-9);

        ColumnValues<double> first = file.Read<double>(0, "time_to_first_spike");
        Assert.True(first.IsNull[0] && !first.IsNull[6]);
        Assert.Equal(10 * Math.Log(50.0 / 25), first.Values[6], 1e-3);
        Assert.Equal(0, file.Read<double>(0, "rate").Values[0]);
    }

    [Fact]
    public void Curves_hold_the_rheobase_in_the_unit_of_the_drive()
    {
        string folder = Merge(Small, "curves", 5);
        using FileStream stream = File.OpenRead(Path.Combine(folder, "curves", "part-00000.parquet"));
        var file = new ParquetReader(stream);
        Assert.All(file.Read<double>(0, "rheobase").Values, rheobase => Assert.Equal(250, rheobase, 0.03));
        Assert.All(file.Read<string>(0, "rheobase_status").Values, status => Assert.Equal("found", status));
        Assert.Equal("Hz/pA", file.Metadata["column.gain_at_onset.unit"]);
    }

    [Fact]
    public void Crashed_points_are_rows_and_the_rest_of_their_curve_is_there()
    {
        var identity = new SweepIdentity(Small);
        var computation = new ShardComputation(Small, identity);
        string folder = Path.Combine(_folder, "crashed");
        using (TableMerger merger = Merger(Small, identity, folder))
        {
            merger.Resume();
            var all = new ShardRange(0, 5);
            merger.Append(all, computation.Compute(all, [13], default), all);
            merger.Finish();
        }

        SweepManifest manifest = SweepManifest.TryRead(folder)!;
        Assert.Equal(1, manifest.Status["crashed"]);
        Assert.Equal(44, manifest.Status["ok"]);
        using FileStream stream = File.OpenRead(Path.Combine(folder, "points", "part-00000.parquet"));
        var file = new ParquetReader(stream);
        Assert.Equal(13, Array.IndexOf(file.Read<string>(0, "status").Values, "crashed"));
        Assert.True(file.Read<double>(0, "rate").IsNull[13]);
    }

    [Fact]
    public void A_folder_of_another_sweep_is_refused()
    {
        string folder = Path.Combine(_folder, "taken");
        OutputFolder.Take(folder, (Small, "small.yaml"), new SweepIdentity(Small), () => 2, Move);
        Assert.Equal(2, OutputFolder.Take(folder, (Small, "small.yaml"), new SweepIdentity(Small), () => 3, Move).CurvesPerShard);
        var refusal = Assert.Throws<InvalidDataException>(() =>
            OutputFolder.Take(folder, (Large, "large.yaml"), new SweepIdentity(Large), () => 2, Move));
        Assert.Contains("holds another sweep: found 'small'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--out", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_processes_that_take_a_folder_at_once_the_first_counts()
    {
        string folder = Path.Combine(_folder, "raced");
        // While this one measures how large shards should be, another one writes.
        long Measure()
        {
            OutputFolder.Take(folder, (Small, "small.yaml"), new SweepIdentity(Small), () => 5, Move);
            return 2;
        }

        Assert.Equal(5, OutputFolder.Take(folder, (Small, "small.yaml"), new SweepIdentity(Small), Measure, Move).CurvesPerShard);
        Assert.Single(Directory.EnumerateFiles(folder));
    }

    private static bool Move(string from, string to)
    {
        bool isFirst = !File.Exists(to);
        if (isFirst)
        {
            File.Move(from, to);
        }
        else
        {
            File.Delete(from);
        }

        return isFirst;
    }

    [Fact]
    public void A_damaged_payload_is_refused()
    {
        var identity = new SweepIdentity(Small);
        byte[] payload = new ShardComputation(Small, identity).Compute(new ShardRange(0, 1), [], default);
        using TableMerger merger = Merger(Small, identity, Path.Combine(_folder, "damaged"));
        merger.Resume();
        Assert.Throws<InvalidDataException>(() => merger.Append(new ShardRange(0, 1), payload.AsMemory(0, 5), new ShardRange(0, 1)));
        Assert.Throws<InvalidDataException>(() => merger.Append(new ShardRange(0, 2), payload, new ShardRange(0, 2)));
    }

    [Fact]
    public void Calibration_gives_every_worker_several_shards_of_enough_points()
    {
        var cost = new Calibration(SecondsPerPoint: 2e-3, BytesPerPoint: 100, Points: 64);
        ParameterGrid grid = Large.Grid;
        Assert.Equal(5, cost.CurvesPerShard(grid, 2)); // 10 s a shard
        Assert.Equal(1, (cost with { SecondsPerPoint = 100 }).CurvesPerShard(grid, 2)); // 512 points, of curves of 1000
        Assert.Equal(8, (cost with { SecondsPerPoint = 1e-9 }).CurvesPerShard(grid, 2)); // 8,000 points fit in memory
        Assert.Equal(3, (cost with { SecondsPerPoint = 1e-9 }).CurvesPerShard(grid, 50)); // eight shards a worker
        Calibration measured = Calibration.Measure(Small, new ShardComputation(Small, new SweepIdentity(Small)), TimeSpan.FromMilliseconds(20));
        Assert.InRange(measured.SecondsPerPoint, 1e-8, 1);
        Assert.InRange(measured.BytesPerPoint, 20, 2000);
    }

    [Fact]
    public void Calibration_ends_with_the_batch_that_says_enough()
    {
        var computation = new ShardComputation(Small, new SweepIdentity(Small));
        Assert.Equal(64, Calibration.Measure(Small, computation, TimeSpan.FromSeconds(10), _ => true).Points);
        Assert.Equal(256, Calibration.Measure(Small, computation, TimeSpan.FromSeconds(10), cost => cost.Points == 256).Points);
        Assert.Equal(8192, Calibration.Measure(Small, computation, TimeSpan.FromSeconds(100), _ => false).Points);
    }

    private string Merge(SweepSpec spec, string name, int curvesPerShard)
    {
        string folder = Path.Combine(_folder, name);
        var identity = new SweepIdentity(spec);
        var computation = new ShardComputation(spec, identity);
        using TableMerger merger = Merger(spec, identity, folder);
        merger.Resume();
        for (long first = 0; first < spec.Grid.CurveCount; first += curvesPerShard)
        {
            var shard = new ShardRange(first, Math.Min(curvesPerShard, spec.Grid.CurveCount - first));
            merger.Append(shard, computation.Compute(shard, [], default), shard);
        }

        merger.Finish();
        return folder;
    }

    private static TableMerger Merger(SweepSpec spec, SweepIdentity identity, string folder) => new(folder, spec, identity, File.Move);

    private static void SameFiles(string a, string b)
    {
        string[] Names(string folder) =>
            [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order()];
        Assert.Equal(Names(a), Names(b));
        Assert.All(Names(a), name => Assert.Equal(File.ReadAllBytes(Path.Combine(a, name)), File.ReadAllBytes(Path.Combine(b, name))));
    }
}
