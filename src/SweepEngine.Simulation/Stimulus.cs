using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>The course of the drive over time.</summary>
public abstract record Stimulus;

/// <summary>
/// The drive over time: <see cref="Base"/> for <see cref="Delay"/>, then the grid's drive value for <see cref="Duration"/>,
/// then <see cref="Base"/> again for <see cref="After"/>. While the drive is constant, firing can be followed to its steady rate.
/// </summary>
/// <param name="Duration">Length of the step [s], &gt; 0.</param>
/// <param name="Delay">Time before the step [s], ≥ 0.</param>
/// <param name="After">Time simulated after the step [s], ≥ 0.</param>
/// <param name="Base">Drive outside of the step [SI unit of the drive].</param>
public sealed record StepStimulus(double Duration, double Delay = 0, double After = 0, double Base = 0) : Stimulus
{
    /// <summary>Start of the step [s].</summary>
    public double On => Delay;

    /// <summary>End of the step [s].</summary>
    public double Off => Delay + Duration;

    /// <summary>End of the recording [s]: the measures other than <c>rate</c> see nothing later.</summary>
    public double End => Delay + Duration + After;
}

/// <summary>
/// A course that stands in the model's equations themselves, as a function of time: here is only when it begins and ends. The times are
/// expressions over parameters [s], and may differ from point to point.
/// </summary>
/// <param name="On">Start of the stimulus, ≥ 0.</param>
/// <param name="Off">End of the stimulus, &gt; On.</param>
/// <param name="End">End of the recording, ≥ Off.</param>
public sealed record CourseStimulus(Expression On, Expression Off, Expression End) : Stimulus;
