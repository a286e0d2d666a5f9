namespace SweepEngine.Simulation;

/// <summary>What is known of the fixed point of a point's return map.</summary>
internal enum MapState
{
    /// <summary>Nothing yet.</summary>
    Untried,

    /// <summary>It has one; whether the train goes there is another question.</summary>
    Found,

    /// <summary>None was found the last time.</summary>
    Failed,
}

/// <summary>State of a lane whose way waits.</summary>
/// <param name="Voltage">y.</param>
/// <param name="Deviation">x.</param>
/// <param name="Rate">r, or 0 where x is 0.</param>
/// <param name="Elapsed">u since the lane's base.</param>
/// <param name="Decay">1 − r·u.</param>
/// <param name="BaseTime">Time from the interval's start to the base [s].</param>
/// <param name="Area">∫ x dt since the interval's start.</param>
/// <param name="Expected">u at which the crossing is expected.</param>
/// <param name="Time">Time of the state [s].</param>
internal readonly record struct Waiting(
    double Voltage, double Deviation, double Rate, double Elapsed, double Decay, double BaseTime, double Area, double Expected, double Time);

/// <summary>What a lane of <see cref="AdaptingSimulation"/> remembers of its point.</summary>
internal sealed class AdaptingProgress
{
    /// <summary>Index of the point in the run.</summary>
    public int Point;

    /// <summary>Its numbers.</summary>
    public AdaptingPoint Numbers;

    /// <summary>Where the fixed point of the map is supposed.</summary>
    public double Estimate;

    /// <summary>The answer so far.</summary>
    public PointAnswer Answer;

    /// <summary>Whether the point must be left to the general integrator.</summary>
    public bool IsLeft;

    /// <summary>Whether the stimulus is over, and the train is followed on under the drive until its rate is known.</summary>
    public bool Settling;

    /// <summary>Whether the steady rate is known, and whether it is 0, for certain.</summary>
    public bool Decided, Silent;

    /// <summary>Start of the interval [s], after the refractory period.</summary>
    public double Start;

    /// <summary>x there.</summary>
    public double From;

    /// <summary>Times of the spikes.</summary>
    public readonly SequenceLimit Spikes = new();

    /// <summary>The last two intervals; they are there from the second and the third spike on.</summary>
    public SpikeInterval Last, Before;

    /// <summary>Duration of the interval before these [s]; NaN before the fourth spike.</summary>
    public double Earlier;

    /// <summary>What is known of the fixed point of the map, and the interval there.</summary>
    public MapState Map;

    /// <summary>The interval at the fixed point, once it is found.</summary>
    public SpikeInterval Fixed;

    /// <summary>Where the map decided, its slope at the fixed point, by which deviations from the steady interval shrink; otherwise NaN.</summary>
    public double Shrinking;

    /// <summary>Number of spikes from which on the map may be asked again.</summary>
    public long AskAt;

    /// <summary>Whether the lane follows an interval of the map now; from which x, whether for the last time, and how many there were.</summary>
    public bool InMap, IsLastCorrection;

    /// <summary>From which x that interval starts.</summary>
    public double Argument;

    /// <summary>How many times Newton's method has corrected it.</summary>
    public int Corrections;

    /// <summary>The lane's own way meanwhile.</summary>
    public Waiting Waiting;

    /// <summary>Lowest and highest y of the train meanwhile.</summary>
    public double LowestOfTrain, HighestOfTrain;

    /// <summary>Forgets the point before.</summary>
    public void Begin()
    {
        (Settling, Decided, Silent, InMap, IsLastCorrection) = (false, false, false, false, false);
        (Start, From, AskAt, Map, Shrinking) = (0, double.NaN, 0, MapState.Untried, double.NaN);
        Last = Before = default;
        Earlier = double.NaN;
        Spikes.Clear();
    }
}
