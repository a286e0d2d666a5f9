using System.Numerics;
using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// Answers questions about <see cref="AdaptingNeuron"/>s event by event: from each spike straight to the next one (<see cref="IntervalLanes"/>). The steady rate
/// is that of the fixed point of the spike-to-spike map where it is certain that the train goes there (<see cref="ReturnMap"/>), otherwise the limit of the intervals.
/// </summary>
/// <remarks>
/// <para>Once dy/dt at threshold is not above zero any more, and is not at x = 0 either, there is no spike ever again: x only goes from here to there.</para>
/// <para>A point's answer does not depend on the others, on the number of lanes or on the order.</para>
/// </remarks>
internal sealed class AdaptingSimulation
{
    /// <summary>Text of the column <c>method</c> where all comes from the train.</summary>
    public const string MethodOfTrain = "exact";

    /// <summary>Text of the column <c>method</c> where the steady rate comes from the return map.</summary>
    public const string MethodOfMap = "return_map";

    // The map is asked when two intervals differ by no more than this part, so that Newton's method needs two or three turns; at the latest when the train is over.
    private const double NearlyRegular = 1e-4;

    // Newton's method converges quadratically: after a correction by this part, one more interval is at the fixed point.
    private const double LastCorrection = 1e-8;

    private const int MostCorrections = 30;

    // Where a duration is known to change by this part, the square of that is nothing beside the tolerance (times its root).
    private const double LinearPart = 0.03;

    // An interval is expected to end a little before this multiple of what the last two lead one to expect.
    private const double Margin = 1.02;

    // More would save little, and spikes are counted: errors of intervals add up to another spike by the end of the stimulus.
    private const double LoosestTolerance = 1e-4;

    private readonly AdaptingNeuron _neuron;
    private readonly StepStimulus _step;
    private readonly Recording _recording;
    private readonly double _tolerance, _end;
    private readonly int _swept;
    private readonly AdaptingPoints _points;
    private readonly IntervalLanes _lanes;
    private readonly AdaptingProgress[] _progress;
    private Question _question;

    /// <summary>What the simulation did: its steps, which are not those of the integrator's lanes.</summary>
    public KernelCounters Counters { get; init; } = new();

    /// <summary>Whether the return map is asked; without it, everything comes from the train.</summary>
    public bool AsksMap { get; init; } = true;

    /// <summary>Prepares a simulation.</summary>
    /// <param name="neuron">What <paramref name="code"/> is.</param>
    /// <param name="code">The model.</param>
    /// <param name="settings">Stimulus and tolerance.</param>
    public AdaptingSimulation(AdaptingNeuron neuron, ModelCode code, FISettings settings)
    {
        _neuron = neuron;
        _step = (StepStimulus)settings.Stimulus;
        _recording = Recording.Of(_step);
        _tolerance = Math.Min(settings.Tolerance, LoosestTolerance);
        _end = _recording.On + FISettings.SettlingLimit * _recording.Duration;
        _swept = code.Swept.Count;
        _points = new AdaptingPoints(_swept);
        _lanes = IntervalLanes.Create(code.LaneWidth);
        _progress = [.. Enumerable.Range(0, IntervalLanes.Lanes).Select(_ => new AdaptingProgress())];
    }

    /// <summary>Answers the question for the points of a list.</summary>
    /// <param name="question">The question; not <see cref="Question.Trace"/>.</param>
    /// <param name="parameters">Their swept parameters, point after point, shape [all points × parameters].</param>
    /// <param name="points">Which points to compute.</param>
    /// <param name="answers">Receives the answers, shape [all points].</param>
    /// <param name="cancel">Ends the run.</param>
    /// <returns>The points that are no case for this; they are left to the general integrator.</returns>
    public int[] Run(Question question, ReadOnlySpan<double> parameters, ReadOnlySpan<int> points, PointAnswer[] answers, CancellationToken cancel)
    {
        _question = question;
        var left = new List<int>();
        for (int first = 0; first < points.Length; first += AdaptingPoints.Capacity)
        {
            ReadOnlySpan<int> some = points.Slice(first, Math.Min(AdaptingPoints.Capacity, points.Length - first));
            _neuron.Read(parameters, some, _points);
            _lanes.Estimate(_points, some.Length);
            Run(some, answers, left, cancel);
        }

        return [.. left.Order()];
    }

