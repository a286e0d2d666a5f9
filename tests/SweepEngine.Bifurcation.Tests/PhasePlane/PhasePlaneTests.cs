using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Bifurcation.Tests;

public class PhasePlaneTests
{
    [Theory]
    [InlineData("fitzhugh_nagumo", null)]
    [InlineData("adex", null)]
    [InlineData("hodgkin_huxley", null)]
    [InlineData("lif", "lif has one state, V_m, and so no plane.")]
    [InlineData("hodgkin_huxley_subunit_noise", "hodgkin_huxley_subunit_noise is random: it has white noise, so it has no orbits that a plane could show.")]
    public void A_model_without_a_plane_says_why(string name, string? hindrance) => Assert.Equal(hindrance, PhasePlane.Hindrance(ModelLibrary.Find(name)!));

    [Fact]
    public void Equations_that_depend_on_time_and_events_have_no_plane()
    {
        Assert.Equal("The equations of m depend on time: dy/dt does.", PhasePlane.Hindrance(Read("", "-y + t/(1 s)")));
        Assert.Equal("m has events (kick), at which its state jumps.", PhasePlane.Hindrance(Read("events: {kick: {at: 1 s, do: x += 1}}", "-y")));

        static ModelDefinition Read(string events, string dy)
        {
            var findings = new Findings();
            return ModelReader.Read($$$"""
                model: m
                equations: |
                  dx/dt = -x/(1 s)
                  dy/dt = ({{{dy}}})/(1 s)
                {{{events}}}
                states: {x: {start: 0, unit: 1}, y: {start: 0, unit: 1}}
                parameters: {}
                """, "m.yaml", findings) ?? throw new InvalidOperationException(findings.ToString());
        }
    }

    [Fact]
    public void Other_states_stand_at_their_steady_state_at_a_given_value_or_at_their_start()
    {
        ModelDefinition model = ModelLibrary.Find("hodgkin_huxley")!;
        var plane = new PhasePlane(model, new Dictionary<string, double>(), "V_m", "n", new Dictionary<string, double> { ["h"] = 0.4 });
        Assert.Equal([new("m", null), new("h", 0.4)], plane.Held);
        // dV_m/dt with m at alpha/(alpha + beta) and h = 0.4, from the whole model.
        const double V_m = -0.05, n = 0.3;
        double alpha = 0.1 * 10 / (1 - Math.Exp(-(-50 + 40) / 10.0)) * (-50 + 40) / 10.0, beta = 4 * Math.Exp(-(-50 + 65) / 18.0), m = alpha / (alpha + beta);
        double[] whole = new double[4];
        ModelCode.Compile(model, new Dictionary<string, double>(), []).Derivatives.Evaluate([0], [V_m, m, 0.4, n], [], whole, 1, 0, 1);
        Assert.Equal(whole[0], plane.Slopes(V_m, n)[0], 1e-12 * Math.Abs(whole[0]));
        Assert.Equal(whole[3], plane.Slopes(V_m, n)[1], 1e-12 * Math.Abs(whole[3]));
        // Of Hindmarsh and Rose's equations, z follows x and is steady; where z is shown instead of x, x is not linear in itself and stands at its start.
        var burster = new PhasePlane(ModelLibrary.Find("hindmarsh_rose")!, new Dictionary<string, double>(), "y", "z", new Dictionary<string, double>());
        Assert.Equal([new("x", -1.6)], burster.Held);
    }

    [Theory]
    [InlineData("V_m", "V_m")]
    [InlineData("V_m", "x")]
    public void A_state_that_is_unknown_or_named_twice_is_refused(string x, string y) => Assert.Throws<ArgumentException>(
        () => new PhasePlane(ModelLibrary.Find("hodgkin_huxley")!, new Dictionary<string, double>(), x, y, new Dictionary<string, double>()));

    [Fact]
    public void A_window_shows_equilibria_knees_with_their_landings_and_cycles()
    {
        PlaneWindow rest = PhasePortrait.Of(Planes.Of("fitzhugh_nagumo"), null, null, []).Window;
        // The knees of w = v - v^3/3 are at v = ±1, w = ±2/3; the curve is as high at v = ∓2.
        Assert.True(rest.Contains(new PlaneWindow(-2, 1, -2.0 / 3, 2.0 / 3)), rest.ToString());
        Assert.True(new PlaneWindow(-3, 3, -1.5, 1.5).Contains(rest), rest.ToString());
        PhasePortrait firing = PhasePortrait.Of(Planes.Of("adex", ("I_app", 800e-12)), null, null, []);
        Assert.True(firing.Window.Contains(firing.Cycles.Single().Extent), firing.Window.ToString());
        // Gates stay between 0 and 1, though the nullcline of V_m has a knee far below.
        var gates = new PhasePlane(ModelLibrary.Find("thalamic_rebound")!, new Dictionary<string, double>(), "V_m", "h", new Dictionary<string, double>());
        PlaneWindow window = PhasePortrait.Of(gates, null, null, []).Window;
        Assert.True(window.Bottom > -0.5 && window.Top < 1.5, window.ToString());
        // Both loops of a homoclinic orbit, which reach to x = ±√2.
        PlaneWindow loops = PhasePortrait.Of(Planes.Of("y", "x - x^3"), null, null, []).Window;
        Assert.True(loops.Contains(new PlaneWindow(-1.414, 1.414, -0.707, 0.707)), loops.ToString());
        PhasePortrait given = PhasePortrait.Of(Planes.Of("fitzhugh_nagumo", ("I", 0.5)), (-1, 1), null, []);
        Assert.Equal((-1.0, 1.0), (given.Window.Left, given.Window.Right));
        Assert.True(given.Window.Bottom < -0.5 && given.Window.Top > 1, given.Window.ToString());
    }
}
