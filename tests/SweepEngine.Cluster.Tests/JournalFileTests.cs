using System.Text.Json;
using System.Text.Json.Nodes;
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

    /// <summary>A record of each kind and with each word, as the serializer of the protocol's records sees them.</summary>
    public static TheoryData<JournalRecord> Records()
    {
        var epoch = new Epoch(3, 4);
        var records = new TheoryData<JournalRecord>
        {
            new JournalRecord.Started(1, 10, 5),
            new JournalRecord.Corrupted(new CurveRange(7, 2), "its \"bytes\" <differ>, µ"),
            new JournalRecord.Alarmed(new CurveRange(8, 1), "twice"),
        };
        foreach (WorkKind kind in Enum.GetValues<WorkKind>())
            records.Add(new JournalRecord.Attempted(epoch, new WorkerId("host-1", 2), kind, new CurveRange(5, 6), new PointRange(50, 3), [51, 52], Alone: true));
        foreach (WorkEnd end in Enum.GetValues<WorkEnd>()) records.Add(new JournalRecord.Ended(epoch, end, "", 0.125));
        foreach (SweepEnd end in Enum.GetValues<SweepEnd>()) records.Add(new JournalRecord.Finished(end, "why"));
        return records;
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void What_is_written_is_what_the_serializer_reads_and_would_write(JournalRecord record)
    {
        string line = JournalFile.Print(record, DateTimeOffset.UnixEpoch);
        JsonObject serialized = JsonSerializer.SerializeToNode(record, JournalJson.Default.JournalRecord)!.AsObject();
        serialized.Insert(0, "at", DateTimeOffset.UnixEpoch.UtcDateTime);
        Assert.Equal(serialized.ToJsonString(), line);
        Assert.Equal(line, JournalFile.Print(JournalFile.Parse(line)!, DateTimeOffset.UnixEpoch));
        Assert.IsType(record.GetType(), JournalFile.Parse(line));
    }

    [Fact]
    public void Every_kind_of_record_is_written() => Assert.Equal(
        typeof(JournalRecord).GetNestedTypes().OrderBy(type => type.Name), ((IEnumerable<object[]>)Records()).Select(row => row[0].GetType()).Distinct().OrderBy(type => type.Name));

    [Fact]
    public void Records_are_read_back_in_order_and_unreadable_lines_are_counted()
    {
        using var folder = new TemporaryFolder();
        JournalRecord[] written = [new JournalRecord.Started(1, 10, 0), new JournalRecord.Finished(SweepEnd.Interrupted, "why")];
        using (var journal = JournalFile.Open(Path.Combine(folder, JournalFile.FileName), TimeProvider.System)) journal.Append(written[0]);
        File.AppendAllText(Path.Combine(folder, JournalFile.FileName), "\0\0\0garbage\n{\"type\":\"of a newer version\"}\n{\"at\":");
        using (var journal = JournalFile.Open(Path.Combine(folder, JournalFile.FileName), TimeProvider.System)) journal.Append(written[1]);
        var skipped = new List<long>();
        Assert.Equal(written, JournalFile.Read(Path.Combine(folder, JournalFile.FileName), skipped.Add));
        Assert.Equal([2, 3, 4], skipped);
    }

    [Fact]
    public void A_missing_journal_has_no_records()
    {
        using var folder = new TemporaryFolder();
        Assert.Empty(JournalFile.Read(Path.Combine(folder, JournalFile.FileName), _ => Assert.Fail("nothing to skip")));
    }
}
