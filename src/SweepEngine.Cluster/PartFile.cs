using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>A part that was read and verified.</summary>
/// <param name="Curves">Its curves.</param>
/// <param name="CrashedPoints">Points of these curves that were not computed.</param>
/// <param name="Payload">What the kernel returned.</param>
public sealed record StoredPart(CurveRange Curves, IReadOnlyList<long> CrashedPoints, ReadOnlyMemory<byte> Payload);

/// <summary>A part file does not hold what was written.</summary>
public sealed class CorruptPartException(string message) : Exception(message);

/// <summary>
/// The bytes of a part file. All numbers are little-endian.
/// <code>
///   8  "SWEEPRT" and format version 1 as a byte
///  32  shard id (SHA-256)
///   8  first curve          8  number of curves
///   8  number of crashed points, then 8 for each
///   8  length of the payload, then the payload
///  32  SHA-256 of everything before
/// </code>
/// There is neither time nor machine in it: the same work gives the same file.
/// </summary>
internal static class PartFile
{
    private const int HashLength = 32;
    private static readonly byte[] Magic = [.. Encoding.ASCII.GetBytes("SWEEPRT"), 1];
    private static readonly int FixedLength = Magic.Length + HashLength + 4 * sizeof(long) + HashLength;

    /// <summary>The pieces of a file in order: header, payload, checksum.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Frame(ShardWork work, ReadOnlyMemory<byte> payload)
    {
        var header = new byte[Magic.Length + HashLength + (4 + work.CrashedPoints.Count) * sizeof(long)];
        Magic.CopyTo(header, 0);
        Convert.FromHexString(work.ShardId).CopyTo(header, Magic.Length);
        int at = Magic.Length + HashLength;
        long[] numbers = [work.Curves.First, work.Curves.Count, work.CrashedPoints.Count, .. work.CrashedPoints, payload.Length];
        foreach (long number in numbers)
        {
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(at), number);
            at += sizeof(long);
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(payload.Span);
        return [header, payload, hash.GetHashAndReset()];
    }

    /// <summary>Verifies a whole file.</summary>
    /// <exception cref="CorruptPartException">It is not the file that <see cref="Frame"/> gives for these curves.</exception>
    public static StoredPart Parse(byte[] file, CurveRange curves, string shardId)
    {
        if (file.Length < FixedLength)
            throw new CorruptPartException($"it has {file.Length} bytes, fewer than the {FixedLength} of the smallest part");
        if (!file.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            throw new CorruptPartException("it does not begin with SWEEPRT and format version 1");
        var content = file.AsSpan(0, file.Length - HashLength);
        var found = file.AsSpan(file.Length - HashLength);
        var computed = SHA256.HashData(content);
        if (!found.SequenceEqual(computed))
            throw new CorruptPartException($"its bytes have the checksum {Hex(computed)}, but {Hex(found)} was written");
        int at = Magic.Length + HashLength;
        var stored = new CurveRange(Next(), Next());
        string id = Convert.ToHexStringLower(file.AsSpan(Magic.Length, HashLength));
        if (stored != curves || !string.Equals(id, shardId, StringComparison.OrdinalIgnoreCase))
            throw new CorruptPartException($"it holds {stored} of shard {id[..16]}, but its name says {curves} of shard {shardId[..16]}");
        var crashed = new long[Next()];
        for (int i = 0; i < crashed.Length; i++) crashed[i] = Next();
        int length = checked((int)Next());
        return new StoredPart(stored, crashed, file.AsMemory(at, length));

        long Next()
        {
            long number = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            at += sizeof(long);
            return number;
        }
    }

    private static string Hex(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash[..8]) + "…";
}
