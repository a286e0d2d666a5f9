using System.Diagnostics;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

public sealed class StorageTroubleTests
{
    private static bool TryMount(params string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return false;
        using var mount = Process.Start(new ProcessStartInfo("mount", arguments) { RedirectStandardError = true });
        mount!.WaitForExit();
        return mount.ExitCode == 0;
    }

    private static void Unmount(string folder)
    {
        using var unmount = Process.Start("umount", ["-l", folder]);
        unmount.WaitForExit();
    }

    [SkippableFact]
    public async Task A_full_disk_ends_the_run_as_incomplete_and_with_more_space_it_goes_on()
    {
        using var folder = new TemporaryFolder();
        Skip.IfNot(TryMount("-t", "tmpfs", "-o", "size=256k", "tmpfs", folder), "Filling a disk needs a small file system, and mounting one needs root on Linux.");
        try
        {
            var sweep = new FakeSweep(curves: 64, pointsPerCurve: 512, curvesPerShard: 4); // parts of 16 KiB, 256 KiB in all
            var full = await new LocalCluster(sweep.Job(folder), 2).RunAsync();
            Assert.Equal(SweepEnd.Incomplete, full.End);
            Assert.Contains("No space left on device", full.Reason);
            Assert.Contains("Free space on that disk, then run the same command again", full.Reason);
            Assert.InRange(full.Computed, 4, 60);

            Assert.True(TryMount("-o", "remount,size=8m", folder));
            var second = await new LocalCluster(sweep.Job(folder), 2).RunAsync();
            Assert.Equal(SweepEnd.Complete, second.End);
            Assert.InRange(second.Reused, full.Computed, 63);
            Assert.Equal(sweep.Expected(), File.ReadAllBytes(Path.Combine(folder, "output.bin")));
        }
        finally
        {
            Unmount(folder);
        }
    }

    [SkippableFact]
    public async Task A_folder_that_becomes_read_only_ends_the_run_as_incomplete_with_the_path()
    {
        using var folder = new TemporaryFolder();
        Skip.IfNot(TryMount("-t", "tmpfs", "-o", "size=1m", "tmpfs", folder), "A file system that becomes read-only needs mount, and that needs root on Linux.");
        try
        {
            Assert.True(TryMount("-o", "remount,ro", folder));
            var outcome = await new LocalCluster(new FakeSweep(4, 2, 1).Job(folder), 2).RunAsync();
            Assert.Equal(SweepEnd.Incomplete, outcome.End);
            Assert.Contains(folder, outcome.Reason);
            Assert.Contains("Read-only file system", outcome.Reason);
        }
        finally
        {
            Unmount(folder);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_ends_the_run_with_path_and_next_step()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        string output = Path.Combine(file, "out");
        var outcome = await new LocalCluster(new FakeSweep(4, 2, 1).Job(output), 2).RunAsync();
        Assert.Equal(SweepEnd.Incomplete, outcome.End);
        Assert.Contains($"{output} cannot be used as output directory", outcome.Reason);
        Assert.Contains("run the same command again", outcome.Reason);
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_ends_the_run_as_incomplete_after_all_parts_that_run()
    {
        using var folder = new TemporaryFolder();
        var sweep = new FakeSweep(6, 2, 1);
        using (var merger = new RefusingMerger())
        {
            var outcome = await new LocalCluster(sweep.Job(folder, merger), 1).RunAsync();
            Assert.Equal(SweepEnd.Incomplete, outcome.End);
            Assert.Contains("curve 0 cannot be merged into the tables: quota exceeded", outcome.Reason);
        }
        Assert.Equal(SweepEnd.Complete, (await new LocalCluster(sweep.Job(folder), 1).RunAsync()).End);
    }

    private sealed class RefusingMerger : IPartMerger
    {
        public long Resume() => 0;

        public void Append(CurveRange part, ReadOnlyMemory<byte> payload, CurveRange take) => throw new IOException("quota exceeded");

        public void Finish()
        {
        }

        public void Dispose()
        {
        }
    }
}
