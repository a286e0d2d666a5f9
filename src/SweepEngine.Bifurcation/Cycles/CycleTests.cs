namespace SweepEngine.Bifurcation;

/// <summary>What is looked at along a branch of cycles: it changes its sign where something happens.</summary>
/// <param name="Multipliers">The multipliers, with test functions of period doubling and torus.</param>
/// <param name="DriveSlope">Part of the drive in the unit tangent: 0 at a fold of cycles.</param>
internal sealed record CycleTests(FloquetMultipliers Multipliers, double DriveSlope)
{
    /// <summary>
    /// Whether the multipliers have digits: the one that must be 1 is. Of cycles that pass close to a saddle for long they have none, since how the cycle depends on where it passes is lost to
    /// rounding.
    /// </summary>
    public bool IsReliable => Multipliers.TrivialError < 1e-2;

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
