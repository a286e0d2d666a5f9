namespace SweepEngine.Simulation;

/// <summary>The times of one point's stimulus and recording.</summary>
internal readonly record struct Recording
{
    private Recording(double from, double on, double off, double end, double duration, double after) =>
        (From, On, Off, End, Duration, After) = (from, on, off, end, duration, after);

    /// <summary>
    /// From when on spikes count [s]: those of a step's delay do, those before what is measured of a course do not, such as spikes of a conditioning pulse.
    /// </summary>
    public double From { get; }

    /// <summary>Start of the stimulus [s].</summary>
    public double On { get; }

    /// <summary>End of the stimulus [s].</summary>
    public double Off { get; }

    /// <summary>End of the recording [s].</summary>
    public double End { get; }

    /// <summary>Length of the stimulus [s].</summary>
    public double Duration { get; }

    /// <summary>Time recorded after the stimulus [s].</summary>
    public double After { get; }

    /// <summary>Whether the times are in order, and numbers.</summary>
    public bool IsValid => On >= 0 && Off > On && End >= Off && double.IsFinite(End);

    /// <summary>The times of a step.</summary>
    public static Recording Of(StepStimulus step) => new(0, step.On, step.Off, step.End, step.Duration, step.After);

    /// <summary>The times of a course.</summary>
    public static Recording Of(double on, double off, double end) => new(on, on, off, end, off - on, end - off);
}
