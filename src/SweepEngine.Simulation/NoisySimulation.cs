using System.Numerics;
using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// Integrates points of a model with white noise, in the sense of Itô, <see cref="NoisyTile.Lanes"/> of them side by side, with a fixed step: <see cref="NoiseMethod"/> says how.
/// </summary>
/// <remarks>
/// <para>A condition with a reset becomes true within a step where the path between the step's ends, a Brownian bridge, first passes zero: whether it
/// does is drawn with the bridge's probability, and when from its distribution (<see cref="FirstPassage"/>). The states there are drawn from the bridge, too, given that the
/// condition is zero. From there on the path is independent of what came before, so a new step begins. Refractory periods, events at
/// known times and the ends of the stimulus end steps as well.</para>
/// <para>A spike without a reset is counted where the threshold function rises above zero, its time interpolated linearly; the next one only after
/// that has fallen below zero again, by five standard deviations of what noise adds in a step (no margin where no noise acts on it directly).</para>
/// <para>Random numbers are functions of seed, point, noise and step: the answer for a point does not depend on the points beside it, on the number
/// of lanes or on the order.</para>
/// </remarks>
internal sealed class NoisySimulation
{
    private const int Lanes = NoisyTile.Lanes;

    private readonly ModelCode _code;
    private readonly NoiseCode _noise;
    private readonly FISettings _settings;
    private readonly LaneProgram _times;
    private readonly LaneProgram?[] _conditions;
    private readonly int _voltage, _swept;
    private readonly bool _smooth;
    private readonly double _step;
    private readonly NoisyStepper _stepper;
    private readonly NoisyTile _tile;
    private readonly NoisyProgress[] _progress;
    private readonly TraceRecorder? _recorder;
    private readonly double[] _state, _result, _one = new double[1];

    /// <summary>Prepares a simulation.</summary>
    /// <param name="code">A model with white noise.</param>
    /// <param name="settings">A course of the stimulus, seed and step.</param>
    /// <param name="bridge">Whether crossings within steps are looked for; only measurements of what that is good for say no.</param>
    /// <param name="recorder">Writes down the course of variables; null for none.</param>
    /// <exception cref="ArgumentException">The stimulus is a step, there is no fixed step, or there are too many noises or events.</exception>
    public NoisySimulation(ModelCode code, FISettings settings, bool bridge = true, TraceRecorder? recorder = null)
    {
        _recorder = recorder;
        if (settings.Stimulus is not CourseStimulus course)
        {
            throw new ArgumentException($"The model {code.Model.Name} has white noise, so it has no steady rate.", nameof(settings));
        }

        if (settings.FixedStep is not > 0)
        {
            throw new ArgumentException($"The model {code.Model.Name} has white noise, so it needs a fixed step above 0.", nameof(settings));
        }

        if (code.Model.Noises.Count > NoisyStepper.MostNoises || code.Events.Count >= NoisyStepper.MostConditions)
        {
            throw new ArgumentException(
                $"The model {code.Model.Name} has {code.Model.Noises.Count} noises and {code.Events.Count} events; at most {NoisyStepper.MostNoises} and "
                + $"{NoisyStepper.MostConditions - 1} fit.", nameof(code));
        }

        _code = code;
        _settings = settings;
        _step = settings.FixedStep.Value;
        _noise = new NoiseCode(code);
        _times = code.CompileExpressions([course.On, course.Off, course.End]);
        _conditions = [code.Threshold, .. code.Events.Select(each => each.Condition)];
        _voltage = TileSimulation.VoltageIndex(code.Model);
        _swept = code.Swept.Count;
        _smooth = code.Reset is null;
        _stepper = NoisyStepper.Create(new NoisyStepper.Problem(code, _noise, _voltage, settings.Seed, _step, bridge), code.LaneWidth);
        int states = code.Model.States.Count;
        _tile = new NoisyTile(states, _swept, _noise);
        _progress = [.. Enumerable.Range(0, Lanes).Select(_ => new NoisyProgress(_swept, code.MostDraws, code.Events.Count))];
        _state = new double[states];
        _result = new double[Math.Max(states, 3)];
    }

    /// <summary>What the simulation did.</summary>
    public KernelCounters Counters { get; init; } = new();

