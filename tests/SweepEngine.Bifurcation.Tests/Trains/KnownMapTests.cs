using System.Globalization;
using SweepEngine.Equations;
using Xunit.Abstractions;

namespace SweepEngine.Bifurcation.Tests;

/// <summary>Models whose voltage rises evenly from reset to threshold, once in a second, and whose other variables a spike maps by a known map: the drive is the map's parameter.</summary>
public class KnownMapTests(ITestOutputHelper output)
{
    [Fact]
    public void The_logistic_map_doubles_its_period_and_has_its_windows()
    {
        // x → r x (1 − x): period doublings at 3 and 1 + √6. At r = 3, x = 2/3, with f″ = −6 and f‴ = 0, the coefficient is f″²/4 = 9.
        Diagram diagram = Of(2.5, 3.9, 0.3, "r*x*(1 - x)");
        BifurcationPoint[] points = [.. diagram.Points];
        BifurcationPoint first = points.Single(point => point.Kind == BifurcationKind.PeriodDoubling && Spikes(diagram, point) == 1);
        Assert.Equal(3, first.Drive, 1e-10);
        Assert.Equal(-9, first.Coefficient, 1e-5);
        Assert.True(first.IsSupercritical);
        Assert.Equal((0, 1), (first.UnstableBefore, first.UnstableAfter));
        Assert.Equal(1 + Math.Sqrt(6), points.Single(point => point.Kind == BifurcationKind.PeriodDoubling && Spikes(diagram, point) == 2).Drive, 1e-10);
        // x = 1 − 1/r.
        foreach (BranchPoint point in diagram.Branches.Single(branch => branch.Points[0].Spikes == 1).Points)
        {
            Assert.Equal(1 - 1 / point.Drive, point.State[1], 1e-9);
            Assert.Equal(1, point.Period, 1e-9);
            Assert.Equal(point.Drive > 3 ? 1 : 0, point.Unstable);
        }
    }

    [Fact]
    public void The_logistic_map_has_a_window_of_period_three()
    {
        // P. Saha, S. H. Strogatz, Math. Mag. 68 (1995) 42: from 1 + √8 on; C. Zhang, Math. Mag. 83 (2010) 295: the period doubles at 3.8414990075….
        Diagram diagram = Of(3.82, 3.86, 0.3, "r*x*(1 - x)");
        BifurcationPoint[] window = [.. diagram.Points.Where(point => Spikes(diagram, point) == 3)];
        BifurcationPoint begin = window.Single(point => point.Kind == BifurcationKind.FoldOfCycles);
        Assert.Equal(1 + Math.Sqrt(8), begin.Drive, 1e-12);
        Assert.Equal(3.8414990075, window.Single(point => point.Kind == BifurcationKind.PeriodDoubling).Drive, 1e-9);
        // Two trains of three spikes, one of them stable.
        Assert.Equal([BranchEnd.Range, BranchEnd.Range], diagram.Branches.Where(branch => branch.Points[0].Spikes == 3).SelectMany(branch => new[] { branch.Start, branch.End }));
    }

