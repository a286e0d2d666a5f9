namespace SweepEngine.Simulation;

/// <summary>What to compute at each grid point, and how well.</summary>
/// <param name="Drive">The swept parameter that is the drive; the stimulus is its course over time.</param>
/// <param name="Stimulus">The stimulus.</param>
/// <param name="Tolerance">Relative error asked for, 1e-12 to 1e-2.</param>
/// <param name="Seed">Seed of random numbers.</param>
/// <param name="FixedStep">Step of models with white noise, and of methods of fixed steps [s], &gt; 0; null for what the tolerance asks for.</param>
public sealed record FISettings(string Drive, Stimulus Stimulus, double Tolerance, long Seed = 1, double? FixedStep = null)
{
    /// <summary>How models without white noise are integrated; a method of fixed steps needs <see cref="FixedStep"/>.</summary>
    public IntegrationMethod Method { get; init; }

    /// <summary>Whether nothing but the steady rate is wanted under a step: then a point ends as soon as that is certain.</summary>
    public bool RateAlone { get; init; }

    /// <summary>How the impedance is read at the end of the stimulus, which is a <see cref="CourseStimulus"/>; null for none.</summary>
    public ImpedanceSettings? Impedance { get; init; }

    /// <summary>
    /// Where firing has not settled by the end of the stimulus, it is followed under constant drive for at most this many
    /// times the stimulus' duration, from its start on.
    /// </summary>
    public const double SettlingLimit = 20;

    /// <summary>Steps that one grid point may take before it is given up.</summary>
    public const long StepLimit = 20_000_000;

    /// <summary>Longest cycle of interspike intervals that is recognised as steady firing (bursts of up to as many spikes).</summary>
    public const int LongestCycle = 12;
}
