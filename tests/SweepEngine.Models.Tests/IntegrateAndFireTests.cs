using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Models.Tests;

/// <summary>Integrate-and-fire models against closed forms and the patterns of the papers.</summary>
public class IntegrateAndFireTests
{
    [Theory]
    [InlineData(50.5)]
    [InlineData(75)]
    [InlineData(300)]
    public void Quadratic_neuron_has_the_rate_of_the_arcus_tangent(double current_pA)
    {
        // With x = V − (E_L + V_c)/2 and Δ = V_c − E_L: dx/dt = k (x² + β²), k = g_L/(C Δ), β² = I Δ/g_L − Δ²/4, whose time from x_0
        // to x_1 is (atan(x_1/β) − atan(x_0/β))/(k β). B. Ermentrout, Neural Comput. 8 (1996) 979.
        const double Delta = 20e-3, k = 10e-9 / (100e-12 * Delta);
        double current = current_pA / 1e12, beta = Math.Sqrt(current * Delta / 10e-9 - Delta * Delta / 4);
        double expected = k * beta / (Math.Atan(85e-3 / beta) - Math.Atan(-15e-3 / beta));
        PointTable points = Run.Kernel("qif", "I_app", new StepStimulus(1), 1e-8).Points(current);
        Assert.Equal(PointStatus.Ok, points.Status[0]);
        Assert.InRange(points.Rate[0] / expected, 1 - 1e-8, 1 + 1e-8);
    }

    [Fact]
    public void Quadratic_neuron_with_far_ends_has_the_square_root_law()
    {
        // f = k β/π when V_peak → ∞ and V_reset → −∞: sqrt(I − I_rheobase) with the first correction 1/x of the arcus tangent.
        double[] above = [1e-12, 4e-12, 16e-12];
        PointTable points = Run.Kernel("qif", "I_app", new StepStimulus(1), 1e-8, "V_peak: 10 V, V_reset: -10 V")
            .Points([.. above.Select(each => 50e-12 + each)]);
        for (int i = 0; i < above.Length; i++)
        {
            double law = Math.Sqrt(above[i] * 10e-9 / 20e-3) / 100e-12 / Math.PI;
            Assert.InRange(points.Rate[i] / law, 1, 1.001);
        }
    }

    [Theory]
    // Minimum of the parabola: g_L (V_c − E_L)/4, and for b < 0 (k (v_t − v_r) + b)²/(4 k) (Izhikevich 2007, section 8.1.4).
    [InlineData("qif", "I_app", "", 50)]
    [InlineData("izhikevich_2007", "I", "", 51.428571428571)]
    // Saddle-node of Naud et al. 2008: (g_L + a)(V_T − E_L − Delta_T + Delta_T ln(1 + a/g_L)), tonic pattern as below.
    [InlineData("adex", "I_app", "C_m: 200 pF, g_L: 10 nS, E_L: -70 mV, V_T: -50 mV, a: 2 nS, tau_w: 30 ms, b: 0 pA, V_reset: -58 mV",
        220.37571736304)]
    public void Rheobase_is_the_saddle_node(string model, string drive, string parameters, double expected_pA)
    {
        // Just above a saddle-node a spike takes as long as 1/sqrt(I − I_rheobase): a long step sees it closer by.
        double expected = expected_pA / 1e12;
        FIKernel kernel = Run.Kernel(model, drive, new StepStimulus(20), 1e-7, parameters);
        Assert.InRange(kernel.Onset("onset_drive", 0.5 * expected, 1.5 * expected) / expected, 1 - 1e-6, 1 + 1e-6);
    }

    [Fact]
    public void Exponential_neuron_has_the_rheobase_of_its_closed_form()
    {
        // g_L (V_T − E_L − Delta_T) = 0.162 uA/cm².
        FIKernel kernel = Run.Kernel("eif", "I_app", new StepStimulus(20), 1e-7);
        double onset = kernel.Onset("onset_drive", 0, Run.SI("1 uA/cm^2"));
        Assert.InRange(onset / Run.SI("0.162 uA/cm^2"), 1 - 1e-6, 1 + 1e-6);
    }

