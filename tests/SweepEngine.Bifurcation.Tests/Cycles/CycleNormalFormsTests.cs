namespace SweepEngine.Bifurcation.Tests;

public class CycleNormalFormsTests
{
    private const double Omega = 3;

    [Theory]
    [InlineData("p", 0.0)]
    [InlineData("p", 0.7)]
    [InlineData("-p", 0.7)]
    public void A_fold_of_cycles_has_the_coefficient_of_its_radius(string growth, double shear)
    {
        // r' = r(p + q r² − r⁴), θ' = ω + κ r²: at p = −q²/4, r² = q/2 the radius changes by −4r³ times the square of its change.
        const double q = 0.8, square = q / 2;
        string turn = FormattableString.Invariant($"({Omega} + {shear}*(x1^2 + x2^2))"), rate = FormattableString.Invariant($"({growth} + {q}*(x1^2 + x2^2) - (x1^2 + x2^2)^2)");
        SmoothSystem system = CycleModels.Of($"x1*{rate} - {turn}*x2", $"x2*{rate} + {turn}*x1");
        double sign = growth == "p" ? 1 : -1, period = 2 * Math.PI / (Omega + (shear * square)), radius = Math.Sqrt((q / 2) + 0.3);
        CycleStart start = CycleModels.Circle(system, sign * (-0.16 + 0.09), radius, 2e-3 * Math.PI / (Omega + (shear * radius * radius)), (int)-sign);
        CycleBranch branch = CycleModels.Follow(system, new(-0.3, 0.3), [start])[0];
        CycleBifurcation fold = Assert.Single(branch.Bifurcations);
        Assert.Equal(BifurcationKind.FoldOfCycles, fold.Kind);
        // The two cycles are at higher drives where p grows, and the coefficient tells.
        Assert.Equal(1, fold.Form!.Coefficient / (sign * -4 * Math.Pow(square, 1.5) * period), 1e-6);
    }

