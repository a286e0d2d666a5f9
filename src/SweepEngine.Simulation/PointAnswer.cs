namespace SweepEngine.Simulation;

/// <summary>What a simulation is asked about a point; it ends as soon as the answer stands.</summary>
internal enum Question
{
    /// <summary>All measures of the point.</summary>
    Measures,

    /// <summary>Whether it fires at least once in its recording.</summary>
    AnySpike,

    /// <summary>The steady rate under the drive.</summary>
    SteadyRate,

    /// <summary>The course of variables over the whole recording, and nothing else.</summary>
    Trace,
}

/// <summary>What became of one point. Voltages in the model's SI unit, times in s, NaN where a measure is not defined.</summary>
internal struct PointAnswer
{
    /// <summary>How it ended.</summary>
    public PointStatus Status;

    /// <summary>How the answer was reached: the text of the column <c>method</c>.</summary>
    public string Method;

    /// <summary>Steady rate [Hz].</summary>
    public double Rate;

    /// <summary>When the stimulus was on, and the end of the recording.</summary>
    public Recording Recording;

    /// <summary>The spikes of the recording.</summary>
    public SpikeTrain Train;

    /// <summary>Lowest voltage during the stimulus.</summary>
    public double MinimumVoltage;

    /// <summary>Highest voltage during the stimulus.</summary>
    public double MaximumVoltage;

    /// <summary>Mean voltage during the stimulus; only of a course.</summary>
    public double MeanVoltage;

    /// <summary>Voltage at the end of the stimulus; only of a course.</summary>
    public double VoltageAtEnd;

    /// <summary>Mean voltage after the stimulus.</summary>
    public double SteadyStateVoltage;

    /// <summary>Real part of the impedance.</summary>
    public double ImpedanceReal;

    /// <summary>Imaginary part of the impedance.</summary>
    public double ImpedanceImaginary;

    /// <summary>Whether the point was left because it is stiff; then nothing else holds but <see cref="Steps"/>.</summary>
    public bool IsStiff;

    /// <summary>Steps tried by the integrator.</summary>
    public long Steps;

    /// <summary>An answer without measures.</summary>
    public static PointAnswer Without(PointStatus status, string method) => new()
    {
        Status = status,
        Method = method,
        Rate = double.NaN,
        MinimumVoltage = double.NaN,
        MaximumVoltage = double.NaN,
        MeanVoltage = double.NaN,
        VoltageAtEnd = double.NaN,
        SteadyStateVoltage = double.NaN,
        ImpedanceReal = double.NaN,
        ImpedanceImaginary = double.NaN,
    };
}
