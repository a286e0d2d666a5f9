using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

/// <summary>The integrator on equations that depend on time, where a wrong stage time shows.</summary>
public class DormandPrinceTests
{
    // dx/dt = x cos t + 1/s, threshold 10: the integrating factor e^(−sin t) has no elementary integral, so the time of the crossing comes
    // from quadrature.
    private const string Model =
        """
        model: driven
        equations: dx/dt = k*x*cos(t*w) + c
        spike: {when: x > 10, reset: x = 0}
        states: {x: {start: 0, unit: 1}}
        parameters: {k: {default: 1 Hz}, w: {default: 1 Hz}, c: {default: 1 Hz}}
        """;

    [Theory]
    [InlineData(1e-4)]
    [InlineData(1e-6)]
    [InlineData(1e-8)]
    [InlineData(1e-10)]
    public void A_spike_of_a_driven_equation_is_where_quadrature_puts_it(double tolerance)
    {
        double expected = FirstCrossing();
        ModelCode code = Neuron.Code(Neuron.Read(Model), ["c"]);
        PointTable points = new FIKernel(code, new FISettings("c", new StepStimulus(20), tolerance)).Points([1], []);
        Assert.InRange(points.Of("time_to_first_spike", 0) / expected, 1 - tolerance, 1 + tolerance);
    }

    // Two decades of tolerance are a factor of 10^(2/5) = 2.5 in steps for a method of order 5 whose error estimate is of order 5, and 10^(2/8) = 1.8 for order 8.
    [Theory]
    [InlineData(false, 2.0, 3.2)]
    [InlineData(true, 1.5, 2.1)]
    public void Steps_grow_with_the_root_of_the_tolerance(bool isHighOrder, double least, double most)
    {
        ModelCode code = Neuron.Code("hodgkin_huxley", ["I_app"]);
        Integrator integrator = isHighOrder ? Integrator.OfOrder8 : Integrator.OfOrder5;
        long Steps(double tolerance) => new FIKernel(code, new FISettings("I_app", new StepStimulus(0.05), tolerance), integrator: integrator).Points([0.1], []).Steps;
        Assert.InRange(Steps(1e-9) / (double)Steps(1e-7), least, most);
    }

    [Theory]
    [InlineData("hodgkin_huxley", 0.1)]
    [InlineData("adex", 1.2e-9)]
    public void At_small_tolerances_the_method_of_order_8_answers_the_same_in_fewer_evaluations(string model, double drive)
    {
        ModelCode code = Neuron.Code(model, ["I_app"]);
        var settings = new FISettings("I_app", new StepStimulus(0.2), 1e-9);
        PointTable high = new FIKernel(code, settings).Points([drive], []), low = new FIKernel(code, settings, integrator: Integrator.OfOrder5).Points([drive], []);
        Assert.Equal(("dop853", "dopri5"), (high.Method[0], low.Method[0]));
        Assert.Equal("dopri5", new FIKernel(code, settings with { Tolerance = 1.1e-8 }).Points([drive], []).Method[0]);
        Assert.InRange(12 * high.Steps, 1, 6 * low.Steps / 1.5);
        foreach (string measure in new[] { "rate", "time_to_first_spike", "inv_last_ISI", "maximum_voltage", "minimum_voltage" })
        {
            Assert.Equal(low.Of(measure, 0), high.Of(measure, 0), 4e-9 * Math.Abs(low.Of(measure, 0)));
        }
    }

    // x(t) = ∫_0^t exp(sin t − sin s) ds by Simpson's rule with 20,000 panels; then bisection on t.
    private static double FirstCrossing()
    {
        // x swings with e^(sin t): below 10 up to t = 5, and once past it by 7.8.
        double low = 5, high = 7.8;
        Assert.True(X(low) < 10 && X(high) > 10);
        while (high - low > 1e-13)
        {
            double middle = 0.5 * (low + high);
            (low, high) = X(middle) > 10 ? (low, middle) : (middle, high);
        }

        return low;

        static double X(double t)
        {
            const int Panels = 20_000;
            double step = t / (2 * Panels), sum = 0;
            for (int i = 0; i <= 2 * Panels; i++)
            {
                double weight = i == 0 || i == 2 * Panels ? 1 : i % 2 == 1 ? 4 : 2;
                sum += weight * Math.Exp(Math.Sin(t) - Math.Sin(i * step));
            }

            return sum * step / 3;
        }
    }
}
