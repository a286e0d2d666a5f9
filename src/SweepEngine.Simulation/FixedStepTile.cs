using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SweepEngine.Simulation;

/// <summary>The numbers of the points that are integrated side by side in fixed steps: one column per lane.</summary>
internal sealed class FixedStepTile
{
    /// <summary>Lanes side by side: eight registers of eight, so that their independent steps overlap in the processor, and stay in the first cache.</summary>
    public const int Lanes = 64;

    private const int CacheLine = 64;

    private readonly double[] _memory;
    private readonly int _first;

    /// <summary>Makes an empty tile.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="spareRows">Further rows for the code.</param>
    public FixedStepTile(FixedStepRows rows, int spareRows)
    {
        Layout = rows;
        _memory = GC.AllocateArray<double>((rows.Count + spareRows) * Lanes + CacheLine / sizeof(double), pinned: true);
        _first = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) & (CacheLine - 1)) / sizeof(double);
    }

    /// <summary>Which row is what.</summary>
    public FixedStepRows Layout { get; }

    /// <summary>Row 0 of lane 0.</summary>
    public ref double Origin => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_memory), _first);

    /// <summary>Some rows, one after the other.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    public Span<double> Rows(int first, int count = 1) => _memory.AsSpan(_first + first * Lanes, count * Lanes);
}
