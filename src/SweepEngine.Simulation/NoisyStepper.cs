using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// Makes one step of every lane of a tile of points with white noise, and carries on the lanes where nothing happened. Lanes where something did are left at the start of
/// their step, for <see cref="NoisySimulation"/> to look at.
/// </summary>
/// <remarks>
/// A step is as long as <see cref="FISettings.FixedStep"/>, or ends at the lane's limit. Between two ends below a threshold, the path has passed it with the
/// probability that a Brownian bridge has, exp(−2 a b/(s² h)) for distances a and b and variance s² per time; this makes
/// rates right to order h instead of √h (E. Gobet, Stoch. Proc. Appl. 87 (2000) 167).
/// </remarks>
internal abstract class NoisyStepper
{
    /// <summary>What the stepper needs to know.</summary>
    /// <param name="Code">The model.</param>
    /// <param name="Noise">Its noise.</param>
    /// <param name="Voltage">Index of the membrane potential among the states.</param>
    /// <param name="Seed">Seed of the random numbers.</param>
    /// <param name="FixedStep">Length of a step [s].</param>
    /// <param name="Bridge">Whether crossings between the ends of a step are looked for; only measurements of what that is good for say no.</param>
    public sealed record Problem(ModelCode Code, NoiseCode Noise, int Voltage, long Seed, double FixedStep, bool Bridge = true);

    /// <summary>Streams of random numbers: noises begin here, two words per noise or per two of them.</summary>
    public const ushort NoiseStream = 0;

    /// <summary>Streams for whether and when a condition became true within a step, one per condition.</summary>
    public const ushort CrossingStream = 400;

    /// <summary>Streams for the normal deviates of those times.</summary>
    public const ushort PassageStream = 500;

    /// <summary>Streams for the state at those times, one per two noises.</summary>
    public const ushort BridgeStream = 600;

    /// <summary>The most noises that a model may have.</summary>
    public const int MostNoises = 400;

    /// <summary>The most conditions that a model may have.</summary>
    public const int MostConditions = 100;

    // A condition must have fallen this many standard deviations of a step below zero before it can become true again (unless a reset follows,
    // as after most spikes): within fewer, the grid of times cannot tell a second event from the noise of the first.
    internal const double Hysteresis = 5;

    /// <summary>The stepper for registers of <paramref name="width"/> doubles.</summary>
    public static NoisyStepper Create(Problem problem, int width) => width switch
    {
        8 => new NoisyStepper<Lane8>(problem),
        4 => new NoisyStepper<Lane4>(problem),
        1 => new NoisyStepper<Lane1>(problem),
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "The width of a lane is 8, 4 or 1."),
    };

    /// <summary>Makes a step of the lanes 0 to <paramref name="active"/> − 1.</summary>
    /// <param name="tile">The lanes.</param>
    /// <param name="active">Number of lanes in use.</param>
    /// <returns>Bit j: something happened in lane j, which still stands at the start of the step.</returns>
    public abstract ulong Try(NoisyTile tile, int active);

    /// <summary>The states at the end of the step, by the Wiener increments in the tile.</summary>
    /// <param name="tile">The lanes, with time, step, state, increments, areas.</param>
    /// <param name="count">Number of lanes, a multiple of the width.</param>
    public abstract void Advance(NoisyTile tile, int count);
}

