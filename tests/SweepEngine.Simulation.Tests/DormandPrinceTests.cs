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

    [Fact]
    public void Steps_grow_with_the_fifth_root_of_the_tolerance()
    {
        ModelCode code = Neuron.Code("hodgkin_huxley", ["I_app"]);
        long Steps(double tolerance) => new FIKernel(code, new FISettings("I_app", new StepStimulus(0.05), tolerance)).Points([0.1], []).Steps;
        // Two decades of tolerance are a factor of 10^(2/5) = 2.5 in steps for a method of order 5 whose error estimate is of order 5.
        double ratio = Steps(1e-9) / (double)Steps(1e-7);
        Assert.InRange(ratio, 2.0, 3.2);
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
