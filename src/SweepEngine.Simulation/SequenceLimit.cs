namespace SweepEngine.Simulation;

/// <summary>
/// The last values of a sequence that one expects to converge, such as interspike intervals, and its limit once that is
/// certain to a tolerance.
/// </summary>
/// <remarks>
/// The limit is extrapolated by Aitken's Δ² (A. C. Aitken, Proc. R. Soc. Edinburgh 46 (1926) 289) at the strides 1, 2, 4, …:
/// four values that are s apart (of steps: means over s of them) must shrink their differences by a quarter each or more, and the limits
/// extrapolated from the first three and from the last three must agree. A stride that is long against the sequence so far is asked for, so that
/// the noise of the integrator does not pass for the end of a slow drift.
/// </remarks>
internal sealed class SequenceLimit
{
    /// <summary>Number of values that are kept.</summary>
    public const int Capacity = 1024;

    // A limit from strides below this part of the sequence would not see a drift that is slow against the whole of it.
    private const int StridePart = 32;

    // Differences that shrink less say little of their limit.
    private const double Shrinking = 0.75;

    private readonly double[] _values = new double[Capacity];

    /// <summary>Number of values so far, also of those that are no longer kept.</summary>
    public long Count { get; private set; }

    /// <summary>Forgets all values.</summary>
    public void Clear() => Count = 0;

    /// <summary>Takes the next value.</summary>
    public void Add(double value) => _values[Count++ % Capacity] = value;

    /// <summary>The value that was added <paramref name="back"/> values before the last one.</summary>
    public double Last(long back) => _values[(Count - 1 - back) % Capacity];

    /// <summary>
    /// Looks for the limit of the mean step: of (x_n − x_{n−k})/k for the smallest cycle length k ≤ <paramref name="longestCycle"/>
    /// that converges. For spike times this is the mean interspike interval, also of a train that repeats every k spikes.
    /// </summary>
    /// <param name="longestCycle">Longest cycle of steps to look for, ≥ 1.</param>
    /// <param name="relativeTolerance">The two extrapolated limits differ by at most this part of the limit.</param>
    /// <param name="limit">The limit found.</param>
    public bool TryMeanStep(int longestCycle, double relativeTolerance, out double limit)
    {
        for (int cycle = 1; cycle <= longestCycle; cycle++)
        {
            // A short cycle converges early; a longer one is believed only after some turns.
            if (Count <= (cycle == 1 ? 4 : 8 * cycle))
            {
                break;
            }

            if (TryLimit(cycle, relativeTolerance, out limit))
            {
                return true;
            }
        }

        limit = double.NaN;
        return false;
    }

    /// <summary>Looks for the limit of the values themselves.</summary>
    /// <param name="relativeTolerance">The two extrapolated limits differ by at most this part of the limit.</param>
    /// <param name="limit">The limit found.</param>
    public bool TryValue(double relativeTolerance, out double limit) => TryLimit(0, relativeTolerance, out limit);

    /// <summary>Whether the last values fall, and towards something below zero or without slowing down.</summary>
    public bool FallsBelowZero()
    {
        if (Count < 3)
        {
            return false;
        }

        double step = Last(0) - Last(1), stepBefore = Last(1) - Last(2);
        return step < 0 && stepBefore < 0 && (step <= stepBefore || Extrapolate(Last(0), step, stepBefore) < 0);
    }

    // Of the values (cycle 0), or of their mean steps over runs of whole cycles.
    private bool TryLimit(int cycle, double relativeTolerance, out double limit)
    {
        long steps = Math.Min(Count, Capacity) - 1;
        long longest = steps / (cycle == 0 ? 3 : 4);
        for (long stride = Math.Max(cycle, 1); stride <= longest; stride *= 2)
        {
            if (stride * StridePart < Count && stride * 2 <= longest)
            {
                continue;
            }

            double x0 = Value(0), x1 = Value(1), x2 = Value(2), x3 = Value(3);
            double Value(int back) => cycle == 0 ? Last(back * stride) : (Last(back * stride) - Last((back + 1) * stride)) / stride;
            double d0 = x0 - x1, d1 = x1 - x2, d2 = x2 - x3;
            if (!(Math.Abs(d0) <= Shrinking * Math.Abs(d1) && Math.Abs(d1) <= Shrinking * Math.Abs(d2)))
            {
                continue;
            }

            double newer = Extrapolate(x0, d0, d1), older = Extrapolate(x1, d1, d2);
            if (Math.Abs(newer - older) <= relativeTolerance * Math.Abs(newer))
            {
                limit = newer;
                return true;
            }
        }

        limit = double.NaN;
        return false;
    }

    private static double Extrapolate(double x, double difference, double differenceBefore)
    {
        if (differenceBefore == 0)
        {
            return x;
        }

        double ratio = difference / differenceBefore;
        return x + difference * ratio / (1 - ratio);
    }
}
