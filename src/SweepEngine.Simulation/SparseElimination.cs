using System.Runtime.CompilerServices;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// Gaussian elimination of matrices that have one pattern of entries, 64 matrices side by side. Pivots are taken from the diagonal, in an order that is chosen once, from the
/// pattern: the pivot whose elimination touches the fewest entries comes first (H. M. Markowitz, Management Science 3 (1957) 255). A tree of compartments then
/// fills nothing in, and N of them cost O(N).
/// </summary>
/// <remarks>
/// Numbers don't choose pivots, so the order, and with it all bits, is the same in all lanes and at all times. What that may cost in accuracy is watched: a pivot that is
/// very small or very large beside the terms of its diagonal element makes the solution NaN.
/// </remarks>
internal sealed class SparseElimination
{
    private const int Lanes = LaneTile.Lanes;

    // A pivot in which so much has cancelled has few digits left, and one so large has come from a small one.
    private const double SmallestPivot = 1e-10, LargestPivot = 1e10;

    private readonly Pivot[] _pivots;

    /// <summary>Orders the pivots.</summary>
    /// <param name="size">Rows and columns.</param>
    /// <param name="entries">The entries that may be different from zero; entry k has slot k.</param>
    /// <param name="firstFree">The first slot for what is beside these: other elements of the diagonal, and what elimination fills in.</param>
    public SparseElimination(int size, IReadOnlyList<(int Row, int Column)> entries, int firstFree)
    {
        Slots = firstFree;
        var slots = new Dictionary<(int Row, int Column), int>();
        var columnsOf = new SortedSet<int>[size];
        var rowsOf = new SortedSet<int>[size];
        for (int i = 0; i < size; i++)
        {
            (columnsOf[i], rowsOf[i]) = ([], []);
        }

        for (int k = 0; k < entries.Count; k++)
        {
            Enter(entries[k].Row, entries[k].Column, k);
        }

        bool[] hasOwn = [.. Enumerable.Range(0, size).Select(i => slots.ContainsKey((i, i)))];
        List<int> fill = [];
        Diagonal = new int[size];
        for (int i = 0; i < size; i++)
        {
            Diagonal[i] = SlotOf(i, i);
        }

        var left = new SortedSet<int>(Enumerable.Range(0, size));
        _pivots = new Pivot[size];
        for (int k = 0; k < size; k++)
        {
            // Of equal ones, first those whose own equation damps them: their pivots are the larger ones.
            int next = left.MinBy(i => (2L * (rowsOf[i].Count - 1) * (columnsOf[i].Count - 1)) + (hasOwn[i] ? 0 : 1));
            left.Remove(next);
            int[] below = [.. rowsOf[next].Where(row => row != next)], beside = [.. columnsOf[next].Where(column => column != next)];
            int[] targets = [.. from row in below from column in beside select SlotOf(row, column)];
            _pivots[k] = new Pivot(
                next, Diagonal[next], below, [.. below.Select(row => slots[(row, next)])], beside, [.. beside.Select(column => slots[(next, column)])], targets);
            Operations += 1 + below.Length + targets.Length;
            foreach (int row in below)
            {
                columnsOf[row].Remove(next);
            }

            foreach (int column in beside)
            {
                rowsOf[column].Remove(next);
            }
        }

        Fill = fill;
        return;

        void Enter(int row, int column, int slot)
        {
            slots.Add((row, column), slot);
            columnsOf[row].Add(column);
            rowsOf[column].Add(row);
        }

        int SlotOf(int row, int column)
        {
            if (!slots.TryGetValue((row, column), out int slot))
            {
                slot = Slots++;
                fill.Add(slot);
                Enter(row, column, slot);
            }

            return slot;
        }
    }

    /// <summary>Number of slots in use.</summary>
    public int Slots { get; private set; }

    /// <summary>The slot of each element of the diagonal.</summary>
    public int[] Diagonal { get; }

    /// <summary>The slots that are no entries; they have to be set to zero before <see cref="Factor"/>.</summary>
    public IReadOnlyList<int> Fill { get; }

    /// <summary>Multiplications and divisions that one elimination takes.</summary>
    public long Operations { get; }

