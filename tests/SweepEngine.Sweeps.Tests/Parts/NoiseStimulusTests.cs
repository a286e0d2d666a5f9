namespace SweepEngine.Sweeps.Tests.Parts;

/// <summary>Noisy stimuli against closed forms. lif: C_m = 100 pF, g_L = 10 nS, tau_m = 10 ms, R = 100 MOhm; without spikes where V_th is far away.</summary>
public sealed class NoiseStimulusTests
{
    private const double Tau_m = 10e-3, R = 1e8, Rest = -70e-3;

    // After ten time constants the membrane has forgotten its start. Its variance: G. E. Uhlenbeck and L. S. Ornstein, Phys. Rev. 36 (1930) 823, for white
    // noise; for coloured noise of variance sigma^2 that of a low-pass filter, R^2 sigma^2 tau/(tau + tau_m).
    [Theory]
    [InlineData("white_noise", 5e-3 / Tau_m)]
    [InlineData("ornstein_uhlenbeck", 5e-3 / (5e-3 + Tau_m))]
    public void A_membrane_in_noise_has_the_variance_of_the_closed_form(string stimulus, double part)
    {
        const int repeats = 2000;
        Responses responses = Responses.Of($$"""
            sweep: s
            model: lif
            grid: {I_app: {values: [0 pA, 50 pA]} }
            drive: I_app
            parameters: {V_th: 0 mV}
            stimulus: { {{stimulus}}: {sigma: 20 pA, tau: 5 ms, duration: 100 ms} }
            measure: [response]
            repeat: {{repeats}}
            dt: 0.1 ms
            """);
        double variance = Math.Pow(R * 20e-12, 2) * part;
        for (int i = 0; i < 2; i++)
        {
            double[] ends = responses["voltage_at_end"][(i * repeats)..((i + 1) * repeats)];
            double mean = ends.Average(), found = ends.Sum(v => (v - mean) * (v - mean)) / (repeats - 1);
            // Four standard errors of a mean and of a variance of normal numbers.
            Assert.Equal(Rest + R * i * 50e-12, mean, 4 * Math.Sqrt(variance / repeats));
            Assert.Equal(1, found / variance, 4 * Math.Sqrt(2.0 / repeats));
        }
    }

    [Fact]
    public void A_neuron_in_white_noise_fires_at_the_rate_of_Siegert()
    {
        const int repeats = 200;
        const double duration = 5;
        // sigma*sqrt(tau/tau_m)*R = 5 mV around -55 mV. The project's reference number of Siegert's formula (shared with the closed form's own test).
        Responses responses = Responses.Of($$"""
            sweep: s
            model: lif
            grid: {I_app: {values: [150 pA]} }
            drive: I_app
            parameters: {V_th: -50 mV, V_reset: -80 mV, tau_ref: 2 ms}
            stimulus: {white_noise: {sigma: 158.11388300841898 pA, tau: 1 ms, duration: {{duration}} s} }
            measure: [response]
            repeat: {{repeats}}
            dt: 0.1 ms
            """);
        double[] rates = responses["mean_rate"];
        double mean = rates.Average(), error = Math.Sqrt(rates.Sum(rate => (rate - mean) * (rate - mean)) / (repeats - 1) / repeats);
        // The start at rest is worth less than a spike.
        Assert.Equal(21.944456, mean, 4 * error + 0.5 / duration);
        Assert.InRange(error, 0, 0.2);
    }
}
