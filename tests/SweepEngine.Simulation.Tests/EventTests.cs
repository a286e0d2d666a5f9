using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

/// <summary>What happens to the state beside spikes, at given times or where a condition becomes true.</summary>
public class EventTests
{
    private static readonly CourseStimulus OneSecond = CourseTests.Times(0, 1, 1);

    [Theory]
    [InlineData("0 ms", 0)]
    [InlineData("3 ms", 0)]
    [InlineData("3 ms", 40)]
    public void A_cell_whose_spikes_are_events_fires_like_one_whose_spikes_are_spikes(string refractory, double other)
    {
        // Under a step the rate is that of the spiking cell, the count of the other one is a state.
        string twins =
            """
            model: twins
            voltage: n
            equations: |
              dV_1/dt = (I*(1 + other) - V_1)/tau
              dV_2/dt = (I - V_2)/tau
              dn/dt = 0 Hz
              dlast/dt = 0
            spike: {when: V_1 > 1, reset: V_1 = 0, refractory: {for: tau_ref, hold: [V_1]}}
            events:
              second:
                when: V_2 > 1
                do: |
                  V_2 = 0
                  n += 1
                  last = t
                refractory: {for: tau_ref, hold: [V_2]}
            states: {V_1: {start: 0, unit: 1}, V_2: {start: 0, unit: 1}, n: {start: 0, unit: 1}, last: {start: 0 s, unit: ms}}
            parameters: {I: {default: 1.5}, tau: {default: 10 ms}, tau_ref: {default: 3 ms}, other: {default: 0}}
            """;
        const double Tolerance = 1e-8;
        double hold = Neuron.SI(refractory);
        double[] drives = [1.01, 1.2, 1.5, 3];
        foreach (string measured in new[] { "n", "last" })
        {
            ModelDefinition model = Neuron.Read(twins.Replace("voltage: n", $"voltage: {measured}", StringComparison.Ordinal));
            ModelCode code = Neuron.Code(model, ["I"], ("tau_ref", refractory), ("other", $"{other}"));
            PointTable points = new FIKernel(code, new FISettings("I", OneSecond, Tolerance)).Points(drives, []);
            for (int i = 0; i < drives.Length; i++)
            {
                double first = 0.01 * Math.Log(drives[i] / (drives[i] - 1)), period = first + hold;
                double count = Math.Floor((1 - first) / period) + 1;
                double drive = (1 + other) * drives[i], spike = 0.01 * Math.Log(drive / (drive - 1));
                Assert.Equal(Math.Floor((1 - spike) / (spike + hold)) + 1, points.SpikeCount[i]);
                Assert.Equal(spike, points.Of("time_to_first_spike", i), Tolerance * spike);
                double expected = measured == "n" ? count : first + (count - 1) * period;
                Assert.Equal(expected, points.Of("voltage_at_end", i), measured == "n" ? 1e-12 : Tolerance);
            }
        }

        // Under a step both lead to the steady rate.
        ModelCode steady = Neuron.Code(Neuron.Read(twins), ["I"], ("tau_ref", refractory), ("other", $"{other}"));
        PointTable rates = new FIKernel(steady, new FISettings("I", new StepStimulus(0.1, 0.01, 0.01), Tolerance)).Points(drives, []);
        for (int i = 0; i < drives.Length; i++)
        {
            double drive = (1 + other) * drives[i];
            Assert.InRange(rates.Rate[i] * (0.01 * Math.Log(drive / (drive - 1)) + hold), 1 - Tolerance, 1 + Tolerance);
        }
    }

    [Theory]
    [InlineData(1e-4)]
    [InlineData(1e-9)]
    public void Regular_inputs_to_an_exponential_synapse_add_up_as_the_sum_says(double tolerance)
    {
        const string Model =
            """
            model: synapse
            equations: dg/dt = -g/tau
            events: {input: {at: t_0, every: T, until: t_1, do: g += w}}
            states: {g: {start: 0 nS, unit: nS}}
            parameters: {w: {default: 1 nS}, tau: {default: 5 ms}, t_0: {default: 20 ms}, T: {default: 3 ms}, t_1: {default: 200 ms}}
            """;
        PointTable points = CourseTests.Respond(Model, "w", CourseTests.Times(0.01, 0.25, 0.3), tolerance, [1e-9, 4e-9]);
        double[] times = [.. Enumerable.Range(0, 61).Select(k => 0.02 + 0.003 * k)];
        double g(double t) => times.Where(at => at <= t).Sum(at => Math.Exp(-(t - at) / 0.005));
        double area = times.Sum(at => 0.005 * (1 - Math.Exp(-(0.25 - at) / 0.005)));
        for (int i = 0; i < 2; i++)
        {
            double w = i == 0 ? 1e-9 : 4e-9;
            Assert.Equal(w * g(0.25), points.Of("voltage_at_end", i), tolerance * w);
            Assert.Equal(w * g(times[^1]), points.Of("maximum_voltage", i), tolerance * w);
            Assert.Equal(w * area / 0.24, points.Of("mean_voltage", i), tolerance * w);
            Assert.Equal(0, points.Of("minimum_voltage", i));
        }
    }

