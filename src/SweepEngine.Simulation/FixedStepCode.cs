using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>The code of one step of a fixed length with all that a spike needs, compiled together with the equations of the model as a loop over steps.</summary>
/// <remarks>
/// Spikes with a reset are at the ends of steps, as clock-driven simulators have them, and refractory periods are rounded to whole steps; spikes without a reset are the upward crossings of
/// the threshold at the ends of steps. With Runge–Kutta all of these are inside steps: the crossing is on the cubic through both ends, the state there is that of a step of this length, and what is
/// left of the step is taken from the reset on, and in two pieces where a refractory period ends, so that the order stays 4. A second crossing within one step counts at the start of the next.
/// </remarks>
internal sealed class FixedStepCode
{
    // The polynomial for φ is for these products of slope and step; the general function takes over outside.
    private const double LargestProduct = 0.5;

    // (e^x − 1)/x on this range to 2^-49.5 of itself: minimax, as by remez of SweepEngine.Lanes/coefficients.py with weight 1/φ, degree 10 and the first coefficient held at 1.
    private static readonly double[] s_phi =
    [
        1, 0.5000000000000266, 0.166666666666679, 0.041666666664611815, 0.008333333332541958, 0.0013888889331380235, 0.00019841271205170313,
        2.480119848629474e-05, 2.755641979848662e-06, 2.770679414800025e-07, 2.5282649154496605e-08,
    ];

    private readonly ModelCode _code;
    private readonly IntegrationMethod _method;
    private readonly double _step;
    private readonly TileGraph _graph = new(FixedStepTile.Lanes);
    private readonly FixedStepRows _rows;
    private readonly GraphLane[] _parameters, _states;
    private readonly Expression[] _derivatives;

    private FixedStepCode(ModelCode code, IntegrationMethod method, double step)
    {
        (_code, _method, _step) = (code, method, step);
        ModelDefinition model = code.Model;
        _rows = new FixedStepRows(model.States.Count, code.Swept.Count);
        _parameters = [.. Enumerable.Range(0, code.Swept.Count).Select(k => _graph.Read(FixedStepRows.Parameter + k))];
        _states = [.. Enumerable.Range(0, model.States.Count).Select(i => _graph.Read(_rows.State + i))];
        _derivatives = [.. model.States.Select(state => state.Derivative)];
    }

    /// <summary>Compiles a step.</summary>
    /// <param name="code">The model.</param>
    /// <param name="method">The method, one of fixed steps.</param>
    /// <param name="step">The step [s].</param>
    /// <param name="tile">An empty tile for it.</param>
    /// <exception cref="ArgumentException">The model has noise, random numbers or events that change states.</exception>
    public static TileSteps Compile(ModelCode code, IntegrationMethod method, double step, out FixedStepTile tile)
    {
        if (IntegrationMethodText.WhyNot(code.Model) is { } reason)
        {
            throw new ArgumentException($"The model {code.Model.Name} {reason}.", nameof(code));
        }

        var made = new FixedStepCode(code, method, step);
        made.Write();
        TileSteps steps = made._graph.CompileSteps(code.LaneWidth, made._rows.Count, out int spareRows);
        tile = new FixedStepTile(made._rows, spareRows);
        return steps;
    }

    private void Write()
    {
        GraphLane start = _graph.Step * Constant(_step), end = (_graph.Step + Constant(1)) * Constant(_step);
        if (_method is IntegrationMethod.RungeKutta4 && (_code.Reset is not null || _code.RefractoryFor is not null))
        {
            WritePieces(start, end);
            return;
        }

        GraphLane[] slopes = Slopes(start, _states);
        GraphLane[] next = _method switch
        {
            IntegrationMethod.Euler => Along(_states, Constant(_step), slopes),
            IntegrationMethod.ExponentialEuler => ExponentialEuler(slopes, start),
            _ => RungeKutta(start, Constant(_step), _states, slopes),
        };
        GraphLane? refractory = _code.RefractoryFor is null ? null : GraphLane.GreaterThan(_graph.Read(FixedStepRows.RefractoryUntil), _graph.Step);
        foreach (int i in refractory is null ? [] : _code.Held)
        {
            next[i] = GraphLane.Select(refractory!.Value, _states[i], next[i]);
        }

        if (_code.Model.Spike is { } spike)
        {
            GraphLane before = _graph.Evaluate(_code, [spike.Threshold], start, _states, _parameters)[0];
            GraphLane after = _graph.Evaluate(_code, [spike.Threshold], end, next, _parameters)[0];
            GraphLane spiked = GraphLane.GreaterThan(after, Constant(0));
            if (_code.Reset is null)
            {
                spiked = GraphLane.And(spiked, GraphLane.LessOrEqual(before, Constant(0)));
            }

            if (refractory is { } mask)
            {
                spiked = GraphLane.AndNot(spiked, mask);
            }

            WriteSpike(spiked, _method is IntegrationMethod.RungeKutta4 ? start + Constant(_step) * Crossing(before, slopes, start, after, next, end) : end);
            next = Reset(spike, spiked, next, end);
        }

        for (int i = 0; i < next.Length; i++)
        {
            _graph.Write(_rows.State + i, next[i]);
        }
    }

