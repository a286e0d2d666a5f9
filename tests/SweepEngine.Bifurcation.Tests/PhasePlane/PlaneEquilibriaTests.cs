namespace SweepEngine.Bifurcation.Tests;

public class PlaneEquilibriaTests
{
    [Theory]
    [InlineData(-1.5)]
    [InlineData(0)]
    [InlineData(0.33128133745475)]
    [InlineData(1)]
    public void The_equilibrium_of_FitzHugh_and_Nagumo_is_the_root_of_the_cubic(double I)
    {
        // v - v^3/3 - (v + 0.7)/0.8 + I = 0: v^3 + 3 v/4 + 3 (0.875 - I) = 0, one real root by Cardano's formula.
        double half = 1.5 * (0.875 - I), root = Math.Sqrt(half * half + 1.0 / 64);
        double v = Math.Cbrt(-half + root) + Math.Cbrt(-half - root);
        PlaneEquilibrium found = Assert.Single(PhasePortrait.Of(Planes.Of("fitzhugh_nagumo", ("I", I)), null, null, []).Equilibria);
        Assert.Equal(v, found.At.X, 1e-13);
        Assert.Equal((v + 0.7) / 0.8, found.At.Y, 1e-13);
        Assert.True(found.Residual <= 1e-12);
        // Jacobian (1 - v^2, -1; 0.08, -0.064) per ms.
        Assert.Equal((1 - v * v - 0.064) * 1e3, found.Trace, 1e-9);
        Assert.Equal((-0.064 * (1 - v * v) + 0.08) * 1e6, found.Determinant, 1e-6);
    }

    [Fact]
    public void At_the_Hopf_point_of_FitzHugh_and_Nagumo_the_equilibrium_is_a_centre()
    {
        // Trace 0 at v^2 = 1 - 0.064, and I from the cubic.
        double v = -Math.Sqrt(1 - 0.064), I = v * v * v / 3 - v + (v + 0.7) / 0.8;
        Assert.Equal(0.33128133745475, I, 1e-13);
        Assert.Equal(EquilibriumType.Centre, Planes.Of("fitzhugh_nagumo", ("I", I)).In(-2, 2, -2, 2).Equilibria.Single().Type);
        Assert.Equal(EquilibriumType.StableFocus, Planes.Of("fitzhugh_nagumo", ("I", I - 1e-6)).In(-2, 2, -2, 2).Equilibria.Single().Type);
        Assert.Equal(EquilibriumType.UnstableFocus, Planes.Of("fitzhugh_nagumo", ("I", I + 1e-6)).In(-2, 2, -2, 2).Equilibria.Single().Type);
    }

