using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Bifurcation.Tests;

public class AttractorSearchTests
{
    // µA/cm² and ms in SI units.
    private const double Current = 1e-2, Millisecond = 1e-3;

    [Fact]
    public void Of_Hodgkin_and_Huxley_the_cycle_at_8_has_the_proved_period()
    {
        // The period is proved: hh-dynamics, doi:10.5281/zenodo.23047046. E_L is theirs.
        SmoothSystem system = System("hodgkin_huxley");
        Attractor found = new AttractorSearch(system).Find([new([8 * Current])])[0];
        Assert.Equal(AttractorKind.Cycle, found.Kind);
        Assert.Equal(16.00771280383, found.Orbit!.Period / Millisecond, 1e-3);
        AssertIsCycle(system, found.Orbit);
    }

    [Fact]
    public void Rest_and_cycle_are_told_apart_on_both_sides_of_a_Hopf_point()
    {
        SmoothSystem system = System("hodgkin_huxley");
        Attractor[] found = new AttractorSearch(system).Find([new([5 * Current]), new([20 * Current]), new([150 * Current]), new([160 * Current])]);
        Assert.Equal([AttractorKind.Rest, AttractorKind.Cycle, AttractorKind.Cycle, AttractorKind.Rest], found.Select(each => each.Kind));
        Assert.All(found.Where(each => each.Orbit is not null), each => AssertIsCycle(system, each.Orbit!));
    }

    [Theory]
    [InlineData(-0.3, 1)]
    [InlineData(-0.05, 1)]
    [InlineData(0.3, 2)]
    public void Where_a_multiplier_is_negative_a_cycle_is_not_taken_for_two_rounds(double drive, int rounds)
    {
        // The multiplier is −e^(2πp/3); from above 0 the period is doubled.
        SmoothSystem system = CycleModels.Doubling("p - (x3^2 + x4^2)", "0", "3");
        Attractor found = new AttractorSearch(system).Find([new([drive], [0.9, 0.1, 0.3, 0.2])])[0];
        Assert.Equal(AttractorKind.Cycle, found.Kind);
        Assert.Equal(rounds * 2 * Math.PI / 3, found.Orbit!.Period / Millisecond, 1e-3);
    }

    [Fact]
    public void What_is_found_from_a_start_does_not_depend_on_the_others_nor_on_the_width()
    {
        double[] drives = [.. Enumerable.Range(0, 150).Select(i => (6 + (0.05 * i)) * Current)];
        Attractor[] together = new AttractorSearch(System("hodgkin_huxley")).Find([.. drives.Select(drive => new AttractorStart([drive]))]);
        AttractorSearch alone = new(System("hodgkin_huxley", width: 1));
        foreach (int i in (int[])[0, 7, 63, 64, 149])
        {
            Attractor one = alone.Find([new([drives[i]])])[0];
            Assert.Equal(together[i].Kind, one.Kind);
            Assert.Equal(together[i].State, one.State);
            Assert.Equal(together[i].Orbit?.Values ?? [], one.Orbit?.Values ?? []);
        }
    }

    [Fact]
    public void Where_both_are_stable_the_start_decides()
    {
        // Between the fold of cycles at 88.29 and the Hopf point at 93.86 of the Morris-Lecar model.
        AttractorSearch search = new(System("morris_lecar"));
        Attractor[] around = search.Find([new([87 * Current]), new([100 * Current])]);
        Attractor[] found = search.Find([.. around.Select(each => new AttractorStart([90 * Current], each.State))]);
        Assert.Equal([AttractorKind.Rest, AttractorKind.Cycle], around.Select(each => each.Kind));
        Assert.Equal([AttractorKind.Rest, AttractorKind.Cycle], found.Select(each => each.Kind));
    }

    [Fact]
    public void A_burst_is_one_period()
    {
        SmoothSystem system = System("hindmarsh_rose", "I");
        Attractor found = new AttractorSearch(system).Find([new([2 * system.DriveScale])])[0];
        Assert.Equal(AttractorKind.Cycle, found.Kind);
        Assert.InRange(Maxima(found.Orbit!), 2, 12);
    }

    private static SmoothSystem System(string model, string drive = "I_app", int? width = null) =>
        new(ModelCode.Compile(ModelLibrary.Find(model)!, new Dictionary<string, double>(), [drive], width), drive);

    private static int Maxima(CycleOrbit orbit)
    {
        int points = (orbit.Values.Length / orbit.Dimension) - 1;
        double V(int point) => orbit.Values[point % points * orbit.Dimension];
        return Enumerable.Range(0, points).Count(i => V(i + 1) > V(i) && V(i + 1) >= V(i + 2));
    }

    // Its polynomials solve the equations, its ends meet.
    private static void AssertIsCycle(SmoothSystem system, CycleOrbit orbit)
    {
        int n = system.Dimension;
        double[] state = new double[n], before = new double[n], after = new double[n], slopes = new double[n];
        Assert.Equal(orbit.Values[..n], orbit.Values[^n..]);
        double fastest = 0, worst = 0;
        for (int k = 0; k < orbit.Intervals; k++)
        {
            double middle = (orbit.Mesh[k] + orbit.Mesh[k + 1]) / 2, step = 0.01 * (orbit.Mesh[k + 1] - orbit.Mesh[k]);
            orbit.At(middle, state);
            orbit.At(middle - step, before);
            orbit.At(middle + step, after);
            system.Code.Derivatives.Evaluate([0], state, [orbit.Drive], slopes, 1, 0, 1);
            fastest = Math.Max(fastest, Math.Abs(slopes[0]));
            worst = Math.Max(worst, Math.Abs(((after[0] - before[0]) / (2 * step * orbit.Period)) - slopes[0]));
        }

        Assert.InRange(worst / fastest, 0, 1e-3);
    }
}
