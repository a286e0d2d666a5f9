using System.Numerics;
using SweepEngine.Bifurcation;
using SweepEngine.Equations;
using SweepEngine.Parquet;

namespace SweepEngine.Sweeps.Tests;

/// <summary>The tables whose curves have different numbers of rows, with diagrams that are made up.</summary>
public sealed class DiagramTablesTests : IDisposable
{
    private static readonly SweepSpec Spec = Read(6);

    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-diagrams-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Tables_are_the_same_for_every_size_of_the_shards(int curvesPerShard) =>
        SameFiles(Merge(Spec, "one", 6, Few), Merge(Spec, "other", curvesPerShard, Few));

    [Fact]
    public void Each_curve_has_the_rows_that_were_found()
    {
        string folder = Merge(Spec, "rows", 2, Few);
        Assert.Equal(["bifurcations", "branches", "curves"], Directory.GetDirectories(folder).Select(Path.GetFileName).Order());
        using var table = new TableFile(folder, "bifurcations");
        Assert.Equal([1, 2, 2, 4, 5, 5], table.Longs("curve"));
        Assert.Equal([0, 0, 1, 0, 0, 1], table.Longs("bifurcation"));
        Assert.Equal(["HB", "HB", "LPC", "HB", "HB", "LPC"], table.Texts("kind"));
        Assert.Equal(["37", "38", "38", "40", "41", "41"], table.Doubles("g_K").Select(value => $"{value:0}"));
        Assert.Equal(["9.5", "9.5", "6.5", "9.5", "9.5", "6.5"], table.Doubles("I_app").Select(value => $"{value:0.##}"));
        Assert.Equal(("uA/cm^2", "mS/cm^2", "mV", "1/ms", "1", "ms"), (table.Unit("I_app"), table.Unit("g_K"), table.Unit("V_m"), table.Unit("lambda_1_re"), table.Unit("mu_1_re"), table.Unit("period")));
        Assert.Equal(-60, table.Doubles("V_m")[0]!.Value, 1e-9);
        Assert.Equal(["10", "10", "16", "10", "10", "16"], table.Doubles("period").Select(value => $"{value:0.##}"));
        Assert.Equal(["100", "100", "62.5", "100", "100", "62.5"], table.Doubles("frequency").Select(value => $"{value:0.##}"));
        // Eigenvalues of equilibria, multipliers of cycles.
        Assert.Equal(["0.6", "0.6", "", "0.6", "0.6", ""], table.Doubles("lambda_1_im").Select(value => $"{value:0.##}"));
        Assert.Equal(["", "", "0.25", "", "", "0.25"], table.Doubles("mu_1_re").Select(value => $"{value:0.##}"));
        Assert.Equal(["subcritical", "subcritical", "-", "subcritical", "subcritical", "-"], table.Texts("criticality"));
        Assert.Equal(["-60", "-60", "-75", "-60", "-60", "-75"], table.Doubles("minimum_voltage").Select(value => $"{value:0}"));

        using var branches = new TableFile(folder, "branches");
        Assert.Equal([0, 1, 1, 2, 2, 2, 3, 4, 4, 5, 5, 5], branches.Longs("curve"));
        Assert.Equal([0, 0, 1, 0, 1, 2, 0, 0, 1, 0, 1, 2], branches.Longs("position"));
        Assert.All(branches.Texts("branch_end"), end => Assert.Equal("lost", end));

        using var curves = new TableFile(folder, "curves");
        Assert.Equal(["complete", "complete", "branch_lost_at 5", "complete", "complete", "branch_lost_at 5"], curves.Texts("bifurcation_status"));
        Assert.Equal([0, 1, 2, 0, 1, 2], curves.Longs("bifurcation_count"));

        SweepManifest manifest = SweepManifest.TryRead(folder)!;
        Assert.Equal([("curves", 6), ("bifurcations", 6), ("branches", 12)], manifest.Tables.Select(table => (table.Name, table.Rows)));
        Assert.Equal([("branch_lost", 2), ("complete", 4)], manifest.Diagrams!.Select(each => (each.Key, each.Value)).Order());
    }

    [Fact]
    public void A_table_without_rows_has_a_file_all_the_same()
    {
        string folder = Merge(Spec, "none", 2, _ => new Diagram([], [], Diagram.Complete));
        using var table = new TableFile(folder, "bifurcations");
        Assert.Equal(0, table.File.RowCount);
        Assert.Contains("lambda_1_re", table.File.Schema.Columns.Select(column => column.Name));
        using TableMerger merger = Merger(Spec, folder);
        Assert.Equal(6, merger.Resume());
    }

