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
/// Follows the attractor of each curve while the drive ascends along the axis and descends again, each drive from the state in which the one before ended. Where firing begins in the
/// ascent, and where it stops in the descent, the step is halved until it is narrow: a jump of the drive can set off, or end, what a slow ramp does not. A curve's way depends on no other curve.
/// </summary>
internal sealed class RampSearch : IPointQueue
{
    // More steps than this beside those of the axis are not taken. Hodgkin-Huxley takes some 40.
    private const int MostParts = 1000;

    // No step is narrower than this part of the axis.
    private const double LeastPart = 1e-6;

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
    /// <param name="tolerance">How narrow steps become, relative to the drive.</param>
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
            _ways[c] = new Way { Part = double.PositiveInfinity };
            Ask(c, _drives[c * pointsPerCurve]);
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
        { HasFired: false } => OnsetStatus.AboveAxis,
        _ => OnsetStatus.Found,
    };

    /// <summary>Between which drives firing first begins in the ascent, NaN where it does not.</summary>
    /// <param name="curve">The curve.</param>
    public OnsetBracket Up(int curve) => _ways[curve].Up;

    /// <summary>Between which drives firing stops last in the descent, NaN where it does not.</summary>
    /// <param name="curve">The curve.</param>
    public OnsetBracket Down(int curve) => _ways[curve].Down;

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
        if (!answer.Status.HasMeasures() || States.End[point] is not { } end || way.Parts > MostParts)
        {
            way.HasFailed = true;
            return;
        }

        Take(point, way, Parameters[point * _swept + _drive], answer.Rate > 0, end);
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

    private void Take(int curve, Way way, double drive, bool fires, double[] end)
    {
        bool ascends = way.Step < _steps, begins = ascends && fires && way.State is not null && !way.Fires && !way.HasFired, stops = !ascends && !fires && way.Fires;
        if (begins || stops)
        {
            double part = Math.Abs(drive - way.Drive);
            if (part > Narrowest(curve, drive, way.Drive))
            {
                // Again from the same state, with a smaller step.
                way.Part = 0.5 * part;
                Go(curve, way);
                return;
            }

            OnsetBracket bracket = new() { Lower = Math.Min(drive, way.Drive), Upper = Math.Max(drive, way.Drive) };
            (way.Up, way.Down) = begins ? (bracket, way.Down) : (way.Up, bracket);
        }

        way.HasFired |= fires;
        (way.Drive, way.State, way.Fires) = (drive, end, fires);
        if (drive == Target(curve, way.Step))
        {
            way.FiresAtLowest |= fires && (way.Step == 0 || way.Step == Last);
            way.Step++;
            way.Part = double.PositiveInfinity;
        }

        if (way.Step <= Last)
        {
            Go(curve, way);
        }
    }

    // A part of the way to the next drive of the axis.
    private void Go(int curve, Way way)
    {
        double target = Target(curve, way.Step), next = way.Drive + (way.Step < _steps ? way.Part : -way.Part);
        bool arrives = Math.Abs(target - way.Drive) <= way.Part;
        way.Parts += arrives ? 0 : 1;
        States.Start[curve] = way.State;
        Ask(curve, arrives ? target : next);
    }

    // Steps 0 to n − 1 ascend, the n − 1 behind them descend.
    private int Last => (2 * _steps) - 2;

    private double Target(int curve, int step) => _drives[(curve * _steps) + (step < _steps ? step : Last - step)];

    private double Narrowest(int curve, double a, double b) => Math.Max(
        _tolerance * Math.Max(Math.Abs(a), Math.Abs(b)), LeastPart * (_drives[(curve * _steps) + _steps - 1] - _drives[curve * _steps]));

    private void Ask(int curve, double drive)
    {
        Parameters[curve * _swept + _drive] = drive;
        States.End[curve] = null;
        _waiting.Enqueue(curve);
    }

    private sealed class Way
    {
        /// <summary>The axis' drive that it is on its way to.</summary>
        public int Step;

        /// <summary>How far it goes at once, and how many such parts there were.</summary>
        public double Part;
        public int Parts;

        /// <summary>Where it is, in which state; null before the first drive.</summary>
        public double Drive;
        public double[]? State;
        public bool Fires;

        public bool HasFired, FiresAtLowest, HasFailed;
        public OnsetBracket Up = new() { Lower = double.NaN, Upper = double.NaN }, Down = new() { Lower = double.NaN, Upper = double.NaN };
    }
}