    [Theory]
    [InlineData("p - (x3^2 + x4^2)", -1)]
    [InlineData("p + 0.5*(x3^2 + x4^2) - (x3^2 + x4^2)^2", 0.5)]
    public void A_period_doubling_has_the_coefficient_of_its_amplitude(string growth, double cubic)
    {
        // In a frame that turns half as fast as the cycle, u' = growth·u, v' = −2v; the radius 1 + u²/10 of the cycle adds u³/10 and its velocity depends on u, too.
        SmoothSystem system = CycleModels.Doubling(growth, "0.2*(x3^2 + x4^2)", $"({Omega} + 0.4*(x3^2 + x4^2))");
        CycleBifurcation doubling = Only(system, BifurcationKind.PeriodDoubling);
        Assert.Equal((cubic + 0.1) * 2 * Math.PI / Omega, doubling.Form!.Coefficient, 1e-6);
        Assert.Equal(cubic + 0.1 < 0, doubling.Form.IsSupercritical);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_torus_bifurcation_has_the_coefficient_of_its_amplitude(int sign)
    {
        // z' = z(p + 3(r² − 1) + s|z|²) where the radius of the cycle is 1 + |z|²/10 and |z| = √2|ξ|.
        SmoothSystem system = CycleModels.Of(
            $"x1*(1 - x1^2 - x2^2 + 0.2*(x3^2 + x4^2)) - ({Omega} + 0.4*x3^2)*x2",
            $"x2*(1 - x1^2 - x2^2 + 0.2*(x3^2 + x4^2)) + ({Omega} + 0.4*x3^2)*x1",
            $"x3*(p + 3*(x1^2 + x2^2 - 1) + ({sign})*(x3^2 + x4^2)) - (0.7 + x3^2)*x4",
            $"x4*(p + 3*(x1^2 + x2^2 - 1) + ({sign})*(x3^2 + x4^2)) + (0.7 + x3^2)*x3");
        CycleBifurcation torus = Only(system, BifurcationKind.Torus);
        Assert.Equal(2 * (sign + 0.6) * 2 * Math.PI / Omega, torus.Form!.Coefficient, 1e-6);
        Assert.Equal(sign + 0.6 < 0, torus.Form.IsSupercritical);
    }

    [Fact]
    public void A_period_doubling_of_a_feedback_loop_has_the_published_coefficient()
    {
        // R. Veltz, BifurcationKit.jl, test/lur.jl: c = −0.30509421737255177 at α = 0.6303003065 for an integral of 1 over the period T = 6.364071673 in place of the mean, per unit of time;
        // they say that it was computed with Chebyshev series, and compare to 1e-3. Period and drive are those that MatCont prints.
        SmoothSystem system = CycleModels.Of("x2", "x3", "-p*x3 - x2 - x1 + x1^2");
        CycleBifurcation doubling = Feedback(system);
        Assert.Equal(0.6303020, doubling.Cycle.Drive, 5e-7);
        Assert.Equal(6.364071673e-3, doubling.Cycle.Period, 1e-9);
        const double period = 6.364071673;
        Assert.Equal(-0.30509421737255177, doubling.Form!.Coefficient / (period * period), 1e-4);
    }

    [Fact]
    public void Behind_a_period_doubling_the_square_of_the_amplitude_grows_as_the_coefficient_says()
    {
        // Along the cycle ξ ↦ −e^(σ Δp)ξ − c ξ³ from period to period, so that the doubled cycle is at σ Δp + c ξ² = 0.
        SmoothSystem system = CycleModels.Of("x2", "x3", "-p*x3 - x2 - x1 + x1^2");
        CycleBifurcation doubling = Feedback(system);
        double place = doubling.Cycle.Drive;
        CycleOrbit orbit = doubling.Orbit;
        double Rate(double drive) => Math.Log(-CycleModels.Follow(system, new(0.5, 1.2) { MostPoints = 2 }, [new([drive], orbit with { Drive = drive }, null)])[0].Points[0].Multipliers.Min(value => value.Real));
        double slope = (Rate(place + 1e-4) - Rate(place - 1e-4)) / 2e-4;
        double Observed(double part)
        {
            CycleOrbit doubled = CycleModels.Follow(system, new(0.5, 1.2) { MostPoints = 2 }, [DoubledOrbit.At(system, [0], doubling, part)])[0].First;
            double square = 0;
            const int phases = 1000;
            double[] here = new double[3], later = new double[3];
            for (int i = 0; i < phases; i++)
            {
                doubled.At(0.5 * i / phases, here);
                doubled.At(0.5 + (0.5 * i / phases), later);
                square += here.Zip(later, (a, b) => (a - b) * (a - b) / 4).Sum() / phases;
            }

            return -slope * (doubled.Drive - place) / square;
        }

        // The next term is of the square of the amplitude.
        double expected = ((4 * Observed(0.01)) - Observed(0.02)) / 3;
        Assert.Equal(1, doubling.Form!.Coefficient / expected, 5e-6);
    }

    [Fact]
    public void A_fold_of_cycles_has_the_coefficient_that_MatCont_prints()
    {
        // MatCont's manual (7p4), example of the fast Morris-Lecar equations.
        SmoothSystem system = CycleModels.Of("p - 0.5*(x1 + 0.5) - 2*x2*(x1 + 0.7) - (1 + tanh((x1 + 0.01)/0.15))/2*(x1 - 1)", "1.15*((1 + tanh((x1 - 0.1)/0.145))/2 - x2)*cosh((x1 - 0.1)/0.29)");
        CycleStart start = CycleModels.AtHopf(system, 0.075659, [0.036756, 0.294770], 0.02);
        CycleBranch branch = CycleModels.Follow(system, new(0.05, 0.1), [start])[0];
        CycleBifurcation fold = branch.Bifurcations.First(each => each.Kind == BifurcationKind.FoldOfCycles);
        Assert.Equal(8.456948e-2, fold.Cycle.Drive, 1e-7);
        Assert.Equal(4.222011e-3, fold.Cycle.Period, 1e-8);
        Assert.Equal(-0.2334576, fold.Form!.Coefficient / fold.Form.PeriodChange / (1e3 * fold.Cycle.Period), 1e-6);
    }

    private static CycleBifurcation Feedback(SmoothSystem system) =>
        CycleModels.Follow(system, new(0.5, 1.2), [CycleModels.AtHopf(system, 1, [0, 0, 0], 0.05)])[0].Bifurcations.First(each => each.Kind == BifurcationKind.PeriodDoubling);

    private static CycleBifurcation Only(SmoothSystem system, BifurcationKind kind)
    {
        CycleBranch branch = CycleModels.Follow(system, new(-0.4, 0.4), [CycleModels.Circle(system, -0.3, 1, 2e-3 * Math.PI / Omega, 1)])[0];
        CycleBifurcation point = Assert.Single(branch.Bifurcations);
        Assert.Equal(kind, point.Kind);
        Assert.Equal(0, point.Cycle.Drive, 1e-9);
        return point;
    }
}
