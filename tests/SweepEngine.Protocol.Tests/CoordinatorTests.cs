namespace SweepEngine.Protocol.Tests;

public sealed class CoordinatorTests
{
    private static readonly SweepShape TenCurves = new(curves: 10, pointsPerCurve: 8, curvesPerShard: 4);

    [Fact]
    public void Workers_that_ask_get_the_planned_shards_in_order()
    {
        var desk = new Desk(TenCurves);
        Assert.Equal(new CurveRange(0, 4), desk.Ask("a/1")!.Work.Curves);
        Assert.Equal(new CurveRange(4, 4), desk.Ask("a/2")!.Work.Curves);
        Assert.Equal("id of curves 0..3", new Desk(TenCurves).Ask("a/1")!.Work.ShardId);
    }

    [Fact]
    public void A_sweep_is_complete_when_all_curves_are_committed_and_merged()
    {
        var desk = new Desk(TenCurves);
        for (int shard = 0; shard < 3; shard++)
        {
            var grant = desk.Ask("a/1");
            desk.Report("a/1", grant);
            Assert.Equal(new CoordinatorEffect.AnnouncePart(grant!.Work.Curves), desk.Last.OfType<CoordinatorEffect.AnnouncePart>().Single());
        }
        Assert.Null(desk.Ask("a/1"));
        Assert.Null(desk.End);
        desk.Apply(new CoordinatorEvent.MergeCompleted([]));
        Assert.Equal(SweepEnd.Complete, desk.End!.End);
        Assert.Contains(desk.Sent("a/1"), message => message is CoordinatorMessage.Stop);
    }

    [Fact]
    public void A_restarted_coordinator_computes_only_the_gaps_and_cuts_them_at_shard_boundaries()
    {
        var desk = new Desk(TenCurves, committed: [new(1, 2), new(0, 2), new(6, 1)]);
        Assert.Equal(4, desk.Coordinator.Progress.Reused);
        Assert.Equal(new CurveRange(3, 1), desk.Ask("a/1")!.Work.Curves);
        Assert.Equal(new CurveRange(4, 2), desk.Ask("a/2")!.Work.Curves);
    }

    [Fact]
    public void A_repeated_request_gets_the_same_grant_again()
    {
        var desk = new Desk(TenCurves);
        var grant = desk.Ask("a/1");
        Assert.Equal(grant!.Epoch, desk.AskAgain("a/1")!.Epoch);
        Assert.Equal(1, desk.Coordinator.Progress.InFlight);
    }

    [Fact]
    public void An_old_copy_of_a_request_gets_nothing()
    {
        var desk = new Desk(TenCurves);
        desk.Report("a/1", desk.Ask("a/1"));
        Assert.Null(desk.AskAgain("a/1"));
        var second = desk.Ask("a/1");
        desk.Apply(new CoordinatorEvent.Received(new WorkerMessage.Ask(Desk.Worker("a/1"), 1)));
        Assert.Empty(desk.Last);
        desk.Alive("a/1", second);
        Assert.Empty(desk.Last);
    }

    [Fact]
    public void A_result_from_an_expired_lease_is_acknowledged_and_ignored()
    {
        var desk = new Desk(new SweepShape(4, 8, 4));
        var late = desk.Ask("a/1");
        desk.Time(31);
        desk.Report("a/1", late);
        Assert.Equal([new CoordinatorMessage.Acknowledge(late!.Epoch)], desk.Sent("a/1"));
        Assert.Equal(0, desk.Coordinator.Progress.Committed);
        Assert.Equal(late.Work.Curves, desk.Ask("b/1")!.Work.Curves);
    }

    [Fact]
    public void A_report_counts_only_for_the_worker_and_epoch_that_hold_the_lease()
    {
        var desk = new Desk(TenCurves);
        var first = desk.Ask("a/1");
        var second = desk.Ask("b/1");
        desk.Report("b/1", first).Report("a/1", second);
        Assert.Equal(0, desk.Coordinator.Progress.Committed);
        desk.Report("a/1", first).Report("a/1", first);
        Assert.Equal(4, desk.Coordinator.Progress.Committed);
    }

