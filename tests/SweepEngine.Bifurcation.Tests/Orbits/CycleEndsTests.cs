using System.Numerics;
using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Bifurcation.Tests;

// The branches are stable cycles by simulation, at drives that come ever closer to the end.
public class CycleEndsTests
{
    private const double Current = 1e-2, Millivolt = 1e-3;

    [Fact]
    public void The_second_set_of_Morris_and_Lecar_ends_in_a_fold_on_the_cycle()
    {
        SmoothSystem system = MorrisLecar(phi: 1 / 15.0);
        BifurcationPoint fold = MorrisLecarFold();
        CycleBranch branch = Simulated(system, [.. Enumerable.Range(0, 14).Select(k => fold.Drive + (10 * Current * Math.Pow(0.4, k)))]);
        CycleEnding ending = new CycleEnds(system).Of(branch, [0], [fold], 3);
        Assert.Equal(BranchEnd.SaddleNodeOnCycle, ending.End);
        Assert.InRange(ending.Misfit, 0, 0.02);
        Assert.Equal(BifurcationKind.SaddleNodeOnCycle, ending.Point!.Kind);
        Assert.Equal(fold.Drive, ending.Point.Drive);
        Assert.Equal(3, ending.Point.Branch);
        Assert.Equal(double.PositiveInfinity, ending.Point.Period);
    }

    [Fact]
    public void The_third_set_of_Morris_and_Lecar_ends_in_a_homoclinic_orbit_below_the_fold()
    {
        // G. B. Ermentrout and D. H. Terman, Mathematical Foundations of Neuroscience (2010), section 3.6: with phi = 0.23 it is at 35.
        SmoothSystem system = MorrisLecar(phi: 0.23);
        BifurcationPoint fold = MorrisLecarFold();
        List<double> drives = [40 * Current];
        CycleBranch branch = Simulated(system, [.. drives]);
        for (double step = 1 * Current; step > 1e-7 * Current;)
        {
            CycleBranch next = Simulated(system, [.. drives, drives[^1] - step], branch.Last.Values[..2]);
            if (next.Points.Count > drives.Count)
            {
                drives.Add(drives[^1] - step);
                branch = next;
            }
            else
            {
                step /= 2;
            }
        }

        CycleEnding ending = new CycleEnds(system).Of(branch, [0], [fold], 0);
        Assert.Equal(BranchEnd.Homoclinic, ending.End);
        Assert.Equal(35, ending.Point!.Drive / Current, 0.5);
        Assert.Equal(drives[^1] / Current, ending.Point.Drive / Current, 1e-5);
        Assert.True(ending.Point.Drive < drives[^1]);
        Assert.InRange(ending.Misfit, 0, 0.1);
        Assert.True(ending.Point.IsSupercritical);
    }

