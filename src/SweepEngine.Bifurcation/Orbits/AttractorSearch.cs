using System.Numerics;
using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Bifurcation;

/// <summary>What a simulation comes to.</summary>
internal enum AttractorKind
{
    /// <summary>A stable equilibrium.</summary>
    Rest,

    /// <summary>A cycle.</summary>
    Cycle,

    /// <summary>Neither within the time that is given to it.</summary>
    Unsettled,
}

/// <summary>Where a simulation begins.</summary>
/// <param name="Parameters">The swept parameters with the drive, shape [swept].</param>
/// <param name="State">The state [SI], shape [states]; null for the model's own start.</param>
internal sealed record AttractorStart(double[] Parameters, double[]? State = null);

/// <summary>What a simulation came to. SI units.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="State">The equilibrium, of a cycle a state on it, else the last state. Shape [states].</param>
/// <param name="Orbit">The cycle, as the steps of the integration found it (to about 1e-4 of its amplitude).</param>
internal sealed record Attractor(AttractorKind Kind, double[] State, CycleOrbit? Orbit = null);

/// <summary>
/// Simulates until the state comes to rest or repeats itself: many starts side by side, each for itself. Not for several threads at once.
/// </summary>
/// <remarks>
/// A cycle is recognised by the states at the maxima of the voltage (else the first state), a Poincaré section: it has k of them when the state returns after every k. A period is then
/// recorded, whose steps' polynomials are those of the orbit. What needs too many steps is repeated by the implicit method.
/// </remarks>
internal sealed class AttractorSearch
{
    /// <summary>Degree of the polynomials of the orbits that are found.</summary>
    public const int Degree = 4;

    // Error of one step, as a part of scale plus magnitude.
    private const double LocalTolerance = 1e-6;

    // A return is as near as this part of the amplitude: far more than the errors of the steps, near enough for Newton's method, and nearer than the turns of most slow spirals.
    private const double ReturnPart = 1e-4;

    // Maxima in a period, and all in all; steps.
    private const int LongestCycle = 48, MostMaxima = 600, MostSteps = 40_000;

    // As the firing rates of a sweep have it: a state is certain to come to a stable equilibrium as near as this, which is looked for in a wider neighbourhood.
    private const double NearRestPart = 1e-3, RestPart = 1e-2;

    private readonly SmoothSystem _system;
    private readonly int _states, _swept, _voltage;
    private readonly double[] _scale, _state, _zero = new double[1];
    private readonly DenseStep _dense;
    private readonly Equilibrium _equilibrium;
    private readonly Lazy<Linearization> _linearization;
    private readonly Simulator _explicit;
    private Simulator? _implicit;

    /// <summary>Prepares for a model.</summary>
    /// <param name="system">The model.</param>
    public AttractorSearch(SmoothSystem system)
    {
        _system = system;
        (_states, _swept, _voltage) = (system.Dimension, system.Code.Swept.Count, system.Voltage);
        _scale = [.. system.Scale];
        _state = new double[_states];
        _dense = new DenseStep(_states);
        _equilibrium = new Equilibrium(system.Code, _scale);
        _linearization = new(() => new Linearization(system.Code));
        _explicit = new Simulator(this, isImplicit: false);
    }

    /// <summary>Simulates from each start.</summary>
    /// <param name="starts">The starts.</param>
    /// <param name="cancel">Ends the search; then <see cref="OperationCanceledException"/> is thrown.</param>
    /// <returns>What each came to, shape [starts]: independent of the others.</returns>
    public Attractor[] Find(IReadOnlyList<AttractorStart> starts, CancellationToken cancel = default)
    {
        var found = new Attractor[starts.Count];
        List<int> stiff = _explicit.Run(starts, Enumerable.Range(0, starts.Count), found, cancel);
        if (stiff.Count > 0 && _linearization.Value.IsAffordable)
        {
            _implicit ??= new Simulator(this, isImplicit: true);
            _implicit.Run(starts, stiff, found, cancel);
        }

        return found;
    }

    /// <summary>The lanes of one method.</summary>
    private sealed class Simulator
    {
        private readonly AttractorSearch _search;
        private readonly LaneTile _tile;
        private readonly TileStepper _stepper;
        private readonly Progress[] _progress;
        private readonly KernelCounters _counters = new();

