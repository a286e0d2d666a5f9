using System.Numerics;
using System.Runtime.CompilerServices;
using SweepEngine.Lanes;
using SweepEngine.Simulation;
using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>A tile in registers of one width.</summary>
/// <remarks>
/// <para>The linear equations of a step are condensed three times. First the inner values of each interval are expressed by the value u_i at its start, the relative change τ of the period and
/// that π of the drive (<see cref="IntervalElimination"/>). What remains, u_{i+1} = M_i·u_i + …, is a chain, from which the values within each segment are taken, then those between segments (<see cref="CycleChain{T}"/>).</para>
/// <para>Of the n equations that are left between u_0, u_N = u_0, τ and π, two directions of their space of solutions are free: the shift in time and the branch's tangent. The correction
/// is the one that is orthogonal to the rows of phase and path; the tangent the one that is orthogonal to the row of phase.</para>
/// </remarks>
/// <typeparam name="T">The register of intervals.</typeparam>
/// <typeparam name="U">The register of cycles: the same one, or that of width 1 for one cycle.</typeparam>
internal sealed class CycleTile<T, U> : CycleTile
    where T : struct, ILane<T>
    where U : struct, ILane<U>
{
    // Three solutions, and what is summed over the starts of intervals: products with the rows of phase and path, the size.
    private const int Solutions = 3, Sums = 6;

    private readonly SmoothSystem _system;
    private readonly IntervalElimination _elimination;
    private readonly TransferMultipliers<T> _multipliers;
    private readonly double[] _scales;
    private readonly LaneMemory _states, _derivatives, _driveSlopes, _jacobian, _blocks, _solutions, _transfers, _startStates, _flows;
    private readonly LaneMemory _work, _next, _links, _chains, _free, _sums;

    // Of whole cycles: what is left of each segment, and how they are joined.
    private readonly LaneMemory _segments, _joins, _heads, _closing, _closed, _segmentSums, _shares;
    private bool _hasMultipliers;

    /// <summary>Makes a tile.</summary>
    /// <param name="system">The model.</param>
    /// <param name="intervals">Number of intervals.</param>
    public CycleTile(SmoothSystem system, int intervals)
        : base(system, intervals, T.Width, U.Width)
    {
        (_system, _scales) = (system, [.. system.Scale]);
        _elimination = new(States, system.Jacobian.Entries);
        int points = Columns / Width, n = States, equations = CycleChain<T>.EquationRegisters(n), link = CycleChain<T>.LinkRegisters(n);
        (_states, _derivatives, _driveSlopes) = (Memory(n * points), Memory(n * points), Memory(n * points));
        _jacobian = Memory(system.Jacobian.Program.OutputCount * points);
        (_blocks, _solutions) = (Memory(_elimination.BlockRegisters), Memory(_elimination.SolutionRegisters * Slots));
        (_startStates, _flows, _transfers) = (Memory(n * StartSlots), Memory(n * StartSlots), Memory(n * n * Slots));
        (_work, _next, _links) = (Memory(CycleChain<T>.WorkRegisters(n)), Memory(equations), Memory(link * Slots));
        (_chains, _free, _sums) = (Memory(equations * Groups), Memory(Solutions * n * StartSlots), Memory(Sums * Groups));
        _segments = IsJoined ? _chains : new(equations * Segments * U.Width);
        _segmentSums = IsJoined ? _sums : new(Sums * Segments * U.Width);
        (_joins, _heads) = (new(link * Segments * U.Width), new(Solutions * n * (Segments + 1) * U.Width));
        (_closing, _closed) = (new((n + 2) * n * U.Width), new((n + 2) * Solutions * U.Width));
        _shares = Memory(2 * Solutions);
        _multipliers = new(n, Groups, Length);
    }

    // A segment of all cycles is a register.
    private static bool IsJoined => T.Width == U.Width;

    /// <inheritdoc/>
    public override void Iterate()
    {
        _hasMultipliers = false;
        Evaluate();
        int equations = CycleChain<T>.EquationRegisters(States) * T.Width, link = CycleChain<T>.LinkRegisters(States) * T.Width;
        for (int group = 0; group < Groups; group++)
        {
            Span<double> chain = _chains.Span.Slice(group * equations, equations);
            for (int i = 0; i < Length; i++)
            {
                int slot = (group * Length) + i;
                Condense(slot, slot + group);
                Link(slot, slot + group, i == 0 ? chain : _next.Span);
                if (i > 0)
                {
                    CycleChain<T>.Eliminate(chain, _next.Span, _links.Span.Slice(slot * link, link), _work.Span, States);
                }
            }
        }

        Join();
        Close();
        Unlink();
        Correct();
    }

    /// <inheritdoc/>
    public override bool FindMultipliers(int cycle, Span<Complex> values, out double trivial)
    {
        if (!_hasMultipliers)
        {
            // Of all cycles at once.
            _hasMultipliers = true;
            Flow();
            _multipliers.Take(_transfers.Span, _flows.Span, Weights.Span);
        }

        _multipliers.Begin();
        for (int segment = 0; segment < Segments; segment++)
        {
            (int group, int lane) = PlaceOf(segment, cycle);
            _multipliers.Add(group, lane);
        }

        return _multipliers.Find(values, out trivial);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At(ReadOnlySpan<double> registers, int index) => Registers<T>.At(registers, index * T.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T value, Span<double> registers, int index) => Registers<T>.Put(value, registers, index * T.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static U Of(ReadOnlySpan<double> registers, int index) => Registers<U>.At(registers, index * U.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Set(U value, Span<double> registers, int index) => Registers<U>.Put(value, registers, index * U.Width);

    // A number of each cycle, in all of its lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Share(ReadOnlySpan<double> registers, int index) => IsJoined ? At(registers, index) : T.Broadcast(registers[index]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Evaluate()
    {
        int points = Columns / Width;
        Span<double> states = _states.Span, cycles = Points.Span;
        Scale(cycles, states, points);
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

    // The flow at the starts of intervals, of the cycles as they are now.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Flow()
    {
        Span<double> states = _startStates.Span, parameters = StartParameters.Span, flows = _flows.Span;
        Scale(Starts.Span, states, StartSlots);
        T drive = T.Fma(At(Drive.Span, 0), At(DriveRange.Span, 0), At(LowestDrive.Span, 0));
        for (int i = _system.Drive * StartSlots; i < (_system.Drive + 1) * StartSlots; i++)
        {
            Put(drive, parameters, i);
        }

        int columns = StartSlots * T.Width;
        _system.Code.Derivatives.Evaluate([], states, parameters, flows, columns, 0, columns);
        for (int k = 0; k < States; k++)
        {
            T unit = T.Broadcast(1 / _scales[k]);
            for (int i = k * StartSlots; i < (k + 1) * StartSlots; i++)
            {
                Put(At(flows, i) * unit, flows, i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scale(ReadOnlySpan<double> display, Span<double> states, int count)
    {
        for (int k = 0; k < States; k++)
        {
            T scale = T.Broadcast(_scales[k]);
            for (int i = k * count; i < (k + 1) * count; i++)
            {
                Put(At(display, i) * scale, states, i);
            }
        }
    }

    // The inner values of an interval by the value at its start, by τ and π.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Condense(int slot, int startSlot)
    {
        Span<double> blocks = _blocks.Span, sides = _solutions.Span.Slice(slot * _elimination.SolutionRegisters * T.Width, _elimination.SolutionRegisters * T.Width);
        ReadOnlySpan<double> jacobian = _jacobian.Span, derivatives = _derivatives.Span, slopes = _driveSlopes.Span, starts = Starts.Span, points = Points.Span;
        ReadOnlySpan<double> rates = Slopes, scales = _scales;
        int n = States, all = Columns / Width, columns = n + 3;
        T time = At(Widths.Span, slot) * At(Period.Span, 0), range = At(DriveRange.Span, 0);
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
            int from = (entry * all) + (slot * Stages);
            for (int stage = 0; stage < Stages; stage++)
            {
                int target = block + (stage * (Stages + 1));
                Put(T.Fma(factor, At(jacobian, from + stage), At(blocks, target)), blocks, target);
            }
        }

        for (int k = 0; k < n; k++)
        {
            T unit = time * T.Broadcast(1 / scales[k]), start = At(starts, (k * StartSlots) + startSlot);
            int from = (k * all) + (slot * Stages), side = k * columns * Stages;
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

    // u_{i+1} by u_i: the equations of an interval.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Link(int slot, int startSlot, Span<double> equations)
    {
        ReadOnlySpan<double> ends = End;
        int n = States, columns = n + 3;
        ReadOnlySpan<double> solution = _solutions.Span[(slot * _elimination.SolutionRegisters * T.Width)..], starts = Starts.Span, points = Points.Span;
        Span<double> transfers = _transfers.Span;
        T zero = T.Broadcast(0), one = T.Broadcast(1), end0 = T.Broadcast(ends[0]), end1 = T.Broadcast(ends[1]), end2 = T.Broadcast(ends[2]), end3 = T.Broadcast(ends[3]), end4 = T.Broadcast(ends[4]);
        for (int k = 0; k < n; k++)
        {
            int here = (k * StartSlots) + startSlot, inner = ((k * Slots) + slot) * Stages;
            T gap = T.Fma(end0, At(starts, here), -At(starts, here + 1));
            gap = T.Fma(end1, At(points, inner), gap);
            gap = T.Fma(end2, At(points, inner + 1), gap);
            gap = T.Fma(end3, At(points, inner + 2), gap);
            gap = T.Fma(end4, At(points, inner + 3), gap);
            for (int column = 0; column < columns; column++)
            {
                int at = ((k * columns) + column) * Stages;
                T value = column == k ? end0 : column == n + 2 ? gap : zero;
                value = T.Fma(end1, At(solution, at), value);
                value = T.Fma(end2, At(solution, at + 1), value);
                value = T.Fma(end3, At(solution, at + 2), value);
                value = T.Fma(end4, At(solution, at + 3), value);
                if (column < n)
                {
                    Put(value, transfers, (((slot * n) + k) * n) + column);
                    Put(-value, equations, (column * n) + k);
                    Put(column == k ? one : zero, equations, ((n + column) * n) + k);
                }
                else
                {
                    Put(value, equations, ((n + column) * n) + k);
                }
            }
        }
    }

    // The values between segments out of the chain.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Join()
    {
        int equations = CycleChain<U>.EquationRegisters(States) * U.Width, link = CycleChain<U>.LinkRegisters(States) * U.Width;
        Gather(_chains, _segments, CycleChain<T>.EquationRegisters(States));
        Span<double> segments = _segments.Span, chain = segments[..equations];
        for (int segment = 1; segment < Segments; segment++)
        {
            CycleChain<U>.Eliminate(chain, segments.Slice(segment * equations, equations), _joins.Span.Slice(segment * link, link), _work.Span, States);
        }
    }

    // From registers of groups, each with so many numbers of its segments, to registers of cycles.
    private void Gather(LaneMemory groups, LaneMemory segments, int each)
    {
        if (IsJoined)
        {
            return;
        }

        ReadOnlySpan<double> from = groups.Span;
        Span<double> to = segments.Span;
        for (int segment = 0; segment < Segments; segment++)
        {
            (int group, int lane) = PlaceOf(segment, 0);
            for (int i = 0; i < each; i++)
            {
                to[(segment * each) + i] = from[(((group * each) + i) * T.Width) + lane];
            }
        }
    }

    // The solutions of the closed chain: that of the smallest norm, and the two free directions.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Close()
    {
        int n = States, rows = n + 2;
        ReadOnlySpan<double> chain = _segments.Span;
        Span<double> matrix = _closing.Span, closed = _closed.Span;
        int sides = 2 * n * n;
        for (int k = 0; k < n; k++)
        {
            for (int column = 0; column < n; column++)
            {
                Set(Of(chain, (column * n) + k) + Of(chain, ((n + column) * n) + k), matrix, (k * rows) + column);
            }

            Set(-Of(chain, sides + k), matrix, (k * rows) + n);
            Set(-Of(chain, sides + n + k), matrix, (k * rows) + n + 1);
        }

        closed.Clear();
        Set(U.Broadcast(1), closed, rows + n);
        Set(U.Broadcast(1), closed, (2 * rows) + n + 1);
        Span<double> factors = stackalloc double[n * U.Width];
        for (int pivot = 0; pivot < n; pivot++)
        {
            (U diagonal, U factor) = CycleChain<U>.Reflect(matrix, rows, pivot, n, keep: true);
            Set(factor, factors, pivot);
            U value = Of(chain, sides + (2 * n) + pivot);
            for (int k = 0; k < pivot; k++)
            {
                value = U.Fma(-Of(matrix, (pivot * rows) + k), Of(closed, k), value);
            }

            Set(value / diagonal, closed, pivot);
        }

        for (int pivot = n - 1; pivot >= 0; pivot--)
        {
            int own = pivot * rows;
            for (int vector = 0; vector < Solutions; vector++)
            {
                U product = U.Broadcast(0);
                for (int row = pivot; row < rows; row++)
                {
                    product = U.Fma(Of(matrix, own + row), Of(closed, (vector * rows) + row), product);
                }

                product *= Of(factors, pivot);
                for (int row = pivot; row < rows; row++)
                {
                    Set(U.Fma(product, Of(matrix, own + row), Of(closed, (vector * rows) + row)), closed, (vector * rows) + row);
                }
            }
        }
    }

    // The values at the starts of all intervals, of the three solutions of the closed chain: first those of segments.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Unlink()
    {
        int n = States, rows = n + 2, stride = Segments + 1, join = CycleChain<U>.LinkRegisters(n) * U.Width, link = CycleChain<T>.LinkRegisters(n) * T.Width;
        Span<double> heads = _heads.Span, closed = _closed.Span, free = _free.Span, shares = _shares.Span, ends = stackalloc double[2 * Solutions * U.Width];
        for (int vector = 0; vector < Solutions; vector++)
        {
            for (int k = 0; k < n; k++)
            {
                Set(Of(closed, (vector * rows) + k), heads, ((vector * n) + k) * stride);
                Set(Of(closed, (vector * rows) + k), heads, (((vector * n) + k) * stride) + Segments);
            }

            for (int i = 0; i < 2; i++)
            {
                Set(Of(closed, (vector * rows) + n + i), ends, (2 * vector) + i);
                Put(Share(closed, (vector * rows) + n + i), shares, (2 * vector) + i);
            }
        }

        for (int segment = Segments - 1; segment > 0; segment--)
        {
            CycleChain<U>.Resolve(_joins.Span.Slice(segment * join, join), n, heads, stride, 0, segment, ends);
        }

        for (int row = 0; row < Solutions * n; row++)
        {
            for (int group = 0; group < Groups; group++)
            {
                int first = (row * StartSlots) + (group * (Length + 1)), head = (row * stride) + (group * (T.Width / U.Width));
                Put(At(heads[(head * U.Width)..], 0), free, first);
                Put(At(heads[((head + 1) * U.Width)..], 0), free, first + Length);
            }
        }

        for (int group = 0; group < Groups; group++)
        {
            int first = group * (Length + 1);
            for (int i = Length - 1; i > 0; i--)
            {
                CycleChain<T>.Resolve(_links.Span.Slice(((group * Length) + i) * link, link), n, free, StartSlots, first, first + i, shares);
            }
        }
    }

    // Correction and tangent, from the three solutions.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Correct()
    {
        int n = States, rows = n + 2, registers = n * StartSlots;
        Span<double> free = _free.Span, shares = _shares.Span, sums = _sums.Span, segmentSums = _segmentSums.Span;
        ReadOnlySpan<double> closed = _closed.Span, phaseRow = PhaseRow.Span, pathRow = PathRow.Span;
        T zero = T.Broadcast(0);
        for (int group = 0; group < Groups; group++)
        {
            T phaseA = zero, phaseB = zero, phaseC = zero, pathA = zero, pathB = zero, pathC = zero;
            for (int k = 0; k < n; k++)
            {
                int first = (k * StartSlots) + (group * (Length + 1));
                for (int i = first; i < first + Length; i++)
                {
                    T phase = At(phaseRow, i), path = At(pathRow, i), a = At(free, i), b = At(free, registers + i), c = At(free, (2 * registers) + i);
                    (phaseA, phaseB, phaseC) = (T.Fma(phase, a, phaseA), T.Fma(phase, b, phaseB), T.Fma(phase, c, phaseC));
                    (pathA, pathB, pathC) = (T.Fma(path, a, pathA), T.Fma(path, b, pathB), T.Fma(path, c, pathC));
                }
            }

            int at = group * Sums;
            Put(phaseA, sums, at);
            Put(phaseB, sums, at + 1);
            Put(phaseC, sums, at + 2);
            Put(pathA, sums, at + 3);
            Put(pathB, sums, at + 4);
            Put(pathC, sums, at + 5);
        }

        Gather(_sums, _segmentSums, Sums);
        U phase0 = Sum(0, segmentSums), phase1 = Sum(1, segmentSums), phase2 = Sum(2, segmentSums), path0 = Sum(3, segmentSums), path1 = Sum(4, segmentSums), path2 = Sum(5, segmentSums);
        U periodRow = Of(PeriodRow.Span, 0), driveRow = Of(DriveRow.Span, 0);
        path0 = U.Fma(periodRow, Of(closed, n), U.Fma(driveRow, Of(closed, n + 1), path0));
        path1 = U.Fma(periodRow, Of(closed, rows + n), U.Fma(driveRow, Of(closed, rows + n + 1), path1));
        path2 = U.Fma(periodRow, Of(closed, (2 * rows) + n), U.Fma(driveRow, Of(closed, (2 * rows) + n + 1), path2));
        U scale = U.Broadcast(1) / ((phase1 * path2) - (phase2 * path1));
        U by1 = ((phase2 * path0) - (phase0 * path2)) * scale, by2 = ((phase0 * path1) - (phase1 * path0)) * scale;
        U along1 = -phase2 * scale, along2 = phase1 * scale;
        U period = U.Fma(by1, Of(closed, rows + n), U.Fma(by2, Of(closed, (2 * rows) + n), Of(closed, n)));
        U drive = U.Fma(by1, Of(closed, rows + n + 1), U.Fma(by2, Of(closed, (2 * rows) + n + 1), Of(closed, n + 1)));
        U periodAlong = U.Fma(along1, Of(closed, rows + n), along2 * Of(closed, (2 * rows) + n));
        U driveAlong = U.Fma(along1, Of(closed, rows + n + 1), along2 * Of(closed, (2 * rows) + n + 1));
        Set(periodAlong, PeriodTangent.Span, 0);
        Set(driveAlong, DriveTangent.Span, 0);

        ShiftStarts(Lanes(by1), Lanes(by2), Lanes(along1), Lanes(along2));
        Gather(_sums, _segmentSums, Sums);
        U size = Sum(0, segmentSums);
        Set(U.Sqrt(U.Fma(period, period, U.Fma(drive, drive, size))), Change.Span, 0);

        T periodChange = Lanes(period), driveChange = Lanes(drive);
        ShiftPoints(periodChange, driveChange, Lanes(periodAlong), Lanes(driveAlong));
        Put(T.Fma(At(Period.Span, 0), periodChange, At(Period.Span, 0)), Period.Span, 0);
        Put(At(Drive.Span, 0) + driveChange, Drive.Span, 0);

        T Lanes(U value)
        {
            Set(value, _shares.Span, 0);
            return Share(_shares.Span, 0);
        }
    }

    // Over the segments, of one of the sums.
    private U Sum(int index, ReadOnlySpan<double> sums)
    {
        U sum = Of(sums, index);
        for (int segment = 1; segment < Segments; segment++)
        {
            sum += Of(sums, (segment * Sums) + index);
        }

        return sum;
    }

    // Correction and tangent at starts of intervals; the correction takes the place of the first solution, its size in each segment that of the first sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ShiftStarts(T by1, T by2, T along1, T along2)
    {
        int registers = States * StartSlots;
        Span<double> free = _free.Span, sums = _sums.Span, tangent = StartTangent.Span, starts = Starts.Span;
        ReadOnlySpan<double> widths = Widths.Span, weights = Weights.Span;
        for (int group = 0; group < Groups; group++)
        {
            T size = T.Broadcast(0);
            for (int k = 0; k < States; k++)
            {
                T part = T.Broadcast(0);
                int first = (k * StartSlots) + (group * (Length + 1));
                for (int i = 0; i <= Length; i++)
                {
                    int at = first + i;
                    T b = At(free, registers + at), c = At(free, (2 * registers) + at), change = T.Fma(by1, b, T.Fma(by2, c, At(free, at)));
                    Put(change, free, at);
                    Put(T.Fma(along1, b, along2 * c), tangent, at);
                    Put(At(starts, at) + change, starts, at);
                    if (i < Length)
                    {
                        part = T.Fma(At(widths, (group * Length) + i) * change, change, part);
                    }
                }

                size = T.Fma(At(weights, k), part, size);
            }

            Put(size, sums, group * Sums);
        }
    }

    // Correction and tangent at Gauss points, from those at starts.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ShiftPoints(T period, T drive, T periodAlong, T driveAlong)
    {
        int n = States;
        ReadOnlySpan<double> solutions = _solutions.Span, correction = _free.Span, tangent = StartTangent.Span;
        Span<double> pointTangent = PointTangent.Span, points = Points.Span;
        for (int group = 0; group < Groups; group++)
        {
            for (int i = 0; i < Length; i++)
            {
                int slot = (group * Length) + i, start = slot + group;
                for (int k = 0; k < n; k++)
                {
                    int solution = (slot * _elimination.SolutionRegisters) + (k * (n + 3) * Stages), target = ((k * Slots) + slot) * Stages;
                    for (int stage = 0; stage < Stages; stage++)
                    {
                        int side = solution + (n * Stages) + stage;
                        T byPeriod = At(solutions, side), byDrive = At(solutions, side + Stages);
                        T change = T.Fma(byPeriod, period, T.Fma(byDrive, drive, At(solutions, side + (2 * Stages)))), along = T.Fma(byPeriod, periodAlong, byDrive * driveAlong);
                        for (int l = 0; l < n; l++)
                        {
                            T by = At(solutions, solution + (l * Stages) + stage);
                            change = T.Fma(by, At(correction, (l * StartSlots) + start), change);
                            along = T.Fma(by, At(tangent, (l * StartSlots) + start), along);
                        }

                        Put(At(points, target + stage) + change, points, target + stage);
                        Put(along, pointTangent, target + stage);
                    }
                }
            }
        }
    }
}
