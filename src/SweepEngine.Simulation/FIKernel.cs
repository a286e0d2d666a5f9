using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>What the points of a run gave, column by column. Numbers are in SI units; NaN means "not defined".</summary>
public sealed class PointTable
{
    internal PointTable(int count, IReadOnlyList<Measure> measures)
    {
        Measures = measures;
        Status = new PointStatus[count];
        Method = new string[count];
        Numbers = [.. measures.Select(_ => new double[count])];
        Fires = new bool[count];
    }

    /// <summary>Whether each point spikes at least once.</summary>
    internal bool[] Fires { get; }

    /// <summary>How each point ended.</summary>
    public PointStatus[] Status { get; }

    /// <summary>How each point was computed.</summary>
    public string[] Method { get; }

    /// <summary>What <see cref="Numbers"/> holds: <see cref="PointMeasures.Numbers"/> or <see cref="PointMeasures.Response"/>.</summary>
    public IReadOnlyList<Measure> Measures { get; }

    /// <summary>The numbers of <see cref="Measures"/>, in their order, shape [measures][points].</summary>
    public double[][] Numbers { get; }

    /// <summary>Steps that integrators tried, of all points together.</summary>
    public long Steps { get; internal set; }

    /// <summary>The first points as a table of their own.</summary>
    /// <param name="count">How many, at most all.</param>
    public PointTable First(int count)
    {
        var first = new PointTable(count, Measures);
        Status.AsSpan(0, count).CopyTo(first.Status);
        Method.AsSpan(0, count).CopyTo(first.Method);
        Fires.AsSpan(0, count).CopyTo(first.Fires);
        for (int m = 0; m < Numbers.Length; m++)
        {
            Numbers[m].AsSpan(0, count).CopyTo(first.Numbers[m]);
        }

        return first;
    }

    /// <summary>Steady rate of each point [Hz]; only under a step.</summary>
    public double[] Rate => Of("rate");

    /// <summary>Spikes in the recording of each point.</summary>
    public double[] SpikeCount => Of("spike_count");

    private double[] Of(string measure) => Numbers[Measures.Select(each => each.Name).ToList().IndexOf(measure)];
}

/// <summary>What the curves of a run gave, column by column. Numbers are in SI units; NaN means "not defined".</summary>
public sealed class CurveTable
{
    internal CurveTable(int count, Stimulus stimulus)
    {
        Grid = [.. CurveMeasures.GridUnder(stimulus).Select(_ => new double[count])];
        Rheobase = [.. CurveMeasures.RheobaseUnder(stimulus).Select(_ => new double[count])];
        RheobaseStatus = new OnsetStatus[count];
        OnsetStatus = new OnsetStatus[count];
        Ramp = [.. CurveMeasures.Ramp.Select(_ => Enumerable.Repeat(double.NaN, count).ToArray())];
        RampStatus = new OnsetStatus[count];
        Array.Fill(RampStatus, Simulation.OnsetStatus.Undefined);
    }

    // Rates that fall to 0 as the drive comes down to the onset do so like a root (31 times less on the last part in 10⁶ than on the last part in 1,000) or a logarithm (half);
    // those that jump lose a few per cent at most.
    private const double LeastFall = 1.25;

    /// <summary>The measures of <see cref="CurveMeasures.GridUnder"/>, shape [measures][curves].</summary>
    public double[][] Grid { get; }

    /// <summary>The measures of <see cref="CurveMeasures.RheobaseUnder"/>, shape [measures][curves].</summary>
    public double[][] Rheobase { get; }

    /// <summary>How the search for the rheobase ended.</summary>
    public OnsetStatus[] RheobaseStatus { get; }

    /// <summary>How the search for the onset of steady firing ended; only under a step.</summary>
    public OnsetStatus[] OnsetStatus { get; }

    /// <summary>The measures of <see cref="CurveMeasures.Ramp"/>, shape [measures][curves]; NaN unless they were asked for.</summary>
    public double[][] Ramp { get; }

    /// <summary>How the ramps ended; undefined unless they were asked for.</summary>
    public OnsetStatus[] RampStatus { get; }

    /// <summary>Whether the rate of a curve jumps where firing begins, or rises from 0; null when that is not known.</summary>
    /// <param name="curve">The curve.</param>
    public bool? RateJumps(int curve)
    {
        double above = Ramp[0][curve], onset = Rheobase[6][curve];
        return double.IsNaN(above) || double.IsNaN(onset) ? null : above < LeastFall * onset;
    }
}

