using System.Runtime.CompilerServices;
using SweepEngine.Lanes;
using SweepEngine.Simulation;
using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>A tile in registers of one width.</summary>
/// <remarks>
/// <para>The linear equations of a step are condensed twice. First the inner values of each interval are expressed by the value u_i at its start, the relative change τ of the period and
/// that π of the drive (<see cref="IntervalElimination"/>). What remains, u_{i+1} = M_i·u_i + …, is a chain: reflections (Householder) take u_1, u_2, … out of it, one after the other, without
/// ever forming a product of the M_i, so that neither strongly growing nor strongly shrinking directions spoil the others (S. J. Wright, SIAM J. Sci. Stat. Comput. 13 (1992) 742).</para>
/// <para>Of the n equations that are left between u_0, u_N = u_0, τ and π, two directions of their space of solutions are free: the shift in time and the branch's tangent. The correction
/// is the one that is orthogonal to the rows of phase and path; the tangent the one that is orthogonal to the row of phase.</para>
/// </remarks>
/// <typeparam name="T">The register.</typeparam>
internal sealed class CycleTile<T> : CycleTile
    where T : struct, ILane<T>
{
    private readonly SmoothSystem _system;
    private readonly IntervalElimination _elimination;
    private readonly double[] _scales;
    private readonly LaneMemory _states, _derivatives, _driveSlopes, _jacobian, _blocks, _solutions, _work, _chain, _closing, _closed, _free;

    /// <summary>Makes a tile.</summary>
    /// <param name="system">The model.</param>
    /// <param name="intervals">Number of intervals.</param>
    public CycleTile(SmoothSystem system, int intervals)
        : base(system, intervals, T.Width)
    {
        (_system, _scales) = (system, [.. system.Scale]);
        _elimination = new(States, system.Jacobian.Entries);
        int points = Columns / Width;
        (_states, _derivatives, _driveSlopes) = (Memory(States * points), Memory(States * points), Memory(States * points));
        _jacobian = Memory(system.Jacobian.Program.OutputCount * points);
        (_blocks, _solutions) = (Memory(_elimination.BlockRegisters), Memory(_elimination.SolutionRegisters * intervals));
        int columns = (3 * States) + 3;
        (_work, _chain) = (Memory(2 * States * columns), Memory(States * columns * intervals));
        (_closing, _closed) = (Memory((States + 2) * States), Memory((States + 2) * 3));
        _free = Memory(3 * States * intervals);
    }

    /// <inheritdoc/>
    public override void Iterate()
    {
        Evaluate();
        for (int interval = 0; interval < Intervals; interval++)
        {
            Condense(interval);
            Link(interval);
        }

        Close();
        Unlink();
        Correct();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At(ReadOnlySpan<double> registers, int index) => Registers<T>.At(registers, index * T.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T value, Span<double> registers, int index) => Registers<T>.Put(value, registers, index * T.Width);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Evaluate()
    {
        int points = Columns / Width;
        Span<double> states = _states.Span, cycles = Points.Span;
        for (int k = 0; k < States; k++)
        {
            T scale = T.Broadcast(_scales[k]);
            for (int i = k * points; i < (k + 1) * points; i++)
            {
                Put(At(cycles, i) * scale, states, i);
            }
        }

        Span<double> parameters = Parameters.Span;
        T drive = T.Fma(At(Drive.Span, 0), At(DriveRange.Span, 0), At(LowestDrive.Span, 0));
        for (int i = _system.Drive * points; i < (_system.Drive + 1) * points; i++)
        {
            Put(drive, parameters, i);
        }

        _system.Code.Derivatives.Evaluate([], states, parameters, _derivatives.Span, Columns, 0, Columns);
        _system.DriveSlopes.Evaluate([], states, parameters, _driveSlopes.Span, Columns, 0, Columns);
        _system.Jacobian.Program.Evaluate([], states, parameters, _jacobian.Span, Columns, 0, Columns);
    }

    // The inner values of an interval by the value at its start, by τ and π.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Condense(int interval)
    {
        Span<double> blocks = _blocks.Span, sides = _solutions.Span.Slice(interval * _elimination.SolutionRegisters * T.Width, _elimination.SolutionRegisters * T.Width);
        ReadOnlySpan<double> jacobian = _jacobian.Span, derivatives = _derivatives.Span, slopes = _driveSlopes.Span, starts = Starts.Span, points = Points.Span;
        ReadOnlySpan<double> rates = Slopes, scales = _scales;
        int n = States, all = Columns / Width, columns = n + 3;
        T time = At(Widths.Span, interval) * At(Period.Span, 0), range = At(DriveRange.Span, 0);
        blocks.Clear();
        sides.Clear();
        foreach (int block in _elimination.Diagonals)
        {
            for (int stage = 0; stage < Stages; stage++)
            {
                for (int row = 0; row < Stages; row++)
                {
                    Put(T.Broadcast(-rates[(row * Nodes) + stage + 1]), blocks, block + (stage * Stages) + row);
                }
            }
        }

        for (int entry = 0; entry < _elimination.Entries.Length; entry++)
        {
            (int block, int row, int column) = _elimination.Entries[entry];
            T factor = time * T.Broadcast(scales[column] / scales[row]);
            int from = (entry * all) + (interval * Stages);
            for (int stage = 0; stage < Stages; stage++)
            {
                int target = block + (stage * (Stages + 1));
                Put(T.Fma(factor, At(jacobian, from + stage), At(blocks, target)), blocks, target);
            }
        }

        for (int k = 0; k < n; k++)
        {
            T unit = time * T.Broadcast(1 / scales[k]), start = At(starts, (k * Intervals) + interval);
            int from = (k * all) + (interval * Stages), side = k * columns * Stages;
            for (int row = 0; row < Stages; row++)
            {
                T flow = unit * At(derivatives, from + row), residual = T.Fma(T.Broadcast(-rates[row * Nodes]), start, flow);
                for (int stage = 0; stage < Stages; stage++)
                {
                    residual = T.Fma(T.Broadcast(-rates[(row * Nodes) + stage + 1]), At(points, from + stage), residual);
                }

                Put(T.Broadcast(-rates[row * Nodes]), sides, side + (k * Stages) + row);
                Put(flow, sides, side + (n * Stages) + row);
                Put(unit * range * At(slopes, from + row), sides, side + ((n + 1) * Stages) + row);
                Put(residual, sides, side + ((n + 2) * Stages) + row);
            }
        }

        _elimination.Solve<T>(blocks, sides);
    }

    /// <inheritdoc/>
    public override void Transfers(int lane, Span<double> transfers)
    {
        int n = States, columns = n + 3, at = 0;
        for (int interval = 0; interval < Intervals; interval++)
        {
            ReadOnlySpan<double> solution = _solutions.Span[((interval * _elimination.SolutionRegisters * T.Width) + lane)..];
            for (int row = 0; row < n; row++)
            {
                for (int column = 0; column < n; column++)
                {
                    double value = row == column ? End[0] : 0;
                    for (int stage = 0; stage < Stages; stage++)
                    {
                        value += End[stage + 1] * solution[((((row * columns) + column) * Stages) + stage) * T.Width];
                    }

                    transfers[at++] = value;
                }
            }
        }
    }

    // u_{i+1} by u_i, and u_i out of the chain.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Link(int interval)
    {
        ReadOnlySpan<double> ends = End;
        int n = States, rows = 2 * n, all = (3 * n) + 3, columns = n + 3;
        ReadOnlySpan<double> solution = _solutions.Span[(interval * _elimination.SolutionRegisters * T.Width)..], starts = Starts.Span, points = Points.Span;
        Span<double> work = _work.Span, first = ChainStart.Span, last = ChainEnd.Span, sides = ChainSides.Span;
        T zero = T.Broadcast(0), one = T.Broadcast(1);
        if (interval > 0)
        {
            work.Clear();
        }

        for (int k = 0; k < n; k++)
        {
            int next = (k * Intervals) + (interval + 1 == Intervals ? 0 : interval + 1), here = (k * Intervals) + interval;
            T gap = T.Fma(T.Broadcast(ends[0]), At(starts, here), -At(starts, next));
            for (int stage = 0; stage < Stages; stage++)
            {
                gap = T.Fma(T.Broadcast(ends[stage + 1]), At(points, (here * Stages) + stage), gap);
            }

            for (int column = 0; column < columns; column++)
            {
                T value = column == k ? T.Broadcast(ends[0]) : column == n + 2 ? gap : zero;
                for (int stage = 0; stage < Stages; stage++)
                {
                    value = T.Fma(T.Broadcast(ends[stage + 1]), At(solution, (((k * columns) + column) * Stages) + stage), value);
                }

                if (interval > 0)
                {
                    Put(column < n ? -value : value, work, ((column < n ? column : (2 * n) + column) * rows) + n + k);
                }
                else if (column < n)
                {
                    Put(-value, first, (column * n) + k);
                    Put(column == k ? one : zero, last, (column * n) + k);
                }
                else
                {
                    Put(value, sides, ((column - n) * n) + k);
                }
            }

            if (interval > 0)
            {
                Put(one, work, (((2 * n) + k) * rows) + n + k);
            }
        }

        if (interval == 0)
        {
            return;
        }

        for (int column = 0; column < n; column++)
        {
            for (int k = 0; k < n; k++)
            {
                Put(At(last, (column * n) + k), work, (column * rows) + k);
                Put(At(first, (column * n) + k), work, ((n + column) * rows) + k);
            }
        }

        for (int side = 0; side < 3; side++)
        {
            for (int k = 0; k < n; k++)
            {
                Put(At(sides, (side * n) + k), work, (((3 * n) + side) * rows) + k);
            }
        }

        for (int column = 0; column < n; column++)
        {
            Reflect(work, rows, column, all);
        }

        Span<double> link = _chain.Span[(interval * n * all * T.Width)..];
        for (int column = 0; column < all; column++)
        {
            for (int k = 0; k < n; k++)
            {
                Put(At(work, (column * rows) + k), link, (column * n) + k);
            }
        }

        for (int column = 0; column < n; column++)
        {
            // A diagonal is divided by later.
            Put(one / At(link, (column * n) + column), link, (column * n) + column);
            for (int k = 0; k < n; k++)
            {
                Put(At(work, ((n + column) * rows) + n + k), first, (column * n) + k);
                Put(At(work, (((2 * n) + column) * rows) + n + k), last, (column * n) + k);
            }
        }

        for (int side = 0; side < 3; side++)
        {
            for (int k = 0; k < n; k++)
            {
                Put(At(work, (((3 * n) + side) * rows) + n + k), sides, (side * n) + k);
            }
        }
    }

    // A reflection takes the elements of a column below the diagonal to zero; its vector stays in their place from the diagonal on, and the diagonal's value is returned.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static (T Diagonal, T Factor) Reflect(Span<double> matrix, int rows, int pivot, int columns, bool keep = false)
    {
        int own = pivot * rows;
        T squares = T.Broadcast(0);
        for (int row = pivot; row < rows; row++)
        {
            T value = At(matrix, own + row);
            squares = T.Fma(value, value, squares);
        }

        T head = At(matrix, own + pivot), diagonal = -T.CopySign(T.Sqrt(squares), head);
        T foot = head - diagonal, factor = T.Broadcast(1) / (diagonal * foot);
        Put(foot, matrix, own + pivot);
        int column = pivot + 1;
        // Four columns at a time: each sum is a chain of operations that wait for each other.
        for (; column + 3 < columns; column += 4)
        {
            int a = column * rows, b = a + rows, c = b + rows, d = c + rows;
            T zero = T.Broadcast(0), productA = zero, productB = zero, productC = zero, productD = zero;
            for (int row = pivot; row < rows; row++)
            {
                T value = At(matrix, own + row);
                productA = T.Fma(value, At(matrix, a + row), productA);
                productB = T.Fma(value, At(matrix, b + row), productB);
                productC = T.Fma(value, At(matrix, c + row), productC);
                productD = T.Fma(value, At(matrix, d + row), productD);
            }

            (productA, productB, productC, productD) = (productA * factor, productB * factor, productC * factor, productD * factor);
            for (int row = pivot; row < rows; row++)
            {
                T value = At(matrix, own + row);
                Put(T.Fma(productA, value, At(matrix, a + row)), matrix, a + row);
                Put(T.Fma(productB, value, At(matrix, b + row)), matrix, b + row);
                Put(T.Fma(productC, value, At(matrix, c + row)), matrix, c + row);
                Put(T.Fma(productD, value, At(matrix, d + row)), matrix, d + row);
            }
        }

        for (; column < columns; column++)
        {
            int other = column * rows;
            T product = T.Broadcast(0);
            for (int row = pivot; row < rows; row++)
            {
                product = T.Fma(At(matrix, own + row), At(matrix, other + row), product);
            }

            product *= factor;
            for (int row = pivot; row < rows; row++)
            {
                Put(T.Fma(product, At(matrix, own + row), At(matrix, other + row)), matrix, other + row);
            }
        }

        if (!keep)
        {
            Put(diagonal, matrix, own + pivot);
        }

        return (diagonal, factor);
    }

    // The solutions of the closed chain: that of the smallest norm, and the two free directions.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Close()
    {
        int n = States, rows = n + 2;
        ReadOnlySpan<double> first = ChainStart.Span, last = ChainEnd.Span, sides = ChainSides.Span;
        Span<double> matrix = _closing.Span, closed = _closed.Span;
        for (int k = 0; k < n; k++)
        {
            for (int column = 0; column < n; column++)
            {
                Put(At(first, (column * n) + k) + At(last, (column * n) + k), matrix, (k * rows) + column);
            }

            Put(-At(sides, k), matrix, (k * rows) + n);
            Put(-At(sides, n + k), matrix, (k * rows) + n + 1);
        }

        closed.Clear();
        Put(T.Broadcast(1), closed, rows + n);
        Put(T.Broadcast(1), closed, (2 * rows) + n + 1);
        Span<double> factors = stackalloc double[n * T.Width];
        for (int pivot = 0; pivot < n; pivot++)
        {
            (T diagonal, T factor) = Reflect(matrix, rows, pivot, n, keep: true);
            Put(factor, factors, pivot);
            T value = At(sides, (2 * n) + pivot);
            for (int k = 0; k < pivot; k++)
            {
                value = T.Fma(-At(matrix, (pivot * rows) + k), At(closed, k), value);
            }

            Put(value / diagonal, closed, pivot);
        }

        for (int pivot = n - 1; pivot >= 0; pivot--)
        {
            int own = pivot * rows;
            for (int vector = 0; vector < 3; vector++)
            {
                T product = T.Broadcast(0);
                for (int row = pivot; row < rows; row++)
                {
                    product = T.Fma(At(matrix, own + row), At(closed, (vector * rows) + row), product);
                }

                product *= At(factors, pivot);
                for (int row = pivot; row < rows; row++)
                {
                    Put(T.Fma(product, At(matrix, own + row), At(closed, (vector * rows) + row)), closed, (vector * rows) + row);
                }
            }
        }
    }

    // The values at the starts of all intervals, of the three solutions of the closed chain.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Unlink()
    {
        int n = States, all = (3 * n) + 3, rows = n + 2;
        Span<double> free = _free.Span, closed = _closed.Span;
        for (int vector = 0; vector < 3; vector++)
        {
            int place = vector * n * Intervals;
            T period = At(closed, (vector * rows) + n), drive = At(closed, (vector * rows) + n + 1);
            for (int k = 0; k < n; k++)
            {
                Put(At(closed, (vector * rows) + k), free, place + (k * Intervals));
            }

            for (int interval = Intervals - 1; interval > 0; interval--)
            {
                ReadOnlySpan<double> link = _chain.Span[(interval * n * all * T.Width)..];
                int next = interval + 1 == Intervals ? 0 : interval + 1;
                for (int k = n - 1; k >= 0; k--)
                {
                    T value = T.Fma(At(link, ((3 * n) * n) + k), period, At(link, (((3 * n) + 1) * n) + k) * drive);
                    if (vector == 0)
                    {
                        value += At(link, (((3 * n) + 2) * n) + k);
                    }

                    T product = T.Broadcast(0);
                    for (int l = 0; l < n; l++)
                    {
                        product = T.Fma(At(link, ((n + l) * n) + k), At(closed, (vector * rows) + l), product);
                        product = T.Fma(At(link, (((2 * n) + l) * n) + k), At(free, place + (l * Intervals) + next), product);
                    }

                    for (int l = k + 1; l < n; l++)
                    {
                        product = T.Fma(At(link, (l * n) + k), At(free, place + (l * Intervals) + interval), product);
                    }

                    Put((value - product) * At(link, (k * n) + k), free, place + (k * Intervals) + interval);
                }
            }
        }
    }

    // Correction and tangent, from the three solutions.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Correct()
    {
        int n = States, rows = n + 2, registers = n * Intervals;
        ReadOnlySpan<double> free = _free.Span, closed = _closed.Span, phaseRow = PhaseRow.Span, pathRow = PathRow.Span;
        T zero = T.Broadcast(0);
        T phase0 = zero, phase1 = zero, phase2 = zero, path0 = zero, path1 = zero, path2 = zero;
        for (int i = 0; i < registers; i++)
        {
            T phase = At(phaseRow, i), path = At(pathRow, i), x0 = At(free, i), x1 = At(free, registers + i), x2 = At(free, (2 * registers) + i);
            (phase0, phase1, phase2) = (T.Fma(phase, x0, phase0), T.Fma(phase, x1, phase1), T.Fma(phase, x2, phase2));
            (path0, path1, path2) = (T.Fma(path, x0, path0), T.Fma(path, x1, path1), T.Fma(path, x2, path2));
        }

        T periodRow = At(PeriodRow.Span, 0), driveRow = At(DriveRow.Span, 0);
        path0 = T.Fma(periodRow, At(closed, n), T.Fma(driveRow, At(closed, n + 1), path0));
        path1 = T.Fma(periodRow, At(closed, rows + n), T.Fma(driveRow, At(closed, rows + n + 1), path1));
        path2 = T.Fma(periodRow, At(closed, (2 * rows) + n), T.Fma(driveRow, At(closed, (2 * rows) + n + 1), path2));
        T scale = T.Broadcast(1) / ((phase1 * path2) - (phase2 * path1));
        T by1 = ((phase2 * path0) - (phase0 * path2)) * scale, by2 = ((phase0 * path1) - (phase1 * path0)) * scale;
        T along1 = -phase2 * scale, along2 = phase1 * scale;

        Span<double> correction = StartCorrection.Span, tangent = StartTangent.Span, starts = Starts.Span;
        ReadOnlySpan<double> widths = Widths.Span, weights = Weights.Span;
        T size = zero;
        for (int k = 0; k < n; k++)
        {
            T part = zero;
            for (int interval = 0; interval < Intervals; interval++)
            {
                int i = (k * Intervals) + interval;
                T x1 = At(free, registers + i), x2 = At(free, (2 * registers) + i), change = T.Fma(by1, x1, T.Fma(by2, x2, At(free, i)));
                Put(change, correction, i);
                Put(T.Fma(along1, x1, along2 * x2), tangent, i);
                Put(At(starts, i) + change, starts, i);
                part = T.Fma(At(widths, interval) * change, change, part);
            }

            size = T.Fma(At(weights, k), part, size);
        }

        T period = T.Fma(by1, At(closed, rows + n), T.Fma(by2, At(closed, (2 * rows) + n), At(closed, n)));
        T drive = T.Fma(by1, At(closed, rows + n + 1), T.Fma(by2, At(closed, (2 * rows) + n + 1), At(closed, n + 1)));
        T periodAlong = T.Fma(along1, At(closed, rows + n), along2 * At(closed, (2 * rows) + n));
        T driveAlong = T.Fma(along1, At(closed, rows + n + 1), along2 * At(closed, (2 * rows) + n + 1));
        size = T.Fma(period, period, T.Fma(drive, drive, size));
        Put(T.Sqrt(size), Change.Span, 0);
        Put(periodAlong, PeriodTangent.Span, 0);
        Put(driveAlong, DriveTangent.Span, 0);
        Put(T.Fma(At(Period.Span, 0), period, At(Period.Span, 0)), Period.Span, 0);
        Put(At(Drive.Span, 0) + drive, Drive.Span, 0);

        ReadOnlySpan<double> solutions = _solutions.Span;
        Span<double> pointTangent = PointTangent.Span, points = Points.Span;
        for (int interval = 0; interval < Intervals; interval++)
        {
            for (int k = 0; k < n; k++)
            {
                int solution = (interval * _elimination.SolutionRegisters) + (k * (n + 3) * Stages), target = ((k * Intervals) + interval) * Stages;
                for (int stage = 0; stage < Stages; stage++)
                {
                    int side = solution + (n * Stages) + stage;
                    T byPeriod = At(solutions, side), byDrive = At(solutions, side + Stages);
                    T change = T.Fma(byPeriod, period, T.Fma(byDrive, drive, At(solutions, side + (2 * Stages)))), along = T.Fma(byPeriod, periodAlong, byDrive * driveAlong);
                    for (int l = 0; l < n; l++)
                    {
                        T by = At(solutions, solution + (l * Stages) + stage);
                        change = T.Fma(by, At(correction, (l * Intervals) + interval), change);
                        along = T.Fma(by, At(tangent, (l * Intervals) + interval), along);
                    }

                    Put(At(points, target + stage) + change, points, target + stage);
                    Put(along, pointTangent, target + stage);
                }
            }
        }
    }
}
