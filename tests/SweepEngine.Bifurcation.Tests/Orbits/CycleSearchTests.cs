using System.Globalization;
using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Bifurcation.Tests;

public class CycleSearchTests
{
    // µA/cm² in SI units.
    private const double Current = 1e-2;

    [Fact]
    public void The_diagram_of_Hodgkin_and_Huxley_has_three_folds_of_cycles_and_two_period_doublings()
    {
        // Hopf points proved, folds computed: hh-dynamics, doi:10.5281/zenodo.23047046.
        Diagram diagram = Diagram(Library("hodgkin_huxley"), 0, 200);
        Assert.Equal(Bifurcation.Diagram.Complete, diagram.Status);
        Assert.Equal("LPC LPC PD PD LPC HB HB", Kinds(diagram, doubled: false));
        double[] folds = [.. diagram.Points.Where(point => point.Kind == BifurcationKind.FoldOfCycles && point.Branch == First(diagram)).Select(point => point.Drive / Current)];
        Assert.Equal(6.260321274, folds[0], 1e-8);
        Assert.Equal(7.842347120, folds[1], 1e-8);
        Assert.Equal(7.917785494, folds[2], 1e-8);
        Branch doubled = Assert.Single(diagram.Branches, branch => branch.Start == BranchEnd.PeriodDoubling);
        Assert.Equal(BranchEnd.PeriodDoubling, doubled.End);
        // Both are subcritical; those of the first one are seen from near.
        BifurcationPoint[] doublings = [.. diagram.Points.Where(point => point.Kind == BifurcationKind.PeriodDoubling && point.Branch == First(diagram))];
        Assert.Equal([false, false], doublings.Select(point => point.IsSupercritical));
        Assert.Equal(2, doubled.Points[0].Unstable);
        Assert.Equal(1, Math.Min(doublings[0].UnstableBefore, doublings[0].UnstableAfter));

        // Two cycles are above the lower folds and below the upper one.
        Assert.Equal([-1, -1, 1], diagram.Points.Where(point => point.Kind == BifurcationKind.FoldOfCycles && point.Branch == First(diagram)).Select(point => Math.Sign(point.Coefficient)));
        Branch cycles = diagram.Branches[First(diagram)];
        Assert.Equal((BranchEnd.Hopf, BranchEnd.Hopf), (cycles.Start, cycles.End));
        Assert.Equal(9.7754379953931264, cycles.Points[0].Drive / Current, 1e-2);
        Assert.Equal(154.5224336658080, cycles.Points[^1].Drive / Current, 1e-2);
    }

