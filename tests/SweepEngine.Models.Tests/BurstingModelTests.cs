using SweepEngine.Simulation;

namespace SweepEngine.Models.Tests;

/// <summary>Models that burst: against analysis of their equilibria and the modes of their papers.</summary>
public class BurstingModelTests
{
    [Theory]
    [InlineData(0.001)]
    [InlineData(0.005)]
    public void Hindmarsh_Rose_begins_to_burst_between_the_fold_of_its_fast_variables_and_its_Hopf_point(double r)
    {
        // With z = 4 (x + 1.6) and y = 1 − 5 x² the drive of an equilibrium is I = x³ + 2 x² + 4 x + 5.4. Its characteristic polynomial is
        // λ³ + A λ² + B λ + D with p = 6 x − 3 x²: A = 1 + r − p, B = r (5 − p) − p + 10 x, D = r (4 − p + 10 x). Hopf: A B = D. Fold of x and y at
        // fixed z: p = 10 x, at x = −4/3. The cycle of bursts surrounds the equilibrium before that one loses its stability.
        double Stability(double x)
        {
            double p = 6 * x - 3 * x * x, A = 1 + r - p, B = r * (5 - p) - p + 10 * x, D = r * (4 - p + 10 * x);
            return A * B - D;
        }

        static double Drive(double x) => ((x + 2) * x + 4) * x + 5.4;
        double low = -1.5, high = -1.2;
        while (Math.BitIncrement(low) < high)
        {
            double middle = 0.5 * (low + high);
            (low, high) = Stability(middle) > 0 ? (middle, high) : (low, middle);
        }

        string parameters = FormattableString.Invariant($"r: {r}");
        double[,] J = Run.Code("hindmarsh_rose", "I", parameters).JacobianAtEquilibrium(Drive(low), [low, 1 - 5 * low * low, 4 * (low + 1.6)], 1e-9);
        double trace = J[0, 0] + J[1, 1] + J[2, 2];
        double minors = J[0, 0] * J[1, 1] - J[0, 1] * J[1, 0] + J[0, 0] * J[2, 2] - J[0, 2] * J[2, 0] + J[1, 1] * J[2, 2] - J[1, 2] * J[2, 1];
        double determinant = J[0, 0] * (J[1, 1] * J[2, 2] - J[1, 2] * J[2, 1]) - J[0, 1] * (J[1, 0] * J[2, 2] - J[1, 2] * J[2, 0])
            + J[0, 2] * (J[1, 0] * J[2, 1] - J[1, 1] * J[2, 0]);
        Assert.Equal(1, trace * minors / determinant, 1e-9); // λ³ − trace λ² + minors λ − determinant

        double onset = Run.Kernel("hindmarsh_rose", "I", new StepStimulus(4), 1e-6, parameters).Onset("onset_drive", 1, 1.5);
        Assert.InRange(onset, Drive(-4.0 / 3), Drive(low));
    }

    [Theory]
    // r = 0.005: bursts, chaos at I = 3.25 (which is where textbooks show it), single spikes.
    [InlineData(1, PointStatus.Ok, "silent")]
    [InlineData(2, PointStatus.Ok, "bursting")]
    [InlineData(2.5, PointStatus.Ok, "bursting")]
    [InlineData(3.25, PointStatus.NotConverged, "bursting")]
    [InlineData(4, PointStatus.Ok, "spiking")]
    public void Hindmarsh_Rose_goes_from_silence_through_bursts_to_spikes(double I, PointStatus status, string mode)
    {
        PointTable points = Run.Kernel("hindmarsh_rose", "I", new StepStimulus(4), 1e-6, "r: 0.005").Points(I);
        Assert.Equal(status, points.Status[0]);
        double rate = points.Rate[0], last = points.Of("inv_last_ISI", 0);
        string found = rate == 0 ? "silent" : points.Of("ISI_CV", 0) > 0.8 ? "bursting" : Math.Abs(last / rate - 1) < 1e-3 ? "spiking" : "other";
        Assert.Equal(mode, found);
    }

    [Theory]
    [InlineData(0.3, -2, true)]
    [InlineData(0.3, -0.5, false)]
    [InlineData(0, -2, false)]
    public void Thalamic_cell_answers_the_end_of_a_deep_hyperpolarisation_with_a_burst(double g_T, double base_uA_per_cm2, bool bursts)
    {
        PointTable points = Run.Kernel("thalamic_rebound", "I_app", new StepStimulus(0.3, 0.5, 0, base_uA_per_cm2 / 100), 1e-6,
            FormattableString.Invariant($"g_T: {g_T} mS/cm^2")).Points(0);
        Assert.Equal(0, points.Rate[0]);
        Assert.Equal(bursts, points.Of("spike_count", 0) >= 3 && points.Of("inv_first_ISI", 0) > 200);
        Assert.Equal(!bursts, points.Of("spike_count", 0) == 0);
    }

    [Theory]
    // Figure 3 of Wang 1994 as replicated by Detorakis 2016: repetitive firing at 3, rest at 0, bursts at 10 Hz (at −0.8) and at 3 Hz (at −1.3), and steady
    // hyperpolarisation at −2 uA/cm².
    [InlineData(3, "spikes")]
    [InlineData(0, "silence")]
    [InlineData(-0.8, "10 Hz")]
    [InlineData(-1.3, "3 Hz")]
    [InlineData(-2, "silence")]
    public void Thalamic_cell_has_the_modes_of_Wang(double current_uA_per_cm2, string mode)
    {
        const string Bursting = "g_T: 1 mS/cm^2, theta_h: -79 mV, k_h: 5 mV, sigma_Na: 6 mV, g_L: 0.12 mS/cm^2, E_L: -70 mV";
        PointTable points = Run.Kernel("thalamic_rebound", "I_app", new StepStimulus(2), 1e-6, Bursting).Points(current_uA_per_cm2 / 100);
        Assert.Equal(PointStatus.Ok, points.Status[0]);
        double rate = points.Rate[0], variation = points.Of("ISI_CV", 0);

        // A burst of k spikes that repeats has the rate k times that of the bursts.
        bool Bursts(double low, double high) => variation > 1 && Enumerable.Range(3, 10).Any(k => rate / k > low && rate / k < high);
        bool fits = mode switch
        {
            "spikes" => Math.Abs(points.Of("inv_last_ISI", 0) / rate - 1) < 1e-3,
            "silence" => rate == 0,
            "10 Hz" => Bursts(9, 11),
            "3 Hz" => Bursts(2.8, 3.3),
            _ => false,
        };
        Assert.True(fits, $"rate {rate}, ISI_CV {variation}");
    }
}
