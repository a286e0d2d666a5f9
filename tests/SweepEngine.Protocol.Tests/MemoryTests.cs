namespace SweepEngine.Protocol.Tests;

/// <summary>Memory is counted for the whole process, so nothing else may run meanwhile.</summary>
[CollectionDefinition("nothing beside", DisableParallelization = true)]
public sealed class NothingBeside;

[Collection("nothing beside")]
public sealed class MemoryTests
{
    [Fact]
    public void A_million_shards_take_no_memory_beyond_what_is_in_flight()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var desk = new Desk(new SweepShape(10_000_000, 100, 10));
        var grants = Enumerable.Range(0, 100).Select(i => (Worker: $"p{i}/1", Grant: desk.Ask($"p{i}/1"))).ToList();
        for (int round = 0; round < 200; round++)
        {
            int i = round * 37 % grants.Count;
            desk.Report(grants[i].Worker, grants[i].Grant);
            grants[i] = (grants[i].Worker, desk.Ask(grants[i].Worker));
        }
        desk.Journal.Clear();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1_000_000);
        Assert.Equal(2000, desk.Coordinator.Progress.Committed);
        GC.KeepAlive(desk);
    }
}