    private void Run(ReadOnlySpan<int> points, PointAnswer[] answers, List<int> left, CancellationToken cancel)
    {
        int next = 0;
        uint used = 0;
        for (int lane = 0; lane < IntervalLanes.Lanes && TryLoad(lane, points, ref next, answers, left); lane++)
        {
            used |= 1U << lane;
        }

        while (used != 0)
        {
            cancel.ThrowIfCancellationRequested();
            uint stopped = _lanes.Advance();
            for (uint look = stopped; look != 0; look &= look - 1)
            {
                int lane = BitOperations.TrailingZeroCount(look);
                AdaptingProgress point = _progress[lane];
                if (Attend(lane, point))
                {
                    Settle(lane, point, answers, left);
                    used &= TryLoad(lane, points, ref next, answers, left) ? uint.MaxValue : ~(1U << lane);
                }
            }

            if (stopped == 0)
            {
                StopEndless(ref used, points, ref next, answers, left);
            }
        }
    }

    // A lane that makes no end of an interval within the limit of steps.
    private void StopEndless(ref uint used, ReadOnlySpan<int> points, ref int next, PointAnswer[] answers, List<int> left)
    {
        for (uint look = used; look != 0; look &= look - 1)
        {
            int lane = BitOperations.TrailingZeroCount(look);
            if (_lanes.Steps[lane] > FISettings.StepLimit)
            {
                _progress[lane].Answer = PointAnswer.Without(PointStatus.StepLimit, MethodOfTrain);
                Settle(lane, _progress[lane], answers, left);
                used &= TryLoad(lane, points, ref next, answers, left) ? uint.MaxValue : ~(1U << lane);
            }
        }
    }

    private void Settle(int lane, AdaptingProgress point, PointAnswer[] answers, List<int> left)
    {
        _lanes.Active[lane] = 0;
        if (point.IsLeft)
        {
            left.Add(point.Point);
            return;
        }

        point.Answer.Steps = (long)_lanes.Steps[lane];
        Counters.Steps += point.Answer.Steps;
        answers[point.Point] = point.Answer;
    }

    // Loads the next point that does not end before its first interval.
    private bool TryLoad(int lane, ReadOnlySpan<int> points, ref int next, PointAnswer[] answers, List<int> left)
    {
        AdaptingProgress point = _progress[lane];
        while (next < points.Length)
        {
            point.Point = points[next];
            point.Estimate = _points.Estimates[next];
            if (!Begin(lane, point, _points.Points[next++]))
            {
                return true;
            }

            Settle(lane, point, answers, left);
        }

        return false;
    }

    // Everything below that returns a bool says whether the point is done.
    private bool Begin(int lane, AdaptingProgress point, in AdaptingPoint numbers)
    {
        point.Numbers = numbers;
        point.Answer = PointAnswer.Without(PointStatus.Ok, MethodOfTrain);
        point.Answer.Recording = _recording;
        point.Begin();
        point.Map = AsksMap ? MapState.Untried : MapState.Failed;
        point.IsLeft = !numbers.IsRegular;
        _lanes.Steps[lane] = 0;
        if (point.IsLeft)
        {
            return true;
        }

        _lanes.Drift[lane] = numbers.Drift;
        _lanes.Pull[lane] = numbers.Pull;
        _lanes.Leak[lane] = numbers.Leak;
        _lanes.Coupling[lane] = numbers.Coupling;
        _lanes.Lowest[lane] = double.PositiveInfinity;
        _lanes.Highest[lane] = double.NegativeInfinity;
        Depart(lane, numbers, numbers.Start, numbers.StartDeviation, double.NaN);
        // From x = 0 the first spike is certain, and x after it is known without it.
        return AsksMap && _question == Question.SteadyRate && numbers.StartDeviation == 0 && ReturnMap.IsBraked(numbers, numbers.Add)
            ? AskMap(lane, point, numbers.Add, 0)
            : SetOut(lane, point, 0);
    }

    // Puts a lane at the start of an interval.
    private void Depart(int lane, in AdaptingPoint numbers, double y, double x, double expected)
    {
        _lanes.Rate[lane] = x == 0 ? 0 : numbers.Rate;
        _lanes.Voltage[lane] = y;
        _lanes.Deviation[lane] = x;
        _lanes.Elapsed[lane] = 0;
        _lanes.Decay[lane] = 1;
        _lanes.BaseTime[lane] = 0;
        _lanes.Area[lane] = 0;
        _lanes.Expected[lane] = expected;
    }

    // Lets a lane go on from its state, at a time, until it spikes or something else is due.
    private bool SetOut(int lane, AdaptingProgress point, double time)
    {
        double until = point.Settling ? _end : _recording.Off;
        ref readonly AdaptingPoint numbers = ref point.Numbers;
        if (!point.Silent && numbers.Drift <= 0)
        {
            double pulled = numbers.Pull * _lanes.Deviation[lane];
            if (numbers.Drift + pulled <= 0)
            {
                return FallSilent(lane, point, time);
            }

            // Only x lifts the neuron to threshold, for a while: no case for this.
            point.IsLeft = true;
            return true;
        }

        Start(lane, time, until);
        return false;
    }

