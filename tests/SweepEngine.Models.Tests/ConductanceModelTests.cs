using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Models.Tests;

/// <summary>Conductance-based models against published numbers, and the forms of the squid axon against each other.</summary>
public class ConductanceModelTests
{
    private const string Snic = "g_Ca: 4 mS/cm^2, V_3: 12 mV, V_4: 17.4 mV, phi: 0.066667";

    [Fact]
    public void Connor_Stevens_begins_to_fire_at_its_fold()
    {
        // 8.1140533148443 uA/cm²: fold of the equilibria with Dayan and Abbott's numbers, computed twice in high precision.
        double onset = Run.Kernel("connor_stevens", "I_app", new StepStimulus(1), 3e-6).Onset("onset_drive", 0.081, 0.0813);
        Assert.InRange(onset / 0.081140533148443, 1 - 1e-5, 1 + 1e-5);
    }

    [Fact]
    public void Wang_Buzsaki_begins_to_fire_where_its_rest_folds()
    {
        // The largest steady current over V below threshold: 35 m_inf³ h (V − 55) + 9 n⁴ (V + 90) + 0.1 (V + 65), gates at their steady states.
        static double Steady(double V)
        {
            double m = Gate(0.1 * (V + 35) / (1 - Math.Exp(-(V + 35) / 10)), 4 * Math.Exp(-(V + 60) / 18));
            double h = Gate(0.07 * Math.Exp(-(V + 58) / 20), 1 / (1 + Math.Exp(-(V + 28) / 10)));
            double n = Gate(0.01 * (V + 34) / (1 - Math.Exp(-(V + 34) / 10)), 0.125 * Math.Exp(-(V + 44) / 80));
            return 35 * m * m * m * h * (V - 55) + 9 * n * n * n * n * (V + 90) + 0.1 * (V + 65);
        }

        static double Gate(double alpha, double beta) => alpha / (alpha + beta);
        double fold = Enumerable.Range(0, 15_000).Max(i => Steady(-70.0005 + i * 1e-3));
        double onset = Run.Kernel("wang_buzsaki", "I_app", new StepStimulus(5), 1e-6).Onset("onset_drive", 0, 0.01);
        Assert.Equal(0.16, fold, 0.005);
        Assert.Equal(fold, onset * 100, 1e-5);
    }

    [Theory]
    // Hopf points of the Hopf set, computed twice in high precision: 93.857618373725 and 212.01881610037 uA/cm².
    [InlineData(93.857618373725, -30)]
    [InlineData(212.01881610037, 10)]
    public void Morris_Lecar_has_its_Hopf_points_at_the_computed_currents(double current_uA_per_cm2, double near_mV)
    {
        // dw/dt = 0 gives w, and bisection on V the current; the trace must vanish there.
        ModelCode code = Run.Code("morris_lecar", "I_app");
        double drive = current_uA_per_cm2 / 100, low = near_mV / 1e3 - 0.02, high = near_mV / 1e3 + 0.02;
        var rates = new double[2];
        while (Math.BitIncrement(low) < high)
        {
            double middle = 0.5 * (low + high);
            code.Derivatives.Evaluate([0], [middle, W(middle)], [drive], rates, 1, 0, 1);
            (low, high) = rates[0] > 0 ? (middle, high) : (low, middle);
        }

        double[,] jacobian = code.JacobianAtEquilibrium(drive, [low, W(low)], 1e-10);
        Assert.Equal(0, jacobian[0, 0] + jacobian[1, 1], 1e-8); // 1/s, of entries of 100

        static double W(double V) => (1 + Math.Tanh((V - 2e-3) / 30e-3)) / 2;
    }

    [Fact]
    public void Morris_Lecar_fires_from_rest_between_its_folds_of_cycles_alone()
    {
        // 88.293250543 and 216.899801390 uA/cm², computed with continuation; at rest from 0, firing must begin before the Hopf point.
        FIKernel kernel = Run.Kernel("morris_lecar", "I_app", new StepStimulus(2), 1e-6);
        double onset = 100 * kernel.Onset("onset_drive", 0.8, 1.2);
        Assert.InRange(onset, 88.293250543, 93.857618373725);
        PointTable points = kernel.Points(0.88, 1.2, 2.1, 2.17);
        Assert.Equal([0, 1, 1, 0], points.Rate.Select(Math.Sign));
    }

