using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>The stepper of an <see cref="ExplicitPair"/>: the text of a step, compiled together with the equations of the model.</summary>
/// <remarks>
/// A loop over the lanes for each stage: the processor then works at several registers of lanes at a time. The whole step as one loop keeps everything in
/// registers, but waits for one stage after the other, and was slower for every model that was tried.
/// Short equations are part of these loops; longer ones are called between them, so that they are compiled once and not for each stage.
/// </remarks>
internal sealed class ExplicitStepper : TileStepper
{
    // Equations of more operations are called: with these the loops are faster alone, and are compiled once; shorter ones gain by staying in registers.
    private const int LargestInlined = 80;

    private readonly ExplicitPair _pair;
    private readonly Problem _problem;
    private readonly LaneTile _tile;
    private readonly double[] _time = new double[1], _state, _slopes, _parameters, _stages;

    /// <summary>Compiles the stepper.</summary>
    /// <param name="pair">The method.</param>
    /// <param name="problem">The model and the tolerance.</param>
    /// <param name="tile">The lanes that it moves; the first stage's derivatives are those at the start of the step.</param>
    public ExplicitStepper(ExplicitPair pair, Problem problem, LaneTile tile)
        : this(pair, problem, tile, LargestInlined)
    {
    }

    // Another limit is for tests.
    internal ExplicitStepper(ExplicitPair pair, Problem problem, LaneTile tile, int largestInlined)
        : base(problem, tile, pair.Method)
    {
        (_pair, _problem, _tile) = (pair, problem, tile);
        (_state, _slopes, _parameters) = (new double[tile.States], new double[tile.States], new double[tile.Parameters]);
        _stages = new double[(pair.Stages + pair.FurtherC.Length) * tile.States];
        Work.Inlines = tile.States <= StepWork.StatesOfLoop && LaneListing.OperationCount(problem.Code.Derivatives) <= largestInlined;
        var text = new ExplicitStep(pair, problem, tile);
        TileStep.Choose(Work.Rows);
        for (int stage = 1; stage < pair.Stages; stage++)
        {
            int slopes = tile.SlopeRow + stage * tile.States;
            Work.ForStates(states => text.Stage(Work.Rows, stage, states));
            Work.Evaluate(problem.Code.Derivatives, LaneTile.StageTimeRow, slopes);
            text.Hold(Work.Rows, slopes);
            if (Work.Inlines && stage < pair.Stages - 1)
            {
                Work.Rows.Forget(LaneTile.StageTimeRow, 1);
                Work.Rows.Forget(tile.EndStateRow, tile.States);
                Work.EndLoop();
            }
        }

        Work.Finish(text);
    }

    /// <inheritdoc/>
    public override void Take(int lane, DenseStep step)
    {
        double h = _tile.Step[lane];
        step.Place(_tile.Time[lane], h);
        ReadOnlySpan<double> slopes = _tile.Rows(_tile.SlopeRow, _pair.Stages * _tile.States);
        for (int row = 0; row < _pair.Stages * _tile.States; row++)
        {
            _stages[row] = slopes[row * LaneTile.Lanes + lane];
        }

        TakeFurtherStages(lane, h);
        Span<double> coefficients = stackalloc double[4 + _pair.D.Length];
        for (int i = 0; i < _tile.States; i++)
        {
            int at = i * LaneTile.Lanes + lane;
            double y0 = _tile.State[at], change = _tile.EndState[at] - y0, bend = h * _stages[i] - change;
            coefficients[0] = y0;
            coefficients[1] = change;
            coefficients[2] = bend;
            coefficients[3] = change - h * _stages[(_pair.Stages - 1) * _tile.States + i] - bend;
            for (int m = 0; m < _pair.D.Length; m++)
            {
                coefficients[4 + m] = h * Sum(_pair.D[m], i);
            }

            step.Set(i, coefficients);
        }
    }

    // Stages that only the dense output needs, and so few steps that they are taken one lane at a time.
    private void TakeFurtherStages(int lane, double h)
    {
        if (_pair.FurtherC.Length == 0)
        {
            return;
        }

        for (int k = 0; k < _parameters.Length; k++)
        {
            _parameters[k] = _tile.Parameter[k * LaneTile.Lanes + lane];
        }

        for (int s = 0; s < _pair.FurtherC.Length; s++)
        {
            _time[0] = Math.Min(Math.FusedMultiplyAdd(h, _pair.FurtherC[s], _tile.Time[lane]), _tile.LastTime[lane]);
            for (int i = 0; i < _state.Length; i++)
            {
                _state[i] = _tile.State[i * LaneTile.Lanes + lane] + h * Sum(_pair.FurtherA[s], i);
            }

            _problem.Code.Derivatives.Evaluate(_time, _state, _parameters, _slopes, 1, 0, 1);
            foreach ((int rule, int i) in _problem.Holds)
            {
                _slopes[i] = _tile.Refractory[rule * LaneTile.Lanes + lane] != 0 ? 0 : _slopes[i];
            }

            _slopes.CopyTo(_stages, (_pair.Stages + s) * _state.Length);
        }
    }

    private double Sum(double[] weights, int state)
    {
        double sum = 0;
        for (int s = 0; s < weights.Length; s++)
        {
            sum += weights[s] * _stages[s * _tile.States + state];
        }

        return sum;
    }
}
