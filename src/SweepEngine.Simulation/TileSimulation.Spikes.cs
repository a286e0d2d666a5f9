namespace SweepEngine.Simulation;

/// <content>Where in a step a spike is, and what it does to the state.</content>
internal sealed partial class TileSimulation
{
    // A located spike is accepted when the step that ends there is off by at most this part of its length.
    private const double LandingPart = 1e-3;

    // An upstroke that runs to infinity (exponential, quadratic) passes threshold before the time has changed: seen by where the
    // tangent, which it overtakes, passes.
    private const double InstantPart = 1e-12;

    // A voltage this near to threshold, as a part of its magnitude, is there.
    private const double MetPart = 1e-12;

    private bool MeetsInstantSpike(int lane, PointProgress point)
    {
        if (_smooth || IsRefractory(lane, point, SpikeRule))
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

        Shift(lane, left);
        return true;
    }

    // Whether the step, which was made to end at a crossing, is near enough; then the time that is missing.
    private bool Lands(int lane, PointProgress point, out double correction)
    {
        double end = point.Crossing == SpikeRule ? _tile.EndThreshold[lane] : _tile.EndConditions[(point.Crossing - 1) * LaneTile.Lanes + lane];
        // How fast the function passes there:
        ReadEndState(lane);
        ReadOnlySpan<double> slope = _tile.EndDerivatives;
        double part = LandingPart * _tile.Step[lane];
        for (int i = 0; i < _state.Length; i++)
        {
            _state[i] += part * slope[i * LaneTile.Lanes + lane];
        }

        double speed = (RuleOf(point.Crossing, point, _tile.EndTime[lane] + part, _state) - end) / part;
        correction = -end / speed;
        // In a steep upstroke the grid of doubles may be too coarse for the time to be met any better.
        double coarse = 4 * (Math.BitIncrement(_tile.EndTime[lane]) - _tile.EndTime[lane]);
        if (!(Math.Abs(correction) <= Math.Max(part, coarse)))
        {
            return false;
        }

        if (point.Crossing != SpikeRule)
        {
            // A function that jumps has no slope to go by; the step ends at its jump as it is.
            for (int i = 0; i < _state.Length; i++)
            {
                _state[i] += (correction - part) * slope[i * LaneTile.Lanes + lane];
            }

            double left = RuleOf(point.Crossing, point, _tile.EndTime[lane] + correction, _state);
            correction = Math.Abs(left) <= 0.5 * Math.Abs(end) ? correction : 0;
        }

        return true;
    }

    private bool LandOnSpike(int lane, PointProgress point, double turn, double correction)
    {
        Commit(lane, point, correction);
        if (point.Segment == Segment.During && !double.IsNaN(turn))
        {
            SeeVoltage(point, _dense.Value(_voltage, turn));
        }

        Shift(lane, correction);
        return Reset(lane, point);
    }

    // Carries a lane on by a time so short that the slopes do not change.
    private void Shift(int lane, double time)
    {
        _tile.Time[lane] += time;
        _tile.Integral[lane] += time * Voltage(lane);
        for (int i = 0; i < _state.Length; i++)
        {
            int at = i * LaneTile.Lanes + lane;
            _tile.State[at] += time * _tile.Derivatives[at];
        }
    }

    // The first spike with a reset or event with a condition in the step just tried: null when there is none.
    private bool? Locate(int lane, PointProgress point, bool rising, double turn)
    {
        int first = -1;
        double position = double.PositiveInfinity;
        if (!_smooth && !IsRefractory(lane, point, SpikeRule)
            && Position(SpikeRule, point, _tile.EndThreshold[lane], rising ? turn : double.NaN) is { } spike)
        {
            (first, position) = (SpikeRule, spike);
        }

        for (int e = 0; e < _conditionValues.Length; e++)
        {
            int at = e * LaneTile.Lanes + lane;
            if (_tile.Armed[at] != 0 && !IsRefractory(lane, point, e + 1)
                && Position(e + 1, point, _tile.EndConditions[at], turn) is { } there && there < position)
            {
                (first, position) = (e + 1, there);
            }
        }

        if (first < 0)
        {
            return null;
        }

        if (position * _tile.Step[lane] <= _tile.SmallestStep[lane])
        {
            return first == SpikeRule ? Reset(lane, point) : Happen(lane, point, first - 1);
        }

        double limit = _tile.Time[lane] + position * _tile.Step[lane];
        if (point.Limit == LimitKind.Crossing && limit == _tile.EndTime[lane])
        {
            // The function jumps there: the same step again would come no nearer.
            Commit(lane, point);
            return first == SpikeRule ? Reset(lane, point) : Happen(lane, point, first - 1);
        }

        point.Limit = LimitKind.Crossing;
        point.Crossing = first;
        _tile.Limit[lane] = limit;
        return false;
    }