/// <inheritdoc cref="NoisyStepper"/>
/// <typeparam name="T">The register.</typeparam>
internal sealed class NoisyStepper<T>(NoisyStepper.Problem problem) : NoisyStepper
    where T : struct, ILane<T>
{
    private const int Lanes = NoisyTile.Lanes;

    // exp(−40) is below the smallest uniform number, 2^-53.
    private const double Unlikely = 40;

    private readonly ModelCode _code = problem.Code;
    private readonly NoiseCode _noise = problem.Noise;
    private readonly (LaneProgram? Program, ConditionNoise? Noise)[] _conditions =
    [
        (problem.Code.Threshold, problem.Noise.Conditions[0]),
        .. problem.Code.Events.Select((each, i) => (each.Condition, problem.Noise.Conditions[i + 1])),
    ];

    /// <inheritdoc/>
    public override ulong Try(NoisyTile tile, int active)
    {
        int count = (active + T.Width - 1) / T.Width * T.Width;
        ChooseSteps(tile, count);
        Draw(tile, count);
        Advance(tile, count);
        ulong crossed = 0;
        for (int c = 0; c < _conditions.Length; c++)
        {
            if (_conditions[c].Program is { } program)
            {
                program.Evaluate(tile.EndTime, tile.EndState, tile.Parameter, tile.EndCondition.AsSpan(c * Lanes), Lanes, 0, count);
                crossed |= Cross(tile, count, c);
            }
        }

        return Carry(tile, count, crossed) & ulong.MaxValue >> (Lanes - active);
    }

    /// <inheritdoc/>
    public override void Advance(NoisyTile tile, int count)
    {
        bool additive = _noise.Method == NoiseMethod.Sra1;
        _code.Derivatives.Evaluate(tile.Time, tile.State, tile.Parameter, tile.Drift, Lanes, 0, count);
        if (!_noise.IsConstant)
        {
            _noise.Intensity.Evaluate(tile.Time, tile.State, tile.Parameter, tile.Intensity, Lanes, 0, count);
        }

        double[] after = tile.Intensity;
        if (additive && !_noise.IsConstant)
        {
            after = tile.EndIntensity;
            _noise.Intensity.Evaluate(tile.EndTime, tile.State, tile.Parameter, after, Lanes, 0, count);
        }

        _noise.Correction?.Evaluate(tile.Time, tile.State, tile.Parameter, tile.Correction, Lanes, 0, count);
        Stage(tile, count, after, additive);
        _code.Derivatives.Evaluate(tile.StageTime, tile.EndState, tile.Parameter, tile.EndDrift, Lanes, 0, count);
        if (additive)
        {
            EndOfSra1(tile, count, after);
        }
        else
        {
            EndOfMilstein(tile, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ChooseSteps(NoisyTile tile, int count)
    {
        T full = T.Broadcast(problem.FixedStep), stage = T.Broadcast(_noise.Method == NoiseMethod.Sra1 ? 0.75 : 1);
        for (int j = 0; j < count; j += T.Width)
        {
            T time = At(tile.Time, j), limit = At(tile.Limit, j);
            T rest = limit - time;
            // Sums of steps are off by rounding errors: a rest as good as a step is one.
            T last = T.LessOrEqual(rest, full * T.Broadcast(1 + 1e-6));
            T step = T.Select(last, rest, full);
            Put(step, tile.Step, j);
            Put(T.Select(last, limit, time + step), tile.EndTime, j);
            Put(T.Fma(step, stage, time), tile.StageTime, j);
        }
    }

    private void Draw(NoisyTile tile, int count)
    {
        T half = T.Broadcast(0.5), third = T.Broadcast(0.5773502691896258); // 1/√3
        bool additive = _noise.Method == NoiseMethod.Sra1;
        for (int j = 0; j < count; j += T.Width)
        {
            T root = T.Sqrt(At(tile.Step, j)), point = At(tile.Point, j), counter = At(tile.Counter, j);
            for (int k = 0; k < _noise.Noises; k += additive ? 1 : 2)
            {
                T first = PhiloxLanes.Draw(problem.Seed, point, (ushort)(NoiseStream + (additive ? k : k / 2)), counter, out T second);
                T cosine = root * PhiloxLanes.NormalPair(first, second, out T sine);
                sine = root * sine;
                Put(cosine, tile.Wiener, k * Lanes + j);
                if (additive)
                {
                    Put(half * T.Fma(sine, third, cosine), tile.Area, k * Lanes + j);
                }
                else if (k + 1 < _noise.Noises)
                {
                    Put(sine, tile.Wiener, (k + 1) * Lanes + j);
                }
            }
        }
    }

    // The state of the second stage, and the terms of noise that the end has in common with it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Stage(NoisyTile tile, int count, double[] after, bool additive)
    {
        T part = T.Broadcast(additive ? 0.75 : 1), areas = T.Broadcast(1.5);
        for (int j = 0; j < count; j += T.Width)
        {
            T step = part * At(tile.Step, j);
            int entry = 0;
            for (int i = 0; i < tile.States; i++)
            {
                int at = i * Lanes + j;
                T state = At(tile.State, at), held = At(tile.Held, at);
                T change = step * At(tile.Drift, at);
                for (; entry < _noise.Entries.Length && _noise.Entries[entry].State == i; entry++)
                {
                    int noise = _noise.Entries[entry].Noise * Lanes + j, element = entry * Lanes + j;
                    change = additive
                        ? T.Fma(areas * At(tile.Area, noise), At(after, element), change)
                        : T.Fma(At(tile.Wiener, noise), At(tile.Intensity, element), change);
                }

                Put(state + T.AndNot(change, held), tile.EndState, at);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EndOfSra1(NoisyTile tile, int count, double[] after)
    {
        T third = T.Broadcast(1 / 3.0), two = T.Broadcast(2);
        for (int j = 0; j < count; j += T.Width)
        {
            T step = third * At(tile.Step, j);
            int entry = 0;
            for (int i = 0; i < tile.States; i++)
            {
                int at = i * Lanes + j;
                T change = step * T.Fma(two, At(tile.EndDrift, at), At(tile.Drift, at));
                for (; entry < _noise.Entries.Length && _noise.Entries[entry].State == i; entry++)
                {
                    int noise = _noise.Entries[entry].Noise * Lanes + j, element = entry * Lanes + j;
                    T end = At(after, element);
                    change = T.Fma(end, At(tile.Wiener, noise), change);
                    if (!_noise.IsConstant)
                    {
                        change = T.Fma(At(tile.Intensity, element) - end, At(tile.Area, noise), change);
                    }
                }

                Put(At(tile.State, at) + T.AndNot(change, At(tile.Held, at)), tile.EndState, at);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EndOfMilstein(NoisyTile tile, int count)
    {
        T half = T.Broadcast(0.5);
        for (int j = 0; j < count; j += T.Width)
        {
            T step = At(tile.Step, j);
            int entry = 0, corrected = 0;
            for (int i = 0; i < tile.States; i++)
            {
                int at = i * Lanes + j;
                T change = half * step * (At(tile.EndDrift, at) + At(tile.Drift, at));
                for (; entry < _noise.Entries.Length && _noise.Entries[entry].State == i; entry++)
                {
                    change = T.Fma(At(tile.Wiener, _noise.Entries[entry].Noise * Lanes + j), At(tile.Intensity, entry * Lanes + j), change);
                }

                for (; corrected < _noise.CorrectionEntries.Length && _noise.CorrectionEntries[corrected].State == i; corrected++)
                {
                    T wiener = At(tile.Wiener, _noise.CorrectionEntries[corrected].Noise * Lanes + j), slope = At(tile.Correction, corrected * Lanes + j);
                    // Where an intensity is the root of zero its slope is infinite and their product not a number: there is no noise there.
                    slope = T.And(T.Equal(slope, slope), slope);
                    change = T.Fma(half * T.Fma(wiener, wiener, -step), slope, change);
                }

                Put(At(tile.State, at) + T.AndNot(change, At(tile.Held, at)), tile.EndState, at);
            }
        }
    }

    // Which lanes passed condition c upward within the step.
    private ulong Cross(NoisyTile tile, int count, int c)
    {
        ConditionNoise? noise = _conditions[c].Noise;
        if (noise is { IsConstant: false })
        {
            noise.Variance.Evaluate(tile.Time, tile.State, tile.Parameter, tile.Variance.AsSpan(c * Lanes), Lanes, 0, count);
        }

        bool spike = c == 0, smooth = spike && _code.Reset is null, bridge = noise is not null && !smooth && problem.Bridge;
        ulong lanes = 0;
        T zero = T.Broadcast(0);
        for (int j = 0; j < count; j += T.Width)
        {
            int at = c * Lanes + j;
            T before = At(tile.Condition, at), after = At(tile.EndCondition, at), disarmed = At(tile.Disarmed, at);
            T below = T.AndNot(T.LessOrEqual(before, zero), T.Or(At(tile.Blocked, at), disarmed));
            T above = T.GreaterThan(after, zero), crossed = T.And(below, above);
            if (bridge)
            {
                T exponent = T.Broadcast(2) * before * after / (At(tile.Variance, at) * At(tile.Step, j));
                T likely = T.And(T.AndNot(below, above), T.LessThan(exponent, T.Broadcast(Unlikely)));
                if (T.Bits(likely) != 0)
                {
                    T word = PhiloxLanes.Draw(problem.Seed, At(tile.Point, j), (ushort)(CrossingStream + c), At(tile.Counter, j), out _);
                    crossed = T.Or(crossed, T.And(likely, T.LessThan(PhiloxLanes.Uniform(word), LaneMath.Exp(-exponent))));
                }
            }

            if (!spike || smooth)
            {
                T margin = noise is null ? zero : T.Broadcast(Hysteresis) * T.Sqrt(At(tile.Variance, at) * T.Broadcast(problem.FixedStep));
                disarmed = T.AndNot(disarmed, T.LessThan(after + margin, zero));
                Put(smooth ? T.Or(crossed, disarmed) : disarmed, tile.Disarmed, at);
            }

            Put(crossed, tile.Crossed, at);
            lanes |= (ulong)T.Bits(crossed) << j;
        }

        return lanes;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong Carry(NoisyTile tile, int count, ulong crossedLanes)
    {
        ulong attention = 0;
        int voltage = problem.Voltage * Lanes;
        T zero = T.Broadcast(0), half = T.Broadcast(0.5), one = T.BroadcastBits(1);
        for (int j = 0; j < count; j += T.Width)
        {
            // Zero, unless a state is infinite or not a number.
            T finite = zero;
            for (int i = 0; i < tile.States; i++)
            {
                finite += At(tile.EndState, i * Lanes + j) * zero;
            }

            T happened = T.Or(T.Equal(At(tile.EndTime, j), At(tile.Limit, j)), T.NotEqual(finite, zero));
            ulong look = (crossedLanes >> j) & ((1UL << T.Width) - 1);
            attention |= (look | T.Bits(happened)) << j;
            if ((look | T.Bits(happened)) != 0)
            {
                for (int lane = j; lane < j + T.Width; lane++)
                {
                    if ((attention >> lane & 1) == 0)
                    {
                        tile.Commit(lane, problem.Voltage);
                    }
                }
            }
            else
            {
                T before = At(tile.State, voltage + j), after = At(tile.EndState, voltage + j);
                Put(T.Fma(half * At(tile.Step, j), before + after, At(tile.VoltageIntegral, j)), tile.VoltageIntegral, j);
                Put(T.Min(after, At(tile.LowestVoltage, j)), tile.LowestVoltage, j);
                Put(T.Max(after, At(tile.HighestVoltage, j)), tile.HighestVoltage, j);
                Put(At(tile.EndTime, j), tile.Time, j);
                for (int i = 0; i < tile.States; i++)
                {
                    Put(At(tile.EndState, i * Lanes + j), tile.State, i * Lanes + j);
                }

                for (int c = 0; c < _conditions.Length; c++)
                {
                    Put(At(tile.EndCondition, c * Lanes + j), tile.Condition, c * Lanes + j);
                }
            }

            Put(T.AddBits(At(tile.Counter, j), one), tile.Counter, j);
        }

        return attention;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At(double[] row, int index) =>
        T.Load(in Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(row), index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T value, double[] row, int index) =>
        T.Store(value, ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(row), index));
}