    [Fact]
    public void Two_trains_meet_in_a_fold()
    {
        // x → x + r − x² + x³/2: a fold at r = 0, x = 0, and another where 2x = 3x²/2.
        Diagram diagram = Of(-0.5, 0.9, 0.5, "x + r - x^2 + x^3/2");
        BifurcationPoint[] folds = [.. diagram.Points.Where(point => point.Kind == BifurcationKind.FoldOfCycles)];
        Assert.Equal(2, folds.Length);
        double x = 4.0 / 3;
        Assert.Equal(0, folds[0].Drive, 1e-12);
        Assert.Equal(x * x - x * x * x / 2, folds[1].Drive, 1e-12);
        Assert.Equal(1, folds[0].Eigenvalues[0].Real, 1e-6);
        Assert.Equal([-1, 1], folds.Select(fold => fold.Coefficient), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void The_delayed_logistic_map_begins_to_turn_at_two()
    {
        // x → y, y → r y (1 − x): a torus where the fixed point 1 − 1/r has multipliers of modulus √(r − 1) = 1, that is at r = 2
        // (Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, example 4.2).
        Diagram diagram = Of(1.5, 2.2, 0.3, "y", "r*y*(1 - x)");
        BifurcationPoint torus = diagram.Points.Single(point => point.Kind == BifurcationKind.Torus);
        Assert.Equal(2, torus.Drive, 1e-10);
        Assert.Equal((0, 2), (torus.UnstableBefore, torus.UnstableAfter));
        Assert.Equal(0.5, torus.Eigenvalues[0].Real, 1e-8);
        Assert.Equal(Math.Sqrt(0.75), Math.Abs(torus.Eigenvalues[0].Imaginary), 1e-8);
    }

    [Theory]
    [InlineData(0.5, -0.5, 1)]
    [InlineData(0.5, -1.5, 1)]
    [InlineData(0.5, 2, 2)]
    public void A_corner_of_the_map_is_a_border_where_trains_go_on_or_meet(double below, double above, int branchesThere)
    {
        // x → r + a x below 0, r + b x above: H. E. Nusse, J. A. Yorke, Physica D 57 (1992) 39. A fixed point is at r/(1 − a) where r < 0 and at r/(1 − b) where that is positive;
        // for a < 1 < b they meet at r = 0 and are gone beyond.
        Diagram diagram = Of(-1, 1, -0.5, string.Create(CultureInfo.InvariantCulture, $"r + {below}*min(x, 0) + ({above})*max(x, 0)"));
        BifurcationPoint border = diagram.Points.First(point => point.Kind == BifurcationKind.BorderCollision);
        Assert.Equal(0, border.Drive, 1e-9);
        double[] at = [.. diagram.Branches.Where(branch => branch.Points[0].Spikes == 1).SelectMany(branch => branch.Points.Zip(branch.Points.Skip(1)))
            .Where(pair => (pair.First.Drive + 0.25) * (pair.Second.Drive + 0.25) <= 0).Select(pair => pair.First.State[1])];
        Assert.Equal(branchesThere, at.Length);
        foreach (BranchPoint point in diagram.Branches.Where(branch => branch.Points[0].Spikes == 1).SelectMany(branch => branch.Points))
        {
            double x = point.State[1];
            Assert.Equal(x < 0 ? point.Drive / (1 - below) : point.Drive / (1 - above), x, 1e-8);
            Assert.True(Math.Abs(x) < 1e-6 || point.Unstable == (Math.Abs(x < 0 ? below : above) > 1 ? 1 : 0));
        }
    }

    [Fact]
    public void A_refractory_period_that_depends_on_the_state_is_a_coordinate()
    {
        // The interval is 1 s and the holding time, 0.3 s + x s; x decays while V is held: x → r + 0.5 x e^{−(1 + 0.3 + x)}.
        const string Text = """
            model: held
            equations: |
              dV/dt = 1/s
              dx/dt = -x/s
            spike:
              when: V > 1
              reset: |
                V = 0
                x = r + 0.5*x
              refractory: {for: 0.3 s + x*1 s, hold: [V]}
            states:
              V: {start: 0, unit: 1}
              x: {start: 0, unit: 1}
            parameters:
              r: {default: 0.2}
            """;
        Diagram diagram = Of(Text, 0.1, 2);
        Branch trains = Assert.Single(diagram.Branches, branch => branch.Kind == BranchKind.Cycles);
        Assert.Equal((BranchEnd.Range, BranchEnd.Range), (trains.Start, trains.End));
        foreach (BranchPoint point in trains.Points)
        {
            // x just before the spike; held for 0.3 + x of the spike before, the same in a train.
            double x = point.State[1];
            Assert.Equal((point.Drive + 0.5 * x) * Math.Exp(-(1.3 + x)), x, 1e-9);
            Assert.Equal(1.3 + x, point.Period, 1e-9);
        }
    }

    private static int Spikes(Diagram diagram, BifurcationPoint point) => diagram.Branches[point.Branch].Points[^1].Spikes;

    private Diagram Of(double lowest, double highest, double start, string x, string y = "y")
    {
        string text = string.Create(CultureInfo.InvariantCulture, $$"""
            model: map
            equations: |
              dV/dt = 1/s
              dx/dt = 0*x/s
              dy/dt = 0*y/s
            spike:
              when: V > 1
              reset: |
                V = 0
                x = {{x}}
                y = {{(y == "y" ? "0" : y)}}
            states:
              V: {start: 0, unit: 1}
              x: {start: {{start}}, unit: 1}
              y: {start: {{start}}, unit: 1}
            parameters:
              r: {default: 1}
            """);
        return Of(text, lowest, highest);
    }

    private Diagram Of(string text, double lowest, double highest)
    {
        var findings = new Findings();
        ModelDefinition model = ModelReader.Read(text, "map.yaml", findings) ?? throw new InvalidOperationException($"{findings}");
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["r"]);
        Diagram diagram = new TrainDiagram(code, "r").Of([0], Diagram.Empty, lowest, highest);
        output.WriteLine($"{diagram.Status}\n{string.Join('\n', diagram.Branches.Select((branch, i) => $"{i}: {branch.Points[0].Spikes} spikes, {branch.Start} {branch.Points[0].Drive} to {branch.End} {branch.Points[^1].Drive}, {branch.Points.Count} points, from {string.Join(" ", branch.Points[0].State)} to {string.Join(" ", branch.Points[^1].State)}"))}");
        output.WriteLine(string.Join('\n', diagram.Points.Select(point => $"{point.Kind.Text()} {point.Drive:R} on {point.Branch} {string.Join(' ', point.Eigenvalues)} {point.Coefficient} {point.UnstableBefore} {point.UnstableAfter} {point.Residual}")));
        return diagram;
    }
}
