using System.Security.Cryptography;
using SweepEngine.Cluster;
using SweepEngine.Protocol;

namespace SweepEngine.RabbitMq;

/// <summary>
/// Takes the chunks of parts that processes send, puts them together and has them committed. A sender waits for the answer to each chunk
/// and repeats it until it comes, so everything here can be forgotten at any time. Used by one thread at a time, but for commits.
/// </summary>
/// <param name="job">What is computed.</param>
/// <param name="desk">Commits.</param>
/// <param name="answer">Sends an answer to a process.</param>
internal sealed class PartIntake(SweepJob job, CoordinatorDesk desk, Action<string, HostMessage> answer)
{
    /// <summary>Bytes of parts that are put together at a time; a larger one is taken alone.</summary>
    public const long MostBytes = 256L << 20;

    // Commits at a time: they wait for the disk most of the time.
    private const int Commits = 4;

    // Answers that are kept for a sender that did not get his.
    private const int KeptAnswers = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<Epoch, Assembly> _assemblies = [];
    private readonly Dictionary<Epoch, HostMessage.PartEnded> _ended = [];
    private readonly Queue<Epoch> _endedInOrder = new();
    private readonly TaskScheduler _commits = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Commits).ConcurrentScheduler;
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytes;

    /// <summary>Fails when a commit threw what it must not; does not end otherwise.</summary>
    public Task Broken => _broken.Task;

    /// <summary>Takes a chunk. No answer means: not now.</summary>
    /// <exception cref="InvalidDataException">It does not belong to this sweep.</exception>
    public void Take(HostMessage.Chunk chunk, ReadOnlyMemory<byte> bytes)
    {
        var curves = chunk.Work.Curves;
        if (chunk.Length > int.MaxValue || chunk.At < 0 || chunk.At + bytes.Length > chunk.Length
            || curves.First < 0 || curves.Count < 1 || curves.End > job.Shape.Curves || chunk.Work.ShardId != job.ShardId(curves))
            throw new InvalidDataException($"what {chunk.Process} sent for {curves} is no part of this sweep");
        if (chunk.Epoch.Term != desk.Term)
        {
            answer(chunk.Process, new HostMessage.PartEnded(chunk.Epoch, WorkEnd.Storage, "another coordinator has taken over; it grants this work again"));
            return;
        }
        lock (_lock)
        {
            if (_ended.TryGetValue(chunk.Epoch, out var ended))
            {
                answer(chunk.Process, ended);
                return;
            }
            if (!_assemblies.TryGetValue(chunk.Epoch, out var assembly))
            {
                if (chunk.At > 0)
                {
                    answer(chunk.Process, new HostMessage.ChunkTaken(chunk.Epoch, 0));
                    return;
                }
                if (_bytes > 0 && _bytes + chunk.Length > MostBytes) return; // it is said again when there may be room
                _bytes += chunk.Length;
                _assemblies.Add(chunk.Epoch, assembly = new Assembly(new byte[chunk.Length]));
            }
            assembly.Age = 0;
            if (assembly.IsCommitting) return;
            if (chunk.At == assembly.Filled)
            {
                bytes.CopyTo(assembly.Payload.AsMemory((int)chunk.At));
                assembly.Filled += bytes.Length;
            }
            assembly.IsCommitting = assembly.Filled == assembly.Payload.Length;
            if (!assembly.IsCommitting) answer(chunk.Process, new HostMessage.ChunkTaken(chunk.Epoch, assembly.Filled));
            else _ = Task.Factory.StartNew(() => Commit(chunk, assembly.Payload), CancellationToken.None, TaskCreationOptions.None, _commits);
        }
    }

    /// <summary>Time has passed: what a dead process has left half-sent is forgotten.</summary>
    /// <param name="mostAge">After so many calls without a chunk.</param>
    public void PassTick(int mostAge)
    {
        lock (_lock)
        {
            foreach (var (epoch, assembly) in _assemblies)
                if (!assembly.IsCommitting && ++assembly.Age > mostAge) Forget(epoch);
        }
    }

    private void Commit(HostMessage.Chunk chunk, byte[] payload)
    {
        try
        {
            if (Convert.ToHexStringLower(SHA256.HashData(payload)) != chunk.Hash)
            {
                lock (_lock) Forget(chunk.Epoch);
                answer(chunk.Process, new HostMessage.ChunkTaken(chunk.Epoch, 0)); // once more, from the beginning
                return;
            }
            var (end, message) = desk.Commit(chunk.Work, payload);
            var ended = new HostMessage.PartEnded(chunk.Epoch, end, message);
            lock (_lock)
            {
                Forget(chunk.Epoch);
                _ended[chunk.Epoch] = ended;
                _endedInOrder.Enqueue(chunk.Epoch);
                if (_endedInOrder.Count > KeptAnswers) _ended.Remove(_endedInOrder.Dequeue());
            }
            answer(chunk.Process, ended);
        }
#pragma warning disable CA1031 // whatever it is, the run must end with it
        catch (Exception defect)
#pragma warning restore CA1031
        {
            _broken.TrySetException(defect);
        }
    }

    private void Forget(Epoch epoch)
    {
        if (_assemblies.Remove(epoch, out var assembly)) _bytes -= assembly.Payload.Length;
    }

    /// <summary>A part of which the first bytes are here.</summary>
    private sealed class Assembly(byte[] payload)
    {
        public byte[] Payload => payload;

        public int Filled { get; set; }

        public int Age { get; set; }

        public bool IsCommitting { get; set; }
    }
}