    /// <summary>Eliminates, in place.</summary>
    /// <param name="matrix">The matrices, shape [slots × lanes]; receives what <see cref="Solve"/> needs.</param>
    /// <param name="magnitude">What the elements of the diagonal are measured by: the sum of the magnitudes of their terms, shape [size × lanes].</param>
    /// <param name="count">Lanes in use, a multiple of the width.</param>
    /// <typeparam name="T">The register.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Factor<T>(Span<double> matrix, ReadOnlySpan<double> magnitude, int count)
        where T : struct, ILane<T>
    {
        T tiny = T.Broadcast(SmallestPivot), huge = T.Broadcast(LargestPivot), one = T.Broadcast(1), none = T.Broadcast(double.NaN);
        foreach (Pivot pivot in _pivots)
        {
            Span<double> diagonal = Row(matrix, pivot.Slot);
            ReadOnlySpan<double> measure = magnitude.Slice(pivot.Row * Lanes, Lanes);
            for (int j = 0; j < count; j += T.Width)
            {
                T value = Registers<T>.At(diagonal, j), size = T.Abs(value), reference = Registers<T>.At(measure, j);
                T sound = T.And(T.GreaterThan(size, tiny * reference), T.LessThan(size, huge * reference));
                Registers<T>.Put(T.Select(sound, one / value, none), diagonal, j);
            }

            int target = 0;
            foreach (int slot in pivot.BelowSlots)
            {
                Span<double> factor = Row(matrix, slot);
                for (int j = 0; j < count; j += T.Width)
                {
                    Registers<T>.Put(-(Registers<T>.At(factor, j) * Registers<T>.At(diagonal, j)), factor, j);
                }

                foreach (int beside in pivot.BesideSlots)
                {
                    Span<double> changed = Row(matrix, pivot.Targets[target++]), by = Row(matrix, beside);
                    for (int j = 0; j < count; j += T.Width)
                    {
                        Registers<T>.Put(T.Fma(Registers<T>.At(factor, j), Registers<T>.At(by, j), Registers<T>.At(changed, j)), changed, j);
                    }
                }
            }
        }
    }

    /// <summary>Solves, in place.</summary>
    /// <param name="matrix">What <see cref="Factor"/> left.</param>
    /// <param name="vector">The right side, shape [size × lanes]; receives the solution.</param>
    /// <param name="count">Lanes in use, a multiple of the width.</param>
    /// <typeparam name="T">The register.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Solve<T>(Span<double> matrix, Span<double> vector, int count)
        where T : struct, ILane<T>
    {
        foreach (Pivot pivot in _pivots)
        {
            Span<double> known = Row(vector, pivot.Row);
            for (int b = 0; b < pivot.BelowSlots.Length; b++)
            {
                Span<double> changed = Row(vector, pivot.BelowRows[b]), factor = Row(matrix, pivot.BelowSlots[b]);
                for (int j = 0; j < count; j += T.Width)
                {
                    Registers<T>.Put(T.Fma(Registers<T>.At(factor, j), Registers<T>.At(known, j), Registers<T>.At(changed, j)), changed, j);
                }
            }
        }

        for (int k = _pivots.Length - 1; k >= 0; k--)
        {
            Pivot pivot = _pivots[k];
            Span<double> sought = Row(vector, pivot.Row), inverse = Row(matrix, pivot.Slot);
            for (int b = 0; b < pivot.BesideSlots.Length; b++)
            {
                Span<double> known = Row(vector, pivot.BesideColumns[b]), factor = Row(matrix, pivot.BesideSlots[b]);
                for (int j = 0; j < count; j += T.Width)
                {
                    Registers<T>.Put(Registers<T>.At(sought, j) - Registers<T>.At(factor, j) * Registers<T>.At(known, j), sought, j);
                }
            }

            for (int j = 0; j < count; j += T.Width)
            {
                Registers<T>.Put(Registers<T>.At(sought, j) * Registers<T>.At(inverse, j), sought, j);
            }
        }
    }

    private static Span<double> Row(Span<double> rows, int row) => rows.Slice(row * Lanes, Lanes);

    // A row that is eliminated: what multiplies it, where it is added, and which elements change.
    private sealed record Pivot(int Row, int Slot, int[] BelowRows, int[] BelowSlots, int[] BesideColumns, int[] BesideSlots, int[] Targets);
}
