namespace SweepEngine.Equations.Tests;

/// <summary>Random numbers and white noise in models.</summary>
public sealed class RandomTests
{
    private const string Leak = "dV_m/dt = (E_L - V_m)/tau";

    [Fact]
    public void Random_numbers_are_drawn_at_the_start_at_spikes_and_at_events()
    {
        ModelDefinition model = Samples.Read("""
            model: random
            equations: |
              dV_m/dt = (E_L - V_m)/tau
              dn/dt = -n/tau
              dw/dt = -w/tau
            spike: {when: V_m > -50 mV, reset: "V_m = E_L + normal()*(1 mV)\nw = uniform() + F(uniform())"}
            events: {open: {at: 1 ms, do: "n -= binomial(n, p*exp(V_m/(10 mV)))"}}
            states:
              V_m: {start: E_L + (2*uniform() - 1)*(1 mV), unit: mV}
              n: {start: "binomial(N, 1 - n_inf(w))", unit: 1}
              w: {start: p/2, unit: 1}
            parameters:
              N: {default: 100}
              p: {default: 0.5}
              E_L: {default: -70 mV}
              tau: {default: 20 ms}
            """.Replace("dn/dt", "F(x) = x^2\n  n_inf(x) = 1 - x\n  dn/dt", StringComparison.Ordinal));
        Assert.Equal([RandomKind.Uniform, RandomKind.Binomial], model.StartDraws.Select(draw => draw.Kind));
        Assert.Equal("E_L + (2*uniform() - 1)*1 mV", RandomDraw.Show(model.States[0].Start, model.StartDraws).ToString());
        Assert.Equal([RandomKind.Normal, RandomKind.Uniform, RandomKind.Uniform], model.Spike!.Draws.Select(draw => draw.Kind));
        Assert.Equal("w = uniform() + F(uniform())",
            (model.Spike.Reset[1] with { Value = RandomDraw.Show(model.Spike.Reset[1].Value, model.Spike.Draws) }).ToString());
        Assert.Equal("n - binomial(n, p*exp(V_m/10 mV))", RandomDraw.Show(model.Events[0].Reset[0].Value, model.Events[0].Draws).ToString());
        Assert.True(model.IsRandom);
        Assert.Empty(model.Noises);

        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["p"]);
        double[] result = new double[3];
        code.Start.Evaluate([0], [], [0.4, 0.75, 42], result, 1, 0, 1);
        Assert.Equal([-0.07 + 0.5 * 0.001, 42, 0.2], result);
        double[] arguments = new double[2];
        code.StartDraws.Arguments!.Evaluate([], [], [0.4], arguments, 1, 0, 1);
        Assert.Equal([100, 1 - (1 - 0.2)], arguments);
        code.Reset!.Evaluate([0], [0.0, 0, 0], [0.4, -1, 0.25, 0.5], result, 1, 0, 1);
        Assert.Equal([-0.07 - 0.001, 0, 0.25 + 0.5 * 0.5], result);
        code.Events[0].Draws.Arguments!.Evaluate([0], [0, 7, 0], [0.4], arguments, 1, 0, 1);
        Assert.Equal([7, 0.4], arguments);
        Assert.Equal(3, code.MostDraws);
    }

    [Theory]
    [InlineData("dV_m/dt = (E_L - V_m)/tau*▶normal()")]
    [InlineData("dV_m/dt = a*(E_L - V_m)/tau\na = ▶uniform()")]
    [InlineData("dV_m/dt = (E_L - V_m)/tau\nG(x) = x + ▶binomial(2, 0.5)")]
    public void Random_numbers_cannot_be_drawn_in_equations(string equations) => Marked.Check(Marked.Model(equations),
        "no random number can be drawn here: found '");

    [Theory]
    [InlineData("spike: {when: V_m > E_L*▶uniform()}", "no random number can be drawn here: found 'uniform', allowed in a start, in the reset of a spike and in the do of an event\n    next step: white noise in an equation is xi")]
    [InlineData("spike: {when: V_m > E_L, reset: V_m = E_L, refractory: {for: ▶uniform()*tau, hold: [V_m]}}", "no random number can be drawn here")]
    [InlineData("events: {a: {rate: ▶uniform()/s, do: V_m = E_L}}", "no random number can be drawn here")]
    [InlineData("events: {a: {at: ▶uniform()*tau}}", "no random number can be drawn here")]
    [InlineData("events: {a: {at: tau, do: V_m = E_L*▶uniform(1)}}", "'uniform' has the wrong number of arguments: found 1, allowed 0")]
    [InlineData("events: {a: {at: tau, do: V_m = E_L*▶binomial()}}", "'binomial' has the wrong number of arguments: found 0, allowed 2")]
    [InlineData("events: {a: {at: tau, do: V_m = E_L*▶normal}}", "'normal' is a random number and needs its parentheses\n    next step: write normal()")]
    [InlineData("events: {a: {at: tau, do: 'V_m = E_L*binomial(1, ▶uniform())'}}", "the distribution of a random number cannot be random itself")]
    [InlineData("events: {a: {at: tau, do: 'V_m = E_L*binomial(▶tau, 0.5)'}}", "an argument of 'binomial' has the wrong dimension: found time")]
    [InlineData("events: {a: {at: tau, do: 'V_m = E_L*▶normall()'}}", "there is no such function: found 'normall'\n    next step: did you mean 'normal'?")]
    [InlineData("events: {a: {at: tau, do: 'V_m = E_L*▶exp()'}}", "'exp' has the wrong number of arguments: found 0, allowed 1")]
    [InlineData("events: {a: {at: tau, do: 'V_m = ▶normal()'}}", "the new value of V_m has the wrong dimension: found dimensionless")]
    public void Mistakes_with_random_numbers_are_shown_where_they_are(string rest, string expected) => Marked.Check(Marked.Model(Leak, rest), expected);

    [Fact]
    public void The_distribution_at_the_start_cannot_be_random_through_another_state() => Marked.Check("""
        model: random
        equations: |
          dx/dt = -x/s
          dy/dt = -y/s
        states: {x: {start: uniform(), unit: 1}, y: {start: "binomial(10, ▶x)", unit: 1}}
        """, "the distribution of a random number cannot be random itself: found 'x'");

    [Fact]
    public void A_draw_at_the_start_cannot_depend_on_itself() => Marked.Check("""
        model: random
        equations: dx/dt = -x/s
        states: {▶x: {start: "binomial(10, x)", unit: 1}}
        """, "'x' starts from itself: found x → x");

    [Fact]
    public void Names_that_the_model_declares_go_before_random_numbers_and_noise()
    {
        ModelDefinition model = Samples.Read("""
            model: own
            equations: |
              dxi/dt = -xi/tau + xi_2/tau + normal(k)/tau + uniform/tau
              normal(x) = x + 1
              xi_2 = 3
            states: {xi: {start: 0, unit: 1}}
            parameters: {tau: {default: 1 ms}, k: {default: 1}, uniform: {default: 2}}
            """);
        Assert.Empty(model.Noises);
        Assert.False(model.IsRandom);
    }

    [Fact]
    public void White_noise_is_found_through_intermediates_and_functions()
    {
        ModelDefinition model = Samples.Read("""
            model: noisy
            equations: |
              dV_m/dt = (E_L - V_m)/tau + sigma*sqrt(2/tau)*xi_V + D(V_m) + shared
              dw/dt = -w/tau - if(w > 0, 2*xi_V, -xi_V)/sqrt(1 s)
              D(V) = sigma/tau*(V/E_L)*F(xi*sqrt(tau))
              F(x) = (x + 1)/2
              shared = -(sigma*xi_b/sqrt(tau))
              unused = xi_unused
            states: {V_m: {start: E_L, unit: mV}, w: {start: 0, unit: 1}}
            parameters: {E_L: {default: -70 mV}, tau: {default: 20 ms}, sigma: {default: 2 mV}}
            """);
        Assert.Equal(["xi", "xi_V", "xi_b"], model.Noises);
        Assert.True(model.IsRandom);
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["sigma"]);
        double[] y = [-0.05, 0.5], drift = new double[2], diffusion = new double[4];
        double tau = 0.02, sigma = 0.002, root = Math.Sqrt(tau);
        code.Derivatives.Evaluate([0], y, [sigma], drift, 1, 0, 1);
        code.Diffusion!.Evaluate([0], y, [sigma], diffusion, 1, 0, 1);
        Assert.Equal([(0, 0), (0, 1), (0, 2), (1, 1)], model.NoiseTerms.Select(term => (term.State, term.Noise)));
        double[] expected = [sigma * (0.05 / 0.07) / 2 / root, sigma * Math.Sqrt(2 / tau), -sigma / root, -2];
        for (int i = 0; i < 4; i++)
            Assert.Equal(expected[i], diffusion[i], 1e-12);
        Assert.Equal((-0.07 + 0.05) / tau + sigma * (0.05 / 0.07) / 2 / tau, drift[0], 1e-12);
        Assert.Equal(-25, drift[1], 1e-12);
    }

    [Theory]
    [InlineData("dV_m/dt = E_L*(1 + xi▶*xi*tau)/tau", "white noise must enter linearly: found 'xi*xi', allowed sums of it, products with what has no noise")]
    [InlineData("dV_m/dt = E_L*x▶*xi/sqrt(tau)\nx = 1 + xi_2*sqrt(tau)", "white noise must enter linearly")]
    [InlineData("dV_m/dt = E_L/tau▶/(1 + xi*sqrt(tau))", "white noise must enter linearly")]
    [InlineData("dV_m/dt = E_L/tau*▶exp(xi*sqrt(tau))", "white noise must enter linearly: found 'exp(xi*sqrt(tau))'")]
    [InlineData("dV_m/dt = E_L/tau*▶floor(xi*sqrt(tau))", "white noise must enter linearly")]
    [InlineData("dV_m/dt = E_L/tau*if(xi ▶> 0, 1, 1)", "white noise must enter linearly")]
    [InlineData("dV_m/dt = E_L/tau*(xi*sqrt(tau))▶^2", "white noise must enter linearly")]
    [InlineData("dV_m/dt = E_L/tau*G(xi*sqrt(tau))\nG(x) = x▶*x", "white noise must enter linearly")]
    [InlineData("dV_m/dt = ▶E_L*xi/tau", "dV_m/dt has the wrong dimension")]
    public void White_noise_enters_linearly(string equations, string expected) => Marked.Check(Marked.Model(equations), expected);

    [Theory]
    [InlineData("spike: {when: V_m + E_L*sqrt(tau)*▶xi > E_L}", "there can be no white noise in the condition of the spike: found 'xi', allowed in dX/dt = … and in what that uses")]
    [InlineData("spike: {when: V_m > E_L, reset: V_m = E_L*▶kick, refractory: {for: tau*▶kick, hold: [V_m]}}", "no white noise in the new value of V_m: found 'kick'", "no white noise in the refractory time")]
    [InlineData("events: {a: {rate: ▶noisy(1)/tau, do: V_m = E_L}}", "no white noise in a rate: found 'noisy(1)'")]
    [InlineData("events: {a: {at: ▶kick*tau}}", "no white noise in the time of the event a")]
    [InlineData("events: {a: {at: tau, do: 'V_m = E_L*binomial(1, ▶kick)'}}", "no white noise in the distribution of a random number")]
    public void White_noise_stands_in_derivatives_alone(string rest, params string[] expected) =>
        Marked.Check(Marked.Model(Leak + "\nkick = xi*sqrt(tau)\nnoisy(x) = x + kick", rest), expected);

    [Fact]
    public void There_is_no_white_noise_at_the_start() => Marked.Check(
        Marked.Model(Leak).Replace("start: E_L", "start: E_L*sqrt(tau)*▶xi", StringComparison.Ordinal), "there can be no white noise in the start of V_m");
}
