namespace SweepEngine.Simulation;

/// <content>The parts of a recording, one after the other: before, during and after the stimulus, and the time in which a steady rate settles.</content>
internal sealed partial class TileSimulation
{
    private bool Enter(int lane, PointProgress point, Segment segment)
    {
        point.Segment = segment;
        point.SegmentEnd = segment switch
        {
            Segment.Before => point.Recording.On,
            Segment.During => point.Recording.Off,
            Segment.After => point.Recording.End,
            _ => point.Recording.On + FISettings.SettlingLimit * point.Recording.Duration,
        };
        if (_step is not null)
        {
            double drive = segment is Segment.Before or Segment.After ? _step.Base : point.Drive;
            point.Parameters[_drive] = drive;
            point.HasEquilibrium = false;
            _tile.Parameter[_drive * LaneTile.Lanes + lane] = drive;
        }

        _tile.Watched[lane] = _recorder is not null || (segment == Segment.After && _step is not null) ? LaneTile.True : 0;
        _tile.Integral[lane] = 0;
        if (segment == Segment.During)
        {
            SeeVoltage(point, Voltage(lane));
        }

        // A course may jump where it begins and ends.
        point.JumpTime = _step is null ? _tile.Time[lane] : point.JumpTime;
        return Restart(lane, point);
    }

    private bool EndSegment(int lane, PointProgress point)
    {
        if (point.Segment == Segment.During)
        {
            SeeVoltage(point, Voltage(lane));
        }

        if (_step is null)
        {
            return EndCourse(lane, point);
        }

        bool known = point.Decided || point.Question is Question.AnySpike or Question.Trace;
        switch (point.Segment)
        {
            case Segment.Before:
                return Enter(lane, point, Segment.During);
            case Segment.During when _step.After > 0:
                ReadState(lane);
                _state.CopyTo(point.StateAtOff, 0);
                KeepEvents(lane, point);
                point.PeakTimeAtOff = _tile.Peaked[lane] != 0 ? point.PeakTime : double.NaN;
                point.PeakHeightAtOff = point.PeakHeight;
                return Enter(lane, point, Segment.After);
            case Segment.During:
                return known || Enter(lane, point, Segment.Settling);
            case Segment.After:
                point.Answer.SteadyStateVoltage = point.VoltageIntegral / _step.After;
                if (known)
                {
                    return true;
                }

                _tile.Time[lane] = _step.Off;
                for (int i = 0; i < _state.Length; i++)
                {
                    _tile.State[i * LaneTile.Lanes + lane] = point.StateAtOff[i];
                }

                RestoreEvents(lane, point);
                point.PeakTime = point.PeakTimeAtOff;
                point.PeakHeight = point.PeakHeightAtOff;
                point.PeakVoltage = double.NegativeInfinity;
                _tile.Peaked[lane] = double.IsNaN(point.PeakTime) ? 0 : LaneTile.True;
                ForgetOscillation(point);
                return Enter(lane, point, Segment.Settling);
            default:
                // Long steps may have come to rest between two searches.
                if (Rest(lane, point))
                {
                    return true;
                }

                point.Answer.Status = PointStatus.NotConverged;
                point.Answer.Rate = LateRate(point.Spikes, point.Recording);
                return true;
        }
    }

    private bool EndCourse(int lane, PointProgress point)
    {
        switch (point.Segment)
        {
            case Segment.Before:
                return EnterAtCorner(lane, point, Segment.During);
            case Segment.During:
                point.Answer.MeanVoltage = _tile.Integral[lane] / point.Recording.Duration;
                point.Answer.VoltageAtEnd = Voltage(lane);
                if (_impedance is not null)
                {
                    ReadState(lane);
                    Span<double> parts = stackalloc double[2];
                    _impedance.Evaluate([], _state, point.Parameters, parts, 1, 0, 1);
                    (point.Answer.ImpedanceReal, point.Answer.ImpedanceImaginary) = (parts[0], parts[1]);
                }

                return !(point.Recording.After > 0) || EnterAtCorner(lane, point, Segment.After);
            default:
                point.Answer.SteadyStateVoltage = _tile.Integral[lane] / point.Recording.After;
                return true;
        }
    }

    private bool EnterAtCorner(int lane, PointProgress point, Segment segment)
    {
        double voltage = Voltage(lane);
        bool rose = _tile.Derivatives[_voltage * LaneTile.Lanes + lane] > 0;
        return Enter(lane, point, segment) || Corner(lane, point, voltage, rose);
    }
}
