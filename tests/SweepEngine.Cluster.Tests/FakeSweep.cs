using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

/// <summary>
/// A sweep without neurons: each point is 8 bytes that depend on its index; crashed points are 8 bytes of 0xFF. The payload of a part is
/// its
/// points in order, the output is one file with all points in order.
/// </summary>
internal sealed class FakeSweep
{
    public const int BytesPerPoint = 8;

    public FakeSweep(long curves, long pointsPerCurve, long curvesPerShard) => Shape = new SweepShape(curves, pointsPerCurve, curvesPerShard);

    public SweepShape Shape { get; }

    /// <summary>Called for each point before it is computed; throws or kills as the test likes.</summary>
    public Action<long, CancellationToken> BeforePoint { get; init; } = (_, _) => { };

    /// <summary>Changes the bytes of a part, as a kernel that is not deterministic does.</summary>
    public Func<byte[], byte[]> Spoil { get; init; } = payload => payload;

    public static string ShardId(CurveRange curves) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"fake sweep {curves.First} {curves.Count}")));

    public SweepJob Job(string directory, IPartMerger? merger = null) =>
        new(directory, Shape, ShardId, () => new Kernel(this), merger ?? new FileMerger(directory, Shape));

    /// <summary>The bytes of the finished output.</summary>
    public byte[] Expected(params long[] crashed)
    {
        var bytes = new byte[Shape.Points * BytesPerPoint];
        for (long point = 0; point < Shape.Points; point++) Write(bytes, (int)point * BytesPerPoint, point, crashed.Contains(point));
        return bytes;
    }

    private static void Write(byte[] to, int at, long point, bool crashed) =>
        BinaryPrimitives.WriteUInt64LittleEndian(to.AsSpan(at), crashed ? ulong.MaxValue : (ulong)point * 0x9E3779B97F4A7C15UL);

    private sealed class Kernel(FakeSweep sweep) : IShardKernel
    {
        public ReadOnlyMemory<byte> Compute(ShardWork work, CancellationToken cancel)
        {
            var points = sweep.Shape.PointsOf(work.Curves);
            var crashed = work.CrashedPoints.ToHashSet();
            var payload = new byte[points.Count * BytesPerPoint];
            for (long point = points.First; point < points.End; point++)
            {
                cancel.ThrowIfCancellationRequested();
                if (!crashed.Contains(point)) sweep.BeforePoint(point, cancel);
                Write(payload, (int)(point - points.First) * BytesPerPoint, point, crashed.Contains(point));
            }
            return sweep.Spoil(payload);
        }

        public void Probe(ShardWork work, CancellationToken cancel)
        {
            for (long point = work.Points.First; point < work.Points.End; point++) sweep.BeforePoint(point, cancel);
        }
    }
}

/// <summary>
/// A merger as a table writer is one: output is durable in blocks of some curves, a block is written beside its name and renamed, what is
/// in memory is lost when the process dies.
/// </summary>
internal sealed class FileMerger(string directory, SweepShape shape, int curvesPerBlock = 3) : IPartMerger
{
    private readonly MemoryStream _open = new();
    private long _blocks;

    public string Output => Path.Combine(directory, "output.bin");

    private long BytesPerBlock => curvesPerBlock * shape.PointsPerCurve * FakeSweep.BytesPerPoint;

    public long Resume()
    {
        if (File.Exists(Output)) return shape.Curves;
        while (File.Exists(Block(_blocks))) _blocks++;
        return _blocks * curvesPerBlock;
    }

    public void Append(CurveRange part, ReadOnlyMemory<byte> payload, CurveRange take)
    {
        long bytesPerCurve = shape.PointsPerCurve * FakeSweep.BytesPerPoint;
        Assert.Equal(part.Count * bytesPerCurve, payload.Length);
        Assert.Equal(part.End, take.End);
        Assert.Equal(_blocks * curvesPerBlock + _open.Length / bytesPerCurve, take.First);
        _open.Write(payload.Span[(int)((take.First - part.First) * bytesPerCurve)..]);
        while (_open.Length >= BytesPerBlock)
        {
            var all = _open.ToArray();
            WriteWhole(Block(_blocks++), all[..(int)BytesPerBlock]);
            _open.SetLength(0);
            _open.Write(all.AsSpan((int)BytesPerBlock));
        }
    }

    public void Finish()
    {
        if (File.Exists(Output)) return;
        using var output = new MemoryStream();
        for (long block = 0; block < _blocks; block++) output.Write(File.ReadAllBytes(Block(block)));
        output.Write(_open.ToArray());
        Assert.Equal(shape.Points * FakeSweep.BytesPerPoint, output.Length);
        WriteWhole(Output, output.ToArray());
    }

    public void Dispose() => _open.Dispose();

    private string Block(long number) => Path.Combine(directory, $"block-{number}.bin");

    private static void WriteWhole(string path, byte[] bytes)
    {
        File.WriteAllBytes(path + ".tmp", bytes);
        File.Move(path + ".tmp", path, overwrite: true);
    }
}

/// <summary>A folder that is there for one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sweep-test-").FullName;

    public static implicit operator string(TemporaryFolder folder) => folder.Path;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Keeps the reports of a run.</summary>
internal sealed class Observer : IProgress<ClusterReport>
{
    public List<ClusterReport> Reports { get; } = [];

    public Action<ClusterReport> On { get; init; } = _ => { };

    public void Report(ClusterReport value)
    {
        Reports.Add(value);
        On(value);
    }
}
