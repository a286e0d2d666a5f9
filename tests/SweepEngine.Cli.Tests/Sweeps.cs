namespace SweepEngine.Cli.Tests;

/// <summary>Small sweeps.</summary>
internal static class Sweeps
{
    /// <summary>60 curves of 9 points that take a second or so.</summary>
    public const string Adaptation =
        """
        sweep: small-adaptation
        model: lif_adapt
        grid:
          I_app:   {linspace: [0 pA, 800 pA, 9]}
          g_adapt: {linspace: [0 nS, 5 nS, 20]}
          tau_ref: {values: [0 ms, 2 ms, 5 ms]}
        drive: I_app
        stimulus: {step: {duration: 300 ms}}
        tolerance: 1e-4
        """;

    /// <summary>Curves of <see cref="LongAdaptation"/>.</summary>
    public const int LongAdaptationCurves = 180;

    /// <summary>The same with three times as many curves: enough to be stopped again and again.</summary>
    public static string LongAdaptation { get; } = Adaptation.Replace("5 nS, 20]", "5 nS, 60]", StringComparison.Ordinal);

    /// <summary>6 curves of 7 points, with 334 times of each.</summary>
    public const string Squid =
        """
        sweep: small-squid
        model: hodgkin_huxley
        grid:
          I_app: {linspace: [0 uA/cm^2, 30 uA/cm^2, 7]}
          g_K:   {linspace: [30 mS/cm^2, 40 mS/cm^2, 6]}
        drive: I_app
        stimulus: {step: {duration: 100 ms}}
        measure: [fi, traces]
        traces: {every: 0.3 ms, variables: [V_m, n, I_Na]}
        tolerance: 1e-4
        """;

    /// <summary>5 curves of 6 points with all tables of diagrams, whose curves have different numbers of rows.</summary>
    public const string Diagrams =
        """
        sweep: small-diagrams
        model: morris_lecar
        parameters: {g_Ca: 4 mS/cm^2, V_3: 12 mV, V_4: 17.4 mV}
        grid:
          phi:   {values: [0.066667, 0.1, 0.15, 0.2, 0.23]}
          I_app: {linspace: [0 uA/cm^2, 150 uA/cm^2, 6]}
        drive: I_app
        stimulus: {step: {duration: 500 ms}}
        measure: [rate, bifurcations, branches]
        follow: {point: hopf, with: g_K}
        tolerance: 1e-4
        """;

    /// <summary>3 curves of 41 points that have a formula.</summary>
    public const string ClosedForm =
        """
        sweep: closed-form
        model: lif
        grid:
          I_app:   {linspace: [0 pA, 1000 pA, 41]}
          tau_ref: {values: [0 ms, 2 ms, 5 ms]}
        drive: I_app
        stimulus: {step: {duration: 1 s}}
        tolerance: 1e-9
        """;
}
