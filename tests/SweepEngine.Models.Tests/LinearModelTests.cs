using SweepEngine.Simulation;

namespace SweepEngine.Models.Tests;

/// <summary>Models without spikes against the solutions of their linear equations.</summary>
public class LinearModelTests
{
    [Theory]
    [InlineData(1, 20)]
    [InlineData(10, 100)]
    [InlineData(50, -100)]
    [InlineData(1000, 250)]
    public void Passive_membrane_charges_with_its_time_constant(double time_ms, double current_pA)
    {
        // r_m c_m = 10 ms and r_m/area = 100 MOhm: V_m = E_L + I R (1 − e^(-t/tau_m)).
        FIKernel kernel = new(Run.Code("passive", "I_app"), new FISettings("I_app", Run.Course(time_ms / 1e3), 1e-9));
        PointTable points = kernel.Points([current_pA / 1e12], []);
        double expected = -70e-3 + current_pA / 1e12 * 100e6 * -double.ExpM1(-time_ms / 10);
        Assert.InRange(points.Of("voltage_at_end", 0) / expected, 1 - 1e-9, 1 + 1e-9);
        Assert.Equal(0, points.Of("spike_count", 0));
    }

    [Theory]
    [InlineData(3, 300)]
    [InlineData(20, 1000)]
    [InlineData(500, 250)]
    [InlineData(20, 150)]
    public void Threshold_linear_rate_follows_its_drive_with_its_time_constant(double time_ms, double current_pA)
    {
        // From 0: r = gain (I − I_0) (1 − e^(-t/tau)), and 0 below I_0.
        FIKernel kernel = new(Run.Code("rate_threshold_linear", "I_app"), new FISettings("I_app", Run.Course(time_ms / 1e3), 1e-9));
        double expected = Math.Max(0, 0.3 * (current_pA - 200)) * -double.ExpM1(-time_ms / 10);
        Assert.Equal(expected, kernel.Points([current_pA / 1e12], []).Of("voltage_at_end", 0), 1e-9 * Math.Max(1, expected));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(190)]
    [InlineData(200)]
    [InlineData(600)]
    public void Cascade_passes_a_constant_drive_through_its_nonlinearity(double current_pA)
    {
        FIKernel kernel = new(Run.Code("ln_cascade", "I_app"), new FISettings("I_app", Run.Course(1), 1e-9));
        double expected = 0.3 * 20 * Math.Log(1 + Math.Exp((current_pA - 200) / 20));
        Assert.Equal(expected, kernel.Points([current_pA / 1e12], []).Of("voltage_at_end", 0), 1e-9 * Math.Max(1, expected));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public void Cascade_far_above_its_threshold_is_two_filters_in_a_row(double time_ms)
    {
        // r = gain (I (1 − (tau e^(-t/tau) − tau_r e^(-t/tau_r))/(tau − tau_r)) − I_0), with tau = 10 ms and tau_r = 1 ms.
        FIKernel kernel = new(Run.Code("ln_cascade", "I_app", "I_0: -10000 pA"), new FISettings("I_app", Run.Course(time_ms / 1e3), 1e-9));
        double filtered = 500 * (1 - (10 * Math.Exp(-time_ms / 10) - Math.Exp(-time_ms)) / 9);
        double expected = 0.3 * (filtered + 10_000);
        Assert.InRange(kernel.Points([500e-12], []).Of("voltage_at_end", 0) / expected, 1 - 1e-9, 1 + 1e-9);
    }
}