    [Theory]
    [InlineData(29.9, true)]
    [InlineData(30.0, false)] // the lease is a silence of 30 s or more
    public void A_worker_keeps_its_work_while_it_is_silent_for_less_than_a_lease(double seconds, bool keeps)
    {
        var desk = new Desk(TenCurves);
        desk.Ask("a/1");
        desk.Time(seconds);
        Assert.Equal(keeps ? 1 : 0, desk.Coordinator.Progress.InFlight);
    }

    [Fact]
    public void A_sign_of_life_renews_the_lease_and_one_from_an_old_grant_is_answered_by_cancel()
    {
        var desk = new Desk(TenCurves);
        var grant = desk.Ask("a/1");
        desk.Time(20).Alive("a/1", grant).Time(49);
        Assert.Equal(1, desk.Coordinator.Progress.InFlight);
        desk.Time(50).Alive("a/1", grant);
        Assert.Equal([new CoordinatorMessage.Cancel(grant!.Epoch)], desk.Sent("a/1"));
    }

    [Fact]
    public void A_pause_of_the_coordinator_is_not_taken_for_silence_of_its_workers()
    {
        var desk = new Desk(new SweepShape(10, 1, 10));
        var grant = desk.Ask("a/1");
        desk.Alive("a/1", grant).JumpTo(1000).Alive("a/1", grant).JumpTo(2000).Alive("a/1", grant);
        Assert.Equal(1, desk.Coordinator.Progress.InFlight);
        Assert.DoesNotContain(desk.Journal, record => record is JournalRecord.Ended);
        desk.Time(2000 + Desk.Lease.TotalSeconds);
        Assert.Contains(desk.Journal, record => record is JournalRecord.Ended { End: WorkEnd.Lost });
    }

    [Fact]
    public void Work_of_a_worker_that_leaves_goes_to_the_next_that_waits()
    {
        var desk = new Desk(new SweepShape(1, 8, 1));
        var grant = desk.Ask("a/1");
        Assert.Null(desk.Ask("b/1"));
        desk.Apply(new CoordinatorEvent.Received(new WorkerMessage.Leave(Desk.Worker("a/1"))));
        Assert.Equal(grant!.Work.Curves, desk.GrantTo("b/1")!.Work.Curves);
    }

    [Fact]
    public void The_tail_is_split_when_fewer_shards_than_workers_remain()
    {
        var desk = new Desk(new SweepShape(8, 1, 8));
        Assert.Equal(8, desk.Ask("a/1")!.Work.Curves.Count); // the only worker: nobody to share with

        desk = new Desk(new SweepShape(16, 1, 8));
        var held = desk.Ask("a/1");
        Assert.Equal(new CurveRange(0, 8), held!.Work.Curves);
        Assert.Equal(new CurveRange(8, 4), desk.Ask("a/2")!.Work.Curves); // one shard for two workers
        desk.Report("a/1", held);
        Assert.Equal(new CurveRange(12, 2), desk.Ask("a/1")!.Work.Curves);
        Assert.Equal(2, desk.Coordinator.Progress.InFlight);
    }

    [Fact]
    public void A_part_with_other_bytes_raises_an_alarm_and_the_first_one_counts()
    {
        var desk = new Desk(TenCurves);
        desk.Report("a/1", desk.Ask("a/1"), WorkEnd.Different, "bytes differ");
        Assert.Equal("bytes differ", desk.Last.OfType<CoordinatorEffect.RaiseAlarm>().Single().Message);
        Assert.Equal(4, desk.Coordinator.Progress.Committed);
        Assert.Equal(1, desk.Coordinator.Progress.Alarms);
        desk.Report("a/1", desk.Ask("a/1"), WorkEnd.Same);
        Assert.Equal(1, desk.Coordinator.Progress.Alarms);
    }