    [Fact]
    public void Times_of_a_long_train_are_computed_and_not_added_up()
    {
        const string Model =
            """
            model: clock
            voltage: last
            equations: |
              dn/dt = 0 Hz
              dlast/dt = 0
            events:
              tick:
                at: T
                every: T
                until: t_1
                do: |
                  n += 1
                  last = t
            states: {n: {start: 0, unit: 1}, last: {start: 0 s, unit: ms}}
            parameters: {T: {default: 0.1 ms}, t_1: {default: 0.9 s}}
            """;
        Assert.Equal(0.0001 + 8999 * 0.0001, CourseTests.Respond(Model, "T", OneSecond, 1e-6, [0.0001]).Of("voltage_at_end", 0));
        PointTable counts = CourseTests.Respond(
            Model.Replace("voltage: last", "voltage: n", StringComparison.Ordinal), "T", OneSecond, 1e-6, [0.0001, 0.3, 2, double.PositiveInfinity, 0, -1]);
        Assert.Equal([PointStatus.Ok, PointStatus.Ok, PointStatus.Ok, PointStatus.Ok, PointStatus.InvalidParameters, PointStatus.InvalidParameters], counts.Status);
        Assert.Equal([9000.0, 3, 0, 0], Enumerable.Range(0, 4).Select(i => counts.Of("voltage_at_end", i)));
    }

    [Fact]
    public void Events_at_one_time_happen_in_the_order_of_the_list_and_spikes_come_first()
    {
        const string Model =
            """
            model: order
            voltage: x
            equations: |
              dx/dt = k*0 Hz
              dy/dt = 0 Hz
            spike: {when: y > 0, reset: "x = 10*x\ny = -1"}
            events:
              add: {at: 0.5 s, do: "x = x + 1\ny = 1"}
              double: {at: 0.5 s, do: x = 2*x}
              start: {at: 0 s, do: x += 5}
              end: {at: 1 s, do: x += 0.5}
              never: {at: -1 s, do: x = 1000}
            states: {x: {start: 0, unit: 1}, y: {start: -1, unit: 1}}
            parameters: {k: {default: 1}}
            """;
        PointTable points = CourseTests.Respond(Model, "k", OneSecond, 1e-6, [1]);
        Assert.Equal(1, points.SpikeCount[0]);
        Assert.Equal(0.5, points.Of("time_to_first_spike", 0));
        Assert.Equal((((5 + 1) * 10) * 2) + 0.5, points.Of("voltage_at_end", 0));
    }

    [Fact]
    public void A_condition_that_stays_true_is_one_event()
    {
        const string Model =
            """
            model: waves
            voltage: n
            equations: |
              dx/dt = k*y/tau
              dy/dt = -x*k/tau
              dn/dt = 0 Hz
            spike: {when: x > 0.5}
            events: {up: {when: x > 0.25, do: n += 1}, down: {when: x < -0.25, do: n += 100}}
            states: {x: {start: 0, unit: 1}, y: {start: 1, unit: 1}, n: {start: 0, unit: 1}}
            parameters: {k: {default: 1}, tau: {default: 10 ms}}
            """;
        // x = sin(k t/tau): 15.9 k periods in a second; from k = 0 on, where nothing moves.
        PointTable points = CourseTests.Respond(Model.Replace("dn/dt = 0 Hz", "dn/dt = 0 Hz", StringComparison.Ordinal), "k", OneSecond, 1e-6, [1, 0, 2.9]);
        Assert.Equal([16 + 1600.0, 0, 47 + 4600], Enumerable.Range(0, 3).Select(i => points.Of("voltage_at_end", i)));
    }

    [Fact]
    public void A_condition_met_at_rest_on_its_border_happens_once_it_is_passed()
    {
        const string Model =
            """
            model: border
            voltage: n
            equations: |
              dx/dt = k
              dn/dt = 0 Hz
            events: {up: {when: x > 0, do: n += 1}}
            states: {x: {start: 0, unit: 1}, n: {start: 0, unit: 1}}
            parameters: {k: {default: 1 Hz}}
            """;
        PointTable points = CourseTests.Respond(Model, "k", OneSecond, 1e-6, [1, 0, -1]);
        Assert.Equal([1.0, 0, 0], Enumerable.Range(0, 3).Select(i => points.Of("voltage_at_end", i)));
    }