    [Fact]
    public void The_Hopf_set_of_Morris_and_Lecar_begins_and_ends_firing_with_folds_of_cycles()
    {
        Diagram diagram = Diagram(MorrisLecar(4.4, 2, 30, 0.04), 0, 300);
        Assert.Equal(Bifurcation.Diagram.Complete, diagram.Status);
        Assert.Equal("LPC HB HB LPC", Kinds(diagram));
        double[] expected = [88.293250543, 93.857618373725, 212.01881610037, 216.899801390];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], diagram.Points[i].Drive / Current, 1e-8);
        }

        Assert.Equal([false, false], diagram.Points.Where(point => point.Kind == BifurcationKind.Hopf).Select(point => point.IsSupercritical));
    }

    [Fact]
    public void The_SNIC_set_of_Morris_and_Lecar_begins_firing_at_the_fold_of_equilibria()
    {
        Diagram diagram = Diagram(MorrisLecar(4, 12, 17.4, 1 / 15.0), 0, 300);
        Assert.Equal(Bifurcation.Diagram.Complete, diagram.Status);
        BifurcationPoint onset = Assert.Single(diagram.Points, point => point.Kind == BifurcationKind.SaddleNodeOnCycle);
        BifurcationPoint fold = Assert.Single(diagram.Points, point => point.Kind == BifurcationKind.Fold && Math.Abs((point.Drive / Current) - 40) < 1);
        Assert.Equal(fold.Drive, onset.Drive);
        Assert.Contains(diagram.Branches, branch => branch.Kind == BranchKind.Cycles && (branch.Start == BranchEnd.SaddleNodeOnCycle || branch.End == BranchEnd.SaddleNodeOnCycle));
    }

    [Fact]
    public void The_homoclinic_set_of_Morris_and_Lecar_begins_firing_at_a_loop_of_the_saddle()
    {
        Diagram diagram = Diagram(MorrisLecar(4, 12, 17.4, 0.23), 0, 300);
        Assert.Equal(Bifurcation.Diagram.Complete, diagram.Status);
        BifurcationPoint[] loops = [.. diagram.Points.Where(point => point.Kind == BifurcationKind.Homoclinic)];
        Assert.Contains(loops, loop => loop.UnstableBefore == 0 && Math.Abs((loop.Drive / Current) - 35) < 0.5);
        Assert.DoesNotContain(diagram.Points, point => point.Kind == BifurcationKind.SaddleNodeOnCycle);
    }

    [Fact]
    public void Explosions_of_canards_have_a_fold_of_cycles_and_nothing_else()
    {
        // The equations do not change when the current is exchanged with 1.75 minus itself, and the signs of the states.
        Diagram diagram = Diagram(Library("fitzhugh_nagumo", "I"), 0, 2);
        Assert.Equal(Bifurcation.Diagram.Complete, diagram.Status);
        Assert.Equal("LPC HB HB LPC", Kinds(diagram));
        Assert.Equal(1.75, diagram.Points[0].Drive + diagram.Points[3].Drive, 1e-9);
        Assert.Equal(0.3241785225, diagram.Points[0].Drive, 1e-9);
    }

    [Fact]
    public void A_closed_branch_that_no_equilibrium_leads_to_is_found_by_simulation()
    {
        // r² = 1 ± √(0.09 − p²); the origin is stable.
        const string text = """
            model: isola
            equations: |
              g = 0.09 - p^2 - (x^2 + y^2 - 1)^2
              dx/dt = (x*g - 2*y)/(1 ms)
              dy/dt = (y*g + 2*x)/(1 ms)
            states:
              x: {start: 1, unit: 1}
              y: {start: 0, unit: 1}
            parameters:
              p: {default: 0}
            """;
        SmoothSystem system = new(ModelCode.Compile(Read(text), new Dictionary<string, double>(), ["p"]), "p");
        Diagram diagram = Diagram(system, -1, 1);
        Assert.Equal(Bifurcation.Diagram.Complete, diagram.Status);
        Assert.Equal("LPC LPC", Kinds(diagram));
        Assert.Equal(-0.3, diagram.Points[0].Drive, 1e-9);
        Assert.Equal(0.3, diagram.Points[1].Drive, 1e-9);
        Assert.Equal(BranchEnd.Closed, Assert.Single(diagram.Branches, branch => branch.Kind == BranchKind.Cycles).End);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    public void A_subcritical_Hopf_point_with_a_fold_of_cycles_is_found_in_any_coordinates(int dimension, int seed)
    {
        // r' = r(p + q r² − r⁴): the fold is at p = −q²/4, r² = q/2.
        EmbeddedNormalForm embedded = EmbeddedNormalForm.Draw(NormalForm.Bautin(-1, 0.8), dimension, seed);
        Diagram diagram = Diagram(embedded.System(("q", 0.8)), embedded.Offset - 1, embedded.Offset + 1);
        Assert.Equal(Bifurcation.Diagram.Complete, diagram.Status);
        Assert.Equal("LPC HB", Kinds(diagram));
        Assert.Equal(embedded.Offset - 0.16, diagram.Points[0].Drive, 1e-9);
        Assert.Equal(1e-3 * Math.PI, diagram.Points[0].Period, 1e-9);
    }

    [Fact]
    public void Diagrams_do_not_depend_on_the_width_nor_on_the_curves_beside()
    {
        double[] parameters = [.. Enumerable.Range(0, 10).SelectMany(i => new[] { (36 + (0.2 * i)) * 10, 0 })];
        Diagram[] together = Diagrams("hodgkin_huxley", parameters, null);
        foreach (int i in (int[])[0, 3, 9])
        {
            Diagram alone = Diagrams("hodgkin_huxley", parameters[(2 * i)..((2 * i) + 2)], 1)[0];
            Assert.Equal(together[i].Points.Select(Text), alone.Points.Select(Text));
            Assert.Equal(together[i].Branches.Select(branch => branch.Points.Count), alone.Branches.Select(branch => branch.Points.Count));
            Assert.Equal(together[i].Branches.SelectMany(branch => branch.Points.Select(point => (point.Drive, point.Period))), alone.Branches.SelectMany(branch => branch.Points.Select(point => (point.Drive, point.Period))));
        }

        static string Text(BifurcationPoint point) => string.Create(CultureInfo.InvariantCulture, $"{point.Kind} {point.Drive:R} {point.Period:R} {point.State[0]:R} {point.Lowest:R} {point.Residual:R}");
    }

    private static Diagram[] Diagrams(string model, double[] parameters, int? width) =>
        new DiagramKernel(ModelCode.Compile(ModelLibrary.Find(model)!, new Dictionary<string, double>(), ["g_K", "I_app"], width), "I_app").Curves(parameters, 0, 200 * Current);

    private static Diagram Diagram(SmoothSystem system, double lowest, double highest)
    {
        double unit = system.DriveScale;
        return new DiagramKernel(system.Code, system.Code.Swept[0]).Curves([0], lowest * unit, highest * unit)[0];
    }

    private static string Kinds(Diagram diagram, bool doubled = true) =>
        string.Join(' ', diagram.Points.Where(point => doubled || diagram.Branches[point.Branch].Start != BranchEnd.PeriodDoubling).Select(point => point.Kind.Text()));

    private static int First(Diagram diagram) => diagram.Branches.Index().First(each => each.Item.Kind == BranchKind.Cycles).Index;

    private static SmoothSystem Library(string model, string drive = "I_app") => new(ModelCode.Compile(ModelLibrary.Find(model)!, new Dictionary<string, double>(), [drive]), drive);

    private static SmoothSystem MorrisLecar(double g_Ca, double V_3, double V_4, double phi) => new(
        ModelCode.Compile(ModelLibrary.Find("morris_lecar")!, new Dictionary<string, double> { ["g_Ca"] = g_Ca * 10, ["V_3"] = V_3 * 1e-3, ["V_4"] = V_4 * 1e-3, ["phi"] = phi }, ["I_app"]), "I_app");

    private static ModelDefinition Read(string text)
    {
        Findings findings = new();
        return ModelReader.Read(text, "model.yaml", findings) ?? throw new InvalidOperationException(findings.ToString());
    }
}
