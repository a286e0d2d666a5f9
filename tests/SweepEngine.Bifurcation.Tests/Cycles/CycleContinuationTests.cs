using System.Numerics;

namespace SweepEngine.Bifurcation.Tests;

public class CycleContinuationTests
{
    private const double Omega = 3;

    // Hodgkin and Huxley's model between its Hopf points; folds of cycles and the proved period from doi:10.5281/zenodo.23047046. The period doublings are those that its authors describe beside the folds.
    private static readonly (BifurcationKind Kind, double Drive)[] HodgkinHuxley =
    [
        (BifurcationKind.FoldOfCycles, 7.842347120), (BifurcationKind.PeriodDoubling, 7.845337398), (BifurcationKind.PeriodDoubling, 7.917777676),
        (BifurcationKind.FoldOfCycles, 7.917785494), (BifurcationKind.FoldOfCycles, 6.260321274),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hodgkin_and_Huxley_s_cycles_have_three_folds_and_two_period_doublings_from_either_end(bool fromAbove)
    {
        SmoothSystem system = CycleModels.Library("hodgkin_huxley");
        double unit = system.DriveScale;
        (double drive, double rise) = fromAbove ? (154.5224336658080, 21.941907987016174) : (9.7754379953931264, 5.3458563970045945);
        CycleStart start = CycleModels.AtHopf(system, drive * unit, [(rise - 65) * 1e-3, 0.1, 0.5, 0.4]);
        CycleBranch branch = CycleModels.Follow(system, new(0, 200 * unit), [start])[0];
        (BifurcationKind Kind, double Drive)[] expected = [.. fromAbove ? HodgkinHuxley.Reverse() : HodgkinHuxley];
        Assert.Equal(expected.Select(point => point.Kind), branch.Bifurcations.Select(point => point.Kind));
        Assert.All(expected.Zip(branch.Bifurcations), pair => Assert.Equal(1, pair.Second.Cycle.Drive / unit / pair.First.Drive, 1e-9));
        Assert.Equal(19.8952407e-3, branch.Bifurcations[fromAbove ? 0 : ^1].Cycle.Period, 1e-9);
        Assert.Equal(CycleEnd.Equilibrium, branch.End);
        Assert.Equal(fromAbove ? 9.7754 : 154.522, branch.Points[^1].Drive / unit, 0.03);
    }

    [Fact]
    public void Hodgkin_and_Huxley_s_cycle_at_8_has_the_proved_period()
    {
        SmoothSystem system = CycleModels.Library("hodgkin_huxley");
        double unit = system.DriveScale;
        CycleStart start = CycleModels.AtHopf(system, 154.5224336658080 * unit, [(21.941907987016174 - 65) * 1e-3, 0.1, 0.5, 0.4]);
        CycleBranch branch = CycleModels.Follow(system, new(8 * unit, 200 * unit), [start])[0];
        Assert.Equal(CycleEnd.Range, branch.End);
        Assert.Equal(8, branch.Points[^1].Drive / unit, 1e-10);
        Assert.Equal(16.00771280383e-3, branch.Points[^1].Period, 1e-11);
        Assert.Equal(0, branch.Points[^1].Unstable);
        Assert.Equal(1, branch.Points[^1].Spikes);
    }

    [Theory]
    [InlineData(93.857618373725, -25)]
    [InlineData(212.01881610037, 8)]
    public void Morris_and_Lecar_s_cycles_have_two_folds(double drive, double potential)
    {
        SmoothSystem system = CycleModels.Library("morris_lecar");
        CycleStart start = CycleModels.AtHopf(system, drive * system.DriveScale, [potential * 1e-3, 0.1]);
        CycleBranch branch = CycleModels.Follow(system, new(0, 300 * system.DriveScale), [start])[0];
        Assert.All(branch.Bifurcations, point => Assert.Equal(BifurcationKind.FoldOfCycles, point.Kind));
        Assert.Equal([88.293250543, 216.899801390], branch.Bifurcations.Select(point => point.Cycle.Drive / system.DriveScale).Order(), (a, b) => Math.Abs((a / b) - 1) < 1e-9);
        Assert.Equal(CycleEnd.Equilibrium, branch.End);
    }

    // Parameters of the SNIC and of the homoclinic set, as in the model's summary; the drives of the ends are those of the fold and of the homoclinic orbit.
    [Theory]
    [InlineData(0.066667, 98.8989, 8.34, 39.963)]
    [InlineData(0.23, 36.3, 4.41, 35.006734)]
    public void Where_the_period_grows_without_bound_the_branch_ends(double phi, double hopf, double potential, double end)
    {
        SmoothSystem system = CycleModels.Library("morris_lecar", null, new() { ["g_Ca"] = 40, ["V_3"] = 0.012, ["V_4"] = 0.0174, ["phi"] = phi });
        double unit = system.DriveScale, w = (1 + Math.Tanh((potential - 12) / 17.4)) / 2;
        CycleStart start = CycleModels.AtHopf(system, hopf * unit, [potential * 1e-3, w]);
        CycleBranch branch = CycleModels.Follow(system, new(-20 * unit, 300 * unit), [start])[0];
        Assert.Equal(CycleEnd.LongPeriod, branch.End);
        Assert.Equal(end, branch.Points[^1].Drive / unit, 1e-3);
        Assert.Equal(BifurcationKind.FoldOfCycles, Assert.Single(branch.Bifurcations).Kind);
    }

    [Fact]
    public void An_isolated_branch_is_followed_once_around()
    {
        // Cycles of radius r where (r² − 1)² + p² = 1/4.
        SmoothSystem system = CycleModels.Of($"x1*(0.25 - p^2 - (x1^2 + x2^2 - 1)^2) - {Omega}*x2", $"x2*(0.25 - p^2 - (x1^2 + x2^2 - 1)^2) + {Omega}*x1");
        CycleBranch[] branches = CycleModels.Follow(system, new(-1, 1), [Circle(1), Circle(-1)]);
        Assert.All(branches, branch =>
        {
            Assert.Equal(CycleEnd.Closed, branch.End);
            Assert.Equal([-0.5, 0.5], branch.Bifurcations.Select(point => point.Cycle.Drive).Order(), (a, b) => Math.Abs(a - b) < 1e-10);
        });

        CycleStart Circle(int direction) => CycleModels.Circle(system, 0.1, Math.Sqrt(1.5), 2e-3 * Math.PI / Omega, direction);
    }

    [Fact]
    public void A_multiplier_that_passes_minus_1_is_a_period_doubling()
    {
        SmoothSystem system = CycleModels.Doubling("p - (x3^2 + x4^2)", "0", $"{Omega}");
        double period = 2 * Math.PI / Omega;
        OnlyOne(system, BifurcationKind.PeriodDoubling, p => [-Math.Exp(p * period), -Math.Exp(-2 * period), Math.Exp(-2 * period)], 1);
    }

    [Fact]
    public void A_branch_of_doubled_cycles_ends_where_they_are_single_again()
    {
        // Period doublings at p = −0.2 and 0.2, between them the doubled cycle with u² = 0.04 − p².
        const int intervals = 24, degree = 4, points = intervals * degree;
        const double first = 0.02;
        SmoothSystem system = CycleModels.Doubling("0.04 - p^2 - (x3^2 + x4^2)", "0", $"{Omega}");
        double[] twice = new double[(points + 1) * 4], doubled = new double[(points + 1) * 4];
        for (int i = 0; i <= points; i++)
        {
            (double sine, double cosine) = Math.SinCos(4 * Math.PI * i / points);
            (double half, double other) = Math.SinCos(2 * Math.PI * i / points);
            double[] circle = [cosine, sine, 0, 0], beside = [cosine, sine, first * other, first * half];
            circle.CopyTo(twice, 4 * i);
            beside.CopyTo(doubled, 4 * i);
        }

        double period = 4e-3 * Math.PI / Omega;
        CycleStart start = new([-0.2], new(-0.2, period, CycleModels.Even(intervals), degree, doubled), new(-0.2, period, CycleModels.Even(intervals), degree, twice));
        CycleBranch branch = CycleModels.Follow(system, new(-1, 1), [start])[0];
        Assert.Equal(CycleEnd.Halved, branch.End);
        Assert.Equal(0.2, branch.Points[^1].Drive, 1e-3);
        Assert.Empty(branch.Bifurcations);
        Assert.All(branch.Points, cycle =>
        {
            Assert.Equal(period, cycle.Period, 1e-9 * period);
            double growth = 0.04 - (cycle.Drive * cycle.Drive);
            Assert.Equal(Math.Exp(-2e3 * growth * period), cycle.Multipliers[0].Real, 1e-5);
        });
    }

    [Fact]
    public void A_pair_of_multipliers_that_passes_the_unit_circle_is_a_torus_bifurcation()
    {
        const double turn = 0.7;
        SmoothSystem system = CycleModels.Of(
            $"x1*(1 - x1^2 - x2^2) - {Omega}*x2",
            $"x2*(1 - x1^2 - x2^2) + {Omega}*x1",
            $"x3*(p - x3^2 - x4^2) - {turn}*x4",
            $"x4*(p - x3^2 - x4^2) + {turn}*x3");
        double period = 2 * Math.PI / Omega;
        OnlyOne(system, BifurcationKind.Torus, p => [Complex.Exp(new Complex(p, turn) * period), Complex.Exp(new Complex(p, -turn) * period), Math.Exp(-2 * period)], 2);
    }

    [Fact]
    public void A_multiplier_that_passes_1_where_the_drive_does_not_turn_is_a_branch_point()
    {
        SmoothSystem system = CycleModels.Of($"x1*(1 - x1^2 - x2^2) - {Omega}*x2", $"x2*(1 - x1^2 - x2^2) + {Omega}*x1", "p*x3 - x3^3");
        double period = 2 * Math.PI / Omega;
        OnlyOne(system, BifurcationKind.BranchPointOfCycles, p => [Math.Exp(p * period), Math.Exp(-2 * period)], 1);
    }

    [Fact]
    public void Two_real_multipliers_that_are_reciprocal_are_nothing()
    {
        SmoothSystem system = CycleModels.Of($"x1*(1 - x1^2 - x2^2) - {Omega}*x2", $"x2*(1 - x1^2 - x2^2) + {Omega}*x1", "x3*(0.5 + p)", "-x4/2");
        CycleBranch branch = CycleModels.Follow(system, new(-0.4, 0.4), [CycleModels.Circle(system, -0.3, 1, 2e-3 * Math.PI / Omega, 1)])[0];
        Assert.Equal(CycleEnd.Range, branch.End);
        Assert.Empty(branch.Bifurcations);
        Assert.All(branch.Points, point => Assert.Equal(1, point.Unstable));
    }

    [Fact]
    public void Every_lane_width_number_and_order_of_branches_gives_the_same_bits()
    {
        string[] texts = [.. new[] { (8, false), (4, false), (8, true), (4, true), (1, true) }.Select(each =>
        {
            // In another order, some alone.
            (int width, bool areAlone) = each;
            SmoothSystem system = CycleModels.Library("hodgkin_huxley", width);
            CycleStart[] starts = Starts(system);
            CycleBranch[] branches = areAlone ? [.. starts.SelectMany(start => CycleModels.Follow(system, Settings(system), [start], width))]
                : width == 8 ? CycleModels.Follow(system, Settings(system), starts, width)
                : [.. CycleModels.Follow(system, Settings(system), [.. starts.Reverse()], width).Reverse()];
            return string.Join('\n', branches.Select(Text));
        })];
        Assert.All(texts, text => Assert.Equal(texts[0], text));

        static CycleSettings Settings(SmoothSystem system) => new(5 * system.DriveScale, 160 * system.DriveScale) { MostPoints = 60 };

        static CycleStart[] Starts(SmoothSystem system) =>
        [
            .. new[] { 0.5, 0.3, 0.7 }.SelectMany(amplitude => new[]
            {
                CycleModels.AtHopf(system, 9.7754379953931264 * system.DriveScale, [(5.3458563970045945 - 65) * 1e-3, 0.1, 0.5, 0.4], amplitude),
                CycleModels.AtHopf(system, 154.5224336658080 * system.DriveScale, [(21.941907987016174 - 65) * 1e-3, 0.1, 0.5, 0.4], amplitude),
            }),
        ];

        static string Text(CycleBranch branch) => string.Join('\n', branch.Points.Select(Point)) + branch.End
            + string.Join('\n', branch.Bifurcations.Select(point => $"{point.Kind} {point.After} {point.Residual:R} {point.Form?.Coefficient:R} {Point(point.Cycle)} {string.Join(' ', point.Orbit.Values.Take(50))}"));

        static string Point(CyclePoint point) =>
            $"{point.Drive:R} {point.Period:R} {string.Join(' ', point.State)} {point.Lowest:R} {string.Join(' ', point.Multipliers)} {point.Unstable} {point.Spikes}";
    }

    // A branch of the circle of radius 1 from p = −0.3 to 0.4, with one bifurcation at p = 0.
    private static void OnlyOne(SmoothSystem system, BifurcationKind kind, Func<double, Complex[]> multipliers, int unstableAfter)
    {
        double period = 2e-3 * Math.PI / Omega;
        CycleBranch branch = CycleModels.Follow(system, new(-0.4, 0.4), [CycleModels.Circle(system, -0.3, 1, period, 1)])[0];
        Assert.Equal(CycleEnd.Range, branch.End);
        Assert.Equal(0.4, branch.Points[^1].Drive, 1e-12);
        CycleBifurcation point = Assert.Single(branch.Bifurcations);
        Assert.Equal(kind, point.Kind);
        Assert.Equal(0, point.Cycle.Drive, 1e-9);
        Assert.Equal([0, unstableAfter], new[] { point.After, point.After + 1 }.Select(i => branch.Points[i].Unstable));
        Assert.All(branch.Points, cycle =>
        {
            Assert.Equal(period, cycle.Period, 1e-9 * period);
            Assert.Equal(1, cycle.State[0], 1e-9);
            Complex[] expected = [.. multipliers(cycle.Drive).OrderByDescending(Complex.Abs).ThenByDescending(value => value.Imaginary)];
            Assert.All(expected.Zip(cycle.Multipliers), pair => Assert.True(Complex.Abs(pair.First - pair.Second) < 1e-6, $"{pair.First} {pair.Second}"));
        });
    }
}
