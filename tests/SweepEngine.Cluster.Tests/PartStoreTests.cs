using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

public sealed class PartStoreTests
{
    private static readonly SweepShape Shape = new(100, 2, 10);

    private static ShardWork Work(long first, long count, params long[] crashed) =>
        new(WorkKind.Compute, FakeSweep.ShardId(new(first, count)), new(first, count), default, crashed);

    private static PartStore Open(string folder) => new(folder, Shape, FakeSweep.ShardId);

    [Fact]
    public void A_committed_part_is_read_back_with_its_crashed_points()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal((WorkEnd.Done, ""), Open(folder).Commit(Work(20, 3, 41, 45), new byte[] { 1, 2, 3 }));
        var part = Open(folder).Read(new(20, 3));
        Assert.Equal(new CurveRange(20, 3), part.Curves);
        Assert.Equal([41, 45], part.CrashedPoints);
        Assert.Equal([1, 2, 3], part.Payload.ToArray());
    }

    [Fact]
    public void The_bytes_of_a_part_depend_on_the_work_alone()
    {
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        Open(one).Commit(Work(0, 1), new byte[100]);
        Open(two).Commit(Work(0, 1), new byte[100]);
        Assert.Equal(File.ReadAllBytes(Open(one).PathOf(new(0, 1))), File.ReadAllBytes(Open(two).PathOf(new(0, 1))));
    }

    [Fact]
    public void The_first_writer_wins_and_the_second_is_compared()
    {
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        store.Commit(Work(0, 1), new byte[] { 1 });
        Assert.Equal(WorkEnd.Same, store.Commit(Work(0, 1), new byte[] { 1 }).End);
        var (end, message) = store.Commit(Work(0, 1), new byte[] { 2 });
        Assert.Equal(WorkEnd.Different, end);
        Assert.Contains(store.PathOf(new(0, 1)), message);
        Assert.Equal([1], store.Read(new(0, 1)).Payload.ToArray());
        Assert.Single(Directory.EnumerateFiles(store.Folder));
    }

    [Fact]
    public void Of_many_writers_at_once_exactly_one_wins()
    {
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        for (int round = 0; round < 20; round++)
        {
            var work = Work(round, 1);
            var ends = new WorkEnd[4];
            Parallel.For(0, ends.Length, writer => ends[writer] = store.Commit(work, new byte[] { 7 }).End);
            Assert.Equal(1, ends.Count(end => end == WorkEnd.Done));
            Assert.Equal(3, ends.Count(end => end == WorkEnd.Same));
        }
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_name_is_given_only_if_it_is_free(bool withoutHardLinks)
    {
        Skip.If(withoutHardLinks && !OperatingSystem.IsLinux(), "renameat2 is a Linux call.");
        Func<string, string, bool> move = withoutHardLinks ? DurableFiles.RenameIfAbsent : DurableFiles.MoveIfAbsent;
        using var folder = new TemporaryFolder();
        string name = Path.Combine(folder, "name"), first = Path.Combine(folder, "first"), second = Path.Combine(folder, "second");
        File.WriteAllText(first, "1");
        File.WriteAllText(second, "2");
        Assert.True(move(first, name));
        Assert.False(File.Exists(first));
        Assert.False(move(second, name));
        Assert.Equal("1", File.ReadAllText(name));
        Assert.Throws<IOException>(() => move(second, Path.Combine(folder, "missing", "name")));
    }

    [Fact]
    public void A_listing_alone_tells_the_committed_ranges()
    {
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        foreach (var (first, count) in ((long, long)[])[(30, 5), (0, 10), (0, 3), (99, 1)]) store.Commit(Work(first, count), new byte[1]);
        Assert.Equal([new(0, 3), new(0, 10), new(30, 5), new(99, 1)], store.List(out int foreign));
        Assert.Equal(0, foreign);
    }

    [Fact]
    public void Parts_of_another_specification_and_strange_files_are_left_alone()
    {
        using var folder = new TemporaryFolder();
        new PartStore(folder, Shape, _ => new string('a', 64)).Commit(Work(0, 10) with { ShardId = new string('a', 64) }, new byte[1]);
        var store = Open(folder);
        File.WriteAllText(Path.Combine(store.Folder, "notes.txt"), "mine");
        File.WriteAllText(Path.Combine(store.Folder, "000000000000-000000001-x.part"), "");
        Assert.Empty(store.List(out int foreign));
        Assert.Equal(3, foreign);
        Assert.Equal(3, Directory.EnumerateFiles(store.Folder).Count());
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_removed()
    {
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        store.Commit(Work(0, 1), new byte[1]);
        string leftover = store.PathOf(new(1, 1)) + ".4711-1.tmp";
        File.WriteAllText(leftover, "half");
        Assert.Single(Open(folder).List(out _));
        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public void Every_single_damaged_byte_and_every_truncation_is_noticed()
    {
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        var curves = new CurveRange(0, 1);
        store.Commit(Work(0, 1, 1), new byte[] { 1, 2, 3 });
        byte[] good = File.ReadAllBytes(store.PathOf(curves));
        for (int at = 0; at < good.Length; at++)
        {
            byte[] bad = [.. good];
            bad[at] ^= 0x10;
            File.WriteAllBytes(store.PathOf(curves), bad);
            Assert.Throws<CorruptPartException>(() => store.Read(curves));
            File.WriteAllBytes(store.PathOf(curves), good[..at]);
            Assert.Throws<CorruptPartException>(() => store.Read(curves));
        }
    }

    [Fact]
    public void A_part_under_another_name_is_noticed()
    {
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        store.Commit(Work(0, 1), new byte[1]);
        File.Copy(store.PathOf(new(0, 1)), store.PathOf(new(1, 1)));
        Assert.Contains("its name says curve 1", Assert.Throws<CorruptPartException>(() => store.Read(new(1, 1))).Message);
    }
}
