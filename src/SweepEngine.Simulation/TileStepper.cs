using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// Tries one step of every lane of a tile, each with its own time and step, and carries on the lanes where nothing happened.
/// Lanes where something did are left at the start of their step, for <see cref="TileSimulation"/> to look at.
/// </summary>
internal abstract class TileStepper
{
    /// <summary>What the stepper needs to know of a model and a tolerance.</summary>
    /// <param name="Code">The model.</param>
    /// <param name="Voltage">Index of the membrane potential among the states.</param>
    /// <param name="Scale">Per state variable, the magnitude below which its error is absolute [its SI unit].</param>
    /// <param name="LocalTolerance">Error of one step, as a part of scale plus magnitude.</param>
    /// <param name="Holds">Per rule that holds states (0 the spike, e + 1 event e), which.</param>
    /// <param name="Conditions">The functions of the events' conditions, one for each event; null when none has one.</param>
    /// <param name="SeeksRest">Whether lanes that hardly move want attention.</param>
    /// <param name="Integrates">Whether to integrate the voltage over time.</param>
    public sealed record Problem(
        ModelCode Code, int Voltage, double[] Scale, double LocalTolerance, IReadOnlyList<(int Rule, int State)> Holds, LaneProgram? Conditions,
        bool SeeksRest, bool Integrates);

    /// <summary>A lane whose state changes by less than this part of its magnitude in one step may be coming to rest.</summary>
    protected const double QuietChange = 1e-3;

    /// <summary>The stepper for registers of <paramref name="width"/> doubles.</summary>
    public static TileStepper Create(Problem problem, int width) => width switch
    {
        8 => new TileStepper<Lane8>(problem),
        4 => new TileStepper<Lane4>(problem),
        1 => new TileStepper<Lane1>(problem),
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "The width of a lane is 8, 4 or 1."),
    };

    /// <summary>
    /// Tries a step of the lanes 0 to <paramref name="active"/> − 1.
    /// </summary>
    /// <param name="tile">The lanes; the first stage's derivatives are those at the start of the step.</param>
    /// <param name="active">Number of lanes in use.</param>
    /// <param name="trapped">Bit j: the step of lane j fails, and is already as small as a step may be.</param>
    /// <returns>Bit j: something happened in the accepted step of lane j; the lane still stands at its start.</returns>
    public abstract ulong Try(LaneTile tile, int active, out ulong trapped);
}

