namespace SweepEngine.Simulation;

/// <content>When the steady rate of a point is known: from its intervals, its subthreshold maxima, or the rest that it comes to.</content>
internal sealed partial class TileSimulation
{
    // The interval that two extrapolations agree on may be wrong by some times their difference.
    internal const double AgreementPart = 0.2;

    // A train is taken to go on regularly once its intervals are this close to their limit, as a part of the tolerance.
    internal const double RegularPart = 0.05;

    // A state is certain to come to a rest that is as near as this (in parts of scale plus magnitude); it is looked for in a wider neighbourhood, and the centre of an
    // oscillation in a still wider one.
    private const double NearRestPart = 1e-3, RestPart = 1e-2, OscillationPart = 0.1;

    // Rest is looked for after this part of the stimulus again, or of the time since the last spike.
    private const double SearchPart = 0.01, SearchPause = 0.1;

    // A limit of subthreshold maxima is known well enough when it is known to this part of its distance to threshold.
    private const double MaximaPart = 0.1;

    // A spike without a reset is counted when the voltage comes down again, after a position in the step just made.
    private bool Spiked(PointProgress point, double time, double? falling)
    {
        if (point.Segment != Segment.Settling)
        {
            point.Answer.Train.Add(time, point.Recording);
            if (point.Question == Question.AnySpike && point.Answer.Train.Count > 0)
            {
                return true;
            }
        }

        if (_step is null || point.Question == Question.Trace || point.Segment is not (Segment.During or Segment.Settling))
        {
            return false;
        }

        if (point.Decided && point.Answer.Rate == 0)
        {
            point.Decided = false;
        }

        ForgetOscillation(point);
        point.Spikes.Add(time);
        // Intervals may converge while the peaks shrink below threshold: an oscillation that is about to be no spike any more.
        if (!point.Decided && !point.Peaks.FallsBelowZero() && point.Spikes.TryMeanStep(
            FISettings.LongestCycle, AgreementPart * _settings.Tolerance, out double meanInterval))
        {
            Decide(point, 1 / meanInterval);
        }

        if (!point.Decided)
        {
            return false;
        }

        if (point.Segment == Segment.Settling || point.Question == Question.SteadyRate)
        {
            return true;
        }

        double period = 1 / point.Answer.Rate;
        bool regular = Math.Abs(point.Spikes.Last(0) - point.Spikes.Last(1) - period) <= RegularPart * _settings.Tolerance * period
            && Math.Abs(point.Spikes.Last(1) - point.Spikes.Last(2) - period) <= RegularPart * _settings.Tolerance * period;
        if (!regular || _step.After > 0)
        {
            return false;
        }

        double counted = falling is { } position ? DownwardCrossing(point, position) : time;
        point.Answer.Train.Continue(period, _step.Off - (counted - time), point.Recording);
        return true;
    }

    private static void Decide(PointProgress point, double rate)
    {
        point.Decided = true;
        point.Answer.Rate = rate;
    }

    private static void ForgetOscillation(PointProgress point)
    {
        point.Maxima.Clear();
        point.LastMinimum = double.PositiveInfinity;
        point.MinimaRise = false;
    }

    // A maximum below threshold: they may converge to something below it, an oscillation that will never spike.
    private bool MaximaDecide(int lane, PointProgress point)
    {
        if (!_autonomous || point.Question == Question.AnySpike)
        {
            return false;
        }

        if (!point.Decided && MaximaStayBelow(lane, point))
        {
            Decide(point, 0);
        }

        bool silent = point.Decided && point.Answer.Rate == 0;
        // An oscillation that shrinks adds nothing more: its extremes have been seen.
        return silent && (point.Segment == Segment.Settling || point.Question == Question.SteadyRate || (point.Question == Question.Measures && _step!.After == 0 && Shrinks(point)));
    }

    private bool MaximaStayBelow(int lane, PointProgress point)
    {
        if (!point.Maxima.TryValue(MaximaPart, out double limit) || !(limit < 0))
        {
            return false;
        }

        // Shrinking towards an unstable equilibrium is only the first half of leaving it.
        ReadState(lane);
        if (!FindEquilibrium(point, OscillationPart) || IsStable(point))
        {
            return true;
        }

        double rest = ThresholdOf(point, _tile.Time[lane], _equilibrium!.State);
        return limit - rest >= -MaximaPart * rest;
    }