    private static GraphLane[] Along(GraphLane[] states, GraphLane step, GraphLane[] slopes) =>
        [.. states.Zip(slopes, (state, slope) => state + step * slope)];

    private GraphLane[] ExponentialEuler(GraphLane[] slopes, GraphLane time)
    {
        var next = new GraphLane[slopes.Length];
        var parts = new GraphLane[]?[slopes.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = Linearity.Parts(_code.Model.Inline(_derivatives[i]), _code.Model.States[i].Name) is var (slope, offset)
                ? _graph.Evaluate(_code, [slope, offset], time, _states, _parameters) : null;
        }

        GraphLane[] products = [.. parts.Select(linear => Constant(_step) * (linear?[0] ?? Constant(0)))];

        // One comparison for all of them.
        GraphLane squares = products.Where((x, i) => parts[i] is not null && !IsSteady(x)).Aggregate(Constant(0), (sum, x) => GraphLane.Fma(x, x, sum));
        GraphLane large = GraphLane.GreaterThan(squares, Constant(LargestProduct * LargestProduct));
        for (int i = 0; i < slopes.Length; i++)
        {
            next[i] = parts[i] is [_, var offset]
                ? _states[i] + Phi(products[i], large) * (products[i] * _states[i] + Constant(_step) * offset)
                : _states[i] + Constant(_step) * slopes[i];
        }

        return next;
    }

    // (e^x − 1)/x: a polynomial where x is small, as it is where a step is not too long.
    private GraphLane Phi(GraphLane x, GraphLane large)
    {
        GraphLane polynomial = Constant(s_phi[^1]);
        for (int k = s_phi.Length - 2; k >= 0; k--)
        {
            polynomial = GraphLane.Fma(polynomial, x, Constant(s_phi[k]));
        }

        GraphLane here = GraphLane.GreaterThan(GraphLane.Abs(x), Constant(LargestProduct));
        GraphLane phi = GraphLane.Select(here, (_graph.Exp(x) - Constant(1)) / x, polynomial);
        return IsSteady(x) ? phi : _graph.Rarely(large, phi, polynomial);
    }

    private bool IsSteady(GraphLane value) => _graph.ReadsOnly(value, row => row >= FixedStepRows.Parameter && row < _rows.State);

    // A step of any length, in which states are held where a mask says so.
    private GraphLane[] RungeKutta(GraphLane start, GraphLane step, GraphLane[] states, GraphLane[] slopes, GraphLane? held = null)
    {
        GraphLane half = Constant(0.5) * step, middle = start + half;
        GraphLane[] second = Slopes(middle, Along(states, half, slopes), held), third = Slopes(middle, Along(states, half, second), held);
        GraphLane[] fourth = Slopes(start + step, Along(states, step, third), held);
        return
        [
            .. states.Select((state, i) => state + step / Constant(6) * (slopes[i] + Constant(2) * (second[i] + third[i]) + fourth[i])),
        ];
    }

    private GraphLane[] Slopes(GraphLane time, GraphLane[] states, GraphLane? held = null)
    {
        GraphLane[] slopes = _graph.Evaluate(_code, _derivatives, time, states, _parameters);
        foreach (int i in held is null ? [] : _code.Held)
        {
            slopes[i] = GraphLane.Select(held!.Value, Constant(0), slopes[i]);
        }

        return slopes;
    }