        public Simulator(AttractorSearch search, bool isImplicit)
        {
            _search = search;
            ModelCode code = search._system.Code;
            _tile = new LaneTile(search._states, search._swept, isImplicit ? RosenbrockStepper.Blocks : DormandPrince.Pair.Stages);
            TileStepper.Problem problem = new(code, search._voltage, search._scale, LocalTolerance, [], null, SeeksRest: true, Integrates: false);
            _stepper = isImplicit ? RosenbrockStepper.Create(problem, search._linearization.Value, _tile) : new ExplicitStepper(DormandPrince.Pair, problem, _tile);
            _progress = [.. Enumerable.Range(0, LaneTile.Lanes).Select(_ => new Progress(search._states))];
        }

        // Those that ran out of steps.
        public List<int> Run(IReadOnlyList<AttractorStart> starts, IEnumerable<int> which, Attractor[] found, CancellationToken cancel)
        {
            List<int> tooLong = [];
            using IEnumerator<int> next = which.GetEnumerator();
            int active = 0;
            while (active < LaneTile.Lanes && next.MoveNext())
            {
                Begin(active++, next.Current, starts[next.Current]);
            }

            for (long round = 1; active > 0; round++)
            {
                ulong happened = _stepper.Try(active, out ulong trapped);
                for (int lane = 0; lane < active; lane++)
                {
                    trapped |= _tile.Steps[lane] > MostSteps ? 1UL << lane : 0;
                }

                if (round % 1024 == 0)
                {
                    cancel.ThrowIfCancellationRequested();
                }

                // From the last lane down: the lane that takes the place of one that is done has been looked at already.
                for (ulong look = happened | trapped; look != 0;)
                {
                    int lane = BitOperations.Log2(look);
                    look &= ~(1UL << lane);
                    Progress progress = _progress[lane];
                    bool isStuck = (trapped >> lane & 1) != 0;
                    if ((isStuck ? Unsettled(lane) : Attend(lane, progress)) is not { } attractor)
                    {
                        continue;
                    }

                    if (isStuck && _tile.Steps[lane] > MostSteps)
                    {
                        tooLong.Add(progress.Start);
                    }

                    found[progress.Start] = attractor;
                    if (next.MoveNext())
                    {
                        Begin(lane, next.Current, starts[next.Current]);
                    }
                    else if (lane != --active)
                    {
                        _tile.Move(active, lane);
                        (_progress[lane], _progress[active]) = (_progress[active], _progress[lane]);
                    }
                }
            }

            tooLong.Sort();
            return tooLong;
        }

        private void Begin(int lane, int index, AttractorStart start)
        {
            Progress progress = _progress[lane];
            progress.Begin(index, start.Parameters);
            double[] state = _search._state;
            if (start.State is { } given)
            {
                given.CopyTo(state, 0);
            }
            else
            {
                _search._system.Code.Start.Evaluate(_search._zero, [], start.Parameters, state, 1, 0, 1);
            }

            for (int k = 0; k < _search._swept; k++)
            {
                _tile.Parameter[(k * LaneTile.Lanes) + lane] = start.Parameters[k];
            }

            for (int i = 0; i < state.Length; i++)
            {
                _tile.State[(i * LaneTile.Lanes) + lane] = state[i];
            }

            _tile.Time[lane] = 0;
            _tile.StageTime[lane] = 0;
            _search._system.Code.Derivatives.Evaluate(_tile.StageTime, _tile.State, _tile.Parameter, _tile.Stage(0), LaneTile.Lanes, lane, 1);
            double change = 0;
            for (int i = 0; i < state.Length; i++)
            {
                double part = _tile.Derivatives[(i * LaneTile.Lanes) + lane] / (_search._scale[i] + Math.Abs(state[i]));
                change += part * part;
            }

            (_tile.Steps[lane], _tile.Rejected[lane], _tile.LastSpike[lane], _tile.RestTime[lane]) = (0, 0, 0, 0);
            _tile.FittingStep[lane] = double.PositiveInfinity;
            _tile.StiffnessCheck[lane] = double.PositiveInfinity;
            (_tile.Integral[lane], _tile.Peaked[lane], _tile.Watched[lane], _tile.Refractory[lane]) = (0, 0, 0, 0);
            _tile.Limit[lane] = double.PositiveInfinity;
            _tile.LastTime[lane] = double.PositiveInfinity;
            // A step that changes the state by about a hundredth; an equilibrium, which does not change, takes any.
            double first = change > 0 ? 0.01 / Math.Sqrt(change) : 1;
            _tile.SmallestStep[lane] = 1e-12 * first;
            _tile.LargestStep[lane] = double.MaxValue;
            _tile.NextStep[lane] = first;
        }

