using SweepEngine.Lanes;
using T = SweepEngine.Equations.GraphLane;

namespace SweepEngine.Simulation;

/// <summary>
/// The text of a step, but for the method and the equations: how long, which states are held, and what happens then. It is written for one register of lanes, with
/// rows of the tile as its variables.
/// </summary>
/// <param name="problem">The model and the tolerance.</param>
/// <param name="tile">Which row is what.</param>
internal abstract class TileStep(TileStepper.Problem problem, LaneTile tile)
{
    // A step is changed by at most these factors, and aims this far below the tolerance (Hairer, Nørsett, Wanner, II.4).
    private const double Shrink = 0.2, Grow = 5, Safety = 0.9;

    // A lane whose state changes by less than this part of its magnitude in one step may be coming to rest.
    private const double QuietChange = 1e-3;

    // The part of the second error in the estimate of order 8 (Hairer, Nørsett, Wanner, II.10).
    private const double OtherPart = 0.01;

    private readonly bool _smooth = problem.Code.Reset is null;
    private readonly int _conditions = problem.Conditions?.OutputCount ?? 0;

    /// <summary>Chooses the step to try, and where it ends.</summary>
    public static void Choose(GraphRows rows)
    {
        T time = rows[LaneTile.TimeRow], limit = rows[LaneTile.LimitRow], wanted = T.Min(rows[LaneTile.NextStepRow], rows[LaneTile.LargestStepRow]);
        T rest = limit - time;
        // What nearly reaches the limit reaches it; what would leave a short last step leaves an equal one.
        T step = T.Select(
            T.GreaterOrEqual(wanted * T.Broadcast(1.01), rest),
            rest,
            T.Select(T.GreaterOrEqual(wanted * T.Broadcast(2), rest), rest * T.Broadcast(0.5), wanted));
        rows[LaneTile.StepRow] = step;
        rows[LaneTile.EndTimeRow] = T.Select(T.Equal(step, rest), limit, time + step);
    }

    /// <summary>The time of a stage, not after the last before a jump of the equations.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="c">The part of the step.</param>
    public static void StageTime(GraphRows rows, double c) =>
        rows[LaneTile.StageTimeRow] = T.Min(T.Fma(rows[LaneTile.StepRow], T.Broadcast(c), rows[LaneTile.TimeRow]), rows[LaneTile.LastTimeRow]);

    /// <summary>Sets derivatives to zero where refractoriness holds their states.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="slopes">The first row of the derivatives.</param>
    public void Hold(GraphRows rows, int slopes)
    {
        foreach ((int rule, int i) in problem.Holds)
        {
            rows[slopes + i] = T.AndNot(rows[slopes + i], rows[LaneTile.RefractoryRow + rule]);
        }
    }

    /// <summary>Adds up squared errors and changes over states, 1 being the error that is allowed.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="states">Which states; the first ones begin the sums.</param>
    public void Compare(GraphRows rows, Range states)
    {
        bool begins = states.Start.Value == 0;
        T errors = begins ? T.Broadcast(0) : rows[LaneTile.ErrorsRow], changes = begins ? T.Broadcast(0) : rows[LaneTile.ChangesRow];
        T others = begins ? T.Broadcast(0) : rows[LaneTile.OtherErrorsRow];
        T tolerance = T.Broadcast(problem.LocalTolerance);
        for (int i = states.Start.Value; i < states.End.Value; i++)
        {
            T before = rows[tile.StateRow + i], after = rows[tile.EndStateRow + i], size = T.Max(T.Abs(before), T.Abs(after));
            // What is wrong with a voltage that a reset will wipe out is when it gets there: an error counts as one of the interval since the last spike.
            if (i == problem.Voltage && !_smooth)
            {
                size = T.Fma(T.Abs(rows[tile.SlopeRow + i]), T.Max(rows[LaneTile.TimeRow] - rows[LaneTile.LastSpikeRow], T.Broadcast(0)), size);
            }

            T perAllowed = T.Broadcast(1) / T.Fma(tolerance, size, T.Broadcast(problem.LocalTolerance * problem.Scale[i]));
            T error = Error(rows, i) * perAllowed, change = (after - before) * perAllowed;
            errors = T.Fma(error, error, errors);
            changes = T.Fma(change, change, changes);
            if (HasOtherError)
            {
                T other = OtherError(rows, i) * perAllowed;
                others = T.Fma(other, other, others);
            }
        }

        rows[LaneTile.ErrorsRow] = errors;
        rows[LaneTile.ChangesRow] = changes;
        if (HasOtherError)
        {
            rows[LaneTile.OtherErrorsRow] = others;
        }
    }