    // A Runge–Kutta step to the spike, one that is held from its reset to the end of the refractory period, and one that is free; whole steps where nothing of this happens.
    private void WritePieces(GraphLane start, GraphLane end)
    {
        SpikeRule spike = _code.Model.Spike!;
        GraphLane step = Constant(_step), until = _graph.Read(FixedStepRows.RefractoryUntil);
        GraphLane? refractory = spike.RefractoryFor is null ? null : GraphLane.GreaterThan(until, start);
        GraphLane[] slopes = Slopes(start, _states, refractory), whole = RungeKutta(start, step, _states, slopes, refractory);
        GraphLane before = Value(spike.Threshold, start, _states), after = Value(spike.Threshold, end, whole);
        GraphLane spiked = GraphLane.GreaterThan(after, Constant(0));
        if (_code.Reset is null)
        {
            spiked = GraphLane.And(spiked, GraphLane.LessOrEqual(before, Constant(0)));
        }

        if (refractory is { } mask)
        {
            spiked = GraphLane.AndNot(spiked, mask);
        }

        GraphLane[] spikeSlopes = refractory is null ? slopes : Slopes(start, _states);
        GraphLane part = GraphLane.Select(GraphLane.GreaterThan(before, Constant(0)), Constant(0), Crossing(before, spikeSlopes, start, after, whole, end));
        GraphLane length = step * part, at = start + length;
        GraphLane[] states = RungeKutta(start, length, _states, spikeSlopes);
        GraphLane[] slopesThere = Slopes(at, states);
        GraphLane rest = -(Value(spike.Threshold, at, states) / Rise(at, states, slopesThere));
        rest = GraphLane.Select(GraphLane.And(GraphLane.LessThan(GraphLane.Abs(rest), step), GraphLane.LessOrEqual(before, Constant(0))), rest, Constant(0));
        GraphLane time = at + rest;
        states = Along(states, rest, slopesThere);
        GraphLane[] reset = [.. states];
        foreach (ResetAssignment assignment in spike.Reset)
        {
            reset[_code.Model.StateIndex(assignment.State)] = Value(assignment.Value, time, states);
        }

        GraphLane happened = spiked;
        GraphLane[] next;
        if (spike.RefractoryFor is { } refractoryFor)
        {
            happened = GraphLane.Or(spiked, GraphLane.And(refractory!.Value, GraphLane.LessThan(until, end)));
            GraphLane duration = Value(refractoryFor, time, states);
            GraphLane release = GraphLane.Select(spiked, time + duration, until), freeFrom = GraphLane.Min(release, end);
            GraphLane heldFrom = GraphLane.Select(spiked, time, start), always = GraphLane.Equal(step, step);
            GraphLane[] held = [.. reset.Select((state, i) => GraphLane.Select(spiked, state, _states[i]))];
            held = RungeKutta(heldFrom, freeFrom - heldFrom, held, Slopes(heldFrom, held, always), always);
            next = RungeKutta(freeFrom, end - freeFrom, held, Slopes(freeFrom, held));
            Change(FixedStepRows.RefractoryUntil, happened, release);
            MarkWrong(duration, happened, spiked);
        }
        else
        {
            next = RungeKutta(time, end - time, reset, Slopes(time, reset));
        }

        WriteSpike(happened, time, spike.RefractoryFor is null ? null : spiked);
        for (int i = 0; i < next.Length; i++)
        {
            _graph.Write(_rows.State + i, _graph.Rarely(happened, next[i], whole[i]));
        }
    }

    private GraphLane Value(Expression expression, GraphLane time, GraphLane[] states) => _graph.Evaluate(_code, [expression], time, states, _parameters)[0];

    // The part of the step after which the cubic with the threshold function's values and slopes at both ends is zero; all of it where there is none.
    private GraphLane Crossing(GraphLane before, GraphLane[] slopes, GraphLane start, GraphLane after, GraphLane[] next, GraphLane end)
    {
        GraphLane step = Constant(_step);
        GraphLane rise = step * Rise(start, _states, slopes), riseAfter = step * Rise(end, next, Slopes(end, next));
        GraphLane square = Constant(3) * (after - before) - Constant(2) * rise - riseAfter, cube = Constant(2) * (before - after) + rise + riseAfter;
        GraphLane part = before / (before - after);
        for (int i = 0; i < 5; i++)
        {
            GraphLane value = before + part * (rise + part * (square + part * cube)), slope = rise + part * (Constant(2) * square + part * (Constant(3) * cube));
            part -= value / slope;
        }

        return GraphLane.Max(GraphLane.Min(part, Constant(1)), Constant(0));
    }