        // Null goes on.
        private Attractor? Attend(int lane, Progress progress)
        {
            int voltage = _search._voltage, at = (voltage * LaneTile.Lanes) + lane;
            DenseStep dense = _search._dense;
            bool rising = !double.IsNegative(_tile.Derivatives[at]);
            bool turned = rising == double.IsNegative(_tile.EndDerivatives[at]);
            _stepper.Take(lane, dense);
            double turn = turned ? Bracket.Zero(p => dense.Slope(voltage, p), 0, dense.Slope(voltage, 0), 1, dense.Slope(voltage, 1), 1e-9, _counters) : 1;
            bool isMaximum = turned && rising;
            if (progress.Recorded is { } recorded)
            {
                bool ends = isMaximum && --progress.MaximaToCome == 0;
                recorded.Add(dense, 0, ends ? turn : 1);
                if (ends)
                {
                    return recorded.Attractor(progress.Parameters[_search._system.Drive]);
                }
            }
            else if (isMaximum)
            {
                progress.AddMaximum(dense, turn, voltage);
                if (progress.Maxima > MostMaxima)
                {
                    return Unsettled(lane);
                }

                if (_search.MaximaOfPeriod(progress) is > 0 and var maxima)
                {
                    progress.MaximaToCome = maxima;
                    progress.Recorded = new Recording(_search._states);
                    progress.Recorded.Add(dense, turn, 1);
                    _tile.Watched[lane] = LaneTile.True;
                }
            }
            else if (turned)
            {
                progress.Lowest = Math.Min(progress.Lowest, dense.Value(voltage, turn));
            }

            Commit(lane);
            return !turned && progress.Recorded is null ? Rest(lane, progress) : null;
        }

        private void Commit(int lane)
        {
            for (int i = 0; i < _search._states; i++)
            {
                int at = (i * LaneTile.Lanes) + lane;
                _tile.State[at] = _tile.EndState[at];
                _tile.Derivatives[at] = _tile.EndDerivatives[at];
            }

            _tile.Time[lane] = _tile.EndTime[lane];
            _tile.NextStep[lane] = _tile.ControlledStep[lane];
        }

        // The state hardly moves.
        private Attractor? Rest(int lane, Progress progress)
        {
            const double pause = 0.1;
            _tile.RestTime[lane] = (1 + pause) * _tile.Time[lane];
            ReadState(lane);
            Equilibrium equilibrium = _search._equilibrium;
            return equilibrium.TryFind(_search._state, progress.Parameters, RestPart) && equilibrium.Distance(_search._state) <= NearRestPart && equilibrium.IsStable(progress.Parameters)
                ? new Attractor(AttractorKind.Rest, [.. equilibrium.State]) : null;
        }

        private Attractor Unsettled(int lane)
        {
            ReadState(lane);
            return new Attractor(AttractorKind.Unsettled, [.. _search._state]);
        }

        private void ReadState(int lane)
        {
            for (int i = 0; i < _search._states; i++)
            {
                _search._state[i] = _tile.State[(i * LaneTile.Lanes) + lane];
            }
        }
    }

    // After how many maxima the state has returned, the last two times; 0 when it has not.
    private int MaximaOfPeriod(Progress progress)
    {
        double highest = double.NegativeInfinity, lowest = double.PositiveInfinity;
        for (int k = 1; k <= LongestCycle && k + 1 < progress.Maxima; k++)
        {
            highest = Math.Max(highest, progress.Maximum(k - 1)[_voltage]);
            lowest = Math.Min(lowest, progress.LowestBefore(k - 1));
            double amplitude = (highest - lowest) / (_scale[_voltage] + Math.Abs(highest));
            double near = ReturnPart * Math.Min(1, amplitude);
            if (Distance(progress.Maximum(0), progress.Maximum(k)) <= near && Distance(progress.Maximum(1), progress.Maximum(k + 1)) <= near)
            {
                return Shortest(progress, k, near);
            }
        }

        return 0;
    }