    private void Start(int lane, double time, double until)
    {
        _lanes.TimeLeft[lane] = until - time;
        _lanes.HasNewLimit[lane] = IntervalLanes.True;
        _lanes.Active[lane] = IntervalLanes.True;
    }

    // From here on there is no spike.
    private bool FallSilent(int lane, AdaptingProgress point, double time)
    {
        point.Silent = true;
        Decide(point, 0, MethodOfTrain);
        if (point.Settling || _question != Question.Measures)
        {
            return true;
        }

        ref readonly AdaptingPoint numbers = ref point.Numbers;
        double y = _lanes.Voltage[lane];
        if (_lanes.Deviation[lane] == 0)
        {
            // What is left is one exponential.
            double duration = _recording.Off - time;
            double end = y + numbers.Slope(y, 0) * duration * LaneMath.Exprel<Lane1>(new(-numbers.Leak * duration)).Value;
            See(lane, end);
            return EndTrain(lane, point);
        }

        Start(lane, time, _recording.Off);
        return false;
    }

    private void See(int lane, double y)
    {
        _lanes.Lowest[lane] = Math.Min(y, _lanes.Lowest[lane]);
        _lanes.Highest[lane] = Math.Max(y, _lanes.Highest[lane]);
    }

    private static void Decide(AdaptingProgress point, double rate, string method)
    {
        point.Decided = true;
        point.Answer.Rate = rate;
        point.Answer.Method = method;
    }

    private static void DecideByMap(AdaptingProgress point, in SpikeInterval interval, double duration)
    {
        Decide(point, 1 / (duration + point.Numbers.Refractory), MethodOfMap);
        point.Shrinking = ReturnMap.IsStraight(point.Numbers, interval.From) ? ReturnMap.Slope(point.Numbers, interval) : double.NaN;
    }

    private bool Attend(int lane, AdaptingProgress point)
    {
        if (_lanes.Steps[lane] > FISettings.StepLimit)
        {
            point.Answer = PointAnswer.Without(PointStatus.StepLimit, MethodOfTrain);
            return true;
        }

        bool crossed = _lanes.Crossed[lane] != 0;
        if (point.InMap)
        {
            return crossed ? Map(lane, point) : LeaveMap(lane, point, MapState.Failed);
        }

        if (_lanes.Failed[lane] != 0 || !double.IsFinite(_lanes.Voltage[lane]))
        {
            point.IsLeft = true;
            return true;
        }

        return crossed ? Spike(lane, point)
            : !point.Settling ? EndStimulus(lane, point)
            : GiveUp(point);
    }

    private bool GiveUp(AdaptingProgress point)
    {
        point.Answer.Status = PointStatus.NotConverged;
        point.Answer.Rate = TileSimulation.LateRate(point.Spikes, _recording);
        return true;
    }

    // The lane came to the end of the stimulus.
    private bool EndStimulus(int lane, AdaptingProgress point)
    {
        if (EndTrain(lane, point))
        {
            return true;
        }

        return AskMap(lane, point, _recording.Off) || (!point.InMap && SetOut(lane, point, _recording.Off));
    }

    // All measures but the rate are known.
    private bool EndTrain(int lane, AdaptingProgress point)
    {
        ref readonly AdaptingPoint numbers = ref point.Numbers;
        bool spiked = point.Answer.Train.Count > 0;
        double lowest = spiked ? Math.Min(numbers.VoltageAtStart, numbers.VoltageAtReset) : numbers.VoltageAtStart;
        double highest = spiked ? numbers.Threshold : numbers.VoltageAtStart;
        point.Answer.MinimumVoltage = Math.Min(lowest, numbers.Threshold + _lanes.Lowest[lane]);
        point.Answer.MaximumVoltage = Math.Max(highest, numbers.Threshold + _lanes.Highest[lane]);
        point.Settling = true;
        return point.Decided || _question == Question.AnySpike;
    }

