namespace SweepEngine.Equations.Tests;

/// <summary>Events beside the spike, and rates.</summary>
public sealed class EventTests
{
    [Fact]
    public void Events_are_read_whole()
    {
        ModelDefinition model = Samples.Read("""
            model: synapses
            equations: |
              dV_m/dt = (E_L - V_m)/tau + drive
              dx/dt = -x/tau
              drive = x*(1 mV/ms)
            spike:
              when: V_m > -50 mV
              reset: V_m = E_L
            events:
              pulses:
                at: t_on
                every: period
                until: t_on + 10*period
                do: x += 1
              kink: {at: 3*t_on}
              floor: {when: V_m < -90 mV, do: V_m = -80 mV, refractory: {for: 1 ms, hold: [V_m, x]}}
              bend: {when: x > 2}
              exc: {rate: 1/tau*exp(V_m/mV), do: "x += w"}
            states:
              V_m: {start: E_L, unit: mV}
              x: {start: 0, unit: 1}
            parameters:
              E_L: {default: -70 mV}
              tau: {default: 20 ms}
              t_on: {default: 5 ms}
              period: {default: 2 ms}
              w: {default: 0.5}
            """);
        Assert.Equal(["pulses", "kink", "floor", "bend", "exc"], model.Events.Select(each => each.Name));
        ModelEvent pulses = model.Events[0];
        Assert.Null(pulses.When);
        Assert.Equal(("t_on", "period", "t_on + 10*period"), (pulses.Times!.First.ToString(), pulses.Times.Every!.ToString(), pulses.Times.Last!.ToString()));
        Assert.Equal("x = x + 1", Assert.Single(pulses.Reset).ToString());
        Assert.Empty(model.Events[1].Reset);
        Assert.Null(model.Events[1].Times!.Every);
        Assert.Equal("V_m < -90 mV", model.Events[2].When!.ToString());
        Assert.Equal("1 ms", model.Events[2].RefractoryFor!.ToString());
        Assert.Equal(["V_m", "x"], model.Events[2].Hold);
        Assert.Empty(model.Events[3].Reset);
    }

    [Fact]
    public void An_event_with_a_rate_is_a_state_that_passes_zero()
    {
        ModelDefinition model = Samples.Read(Marked.Model("dV_m/dt = (E_L - V_m)/tau + hazard_exc*(1 mV/ms)", "events: {exc: {rate: (1 + x)/tau, do: V_m += 1 mV}}")
            .Replace("F(z)", "x = V_m/mV\n  F(z)", StringComparison.Ordinal));
        Assert.Equal(["V_m", "hazard_exc"], model.States.Select(state => state.Name));
        StateVariable hazard = model.States[1];
        Assert.Equal("dhazard_exc/dt = (1 + x)/tau", hazard.ToString());
        Assert.Equal(Unit.One, hazard.Unit);
        Assert.Equal("Integrated rate of exc, from a random start up to 0, where the next one happens.", hazard.Summary);
        RandomDraw start = Assert.Single(model.StartDraws);
        Assert.Equal(RandomKind.Uniform, start.Kind);
        Assert.Equal("log(uniform())", RandomDraw.Show(hazard.Start, model.StartDraws).ToString());
        ModelEvent exc = Assert.Single(model.Events);
        Assert.Equal("hazard_exc > 0", exc.When!.ToString());
        Assert.Equal(["V_m = V_m + 1 mV", "hazard_exc = log(uniform())"],
            exc.Reset.Select(assignment => (assignment with { Value = RandomDraw.Show(assignment.Value, exc.Draws) }).ToString()));
        Assert.True(model.IsRandom);
    }

