using SweepEngine.Equations;

namespace SweepEngine.Sweeps.Tests;

/// <summary>Sweeps that the tests share.</summary>
internal static class Sweeps
{
    public const string Adaptation = """
        sweep: atlas
        model: lif_adapt
        parameters: {tau_sra: 200 ms}
        grid:
          I_app:   {linspace: [0 pA, 1000 pA, 101]}
          g_adapt: {linspace: [0 nS, 5 nS, 21]}
          tau_ref: {values: [0 ms, 2 ms]}
        drive: I_app
        stimulus: {step: {duration: 2 s}}
        measure: [fi, rheobase]
        tolerance: 1e-6
        seed: 1
        """;

    public static SweepSpec Read(string text)
    {
        Findings findings = new();
        SweepSpec? spec = SweepSpecReader.Read(text, "sweep.yaml", findings);
        Assert.False(findings.Any, findings.ToString());
        return spec!;
    }
}
