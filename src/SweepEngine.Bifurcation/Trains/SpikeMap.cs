using SweepEngine.Simulation;

namespace SweepEngine.Bifurcation;

/// <summary>
/// The map from what a spike leaves to what the next one leaves, and its derivatives. An instance serves one thread; what it gives depends on nothing but its arguments.
/// </summary>
/// <remarks>
/// The derivatives of the flow come from the variational equations. Where the orbit meets the threshold h at a time that depends on what it started from, a column S of them becomes
/// S − f·(∇h·S)/(∇h·f) and then ∇R·S by the reset R: what M. di Bernardo, C. J. Budd, A. R. Champneys, P. Kowalczyk, Piecewise-smooth Dynamical Systems (Springer, 2008), section 2.5,
/// call saltation.
/// </remarks>
internal sealed class SpikeMap
{
    // Steps from one spike to the next. Past a ghost, where they are as long as stability allows, they last for some thousand time constants.
    private const int StepLimit = 800;

    // No upstroke is so steep that a step must be shorter [s].
    private const double ShortestStep = 1e-30;

    // Rest is looked for from this step on, and after as many again.
    private const int FirstSearch = 16, SearchPause = 8;

    // As near as this to a stable equilibrium (in parts of scale plus magnitude) an orbit is certain to come to rest at it.
    private const double RestPart = 1e-6;

    // A maximum below threshold is computed where the estimate of it is this near, as a part of the way from the start; elsewhere the estimate does.
    private const double NearMiss = 0.2;

    private readonly ResetModel _model;
    private readonly VariedFlow _flow;
    private readonly Equilibrium _equilibrium;
    private readonly double[] _parameters, _time = new double[1], _rise = new double[2], _crossing, _landing, _fixed, _noState;

    /// <summary>Prepares for a model.</summary>
    /// <param name="model">The model.</param>
    public SpikeMap(ResetModel model)
    {
        _model = model;
        _flow = new VariedFlow(model, Inputs);
        _equilibrium = new Equilibrium(model.Code, [.. model.Scale]);
        _parameters = new double[model.Code.Swept.Count];
        _crossing = new double[model.States + 1];
        (_landing, _fixed) = (new double[model.Landing.OutputCount], new double[model.Landing.OutputCount]);
        _noState = new double[model.States];
    }

    /// <summary>What a passage depends on: the coordinates and the drive.</summary>
    private int Inputs => _model.Coordinates.Count + 1;

    /// <summary>Sets the parameters of a curve.</summary>
    /// <param name="parameters">Swept parameters [SI]; the drive's does not matter.</param>
    public void Take(ReadOnlySpan<double> parameters) => parameters.CopyTo(_parameters);

    /// <summary>From what one spike leaves to what the next one leaves.</summary>
    /// <param name="from">The coordinates after a spike, shape [coordinates].</param>
    /// <param name="drive">The drive.</param>
    /// <param name="derivatives">Whether derivatives are wanted.</param>
    /// <param name="passage">Receives what becomes of it.</param>
    /// <returns>Whether it ended with a spike.</returns>
    public bool Run(ReadOnlySpan<double> from, double drive, bool derivatives, Passage passage)
    {
        _parameters[_model.Drive] = drive;
        int n = _model.States, columns = derivatives ? Inputs : 0;
        // What of it does not depend on states can be read at any.
        _model.Landing.Evaluate(_time, _noState, _parameters, _fixed, 1, 0, 1);
        double[] state = _flow.State;
        Array.Clear(state);
        for (int i = 0; i < n; i++)
        {
            int coordinate = CoordinateOf(i);
            state[i] = coordinate < 0 ? _fixed[i] : from[coordinate];
            if (derivatives)
            {
                int column = coordinate < 0 ? Inputs - 1 : coordinate;
                state[(1 + column) * n + i] = coordinate < 0 ? _fixed[n + 1 + i] : 1;
            }
        }

        int waiting = CoordinateOf(n);
        double held = waiting < 0 ? _fixed[n] : from[waiting];
        Clear(passage);
        passage.Lowest = state[_model.Voltage];
        if (!(held >= 0))
        {
            passage.End = PassageEnd.Failed;
            return false;
        }

        if (held > 0 && !Hold(held, columns, passage))
        {
            return false;
        }

        if (derivatives && held > 0)
        {
            // The end of holding moves.
            int column = waiting < 0 ? Inputs - 1 : waiting;
            double change = waiting < 0 ? _fixed[2 * n + 1] : 1;
            passage.DurationSlopes[column] = change;
            for (int i = 0; i < n; i++)
            {
                _flow.State[(1 + column) * n + i] += change * _flow.Slope[i];
            }
        }

        passage.Duration = held;
        return Fly(columns, held > 0, passage) && Land(derivatives, passage);
    }

