using System.Numerics;
using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// Integrates any number of points, <see cref="LaneTile.Lanes"/> of them side by side: a lane whose point is done takes the
/// next one. Spikes are located inside steps, and integration goes on from there.
/// </summary>
/// <remarks>
/// <para>A spike with a reset is found where the threshold function passes zero upward: its place in the step comes from the
/// dense output, then the step is repeated to end there (so that the state has the accuracy of a step, not of the dense
/// output), and what is left is taken by one Newton correction.</para>
/// <para>Without a reset a spike is the highest maximum of the voltage between the upward and the downward crossing of the
/// threshold, and is counted at the latter.</para>
/// <para>The answer for a point does not depend on the points beside it, on the number of lanes or on the order.</para>
/// </remarks>
internal sealed partial class TileSimulation
{
    // One step's error as a part of the tolerance. Errors of the steps between two spikes add up, and grow where threshold is
    // only just passed: with this, the rates of tests/reference hold to the tolerance, down to 0.4 % above rheobase.
    private const double LocalPart = 0.002;

    // A course may have short parts that a long step would miss.
    private const double LargestPart = 0.01;

    // From here on down the method of order 8 takes less time, its steps being longer by more than it has stages more. Its part for the integral over a course has order 4 only.
    private const double LargestHighOrderTolerance = 1e-8;

    private readonly ExplicitPair _pair;
    private readonly ModelCode _code;
    private readonly FISettings _settings;
    private readonly StepStimulus? _step;
    private readonly LaneProgram? _times, _conditions;
    private readonly bool _smooth, _autonomous, _leavesStiff;
    private readonly int _voltage, _drive;
    private readonly double[] _scale, _conditionValues;
    private readonly List<(int Rule, int State)> _holds;
    private readonly Lazy<Linearization> _linearization;
    private readonly TileStepper _stepper;
    private readonly LaneTile _tile;
    private readonly PointProgress[] _progress;
    private readonly DenseStep _dense;
    private readonly Equilibrium? _equilibrium;
    private readonly TraceRecorder? _recorder;
    private readonly LaneProgram? _impedance;
    private readonly double _firstChange;
    private readonly double[] _state, _result, _one = new double[1];
    private StateHandover? _handover;

    /// <summary>Prepares a simulation.</summary>
    /// <param name="code">The model, with a spike rule; <paramref name="settings"/>' drive among its swept parameters.</param>
    /// <param name="settings">Stimulus and tolerance.</param>
    /// <param name="integrator">The method; <see cref="Integrator.Chosen"/> leaves stiff points with no answer but <see cref="PointAnswer.IsStiff"/>.</param>
    /// <param name="linearization">Of the model, for the implicit method.</param>
    /// <param name="recorder">Writes down what is asked for by <see cref="Question.Trace"/>; null for other questions.</param>
    public TileSimulation(
        ModelCode code, FISettings settings, Integrator integrator, Lazy<Linearization> linearization, TraceRecorder? recorder = null)
    {
        (_linearization, _leavesStiff) = (linearization, integrator == Integrator.Chosen);
        bool isHighOrder = integrator is Integrator.OfOrder8
            || (integrator is Integrator.Chosen or Integrator.Explicit && settings.Tolerance <= LargestHighOrderTolerance && settings.Stimulus is StepStimulus);
        _pair = isHighOrder ? DormandPrince8.Pair : DormandPrince.Pair;
        _recorder = recorder;
        ModelDefinition model = code.Model;
        _code = code;
        _settings = settings;
        _step = settings.Stimulus as StepStimulus;
        _times = settings.Stimulus is CourseStimulus course ? code.CompileExpressions([course.On, course.Off, course.End]) : null;
        _impedance = settings.Impedance is { } impedance ? code.CompileExpressions([impedance.Real, impedance.Imaginary]) : null;
        _firstChange = 0.01 * LaneMath.Pow(new Lane1(1e6 * settings.Tolerance), new Lane1(1.0 / _pair.Order)).Value;
        _smooth = code.Reset is null;
        _conditions = ConditionsOf(code);
        _conditionValues = new double[_conditions?.OutputCount ?? 0];
        _holds = [.. code.Held.Select(i => (SpikeRule, i)), .. code.Events.SelectMany((each, e) => each.Held.Select(i => (e + 1, i)))];
        _autonomous = _step is not null && recorder is null && !code.Derivatives.ReadsTime && !code.Threshold!.ReadsTime
            && _conditions is not { ReadsTime: true } && code.Events.All(each => each.Times is null);
        _voltage = VoltageIndex(model);
        _drive = code.Swept.ToList().IndexOf(settings.Drive);
        _scale = [.. model.States.Select(state => state.Unit.ToSI(1))];
        int states = model.States.Count, parameters = code.Swept.Count;
        bool isImplicit = integrator == Integrator.Implicit;
        _tile = new LaneTile(states, parameters, isImplicit ? RosenbrockStepper.Blocks : _pair.Stages, code.Events.Count);
        TileStepper.Problem problem = new(code, _voltage, _scale, LocalPart * settings.Tolerance, _holds, _conditions, _autonomous, _step is null);
        _stepper = isImplicit ? RosenbrockStepper.Create(problem, linearization.Value, _tile) : new ExplicitStepper(_pair, problem, _tile);
        _progress = [.. Enumerable.Range(0, LaneTile.Lanes).Select(_ => new PointProgress(states, parameters, code.MostDraws, code.Events.Count))];
        _dense = new DenseStep(states);
        _equilibrium = _autonomous ? new Equilibrium(code, _scale) : null;
        _state = new double[states];
        _result = new double[states];
    }

