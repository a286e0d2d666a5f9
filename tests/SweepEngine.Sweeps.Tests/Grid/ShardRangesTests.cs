using FsCheck;
using FsCheck.Fluent;

namespace SweepEngine.Sweeps.Tests.Grid;

public sealed class ShardRangesTests
{
    [Fact]
    public void Shards_cover_every_curve_once_and_in_order() => Prop.ForAll(
        (from curves in Gen.Choose(1, 500) from size in Gen.Choose(1, 600) select (curves, size)).ToArbitrary(), each =>
        {
            ShardRanges shards = new(each.curves, each.size);
            long next = 0;
            for (long s = 0; s < shards.Count; s++)
            {
                Assert.Equal(next, shards[s].FirstCurve);
                Assert.InRange(shards[s].CurveCount, 1, each.size);
                Assert.Equal((s, s), (shards.ShardOf(next), shards.ShardOf(next + shards[s].CurveCount - 1)));
                next += shards[s].CurveCount;
            }
            Assert.Equal(each.curves, next);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_largest_sweep_has_shards()
    {
        ShardRanges shards = new(ParameterGrid.MostPoints, long.MaxValue);
        Assert.Equal(new ShardRange(0, ParameterGrid.MostPoints), shards[0]);
        Assert.Equal(1, shards.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => shards[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => shards[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardRanges(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardRanges(1, 0));
    }
}
