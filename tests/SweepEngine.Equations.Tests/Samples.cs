namespace SweepEngine.Equations.Tests;

/// <summary>Models that the tests read.</summary>
internal static class Samples
{
    public const string LifAdapt = """
        model: lif_adapt
        summary: Leaky integrate-and-fire neuron with a spike-rate adaptation conductance and an absolute refractory period.
        source: P. Dayan & L. F. Abbott, Theoretical Neuroscience (MIT Press, 2001), section 5.4.
        equations: |
          dV_m/dt = (g_L*(E_L - V_m) + g_sra*(E_K - V_m) + I_app)/C_m
          dg_sra/dt = -g_sra/tau_sra    # decays between spikes
        spike:
          when: V_m > V_th
          reset: |
            V_m = V_reset
            g_sra += g_adapt
          refractory: {for: tau_ref, hold: [V_m]}
        states:
          V_m:   {start: E_L,  unit: mV, summary: Membrane potential.}
          g_sra: {start: 0 nS, unit: nS, summary: Adaptation conductance.}
        parameters:
          C_m:     {default: 100 pF, above: 0 pF, summary: Membrane capacitance.}
          g_L:     {default: 10 nS,  above: 0 nS, summary: Leak conductance.}
          E_L:     {default: -70 mV, summary: Resting potential.}
          E_K:     {default: -80 mV, summary: Reversal potential of the adaptation conductance.}
          V_th:    {default: -50 mV, summary: Threshold.}
          V_reset: {default: -80 mV, summary: Reset potential.}
          tau_ref: {default: 2 ms,   min: 0 ms, summary: Absolute refractory period.}
          tau_sra: {default: 200 ms, above: 0 ms, summary: Time constant of adaptation.}
          g_adapt: {default: 1 nS,   min: 0 nS, summary: Increment of the adaptation conductance per spike.}
          I_app:   {default: 0 pA,   summary: Applied current.}
        """;

    public const string HodgkinHuxley = """
        model: hodgkin_huxley
        summary: Squid giant axon at 6.3 °C, in the modern voltage convention.
        source: A. L. Hodgkin & A. F. Huxley, J. Physiol. 117:500-544 (1952).
        equations: |
          dV_m/dt = (J_app - I_Na - I_K - I_L)/C_m
          dm/dt = alpha_m*(1 - m) - beta_m*m
          dh/dt = alpha_h*(1 - h) - beta_h*h
          dn/dt = alpha_n(V_m)*(1 - n) - beta_n(V_m)*n
          I_Na = g_Na*m^3*h*(V_m - E_Na)
          I_K = g_K*n^4*(V_m - E_K)
          I_L = g_L*(V_m - E_L)
          alpha_m = 1/ms / exprel(-(V_m + 40 mV)/(10 mV))
          beta_m = 4/ms * exp(-(V_m + 65 mV)/(18 mV))
          alpha_h = 0.07/ms * exp(-(V_m + 65 mV)/(20 mV))
          beta_h = 1/ms / (1 + exp(-(V_m + 35 mV)/(10 mV)))
          alpha_n(V) = 0.1/ms / exprel(-(V + 55 mV)/(10 mV))
          beta_n(V) = 0.125/ms * exp(-(V + 65 mV)/(80 mV))
        spike:
          when: V_m > 0 mV
        states:
          V_m: {start: -65 mV, unit: mV}
          m: {start: alpha_m/(alpha_m + beta_m), unit: 1}
          h: {start: alpha_h/(alpha_h + beta_h), unit: 1}
          n: {start: alpha_n(V_m)/(alpha_n(V_m) + beta_n(V_m)), unit: 1}
        parameters:
          C_m:   {default: 1 uF/cm^2, above: 0 uF/cm^2}
          g_Na:  {default: 120 mS/cm^2, min: 0 mS/cm^2}
          g_K:   {default: 36 mS/cm^2, min: 0 mS/cm^2}
          g_L:   {default: 0.3 mS/cm^2, min: 0 mS/cm^2}
          E_Na:  {default: 50 mV}
          E_K:   {default: -77 mV}
          E_L:   {default: -54.387 mV}
          J_app: {default: 0 uA/cm^2}
        """;

    public static ModelDefinition Read(string yaml)
    {
        Findings findings = new();
        ModelDefinition? model = ModelReader.Read(yaml, "test.yaml", findings);
        Assert.True(model is not null, findings.ToString());
        return model;
    }
}
