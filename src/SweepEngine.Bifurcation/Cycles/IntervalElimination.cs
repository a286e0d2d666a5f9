using System.Runtime.CompilerServices;
using SweepEngine.Lanes;
using SweepEngine.Simulation;
using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Solves the linear equations of one interval for its inner values, in lanes: each state has four of them, and each pair of states a block of 4 × 4 numbers. By collocation the blocks
/// on the diagonal are D − h·T·∂f_k/∂y_k and the others are −h·T·∂f_k/∂y_l, numbers on a diagonal; those that the model's text leaves out stay out, in an order of
/// states that is chosen once so that few others are filled in.
/// </summary>
/// <remarks>
/// <para>For gates that depend on each other through the voltage alone this takes a third of the work of a full elimination.</para>
/// <para>Rows are not exchanged, so that all lanes do the same. In a mesh interval that resolves the orbit h·T·∂f/∂y is small or negative beside D, and pivots are far from zero; where one is
/// not, Newton's method fails, and the step becomes smaller.</para>
/// <para>Numbers stand in registers of lanes; four of them are a column, four columns a block.</para>
/// </remarks>
internal sealed class IntervalElimination
{
    private const int Block = Stages * Stages;

    private readonly int _columns;
    private readonly Pivot[] _pivots;

    /// <summary>Chooses the order.</summary>
    /// <param name="size">Number n of states.</param>
    /// <param name="entries">The derivatives that may be different from zero.</param>
    public IntervalElimination(int size, IReadOnlyList<(int Row, int Column)> entries)
    {
        _columns = size + 3;
        Dictionary<(int Row, int Column), int> blocks = [];
        int BlockOf(int row, int column)
        {
            if (!blocks.TryGetValue((row, column), out int block))
            {
                blocks.Add((row, column), block = blocks.Count * Block);
            }

            return block;
        }

        Diagonals = [.. Enumerable.Range(0, size).Select(k => BlockOf(k, k))];
        Entries = [.. entries.Select(entry => (BlockOf(entry.Row, entry.Column), entry.Row, entry.Column))];

        // A state's right-hand sides: its own value at the interval's start, the period, the drive, the residual; then those of what is put into its equation.
        SortedSet<int>[] sides = [.. Enumerable.Range(0, size).Select(k => new SortedSet<int> { k, size, size + 1, size + 2 })];
        HashSet<(int Row, int Column)> full = [];
        var left = new SortedSet<int>(Enumerable.Range(0, size));
        _pivots = new Pivot[size];
        for (int turn = 0; turn < size; turn++)
        {
            int pivot = left.MinBy(k => left.Count(row => blocks.ContainsKey((row, k))) * left.Count(column => blocks.ContainsKey((k, column))));
            left.Remove(pivot);
            int[] beside = [.. left.Where(column => blocks.ContainsKey((pivot, column)))];
            List<Update> updates = [];
            foreach (int row in left.Where(row => blocks.ContainsKey((row, pivot))))
            {
                int[] targets = [.. beside.Select(column => BlockOf(row, column))];
                full.UnionWith(beside.Select(column => (row, column)));
                sides[row].UnionWith(sides[pivot]);
                updates.Add(new(blocks[(row, pivot)], full.Contains((row, pivot)), Columns(targets), [.. sides[pivot].Select(side => ((row * _columns) + side) * Stages)]));
            }

            _pivots[turn] = new(
                blocks[(pivot, pivot)],
                Columns(beside.Select(column => blocks[(pivot, column)])),
                [.. sides[pivot].Select(side => ((pivot * _columns) + side) * Stages)],
                [.. updates],
                [.. beside.Select(column => new Known(blocks[(pivot, column)], Sides(column), Sides(pivot)))]);
        }

        int[] Columns(IEnumerable<int> firsts) => [.. firsts.SelectMany(first => Enumerable.Range(0, Stages).Select(stage => first + (stage * Stages)))];
        int[] Sides(int row) => [.. Enumerable.Range(row * _columns, _columns).Select(side => side * Stages)];

        BlockRegisters = blocks.Count * Block;
    }

    /// <summary>Registers of all blocks.</summary>
    public int BlockRegisters { get; }

    /// <summary>Registers of the solution: n states × (n + 3) right-hand sides × 4.</summary>
    public int SolutionRegisters => _pivots.Length * _columns * Stages;

    /// <summary>For each derivative of the model, the first register of its block, and its place.</summary>
    public (int Block, int Row, int Column)[] Entries { get; }

    /// <summary>First register of each state's own block.</summary>
    public int[] Diagonals { get; }

    /// <summary>Solves.</summary>
    /// <param name="blocks">h·T·∂f_k/∂y_l on the diagonal of each block, less D where k = l, and zeros; column by column. Overwritten.</param>
    /// <param name="sides">Right-hand sides, shape [n × (n + 3) × 4] registers; receives the solution.</param>
    /// <typeparam name="T">The register.</typeparam>
    public void Solve<T>(Span<double> blocks, Span<double> sides)
        where T : struct, ILane<T>
    {
        foreach (Pivot pivot in _pivots)
        {
            Factor<T>(blocks, pivot.Own);
            SolveColumns<T>(blocks, pivot.Own, blocks, pivot.Beside);
            SolveColumns<T>(blocks, pivot.Own, sides, pivot.Sides);
            foreach (Update update in pivot.Updates)
            {
                if (update.IsFull)
                {
                    AddProducts<T>(blocks, update.Block, blocks, pivot.Beside, update.Targets);
                    AddProducts<T>(blocks, update.Block, sides, pivot.Sides, update.SideTargets);
                }
                else
                {
                    AddDiagonalProducts<T>(blocks, update.Block, blocks, pivot.Beside, update.Targets);
                    AddDiagonalProducts<T>(blocks, update.Block, sides, pivot.Sides, update.SideTargets);
                }
            }
        }

        for (int turn = _pivots.Length - 1; turn >= 0; turn--)
        {
            foreach (Known known in _pivots[turn].Known)
            {
                AddProducts<T>(blocks, known.Block, sides, known.From, known.To);
            }
        }
    }

