namespace SweepEngine.Bifurcation.Tests;

public class SeparatrixTests
{
    [Fact]
    public void Manifolds_with_a_formula_are_met()
    {
        // Unstable manifold of the origin y = x^2/3, stable manifold x = 0; the same bent by X = x + y^2.
        PhasePortrait portrait = Planes.Of("(x - y^2) + 2*y*(-y + (x - y^2)^2)", "-y + (x - y^2)^2").In(-1, 1, -1, 1);
        Assert.Equal(4, portrait.Separatrices.Count);
        foreach (Separatrix branch in portrait.Separatrices)
        {
            Assert.Equal(OrbitEnd.Window, branch.Orbit.End);
            Assert.All(branch.Orbit.Pieces.SelectMany(piece => piece), point =>
            {
                double x = point.X - point.Y * point.Y;
                Assert.Equal(0, branch.IsStable ? x : point.Y - x * x / 3, 1e-9);
            });
        }

        Assert.Equal([true, true, false, false], portrait.Separatrices.Select(branch => branch.IsStable).OrderDescending());
    }

    [Fact]
    public void The_separatrix_of_Duffings_equation_keeps_its_energy()
    {
        // H = y^2/2 - x^2/2 + x^4/4 is 0 on the loops from the saddle at the origin, which reach to x = ±√2.
        PhasePortrait portrait = Planes.Of("y", "x - x^3").In(-1.6, 1.6, -1, 1);
        Assert.Equal([EquilibriumType.Centre, EquilibriumType.Saddle, EquilibriumType.Centre], portrait.Equilibria.Select(each => each.Type));
        Assert.Equal(4, portrait.Separatrices.Count);
        foreach (Separatrix branch in portrait.Separatrices)
        {
            // A loop from the saddle to itself.
            Assert.Equal((1, OrbitEnd.Equilibrium, 1), (branch.Saddle, branch.Orbit.End, branch.Orbit.Equilibrium));
            Assert.All(branch.Orbit.Pieces[0], point => Assert.Equal(0, point.Y * point.Y / 2 - point.X * point.X / 2 + point.X * point.X * point.X * point.X / 4, 1e-9));
            // Straight lines between points may miss the tip by 1e-4 of the window.
            Assert.Equal(Math.Sqrt(2), branch.Orbit.Pieces[0].Max(point => Math.Abs(point.X)), 4e-4);
        }

        // What starts at x = 0.1 goes around on one side for ever; no closed orbit is a limit cycle.
        Assert.Equal(OrbitEnd.Closed, portrait.Trajectories.Single().End);
        Assert.Empty(portrait.Cycles);
    }

    [Fact]
    public void A_manifold_that_comes_to_another_saddle_says_so()
    {
        // The pendulum: saddles at x = ±π, joined by orbits of the energy y^2/2 - cos x = 1.
        PhasePortrait portrait = Planes.Of("y", "-sin(x)").In(-4, 4, -3, 3);
        Assert.Equal([EquilibriumType.Saddle, EquilibriumType.Centre, EquilibriumType.Saddle], portrait.Equilibria.Select(each => each.Type));
        Separatrix[] joining = [.. portrait.Separatrices.Where(branch => Math.Abs(branch.Orbit.Pieces[0][1].X) < Math.PI)];
        Assert.Equal([(0, 2), (0, 2), (2, 0), (2, 0)], joining.Select(branch => (branch.Saddle, branch.Orbit.Equilibrium!.Value)));
        Assert.All(joining.SelectMany(branch => branch.Orbit.Pieces[0]), point => Assert.Equal(1, point.Y * point.Y / 2 - Math.Cos(point.X), 1e-9));
    }

    [Theory]
    [InlineData(0.3, 0.066667)]
    [InlineData(0.36, 0.23)]
    public void From_a_stable_manifold_orbits_come_back_to_the_saddle(double I_app, double phi)
    {
        PhasePlane plane = Planes.Of("morris_lecar", ("I_app", I_app), ("g_Ca", 40), ("V_3", 0.012), ("V_4", 0.0174), ("phi", phi));
        PhasePortrait portrait = PhasePortrait.Of(plane, null, null, []);
        PlaneWindow window = portrait.Window;
        foreach (Separatrix branch in portrait.Separatrices.Where(branch => branch.IsStable))
        {
            PlanePoint saddle = portrait.Equilibria[branch.Saddle].At;
            double unstable = portrait.Equilibria[branch.Saddle].Eigenvalues.First.Real;
            // What is missed at the start grows by e^(λt) on the way; back from where that is ten thousandfold.
            OrbitPoint far = branch.Orbit.Pieces[0].Last(point => !(-point.Time * unstable > Math.Log(1e4)));
            var orbit = new OrbitStepper(plane, 1);
            orbit.Begin(far.Place);
            double nearest = window.Distance(far.Place, saddle), start = nearest;
            while (orbit.Time < -far.Time && orbit.Step(-far.Time - orbit.Time))
            {
                nearest = Math.Min(nearest, window.Distance(orbit.To, saddle));
            }

            Assert.True(start > 10 * nearest && nearest < 3e-3, $"{start} to {nearest}");
            // It ends where the branch began, on the parabola.
            PlanePoint first = branch.Orbit.Pieces[0][1].Place;
            Assert.True(window.Distance(orbit.To, first) < 1e-5, $"{orbit.To} beside {first}");
        }
    }

    [Fact]
    public void Below_the_saddle_node_on_an_invariant_circle_both_unstable_branches_go_to_the_node()
    {
        PhasePortrait portrait = PhasePortrait.Of(Planes.Of("morris_lecar", ("I_app", 0.38), ("g_Ca", 40), ("V_3", 0.012), ("V_4", 0.0174), ("phi", 0.066667)), null, null, []);
        Assert.All(portrait.Separatrices.Where(branch => !branch.IsStable), branch => Assert.Equal((OrbitEnd.Equilibrium, 0), (branch.Orbit.End, branch.Orbit.Equilibrium)));
        Assert.Empty(portrait.Cycles);
    }

    [Fact]
    public void An_unstable_manifold_ends_at_the_threshold_and_none_begins_beyond_it()
    {
        PhasePortrait portrait = PhasePortrait.Of(Planes.Of("adex", ("I_app", 500e-12)), null, null, []);
        Assert.Equal([OrbitEnd.Threshold, OrbitEnd.Equilibrium], portrait.Separatrices.Where(branch => !branch.IsStable).Select(branch => branch.Orbit.End));
        Separatrix spike = portrait.Separatrices.First(branch => branch.Orbit.End == OrbitEnd.Threshold);
        Assert.Equal(-0.03, spike.Orbit.Pieces[^1][^1].X, 1e-10);
        // The same with the threshold below the saddle.
        Assert.Empty(Planes.Of("adex", ("I_app", 500e-12), ("V_peak", -0.05)).In(-0.08, -0.02, -1e-10, 3e-10).Separatrices);
    }
}
