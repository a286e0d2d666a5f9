using MathNet.Numerics.LinearAlgebra;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Finds the periodic trains of one curve: those that the model settles to from its start and along ramps of the drive, followed in both directions, and what is born where their
/// period doubles. An instance serves one thread.
/// </summary>
internal sealed class TrainSearch
{
    // Drives at which the model is run at first, and the most at which it is.
    private const int FirstDrives = 13, MostRuns = 90;

    // So many times what lies between two bifurcations is looked into.
    private const int Rounds = 2;

    // Spikes in which a train must settle, and those in the longest period that is followed.
    private const int SettlingSpikes = 200, LongestPeriod = 12;

    // A train has settled when it repeats itself to this part; what Newton's method makes of it is near.
    private const double RepeatPart = 1e-6, LoosePart = 0.02, NearPart = 0.05;

    // As near as this to what a spike of a stable train leaves, a run goes to that train.
    private const double KnownPart = 1e-4;

    private const int MostBranches = 60;

    // Beside where rest vanishes, as a part of the range; the first step onto a doubled branch, and beyond a corner, in units.
    private const double BesideRest = 2e-3, DoublingStep = 1e-3, CornerStep = 1e-4;

    private readonly ResetModel _model;
    private readonly SpikeMap _map;
    private readonly Passage _passage;
    private readonly List<TracedTrains> _traced = [];
    private readonly List<double> _irregular = [];
    private double _lowest, _highest;
    private IReadOnlyList<RestEnd> _rests = [];
    private int _runs;
    private double[]? _left;
    private double _knownDrive;
    private double[][] _known = [];

    /// <summary>Prepares for a model.</summary>
    /// <param name="model">The model.</param>
    public TrainSearch(ResetModel model) => (_model, _map, _passage) = (model, new SpikeMap(model), new Passage(model));

    /// <summary>What is found.</summary>
    /// <param name="parameters">Swept parameters of the curve [SI]; the drive's does not matter.</param>
    /// <param name="lowest">Lower end of the drive's range [SI].</param>
    /// <param name="highest">Upper end of the drive's range [SI].</param>
    /// <param name="rests">Where rest vanishes.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <returns>The trains, and where the model fired without a period that could be followed [SI].</returns>
    public (IReadOnlyList<TracedTrains> Trains, IReadOnlyList<double> Irregular) Run(
        ReadOnlySpan<double> parameters, double lowest, double highest, IReadOnlyList<RestEnd> rests, CancellationToken cancel)
    {
        (_lowest, _highest, _rests, _runs) = (lowest, highest, rests, 0);
        _traced.Clear();
        _irregular.Clear();
        _map.Take(parameters);
        _knownDrive = double.NaN;
        double range = highest - lowest;
        double[] drives =
        [
            .. Enumerable.Range(0, FirstDrives).Select(i => lowest + range * i / (FirstDrives - 1)),
            .. rests.SelectMany(rest => new[] { rest.Drive - BesideRest * range, rest.Drive + BesideRest * range }).Where(drive => drive > lowest && drive < highest),
        ];
        Array.Sort(drives);
        double[]? left = null;
        foreach (double drive in drives)
        {
            cancel.ThrowIfCancellationRequested();
            Take(null, drive);
            left = left is null ? _left : Take(left, drive);
        }

        foreach (double drive in drives.Reverse())
        {
            cancel.ThrowIfCancellationRequested();
            left = left is null ? null : Take(left, drive);
        }

        for (int round = 0; round < Rounds; round++)
        {
            int before = _traced.Count;
            double[] critical = [lowest, .. _traced.SelectMany(each => each.CriticalDrives).Concat(rests.Select(rest => rest.Drive)).Where(each => each > lowest && each < highest).Order(), highest];
            for (int i = 1; i < critical.Length; i++)
            {
                cancel.ThrowIfCancellationRequested();
                double drive = 0.5 * (critical[i - 1] + critical[i]);
                if (critical[i] - critical[i - 1] > 1e-4 * range && _runs < MostRuns)
                {
                    Take(null, drive);
                }
            }

            if (_traced.Count == before)
            {
                break;
            }
        }

        return (_traced, [.. _irregular.Distinct().Order()]);
    }

