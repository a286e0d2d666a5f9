using FsCheck;
using FsCheck.Fluent;
using SweepEngine.Equations;

namespace SweepEngine.Sweeps.Tests.Grid;

public sealed class ParameterGridTests
{
    private static readonly Gen<ParameterGrid> Grids =
        from groups in Gen.Choose(1, 5)
        from sizes in Gen.Choose(1, 6).ArrayOf(groups)
        from zipped in Gen.Choose(1, 3).ArrayOf(groups)
        select new ParameterGrid([.. sizes.Select((size, g) => (IReadOnlyList<Axis>)
            [.. Enumerable.Range(0, g == groups - 1 ? 1 : zipped[g]).Select(k => Listed($"p{g}_{k}", size, 10 * g + k))])]);

    [Fact]
    public void A_point_and_its_indices_are_the_same_thing() => Prop.ForAll(Grids.ToArbitrary(), grid =>
    {
        long[] indices = new long[grid.Axes.Count];
        for (long point = 0; point < grid.PointCount; point++)
        {
            grid.Indices(point, indices);
            Assert.Equal(point, grid.PointAt(indices));
            for (int k = 0; k < indices.Length; k++)
                Assert.InRange(indices[k], 0, grid.Axes[k].Count - 1);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Points_are_those_of_nested_loops_in_their_order() => Prop.ForAll(Grids.ToArbitrary(), grid =>
    {
        List<double[]> expected = [[]];
        foreach (IReadOnlyList<Axis> group in grid.Groups)
            expected = [.. expected.SelectMany(outer => Enumerable.Range(0, (int)group[0].Count)
                .Select(i => (double[])[.. outer, .. group.Select(axis => axis.SI(i))]))];
        Assert.Equal(grid.PointCount, expected.Count);
        double[] rows = new double[expected.Count * grid.Axes.Count];
        grid.FillSI(0, rows);
        Assert.Equal(expected.SelectMany(row => row), rows);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_run_of_points_is_a_piece_of_the_whole() => Prop.ForAll(
        (from grid in Grids from first in Gen.Choose(0, (int)grid.PointCount - 1) from count in Gen.Choose(1, (int)grid.PointCount - first) select (grid, first, count)).ToArbitrary(),
        piece =>
        {
            (ParameterGrid grid, int first, int count) = piece;
            int width = grid.Axes.Count;
            double[] whole = new double[grid.PointCount * width], rows = new double[count * width];
            grid.FillSI(0, whole);
            grid.FillSI(first, rows);
            Assert.Equal(whole[(first * width)..((first + count) * width)], rows);
            for (int k = 0; k < width; k++)
                Assert.Equal(Enumerable.Range(first, count).Select(point => grid.Axes[k].SI(grid.IndexOn(point, k))), rows.Where((_, i) => i % width == k));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Points_of_a_curve_differ_in_the_drive_alone()
    {
        ParameterGrid grid = new([[Listed("a", 3, 0), Listed("b", 3, 10)], [Listed("drive", 4, 20)]]);
        Assert.Equal((12, 3, 4), (grid.PointCount, grid.CurveCount, grid.PointsPerCurve));
        Assert.Equal("point 5 (curve 1): a = 1 pA, b = 11 pA, drive = 21 pA", grid.Resolve(5).ToString());
    }

    [Fact]
    public void Filling_allocates_nothing()
    {
        ParameterGrid grid = new([[Listed("a", 300, 0)], [new LinspaceAxis("drive", Unit.Parse("pA")!, 0, 1000, 1_000_001)]]);
        double[] rows = new double[20_000];
        grid.FillSI(999_000, rows);
        long before = GC.GetAllocatedBytesForCurrentThread();
        grid.FillSI(1_999_000, rows);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Grids_that_cannot_be_are_refused()
    {
        Unit unit = Unit.Parse("pA")!;
        LinspaceAxis large = new("x", unit, 0, 1, 1L << 40), small = new("y", unit, 0, 1, 1L << 13);
        Assert.Equal(ParameterGrid.MostPoints, new ParameterGrid([[large], [small]]).PointCount);
        Assert.Throws<ArgumentException>(() => new ParameterGrid([[large], [new LinspaceAxis("y", unit, 0, 1, (1L << 13) + 1)]]));
        Assert.Throws<ArgumentException>(() => new ParameterGrid([[large], [large], [large], [large]]));
        Assert.Throws<ArgumentException>(() => new ParameterGrid([[Listed("a", 2, 0), Listed("b", 3, 0)], [small]]));
        Assert.Throws<ArgumentException>(() => new ParameterGrid([[Listed("a", 2, 0), Listed("b", 2, 0)]]));
        Assert.Throws<ArgumentException>(() => new ParameterGrid([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGrid([[small]]).Resolve(1L << 13));
    }

    private static ListedAxis Listed(string name, int count, int from) =>
        new(name, Unit.Parse("pA")!, [.. Enumerable.Range(from, count).Select(value => (double)value)]);
}
