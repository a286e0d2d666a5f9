using System.Numerics;

namespace SweepEngine.Bifurcation.Tests;

/// <summary>What follows from diagrams that are made up after those of well-known models.</summary>
public sealed class DiagramOutlineTests
{
    private static readonly DriveRange Range = new(0, 200);

    [Fact]
    public void A_subcritical_Hopf_point_gives_class_II_and_a_bistable_range_from_the_fold_of_cycles()
    {
        // Hodgkin-Huxley: rest to 9.775, stable again from 154.5; stable cycles from the fold at 6.26 to the supercritical Hopf point.
        Diagram diagram = Diagram(
            [
                Equilibria((0, 0, -65), (5, 0, -63), (9.7, 0, -60), (10, 2, -59), (150, 2, -44), (155, 0, -43), (200, 0, -40)),
                Cycles(BranchEnd.Hopf, BranchEnd.Hopf, (9.77, 1, 0, 12), (8, 1, 0, 13), (6.27, 1, 1, 19), (6.27, 0, 1, 18), (50, 0, 1, 10), (154.4, 0, 0, 6)),
            ],
            Point(BifurcationKind.FoldOfCycles, 1, 6.26, -20, 1, 0), Point(BifurcationKind.Hopf, 0, 9.775, -60, 0, 2), Point(BifurcationKind.Hopf, 0, 154.5, -43, 2, 0));
        DiagramOutline outline = Of(diagram);
        Assert.Equal((BifurcationKind.Hopf, 9.775, ExcitabilityClass.II), (outline.Onset, outline.OnsetDrive, outline.Class));
        Assert.Equal([new DriveRange(6.26, 9.775)], outline.Bistable);
    }

    [Fact]
    public void A_branch_that_runs_the_other_way_gives_the_same()
    {
        Branch back = Equilibria((200, 0, -40), (155, 0, -43), (150, 2, -44), (10, 2, -59), (9.7, 0, -60), (0, 0, -65));
        DiagramOutline outline = Of(Diagram([back], Point(BifurcationKind.Hopf, 0, 9.775, -60, 2, 0), Point(BifurcationKind.Hopf, 0, 154.5, -43, 0, 2)));
        Assert.Equal((BifurcationKind.Hopf, 9.775, ExcitabilityClass.II), (outline.Onset, outline.OnsetDrive, outline.Class));
    }

    [Theory]
    [InlineData(true, ExcitabilityClass.I, BifurcationKind.SaddleNodeOnCycle, 0)]
    [InlineData(false, ExcitabilityClass.II, BifurcationKind.Fold, 1)]
    public void A_fold_gives_class_I_where_it_lies_on_the_cycle_and_class_II_beside_it(bool onCycle, ExcitabilityClass expected, BifurcationKind onset, int bistable)
    {
        // Morris-Lecar: rest vanishes at 40; cycles end there, or in a homoclinic orbit at 35.
        double end = onCycle ? 40 : 35;
        Diagram diagram = Diagram(
            [
                Equilibria((0, 0, -60), (39, 0, -32), (39, 1, -28), (-1, 1, -10)),
                Cycles(BranchEnd.Range, onCycle ? BranchEnd.SaddleNodeOnCycle : BranchEnd.Homoclinic, (100, 0, 1, 50), (45, 0, 1, 100), (end + 0.01, 0, 1, 900)),
            ],
            Point(BifurcationKind.Fold, 0, 40, -30, 0, 1),
            Point(onCycle ? BifurcationKind.SaddleNodeOnCycle : BifurcationKind.Homoclinic, 1, end, -30, 0, 0) with { Period = double.PositiveInfinity });
        DiagramOutline outline = Of(diagram);
        Assert.Equal((onset, 40.0, expected), (outline.Onset, outline.OnsetDrive, outline.Class));
        Assert.Equal(bistable, outline.Bistable.Count);
        Assert.All(outline.Bistable, range => Assert.Equal(new DriveRange(35, 40), range));
    }

    [Fact]
    public void A_fold_without_cycles_says_nothing_of_the_class()
    {
        DiagramOutline outline = Of(Diagram([Equilibria((0, 0, -60), (39, 0, -32), (39, 1, -28), (-1, 1, -10))], Point(BifurcationKind.Fold, 0, 40, -30, 0, 1)));
        Assert.Equal((BifurcationKind.Fold, null), (outline.Onset, outline.Class));
    }

