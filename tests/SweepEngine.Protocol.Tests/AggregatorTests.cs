namespace SweepEngine.Protocol.Tests;

public sealed class AggregatorTests
{
    private readonly List<AggregatorEffect> _effects = [];

    private List<AggregatorEffect> Apply(Aggregator aggregator, AggregatorEvent happened)
    {
        _effects.Clear();
        aggregator.Apply(happened, _effects);
        return [.. _effects];
    }

    private static AggregatorEvent.PartCommitted Committed(long first, long count) => new AggregatorEvent.PartCommitted(new CurveRange(first, count));

    private static AggregatorEffect.MergeNext Merge(CurveRange part, CurveRange take) => new AggregatorEffect.MergeNext(part, take);

    [Fact]
    public void Parts_are_merged_in_the_order_of_their_curves_whatever_the_order_of_commits()
    {
        var aggregator = new Aggregator(6, 0, [], _effects);
        Assert.Empty(Apply(aggregator, Committed(4, 2)));
        Assert.Empty(Apply(aggregator, Committed(2, 2)));
        Assert.Equal([Merge(new(0, 2), new(0, 2))], Apply(aggregator, Committed(0, 2)));
        Assert.Equal([Merge(new(2, 2), new(2, 2))], Apply(aggregator, new AggregatorEvent.PartMerged([1])));
        Assert.Equal([Merge(new(4, 2), new(4, 2))], Apply(aggregator, new AggregatorEvent.PartMerged([])));
        Assert.Equal([new AggregatorEffect.FinishOutput()], Apply(aggregator, new AggregatorEvent.PartMerged([])));
        var told = Assert.IsType<AggregatorEffect.TellCoordinator>(Assert.Single(Apply(aggregator, new AggregatorEvent.OutputFinished())));
        Assert.Equal([1], Assert.IsType<CoordinatorEvent.MergeCompleted>(told.Event).CrashedPoints);
    }

    [Fact]
    public void Overlapping_parts_give_each_curve_once()
    {
        var aggregator = new Aggregator(10, 0, [new(0, 4), new(0, 6), new(5, 5), new(2, 3)], _effects);
        Assert.Equal([Merge(new(0, 4), new(0, 4))], _effects);
        Assert.Equal([Merge(new(0, 6), new(4, 2))], Apply(aggregator, new AggregatorEvent.PartMerged([])));
        Assert.Equal([Merge(new(5, 5), new(6, 4))], Apply(aggregator, new AggregatorEvent.PartMerged([])));
    }

    [Fact]
    public void A_restarted_aggregator_goes_on_where_the_output_stands()
    {
        _ = new Aggregator(10, 5, [new(0, 4), new(4, 4), new(8, 2)], _effects);
        Assert.Equal([Merge(new(4, 4), new(5, 3))], _effects);
    }

    [Fact]
    public void A_finished_output_is_finished_again()
    {
        _ = new Aggregator(10, 10, [new(0, 10)], _effects);
        Assert.Equal([new AggregatorEffect.FinishOutput()], _effects);
    }

    [Fact]
    public void An_unreadable_part_is_told_and_merged_once_it_is_computed_again()
    {
        var aggregator = new Aggregator(4, 1, [new(0, 4)], _effects);
        var told = Assert.IsType<AggregatorEffect.TellCoordinator>(Assert.Single(Apply(aggregator, new AggregatorEvent.PartUnreadable("checksum"))));
        Assert.Equal(new CoordinatorEvent.PartCorrupted(new CurveRange(1, 3), "checksum"), told.Event);
        Assert.Equal([Merge(new(1, 3), new(1, 3))], Apply(aggregator, Committed(1, 3)));
    }

    [Fact]
    public void Trouble_with_the_output_is_told_once_and_nothing_more_is_merged()
    {
        var aggregator = new Aggregator(4, 0, [new(0, 2)], _effects);
        var told = Assert.IsType<AggregatorEffect.TellCoordinator>(Assert.Single(Apply(aggregator, new AggregatorEvent.OutputFailed("disk full"))));
        Assert.Equal(new CoordinatorEvent.StorageFailed("disk full"), told.Event);
        Assert.Empty(Apply(aggregator, Committed(0, 2)));
    }
}
