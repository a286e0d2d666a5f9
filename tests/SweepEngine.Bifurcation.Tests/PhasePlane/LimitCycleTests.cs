namespace SweepEngine.Bifurcation.Tests;

public class LimitCycleTests
{
    [Fact]
    public void Nested_cycles_are_found_with_period_multiplier_and_extent()
    {
        // In polar coordinates r' = r (1 - r^2)(4 - r^2)(9 - r^2)/20, θ' = 1.3: stable at r = 1 and 3, unstable at 2, and so is the origin.
        const string radial = "(1 - x^2 - y^2)*(4 - x^2 - y^2)*(9 - x^2 - y^2)/20";
        PhasePortrait portrait = Planes.Of($"x*{radial} - 1.3*y", $"y*{radial} + 1.3*x").In(-4, 4, -4, 4);
        Assert.Equal([true, false, true], portrait.Cycles.Select(cycle => cycle.IsStable));
        for (int k = 0; k < 3; k++)
        {
            int r = k + 1;
            PlaneCycle cycle = portrait.Cycles[k];
            double growth = r switch { 1 => -2 * 3 * 8, 2 => -3 * -8 * 5, _ => -8 * -5 * -18 } / 20.0;
            Assert.Equal(2 * Math.PI / 1.3, cycle.Period, 1e-9);
            Assert.Equal(1, cycle.Multiplier / Math.Exp(growth * 2 * Math.PI / 1.3), 1e-7);
            Assert.All(cycle.Pieces.Single(), point => Assert.Equal(r, Math.Sqrt(point.X * point.X + point.Y * point.Y), 1e-9));
            Assert.All(new[] { -cycle.Extent.Left, cycle.Extent.Right, -cycle.Extent.Bottom, cycle.Extent.Top }, end => Assert.Equal(r, end, 1e-3));
            Assert.Equal((0, cycle.Period), (cycle.Pieces[0][0].Time, cycle.Pieces[0][^1].Time), Near);
            // In forward time, counter-clockwise.
            Assert.True(cycle.Pieces[0][1].Time > 0 && cycle.Pieces[0][1].Y > 0);
        }

        static bool Near((double, double) a, (double, double) b) => Math.Abs(a.Item1 - b.Item1) < 1e-9 && Math.Abs(a.Item2 - b.Item2) < 1e-9;
    }

    [Fact]
    public void The_bistable_range_of_Morris_and_Lecar_has_an_unstable_cycle_between_rest_and_firing()
    {
        // Between the fold of cycles, 88.293, and the Hopf point, 93.858 uA/cm^2.
        PhasePortrait portrait = PhasePortrait.Of(Planes.Of("morris_lecar", ("I_app", 0.9)), null, null, []);
        Assert.Equal([(false, true), (true, false)], portrait.Cycles.Select(cycle => (cycle.IsStable, cycle.Multiplier > 1)));
        Assert.True(portrait.Cycles[1].Extent.Contains(portrait.Cycles[0].Extent));
        Assert.Empty(PhasePortrait.Of(Planes.Of("morris_lecar", ("I_app", 0.882)), null, null, []).Cycles);
        Assert.True(Assert.Single(PhasePortrait.Of(Planes.Of("morris_lecar", ("I_app", 0.95)), null, null, []).Cycles).IsStable);
    }

    [Fact]
    public void At_a_fold_two_cycles_meet_with_multipliers_near_one()
    {
        // The fold of cycles is at 88.293250543 uA/cm^2.
        PhasePortrait portrait = PhasePortrait.Of(Planes.Of("morris_lecar", ("I_app", 0.8829325100)), null, null, []);
        Assert.Equal([false, true], portrait.Cycles.Select(cycle => cycle.IsStable));
        Assert.InRange(portrait.Cycles[0].Multiplier, 1, 1.1);
        Assert.InRange(portrait.Cycles[1].Multiplier, 0.9, 1);
        Assert.Empty(PhasePortrait.Of(Planes.Of("morris_lecar", ("I_app", 0.8829325000)), null, null, []).Cycles);
    }

    [Fact]
    public void A_cycle_with_several_maxima_in_a_period_is_one_cycle()
    {
        // The unit circle seen through x = u + 0.45 sin 3v-like folds: x = u + v^2 u.
        const string u = "(x/(1 + 3*y^2))", radial = $"(1 - {u}^2 - y^2)";
        PhasePortrait portrait = Planes.Of($"({u}*{radial} - y)*(1 + 3*y^2) + 6*y*{u}*(y*{radial} + {u})", $"y*{radial} + {u}").In(-2.5, 2.5, -1.5, 1.5, new PlanePoint(0.5, 0.5));
        PlaneCycle cycle = Assert.Single(portrait.Cycles);
        Assert.Equal(2 * Math.PI, cycle.Period, 1e-9);
        Assert.Equal(1, cycle.Multiplier / Math.Exp(-4 * Math.PI), 1e-6);
        Assert.Equal(OrbitEnd.Cycle, portrait.Trajectories[1].End);
    }