    private bool Spike(int lane, AdaptingProgress point)
    {
        ref readonly AdaptingPoint numbers = ref point.Numbers;
        double duration = _lanes.Time[lane], x = numbers.Keep * _lanes.Deviation[lane] + numbers.Add;
        double spike = Math.Min(point.Start + duration, point.Settling ? double.PositiveInfinity : _recording.Off);
        if (!point.Settling)
        {
            point.Answer.Train.Add(spike, _recording);
        }

        if (_question == Question.AnySpike)
        {
            return true;
        }

        point.Spikes.Add(spike);
        double expected = double.NaN;
        if (point.Spikes.Count > 1)
        {
            point.Earlier = point.Spikes.Count > 3 ? point.Before.Duration : double.NaN;
            point.Before = point.Last;
            point.Last = IntervalOf(lane, point.From, x);
            expected = Margin * (point.Spikes.Count > 2 ? 2 * point.Last.Elapsed - point.Before.Elapsed : point.Last.Elapsed);
        }

        point.Start = spike + numbers.Refractory;
        point.From = x;
        if (!double.IsFinite(x) || (point.Start == spike - duration && !(duration > 0)))
        {
            point.IsLeft = true;
            return true;
        }

        if (!point.Decided)
        {
            Conclude(point);
        }

        if (point.Decided && (point.Settling || _question == Question.SteadyRate || GoesOn(point)))
        {
            return point.Settling || _question == Question.SteadyRate || EndTrain(lane, point);
        }

        Depart(lane, numbers, numbers.Reset, x, expected);
        bool ends = !point.Settling && point.Start >= _recording.Off;
        if (ends && EndTrain(lane, point))
        {
            return true;
        }

        if (point.Map == MapState.Untried && ReturnMap.IsBraked(numbers, x) && ReturnMap.IsBraked(numbers, numbers.Add))
        {
            return AskMap(lane, point, x, point.Start);
        }

        bool early = !point.Settling && _question == Question.Measures
            && !(point.Spikes.Count > 2 && Math.Abs(point.Last.Duration - point.Before.Duration) <= NearlyRegular * point.Last.Duration);
        return (!early && AskMap(lane, point, point.Start)) || (!point.InMap && SetOut(lane, point, point.Start));
    }

    // The interval at whose end the lane stands.
    private SpikeInterval IntervalOf(int lane, double from, double to) => new(
        from, to, _lanes.Deviation[lane], _lanes.Time[lane], _lanes.Area[lane], _lanes.BaseTime[lane] == 0 ? _lanes.Elapsed[lane] : double.NaN);

    // From the intervals so far: the fixed point, once it is certain that they go there, or else their limit.
    private void Conclude(AdaptingProgress point)
    {
        if (point.Map == MapState.Found && ReturnMap.Leads(point.Numbers, point.Last, point.Fixed))
        {
            DecideByMap(point, point.Fixed, point.Fixed.Duration);
        }
        else if (point.Map != MapState.Untried
            && point.Spikes.TryMeanStep(FISettings.LongestCycle, TileSimulation.AgreementPart * _tolerance, out double meanInterval))
        {
            Decide(point, 1 / meanInterval, MethodOfTrain);
        }
    }

    // Whether the train goes on as is known, to the tolerance; then it is continued.
    private bool GoesOn(AdaptingProgress point)
    {
        double period = 1 / point.Answer.Rate, regular = TileSimulation.RegularPart * _tolerance * period, steady = period - point.Numbers.Refractory;
        double last = point.Last.Duration - steady, before = point.Before.Duration - steady;
        if (point.Spikes.Count < 3)
        {
            return false;
        }

        if (!(Math.Abs(last) <= regular && Math.Abs(before) <= regular) && !Approaches(point, period, regular, point.Earlier - steady, before, last))
        {
            return false;
        }

        point.Answer.Train.Continue(period, _recording.Off, _recording);
        return true;
    }

    // Deviations from the steady interval follow each other by a smooth function, whose slope at zero is that of the map. The one before last tells its bend; once this
    // predicts the last one, the deviations that are left are computed by it. What the bend changes from one interval to the next is 1 − slope of what it changes until
    // the train is steady; and a deviation that is wrong makes those after it wrong, which add up to 1/(1 − slope) of it.
    private bool Approaches(AdaptingProgress point, double period, double regular, double earlier, double before, double last)
    {
        double slope = point.Shrinking, bend = (before - slope * earlier) / (earlier * earlier);
        if (!(Math.Abs(last - (slope + bend * before) * before) <= regular * (1 - slope) * (1 - slope)))
        {
            return false;
        }

        bend = (last - slope * before) / (before * before);
        if (!(slope >= 0 && slope + Math.Abs(bend * last) < 1))
        {
            return false;
        }

        double spike = point.Spikes.Last(0);
        for (double next = (slope + bend * last) * last; Math.Abs(next) > regular && spike + period + next <= _recording.Off; next *= slope + bend * next)
        {
            spike += period + next;
            point.Answer.Train.Add(spike, _recording);
        }

        return true;
    }