    /// <summary>From any state, of which nothing is held, to what the next spike leaves; without derivatives.</summary>
    /// <param name="state">The state, shape [states].</param>
    /// <param name="drive">The drive.</param>
    /// <param name="passage">Receives what becomes of it.</param>
    /// <returns>Whether it ended with a spike.</returns>
    public bool RunFrom(ReadOnlySpan<double> state, double drive, Passage passage)
    {
        _parameters[_model.Drive] = drive;
        Clear(passage);
        state.CopyTo(_flow.State);
        passage.Lowest = state[_model.Voltage];
        return Fly(0, true, passage) && Land(false, passage);
    }

    /// <summary>The start of the model.</summary>
    /// <param name="drive">The drive.</param>
    /// <param name="state">Receives it, shape [states].</param>
    public void Start(double drive, double[] state)
    {
        _parameters[_model.Drive] = drive;
        _model.Code.Start.Evaluate(_time, [], _parameters, state, 1, 0, 1);
    }

    /// <summary>How many eigenvalues of an equilibrium have a positive real part.</summary>
    /// <param name="state">A state near it.</param>
    /// <param name="drive">The drive [SI].</param>
    /// <param name="neighbourhood">How near, in parts of scale plus magnitude.</param>
    /// <returns>Their number; null when there is no equilibrium.</returns>
    public int? UnstableNear(ReadOnlySpan<double> state, double drive, double neighbourhood)
    {
        _parameters[_model.Drive] = drive;
        if (!_equilibrium.TryFind(state, _parameters, neighbourhood))
        {
            return null;
        }

        return _model.EigenvaluesAt(_equilibrium.State, _parameters).Count(each => each.Real > 0);
    }

    private static void Clear(Passage passage)
    {
        passage.Duration = 0;
        Array.Clear(passage.DurationSlopes);
        passage.HighestMiss = double.NegativeInfinity;
        passage.SlowestRate = double.PositiveInfinity;
    }

    private int CoordinateOf(int output)
    {
        for (int c = 0; c < _model.Coordinates.Count; c++)
        {
            if (_model.Coordinates[c] == output)
            {
                return c;
            }
        }

        return -1;
    }

    private bool Hold(double time, int columns, Passage passage)
    {
        _flow.Begin(_parameters, columns, holding: true);
        double step = Math.Min(_flow.FirstStep(), time), passed = 0;
        for (int steps = 0; passed < time; steps++)
        {
            bool last = passed + step >= time;
            double tried = last ? time - passed : step, error = _flow.Try(tried);
            if (steps == StepLimit || !(tried > 0))
            {
                passage.End = double.IsNaN(error) ? PassageEnd.Failed : PassageEnd.TooLong;
                return false;
            }

            if (!(error <= 1))
            {
                step = tried * VariedFlow.Shortening(error);
            }
            else
            {
                step = _flow.Advance(tried, error);
                passed = last ? time : passed + tried;
                passage.Lowest = Math.Min(passage.Lowest, _flow.State[_model.Voltage]);
            }
        }

        return true;
    }

