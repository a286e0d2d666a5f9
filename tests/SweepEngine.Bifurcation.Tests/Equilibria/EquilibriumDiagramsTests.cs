using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Bifurcation.Tests.Equilibria;

// Numbers: Hodgkin-Huxley from hh-dynamics, doi:10.5281/zenodo.23047046 (proved); Morris-Lecar and Connor-Stevens computed in high precision for this project; FitzHugh-Nagumo
// analytic (v² = 1 - 0.064), its coefficient computed for this project.
public class EquilibriumDiagramsTests
{
    private static Diagram Of(string name, string drive, double lowest, double highest, params ReadOnlySpan<(string Name, double SI)> others)
    {
        Dictionary<string, double> values = [];
        foreach ((string parameter, double value) in others)
        {
            values.Add(parameter, value);
        }

        SmoothSystem system = new(ModelCode.Compile(ModelLibrary.Find(name)!, values, [drive]), drive);
        return new EquilibriumDiagrams(system, lowest * system.DriveScale, highest * system.DriveScale).Curves([0.0])[0];
    }

    private static void Near(double expected, double actual, double relative) =>
        Assert.True(Math.Abs(actual - expected) <= relative * Math.Abs(expected), $"{actual:R}, expected {expected:R}");

    [Fact]
    public void Hodgkin_and_Huxley_have_two_Hopf_points_to_all_proved_digits()
    {
        Diagram diagram = Of("hodgkin_huxley", "I_app", 0, 200);
        Assert.Equal("complete", diagram.Status);
        Assert.All(diagram.Points, point => Assert.Equal(BifurcationKind.Hopf, point.Kind));
        (BifurcationPoint lower, BifurcationPoint upper) = (diagram.Points[0], diagram.Points[1]);
        Assert.Equal(2, diagram.Points.Count);
        Near(9.7754379953931264e-2, lower.Drive, 1e-14);
        Near(154.5224336658080e-2, upper.Drive, 2e-14);
        Near((5.3458563970045945 - 65) * 1e-3, lower.State[0], 1e-14);
        Near((21.941907987016174 - 65) * 1e-3, upper.State[0], 1e-14);
        Near(2 * Math.PI / 586.233813130292, lower.Period, 1e-14);
        Near(2 * Math.PI / 1062.921806760336, upper.Period, 1e-14);
        Near(0.01479364813100808, lower.Coefficient, 1e-11);
        Near(-0.00472850269507399, upper.Coefficient, 1e-11);
        Assert.False(lower.IsSupercritical);
        Assert.True(upper.IsSupercritical);
        Assert.Equal((0, 2, 2, 0), (lower.UnstableBefore, lower.UnstableAfter, upper.UnstableBefore, upper.UnstableAfter));
        Assert.All(diagram.Points, point => Assert.InRange(point.Residual, 0, 1e-14));

        // Exactly one equilibrium for all currents, unstable exactly between the two.
        Branch branch = Assert.Single(diagram.Branches);
        Assert.Equal((BranchEnd.Range, BranchEnd.Range), (branch.Start, branch.End));
        Assert.Equal(0, branch.Points[0].Drive);
        Assert.Equal(200e-2, branch.Points[^1].Drive, 15);
        for (int i = 1; i < branch.Points.Count; i++)
        {
            Assert.True(branch.Points[i].Drive > branch.Points[i - 1].Drive);
            Assert.Equal(branch.Points[i].Drive > lower.Drive && branch.Points[i].Drive < upper.Drive ? 2 : 0, branch.Points[i].Unstable);
        }

        Assert.InRange(branch.Points.Count, 100, 1000);
    }

    [Fact]
    public void Of_Hodgkin_and_Huxley_all_depends_on_the_current_and_the_reversal_of_the_leak_in_one_sum()
    {
        BifurcationPoint[] points = [.. Of("hodgkin_huxley", "I_app", -10, 200).Points], shifted = [.. Of("hodgkin_huxley", "I_app", -10, 200, ("E_L", -50e-3)).Points];
        Assert.Equal(points.Length, shifted.Length);
        for (int i = 0; i < points.Length; i++)
        {
            // J(E_L) = J + g_L (E_L0 - E_L), in uA/cm^2 0.3·(-54.387 + 50).
            Assert.Equal(points[i].Drive + (0.3 * (-54.387 + 50) * 1e-2), shifted[i].Drive, 14);
            Near(points[i].Coefficient, shifted[i].Coefficient, 1e-10);
        }
    }

