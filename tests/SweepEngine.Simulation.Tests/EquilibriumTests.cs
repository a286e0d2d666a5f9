namespace SweepEngine.Simulation.Tests;

public class EquilibriumTests
{
    [Theory]
    [InlineData(-1, 0.5, -0.9, -1, true)] // damped whatever the others do
    [InlineData(-1, 2, -3, -1, true)] // −1 ± i√6
    [InlineData(-1, 2, 2, -1, false)] // 1 and −3
    [InlineData(1, -3, 3, -2, true)] // −1/2 ± i√27/2
    [InlineData(0.5, 0, 0, -1, false)]
    [InlineData(-1, 1, 1, -1, false)] // 0 and −2: nothing brings it back
    public void Stability_is_that_of_the_eigenvalues(double xx, double xy, double yx, double yy, bool stable)
    {
        string text = FormattableString.Invariant($"""
            model: linear
            equations: |
              dx/dt = w*({xx}*(x - 3) + {xy}*(y - 2))
              dy/dt = w*({yx}*(x - 3) + {yy}*(y - 2))
            states: {"{x: {start: 0, unit: 1}, y: {start: 0, unit: 1}}"}
            parameters: {"{w: {default: 1 Hz}}"}
            """);
        var equilibrium = new Equilibrium(Neuron.Code(Neuron.Read(text), []), [1, 1]);
        if (xx * yy != xy * yx)
        {
            Assert.True(equilibrium.TryFind([3.1, 2.1], [], 0.1));
            Assert.Equal([3, 2], equilibrium.State.Select(value => Math.Round(value, 12)));
            Assert.Equal(0.1 / 4, equilibrium.Distance([3.1, 2]), 1e-12);
        }

        Assert.Equal(stable, equilibrium.IsStable([]));
    }

    [Fact]
    public void What_is_far_away_is_not_found() =>
        Assert.False(new Equilibrium(Neuron.Code(Neuron.Read("""
            model: decay
            equations: dx/dt = -w*(x - 3)
            states: {x: {start: 0, unit: 1}}
            parameters: {w: {default: 1 Hz}}
            """), []), [1]).TryFind([4], [], 0.1));
}