    [Fact]
    public void Files_are_cut_by_row_count_alone_and_an_interrupted_merge_goes_on()
    {
        // 300,000 rows a curve: the first file of 983,040 ends inside the fourth curve.
        SweepSpec spec = Read(5);
        Diagram Many(int curve) => new([new Branch(BranchKind.Equilibria, BranchEnd.Range, BranchEnd.Range, [.. Enumerable.Range(0, 300_000).Select(i => Point(curve + (1e-6 * i)))])], [], Diagram.Complete);
        var parts = Parts(spec, 1, Many);
        string whole = Path.Combine(_folder, "whole"), resumed = Path.Combine(_folder, "resumed");
        using (TableMerger merger = Merger(spec, whole))
        {
            Assert.Equal(0, merger.Resume());
            parts.ForEach(part => merger.Append(part.Range, part.Payload, part.Range));
            merger.Finish();
        }

        // Curves and bifurcations wait in unfinished files, so that all parts are needed again, but finished files stay.
        DateTime? finished = null;
        foreach (int stop in (int[])[4, 4, 5])
        {
            using TableMerger merger = Merger(spec, resumed);
            Assert.Equal(0, merger.Resume());
            parts.Take(stop).ToList().ForEach(part => merger.Append(part.Range, part.Payload, part.Range));
            if (stop == 5)
            {
                merger.Finish();
            }

            string first = Path.Combine(resumed, "branches", "part-00000.parquet");
            finished ??= File.GetLastWriteTimeUtc(first);
            Assert.Equal(finished, File.GetLastWriteTimeUtc(first));
        }

        SameFiles(whole, resumed);
        Assert.Equal([983_040, 516_960], SweepManifest.TryRead(whole)!.Tables.Single(table => table.Name == "branches").Files.Select(file => file.Rows));

        // The process may have died between the tables: what is whole is not appended to.
        File.Delete(Path.Combine(resumed, "bifurcations", "part-00000.parquet"));
        File.Delete(SweepManifest.PathIn(resumed));
        using (TableMerger merger = Merger(spec, resumed))
        {
            Assert.Equal(0, merger.Resume());
            parts.ForEach(part => merger.Append(part.Range, part.Payload, part.Range));
            merger.Finish();
        }

        SameFiles(whole, resumed);
    }

    [Fact]
    public void A_part_is_cut_where_the_curves_begin_that_are_still_missing()
    {
        var identity = new SweepIdentity(Spec);
        string folder = Path.Combine(_folder, "overlap");
        byte[] all = Computation(Spec, Few).Compute(new ShardRange(0, 6), [], default), first = Computation(Spec, Few).Compute(new ShardRange(0, 3), [], default);
        using (TableMerger merger = Merger(Spec, folder))
        {
            merger.Resume();
            merger.Append(new ShardRange(0, 3), first, new ShardRange(0, 3));
            merger.Append(new ShardRange(0, 6), all, new ShardRange(3, 3));
            merger.Finish();
        }

        SameFiles(Merge(Spec, "whole", 6, Few), folder);
        using TableMerger damaged = Merger(Spec, Path.Combine(_folder, "damaged"));
        damaged.Resume();
        Assert.Throws<InvalidDataException>(() => damaged.Append(new ShardRange(1, 3), first, new ShardRange(1, 3)));
    }

    [Fact]
    public void A_curve_with_a_crashed_point_has_no_diagram()
    {
        string folder = Path.Combine(_folder, "crashed");
        int asked = 0;
        ShardComputation computation = Computation(Spec, curve =>
        {
            asked++;
            return Few(curve);
        });
        using (TableMerger merger = Merger(Spec, folder))
        {
            merger.Resume();
            var all = new ShardRange(0, 6);
            merger.Append(all, computation.Compute(all, [2 * Spec.Grid.PointsPerCurve], default), all);
            merger.Finish();
        }

        Assert.Equal(5, asked);
        using var table = new TableFile(folder, "bifurcations");
        Assert.Equal([1, 4, 5, 5], table.Longs("curve"));
        using var curves = new TableFile(folder, "curves");
        Assert.Equal("crashed", curves.Texts("bifurcation_status")[2]);
        Assert.Null(curves.Doubles("onset_bifurcation_drive")[2]);
        // The first point of a curve is the one to blame for its diagram.
        computation.Probe(Spec.Grid.PointsPerCurve, Spec.Grid.PointsPerCurve, default);
        Assert.Equal(6, asked);
        computation.Probe(Spec.Grid.PointsPerCurve + 1, 1, default);
        Assert.Equal(6, asked);
    }