    [Fact]
    public void A_condition_that_jumps_is_met_where_it_jumps()
    {
        const string Model =
            """
            model: jumps
            voltage: last
            equations: |
              dx/dt = k
              dlast/dt = 0
            events: {up: {when: floor(x) > 0.5, do: last += t}}
            states: {x: {start: 0, unit: 1}, last: {start: 0 s, unit: ms}}
            parameters: {k: {default: 2 Hz}}
            """;
        double[] drives = [.. Enumerable.Range(0, 100).Select(i => 1.01 + 0.37 * i)];
        PointTable points = CourseTests.Respond(Model, "k", OneSecond, 1e-6, drives);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(1 / drives[i], points.Of("voltage_at_end", i), 1e-9));
        Assert.InRange(points.Steps, 100 * 100, 100 * 200);
    }

    [Fact]
    public void Events_that_set_each_other_off_without_end_are_reported()
    {
        const string Model =
            """
            model: pair
            equations: dx/dt = k
            events: {up: {when: x > 1, do: x = -2}, down: {when: x < -1, do: x = 2}}
            states: {x: {start: 0, unit: 1}}
            parameters: {k: {default: 1 Hz}}
            """;
        PointTable points = CourseTests.Respond(Model, "k", OneSecond, 1e-6, [2, 0.5, 2]);
        Assert.Equal([PointStatus.EndlessSpike, PointStatus.Ok, PointStatus.EndlessSpike], points.Status);
    }

    [Fact]
    public void The_first_of_several_crossings_in_a_step_is_taken()
    {
        // Thresholds that are passed within a millisecond of each other, each of which lifts the next ones.
        const string Model =
            """
            model: ladder
            voltage: list
            equations: |
              dx/dt = k
              dlist/dt = 0 Hz
            events:
              third: {when: x > 0.5002, do: list = 10*list + 3}
              first: {when: x > 0.5, do: list = 10*list + 1}
              second: {when: x > 0.5001, do: list = 10*list + 2}
            states: {x: {start: 0, unit: 1}, list: {start: 0, unit: 1}}
            parameters: {k: {default: 1 Hz}}
            """;
        PointTable points = CourseTests.Respond(Model, "k", OneSecond, 1e-3, [1, 40]);
        Assert.Equal([123.0, 123], [points.Of("voltage_at_end", 0), points.Of("voltage_at_end", 1)]);
    }

    [Fact]
    public void Spikes_of_a_smooth_model_can_be_events_as_well()
    {
        const string Model =
            """
            model: fn
            voltage: n
            equations: |
              dv/dt = (v - v^3/3 - w + I)/tau
              dw/dt = 0.08*(v + 0.7 - 0.8*w)/tau
              dn/dt = 0 Hz
            spike: {when: v > 1}
            events: {up: {when: v > 1, do: n += 1}}
            states: {v: {start: -1, unit: 1}, w: {start: -0.5, unit: 1}, n: {start: 0, unit: 1}}
            parameters: {I: {default: 0}, tau: {default: 1 ms}}
            """;
        ModelDefinition counted = Neuron.Read(Model), plain = Neuron.Read(Model.Replace("voltage: n", "voltage: v", StringComparison.Ordinal));
        double[] drives = [0.2, 0.5, 1];
        PointTable n = new FIKernel(Neuron.Code(counted, ["I"]), new FISettings("I", CourseTests.Times(0, 1, 1.001), 1e-6)).Points(drives, []);
        PointTable v = new FIKernel(Neuron.Code(plain, ["I"]), new FISettings("I", CourseTests.Times(0, 1, 1.001), 1e-6)).Points(drives, []);
        Assert.True(v.SpikeCount[2] > 20);
        Assert.All([0, 1, 2], i => Assert.InRange(n.Of("voltage_at_end", i) - v.SpikeCount[i], 0, 1));
        // Stopping at the events does not change the spikes.
        PointTable without = CourseTests.Respond(
            Model.Replace("voltage: n", "voltage: v", StringComparison.Ordinal).Replace("events: {up: {when: v > 1, do: n += 1}}", "", StringComparison.Ordinal),
            "I", CourseTests.Times(0, 1, 1.001), 1e-6, drives);
        Assert.Equal(without.SpikeCount, v.SpikeCount);
        Assert.All([1, 2], i => Assert.InRange(v.Of("inv_last_ISI", i) / without.Of("inv_last_ISI", i), 1 - 1e-6, 1 + 1e-6));
    }

    [Fact]
    public void A_state_held_by_two_events_is_free_when_both_have_ended()
    {
        const string Model =
            """
            model: holds
            equations: dx/dt = k
            events:
              a: {at: 0.1 s, refractory: {for: 0.3 s, hold: [x]}}
              b: {at: 0.2 s, refractory: {for: 0.5 s, hold: [x]}}
            states: {x: {start: 0, unit: 1}}
            parameters: {k: {default: 1 Hz}}
            """;
        Assert.Equal(0.1 + 0.3, CourseTests.Respond(Model, "k", OneSecond, 1e-6, [1]).Of("voltage_at_end", 0), 1e-12);
    }
}
