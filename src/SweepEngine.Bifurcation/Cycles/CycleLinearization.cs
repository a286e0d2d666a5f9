using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;
using SweepEngine.Lanes;
using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>What a force leaves of the linear equations when all but the first and last values are eliminated.</summary>
/// <param name="Points">What it adds to the values at the Gauss points, shape [states × intervals × 4].</param>
/// <param name="Kept">What it adds where a start of an interval is found by the first and the next one, shape [intervals × states].</param>
/// <param name="Closing">Its part r of <see cref="CycleLinearization.First"/>·y(0) + <see cref="CycleLinearization.Last"/>·y(T) = r, shape [states].</param>
internal sealed record CycleForce(double[] Points, double[] Kept, Vector<double> Closing);

/// <summary>The equations dy/dt = A(t)y + g(t) linearised about a cycle, by collocation on its mesh: y(T) = μ·y(0) with any μ, with as many forces g as are wanted.</summary>
/// <remarks>
/// <para>States count in units of their amplitudes (<see cref="Units"/>), time in seconds. Functions along the cycle have the shape of <see cref="CycleProfile"/>, forces that of its points.</para>
/// <para>As in <see cref="CycleTile"/>, inner values of an interval are eliminated first, in lanes that are intervals here, then the starts of intervals one after the other by reflections, so
/// that neither strongly growing nor strongly shrinking directions spoil the others (S. J. Wright, SIAM J. Sci. Stat. Comput. 13 (1992) 742). What remains does not depend on μ.</para>
/// </remarks>
internal sealed class CycleLinearization
{
    // Amplitudes below this [display units] count as much: states that do not move must have units, too.
    private const double SmallestUnit = 1e-3;

    // Right-hand sides that are eliminated at once.
    private const int AtOnce = 3;

    private readonly SmoothSystem _system;
    private readonly IntervalElimination _elimination;
    private readonly double[] _mesh, _states, _inputs, _jacobian, _inner, _chain;
    private readonly double _period;
    private readonly int _n, _intervals, _columns;

    /// <summary>Linearises.</summary>
    /// <param name="system">The model.</param>
    /// <param name="elimination">The elimination of the model's intervals.</param>
    /// <param name="cycle">The cycle.</param>
    /// <param name="mesh">Its mesh, shape [intervals + 1].</param>
    /// <param name="parameters">The swept parameters with the cycle's drive [SI].</param>
    public CycleLinearization(SmoothSystem system, IntervalElimination elimination, CycleProfile cycle, double[] mesh, ReadOnlySpan<double> parameters)
    {
        (_system, _elimination, _mesh, _period) = (system, elimination, mesh, cycle.Period);
        (_n, _intervals, _columns) = (cycle.States, cycle.Intervals, cycle.Intervals * Stages);
        Units = new double[_n];
        _states = new double[_n * _columns];
        for (int k = 0; k < _n; k++)
        {
            ReadOnlySpan<double> points = cycle.Points.AsSpan(k * _columns, _columns);
            double low = points[0], high = points[0];
            for (int i = 0; i < _columns; i++)
            {
                (low, high) = (Math.Min(low, points[i]), Math.Max(high, points[i]));
                _states[(k * _columns) + i] = points[i] * system.Scale[k];
            }

            Units[k] = Math.Max(high - low, SmallestUnit);
        }

        _inputs = Rows(parameters, _columns);
        _jacobian = new double[system.Jacobian.Entries.Count * _columns];
        system.Jacobian.Program.Evaluate([], _states, _inputs, _jacobian, _columns, 0, _columns);
        Flow = Forces(system.Code.Derivatives, _inputs);

        double[] start = [.. Enumerable.Range(0, _n).Select(k => cycle.Starts[k * _intervals] * system.Scale[k])], slopes = new double[_n];
        system.Code.Derivatives.Evaluate([], start, parameters, slopes, 1, 0, 1);
        StartFlow = Vector<double>.Build.Dense(_n, k => slopes[k] / (system.Scale[k] * Units[k])).Normalize(2);

        _inner = new double[_intervals * _n * _n * Stages];
        _chain = new double[_intervals * ((6 * _n * _n) + _n)];
        CycleForce[] forces = Eliminate([Flow, Forces(system.DriveSlopes, _inputs)]);
        (First, Last) = Factor();
        (FlowForce, DriveForce) = (Turned(forces[0]), Turned(forces[1]));
    }

    /// <summary>The unit of each state [display units], shape [states].</summary>
    public double[] Units { get; }

    /// <summary>f along the cycle, a force: dy/dt of the cycle itself.</summary>
    public double[] Flow { get; }

    /// <summary>What <see cref="Flow"/> leaves.</summary>
    public CycleForce FlowForce { get; }

