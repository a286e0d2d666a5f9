using System.Threading.Channels;
using SweepEngine.Cluster;
using SweepEngine.Cluster.Tests;
using SweepEngine.Protocol;

namespace SweepEngine.RabbitMq.Tests;

/// <summary><see cref="PartDispatch"/> and <see cref="PartIntake"/>, with a post between them that loses, doubles and reorders.</summary>
public sealed class PartTransportTests
{
    private const long Term = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);
    private static readonly FakeSweep Sweep = new(curves: 40, pointsPerCurve: 1, curvesPerShard: 1);

    private static ShardWork Work(long curve) => new(WorkKind.Compute, FakeSweep.ShardId(new CurveRange(curve, 1)), new CurveRange(curve, 1), default, []);

    private static byte[] Payload(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static CoordinatorDesk Desk(Func<ShardWork, ReadOnlyMemory<byte>, (WorkEnd, string)> commit) =>
        new("here", Term, commit, _ => true, _ => ValueTask.CompletedTask, _ => { });

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.3, 0, 0)]
    [InlineData(0, 0.5, 0)]
    [InlineData(0.2, 0.3, 0.5)]
    public async Task Every_part_is_committed_once_with_its_bytes_whatever_the_post_does(double lost, double doubled, double delayed)
    {
        const int seed = 20261121;
        var random = new Random(seed);
        var committed = new Dictionary<long, byte[]>();
        long sent = 0;
        PartDispatch dispatch = null!;
        PartIntake intake = null!;
        var there = Channel.CreateUnbounded<(HostMessage.Chunk, byte[])>();
        intake = new PartIntake(Sweep.Job("unused"), Desk((work, payload) =>
        {
            lock (committed) committed.Add(work.Curves.First, payload.ToArray()); // throws the second time
            return (WorkEnd.Done, "");
        }), (_, answer) => Post(() => dispatch.Receive(answer is HostMessage.PartEnded ended ? ended.Epoch : ((HostMessage.ChunkTaken)answer).Epoch, answer)));
        dispatch = new PartDispatch("p", (chunk, bytes) =>
        {
            Interlocked.Increment(ref sent);
            byte[] copy = bytes.ToArray();
            Post(() => there.Writer.TryWrite((chunk, copy)));
        }, lost > 0 || delayed > 0 ? Patience : TimeSpan.FromSeconds(10));
        var taking = Task.Run(async () =>
        {
            await foreach (var (chunk, bytes) in there.Reader.ReadAllAsync()) intake.Take(chunk, bytes);
        });

        int[] lengths = [1, 999, PartDispatch.ChunkSize, PartDispatch.ChunkSize + 1, 7 * PartDispatch.ChunkSize + 5];
        var ends = await Task.WhenAll(lengths.Select((length, curve) => Task.Run(() => dispatch.Commit(new Epoch(Term, curve), Work(curve), Payload(length), default))));
        Assert.All(ends, end => Assert.Equal((WorkEnd.Done, ""), end));
        Assert.Equal(lengths.Length, committed.Count);
        for (int curve = 0; curve < lengths.Length; curve++) Assert.Equal(Payload(lengths[curve]), committed[curve]);
        // What is doubled does not double what follows.
        if (lost == 0 && delayed == 0) Assert.InRange(sent, 13, 60);
        Assert.False(intake.Broken.IsCompleted);
        there.Writer.Complete();
        await taking;

        void Post(Action deliver)
        {
            double luck, again, late;
            lock (random) (luck, again, late) = (random.NextDouble(), random.NextDouble(), random.NextDouble());
            if (luck < lost) return;
            if (late < delayed) _ = Task.Delay(1 + (int)(late * 20)).ContinueWith(_ => deliver(), TaskScheduler.Default);
            else deliver();
            if (again < doubled) deliver();
        }
    }

    [Fact]
    public void A_chunk_of_another_sweep_is_refused_and_one_of_another_coordinators_time_is_sent_back()
    {
        var answers = new List<HostMessage>();
        var intake = new PartIntake(Sweep.Job("unused"), Desk((_, _) => throw new InvalidOperationException("nothing is to be committed")), (_, answer) => answers.Add(answer));
        var good = new HostMessage.Chunk("p", new Epoch(Term, 1), Work(3), 4, "", 0);
        foreach (var wrong in new[]
        {
            good with { Work = Work(3) with { ShardId = FakeSweep.ShardId(new CurveRange(4, 1)) } },
            good with { Work = Work(3) with { Curves = new CurveRange(39, 2) } },
            good with { Work = Work(3) with { Curves = new CurveRange(-1, 1) } },
            good with { Length = (long)int.MaxValue + 1 },
            good with { Length = 3 },
            good with { At = -1 },
        }) Assert.Throws<InvalidDataException>(() => intake.Take(wrong, new byte[4]));
        Assert.Empty(answers);
        intake.Take(good with { Epoch = new Epoch(Term - 1, 1) }, new byte[4]);
        Assert.Equal(WorkEnd.Storage, Assert.IsType<HostMessage.PartEnded>(Assert.Single(answers)).End);
    }

    [Fact]
    public async Task Bytes_that_were_altered_on_the_way_are_asked_for_again()
    {
        var answers = Channel.CreateUnbounded<HostMessage>();
        var intake = new PartIntake(Sweep.Job("unused"), Desk((_, _) => (WorkEnd.Done, "")), (_, answer) => answers.Writer.TryWrite(answer));
        byte[] payload = Payload(100);
        var chunk = new HostMessage.Chunk("p", new Epoch(Term, 1), Work(3), 100, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(payload)), 0);
        byte[] altered = [.. payload];
        altered[50] ^= 1;
        intake.Take(chunk, altered);
        Assert.Equal(new HostMessage.ChunkTaken(chunk.Epoch, 0), await answers.Reader.ReadAsync());
        intake.Take(chunk, payload);
        Assert.Equal(new HostMessage.PartEnded(chunk.Epoch, WorkEnd.Done, ""), await answers.Reader.ReadAsync());
    }

    [Fact]
    public void Memory_is_bounded_and_what_a_dead_process_has_half_sent_is_forgotten()
    {
        var answers = new List<HostMessage>();
        var intake = new PartIntake(Sweep.Job("unused"), Desk((_, _) => (WorkEnd.Done, "")), (_, answer) => answers.Add(answer));
        const long large = PartIntake.MostBytes - 10;
        intake.Take(new HostMessage.Chunk("dead", new Epoch(Term, 1), Work(1), large, "", 0), new byte[4]);
        Assert.Equal(new HostMessage.ChunkTaken(new Epoch(Term, 1), 4), Assert.Single(answers));
        var second = new HostMessage.Chunk("p", new Epoch(Term, 2), Work(2), 11, "", 0);
        intake.Take(second, new byte[4]);
        Assert.Single(answers); // no room, so no answer
        intake.Take(second with { Epoch = new Epoch(Term, 3), Length = 10 }, new byte[4]);
        Assert.Equal(2, answers.Count); // just fits
        for (int tick = 0; tick < 6; tick++) intake.PassTick(mostAge: 5);
        intake.Take(second, new byte[4]);
        Assert.Equal(new HostMessage.ChunkTaken(new Epoch(Term, 2), 4), answers[^1]);
        // The dead process was only slow: it begins anew.
        intake.Take(new HostMessage.Chunk("dead", new Epoch(Term, 1), Work(1), large, "", 4), new byte[4]);
        Assert.Equal(new HostMessage.ChunkTaken(new Epoch(Term, 1), 0), answers[^1]);
    }
}