    [Theory]
    [InlineData(0.17)]
    [InlineData(0.5)]
    [InlineData(3)]
    public void Exponential_neuron_has_the_rate_of_its_quadrature(double current_uA_per_cm2)
    {
        // 1/f = tau_ref + ∫ dV/(dV/dt) from V_reset to V_peak, by Simpson's rule. In mV, ms, uA/cm²; C_m = 1, g_L = 0.1.
        const int Panels = 200_000;
        double step = 38.0 / (2 * Panels), sum = 0;
        for (int i = 0; i <= 2 * Panels; i++)
        {
            double V = -68 + i * step;
            double slope = 0.1 * (-65 - V) + 0.1 * 3.48 * Math.Exp((V + 59.9) / 3.48) + current_uA_per_cm2;
            sum += (i == 0 || i == 2 * Panels ? 1 : i % 2 == 1 ? 4 : 2) / slope;
        }

        double expected = 1e3 / (1.7 + sum * step / 3);
        PointTable points = Run.Kernel("eif", "I_app", new StepStimulus(1), 1e-8).Points(current_uA_per_cm2 / 100);
        Assert.InRange(points.Rate[0] / expected, 1 - 1e-8, 1 + 1e-8);
    }

    [Fact]
    public void Adaptive_neuron_of_Brette_and_Gerstner_loses_its_rest_in_a_Hopf_point()
    {
        // Naud et al. 2008 (after Touboul and Brette, Biol. Cybern. 99 (2008) 319), for a/g_L > tau_m/tau_w:
        // I = (g_L + a)(V_T − E_L − Delta_T + Delta_T ln(1 + tau_m/tau_w)) + Delta_T g_L (a/g_L − tau_m/tau_w).
        double g_L = 30e-9, a = 4e-9, ratio = 281e-12 / g_L / 0.144, E_L = -70.6e-3, Delta_T = 2e-3;
        double current = (g_L + a) * (-50.4e-3 - E_L - Delta_T + Delta_T * Math.Log(1 + ratio)) + Delta_T * g_L * (a / g_L - ratio);
        double V_m = -50.4e-3 + Delta_T * Math.Log(1 + ratio);
        double[,] jacobian = Run.Code("adex", "I_app").JacobianAtEquilibrium(current, [V_m, a * (V_m - E_L)], 1e-12);
        Assert.Equal(0, jacobian[0, 0] + jacobian[1, 1], 1e-9);
        Assert.True(jacobian[0, 0] * jacobian[1, 1] > jacobian[0, 1] * jacobian[1, 0]);
    }

    [Theory]
    // The trace of the Jacobian is zero where 0.08 v + 5 = a, which comes before the fold at (5 − b)²/0.16 − 140. Both analytic.
    [InlineData(0.2, 0.02, 3.7975)]
    [InlineData(0.25, 0.02, 0.685)]
    public void Izhikevich_neuron_loses_its_rest_in_a_Hopf_point(double b, double a, double I)
    {
        double v = (a - 5) / 0.08;
        ModelCode code = Run.Code("izhikevich", "I", FormattableString.Invariant($"a: {a} 1/ms, b: {b} 1/ms"));
        double[,] jacobian = code.JacobianAtEquilibrium(I, [v / 1e3, b * v], 1e-8);
        Assert.Equal(0, jacobian[0, 0] + jacobian[1, 1], 1e-9);
        Assert.True(I < (5 - b) * (5 - b) / 0.16 - 140);
    }

