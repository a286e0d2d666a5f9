using System.Runtime.InteropServices;

namespace SweepEngine.Bifurcation;

/// <summary>Numbers in one piece of memory that begins with a line of the cache, since a register that straddles two lines takes two reads.</summary>
internal readonly struct LaneMemory
{
    private const int CacheLine = 64;

    private readonly double[] _array;
    private readonly int _first;

    /// <summary>Takes memory of zeros.</summary>
    /// <param name="length">How many numbers.</param>
    public LaneMemory(int length)
    {
        Length = length;
        _array = GC.AllocateArray<double>(length + (CacheLine / sizeof(double)), pinned: true);
        _first = (int)(-(long)Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) & (CacheLine - 1)) / sizeof(double);
    }

    /// <summary>How many numbers there are.</summary>
    public int Length { get; }

    /// <summary>The numbers.</summary>
    public Span<double> Span => _array.AsSpan(_first, Length);

    /// <summary>One of the numbers.</summary>
    /// <param name="index">Which.</param>
    public ref double this[int index] => ref _array[_first + index];
}
