namespace SweepEngine.Simulation;

/// <summary>The measures of one grid point, in the order of their columns.</summary>
public static class PointMeasures
{
    private const string Efel = "eFEL 5.7.13 (github.com/BlueBrain/eFEL), in the limit of a continuous trace";

    private const string Own = "this project";

    /// <summary>Column <c>status</c>.</summary>
    public static Measure Status { get; } = new(
        "status", MeasureKind.Text,
        "How the point ended: ok; not_converged (rate is the mean over the second half of the time followed, the rest holds); "
        + "diverged, invalid_parameters, endless_spike, step_limit, crashed (measures are NULL).", Own);

    /// <summary>Column <c>method</c>.</summary>
    public static Measure Method { get; } = new(
        "method", MeasureKind.Text,
        "How the measures were computed: closed_form; return_map (integrate-and-fire neurons whose V_m is linear in itself and in one variable that relaxes exponentially, followed "
        + "from spike to spike by Taylor series, until the rest of the train is known to the tolerance; the rate is that of the fixed point of the spike-to-spike map, which the train certainly comes to) or exact (the same neurons, the rate from "
        + "their intervals or 0); dopri5 (Dormand–Prince 5(4) with spikes located inside steps); dop853 (the same of order 8, where the stimulus is a step and the tolerance 1e-8 or less); rodas5p (the same for stiff points: "
        + "G. Steinebach's Rosenbrock method 5(4), BIT Numer. Math. 63 (2023) 27); or, with white noise, in fixed steps: sra1 (noise whose intensity "
        + "depends on no state; A. Rößler, SIAM J. Numer. Anal. 48 (2010) 922; strong order 1.5, weak order 2), milstein (noises that commute; strong order 1, weak order 1) or "
        + "euler_maruyama (other noise; strong order 1/2, weak order 1), the drift of the latter two by Heun's predictor and corrector. Itô's sense; crossings of thresholds with a reset "
        + "within steps by Brownian bridges. Where the sweep asks for it, in fixed steps of dt as in clock-driven simulators: euler, exponential_euler (states whose equations are linear in themselves "
        + "relax exponentially) or rk4 (Runge–Kutta of order 4). Spikes with a reset are then at the ends of steps and refractory periods are whole steps, spikes without one are upward crossings of "
        + "the threshold; with rk4 all of these are inside steps; rate is 1/(last interval of the stimulus), 0 where at its end two such intervals have passed without a spike; and ISI_CV, adaptation_index2 and, but for "
        + "voltage_at_end, voltages are NULL.", Own);

    /// <summary>Of the measure <c>fi</c>: numbers of a point under a step.</summary>
    public static IReadOnlyList<Measure> Numbers { get; }

    /// <summary>Of the measure <c>response</c>: numbers of a point under any course of the stimulus.</summary>
    public static IReadOnlyList<Measure> Response { get; }

    /// <summary>Of the measure <c>impedance</c>: further numbers of a point under a sine.</summary>
    public static IReadOnlyList<Measure> Impedance { get; } =
    [
        Number("impedance", MeasureKind.Impedance,
            "|Z|, Z = (2/(A n/f)) (∫ V_m sin(phi) dt + i ∫ V_m cos(phi) dt): the Fourier component of the membrane potential at the frequency f of the drive "
            + "A sin(phi), over the last whole periods of the stimulus, n = ⌊f duration/2⌋, per amplitude A; the time before is for settling. NULL for A = 0 and for "
            + "stimuli shorter than two periods.", Own,
            answer => Math.Sqrt(answer.ImpedanceReal * answer.ImpedanceReal + answer.ImpedanceImaginary * answer.ImpedanceImaginary)),
        Number("impedance_phase", MeasureKind.Ratio,
            "Phase of Z in radians, above −π up to π: negative where the membrane potential lags behind the drive.", Own,
            answer => ImpedanceSettings.Phase(answer.ImpedanceReal, answer.ImpedanceImaginary)),
    ];

