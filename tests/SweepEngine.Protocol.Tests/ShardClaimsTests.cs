namespace SweepEngine.Protocol.Tests;

public sealed class ShardClaimsTests
{
    private static readonly SweepShape Shape = new(curves: 80, pointsPerCurve: 3, curvesPerShard: 10);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private readonly List<ClaimEffect> _effects = [];

    private ShardClaims Begin(int slice, int slices, int workers = 1, params CurveRange[] committed) =>
        new(Shape, new ClaimPlan(slice, slices, workers, Lease), committed, TimeSpan.Zero, _effects);

    private T Last<T>() where T : ClaimEffect
    {
        var found = _effects.OfType<T>().Last();
        _effects.Clear();
        return found;
    }

    private bool Asks<T>() where T : ClaimEffect => _effects.Any(effect => effect is T);

    private static ClaimEvent.FolderListed Listing(IEnumerable<long> parts, params ShardClaim[] claims) => new([.. parts.Select(Shape.Shard)], claims);

    /// <summary>The claims that a process makes, each of which it gets and commits at once.</summary>
    private List<long> ClaimAll(ShardClaims claims)
    {
        var order = new List<long>();
        while (Asks<ClaimEffect.MakeClaim>())
        {
            var claim = Last<ClaimEffect.MakeClaim>().Claim;
            order.Add(claim.Shard);
            claims.Apply(new ClaimEvent.ClaimEnded(claim, true, []), _effects);
            claims.Apply(new ClaimEvent.PartCommitted(Shape.Shard(claim.Shard)), _effects);
        }
        return order;
    }

    [Fact]
    public void A_process_computes_its_slice_first_and_then_halves_of_the_longest_free_run()
    {
        var claims = Begin(1, 4);
        claims.Apply(Listing([]), _effects);
        // Its own are 2 and 3; of 4..7 it begins in the middle, then of 0..1, then what is left.
        Assert.Equal([2, 3, 6, 7, 1, 5, 0, 4], ClaimAll(claims));
        Assert.IsType<CoordinatorEvent.EverythingCommitted>(Last<ClaimEffect.TellCoordinator>().Event);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(50)]
    public void Slices_cover_each_shard_once(int slices)
    {
        var firsts = new List<long>();
        for (int slice = 0; slice < slices; slice++)
        {
            _effects.Clear();
            var claims = Begin(slice, slices);
            claims.Apply(Listing([]), _effects);
            firsts.Add(Last<ClaimEffect.MakeClaim>().Claim.Shard);
        }
        Assert.Equal(Math.Min(slices, (int)Shape.Shards), firsts.Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => Begin(slices, slices));
    }

    [Fact]
    public void A_claim_that_somebody_else_has_is_passed_by()
    {
        var claims = Begin(0, 1);
        claims.Apply(Listing([0], new ShardClaim(0, 1)), _effects);
        Assert.Equal(new ShardClaim(1, 1), Last<ClaimEffect.MakeClaim>().Claim);
        claims.Apply(new ClaimEvent.ClaimEnded(new ShardClaim(1, 1), false, []), _effects);
        Assert.Equal(new ShardClaim(2, 1), Last<ClaimEffect.MakeClaim>().Claim);
    }

    [Fact]
    public void A_claim_that_was_lost_long_after_the_folder_was_listed_leads_to_another_look()
    {
        var claims = Begin(0, 1);
        claims.Apply(Listing([]), _effects);
        claims.Apply(new ClaimEvent.TimePassed(Lease), _effects);
        claims.Apply(new ClaimEvent.ClaimEnded(Last<ClaimEffect.MakeClaim>().Claim, false, []), _effects);
        Assert.False(Asks<ClaimEffect.MakeClaim>());
        Last<ClaimEffect.ListFolder>();
        claims.Apply(Listing([0, 1, 2, 3]), _effects);
        Assert.Equal(new ShardClaim(4, 1), Last<ClaimEffect.MakeClaim>().Claim);
    }

