using System.Numerics;
using SweepEngine.Lanes;
using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Cycles on meshes of their own with the same number of intervals, which Newton's method corrects together: either as many as there are lanes, of different branches, or one, of which each lane has a segment of neighbouring
/// intervals. Either way the same operations are done on the same numbers, so that results do not depend on it.
/// </summary>
/// <remarks>
/// The mesh is divided into segments. Registers of intervals are in the order of groups (of segments that stand side by side in the lanes) and intervals in a segment; those of starts of intervals have one more for each
/// segment, a copy of what the next one begins with. Numbers of a whole cycle are in every lane of a register when it is the only cycle.
/// </remarks>
internal abstract class CycleTile
{
    // As many as the widest register has lanes.
    private const int MostSegments = 8;

    private readonly int _beside;

    /// <summary>Makes a tile.</summary>
    /// <param name="system">The model.</param>
    /// <param name="intervals">Number of intervals.</param>
    /// <param name="width">Number of lanes.</param>
    /// <param name="cycles">Number of cycles: that of the lanes, or one.</param>
    protected CycleTile(SmoothSystem system, int intervals, int width, int cycles)
    {
        (Intervals, Width, Cycles, States) = (intervals, width, cycles, system.Dimension);
        Segments = SegmentsOf(intervals);
        _beside = width / cycles;
        (Groups, Length) = (Segments / _beside, intervals / Segments);
        int starts = States * StartSlots, points = States * Slots * Stages;
        (Starts, Points) = (Memory(starts), Memory(points));
        (StartTangent, PointTangent) = (Memory(starts), Memory(points));
        (PhaseRow, PathRow) = (Memory(starts), Memory(starts));
        (Widths, Weights) = (Memory(Slots), Memory(States));
        (Period, Drive, DriveRange, LowestDrive) = (Memory(1), Memory(1), Memory(1), Memory(1));
        (PeriodRow, DriveRow) = (Memory(1), Memory(1));
        (PeriodTangent, DriveTangent, Change) = (Memory(1), Memory(1), Memory(1));
        Parameters = Memory(system.Code.Swept.Count * Columns / width);
        StartParameters = Memory(system.Code.Swept.Count * StartSlots);
    }

    /// <summary>Number of lanes.</summary>
    public int Width { get; }

    /// <summary>Number of cycles.</summary>
    public int Cycles { get; }

    /// <summary>Number of intervals.</summary>
    public int Intervals { get; }

    /// <summary>Size of the last correction of each cycle, in the norm of its weights.</summary>
    public LaneMemory Change { get; }

    /// <summary>Number of states.</summary>
    protected int States { get; }

    /// <summary>Number of segments of a mesh.</summary>
    protected int Segments { get; }

    /// <summary>Number of groups of segments that are side by side.</summary>
    protected int Groups { get; }

    /// <summary>Number of intervals of a segment.</summary>
    protected int Length { get; }

    /// <summary>Number of registers of a number of each interval.</summary>
    protected int Slots => Groups * Length;

    /// <summary>Number of registers of a number of each start of an interval.</summary>
    protected int StartSlots => Groups * (Length + 1);

    /// <summary>Collocation points of all lanes.</summary>
    protected int Columns => Slots * Stages * Width;

    /// <summary>The cycles, in display units: starts of intervals, shape [states × start slots], and Gauss points, shape [states × slots × 4].</summary>
    protected LaneMemory Starts { get; }

    /// <inheritdoc cref="Starts"/>
    protected LaneMemory Points { get; }

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

    /// <summary>The swept parameters of each collocation point [SI].</summary>
    protected LaneMemory Parameters { get; }

    /// <summary>The swept parameters of each start of an interval [SI].</summary>
    protected LaneMemory StartParameters { get; }

    /// <summary>Makes a tile of several cycles.</summary>
    /// <param name="system">The model.</param>
    /// <param name="intervals">Number of intervals.</param>
    /// <param name="width">Number of lanes and of cycles: 8, 4 or 1.</param>
    public static CycleTile Make(SmoothSystem system, int intervals, int width) => width switch
    {
        8 => new CycleTile<Lane8, Lane8>(system, intervals),
        4 => new CycleTile<Lane4, Lane4>(system, intervals),
        1 => new CycleTile<Lane1, Lane1>(system, intervals),
        _ => throw new ArgumentOutOfRangeException(nameof(width)),
    };

    /// <summary>Makes a tile of one cycle.</summary>
    /// <param name="system">The model.</param>
    /// <param name="intervals">Number of intervals.</param>
    /// <param name="width">Number of lanes: 8, 4 or 1.</param>
    public static CycleTile Single(SmoothSystem system, int intervals, int width) => SegmentsOf(intervals) < width ? Make(system, intervals, 1) : width switch
    {
        8 => new CycleTile<Lane8, Lane1>(system, intervals),
        4 => new CycleTile<Lane4, Lane1>(system, intervals),
        1 => new CycleTile<Lane1, Lane1>(system, intervals),
        _ => throw new ArgumentOutOfRangeException(nameof(width)),
    };

    /// <summary>One step of Newton's method of all cycles.</summary>
    public abstract void Iterate();

    /// <summary>Finds the Floquet multipliers, from transfer matrices as they were at the cycle before the last correction.</summary>
    /// <param name="cycle">Which cycle.</param>
    /// <param name="values">Receives them by descending modulus, the trivial one left out; shape [states − 1].</param>
    /// <param name="trivial">Receives the trivial one, which should be 1.</param>
    /// <returns>False where there are none: numbers are not finite.</returns>
    public abstract bool FindMultipliers(int cycle, Span<Complex> values, out double trivial);

