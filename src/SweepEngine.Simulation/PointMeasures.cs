namespace SweepEngine.Simulation;

/// <summary>The measures of one grid point, in the order of their columns.</summary>
public static class PointMeasures
{
    private const string Efel = "eFEL 5.7.13 (github.com/BlueBrain/eFEL), in the limit of a continuous trace";

    /// <summary>Column <c>status</c>.</summary>
    public static Measure Status { get; } = new(
        "status", MeasureKind.Text,
        "How the point ended: ok; not_converged (rate is the mean over the second half of the time followed, the rest holds); "
        + "diverged, invalid_parameters, endless_spike, step_limit, crashed (measures are NULL).", "this project");

    /// <summary>Column <c>method</c>.</summary>
    public static Measure Method { get; } = new(
        "method", MeasureKind.Text,
        "How the measures were computed: closed_form, or dopri5 (Dormand–Prince 5(4) with spikes located inside steps).",
        "this project");

    /// <summary>The measures that hold numbers.</summary>
    public static IReadOnlyList<Measure> Numbers { get; } =
    [
        new("rate", MeasureKind.Rate,
            "Steady firing rate under the constant drive, reached from the start values: 1/lim ISI, or k/lim (t_n − t_(n−k)) where the "
            + "intervals repeat every k spikes; 0 when firing stops. It does not depend on the step's duration.", "this project"),
        new("spike_count", MeasureKind.Count, "Number of spikes in the recording.", Efel),
        new("mean_frequency", MeasureKind.Rate,
            "Spikes during the stimulus divided by the time from its start to the last of them; NULL without such spikes.", Efel),
        new("time_to_first_spike", MeasureKind.Time,
            "Time from the start of the stimulus to the first spike; NULL without spikes.", Efel),
        new("inv_first_ISI", MeasureKind.Rate, "1/ISI_1; NULL with fewer than two spikes.", Efel),
        new("inv_last_ISI", MeasureKind.Rate, "1/ISI_(n−1); NULL with fewer than two spikes.", Efel),
        new("ISI_CV", MeasureKind.Ratio,
            "Standard deviation (n − 1) over mean of the intervals, the first left out; NULL with fewer than four spikes.", Efel),
        new("adaptation_index2", MeasureKind.Ratio,
            "Mean of (ISI_i − ISI_(i−1))/(ISI_i + ISI_(i−1)) over the intervals in the stimulus, the first left out; NULL with fewer than "
            + "four spikes in the stimulus.", Efel),
        new("minimum_voltage", MeasureKind.Voltage, "Lowest membrane potential during the stimulus.", Efel),
        new("maximum_voltage", MeasureKind.Voltage,
            "Highest membrane potential during the stimulus; the threshold where a reset follows it.", Efel),
        new("steady_state_voltage", MeasureKind.Voltage,
            "Mean membrane potential from the end of the stimulus to the end of the recording; NULL when the stimulus has no 'after'.",
            Efel),
    ];

    // One number of each of Numbers, in their order; SI units.
    internal static void Write(in PointAnswer answer, StepStimulus stimulus, Span<double> numbers)
    {
        numbers[0] = answer.Rate;
        numbers[1] = answer.Status.HasMeasures() ? answer.Train.Count : double.NaN;
        numbers[2] = answer.Train.MeanFrequency(stimulus);
        numbers[3] = answer.Train.TimeToFirstSpike(stimulus);
        numbers[4] = answer.Train.InverseFirstInterval;
        numbers[5] = answer.Train.InverseLastInterval;
        numbers[6] = answer.Train.IntervalVariation;
        numbers[7] = answer.Train.AdaptationIndex2;
        numbers[8] = answer.MinimumVoltage;
        numbers[9] = answer.MaximumVoltage;
        numbers[10] = answer.SteadyStateVoltage;
    }
}