    [Fact]
    public void Storage_trouble_ends_the_run_as_incomplete_after_what_runs_is_committed()
    {
        var desk = new Desk(TenCurves);
        var one = desk.Ask("a/1");
        var two = desk.Ask("a/2");
        desk.Report("a/1", one, WorkEnd.Storage, "disk full");
        Assert.Null(desk.Ask("a/1"));
        Assert.Contains(desk.Sent("a/1"), message => message is CoordinatorMessage.Stop);
        Assert.Null(desk.End);
        desk.Report("a/2", two);
        Assert.Equal(4, desk.Coordinator.Progress.Committed);
        Assert.Equal((SweepEnd.Incomplete, "disk full"), (desk.End!.End, desk.End.Reason));
    }

    [Fact]
    public void Draining_grants_nothing_more_waits_for_what_runs_and_ends_as_interrupted()
    {
        var desk = new Desk(TenCurves);
        var grant = desk.Ask("a/1");
        desk.Apply(new CoordinatorEvent.DrainAsked());
        Assert.Null(desk.End);
        Assert.Null(desk.Ask("a/2"));
        desk.Report("a/1", grant);
        Assert.Equal(SweepEnd.Interrupted, desk.End!.End);
        Assert.Equal(4, desk.Coordinator.Progress.Committed);
    }

    [Fact]
    public void Trouble_during_a_drain_is_what_is_told()
    {
        var desk = new Desk(TenCurves);
        var grant = desk.Ask("a/1");
        desk.Apply(new CoordinatorEvent.DrainAsked()).Report("a/1", grant, WorkEnd.Storage, "disk full");
        Assert.Equal(SweepEnd.Incomplete, desk.End!.End);
    }

    [Fact]
    public void Trouble_before_a_drain_is_what_is_told()
    {
        var desk = new Desk(TenCurves);
        var grant = desk.Ask("a/1");
        desk.Apply(new CoordinatorEvent.StorageFailed("disk full")).Apply(new CoordinatorEvent.DrainAsked()).Report("a/1", grant);
        Assert.Equal((SweepEnd.Incomplete, "disk full"), (desk.End!.End, desk.End.Reason));
    }

    [Fact]
    public void Aborting_cancels_what_runs_and_does_not_count_as_a_crash()
    {
        var desk = new Desk(TenCurves);
        var grant = desk.Ask("a/1");
        desk.Alive("a/1", grant).Apply(new CoordinatorEvent.AbortAsked());
        Assert.Equal([new CoordinatorMessage.Cancel(grant!.Epoch)], desk.Sent("a/1"));
        Assert.Equal(SweepEnd.Interrupted, desk.End!.End);
        Assert.Empty(WorkHistory.Read(desk.Journal, openAttemptsWereLost: true).Troubles);
    }

    [Fact]
    public void A_stop_that_was_lost_is_said_again()
    {
        var desk = new Desk(TenCurves).Apply(new CoordinatorEvent.AbortAsked());
        desk.Ask("a/1");
        desk.AskAgain("a/1");
        Assert.Equal([new CoordinatorMessage.Stop()], desk.Sent("a/1"));
    }

    [Fact]
    public void Curves_of_a_damaged_part_are_computed_again()
    {
        var desk = new Desk(new SweepShape(4, 8, 4), committed: [new(0, 4)]);
        Assert.Null(desk.Ask("a/1"));
        desk.Apply(new CoordinatorEvent.PartCorrupted(new CurveRange(1, 3), "checksum"));
        Assert.Equal(new CurveRange(1, 3), desk.GrantTo("a/1")!.Work.Curves);
        desk.Apply(new CoordinatorEvent.PartCorrupted(new CurveRange(0, 3), "checksum")); // overlaps what is being computed
        Assert.Equal(new CurveRange(0, 1), desk.Ask("a/2")!.Work.Curves);
    }

    [Fact]
    public void An_unknown_event_breaks_with_the_state_in_the_message()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new Desk(TenCurves).Apply(new UnknownEvent()));
        Assert.Contains("0 of 10 curves committed", failure.Message);
    }

    private sealed record UnknownEvent : CoordinatorEvent;
}