    [Fact]
    public void A_train_of_resets_settles_on_the_cycle_of_the_formula()
    {
        // V' = 2 - V from 0 to 1: period ln 2; y' = -y/3, y += 1: y after a spike 1/(1 - 2^(-1/3)).
        PhasePortrait portrait = Planes.Of("2 - x", "-y/3", "{when: x > 1, reset: \"x = 0\\ny += 1\"}").In(-0.5, 1.5, -1, 6);
        PlaneCycle cycle = Assert.Single(portrait.Cycles);
        Assert.Equal((true, 1), (cycle.IsStable, cycle.Spikes));
        Assert.Equal(Math.Log(2), cycle.Period, 1e-9);
        Assert.Equal(1 / (1 - Math.Pow(2, -1.0 / 3)), cycle.Pieces[0][0].Y, 1e-8);
        Assert.Equal((OrbitEnd.Cycle, 0.0, 1.0), (portrait.Trajectories[0].End, cycle.Pieces[0][0].X, Math.Round(cycle.Pieces[0][^1].X, 9)));
        // Threshold and reset are the lines x = 1 and x = 0; what is reset below -1 does not come back into the window.
        Assert.All(portrait.Pieces(PlaneLine.Threshold).Single(), point => Assert.Equal(1, point.X, 1e-12));
        IReadOnlyList<PlanePoint> reset = portrait.Pieces(PlaneLine.Reset).Single();
        Assert.All(reset, point => Assert.Equal(0, point.X));
        Assert.True(reset[0].Y < -0.9 && reset[^1].Y > 5.9);
    }

    [Fact]
    public void A_refractory_time_lengthens_the_period_and_holds_what_the_model_says()
    {
        PhasePortrait portrait = Planes.Of("2 - x", "-y/3", "{when: x > 1, reset: \"x = 0\\ny += 1\", refractory: {for: 0.5 s, hold: [x]}}").In(-0.5, 1.5, -1, 6);
        PlaneCycle cycle = Assert.Single(portrait.Cycles);
        Assert.Equal(Math.Log(2) + 0.5, cycle.Period, 1e-9);
        double y = 1 / (1 - Math.Exp(-(Math.Log(2) + 0.5) / 3));
        Assert.Equal(y, cycle.Pieces[0][0].Y, 1e-8);
        // While x is held, y decays.
        Assert.Contains(cycle.Pieces[0], point => point.X == 0 && point.Time > 0 && Math.Abs(point.Y - y * Math.Exp(-point.Time / 3)) < 1e-8);
    }

    // tests/reference/fitzhugh_nagumo.csv, quadruple precision; the model's I ↦ 1.75 − I is a rotation by half a turn, so that cycles come in pairs.
    [Theory]
    [InlineData(0.33, 1.42, 48.810210172454560931)]
    [InlineData(0.35, 1.4, 45.610500980997278792)]
    public void Cycles_of_FitzHugh_and_Nagumo_have_the_reference_periods_and_the_symmetry_of_the_model(double I, double other, double period)
    {
        IReadOnlyList<PlaneCycle> cycles = PhasePortrait.Of(Planes.Of("fitzhugh_nagumo", ("I", I)), null, null, []).Cycles;
        IReadOnlyList<PlaneCycle> others = PhasePortrait.Of(Planes.Of("fitzhugh_nagumo", ("I", other)), null, null, []).Cycles;
        Assert.Equal(period, cycles[^1].Period * 1e3, 1e-9 * period);
        Assert.Equal(cycles.Count, others.Count);
        Assert.All(cycles.Zip(others), pair =>
        {
            Assert.Equal(1, pair.First.Period / pair.Second.Period, 1e-9);
            Assert.Equal(1, pair.First.Multiplier / pair.Second.Multiplier, 1e-6);
            Assert.Equal(pair.First.IsStable, pair.Second.IsStable);
        });
    }

    // tests/reference/lif_adapt.csv, quadruple precision: steady intervals [ms] with g_adapt 1 nS and tau_ref 2 ms.
    [Theory]
    [InlineData(251e-12, 696.69749589301356323)]
    [InlineData(500e-12, 24.110082829816164638)]
    [InlineData(2000e-12, 4.7421847128232457563)]
    public void Trains_of_lif_adapt_have_the_reference_intervals(double I_app, double interval)
    {
        PlaneCycle cycle = Assert.Single(PhasePortrait.Of(Planes.Of("lif_adapt", ("I_app", I_app)), null, null, []).Cycles);
        Assert.Equal(interval, cycle.Period * 1e3, 1e-8 * interval);
        Assert.Equal((1, -0.08), (cycle.Spikes, cycle.Pieces[0][0].X));
    }
}