/// <summary>
/// f–I curves of a model, or its responses to another stimulus: the measures of grid points and of whole curves. An instance serves one thread.
/// </summary>
/// <remarks>Results have the same bits for every width, and for every split of the points into runs of whole curves.</remarks>
public sealed class FIKernel
{
    private readonly ModelCode _code;
    private readonly FISettings _settings;
    private readonly LinearNeuron? _closedForm;
    private readonly AdaptingSimulation? _adapting;
    private readonly Dictionary<(bool Traces, Integrator Integrator), TileSimulation> _simulations = [];
    private readonly Lazy<Linearization> _linearization;
    private readonly int _drive;
    private readonly NoisySimulation? _noisy;
    private readonly FixedStepSimulation? _fixedSteps;
    private readonly bool _bridge;
    private readonly Integrator _integrator;
    private (TraceSettings Settings, TraceRecorder Recorder, NoisySimulation? Noisy)? _traces;

    /// <summary>Prepares the kernel.</summary>
    /// <param name="code">The model.</param>
    /// <param name="settings">Stimulus and tolerance.</param>
    /// <exception cref="ArgumentException">
    /// The drive is not one of the swept parameters; or the stimulus is a step, and the model has no spike rule or is random; or it has white noise, and there is no fixed step; or the
    /// method is one of fixed steps, and there is none or it is not for this model.
    /// </exception>
    public FIKernel(ModelCode code, FISettings settings)
        : this(code, settings, bridge: true)
    {
    }

    // The bridge is left out, and the method chosen, only to measure what they are good for.
    internal FIKernel(ModelCode code, FISettings settings, bool bridge = true, Integrator integrator = Integrator.Chosen)
    {
        if (settings.Stimulus is StepStimulus && code.Threshold is null)
        {
            throw new ArgumentException($"The model {code.Model.Name} has no spike rule, so it has no f–I curve.", nameof(code));
        }

        if (settings.Stimulus is StepStimulus && code.Model.IsRandom)
        {
            throw new ArgumentException($"The model {code.Model.Name} is random, so it has no steady rate.", nameof(code));
        }

        _drive = code.Swept.ToList().IndexOf(settings.Drive);
        if (_drive < 0)
        {
            throw new ArgumentException($"The drive {settings.Drive} is not among the swept parameters.", nameof(settings));
        }

        _code = code;
        _settings = settings;
        _linearization = new Lazy<Linearization>(() => new Linearization(code));
        if (settings.Method is not IntegrationMethod.ToTolerance)
        {
            _fixedSteps = new FixedStepSimulation(code, settings) { Counters = Counters };
            return;
        }

        _closedForm = LinearNeuron.Of(code, settings);
        _adapting = integrator == Integrator.Chosen && AdaptingNeuron.Of(code, settings) is { } neuron ? new AdaptingSimulation(neuron, code, settings) { Counters = Counters } : null;
        _bridge = bridge;
        _integrator = integrator;
        _noisy = code.Model.Noises.Count > 0 ? new NoisySimulation(code, settings, bridge) { Counters = Counters } : null;
    }

    /// <summary>What the kernel did since it was made.</summary>
    public KernelCounters Counters { get; } = new();

    /// <summary>The measures of points.</summary>
    /// <param name="parameters">Swept parameters [SI], point after point, shape [points × swept].</param>
    /// <param name="crashed">Points that must not be touched; their rows say so. In ascending order.</param>
    /// <param name="keys">Index of each point in the grid, which decides its random numbers; when empty, its index here.</param>
    /// <param name="cancel">Ends the run; then <see cref="OperationCanceledException"/> is thrown.</param>
    public PointTable Points(
        ReadOnlySpan<double> parameters, IReadOnlyCollection<int> crashed, ReadOnlySpan<long> keys = default, CancellationToken cancel = default)
    {
        int count = parameters.Length / _code.Swept.Count;
        if (keys.IsEmpty)
        {
            keys = Keys(count);
        }

        var answers = new PointAnswer[count];
        foreach (int point in crashed)
        {
            answers[point] = PointAnswer.Without(PointStatus.Crashed, "none");
        }

        // A spike after the step counts for the rheobase, and only the whole recording tells.
        Question question = _settings is { RateAlone: true, Stimulus: StepStimulus { After: 0 } } ? Question.SteadyRate : Question.Measures;
        Answer(question, parameters, keys, [.. Enumerable.Range(0, count).Except(crashed)], answers, cancel);
        var table = new PointTable(count, PointMeasures.Under(_settings.Stimulus, _settings.Impedance is not null, _settings.RateAlone));
        for (int i = 0; i < count; i++)
        {
            table.Status[i] = answers[i].Status;
            table.Method[i] = answers[i].Method;
            table.Steps += answers[i].Steps;
            table.Fires[i] = answers[i].Train.Count > 0 || answers[i].Rate > 0;
            for (int m = 0; m < table.Measures.Count; m++)
            {
                table.Numbers[m][i] = table.Measures[m].Value!(answers[i]);
            }
        }

        return table;
    }