    /// <summary>The coefficient of a bifurcation of the curve that was searched last.</summary>
    /// <param name="equations">Of the train.</param>
    /// <param name="happening">A fold or a period doubling.</param>
    public (double Coefficient, bool? IsSupercritical) FormOf(TrainEquations equations, TrainEvent happening) =>
        MapForms.At(_model, _map, equations, happening.At, happening.Kind == BifurcationKind.PeriodDoubling);

    // Lets the model settle from its start or from what a spike left, and follows the train that it settles to unless it is known. Returns what the last spike left.
    private double[]? Take(double[]? from, double drive)
    {
        _runs++;
        List<double[]> left = [];
        int tried = 0;
        _left = null;
        bool spikes;
        if (from is null)
        {
            double[] start = new double[_model.States];
            _map.Start(drive, start);
            spikes = _map.RunFrom(start, drive, _passage);
        }
        else
        {
            spikes = _map.Run(from, drive, false, _passage);
        }

        if (drive != _knownDrive)
        {
            (_knownDrive, _known) = (drive, [.. _traced.SelectMany(each => each.StableAt(drive))]);
        }

        while (spikes && left.Count < SettlingSpikes)
        {
            left.Add([.. _passage.Next]);
            _left = left[^1];
            if (_known.Any(known => Difference(_left, known) <= KnownPart))
            {
                return _left;
            }

            if (left.Count > tried && PeriodOf(left, RepeatPart) is > 0 and var period)
            {
                if (TryFollow(left, period, drive))
                {
                    _knownDrive = double.NaN;
                    return _left;
                }

                tried = left.Count + 2 * LongestPeriod;
            }

            spikes = _map.Run(_left, drive, false, _passage);
        }

        if (spikes && !(PeriodOf(left, LoosePart) is > 0 and var loose && TryFollow(left, loose, drive)))
        {
            _irregular.Add(drive);
        }

        return spikes ? _left : _left = null;
    }

    // After how many spikes a train repeats itself; 0 when it does not.
    private int PeriodOf(List<double[]> left, double part)
    {
        for (int period = 1; period <= LongestPeriod && left.Count > 2 * period; period++)
        {
            bool repeats = true;
            for (int i = 0; i < period && repeats; i++)
            {
                repeats = Difference(left[^(1 + i)], left[^(1 + i + period)]) <= part;
            }

            if (repeats)
            {
                return period;
            }
        }

        return 0;
    }

    private double Difference(double[] a, double[] b)
    {
        double difference = 0;
        for (int c = 0; c < a.Length; c++)
        {
            difference = Math.Max(difference, Math.Abs(a[c] - b[c]) / (_model.CoordinateScale[c] + Math.Abs(b[c])));
        }

        return difference;
    }

    private bool TryFollow(List<double[]> left, int period, double drive)
    {
        double[] units = [.. Enumerable.Range(0, _model.Coordinates.Count).Select(c => _model.CoordinateScale[c] + left.TakeLast(period).Max(each => Math.Abs(each[c])))];
        var equations = new TrainEquations(_model, _map, period, units, _highest - _lowest);
        double[] unknowns = [.. left.TakeLast(period).SelectMany(each => each), drive];
        for (int j = 0; j < unknowns.Length; j++)
        {
            unknowns[j] /= equations.Units[j];
        }

        double[] found = [.. unknowns];
        if (!equations.SolveAt(drive, found) || found.Zip(unknowns, (a, b) => Math.Abs(a - b)).Max() > NearPart)
        {
            return false;
        }

        // Newton's method may have found that it repeats itself sooner.
        for (int shorter = 1; shorter < period; shorter++)
        {
            if (period % shorter == 0 && Enumerable.Range(0, found.Length - 1).All(j => Math.Abs(found[j] - found[(j + shorter * units.Length) % (found.Length - 1)]) <= RepeatPart))
            {
                return TryFollow(left, shorter, drive);
            }
        }

        if (_traced.Any(each => each.Holds(equations, found, drive)))
        {
            return true;
        }

        double[] direction = new double[found.Length];
        direction[^1] = 1;
        if (_traced.Count < MostBranches && equations.Evaluate(found) && equations.Tangent(direction) is { } tangent)
        {
            TrainPoint start = equations.PointAt(found, tangent);
            var tracer = new TrainTracer(_model, equations, _lowest, _highest, _rests);
            TrainPath back = tracer.Follow(start, [.. tangent.Select(each => -each)]);
            TrainPath? ahead = back.End == BranchEnd.Closed ? null : tracer.Follow(start, tangent);
            Add(new TracedTrains(equations, back, ahead, null));
        }

        return true;
    }