    [Fact]
    public void A_threshold_from_which_trains_come_with_any_period_gives_class_I()
    {
        // A leaky neuron: rest meets the threshold, and trains begin there.
        Branch trains = Cycles(BranchEnd.Border, BranchEnd.Range, (100, 0, 1, double.PositiveInfinity), (101, 0, 1, 50), (200, 0, 1, 10));
        Branch rest = Equilibria((0, 0, -70), (100, 0, -50)) with { End = BranchEnd.Border };
        DiagramOutline outline = Of(Diagram([rest, trains], Point(BifurcationKind.ThresholdCrossing, 0, 100, -50, 0, 0)));
        Assert.Equal((BifurcationKind.ThresholdCrossing, 100.0, ExcitabilityClass.I), (outline.Onset, outline.OnsetDrive, outline.Class));
        DiagramOutline jump = Of(Diagram([rest, trains with { Points = [.. trains.Points.Select(point => point with { Period = 0.01 })] }], Point(BifurcationKind.ThresholdCrossing, 0, 100, -50, 0, 0)));
        Assert.Equal(ExcitabilityClass.II, jump.Class);
    }

    [Fact]
    public void Rest_that_stays_stable_gives_class_III_without_firing_and_class_II_with_it()
    {
        Branch rest = Equilibria((0, 0, -65), (200, 0, -30));
        Assert.Equal((null, ExcitabilityClass.III), (Of(Diagram([rest])).Onset, Of(Diagram([rest])).Class));
        Assert.Null(Of(Diagram([rest]) with { Status = "branch_lost_at 7" }).Class);
        DiagramOutline island = Of(Diagram(
            [rest, Cycles(BranchEnd.Closed, BranchEnd.Closed, (20.01, 1, 1, 10), (20.01, 0, 1, 10), (50, 0, 1, 9), (50, 1, 1, 9))],
            Point(BifurcationKind.FoldOfCycles, 1, 20, 0, 1, 0), Point(BifurcationKind.FoldOfCycles, 1, 50.1, 0, 0, 1)));
        Assert.Equal((BifurcationKind.FoldOfCycles, 20.0, ExcitabilityClass.II), (island.Onset, island.OnsetDrive, island.Class));
        Assert.Equal([new DriveRange(20, 50.1)], island.Bistable);
    }

    [Fact]
    public void Cycles_below_threshold_are_no_firing_unless_the_model_has_no_spikes()
    {
        Diagram diagram = Diagram(
            [Equilibria((0, 0, -65), (200, 0, -30)), Cycles(BranchEnd.Closed, BranchEnd.Closed, (20, 0, 0, 10), (50, 0, 0, 9))]);
        Assert.Empty(Of(diagram).Bistable);
        Assert.Equal(ExcitabilityClass.III, Of(diagram).Class);
        Assert.Equal([new DriveRange(20, 50)], DiagramOutline.Of(diagram, Range, 0, spikes: false).Bistable);
    }

    [Fact]
    public void Of_several_equilibria_at_the_lowest_drive_rest_has_the_lowest_voltage()
    {
        Diagram diagram = Diagram(
            [Equilibria((0, 0, -20), (200, 0, -10)), Equilibria((0, 0, -60), (30, 0, -40), (30, 1, -35), (0, 1, -30))], Point(BifurcationKind.Fold, 1, 31, -38, 0, 1));
        Assert.Equal(31, Of(diagram).OnsetDrive);
    }

    [Fact]
    public void Without_rest_at_the_lowest_drive_nothing_is_known()
    {
        DiagramOutline outline = Of(Diagram([Equilibria((0, 2, -50), (200, 2, -30))]));
        Assert.Equal((null, null), (outline.Onset, outline.Class));
        Assert.True(double.IsNaN(outline.OnsetDrive));
    }

    private static DiagramOutline Of(Diagram diagram) => DiagramOutline.Of(diagram, Range, 0, spikes: true);

    private static Diagram Diagram(Branch[] branches, params BifurcationPoint[] points) => new(branches, points, Bifurcation.Diagram.Complete);

    private static Branch Equilibria(params (double Drive, int Unstable, double V)[] points) => new(
        BranchKind.Equilibria, BranchEnd.Range, BranchEnd.Range, [.. points.Select(point => new BranchPoint(point.Drive, [point.V], double.NaN, double.NaN, point.Unstable, 0))]);

    private static Branch Cycles(BranchEnd start, BranchEnd end, params (double Drive, int Unstable, int Spikes, double Period)[] points) => new(
        BranchKind.Cycles, start, end, [.. points.Select(point => new BranchPoint(point.Drive, [20], -60, point.Period, point.Unstable, point.Spikes))]);

    private static BifurcationPoint Point(BifurcationKind kind, int branch, double drive, double V, int before, int after) => new()
    {
        Kind = kind,
        Branch = branch,
        Drive = drive,
        State = [V],
        Eigenvalues = [Complex.Zero],
        Residual = 0,
        UnstableBefore = before,
        UnstableAfter = after,
    };
}