    // To the threshold.
    private bool Fly(int columns, bool mayBeAbove, Passage passage)
    {
        int voltage = _model.Voltage;
        _flow.Begin(_parameters, columns, holding: false);
        (double height, double speed) = RiseAt(_flow.State);
        double depth = -height;
        if (!(height < 0))
        {
            // The threshold came down while states were held: the spike is at once. Its time is that of the end of holding.
            passage.End = mayBeAbove && height >= 0 ? PassageEnd.Spike : double.IsNaN(height) ? PassageEnd.Failed : PassageEnd.Endless;
            passage.Steepness = double.PositiveInfinity;
            return passage.End == PassageEnd.Spike;
        }

        double step = _flow.FirstStep();
        int search = FirstSearch;
        for (int steps = 0; steps < StepLimit; steps++)
        {
            double error = _flow.Try(step);
            if (!(error <= 1))
            {
                step *= VariedFlow.Shortening(error);
                if (!(step > ShortestStep))
                {
                    passage.End = PassageEnd.Failed;
                    return false;
                }

                continue;
            }

            (double nextHeight, double nextSpeed) = RiseAt(_flow.Next);
            double upper = step;
            if (!(nextHeight >= 0) && speed > 0 && nextSpeed < 0)
            {
                double estimate = CubicMaximum(height, speed * step, nextHeight, nextSpeed * step);
                if (estimate > -NearMiss * depth)
                {
                    upper = Root(() => RiseAt(_flow.Next).Speed, speed, step, nextSpeed);
                    double miss = RiseAt(_flow.Next).Height;
                    estimate = miss;
                    if (miss >= 0)
                    {
                        nextHeight = miss;
                    }
                    else
                    {
                        upper = step;
                        _flow.Try(step);
                    }
                }

                if (estimate < 0)
                {
                    passage.HighestMiss = Math.Max(passage.HighestMiss, estimate / depth);
                }
            }

            if (nextHeight >= 0)
            {
                double time = Cross(height, speed, upper);
                passage.Duration += time;
                double rise = RiseAt(_flow.Next).Speed;
                passage.Steepness = rise * passage.Duration / depth;
                SeeSlowness(passage);
                _flow.Advance(time, 1);
                passage.Lowest = Math.Min(passage.Lowest, _flow.State[voltage]);
                passage.End = rise > 0 ? PassageEnd.Spike : PassageEnd.Failed;
                return rise > 0;
            }

            if (_flow.Slope[voltage] < 0 && _flow.NextSlope[voltage] > 0)
            {
                Root(() => _flow.NextSlope[voltage], _flow.Slope[voltage], step, _flow.NextSlope[voltage]);
                passage.Lowest = Math.Min(passage.Lowest, _flow.Next[voltage]);
                _flow.Try(step);
            }

            passage.Duration += step;
            step = _flow.Advance(step, error);
            passage.Lowest = Math.Min(passage.Lowest, _flow.State[voltage]);
            SeeSlowness(passage);
            (height, speed) = (nextHeight, nextSpeed);
            if (--search == 0)
            {
                if (Rests())
                {
                    passage.End = PassageEnd.Rest;
                    return false;
                }

                search = SearchPause;
            }
        }

        passage.End = PassageEnd.TooLong;
        return false;
    }

    private void SeeSlowness(Passage passage)
    {
        double rate = 0;
        for (int i = 0; i < _model.States; i++)
        {
            rate = Math.Max(rate, Math.Abs(_flow.Slope[i]) / _model.Scale[i]);
        }

        if (rate < passage.SlowestRate)
        {
            passage.SlowestRate = rate;
            _flow.State.AsSpan(0, _model.States).CopyTo(passage.Slowest);
        }
    }

    private bool Rests()
    {
        ReadOnlySpan<double> state = _flow.State.AsSpan(0, _model.States);
        if (!_equilibrium.TryFind(state, _parameters, RestPart))
        {
            return false;
        }

        double there = RiseAt(_equilibrium.State).Height, here = RiseAt(_flow.State).Height;
        return there < 0 && 10 * Math.Abs(here - there) < -there && _equilibrium.IsStable(_parameters);
    }

