using System.Collections.Concurrent;
using System.Security.Cryptography;
using SweepEngine.Protocol;

namespace SweepEngine.RabbitMq;

/// <summary>Sends the parts of a process's workers to their coordinator, a chunk at a time; each is repeated until it is answered.</summary>
/// <param name="process">Name of this process.</param>
/// <param name="post">Posts a chunk to the coordinator; it may be lost.</param>
/// <param name="patience">How long an answer may take before the chunk is sent again.</param>
internal sealed class PartDispatch(string process, Action<HostMessage.Chunk, ReadOnlyMemory<byte>> post, TimeSpan patience)
{
    /// <summary>Bytes of a chunk. Quorum queues keep messages in memory and write each to disk on every node, so large ones are a burden.</summary>
    public const int ChunkSize = 256 << 10;

    private readonly ConcurrentDictionary<Epoch, BlockingCollection<HostMessage>> _waiting = new();

    /// <summary>Sends a part and waits until it is committed.</summary>
    /// <param name="epoch">The grant.</param>
    /// <param name="work">What was computed.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="abandoned">Ends the waiting: nobody wants the part any more.</param>
    /// <returns>What the coordinator says.</returns>
    public (WorkEnd End, string Message) Commit(Epoch epoch, ShardWork work, ReadOnlyMemory<byte> payload, CancellationToken abandoned)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(payload.Span));
        using var answers = new BlockingCollection<HostMessage>();
        _waiting[epoch] = answers;
        try
        {
            int at = 0;
            while (true)
            {
                post(new HostMessage.Chunk(process, epoch, work, payload.Length, hash, at), payload.Slice(at, Math.Min(ChunkSize, payload.Length - at)));
                switch (NextAnswer(answers, at, payload.Length, abandoned))
                {
                    case HostMessage.PartEnded ended: return (ended.End, ended.Message);
                    case HostMessage.ChunkTaken taken: at = (int)taken.Next; break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return (WorkEnd.Storage, "the sweep was left before its part was committed");
        }
        finally
        {
            _waiting.TryRemove(epoch, out _);
        }
    }

    // An answer that came twice must not double what is sent: only one that says something new is followed. Null when none comes.
    private HostMessage? NextAnswer(BlockingCollection<HostMessage> answers, int at, int length, CancellationToken abandoned)
    {
        while (answers.TryTake(out var answer, (int)patience.TotalMilliseconds, abandoned))
        {
            if (answer is HostMessage.PartEnded || (answer is HostMessage.ChunkTaken { Next: var next } && next < length && (next > at || (next == 0 && at > 0))))
                return answer;
        }
        return null;
    }

    /// <summary>The coordinator answers.</summary>
    public void Receive(Epoch epoch, HostMessage answer)
    {
        if (!_waiting.TryGetValue(epoch, out var answers)) return;
        try
        {
            answers.Add(answer);
        }
        catch (ObjectDisposedException)
        {
            // it has just ended
        }
    }
}