    [Theory]
    // Patterns of Naud et al. 2008 with the numbers of Brian2's example of that paper (which P. Müller adapted to match its figures): C_m, g_L, E_L, a,
    // tau_w, b, V_reset, I.
    [InlineData("tonic", 200, 10, -70, 2, 30, 0, -58, 500)]
    [InlineData("adapting", 200, 12, -70, 2, 300, 60, -58, 500)]
    [InlineData("initial burst", 130, 18, -58, 4, 150, 120, -50, 400)]
    [InlineData("regular bursting", 200, 10, -58, 2, 120, 100, -46, 210)]
    [InlineData("delayed accelerating", 200, 12, -70, -10, 300, 0, -58, 300)]
    [InlineData("delayed regular bursting", 100, 10, -65, -10, 90, 30, -47, 110)]
    [InlineData("transient", 100, 10, -65, 10, 90, 100, -47, 180)]
    [InlineData("irregular", 100, 12, -60, -11, 130, 30, -48, 160)]
    public void Adaptive_neuron_fires_in_the_patterns_of_Naud(
        string pattern, double C_m, double g_L, double E_L, double a, double tau_w, double b, double V_reset, double I)
    {
        string parameters = FormattableString.Invariant(
            $"C_m: {C_m} pF, g_L: {g_L} nS, E_L: {E_L} mV, V_T: -50 mV, a: {a} nS, tau_w: {tau_w} ms, b: {b} pA, V_reset: {V_reset} mV");
        PointTable points = Run.Kernel("adex", "I_app", new StepStimulus(0.6), 1e-6, parameters).Points(I / 1e12);
        Assert.Equal(PointStatus.Ok, points.Status[0]);
        double first = 1 / points.Of("inv_first_ISI", 0), last = 1 / points.Of("inv_last_ISI", 0);
        double variation = points.Of("ISI_CV", 0), adaptation = points.Of("adaptation_index2", 0), rate = points.Rate[0];
        bool fits = pattern switch
        {
            "tonic" => variation < 0.02 && Math.Abs(adaptation) < 1e-3,
            "adapting" => last > 3 * first && adaptation > 0.05,
            "initial burst" => last > 10 * first && adaptation > 0.05,
            "regular bursting" => variation > 0.8 && Math.Abs(adaptation) < 0.05 && rate > 0,
            "delayed accelerating" => last < first && adaptation < 0,
            "delayed regular bursting" => variation > 0.8 && points.Of("time_to_first_spike", 0) > 10 * first,
            "transient" => points.Of("spike_count", 0) >= 1 && rate == 0,
            "irregular" => variation is > 0.3 and < 0.8 && Math.Abs(adaptation) < 0.05,
            _ => false,
        };
        Assert.True(fits, $"first ISI {first}, last {last}, ISI_CV {variation}, adaptation_index2 {adaptation}, rate {rate}");
    }

    [Theory]
    [InlineData(250, 0)]
    [InlineData(250, 100)]
    [InlineData(1000, 100)]
    [InlineData(2000, 500)]
    public void Relative_refractoriness_has_the_interval_of_its_quadrature(double current_pA, double g_step_nS)
    {
        // In steady firing g_rr = G e^(-t/tau_rr) with G = g_step/(1 − e^(-T/tau_rr)), T the interval; after tau_ref at V_reset, V_m solves a linear
        // equation with that conductance: C V e^K = C V_reset + ∫ (g_L E_L + g_rr E_K + I) e^K dt, K = ∫ (g_L + g_rr)/C dt. Units: nS, mV, pA, ms.
        double Excess(double T)
        {
            const int Panels = 20_000;
            double G = g_step_nS / (1 - Math.Exp(-T / 4)), step = (T - 2) / (2 * Panels), sum = 0;
            double K(double t) => (10 * (t - 2) + G * 4 * (Math.Exp(-2 / 4.0) - Math.Exp(-t / 4))) / 100;
            for (int i = 0; i <= 2 * Panels; i++)
            {
                double t = 2 + i * step;
                sum += (i == 0 || i == 2 * Panels ? 1 : i % 2 == 1 ? 4 : 2) * (10 * -70 + G * Math.Exp(-t / 4) * -80 + current_pA) / 100 * Math.Exp(K(t) - K(T));
            }

            return -80 * Math.Exp(-K(T)) + sum * step / 3 + 50;
        }

        double low = 2.000001, high = 200;
        while (Math.BitIncrement(low) < high)
        {
            double middle = 0.5 * (low + high);
            (low, high) = Excess(middle) < 0 ? (middle, high) : (low, middle);
        }

        PointTable points = Run.Kernel("lif_refractory", "I_app", new StepStimulus(1), 1e-8, FormattableString.Invariant($"g_step: {g_step_nS} nS"))
            .Points(current_pA / 1e12);
        Assert.Equal(PointStatus.Ok, points.Status[0]);
        Assert.InRange(points.Rate[0] * low / 1e3, 1 - 2e-8, 1 + 2e-8);
    }

    [Fact]
    public void Generalised_neuron_without_its_mechanisms_is_the_leaky_one()
    {
        // Mihalas and Niebur 2009, figure 1A: a = A_1 = A_2 = 0 and I/C = 1.5 V/s. tau_m = 20 ms, V from -70 mV towards -40 mV, threshold -50 mV:
        // the interval is 20 ms ln 3.
        PointTable points = Run.Kernel("mihalas_niebur", "I_app", new StepStimulus(0.2), 1e-9).Points(150e-12);
        Assert.InRange(points.Rate[0] * 20e-3 * Math.Log(3), 1 - 1e-9, 1 + 1e-9);
        Assert.Equal(9, points.Of("spike_count", 0));
    }

