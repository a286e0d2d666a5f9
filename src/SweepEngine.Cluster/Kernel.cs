using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>
/// Computes shards. Both methods are pure functions of the work: the same work gives the same bytes in every process, on every machine,
/// at any time. Numeric trouble (divergence, NaN) belongs into the bytes as data; a kernel throws only when it is broken, and then the
/// engine searches for the grid point that is to blame and computes the curve without it. One kernel is made for each worker and is
/// called from that worker's thread only, so it may keep scratch memory.
/// </summary>
public interface IShardKernel
{
    /// <summary>Computes whole curves. Points in <see cref="ShardWork.CrashedPoints"/> must not be computed; they become rows with
    /// status <c>crashed</c>.</summary>
    /// <param name="work">Work of kind <see cref="WorkKind.Compute"/>.</param>
    /// <param name="cancel">Set when the result is no longer wanted; look at it at least once per second.</param>
    /// <returns>The payload of the part: what <see cref="IPartMerger.Append"/> gets. Not touched by the kernel afterwards. At most
    /// 2^31-1 bytes.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was set.</exception>
    ReadOnlyMemory<byte> Compute(ShardWork work, CancellationToken cancel);

    /// <summary>Computes only the points <see cref="ShardWork.Points"/> as <see cref="Compute"/> would, and throws the result
    /// away.</summary>
    /// <param name="work">Work of kind <see cref="WorkKind.Probe"/>; its points lie in one curve.</param>
    /// <param name="cancel">Set when the answer is no longer wanted.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was set.</exception>
    void Probe(ShardWork work, CancellationToken cancel);
}

/// <summary>
/// Makes the finished output from parts, streaming and in the order of curves. It is called from one thread at a time. The output's
/// bytes must not depend on how the curves are cut into parts. Nothing tells the merger that the process ends: it can be killed
/// at any moment, so what <see cref="Resume"/> counts must be durable, and anything newer is written again.
/// Trouble with storage is thrown as <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>; the sweep then ends as
/// incomplete.
/// </summary>
public interface IPartMerger : IDisposable
{
    /// <summary>Called once, first: looks at the output on storage and makes ready to append.</summary>
    /// <returns>Curves <c>[0, result)</c> that the output holds for good. 0 for a new sweep, all curves for a finished one.</returns>
    long Resume();

    /// <summary>Appends curves from a part.</summary>
    /// <param name="part">The curves that <paramref name="payload"/> holds.</param>
    /// <param name="payload">What the kernel returned for them, verified by checksum. Valid during the call only.</param>
    /// <param name="take">The curves to append: they begin where the last call ended (or at the result of <see cref="Resume"/>) and end
    /// with the part.</param>
    void Append(CurveRange part, ReadOnlyMemory<byte> payload, CurveRange take);

    /// <summary>
    /// All curves are appended: finishes the output durably. Also called when <see cref="Resume"/> found all curves, since the process
    /// may have
    /// died between the last curve and the end of this method; so it does no harm to call it again.
    /// </summary>
    void Finish();
}