    // The threshold function's derivative by time along the solution.
    private GraphLane Rise(GraphLane time, GraphLane[] states, GraphLane[] slopes)
    {
        Expression threshold = _code.Model.Inline(_code.Model.Spike!.Threshold);
        Expression[] partial = [.. _code.Model.States.Select(state => SymbolicDerivative.Of(threshold, state.Name)), SymbolicDerivative.Of(threshold, "t")];
        GraphLane[] values = _graph.Evaluate(_code, partial, time, states, _parameters);
        GraphLane rise = values[^1];
        for (int i = 0; i < slopes.Length; i++)
        {
            rise += values[i] * slopes[i];
        }

        return rise;
    }

    // All in the branch of one mask, even where this is true in other lanes than those that spiked: what two branches need would be computed at every step.
    private void WriteSpike(GraphLane branch, GraphLane time, GraphLane? spiked = null)
    {
        GraphLane count = _graph.Read(FixedStepRows.SpikeCount), last = _graph.Read(FixedStepRows.LastSpike);
        GraphLane first = _graph.Read(FixedStepRows.FirstSpike), second = _graph.Read(FixedStepRows.SecondSpike);
        Write(FixedStepRows.SpikeCount, count + Constant(1));
        Write(FixedStepRows.FirstSpike, GraphLane.Select(GraphLane.Equal(count, Constant(0)), time, first));
        Write(FixedStepRows.SecondSpike, GraphLane.Select(GraphLane.Equal(count, Constant(1)), time, second));
        Write(FixedStepRows.LastInterval, time - last);
        Write(FixedStepRows.LastSpike, time);

        void Write(int row, GraphLane value) => Change(row, branch, spiked is { } mask ? GraphLane.Select(mask, value, _graph.Read(row)) : value);
    }

    private void Change(int row, GraphLane branch, GraphLane value) => _graph.Write(row, _graph.Rarely(branch, value, _graph.Read(row)));

    // A refractory period that is no time, unless parameters alone decide it: that is checked before.
    private void MarkWrong(GraphLane duration, GraphLane branch, GraphLane spiked)
    {
        if (_code.RefractoryFor is not { ReadsTime: false, StateRows: 0 })
        {
            GraphLane wrong = GraphLane.AndNot(spiked, GraphLane.GreaterOrEqual(duration, Constant(0)));
            Change(FixedStepRows.Wrong, branch, GraphLane.Select(wrong, Constant(1), _graph.Read(FixedStepRows.Wrong)));
        }
    }

    private GraphLane[] Reset(SpikeRule spike, GraphLane spiked, GraphLane[] states, GraphLane time)
    {
        GraphLane[] next = [.. states];
        GraphLane[] values = _graph.Evaluate(_code, [.. spike.Reset.Select(assignment => assignment.Value)], time, states, _parameters);
        for (int k = 0; k < values.Length; k++)
        {
            int i = _code.Model.StateIndex(spike.Reset[k].State);
            next[i] = _graph.Rarely(spiked, values[k], states[i]);
        }

        if (spike.RefractoryFor is { } refractoryFor)
        {
            GraphLane duration = _graph.Evaluate(_code, [refractoryFor], time, states, _parameters)[0];
            GraphLane whole = GraphLane.Floor(duration * Constant(1 / _step) + Constant(0.5)), until = _graph.Step + Constant(1) + whole;
            Change(FixedStepRows.RefractoryUntil, spiked, until);
            MarkWrong(duration, spiked, spiked);
        }

        return next;
    }

    private static GraphLane Constant(double value) => GraphLane.Broadcast(value);
}

/// <summary>The rows of a tile of points that are integrated in fixed steps.</summary>
/// <param name="states">Number of state variables.</param>
/// <param name="parameters">Number of swept parameters.</param>
internal sealed class FixedStepRows(int states, int parameters)
{
    /// <summary>
    /// Index of a row: the first step after the refractory period, counted from 0, or with Runge–Kutta its end [s]; spikes so far; times of the first, second and last spike and the last interval [s];
    /// 1 where a refractory period was no time.
    /// </summary>
    public const int RefractoryUntil = 0, SpikeCount = 1, FirstSpike = 2, SecondSpike = 3, LastSpike = 4, LastInterval = 5, Wrong = 6;

    /// <summary>The first row of the swept parameters.</summary>
    public const int Parameter = 7;

    /// <summary>The first row of the state.</summary>
    public int State => Parameter + parameters;

    /// <summary>Number of rows.</summary>
    public int Count => State + states;
}