    /// <summary>Decides what becomes of the step.</summary>
    public void Decide(GraphRows rows)
    {
        T zero = T.Broadcast(0), one = T.Broadcast(1), step = rows[LaneTile.StepRow], wanted = rows[LaneTile.NextStepRow];
        T errors = rows[LaneTile.ErrorsRow], changes = rows[LaneTile.ChangesRow];
        if (HasOtherError)
        {
            // Of orders 6 and 4, together as small as one of order 8; not 0/0 where both are zero.
            errors *= errors / T.Max(T.Fma(T.Broadcast(OtherPart), rows[LaneTile.OtherErrorsRow], errors), T.Broadcast(1e-300));
        }

        // The comparison is false for NaN: a step into nowhere is a step too long.
        T accepted = T.LessOrEqual(errors, one);
        T fitting = step * T.Min(T.Max(InverseRoot(errors, 2 * Order), T.Broadcast(Shrink / Safety)), T.Broadcast(Grow / Safety));
        // A step that was cut short says little about a longer one.
        fitting = T.Select(T.And(accepted, T.LessThan(step, wanted)), T.Max(fitting, wanted * T.Broadcast(1 / Safety)), fitting);
        T fittingBefore = rows[LaneTile.FittingStepRow];
        // On the way to a blow-up each step must be shorter than the one before by about the same factor.
        T factor = T.Max(fitting / fittingBefore, T.Broadcast(Shrink));
        T controlled = fitting * T.Select(T.And(accepted, T.LessThan(factor, one)), factor * T.Broadcast(Safety), T.Broadcast(Safety));
        T refractory = rows[LaneTile.RefractoryRow], g = rows[LaneTile.EndThresholdRow];
        T crossed = problem.Code.Threshold is null ? zero
            : _smooth ? T.And(T.LessThan(g, zero), rows[LaneTile.PeakedRow])
            : T.AndNot(T.GreaterThan(g, zero), refractory);
        for (int e = 0; e < _conditions; e++)
        {
            T met = T.And(T.GreaterThan(rows[tile.ConditionRow + e], zero), rows[tile.ArmedRow + e]);
            crossed = T.Or(crossed, T.AndNot(met, rows[LaneTile.RefractoryRow + 1 + e]));
        }

        T slopeBefore = rows[tile.SlopeRow + problem.Voltage], slopeAfter = rows[tile.EndSlopeRow + problem.Voltage];
        T turned = Negative(T.Xor(slopeBefore, slopeAfter));
        const double quiet = QuietChange * QuietChange;
        double tolerance = problem.LocalTolerance;
        T resting = !problem.SeeksRest ? zero : T.And(
            T.AndNot(T.LessOrEqual(changes, T.Broadcast(quiet / (tolerance * tolerance))), refractory),
            T.GreaterOrEqual(rows[LaneTile.TimeRow], rows[LaneTile.RestTimeRow]));
        T reached = T.Equal(rows[LaneTile.EndTimeRow], rows[LaneTile.LimitRow]);
        T watched = T.Or(rows[LaneTile.WatchedRow], T.GreaterOrEqual(rows[LaneTile.StepsRow], rows[LaneTile.StiffnessCheckRow]));
        T happened = T.And(accepted, T.Or(T.Or(T.Or(crossed, turned), T.Or(resting, reached)), watched));
        T trapped = T.AndNot(T.LessOrEqual(step, rows[LaneTile.SmallestStepRow]), accepted);
        T look = T.Or(happened, trapped), carry = T.AndNot(accepted, look);
        rows[LaneTile.HappenedRow] = happened;
        rows[LaneTile.TrappedRow] = trapped;

        for (int e = 0; e < _conditions; e++)
        {
            T failed = T.And(carry, T.LessOrEqual(rows[tile.ConditionRow + e], zero));
            rows[tile.ArmedRow + e] = T.Or(rows[tile.ArmedRow + e], failed);
        }

        if (problem.Integrates)
        {
            T integral = rows[LaneTile.IntegralRow];
            rows[LaneTile.IntegralRow] = T.Select(carry, T.Fma(step, Mean(rows, problem.Voltage), integral), integral);
        }

        rows[LaneTile.CarriedRow] = carry;
        rows[LaneTile.TimeRow] = T.Select(carry, rows[LaneTile.EndTimeRow], rows[LaneTile.TimeRow]);
        rows[LaneTile.NextStepRow] = T.Select(look, wanted, controlled);
        rows[LaneTile.ControlledStepRow] = controlled;
        rows[LaneTile.FittingStepRow] = T.Select(accepted, fitting, fittingBefore);
        rows[LaneTile.StepsRow] = rows[LaneTile.StepsRow] + one;
        rows[LaneTile.RejectedRow] = rows[LaneTile.RejectedRow] + T.AndNot(one, accepted);
    }

