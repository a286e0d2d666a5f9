using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

/// <summary>What every host has to do (docs/hosts.md), with real processes: <see cref="HostUnderTest.All"/>.</summary>
public sealed class HostConformanceTests
{
    private const int Seed = 20261121;

    public static TheoryData<string> Hosts => [.. HostUnderTest.All.Select(host => host.Name)];

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task A_sweep_is_computed_and_running_it_again_computes_nothing(string host)
    {
        using var folder = new TemporaryFolder();
        await CompleteAsync(host, folder, "plain");
        var parts = Parts(folder);
        Assert.Empty(Directory.EnumerateFiles(folder, "*.tmp", SearchOption.AllDirectories));
        await CompleteAsync(host, folder, "plain");
        Assert.Equal(parts, Parts(folder));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Kills_at_random_moments_cost_no_part_and_change_none(string host)
    {
        const int kills = 6;
        using var folder = new TemporaryFolder();
        var under = HostUnderTest.All.Single(each => each.Name == host);
        var random = new Random(Seed);
        var seen = new Dictionary<string, string>();
        var processes = Enumerable.Range(0, under.Processes).Select(process => under.Start(process, folder, "slow")).ToArray();
        for (int kill = 0; kill < kills; kill++)
        {
            int victim = random.Next(processes.Length);
            // At any moment, also before anything happens; more often while it works.
            if (random.Next(4) == 0) processes[victim].WaitForExit(random.Next(20, 300));
            else for (int lines = random.Next(1, 12); lines > 0 && processes[victim].StandardOutput.ReadLine() is not null; lines--) { }
            processes[victim].Kill();
            processes[victim].WaitForExit();
            processes[victim].Dispose();
            CheckKept(seen, folder);
            processes[victim] = under.Start(victim, folder, "slow");
        }
        foreach (var process in processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        await CompleteAsync(host, folder, "slow");
        Assert.NotEmpty(seen);
        CheckKept(seen, folder);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task A_point_that_kills_its_process_becomes_a_crashed_row_and_all_around_it_is_computed(string host)
    {
        using var folder = new TemporaryFolder();
        var (end, output) = await HostUnderTest.All.Single(each => each.Name == host).RunAsync(folder, "kill 46");
        Assert.True(end == SweepEnd.CompleteWithCrashedPoints, output);
        Assert.Contains("Crash { Points = point 46, ", output);
        Assert.Equal(Child.Sweep("kill 46").Expected(46), Output(folder));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task A_point_that_throws_becomes_a_crashed_row(string host)
    {
        using var folder = new TemporaryFolder();
        var (end, output) = await HostUnderTest.All.Single(each => each.Name == host).RunAsync(folder, "throw 7");
        Assert.True(end == SweepEnd.CompleteWithCrashedPoints, output);
        Assert.Equal(Child.Sweep("throw 7").Expected(7), Output(folder));
    }

    [SkippableTheory]
    [MemberData(nameof(Hosts))]
    public async Task A_full_disk_ends_it_in_order_and_with_more_space_it_goes_on(string host)
    {
        using var folder = new TemporaryFolder();
        using var disk = SmallDisk.Mount(folder, "256k");
        var under = HostUnderTest.All.Single(each => each.Name == host);
        var (end, output) = await under.RunAsync(folder, "large");
        Assert.True(end == SweepEnd.Incomplete, output);
        Assert.Contains("No space left on device", output);
        Assert.Contains("Free space on that disk, then run the same command again", output);
        var before = Parts(folder);
        Assert.NotEmpty(before);
        disk.Resize("8m");
        await CompleteAsync(host, folder, "large");
        CheckKept(before, folder);
    }

    [SkippableTheory]
    [MemberData(nameof(Hosts))]
    public async Task A_process_that_is_told_to_stop_commits_what_it_computes_and_the_rest_goes_on(string host)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        using var folder = new TemporaryFolder();
        var under = HostUnderTest.All.Single(each => each.Name == host);
        var processes = Enumerable.Range(0, under.Processes).Select(process => under.Start(process, folder, "slow")).ToList();
        foreach (var process in processes)
        {
            while (process.StandardOutput.ReadLine() is { } line && !line.Contains("InFlight = 1", StringComparison.Ordinal)) { }
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
        var printed = new ConcurrentQueue<string>();
        foreach (var process in processes)
            Assert.True(await HostUnderTest.EndAsync(process, printed) == SweepEnd.Interrupted, string.Join('\n', printed));
        // All that was begun is ended in the journals: nothing is lost that others would have to wait for.
        foreach (string journal in JournalFile.AllIn(folder))
        {
            var records = JournalFile.Read(journal, _ => { }).ToList();
            Assert.Equal(records.OfType<JournalRecord.Attempted>().Count(), records.OfType<JournalRecord.Ended>().Count());
        }
        var before = Parts(folder);
        Assert.NotEmpty(before);
        await CompleteAsync(host, folder, "slow");
        CheckKept(before, folder);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Parts_that_somebody_else_committed_are_used_whatever_their_cut(string host)
    {
        using var folder = new TemporaryFolder();
        var sweep = Child.Sweep("plain");
        var store = new PartStore(folder, sweep.Shape, FakeSweep.ShardId);
        foreach (var curves in new CurveRange[] { new(0, 7), new(5, 4), new(50, 1), new(99, 21) })
        {
            byte[] payload = sweep.Expected()[(int)(curves.First * 32)..(int)(curves.End * 32)];
            Assert.Equal(WorkEnd.Done, store.Commit(new ShardWork(WorkKind.Compute, FakeSweep.ShardId(curves), curves, default, []), payload).End);
        }
        var before = Parts(folder);
        await CompleteAsync(host, folder, "plain");
        CheckKept(before, folder);
        // Shards that lie in these parts were not computed again.
        Assert.DoesNotContain(Parts(folder).Keys, name => name.StartsWith("000000000002-000000002", StringComparison.Ordinal));
    }

    private static async Task CompleteAsync(string host, string folder, string sweep)
    {
        var (end, output) = await HostUnderTest.All.Single(each => each.Name == host).RunAsync(folder, sweep);
        Assert.True(end == SweepEnd.Complete, $"seed {Seed}: {output}");
        Assert.Equal(Child.Sweep(sweep).Expected(), Output(folder));
    }

    private static byte[] Output(string folder) => File.ReadAllBytes(Path.Combine(folder, "output.bin"));

    /// <summary>The committed parts: name, bytes and the time at which they were written.</summary>
    private static Dictionary<string, string> Parts(string folder)
    {
        string parts = Path.Combine(folder, "parts");
        return Directory.Exists(parts) ? Directory.EnumerateFiles(parts, "*.part").ToDictionary(path => Path.GetFileName(path),
            path => $"{File.GetLastWriteTimeUtc(path):O} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}") : [];
    }

    private static void CheckKept(Dictionary<string, string> seen, string folder)
    {
        var now = Parts(folder);
        foreach (var (name, before) in seen) Assert.True(now.GetValueOrDefault(name) == before, $"seed {Seed}: the committed part {name} changed");
        foreach (var (name, found) in now) seen[name] = found;
    }
}