    /// <summary>What ∂f/∂drive leaves [1 over the drive's SI unit].</summary>
    public CycleForce DriveForce { get; }

    /// <summary>Direction of f at the beginning of the cycle, of length 1.</summary>
    public Vector<double> StartFlow { get; }

    /// <summary>What multiplies y(0) when all else but y(T) is eliminated.</summary>
    public Matrix<double> First { get; }

    /// <summary>What multiplies y(T).</summary>
    public Matrix<double> Last { get; }

    /// <summary>A·y along the cycle, a force.</summary>
    /// <param name="y">Values at the Gauss points.</param>
    public double[] A(double[] y) => Form(_system.Directional.First, y);

    /// <summary>D²f(u, v) along the cycle, a force.</summary>
    /// <param name="u">Values at the Gauss points.</param>
    /// <param name="v">Values at the Gauss points.</param>
    public double[] B(double[] u, double[] v) => Form(_system.Directional.Second, u, v);

    /// <summary>D³f(u, v, w) along the cycle, a force.</summary>
    /// <param name="u">Values at the Gauss points.</param>
    /// <param name="v">Values at the Gauss points.</param>
    /// <param name="w">Values at the Gauss points.</param>
    public double[] C(double[] u, double[] v, double[] w) => Form(_system.Directional.Third, u, v, w);

    /// <summary>Puts a function into display units.</summary>
    /// <param name="function">The function.</param>
    public void ToDisplay(CycleProfile function)
    {
        for (int i = 0; i < function.Starts.Length; i++)
        {
            function.Starts[i] *= Units[i / _intervals];
        }

        for (int i = 0; i < function.Points.Length; i++)
        {
            function.Points[i] *= Units[i / _columns];
        }
    }

    /// <summary>The mean over the cycle of the product of two functions, states in display units.</summary>
    /// <param name="u">Values at the Gauss points.</param>
    /// <param name="v">Values at the Gauss points.</param>
    public double Mean(double[] u, double[] v)
    {
        double mean = 0;
        for (int k = 0; k < _n; k++)
        {
            double sum = 0;
            for (int i = 0; i < _columns; i++)
            {
                sum += (_mesh[(i / Stages) + 1] - _mesh[i / Stages]) * Quadrature[i % Stages] * u[(k * _columns) + i] * v[(k * _columns) + i];
            }

            mean += Units[k] * Units[k] * sum;
        }

        return mean;
    }

    /// <summary>Eliminates what forces do between the first and the last values.</summary>
    /// <param name="forces">Forces g, each of the shape [states × intervals × 4].</param>
    public CycleForce[] Respond(params ReadOnlySpan<double[]> forces) => [.. Eliminate(forces).Select(Turned)];

    /// <summary>A solution of which the first and last values are known.</summary>
    /// <param name="first">y(0), shape [states].</param>
    /// <param name="last">y(T), shape [states].</param>
    /// <param name="forces">The forces, each with its factor.</param>
    public CycleProfile Solution(Vector<double> first, Vector<double> last, params ReadOnlySpan<(double Factor, CycleForce Force)> forces)
    {
        CycleProfile solution = new(_n, _intervals);
        double[] start = [.. first], next = [.. last];
        for (int i = _intervals - 1; i >= 0; i--)
        {
            // R·y_i = kept − F·y_0 − N·y_(i+1).
            double[] here = new double[_n];
            if (i == 0)
            {
                start.CopyTo(here, 0);
            }

            ReadOnlySpan<double> link = Link(i);
            for (int row = _n - 1; row >= 0 && i > 0; row--)
            {
                double sum = 0;
                foreach ((double factor, CycleForce force) in forces)
                {
                    sum += factor * force.Kept[(i * _n) + row];
                }

                for (int column = 0; column < _n; column++)
                {
                    sum -= (link[((_n + column) * 2 * _n) + row] * start[column]) + (link[(((2 * _n) + column) * 2 * _n) + row] * next[column]);
                }

                for (int column = row + 1; column < _n; column++)
                {
                    sum -= link[(column * 2 * _n) + row] * here[column];
                }

                here[row] = sum / Diagonals(i)[row];
            }

            for (int k = 0; k < _n; k++)
            {
                solution.Starts[(k * _intervals) + i] = here[k];
                for (int stage = 0; stage < Stages; stage++)
                {
                    int at = (k * _columns) + (i * Stages) + stage;
                    double value = 0;
                    foreach ((double factor, CycleForce force) in forces)
                    {
                        value += factor * force.Points[at];
                    }

                    for (int column = 0; column < _n; column++)
                    {
                        value += _inner[(((((i * _n) + k) * _n) + column) * Stages) + stage] * here[column];
                    }

                    solution.Points[at] = value;
                }
            }

            next = here;
        }

        return solution;
    }