    [Theory]
    // Table 1 of Mihalas and Niebur 2009 as in Detorakis's replication: a, A_1/C, A_2/C and the current/C of panels A, C, D, K, M, N and P of figure 1.
    [InlineData("tonic", 0, 0, 0, 1.5)]
    [InlineData("adapting", 5, 0, 0, 2)]
    [InlineData("phasic", 5, 0, 0, 1.5)]
    [InlineData("induced by hyperpolarisation", 30, 0, 0, -1)]
    [InlineData("tonic bursting", 5, 10, -0.6, 2)]
    [InlineData("phasic bursting", 5, 10, -0.6, 1.5)]
    [InlineData("mixed", 5, 5, -0.3, 2)]
    public void Generalised_neuron_fires_in_the_patterns_of_Mihalas_and_Niebur(string pattern, double a, double A_1, double A_2, double I)
    {
        string parameters = FormattableString.Invariant($"a: {a} 1/s, A_1: {100 * A_1} pA, A_2: {100 * A_2} pA");
        PointTable points = Run.Kernel("mihalas_niebur", "I_app", new StepStimulus(0.5), 1e-6, parameters).Points(I * 100e-12);
        Assert.Equal(PointStatus.Ok, points.Status[0]);
        double first = 1 / points.Of("inv_first_ISI", 0), last = 1 / points.Of("inv_last_ISI", 0);
        double variation = points.Of("ISI_CV", 0), spikes = points.Of("spike_count", 0), rate = points.Rate[0];
        bool fits = pattern switch
        {
            "tonic" => rate > 0 && variation < 1e-6,
            "adapting" => rate > 0 && first > 0.01 && last > 1.5 * first,
            "phasic" => rate == 0 && spikes >= 1 && first > 0.01,
            "induced by hyperpolarisation" => rate > 0,
            "tonic bursting" => rate > 0 && first < 0.003 && variation > 1.5,
            "phasic bursting" => rate == 0 && spikes >= 4 && first < 0.003,
            "mixed" => rate > 0 && first < 0.005 && last > 5 * first && variation < 1,
            _ => false,
        };
        Assert.True(fits, $"{spikes} spikes, first ISI {first}, last {last}, ISI_CV {variation}, rate {rate}");
    }

    [Theory]
    // A threshold without any sharpness: spikes come at lambda_0 = 50/s whatever V_m is. And a V_m that stays at E_L = V_T + Delta_V ln 50, where lambda_0 = 1/s.
    [InlineData("lambda_0: 50 1/s, Delta_V: 1e9 V")]
    [InlineData("E_L: -34.1231678 mV, V_reset: -34.1231678 mV, q_eta_1: 0 pA, q_eta_2: 0 pA, q_gamma_1: 0 mV, q_gamma_2: 0 mV")]
    public void Escape_at_a_constant_rate_gives_exponential_intervals_behind_the_dead_time(string parameters)
    {
        // At 50/s and with tau_ref = 4 ms the mean interval is 24 ms and its standard deviation 20 ms. Over N spikes the mean rate errs by CV/sqrt(N) of
        // itself, CV = 20/24; 5 standard deviations are allowed.
        const int Neurons = 64;
        var settings = new FISettings("I_app", Run.Course(20), 1e-6, 3);
        FIKernel kernel = new(Run.Code("gif", "I_app", parameters), settings);
        PointTable points = kernel.Points([.. Enumerable.Repeat(0.0, Neurons)], []);
        Assert.All(points.Status, status => Assert.Equal(PointStatus.Ok, status));
        double[] rates = [.. Enumerable.Range(0, Neurons).Select(i => points.Of("mean_rate", i))];
        double[] variations = [.. Enumerable.Range(0, Neurons).Select(i => points.Of("ISI_CV", i))];
        double expected = 1 / 24e-3, CV = 20 / 24.0, spikes = Neurons * 20 * expected;
        Assert.InRange(rates.Average() / expected, 1 - 5 * CV / Math.Sqrt(spikes), 1 + 5 * CV / Math.Sqrt(spikes));
        Assert.InRange(variations.Average() / CV, 1 - 5 / Math.Sqrt(spikes), 1 + 5 / Math.Sqrt(spikes));
        Assert.True(rates.Distinct().Count() > Neurons / 4);
    }
}