    /// <summary>Computes the points of a list.</summary>
    /// <param name="parameters">Their swept parameters, point after point, shape [all points × parameters].</param>
    /// <param name="keys">Index of each point in the grid, shape [all points].</param>
    /// <param name="points">Which points to compute.</param>
    /// <param name="answers">Receives the answer of each of these, shape [all points].</param>
    /// <param name="cancel">Ends the run between two steps.</param>
    public void Run(
        ReadOnlySpan<double> parameters, ReadOnlySpan<long> keys, ReadOnlySpan<int> points, PointAnswer[] answers, CancellationToken cancel)
    {
        int next = 0, active = 0;
        while (active < Lanes && TryLoad(active, parameters, keys, points, ref next, answers))
        {
            active++;
        }

        for (long round = 1; active > 0; round++)
        {
            Counters.AddStep(active, _code.LaneWidth);
            if (round % 1024 == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }

            for (int lane = 0; lane < active && _recorder is not null; lane++)
            {
                Record(lane);
            }

            // From the last lane down: the lane that takes the place of one that is done has been looked at already.
            for (ulong look = _stepper.Try(_tile, active); look != 0;)
            {
                int lane = BitOperations.Log2(look);
                look &= ~(1UL << lane);
                NoisyProgress point = _progress[lane];
                if (!Attend(lane, point))
                {
                    continue;
                }

                if (point.Answer.Status.HasMeasures())
                {
                    Record(lane);
                }

                point.Answer.Steps = Counter(lane);
                Counters.Steps += point.Answer.Steps;
                answers[point.Point] = point.Answer;
                if (!TryLoad(lane, parameters, keys, points, ref next, answers) && lane != --active)
                {
                    _tile.Move(active, lane);
                    (_progress[lane], _progress[active]) = (_progress[active], _progress[lane]);
                }
            }
        }
    }

    private void Record(int lane)
    {
        NoisyProgress point = _progress[lane];
        _recorder?.Reach(point.Point, ref point.NextTrace, point.Parameters, _tile.Time[lane], _tile.State, lane);
    }

    // Loads the next point that does not end before its first step.
    private bool TryLoad(
        int lane, ReadOnlySpan<double> parameters, ReadOnlySpan<long> keys, ReadOnlySpan<int> points, ref int next, PointAnswer[] answers)
    {
        NoisyProgress point = _progress[lane];
        while (next < points.Length)
        {
            point.Point = points[next++];
            point.Key = keys[point.Point];
            parameters.Slice(point.Point * _swept, _swept).CopyTo(point.Parameters);
            if (!Begin(lane, point))
            {
                return true;
            }

            answers[point.Point] = point.Answer;
        }

        return false;
    }

    // Everything below that returns a bool says whether the point is done.
    private bool Begin(int lane, NoisyProgress point)
    {
        point.Answer = PointAnswer.Without(PointStatus.Ok, _noise.MethodText);
        _times.Evaluate([], [], point.Parameters, _result, 1, 0, 1);
        point.Answer.Recording = Recording.Of(_result[0], _result[1], _result[2]);
        if (!point.Recording.IsValid || !point.Timetable.TryBegin(_code, point.Parameters))
        {
            return GiveUp(point, PointStatus.InvalidParameters);
        }

        if (point.Recording.End / _step > FISettings.StepLimit)
        {
            return GiveUp(point, PointStatus.StepLimit);
        }

        point.NextTrace = 0;
        Array.Fill(point.RefractoryEnd, double.NegativeInfinity);
        point.LastReset = double.NegativeInfinity;
        for (int k = 0; k < _swept; k++)
        {
            _tile.Parameter[k * Lanes + lane] = point.Parameters[k];
        }

        _tile.Time[lane] = 0;
        _tile.Counter[lane] = 0;
        _tile.Point[lane] = BitConverter.Int64BitsToDouble(point.Key);
        point.DrawCounts.AsSpan().Clear();
        _one[0] = 0;
        if (!TryDraw(point, _code.StartDraws, RandomDraws.StartStream, point.DrawCounts.Length - 1, []))
        {
            return GiveUp(point, PointStatus.InvalidParameters);
        }

        _code.Start.Evaluate(_one, [], point.Parameters, _result, 1, 0, 1);
        WriteState(lane, _result.AsSpan(0, _state.Length));
        if (_noise.IsConstant)
        {
            _noise.Intensity.Evaluate(_tile.Time, _tile.State, _tile.Parameter, _tile.Intensity, Lanes, lane, 1);
        }

        for (int c = 0; c < _conditions.Length; c++)
        {
            if (_noise.Conditions[c] is { IsConstant: true } noise)
            {
                noise.Variance.Evaluate(_tile.Time, _tile.State, _tile.Parameter, _tile.Variance.AsSpan(c * Lanes), Lanes, lane, 1);
            }

            _tile.Disarmed[c * Lanes + lane] = 0;
        }

        return Enter(lane, point, point.Recording.On > 0 ? Segment.Before : Segment.During);
    }

