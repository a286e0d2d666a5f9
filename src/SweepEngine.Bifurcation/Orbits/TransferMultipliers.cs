using System.Numerics;
using System.Runtime.CompilerServices;
using SweepEngine.Lanes;
using SweepEngine.Simulation;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Floquet multipliers of cycles from the chains of their transfer matrices: δx_(i+1) = T_i δx_i from one mesh point to the next, where the last is followed by the first. In lanes, each of which has segments of chains;
/// which segments make a cycle is said afterwards. For one thread; no memory is taken after the first use.
/// </summary>
/// <remarks>
/// <para>One multiplier is 1, since a shift along the cycle stays on it. It is taken out beforehand: at each mesh point a reflection carries the first axis into the flow, f/|f|, and a transfer matrix between two such frames
/// has the form [κ *; 0 T⊥]. The product of κ is the trivial multiplier; those of the chain T⊥, across the flow, are found by <see cref="ProductEigenvalues"/>. So at a fold of cycles
/// there is one multiplier near 1 that passes through it, and not a pair of which neither is known to better than a root of rounding; and of a planar system
/// the other one is a product of numbers, whatever growth there is along a canard.</para>
/// <para>Matrices of two, four and eight neighbouring intervals are multiplied out in lanes; a lane takes such a product instead of its factors where they hardly differ in what they do to different directions.</para>
/// </remarks>
/// <typeparam name="T">The register.</typeparam>
internal sealed class TransferMultipliers<T>
    where T : struct, ILane<T>
{
    // Two matrices are multiplied out while their spreads, the largest entry over the smallest of the diagonal of the triangular factor, have a product below this.
    private const double MultipliedOut = 1e4;

    // And while neither is much larger or smaller than this says, so that products are numbers.
    private const double Extreme = 1e30;

    private const int MostLevels = 4;

    private readonly int _n, _across, _groups, _length, _levels;
    private readonly ProductEigenvalues _product;
    private readonly LaneMemory _moved, _frames, _speeds, _work, _alongs;
    private readonly LaneMemory[] _matrices, _spreads, _largest;
    private double[] _chain = [];
    private int _count;
    private double _trivial;

    /// <summary>Makes room.</summary>
    /// <param name="dimension">Number n of states, ≥ 1.</param>
    /// <param name="groups">Number of registers for a number of each segment.</param>
    /// <param name="length">Number of matrices of a segment.</param>
    public TransferMultipliers(int dimension, int groups, int length)
    {
        (_n, _across, _groups, _length) = (dimension, dimension - 1, groups, length);
        _product = new ProductEigenvalues(Math.Max(1, _across));
        int starts = groups * (length + 1), size = _across * _across;
        (_moved, _work) = (Memory(dimension * dimension), Memory(Math.Max(1, size)));
        (_frames, _speeds, _alongs) = (Memory(starts * dimension), Memory(starts), Memory(groups));
        _levels = 1;
        while (_levels < MostLevels && 1 << _levels <= length)
        {
            _levels++;
        }

        _matrices = [.. Enumerable.Range(0, _levels).Select(level => Memory(groups * (length >> level) * size))];
        _spreads = [.. Enumerable.Range(0, _levels).Select(level => Memory(groups * (length >> level)))];
        _largest = [.. Enumerable.Range(0, _levels).Select(level => Memory(groups * (length >> level)))];
    }

    /// <summary>Takes all chains.</summary>
    /// <param name="transfers">T_0, T_1, … of each segment, each row after row. Shape [groups × length × n × n] registers.</param>
    /// <param name="flows">dx/dt at the mesh points of each segment and at the end of its last interval; only directions matter. Shape [n × groups × (length + 1)] registers.</param>
    /// <param name="weights">One over the square of what each state is divided by, so that they are comparable: directions and reflections depend on it. Shape [n] registers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(ReadOnlySpan<double> transfers, ReadOnlySpan<double> flows, ReadOnlySpan<double> weights)
    {
        int starts = _groups * (_length + 1);
        Span<double> units = stackalloc double[2 * _n * T.Width];
        for (int k = 0; k < _n; k++)
        {
            T unit = T.Sqrt(At(weights, k));
            Put(unit, units, k);
            Put(T.Broadcast(1) / unit, units, _n + k);
        }

        for (int start = 0; start < starts; start++)
        {
            Frame(flows, units, start);
        }

        for (int group = 0; group < _groups; group++)
        {
            T along = T.Broadcast(1);
            for (int i = 0; i < _length; i++)
            {
                along *= Move(transfers, units, (group * _length) + i, (group * (_length + 1)) + i);
            }

            Put(along, _alongs.Span, group);
            for (int level = 0; level < _levels; level++)
            {
                int here = _length >> level;
                for (int i = group * here; i < (group + 1) * here; i++)
                {
                    if (level > 0)
                    {
                        // The first of the two is at twice the place in the segment.
                        Multiply(_matrices[level - 1].Span, (group * (_length >> (level - 1))) + (2 * (i - (group * here))), _matrices[level].Span, i);
                    }

                    Measure(level, i);
                }
            }
        }
    }

    /// <summary>Begins with a cycle.</summary>
    public void Begin() => (_count, _trivial) = (0, 1);

    /// <summary>Adds the next segment of the cycle.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="lane">Its lane.</param>
    public void Add(int group, int lane)
    {
        int size = _across * _across;
        if (_chain.Length < (_count + _length) * size)
        {
            Array.Resize(ref _chain, Math.Max(2 * _chain.Length, (_count + _length) * size));
        }

        _trivial *= _alongs[(group * T.Width) + lane];
        for (int i = 0; i < _length;)
        {
            int level = 0;
            while (level + 1 < _levels && i % (2 << level) == 0 && IsMultipliedOut(group, lane, level + 1, i >> (level + 1)))
            {
                level++;
            }

            ReadOnlySpan<double> matrix = _matrices[level].Span[(((((group * (_length >> level)) + (i >> level)) * size) * T.Width) + lane)..];
            Span<double> target = _chain.AsSpan(_count++ * size, size);
            for (int entry = 0; entry < size; entry++)
            {
                target[entry] = matrix[entry * T.Width];
            }

            i += 1 << level;
        }
    }

    /// <summary>Finds the multipliers of the cycle whose segments were added.</summary>
    /// <param name="multipliers">Takes them without the trivial one, by descending modulus, of a pair the one with the positive imaginary part first. Shape [n - 1].</param>
    /// <param name="trivial">Takes the trivial multiplier as computed; its difference from 1 says how good the mesh is.</param>
    /// <returns>False when they could not be found: a number is not finite, a flow is zero, or the iteration did not converge.</returns>
    public bool Find(Span<Complex> multipliers, out double trivial)
    {
        trivial = _trivial;
        ReadOnlySpan<double> chain = _chain.AsSpan(0, _count * _across * _across);
        bool finite = double.IsFinite(trivial);
        foreach (double number in chain)
        {
            finite &= double.IsFinite(number);
        }

        return finite && (_across == 0 || _product.Find(chain, multipliers));
    }

    // Whether a block of a level, and all within it, may be taken instead of its factors.
    private bool IsMultipliedOut(int group, int lane, int level, int block)
    {
        if (block >= _length >> level)
        {
            return false;
        }

        int below = _length >> (level - 1), first = (((group * below) + (2 * block)) * T.Width) + lane, second = first + T.Width;
        return _spreads[level - 1][first] * _spreads[level - 1][second] <= MultipliedOut && IsModest(_largest[level - 1][first]) && IsModest(_largest[level - 1][second])
            && (level == 1 || (IsMultipliedOut(group, lane, level - 1, 2 * block) && IsMultipliedOut(group, lane, level - 1, (2 * block) + 1)));

        static bool IsModest(double largest) => largest is > 1 / Extreme and < Extreme;
    }

    private static LaneMemory Memory(int registers) => new(registers * T.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At(ReadOnlySpan<double> registers, int index) => Registers<T>.At(registers, index * T.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T value, Span<double> registers, int index) => Registers<T>.Put(value, registers, index * T.Width);

    // The vector w of the reflection 1 - ww/w₀ that exchanges the first axis and ±f/|f|, scaled so that ⟨w, w⟩ = 2w₀; then w/w₀ is kept besides. The sign is the one that takes nothing away. It may differ from
    // point to point: each frame occurs twice in the product.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Frame(ReadOnlySpan<double> flows, ReadOnlySpan<double> units, int start)
    {
        int starts = _groups * (_length + 1);
        Span<double> w = _frames.Span.Slice(start * _n * T.Width, _n * T.Width);
        T squares = T.Broadcast(0);
        for (int k = 0; k < _n; k++)
        {
            T flow = At(flows, (k * starts) + start) * At(units, k);
            Put(flow, w, k);
            squares = T.Fma(flow, flow, squares);
        }

        T speed = T.Sqrt(squares), scale = T.Broadcast(1) / T.CopySign(speed, At(w, 0));
        Put(speed, _speeds.Span, start);
        for (int k = 0; k < _n; k++)
        {
            Put(At(w, k) * scale, w, k);
        }

        Put(At(w, 0) + T.Broadcast(1), w, 0);
    }

    // A transfer matrix in the frames at its ends; returns the growth along the flow in units of its own length, which is 1 but for the error of the mesh.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T Move(ReadOnlySpan<double> transfers, ReadOnlySpan<double> units, int slot, int start)
    {
        int n = _n;
        ReadOnlySpan<double> here = _frames.Span.Slice(start * n * T.Width, n * T.Width), next = _frames.Span.Slice((start + 1) * n * T.Width, n * T.Width);
        Span<double> moved = _moved.Span, across = _matrices[0].Span[(slot * _across * _across * T.Width)..];
        T hereScale = T.Broadcast(1) / At(here, 0), nextScale = T.Broadcast(1) / At(next, 0);
        for (int row = 0; row < n; row++)
        {
            T sum = T.Broadcast(0), unit = At(units, row);
            for (int column = 0; column < n; column++)
            {
                T value = At(transfers, (((slot * n) + row) * n) + column) * unit * At(units, n + column);
                Put(value, moved, (row * n) + column);
                sum = T.Fma(value, At(here, column), sum);
            }

            sum *= hereScale;
            for (int column = 0; column < n; column++)
            {
                Put(T.Fma(-sum, At(here, column), At(moved, (row * n) + column)), moved, (row * n) + column);
            }
        }

        T along = At(moved, 0);
        for (int column = 0; column < n; column++)
        {
            T sum = T.Broadcast(0);
            for (int row = 0; row < n; row++)
            {
                sum = T.Fma(At(next, row), At(moved, (row * n) + column), sum);
            }

            sum *= nextScale;
            if (column == 0)
            {
                along = T.Fma(-sum, At(next, 0), along);
                continue;
            }

            for (int row = 1; row < n; row++)
            {
                Put(T.Fma(-sum, At(next, row), At(moved, (row * n) + column)), across, ((row - 1) * _across) + column - 1);
            }
        }

        return along * At(_speeds.Span, start) / At(_speeds.Span, start + 1);
    }

    // target = (second of the pair)·(first).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(ReadOnlySpan<double> below, int first, Span<double> target, int at)
    {
        int m = _across, size = m * m, left = (first + 1) * size, right = first * size;
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < m; column++)
            {
                T sum = At(below, left + (row * m)) * At(below, right + column);
                for (int k = 1; k < m; k++)
                {
                    sum = T.Fma(At(below, left + (row * m) + k), At(below, right + (k * m) + column), sum);
                }

                Put(sum, target, (at * size) + (row * m) + column);
            }
        }
    }

    // The spread of a matrix, from its triangular factor; of the transposed one, since rows stand together.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Measure(int level, int index)
    {
        int m = _across, size = m * m;
        Span<double> work = _work.Span;
        _matrices[level].Span.Slice(index * size * T.Width, size * T.Width).CopyTo(work);
        T largest = T.Broadcast(0), smallest = T.Broadcast(double.PositiveInfinity);
        for (int pivot = 0; pivot < m; pivot++)
        {
            T diagonal = CycleChain<T>.Reflect(work, m, pivot, m).Diagonal;
            smallest = T.Min(T.Abs(diagonal), smallest);
            for (int row = 0; row <= pivot; row++)
            {
                largest = T.Max(T.Abs(At(work, (pivot * m) + row)), largest);
            }
        }

        Put(largest / smallest, _spreads[level].Span, index);
        Put(largest, _largest[level].Span, index);
    }
}