/// <inheritdoc cref="TileStepper"/>
/// <typeparam name="T">The register.</typeparam>
internal sealed class TileStepper<T>(TileStepper.Problem problem) : TileStepper
    where T : struct, ILane<T>
{
    private const int Lanes = LaneTile.Lanes;

    // A step is changed by at most these factors, and aims this far below the tolerance (Hairer, Nørsett, Wanner, II.4).
    private const double Shrink = 0.2, Grow = 5, Safety = 0.9;

    private readonly bool _smooth = problem.Code.Reset is null;

    private readonly int _conditions = problem.Conditions?.OutputCount ?? 0;

    /// <inheritdoc/>
    public override ulong Try(LaneTile tile, int active, out ulong trapped)
    {
        int count = (active + T.Width - 1) / T.Width * T.Width;
        ChooseSteps(tile, count);
        for (int stage = 1; stage < DormandPrince.Stages; stage++)
        {
            StageState(tile, count, stage);
            Span<double> derivatives = tile.Stage(stage);
            problem.Code.Derivatives.Evaluate(tile.StageTime, tile.EndState, tile.Parameter, derivatives, Lanes, 0, count);
            Hold(tile, count, derivatives);
        }

        problem.Code.Threshold?.Evaluate(tile.EndTime, tile.EndState, tile.Parameter, tile.EndThreshold, Lanes, 0, count);
        problem.Conditions?.Evaluate(tile.EndTime, tile.EndState, tile.Parameter, tile.EndConditions, Lanes, 0, count);
        ulong inUse = ulong.MaxValue >> (Lanes - active);
        ulong happened = Decide(tile, count, out trapped) & inUse;
        trapped &= inUse;
        return happened;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ChooseSteps(LaneTile tile, int count)
    {
        for (int j = 0; j < count; j += T.Width)
        {
            T time = At(tile.Time, j), limit = At(tile.Limit, j), wanted = T.Min(At(tile.NextStep, j), At(tile.LargestStep, j));
            T rest = limit - time;
            // What nearly reaches the limit reaches it; what would leave a short last step leaves an equal one.
            T step = T.Select(
                T.GreaterOrEqual(wanted * T.Broadcast(1.01), rest),
                rest,
                T.Select(T.GreaterOrEqual(wanted * T.Broadcast(2), rest), rest * T.Broadcast(0.5), wanted));
            Put(step, tile.Step, j);
            Put(T.Select(T.Equal(step, rest), limit, time + step), tile.EndTime, j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StageState(LaneTile tile, int count, int stage)
    {
        ReadOnlySpan<double> a = DormandPrince.A[stage];
        int block = tile.States * Lanes;
        for (int i = 0; i < tile.States; i++)
        {
            for (int j = 0; j < count; j += T.Width)
            {
                int at = i * Lanes + j;
                T sum = T.Broadcast(a[0]) * At(tile.Derivatives, at);
                for (int s = 1; s < a.Length; s++)
                {
                    sum = T.Fma(T.Broadcast(a[s]), At(tile.Derivatives, s * block + at), sum);
                }

                Put(T.Fma(At(tile.Step, j), sum, At(tile.State, at)), tile.EndState, at);
            }
        }

        if (problem.Code.Derivatives.ReadsTime)
        {
            T c = T.Broadcast(DormandPrince.C[stage]);
            for (int j = 0; j < count; j += T.Width)
            {
                Put(T.Min(T.Fma(At(tile.Step, j), c, At(tile.Time, j)), At(tile.LastTime, j)), tile.StageTime, j);
            }
        }
    }

    private void Hold(LaneTile tile, int count, Span<double> derivatives)
    {
        foreach ((int rule, int i) in problem.Holds)
        {
            for (int j = 0; j < count; j += T.Width)
            {
                ref double derivative = ref derivatives[i * Lanes + j];
                T.Store(T.AndNot(T.Load(in derivative), At(tile.Refractory, rule * Lanes + j)), ref derivative);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong Decide(LaneTile tile, int count, out ulong trappedLanes)
    {
        ulong attention = 0;
        trappedLanes = 0;
        int block = tile.States * Lanes, last = (DormandPrince.Stages - 1) * block, voltage = problem.Voltage * Lanes;
        T one = T.Broadcast(1), tolerance = T.Broadcast(problem.LocalTolerance);
        double quiet = QuietChange / problem.LocalTolerance;
        for (int j = 0; j < count; j += T.Width)
        {
            T step = At(tile.Step, j), errors = T.Broadcast(0), changes = T.Broadcast(0);
            for (int i = 0; i < tile.States; i++)
            {
                int at = i * Lanes + j;
                T error = T.Broadcast(DormandPrince.E[0]) * At(tile.Derivatives, at);
                for (int s = 2; s < DormandPrince.Stages; s++)
                {
                    error = T.Fma(T.Broadcast(DormandPrince.E[s]), At(tile.Derivatives, s * block + at), error);
                }

                T y0 = At(tile.State, at), y1 = At(tile.EndState, at);
                T scale = one / (tolerance * (T.Broadcast(problem.Scale[i]) + T.Max(T.Abs(y0), T.Abs(y1))));
                error = error * step * scale;
                errors = T.Fma(error, error, errors);
                T change = (y1 - y0) * scale;
                changes = T.Fma(change, change, changes);
            }

            // The comparison is false for NaN: a step into nowhere is a step too long.
            T accepted = T.LessOrEqual(errors, one);
            T factor = T.Broadcast(Safety) * LaneMath.Exp(T.Broadcast(-0.5 / DormandPrince.Order) * LaneMath.Log(errors));
            factor = T.Min(T.Max(factor, T.Broadcast(Shrink)), T.Broadcast(Grow));
            T wanted = At(tile.NextStep, j), controlled = step * factor;
            // A step that was cut short says little about a longer one.
            controlled = T.Select(T.And(accepted, T.LessThan(step, wanted)), T.Max(controlled, wanted), controlled);

            T refractory = At(tile.Refractory, j), g = At(tile.EndThreshold, j), zero = T.Broadcast(0);
            T crossed = problem.Code.Threshold is null ? zero
                : _smooth ? T.And(T.LessThan(g, zero), At(tile.Peaked, j))
                : T.AndNot(T.GreaterThan(g, zero), refractory);
            for (int e = 0; e < _conditions; e++)
            {
                int at = e * Lanes + j;
                T met = T.And(T.GreaterThan(At(tile.EndConditions, at), zero), At(tile.Armed, at));
                crossed = T.Or(crossed, T.AndNot(met, At(tile.Refractory, Lanes + at)));
            }

            T turned = Negative(T.Xor(At(tile.Derivatives, voltage + j), At(tile.Derivatives, last + voltage + j)));
            T resting = !problem.SeeksRest ? zero : T.AndNot(T.LessOrEqual(changes, T.Broadcast(quiet * quiet)), refractory);
            T reached = T.Equal(At(tile.EndTime, j), At(tile.Limit, j));
            T happened = T.And(accepted, T.Or(T.Or(T.Or(crossed, turned), T.Or(resting, reached)), At(tile.Watched, j)));
            T trapped = T.AndNot(T.LessOrEqual(step, At(tile.SmallestStep, j)), accepted);
            T look = T.Or(happened, trapped), carry = T.AndNot(accepted, look);

            for (int e = 0; e < _conditions; e++)
            {
                int at = e * Lanes + j;
                T failed = T.And(carry, T.LessOrEqual(At(tile.EndConditions, at), zero));
                Put(T.Or(At(tile.Armed, at), failed), tile.Armed, at);
            }

            if (problem.Integrates)
            {
                // The trapezoidal rule with the slopes at both ends, of order 4.
                T mean = T.Broadcast(0.5) * (At(tile.State, voltage + j) + At(tile.EndState, voltage + j));
                T bend = T.Broadcast(1.0 / 12) * (At(tile.Derivatives, voltage + j) - At(tile.Derivatives, last + voltage + j));
                T area = step * T.Fma(step, bend, mean);
                Put(T.Select(carry, At(tile.Integral, j) + area, At(tile.Integral, j)), tile.Integral, j);
            }

            for (int i = 0; i < tile.States; i++)
            {
                int at = i * Lanes + j;
                Put(T.Select(carry, At(tile.EndState, at), At(tile.State, at)), tile.State, at);
                Put(T.Select(carry, At(tile.Derivatives, last + at), At(tile.Derivatives, at)), tile.Derivatives, at);
            }

            Put(T.Select(carry, At(tile.EndTime, j), At(tile.Time, j)), tile.Time, j);
            Put(T.Select(look, wanted, controlled), tile.NextStep, j);
            Put(controlled, tile.ControlledStep, j);
            Put(At(tile.Steps, j) + one, tile.Steps, j);
            attention |= (ulong)T.Bits(happened) << j;
            trappedLanes |= (ulong)T.Bits(trapped) << j;
        }

        return attention;
    }

    // A sign bit, spread to a mask.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Negative(T value) => T.LessThan(T.CopySign(T.Broadcast(1), value), T.Broadcast(0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At(double[] row, int index) =>
        T.Load(in Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(row), index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T value, double[] row, int index) =>
        T.Store(value, ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(row), index));
}