    private bool Enter(int lane, NoisyProgress point, Segment segment)
    {
        point.Segment = segment;
        point.SegmentEnd = segment switch
        {
            Segment.Before => point.Recording.On,
            Segment.During => point.Recording.Off,
            _ => point.Recording.End,
        };
        double voltage = _tile.State[_voltage * Lanes + lane];
        (_tile.LowestVoltage[lane], _tile.HighestVoltage[lane], _tile.VoltageIntegral[lane]) = (voltage, voltage, 0);
        return Restart(lane, point);
    }

    // Conditions and limit after a jump of the state or of time.
    private bool Restart(int lane, NoisyProgress point)
    {
        ReadState(lane);
        foreach (double value in _state)
        {
            if (!double.IsFinite(value))
            {
                return GiveUp(point, Counter(lane) == 0 ? PointStatus.InvalidParameters : PointStatus.Diverged);
            }
        }

        double time = _tile.Time[lane], limit = point.SegmentEnd;
        for (int at = lane; at < _tile.Held.Length; at += Lanes)
        {
            _tile.Held[at] = 0;
        }

        for (int c = 0; c < _conditions.Length; c++)
        {
            int at = c * Lanes + lane;
            bool refractory = point.RefractoryEnd[c] > time;
            _tile.Blocked[at] = refractory ? NoisyTile.True : 0;
            limit = refractory ? Math.Min(limit, point.RefractoryEnd[c]) : limit;
            foreach (int i in !refractory ? [] : c == 0 ? _code.Held : _code.Events[c - 1].Held)
            {
                _tile.Held[i * Lanes + lane] = NoisyTile.True;
            }

            _tile.Condition[at] = Condition(point, c, time, _state);
            if ((c > 0 || _smooth) && _tile.Condition[at] > 0)
            {
                // It was true before, so it does not become true now.
                _tile.Disarmed[at] = NoisyTile.True;
            }
        }

        foreach (double next in point.Timetable.Next)
        {
            limit = Math.Min(limit, next);
        }

        _tile.Limit[lane] = limit;
        return !_smooth && _tile.Blocked[lane] == 0 && _tile.Condition[lane] > 0 && Happen(lane, point, 0);
    }

    private bool Attend(int lane, NoisyProgress point)
    {
        if (Counter(lane) > FISettings.StepLimit)
        {
            return GiveUp(point, PointStatus.StepLimit);
        }

        // The first of the conditions that became true.
        int first = -1;
        double part = double.PositiveInfinity;
        for (int c = _smooth ? 1 : 0; c < _conditions.Length; c++)
        {
            if (_tile.Crossed[c * Lanes + lane] != 0 && Passage(lane, point, c) is var passage && passage < part)
            {
                (first, part) = (c, passage);
            }
        }

        bool spiked = _smooth && _tile.Crossed[lane] != 0;
        double rise = _tile.Condition[lane] / (_tile.Condition[lane] - _tile.EndCondition[lane]);
        if (spiked && rise <= part)
        {
            point.Spiked(_tile.Time[lane] + rise * _tile.Step[lane]);
        }

        if (first >= 0)
        {
            MoveTo(lane, point, first, part);
            return Happen(lane, point, first);
        }

        _tile.Commit(lane, _voltage);
        double time = _tile.Time[lane];
        if (time < _tile.Limit[lane])
        {
            // A smooth spike alone, or a state that is no number.
            return !IsFinite(lane) && GiveUp(point, PointStatus.Diverged);
        }

        for (int e = 0; e < _code.Events.Count; e++)
        {
            if (point.Timetable.Next[e] > time)
            {
                continue;
            }

            point.Timetable.Advance(e);
            if ((_code.Events[e].Reset is not null || _code.Events[e].RefractoryFor is not null) && Apply(lane, point, e + 1))
            {
                return true;
            }
        }

        return time >= point.SegmentEnd ? EndSegment(lane, point) : Restart(lane, point);
    }

