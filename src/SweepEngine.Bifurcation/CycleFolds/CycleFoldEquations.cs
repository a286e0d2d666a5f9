using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Folds of cycles in two parameters p and q by collocation: u' = T f(u, p, q) and v' = T (Df·v + σ f), both periodic in x = t/T, with (v, σ) of length 1. One step of Newton's method; the solutions are
/// exactly the folds of the discretised cycles. (E. J. Doedel, H. B. Keller and J.-P. Kernevez, Int. J. Bifurcation and Chaos 1 (1991) 745.) Not for several threads at once.
/// </summary>
/// <remarks>
/// In an interval, the matrix of u's inner values is that of v's, too, so one factorisation serves both; v's equations depend on u by the second derivatives along v. What is left is a chain
/// of the values at the starts of intervals (<see cref="PeriodicChain"/>), with λ = (relative period, σ, p, q) free.
/// </remarks>
/// <param name="free">The model with its free parameters.</param>
/// <param name="parameters">The swept parameters [SI]; those that are free do not matter.</param>
/// <param name="lowest">Lower ends of the ranges of both free parameters [SI].</param>
/// <param name="ranges">Lengths of these ranges [SI].</param>
internal sealed class CycleFoldEquations(FreeSystem free, double[] parameters, double[] lowest, double[] ranges)
{
    // λ: relative period, σ, drive, second parameter.
    private const int Free = 4;

    private readonly int _n = free.System.Dimension;
    private readonly double[] _scale = [.. free.System.Scale];
    private readonly PeriodicChain _chain = new(2 * free.System.Dimension, Free), _cycles = new(free.System.Dimension, 2);
    private double[] _states = [], _swept = [], _f = [], _fp = [], _fq = [], _jacobian = [], _manyStates = [], _manySwept = [], _second = [];
    private double[] _inner = [], _moved = [];
    private readonly DenseElimination _elimination = new(Stages * free.System.Dimension);
    private readonly double[] _matrix = new double[Stages * free.System.Dimension * Stages * free.System.Dimension];

    /// <summary>The swept parameters there [SI].</summary>
    /// <param name="fold">The fold.</param>
    public double[] Parameters(CycleFold fold)
    {
        double[] here = [.. parameters];
        here[free.Free[0]] = Drive(fold);
        here[free.Free[1]] = Second(fold);
        return here;
    }

    /// <summary>The drive [SI].</summary>
    /// <param name="fold">The fold.</param>
    public double Drive(CycleFold fold) => Math.FusedMultiplyAdd(fold.Profile.Drive, ranges[0], lowest[0]);

    /// <summary>The second parameter [SI].</summary>
    /// <param name="fold">The fold.</param>
    public double Second(CycleFold fold) => Math.FusedMultiplyAdd(fold.Second, ranges[1], lowest[1]);

    /// <summary>One step of Newton's method.</summary>
    /// <param name="fold">The guess, which is corrected.</param>
    /// <param name="rows">In which directions.</param>
    /// <param name="tangent">The tangent of the curve at the guess, its product with the path row being 1.</param>
    /// <returns>The size of the correction, in the norm of the weights; not finite where there is none.</returns>
    public double Correct(CycleFold fold, CycleFoldRows rows, out CycleFold tangent)
    {
        CycleProfile profile = fold.Profile;
        int n = _n, intervals = profile.Intervals;
        Evaluate(fold, withSecond: true);
        _chain.Resize(intervals);
        for (int i = 0; i < intervals; i++)
        {
            double width = rows.Mesh[i + 1] - rows.Mesh[i];
            CondenseCycle(profile, i, width);
            CondenseChange(fold, i, width);
            Link(profile, i);
        }

        _chain.Solve();
        (double[] correction, double[] along) = Combine(fold, rows);
        tangent = new CycleFold(new CycleProfile(2 * n, intervals));
        Expand(tangent, along, profile.Period);
        CycleFold change = new(new CycleProfile(2 * n, intervals));
        Expand(change, correction, profile.Period);
        fold.Add(1, change);
        double size = CycleFold.Product(change, change, profile.Period, rows.Mesh, rows.Weights)
            + CycleFold.Product(change.Profile, n, change.Profile, n, rows.Mesh, rows.Weights) + (change.Stretch * change.Stretch);
        return Math.Sqrt(size);
    }

