namespace SweepEngine.Bifurcation;

/// <summary>What is looked at along a branch of cycles: it changes its sign where something happens.</summary>
/// <param name="Multipliers">The multipliers, with test functions of period doubling and torus.</param>
/// <param name="DriveSlope">Part of the drive in the unit tangent: 0 at a fold of cycles.</param>
/// <param name="Branching">Determinant of the closed linear equations with the rows of phase and tangent, each of length 1: 0 at a branch point.</param>
internal sealed record CycleTests(FloquetMultipliers Multipliers, double DriveSlope, double Branching)
{
    /// <summary>
    /// Whether the multipliers have digits: the one that must be 1 is. Of cycles that pass close to a saddle for long they have none, since how the cycle depends on where it passes is lost to
    /// rounding.
    /// </summary>
    public bool IsReliable => Multipliers.TrivialError < 1e-2;

    /// <summary>Evaluates the test functions.</summary>
    /// <param name="cycle">The cycle.</param>
    /// <param name="tangent">The tangent of the branch.</param>
    /// <param name="chain">The closed equations, as of <see cref="CycleTile.Extract"/>.</param>
    /// <param name="flow">The direction of the cycle at its start.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="weights">Weights of the squares of the states in the norm.</param>
    public static CycleTests Of(CycleProfile cycle, CycleProfile tangent, ReadOnlySpan<double> chain, ReadOnlySpan<double> flow, double[] mesh, double[] weights)
    {
        int n = cycle.States, block = n * n, size = n + 2;
        ReadOnlySpan<double> start = chain[..block], end = chain.Slice(block, block), sides = chain[(2 * block)..];
        Span<double> matrix = stackalloc double[size * size], last = stackalloc double[block];
        for (int row = 0; row < n; row++)
        {
            for (int column = 0; column < n; column++)
            {
                matrix[(column * size) + row] = start[(column * n) + row] + end[(column * n) + row];
            }

            matrix[(n * size) + row] = -sides[row];
            matrix[((n + 1) * size) + row] = -sides[n + row];
        }

        for (int column = 0; column < n; column++)
        {
            matrix[(column * size) + n] = flow[column];
            matrix[(column * size) + n + 1] = tangent.Starts[column * cycle.Intervals];
        }

        matrix[(n * size) + n + 1] = tangent.Period / cycle.Period;
        matrix[((n + 1) * size) + n + 1] = tangent.Drive;
        for (int row = 0; row < size; row++)
        {
            double squares = 0;
            for (int column = 0; column < size; column++)
            {
                squares += matrix[(column * size) + row] * matrix[(column * size) + row];
            }

            double scale = 1 / Math.Sqrt(squares);
            for (int column = 0; column < size; column++)
            {
                matrix[(column * size) + row] *= scale;
            }
        }

        end.CopyTo(last);
        // Reflections may change the sign of both determinants.
        double orientation = SmallMatrix.Solve(last, n, []).Determinant < 0 ? -1 : 1;
        double branching = SmallMatrix.Solve(matrix, size, []).Determinant;
        return new(
            new(start, end, n), tangent.Drive / CycleGuess.Norm(tangent, cycle.Period, mesh, weights), orientation * branching);
    }

    /// <summary>Whether so much changes from one cycle to the next that something may have been jumped over.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The next.</param>
    public static bool IsFar(CycleTests left, CycleTests right)
    {
        FloquetMultipliers a = left.Multipliers, b = right.Multipliers;
        return left.IsReliable && right.IsReliable && (Far(a.Doubling, b.Doubling) || Far(a.Fold, b.Fold) || Far(a.Torus, b.Torus));

        static bool Far(double x, double y) => Math.Abs(x - y) > 0.4 || (x * y < 0 && Math.Abs(x) > 0.2);
    }

    /// <summary>A step after which no test function comes much closer to 0 than it is, unless it is very close already; so pairs of points that almost meet are not missed.</summary>
    /// <param name="before">The cycle before.</param>
    /// <param name="now">The cycle.</param>
    /// <param name="step">The step between them.</param>
    public static double AllowedStep(CycleTests before, CycleTests now, double step)
    {
        FloquetMultipliers a = before.Multipliers, b = now.Multipliers;
        return !before.IsReliable || !now.IsReliable ? double.PositiveInfinity : Math.Min(Allowed(a.Doubling, b.Doubling), Math.Min(Allowed(a.Fold, b.Fold), Allowed(a.Torus, b.Torus)));

        double Allowed(double x, double y)
        {
            const double veryClose = 1e-3;
            double change = y - x;
            return y * change < 0 && Math.Abs(y) > veryClose ? 0.7 * step * Math.Abs(y / change) : double.PositiveInfinity;
        }
    }
}