    [Fact]
    public void The_loop_of_a_cubic_curve_is_found_where_it_is()
    {
        // B. Sandstede, J. Dyn. Diff. Eqs. 9 (1997) 269: for p = 0, x²(1 − x) = y² is a homoclinic orbit of the origin, whose eigenvalues are 1 and −3.
        const string text = """
            model: sandstede
            equations: |
              dx/dt = (-x + 2*y + x^2)/(1 ms)
              dy/dt = ((2 - p)*x - y - 3*x^2 + 1.5*x*y)/(1 ms)
            states:
              x: {start: 0.9, unit: 1}
              y: {start: 0.1, unit: 1}
            parameters:
              p: {default: 0.1}
            """;
        SmoothSystem system = new(ModelCode.Compile(Read(text), new Dictionary<string, double>(), ["p"]), "p");
        CycleBranch branch = Simulated(system, [.. Enumerable.Range(0, 15).Select(k => 0.1 * Math.Pow(0.5, k))]);
        Assert.Equal(15, branch.Points.Count);
        CycleEnding ending = new CycleEnds(system).Of(branch, [0], [], 0);
        Assert.Equal(BranchEnd.Homoclinic, ending.End);
        // To the accuracy of the simulation.
        Assert.Equal(0, ending.Point!.Drive, 2e-6);
        Assert.InRange(ending.Misfit, 0, 0.05);
        Assert.Equal([1000, -3000], ending.Point.Eigenvalues.Select(value => Math.Round(value.Real)));
        Assert.Equal(-2000, ending.Point.Coefficient, 5);
        Assert.True(ending.Point.IsSupercritical);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 2)]
    [InlineData(6, 3)]
    public void Two_equilibria_that_meet_on_a_circle_are_told_from_a_loop(int dimension, int seed)
    {
        // On the circle, dθ/dt = p + 1 − cos θ.
        NormalForm form = new("snic", ["x1*(1 - x1^2 - x2^2) - x2*(p + 1 - x1)", "x2*(1 - x1^2 - x2^2) + x1*(p + 1 - x1)"], []);
        EmbeddedNormalForm embedded = EmbeddedNormalForm.Draw(form, dimension, seed);
        SmoothSystem system = embedded.System(("q", 0));
        BifurcationPoint fold = Fold(embedded.Offset, embedded.ToStates([1, 0]));
        CycleBranch branch = Simulated(system, [.. Enumerable.Range(0, 9).Select(k => embedded.Offset + (0.5 * Math.Pow(0.4, k)))]);
        Assert.Equal(9, branch.Points.Count);
        // Its period is 2π/√(p(p + 2)) ms.
        double p = branch.Last.Drive - embedded.Offset;
        Assert.Equal(1, branch.Last.Period / (2e-3 * Math.PI / Math.Sqrt(p * (p + 2))), 1e-2);
        CycleEnding ending = new CycleEnds(system).Of(branch, [0], [fold], 0);
        Assert.Equal(BranchEnd.SaddleNodeOnCycle, ending.End);
        Assert.InRange(ending.Misfit, 0, 0.03);
        Assert.Equal(embedded.Offset, ending.Point!.Drive);
    }

    private static ModelDefinition Read(string text)
    {
        Findings findings = new();
        return ModelReader.Read(text, "model.yaml", findings) ?? throw new InvalidOperationException(findings.ToString());
    }

    private static SmoothSystem MorrisLecar(double phi) => new(
        ModelCode.Compile(ModelLibrary.Find("morris_lecar")!, new Dictionary<string, double> { ["g_Ca"] = 40, ["V_3"] = 12 * Millivolt, ["V_4"] = 17.4 * Millivolt, ["phi"] = phi }, ["I_app"]), "I_app");

    // Where the current that holds the voltage has its maximum; both sets have the same.
    private static BifurcationPoint MorrisLecarFold()
    {
        static double W(double v) => (1 + Math.Tanh((v - 12) / 17.4)) / 2;
        static double I(double v) => (2 * (1 + Math.Tanh((v + 1.2) / 18)) * (v - 120)) + (8 * W(v) * (v + 84)) + (2 * (v + 60));
        double low = -40, high = -15;
        while (high - low > 1e-9)
        {
            double third = (high - low) / 3;
            (low, high) = I(low + third) < I(high - third) ? (low + third, high) : (low, high - third);
        }

        return Fold(I(low) * Current, [low * Millivolt, W(low)]);
    }

    private static BifurcationPoint Fold(double drive, double[] state) =>
        new() { Kind = BifurcationKind.Fold, Branch = 0, Drive = drive, State = state, Eigenvalues = [Complex.Zero], Residual = 0, UnstableBefore = 0, UnstableAfter = 1 };

    private static CycleBranch Simulated(SmoothSystem system, double[] drives, double[]? start = null)
    {
        Attractor[] found = new AttractorSearch(system).Find([.. drives.Select(drive => new AttractorStart([drive], start))]);
        CycleOrbit[] orbits = [.. found.Where(each => each.Orbit is not null).Select(each => each.Orbit!)];
        return new CycleBranch([.. orbits.Select(orbit => new CyclePoint(orbit.Drive, orbit.Period, orbit.Values[..system.Dimension], 0, [], 0, 1))], [], CycleEnd.LongPeriod, orbits[0], orbits[^1]);
    }
}