    /// <summary>What the simulation did.</summary>
    public KernelCounters Counters { get; init; } = new();

    /// <summary>Is told the point, time [s] and state of every spike without a reset, in the order of time of each point; for measurements of trains.</summary>
    internal Action<int, double, double[]>? PeakSeen { get; init; }

    /// <summary>The state variable that is the membrane potential; the first one where the model names none.</summary>
    public static int VoltageIndex(ModelDefinition model) => model.Voltage is { } name ? model.StateIndex(name) : 0;

    /// <summary>Answers what is asked about points.</summary>
    /// <param name="parameters">Their swept parameters, point after point, shape [all points × parameters].</param>
    /// <param name="keys">Index of each point in the grid, shape [all points].</param>
    /// <param name="points">Which points to compute; it is empty when the run ends.</param>
    /// <param name="answers">Receives the answer of each of these, shape [all points].</param>
    /// <param name="cancel">Ends the run between two steps.</param>
    /// <param name="states">With which states points begin, and receives in which they ended; null for the model's start values and for nobody who asks.</param>
    public void Run(
        ReadOnlySpan<double> parameters, ReadOnlySpan<long> keys, IPointQueue points, PointAnswer[] answers, CancellationToken cancel, StateHandover? states = null)
    {
        _handover = states;
        int active = 0;
        while (active < LaneTile.Lanes && TryLoad(active, parameters, keys, points, answers))
        {
            active++;
        }

        for (long round = 1; active > 0; round++)
        {
            ulong happened = _stepper.Try(active, out ulong trapped);
            Counters.AddStep(active, _code.LaneWidth);
            if (round % 1024 == 0)
            {
                cancel.ThrowIfCancellationRequested();
                for (int lane = 0; lane < active; lane++)
                {
                    trapped |= _tile.Steps[lane] > FISettings.StepLimit ? 1UL << lane : 0;
                }
            }

            // From the last lane down: the lane that takes the place of one that is done has been looked at already.
            for (ulong look = happened | trapped; look != 0;)
            {
                int lane = BitOperations.Log2(look);
                look &= ~(1UL << lane);
                PointProgress point = _progress[lane];
                bool done = (trapped >> lane & 1) != 0 ? Stop(lane, point) : Attend(lane, point);
                if (!done)
                {
                    continue;
                }

                if (_recorder is not null && point.Answer.Status.HasMeasures())
                {
                    _recorder.Reach(point.Point, ref point.NextTrace, point.Parameters, _tile.Time[lane], _tile.State, lane);
                }

                point.Answer.Steps = (long)_tile.Steps[lane];
                Counters.Steps += point.Answer.Steps;
                Counters.RejectedSteps += (long)_tile.Rejected[lane];
                answers[point.Point] = point.Answer;
                if (_handover is not null)
                {
                    _handover.End[point.Point] = EndState(lane, point);
                }

                points.Done(point.Point);
                if (!TryLoad(lane, parameters, keys, points, answers) && lane != --active)
                {
                    _tile.Move(active, lane);
                    (_progress[lane], _progress[active]) = (_progress[active], _progress[lane]);
                }
            }
        }
    }