    /// <summary>Takes a curve's parameters.</summary>
    /// <param name="cycle">Which cycle.</param>
    /// <param name="parameters">The swept parameters [SI].</param>
    /// <param name="lowest">Lower end of the drive's range.</param>
    /// <param name="range">Its length.</param>
    public void SetCurve(int cycle, ReadOnlySpan<double> parameters, double lowest, double range)
    {
        Fill(LowestDrive, 0, 1, cycle, lowest);
        Fill(DriveRange, 0, 1, cycle, range);
        for (int k = 0; k < parameters.Length; k++)
        {
            Fill(Parameters, k * Slots * Stages, Slots * Stages, cycle, parameters[k]);
            Fill(StartParameters, k * StartSlots, StartSlots, cycle, parameters[k]);
        }
    }

    /// <summary>Takes the guess that is to be corrected.</summary>
    /// <param name="cycle">Which cycle.</param>
    /// <param name="guess">The guess and the equations across the branch.</param>
    public void Load(int cycle, CycleGuess guess)
    {
        PutStarts(guess.Profile.Starts, Starts, cycle);
        PutStarts(guess.PhaseRow, PhaseRow, cycle);
        PutStarts(guess.PathRow, PathRow, cycle);
        for (int segment = 0; segment < Segments; segment++)
        {
            int at = At(Length, Stages, segment, cycle);
            for (int k = 0; k < States; k++)
            {
                ReadOnlySpan<double> from = guess.Profile.Points.AsSpan(((k * Intervals) + (segment * Length)) * Stages, Length * Stages);
                Span<double> to = Points.Span[((k * Slots * Stages * Width) + at)..];
                for (int i = 0; i < from.Length; i++)
                {
                    to[i * Width] = from[i];
                }
            }

            at = At(Length, 1, segment, cycle);
            for (int i = 0; i < Length; i++)
            {
                int interval = (segment * Length) + i;
                Widths[at + (i * Width)] = guess.Mesh[interval + 1] - guess.Mesh[interval];
            }
        }

        for (int k = 0; k < States; k++)
        {
            Fill(Weights, k, 1, cycle, guess.Weights[k]);
        }

        Fill(Period, 0, 1, cycle, guess.Profile.Period);
        Fill(Drive, 0, 1, cycle, guess.Profile.Drive);
        Fill(PeriodRow, 0, 1, cycle, guess.PeriodRow);
        Fill(DriveRow, 0, 1, cycle, guess.DriveRow);
    }

    /// <summary>Gives the cycle as it is now, and the branch's tangent at the cycle before the last correction.</summary>
    /// <param name="cycle">Which cycle.</param>
    /// <param name="profile">Receives the cycle.</param>
    /// <param name="tangent">Receives the tangent, its product with the row across the branch being 1.</param>
    public void Extract(int cycle, CycleProfile profile, CycleProfile tangent)
    {
        Get(Starts, Points, profile, cycle);
        (profile.Period, profile.Drive) = (Period[cycle], Drive[cycle]);
        Get(StartTangent, PointTangent, tangent, cycle);
        (tangent.Period, tangent.Drive) = (PeriodTangent[cycle] * Period[cycle], DriveTangent[cycle]);
    }

    /// <summary>Memory for registers.</summary>
    /// <param name="registers">How many.</param>
    protected LaneMemory Memory(int registers) => new(registers * Width);

    /// <summary>Group and lane of a segment of a cycle.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="cycle">The cycle.</param>
    protected (int Group, int Lane) PlaceOf(int segment, int cycle) => _beside == 1 ? (segment, cycle) : (segment / _beside, segment % _beside);

    private static int SegmentsOf(int intervals) => intervals % MostSegments == 0 ? MostSegments : 1;

    // Where the numbers of a segment begin, of which there are so many for each of so many intervals.
    private int At(int length, int each, int segment, int cycle)
    {
        (int group, int lane) = PlaceOf(segment, cycle);
        return (group * length * each * Width) + lane;
    }

    private void PutStarts(ReadOnlySpan<double> from, LaneMemory to, int cycle)
    {
        for (int segment = 0; segment < Segments; segment++)
        {
            int at = At(Length + 1, 1, segment, cycle), first = segment * Length, after = segment + 1 == Segments ? 0 : first + Length;
            for (int k = 0; k < States; k++)
            {
                ReadOnlySpan<double> own = from.Slice((k * Intervals) + first, Length);
                Span<double> target = to.Span[((k * StartSlots * Width) + at)..];
                for (int i = 0; i < own.Length; i++)
                {
                    target[i * Width] = own[i];
                }

                target[Length * Width] = from[(k * Intervals) + after];
            }
        }
    }

    private void Get(LaneMemory starts, LaneMemory points, CycleProfile to, int cycle)
    {
        for (int segment = 0; segment < Segments; segment++)
        {
            int start = At(Length + 1, 1, segment, cycle), point = At(Length, Stages, segment, cycle);
            for (int k = 0; k < States; k++)
            {
                int first = (k * Intervals) + (segment * Length);
                Copy(starts.Span[((k * StartSlots * Width) + start)..], to.Starts.AsSpan(first, Length));
                Copy(points.Span[((k * Slots * Stages * Width) + point)..], to.Points.AsSpan(first * Stages, Length * Stages));
            }
        }
    }

    private void Copy(ReadOnlySpan<double> from, Span<double> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = from[i * Width];
        }
    }

    // A number of a cycle, in so many registers.
    private void Fill(LaneMemory memory, int first, int count, int cycle, double value)
    {
        Span<double> registers = memory.Span.Slice(first * Width, count * Width);
        if (_beside > 1)
        {
            registers.Fill(value);
            return;
        }

        for (int i = cycle; i < registers.Length; i += Width)
        {
            registers[i] = value;
        }
    }
}