    /// <summary>Finds v and σ of a cycle at a fold, from the tangent of its branch along the drive.</summary>
    /// <param name="fold">The cycle; its v and σ are written.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="phase">As in <see cref="CycleFoldRows"/>.</param>
    public void FindChange(CycleFold fold, double[] mesh, double[] phase)
    {
        CycleProfile profile = fold.Profile;
        int n = _n, intervals = profile.Intervals, sides = n + Free;
        Evaluate(fold, withSecond: false);
        _cycles.Resize(intervals);
        for (int i = 0; i < intervals; i++)
        {
            CondenseCycle(profile, i, mesh[i + 1] - mesh[i]);
            Span<double> link = _cycles.Link(i);
            link.Clear();
            for (int row = 0; row < n; row++)
            {
                for (int column = 0; column < n + 2; column++)
                {
                    link[(row * (n + 3)) + column] = EndOf(Inner(i), row, column, sides, column == row ? End[0] : 0);
                }
            }
        }

        _cycles.Solve();
        double[] products = new double[2];
        for (int solution = 0; solution < 2; solution++)
        {
            ReadOnlySpan<double> values = _cycles.Values(solution);
            for (int i = 0; i < intervals; i++)
            {
                for (int k = 0; k < n; k++)
                {
                    products[solution] += phase[(k * intervals) + i] * values[(i * n) + k];
                }
            }
        }

        (double first, double second) = (-products[1], products[0]);
        double Mix(int at) => (first * _cycles.Values(0)[at]) + (second * _cycles.Values(1)[at]);
        fold.Stretch = (first * _cycles.Parameters(0)[0]) + (second * _cycles.Parameters(1)[0]);
        for (int i = 0; i < intervals; i++)
        {
            for (int k = 0; k < n; k++)
            {
                profile.Starts[((n + k) * intervals) + i] = Mix((i * n) + k);
            }

            for (int row = 0; row < Stages * n; row++)
            {
                ReadOnlySpan<double> inner = Inner(i).Slice(row * sides, sides);
                double value = inner[n] * fold.Stretch;
                for (int k = 0; k < n; k++)
                {
                    value += inner[k] * Mix((i * n) + k);
                }

                profile.Points[((((n + (row % n)) * intervals) + i) * Stages) + (row / n)] = value;
            }
        }
    }

    /// <summary>The transfer matrices of the intervals at the guess that was corrected last, u_(i+1) = M_i u_i. Shape [intervals × states × states].</summary>
    /// <param name="units">Of each state: 1 / its unit here over the display unit.</param>
    public double[] Transfers(ReadOnlySpan<double> units)
    {
        int n = _n, width = (2 * n) + Free + 1;
        double[] transfers = new double[_chain.Links * n * n];
        for (int i = 0; i < _chain.Links; i++)
        {
            for (int row = 0; row < n; row++)
            {
                for (int column = 0; column < n; column++)
                {
                    transfers[(((i * n) + row) * n) + column] = _chain.Link(i)[(row * width) + column] * units[row] / units[column];
                }
            }
        }

        return transfers;
    }

