using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <content>
/// What happens beside spikes. An event with a condition happens where the condition has been false and becomes true, and is located like a
/// spike with a reset; one with times happens when integration, which does not step over these times, comes there.
/// </content>
/// <remarks>
/// The equations may jump at a given time, as <c>heaviside(t - t_0)</c> does at t_0: until there they are evaluated strictly before it, from there
/// on strictly after it. So they may also come to that time on another way, with other rounding.
/// </remarks>
internal sealed partial class TileSimulation
{
    // Events and spikes at one time: more of them are an endless chain.
    private const int MostAtOnce = 1000;

    // How far from a jump the equations are evaluated, as a part of its time: some units in its last place.
    private const double JumpPart = 16 * 1.1102230246251565e-16;

    // Index of the spike among the rules that lanes keep masks and times of; event e has index e + 1.
    private const int SpikeRule = 0;

    private static double JustBefore(double time) => time - JumpPart * time;

    private static double JustAfter(double time) => time + JumpPart * time;

    private bool BeginEvents(int lane, PointProgress point)
    {
        point.RefractoryEnd.AsSpan().Fill(double.NegativeInfinity);
        point.DrawCounts.AsSpan().Clear();
        point.LastHappened.AsSpan().Fill(double.NaN);
        point.JumpTime = double.NaN;
        point.ChainTime = double.NaN;
        for (int e = 0; e < _code.Events.Count; e++)
        {
            _tile.Armed[e * LaneTile.Lanes + lane] = 0;
        }

        return !point.Timetable.TryBegin(_code, point.Parameters) && GiveUp(point, PointStatus.InvalidParameters);
    }

    private bool IsRefractory(int lane, PointProgress point, int rule) => point.RefractoryEnd[rule] > _tile.Time[lane];

    private bool IsAnyRefractory(int lane, PointProgress point)
    {
        bool any = false;
        for (int rule = 0; rule < point.RefractoryEnd.Length; rule++)
        {
            any |= IsRefractory(lane, point, rule);
        }

        return any;
    }

    // The lane has come to its limit, which is no crossing: something is due at this time.
    private bool Arrive(int lane, PointProgress point)
    {
        double time = _tile.Time[lane];
        for (int e = 0; e < _code.Events.Count; e++)
        {
            if (point.Timetable.Next[e] <= time)
            {
                // What the equations do at the event is decided by the event's own time, from which the lane's may differ in the last place.
                point.JumpTime = point.Timetable.Next[e];
                point.Timetable.Advance(e);
                if (point.Timetable.Next[e] <= time)
                {
                    return GiveUp(point, PointStatus.InvalidParameters);
                }

                if (Happen(lane, point, e))
                {
                    return true;
                }
            }
        }

        if (_tile.Time[lane] >= point.SegmentEnd)
        {
            return EndSegment(lane, point);
        }

        for (int rule = 0; rule < point.RefractoryEnd.Length; rule++)
        {
            if (point.RefractoryEnd[rule] <= time)
            {
                point.RefractoryEnd[rule] = double.NegativeInfinity;
            }
        }

        return Restart(lane, point);
    }

    // The lane stands at event e.
    private bool Happen(int lane, PointProgress point, int e)
    {
        double time = _tile.Time[lane];
        point.ChainLength = time == point.ChainTime ? point.ChainLength + 1 : 1;
        point.ChainTime = time;
        if (point.ChainLength > MostAtOnce)
        {
            return GiveUp(point, PointStatus.EndlessSpike);
        }

        if (point.Segment == Segment.During)
        {
            SeeVoltage(point, Voltage(lane));
        }

        EventCode code = _code.Events[e];
        _tile.Armed[e * LaneTile.Lanes + lane] = 0;
        double refractory = 0;
        ReadState(lane);
        _one[0] = time;
        if (code.RefractoryFor is { } program)
        {
            program.Evaluate(_one, _state, point.Parameters, _result, 1, 0, 1);
            refractory = _result[0];
        }

        if (!(refractory >= 0) || !TryDraw(code.Draws, (ushort)(RandomDraws.EventStream + e), e + 1, point))
        {
            return GiveUp(point, PointStatus.InvalidParameters);
        }

        // Without a reset the condition stays where it was met, at zero but for rounding on either side: this alone does not arm it again.
        point.LastHappened[e] = time;
        point.LastValue[e] = code.Condition is null ? double.NaN : RuleOf(e + 1, point, time, _state);
        double voltage = Voltage(lane);
        bool rose = _tile.Derivatives[_voltage * LaneTile.Lanes + lane] > 0;
        if (code.Reset is { } reset)
        {
            reset.Evaluate(_one, _state, point.Parameters, _result, 1, 0, 1);
            WriteState(lane, _result);
        }

        point.RefractoryEnd[e + 1] = refractory > 0 ? time + refractory : double.NegativeInfinity;
        if (point.Segment == Segment.During)
        {
            SeeVoltage(point, Voltage(lane));
        }

        return Restart(lane, point) || Corner(lane, point, voltage, rose);
    }