    // Turns to the map for a while, from the last interval, where there is hope; the lane's own way waits meanwhile.
    private bool AskMap(int lane, AdaptingProgress point, double time)
    {
        if (!AsksMap || point.Decided || point.Map == MapState.Found || point.Spikes.Count < Math.Max(2, point.AskAt))
        {
            return false;
        }

        Wait(lane, point, time);
        double next = point.Last.From == point.Last.To ? point.Last.From
            : ReturnMap.IsStraight(point.Numbers, point.Last.From) ? ReturnMap.Newton(point.Numbers, point.Last) : double.NaN;
        return Correct(lane, point, point.Last, next);
    }

    // Turns to the map from x after the first spike.
    private bool AskMap(int lane, AdaptingProgress point, double x, double time)
    {
        Wait(lane, point, time);
        point.From = x;
        return Follow(lane, point, ReturnMap.IsBraked(point.Numbers, point.Estimate) ? point.Estimate : x, double.NaN);
    }

    // The lane's own way waits.
    private void Wait(int lane, AdaptingProgress point, double time)
    {
        point.AskAt = 2 * point.Spikes.Count;
        point.Waiting = new Waiting(
            _lanes.Voltage[lane], _lanes.Deviation[lane], _lanes.Rate[lane], _lanes.Elapsed[lane], _lanes.Decay[lane], _lanes.BaseTime[lane], _lanes.Area[lane],
            _lanes.Expected[lane], time);
        point.Corrections = 0;
    }

    private bool Follow(int lane, AdaptingProgress point, double x, double expected)
    {
        point.Argument = x;
        point.InMap = true;
        (point.LowestOfTrain, point.HighestOfTrain) = (_lanes.Lowest[lane], _lanes.Highest[lane]);
        Depart(lane, point.Numbers, point.Numbers.Reset, x, expected);
        Start(lane, 0, _end);
        return false;
    }

    // The lane has followed an interval of the map.
    private bool Map(int lane, AdaptingProgress point)
    {
        ref readonly AdaptingPoint numbers = ref point.Numbers;
        SpikeInterval interval = IntervalOf(lane, point.Argument, numbers.Keep * _lanes.Deviation[lane] + numbers.Add);
        return Correct(lane, point, interval, point.IsLastCorrection ? point.Argument : ReturnMap.Newton(numbers, interval));
    }

    private bool Correct(int lane, AdaptingProgress point, in SpikeInterval interval, double next)
    {
        if (double.IsNaN(next) || point.Corrections++ == MostCorrections)
        {
            return LeaveMap(lane, point, MapState.Failed);
        }

        double longer = ReturnMap.Lengthening(point.Numbers, interval, next - interval.From), duration = interval.Duration + longer;
        if (Math.Abs(longer) <= LinearPart * Math.Sqrt(_tolerance) * (duration + point.Numbers.Refractory) && ReturnMap.Settles(point.Numbers, point.From, interval))
        {
            DecideByMap(point, interval, duration);
            return LeaveMap(lane, point, MapState.Found);
        }

        if (next == interval.From)
        {
            point.Fixed = interval;
            return LeaveMap(lane, point, MapState.Found);
        }

        point.IsLastCorrection = Math.Abs(next - interval.From) <= LastCorrection * Math.Abs(next);
        return Follow(lane, point, next, Margin * interval.Elapsed);
    }

    private bool LeaveMap(int lane, AdaptingProgress point, MapState state)
    {
        point.Map = state;
        if (point.InMap)
        {
            point.InMap = false;
            (_lanes.Lowest[lane], _lanes.Highest[lane]) = (point.LowestOfTrain, point.HighestOfTrain);
        }

        if (!point.Decided)
        {
            Conclude(point);
        }

        if (point.Decided && (point.Settling || _question == Question.SteadyRate))
        {
            return true;
        }

        if (point.Decided && GoesOn(point))
        {
            return EndTrain(lane, point);
        }

        ref readonly Waiting waiting = ref point.Waiting;
        (_lanes.Voltage[lane], _lanes.Deviation[lane], _lanes.Rate[lane]) = (waiting.Voltage, waiting.Deviation, waiting.Rate);
        (_lanes.Elapsed[lane], _lanes.Decay[lane], _lanes.BaseTime[lane]) = (waiting.Elapsed, waiting.Decay, waiting.BaseTime);
        (_lanes.Area[lane], _lanes.Expected[lane]) = (waiting.Area, waiting.Expected);
        return SetOut(lane, point, point.Waiting.Time);
    }
}