    /// <summary>
    /// Variables over time, from the start to the end of the recording. Each point is integrated anew, so that its measures have the same bits whether it is
    /// traced or not; a steady train is not continued without computing it, and no closed form is used.
    /// </summary>
    /// <param name="parameters">Swept parameters [SI], point after point, shape [points × swept].</param>
    /// <param name="crashed">Points that must not be touched. In ascending order.</param>
    /// <param name="settings">What to record.</param>
    /// <param name="keys">Index of each point in the grid, as in <see cref="Points"/>.</param>
    /// <param name="cancel">Ends the run; then <see cref="OperationCanceledException"/> is thrown.</param>
    /// <returns>Values [SI], shape [variables][points × times]; NaN after a point failed or its recording ended, and where it crashed.</returns>
    /// <exception cref="InvalidOperationException">The method is one of fixed steps, which keep no course.</exception>
    public double[][] Traces(
        ReadOnlySpan<double> parameters, IReadOnlyCollection<int> crashed, TraceSettings settings, ReadOnlySpan<long> keys = default,
        CancellationToken cancel = default)
    {
        if (_fixedSteps is not null)
        {
            throw new InvalidOperationException("Methods of fixed steps keep no course.");
        }

        int count = parameters.Length / _code.Swept.Count;
        if (_traces?.Settings != settings)
        {
            var made = new TraceRecorder(_code, settings);
            _traces = (settings, made, _noisy is null ? null : new NoisySimulation(_code, _settings, _bridge, made) { Counters = Counters });
            foreach (Integrator integrator in Enum.GetValues<Integrator>())
            {
                _simulations.Remove((true, integrator));
            }

        }

        (_, TraceRecorder recorder, NoisySimulation? noisy) = _traces!.Value;
        recorder.Clear(count);
        int[] points = [.. Enumerable.Range(0, count).Except(crashed)];
        keys = keys.IsEmpty ? Keys(count) : keys;
        if (noisy is null)
        {
            Integrate(Question.Trace, parameters, keys, points, new PointAnswer[count], cancel);
        }
        else
        {
            noisy.Run(parameters, keys, points, new PointAnswer[count], cancel);
        }

        return recorder.Values;
    }

    /// <summary>The measures of curves.</summary>
    /// <param name="parameters">Swept parameters [SI] of their points, curve after curve, the drive ascending within each.</param>
    /// <param name="points">What <see cref="Points"/> gave for these.</param>
    /// <param name="pointsPerCurve">Number of drives, ≥ 1.</param>
    /// <param name="rheobase">Whether to search for rheobase and, under a step, onset; otherwise those columns are left NaN.</param>
    /// <param name="ramps">Whether to follow the attractor up and down besides, and whether the rate jumps at the onset; with <paramref name="rheobase"/>, under a step, to the tolerance.</param>
    /// <param name="cancel">Ends the run; then <see cref="OperationCanceledException"/> is thrown.</param>
    /// <exception cref="ArgumentException">A rheobase is asked for, and the model has no spike rule or is random.</exception>
    public CurveTable Curves(
        ReadOnlySpan<double> parameters, PointTable points, int pointsPerCurve, bool rheobase, bool ramps = false, CancellationToken cancel = default)
    {
        int curves = points.Status.Length / pointsPerCurve;
        bool steps = _settings.Stimulus is StepStimulus;
        var table = new CurveTable(curves, _settings.Stimulus);
        var drives = new double[points.Status.Length];
        for (int i = 0; i < drives.Length; i++)
        {
            drives[i] = parameters[i * _code.Swept.Count + _drive];
        }

        for (int c = 0; steps && c < curves; c++)
        {
            Range curve = (c * pointsPerCurve)..((c + 1) * pointsPerCurve);
            WriteGrid(drives.AsSpan(curve), points.Rate.AsSpan(curve), c, table);
        }

        if (!rheobase)
        {
            return table;
        }

        if (_code.Threshold is null || _code.Model.IsRandom)
        {
            throw new ArgumentException(
                $"The model {_code.Model.Name} {(_code.Threshold is null ? "has no spike rule" : "is random")}, so it has no rheobase.", nameof(rheobase));
        }

        List<(Question Question, double[] Sizes)> effects =
            [(Question.AnySpike, [.. points.Fires.Select((fires, i) => !points.Status[i].HasMeasures() ? double.NaN : fires ? 1 : 0)])];
        if (steps)
        {
            effects.Add((Question.SteadyRate, points.Rate));
        }

        var search = new OnsetSearch(effects, parameters, pointsPerCurve, _code.Swept.Count, _drive, _settings.Tolerance);
        Narrow(search, cancel);
        for (int c = 0; c < curves; c++)
        {
            WriteRheobase(search[0, c], steps ? search[1, c] : default, c, table);
        }

        if (ramps)
        {
            FollowUp(search, parameters, pointsPerCurve, table, cancel);
        }

        return table;
    }

