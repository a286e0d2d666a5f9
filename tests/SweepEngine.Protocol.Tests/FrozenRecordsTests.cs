using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SweepEngine.Protocol.Tests;

/// <summary>Journals of older versions must stay readable, and workers of older versions must be understood: records only ever
/// grow.</summary>
public sealed class FrozenRecordsTests
{
    [Theory]
    [InlineData(typeof(WorkerMessage), """
        ask(Worker, Request) alive(Worker, Epoch) report(Worker, Epoch, End, Message, Seconds) leave(Worker)
        """)]
    [InlineData(typeof(CoordinatorMessage), """
        grant(Request, Epoch, Work) acknowledge(Epoch) cancel(Epoch) stop()
        """)]
    [InlineData(typeof(JournalRecord), """
        started(Term, Curves, Committed) attempted(Epoch, Worker, Kind, Curves, Points, CrashedPoints, Alone) ended(Epoch, End, Message, Seconds)
        corrupted(Curves, Message) alarmed(Curves, Message) finished(End, Reason)
        """)]
    public void Tags_and_names_stay(Type family, string frozen)
    {
        string found = string.Join(' ', family.GetCustomAttributes<JsonDerivedTypeAttribute>().Select(derived =>
            $"{derived.TypeDiscriminator}({string.Join(", ", derived.DerivedType.GetConstructors()[0].GetParameters().Select(part => part.Name))})"));
        Assert.Equal(string.Join(' ', frozen.Split(['\n', ' '], StringSplitOptions.RemoveEmptyEntries)), found);
    }

    [Theory]
    [InlineData(typeof(ShardWork), "Kind, ShardId, Curves, Points, CrashedPoints")]
    [InlineData(typeof(CurveRange), "First, Count")]
    [InlineData(typeof(PointRange), "First, Count")]
    [InlineData(typeof(Epoch), "Term, Grant")]
    [InlineData(typeof(WorkerId), "Process, Number")]
    public void Names_of_the_parts_of_records_stay(Type type, string frozen) =>
        Assert.Equal(frozen, string.Join(", ", type.GetConstructors()[0].GetParameters().Select(part => part.Name)));

    [Theory]
    [InlineData(typeof(WorkKind), "compute probe")]
    [InlineData(typeof(WorkEnd), "done same different failed storage released lost")]
    [InlineData(typeof(SweepEnd), "complete complete_with_crashed_points incomplete interrupted")]
    public void Words_stay(Type type, string frozen) =>
        Assert.Equal(frozen, string.Join(' ', Enum.GetValues(type).Cast<object>().Select(word => JsonSerializer.Serialize(word, type).Trim('"'))));

    [Fact]
    public void Every_record_survives_a_round_trip()
    {
        var epoch = new Epoch(2, 17);
        var worker = new WorkerId("host-1", 3);
        var work = new ShardWork(WorkKind.Probe, "id", new CurveRange(7, 1), new PointRange(70, 5), [71, 73]);
        WorkerMessage[] up =
        [
            new WorkerMessage.Ask(worker, 5), new WorkerMessage.Alive(worker, epoch),
            new WorkerMessage.Report(worker, epoch, WorkEnd.Failed, "why", 1.25), new WorkerMessage.Leave(worker),
        ];
        CoordinatorMessage[] down =
        [
            new CoordinatorMessage.Grant(5, epoch, work), new CoordinatorMessage.Acknowledge(epoch),
            new CoordinatorMessage.Cancel(epoch), new CoordinatorMessage.Stop(),
        ];
        JournalRecord[] journal =
        [
            new JournalRecord.Started(2, 10, 3), new JournalRecord.Attempted(epoch, worker, work.Kind, work.Curves, work.Points, [71], true),
            new JournalRecord.Ended(epoch, WorkEnd.Lost, "why", 0), new JournalRecord.Corrupted(work.Curves, "why"),
            new JournalRecord.Alarmed(work.Curves, "why"), new JournalRecord.Finished(SweepEnd.Incomplete, "why"),
        ];
        Assert.All(up, message => Same(message));
        Assert.All(down, message => Same(message));
        Assert.All(journal, record => Same(record));

        static void Same<T>(T value)
        {
            string text = JsonSerializer.Serialize(value);
            Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize<T>(text)));
        }
    }
}
