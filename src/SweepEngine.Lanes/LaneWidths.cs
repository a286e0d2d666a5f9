using System.Runtime.Intrinsics;

namespace SweepEngine.Lanes;

/// <summary>Work that is written once for every lane width; <see cref="LaneWidths.Run"/> starts it at one.</summary>
public interface ILaneWork
{
    /// <summary>Does the work in lanes of <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">The lane type.</typeparam>
    void Run<T>() where T : struct, ILane<T>;
}

/// <summary>The lane widths there are, and the best one for this processor. Every width works everywhere, with the same bits.</summary>
public static class LaneWidths
{
    /// <summary>Every width, widest first.</summary>
    public static IReadOnlyList<int> All { get; } = [8, 4, 1];

    /// <summary>The widest that this processor computes in hardware: 8 with AVX-512, 4 with AVX2, 1 without either.</summary>
    public static int Best => Vector512.IsHardwareAccelerated ? 8 : Vector256.IsHardwareAccelerated ? 4 : 1;

    /// <summary>Runs the work in lanes of the width.</summary>
    /// <param name="width">8, 4 or 1.</param>
    /// <param name="work">The work; by reference, so that a struct can carry its results.</param>
    /// <typeparam name="TWork">The type of the work; a struct is called without boxing.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">There is no such width.</exception>
    public static void Run<TWork>(int width, ref TWork work) where TWork : ILaneWork
    {
        switch (width)
        {
            case 8: work.Run<Lane8>(); break;
            case 4: work.Run<Lane4>(); break;
            case 1: work.Run<Lane1>(); break;
            default: throw new ArgumentOutOfRangeException(nameof(width), width, "A lane has 8, 4 or 1 elements.");
        }
    }
}
