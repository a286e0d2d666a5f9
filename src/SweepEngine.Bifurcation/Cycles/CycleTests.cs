using System.Numerics;

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

    /// <summary>The part of a step, at most a half, after which not too much changes, if multipliers change evenly on the way.</summary>
    /// <param name="left">The cycle before the step.</param>
    /// <param name="right">The cycle after it.</param>
    /// <param name="isLong">Whether periods are so long that unstable multipliers grow like an exponential function of them.</param>
    public static double NearPart(CycleTests left, CycleTests right, bool isLong)
    {
        const double most = 0.5, least = 0.03;
        Complex[] a = left.Multipliers.Values, b = right.Multipliers.Values, between = new Complex[a.Length];
        double part = most;
        while (part > least && left.Multipliers.Pairs == right.Multipliers.Pairs && IsFar(left, right with { Multipliers = Between() }, isLong))
        {
            part *= 0.8;
        }

        return part;

        FloquetMultipliers Between()
        {
            for (int i = 0; i < between.Length; i++)
            {
                between[i] = a[i] + (part * (b[i] - a[i]));
            }

            return new FloquetMultipliers(between, right.Multipliers.TrivialError);
        }
    }

    private static double Ratio(FloquetMultipliers a, FloquetMultipliers b) => Math.Max(a.Growth / b.Growth, b.Growth / a.Growth);
}
