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
    /// <param name="near">The tests of a cycle close by; null if there is none.</param>
    public static CycleTests Of(
        CycleProfile cycle, CycleProfile tangent, ReadOnlySpan<double> chain, ReadOnlySpan<double> flow, double[] mesh, double[] weights, CycleTests? near)
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
            new(start, end, n, near?.Multipliers), tangent.Drive / CycleGuess.Norm(tangent, cycle.Period, mesh, weights), orientation * branching);
    }

    /// <summary>
    /// How many multipliers pass the unit circle as a pair between two cycles: what neither a period doubling nor a fold or branch point explains.
    /// </summary>
    /// <param name="left">One cycle.</param>
    /// <param name="right">The next.</param>
    public static int Pairs(CycleTests left, CycleTests right)
    {
        FloquetMultipliers a = left.Multipliers, b = right.Multipliers;
        int single = (a.Doubling * b.Doubling < 0 ? 1 : 0) + (a.Fold * b.Fold < 0 ? 1 : 0);
        return Math.Max(Math.Abs(a.Unstable - b.Unstable) - single, 0);
    }

    // Between an almost vanishing and a huge multiplier others may pass the unit circle, and come back.
    private const double LargestRatio = 20;

    /// <summary>Whether so much changes from one cycle to the next that something may have been jumped over.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The next.</param>
    /// <param name="isLong">Whether periods are so long that unstable multipliers grow like an exponential function of them.</param>
    public static bool IsFar(CycleTests left, CycleTests right, bool isLong)
    {
        FloquetMultipliers a = left.Multipliers, b = right.Multipliers;
        return left.IsReliable && right.IsReliable
            && (Far(a.Doubling, b.Doubling) || Far(a.Fold, b.Fold) || (!isLong && Ratio(a, b) > LargestRatio));

        static bool Far(double x, double y) => Math.Abs(x - y) > 0.4 || (x * y < 0 && Math.Abs(x) > 0.2);
    }

    /// <summary>A step after which no test function comes much closer to 0 than it is, unless it is very close already; so pairs of points that almost meet are not missed.</summary>
    /// <param name="before">The cycle before.</param>
    /// <param name="now">The cycle.</param>
    /// <param name="step">The step between them.</param>
    /// <param name="isLong">Whether periods are so long that unstable multipliers grow like an exponential function of them.</param>
    public static double AllowedStep(CycleTests before, CycleTests now, double step, bool isLong)
    {
        FloquetMultipliers a = before.Multipliers, b = now.Multipliers;
        // A square of the ratio is what twice the step would give.
        double ratio = isLong ? 1 : Ratio(a, b), growing = ratio * ratio < LargestRatio ? double.PositiveInfinity : ratio < LargestRatio / 2 ? step : step / 2;
        return !before.IsReliable || !now.IsReliable ? double.PositiveInfinity : Math.Min(Math.Min(growing, Allowed(a.Doubling, b.Doubling)), Math.Min(Allowed(a.Fold, b.Fold), a.Pairs == b.Pairs ? Allowed(a.Torus, b.Torus) : double.PositiveInfinity));

        double Allowed(double x, double y)
        {
            const double veryClose = 1e-3;
            double change = y - x;
            return y * change < 0 && Math.Abs(y) > veryClose ? 0.7 * step * Math.Abs(y / change) : double.PositiveInfinity;
        }
    }

    private static double Ratio(FloquetMultipliers a, FloquetMultipliers b) => Math.Max(a.Growth / b.Growth, b.Growth / a.Growth);
}
