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
    /// <summary>The segment ends.</summary>
    Segment,

    /// <summary>The refractory period ends.</summary>
    Refractory,

    /// <summary>A spike was located there.</summary>
    Spike,
}

/// <summary>What a lane remembers of its point beside the numbers in the tile.</summary>
/// <param name="states">Number of state variables.</param>
/// <param name="parameters">Number of swept parameters.</param>
internal sealed class PointProgress(int states, int parameters)
{
    /// <summary>Index of the point in the run.</summary>
    public int Point;

    /// <summary>Index of the point in the grid, which decides its random numbers.</summary>
    public long Key;

    /// <summary>When the stimulus is on, and the end of the recording.</summary>
    public ref readonly Recording Recording => ref Answer.Recording;

    /// <summary>Values of the swept parameters, the drive as the stimulus has it now.</summary>
    public readonly double[] Parameters = new double[parameters];

    /// <summary>The grid's value of the drive.</summary>
    public double Drive;

    /// <summary>Part of the stimulus that is going on.</summary>
    public Segment Segment;

    /// <summary>End of that part [s].</summary>
    public double SegmentEnd;

    /// <summary>End of the refractory period [s], when there is one going on.</summary>
    public double RefractoryEnd;

    /// <summary>What stands at the lane's limit.</summary>
    public LimitKind Limit;

    /// <summary>Time of the highest voltage since it rose above threshold [s], when there was a maximum.</summary>
    public double PeakTime;

    /// <summary>The voltage there.</summary>
    public double PeakVoltage;

    /// <summary>The threshold function there.</summary>
    public double PeakHeight;

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

    /// <summary>The next time to be recorded, an index of <see cref="TraceSettings"/>.</summary>
    public int NextTrace;

    /// <summary>Steps still to go until rest is looked for again, and how many they are next time.</summary>
    public long RestWait, RestPause;

    /// <summary>State at the end of the step, to go on from after the recording.</summary>
    public readonly double[] StateAtOff = new double[states];

    /// <summary>End of the refractory period at the end of the step; not above its time when there was none.</summary>
    public double RefractoryEndAtOff;

    /// <summary>Time of a peak whose spike was still above threshold at the end of the step [s]; NaN when there was none.</summary>
    public double PeakTimeAtOff;

    /// <summary>The threshold function at that peak.</summary>
    public double PeakHeightAtOff;
}