    // Where in the step a function passes zero upward, from its value at the end, or else at the voltage's turn.
    private double? Position(int rule, PointProgress point, double end, double turn)
    {
        if (rule != SpikeRule && _code.Events[rule - 1].Condition is null)
        {
            return null;
        }

        double upper = 1;
        if (!(end > 0) && !double.IsNaN(turn))
        {
            (upper, end) = (turn, RuleAt(rule, point, turn));
        }

        if (!(end > 0))
        {
            return null;
        }

        double before = RuleAt(rule, point, 0);
        return before >= 0 ? 0 : Bracket.Zero(p => RuleAt(rule, point, p), 0, before, upper, end, 1e-9, Counters);
    }

    // The lane stands at a spike; applies the reset.
    private bool Reset(int lane, PointProgress point)
    {
        double time = _tile.Time[lane];
        bool again = time == point.LastReset;
        ReadState(lane);
        MeetThreshold(point, time);
        if (point.Segment == Segment.During)
        {
            SeeVoltage(point, _state[_voltage]);
        }

        _one[0] = time;
        double refractory = 0;
        if (_code.RefractoryFor is { } program)
        {
            program.Evaluate(_one, _state, point.Parameters, _result, 1, 0, 1);
            refractory = _result[0];
        }

        if (!(refractory >= 0) || !TryDraw(_code.SpikeDraws, RandomDraws.SpikeStream, SpikeRule, point))
        {
            return GiveUp(point, PointStatus.InvalidParameters);
        }

        _code.Reset!.Evaluate(_one, _state, point.Parameters, _result, 1, 0, 1);
        WriteState(lane, _result);

        if (again && refractory == 0)
        {
            return GiveUp(point, PointStatus.EndlessSpike);
        }

        point.LastReset = time;
        _tile.LastSpike[lane] = time;
        _tile.FittingStep[lane] = double.PositiveInfinity;
        PauseSearch(lane, point);
        point.RefractoryEnd[SpikeRule] = refractory > 0 ? time + refractory : double.NegativeInfinity;
        if (point.Segment == Segment.During)
        {
            SeeVoltage(point, Voltage(lane));
        }

        if (Spiked(point, time, null) || Restart(lane, point))
        {
            return true;
        }

        // The last step before a spike may have been very short.
        _tile.NextStep[lane] = Math.Max(_tile.NextStep[lane], FirstStep(lane));
        return false;
    }

    // In a steep upstroke a voltage is known less well than the time of the spike, to which it was integrated: there it is at threshold.
    private void MeetThreshold(PointProgress point, double time)
    {
        double above = Threshold(point, time), voltage = _state[_voltage], size = _scale[_voltage] + Math.Abs(voltage);
        if (Math.Abs(above) <= MetPart * size)
        {
            return;
        }

        double change = 1e-6 * size;
        _state[_voltage] = voltage + change;
        double shift = above * change / (Threshold(point, time) - above);
        _state[_voltage] = Math.Abs(shift) <= 0.1 * size ? voltage - shift : voltage;
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

        // Newton's method with the dense output's curvature, then secants.
        double a = turn, slopeA = Slope(a), curvature = (_dense.Slope(_voltage, turn + 1e-3) - _dense.Slope(_voltage, turn - 1e-3)) / (2e-3 * _dense.Step);
        double b = a - slopeA / curvature;
        for (int i = 0; i < 2 && b != a && Math.Abs(b - turn) <= 0.1; i++)
        {
            double slopeB = Slope(b), c = b - slopeB * (b - a) / (slopeB - slopeA);
            (a, slopeA, b) = (b, slopeB, slopeB == slopeA ? b : c);
            if (Math.Abs(b - a) <= 1e-7)
            {
                break;
            }
        }

        return Math.Abs(b - turn) <= 0.1 ? b : turn;
    }

    // When the threshold function falls below zero in the step just made, from a position where the voltage falls.
    private double DownwardCrossing(PointProgress point, double from)
    {
        double above = ThresholdAt(point, from), below = ThresholdAt(point, 1);
        double position = above > 0 ? Bracket.Zero(p => ThresholdAt(point, p), from, above, 1, below, 1e-9, Counters) : from;
        return _dense.Start + position * _dense.Step;
    }
}
