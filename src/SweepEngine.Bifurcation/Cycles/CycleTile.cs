using SweepEngine.Lanes;
using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Cycles of different branches side by side, one per lane, on meshes of their own with the same number of intervals; Newton's method corrects all of them at once. A number
/// of lane j is at place j of its register; registers are in the order in which they are computed.
/// </summary>
internal abstract class CycleTile
{
    /// <summary>Makes a tile.</summary>
    /// <param name="system">The model.</param>
    /// <param name="intervals">Number of intervals.</param>
    /// <param name="width">Number of lanes.</param>
    protected CycleTile(SmoothSystem system, int intervals, int width)
    {
        (Intervals, Width, States) = (intervals, width, system.Dimension);
        int registers = States * intervals;
        (Starts, Points) = (Memory(registers), Memory(registers * Stages));
        StartCorrection = Memory(registers);
        (StartTangent, PointTangent) = (Memory(registers), Memory(registers * Stages));
        (PhaseRow, PathRow) = (Memory(registers), Memory(registers));
        (PeriodRow, DriveRow) = (Memory(1), Memory(1));
        (Widths, Weights) = (Memory(intervals), Memory(States));
        (Period, Drive, DriveRange, LowestDrive) = (Memory(1), Memory(1), Memory(1), Memory(1));
        (PeriodTangent, DriveTangent, Change) = (Memory(1), Memory(1), Memory(1));
        (ChainStart, ChainEnd, ChainSides) = (Memory(States * States), Memory(States * States), Memory(States * 3));
        Parameters = Memory(system.Code.Swept.Count * Columns / width);
    }

    /// <summary>Number of lanes.</summary>
    public int Width { get; }

    /// <summary>Number of intervals.</summary>
    public int Intervals { get; }

    /// <summary>Size of the last correction of each lane, in the norm of its weights.</summary>
    public LaneMemory Change { get; }

    /// <summary>Number of states.</summary>
    protected int States { get; }

    /// <summary>Collocation points of all lanes.</summary>
    protected int Columns => Intervals * Stages * Width;

    /// <summary>The cycles, in display units: starts of intervals, shape [states × intervals], and Gauss points, shape [states × intervals × 4].</summary>
    protected LaneMemory Starts { get; }

    /// <inheritdoc cref="Starts"/>
    protected LaneMemory Points { get; }

    /// <summary>The last correction, at starts of intervals.</summary>
    protected LaneMemory StartCorrection { get; }

    /// <summary>The tangent of the branch.</summary>
    protected LaneMemory StartTangent { get; }

    /// <inheritdoc cref="StartTangent"/>
    protected LaneMemory PointTangent { get; }

    /// <summary>What a correction must be orthogonal to, so that the cycle is not shifted in time; at starts of intervals.</summary>
    protected LaneMemory PhaseRow { get; }

    /// <summary>What a correction must be orthogonal to, so that it leads across the branch; at starts of intervals, of the period and of the drive.</summary>
    protected LaneMemory PathRow { get; }

    /// <inheritdoc cref="PathRow"/>
    protected LaneMemory PeriodRow { get; }

    /// <inheritdoc cref="PathRow"/>
    protected LaneMemory DriveRow { get; }

    /// <summary>Lengths of the intervals; they add up to 1.</summary>
    protected LaneMemory Widths { get; }

    /// <summary>Weights of the squares of the states in the norm.</summary>
    protected LaneMemory Weights { get; }

    /// <summary>The periods [s].</summary>
    protected LaneMemory Period { get; }

    /// <summary>The drives, in units of their range above its lower end.</summary>
    protected LaneMemory Drive { get; }

    /// <summary>Length of the drive's range.</summary>
    protected LaneMemory DriveRange { get; }

    /// <summary>The lower end of the drive's range.</summary>
    protected LaneMemory LowestDrive { get; }

    /// <summary>Changes of the period (relative) and of the drive along the tangent.</summary>
    protected LaneMemory PeriodTangent { get; }

    /// <inheritdoc cref="PeriodTangent"/>
    protected LaneMemory DriveTangent { get; }

