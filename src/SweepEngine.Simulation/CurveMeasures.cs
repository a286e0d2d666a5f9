namespace SweepEngine.Simulation;

/// <summary>The measures of one curve (all drive values at one setting of the other parameters), in the order of their columns.</summary>
public static class CurveMeasures
{
    private const string Own = "this project";

    private const string StatusWords =
        "found; below_axis (already at the lowest drive); above_axis (not even at the highest); unresolved (a point in the bracket could "
        + "not be computed: the bracket is as narrow as it got); undefined (no point of the curve could be computed).";

    /// <summary>Of the measure <c>fi</c>: numbers from the grid's own points.</summary>
    public static IReadOnlyList<Measure> Grid { get; } =
    [
        new("maximal_rate", MeasureKind.Rate, "Highest rate of the curve's points; NULL when none was computed.", Own),
        new("drive_at_maximal_rate", MeasureKind.Drive, "Lowest drive with that rate; NULL when no point fires.", Own),
        new("gain_at_onset", MeasureKind.Gain,
            "(f_2 − f_1)/(I_2 − I_1) at the first two neighbouring drives with rate above 0; NULL with fewer than two.", Own),
    ];

    /// <summary>Of the measure <c>rheobase</c>: numbers from further simulations between the grid's points.</summary>
    public static IReadOnlyList<Measure> Rheobase { get; } =
    [
        new("rheobase", MeasureKind.Drive,
            "Lowest drive at which the recording has a spike, first crossing from below on the axis: middle of the bracket, which is "
            + "narrowed by bisection to tolerance × its upper end.", "L. Lapicque, J. Physiol. Pathol. Gen. 9 (1907) 620"),
        new("rheobase_lower", MeasureKind.Drive, "Highest drive tried without a spike.", Own),
        new("rheobase_upper", MeasureKind.Drive, "Lowest drive tried with a spike.", Own),
        new("onset_drive", MeasureKind.Drive,
            "Lowest drive with a steady rate above 0, bracketed and narrowed like the rheobase. A rate below one spike in ten durations of the "
            + "step cannot be told from 0: where firing begins arbitrarily slowly, a longer step brings the onset closer.", Own),
        new("onset_lower", MeasureKind.Drive, "Highest drive tried with rate 0.", Own),
        new("onset_upper", MeasureKind.Drive, "Lowest drive tried with a rate above 0.", Own),
        new("onset_rate", MeasureKind.Rate, "Rate at onset_upper.", Own),
        new("single_spike_window", MeasureKind.Drive,
            "onset_drive − rheobase: range of the drive that elicits spikes but no steady firing; 0 where the brackets overlap.", Own),
    ];

    /// <summary>Of the measure <c>bifurcations</c>, besides <c>fi</c> or <c>rate</c>: numbers from further simulations to hold against the bifurcations.</summary>
    public static IReadOnlyList<Measure> Ramp { get; } =
    [
        new("onset_rate_above", MeasureKind.Rate, "Rate at onset_upper + √tolerance × the larger of onset_lower and onset_upper in size, from the start values; NULL where onset_drive is.", Own),
        new("ramp_up_onset", MeasureKind.Drive,
            "Drive at which steady firing begins when the drive ascends slowly. At the lowest drive of the axis a point begins with the model's start values; at each next one with the state in which the one before "
            + "ended: at rest, the equilibrium itself; else a moment of its train. Where that sets off firing, the step is halved, always from the last silent state, until it is √tolerance of the drive (at least 1e-6 of the axis); the middle of the step that still does. Beside a Hopf point, "
            + "what leaves rest more slowly than is waited for counts as silent.", Own),
        new("ramp_down_offset", MeasureKind.Drive,
            "Drive at which steady firing stops last when the drive descends slowly from the highest one, which begins with the state in which the ascent ended; found in the same way.", Own),
        new("measured_bistable_lower", MeasureKind.Drive, "ramp_down_offset where the ramps differ, ramp_down_offset < ramp_up_onset, by more than their brackets: lower end of the range with two attractors. NULL where they do not.", Own),
        new("measured_bistable_upper", MeasureKind.Drive, "ramp_up_onset where the ramps differ.", Own),
    ];

    /// <summary>Column <c>ramp_status</c>.</summary>
    public static Measure RampStatus { get; } = new("ramp_status", MeasureKind.Text,
        "How the search for ramp_up_onset and ramp_down_offset ended. found (both); below_axis (firing at the lowest drive, ascending or descending); above_axis (no firing at any drive); unresolved (a point on the way could not be computed or did not settle; "
        + "a bracket is as narrow as it got, or there is none); undefined (no point of the curve could be computed).", Own);

    /// <summary>The measures <see cref="Grid"/> where the stimulus is a step; a course has no steady rate, so that none is left.</summary>
    /// <param name="stimulus">The stimulus.</param>
    public static IReadOnlyList<Measure> GridUnder(Stimulus stimulus) => stimulus is StepStimulus ? Grid : [];

    /// <summary>The measures <see cref="Rheobase"/> where the stimulus is a step, those of them without a steady rate where it is not.</summary>
    /// <param name="stimulus">The stimulus.</param>
    public static IReadOnlyList<Measure> RheobaseUnder(Stimulus stimulus) => stimulus is StepStimulus ? Rheobase : [.. Rheobase.Take(3)];

    /// <summary>Column <c>rheobase_status</c>.</summary>
    public static Measure RheobaseStatus { get; } = new("rheobase_status", MeasureKind.Text, StatusWords, Own);

    /// <summary>Column <c>onset_status</c>.</summary>
    public static Measure OnsetStatus { get; } = new("onset_status", MeasureKind.Text, StatusWords, Own);
}
