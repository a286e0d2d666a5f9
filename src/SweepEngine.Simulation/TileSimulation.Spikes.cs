namespace SweepEngine.Simulation;

/// <content>Where in a step a spike is, and what it does to the state.</content>
internal sealed partial class TileSimulation
{
    // A located spike is accepted when the step that ends there is off by at most this part of its length.
    private const double LandingPart = 1e-3;

    // An upstroke that runs to infinity (exponential, quadratic) passes threshold before the time has changed: seen by where the
    // tangent, which it overtakes, passes.
    private const double InstantPart = 1e-12;

    private bool MeetsInstantSpike(int lane, PointProgress point)
    {
        if (_smooth || point.RefractoryEnd > _tile.Time[lane])
        {
            return false;
        }

        ReadState(lane);
        double below = Threshold(point, _tile.Time[lane]);
        for (int i = 0; i < _state.Length; i++)
        {
            _state[i] += _tile.SmallestStep[lane] * _tile.Derivatives[i * LaneTile.Lanes + lane];
        }

        double speed = (Threshold(point, _tile.Time[lane]) - below) / _tile.SmallestStep[lane];
        double left = -below / speed;
        if (!(left >= 0 && left <= InstantPart * point.Recording.Duration))
        {
            return false;
        }

        _tile.Time[lane] += left;
        for (int i = 0; i < _state.Length; i++)
        {
            int at = i * LaneTile.Lanes + lane;
            _tile.State[at] += left * _tile.Derivatives[at];
        }

        return true;
    }

    // A spike with a reset: null when there is none in this step.
    private bool? LocateSpike(int lane, PointProgress point, bool rising, double turn)
    {
        double end = _tile.EndThreshold[lane];
        if (point.Limit == LimitKind.Spike && _tile.EndTime[lane] == _tile.Limit[lane])
        {
            // The step was made to end at the spike. How fast the threshold function passes there:
            ReadEndState(lane);
            ReadOnlySpan<double> slope = _tile.Stage(DormandPrince.Stages - 1);
            double part = LandingPart * _tile.Step[lane];
            for (int i = 0; i < _state.Length; i++)
            {
                _state[i] += part * slope[i * LaneTile.Lanes + lane];
            }

            double speed = (Threshold(point, _tile.EndTime[lane] + part) - end) / part;
            double correction = -end / speed;
            // In a steep upstroke the grid of doubles may be too coarse for the time to be met any better.
            double coarse = 4 * (Math.BitIncrement(_tile.EndTime[lane]) - _tile.EndTime[lane]);
            if (Math.Abs(correction) <= Math.Max(part, coarse))
            {
                Commit(lane, point, correction);
                if (point.Segment == Segment.During && !double.IsNaN(turn))
                {
                    SeeVoltage(point, _dense.Value(_voltage, turn));
                }

                _tile.Time[lane] += correction;
                for (int i = 0; i < _state.Length; i++)
                {
                    _tile.State[i * LaneTile.Lanes + lane] += correction * slope[i * LaneTile.Lanes + lane];
                }

                return Reset(lane, point);
            }
        }

        double upper = 1;
        if (!(end > 0) && rising && !double.IsNaN(turn))
        {
            (upper, end) = (turn, ThresholdAt(point, turn));
        }

        if (!(end > 0))
        {
            return null;
        }

        double before = ThresholdAt(point, 0);
        double position = before >= 0 ? 0 : Bracket.Zero(p => ThresholdAt(point, p), 0, before, upper, end, 1e-9);
        if (position * _tile.Step[lane] <= _tile.SmallestStep[lane])
        {
            return Reset(lane, point);
        }

        point.Limit = LimitKind.Spike;
        _tile.Limit[lane] = _tile.Time[lane] + position * _tile.Step[lane];
        return false;
    }

    // The lane stands at a spike; applies the reset.
    private bool Reset(int lane, PointProgress point)
    {
        double time = _tile.Time[lane];
        bool again = time == point.LastReset;
        if (point.Segment == Segment.During)
        {
            SeeVoltage(point, Voltage(lane));
        }

        ReadState(lane);
        _one[0] = time;
        double refractory = 0;
        if (_code.RefractoryFor is { } program)
        {
            program.Evaluate(_one, _state, point.Parameters, _result, 1, 0, 1);
            refractory = _result[0];
        }

        _code.Reset!.Evaluate(_one, _state, point.Parameters, _result, 1, 0, 1);
        for (int i = 0; i < _result.Length; i++)
        {
            _tile.State[i * LaneTile.Lanes + lane] = _result[i];
        }

        if (!(refractory >= 0))
        {
            return GiveUp(point, PointStatus.InvalidParameters);
        }

        if (again && refractory == 0)
        {
            return GiveUp(point, PointStatus.EndlessSpike);
        }

        point.LastReset = time;
        point.RefractoryEnd = refractory > 0 ? time + refractory : double.NegativeInfinity;
        if (point.Segment == Segment.During)
        {
            SeeVoltage(point, Voltage(lane));
        }

        return Spiked(point, time, time) || Restart(lane, point);
    }

    // The dense output's slope is an order less accurate than its value: the peak is where the equations say dV/dt = 0.
    private double PeakPosition(PointProgress point, double turn)
    {
        double Slope(double position)
        {
            _dense.Values(position, _state);
            _one[0] = _dense.Start + position * _dense.Step;
            _code.Derivatives.Evaluate(_one, _state, point.Parameters, _result, 1, 0, 1);
            return _result[_voltage];
        }

        double a = turn, b = turn < 0.5 ? turn + 1e-3 : turn - 1e-3;
        double slopeA = Slope(a), slopeB = Slope(b);
        for (int i = 0; i < 2 && slopeA != slopeB; i++)
        {
            double c = Math.Clamp(a - slopeA * (a - b) / (slopeA - slopeB), 0, 1);
            (b, slopeB) = (a, slopeA);
            (a, slopeA) = (c, Slope(c));
        }

        return Math.Abs(a - turn) <= 0.1 ? a : turn;
    }

    // When the threshold function falls below zero in the step just made, from a position where the voltage falls.
    private double DownwardCrossing(PointProgress point, double from)
    {
        double above = ThresholdAt(point, from), below = ThresholdAt(point, 1);
        double position = above > 0 ? Bracket.Zero(p => ThresholdAt(point, p), from, above, 1, below, 1e-9) : from;
        return _dense.Start + position * _dense.Step;
    }
}