    [Theory]
    [InlineData(0.066667, false)]
    [InlineData(0.23, true)]
    public void Morris_Lecar_begins_at_rate_0_on_the_circle_and_with_a_jump_at_the_homoclinic(double phi, bool jumps)
    {
        // Both sets have the same fold of equilibria, the maximum over V of the steady current
        // g_Ca m_inf (V − E_Ca) + g_K w_inf (V − E_K) + g_L (V − E_L): 39.963153 uA/cm² at −29.39 mV.
        string parameters = Snic.Replace("0.066667", FormattableString.Invariant($"{phi}"), StringComparison.Ordinal);
        FIKernel kernel = Run.Kernel("morris_lecar", "I_app", new StepStimulus(20), 1e-6, parameters);
        double onset = kernel.Onset("onset_drive", 0.38, 0.403);
        Assert.Equal(39.963153, 100 * onset, 1e-4);
        Assert.Equal(jumps, kernel.Points(onset * 1.0001).Rate[0] > 2);
    }

    [Fact]
    public void Traub_Miles_has_the_potentials_that_NEST_computes()
    {
        // testsuite/unittests/test_hh_cond_exp_traub.sli of NEST: from V_m = 10 mV, its gates as they stand at 60 mV below V_T, V_m after 0.6 to 1 ms; before 1 ms
        // none of the inputs of that test has arrived. NEST's steps are right to 1e-3 mV. Its nS and pF are mS/cm² and uF/cm² here: only ratios count.
        string text = ModelLibrary.Text("traub_miles").Replace("V_m: {start: E_L", "V_m: {start: 10 mV", StringComparison.Ordinal);
        foreach (string x in new[] { "m", "h", "n" })
        {
            string start = $"alpha_{x}(E_L - V_T)/(alpha_{x}(E_L - V_T) + beta_{x}(E_L - V_T))";
            Assert.Contains(start, text, StringComparison.Ordinal);
            text = text.Replace(start, start.Replace("E_L - V_T", "-60 mV", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        Dictionary<string, double> parameters = new()
        {
            ["g_Na"] = Run.SI("19000 mS/cm^2"),
            ["g_K"] = Run.SI("5000 mS/cm^2"),
            ["g_L"] = Run.SI("9 mS/cm^2"),
            ["C_m"] = Run.SI("110 uF/cm^2"),
            ["E_Na"] = 40e-3,
            ["E_K"] = -80e-3,
            ["E_L"] = -70e-3,
        };
        ModelCode code = ModelCode.Compile(ModelReader.Read(text, "traub_miles.yaml", new Findings())!, parameters, ["I_app"]);
        foreach ((double time, double V_m) in new[] { (0.6, -8.72846), (0.7, -23.1221), (0.8, -35.9526), (0.9, -51.8259), (1, -66.9994) })
        {
            // V_m falls throughout, so that its minimum is its last value.
            PointTable points = new FIKernel(code, new FISettings("I_app", new StepStimulus(time / 1e3), 1e-8)).Points([Run.SI("1 uA/cm^2")], []);
            Assert.Equal(V_m, 1e3 * points.Of("minimum_voltage", 0), 5e-4);
        }
    }

    [Theory]
    // The two published sets: of the simulators' benchmark, and of Ermentrout and Kopell.
    [InlineData("", 0.05, -60, 30, -90, -63)]
    [InlineData("g_K: 80 mS/cm^2, g_L: 0.1 mS/cm^2, E_K: -100 mV, E_L: -67 mV, V_T: -67 mV", 0.1, -67, 80, -100, -67)]
    public void Traub_Miles_begins_to_fire_where_its_rest_folds(string parameters, double g_L, double E_L, double g_K, double E_K, double V_T)
    {
        // The largest steady current over V below threshold: g_Na m³ h (V − 50) + g_K n⁴ (V − E_K) + g_L (V − E_L), gates at their steady states.
        double Steady(double V)
        {
            double v = V - V_T;
            double m = Gate(0.32 * (13 - v) / (Math.Exp((13 - v) / 4) - 1), 0.28 * (v - 40) / (Math.Exp((v - 40) / 5) - 1));
            double h = Gate(0.128 * Math.Exp((17 - v) / 18), 4 / (1 + Math.Exp((40 - v) / 5)));
            double n = Gate(0.032 * (15 - v) / (Math.Exp((15 - v) / 5) - 1), 0.5 * Math.Exp((10 - v) / 40));
            return 100 * m * m * m * h * (V - 50) + g_K * n * n * n * n * (V - E_K) + g_L * (V - E_L);
        }

        static double Gate(double alpha, double beta) => alpha / (alpha + beta);
        double fold = Enumerable.Range(0, 20_000).Max(i => Steady(-75.0005 + i * 1e-3));
        double onset = 100 * Run.Kernel("traub_miles", "I_app", new StepStimulus(5), 1e-5, parameters).Onset("onset_drive", -0.01, 0.01);
        Assert.Equal(fold, onset, 1e-5);
    }

    [Fact]
    public void The_squid_axon_is_the_same_with_eight_sodium_states()
    {
        double[] drives = [0, 0.05, 0.065, 0.08, 0.2, 1];
        PointTable gates = Run.Kernel("hodgkin_huxley", "I_app", new StepStimulus(0.1), 1e-7).Points(drives);
        PointTable states = Run.Kernel("hodgkin_huxley_markov", "I_app", new StepStimulus(0.1), 1e-7).Points(drives);
        Same(gates, states, 1e-7);
    }

    [Fact]
    public void The_squid_axon_is_the_same_with_time_constants_and_steady_states()
    {
        // dx/dt = (x_inf − x)/tau_x with tau_x = 1/(alpha + beta) and x_inf = alpha tau_x: Hodgkin and Huxley 1952, eqs. 11 to 13.
        string text = ModelLibrary.Text("hodgkin_huxley");
        foreach (string x in new[] { "m", "h", "n" })
        {
            string rates = $"alpha_{x}(V_m)*(1 - {x}) - beta_{x}(V_m)*{x}";
            Assert.Contains(rates, text, StringComparison.Ordinal);
            text = text.Replace(rates, $"({x}_inf - {x})/tau_{x}\n"
                + $"  tau_{x} = 1/(alpha_{x}(V_m) + beta_{x}(V_m))\n  {x}_inf = alpha_{x}(V_m)*tau_{x}", StringComparison.Ordinal);
        }

        var findings = new Findings();
        ModelDefinition? model = ModelReader.Read(text, "hodgkin_huxley_tau.yaml", findings);
        Assert.Empty(findings.All);
        double[] drives = [0, 0.05, 0.065, 0.08, 0.2, 1];
        var settings = new FISettings("I_app", new StepStimulus(0.1), 1e-7);
        PointTable time = new FIKernel(ModelCode.Compile(model!, new Dictionary<string, double>(), ["I_app"]), settings).Points(drives);
        Same(Run.Kernel("hodgkin_huxley", "I_app", new StepStimulus(0.1), 1e-7).Points(drives), time, 1e-7);
    }

    private static void Same(PointTable expected, PointTable found, double tolerance)
    {
        Assert.Equal(expected.Status, found.Status);
        foreach (Measure measure in PointMeasures.Numbers)
        {
            for (int i = 0; i < expected.Status.Length; i++)
            {
                double number = expected.Of(measure.Name, i);
                double other = found.Of(measure.Name, i);
                bool same = double.IsNaN(number) ? double.IsNaN(other) : Math.Abs(other - number) <= 2 * tolerance * Math.Max(1, Math.Abs(number));
                Assert.True(same, $"{measure.Name} of point {i}: {other} for {number}");
            }
        }
    }
}