    // After a spike at the state of the flow.
    private bool Land(bool derivatives, Passage passage)
    {
        int n = _model.States, m = _model.Coordinates.Count, inputs = Inputs;
        ReadOnlySpan<double> state = _flow.State.AsSpan(0, n);
        state.CopyTo(passage.AtSpike);
        _model.Landing.Evaluate(_time, state, _parameters, _landing, 1, 0, 1);
        _model.Kinks?.Evaluate(_time, state, _parameters, passage.Kinks, 1, 0, 1);
        bool finite = true;
        for (int c = 0; c < m; c++)
        {
            passage.Next[c] = _landing[_model.Coordinates[c]];
            finite &= double.IsFinite(passage.Next[c]);
        }

        if (!finite || !double.IsFinite(passage.Duration))
        {
            passage.End = PassageEnd.Failed;
            return false;
        }

        if (!derivatives)
        {
            return true;
        }

        bool crosses = !double.IsPositiveInfinity(passage.Steepness);
        double speed = RiseAt(_flow.State).Speed;
        _model.Crossing.Evaluate(_time, state, _parameters, _crossing, 1, 0, 1);
        for (int column = 0; column < inputs; column++)
        {
            Span<double> change = _flow.State.AsSpan((1 + column) * n, n);
            if (crosses)
            {
                double rise = column == inputs - 1 ? _crossing[n] : 0;
                for (int i = 0; i < n; i++)
                {
                    rise = Math.FusedMultiplyAdd(_crossing[i], change[i], rise);
                }

                double delay = -rise / speed;
                passage.DurationSlopes[column] += delay;
                for (int i = 0; i < n; i++)
                {
                    change[i] = Math.FusedMultiplyAdd(delay, _flow.Slope[i], change[i]);
                }
            }

            for (int c = 0; c < m; c++)
            {
                double sum = column == inputs - 1 ? _landing[n + 1 + _model.Coordinates[c]] : 0;
                for (int i = 0; i < n; i++)
                {
                    sum = Math.FusedMultiplyAdd(_landing[2 * (n + 1) + c * n + i], change[i], sum);
                }

                passage.NextSlopes[c * inputs + column] = sum;
                finite &= double.IsFinite(sum);
            }

            finite &= double.IsFinite(passage.DurationSlopes[column]);
        }

        passage.End = finite ? passage.End : PassageEnd.Failed;
        return finite;
    }

    private (double Height, double Speed) RiseAt(double[] state)
    {
        _model.Rise.Evaluate(_time, state.AsSpan(0, _model.States), _parameters, _rise, 1, 0, 1);
        return (_rise[0], _rise[1]);
    }

    // Of the cubic with these values and slopes at 0 and 1, of which the first slope is above and the second below zero.
    private static double CubicMaximum(double a, double slopeA, double b, double slopeB)
    {
        double c3 = slopeA + slopeB - 2 * (b - a), c2 = b - a - slopeA - c3;
        // 3 c3 p² + 2 c2 p + slopeA = 0, the root with falling slope, in the form without cancellation.
        double root = Math.Sqrt(Math.Max(c2 * c2 - 3 * c3 * slopeA, 0)), p = c2 <= 0 ? slopeA / (root - c2) : -(c2 + root) / (3 * c3);
        p = p is >= 0 and <= 1 ? p : 0.5;
        return a + p * (slopeA + p * (c2 + p * c3));
    }

    // The length of step at whose end the threshold is met; the flow has tried it.
    private double Cross(double height, double speed, double upper)
    {
        double lower = 0, step = -height / speed;
        step = step > 0 && step < upper ? step : 0.5 * upper;
        for (int i = 0; i < 60; i++)
        {
            _flow.Try(step);
            (double there, double rise) = RiseAt(_flow.Next);
            if (there == 0)
            {
                break;
            }

            (lower, upper) = there < 0 ? (step, upper) : (lower, step);
            double newton = step - there / rise, next = newton > lower && newton < upper ? newton : 0.5 * (lower + upper);
            if (Math.Abs(next - step) <= 2e-16 * step || !(next > lower && next < upper))
            {
                break;
            }

            // From here on rounding is all that is left.
            bool done = Math.Abs(newton - step) <= 1e-14 * step && newton == next;
            step = next;
            if (done)
            {
                _flow.Try(step);
                break;
            }
        }

        return step;
    }

    // The length of step at whose end a function of it is zero, by the method of Illinois; the flow has tried it.
    private double Root(Func<double> function, double valueAtStart, double upper, double valueAtUpper)
    {
        double a = 0, fa = valueAtStart, b = upper, fb = valueAtUpper, step = upper;
        for (int i = 0; i < 60 && Math.Abs(b - a) > 1e-12 * upper; i++)
        {
            step = b - fb * (b - a) / (fb - fa);
            step = step > Math.Min(a, b) && step < Math.Max(a, b) ? step : 0.5 * (a + b);
            _flow.Try(step);
            double value = function();
            if (value == 0)
            {
                return step;
            }

            if (value > 0 == fb > 0)
            {
                fa *= 0.5;
            }
            else
            {
                (a, fa) = (b, fb);
            }

            (b, fb) = (step, value);
        }

        _flow.Try(step);
        return step;
    }
}