    // f and its derivatives at all collocation points.
    private void Evaluate(CycleFold fold, bool withSecond)
    {
        CycleProfile profile = fold.Profile;
        int n = _n, points = profile.Intervals * Stages, swept = parameters.Length, all = n + 2, entries = free.System.Jacobian.Entries.Count;
        if (_f.Length != n * points)
        {
            (_states, _f, _fp, _fq) = (new double[n * points], new double[n * points], new double[n * points], new double[n * points]);
            (_swept, _jacobian) = (new double[swept * points], new double[entries * points]);
            (_inner, _moved) = (new double[points * n * (n + Free)], new double[points * n * (n + Free)]);
        }

        double[] here = Parameters(fold);
        for (int k = 0; k < swept; k++)
        {
            _swept.AsSpan(k * points, points).Fill(here[k]);
        }

        for (int k = 0; k < n; k++)
        {
            for (int at = k * points; at < (k + 1) * points; at++)
            {
                _states[at] = profile.Points[at] * _scale[k];
            }
        }

        free.System.Code.Derivatives.Evaluate([], _states, _swept, _f, points, 0, points);
        free.Slopes[0].Evaluate([], _states, _swept, _fp, points, 0, points);
        free.Slopes[1].Evaluate([], _states, _swept, _fq, points, 0, points);
        free.System.Jacobian.Program.Evaluate([], _states, _swept, _jacobian, points, 0, points);
        if (!withSecond)
        {
            return;
        }

        // D²f(v, e) with e along each state and free parameter.
        int lanes = all * points;
        if (_second.Length != n * lanes)
        {
            (_manyStates, _manySwept, _second) = (new double[n * lanes], new double[(swept + (2 * all)) * lanes], new double[n * lanes]);
        }

        for (int direction = 0; direction < all; direction++)
        {
            for (int k = 0; k < n; k++)
            {
                _states.AsSpan(k * points, points).CopyTo(_manyStates.AsSpan((k * lanes) + (direction * points)));
                Span<double> v = _manySwept.AsSpan(((swept + k) * lanes) + (direction * points), points);
                for (int point = 0; point < points; point++)
                {
                    v[point] = profile.Points[((n + k) * points) + point] * _scale[k];
                }
            }

            _manySwept.AsSpan(((swept + all + direction) * lanes) + (direction * points), points).Fill(direction < n ? _scale[direction] : ranges[direction - n]);
        }

        for (int k = 0; k < swept; k++)
        {
            _manySwept.AsSpan(k * lanes, lanes).Fill(here[k]);
        }

        free.Second.Evaluate([], _manyStates, _manySwept, _second, lanes, 0, lanes);
    }

    private Span<double> Inner(int interval) => Slice(_inner, interval);

    private Span<double> Moved(int interval) => Slice(_moved, interval);

    private Span<double> Slice(double[] of, int interval)
    {
        int length = Stages * _n * (_n + Free);
        return of.AsSpan(interval * length, length);
    }

    // u's inner values by u at the start, relative period, p, q and 1: rows (stage, state), columns (start, period, p, q, 1).
    private void CondenseCycle(CycleProfile profile, int interval, double width)
    {
        int n = _n, sides = n + Free, rows = Stages * n, points = profile.Intervals * Stages, from = interval * Stages;
        double time = width * profile.Period;
        _matrix.AsSpan().Clear();
        Span<double> inner = Inner(interval);
        inner.Clear();
        Span<double> values = stackalloc double[Nodes];
        for (int k = 0; k < n; k++)
        {
            profile.Polynomial(k, interval, values);
            for (int stage = 0; stage < Stages; stage++)
            {
                int row = (stage * n) + k, at = (k * points) + from + stage;
                for (int other = 0; other < Stages; other++)
                {
                    _matrix[(row * rows) + (other * n) + k] = Slopes[(stage * Nodes) + other + 1];
                }

                double unit = time / _scale[k], slope = 0;
                for (int node = 0; node < Nodes; node++)
                {
                    slope += Slopes[(stage * Nodes) + node] * values[node];
                }

                Span<double> side = inner.Slice(row * sides, sides);
                side[k] = -Slopes[stage * Nodes];
                side[n] = unit * _f[at];
                side[n + 1] = unit * ranges[0] * _fp[at];
                side[n + 2] = unit * ranges[1] * _fq[at];
                side[n + 3] = side[n] - slope;
            }
        }

        for (int entry = 0; entry < free.System.Jacobian.Entries.Count; entry++)
        {
            (int row, int column) = free.System.Jacobian.Entries[entry];
            for (int stage = 0; stage < Stages; stage++)
            {
                _matrix[(((stage * n) + row) * rows) + (stage * n) + column] -= time * _scale[column] / _scale[row] * _jacobian[(entry * points) + from + stage];
            }
        }

        _elimination.Factor(_matrix);
        _elimination.Solve(inner, sides);
    }