    [Fact]
    public void Morris_and_Lecars_Hopf_set_has_two_subcritical_Hopf_points()
    {
        Diagram diagram = Of("morris_lecar", "I_app", -100, 400);
        Assert.Equal([BifurcationKind.Hopf, BifurcationKind.Hopf], diagram.Points.Select(point => point.Kind));
        Near(93.857618373725e-2, diagram.Points[0].Drive, 1e-13);
        Near(212.01881610037e-2, diagram.Points[1].Drive, 1e-13);
        Assert.All(diagram.Points, point => Assert.False(point.IsSupercritical));
    }

    [Fact]
    public void FitzHugh_and_Nagumo_have_two_subcritical_Hopf_points()
    {
        Diagram diagram = Of("fitzhugh_nagumo", "I", -2, 3);
        double v = Math.Sqrt(1 - 0.064);
        Near(-v, diagram.Points[0].State[0], 1e-14);
        Near(0.33128133745475, diagram.Points[0].Drive, 1e-13);
        Near(1.4187186625453, diagram.Points[1].Drive, 1e-13);
        Assert.All(diagram.Points, point => Assert.Equal(0.971971, point.Coefficient, 6));
        Assert.Equal(2, diagram.Points.Count);
    }

    [Fact]
    public void Connor_and_Stevens_begin_to_fire_at_a_fold()
    {
        Diagram diagram = Of("connor_stevens", "I_app", -10, 500);
        Assert.Equal("complete", diagram.Status);
        BifurcationPoint rheobase = diagram.Points.First(point => point.UnstableBefore == 0 && point.Kind is BifurcationKind.Fold);
        Near(8.1140533148443e-2, rheobase.Drive, 1e-13);
        Assert.Equal(1, rheobase.UnstableAfter);
        // The branch turns back there: towards it the drive rises, and the two equilibria exist below.
        Assert.True(rheobase.Coefficient > 0);
        Assert.Equal(["LP", "LP", "HB", "LP", "LP", "HB"], diagram.Points.Select(point => point.Kind.Text()));
    }

