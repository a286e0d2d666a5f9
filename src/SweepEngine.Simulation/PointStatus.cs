namespace SweepEngine.Simulation;

/// <summary>How the computation of one grid point ended; its text stands in the column <c>status</c>.</summary>
public enum PointStatus
{
    /// <summary>All measures hold to the tolerance (<c>ok</c>).</summary>
    Ok,

    /// <summary>
    /// Neither steady firing nor rest was reached within the time limit (<c>not_converged</c>): <c>rate</c> is the mean
    /// over the second half of the time simulated; the other measures hold.
    /// </summary>
    NotConverged,

    /// <summary>The state left the range of numbers or no step was small enough (<c>diverged</c>): measures are NULL.</summary>
    Diverged,

    /// <summary>
    /// Start values or derivatives are not finite at these parameters, times of the stimulus or of events are not in order, or a random
    /// number has no such distribution (<c>invalid_parameters</c>): measures are NULL.
    /// </summary>
    InvalidParameters,

    /// <summary>
    /// A reset leaves the spike condition true and there is no refractory period, or events at one time set each other off without end
    /// (<c>endless_spike</c>): measures are NULL.
    /// </summary>
    EndlessSpike,

    /// <summary>More steps than <see cref="FISettings.StepLimit"/> (<c>step_limit</c>): measures are NULL.</summary>
    StepLimit,

    /// <summary>The computation of this point failed or killed its worker (<c>crashed</c>): measures are NULL.</summary>
    Crashed,
}

/// <summary>Texts of <see cref="PointStatus"/>.</summary>
public static class PointStatusText
{
    /// <summary>The text that the column <c>status</c> holds.</summary>
    public static string Text(this PointStatus status) => status switch
    {
        PointStatus.Ok => "ok",
        PointStatus.NotConverged => "not_converged",
        PointStatus.Diverged => "diverged",
        PointStatus.InvalidParameters => "invalid_parameters",
        PointStatus.EndlessSpike => "endless_spike",
        PointStatus.StepLimit => "step_limit",
        PointStatus.Crashed => "crashed",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No such status."),
    };

    /// <summary>Whether a point with this status has measures.</summary>
    public static bool HasMeasures(this PointStatus status) => status is PointStatus.Ok or PointStatus.NotConverged;
}