    /// <summary>Carries lanes on where nothing happened.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="states">Which states.</param>
    public void Carry(GraphRows rows, Range states)
    {
        T carry = rows[LaneTile.CarriedRow];
        for (int i = states.Start.Value; i < states.End.Value; i++)
        {
            rows[tile.StateRow + i] = T.Select(carry, rows[tile.EndStateRow + i], rows[tile.StateRow + i]);
            rows[tile.SlopeRow + i] = T.Select(carry, rows[tile.EndSlopeRow + i], rows[tile.SlopeRow + i]);
        }
    }

    /// <summary>Order of the solution that is carried on, and of the estimate of its error.</summary>
    protected abstract int Order { get; }

    /// <summary>Whether the estimate is made of two errors.</summary>
    protected virtual bool HasOtherError => false;

    /// <summary>The second error of a state in the step, where there is one.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="state">The state.</param>
    protected virtual T OtherError(GraphRows rows, int state) => throw new NotSupportedException();

    /// <summary>The error of a state in the step.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="state">The state.</param>
    protected abstract T Error(GraphRows rows, int state);

    /// <summary>The mean of a state over the step, of order 4.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="state">The state.</param>
    protected abstract T Mean(GraphRows rows, int state);

    /// <summary>
    /// x^(−1/n) to some percent, which is enough to choose a step by: the bits of a double are a piecewise linear logarithm, to which Newton's method for y^−n = x
    /// is applied once.
    /// </summary>
    /// <param name="x">A number; NaN counts as large.</param>
    /// <param name="n">The root, 4 to 20.</param>
    internal static TLane InverseRoot<TLane>(TLane x, int n)
        where TLane : struct, ILane<TLane>
    {
        const long one = 0x3FF0000000000000, whole = 0x4330000000000000;
        const int dropped = 12;
        TLane huge = TLane.BroadcastBits(whole);
        // The smaller one of NaN and a number is the number.
        x = TLane.Max(TLane.Min(x, TLane.Broadcast(1e30)), TLane.Broadcast(1e-30));
        // 2^52 + k for a whole number k < 2^52 has k as its last bits.
        TLane k = TLane.Or(TLane.ShiftBitsRight(x, dropped), huge) - TLane.Broadcast(1L << 52);
        TLane root = TLane.Fma(k, TLane.Broadcast(-1.0 / n), TLane.Broadcast((one >> dropped) * (1 + 1.0 / n) + (1L << 52)));
        root = TLane.ShiftBitsLeft(TLane.SubtractBits(root, huge), dropped);
        TLane power = x, square = root;
        for (int bits = n; bits > 0; bits >>= 1)
        {
            power = (bits & 1) != 0 ? power * square : power;
            square *= square;
        }

        return TLane.Fma(root * TLane.Broadcast(1.0 / n), TLane.Broadcast(1) - power, root);
    }

    // A sign bit, spread to a mask.
    private static T Negative(T value) => T.LessThan(T.CopySign(T.Broadcast(1), value), T.Broadcast(0));
}
