using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>
/// Integrates points in steps of a fixed length, <see cref="FixedStepTile.Lanes"/> of them side by side, all at the same time: the algorithm of clock-driven simulators.
/// </summary>
/// <remarks>
/// <para>Step n goes from n·dt to (n + 1)·dt. The drive of a step is that at its start, so that a stimulus begins and ends with the first step that starts no earlier; a recording ends with the
/// step that reaches its end.</para>
/// <para>Only what a rate needs is kept of the spikes: their number, the first two and the last two. Features of all intervals and of the voltage's course are not defined.</para>
/// </remarks>
internal sealed class FixedStepSimulation
{
    private const int Lanes = FixedStepTile.Lanes;

    // Steps between two looks at whether to stop.
    private const long Chunk = 1 << 14;

    // A time that is a whole number of steps but for rounding is one.
    private const double Rounding = 1e-6;

    private readonly ModelCode _code;
    private readonly StepStimulus? _stimulus;
    private readonly LaneProgram? _times;
    private readonly TileSteps _steps;
    private readonly FixedStepTile _tile;
    private readonly FixedStepRows _rows;
    private readonly string _method;
    private readonly double _step;
    private readonly int _drive, _voltage, _swept;
    private readonly LanePoint[] _lanes = new LanePoint[Lanes];
    private readonly double[] _one = new double[1], _result;

    /// <summary>Prepares a simulation.</summary>
    /// <param name="code">The model.</param>
    /// <param name="settings">Stimulus, method and step.</param>
    /// <exception cref="ArgumentException">There is no step, or the method is not for this model or measures.</exception>
    public FixedStepSimulation(ModelCode code, FISettings settings)
    {
        if (settings.FixedStep is not > 0)
        {
            throw new ArgumentException($"The method {settings.Method.Text()} needs a fixed step above 0.", nameof(settings));
        }

        if (settings.Impedance is not null)
        {
            throw new ArgumentException($"The method {settings.Method.Text()} measures no impedance.", nameof(settings));
        }

        (_code, _step, _method) = (code, settings.FixedStep.Value, settings.Method.Text());
        _stimulus = settings.Stimulus as StepStimulus;
        _times = settings.Stimulus is CourseStimulus course ? code.CompileExpressions([course.On, course.Off, course.End]) : null;
        _steps = FixedStepCode.Compile(code, settings.Method, _step, out _tile);
        _rows = _tile.Layout;
        _swept = code.Swept.Count;
        _drive = code.Swept.ToList().IndexOf(settings.Drive);
        _voltage = TileSimulation.VoltageIndex(code.Model);
        _result = new double[Math.Max(code.Model.States.Count, 3)];
    }

    /// <summary>Where steps and lanes are counted.</summary>
    public KernelCounters Counters { get; init; } = new();

    // A point in its lane: in steps, when its stimulus begins and ends and its recording ends.
    private struct LanePoint
    {
        public int Point;
        public PointAnswer Answer;
        public long On, Off, End;
        public double CountBefore, CountAtOff, LastAtOff;
    }

    /// <summary>Computes the points of a list.</summary>
    /// <param name="parameters">Their swept parameters, point after point, shape [all points × parameters].</param>
    /// <param name="points">Which points to compute.</param>
    /// <param name="answers">Receives the answer of each of these, shape [all points].</param>
    /// <param name="cancel">Ends the run.</param>
    public void Run(ReadOnlySpan<double> parameters, ReadOnlySpan<int> points, PointAnswer[] answers, CancellationToken cancel)
    {
        int active = 0;
        foreach (int point in points)
        {
            if (TryLoad(active, point, parameters.Slice(point * _swept, _swept), out PointAnswer failed))
            {
                active++;
            }
            else
            {
                answers[point] = failed;
            }

            if (active == Lanes)
            {
                RunLanes(active, parameters, answers, cancel);
                active = 0;
            }
        }

        RunLanes(active, parameters, answers, cancel);
    }

    private bool TryLoad(int lane, int index, ReadOnlySpan<double> parameters, out PointAnswer answer)
    {
        answer = PointAnswer.Without(PointStatus.Ok, _method);
        ref LanePoint point = ref _lanes[lane];
        point = new LanePoint { Point = index };
        if (_stimulus is not null)
        {
            answer.Recording = Recording.Of(_stimulus);
        }
        else
        {
            _times!.Evaluate([], [], parameters, _result, 1, 0, 1);
            answer.Recording = Recording.Of(_result[0], _result[1], _result[2]);
        }

        _code.Start.Evaluate(_one, [], parameters, _result, 1, 0, 1);
        ReadOnlySpan<double> start = _result.AsSpan(0, _code.Model.States.Count);
        if (!answer.Recording.IsValid || !AreFinite(start))
        {
            return GiveUp(ref answer, PointStatus.InvalidParameters);
        }

        if (answer.Recording.End / _step > FISettings.StepLimit)
        {
            return GiveUp(ref answer, PointStatus.StepLimit);
        }

        point.Answer = answer;
        (point.On, point.Off, point.End) = (WholeSteps(answer.Recording.On), WholeSteps(answer.Recording.Off), WholeSteps(answer.Recording.End));
        for (int row = 0; row < FixedStepRows.Parameter; row++)
        {
            _tile.Rows(row)[lane] = 0;
        }

        for (int k = 0; k < _swept; k++)
        {
            _tile.Rows(FixedStepRows.Parameter + k)[lane] = parameters[k];
        }

        for (int i = 0; i < start.Length; i++)
        {
            _tile.Rows(_rows.State + i)[lane] = start[i];
        }

        if (_stimulus is not null && point.On > 0)
        {
            _tile.Rows(FixedStepRows.Parameter + _drive)[lane] = _stimulus.Base;
        }

        return true;
    }

