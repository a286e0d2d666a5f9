using System.Diagnostics;
using Xunit.Abstractions;

namespace SweepEngine.Sweeps.Tests.Spec;

public sealed class SweepPlanTests(ITestOutputHelper output)
{
    [Fact]
    public void A_billion_points_are_planned_at_once()
    {
        string text = Sweeps.Adaptation.Replace("101]", "10000]", StringComparison.Ordinal).Replace("21]", "50000]", StringComparison.Ordinal);
        SweepSpec spec = Sweeps.Read(text);
        SweepPlan plan = new(spec);
        Assert.Equal((1_000_000_000, 100_000), (plan.Grid.PointCount, plan.Grid.CurveCount));
        Assert.Equal("point 0 (curve 0): g_adapt = 0 nS, tau_ref = 0 ms, I_app = 0 pA", plan.First.ToString());
        Assert.Equal("point 999999999 (curve 99999): g_adapt = 5 nS, tau_ref = 2 ms, I_app = 1000 pA", plan.Last.ToString());
        Assert.Equal(plan.Random.Select(point => point.Index), new SweepPlan(spec).Random.Select(point => point.Index));
        Assert.Equal(plan.Random.Select(point => point.Index).Order(), plan.Random.Select(point => point.Index));

        Stopwatch time = Stopwatch.StartNew();
        _ = new SweepPlan(Sweeps.Read(text));
        output.WriteLine($"reading and planning: {time.Elapsed.TotalMicroseconds:f0} us");
        time.Restart();
        _ = new SweepPlan(spec);
        output.WriteLine($"planning: {time.Elapsed.TotalMicroseconds:f0} us");
    }
}
