using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// Follows <see cref="AdaptingPoint"/>s, <see cref="Lanes"/> side by side, each from a state (y, x) to where y crosses zero upward or a time is up.
/// </summary>
/// <remarks>
/// <para>In the variable u = (1 − e^(−rt))/r the deviation x = x_0 (1 − r·u) is exact, and the equation of y becomes
/// (1 − r·u) dy/du = F + D·x − (a + b·x)·y, whose coefficients are polynomials: the Taylor coefficients of y(u) follow from a recurrence over three terms. So y
/// is a polynomial to rounding on steps of |a + b·x|·u ≤ <see cref="StepLength"/>, where its last terms show that nothing is missing. The time is needed only at
/// the end: −ln(1 − r·u)/r.</para>
/// <para>No crossing hides within a step: at threshold dy/dt = F + D·x, which for F &gt; 0 does not go from above zero to below. Where F is not above zero, nobody asks for crossings.
/// Where dy/dt = 0, d²y/dt² is −r·x·(D − b·y); so between two levels where D − b·y has one sign, y turns once at most. A turn is looked for, as it may be the lowest or highest
/// y; a step where D − b·y changes sign such that two turns may hide is made shorter.</para>
/// <para>What a lane computes does not depend on the others.</para>
/// </remarks>
internal abstract class IntervalLanes
{
    /// <summary>How many are followed side by side.</summary>
    public const int Lanes = 32;

    /// <summary>Highest power of the series, an even number.</summary>
    public const int Order = 24;

    /// <summary>Length of a step in units of 1/|a + b·x|.</summary>
    public const double StepLength = 2.5;

    /// <summary>The true mask.</summary>
    public static readonly double True = BitConverter.Int64BitsToDouble(-1);

    private protected static readonly double[] InverseFactorials = [.. Enumerable.Range(0, Order + 1).Select(InverseFactorial)];

    /// <summary>
    /// Numbers of the point of each lane, named as in <see cref="AdaptingPoint"/>. The rate is 0 where x is: then u is the time, and y an exponential.
    /// </summary>
    public readonly double[] Drift = new double[Lanes], Pull = new double[Lanes], Leak = new double[Lanes], Coupling = new double[Lanes],
        Rate = new double[Lanes];

    /// <summary>The state y and x.</summary>
    public readonly double[] Voltage = new double[Lanes], Deviation = new double[Lanes];

    /// <summary>
    /// u since the lane's base, 1 − r·u there, and the time from the interval's start to the base: where u comes near 1/r it has lost the digits of the time, so that the base
    /// moves on.
    /// </summary>
    public readonly double[] Elapsed = new double[Lanes], Decay = new double[Lanes], BaseTime = new double[Lanes];

    /// <summary>∫ x dt since the interval's start.</summary>
    public readonly double[] Area = new double[Lanes];

    /// <summary>How far, in u from here, the crossing is expected; not above 0 when that is not known. It only decides how steps are cut.</summary>
    public readonly double[] Expected = new double[Lanes];

    /// <summary>
    /// Time from the base until the lane must stop; with <see cref="HasNewLimit"/> from the lane's state, where the base then is. <see cref="Left"/> is the same in u, from the
    /// state.
    /// </summary>
    public readonly double[] TimeLeft = new double[Lanes], HasNewLimit = new double[Lanes], Left = new double[Lanes];

    /// <summary>Mask of the lanes that are on their way.</summary>
    public readonly double[] Active = new double[Lanes];

    /// <summary>Mask: whether the lane stands at a crossing. Otherwise its time was up, or it failed.</summary>
    public readonly double[] Crossed = new double[Lanes], Failed = new double[Lanes];

    /// <summary>Of a lane at a crossing, the time since the interval's start.</summary>
    public readonly double[] Time = new double[Lanes];

    /// <summary>Lowest and highest y that was passed, but for crossings and starts; for whoever wants it to be reset.</summary>
    public readonly double[] Lowest = new double[Lanes], Highest = new double[Lanes];

    /// <summary>Steps of the lane so far.</summary>
    public readonly double[] Steps = new double[Lanes];

