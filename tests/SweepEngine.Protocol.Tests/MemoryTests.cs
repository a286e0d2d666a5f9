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

    [Fact]
    public void Claims_on_a_sweep_of_a_million_shards_take_memory_for_runs_of_curves_alone()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var shape = new SweepShape(8_000_000, 100, 8);
        var effects = new List<ClaimEffect>();
        var claims = new ShardClaims(shape, new ClaimPlan(3, 1000, 4, Desk.Lease), [], TimeSpan.Zero, effects);
        claims.Apply(new ClaimEvent.FolderListed([], []), effects);
        for (int claimed = 0; claimed < 200_000; claimed++)
        {
            var claim = effects.OfType<ClaimEffect.MakeClaim>().Last().Claim;
            effects.Clear();
            claims.Apply(new ClaimEvent.ClaimEnded(claim, true, []), effects);
            claims.Apply(new ClaimEvent.PartCommitted(shape.Shard(claim.Shard)), effects);
        }
        effects.Clear();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100_000);
        GC.KeepAlive(claims);
    }
}
