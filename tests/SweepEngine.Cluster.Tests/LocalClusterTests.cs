using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

public sealed class LocalClusterTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(2, 3)]
    [InlineData(4, 1)]
    [InlineData(4, 50)]
    public async Task Any_number_of_workers_and_any_shard_size_give_the_same_bytes(int workers, int curvesPerShard)
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(curves: 50, pointsPerCurve: 11, curvesPerShard);
        var outcome = await new LocalCluster(sweep.Job(folder), workers).RunAsync();
        Assert.Equal(SweepEnd.Complete, outcome.End);
        Assert.Equal(0, outcome.Reused);
        Assert.Equal(50, outcome.Computed);
        Assert.Equal(sweep.Expected(), File.ReadAllBytes(Path.Combine(folder, "output.bin")));
    }
}
