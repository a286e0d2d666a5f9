using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>What a lane with white noise remembers of its point beside the numbers in the tile.</summary>
/// <param name="parameters">Number of swept parameters.</param>
/// <param name="draws">The most random numbers that any program reads.</param>
/// <param name="events">Number of events.</param>
internal sealed class NoisyProgress(int parameters, int draws, int events)
{
    private readonly double[] _first = new double[events], _every = new double[events], _last = new double[events];
    private readonly long[] _past = new long[events];

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

    /// <summary>The next time of each event [s]; infinite when there is none.</summary>
    public readonly double[] NextTime = new double[events];

    /// <summary>Time of the last spike [s].</summary>
    public double LastReset;

    /// <summary>The next time to be recorded, an index of <see cref="TraceSettings"/>.</summary>
    public int NextTrace;

    /// <summary>The answer so far.</summary>
    public PointAnswer Answer;

    /// <summary>Finds out when events happen whose times are known.</summary>
    /// <param name="code">The model.</param>
    /// <returns>False when a time is no number or an interval not above 0.</returns>
    public bool TakeTimes(ModelCode code)
    {
        Span<double> times = stackalloc double[3];
        for (int e = 0; e < NextTime.Length; e++)
        {
            NextTime[e] = double.PositiveInfinity;
            _past[e] = 0;
            if (code.Events[e].Times is not { } program)
            {
                continue;
            }

            program.Evaluate([], [], Parameters, times, 1, 0, 1);
            (_first[e], _every[e], _last[e]) = (times[0], times[1], times[2]);
            if (double.IsNaN(_first[e]) || !(_every[e] > 0) || double.IsNaN(_last[e]))
            {
                return false;
            }

            NextTime[e] = _first[e] >= 0 && _first[e] <= _last[e] ? _first[e] : double.PositiveInfinity;
        }

        return true;
    }

    /// <summary>The event has happened; its next time comes.</summary>
    /// <param name="e">Index of the event.</param>
    public void Advance(int e)
    {
        // From the first time on, so that rounding does not add up; a last time met but for rounding counts as met.
        double next = _first[e] + ++_past[e] * _every[e];
        NextTime[e] = next <= _last[e] + 1e-9 * _every[e] ? next : double.PositiveInfinity;
    }

    /// <summary>Counts a spike.</summary>
    /// <param name="time">Its time [s].</param>
    public void Spiked(double time) => Answer.Train.Add(time, Recording);
}