    // Loads the next point that does not end before its first step.
    private bool TryLoad(
        int lane, ReadOnlySpan<double> parameters, ReadOnlySpan<long> keys, IPointQueue points, PointAnswer[] answers)
    {
        PointProgress point = _progress[lane];
        while (points.TryTake(out point.Point, out point.Question))
        {
            point.Key = keys[point.Point];
            parameters.Slice(point.Point * _code.Swept.Count, _code.Swept.Count).CopyTo(point.Parameters);
            if (!Begin(lane, point))
            {
                return true;
            }

            answers[point.Point] = point.Answer;
            if (_handover is not null)
            {
                _handover.End[point.Point] = EndState(lane, point);
            }

            points.Done(point.Point);
        }

        return false;
    }

    // Everything below that returns a bool says whether the point is done.
    private bool Begin(int lane, PointProgress point)
    {
        point.Answer = PointAnswer.Without(PointStatus.Ok, _stepper.Method);
        point.Drive = point.Parameters[_drive];
        point.Decided = false;
        point.VoltageIntegral = 0;
        point.NextTrace = 0;
        point.LastReset = double.NegativeInfinity;
        point.Spikes.Clear();
        point.Peaks.Clear();
        ForgetOscillation(point);
        for (int k = 0; k < _code.Swept.Count; k++)
        {
            _tile.Parameter[k * LaneTile.Lanes + lane] = point.Parameters[k];
        }

        if (BeginEvents(lane, point))
        {
            return true;
        }

        _tile.Time[lane] = 0;
        _tile.Steps[lane] = 0;
        _tile.Rejected[lane] = 0;
        _tile.LastSpike[lane] = 0;
        _tile.RestTime[lane] = 0;
        _tile.FittingStep[lane] = double.PositiveInfinity;
        BeginStiffness(lane, point);
        _recorder?.Forget(point.Point);
        _tile.Integral[lane] = 0;
        _tile.Peaked[lane] = 0;
        _one[0] = 0;
        if (!TakeTimes(lane, point) || !TryDraw(_code.StartDraws, RandomDraws.StartStream, point.DrawCounts.Length - 1, point))
        {
            return GiveUp(point, PointStatus.InvalidParameters);
        }

        if (_handover?.Start[point.Point] is { } start)
        {
            start.CopyTo(_result, 0);
        }
        else
        {
            _code.Start.Evaluate(_one, [], point.Parameters, _result, 1, 0, 1);
        }

        WriteState(lane, _result);
        _tile.NextStep[lane] = 0;
        if (point.Recording.On > 0 ? Enter(lane, point, Segment.Before) : Enter(lane, point, Segment.During))
        {
            return true;
        }

        _tile.NextStep[lane] = Math.Min(FirstStep(lane), 0.01 * point.Recording.Duration);
        return false;
    }

    // A step after a jump changes the state by about a hundredth at tolerance 1e-6; the error control takes it from there.
    private double FirstStep(int lane)
    {
        double change = 0;
        for (int i = 0; i < _scale.Length; i++)
        {
            double part = _tile.Derivatives[i * LaneTile.Lanes + lane]
                / (_scale[i] + Math.Abs(_tile.State[i * LaneTile.Lanes + lane]));
            change += part * part;
        }

        return _firstChange / Math.Sqrt(change);
    }

    // When the stimulus is on; false when that is not well defined.
    private bool TakeTimes(int lane, PointProgress point)
    {
        if (_step is not null)
        {
            point.Answer.Recording = Recording.Of(_step);
            _tile.SmallestStep[lane] = 1e-15 * _step.Duration;
            _tile.LargestStep[lane] = double.PositiveInfinity;
            return true;
        }

        Span<double> times = stackalloc double[3];
        _times!.Evaluate([], [], point.Parameters, times, 1, 0, 1);
        point.Answer.Recording = Recording.Of(times[0], times[1], times[2]);
        _tile.SmallestStep[lane] = 1e-15 * point.Recording.End;
        _tile.LargestStep[lane] = LargestPart * point.Recording.End;
        return point.Recording.IsValid;
    }