    // What is held against bifurcations: the rate a little above the onset, and where firing begins and stops on ramps.
    private void FollowUp(OnsetSearch search, ReadOnlySpan<double> parameters, int pointsPerCurve, CurveTable table, CancellationToken cancel)
    {
        int curves = table.RampStatus.Length, swept = _code.Swept.Count;
        double tolerance = Math.Sqrt(_settings.Tolerance);
        var above = new double[curves * swept];
        for (int c = 0; c < curves; c++)
        {
            OnsetBracket onset = search[1, c];
            parameters.Slice(c * pointsPerCurve * swept, swept).CopyTo(above.AsSpan(c * swept));
            above[c * swept + _drive] = onset.Upper + (tolerance * Math.Max(Math.Abs(onset.Lower), Math.Abs(onset.Upper)));
        }

        var answers = new PointAnswer[curves];
        Answer(Question.SteadyRate, above, new long[curves], [.. Enumerable.Range(0, curves).Where(c => search[1, c].Status is OnsetStatus.Found)], answers, cancel);
        var ramp = new RampSearch(parameters, pointsPerCurve, swept, _drive, tolerance);
        Ramps(Integrator.Chosen).Run(ramp.Parameters, new long[curves], ramp, ramp.Answers, cancel, ramp.States);
        if (ramp.AskStiffAgain())
        {
            Ramps(Integrator.Implicit).Run(ramp.Parameters, new long[curves], ramp, ramp.Answers, cancel, ramp.States);
        }

        for (int c = 0; c < curves; c++)
        {
            OnsetBracket up = ramp.Up(c), down = ramp.Down(c);
            bool differ = down.Upper < up.Lower;
            table.RampStatus[c] = ramp.Status(c);
            table.Ramp[0][c] = search[1, c].Status is OnsetStatus.Found && answers[c].Status.HasMeasures() ? answers[c].Rate : double.NaN;
            table.Ramp[1][c] = up.Middle;
            table.Ramp[2][c] = down.Middle;
            table.Ramp[3][c] = differ ? down.Middle : double.NaN;
            table.Ramp[4][c] = differ ? up.Middle : double.NaN;
        }

        TileSimulation Ramps(Integrator integrator) => new(
            _code, _settings with { Stimulus = new StepStimulus(((StepStimulus)_settings.Stimulus).Duration) }, integrator, _linearization)
        {
            Counters = Counters,
        };
    }