    // v's inner values by the same; by v at the start and by σ they depend as u's by u and by the relative period.
    private void CondenseChange(CycleFold fold, int interval, double width)
    {
        CycleProfile profile = fold.Profile;
        int n = _n, sides = n + Free, rows = Stages * n, points = profile.Intervals * Stages, from = interval * Stages, lanes = (n + 2) * points;
        double time = width * profile.Period;
        ReadOnlySpan<double> inner = Inner(interval);
        Span<double> moved = Moved(interval), values = stackalloc double[Nodes];
        moved.Clear();
        for (int k = 0; k < n; k++)
        {
            profile.Polynomial(n + k, interval, values);
            for (int stage = 0; stage < Stages; stage++)
            {
                int at = (k * points) + from + stage;
                double unit = time / _scale[k], slope = 0;
                for (int node = 0; node < Nodes; node++)
                {
                    slope += Slopes[(stage * Nodes) + node] * values[node];
                }

                Span<double> side = moved.Slice(((stage * n) + k) * sides, sides);
                side[n] = unit * fold.Stretch * _f[at];
                side[n + 1] = unit * (_second[(k * lanes) + (n * points) + from + stage] + (fold.Stretch * ranges[0] * _fp[at]));
                side[n + 2] = unit * (_second[(k * lanes) + ((n + 1) * points) + from + stage] + (fold.Stretch * ranges[1] * _fq[at]));
                side[n + 3] = side[n] - slope;
                for (int column = 0; column < n; column++)
                {
                    DenseElimination.Add(unit * _second[(k * lanes) + (column * points) + from + stage], inner.Slice(((stage * n) + column) * sides, sides), side);
                }
            }
        }

        for (int entry = 0; entry < free.System.Jacobian.Entries.Count; entry++)
        {
            (int row, int column) = free.System.Jacobian.Entries[entry];
            for (int stage = 0; stage < Stages; stage++)
            {
                double slope = time * _scale[column] / _scale[row] * _jacobian[(entry * points) + from + stage];
                Span<double> side = moved.Slice(((stage * n) + row) * sides, sides);
                double direct = slope * profile.Points[((n + column) * points) + from + stage];
                side[n] += direct;
                side[n + 3] += direct;
                DenseElimination.Add(fold.Stretch * slope, inner.Slice(((stage * n) + column) * sides, sides), side);
            }
        }

        _elimination.Solve(moved, sides);
    }

    // A row of what an interval's end is by its start, λ and 1.
    private static double EndOf(ReadOnlySpan<double> inner, int state, int column, int sides, double start)
    {
        double value = start;
        int n = inner.Length / (Stages * sides);
        for (int stage = 0; stage < Stages; stage++)
        {
            value += End[stage + 1] * inner[(((stage * n) + state) * sides) + column];
        }

        return value;
    }

    // From one start of an interval to the next: rows and columns of u, then of v; λ; 1.
    private void Link(CycleProfile profile, int interval)
    {
        int n = _n, sides = n + Free, width = (2 * n) + Free + 1, next = (interval + 1) % profile.Intervals;
        Span<double> link = _chain.Link(interval), values = stackalloc double[Nodes];
        ReadOnlySpan<double> inner = Inner(interval), moved = Moved(interval);
        link.Clear();
        for (int k = 0; k < n; k++)
        {
            Span<double> cycle = link.Slice(k * width, width), change = link.Slice((n + k) * width, width);
            for (int column = 0; column < n; column++)
            {
                cycle[column] = change[n + column] = EndOf(inner, k, column, sides, column == k ? End[0] : 0);
                change[column] = EndOf(moved, k, column, sides, 0);
            }

            for (int side = 0; side < Free; side++)
            {
                // λ has σ behind the period.
                int at = (2 * n) + side + (side > 0 ? 1 : 0);
                cycle[at] = EndOf(inner, k, n + side, sides, 0);
                change[at] = EndOf(moved, k, n + side, sides, 0);
            }

            change[(2 * n) + 1] = cycle[2 * n];
            cycle[^1] += Gap(profile, k, interval, next, values);
            change[^1] += Gap(profile, n + k, interval, next, values);
        }
    }

    // How far a polynomial's end is from the start of the next one.
    private static double Gap(CycleProfile profile, int state, int interval, int next, Span<double> values)
    {
        profile.Polynomial(state, interval, values);
        double gap = -profile.Starts[(state * profile.Intervals) + next];
        for (int node = 0; node < Nodes; node++)
        {
            gap += End[node] * values[node];
        }

        return gap;
    }

