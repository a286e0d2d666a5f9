using System.Text;
using SweepEngine.Protocol;

namespace SweepEngine.RabbitMq.Tests;

public sealed class HostMessageTests
{
    private static readonly WorkerId Worker = new("host-1-a", 2);
    private static readonly Epoch Epoch = new(3, 4);
    private static readonly ShardWork Work = new(WorkKind.Compute, "ab", new CurveRange(5, 6), default, [7]);

    private static (HostMessage Message, string Json)[] All { get; } =
    [
        (new HostMessage.Hello("p"), """{"is":"hello","process":"p"}"""),
        (new HostMessage.Offer(new SweepOrder("i", "v", "n", "t"), 30), """{"is":"offer","order":{"id":"i","version":"v","name":"n","text":"t"},"lease_seconds":30}"""),
        (new HostMessage.Refusal("p", "m"), """{"is":"refusal","process":"p","message":"m"}"""),
        (new HostMessage.Closed("s"), """{"is":"closed","sweep":"s"}"""),
        (new HostMessage.FromWorker(new WorkerMessage.Ask(Worker, 1)), """{"is":"from_worker","message":{"type":"ask","request":1,"worker":{"process":"host-1-a","number":2}}}"""),
        (new HostMessage.FromWorker(new WorkerMessage.Alive(Worker, Epoch)), """{"is":"from_worker","message":{"type":"alive","epoch":{"term":3,"grant":4},"worker":{"process":"host-1-a","number":2}}}"""),
        (new HostMessage.FromWorker(new WorkerMessage.Report(Worker, Epoch, WorkEnd.Done, "", 0.5)),
            """{"is":"from_worker","message":{"type":"report","epoch":{"term":3,"grant":4},"end":"done","message":"","seconds":0.5,"worker":{"process":"host-1-a","number":2}}}"""),
        (new HostMessage.FromWorker(new WorkerMessage.Leave(Worker)), """{"is":"from_worker","message":{"type":"leave","worker":{"process":"host-1-a","number":2}}}"""),
        (new HostMessage.ToWorker(Worker, new CoordinatorMessage.Grant(1, Epoch, Work)),
            """{"is":"to_worker","worker":{"process":"host-1-a","number":2},"message":{"type":"grant","request":1,"epoch":{"term":3,"grant":4},"work":{"kind":"compute","shard_id":"ab","curves":{"first":5,"count":6},"points":{"first":0,"count":0},"crashed_points":[7]}}}"""),
        (new HostMessage.ToWorker(Worker, new CoordinatorMessage.Acknowledge(Epoch)), """{"is":"to_worker","worker":{"process":"host-1-a","number":2},"message":{"type":"acknowledge","epoch":{"term":3,"grant":4}}}"""),
        (new HostMessage.ToWorker(Worker, new CoordinatorMessage.Cancel(Epoch)), """{"is":"to_worker","worker":{"process":"host-1-a","number":2},"message":{"type":"cancel","epoch":{"term":3,"grant":4}}}"""),
        (new HostMessage.ToWorker(Worker, new CoordinatorMessage.Stop()), """{"is":"to_worker","worker":{"process":"host-1-a","number":2},"message":{"type":"stop"}}"""),
        (new HostMessage.Chunk("p", Epoch, Work, 10, "cd", 8),
            """{"is":"chunk","process":"p","epoch":{"term":3,"grant":4},"work":{"kind":"compute","shard_id":"ab","curves":{"first":5,"count":6},"points":{"first":0,"count":0},"crashed_points":[7]},"length":10,"hash":"cd","at":8}"""),
        (new HostMessage.ChunkTaken(Epoch, 9), """{"is":"chunk_taken","epoch":{"term":3,"grant":4},"next":9}"""),
        (new HostMessage.PartEnded(Epoch, WorkEnd.Different, "m"), """{"is":"part_ended","epoch":{"term":3,"grant":4},"end":"different","message":"m"}"""),
        (new HostMessage.Ping("r"), """{"is":"ping","run":"r"}"""),
    ];

    [Fact]
    public void Tags_and_names_are_frozen_since_other_machines_may_have_other_versions()
    {
        Assert.All(All, each => Assert.Equal(each.Json, Encoding.UTF8.GetString(each.Message.ToBytes())));
        // None is forgotten above.
        Assert.Equal(typeof(HostMessage).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(HostMessage))).Select(type => type.Name).Order(),
            All.Select(each => each.Message.GetType().Name).Distinct().Order());
    }

    [Fact]
    public void What_is_read_is_what_was_written_and_what_cannot_be_read_is_null()
    {
        Assert.All(All, each => Assert.Equal(each.Json, Encoding.UTF8.GetString(HostMessage.Parse(each.Message.ToBytes())!.ToBytes())));
        foreach (string text in (string[])["", "{", "[]", "{}", """{"is":"unknown"}""", """{"is":"closed","sweep":3}""", "null"])
            Assert.Null(HostMessage.Parse(Encoding.UTF8.GetBytes(text)));
    }
}
