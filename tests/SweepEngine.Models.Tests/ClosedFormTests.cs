using System.Globalization;
using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Models.Tests;

/// <summary>Closed forms against numbers of textbooks and papers, at the digits that are printed there, and against what must hold for any numbers.</summary>
public class ClosedFormTests
{
    public static TheoryData<string> Names => [.. ClosedForms.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_closed_form_names_its_source_and_explains_its_symbols(string name)
    {
        ClosedForm form = ClosedForms.Find(name)!;
        Assert.Equal(name, form.Name);
        Assert.NotEmpty(form.Summary);
        Assert.Matches("[12][0-9]{3}", form.Source);
        Assert.All(form.Parameters, parameter => Assert.NotEmpty(parameter.Summary));
        Assert.NotEmpty(form.Results);
        Assert.All(form.Evaluate(new Dictionary<string, double>()), value => Assert.True(double.IsFinite(value)));
        Assert.True(form.Functions.Count == form.Results.Count && form.Functions.All(function => function.Name.StartsWith(name, StringComparison.Ordinal)));
    }

    [Theory]
    // B. Hille, Ion Channels of Excitable Membranes (2001), table 1.3: mammalian skeletal muscle at 37 °C.
    [InlineData("nernst", "c_out=145 mM c_in=12 mM T=310.15 K", 0, "67 mV")]
    [InlineData("nernst", "c_out=4 mM c_in=155 mM T=310.15 K", 0, "-98 mV")]
    [InlineData("nernst", "c_out=123 mM c_in=4.2 mM z=-1 T=310.15 K", 0, "-90 mV")]
    // E. R. Kandel, J. H. Schwartz and T. M. Jessell, Principles of Neural Science, table of the squid giant axon; 20 °C.
    [InlineData("nernst", "c_out=440 mM c_in=50 mM T=293.15 K", 0, "55 mV")]
    [InlineData("nernst", "c_out=560 mM c_in=52 mM z=-1 T=293.15 K", 0, "-60 mV")]
    // The same axon with the permeabilities of A. L. Hodgkin and B. Katz, J. Physiol. 108:37-77 (1949): the textbooks' resting potential of -60 mV.
    [InlineData("ghk", "P_K=1 P_Na=0.04 P_Cl=0.45", 0, "-60 mV")]
    // RT/F at 37 °C, any textbook; and P. Dayan and L. F. Abbott (2001), section 5.2: 25 mV near 20 °C.
    [InlineData("thermal_voltage", "T=310 K", 0, "26.7 mV")]
    [InlineData("thermal_voltage", "T=293 K", 0, "25.2 mV")]
    // A. L. Hodgkin and A. F. Huxley (1952), conductances and potentials at rest, -65 mV in the modern convention.
    [InlineData("resting_potential", "g_K=0.367 mS/cm^2", 0, "-65.0 mV")]
    // P. Dayan and L. F. Abbott (2001), section 5.2: 1 MΩ mm² and 10 nF/mm² give 10 ms; 0.01 mm² of membrane have 100 MΩ and 0.1 nF.
    [InlineData("time_constant", "r_m=1 MOhm*mm^2 c_m=10 nF/mm^2", 0, "10 ms")]
    [InlineData("membrane_totals", "r_m=1 MOhm*mm^2 c_m=10 nF/mm^2 area=0.01 mm^2", 0, "100 MOhm")]
    [InlineData("membrane_totals", "r_m=1 MOhm*mm^2 c_m=10 nF/mm^2 area=0.01 mm^2", 1, "10 nS")]
    [InlineData("membrane_totals", "r_m=1 MOhm*mm^2 c_m=10 nF/mm^2 area=0.01 mm^2", 2, "0.1 nF")]
    // P. Dayan and L. F. Abbott (2001), section 6.3: a cable of radius 2 µm with 1 MΩ mm² and 1 kΩ mm has a length constant of 1 mm.
    [InlineData("length_constant_specific", "d=4 um r_m=1 MOhm*mm^2 r_i=1 kOhm*mm", 0, "1 mm")]
    // C. Koch, Biophysics of Computation (1999), section 2.2: an apical dendrite of 4 µm.
    [InlineData("length_constant_specific", "d=4 um r_m=20000 Ohm*cm^2 r_i=200 Ohm*cm", 0, "1 mm")]
    // λ = √(r_m/r_i): the same dendrite per length, r_m/(πd) and 4 r_i/(πd²).
    [InlineData("length_constant", "r_m=15.91549 MOhm*cm r_i=1.591549 GOhm/cm", 0, "1.000 mm")]
    // e^-1, and 1/cosh 1 at the sealed end of a cable of one length constant: Abramowitz and Stegun (1964), tables 4.4 and 4.15.
    [InlineData("cable_infinite", "V_0=1 mV x=-2 mm lambda=2 mm", 0, "0.3679 mV")]
    [InlineData("cable_sealed", "V_0=1 mV x=2 mm l=2 mm lambda=2 mm", 0, "0.6481 mV")]
    [InlineData("passive_decay", "V_0=-69 mV E_L=-70 mV tau_m=5 ms Delta_t=5 ms", 0, "-69.6321 mV")]
    // B. Hille (2001), chapter 1: 100 mV on 1 µF/cm² are 1 pmol/cm² of a monovalent ion.
    [InlineData("potassium_loss", "c_m=1 uF/cm^2 Delta_V=100 mV", 0, "1.0 pmol/cm^2")]
    // About a millionth of what an axon of 0.5 mm holds (A. L. Hodgkin, The Conduction of the Nervous Impulse, 1964), if 4.26 pmol/cm² are lost, which
    // A. L. Hodgkin and A. F. Huxley (1952) find: four times the charge on the membrane.
    [InlineData("potassium_loss", "Delta_V=100 mV excess=4.11 d=500 um K_in=400 mM", 1, "0.000001")]
    // The project's reference numbers (analytic): 240 pA and 400 pA, with and without 2 ms of refractory period.
    [InlineData("lif_rate", "I_app=240 pA tau_ref=0 ms", 0, "46.727527 Hz")]
    [InlineData("lif_rate", "I_app=240 pA tau_ref=2 ms", 0, "42.733834 Hz")]
    [InlineData("lif_rate", "I_app=400 pA tau_ref=0 ms", 0, "109.135667 Hz")]
    [InlineData("lif_rate", "I_app=400 pA tau_ref=2 ms", 0, "89.582397 Hz")]
    // The project's reference numbers: Siegert's formula, evaluated twice independently in high precision.
    [InlineData("lif_rate_noise", "mu=-50 mV sigma=1 mV", 0, "23.601976 Hz")]
    [InlineData("lif_rate_noise", "mu=-50 mV sigma=2 mV", 0, "28.205250 Hz")]
    [InlineData("lif_rate_noise", "mu=-50 mV sigma=5 mV", 0, "37.874511 Hz")]
    [InlineData("lif_rate_noise", "mu=-55 mV sigma=1 mV", 0, "0.000711 Hz")]
    [InlineData("lif_rate_noise", "mu=-55 mV sigma=2 mV", 0, "3.291822 Hz")]
    [InlineData("lif_rate_noise", "mu=-55 mV sigma=5 mV", 0, "21.944456 Hz")]
    // P. Dayan and L. F. Abbott (2001), figure 5.6: E_L = V_reset = -65 mV, V_th = -50 mV, 10 MΩ: firing sets in at 1.5 nA.
    [InlineData("lif_rheobase", "g_L=100 nS E_L=-65 mV V_th=-50 mV", 0, "1.5 nA")]
    // 1/ln 2; twice the threshold.
    [InlineData("lif_rate_dimensionless", "u=2 rho=0", 0, "1.442695")]
    // I. A. Boyd and A. R. Martin, J. Physiol. 132:74-91 (1956): quanta of 0.4 mV, mean 0.933 mV, so m = 2.33; a Poisson law, the limit of many
    // sites, predicts 19 failures among 198 trials, 0.097 of them.
    [InlineData("end_plate", "n=1e6 p=2.33e-6 q=0.4 mV", 0, "0.93 mV")]
    [InlineData("end_plate", "n=1e6 p=2.33e-6 q=0.4 mV", 2, "0.097")]
    [InlineData("end_plate", "n=10 p=0.2 q=0.4 mV CV=0.3", 1, "0.2848 mV^2")]
    // Binomial probabilities, Abramowitz and Stegun (1964), section 26.5; tables of n = 10, p = 0.2.
    [InlineData("end_plate_release", "n=10 p=0.2 k=0", 0, "0.1074")]
    [InlineData("end_plate_release", "n=10 p=0.2 k=2", 0, "0.3020")]
    [InlineData("end_plate_release", "n=10 p=0.2 k=5", 0, "0.0264")]
    public void Closed_forms_give_the_printed_numbers(string name, string values, int result, string printed)
    {
        ClosedForm form = ClosedForms.Find(name)!;
        Assert.True(Quantity.TryParse(printed, out Quantity expected));
        Assert.Equal(expected.Unit.Dimension, form.Results[result].Unit.Dimension);
        double found = expected.Unit.FromSI(form.Evaluate(Values(form, values))[result]);
        string number = printed.Split(' ')[0];
        int decimals = number.Contains('.', StringComparison.Ordinal) ? number.Length - number.IndexOf('.', StringComparison.Ordinal) - 1 : 0;
        Assert.Equal(number, Math.Round(found, decimals).ToString($"F{decimals}", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_membrane_that_one_ion_permeates_has_its_Nernst_potential()
    {
        double cation = Of("nernst", "c_out=5 mM c_in=140 mM T=300 K"), anion = Of("nernst", "c_out=110 mM c_in=10 mM z=-1 T=300 K");
        Assert.Equal(cation, Of("ghk", "P_K=0.3 P_Na=0 P_Cl=0 K_out=5 mM K_in=140 mM T=300 K"), 1e-15);
        Assert.Equal(cation, Of("ghk", "P_K=0 P_Na=2 P_Cl=0 Na_out=5 mM Na_in=140 mM T=300 K"), 1e-15);
        Assert.Equal(anion, Of("ghk", "P_K=0 P_Na=0 P_Cl=1 Cl_out=110 mM Cl_in=10 mM T=300 K"), 1e-15);
        Assert.Equal(Of("nernst", "c_out=5 mM c_in=140 mM z=2 T=300 K"), cation / 2, 1e-15);
    }

    [Fact]
    public void LIF_rates_are_those_that_the_engine_finds()
    {
        ModelCode code = ModelCode.Compile(ModelLibrary.Find("lif")!, new Dictionary<string, double>(), ["I_app", "tau_ref"]);
        double[] parameters = [.. from I_app in new[] { 150e-12, 200e-12, 201e-12, 240e-12, 1e-9, 50e-9 } from tau_ref in new[] { 0, 2e-3 } from p in new[] { I_app, tau_ref } select p];
        PointTable points = new FIKernel(code, new FISettings("I_app", new StepStimulus(1), 1e-9)).Points(parameters, []);
        ClosedForm form = ClosedForms.Find("lif_rate")!;
        for (int i = 0; i < parameters.Length / 2; i++)
        {
            double expected = form.Evaluate(new Dictionary<string, double> { ["I_app"] = parameters[2 * i], ["tau_ref"] = parameters[2 * i + 1] })[0];
            Assert.Equal(PointStatus.Ok, points.Status[i]);
            Assert.InRange(points.Rate[i], expected * (1 - 1e-9), expected * (1 + 1e-9));
        }
    }

    [Fact]
    public void LIF_is_silent_up_to_its_rheobase_and_fires_above()
    {
        Assert.Equal(200e-12, Of("lif_rheobase", "g_L=10 nS"), 1e-25);
        Assert.Equal(0, Of("lif_rate", "I_app=200 pA"));
        Assert.InRange(Of("lif_rate", "I_app=200.0001 pA"), 1, 20);
        Assert.Equal(0, Of("lif_rate_dimensionless", "u=1"));
        Assert.Equal(0, Of("lif_rate_linear", "I_app=100 pA"));
    }

    [Fact]
    public void Rate_in_units_of_the_time_constant_is_the_rate_times_it()
    {
        // u = (-70 mV + 40 mV + 80 mV)/30 mV, rho = 2 ms/10 ms.
        Assert.Equal(Of("lif_rate", "I_app=400 pA") * 10e-3, Of("lif_rate_dimensionless", "u=1.6666666666666667 rho=0.2"), 1e-14);
    }

    [Fact]
    public void Rate_in_weak_noise_is_the_rate_without_noise() =>
        Assert.Equal(Of("lif_rate", "I_app=400 pA"), Of("lif_rate_noise", "mu=-30 mV sigma=0.05 mV"), 1e-2);

    [Theory]
    [InlineData(-51, 0.2)]
    [InlineData(-57, 1)]
    [InlineData(-64, 2)]
    [InlineData(-35, 0.5)]
    [InlineData(-50, 20)]
    public void Rate_in_noise_has_the_integral_right_to_8_digits(double mu_mV, double sigma_mV)
    {
        // The same integral over u = ln s by Simpson's rule, with 40,000 points from e^-30 to e^4.
        double Threshold(double V_mV) => (V_mV - mu_mV) / (Math.Sqrt(2) * sigma_mV);
        (double y_th, double y_reset, double sum) = (Threshold(-50), Threshold(-80), 0);
        const int points = 40_000;
        const double width = 34.0 / points;
        for (int i = 0; i <= points; i++)
        {
            double s = Math.Exp(-30 + i * width);
            double difference = Math.Exp(-s * s + 2 * y_th * s) * (2 * (y_reset - y_th) * s > -1e-8 ? 2 * (y_th - y_reset) * s : 1 - Math.Exp(2 * (y_reset - y_th) * s));
            sum += (i is 0 or points ? 1 : i % 2 == 1 ? 4 : 2) * width / 3 * difference;
        }
        double expected = 1 / (2e-3 + 10e-3 * sum);
        double found = Of("lif_rate_noise", FormattableString.Invariant($"mu={mu_mV} mV sigma={sigma_mV} mV"));
        Assert.InRange(found / expected, 1 - 1e-8, 1 + 1e-8);
    }

    [Theory]
    [InlineData("10 nA")]
    [InlineData("1000 nA")]
    public void Linear_approximation_misses_half_a_spike_per_time_constant_at_large_drive(string current)
    {
        // 1/ln(1 + z) = 1/z + 1/2 - z/12 + z²/24 - ...
        double difference = Of("lif_rate", $"tau_ref=0 ms I_app={current}") - Of("lif_rate_linear", $"I_app={current}");
        double z = 30e-3 / (Values(ClosedForms.Find("lif_rate")!, $"I_app={current}")["I_app"] / 10e-9 - 20e-3);
        Assert.Equal((0.5 - z / 12 + z * z / 24) / 10e-3, difference, 1e-3);
    }

    [Theory]
    [InlineData("cable_infinite", "")]
    [InlineData("cable_sealed", "l=1.5 mm")]
    public void Cables_satisfy_their_differential_equation(string name, string length)
    {
        // λ² V'' = V by central differences.
        double lambda = 0.7e-3, h = 1e-6;
        ClosedForm form = ClosedForms.Find(name)!;
        double V(double x) => form.Evaluate(new Dictionary<string, double>(Values(form, length)) { ["lambda"] = lambda, ["x"] = x })[0];
        foreach (double x in new[] { 0.1e-3, 0.8e-3, 1.4e-3 })
            Assert.Equal(1, lambda * lambda * (V(x + h) - 2 * V(x) + V(x - h)) / (h * h) / V(x), 1e-6);
        Assert.Equal(10e-3, V(0), 1e-17);
        if (name == "cable_sealed")
            Assert.Equal(0, (V(1.5e-3) - V(1.5e-3 - h)) / h * lambda / V(1.5e-3), 2e-3);
    }

    [Fact]
    public void A_long_sealed_cable_is_an_infinite_one() =>
        Assert.Equal(Of("cable_infinite", "x=3 mm"), Of("cable_sealed", "x=3 mm l=10000 mm"), 1e-18);

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(10, 0.2)]
    [InlineData(50, 0.9)]
    [InlineData(7, 0)]
    [InlineData(7, 1)]
    public void Release_probabilities_sum_to_1_and_have_the_mean_and_variance_of_the_end_plate(int n, double p)
    {
        ClosedForm release = ClosedForms.Find("end_plate_release")!, plate = ClosedForms.Find("end_plate")!;
        double[] P = [.. Enumerable.Range(0, n + 1).Select(k => release.Evaluate(new Dictionary<string, double> { ["k"] = k, ["n"] = n, ["p"] = p })[0])];
        IReadOnlyList<double> moments = plate.Evaluate(new Dictionary<string, double> { ["n"] = n, ["p"] = p, ["q"] = 1 });
        double mean = P.Select((each, k) => k * each).Sum();
        Assert.Equal(1, P.Sum(), 1e-11);
        Assert.Equal(moments[0], mean, 1e-9);
        Assert.Equal(moments[1], P.Select((each, k) => (k - mean) * (k - mean) * each).Sum(), 1e-8);
        Assert.Equal(moments[2], P[0], 1e-12);
    }

    [Fact]
    public void Decay_to_rest_is_the_solution_of_the_lif_model_below_threshold()
    {
        // dV/dt = (E_L - V)/tau_m, by central differences.
        ClosedForm form = ClosedForms.Find("passive_decay")!;
        double V(double t) => form.Evaluate(new Dictionary<string, double> { ["Delta_t"] = t })[0];
        const double t = 7e-3, h = 1e-6;
        Assert.Equal((-70e-3 - V(t)) / 10e-3, (V(t + h) - V(t - h)) / (2 * h), 1e-6);
        Assert.Equal(-60e-3, V(0), 1e-17);
    }

    [Fact]
    public void A_symbol_that_does_not_exist_has_no_value() =>
        Assert.Throws<ArgumentException>(() => ClosedForms.Find("nernst")!.Evaluate(new Dictionary<string, double> { ["cout"] = 1 }));

    private static double Of(string name, string values) => ClosedForms.Find(name)!.Evaluate(Values(ClosedForms.Find(name)!, values))[0];

    // "x=1 mm lambda=2 mm"
    private static Dictionary<string, double> Values(ClosedForm form, string text)
    {
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        foreach (ModelParameter parameter in form.Parameters)
        {
            string[] parts = $" {text}".Split($" {parameter.Name}=");
            if (parts.Length < 2)
                continue;
            int end = parts[1].IndexOf('=', StringComparison.Ordinal);
            string written = end < 0 ? parts[1] : parts[1][..parts[1].LastIndexOf(' ', end)];
            Assert.True(Quantity.TryParse(written, out Quantity value) && value.Unit.Dimension == parameter.Unit.Dimension && parameter.Allows(value.SI), written);
            values.Add(parameter.Name, value.SI);
        }
        return values;
    }
}
