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

    /// <summary>
    /// Tries a step of the lanes 0 to <paramref name="active"/> − 1.
    /// </summary>
    /// <param name="active">Number of lanes in use.</param>
    /// <param name="trapped">Bit j: the step of lane j fails, and is already as small as a step may be.</param>
    /// <returns>Bit j: something happened in the accepted step of lane j; the lane still stands at its start.</returns>
    public abstract ulong Try(int active, out ulong trapped);
}

/// <summary>The stepper of <see cref="DormandPrince"/>: the text of a step, compiled together with the equations of the model.</summary>
/// <remarks>
/// A loop over the lanes for each stage: the processor then works at several registers of lanes at a time. The whole step as one loop keeps everything in
/// registers, but waits for one stage after the other: it took 28 ns a step and lane for adex and 8.2 for lif_adapt, a loop for each stage 9.7 and 4.9.
/// Short equations are part of these loops; longer ones are called between them, so that they are compiled once and not for each stage.
/// </remarks>
internal sealed class ExplicitStepper : TileStepper
{
    // Equations of more operations are called: as fast for hodgkin_huxley, while lif_adapt took 5.5 ns a step and lane inlined and 8.4 called.
    private const int LargestInlined = 150;

    // The just-in-time compiler does not optimise very long methods.
    private const int StatesOfLoop = 32;

    private readonly Problem _problem;
    private readonly LaneTile _tile;
    private readonly int _width;
    private readonly bool _inlined;
    private readonly List<Action<int>> _work = [];
    private readonly Look _look;
    private GraphRows _rows = new();

    /// <summary>Compiles the stepper.</summary>
    /// <param name="problem">The model and the tolerance.</param>
    /// <param name="tile">The lanes that it moves; the first stage's derivatives are those at the start of the step.</param>
    public ExplicitStepper(Problem problem, LaneTile tile)
        : this(problem, tile, LargestInlined)
    {
    }

    // Another limit is for tests.
    internal ExplicitStepper(Problem problem, LaneTile tile, int largestInlined)
    {
        (_problem, _tile, _width) = (problem, tile, problem.Code.LaneWidth);
        _look = _width switch { 8 => LookAt<Lane8>, 4 => LookAt<Lane4>, _ => LookAt<Lane1> };
        _inlined = tile.States <= StatesOfLoop && LaneListing.OperationCount(problem.Code.Derivatives) <= largestInlined;
        var text = new ExplicitStep(problem, tile);
        ExplicitStep.Choose(_rows);
        for (int stage = 1; stage < DormandPrince.Stages; stage++)
        {
            ForStates(states => text.Stage(_rows, stage, states));
            Evaluate(problem.Code.Derivatives, LaneTile.StageTimeRow, tile.SlopeRow + stage * tile.States);
            text.Hold(_rows, stage);
            if (_inlined && stage < DormandPrince.Stages - 1)
            {
                _rows.Forget(LaneTile.StageTimeRow, 1);
                _rows.Forget(tile.EndStateRow, tile.States);
                EndLoop();
            }
        }

        Evaluate(problem.Code.Threshold, LaneTile.EndTimeRow, LaneTile.EndThresholdRow);
        Evaluate(problem.Conditions, LaneTile.EndTimeRow, tile.ConditionRow);
        ForStates(states => text.Compare(_rows, states));
        text.Decide(_rows);
        ForStates(states => text.Carry(_rows, states));
        EndLoop();
    }

    private delegate ulong Look(int row, int count);

    /// <inheritdoc/>
    public override ulong Try(int active, out ulong trapped)
    {
        int count = (active + _width - 1) / _width * _width;
        foreach (Action<int> work in _work)
        {
            work(count);
        }

        ulong inUse = ulong.MaxValue >> (LaneTile.Lanes - active);
        trapped = _look(LaneTile.TrappedRow, count) & inUse;
        return _look(LaneTile.HappenedRow, count) & inUse;
    }

    // Bits of the masks of all lanes.
    private ulong LookAt<T>(int row, int count)
        where T : struct, ILane<T>
    {
        ReadOnlySpan<double> masks = _tile.Rows(row);
        ulong bits = 0;
        for (int j = 0; j < count; j += T.Width)
        {
            bits |= (ulong)T.Bits(T.Load(in masks[j])) << j;
        }

        return bits;
    }

    // What was noted down becomes a loop; what follows begins the next one.
    private void EndLoop()
    {
        TileLoop loop = _rows.Compile(_width);
        _work.Add(count => loop(ref _tile.Origin, 0, count));
        _rows = new GraphRows();
    }

    private void ForStates(Action<Range> text)
    {
        for (int first = 0; first < _tile.States; first += StatesOfLoop)
        {
            text(first..Math.Min(first + StatesOfLoop, _tile.States));
            if (_tile.States > StatesOfLoop)
            {
                EndLoop();
            }
        }
    }

    private void Evaluate(LaneProgram? program, int time, int result)
    {
        if (program is null)
        {
            return;
        }

        if (_inlined)
        {
            _rows.Evaluate(program, _tile, time, _tile.EndStateRow, result);
            return;
        }

        EndLoop();
        _work.Add(count => program.Evaluate(
            _tile.Rows(time), _tile.EndState, _tile.Parameter, _tile.Rows(result, program.OutputCount), LaneTile.Lanes, 0, count));
    }
}