    static PointMeasures()
    {
        Measure rate = Number("rate", MeasureKind.Rate,
            "Steady firing rate under the constant drive, reached from the start values: 1/lim ISI, or k/lim (t_n − t_(n−k)) where the "
            + "intervals repeat every k spikes; 0 when firing stops. It does not depend on the step's duration.", Own, answer => answer.Rate);
        Measure count = Number("spike_count", MeasureKind.Count, "Number of spikes in the recording.", Efel,
            answer => answer.Status.HasMeasures() ? answer.Train.Count : double.NaN);
        Measure response = count with { Definition = "Number of spikes from the start of the stimulus to the end of the recording." };
        Measure meanRate = Number("mean_rate", MeasureKind.Rate, "Number of spikes during the stimulus divided by its duration.", Own,
            answer => answer.Status.HasMeasures() ? answer.Train.MeanRate(answer.Recording) : double.NaN);
        Measure[] train =
        [
            Number("mean_frequency", MeasureKind.Rate,
                "Spikes during the stimulus divided by the time from its start to the last of them; NULL without such spikes.", Efel,
                answer => answer.Train.MeanFrequency(answer.Recording)),
            Number("time_to_first_spike", MeasureKind.Time,
                "Time from the start of the stimulus to the first spike; NULL without spikes.", Efel,
                answer => answer.Train.TimeToFirstSpike(answer.Recording)),
            Number("inv_first_ISI", MeasureKind.Rate, "1/ISI_1; NULL with fewer than two spikes.", Efel,
                answer => answer.Train.InverseFirstInterval),
            Number("inv_last_ISI", MeasureKind.Rate, "1/ISI_(n−1); NULL with fewer than two spikes.", Efel,
                answer => answer.Train.InverseLastInterval),
            Number("ISI_CV", MeasureKind.Ratio,
                "Standard deviation (n − 1) over mean of the intervals, the first left out; NULL with fewer than four spikes.", Efel,
                answer => answer.Train.IntervalVariation),
            Number("adaptation_index2", MeasureKind.Ratio,
                "Mean of (ISI_i − ISI_(i−1))/(ISI_i + ISI_(i−1)) over the intervals in the stimulus, the first left out; NULL with fewer than "
                + "four spikes in the stimulus.", Efel, answer => answer.Train.AdaptationIndex2),
            Number("minimum_voltage", MeasureKind.Voltage, "Lowest membrane potential during the stimulus.", Efel,
                answer => answer.MinimumVoltage),
            Number("maximum_voltage", MeasureKind.Voltage,
                "Highest membrane potential during the stimulus; the threshold where a reset follows it.", Efel,
                answer => answer.MaximumVoltage),
        ];
        Measure lastSpike = Number("time_to_last_spike", MeasureKind.Time,
            "Time from the start of the stimulus to the last spike; NULL without spikes.", Efel, answer => answer.Train.TimeToLastSpike(answer.Recording));
        Measure mean = Number("mean_voltage", MeasureKind.Voltage, "Mean membrane potential during the stimulus.", Own,
            answer => answer.MeanVoltage);
        Measure last = Number("voltage_at_end", MeasureKind.Voltage, "Membrane potential at the end of the stimulus.", Own,
            answer => answer.VoltageAtEnd);
        Measure steady = Number("steady_state_voltage", MeasureKind.Voltage,
            "Mean membrane potential from the end of the stimulus to the end of the recording; NULL when the stimulus has no 'after'.", Efel,
            answer => answer.SteadyStateVoltage);
        Numbers = [rate, count, .. train, steady];
        Response = [response, meanRate, .. train, lastSpike, mean, last, steady];
    }

    /// <summary>The measures of a point under a stimulus.</summary>
    /// <param name="stimulus">The stimulus.</param>
    /// <param name="impedance">Whether the impedance is measured.</param>
    /// <param name="rateAlone">Whether nothing but the rate is, under a step.</param>
    public static IReadOnlyList<Measure> Under(Stimulus stimulus, bool impedance = false, bool rateAlone = false) =>
        stimulus is StepStimulus ? rateAlone ? [Numbers[0]] : Numbers : impedance ? [.. Response, .. Impedance] : Response;

    private static Measure Number(string name, MeasureKind kind, string definition, string source, Func<PointAnswer, double> value) =>
        new(name, kind, definition, source) { Value = value };
}