    // Memory of an interval's link: two rows of blocks R F N with the reflections' vectors below R, then the diagonal of R.
    private Span<double> Link(int interval) => _chain.AsSpan(interval * ((6 * _n * _n) + _n), 6 * _n * _n);

    private Span<double> Diagonals(int interval) => _chain.AsSpan((interval * ((6 * _n * _n) + _n)) + (6 * _n * _n), _n);

    private static double[] Rows(ReadOnlySpan<double> parameters, int columns)
    {
        double[] rows = new double[parameters.Length * columns];
        for (int k = 0; k < parameters.Length; k++)
        {
            rows.AsSpan(k * columns, columns).Fill(parameters[k]);
        }

        return rows;
    }

    private double[] Form(LaneProgram program, params ReadOnlySpan<double[]> directions)
    {
        double[] inputs = new double[_inputs.Length + (directions.Length * _n * _columns)];
        _inputs.CopyTo(inputs, 0);
        int at = _inputs.Length;
        foreach (double[] direction in directions)
        {
            for (int k = 0; k < _n; k++)
            {
                double unit = _system.Scale[k] * Units[k];
                for (int i = k * _columns; i < (k + 1) * _columns; i++)
                {
                    inputs[at++] = direction[i] * unit;
                }
            }
        }

        return Forces(program, inputs);
    }

    private double[] Forces(LaneProgram program, double[] inputs)
    {
        double[] forces = new double[_n * _columns];
        program.Evaluate([], _states, inputs, forces, _columns, 0, _columns);
        for (int k = 0; k < _n; k++)
        {
            double unit = 1 / (_system.Scale[k] * Units[k]);
            for (int i = k * _columns; i < (k + 1) * _columns; i++)
            {
                forces[i] *= unit;
            }
        }

        return forces;
    }

    // What forces do inside of the intervals.
    private CycleForce[] Eliminate(params ReadOnlySpan<double[]> forces)
    {
        CycleForce[] responses = new CycleForce[forces.Length];
        for (int first = 0; first < forces.Length; first += AtOnce)
        {
            ReadOnlySpan<double[]> some = forces[first..Math.Min(first + AtOnce, forces.Length)];
            Span<CycleForce> receive = responses.AsSpan(first, some.Length);
            foreach (ref CycleForce response in receive)
            {
                response = new(new double[_n * _columns], new double[_intervals * _n], Vector<double>.Build.Dense(_n));
            }

            switch (_system.Code.LaneWidth)
            {
                case 8: Eliminate<Lane8>(some, receive); break;
                case 4: Eliminate<Lane4>(some, receive); break;
                default: Eliminate<Lane1>(some, receive); break;
            }
        }

        return responses;
    }

    // Inner values of the intervals by the values at their starts and by forces; a lane has an interval.
    private void Eliminate<T>(ReadOnlySpan<double[]> forces, ReadOnlySpan<CycleForce> responses)
        where T : struct, ILane<T>
    {
        int sides = _n + AtOnce;
        Span<double> blocks = new double[_elimination.BlockRegisters * T.Width], solution = new double[_elimination.SolutionRegisters * T.Width];
        for (int first = 0; first < _intervals; first += T.Width)
        {
            blocks.Clear();
            solution.Clear();
            for (int lane = 0; lane < T.Width; lane++)
            {
                // The last interval fills the lanes that are left.
                int interval = Math.Min(first + lane, _intervals - 1);
                double time = (_mesh[interval + 1] - _mesh[interval]) * _period;
                for (int stage = 0; stage < Stages; stage++)
                {
                    foreach (int block in _elimination.Diagonals)
                    {
                        for (int row = 0; row < Stages; row++)
                        {
                            blocks[((block + (stage * Stages) + row) * T.Width) + lane] = -Slopes[(row * Nodes) + stage + 1];
                        }
                    }
                }

                for (int entry = 0; entry < _elimination.Entries.Length; entry++)
                {
                    (int block, int row, int column) = _elimination.Entries[entry];
                    double factor = time * (_system.Scale[column] * Units[column] / (_system.Scale[row] * Units[row]));
                    for (int stage = 0; stage < Stages; stage++)
                    {
                        blocks[((block + (stage * (Stages + 1))) * T.Width) + lane] += factor * _jacobian[(entry * _columns) + (interval * Stages) + stage];
                    }
                }

                for (int k = 0; k < _n; k++)
                {
                    for (int stage = 0; stage < Stages; stage++)
                    {
                        solution[(((((k * sides) + k) * Stages) + stage) * T.Width) + lane] = -Slopes[stage * Nodes];
                        for (int j = 0; j < forces.Length; j++)
                        {
                            solution[(((((k * sides) + _n + j) * Stages) + stage) * T.Width) + lane] = time * forces[j][(k * _columns) + (interval * Stages) + stage];
                        }
                    }
                }
            }

            _elimination.Solve<T>(blocks, solution);
            for (int lane = 0; lane < T.Width && first + lane < _intervals; lane++)
            {
                int interval = first + lane;
                for (int k = 0; k < _n; k++)
                {
                    for (int stage = 0; stage < Stages; stage++)
                    {
                        for (int column = 0; column < _n; column++)
                        {
                            _inner[(((((interval * _n) + k) * _n) + column) * Stages) + stage] = solution[(((((k * sides) + column) * Stages) + stage) * T.Width) + lane];
                        }

                        for (int j = 0; j < forces.Length; j++)
                        {
                            responses[j].Points[(k * _columns) + (interval * Stages) + stage] = solution[(((((k * sides) + _n + j) * Stages) + stage) * T.Width) + lane];
                        }
                    }
                }
            }
        }
    }

