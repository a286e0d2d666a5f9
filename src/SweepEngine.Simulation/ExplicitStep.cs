using T = SweepEngine.Equations.GraphLane;

namespace SweepEngine.Simulation;

/// <summary>The text of a step of an <see cref="ExplicitPair"/>.</summary>
/// <param name="pair">The method.</param>
/// <param name="problem">The model and the tolerance.</param>
/// <param name="tile">Which row is what.</param>
internal sealed class ExplicitStep(ExplicitPair pair, TileStepper.Problem problem, LaneTile tile) : TileStep(problem, tile)
{
    private readonly bool _readsTime = problem.Code.Derivatives.ReadsTime;
    private readonly LaneTile _tile = tile;

    /// <summary>The state, and the time where it matters, at which a stage evaluates the equations.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="stage">The stage, 1 to the last; the state of the last is that at the end of the step.</param>
    /// <param name="states">For which states.</param>
    public void Stage(GraphRows rows, int stage, Range states)
    {
        T step = rows[LaneTile.StepRow];
        for (int i = states.Start.Value; i < states.End.Value; i++)
        {
            rows[_tile.EndStateRow + i] = T.Fma(step, Sum(rows, pair.A[stage], i), rows[_tile.StateRow + i]);
        }

        if (_readsTime)
        {
            StageTime(rows, pair.C[stage]);
        }
    }

    /// <inheritdoc/>
    protected override int Order => pair.Order;

    /// <inheritdoc/>
    protected override bool HasOtherError => pair.OtherE.Length > 0;

    /// <inheritdoc/>
    protected override T Error(GraphRows rows, int state) => rows[LaneTile.StepRow] * Sum(rows, pair.E, state);

    /// <inheritdoc/>
    protected override T OtherError(GraphRows rows, int state) => rows[LaneTile.StepRow] * Sum(rows, pair.OtherE, state);

    /// <inheritdoc/>
    protected override T Mean(GraphRows rows, int state)
    {
        // The trapezoidal rule with the slopes at both ends.
        T mean = T.Broadcast(0.5) * (rows[_tile.StateRow + state] + rows[_tile.EndStateRow + state]);
        T bend = T.Broadcast(1.0 / 12) * (rows[_tile.SlopeRow + state] - rows[_tile.EndSlopeRow + state]);
        return T.Fma(rows[LaneTile.StepRow], bend, mean);
    }

    // Sum over the stages; those of weight 0 are not read.
    private T Sum(GraphRows rows, double[] weights, int state)
    {
        T sum = T.Broadcast(weights[0]) * rows[_tile.SlopeRow + state];
        for (int s = 1; s < weights.Length; s++)
        {
            if (weights[s] != 0)
            {
                sum = T.Fma(T.Broadcast(weights[s]), rows[_tile.SlopeRow + s * _tile.States + state], sum);
            }
        }

        return sum;
    }
}