    // Derivatives and limit after a jump of the state or the equations.
    private bool Restart(int lane, PointProgress point)
    {
        double time = _tile.Time[lane];
        _tile.FirstTime[lane] = time == point.JumpTime ? JustAfter(time) : time;
        _tile.StageTime[lane] = _tile.FirstTime[lane];
        _code.Derivatives.Evaluate(_tile.StageTime, _tile.State, _tile.Parameter, _tile.Stage(0), LaneTile.Lanes, lane, 1);
        foreach ((int rule, int i) in _holds)
        {
            if (IsRefractory(lane, point, rule))
            {
                _tile.Derivatives[i * LaneTile.Lanes + lane] = 0;
            }
        }

        for (int i = 0; i < _scale.Length; i++)
        {
            int at = i * LaneTile.Lanes + lane;
            if (!double.IsFinite(_tile.State[at]) || !double.IsFinite(_tile.Derivatives[at]))
            {
                return GiveUp(point, _tile.Steps[lane] == 0 ? PointStatus.InvalidParameters : PointStatus.Diverged);
            }
        }

        SetLimit(lane, point);
        if (!_smooth && !IsRefractory(lane, point, SpikeRule))
        {
            ReadState(lane);
            if (Threshold(point, _tile.Time[lane]) > 0)
            {
                return Reset(lane, point);
            }
        }

        return HappensAtOnce(lane, point) ?? false;
    }

    private void SetLimit(int lane, PointProgress point)
    {
        point.Limit = LimitKind.Due;
        double limit = point.SegmentEnd, jump = _step is null ? point.SegmentEnd : double.PositiveInfinity;
        foreach (double next in point.Timetable.Next)
        {
            jump = Math.Min(jump, next);
        }

        limit = Math.Min(limit, jump);
        for (int rule = 0; rule < point.RefractoryEnd.Length; rule++)
        {
            bool refractory = IsRefractory(lane, point, rule);
            _tile.Refractory[rule * LaneTile.Lanes + lane] = refractory ? LaneTile.True : 0;
            limit = refractory ? Math.Min(limit, point.RefractoryEnd[rule]) : limit;
        }

        _tile.Limit[lane] = limit;
        _tile.LastTime[lane] = double.IsInfinity(jump) ? jump : JustBefore(jump);
    }

    // No step is small enough, or there were too many.
    private bool Stop(int lane, PointProgress point) =>
        _tile.Steps[lane] > FISettings.StepLimit ? GiveUp(point, PointStatus.StepLimit)
        : MeetsInstantSpike(lane, point) ? Reset(lane, point)
        : GiveUp(point, PointStatus.Diverged);

    private static bool GiveUp(PointProgress point, PointStatus status)
    {
        point.Answer = PointAnswer.Without(status, point.Answer.Method);
        return true;
    }

    // The step of the lane was accepted, and something happened in it.
    private bool Attend(int lane, PointProgress point)
    {
        bool checks = _tile.Steps[lane] > _tile.StiffnessCheck[lane];
        if (checks && IsStiff(lane, point))
        {
            return true;
        }

        _stepper.Take(lane, _dense);
        int at = _voltage * LaneTile.Lanes + lane;
        bool rising = !double.IsNegative(_tile.Derivatives[at]);
        // A step of no length that ends at a jump has both its sides.
        bool turned = rising == double.IsNegative(_tile.EndDerivatives[at]) && _tile.Step[lane] != 0;
        double turn = turned
            ? Bracket.Zero(p => _dense.Slope(_voltage, p), 0, _dense.Slope(_voltage, 0), 1, _dense.Slope(_voltage, 1), 1e-9, Counters)
            : double.NaN;
        double correction = 0;
        bool landed = point.Limit == LimitKind.Crossing && _tile.EndTime[lane] == _tile.Limit[lane] && Lands(lane, point, out correction);
        correction = landed ? correction : 0;
        if (landed && point.Crossing == SpikeRule)
        {
            return LandOnSpike(lane, point, turn, correction);
        }

        if (!landed && (!_smooth || _conditions is not null) && Locate(lane, point, rising, turn) is { } located)
        {
            return located;
        }

        bool reached = _tile.EndTime[lane] == _tile.Limit[lane];
        Commit(lane, point, correction);
        if (turned && Turn(lane, point, rising, turn))
        {
            return true;
        }

        if (_smooth && _tile.Peaked[lane] != 0 && _tile.EndThreshold[lane] < 0)
        {
            _tile.Peaked[lane] = 0;
            PeakSeen?.Invoke(point.Point, point.PeakTime, [.. point.PeakState]);
            point.Peaks.Add(point.PeakHeight);
            if (Spiked(point, point.PeakTime, rising && turned ? turn : 0))
            {
                return true;
            }
        }

        if (landed)
        {
            Shift(lane, correction);
            return Happen(lane, point, point.Crossing - 1);
        }

        if (reached && point.Limit == LimitKind.Crossing)
        {
            // The dense output saw a crossing that the repeated step does not quite reach.
            SetLimit(lane, point);
            return false;
        }

        if (reached)
        {
            return Arrive(lane, point);
        }

        return !checks && Rest(lane, point);
    }