    // Where in the step condition c became true, 0 to 1.
    private double Passage(int lane, NoisyProgress point, int c)
    {
        int at = c * Lanes + lane;
        double before = -_tile.Condition[at], after = _tile.EndCondition[at];
        if (double.IsPositiveInfinity(after))
        {
            return 0;
        }

        if (_noise.Conditions[c] is null || !(_tile.Variance[at] > 0))
        {
            return before / (before + after);
        }

        long counter = Counter(lane) - 1;
        double normal = Philox.NormalPair(Philox.Draw(_settings.Seed, point.Key, (ushort)(NoisyStepper.PassageStream + c), counter)).Cosine;
        double uniform = Philox.Uniform(Philox.Draw(_settings.Seed, point.Key, (ushort)(NoisyStepper.CrossingStream + c), counter).Second);
        return FirstPassage.Part(before, Math.Abs(after), _tile.Variance[at] * _tile.Step[lane], normal, uniform);
    }

    // Takes the lane to the place in the step at which condition c becomes true.
    private void MoveTo(int lane, NoisyProgress point, int c, double part)
    {
        double step = _tile.Step[lane], time = part == 1 ? _tile.EndTime[lane] : _tile.Time[lane] + part * step;
        double before = _tile.State[_voltage * Lanes + lane], spread = Math.Sqrt(step * part * (1 - part));
        ReadState(lane);
        ConditionNoise? noise = _noise.Conditions[c];
        double variance = noise is null ? 0 : _tile.Variance[c * Lanes + lane];
        var direction = new double[_state.Length];
        if (variance > 0)
        {
            _one[0] = _tile.Time[lane];
            noise!.Direction.Evaluate(_one, _state, point.Parameters, direction, 1, 0, 1);
        }

        for (int i = 0; i < _state.Length && part > 0; i++)
        {
            double end = _tile.EndState[i * Lanes + lane];
            _state[i] += part * (end - _state[i]);
        }

        (double Cosine, double Sine) pair = default;
        int drawn = -1;
        foreach ((NoiseEntry entry, int index) in _noise.Entries.Select((entry, index) => (entry, index)).OrderBy(each => each.entry.Noise))
        {
            if (drawn != entry.Noise / 2)
            {
                drawn = entry.Noise / 2;
                pair = Philox.NormalPair(Philox.Draw(_settings.Seed, point.Key, (ushort)(NoisyStepper.BridgeStream + drawn), Counter(lane) - 1));
            }

            if (_tile.Held[entry.State * Lanes + lane] == 0)
            {
                _state[entry.State] += spread * (entry.Noise % 2 == 0 ? pair.Cosine : pair.Sine) * _tile.Intensity[index * Lanes + lane];
            }
        }

        // Given that the condition is zero now; twice, since it need not be linear.
        for (int round = 0; round < 2 && variance > 0; round++)
        {
            double off = Condition(point, c, time, _state) / variance;
            for (int i = 0; i < _state.Length; i++)
            {
                _state[i] -= off * (_tile.Held[i * Lanes + lane] == 0 ? direction[i] : 0);
            }
        }

        WriteState(lane, _state);
        _tile.VoltageIntegral[lane] += 0.5 * (time - _tile.Time[lane]) * (before + _state[_voltage]);
        _tile.See(lane, _state[_voltage]);
        _tile.Time[lane] = time;
    }

    // The lane stands where a condition became true.
    private bool Happen(int lane, NoisyProgress point, int c)
    {
        double time = _tile.Time[lane];
        if (c > 0)
        {
            // Armed again at once only where the reset itself takes the condition back.
            ReadState(lane);
            double before = Condition(point, c, time, _state);
            if (Apply(lane, point, c))
            {
                return true;
            }

            ReadState(lane);
            double after = Condition(point, c, time, _state), margin = NoisyStepper.Hysteresis * Math.Sqrt(_tile.Variance[c * Lanes + lane] * _step);
            _tile.Disarmed[c * Lanes + lane] = after != before && after + margin < 0 ? 0 : NoisyTile.True;
            return Restart(lane, point);
        }

        bool again = time == point.LastReset;
        point.LastReset = time;
        if (Apply(lane, point, 0))
        {
            return true;
        }

        if (again && !(point.RefractoryEnd[0] > time))
        {
            return GiveUp(point, PointStatus.EndlessSpike);
        }

        point.Spiked(time);
        return Restart(lane, point);
    }