    [Fact]
    public void One_shard_more_than_workers_is_held_as_long_as_there_is_enough_for_all()
    {
        var claims = Begin(0, 2, workers: 2);
        claims.Apply(Listing([]), _effects);
        int held = 0;
        for (; Asks<ClaimEffect.MakeClaim>(); held++) claims.Apply(new ClaimEvent.ClaimEnded(Last<ClaimEffect.MakeClaim>().Claim, true, []), _effects);
        Assert.Equal(3, held);

        _effects.Clear();
        claims = Begin(0, 4, workers: 2);
        claims.Apply(Listing([]), _effects);
        for (held = 0; Asks<ClaimEffect.MakeClaim>(); held++) claims.Apply(new ClaimEvent.ClaimEnded(Last<ClaimEffect.MakeClaim>().Claim, true, []), _effects);
        Assert.Equal(2, held);
    }

    [Fact]
    public void What_a_process_held_that_went_in_order_is_taken_at_once_after_another_look()
    {
        var claims = Waiting();
        claims.Apply(Holders("p", ShardClaims.Gone), _effects);
        Assert.False(Asks<ClaimEffect.MakeClaim>()); // it may have committed before it went
        Last<ClaimEffect.ListFolder>();
        claims.Apply(Listing([0, 1, 2, 3, 4, 5, 6], new ShardClaim(7, 3)), _effects);
        Assert.Equal(new ShardClaim(7, 4), Last<ClaimEffect.MakeClaim>().Claim);
    }

    [Fact]
    public void What_it_committed_before_it_went_is_not_taken()
    {
        var claims = Waiting();
        claims.Apply(Holders("p", ShardClaims.Gone), _effects);
        Last<ClaimEffect.ListFolder>();
        claims.Apply(Listing([0, 1, 2, 3, 4, 5, 6, 7], new ShardClaim(7, 3)), _effects);
        Assert.IsType<CoordinatorEvent.EverythingCommitted>(_effects.OfType<ClaimEffect.TellCoordinator>().Last().Event);
    }

    [Theory]
    [InlineData("p")]
    [InlineData(null)]
    public void A_silent_holder_and_a_torn_claim_are_taken_over_after_a_lease_of_looking(string? holder)
    {
        var claims = Waiting();
        double seconds = TakeoverAfter(claims, holder, _ => "17", step: 5);
        Assert.InRange(seconds, 60, 80);
    }

    [Fact]
    public void A_holder_whose_sign_changes_keeps_its_claim()
    {
        var claims = Waiting();
        Assert.Equal(double.PositiveInfinity, TakeoverAfter(claims, "p", look => $"{look}", step: 5));
    }

    [Fact]
    public void A_process_that_slept_looks_several_times_before_it_takes_others_for_dead()
    {
        var claims = Waiting();
        // Both slept for an hour: one long gap counts a quarter of a lease.
        Assert.InRange(TakeoverAfter(claims, "p", _ => "17", step: 3600), 4 * 3600, 5 * 3600);
    }

    [Fact]
    public void A_process_that_is_to_end_claims_nothing_more_but_still_gives_signs()
    {
        var claims = Begin(0, 1);
        claims.Apply(Listing([]), _effects);
        var claim = Last<ClaimEffect.MakeClaim>().Claim;
        claims.Apply(new ClaimEvent.StopAsked(), _effects);
        claims.Apply(new ClaimEvent.ClaimEnded(claim, true, []), _effects);
        claims.Apply(new ClaimEvent.PartCommitted(Shape.Shard(0)), _effects);
        claims.Apply(new ClaimEvent.TimePassed(Lease / 2), _effects);
        Assert.False(Asks<ClaimEffect.MakeClaim>());
        Assert.True(Asks<ClaimEffect.GiveSign>());
    }

