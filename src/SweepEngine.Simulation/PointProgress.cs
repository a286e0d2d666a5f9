namespace SweepEngine.Simulation;

/// <summary>Where in its stimulus a point is.</summary>
internal enum Segment
{
    /// <summary>Before the stimulus.</summary>
    Before,

    /// <summary>During the stimulus.</summary>
    During,

    /// <summary>After the stimulus.</summary>
    After,

    /// <summary>On under the constant drive of a step from its end, until the rate is known.</summary>
    Settling,
}

/// <summary>Why a lane must not pass the time at its limit.</summary>
internal enum LimitKind
{
    /// <summary>The segment or a refractory period ends, or an event is due.</summary>
    Due,

    /// <summary>A spike or an event with a condition was located there.</summary>
    Crossing,
}

/// <summary>What a lane remembers of its point beside the numbers in the tile.</summary>
/// <param name="states">Number of state variables.</param>
/// <param name="parameters">Number of swept parameters.</param>
/// <param name="draws">The most random numbers that a program reads behind these.</param>
/// <param name="events">Number of events of the model.</param>
internal sealed class PointProgress(int states, int parameters, int draws, int events)
{
    /// <summary>Index of the point in the run.</summary>
    public int Point;

    /// <summary>What is asked about it.</summary>
    public Question Question;

    /// <summary>Index of the point in the grid, which decides its random numbers.</summary>
    public long Key;

    /// <summary>When the stimulus is on, and the end of the recording.</summary>
    public ref readonly Recording Recording => ref Answer.Recording;

    /// <summary>Values of the swept parameters, the drive as the stimulus has it now; behind them random numbers.</summary>
    public readonly double[] Parameters = new double[parameters + draws];

    /// <summary>The grid's value of the drive.</summary>
    public double Drive;

    /// <summary>Part of the stimulus that is going on.</summary>
    public Segment Segment;

    /// <summary>End of that part [s].</summary>
    public double SegmentEnd;

    /// <summary>End of the refractory period after the spike [s], when there is one going on; then those after each event.</summary>
    public readonly double[] RefractoryEnd = new double[1 + events];

    /// <summary>When events are due whose times are known.</summary>
    public readonly EventTimetable Timetable = new(events);

    /// <summary>When each event happened last [s], and the function of its condition just before.</summary>
    public readonly double[] LastHappened = new double[events], LastValue = new double[events];

    /// <summary>How many pairs of random words were taken for the spike, for each event, and for the start values.</summary>
    public readonly long[] DrawCounts = new long[events + 2];

    /// <summary>Time at which the equations jump, the last one that the lane came to [s].</summary>
    public double JumpTime;

    /// <summary>Time of the last event [s].</summary>
    public double ChainTime;

    /// <summary>How many events there were at that time.</summary>
    public int ChainLength;

    /// <summary>What stands at the lane's limit.</summary>
    public LimitKind Limit;

    /// <summary>Whose crossing that is: 0 the spike's, e + 1 that of event e.</summary>
    public int Crossing;

    /// <summary>Time of the highest voltage since it rose above threshold [s], when there was a maximum.</summary>
    public double PeakTime;

    /// <summary>The voltage there.</summary>
    public double PeakVoltage;

    /// <summary>The threshold function there.</summary>
    public double PeakHeight;

    /// <summary>The state there, where somebody asks for it.</summary>
    public readonly double[] PeakState = new double[states];

    /// <summary>Time of the last reset [s].</summary>
    public double LastReset;

    /// <summary>The answer so far.</summary>
    public PointAnswer Answer;

    /// <summary>Whether the steady rate is known.</summary>
    public bool Decided;

    /// <summary>Integral of the voltage over the time after the stimulus.</summary>
    public double VoltageIntegral;

    /// <summary>Times of the spikes under the drive.</summary>
    public readonly SequenceLimit Spikes = new();

    /// <summary>The threshold function at the peaks of the spikes without a reset.</summary>
    public readonly SequenceLimit Peaks = new();

    /// <summary>The threshold function at the voltage's maxima since the last spike, all below zero.</summary>
    public readonly SequenceLimit Maxima = new();

    /// <summary>The voltage at its last minimum since the last spike.</summary>
    public double LastMinimum;

    /// <summary>Whether that was above the minimum before it.</summary>
    public bool MinimaRise;

    /// <summary>The equilibrium under this drive that was found last, where there is one.</summary>
    public readonly double[] Equilibrium = new double[states];

    /// <summary>Whether <see cref="Equilibrium"/> is one.</summary>
    public bool HasEquilibrium;

    /// <summary>Whether it is stable; null where nobody has asked yet.</summary>
    public bool? IsEquilibriumStable;

    /// <summary>The next time to be recorded, an index of <see cref="TraceSettings"/>.</summary>
    public int NextTrace;

    /// <summary>Looks that found a stiff step, less some for each that did not.</summary>
    public int StiffLooks;

    /// <summary>State at the end of the step, to go on from after the recording.</summary>
    public readonly double[] StateAtOff = new double[states];

    /// <summary>Ends of the refractory periods at the end of the step; not above its time when there was none.</summary>
    public readonly double[] RefractoryEndAtOff = new double[1 + events];

    /// <summary>Masks of the events that were armed at the end of the step.</summary>
    public readonly double[] ArmedAtOff = new double[events];

    /// <summary>Time of a peak whose spike was still above threshold at the end of the step [s]; NaN when there was none.</summary>
    public double PeakTimeAtOff;

    /// <summary>The threshold function at that peak.</summary>
    public double PeakHeightAtOff;
}
