using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>Registers of lanes in rows of numbers, without checks of bounds.</summary>
/// <typeparam name="T">The register.</typeparam>
internal static class Registers<T>
    where T : struct, ILane<T>
{
    /// <summary>The register that begins at an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T At(ReadOnlySpan<double> row, int index) => T.Load(in Unsafe.Add(ref MemoryMarshal.GetReference(row), index));

    /// <summary>Writes the register that begins at an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(T value, Span<double> row, int index) => T.Store(value, ref Unsafe.Add(ref MemoryMarshal.GetReference(row), index));
}
