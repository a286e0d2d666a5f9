namespace SweepEngine.Simulation.Tests;

/// <summary>The phase of a complex number.</summary>
public class ImpedanceSettingsTests
{
    [Fact]
    public void The_phase_is_that_of_the_arc_tangent_in_every_quadrant()
    {
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++)
        {
            double size = Math.Pow(10, 20 * random.NextDouble() - 10), angle = (2 * random.NextDouble() - 1) * Math.PI;
            (double x, double y) = (size * Math.Cos(angle), size * Math.Sin(angle));
            Assert.Equal(Math.Atan2(y, x), ImpedanceSettings.Phase(x, y), 2e-15);
        }
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(0, 1, Math.PI / 2)]
    [InlineData(0, -2, -Math.PI / 2)]
    [InlineData(-3, 0, Math.PI)]
    [InlineData(1, 1, Math.PI / 4)]
    [InlineData(-1, -1, -3 * Math.PI / 4)]
    [InlineData(0, 0, double.NaN)]
    [InlineData(double.NaN, 1, double.NaN)]
    public void Axes_and_diagonals_have_their_phases(double real, double imaginary, double phase) =>
        Assert.Equal(phase, ImpedanceSettings.Phase(real, imaginary), 1e-15);
}