    [Fact]
    public void Spikes_may_have_a_rate_and_a_rate_stands_still_while_refractory()
    {
        ModelDefinition model = Samples.Read(Marked.Model("dV_m/dt = (E_L - V_m)/tau", """
            spike: {rate: 1/tau*exp(V_m/(2 mV)), reset: V_m = E_L, refractory: {for: tau, hold: [V_m]}}
            events: {inh: {rate: 10/s, do: V_m -= 1 mV, refractory: {for: tau, hold: []}}, late: {rate: 1/tau, do: V_m = E_L}}
            """));
        Assert.Equal(["V_m", "hazard_spike", "hazard_inh", "hazard_late"], model.States.Select(state => state.Name));
        Assert.StartsWith("Integrated rate of spikes, ", model.States[1].Summary, StringComparison.Ordinal);
        Assert.Equal("hazard_spike > 0", model.Spike!.When.ToString());
        Assert.Equal("hazard_spike", model.Spike.Threshold.ToString().Replace(" - 0", "", StringComparison.Ordinal));
        Assert.Equal(["V_m", "hazard_spike"], model.Spike.Hold);
        Assert.Equal(["hazard_inh"], model.Events[0].Hold);
        Assert.Empty(model.Events[1].Hold);
        Assert.Equal(3, model.StartDraws.Select(draw => draw.Name).Distinct().Count());
        Assert.Single(model.Spike.Draws);
    }