    // The three sets of Rinzel and Ermentrout; the saddle-node on the invariant circle of the second is at 39.96 uA/cm^2.
    [Theory]
    [InlineData(0.9, 44, 0.002, 0.03, 0.04, EquilibriumType.StableFocus)]
    [InlineData(1, 44, 0.002, 0.03, 0.04, EquilibriumType.UnstableFocus)]
    [InlineData(0.3, 40, 0.012, 0.0174, 0.066667, EquilibriumType.StableNode, EquilibriumType.Saddle, EquilibriumType.UnstableFocus)]
    [InlineData(0.42, 40, 0.012, 0.0174, 0.066667, EquilibriumType.UnstableFocus)]
    [InlineData(0.36, 40, 0.012, 0.0174, 0.23, EquilibriumType.StableNode, EquilibriumType.Saddle, EquilibriumType.UnstableFocus)]
    public void Equilibria_of_Morris_and_Lecar_have_the_types_of_the_three_sets(double I_app, double g_Ca, double V_3, double V_4, double phi, params EquilibriumType[] types)
    {
        PhasePlane plane = Planes.Of("morris_lecar", ("I_app", I_app), ("g_Ca", g_Ca), ("V_3", V_3), ("V_4", V_4), ("phi", phi));
        PhasePortrait portrait = PhasePortrait.Of(plane, null, null, []);
        Assert.Equal(types, portrait.Equilibria.Select(each => each.Type));
        Assert.All(portrait.Equilibria, each =>
        {
            // By hand: mV, ms, mS/cm^2, uF/cm^2.
            double V = each.At.X * 1e3, w = each.At.Y, gCa = g_Ca / 10, v3 = V_3 * 1e3, v4 = V_4 * 1e3, C = 20;
            double u = (V + 1.2) / 18, m = (1 + Math.Tanh(u)) / 2, slope = 1 / (36 * Math.Cosh(u) * Math.Cosh(u));
            double z = (V - v3) / v4, wInf = (1 + Math.Tanh(z)) / 2, rate = phi * Math.Cosh(z / 2), wSlope = 1 / (2 * v4 * Math.Cosh(z) * Math.Cosh(z));
            Assert.Equal(0, I_app * 100 - gCa * m * (V - 120) - 8 * w * (V + 84) - 2 * (V + 60), 1e-10);
            Assert.Equal(wInf, w, 1e-14);
            double a = -(gCa * slope * (V - 120) + gCa * m + 8 * w + 2) / C, b = -8 * (V + 84) / C, c = rate * wSlope, d = -rate;
            Assert.Equal(a + d, each.Trace * 1e-3, 1e-11);
            Assert.Equal(a * d - b * c, each.Determinant * 1e-6, 1e-11);
            Assert.True(each.Residual <= 1e-12);
        });
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-5)]
    [InlineData(1e-6)]
    public void Two_equilibria_between_two_points_of_a_nullcline_are_both_found(double apart)
    {
        // y = x^2 meets y = (apart/2)^2 at x = 0.3 ± apart/2.
        string square = (apart * apart / 4).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        PlaneEquilibrium[] found = [.. Planes.Of("(x - 0.3)^2 - y", $"y - {square}").In(-1, 1, -1, 1).Equilibria];
        Assert.Equal(2, found.Length);
        Assert.Equal(0.3 - apart / 2, found[0].At.X, 1e-9 * Math.Min(1, 1e-6 / apart));
        Assert.Equal(0.3 + apart / 2, found[1].At.X, 1e-9 * Math.Min(1, 1e-6 / apart));
    }

    [Fact]
    public void Where_two_equilibria_meet_there_is_a_saddle_node_and_beyond_none()
    {
        // Izhikevich (2003): fold at I = (5 - b)^2/0.16 - 140 = 4 mV/ms for b = 0.2, at v = -60 mV.
        PlaneEquilibrium fold = Assert.Single(Planes.Of("izhikevich", ("I", 4)).In(-0.08, 0.04, -20, 10).Equilibria);
        Assert.Equal(EquilibriumType.SaddleNode, fold.Type);
        Assert.Equal(-0.06, fold.At.X, 1e-9);
        Assert.Equal([EquilibriumType.StableNode, EquilibriumType.Saddle], Planes.Of("izhikevich", ("I", 3)).In(-0.08, 0.04, -20, 10).Equilibria.Select(each => each.Type));
        Assert.Empty(Planes.Of("izhikevich", ("I", 4.001)).In(-0.08, 0.04, -20, 10).Equilibria);
    }

    [Fact]
    public void All_roots_of_random_polynomials_are_found()
    {
        // Along y = x^2/2 the other equation is a polynomial with known roots.
        var random = new Random(3);
        for (int k = 0; k < 30; k++)
        {
            double[] roots = [.. Enumerable.Range(0, 1 + random.Next(6)).Select(_ => Math.Round(2 * random.NextDouble() - 1, 4)).Distinct().Order()];
            string product = string.Join("*", roots.Select(root => FormattableString.Invariant($"(x - ({root}))")));
            PlaneEquilibrium[] found = [.. Planes.Of("x^2/2 - y", $"{product} + 3*(y - x^2/2)").In(-1.1, 1.1, -0.5, 1).Equilibria];
            Assert.True(roots.Length == found.Length, $"{k}: {product}");
            Assert.All(roots.Zip(found), pair => Assert.Equal(pair.First, pair.Second.At.X, 1e-11));
        }
    }

    [Theory]
    [InlineData("y - x", "x - y", 0)]
    [InlineData("y - x^2", "0*x", 0)]
    [InlineData("(y - x)*(x - 0.3)", "(y - x)*(y + 0.5)", 1)]
    public void A_line_of_equilibria_is_said_and_not_listed(string dx, string dy, int isolated)
    {
        PhasePortrait portrait = Planes.Of(dx, dy).In(-1, 1, -1, 1);
        Assert.True(portrait.HasLineOfEquilibria);
        Assert.Equal(isolated, portrait.Equilibria.Count);
        Assert.False(Planes.Of("y - x", "x - y + x^2*1e-3").In(-1, 1, -1, 1).HasLineOfEquilibria);
    }

    [Fact]
    public void An_equilibrium_beyond_the_threshold_is_virtual()
    {
        PlaneEquilibrium[] found = [.. Planes.Of("lif_adapt", ("I_app", 500e-12)).In(-0.09, 0, -1e-9, 1e-8).Equilibria];
        Assert.Equal((-0.025, true), (Math.Round(found.Single().At.X, 12), found.Single().IsVirtual));
    }
}
