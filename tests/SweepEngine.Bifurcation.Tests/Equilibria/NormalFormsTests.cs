using System.Globalization;
using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Bifurcation.Tests.Equilibria;

// Numbers: hh-dynamics, doi:10.5281/zenodo.23047046 (proved); FitzHugh-Nagumo computed for this project; polynomials by hand.
public class NormalFormsTests
{
    private static SmoothSystem Read(string text, string drive)
    {
        Findings findings = new();
        ModelDefinition? model = ModelReader.Read(text, "test.yaml", findings);
        Assert.True(model is not null, string.Join('\n', findings.All));
        return new SmoothSystem(ModelCode.Compile(model, new Dictionary<string, double>(), [drive]), drive);
    }

    private static SmoothSystem HodgkinHuxley(double E_L = -0.054387) => new(
        ModelCode.Compile(ModelLibrary.Find("hodgkin_huxley")!, new Dictionary<string, double> { ["E_L"] = E_L }, ["I_app"]), "I_app");

    // Gates where V_m holds them, from their linear equations.
    private static double[] AtRest(SmoothSystem system, double V)
    {
        double[] state = new double[system.Dimension];
        state[0] = V;
        for (int i = 1; i < state.Length; i++)
        {
            var (slope, offset) = Linearity.Parts(system.Code.Model.Inline(system.Code.Model.States[i].Derivative), system.Code.Model.States[i].Name)!.Value;
            double[] at = new double[state.Length];
            at[0] = V;
            Interpreter interpreter = system.Code.Interpret(0, at, [0]);
            state[i] = -interpreter.Evaluate(offset) / interpreter.Evaluate(slope);
        }

        return state;
    }

    [Theory]
    [InlineData(5.3458563970045945, 0.586233813130292, 9.7754379953931264, 0.01479364813100808, false)]
    [InlineData(21.941907987016174, 1.062921806760336, 154.5224336658080, -0.00472850269507399, true)]
    public void First_Lyapunov_coefficients_of_Hodgkin_and_Huxley(double u, double omega, double drive, double l1, bool supercritical)
    {
        SmoothSystem system = HodgkinHuxley();
        HopfForm form = new NormalForms(system).Hopf(AtRest(system, (u - 65) * 1e-3), [drive * 1e-2], omega * 1e3);
        Assert.True(Math.Abs(form.L1 - l1) <= 1e-11 * Math.Abs(l1), $"{form.L1:R} against {l1:R}");
        Assert.True(Math.Abs(form.L1 - l1) <= form.Error && form.Error < 1e-6 * Math.Abs(l1), $"{Math.Abs(form.L1 - l1)} estimated as {form.Error}");
        Assert.Equal(supercritical, form.IsSupercritical);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void First_Lyapunov_coefficient_of_FitzHugh_and_Nagumo(int side)
    {
        SmoothSystem system = new(ModelCode.Compile(ModelLibrary.Find("fitzhugh_nagumo")!, new Dictionary<string, double>(), ["I"]), "I");
        double v = side * Math.Sqrt(1 - 0.064), w = (v + 0.7) / 0.8;
        HopfForm form = new NormalForms(system).Hopf([v, w], [w - v + (v * v * v / 3)], 1e3 * Math.Sqrt(0.08 - (0.064 * 0.064)));
        Assert.Equal(0.971971, form.L1, 6);
        Assert.False(form.IsSupercritical);
    }

    // With z = x + iy, dz/dt = (mu + i)z + c z|z|². For <q, q> = 1 the state is w q + conj(w q) with |z|² = 2|w|², and l1 = Re(2c)/omega.
    [Theory]
    [InlineData(-0.5, true)]
    [InlineData(0.25, false)]
    [InlineData(0, null)]
    public void The_normal_form_of_Hopf_gives_its_own_coefficient(double c, bool? supercritical)
    {
        SmoothSystem system = Read($$"""
            model: hopf
            voltage: x
            equations: |
              dx/dt = (mu*x - y + c*x*(x^2 + y^2))/(1 s)
              dy/dt = (x + mu*y + c*y*(x^2 + y^2))/(1 s)
            states:
              x: {start: 0, unit: 1}
              y: {start: 0, unit: 1}
            parameters:
              mu: {default: 0}
              c: {default: {{c.ToString(CultureInfo.InvariantCulture)}}}
            """, "mu");
        HopfForm form = new NormalForms(system).Hopf([0, 0], [0], 1);
        Assert.Equal(2 * c, form.L1, 12);
        Assert.Equal(supercritical, form.IsSupercritical);
    }

    [Fact]
    public void The_normal_form_of_a_fold_counts_in_display_units()
    {
        SmoothSystem system = Read("""
            model: fold
            voltage: V
            equations: |
              dV/dt = (I + 3/mV*V^2 - 2/mV^2*V^3)/(1 s)
              dw/dt = (V - w)/(1 ms)
            states:
              V: {start: 0 mV, unit: mV}
              w: {start: 0 mV, unit: mV}
            parameters:
              I: {default: 0 mV}
            """, "I");
        FoldForm form = new NormalForms(system).Fold([0, 0], [0]);
        // Along q = (1, 1)/√2, p = (√2, 0): x = √2 V, so dx/dt = √2 I + 3/√2 x² - x³.
        Assert.Equal(3 / Math.Sqrt(2), form.Quadratic, 12);
        Assert.Equal(Math.Sqrt(2), form.ByDrive, 12);
        Assert.Equal(Math.Sqrt(0.5), form.Q[0], 12);
        Assert.InRange(form.Error, 0, 1e-10);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void The_cubic_coefficient_of_a_pitchfork_is_that_on_the_centre_manifold(double c)
    {
        // On the centre manifold w = x², so x² w is of higher order and x w = x³ adds to the cubic.
        SmoothSystem system = Read($$"""
            model: pitchfork
            voltage: x
            equations: |
              dx/dt = (mu*x + c*x^3 + x*w)/(1 s)
              dw/dt = (x^2 - w)/(1 s)
            states:
              x: {start: 0, unit: 1}
              w: {start: 0, unit: 1}
            parameters:
              mu: {default: 0}
              c: {default: {{c.ToString(CultureInfo.InvariantCulture)}}}
            """, "mu");
        FoldForm form = new NormalForms(system).Fold([0, 0], [0]);
        Assert.Equal(0, form.Quadratic, 14);
        Assert.Equal(c + 1, form.Cubic, 12);
        Assert.Equal(0, form.ByDrive, 14);
    }
}
