using SweepEngine.Equations;
using SweepEngine.Parquet;

namespace SweepEngine.Sweeps.Tests;

/// <summary>Random points that are computed several times, and what their tables say.</summary>
public sealed class RepeatTests : IDisposable
{
    // The free membrane potential: its mean at the end is known, whatever the step: (1 − (1 − z + z²/2)^n) times its limit.
    internal const string Noisy = """
        sweep: noisy
        model:
          model: noisy_membrane
          equations: dV_m/dt = (R*I_app - V_m)/tau_m + sigma*sqrt(2/tau_m)*xi
          spike: {when: V_m > 3 mV, reset: V_m = 0 mV}
          states: {V_m: {start: 0 mV, unit: mV}}
          parameters:
            R: {default: 0.1 GOhm}
            tau_m: {default: 10 ms}
            sigma: {default: 1 mV}
            I_app: {default: 0 pA}
        grid:
          sigma: {values: [1 mV, 2 mV]}
          I_app: {linspace: [0 pA, 20 pA, 5]}
        drive: I_app
        stimulus: {step: {duration: 50 ms}}
        measure: [response]
        repeat: 7
        dt: 0.5 ms
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-repeat-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Rows_follow_one_another_repeats_innermost_and_means_sum_them_up()
    {
        SweepSpec spec = Sweeps.Read(Noisy);
        Dictionary<string, ParquetReader> tables = Tables(spec, 2);
        ParquetReader points = tables["points"], means = tables["means"];
        Assert.Equal(70, points.RowCount);
        Assert.Equal(10, means.RowCount);
        Assert.Equal(Enumerable.Range(0, 70).Select(i => (long)i / 7), points.Read<long>(0, "point").Values);
        Assert.Equal(Enumerable.Range(0, 70).Select(i => (long)i % 7), points.Read<long>(0, "repeat").Values);
        Assert.Equal(Enumerable.Range(0, 70).Select(i => (long)i / 35), points.Read<long>(0, "curve").Values);
        Assert.Equal(Enumerable.Range(0, 70).Select(i => i / 7 % 5 * 5.0), points.Read<double>(0, "I_app").Values);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), means.Read<long>(0, "point").Values);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i % 5 * 5.0), means.Read<double>(0, "I_app").Values);
        Assert.Equal(Enumerable.Repeat(7L, 10), means.Read<long>(0, "repeats").Values);
        Assert.All(points.Read<string>(0, "method").Values, method => Assert.Equal("sra1", method));
        double[] ends = points.Read<double>(0, "voltage_at_end").Values, mean = means.Read<double>(0, "voltage_at_end").Values;
        double[] lower = means.Read<double>(0, "voltage_at_end_lower").Values, upper = means.Read<double>(0, "voltage_at_end_upper").Values;
        long[] counts = points.Read<long>(0, "spike_count").Values;
        ColumnValues<double> fano = means.Read<double>(0, "fano_factor");
        for (int i = 0; i < 10; i++)
        {
            double[] repeats = ends[(7 * i)..(7 * i + 7)];
            Assert.Equal(7, repeats.Distinct().Count());
            double average = repeats.Average(), deviation = Math.Sqrt(repeats.Sum(v => (v - average) * (v - average)) / 6);
            Assert.Equal(average, mean[i], 1e-9);
            // Student's t of six degrees of freedom, any table of it.
            Assert.Equal(2.446912 * deviation / Math.Sqrt(7), mean[i] - lower[i], 1e-5);
            Assert.Equal(mean[i] - lower[i], upper[i] - mean[i], 1e-9);
            double[] spikes = [.. counts[(7 * i)..(7 * i + 7)].Select(count => (double)count)];
            double expected = spikes.Sum(n => Math.Pow(n - spikes.Average(), 2)) / 6 / spikes.Average();
            Assert.Equal(spikes.Sum() == 0, fano.IsNull[i]);
            Assert.True(spikes.Sum() == 0 || Math.Abs(expected - fano.Values[i]) < 1e-9);
        }

        Assert.Contains(counts, count => count > 0);
    }

    [Fact]
    public void Bytes_do_not_depend_on_shards()
    {
        SweepSpec spec = Sweeps.Read(Noisy);
        Tables(spec, 1, "one");
        Tables(spec, 2, "two");
        string[] one = [.. Files("one")];
        Assert.Equal(2 + 1, one.Length);
        Assert.Equal(one, Files("two"));
        foreach (string file in one)
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "one", file)), File.ReadAllBytes(Path.Combine(_folder, "two", file)));

        IEnumerable<string> Files(string name) =>
            Directory.EnumerateFiles(Path.Combine(_folder, name), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Path.Combine(_folder, name), path)).Order();
    }

    [Fact]
    public void Confidence_intervals_hold_the_mean_as_often_as_they_say()
    {
        // No threshold; 4000 intervals of five repeats.
        SweepSpec spec = Sweeps.Read(Noisy.Replace("V_m > 3 mV", "V_m > 1 V").Replace("repeat: 7", "repeat: 5").Replace("[0 pA, 20 pA, 5]", "[0 pA, 20 pA, 2000]"));
        ParquetReader means = Tables(spec, 1)["means"];
        double[] drive = means.Read<double>(0, "I_app").Values, lower = means.Read<double>(0, "voltage_at_end_lower").Values, upper = means.Read<double>(0, "voltage_at_end_upper").Values;
        const double z = 0.05;
        double part = 1 - Math.Pow(1 - z + z * z / 2, 100);
        int held = Enumerable.Range(0, drive.Length).Count(i => lower[i] <= 0.1 * drive[i] * part && 0.1 * drive[i] * part <= upper[i]);
        Assert.Equal(0.95, held / 4000.0, 4 * Math.Sqrt(0.95 * 0.05 / 4000));
    }

    [Theory]
    // M. Abramowitz, I. A. Stegun, table 26.10.
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(3, 3.182)]
    [InlineData(5, 2.571)]
    [InlineData(10, 2.228)]
    [InlineData(29, 2.045)]
    [InlineData(120, 1.980)]
    [InlineData(99_999, 1.960)]
    public void Quantiles_of_Students_distribution_are_those_of_tables(int freedom, double quantile) =>
        Assert.Equal(quantile, StudentT.Quantile975(freedom), 0.00051);

    [Theory]
    [InlineData("dt: 0.5 ms", "", "sweep.yaml:3:3: the model noisy_membrane has white noise (xi), which is integrated in fixed steps, and dt is missing")]
    [InlineData("dt: 0.5 ms", "dt: 0 ms", "sweep.yaml:19:5: dt does not fit: found '0 ms', allowed above 0 s")]
    [InlineData("dt: 0.5 ms", "dt: 5", "sweep.yaml:19:6: the unit of dt does not ")]
    [InlineData("repeat: 7", "repeat: 0", "sweep.yaml:18:9: repeat does not fit: found '0', allowed a whole number from 1 to 100000")]
    [InlineData(" + sigma*sqrt(2/tau_m)*xi", "", "sweep.yaml:18:9: the model noisy_membrane is not random, so all its repeats are the same: found '7', allowed 1")]
    [InlineData(" + sigma*sqrt(2/tau_m)*xi", "", "sweep.yaml:19:5: the model noisy_membrane has no white noise, so its steps follow from the tolerance")]
    [InlineData("[response]", "[fi]", "is random")]
    [InlineData("[response]", "[response, rheobase]", "is random")]
    public void What_does_not_fit_is_said(string part, string instead, string expected)
    {
        Findings findings = new();
        Assert.Null(SweepSpecReader.Read(Noisy.Replace(part, instead), "sweep.yaml", findings));
        Assert.Contains(expected, findings.ToString());
    }

    [Fact]
    public void Repeats_step_and_seed_belong_to_the_identity()
    {
        string[] variants = [Noisy, Noisy.Replace("repeat: 7", "repeat: 8"), Noisy.Replace("repeat: 7\n", ""), Noisy.Replace("0.5 ms", "0.25 ms"), Noisy + "\nseed: 2"];
        Assert.Equal(variants.Length, variants.Select(text => new SweepIdentity(Sweeps.Read(text)).ContentHash).Distinct().Count());
        Assert.Equal(new SweepIdentity(Sweeps.Read(Noisy)).ContentHash, new SweepIdentity(Sweeps.Read(Noisy.Replace("0.5 ms", "500 us"))).ContentHash);
    }

    private Dictionary<string, ParquetReader> Tables(SweepSpec spec, long curvesPerShard, string name = "tables")
    {
        SweepIdentity identity = new(spec);
        ShardComputation computation = new(spec, identity);
        string folder = Path.Combine(_folder, name);
        using TableMerger merger = new(folder, spec, identity, (from, to) => File.Move(from, to, overwrite: true));
        merger.Resume();
        for (long curve = 0; curve < spec.Grid.CurveCount; curve += curvesPerShard)
        {
            ShardRange range = new(curve, Math.Min(curvesPerShard, spec.Grid.CurveCount - curve));
            merger.Append(range, computation.Compute(range, [], default), range);
        }

        merger.Finish();
        return SweepTable.All(spec, identity).ToDictionary(table => table.Name,
            table => new ParquetReader(new MemoryStream(File.ReadAllBytes(Path.Combine(folder, table.Name, "part-00000.parquet")))));
    }
}
