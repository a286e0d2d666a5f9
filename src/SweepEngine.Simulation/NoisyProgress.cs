namespace SweepEngine.Simulation;

/// <summary>What a lane with white noise remembers of its point beside the numbers in the tile.</summary>
/// <param name="parameters">Number of swept parameters.</param>
/// <param name="draws">The most random numbers that any program reads.</param>
/// <param name="events">Number of events.</param>
internal sealed class NoisyProgress(int parameters, int draws, int events)
{
    /// <summary>Index of the point in the run.</summary>
    public int Point;

    /// <summary>Index of the point in the grid, which decides its random numbers.</summary>
    public long Key;

    /// <summary>Values of the swept parameters; behind them is room for random numbers.</summary>
    public readonly double[] Parameters = new double[parameters + draws];

    /// <summary>How many random words the spike, then each event have drawn, and last the start.</summary>
    public readonly long[] DrawCounts = new long[events + 2];

    /// <summary>When the stimulus is on, and the end of the recording.</summary>
    public ref readonly Recording Recording => ref Answer.Recording;

    /// <summary>Part of the recording that is going on.</summary>
    public Segment Segment;

    /// <summary>End of that part [s].</summary>
    public double SegmentEnd;

    /// <summary>End of the refractory period after the spike, then after each event [s]; past when there is none.</summary>
    public readonly double[] RefractoryEnd = new double[events + 1];

    /// <summary>When events are due whose times are known.</summary>
    public readonly EventTimetable Timetable = new(events);

    /// <summary>Time of the last spike [s].</summary>
    public double LastReset;

    /// <summary>The next time to be recorded, an index of <see cref="TraceSettings"/>.</summary>
    public int NextTrace;

    /// <summary>The answer so far.</summary>
    public PointAnswer Answer;

    /// <summary>Counts a spike.</summary>
    /// <param name="time">Its time [s].</param>
    public void Spiked(double time) => Answer.Train.Add(time, Recording);
}