    // Where a multiplier is negative a state is nearer to that two periods before than to the last one. So a part of the maxima in which it almost returns is the period, and where it comes ever nearer is
    // waited for, by the answer 0.
    private int Shortest(Progress progress, int maxima, double near)
    {
        const double almost = 10, nearer = 0.99;
        for (int part = 1; part <= maxima / 2; part++)
        {
            if (maxima % part != 0)
            {
                continue;
            }

            double distance = Distance(progress.Maximum(0), progress.Maximum(part));
            if (distance <= almost * near)
            {
                return part;
            }

            if (maxima + part >= progress.Maxima || distance < nearer * Distance(progress.Maximum(maxima), progress.Maximum(maxima + part)))
            {
                return 0;
            }
        }

        return maxima;
    }

    private double Distance(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double distance = 0;
        for (int i = 0; i < first.Length; i++)
        {
            distance = Math.Max(distance, Math.Abs(first[i] - second[i]) / (_scale[i] + Math.Abs(first[i])));
        }

        return distance;
    }

    /// <summary>What is kept of a lane.</summary>
    private sealed class Progress(int states)
    {
        private const int Kept = 2 * LongestCycle;

        private readonly double[] _maxima = new double[Kept * states], _lowest = new double[Kept];

        public int Start { get; private set; }

        public double[] Parameters { get; private set; } = [];

        public int Maxima { get; private set; }

        public double Lowest { get; set; }

        public Recording? Recorded { get; set; }

        public int MaximaToCome { get; set; }

        public void Begin(int start, double[] parameters)
        {
            (Start, Parameters, Maxima, Recorded) = (start, parameters, 0, null);
            Lowest = double.PositiveInfinity;
        }

        public void AddMaximum(DenseStep dense, double place, int voltage)
        {
            int at = Maxima++ % Kept;
            dense.Values(place, _maxima.AsSpan(at * states, states));
            // Without a minimum before it, as at the start, there is no amplitude.
            _lowest[at] = Math.Min(Lowest, _maxima[(at * states) + voltage]);
            Lowest = double.PositiveInfinity;
        }

        /// <summary>The state at the maximum so many before the last one.</summary>
        public ReadOnlySpan<double> Maximum(int before) => _maxima.AsSpan((Maxima - 1 - before) % Kept * states, states);

        /// <summary>The lowest voltage between it and the maximum before.</summary>
        public double LowestBefore(int before) => _lowest[(Maxima - 1 - before) % Kept];
    }

    /// <summary>Steps that are written down: their polynomials are of degree 4, as those of an orbit.</summary>
    private sealed class Recording(int states)
    {
        // Positions closer than this would make an interval of no length.
        private const double Shortest = 1e-9;

        private readonly List<double> _times = [], _values = [];
        private readonly double[] _state = new double[states];

        public void Add(DenseStep dense, double from, double to)
        {
            if (to - from < Shortest)
            {
                return;
            }

            // The first point of an interval is the last one of that before.
            for (int node = _times.Count == 0 ? 0 : 1; node <= Degree; node++)
            {
                double place = from + ((to - from) * node / Degree);
                dense.Values(place, _state);
                _values.AddRange(_state);
            }

            if (_times.Count == 0)
            {
                _times.Add(dense.Start + (from * dense.Step));
            }

            _times.Add(dense.Start + (to * dense.Step));
        }

        public Attractor Attractor(double drive)
        {
            double start = _times[0], period = _times[^1] - start;
            double[] mesh = [.. _times.Select(time => (time - start) / period)], values = [.. _values];
            mesh[^1] = 1;
            // What is missing to a return is spread over the period.
            int points = values.Length / states;
            for (int i = 0; i < states; i++)
            {
                double gap = values[((points - 1) * states) + i] - values[i];
                for (int point = 0; point < points; point++)
                {
                    double place = mesh[point / Degree] + (point % Degree == 0 ? 0 : (mesh[(point / Degree) + 1] - mesh[point / Degree]) * (point % Degree) / Degree);
                    values[(point * states) + i] -= place * gap;
                }

                values[((points - 1) * states) + i] = values[i];
            }

            return new Attractor(AttractorKind.Cycle, values[..states], new CycleOrbit(drive, period, mesh, Degree, values));
        }
    }
}