    // Carries a lane to the end of its step. A spike that was located there is a little later or earlier, by the correction.
    private void Commit(int lane, PointProgress point, double correction = 0)
    {
        _recorder?.Record(point, _dense, _tile.EndTime[lane] + correction);
        if (_step is null)
        {
            _tile.Integral[lane] += _tile.Step[lane] * _dense.Mean(_voltage);
        }
        else if (point.Segment == Segment.After)
        {
            point.VoltageIntegral += _dense.Step * _dense.Mean(_voltage);
        }

        ReadOnlySpan<double> last = _tile.EndDerivatives;
        for (int i = 0; i < _scale.Length; i++)
        {
            int at = i * LaneTile.Lanes + lane;
            _tile.State[at] = _tile.EndState[at];
            _tile.Derivatives[at] = last[at];
        }

        for (int e = 0; e < _conditionValues.Length; e++)
        {
            int at = e * LaneTile.Lanes + lane;
            _tile.Armed[at] = _tile.EndConditions[at] <= 0 ? LaneTile.True : _tile.Armed[at];
        }

        _tile.Time[lane] = _tile.EndTime[lane];
        _tile.NextStep[lane] = _tile.ControlledStep[lane];
    }

    // The voltage passed a maximum or minimum in the step just made.
    private bool Turn(int lane, PointProgress point, bool maximum, double turn)
    {
        double voltage = _dense.Value(_voltage, turn);
        if (point.Segment == Segment.During)
        {
            SeeVoltage(point, voltage);
        }

        if (!maximum)
        {
            point.MinimaRise = voltage > point.LastMinimum;
            point.LastMinimum = voltage;
            return false;
        }

        if (_code.Threshold is null)
        {
            return false;
        }

        double threshold = ThresholdAt(point, turn);
        if (threshold < 0)
        {
            point.Maxima.Add(threshold);
            return point.Segment is Segment.During or Segment.Settling && MaximaDecide(lane, point);
        }

        if (_smooth && (_tile.Peaked[lane] == 0 || voltage > point.PeakVoltage))
        {
            point.PeakTime = _dense.Start + PeakPosition(point, turn) * _dense.Step;
            point.PeakVoltage = voltage;
            if (PeakSeen is not null)
            {
                _dense.Values((point.PeakTime - _dense.Start) / _dense.Step, point.PeakState);
            }

            point.PeakHeight = threshold;
            _tile.Peaked[lane] = LaneTile.True;
        }

        return false;
    }

    private double Voltage(int lane) => _tile.State[_voltage * LaneTile.Lanes + lane];

    private static void SeeVoltage(PointProgress point, double voltage)
    {
        ref PointAnswer answer = ref point.Answer;
        answer.MinimumVoltage = voltage >= answer.MinimumVoltage ? answer.MinimumVoltage : voltage;
        answer.MaximumVoltage = voltage <= answer.MaximumVoltage ? answer.MaximumVoltage : voltage;
    }

    private void ReadState(int lane)
    {
        for (int i = 0; i < _state.Length; i++)
        {
            _state[i] = _tile.State[i * LaneTile.Lanes + lane];
        }
    }

    private void ReadEndState(int lane)
    {
        for (int i = 0; i < _state.Length; i++)
        {
            _state[i] = _tile.EndState[i * LaneTile.Lanes + lane];
        }
    }

    private double Threshold(PointProgress point, double time) => ThresholdOf(point, time, _state);

    private double ThresholdAt(PointProgress point, double position) => RuleAt(SpikeRule, point, position);

    private double RuleAt(int rule, PointProgress point, double position)
    {
        _dense.Values(position, _state);
        return RuleOf(rule, point, _dense.Start + position * _dense.Step, _state);
    }

    private double ThresholdOf(PointProgress point, double time, ReadOnlySpan<double> state) => RuleOf(SpikeRule, point, time, state);

    // The function whose crossing of zero is the spike's or an event's.
    private double RuleOf(int rule, PointProgress point, double time, ReadOnlySpan<double> state)
    {
        LaneProgram program = rule == SpikeRule ? _code.Threshold! : _code.Events[rule - 1].Condition!;
        _one[0] = time;
        program.Evaluate(_one, state, point.Parameters, _result, 1, 0, 1);
        return _result[0];
    }
}