    private static bool Shrinks(PointProgress point) =>
        point.MinimaRise && point.Maxima.Count > 2 && point.Maxima.Last(0) < point.Maxima.Last(1) && point.Maxima.Last(1) < point.Maxima.Last(2);

    // The longer a lane has been quiet, the longer it may go on so.
    private void PauseSearch(int lane, PointProgress point)
    {
        double time = _tile.Time[lane];
        _tile.RestTime[lane] = time + Math.Max(SearchPart * point.Recording.Duration, SearchPause * (time - _tile.LastSpike[lane]));
    }

    // The state hardly moves: looks for a stable equilibrium to come to rest at.
    private bool Rest(int lane, PointProgress point)
    {
        if (!_autonomous || point.Segment is not (Segment.During or Segment.Settling)
            || IsAnyRefractory(lane, point))
        {
            return false;
        }

        PauseSearch(lane, point);
        ReadState(lane);
        if (!FindEquilibrium(point, RestPart))
        {
            return false;
        }

        double here = Threshold(point, _tile.Time[lane]);
        double there = ThresholdOf(point, _tile.Time[lane], _equilibrium!.State);
        double distance = _equilibrium.Distance(_state);
        bool arrived = distance <= 0.1 * _settings.Tolerance;
        // Exactly at rheobase the equilibrium is the threshold, which is never passed; rounding may put it a little above.
        double rounding = 1e-13 * (_scale[_voltage] + Math.Abs(_equilibrium.State[_voltage]));
        // Without a reset, rest above threshold is silence too: the block of firing by a strong drive.
        bool silent = there <= rounding || _smooth;
        bool certain = silent && distance <= NearRestPart && (arrived || 10 * Math.Abs(here - there) < Math.Abs(there));
        if (!certain || HappensBeforeRest(point, _tile.Time[lane], arrived) || !IsStable(point))
        {
            return false;
        }

        if (!point.Decided)
        {
            Decide(point, 0);
        }

        if (point.Segment == Segment.During)
        {
            // On its way to the equilibrium the voltage may still pass the extremes so far.
            SeeVoltage(point, arrived ? _equilibrium.State[_voltage] : Voltage(lane));
        }

        return point.Segment == Segment.Settling || point.Question == Question.SteadyRate || (arrived && _step!.After == 0);
    }

    // With what another drive may go on; null after a failure.
    private double[]? EndState(int lane, PointProgress point)
    {
        if (!point.Answer.Status.HasMeasures())
        {
            return null;
        }

        ReadState(lane);
        bool rests = point.Answer.Rate == 0 && point.HasEquilibrium && _equilibrium!.TryTake(point.Equilibrium, _state, NearRestPart) && IsStable(point);
        return rests ? [.. point.Equilibrium] : [.. _state];
    }

    // An equilibrium in the neighbourhood of the state that was read.
    private bool FindEquilibrium(PointProgress point, double neighbourhood)
    {
        if (point.HasEquilibrium && _equilibrium!.TryTake(point.Equilibrium, _state, neighbourhood))
        {
            return true;
        }

        if (!_equilibrium!.TryFind(_state, point.Parameters, neighbourhood))
        {
            return false;
        }

        point.HasEquilibrium = true;
        point.IsEquilibriumStable = null;
        _equilibrium.State.CopyTo(point.Equilibrium, 0);
        return true;
    }

    private bool IsStable(PointProgress point) => point.IsEquilibriumStable ??= _equilibrium!.IsStable(point.Parameters);

    // Mean rate over the second half of the time under drive, as far back as spikes are kept.
    internal static double LateRate(SequenceLimit spikes, in Recording recording)
    {
        double half = recording.On + 0.5 * FISettings.SettlingLimit * recording.Duration;
        int count = 0;
        while (count < Math.Min(spikes.Count, SequenceLimit.Capacity) && spikes.Last(count) >= half)
        {
            count++;
        }

        return count < 2
            ? count / (0.5 * FISettings.SettlingLimit * recording.Duration)
            : (count - 1) / (spikes.Last(0) - spikes.Last(count - 1));
    }
}
