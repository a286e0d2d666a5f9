namespace SweepEngine.Protocol.Tests;

public sealed class RangeSetTests
{
    [Fact]
    public void It_agrees_with_a_set_of_single_curves_over_random_operations()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var runs = new RangeSet();
            var single = new HashSet<long>();
            for (int step = 0; step < 60; step++)
            {
                var range = new CurveRange(random.Next(40), random.Next(1, 12));
                var curves = Enumerable.Range((int)range.First, (int)range.Count).Select(curve => (long)curve).ToList();
                if (random.Next(3) == 0)
                {
                    Assert.Equal(curves.Where(single.Contains), runs.Remove(range).SelectMany(Curves));
                    single.ExceptWith(curves);
                }
                else
                {
                    Assert.Equal(curves.Count(curve => !single.Contains(curve)), runs.Add(range));
                    single.UnionWith(curves);
                }
                Assert.Equal(single.Order(), runs.Runs.SelectMany(Curves));
                Assert.Equal(single.Count, runs.Total);
                Assert.Equal(curves.All(single.Contains), runs.Contains(range));
                Assert.All(runs.Runs.Zip(runs.Runs.Skip(1)), pair => Assert.True(pair.First.End < pair.Second.First, $"seed {seed}"));
                long? gap = curves.Where(curve => !single.Contains(curve)).Cast<long?>().FirstOrDefault();
                Assert.Equal(gap, runs.NextGap(range.First, range.End)?.First);
            }
        }

        static IEnumerable<long> Curves(CurveRange range) => Enumerable.Range((int)range.First, (int)range.Count).Select(curve => (long)curve);
    }

    [Fact]
    public void A_gap_ends_at_the_next_run_or_at_the_limit()
    {
        var runs = new RangeSet([new(5, 5), new(20, 5)]);
        Assert.Equal(new CurveRange(0, 5), runs.NextGap(0, 100));
        Assert.Equal(new CurveRange(10, 10), runs.NextGap(7, 100));
        Assert.Equal(new CurveRange(10, 2), runs.NextGap(7, 12));
        Assert.Null(runs.NextGap(5, 10));
    }

    [Fact]
    public void A_shape_cuts_the_curves_into_shards_and_the_last_may_be_smaller()
    {
        var shape = new SweepShape(10, 3, 4);
        Assert.Equal([new(0, 4), new(4, 4), new(8, 2)], Enumerable.Range(0, (int)shape.Shards).Select(shard => shape.Shard(shard)));
        Assert.Equal(new PointRange(12, 12), shape.PointsOf(new CurveRange(4, 4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SweepShape(long.MaxValue / 2, 3, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SweepShape(0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SweepShape(1, 1, 0));
        var largest = new SweepShape(1L << 53, 1, long.MaxValue);
        Assert.Equal((1, new CurveRange(0, 1L << 53)), (largest.Shards, largest.Shard(0)));
    }

    [Fact]
    public void Shards_of_every_size_cover_every_curve_once_and_in_order()
    {
        for (long curves = 1; curves <= 40; curves++)
        {
            for (long size = 1; size <= curves + 2; size++)
            {
                var shape = new SweepShape(curves, 1, size);
                long next = 0;
                for (long shard = 0; shard < shape.Shards; shard++)
                {
                    Assert.Equal(next, shape.Shard(shard).First);
                    Assert.InRange(shape.Shard(shard).Count, 1, size);
                    next = shape.Shard(shard).End;
                }
                Assert.Equal(curves, next);
            }
        }
    }
}