    // y_(i+1) = M_i y_i, and y_i out of the chain: F·y_0 + L·y_i = 0 and −M_i·y_i + y_(i+1) = 0 become R·y_i + F'·y_0 + N·y_(i+1) = 0 and an equation between y_0 and y_(i+1).
    private (Matrix<double> First, Matrix<double> Last) Factor()
    {
        int n = _n, rows = 2 * n;
        Span<double> first = new double[n * n], last = new double[n * n];
        for (int i = 0; i < _intervals; i++)
        {
            Span<double> link = Link(i), diagonals = Diagonals(i);
            for (int column = 0; column < n; column++)
            {
                for (int row = 0; row < n; row++)
                {
                    double value = row == column ? End[0] : 0;
                    for (int stage = 0; stage < Stages; stage++)
                    {
                        value += End[stage + 1] * _inner[(((((i * n) + row) * n) + column) * Stages) + stage];
                    }

                    int at = (column * n) + row;
                    if (i == 0)
                    {
                        (first[at], last[at]) = (-value, row == column ? 1 : 0);
                        continue;
                    }

                    link[(column * rows) + row] = last[at];
                    link[(column * rows) + n + row] = -value;
                    link[((n + column) * rows) + row] = first[at];
                    link[(((2 * n) + column) * rows) + n + row] = row == column ? 1 : 0;
                }
            }

            for (int pivot = 0; pivot < n && i > 0; pivot++)
            {
                Span<double> own = link.Slice((pivot * rows) + pivot, rows - pivot);
                double diagonal = -Math.CopySign(Math.Sqrt(Product(own, own)), own[0]);
                own[0] -= diagonal;
                diagonals[pivot] = diagonal;
                for (int column = pivot + 1; column < 3 * n; column++)
                {
                    Reflect(own, diagonal, link.Slice((column * rows) + pivot, rows - pivot));
                }
            }

            for (int column = 0; column < n && i > 0; column++)
            {
                link.Slice(((n + column) * rows) + n, n).CopyTo(first[(column * n)..]);
                link.Slice((((2 * n) + column) * rows) + n, n).CopyTo(last[(column * n)..]);
            }
        }

        return (Matrix<double>.Build.Dense(n, n, first.ToArray()), Matrix<double>.Build.Dense(n, n, last.ToArray()));
    }

    // The same reflections of the right-hand sides.
    private CycleForce Turned(CycleForce force)
    {
        int n = _n, rows = 2 * n;
        Span<double> work = stackalloc double[rows];
        for (int i = 0; i < _intervals; i++)
        {
            for (int row = 0; row < n; row++)
            {
                double gap = 0;
                for (int stage = 0; stage < Stages; stage++)
                {
                    gap += End[stage + 1] * force.Points[(row * _columns) + (i * Stages) + stage];
                }

                work[n + row] = gap;
            }

            for (int pivot = 0; pivot < n && i > 0; pivot++)
            {
                Reflect(Link(i).Slice((pivot * rows) + pivot, rows - pivot), Diagonals(i)[pivot], work[pivot..]);
            }

            work[..n].CopyTo(force.Kept.AsSpan(i * n, n));
            work[n..].CopyTo(work);
        }

        force.Closing.SetValues(work[..n].ToArray());
        return force;
    }

    // x − 2v(v·x)/(v·v), where the first element of v is the column's less the diagonal that it becomes.
    private static void Reflect(ReadOnlySpan<double> v, double diagonal, Span<double> x)
    {
        double product = Product(v, x) / (diagonal * v[0]);
        for (int i = 0; i < v.Length; i++)
        {
            x[i] += product * v[i];
        }
    }

    private static double Product(ReadOnlySpan<double> u, ReadOnlySpan<double> v)
    {
        double sum = 0;
        for (int i = 0; i < u.Length; i++)
        {
            sum += u[i] * v[i];
        }

        return sum;
    }
}