    [Fact]
    public void A_coordinator_computes_what_is_claimed_except_what_is_committed()
    {
        var effects = new List<CoordinatorEffect>();
        var start = new CoordinatorStart(1, [new CurveRange(5, 2)], WorkHistory.None, TimeSpan.Zero, Lease, ByClaim: true);
        var coordinator = new Coordinator(Shape, _ => "id", start, effects);
        coordinator.Apply(new CoordinatorEvent.Received(new WorkerMessage.Ask(new WorkerId("p", 1), 1)), effects);
        coordinator.Apply(new CoordinatorEvent.Received(new WorkerMessage.Ask(new WorkerId("p", 2), 1)), effects);
        Assert.Empty(Granted());
        coordinator.Apply(new CoordinatorEvent.CurvesClaimed(Shape.Shard(4), [], MoreToCome: true), effects);
        coordinator.Apply(new CoordinatorEvent.CurvesClaimed(Shape.Shard(0), [], MoreToCome: true), effects);
        // Whole pieces, since more is to come: 40..49, 0..4, and 7..9 when a worker asks again.
        Assert.Equal([Shape.Shard(4), new CurveRange(0, 5)], Granted());
        coordinator.Apply(new CoordinatorEvent.PartsFound([Shape.Shard(7)]), effects);
        Assert.Equal((12, 12), ((int)coordinator.Progress.Reused, (int)coordinator.Progress.Committed));
        coordinator.Apply(new CoordinatorEvent.EverythingCommitted(), effects);
        Assert.Equal(SweepEnd.Complete, effects.OfType<CoordinatorEffect.Finish>().Single().End);

        List<CurveRange> Granted() => [.. effects.OfType<CoordinatorEffect.Send>().Select(send => send.Message).OfType<CoordinatorMessage.Grant>().Select(grant => grant.Work.Curves)];
    }

    [Fact]
    public void The_history_of_a_claim_is_what_the_journals_of_its_holders_say_of_its_curves()
    {
        var curves = Shape.Shard(2);
        JournalRecord[] dead =
        [
            new JournalRecord.Started(1, 80, 0),
            Attempt(1, Shape.Shard(1)), Attempt(2, curves),
        ];
        JournalRecord[] stopped = [new JournalRecord.Started(1, 80, 0), Attempt(1, curves), new JournalRecord.Ended(new Epoch(1, 1), WorkEnd.Released, "", 0)];
        var trouble = Assert.Single(WorkHistory.OfEarlierHolders(curves, [dead, stopped, dead]).Troubles);
        Assert.Equal((curves, 2), (trouble.Curves, trouble.Losses));
        Assert.Empty(WorkHistory.OfEarlierHolders(Shape.Shard(3), [dead, stopped]).Troubles);
        // A holder that nothing is known of may have died of it.
        Assert.Equal(3, Assert.Single(WorkHistory.OfEarlierHolders(curves, [dead, null, dead]).Troubles).Losses);

        static JournalRecord.Attempted Attempt(long grant, CurveRange curves) =>
            new(new Epoch(1, grant), new WorkerId("p", 1), WorkKind.Compute, curves, default, [], false);
    }

    /// <summary>A process that waits for shard 7, which claim 3 holds.</summary>
    private ShardClaims Waiting()
    {
        var claims = Begin(0, 1);
        claims.Apply(Listing([0, 1, 2, 3, 4, 5, 6], new ShardClaim(7, 2), new ShardClaim(7, 3)), _effects);
        Assert.Equal([new ShardClaim(7, 3)], Last<ClaimEffect.ReadHolders>().Claims);
        return claims;
    }

    private static ClaimEvent.HoldersRead Holders(string? holder, string sign) => new([new ClaimHolder(new ShardClaim(7, 3), holder, sign)]);

    private double TakeoverAfter(ShardClaims claims, string? holder, Func<int, string> sign, double step)
    {
        claims.Apply(Holders(holder, sign(0)), _effects);
        for (int look = 1; look < 100; look++)
        {
            claims.Apply(new ClaimEvent.TimePassed(TimeSpan.FromSeconds(look * step)), _effects);
            if (!Asks<ClaimEffect.ListFolder>()) continue;
            _effects.Clear();
            claims.Apply(Listing([0, 1, 2, 3, 4, 5, 6], new ShardClaim(7, 3)), _effects);
            if (Asks<ClaimEffect.MakeClaim>()) return look * step;
            if (Asks<ClaimEffect.ReadHolders>()) claims.Apply(Holders(holder, sign(look)), _effects);
            if (!Asks<ClaimEffect.ListFolder>()) continue;
            claims.Apply(Listing([0, 1, 2, 3, 4, 5, 6], new ShardClaim(7, 3)), _effects);
            if (Asks<ClaimEffect.MakeClaim>()) return look * step;
        }
        return double.PositiveInfinity;
    }
}