    /// <summary>
    /// What is left of the linear equations when all values between are eliminated: start·u(0) + end·u(1) = sides·(relative period, drive, 1), each column after column.
    /// </summary>
    protected LaneMemory ChainStart { get; }

    /// <inheritdoc cref="ChainStart"/>
    protected LaneMemory ChainEnd { get; }

    /// <inheritdoc cref="ChainStart"/>
    protected LaneMemory ChainSides { get; }

    /// <summary>The swept parameters of each collocation point [SI].</summary>
    protected LaneMemory Parameters { get; }

    /// <summary>Makes a tile of a width.</summary>
    /// <param name="system">The model.</param>
    /// <param name="intervals">Number of intervals.</param>
    /// <param name="width">8, 4 or 1.</param>
    public static CycleTile Make(SmoothSystem system, int intervals, int width) => width switch
    {
        8 => new CycleTile<Lane8>(system, intervals),
        4 => new CycleTile<Lane4>(system, intervals),
        1 => new CycleTile<Lane1>(system, intervals),
        _ => throw new ArgumentOutOfRangeException(nameof(width)),
    };

    /// <summary>One step of Newton's method in all lanes.</summary>
    public abstract void Iterate();

    /// <summary>Takes a curve's parameters.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="parameters">The swept parameters [SI].</param>
    /// <param name="lowest">Lower end of the drive's range.</param>
    /// <param name="range">Its length.</param>
    public void SetCurve(int lane, ReadOnlySpan<double> parameters, double lowest, double range)
    {
        (LowestDrive[lane], DriveRange[lane]) = (lowest, range);
        for (int k = 0; k < parameters.Length; k++)
        {
            for (int i = lane; i < Columns; i += Width)
            {
                Parameters[(k * Columns) + i] = parameters[k];
            }
        }
    }

    /// <summary>Takes the guess that is to be corrected.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="guess">The guess and the equations across the branch.</param>
    public void Load(int lane, CycleGuess guess)
    {
        Put(guess.Profile.Starts, Starts, lane);
        Put(guess.Profile.Points, Points, lane);
        Put(guess.PhaseRow, PhaseRow, lane);
        Put(guess.PathRow, PathRow, lane);
        Put(guess.Weights, Weights, lane);
        (Period[lane], Drive[lane]) = (guess.Profile.Period, guess.Profile.Drive);
        (PeriodRow[lane], DriveRow[lane]) = (guess.PeriodRow, guess.DriveRow);
        for (int i = 0; i < Intervals; i++)
        {
            Widths[(i * Width) + lane] = guess.Mesh[i + 1] - guess.Mesh[i];
        }
    }

    /// <summary>Gives the cycle as it is now, and the branch's tangent at the cycle before the last correction.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="cycle">Receives the cycle.</param>
    /// <param name="tangent">Receives the tangent, its product with the row across the branch being 1.</param>
    public void Extract(int lane, CycleProfile cycle, CycleProfile tangent)
    {
        Get(Starts, cycle.Starts, lane);
        Get(Points, cycle.Points, lane);
        (cycle.Period, cycle.Drive) = (Period[lane], Drive[lane]);
        Get(StartTangent, tangent.Starts, lane);
        Get(PointTangent, tangent.Points, lane);
        (tangent.Period, tangent.Drive) = (PeriodTangent[lane] * Period[lane], DriveTangent[lane]);
    }

    /// <summary>The transfer matrices of the intervals, as they were at the cycle before the last correction.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="transfers">Receives M_0, M_1, … of the changes u_(i+1) = M_i·u_i in display units, each row after row. Shape [intervals × states × states].</param>
    public abstract void Transfers(int lane, Span<double> transfers);

    /// <summary>Memory for registers.</summary>
    /// <param name="registers">How many.</param>
    protected LaneMemory Memory(int registers) => new(registers * Width);

    private void Put(ReadOnlySpan<double> from, LaneMemory to, int lane)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[(i * Width) + lane] = from[i];
        }
    }

    private void Get(LaneMemory from, Span<double> to, int lane)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = from[(i * Width) + lane];
        }
    }
}