    // Each of these methods is small enough for the just-in-time compiler to inline all of it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddDiagonalProducts<T>(Span<double> blocks, int block, Span<double> columns, int[] from, int[] to)
        where T : struct, ILane<T>
    {
        T b0 = At<T>(blocks, block), b1 = At<T>(blocks, block + 5), b2 = At<T>(blocks, block + 10), b3 = At<T>(blocks, block + 15);
        for (int i = 0; i < from.Length; i++)
        {
            int column = from[i], target = to[i];
            Put(T.Fma(b0, At<T>(columns, column), At<T>(columns, target)), columns, target);
            Put(T.Fma(b1, At<T>(columns, column + 1), At<T>(columns, target + 1)), columns, target + 1);
            Put(T.Fma(b2, At<T>(columns, column + 2), At<T>(columns, target + 2)), columns, target + 2);
            Put(T.Fma(b3, At<T>(columns, column + 3), At<T>(columns, target + 3)), columns, target + 3);
        }
    }

    // Column to[i] += block · column from[i].
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddProducts<T>(Span<double> blocks, int block, Span<double> columns, int[] from, int[] to)
        where T : struct, ILane<T>
    {
        for (int i = 0; i < from.Length; i++)
        {
            int column = from[i], target = to[i];
            T y0 = At<T>(columns, target), y1 = At<T>(columns, target + 1), y2 = At<T>(columns, target + 2), y3 = At<T>(columns, target + 3);
            for (int stage = 0; stage < Stages; stage++)
            {
                T x = At<T>(columns, column + stage);
                int by = block + (stage * Stages);
                y0 = T.Fma(At<T>(blocks, by), x, y0);
                y1 = T.Fma(At<T>(blocks, by + 1), x, y1);
                y2 = T.Fma(At<T>(blocks, by + 2), x, y2);
                y3 = T.Fma(At<T>(blocks, by + 3), x, y3);
            }

            Put(y0, columns, target);
            Put(y1, columns, target + 1);
            Put(y2, columns, target + 2);
            Put(y3, columns, target + 3);
        }
    }

    // The block is that of −B = L·U; the negatives of L and of one over the diagonal of U take its place.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Factor<T>(Span<double> blocks, int block)
        where T : struct, ILane<T>
    {
        T minusOne = T.Broadcast(-1);
        for (int pivot = 0; pivot < Stages; pivot++)
        {
            T reciprocal = minusOne / At<T>(blocks, block + (pivot * (Stages + 1)));
            Put(reciprocal, blocks, block + (pivot * (Stages + 1)));
            for (int row = pivot + 1; row < Stages; row++)
            {
                T factor = At<T>(blocks, block + (pivot * Stages) + row) * reciprocal;
                Put(factor, blocks, block + (pivot * Stages) + row);
                for (int column = pivot + 1; column < Stages; column++)
                {
                    int target = block + (column * Stages) + row;
                    Put(T.Fma(factor, At<T>(blocks, block + (column * Stages) + pivot), At<T>(blocks, target)), blocks, target);
                }
            }
        }
    }

    // Each column = B⁻¹ · column.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void SolveColumns<T>(Span<double> blocks, int block, Span<double> columns, int[] which)
        where T : struct, ILane<T>
    {
        foreach (int column in which)
        {
            T x0 = At<T>(columns, column), x1 = At<T>(columns, column + 1), x2 = At<T>(columns, column + 2), x3 = At<T>(columns, column + 3);
            x1 = T.Fma(At<T>(blocks, block + 1), x0, x1);
            x2 = T.Fma(At<T>(blocks, block + 2), x0, x2);
            x3 = T.Fma(At<T>(blocks, block + 3), x0, x3);
            x2 = T.Fma(At<T>(blocks, block + 6), x1, x2);
            x3 = T.Fma(At<T>(blocks, block + 7), x1, x3);
            x3 = T.Fma(At<T>(blocks, block + 11), x2, x3) * At<T>(blocks, block + 15);
            x2 = T.Fma(At<T>(blocks, block + 14), x3, x2) * At<T>(blocks, block + 10);
            x1 = T.Fma(At<T>(blocks, block + 9), x2, T.Fma(At<T>(blocks, block + 13), x3, x1)) * At<T>(blocks, block + 5);
            x0 = T.Fma(At<T>(blocks, block + 4), x1, T.Fma(At<T>(blocks, block + 8), x2, T.Fma(At<T>(blocks, block + 12), x3, x0))) * At<T>(blocks, block);
            Put(x0, columns, column);
            Put(x1, columns, column + 1);
            Put(x2, columns, column + 2);
            Put(x3, columns, column + 3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At<T>(Span<double> registers, int index)
        where T : struct, ILane<T> => Registers<T>.At(registers, index * T.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<T>(T value, Span<double> registers, int index)
        where T : struct, ILane<T> => Registers<T>.Put(value, registers, index * T.Width);

    // Own: the block of the pivot. Beside: columns of the blocks of the same row that are left. Sides: columns of its right-hand sides.
    private sealed record Pivot(int Own, int[] Beside, int[] Sides, Update[] Updates, Known[] Known);

    // What the pivot's equation adds to another one: by which block, to which columns of blocks and of right-hand sides.
    private sealed record Update(int Block, bool IsFull, int[] Targets, int[] SideTargets);

    // What a state whose solution is known adds to that of the pivot: by which block, from and to which columns.
    private sealed record Known(int Block, int[] From, int[] To);
}