    // Where a path ends at a corner of the reset, the trains on its other side, if there are any, meet it there: their direction is that of the equations beyond.
    private void PassCorner(TrainEquations equations, TrainPath path)
    {
        TrainPoint at = path.Points[^1];
        if (!equations.Evaluate(Moved(at.Tangent, CornerStep)) || equations.Tangent(at.Tangent) is not { } beyond)
        {
            return;
        }

        foreach (double step in (ReadOnlySpan<double>)[CornerStep, -CornerStep])
        {
            double[] found = Moved(beyond, step);
            if (equations.Solve(found, beyond) && equations.Tangent(beyond) is { } tangent && equations.PointAt(found, tangent) is var start && start.Kinks[path.Corner] * at.Kinks[path.Corner] < 0
                && !_traced.Any(each => each.Holds(equations, found, start.Drive)))
            {
                var tracer = new TrainTracer(_model, equations, _lowest, _highest, _rests);
                TrainPath back = tracer.Follow(start, [.. tangent.Select(each => -each)]);
                Add(new TracedTrains(equations, back, back.End == BranchEnd.Closed ? null : tracer.Follow(start, tangent), null));
                return;
            }
        }

        double[] Moved(double[] direction, double step) => [.. at.Unknowns.Zip(direction, (u, d) => u + step * d)];
    }

    private void Add(TracedTrains trains)
    {
        _traced.Add(trains);
        foreach (TrainPath path in trains.Paths.Where(path => path.Corner >= 0 && _traced.Count < MostBranches))
        {
            PassCorner(trains.Equations, path);
        }

        foreach (TrainEvent doubling in trains.Events.Where(each => each.Kind == BifurcationKind.PeriodDoubling))
        {
            if (2 * trains.Equations.Spikes <= LongestPeriod && _traced.Count < MostBranches)
            {
                Double(trains.Equations, doubling.At);
            }
        }
    }

    // The branch of twice the period. The train alternates along the eigenvector of the multiplier −1.
    private void Double(TrainEquations single, TrainPoint at)
    {
        int spikes = single.Spikes, m = _model.Coordinates.Count, half = spikes * m;
        double root = Math.Sqrt(spikes);
        var equations = new TrainEquations(_model, _map, 2 * spikes, [.. single.Units.Take(m).Select(unit => unit / root)], single.Units[^1]);
        double[] unknowns = new double[2 * half + 1], direction = new double[2 * half + 1];
        unknowns[^1] = at.Unknowns[^1];
        if (!single.Evaluate(at.Unknowns))
        {
            return;
        }

        Vector<double> pattern = MapForms.NullVector(at.Monodromy + Matrix<double>.Build.DenseIdentity(m));
        for (int s = 0; s < spikes; s++)
        {
            for (int c = 0; c < m; c++)
            {
                unknowns[s * m + c] = unknowns[half + s * m + c] = at.Unknowns[s * m + c] * single.Units[s * m + c] / equations.Units[s * m + c];
                direction[s * m + c] = pattern[c];
                direction[half + s * m + c] = -pattern[c];
            }

            pattern = single.SlopesOf(single.Passages[s]) * pattern;
        }

        if (_traced.Any(each => each.EndsAt(equations, unknowns, at.Drive)))
        {
            return;
        }

        double norm = Math.Sqrt(direction.Sum(each => each * each));
        direction = [.. direction.Select(each => each / norm)];
        for (double step = DoublingStep; step > 1e-6; step /= 4)
        {
            double[] found = [.. unknowns.Zip(direction, (u, d) => u + step * d)];
            if (!equations.Solve(found, direction) || equations.Tangent(direction) is not { } tangent
                || Math.Sqrt(found.Zip(unknowns, (a, b) => (a - b) * (a - b)).Sum()) is var moved && !(moved < 2 * step))
            {
                continue;
            }

            TrainPoint start = equations.PointAt(found, tangent);
            if (_traced.Any(each => each.Holds(equations, found, start.Drive)))
            {
                return;
            }

            TrainPath ahead = new TrainTracer(_model, equations, _lowest, _highest, _rests).Follow(start, tangent);
            TrainPoint birth = at with { Unknowns = unknowns, Period = 2 * at.Period, Tangent = direction };
            Add(new TracedTrains(equations, null, ahead, birth));
            return;
        }
    }
}
