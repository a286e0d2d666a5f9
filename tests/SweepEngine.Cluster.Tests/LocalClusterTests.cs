using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

public sealed class LocalClusterTests
{
    private static byte[] Output(string folder) => File.ReadAllBytes(Path.Combine(folder, "output.bin"));

    private static Task<SweepOutcome> RunAsync(FakeSweep sweep, string folder, int workers = 2, Observer? observer = null) =>
        new LocalCluster(sweep.Job(folder), workers, observer: observer).RunAsync();

    private static void ForgetOutput(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*.bin")) File.Delete(file);
    }

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
        var outcome = await RunAsync(sweep, folder, workers);
        Assert.Equal(SweepEnd.Complete, outcome.End);
        Assert.Equal(0, outcome.Reused);
        Assert.Equal(50, outcome.Computed);
        Assert.Empty(outcome.CrashedPoints);
        Assert.Equal(sweep.Expected(), Output(folder));
    }

    [Fact]
    public async Task The_outcome_says_how_long_commits_and_merging_took()
    {
        using var folder = new TemporaryFolder();
        var outcome = await RunAsync(new FakeSweep(10, 3, 2), folder);
        Assert.InRange(outcome.CommitTime, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
        Assert.InRange(outcome.MergeTime, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
        var again = await RunAsync(new FakeSweep(10, 3, 2), folder);
        Assert.Equal(TimeSpan.Zero, again.CommitTime);
    }

    [Fact]
    public async Task Running_a_complete_sweep_again_computes_nothing()
    {
        using var folder = new TemporaryFolder();
        await RunAsync(new FakeSweep(10, 3, 2), folder);
        var untouchable = new FakeSweep(10, 3, 2) { BeforePoint = (_, _) => throw new InvalidOperationException("computed again") };
        var outcome = await RunAsync(untouchable, folder);
        Assert.Equal((SweepEnd.Complete, 10, 0), (outcome.End, outcome.Reused, outcome.Computed));
    }

    [Fact]
    public async Task Other_shard_sizes_go_on_with_what_is_committed()
    {
        using var folder = new TemporaryFolder();
        LocalCluster? first = null;
        var observer = new Observer { On = report => { if (report is ClusterReport.Progress { State.Committed: >= 6 }) first!.Drain(); } };
        first = new LocalCluster(new FakeSweep(40, 3, 3).Job(folder), 2, observer: observer);
        var outcome = await first.RunAsync();
        Assert.Equal(SweepEnd.Interrupted, outcome.End);
        Assert.InRange(outcome.Computed, 6, 39);

        var sweep = new FakeSweep(40, 3, 7);
        var second = await RunAsync(sweep, folder);
        Assert.Equal((SweepEnd.Complete, outcome.Computed), (second.End, second.Reused));
        Assert.Equal(sweep.Expected(), Output(folder));
    }

    [Fact]
    public async Task Points_for_which_the_kernel_throws_become_crashed_rows_and_everything_else_is_computed()
    {
        using var folder = new TemporaryFolder();
        long[] poison = [0, 17, 18, 99];
        var sweep = new FakeSweep(10, 10, 4)
        {
            BeforePoint = (point, _) => { if (poison.Contains(point)) throw new DivideByZeroException($"at point {point}"); },
        };
        var observer = new Observer();
        var outcome = await RunAsync(sweep, folder, 2, observer);
        Assert.Equal(SweepEnd.CompleteWithCrashedPoints, outcome.End);
        Assert.Equal(poison, outcome.CrashedPoints);
        Assert.Equal(sweep.Expected(poison), Output(folder));
        var crash = observer.Reports.OfType<ClusterReport.Crash>().Single(crash => crash.Points.First == 17);
        Assert.Contains("DivideByZeroException: at point 17", crash.Message);

        // A later run knows it without computing: from the journal, and from the parts if the journal is lost.
        Assert.Equal(poison, (await RunAsync(sweep, folder)).CrashedPoints);
        File.Delete(Path.Combine(folder, JournalFile.FileName));
        ForgetOutput(folder);
        Assert.Equal(poison, (await RunAsync(sweep, folder)).CrashedPoints);
    }

    [Fact]
    public async Task Aborting_cancels_kernels_that_run_and_the_next_run_goes_on()
    {
        using var folder = new TemporaryFolder();
        LocalCluster? cluster = null;
        var blocking = new FakeSweep(4, 2, 1)
        {
            BeforePoint = (point, cancel) =>
            {
                if (point != 6) return;
                cluster!.Abort();
                cancel.WaitHandle.WaitOne();
                cancel.ThrowIfCancellationRequested();
            },
        };
        cluster = new LocalCluster(blocking.Job(folder), 1);
        var outcome = await cluster.RunAsync();
        Assert.Equal(SweepEnd.Interrupted, outcome.End);
        Assert.Equal(3, outcome.Computed);

        var sweep = new FakeSweep(4, 2, 1);
        Assert.Equal(3, (await RunAsync(sweep, folder)).Reused);
        Assert.Equal(sweep.Expected(), Output(folder));
    }

    [Fact]
    public async Task A_damaged_part_is_reported_moved_aside_and_computed_again()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(12, 5, 3);
        await RunAsync(sweep, folder);
        ForgetOutput(folder);
        string part = Directory.EnumerateFiles(Path.Combine(folder, "parts")).Order().ElementAt(1);
        byte[] bytes = File.ReadAllBytes(part);
        bytes[^50] ^= 1;
        File.WriteAllBytes(part, bytes);

        var observer = new Observer();
        var outcome = await RunAsync(sweep, folder, 2, observer);
        Assert.Equal(SweepEnd.Complete, outcome.End);
        Assert.Equal(sweep.Expected(), Output(folder));
        string message = Assert.Single(observer.Reports.OfType<ClusterReport.Notice>()).Message;
        Assert.Contains(part, message);
        Assert.Contains("checksum", message);
        Assert.Contains("curves 3..5 are computed again", message);
        Assert.Equal(bytes, File.ReadAllBytes(Assert.Single(Directory.EnumerateFiles(Path.Combine(folder, "corrupt")))));
    }

    [Fact]
    public async Task A_part_that_was_truncated_or_deleted_is_computed_again()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(12, 5, 3);
        await RunAsync(sweep, folder);
        ForgetOutput(folder);
        var parts = Directory.EnumerateFiles(Path.Combine(folder, "parts")).Order().ToList();
        File.WriteAllBytes(parts[0], []);
        File.Delete(parts[2]);
        Assert.Equal(SweepEnd.Complete, (await RunAsync(sweep, folder)).End);
        Assert.Equal(sweep.Expected(), Output(folder));
    }

    [Fact]
    public async Task A_kernel_that_is_not_deterministic_raises_an_alarm()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(1, 2, 1);
        // Somebody else commits the part, with other bytes, while this run computes it.
        var store = new PartStore(folder, sweep.Shape, FakeSweep.ShardId);
        var work = new ShardWork(WorkKind.Compute, FakeSweep.ShardId(new(0, 1)), new(0, 1), default, []);
        byte[] others = new byte[16];
        var racing = new FakeSweep(1, 2, 1) { BeforePoint = (point, _) => { if (point == 0) store.Commit(work, others); } };
        var observer = new Observer();
        var outcome = await RunAsync(racing, folder, 1, observer);
        Assert.Equal(1, outcome.Alarms);
        Assert.Contains("bytes differ", Assert.Single(observer.Reports.OfType<ClusterReport.Alarm>()).Message);
        Assert.Equal(others, Output(folder)); // the first writer's
    }

    [Fact]
    public async Task A_torn_journal_line_is_skipped_with_a_notice_and_does_not_spoil_the_next_one()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(4, 2, 2);
        await RunAsync(sweep, folder);
        string journal = Path.Combine(folder, JournalFile.FileName);
        int lines = File.ReadAllLines(journal).Length;
        File.AppendAllText(journal, """{"at":"2026-01-01T00:00:00Z","type":"atte""");

        var observer = new Observer();
        Assert.Equal(SweepEnd.Complete, (await RunAsync(sweep, folder, 2, observer)).End);
        string notice = Assert.Single(observer.Reports.OfType<ClusterReport.Notice>()).Message;
        Assert.Contains($"line {lines + 1} cannot be read", notice);
        var skipped = new List<long>();
        Assert.IsType<JournalRecord.Finished>(JournalFile.Read(Path.Combine(folder, JournalFile.FileName), skipped.Add).Last());
        Assert.Equal([lines + 1], skipped);
    }

    [Fact]
    public async Task A_lost_journal_loses_no_result()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(9, 2, 2);
        await RunAsync(sweep, folder);
        File.Delete(Path.Combine(folder, JournalFile.FileName));
        ForgetOutput(folder);
        Assert.Equal(9, (await RunAsync(sweep, folder)).Reused);
        Assert.Equal(sweep.Expected(), Output(folder));
    }

    [Fact]
    public async Task A_second_process_in_the_same_folder_is_refused_until_the_first_is_gone()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(2, 2, 1);
        using (OutputLock.Take(folder))
        {
            var refused = await RunAsync(sweep, folder);
            Assert.Equal(SweepEnd.Incomplete, refused.End);
            Assert.StartsWith("Another sweep process works in", refused.Reason);
        }
        Assert.Equal(SweepEnd.Complete, (await RunAsync(sweep, folder)).End); // the lock file is still there
    }

    [Fact]
    public async Task Progress_counts_up_to_all_points()
    {
        using var folder = new TemporaryFolder();
        var observer = new Observer();
        await RunAsync(new FakeSweep(8, 5, 2), folder, 2, observer);
        var states = observer.Reports.OfType<ClusterReport.Progress>().Select(report => report.State).ToList();
        Assert.Equal((40, 40, 0), (states[^1].Points, states[^1].PointsDone, states[^1].InFlight));
        Assert.Equal(states.Select(state => state.PointsDone).Order(), states.Select(state => state.PointsDone));
        Assert.All(states, state => Assert.InRange(state.InFlight, 0, 2));
    }
}