    [Fact]
    public void Points_are_followed_in_two_parameters()
    {
        // Morris-Lecar's SNIC set: the folds meet in a cusp, and the Hopf points end in a Bogdanov-Takens point.
        SweepSpec spec = Sweeps.Read("""
            sweep: follow
            model: morris_lecar
            parameters: {g_Ca: 4 mS/cm^2, V_3: 12 mV, V_4: 17.4 mV}
            grid:
              phi:   {values: [0.04, 0.066667]}
              I_app: {linspace: [-50 uA/cm^2, 150 uA/cm^2, 3]}
            drive: I_app
            stimulus: {step: {duration: 1 s}}
            measure: [bifurcations]
            follow: {point: [fold, hopf, fold_of_cycles], with: g_Ca, range: [1 mS/cm^2, 10 mS/cm^2]}
            """);
        string folder = Path.Combine(_folder, "followed");
        ModelCode code = ShardComputation.Compile(spec);
        var equilibria = new EquilibriumContinuation(new SmoothSystem(code, "I_app"));
        DiagramSearch search = (curves, _, cancel) => [.. Enumerable.Range(0, curves.Count).Select(i => equilibria.Find(curves.Parameters.AsSpan(2 * i, 2), curves.LowestDrive, curves.HighestDrive, cancel))];
        var computation = new ShardComputation(spec, new SweepIdentity(spec), code, () => new DiagramKernel(code, [search]));
        using (TableMerger merger = Merger(spec, folder))
        {
            merger.Resume();
            merger.Append(new ShardRange(0, 1), computation.Compute(new ShardRange(0, 1), [], default), new ShardRange(0, 1));
            merger.Append(new ShardRange(1, 1), computation.Compute(new ShardRange(1, 1), [], default), new ShardRange(1, 1));
            merger.Finish();
        }

        using var points = new TableFile(folder, "two_parameter_points");
        string[] kinds = points.Texts("kind");
        Assert.Equal([0, 0, 1, 1], points.Longs("curve").Zip(kinds).Where(each => each.Second is "CP" or "BT").Select(each => each.First));
        // The cusp does not depend on phi.
        double[] cusps = [.. points.Doubles("g_Ca").Zip(kinds).Where(each => each.Second == "CP").Select(each => each.First!.Value)];
        Assert.Equal(cusps[0], cusps[1], 1e-9);
        Assert.Equal(("mS/cm^2", "uA/cm^2"), (points.Unit("g_Ca"), points.Unit("I_app")));
        using var lines = new TableFile(folder, "two_parameter_curves");
        Assert.All(lines.Texts("kind").Zip(lines.Doubles("frequency")), each => Assert.Equal(each.First != "LP", each.Second is not null));
        Assert.All(lines.Texts("kind").Zip(lines.Doubles("coefficient")), each => Assert.True(each.First != "LPC" || each.Second is null));
        // Folds of cycles begin in the generalised Hopf points, whatever diagrams have of them.
        Assert.Equal(["HB", "LP", "LPC"], lines.Texts("kind").Distinct().Order());
        Assert.Contains("hopf", lines.Texts("line_start").Zip(lines.Texts("kind")).Where(each => each.Second == "LPC").Select(each => each.First));
        double[] g_Ca = [.. lines.Doubles("g_Ca").Select(value => value!.Value)];
        Assert.InRange(g_Ca.Min(), 1 - 1e-9, 4);
        Assert.InRange(g_Ca.Max(), 4, 10 + 1e-9);
        using var curves = new TableFile(folder, "curves");
        Assert.Equal(["complete", "complete"], curves.Texts("two_parameter_status"));
    }

    [Fact]
    public void Large_models_show_the_leading_eigenvalues()
    {
        SweepSpec spec = Sweeps.Read(Text(2).Replace("hodgkin_huxley", "connor_stevens", StringComparison.Ordinal).Replace("g_K:", "g_K: ", StringComparison.Ordinal));
        string[] columns = [.. SweepTable.All(spec, new SweepIdentity(spec)).Single(table => table.Name == "bifurcations").Columns.Select(column => column.Name)];
        int states = spec.Model.States.Count;
        Assert.InRange(states, 5, 9);
        Assert.Equal((states, states - 1), (columns.Count(name => name.StartsWith("lambda_", StringComparison.Ordinal) && name.EndsWith("_re", StringComparison.Ordinal)), columns.Count(name => name.StartsWith("mu_", StringComparison.Ordinal) && name.EndsWith("_im", StringComparison.Ordinal))));
    }