    // Where the voltage or its slope jumps, a smooth spike may have its peak without the slope passing zero.
    private bool Corner(int lane, PointProgress point, double before, bool rose)
    {
        if (!_smooth || _code.Threshold is null)
        {
            return false;
        }

        double after = Voltage(lane);
        bool falls = _tile.Derivatives[_voltage * LaneTile.Lanes + lane] <= 0;
        bool peak = after > before ? falls : rose && (after < before || falls);
        double voltage = Math.Max(before, after);
        if (!peak || !(_tile.Peaked[lane] == 0 || voltage > point.PeakVoltage))
        {
            return false;
        }

        ReadState(lane);
        _state[_voltage] = voltage;
        double threshold = Threshold(point, _tile.Time[lane]);
        if (threshold >= 0)
        {
            (point.PeakTime, point.PeakVoltage, point.PeakHeight) = (_tile.Time[lane], voltage, threshold);
            _tile.Peaked[lane] = LaneTile.True;
        }

        return false;
    }

    // After a jump of the state or the equations: an event whose condition it made true, or null.
    private bool? HappensAtOnce(int lane, PointProgress point)
    {
        if (_conditions is null)
        {
            return null;
        }

        ReadState(lane);
        _one[0] = _tile.Time[lane];
        _conditions.Evaluate(_one, _state, point.Parameters, _conditionValues, 1, 0, 1);
        int first = -1;
        for (int e = _conditionValues.Length - 1; e >= 0; e--)
        {
            ref double armed = ref _tile.Armed[e * LaneTile.Lanes + lane];
            double value = _conditionValues[e];
            if (value <= 0 && (_one[0] != point.LastHappened[e] || value != point.LastValue[e]))
            {
                armed = LaneTile.True;
            }
            else if (value > 0 && armed != 0 && !IsRefractory(lane, point, e + 1))
            {
                first = e;
            }
        }

        return first < 0 ? null : Happen(lane, point, first);
    }

    // Whether an event may come before the equilibrium that was found: the same margin as for the spike.
    private bool HappensBeforeRest(PointProgress point, double time, bool arrived)
    {
        for (int e = 0; e < _conditionValues.Length; e++)
        {
            double here = RuleOf(e + 1, point, time, _state), there = RuleOf(e + 1, point, time, _equilibrium!.State);
            if (here <= 0 && (there > 0 || (!arrived && !(10 * Math.Abs(here - there) < Math.Abs(there)))))
            {
                return true;
            }
        }

        return false;
    }

    // Firing is followed on from the end of the step after what comes after the step was recorded.
    private void KeepEvents(int lane, PointProgress point)
    {
        point.RefractoryEnd.CopyTo(point.RefractoryEndAtOff, 0);
        point.Timetable.Keep();
        for (int e = 0; e < point.ArmedAtOff.Length; e++)
        {
            point.ArmedAtOff[e] = _tile.Armed[e * LaneTile.Lanes + lane];
        }
    }

    private void RestoreEvents(int lane, PointProgress point)
    {
        point.RefractoryEndAtOff.CopyTo(point.RefractoryEnd, 0);
        point.Timetable.GoBack();
        for (int e = 0; e < point.ArmedAtOff.Length; e++)
        {
            _tile.Armed[e * LaneTile.Lanes + lane] = point.ArmedAtOff[e];
        }
    }

    // One function for each event; those of events with times are never above zero.
    private static LaneProgram? ConditionsOf(ModelCode code) => code.Events.All(each => each.Condition is null) ? null
        : code.CompileExpressions([.. code.Model.Events.Select(each => each.When is { } when ? Crossing.Of(when) : new Number(-1))]);

    private bool TryDraw(DrawCode draws, ushort stream, int rule, PointProgress point)
    {
        var words = new RandomWords(_settings.Seed, point.Key, stream, ref point.DrawCounts[rule]);
        return RandomDraws.TryDraw(draws, _one, _state, point.Parameters, _code.Swept.Count, ref words);
    }

    private void WriteState(int lane, ReadOnlySpan<double> state)
    {
        for (int i = 0; i < _state.Length; i++)
        {
            _tile.State[i * LaneTile.Lanes + lane] = state[i];
        }
    }
}