    /// <summary>Lanes of a width.</summary>
    public static IntervalLanes Create(int width) => width switch
    {
        8 => new IntervalLanes<Lane8>(),
        4 => new IntervalLanes<Lane4>(),
        1 => new IntervalLanes<Lane1>(),
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "A lane has 8, 4 or 1 elements."),
    };

    /// <summary>Estimates the steady states of points, as many side by side as lanes are.</summary>
    public abstract void Estimate(AdaptingPoints points, int count);

    /// <summary>Carries active lanes on.</summary>
    /// <returns>The lanes that stopped, lane j in bit j.</returns>
    public abstract uint Advance();

    private static double InverseFactorial(int n)
    {
        double factorial = 1;
        for (int k = 2; k <= n; k++)
        {
            factorial *= k;
        }

        return 1 / factorial;
    }
}

/// <inheritdoc/>
internal sealed class IntervalLanes<T> : IntervalLanes where T : struct, ILane<T>
{
    // The last terms as a part of the change in a step; what is left out is a tenth of them.
    private const double SeriesError = 2e-14;

    // After this many steps without an end, others get their turn.
    private const int MostSteps = 256;

    private const int MostHalvings = 60;

    // Steps of Halley's method are cubic: after one as small as this (in parts of the step) the next would be rounding.
    private const double LastCorrection = 3e-6;

    // Below this part of the rest it does not change a bit, not even after many steps.
    private const double Nothing = 1e-20;

    // Rounding may put a crossing at an end of its bracket on the other side of it.
    private const double Margin = 1e-9;

    // Rows of the series, then of the one that is kept, then the lanes of one register, from a multiple of 64 bytes on: a row across two lines of the cache costs twice.
    // Methods that work on the register are kept small enough for everything in them to be inlined.
    private readonly double[] _memory = GC.AllocateArray<double>(2 * SeriesLength + Unsafe.SizeOf<Register>() / sizeof(double) + 8, pinned: true);

    private readonly int _first;

