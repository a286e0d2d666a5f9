using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

public sealed class JournalFileTests
{
    [Fact]
    public void A_line_is_a_json_object_with_time_and_type_that_people_can_read()
    {
        var record = new JournalRecord.Attempted(
            new Epoch(2, 17), new WorkerId("host-4711", 3), WorkKind.Probe, new CurveRange(7, 1), new PointRange(70, 5), [], Alone: false);
        Assert.Equal(
            """{"at":"2026-01-02T03:04:05Z","type":"attempted","epoch":{"term":2,"grant":17},"worker":{"process":"host-4711","number":3},""" +
            """
            "kind":"probe","curves":{"first":7,"count":1},"points":{"first":70,"count":5},"crashed_points":[],"alone":false}
            """,
            JournalFile.Print(record, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
    }

    [Fact]
    public void Records_are_read_back_in_order_and_unreadable_lines_are_counted()
    {
        using var folder = new TemporaryFolder();
        JournalRecord[] written = [new JournalRecord.Started(1, 10, 0), new JournalRecord.Finished(SweepEnd.Interrupted, "why")];
        using (var journal = JournalFile.Open(folder, TimeProvider.System)) journal.Append(written[0]);
        File.AppendAllText(Path.Combine(folder, JournalFile.FileName), "\0\0\0garbage\n{\"type\":\"of a newer version\"}\n{\"at\":");
        using (var journal = JournalFile.Open(folder, TimeProvider.System)) journal.Append(written[1]);
        var skipped = new List<long>();
        Assert.Equal(written, JournalFile.Read(folder, skipped.Add));
        Assert.Equal([2, 3, 4], skipped);
    }

    [Fact]
    public void A_missing_journal_has_no_records()
    {
        using var folder = new TemporaryFolder();
        Assert.Empty(JournalFile.Read(folder, _ => Assert.Fail("nothing to skip")));
    }
}
