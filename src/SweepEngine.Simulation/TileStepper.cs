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

    /// <summary>The method, as the column <c>method</c> names it.</summary>
    public abstract string Method { get; }

    /// <summary>The solution inside the step that a lane has just tried.</summary>
    /// <param name="lane">The lane; something happened in its step.</param>
    /// <param name="step">Receives the solution.</param>
    public abstract void Take(int lane, DenseStep step);

    /// <summary>Bits of the masks of all lanes.</summary>
    protected static ulong Bits<T>(ReadOnlySpan<double> masks, int count)
        where T : struct, ILane<T>
    {
        ulong bits = 0;
        for (int j = 0; j < count; j += T.Width)
        {
            bits |= (ulong)T.Bits(T.Load(in masks[j])) << j;
        }

        return bits;
    }
}

/// <summary>The stepper of <see cref="DormandPrince"/>: the text of a step, compiled together with the equations of the model.</summary>
/// <remarks>
/// Where equations are short the whole step is one loop over the lanes, and stays in registers. Longer ones get a loop for each stage, in which the
/// processor works at several registers of lanes at a time. Models of more than <see cref="LargestInlined"/> operations are evaluated by calls, so that their equations
/// are compiled once and not for each stage. All three give the same bits.
/// </remarks>
internal sealed class ExplicitStepper : TileStepper
{
    // Up to so many operations a step is one loop.
    private const int LargestLoop = 400;

    /// <summary>Equations of more operations are called.</summary>
    public const int LargestInlined = 1000;

    private readonly Problem _problem;
    private readonly LaneTile _tile;
    private readonly ExplicitStep _text;
    private readonly int _width;
    private readonly Action<int> _step;
    private readonly Look _look;

    /// <summary>Compiles the stepper.</summary>
    /// <param name="problem">The model and the tolerance.</param>
    /// <param name="tile">The lanes that it moves; the first stage's derivatives are those at the start of the step.</param>
    public ExplicitStepper(Problem problem, LaneTile tile)
        : this(problem, tile, LargestLoop, LargestInlined)
    {
    }

    // Other limits are for tests.
    internal ExplicitStepper(Problem problem, LaneTile tile, int largestLoop, int largestInlined)
    {
        (_problem, _tile, _text, _width) = (problem, tile, new ExplicitStep(problem, tile), problem.Code.LaneWidth);
        int equations = LaneListing.OperationCount(problem.Code.Derivatives), stages = DormandPrince.Stages - 1;
        _step = equations > largestInlined ? (_width switch { 8 => StepByCalls<Lane8>, 4 => StepByCalls<Lane4>, _ => StepByCalls<Lane1> })
            : StepOf(equations * stages > largestLoop ? [.. Enumerable.Range(1, stages).Select(stage => Loop(stage, stage))] : [Loop(1, stages)]);
        _look = _width switch { 8 => Bits<Lane8>, 4 => Bits<Lane4>, _ => Bits<Lane1> };
    }

    private delegate ulong Look(ReadOnlySpan<double> masks, int count);

    /// <inheritdoc/>
    public override ulong Try(int active, out ulong trapped)
    {
        int count = (active + _width - 1) / _width * _width;
        _step(count);
        ulong inUse = ulong.MaxValue >> (LaneTile.Lanes - active);
        trapped = _look(_tile.Rows(LaneTile.TrappedRow), count) & inUse;
        return _look(_tile.Rows(LaneTile.HappenedRow), count) & inUse;
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

    private Action<int> StepOf(TileLoop[] loops) => count =>
    {
        foreach (TileLoop loop in loops)
        {
            loop(ref _tile.Origin, 0, count);
        }
    };

    // The stages first to last, with what comes before the first one of a step and after the last.
    private TileLoop Loop(int first, int last)
    {
        var graph = new TileGraph(LaneTile.Lanes);
        var rows = new GraphRows(graph);
        if (first == 1)
        {
            TileStep.Choose<GraphLane, GraphRows>(rows);
        }

        for (int stage = first; stage <= last; stage++)
        {
            _text.Stage<GraphLane, GraphRows>(rows, stage);
            Evaluate(_problem.Code.Derivatives, LaneTile.StageTimeRow, _tile.SlopeRow + stage * _tile.States);
            _text.Hold<GraphLane, GraphRows>(rows, _tile.SlopeRow + stage * _tile.States);
            rows.Forget(LaneTile.StageTimeRow, 1);
            if (stage < DormandPrince.Stages - 1)
            {
                rows.Forget(_tile.EndStateRow, _tile.States);
            }
        }

        if (last == DormandPrince.Stages - 1)
        {
            Evaluate(_problem.Code.Threshold, LaneTile.EndTimeRow, LaneTile.EndThresholdRow);
            Evaluate(_problem.Conditions, LaneTile.EndTimeRow, _tile.ConditionRow);
            _text.Finish<GraphLane, GraphRows>(rows);
        }

        return rows.Compile(_width);

        void Evaluate(LaneProgram? program, int time, int result)
        {
            GraphLane[] values = program is null ? []
                : graph.Evaluate(program, rows[time], rows.Range(_tile.EndStateRow, _tile.States), rows.Range(_tile.ParameterRow, _tile.Parameters));
            for (int i = 0; i < values.Length; i++)
            {
                rows[result + i] = values[i];
            }
        }
    }

    private void StepByCalls<T>(int count)
        where T : struct, ILane<T>
    {
        for (int j = 0; j < count; j += T.Width)
        {
            TileStep.Choose<T, RegisterRows<T>>(new(_tile, j));
        }

        for (int stage = 1; stage < DormandPrince.Stages; stage++)
        {
            for (int j = 0; j < count; j += T.Width)
            {
                _text.Stage<T, RegisterRows<T>>(new(_tile, j), stage);
            }

            Call(_problem.Code.Derivatives, _tile.StageTime, _tile.Stage(stage));
            for (int j = 0; j < count; j += T.Width)
            {
                _text.Hold<T, RegisterRows<T>>(new(_tile, j), _tile.SlopeRow + stage * _tile.States);
            }
        }

        Call(_problem.Code.Threshold, _tile.EndTime, _tile.EndThreshold);
        Call(_problem.Conditions, _tile.EndTime, _tile.EndConditions);
        for (int j = 0; j < count; j += T.Width)
        {
            _text.Finish<T, RegisterRows<T>>(new(_tile, j));
        }

        void Call(LaneProgram? program, Span<double> time, Span<double> result) =>
            program?.Evaluate(time, _tile.EndState, _tile.Parameter, result, LaneTile.Lanes, 0, count);
    }
}
