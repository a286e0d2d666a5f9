using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>One interspike interval of an <see cref="AdaptingPoint"/>: an argument and value of its spike-to-spike return map.</summary>
/// <param name="From">x at the start of the interval, where y is that after a spike: the argument.</param>
/// <param name="To">x at the start of the next one: the value.</param>
/// <param name="AtSpike">x at the spike.</param>
/// <param name="Duration">Time from start to spike [s]; the refractory period is not in it.</param>
/// <param name="Area">∫ x dt over that time.</param>
/// <param name="Elapsed">The time in the variable u of <see cref="IntervalLanes"/>; NaN where that says nothing any more.</param>
internal readonly record struct SpikeInterval(double From, double To, double AtSpike, double Duration, double Area, double Elapsed);

/// <summary>
/// The map from x after a spike to x after the next one, where a neuron's orbits go straight from reset to threshold.
/// </summary>
/// <remarks>
/// <para>Orbits (y, x) do not cross. Where dy/dt &gt; 0 at reset and D − b·y has one sign between reset and threshold, y rises all the way (it turns once at most,
/// and rises at both ends), orbits keep their order, and the map is increasing. Its slope is that of a flow between two lines that it crosses:
/// (dy/dt at reset)/(dy/dt at threshold) · exp(∫ divergence dt), the divergence being −(a + b·x) − r.
/// J. Touboul, R. Brette, SIAM J. Appl. Dyn. Syst. 8 (2009) 1462 have the map of such neurons and its geometry.</para>
/// <para>Between the arguments of two intervals this slope is bounded by the numbers of these two. Where the bound is below 1 and the one is a
/// fixed point, the map contracts from the other to it: simulation goes there, and there is no other fixed point in between.</para>
/// <para>Where x brakes the neuron (<see cref="IsBraked"/>: adaptation as it is usually meant), a further x makes dy/dt less at every level, and so the interval's duration T
/// longer: x·T′ ≥ 0. The map is keep·x·e^(−rT) + add, its slope keep·e^(−rT)·(1 − r·x·T′). So this is between 0 and keep·e^(−rT) &lt; 1 everywhere there, from
/// x = 0 to where dy/dt at reset is no longer above 0: the map contracts, a fixed point is the only one, and every train that is there goes to it without leaving.</para>
/// </remarks>
internal static class ReturnMap
{
    /// <summary>Whether the orbit from <paramref name="x"/> after a spike, if it comes to threshold, comes there straight.</summary>
    public static bool IsStraight(in AdaptingPoint point, double x) =>
        point.Slope(point.Reset, x) > 0 && (point.Pull - point.Coupling * point.Reset) * point.Pull >= 0 && point.Keep >= 0;

    /// <summary>
    /// Whether x works against dy/dt at all levels between reset and threshold, and the orbit from <paramref name="x"/> after a spike comes to threshold straight, for certain.
    /// </summary>
    /// <remarks>
    /// Where dy/dt = 0, d²y/dt² = −r·x·(D − b·y) is not below 0, so that y never stops to rise; and at x = 0 there is nothing below threshold where it might end.
    /// </remarks>
    public static bool IsBraked(in AdaptingPoint point, double x) =>
        point.Drift > 0 && point.Leak > 0 && x * point.Pull <= 0 && x * (point.Pull - point.Coupling * point.Reset) <= 0 && IsStraight(point, x);

    /// <summary>
    /// Whether iteration of the map from <paramref name="from"/> certainly leads to a fixed point that Newton's method approaches in <paramref name="near"/>, because x brakes
    /// the neuron.
    /// </summary>
    public static bool Settles(in AdaptingPoint point, double from, in SpikeInterval near)
    {
        if (!(point.Keep <= 1 && IsBraked(point, from) && IsBraked(point, near.From) && IsBraked(point, point.Add)))
        {
            return false;
        }

        // The map takes 0 outward, to add. So where it takes near inward there is a fixed point between these; otherwise the slope, which is less further out, bounds how far
        // out it is.
        double outward = near.To - near.From;
        return outward * near.From < 0 || IsBraked(point, near.From + outward / (1 - point.Keep * Exp(-point.Rate * near.Duration)));
    }

    /// <summary>The change of an interval's duration with its argument, times a small change of the argument [s].</summary>
    public static double Lengthening(in AdaptingPoint point, in SpikeInterval interval, double change)
    {
        if (change == 0)
        {
            return 0;
        }

        // x at the spike is x·e^(−rT); its derivative by x is that of the flow between two lines.
        double flow = point.Slope(point.Reset, interval.From) / point.Slope(0, interval.AtSpike) * Exp(-Growth(point, interval));
        return (1 - flow) / point.Rate * (change / interval.From);
    }

    /// <summary>The map's slope at an interval, both ends of which are straight.</summary>
    public static double Slope(in AdaptingPoint point, in SpikeInterval interval) =>
        point.Keep * point.Slope(point.Reset, interval.From) / point.Slope(0, interval.AtSpike) * Exp(-Growth(point, interval) - point.Rate * interval.Duration);

    /// <summary>Newton's method: where the tangent at an interval has its fixed point; NaN where that is of no use.</summary>
    public static double Newton(in AdaptingPoint point, in SpikeInterval interval)
    {
        double next = interval.From + (interval.To - interval.From) / (1 - Slope(point, interval));
        bool spikes = point.Drift > 0 || point.Slope(0, next) > 0;
        return IsStraight(point, next) && spikes ? next : double.NaN;
    }

    /// <summary>Whether iteration of the map from an interval certainly leads to the fixed point of another one.</summary>
    public static bool Leads(in AdaptingPoint point, in SpikeInterval from, in SpikeInterval to)
    {
        // A train that repeats itself to the last bit needs no argument.
        if (from == to && from.From == from.To)
        {
            return true;
        }

        if (!(IsStraight(point, from.From) && IsStraight(point, to.From)))
        {
            return false;
        }

        double start = Math.Max(point.Slope(point.Reset, from.From), point.Slope(point.Reset, to.From));
        double end = Math.Min(point.Slope(0, from.AtSpike), point.Slope(0, to.AtSpike));
        // All orbits between the two lie between them, and at each level of y the time dt/dy changes with x in one direction, as D − b·y has one sign; and so does
        // (a + b·x) dt/dy, whose derivative by x has the sign of b·F − a·D everywhere.
        double contraction = Math.Min(Growth(point, from), Growth(point, to)) + point.Rate * Math.Min(from.Duration, to.Duration);
        return end > 0 && point.Keep * start / end * Exp(-contraction) < 1;
    }

    private static double Exp(double x) => LaneMath.Exp<Lane1>(new(x)).Value;

    // The integral of a + b·x.
    private static double Growth(in AdaptingPoint point, in SpikeInterval interval) =>
        point.Leak * interval.Duration + point.Coupling * interval.Area;
}