    // The reset and refractory period of the spike (0) or of an event (from 1 on).
    private bool Apply(int lane, NoisyProgress point, int source)
    {
        EventCode? happening = source == 0 ? null : _code.Events[source - 1];
        (LaneProgram? reset, LaneProgram? refractoryFor) = happening is null ? (_code.Reset, _code.RefractoryFor) : (happening.Reset, happening.RefractoryFor);
        ReadState(lane);
        _one[0] = _tile.Time[lane];
        if (refractoryFor is not null)
        {
            refractoryFor.Evaluate(_one, _state, point.Parameters, _result, 1, 0, 1);
            if (!(_result[0] >= 0))
            {
                return GiveUp(point, PointStatus.InvalidParameters);
            }

            point.RefractoryEnd[source] = _result[0] > 0 ? _tile.Time[lane] + _result[0] : double.NegativeInfinity;
        }

        DrawCode draws = happening is null ? _code.SpikeDraws : happening.Draws;
        if (!TryDraw(point, draws, (ushort)(source == 0 ? RandomDraws.SpikeStream : RandomDraws.EventStream + source - 1), source, _state))
        {
            return GiveUp(point, PointStatus.InvalidParameters);
        }

        if (reset is not null)
        {
            reset.Evaluate(_one, _state, point.Parameters, _result, 1, 0, 1);
            WriteState(lane, _result);
        }

        _tile.See(lane, _tile.State[_voltage * Lanes + lane]);
        return false;
    }

    private bool EndSegment(int lane, NoisyProgress point)
    {
        ref PointAnswer answer = ref point.Answer;
        switch (point.Segment)
        {
            case Segment.Before:
                return Enter(lane, point, Segment.During);
            case Segment.During:
                answer.MinimumVoltage = _tile.LowestVoltage[lane];
                answer.MaximumVoltage = _tile.HighestVoltage[lane];
                answer.MeanVoltage = _tile.VoltageIntegral[lane] / point.Recording.Duration;
                answer.VoltageAtEnd = _tile.State[_voltage * Lanes + lane];
                return !IsFinite(lane) ? GiveUp(point, PointStatus.Diverged)
                    : !(point.Recording.After > 0) || Enter(lane, point, Segment.After);
            default:
                answer.SteadyStateVoltage = _tile.VoltageIntegral[lane] / point.Recording.After;
                return IsFinite(lane) || GiveUp(point, PointStatus.Diverged);
        }
    }

    private bool TryDraw(NoisyProgress point, DrawCode draws, ushort stream, int source, ReadOnlySpan<double> state)
    {
        var words = new RandomWords(_settings.Seed, point.Key, stream, ref point.DrawCounts[source]);
        return RandomDraws.TryDraw(draws, _one, state, point.Parameters, _swept, ref words);
    }

    private double Condition(NoisyProgress point, int c, double time, ReadOnlySpan<double> state)
    {
        if (_conditions[c] is not { } program)
        {
            return double.NegativeInfinity;
        }

        Span<double> value = stackalloc double[1];
        _one[0] = time;
        program.Evaluate(_one, state, point.Parameters, value, 1, 0, 1);
        return value[0];
    }

    private long Counter(int lane) => BitConverter.DoubleToInt64Bits(_tile.Counter[lane]);

    private bool IsFinite(int lane)
    {
        ReadState(lane);
        return Array.TrueForAll(_state, double.IsFinite);
    }

    private void ReadState(int lane)
    {
        for (int i = 0; i < _state.Length; i++)
        {
            _state[i] = _tile.State[i * Lanes + lane];
        }
    }

    private void WriteState(int lane, ReadOnlySpan<double> state)
    {
        for (int i = 0; i < _state.Length; i++)
        {
            _tile.State[i * Lanes + lane] = state[i];
        }
    }

    private static bool GiveUp(NoisyProgress point, PointStatus status)
    {
        point.Answer = PointAnswer.Without(status, point.Answer.Method);
        return true;
    }
}