    // Of the solutions of the chain, those that the rows ask for: how much of each. What is behind the basis is that with the residuals.
    private (double[] Correction, double[] Along) Combine(CycleFold fold, CycleFoldRows rows)
    {
        double[] system = new double[Free * Free], right = new double[Free * 2], now = Products(fold.Profile, fold.Stretch, rows);
        for (int solution = 0; solution <= Free; solution++)
        {
            double[] products = Products(solution, rows);
            for (int row = 0; row < Free; row++)
            {
                if (solution < Free)
                {
                    system[(row * Free) + solution] = products[row];
                }
                else
                {
                    right[row * 2] = -products[row] - now[row];
                }
            }
        }

        right[(2 * 2)] += 1;
        right[(3 * 2) + 1] = 1;
        DenseElimination small = new(Free);
        small.Factor(system);
        small.Solve(right, 2);
        return ([.. Enumerable.Range(0, Free).Select(k => right[k * 2]), 1], [.. Enumerable.Range(0, Free).Select(k => right[(k * 2) + 1]), 0]);
    }

    // What corrections are held to: phase of u and of v, length of v, path. Of u as it is, the phase and the path are right.
    private double[] Products(CycleProfile profile, double stretch, CycleFoldRows rows)
    {
        int count = _n * profile.Intervals;
        double phase = 0;
        for (int at = 0; at < count; at++)
        {
            phase += rows.Phase[at] * profile.Starts[count + at];
        }

        return [0, phase, CycleFold.Product(rows.Norm.Profile, _n, profile, _n, rows.Mesh, rows.Weights) + (rows.Norm.Stretch * stretch), 0];
    }

    private double[] Products(int solution, CycleFoldRows rows)
    {
        int n = _n, intervals = _chain.Links;
        ReadOnlySpan<double> values = _chain.Values(solution), parameters = _chain.Parameters(solution);
        double[] norm = rows.Norm.Profile.Starts, path = rows.Path.Profile.Starts;
        double phase = 0, phaseOfChange = 0, length = rows.Norm.Stretch * parameters[1];
        double along = (rows.Path.Profile.Period / rows.Norm.Profile.Period * parameters[0]) + (rows.Path.Profile.Drive * parameters[2]) + (rows.Path.Second * parameters[3]);
        for (int i = 0; i < intervals; i++)
        {
            double width = rows.Mesh[i + 1] - rows.Mesh[i];
            for (int k = 0; k < n; k++)
            {
                double u = values[(i * 2 * n) + k], v = values[(i * 2 * n) + n + k], weight = width * rows.Weights[k];
                int at = (k * intervals) + i;
                phase += rows.Phase[at] * u;
                phaseOfChange += rows.Phase[at] * v;
                length += weight * norm[(n * intervals) + at] * v;
                along += weight * path[at] * u;
            }
        }

        return [phase, phaseOfChange, length, along];
    }

    // All values of a combination of solutions, inner ones too.
    private void Expand(CycleFold into, double[] parts, double period)
    {
        int n = _n, intervals = _chain.Links, sides = n + Free;
        CycleProfile profile = into.Profile;
        double[] values = new double[intervals * 2 * n], parameters = new double[Free];
        for (int solution = 0; solution <= Free; solution++)
        {
            DenseElimination.Add(parts[solution], _chain.Values(solution), values);
            DenseElimination.Add(parts[solution], _chain.Parameters(solution), parameters);
        }

        (profile.Period, into.Stretch, profile.Drive, into.Second) = (parameters[0] * period, parameters[1], parameters[2], parameters[3]);
        double[] coefficients = new double[sides];
        for (int i = 0; i < intervals; i++)
        {
            ReadOnlySpan<double> start = values.AsSpan(i * 2 * n, 2 * n), inner = Inner(i), moved = Moved(i);
            for (int k = 0; k < 2 * n; k++)
            {
                profile.Starts[(k * intervals) + i] = start[k];
            }

            start[..n].CopyTo(coefficients);
            (coefficients[n], coefficients[n + 1], coefficients[n + 2], coefficients[n + 3]) = (parameters[0], parameters[2], parameters[3], parts[Free]);
            for (int row = 0; row < Stages * n; row++)
            {
                ReadOnlySpan<double> cycle = inner.Slice(row * sides, sides), change = moved.Slice(row * sides, sides);
                double u = 0, v = cycle[n] * parameters[1];
                for (int side = 0; side < sides; side++)
                {
                    u += cycle[side] * coefficients[side];
                    v += change[side] * coefficients[side];
                }

                for (int k = 0; k < n; k++)
                {
                    v += cycle[k] * start[n + k];
                }

                int stage = row / n, state = row % n;
                profile.Points[(((state * intervals) + i) * Stages) + stage] = u;
                profile.Points[((((n + state) * intervals) + i) * Stages) + stage] = v;
            }
        }
    }
}