    [Fact]
    public void Code_of_a_rate_reads_its_random_numbers_behind_the_swept_parameters()
    {
        ModelDefinition model = Samples.Read(Marked.Model("dV_m/dt = (E_L - V_m)/tau", "events: {exc: {rate: k/tau, do: V_m += normal()*k*(1 mV)}}"));
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["k"]);
        EventCode exc = code.Events[0];
        Assert.Equal([RandomKind.Normal, RandomKind.Uniform], exc.Draws.Kinds);
        double[] result = new double[2];
        exc.Reset!.Evaluate([0], [-0.07, 0.1], [2, 1.5, 0.25], result, 1, 0, 1);
        Assert.Equal([-0.07 + 1.5 * 2 * 0.001, Math.Log(0.25)], result);
        Interpreter interpreter = code.Interpret(0, [-0.07, 0.1], [2, 1.5, 0.25], model.Events[0].Draws);
        Assert.Equal(result, model.Events[0].Reset.Select(assignment => interpreter.Evaluate(model.Inline(assignment.Value))));
        code.Start.Evaluate([0], [], [2, 0.5], result, 1, 0, 1);
        Assert.Equal(Math.Log(0.5), result[1]);
    }

    [Fact]
    public void Mistakes_in_events_are_shown_where_they_are() => Marked.Check(Marked.Model("dV_m/dt = (E_L - V_m)/tau", """
        spike: ▶{reset: V_m = E_L}
        events:
          ▶no-name: {at: 1 ms}
          ▶spike: {at: 1 ms}
          a: ▶text
          b: ▶{do: V_m = E_L}
          c: {when: V_m > E_L, ▶at: 1 ms, ▶rate: 1/s, do: V_m = E_L}
          d: {▶rate: 1/s}
          e: {when: V_m > E_L, ▶every: 1 ms, until: 1 ms}
          k: {at: 1 ms, ▶until: 1 ms}
          f: {when: ▶V_m + E_L, do: "▶tau = 1 ms"}
          g: {at: 1 ms, ▶reset: V_m = E_L}
          h: {rate: 1/s, do: "V_m = E_L\n▶V_m = E_L\n▶F = 2"}
          i: {▶rate: 1/s, do: "hazard_i = 0"}
          j: {at: 1 ms, refractory: {for: 1 ms, hold: [▶tau]}}
        """),
        "spike lacks the key 'when'\n    next step: add 'when:', the comparison that becomes true at a spike, or 'rate:'",
        "the name of an event is not valid: found 'no-name'", "and not 'spike'", "a map", "the event b lacks the key 'when'",
        "'at' and 'when' cannot stand together", "'rate' and 'when' cannot", "the event d does nothing", "'every' has no meaning without 'at'", "'until' has no meaning without 'every'",
        "'when' must compare two quantities", "what is reset must be a state", "unknown key: found 'reset', allowed when, at, every, until, rate, do, refractory",
        "V_m is reset twice", "", "hazard_i is reset and held by the rate itself");

    [Fact]
    public void Dimensions_of_events_are_checked() => Marked.Check(Marked.Model("dV_m/dt = (E_L - V_m)/tau", """
        spike: {rate: ▶tau, reset: V_m = ▶tau}
        events:
          a: {at: ▶E_L, every: ▶2, until: ▶k}
          b: {rate: ▶k, do: "▶V_m += tau"}
          c: {when: V_m ▶> tau, do: V_m = ▶tau, refractory: {for: ▶k, hold: [V_m]}}
        """),
        "the rate has the wrong dimension: found time, allowed a rate such as Hz", "", "the time of an event has the wrong dimension", "the interval of events has",
        "the last time of events has", "the rate has the wrong dimension: found dimensionless");

    [Fact]
    public void Times_must_be_known_beforehand() => Marked.Check(Marked.Model("dV_m/dt = (E_L - V_m)/tau\nshift = tau*V_m/E_L\nlate(x) = x + t", """
        events:
          a: {at: 1 ms + ▶shift, every: ▶late(tau), until: tau}
          b: {at: ▶t}
        """), "the times of the event a must be known beforehand: found 'shift', allowed numbers and parameters", "found 'late(tau)'", "found 't'");

    [Fact]
    public void An_interval_must_be_above_zero()
    {
        Marked.Check(Marked.Model("dV_m/dt = (E_L - V_m)/tau", "events: {a: {at: 0 ms, every: ▶tau*(k - 1)}}"), "the interval of the event a must be above 0: found 0 s at the default");
        Samples.Read(Marked.Model("dV_m/dt = (E_L - V_m)/tau", "events: {a: {at: 0 ms, every: tau*k}}"));
    }

    [Fact]
    public void The_name_of_a_rate_may_be_taken() => Marked.Check(Marked.Model("dV_m/dt = (E_L - V_m)/tau", """
        spike: {▶rate: 1/s}
        """).Replace("k: {", "hazard_spike: {", StringComparison.Ordinal), "the name 'hazard_spike' is taken: a parameter has it: found a second use as a state");

    [Fact]
    public void There_are_not_more_events_than_the_limit()
    {
        string events = string.Concat(Enumerable.Range(0, ModelLimits.Events).Select(i => $"\n  e{i}: {{at: {i} ms}}"));
        Samples.Read(Marked.Model("dV_m/dt = (E_L - V_m)/tau", "events:" + events));
        Marked.Check(Marked.Model("dV_m/dt = (E_L - V_m)/tau", $"events:{events}\n  ▶more: {{at: 1 ms}}"), "there are too many events: found 101, allowed at most 100");
    }

    [Fact]
    public void Events_are_part_of_the_identity()
    {
        string[] rests =
        [
            "", "events: {a: {at: 1 ms}}", "events: {a: {at: 2 ms}}", "events: {a: {at: 1 ms, every: 1 ms}}", "events: {a: {at: 1 ms, do: V_m = E_L}}",
            "events: {a: {rate: 1/s, do: V_m = E_L}}", "events: {a: {at: 1 ms, do: V_m = normal()*E_L}}", "events: {a: {at: 1 ms, do: V_m = uniform()*E_L}}",
            "events: {a: {when: V_m > E_L, do: V_m = E_L}}", "events: {a: {when: V_m > E_L, do: V_m = E_L, refractory: {for: 1 ms, hold: [V_m]}}}",
        ];
        Assert.Equal(rests.Length, rests.Select(rest => Samples.Read(Marked.Model("dV_m/dt = (E_L - V_m)/tau", rest)).CanonicalText).Distinct().Count());
    }
}