    private static long[] Keys(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i)];

    private static void WriteGrid(ReadOnlySpan<double> drive, ReadOnlySpan<double> rate, int curve, CurveTable table)
    {
        double highest = double.NaN, at = double.NaN, gain = double.NaN;
        for (int i = 0; i < rate.Length; i++)
        {
            if (!(rate[i] <= highest) && !double.IsNaN(rate[i]))
            {
                highest = rate[i];
                at = highest > 0 ? drive[i] : double.NaN;
            }

            if (double.IsNaN(gain) && i > 0 && rate[i] > 0 && rate[i - 1] > 0)
            {
                gain = (rate[i] - rate[i - 1]) / (drive[i] - drive[i - 1]);
            }
        }

        table.Grid[0][curve] = highest;
        table.Grid[1][curve] = at;
        table.Grid[2][curve] = gain;
    }

    private static void WriteRheobase(in OnsetBracket spike, in OnsetBracket onset, int curve, CurveTable table)
    {
        table.RheobaseStatus[curve] = spike.Status;
        table.OnsetStatus[curve] = onset.Status;
        double window = onset.Lower <= spike.Upper ? 0 : onset.Middle - spike.Middle;
        double[] numbers =
        [
            spike.Middle, spike.Lower, spike.Upper, onset.Middle, onset.Lower, onset.Upper, onset.EffectAtUpper, window,
        ];
        for (int m = 0; m < table.Rheobase.Length; m++)
        {
            table.Rheobase[m][curve] = numbers[m];
        }
    }

    private void Narrow(OnsetSearch search, CancellationToken cancel)
    {
        // No random model has a bracket, so that keys do not matter.
        var keys = new long[search.Answers.Length];
        if (_closedForm is null && _adapting is null && _fixedSteps is null)
        {
            Simulation(_integrator).Run(search.Parameters, keys, search, search.Answers, cancel);
            if (search.AskStiffAgain())
            {
                Simulation(Integrator.Implicit).Run(search.Parameters, keys, search, search.Answers, cancel);
            }

            return;
        }

        // These are answered list by list, at once.
        while (search.TryTake(out int point, out Question question))
        {
            List<(int Point, Question Question)> round = [(point, question)];
            while (search.TryTake(out point, out question))
            {
                round.Add((point, question));
            }

            foreach (IGrouping<Question, int> asked in round.GroupBy(each => each.Question, each => each.Point))
            {
                Answer(asked.Key, search.Parameters, keys, [.. asked], search.Answers, cancel);
                foreach (int answered in asked)
                {
                    search.Done(answered);
                }
            }
        }
    }

    private void Answer(
        Question question, ReadOnlySpan<double> parameters, ReadOnlySpan<long> keys, int[] points, PointAnswer[] answers,
        CancellationToken cancel)
    {
        if (_fixedSteps is not null)
        {
            _fixedSteps.Run(parameters, points, answers, cancel);
            return;
        }

        int swept = _code.Swept.Count;
        if (_closedForm is not null)
        {
            int left = 0;
            for (int i = 0; i < points.Length; i++)
            {
                cancel.ThrowIfCancellationRequested();
                if (!_closedForm.TryAnswer(parameters.Slice(points[i] * swept, swept), out answers[points[i]]))
                {
                    points[left++] = points[i];
                }
            }

            points = points[..left];
        }

        if (_adapting is not null)
        {
            points = _adapting.Run(question, parameters, points, answers, cancel);
        }

        if (points.Length == 0)
        {
            return;
        }

        if (_noisy is not null)
        {
            _noisy.Run(parameters, keys, points, answers, cancel);
            return;
        }

        Integrate(question, parameters, keys, points, answers, cancel);
    }

    // By the explicit method; points that this finds stiff, anew by the implicit one.
    private void Integrate(
        Question question, ReadOnlySpan<double> parameters, ReadOnlySpan<long> keys, int[] points, PointAnswer[] answers, CancellationToken cancel)
    {
        if (_integrator != Integrator.Implicit)
        {
            Simulation(_integrator, question == Question.Trace).Run(parameters, keys, new PointList(question, points), answers, cancel);
            points = [.. points.Where(point => answers[point].IsStiff)];
        }

        if (points.Length == 0)
        {
            return;
        }

        long[] steps = [.. points.Select(point => answers[point].Steps)];
        Simulation(Integrator.Implicit, question == Question.Trace).Run(parameters, keys, new PointList(question, points), answers, cancel);
        for (int i = 0; i < points.Length; i++)
        {
            answers[points[i]].Steps += steps[i];
        }
    }

    private TileSimulation Simulation(Integrator integrator, bool traces = false)
    {
        if (!_simulations.TryGetValue((traces, integrator), out TileSimulation? simulation))
        {
            _simulations[(traces, integrator)] = simulation = new TileSimulation(
                _code, _settings, integrator, _linearization, traces ? _traces!.Value.Recorder : null)
            {
                Counters = Counters,
            };
        }

        return simulation;
    }
}
