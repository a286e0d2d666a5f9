using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// Estimates x after a spike in steady firing of <see cref="AdaptingPoint"/>s, for Newton's method to start from. A point's estimate depends on no other point.
/// </summary>
/// <remarks>
/// With the growth a + b·x replaced by A, its value at the mean of x over the interval T, an interval that repeats itself starts from X = add/(1 − keep·e^(−rT)) and ends at
/// y = R·e^(−AT) + F·(1 − e^(−AT))/A + D·X·(e^(−rT) − e^(−AT))/(A − r), exactly so for a current (b = 0). Where that is 0 is the estimate. Adaptation makes intervals
/// longer, so the search starts from the interval without it.
/// </remarks>
internal static class SteadyEstimate
{
    // How often an interval that is too short is doubled, and how often the bracket is narrowed: to three digits or four, as many as the estimate has.
    private const int Doublings = 24, Narrowings = 4;

    private const int Numbers = 8;

    /// <summary>Estimates for some points; not finite, or anything, where there is no steady firing.</summary>
    /// <typeparam name="T">How many are computed side by side.</typeparam>
    /// <param name="points">The points; those after <paramref name="count"/> up to the next whole register are computed as well.</param>
    /// <param name="count">How many.</param>
    public static void Write<T>(AdaptingPoints points, int count) where T : struct, ILane<T>
    {
        Span<double> columns = stackalloc double[Numbers * T.Width];
        for (int first = 0; first < count; first += T.Width)
        {
            for (int i = 0; i < T.Width; i++)
            {
                ref readonly AdaptingPoint point = ref points.Points[first + i];
                columns[i] = point.Drift;
                columns[T.Width + i] = point.Pull;
                columns[2 * T.Width + i] = point.Leak;
                columns[3 * T.Width + i] = point.Coupling;
                columns[4 * T.Width + i] = point.Rate;
                columns[5 * T.Width + i] = point.Reset;
                columns[6 * T.Width + i] = point.Keep;
                columns[7 * T.Width + i] = point.Add;
            }

            T.Store(Of(new Register<T>(columns)), ref points.Estimates[first]);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static T Of<T>(Register<T> points) where T : struct, ILane<T>
    {
        T zero = T.Broadcast(0), half = T.Broadcast(0.5);
        T lower = LaneMath.Log1p(-(points.Leak * points.Reset) / points.Drift) / points.Leak, upper = lower;
        T yLower = points.End(lower, out T start), yUpper = yLower, open = T.LessThan(yUpper, zero);
        for (int i = 0; i < Doublings && T.Bits(open) != 0; i++)
        {
            lower = T.Select(open, upper, lower);
            yLower = T.Select(open, yUpper, yLower);
            upper = T.Select(open, upper + upper, upper);
            yUpper = T.Select(open, points.End(upper, out start), yUpper);
            open = T.And(open, T.LessThan(yUpper, zero));
        }

        // Regula falsi; an end that stays counts half the second time (the Illinois method: M. Dowell, P. Jarratt, BIT 11 (1971) 168).
        T wasBelow = zero, wasAbove = zero;
        for (int i = 0; i < Narrowings; i++)
        {
            T duration = upper - yUpper * (upper - lower) / (yUpper - yLower);
            T y = points.End(duration, out start), below = T.LessThan(y, zero), above = T.GreaterOrEqual(y, zero);
            yUpper = T.Select(below, T.Select(wasBelow, half * yUpper, yUpper), y);
            yLower = T.Select(below, y, T.Select(wasAbove, half * yLower, yLower));
            lower = T.Select(below, duration, lower);
            upper = T.Select(below, upper, duration);
            (wasBelow, wasAbove) = (below, above);
        }

        return start;
    }

    private readonly struct Register<T> where T : struct, ILane<T>
    {
        public readonly T Drift, Pull, Leak, Coupling, Rate, Reset, Keep, Add;

        public Register(ReadOnlySpan<double> columns)
        {
            ref double column = ref MemoryMarshal.GetReference(columns);
            Drift = T.Load(in column);
            Pull = T.Load(in Unsafe.Add(ref column, T.Width));
            Leak = T.Load(in Unsafe.Add(ref column, 2 * T.Width));
            Coupling = T.Load(in Unsafe.Add(ref column, 3 * T.Width));
            Rate = T.Load(in Unsafe.Add(ref column, 4 * T.Width));
            Reset = T.Load(in Unsafe.Add(ref column, 5 * T.Width));
            Keep = T.Load(in Unsafe.Add(ref column, 6 * T.Width));
            Add = T.Load(in Unsafe.Add(ref column, 7 * T.Width));
        }

        // y at the end of an interval that starts from X.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T End(T duration, out T start)
        {
            T one = T.Broadcast(1), decay = LaneMath.Exp(-(Rate * duration));
            start = Add / (one - Keep * decay);
            T growth = T.Fma(Coupling * start, (one - decay) / (Rate * duration), Leak), forgets = LaneMath.Exp(-(growth * duration));
            return Reset * forgets + Drift * ((one - forgets) / growth) + Pull * start * ((decay - forgets) / (growth - Rate));
        }
    }
}
