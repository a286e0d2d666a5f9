using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>The stepper of <see cref="DormandPrince"/>: the text of a step, compiled together with the equations of the model.</summary>
/// <remarks>
/// A loop over the lanes for each stage: the processor then works at several registers of lanes at a time. The whole step as one loop keeps everything in
/// registers, but waits for one stage after the other, and was slower for every model that was tried.
/// Short equations are part of these loops; longer ones are called between them, so that they are compiled once and not for each stage.
/// </remarks>
internal sealed class ExplicitStepper : TileStepper
{
    // Equations of more operations are called: with these the loops are faster alone, and are compiled once; shorter ones gain by staying in registers.
    private const int LargestInlined = 80;

    private readonly LaneTile _tile;

    /// <summary>Compiles the stepper.</summary>
    /// <param name="problem">The model and the tolerance.</param>
    /// <param name="tile">The lanes that it moves; the first stage's derivatives are those at the start of the step.</param>
    public ExplicitStepper(Problem problem, LaneTile tile)
        : this(problem, tile, LargestInlined)
    {
    }

    // Another limit is for tests.
    internal ExplicitStepper(Problem problem, LaneTile tile, int largestInlined)
        : base(problem, tile)
    {
        _tile = tile;
        Work.Inlines = tile.States <= StepWork.StatesOfLoop && LaneListing.OperationCount(problem.Code.Derivatives) <= largestInlined;
        var text = new ExplicitStep(problem, tile);
        TileStep.Choose(Work.Rows);
        for (int stage = 1; stage < DormandPrince.Stages; stage++)
        {
            int slopes = tile.SlopeRow + stage * tile.States;
            Work.ForStates(states => text.Stage(Work.Rows, stage, states));
            Work.Evaluate(problem.Code.Derivatives, LaneTile.StageTimeRow, slopes);
            text.Hold(Work.Rows, slopes);
            if (Work.Inlines && stage < DormandPrince.Stages - 1)
            {
                Work.Rows.Forget(LaneTile.StageTimeRow, 1);
                Work.Rows.Forget(tile.EndStateRow, tile.States);
                Work.EndLoop();
            }
        }

        Work.Finish(text);
    }

    /// <inheritdoc/>
    public override string Method => "dopri5";

    /// <inheritdoc/>
    public override void Take(int lane, DenseStep step)
    {
        double h = _tile.Step[lane];
        step.Place(_tile.Time[lane], h);
        int block = _tile.States * LaneTile.Lanes;
        ReadOnlySpan<double> state = _tile.State, endState = _tile.EndState, slopes = _tile.Rows(_tile.SlopeRow, DormandPrince.Stages * _tile.States);
        for (int i = 0; i < _tile.States; i++)
        {
            int at = i * LaneTile.Lanes + lane;
            double y0 = state[at], y1 = endState[at];
            double k1 = slopes[at], k7 = slopes[(DormandPrince.Stages - 1) * block + at];
            double weighted = 0;
            for (int s = 0; s < DormandPrince.Stages; s++)
            {
                weighted += DormandPrince.D[s] * slopes[s * block + at];
            }

            double change = y1 - y0, bend = h * k1 - change;
            step.Set(i, y0, change, bend, change - h * k7 - bend, h * weighted);
        }
    }
}