    [Theory]
    [InlineData(0.2, 4.0)]
    [InlineData(0.26, 0.4225)]
    public void Between_its_spikes_Izhikevichs_neuron_has_the_fold_and_the_Hopf_point_of_a_parabola(double b, double fold)
    {
        // (5-b)²/0.16 - 140; Hopf where 0.08v + 5 = a.
        ModelDefinition model = ModelLibrary.Find("izhikevich")!;
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double> { ["b"] = b * 1e3 }, ["I"]);
        EquilibriumScan scan = new(code, SteadyCode.Compile(code, SteadyForm.Of(model, "I")!), -100, 100);
        scan.Run([0.0]);
        double unit = model.Parameter("I")!.Unit.ToSI(1);
        EquilibriumPoint point = Assert.Single(scan.Points, each => each.Kind is BifurcationKind.Fold);
        Assert.Equal(fold, point.Drive / unit, 12);
        EquilibriumPoint hopf = Assert.Single(scan.Points, each => each.Kind is BifurcationKind.Hopf);
        Near((0.02 - 5) / 0.08 * 1e-3, hopf.Master, 1e-13);
        if (b == 0.2)
        {
            Near(3.7975, hopf.Drive / unit, 1e-13);
        }
    }

    [Theory]
    [InlineData("connor_stevens", "I_app", -10, 500)]
    [InlineData("fitzhugh_nagumo", "I", -2, 3)]
    [InlineData("gap_junction", "I_app", -10, 50)]
    [InlineData("hindmarsh_rose", "I", -10, 40)]
    [InlineData("hodgkin_huxley", "I_app", -10, 200)]
    [InlineData("hodgkin_huxley_markov", "I_app", -10, 200)]
    [InlineData("morris_lecar", "I_app", -100, 400)]
    [InlineData("pinsky_rinzel", "I_s", -10, 50)]
    [InlineData("pinsky_rinzel", "I_d", -10, 50)]
    [InlineData("thalamic_rebound", "I_app", -10, 50)]
    [InlineData("traub_miles", "I_app", -10, 200)]
    [InlineData("wang_buzsaki", "I_app", -10, 100)]
    public void Every_smooth_model_of_the_library_has_a_complete_diagram_of_equilibria(string name, string drive, double lowest, double highest)
    {
        SmoothSystem system = new(ModelCode.Compile(ModelLibrary.Find(name)!, new Dictionary<string, double>(), [drive]), drive);
        Diagram diagram = new EquilibriumDiagrams(system, lowest * system.DriveScale, highest * system.DriveScale).Curves([0.0])[0];
        Assert.Equal("complete", diagram.Status);
        Assert.All(diagram.Points, point => Assert.InRange(point.Residual, 0, 1e-12));
        Assert.All(diagram.Points, point => Assert.Equal(point.Kind is BifurcationKind.Fold ? 1 : 2, Math.Abs(point.UnstableAfter - point.UnstableBefore)));
        double[] motion = new double[system.Dimension];
        NormalForms forms = new(system);
        foreach (Branch branch in diagram.Branches)
        {
            Assert.Equal((BranchEnd.Range, BranchEnd.Range), (branch.Start, branch.End));
            for (int i = 0; i < branch.Points.Count; i++)
            {
                // Each point is an equilibrium to rounding, and has as many unstable eigenvalues as it says, unless it is a bifurcation itself.
                BranchPoint point = branch.Points[i];
                system.Code.Derivatives.Evaluate([0], point.State, [point.Drive], motion, 1, 0, 1);
                double[] step = [.. forms.Jacobian(point.State, [point.Drive]).Inverse() * MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(
                    system.Dimension, k => motion[k] / system.Scale[k])];
                bool special = diagram.Points.Any(each => each.Drive == point.Drive);
                Assert.True(special || step.Max(Math.Abs) < 1e-7, $"{step.Max(Math.Abs)} at {point.Drive}");
                Assert.True(special || Spectrum.Unstable(forms.Jacobian(point.State, [point.Drive])) == point.Unstable, $"at {point.Drive}");
            }
        }
    }

    [Fact]
    public void Where_the_equations_have_no_value_the_branch_is_lost()
    {
        SmoothSystem system = Read("dv/dt = (I - sqrt(v - 0.3))/(1 s)");
        Diagram diagram = new EquilibriumDiagrams(system, -1, 2).Curves([0.0])[0];
        Branch branch = Assert.Single(diagram.Branches);
        Assert.Equal((BranchEnd.Lost, BranchEnd.Range), (branch.Start, branch.End));
        Assert.InRange(branch.Points[0].State[0], 0.3, 0.31);
        Assert.StartsWith("branch_lost_at 0.0", diagram.Status, StringComparison.Ordinal);
        Assert.Equal(4.3, branch.Points[^1].State[0], 13);
    }

    // I = v³ - 3v: between its folds at ±2 there are three equilibria, so in [-1, 1] the curve has three pieces.
    [Fact]
    public void Pieces_of_one_curve_are_branches_of_their_own()
    {
        SmoothSystem system = Read("dv/dt = (I - v^3 + 3*v)/(1 s)");
        Diagram diagram = new EquilibriumDiagrams(system, -1, 1).Curves([0.0])[0];
        Assert.Empty(diagram.Points);
        Assert.Equal([0, 1, 0], diagram.Branches.Select(branch => branch.Points[0].Unstable));
        Assert.Equal([-1, 1, -1], diagram.Branches.Select(branch => branch.Points[0].Drive));
        Assert.Equal([1, -1, 1], diagram.Branches.Select(branch => branch.Points[^1].Drive));
        Assert.All(diagram.Branches, branch => Assert.Equal((BranchEnd.Range, BranchEnd.Range), (branch.Start, branch.End)));

        Diagram whole = new EquilibriumDiagrams(system, -3, 3).Curves([0.0])[0];
        Assert.Equal([-2.0, 2.0], whole.Points.Select(point => point.Drive));
        Assert.Equal([-3, 3], whole.Points.Select(point => Math.Round(point.Coefficient, 12)));
        Assert.Single(whole.Branches);
    }

    [Fact]
    public void A_curve_without_values_is_not_called_complete()
    {
        Diagram diagram = new EquilibriumDiagrams(Read("dv/dt = (k*I - v)/(1 s)"), -1, 2).Curves([0.0])[0];
        Assert.Equal("not_resolved", diagram.Status);
        Assert.Empty(diagram.Branches);
    }

    // At a corner the smooth theory does not say what happens, but the rest stands.
    [Fact]
    public void A_corner_at_which_equilibria_vanish_is_told()
    {
        Diagram diagram = new EquilibriumDiagrams(Read("dv/dt = (I - abs(v - 0.3) - v/2)/(1 s)"), -5, 5).Curves([0.0])[0];
        Assert.Empty(diagram.Points);
        Assert.StartsWith("corner_at 0.15", diagram.Status, StringComparison.Ordinal);
        Branch branch = Assert.Single(diagram.Branches);
        Assert.Equal((1, 0), (branch.Points[1].Unstable, branch.Points[^2].Unstable));
    }

    private static SmoothSystem Read(string equation)
    {
        Findings findings = new();
        ModelDefinition? model = ModelReader.Read($$"""
            model: made
            voltage: v
            equations: |
              {{equation}}
            states:
              v: {start: 1, unit: 1}
            parameters:
              I: {default: 0}
              k: {default: 0}
            """, "made.yaml", findings);
        Assert.True(model is not null, findings.ToString());
        return new SmoothSystem(ModelCode.Compile(model, new Dictionary<string, double>(), ["I"]), "I");
    }
}
