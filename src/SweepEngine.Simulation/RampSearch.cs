namespace SweepEngine.Simulation;

/// <summary>With which states points begin, and in which they ended.</summary>
/// <param name="count">Number of points.</param>
internal sealed class StateHandover(int count)
{
    /// <summary>The state with which a point begins [SI]; null for the model's start values. Shape [points][states].</summary>
    public double[]?[] Start { get; } = new double[]?[count];

    /// <summary>The state of a point when its answer was known [SI]; at rest, the equilibrium. Null when it failed. Shape [points][states].</summary>
    public double[]?[] End { get; } = new double[]?[count];
}

/// <summary>
/// Follows the attractor of each curve while the drive ascends along the axis and descends again, each drive from the state in which the one before ended; then narrows where
/// firing began in the ascent and where it stopped in the descent. A curve's way depends on no other curve.
/// </summary>
internal sealed class RampSearch : IPointQueue
{
    private readonly int _swept, _drive, _steps;
    private readonly double[] _drives;
    private readonly double _tolerance;
    private readonly Way[] _ways;
    private readonly Queue<int> _waiting = [], _stiff = [];

    /// <summary>Begins at the lowest drive of each curve.</summary>
    /// <param name="parameters">Swept parameters of the points, curve after curve, the drive ascending within each.</param>
    /// <param name="pointsPerCurve">Number of drives.</param>
    /// <param name="swept">Number of swept parameters.</param>
    /// <param name="drive">Which of them is the drive.</param>
    /// <param name="tolerance">How narrow brackets become.</param>
    public RampSearch(ReadOnlySpan<double> parameters, int pointsPerCurve, int swept, int drive, double tolerance)
    {
        (_swept, _drive, _steps, _tolerance) = (swept, drive, pointsPerCurve, tolerance);
        int curves = parameters.Length / swept / pointsPerCurve;
        _ways = new Way[curves];
        _drives = new double[curves * pointsPerCurve];
        Parameters = new double[curves * swept];
        Answers = new PointAnswer[curves];
        States = new StateHandover(curves);
        for (int i = 0; i < _drives.Length; i++)
        {
            _drives[i] = parameters[i * swept + drive];
        }

        for (int c = 0; c < curves; c++)
        {
            parameters.Slice(c * pointsPerCurve * swept, swept).CopyTo(Parameters.AsSpan(c * swept));
            _ways[c] = new Way();
            Ask(c, _drives[c * pointsPerCurve], null);
        }
    }

    /// <summary>Swept parameters of the point that each curve asks for, shape [curves × swept].</summary>
    public double[] Parameters { get; }

    /// <summary>Receives the answer to each curve's point.</summary>
    public PointAnswer[] Answers { get; }

    /// <summary>The states that are handed on.</summary>
    public StateHandover States { get; }

    /// <summary>How the search of a curve ended.</summary>
    /// <param name="curve">The curve.</param>
    public OnsetStatus Status(int curve) => _ways[curve] switch
    {
        { HasFailed: true } => OnsetStatus.Unresolved,
        { FiresAtLowest: true } => OnsetStatus.BelowAxis,
        { Up.State: null } => OnsetStatus.AboveAxis,
        _ => OnsetStatus.Found,
    };

    /// <summary>Between which drives firing begins in the ascent, NaN where it does not.</summary>
    /// <param name="curve">The curve.</param>
    public OnsetBracket Up(int curve) => _ways[curve].Up.Bracket;

    /// <summary>Between which drives firing stops last in the descent, NaN where it does not.</summary>
    /// <param name="curve">The curve.</param>
    public OnsetBracket Down(int curve) => _ways[curve].Down.Bracket;

    /// <inheritdoc/>
    public bool TryTake(out int point, out Question question)
    {
        question = Question.SteadyRate;
        return _waiting.TryDequeue(out point);
    }

    /// <inheritdoc/>
    public void Done(int point)
    {
        ref PointAnswer answer = ref Answers[point];
        if (answer.IsStiff)
        {
            _stiff.Enqueue(point);
            return;
        }

        Way way = _ways[point];
        if (!answer.Status.HasMeasures() || States.End[point] is not { } end)
        {
            way.HasFailed = true;
            return;
        }

        bool fires = answer.Rate > 0;
        if (way.Step < (2 * _steps) - 1)
        {
            Climb(point, way, fires, end);
        }
        else
        {
            way.Narrows!.Take(Parameters[point * _swept + _drive], fires, end);
            Narrow(point, way);
        }
    }

    /// <summary>Asks once more for points that were left because they are stiff.</summary>
    /// <returns>Whether there were any.</returns>
    public bool AskStiffAgain()
    {
        while (_stiff.TryDequeue(out int point))
        {
            _waiting.Enqueue(point);
        }

        return _waiting.Count > 0;
    }

    // One step of the staircase is done: steps 0 to n − 1 ascend, the n − 1 behind them descend.
    private void Climb(int curve, Way way, bool fires, double[] end)
    {
        double drive = Parameters[curve * _swept + _drive];
        bool ascends = way.Step < _steps;
        if (ascends && fires && !way.HasFired && way.Step > 0)
        {
            way.Up.Begin(silent: way.LastDrive, firing: drive, from: way.LastState!, fromFiring: false);
        }
        else if (!ascends && !fires && way.LastFires)
        {
            way.Down.Begin(silent: drive, firing: way.LastDrive, from: way.LastState!, fromFiring: true);
        }

        way.HasFired |= fires;
        way.FiresAtLowest |= fires && (way.Step == 0 || way.Step == (2 * _steps) - 2);
        (way.LastDrive, way.LastState, way.LastFires) = (drive, end, fires);
        way.Step++;
        if (way.Step < (2 * _steps) - 1)
        {
            Ask(curve, _drives[(curve * _steps) + (way.Step < _steps ? way.Step : (2 * (_steps - 1)) - way.Step)], end);
            return;
        }

        way.Narrows = way.Up;
        Narrow(curve, way);
    }

    private void Narrow(int curve, Way way)
    {
        if (way.Narrows == way.Up && !way.Up.NeedsMore(_tolerance))
        {
            way.Narrows = way.Down;
        }

        if (way.Narrows!.NeedsMore(_tolerance))
        {
            Ask(curve, way.Narrows.Bracket.Middle, way.Narrows.State);
        }
    }

    private void Ask(int curve, double drive, double[]? from)
    {
        Parameters[curve * _swept + _drive] = drive;
        States.Start[curve] = from;
        States.End[curve] = null;
        _waiting.Enqueue(curve);
    }

    // Where firing begins or stops: the state is that of the end of the bracket from which the ramp comes.
    private sealed class Edge
    {
        private bool _fromFiring;

        public OnsetBracket Bracket = new() { Lower = double.NaN, Upper = double.NaN };

        public double[]? State { get; private set; }

        public void Begin(double silent, double firing, double[] from, bool fromFiring)
        {
            (Bracket.Lower, Bracket.Upper) = (silent, firing);
            (State, _fromFiring) = (from, fromFiring);
        }

        public bool NeedsMore(double tolerance) => State is not null && !Bracket.IsNarrow(tolerance);

        public void Take(double drive, bool fires, double[] end)
        {
            (fires ? ref Bracket.Upper : ref Bracket.Lower) = drive;
            State = fires == _fromFiring ? end : State;
        }
    }

    private sealed class Way
    {
        public int Step;
        public double LastDrive;
        public double[]? LastState;
        public bool LastFires, HasFired, FiresAtLowest, HasFailed;
        public Edge Up = new(), Down = new();
        public Edge? Narrows;
    }
}