    private long WholeSteps(double time) => (long)Math.Ceiling(time / _step - Rounding);

    private void RunLanes(int active, ReadOnlySpan<double> parameters, PointAnswer[] answers, CancellationToken cancel)
    {
        if (active == 0)
        {
            return;
        }

        // Lanes without a point do what the first one does, so that they need no care.
        for (int row = 0; row < _rows.Count; row++)
        {
            _tile.Rows(row)[active..].Fill(_tile.Rows(row)[0]);
        }

        long done = 0, next;
        do
        {
            next = long.MaxValue;
            foreach (ref readonly LanePoint point in _lanes.AsSpan(0, active))
            {
                foreach (long at in (ReadOnlySpan<long>)[point.On, point.Off, point.End])
                {
                    next = at > done ? Math.Min(next, at) : next;
                }
            }

            for (; done < next && next < long.MaxValue; done = Math.Min(next, done + Chunk))
            {
                cancel.ThrowIfCancellationRequested();
                _steps(ref _tile.Origin, 0, Lanes, done, Math.Min(next, done + Chunk));
            }

            for (int lane = 0; lane < active && next < long.MaxValue; lane++)
            {
                Pass(lane, done, parameters, answers);
            }
        }
        while (next < long.MaxValue);
        Counters.Lanes += Lanes * done;
        foreach (ref readonly LanePoint point in _lanes.AsSpan(0, active))
        {
            Counters.Steps += point.End;
            Counters.BusyLanes += point.End;
        }
    }

    // What happens to a lane after so many steps.
    private void Pass(int lane, long steps, ReadOnlySpan<double> parameters, PointAnswer[] answers)
    {
        ref LanePoint point = ref _lanes[lane];
        Span<double> count = _tile.Rows(FixedStepRows.SpikeCount), drive = _stimulus is null ? [] : _tile.Rows(FixedStepRows.Parameter + _drive);
        if (steps == point.On)
        {
            if (_stimulus is null)
            {
                count[lane] = 0;
            }
            else
            {
                drive[lane] = parameters[point.Point * _swept + _drive];
            }

            point.CountBefore = count[lane];
        }

        if (steps == point.Off)
        {
            point.CountAtOff = count[lane];
            point.LastAtOff = _tile.Rows(FixedStepRows.LastSpike)[lane];
            if (_stimulus is not null)
            {
                point.Answer.Rate = Rate(lane, point.CountAtOff - point.CountBefore);
                drive[lane] = _stimulus.Base;
            }
            else
            {
                point.Answer.VoltageAtEnd = _tile.Rows(_rows.State + _voltage)[lane];
            }
        }

        if (steps == point.End)
        {
            answers[point.Point] = Answer(lane, ref point, parameters.Slice(point.Point * _swept, _swept));
        }
    }

    // One over the last interval, if firing has not stopped since.
    private double Rate(int lane, double spikes)
    {
        double interval = _tile.Rows(FixedStepRows.LastInterval)[lane];
        return spikes >= 2 && _stimulus!.Off - _tile.Rows(FixedStepRows.LastSpike)[lane] <= 2 * interval ? 1 / interval : 0;
    }

    private PointAnswer Answer(int lane, ref LanePoint point, ReadOnlySpan<double> parameters)
    {
        for (int i = 0; i < _code.Model.States.Count; i++)
        {
            _result[i] = _tile.Rows(_rows.State + i)[lane];
        }

        bool finite = AreFinite(_result.AsSpan(0, _code.Model.States.Count));
        double count = Of(FixedStepRows.SpikeCount);
        PointAnswer answer = point.Answer;
        if (count > 0 && (Of(FixedStepRows.Wrong) > 0 || !HoldsForSomeTime(parameters)))
        {
            GiveUp(ref answer, PointStatus.InvalidParameters);
        }
        else if (!finite)
        {
            GiveUp(ref answer, PointStatus.Diverged);
        }
        else
        {
            answer.Train = SpikeTrain.Of(
                (long)count, (long)(point.CountAtOff - point.CountBefore), Of(FixedStepRows.FirstSpike), Of(FixedStepRows.SecondSpike), Of(FixedStepRows.LastSpike),
                Of(FixedStepRows.LastInterval), point.LastAtOff);
        }

        answer.Steps = point.End;
        return answer;

        double Of(int row) => _tile.Rows(row)[lane];
    }

    // Whether the refractory period is a time, where that depends on parameters alone.
    private bool HoldsForSomeTime(ReadOnlySpan<double> parameters)
    {
        if (_code.RefractoryFor is not { ReadsTime: false, StateRows: 0 } program)
        {
            return true;
        }

        Span<double> duration = stackalloc double[1];
        program.Evaluate([], [], parameters, duration, 1, 0, 1);
        return duration[0] >= 0;
    }

    private static bool AreFinite(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!double.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool GiveUp(ref PointAnswer answer, PointStatus status)
    {
        answer = PointAnswer.Without(status, answer.Method);
        return false;
    }
}
