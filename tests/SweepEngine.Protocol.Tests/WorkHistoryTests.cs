namespace SweepEngine.Protocol.Tests;

public sealed class WorkHistoryTests
{
    private static readonly WorkerId Worker = new("p", 1);
    private int _grants;

    private JournalRecord.Attempted Attempt(CurveRange curves, bool alone = false, params long[] crashed) =>
        new(new Epoch(1, ++_grants), Worker, WorkKind.Compute, curves, default, crashed, alone);

    private JournalRecord.Ended Last(WorkEnd end, string message = "") => new(new Epoch(1, _grants), end, message, 0);

    [Fact]
    public void Attempts_without_an_end_count_as_lost_only_if_their_process_is_known_to_be_dead()
    {
        JournalRecord[] journal = [new JournalRecord.Started(1, 10, 0), Attempt(new(0, 2)), new JournalRecord.Started(2, 10, 0)];
        var trouble = Assert.Single(WorkHistory.Read(journal, openAttemptsWereLost: true).Troubles);
        Assert.Equal((new CurveRange(0, 2), 1, false), (trouble.Curves, trouble.Losses, trouble.Failed));
        Assert.Empty(WorkHistory.Read(journal, openAttemptsWereLost: false).Troubles);
        Assert.Equal(2, WorkHistory.Read(journal, openAttemptsWereLost: false).Term);
    }

    [Fact]
    public void Losses_among_other_work_do_not_count_once_the_work_runs_alone()
    {
        var curves = new CurveRange(0, 1);
        JournalRecord[] journal =
        [
            Attempt(curves), Last(WorkEnd.Lost), Attempt(curves), Last(WorkEnd.Lost), Attempt(curves, alone: true), Last(WorkEnd.Lost, "silent"),
        ];
        var trouble = Assert.Single(WorkHistory.Read(journal, openAttemptsWereLost: true).Troubles);
        Assert.Equal((1, true, "silent"), (trouble.Losses, trouble.Alone, trouble.Message));
    }

    [Fact]
    public void Work_that_succeeded_in_the_end_or_was_only_given_back_is_no_trouble()
    {
        JournalRecord[] journal =
        [
            Attempt(new(0, 1)), Last(WorkEnd.Lost), Attempt(new(0, 1)), Last(WorkEnd.Done),
            Attempt(new(1, 1)), Last(WorkEnd.Released), Attempt(new(2, 1)), Last(WorkEnd.Storage),
        ];
        Assert.Empty(WorkHistory.Read(journal, openAttemptsWereLost: true).Troubles);
    }

    [Fact]
    public void Crashed_points_are_known_however_the_attempt_ended_and_count_once_their_curve_is_committed()
    {
        JournalRecord[] journal = [Attempt(new(0, 1), alone: false, 1), Last(WorkEnd.Lost), Attempt(new(1, 1), alone: false, 2, 3), Last(WorkEnd.Done)];
        var history = WorkHistory.Read(journal, openAttemptsWereLost: true);
        Assert.Equal([1, 2, 3], history.CrashedPoints);
        Assert.Equal([2, 3], new Desk(new SweepShape(2, 2, 1), committed: [new(1, 1)], history).Coordinator.CrashedPoints);
    }

    [Fact]
    public void Curves_between_troubled_ranges_are_fresh()
    {
        JournalRecord[] journal =
        [
            Attempt(new(0, 2), alone: true), Last(WorkEnd.Lost), Attempt(new(4, 2)), Last(WorkEnd.Lost),
        ];
        var desk = new Desk(new SweepShape(6, 2, 6), history: WorkHistory.Read(journal, openAttemptsWereLost: true));
        Assert.Equal(new CurveRange(2, 2), desk.Ask("a/1")!.Work.Curves);
        Assert.False(desk.Journal.OfType<JournalRecord.Attempted>().Single().Alone);
    }
}
