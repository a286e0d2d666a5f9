using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

public sealed class SharedClusterTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(0.4);

    private static Task<SweepOutcome> RunAsync(FakeSweep sweep, string folder, int slice = 0, int slices = 1, int workers = 2, TimeSpan? lease = null) =>
        new SharedCluster(sweep.Job(folder), new ClaimPlan(slice, slices, workers, lease ?? Lease)).RunAsync();

    private static SweepOutcome Merge(FakeSweep sweep, string folder, Observer? observer = null)
    {
        using var merger = new FileMerger(folder, sweep.Shape);
        return FolderMerge.Run(sweep.Job(folder, merger), observer);
    }

    private static byte[] Output(string folder) => File.ReadAllBytes(Path.Combine(folder, "output.bin"));

    [Fact]
    public async Task Processes_of_different_numbers_of_slices_share_the_work_and_compute_nothing_twice()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(curves: 200, pointsPerCurve: 3, curvesPerShard: 2) { BeforePoint = (_, _) => Thread.Sleep(1) };
        var lease = TimeSpan.FromSeconds(10); // nobody dies here, however slow this machine is
        var outcomes = await Task.WhenAll(
            RunAsync(sweep, folder, 0, 2, lease: lease), RunAsync(sweep, folder, 1, 2, lease: lease),
            RunAsync(sweep, folder, 3, 5, lease: lease), RunAsync(sweep, folder, 99, 100, workers: 1, lease));
        Assert.All(outcomes, outcome => Assert.Equal((SweepEnd.Complete, 200), (outcome.End, outcome.Reused + outcome.Computed)));
        Assert.Equal(200, outcomes.Sum(outcome => outcome.Computed));
        Assert.All(outcomes, outcome => Assert.InRange(outcome.Computed, 1, 180));
        Assert.Equal(SweepEnd.Complete, Merge(sweep, folder).End);
        Assert.Equal(sweep.Expected(), Output(folder));
        Assert.Empty(ClaimFolder.Claims(folder)); // nobody needs them any more
    }

    [SkippableFact]
    public async Task A_process_that_sleeps_past_the_lease_loses_its_claims_and_does_no_harm_when_it_wakes()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGSTOP.");
        using var folder = new TemporaryFolder();
        var sweep = Child.Sweep("slow");
        var sleeper = Child.Start("shared 0/1", folder, "slow");
        while (sleeper.StandardOutput.ReadLine() is { } line && !line.Contains("InFlight = 2", StringComparison.Ordinal)) { }
        Send("STOP", sleeper);
        Assert.Equal(SweepEnd.Complete, (await RunAsync(sweep, folder, workers: 4)).End);
        Assert.Contains(ClaimFolder.Claims(folder), claim => claim.Claim.Attempt == 2);
        Send("CONT", sleeper);
        var printed = new ConcurrentQueue<string>();
        Assert.True(await HostUnderTest.EndAsync(sleeper, printed) == SweepEnd.Complete, string.Join('\n', printed));
        Assert.Equal(SweepEnd.Complete, Merge(sweep, folder).End);
        Assert.Equal(sweep.Expected(), Output(folder));

        static void Send(string signal, Process process)
        {
            using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("3-of-4-som")]
    [InlineData("a process that never was\n")]
    public async Task A_claim_that_nobody_stands_behind_is_taken_after_a_lease(string content)
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(6, 2, 1);
        Directory.CreateDirectory(Path.Combine(folder, "claims"));
        File.WriteAllText(Path.Combine(folder, "claims", "000000000004.1"), content);
        var outcome = await RunAsync(sweep, folder);
        Assert.Equal((SweepEnd.Complete, 6), (outcome.End, outcome.Computed));
        Assert.Equal(new ShardClaim(4, 2), ClaimFolder.Claims(folder)[^2].Claim);
    }

    [Fact]
    public async Task What_a_process_held_that_ended_in_order_is_taken_without_waiting_for_the_lease()
    {
        using var folder = new TemporaryFolder();
        SharedCluster? first = null;
        var sweep = new FakeSweep(4, 2, 1)
        {
            BeforePoint = (point, cancel) =>
            {
                if (point != 6) return;
                first!.Abort();
                cancel.WaitHandle.WaitOne();
                cancel.ThrowIfCancellationRequested();
            },
        };
        first = new SharedCluster(sweep.Job(folder), new ClaimPlan(0, 1, 1, TimeSpan.FromHours(1)));
        Assert.Equal(SweepEnd.Interrupted, (await first.RunAsync()).End);
        var second = new SharedCluster(new FakeSweep(4, 2, 1).Job(folder), new ClaimPlan(0, 1, 1, TimeSpan.FromHours(1)));
        Assert.Equal((SweepEnd.Complete, 1), (await second.RunAsync() is var outcome ? (outcome.End, outcome.Computed) : default));
    }

    [Fact]
    public async Task A_merge_names_what_is_missing_and_a_run_on_one_machine_computes_it()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(40, 2, 4);
        await RunAsync(sweep, folder);
        foreach (string part in Directory.EnumerateFiles(Path.Combine(folder, "parts")).Order().Where((_, index) => index is 2 or 3 or 7)) File.Delete(part);
        var merged = Merge(sweep, folder);
        Assert.Equal(SweepEnd.Incomplete, merged.End);
        Assert.Contains("12 of 40 curves are not committed: curves 8..15, curves 28..31.", merged.Reason);
        Assert.Contains("next step: start the processes of 'sweep run --shard' again", merged.Reason);
        Assert.False(File.Exists(Path.Combine(folder, "output.bin")));

        var local = await new LocalCluster(sweep.Job(folder), 2).RunAsync();
        Assert.Equal((SweepEnd.Complete, 12), (local.End, local.Computed));
        Assert.Equal(sweep.Expected(), Output(folder));
    }

    [Fact]
    public async Task A_damaged_part_is_moved_aside_by_the_merge_and_computed_again_by_the_next_processes()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(40, 2, 4);
        await RunAsync(sweep, folder);
        string part = Directory.EnumerateFiles(Path.Combine(folder, "parts")).Order().ElementAt(5);
        byte[] bytes = File.ReadAllBytes(part);
        bytes[^40] ^= 1;
        File.WriteAllBytes(part, bytes);
        var observer = new Observer();
        var merged = Merge(sweep, folder, observer);
        Assert.Contains("4 of 40 curves are not committed: curves 20..23.", merged.Reason);
        Assert.Contains("checksum", Assert.IsType<ClusterReport.Notice>(Assert.Single(observer.Reports)).Message);
        Assert.Equal(4, (await RunAsync(sweep, folder)).Computed);
        Assert.Equal(SweepEnd.Complete, Merge(sweep, folder).End);
        Assert.Equal(sweep.Expected(), Output(folder));
    }

    [Fact]
    public async Task A_merge_goes_on_where_a_killed_one_stopped()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(40, 2, 4);
        await RunAsync(sweep, folder);
        using (var dying = new DyingMerger(new FileMerger(folder, sweep.Shape), appends: 4))
            Assert.Throws<InvalidOperationException>(() => FolderMerge.Run(sweep.Job(folder, dying)));
        Assert.NotEmpty(Directory.EnumerateFiles(folder, "block-*.bin"));
        Assert.Equal(SweepEnd.Complete, Merge(sweep, folder).End);
        Assert.Equal(sweep.Expected(), Output(folder));
        Assert.Equal(SweepEnd.Complete, Merge(sweep, folder).End); // once more does no harm
    }

    [Fact]
    public async Task A_run_on_one_machine_in_a_folder_that_is_shared_says_so_and_the_bytes_are_the_same()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(60, 2, 1) { BeforePoint = (_, _) => Thread.Sleep(2) };
        var shared = RunAsync(sweep, folder);
        while (ClaimFolder.Processes(folder).Count == 0) await Task.Yield();
        var observer = new Observer();
        var local = await new LocalCluster(sweep.Job(folder), 2, observer: observer).RunAsync();
        Assert.Contains(observer.Reports.OfType<ClusterReport.Notice>(), notice => notice.Message.Contains("computed twice", StringComparison.Ordinal));
        Assert.Equal((SweepEnd.Complete, SweepEnd.Complete), (local.End, (await shared).End));
        Assert.Equal(sweep.Expected(), Output(folder));
    }

    /// <summary>Throws, as if the process were killed, at a call of <see cref="Append"/>.</summary>
    private sealed class DyingMerger(FileMerger merger, int appends) : IPartMerger
    {
        private int _appends;

        public long Resume() => merger.Resume();

        public void Append(CurveRange part, ReadOnlyMemory<byte> payload, CurveRange take)
        {
            if (++_appends > appends) throw new InvalidOperationException("killed");
            merger.Append(part, payload, take);
        }

        public void Finish() => merger.Finish();

        public void Dispose() => merger.Dispose();
    }
}