    // Curve c has c % 3 bifurcations and one branch of c % 3 + 1 points.
    private static Diagram Few(int curve)
    {
        int count = curve % 3;
        BifurcationPoint hopf = new()
        {
            Kind = BifurcationKind.Hopf,
            Branch = 0,
            Drive = 0.095,
            State = [-0.06, 0.1, 0.4, 0.4],
            Period = 0.01,
            Eigenvalues = [new Complex(0, 600), new Complex(0, -600), new Complex(-100, 0), new Complex(-5000, 0)],
            Coefficient = 0.0148,
            IsSupercritical = false,
            Residual = 1e-15,
            UnstableBefore = 0,
            UnstableAfter = 2,
        };
        BifurcationPoint fold = hopf with
        {
            Kind = BifurcationKind.FoldOfCycles,
            Drive = 0.065,
            State = [0.04, 0.1, 0.4, 0.4],
            Lowest = -0.075,
            Period = 0.016,
            Eigenvalues = [new Complex(0.25, 0), new Complex(0, 0), new Complex(0, 0)],
            IsSupercritical = null,
            UnstableAfter = 1,
        };
        return new Diagram(
            [new Branch(BranchKind.Equilibria, BranchEnd.Range, BranchEnd.Lost, [.. Enumerable.Range(0, count + 1).Select(i => Point(0.05 * i))])],
            [.. new[] { hopf, fold }.Take(count)],
            count == 2 ? "branch_lost_at 5" : Diagram.Complete);
    }

    private static BranchPoint Point(double drive) => new(drive, [-0.065, 0.05, 0.6, 0.3], double.NaN, double.NaN, 0, 0);

    private static SweepSpec Read(int curves) => Sweeps.Read(Text(curves));

    private static string Text(int curves) => $"""
        sweep: diagrams
        model: hodgkin_huxley
        grid:
          g_K:   {"{linspace: [36 mS/cm^2, " + (35 + curves) + " mS/cm^2, " + curves + "]}"}
          I_app: {"{linspace: [0 uA/cm^2, 20 uA/cm^2, 3]}"}
        drive: I_app
        stimulus: {"{step: {duration: 0.2 s}}"}
        measure: [bifurcations, branches]
        """;

    private static ShardComputation Computation(SweepSpec spec, Func<int, Diagram> diagram)
    {
        ModelCode code = ShardComputation.Compile(spec);
        double first = spec.Grid.Axes[0].SI(0);
        DiagramSearch search = (curves, _, _) => [.. Enumerable.Range(0, curves.Count).Select(i => diagram((int)Math.Round((curves.Parameters[2 * i] - first) / 10)))];
        return new ShardComputation(spec, new SweepIdentity(spec), code, () => new DiagramKernel(code, [search]));
    }

    private static List<(ShardRange Range, byte[] Payload)> Parts(SweepSpec spec, int curvesPerShard, Func<int, Diagram> diagram)
    {
        ShardComputation computation = Computation(spec, diagram);
        List<(ShardRange, byte[])> parts = [];
        for (long first = 0; first < spec.Grid.CurveCount; first += curvesPerShard)
        {
            var range = new ShardRange(first, Math.Min(curvesPerShard, spec.Grid.CurveCount - first));
            parts.Add((range, computation.Compute(range, [], default)));
        }

        return parts;
    }

    private string Merge(SweepSpec spec, string name, int curvesPerShard, Func<int, Diagram> diagram)
    {
        string folder = Path.Combine(_folder, name);
        using TableMerger merger = Merger(spec, folder);
        merger.Resume();
        Parts(spec, curvesPerShard, diagram).ForEach(part => merger.Append(part.Range, part.Payload, part.Range));
        merger.Finish();
        return folder;
    }

    private static TableMerger Merger(SweepSpec spec, string folder) => new(folder, spec, new SweepIdentity(spec), File.Move);

    private static void SameFiles(string a, string b)
    {
        string[] Names(string folder) =>
            [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order()];
        Assert.Equal(Names(a), Names(b));
        Assert.All(Names(a), name => Assert.Equal(File.ReadAllBytes(Path.Combine(a, name)), File.ReadAllBytes(Path.Combine(b, name))));
    }
}
