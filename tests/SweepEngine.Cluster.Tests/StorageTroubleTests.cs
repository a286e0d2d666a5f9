using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

public sealed class StorageTroubleTests
{
    [SkippableFact]
    public async Task A_folder_that_becomes_read_only_ends_the_run_as_incomplete_with_the_path()
    {
        using var folder = new TemporaryFolder();
        using var disk = SmallDisk.Mount(folder, "1m");
        disk.MakeReadOnly();
        var outcome = await new LocalCluster(new FakeSweep(4, 2, 1).Job(folder), 2).RunAsync();
        Assert.Equal(SweepEnd.Incomplete, outcome.End);
        Assert.Contains(folder, outcome.Reason);
        Assert.Contains("Read-only file system", outcome.Reason);
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