    /// <summary>Prepares lanes.</summary>
    public IntervalLanes() => _first = (int)(-(long)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) & 63) / sizeof(double);

    private static int SeriesLength => (Order + 1) * T.Width;

    private ref double Terms => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_memory), _first);

    private ref double Kept => ref Unsafe.Add(ref Terms, SeriesLength);

    private ref Register Now => ref Unsafe.As<double, Register>(ref Unsafe.Add(ref Terms, 2 * SeriesLength));

    /// <inheritdoc/>
    public override void Estimate(AdaptingPoints points, int count) => SteadyEstimate.Write<T>(points, count);

    /// <inheritdoc/>
    public override uint Advance()
    {
        uint stopped = 0;
        for (int first = 0; first < Lanes; first += T.Width)
        {
            if (T.Bits(Load(Active, first)) != 0)
            {
                Fetch(first);
                stopped |= Follow(first) << first;
            }
        }

        return stopped;
    }

    private uint Follow(int first)
    {
        ref Register now = ref Now;
        ref double terms = ref Terms;
        ref double kept = ref Kept;
        for (int round = 0; round < MostSteps; round++)
        {
            Cut(ref now);
            int halvings = 0;
            while (!Series(ref now, ref terms))
            {
                Halve(ref now, ++halvings > MostHalvings);
            }

            bool turns = Look(ref now);
            if (turns)
            {
                Turn(ref now, ref terms);
            }

            if (T.Bits(now.Crosses) != 0)
            {
                Keep(ref now, ref terms, ref kept);
            }

            bool enough = Take(ref now);
            T far = T.And(now.Active, T.LessThan(now.Decay, T.Broadcast(0.5)));
            if (T.Bits(far) != 0)
            {
                MoveBase(ref now, far, T.Broadcast(0));
            }

            if (enough)
            {
                break;
            }
        }

        if (T.Bits(now.Crossed) != 0)
        {
            Cross(ref now, ref kept);
            Store(now.Crossed, Time, first, now.Place);
        }

        return Write(first);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Fetch(int first)
    {
        ref Register now = ref Now;
        now.Drift = Load(Drift, first);
        now.Pull = Load(Pull, first);
        now.Leak = Load(Leak, first);
        now.Coupling = Load(Coupling, first);
        now.Rate = Load(Rate, first);
        now.Y = Load(Voltage, first);
        now.X = Load(Deviation, first);
        now.Elapsed = Load(Elapsed, first);
        now.Decay = Load(Decay, first);
        now.BaseTime = Load(BaseTime, first);
        now.Area = Load(Area, first);
        now.TimeLeft = Load(TimeLeft, first);
        now.Expected = Load(Expected, first);
        now.Left = Load(Left, first);
        now.Active = Load(Active, first);
        now.Steps = Load(Steps, first);
        now.Lowest = Load(Lowest, first);
        now.Highest = Load(Highest, first);
        now.Crossed = now.Failed = now.Ended = T.Broadcast(0);
        now.Slope = now.Drift + now.Pull * now.X - (now.Leak + now.Coupling * now.X) * now.Y;
        T fresh = T.And(Load(HasNewLimit, first), now.Active);
        if (T.Bits(fresh) != 0)
        {
            Store(fresh, HasNewLimit, first, T.Broadcast(0));
            MoveBase(ref now, fresh, fresh);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private uint Write(int first)
    {
        ref Register now = ref Now;
        T stopped = T.Or(T.Or(now.Crossed, now.Failed), now.Ended);
        Store(stopped, Crossed, first, now.Crossed);
        Store(stopped, Failed, first, now.Failed);
        Store(Voltage, first, now.Y);
        Store(Deviation, first, now.X);
        Store(Elapsed, first, now.Elapsed);
        Store(Decay, first, now.Decay);
        Store(BaseTime, first, now.BaseTime);
        Store(Area, first, now.Area);
        Store(TimeLeft, first, now.TimeLeft);
        Store(Rate, first, now.Rate);
        Store(Expected, first, now.Expected);
        Store(Left, first, now.Left);
        Store(Active, first, now.Active);
        Store(Steps, first, now.Steps);
        Store(Lowest, first, now.Lowest);
        Store(Highest, first, now.Highest);
        return T.Bits(stopped);
    }

    // How long the step is.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Cut(ref Register now)
    {
        T growth = T.Abs(T.Fma(now.Coupling, now.X, now.Leak));
        T longest = T.Broadcast(StepLength) / T.Fma(T.Broadcast(4 * StepLength), now.Rate, growth);
        // Equal steps that end a little after the crossing that is expected.
        T parts = -T.Floor(-(now.Expected / longest));
        T h = T.Select(T.GreaterThan(now.Expected, T.Broadcast(0)), now.Expected / parts, longest);
        now.Limited = T.GreaterOrEqual(h, now.Left);
        now.H = T.Select(now.Limited, now.Left, h);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Halve(ref Register now, bool tooOften)
    {
        if (tooOften)
        {
            now.Failed = T.Or(now.Failed, now.Bad);
            now.Active = T.AndNot(now.Active, now.Bad);
        }

        now.H = T.Select(now.Bad, T.Broadcast(0.5) * now.H, now.H);
        now.Limited = T.AndNot(now.Limited, now.Bad);
    }

    // The Taylor coefficients of y in units of the step, and their sum. False where steps are too long.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool Series(ref Register now, ref double terms)
    {
        T zero = T.Broadcast(0), h = now.H, y = now.Y, x = now.X, rh = now.Rate * h, rhhx = rh * h * x;
        T before = h * now.Slope, slope = T.Fma(-T.Fma(now.Coupling, x, now.Leak), h, rh);
        T change = before;
        T last = T.Fma(slope, before, rhhx * (now.Coupling * y - now.Pull));
        T.Store(y, ref terms);
        T.Store(before, ref Unsafe.Add(ref terms, T.Width));
        ref double factors = ref MemoryMarshal.GetArrayDataReference(InverseFactorials);
        T term = last * T.Broadcast(0.5), sum = y + before + term;
        T.Store(term, ref Unsafe.Add(ref terms, 2 * T.Width));
        T w = rhhx * now.Coupling, weight = w;
        for (int n = 2; n < Order; n++)
        {
            slope += rh;
            weight += w;
            T next = T.Fma(slope, last, weight * before);
            term = next * T.Broadcast(Unsafe.Add(ref factors, n + 1));
            T.Store(term, ref Unsafe.Add(ref terms, (n + 1) * T.Width));
            sum += term;
            before = last;
            last = next;
        }

        T error = T.Abs(last) * T.Broadcast(Unsafe.Add(ref factors, Order)) + T.Abs(before) * T.Broadcast(0.1 * Unsafe.Add(ref factors, Order - 1));
        now.YEnd = sum;
        now.Q = T.Broadcast(1) - rh;
        now.XEnd = x * now.Q;
        now.SlopeEnd = now.Drift + now.Pull * now.XEnd - (now.Leak + now.Coupling * now.XEnd) * sum;
        T small = T.LessOrEqual(error, T.Broadcast(SeriesError) * (T.Abs(y) + T.Abs(change)));
        // Two turns may hide where D − b·y changes sign and the slopes at both ends are against the slope there.
        T turns = T.LessThan((now.Pull - now.Coupling * y) * (now.Pull - now.Coupling * sum), zero);
        if (T.Bits(turns) != 0)
        {
            T there = (now.Drift * now.Coupling - now.Leak * now.Pull) * now.Coupling;
            T against = T.And(T.LessThan(now.Slope * there, zero), T.LessThan(now.SlopeEnd * there, zero));
            small = T.AndNot(small, T.And(turns, against));
        }

        now.Bad = T.AndNot(now.Active, small);
        return T.Bits(now.Bad) == 0;
    }

    // What there is to be seen in the step; whether y turns in any lane.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool Look(ref Register now)
    {
        now.Steps = T.Select(now.Active, now.Steps + T.Broadcast(1), now.Steps);
        now.Crosses = T.And(now.Active, T.GreaterThan(now.YEnd, T.Broadcast(0)));
        now.Turns = T.And(now.Active, T.LessThan(now.Slope * now.SlopeEnd, T.Broadcast(0)));
        return T.Bits(now.Turns) != 0;
    }

    // Looks where y turns in the step.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Turn(ref Register now, ref double terms)
    {
        T lower = T.Broadcast(0), upper = T.Broadcast(1), place = T.Broadcast(0.5), open = now.Turns, yTurn = now.Y;
        for (int i = 0; i < 100; i++)
        {
            T y = Sum(ref terms, place);
            T q = T.Broadcast(1) - now.Rate * now.H * place, x = now.X * q;
            T growth = now.Leak + now.Coupling * x, slope = now.Drift + now.Pull * x - growth * y;
            T bend = -(now.Rate * x * (now.Pull - now.Coupling * y)) - growth * slope;
            yTurn = T.Select(open, y, yTurn);
            T before = T.GreaterThan(slope * now.Slope, T.Broadcast(0));
            lower = T.Select(before, place, lower);
            upper = T.Select(before, upper, place);
            T correction = -(slope * q) / (bend * now.H);
            T next = place + correction;
            T inside = T.And(T.GreaterThan(next, lower), T.LessThan(next, upper));
            // Where y turns it does not change: half of the digits of the place are all of those of y.
            T done = T.Or(T.LessOrEqual(T.Abs(correction), T.Broadcast(1e-9)), T.LessOrEqual(upper - lower, T.Broadcast(1e-9)));
            place = T.Select(open, T.Select(inside, next, T.Broadcast(0.5) * (lower + upper)), place);
            open = T.AndNot(open, done);
            if (T.Bits(open) == 0)
            {
                break;
            }
        }

        T seen = T.And(now.Turns, T.LessOrEqual(yTurn, T.Broadcast(0)));
        now.Lowest = T.Select(T.And(seen, T.LessThan(yTurn, now.Lowest)), yTurn, now.Lowest);
        now.Highest = T.Select(T.And(seen, T.GreaterThan(yTurn, now.Highest)), yTurn, now.Highest);
    }

    // Keeps the series of the lanes that cross in this step until all others have come as far.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Keep(ref Register now, ref double terms, ref double kept)
    {
        T crosses = now.Crosses;
        for (int n = 0; n <= Order; n++)
        {
            ref double at = ref Unsafe.Add(ref kept, n * T.Width);
            T.Store(T.Select(crosses, T.Load(in Unsafe.Add(ref terms, n * T.Width)), T.Load(in at)), ref at);
        }

        now.Crossed = T.Or(now.Crossed, crosses);
        now.KeptH = T.Select(crosses, now.H, now.KeptH);
        T atEnd = T.Broadcast(1) + Halley(ref now, now.YEnd, now.SlopeEnd, now.XEnd, now.H, now.Q);
        T inside = T.And(T.GreaterThan(atEnd, T.Broadcast(0)), T.LessThan(atEnd, T.Broadcast(1)));
        now.Place = T.Select(crosses, T.Select(inside, atEnd, T.Broadcast(0.5)), now.Place);
    }

    // Goes to the end of the step; says whether this is enough for now.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool Take(ref Register now)
    {
        T goes = T.AndNot(now.Active, now.Crosses), local = T.Broadcast(1) / now.Q;
        now.Lowest = T.Select(T.And(goes, T.LessThan(now.YEnd, now.Lowest)), now.YEnd, now.Lowest);
        now.Highest = T.Select(T.And(goes, T.GreaterThan(now.YEnd, now.Highest)), now.YEnd, now.Highest);
        now.Elapsed = T.Select(goes, T.Fma(now.Decay, now.H, now.Elapsed), now.Elapsed);
        now.Area = T.Select(goes, T.Fma(now.X, now.H, now.Area), now.Area);
        now.Decay = T.Select(goes, now.Decay * now.Q, now.Decay);
        now.Expected = T.Select(goes, (now.Expected - now.H) * local, now.Expected);
        now.Left = T.Select(goes, (now.Left - now.H) * local, now.Left);
        now.X = T.Select(goes, now.XEnd, now.X);
        now.Y = T.Select(goes, now.YEnd, now.Y);
        now.Slope = T.Select(goes, now.SlopeEnd, now.Slope);
        T ends = T.And(goes, now.Limited);
        now.Ended = T.Or(now.Ended, ends);
        now.Active = T.AndNot(goes, ends);
        int running = BitOperations.PopCount(T.Bits(now.Active));
        return running == 0 || (4 * running <= T.Width && T.Bits(T.Or(now.Crossed, now.Ended)) != 0);
    }

    // Finds the crossings in the steps that were kept: y is below zero at their start and above it at their end.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Cross(ref Register now, ref double terms)
    {
        T lower = T.Broadcast(0), upper = T.Broadcast(1), place = now.Place, open = now.Crossed, h = now.KeptH;
        for (int i = 0; i < 100; i++)
        {
            T y = Sum(ref terms, place);
            T q = T.Broadcast(1) - now.Rate * h * place, x = now.X * q;
            T slope = now.Drift + now.Pull * x - (now.Leak + now.Coupling * x) * y;
            T correction = Halley(ref now, y, slope, x, h, q);
            T next = place + correction;
            T above = T.GreaterThan(y, T.Broadcast(0));
            upper = T.Select(above, place, upper);
            lower = T.Select(above, lower, place);
            T inside = T.And(T.GreaterOrEqual(next, lower - T.Broadcast(Margin)), T.LessOrEqual(next, upper + T.Broadcast(Margin)));
            T last = T.And(T.LessOrEqual(T.Abs(correction), T.Broadcast(LastCorrection)),
                T.LessOrEqual(T.Abs(y * q), T.Broadcast(2 * LastCorrection) * T.Abs(h * slope)));
            T done = T.Or(T.And(inside, last), T.LessOrEqual(upper - lower, T.Broadcast(2e-16)));
            place = T.Select(open, T.Select(inside, next, T.Broadcast(0.5) * (lower + upper)), place);
            open = T.AndNot(open, done);
            if (T.Bits(open) == 0)
            {
                break;
            }
        }

        T u = h * place, total = T.Fma(now.Decay, u, now.Elapsed);
        now.Elapsed = T.Select(now.Crossed, total, now.Elapsed);
        now.Area = T.Select(now.Crossed, T.Fma(now.X, u, now.Area), now.Area);
        now.X = T.Select(now.Crossed, now.X * (T.Broadcast(1) - now.Rate * u), now.X);
        now.Place = now.BaseTime + TimeOf(total, now.Rate);
    }

    // Moves the base of lanes to where they are.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void MoveBase(ref Register now, T lanes, T isNewLimit)
    {
        // Most are at the start of an interval, where the base is.
        T time = T.Bits(T.And(lanes, T.NotEqual(now.Elapsed, T.Broadcast(0)))) != 0 ? TimeOf(now.Elapsed, now.Rate) : T.Broadcast(0);
        now.BaseTime = T.Select(lanes, now.BaseTime + time, now.BaseTime);
        now.TimeLeft = T.Select(T.AndNot(lanes, isNewLimit), now.TimeLeft - time, now.TimeLeft);
        now.Elapsed = T.Select(lanes, T.Broadcast(0), now.Elapsed);
        now.Decay = T.Select(lanes, T.Broadcast(1), now.Decay);
        // An x that is nothing beside the rest is gone.
        T effect = T.Abs(now.Pull * now.X) + T.Abs(now.Coupling * now.X * now.Y), rest = T.Abs(now.Drift) + T.Abs(now.Leak * now.Y);
        T gone = T.And(lanes, T.LessOrEqual(effect, T.Broadcast(Nothing) * rest));
        now.X = T.Select(gone, T.Broadcast(0), now.X);
        now.Rate = T.Select(gone, T.Broadcast(0), now.Rate);
        T left = T.Select(T.Equal(now.Rate, T.Broadcast(0)), now.TimeLeft, -LaneMath.Expm1(-now.Rate * now.TimeLeft) / now.Rate);
        now.Left = T.Select(lanes, left, now.Left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T TimeOf(T u, T rate) => T.Select(T.Equal(rate, T.Broadcast(0)), u, -LaneMath.Log1p(-(rate * u)) / rate);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Sum(ref double terms, T place)
    {
        // Even and odd powers side by side: each sum waits for itself alone.
        T square = place * place, even = T.Load(in Unsafe.Add(ref terms, Order * T.Width)), odd = T.Load(in Unsafe.Add(ref terms, (Order - 1) * T.Width));
        for (int n = Order - 2; n > 0; n -= 2)
        {
            even = T.Fma(even, square, T.Load(in Unsafe.Add(ref terms, n * T.Width)));
            odd = T.Fma(odd, square, T.Load(in Unsafe.Add(ref terms, (n - 1) * T.Width)));
        }

        return T.Fma(odd, place, T.Fma(even, square, T.Load(in terms)));
    }

    // The correction of Halley's method towards y = 0, in units of the step, where 1 − r·u is q.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Halley(ref Register now, T y, T slope, T x, T h, T q)
    {
        T bend = -(now.Rate * x * (now.Pull - now.Coupling * y)) - (now.Leak + now.Coupling * x) * slope;
        T unit = h / q, first = unit * slope, second = unit * unit * (bend + now.Rate * slope);
        T twice = first + first;
        return -(y * twice) / (twice * first - y * second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Load(double[] column, int first) => T.Load(in Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(column), first));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(double[] column, int first, T value) =>
        T.Store(value, ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(column), first));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T mask, double[] column, int first, T value) => Store(column, first, T.Select(mask, value, Load(column, first)));

    private struct Register
    {
        public T Drift, Pull, Leak, Coupling, Rate;
        public T Y, X, Slope, Elapsed, Decay, BaseTime, Area, TimeLeft, Expected, Left, Active, Steps, Lowest, Highest;

        // The step: its length, whether it is cut by the limit, what is at its end; whether it is too long, crosses or turns.
        public T H, Limited, YEnd, XEnd, SlopeEnd, Q, Bad, Crosses, Turns;

        // Of lanes that stopped: why; and of those at a crossing, their step and the place in it.
        public T Crossed, Failed, Ended, KeptH, Place;
    }
}
