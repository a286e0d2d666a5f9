using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// Tries one step of every lane of a tile, each with its own time and step, and carries on the lanes where nothing happened.
/// Lanes where something did are left at the start of their step, for <see cref="TileSimulation"/> to look at.
/// </summary>
internal abstract class TileStepper
{
    private readonly LaneTile _tile;
    private readonly int _width;
    private readonly Look _look;

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

    /// <summary>Begins a stepper; what a step consists of is added to <see cref="Work"/>.</summary>
    /// <param name="problem">The model and the tolerance.</param>
    /// <param name="tile">The lanes that it moves; the first stage's derivatives are those at the start of the step.</param>
    /// <param name="method">The method, as the column <c>method</c> names it.</param>
    protected TileStepper(Problem problem, LaneTile tile, string method)
    {
        (_tile, _width, Method, Work) = (tile, problem.Code.LaneWidth, method, new StepWork(problem, tile, method));
        _look = _width switch { 8 => Bits<Lane8>, 4 => Bits<Lane4>, _ => Bits<Lane1> };
    }

    private delegate ulong Look(ReadOnlySpan<double> masks, int count);

    /// <summary>What a step consists of.</summary>
    protected StepWork Work { get; }

    /// <summary>The method, as the column <c>method</c> names it.</summary>
    public string Method { get; }

    /// <summary>
    /// Tries a step of the lanes 0 to <paramref name="active"/> − 1.
    /// </summary>
    /// <param name="active">Number of lanes in use.</param>
    /// <param name="trapped">Bit j: the step of lane j fails, and is already as small as a step may be.</param>
    /// <returns>Bit j: something happened in the accepted step of lane j; the lane still stands at its start.</returns>
    public ulong Try(int active, out ulong trapped)
    {
        int count = (active + _width - 1) / _width * _width;
        Work.Do(count);
        ulong inUse = ulong.MaxValue >> (LaneTile.Lanes - active);
        trapped = _look(_tile.Rows(LaneTile.TrappedRow), count) & inUse;
        return _look(_tile.Rows(LaneTile.HappenedRow), count) & inUse;
    }

    /// <summary>The solution inside the step that a lane has just tried.</summary>
    /// <param name="lane">The lane; something happened in its step.</param>
    /// <param name="step">Receives the solution.</param>
    public abstract void Take(int lane, DenseStep step);

    // Bits of the masks of all lanes.
    private static ulong Bits<T>(ReadOnlySpan<double> masks, int count)
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
