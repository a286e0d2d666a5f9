namespace SweepEngine.Protocol.Tests;

public sealed class PoisonTests
{
    /// <summary>One worker computes a sweep in which some points throw; returns the probes that it took.</summary>
    private static int RunWithThrowingPoints(Desk desk, Func<ShardWork, bool> fails)
    {
        int probes = 0;
        while (desk.Coordinator.Progress.Committed < desk.Coordinator.Progress.Curves && desk.End is null)
        {
            var grant = desk.Ask("a/1")!;
            if (grant.Work.Kind == WorkKind.Probe) probes++;
            desk.Report("a/1", grant, fails(grant.Work) ? WorkEnd.Failed : WorkEnd.Done, "kernel threw");
        }
        return probes;
    }

    private static Func<ShardWork, bool> Throwing(SweepShape shape, params long[] points) => work =>
        points.Any(point => !work.CrashedPoints.Contains(point)
            && (work.Kind == WorkKind.Probe ? work.Points : shape.PointsOf(work.Curves)) is var range && range.First <= point && point < range.End);

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(77)]
    public void A_single_poison_point_is_found_and_everything_around_it_is_computed(long poison)
    {
        var shape = new SweepShape(10, 8, 10);
        var desk = new Desk(shape);
        RunWithThrowingPoints(desk, Throwing(shape, poison));
        Assert.Equal([poison], desk.Coordinator.CrashedPoints);
        Assert.Equal(10, desk.Coordinator.Progress.Committed);
        desk.Apply(new CoordinatorEvent.MergeCompleted([]));
        Assert.Equal(SweepEnd.CompleteWithCrashedPoints, desk.End!.End);
    }

    [Fact]
    public void Several_poison_points_are_all_found_in_one_shard_and_in_one_curve()
    {
        var shape = new SweepShape(6, 16, 6);
        var desk = new Desk(shape);
        RunWithThrowingPoints(desk, Throwing(shape, 0, 1, 31, 40, 95));
        Assert.Equal([0, 1, 31, 40, 95], desk.Coordinator.CrashedPoints);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(1000)]
    public void Finding_k_points_among_n_takes_at_most_2_k_log_n_plus_2_probes(int pointsPerCurve)
    {
        long[] poison = [.. new long[] { 0, pointsPerCurve / 3, pointsPerCurve - 1 }.Distinct()];
        var shape = new SweepShape(1, pointsPerCurve, 1);
        var desk = new Desk(shape);
        int probes = RunWithThrowingPoints(desk, Throwing(shape, poison));
        Assert.Equal(poison, desk.Coordinator.CrashedPoints);
        Assert.InRange(probes, 1, 2 * poison.Length * Math.Ceiling(Math.Log2(pointsPerCurve)) + 2);
    }

    [Fact]
    public void A_found_point_is_told_with_its_exception()
    {
        var shape = new SweepShape(1, 2, 1);
        var desk = new Desk(shape);
        desk.Report("a/1", desk.Ask("a/1"), WorkEnd.Failed, "whole");
        desk.Report("a/1", desk.Ask("a/1"), WorkEnd.Failed, "left");
        Assert.Equal(new CoordinatorEffect.AnnounceCrash(new PointRange(0, 1), "left"), desk.Last.OfType<CoordinatorEffect.AnnounceCrash>().Single());
    }

    [Fact]
    public void A_curve_that_fails_although_each_point_succeeds_gets_all_its_points_crashed()
    {
        var shape = new SweepShape(3, 4, 3);
        var desk = new Desk(shape);
        RunWithThrowingPoints(desk, work => work.Kind == WorkKind.Compute && work.Curves.Contains(new CurveRange(1, 1)) && work.CrashedPoints.Count < 4);
        Assert.Equal([4, 5, 6, 7], desk.Coordinator.CrashedPoints);
    }

    [Fact]
    public void A_curve_that_fails_even_without_points_leaves_the_sweep_incomplete_and_the_rest_computed()
    {
        var shape = new SweepShape(3, 4, 3);
        var desk = new Desk(shape);
        RunWithThrowingPoints(desk, work => work.Kind == WorkKind.Compute && work.Curves.Contains(new CurveRange(1, 1)));
        Assert.Equal(2, desk.Coordinator.Progress.Committed);
        Assert.Equal(SweepEnd.Incomplete, desk.End!.End);
        Assert.Contains("curve 1", desk.End.Reason);
    }

    [Fact]
    public void Work_that_was_in_flight_in_two_crashes_is_granted_whole_and_after_three_in_halves()
    {
        var desk = new Desk(new SweepShape(4, 2, 4));
        for (int crash = 1; crash <= 3; crash++)
        {
            var grant = desk.Ask($"p{crash}/1");
            Assert.Equal(4, grant!.Work.Curves.Count);
            desk.Dies($"p{crash}/1", grant);
        }
        Assert.Equal(new CurveRange(0, 2), desk.Ask("p4/1")!.Work.Curves);
    }

    [Fact]
    public void A_grant_that_its_worker_never_began_does_not_count_against_the_work()
    {
        var desk = new Desk(new SweepShape(4, 2, 4));
        for (int loss = 1; loss <= 5; loss++)
        {
            Assert.Equal(4, desk.Ask($"p{loss}/1")!.Work.Curves.Count);
            desk.Apply(new CoordinatorEvent.WorkerDied(Desk.Worker($"p{loss}/1"), "killed"));
        }
    }

    [Fact]
    public void Suspects_have_their_process_for_themselves_and_come_after_everything_else()
    {
        var desk = new Desk(new SweepShape(6, 2, 2));
        for (int crash = 1; crash <= 3; crash++)
        {
            var others = new List<string>();
            string worker = $"p{crash}/1";
            var grant = desk.Ask(worker);
            for (int number = 2; grant!.Work.Curves.First > 0; number++)
            {
                others.Add(worker);
                worker = $"p{crash}/{number}";
                grant = desk.Ask(worker);
            }
            desk.Dies(worker, grant);
            foreach (string other in others) desk.Apply(new CoordinatorEvent.Received(new WorkerMessage.Leave(Desk.Worker(other))));
        }
        var last = desk.Ask("q/1");
        while (last!.Work.Curves.First >= 2)
        {
            desk.Report("q/1", last);
            last = desk.Ask("q/1");
        }
        Assert.Equal(new CurveRange(0, 1), last.Work.Curves);
        Assert.True(desk.Journal.OfType<JournalRecord.Attempted>().Last().Alone);
        Assert.Null(desk.Ask("q/2"));
    }

    [Fact]
    public void A_process_with_other_work_gets_no_suspect_and_a_process_with_a_suspect_no_other_work()
    {
        var journal = new List<JournalRecord>();
        var shape = new SweepShape(4, 2, 2);
        for (int kill = 0; kill < 3; kill++)
        {
            var killed = new Desk(shape, committed: [new(2, 2)], WorkHistory.Read(journal, openAttemptsWereLost: true));
            killed.Ask("p/1");
            journal.AddRange(killed.Journal);
        }
        var desk = new Desk(shape, history: WorkHistory.Read(journal, openAttemptsWereLost: true));
        var open = desk.Ask("a/1");
        Assert.Equal(new CurveRange(2, 2), open!.Work.Curves);
        Assert.Null(desk.Ask("a/2"));
        var suspect = desk.Ask("b/1");
        Assert.Equal(new CurveRange(0, 1), suspect!.Work.Curves);
        desk.Report("a/1", open, WorkEnd.Released);
        Assert.NotNull(desk.GrantTo("a/2"));
        Assert.Null(desk.Ask("b/2"));
    }

    [Fact]
    public void A_rest_of_a_suspected_shard_stays_suspected_when_half_of_it_is_committed()
    {
        var journal = new List<JournalRecord>();
        var shape = new SweepShape(4, 2, 4);
        for (int kill = 0; kill < 3; kill++)
        {
            var killed = new Desk(shape, history: WorkHistory.Read(journal, openAttemptsWereLost: true));
            killed.Ask("p/1");
            journal.AddRange(killed.Journal);
        }
        var desk = new Desk(shape, committed: [new(0, 1)], WorkHistory.Read(journal, openAttemptsWereLost: true));
        Assert.Equal(new CurveRange(1, 3), desk.Ask("a/1")!.Work.Curves);
        Assert.True(desk.Journal.OfType<JournalRecord.Attempted>().Last().Alone);
    }

    [Fact]
    public void A_point_that_kills_its_process_is_found_over_many_restarts_from_the_journal_alone()
    {
        const long poison = 21;
        var shape = new SweepShape(8, 4, 8);
        var journal = new List<JournalRecord>();
        var committed = new List<CurveRange>();
        int crashes = 0;
        for (; crashes < 40; crashes++)
        {
            var desk = new Desk(shape, committed, WorkHistory.Read(journal, openAttemptsWereLost: true));
            bool killed = false;
            while (!killed && desk.Coordinator.Progress.Committed < shape.Curves)
            {
                var grant = desk.Ask("p/1")!;
                killed = Throwing(shape, poison)(grant.Work);
                if (killed) break;
                desk.Report("p/1", grant);
                if (grant.Work.Kind == WorkKind.Compute) committed.Add(grant.Work.Curves);
            }
            journal.AddRange(desk.Journal);
            if (killed) continue;
            Assert.Equal([poison], desk.Coordinator.CrashedPoints);
            break;
        }
        // Three crashes make a suspect, then one for each of 8 -> 4 -> 2 -> 1 curves and 4 -> 2 -> 1 points, and three for the verdict.
        Assert.InRange(crashes, 3 + 2 + 1, 3 + 3 + 1 + 1 + 3);
        Assert.Equal(8, new RangeSet(committed).Total);
    }

    [Fact]
    public void A_user_who_kills_the_process_twice_condemns_nothing()
    {
        var shape = new SweepShape(1, 4, 1);
        var journal = new List<JournalRecord>();
        for (int kill = 0; kill < 2; kill++)
        {
            var killed = new Desk(shape, history: WorkHistory.Read(journal, openAttemptsWereLost: true));
            killed.Ask("p/1");
            journal.AddRange(killed.Journal);
        }
        var desk = new Desk(shape, history: WorkHistory.Read(journal, openAttemptsWereLost: true));
        var grant = desk.Ask("p/1");
        Assert.Equal(WorkKind.Compute, grant!.Work.Kind);
        Assert.Empty(grant.Work.CrashedPoints);
    }
}
