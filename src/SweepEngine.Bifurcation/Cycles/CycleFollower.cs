using System.Numerics;
using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>What a lane does next with its cycle.</summary>
internal enum CycleVerdict
{
    /// <summary>Another step of Newton's method.</summary>
    Iterate,

    /// <summary>The corrected cycle is taken out.</summary>
    Take,

    /// <summary>The next guess is put in.</summary>
    Restart,

    /// <summary>The branch is finished, or goes on with another number of intervals.</summary>
    Leave,
}

/// <summary>
/// Follows one branch of cycles: chooses guesses, judges their corrections, the length of steps and the mesh, and locates what happens between two cycles. Nothing of it depends on
/// the lane or on other branches.
/// </summary>
/// <remarks>
/// Steps are measured in a norm in which each state counts relative to its amplitude on the cycle, the period relative to itself and the drive relative to its range.
/// </remarks>
internal sealed partial class CycleFollower
{
    private const int MostIterations = 7;
    private const double FirstStep = 0.03, SmallestStep = 1e-7, LargestStep = 0.25;

    // An amplitude that is smaller than this part of the largest one on the branch, and shrinks, vanishes.
    private const double VanishingPart = 0.02;

    // A period so many times the shortest one of the branch may become infinite.
    private const double LongPeriod = 4;

    // The drive stands still where it changes less than this part of its range while the period grows by a third: more than what errors of the mesh make of it. A cycle rests somewhere where it is so slow [amplitudes per period].
    private const double Standing = 2e-8, Resting = 0.02;

    private readonly SmoothSystem _system;
    private readonly CycleNormalForms _forms;
    private readonly CycleSettings _settings;
    private readonly int _voltage;
    private readonly List<CyclePoint> _points = [];
    private readonly List<CycleBifurcation> _bifurcations = [];
    private readonly Stack<CycleProfile> _spare = [];

    private Work _work = Work.First;
    private double[] _mesh, _weights;
    private CycleProfile _left, _candidate, _candidateTangent;
    private CycleProfile? _tangent, _previousTangent, _right, _rightTangent;
    private double _step = FirstStep, _previousStep, _madeStep, _shortest, _refinement;
    private double _amplitude, _largestAmplitude;
    private CycleTests? _leftTests, _rightTests;
    private int _iteration, _again, _standingSince;
    private double _lastChange, _firstChange;
    private CycleOrbit? _first;
    private bool _shortened;

    /// <summary>Begins.</summary>
    /// <param name="system">The model.</param>
    /// <param name="start">What is followed.</param>
    /// <param name="settings">How far.</param>
    /// <param name="forms">Coefficients of the model's normal forms.</param>
    public CycleFollower(SmoothSystem system, CycleStart start, CycleSettings settings, CycleNormalForms forms)
    {
        (_system, Start, _settings, _forms, _refinement) = (system, start, settings, forms, settings.Refinement);
        int n = system.Dimension;
        _voltage = system.Code.Model.Voltage is { } voltage ? system.Code.Model.StateIndex(voltage) : 0;
        _left = CycleProfile.Of(start.Orbit, _system, _settings);
        _mesh = [.. start.Orbit.Mesh];
        _weights = _left.Weights(n);
        CycleProfile? away = null;
        if (start.Before is not null)
        {
            away = CycleProfile.Of(start.Before, _system, _settings);
            away.Scale(-1);
            away.Add(1, _left);
            away.Period = away.Drive = 0;
            away.Scale(1 / CycleGuess.Norm(away, _left.Period, _mesh, _weights));
        }

        double[] density = new double[_left.Intervals];
        double demand = CycleMesh.Density(_left, _mesh, _weights, density);
        double[] mesh = CycleMesh.Equidistribute(_mesh, density, Math.Min(MeshSizes.For(demand, 0), MeshSizes.Largest));
        _left = CycleMesh.Resample(_left, _mesh, mesh);
        away = away is null ? null : CycleMesh.Resample(away, _mesh, mesh);
        _mesh = mesh;
        (_candidate, _candidateTangent) = (new(n, Intervals), new(n, Intervals));
        Guess = CycleGuess.Across(_left, away, _mesh, _weights);
    }

    private enum Work
    {
        First,
        Step,
        Locate,
    }

    /// <summary>What is followed.</summary>
    public CycleStart Start { get; }

    /// <summary>Number of intervals that the next guess has.</summary>
    public int Intervals => _mesh.Length - 1;

    /// <summary>What is to be corrected.</summary>
    public CycleGuess Guess { get; private set; }

    /// <summary>The branch, once it is finished.</summary>
    public CycleBranch? Branch { get; private set; }

    /// <summary>Steps of Newton's method so far.</summary>
    public int Iterations { get; private set; }

    /// <summary>Judges a step of Newton's method.</summary>
    /// <param name="change">The size of the correction.</param>
    public CycleVerdict Judge(double change)
    {
        Iterations++;
        double enough = _work is Work.Step ? 1e-6 : 1e-8;
        _iteration++;
        if (_iteration == 1)
        {
            _firstChange = change;
        }

        // From a rough start corrections may be large at first: a state that hardly moves counts in parts of its amplitude, too.
        double most = _work is Work.First ? 2 : 0.5;
        bool hopeful = _iteration == 1 ? _work is Work.First || change < most : change < most && (change < most * _lastChange || change < 1e-6);
        _lastChange = change;
        if (change <= enough || _again > 0 || (hopeful && _iteration > 3 && change < 1e-6 && _work is not Work.Step))
        {
            return CycleVerdict.Take;
        }

        if (hopeful && _iteration < (_work is Work.First ? 15 : MostIterations))
        {
            return CycleVerdict.Iterate;
        }

        return Fail();
    }

    /// <summary>Takes a corrected cycle, and decides what comes next.</summary>
    /// <param name="tile">The tile in which it was corrected.</param>
    /// <param name="lane">Its lane.</param>
    public CycleVerdict Take(CycleTile tile, int lane)
    {
        tile.Extract(lane, _candidate, _candidateTangent);
        Complex[] values = new Complex[_system.Dimension - 1];
        if (!tile.FindMultipliers(lane, values, out double trivial))
        {
            return Fail();
        }

        CycleTests tests = new(new FloquetMultipliers(values, Math.Abs(trivial - 1)), _candidateTangent.Drive / CycleGuess.Norm(_candidateTangent, _candidate.Period, _mesh, _weights));
        if ((tests.Multipliers.TrivialError > 1e-4 || tests.Multipliers.Growth > 1e6) && _lastChange > 1e-10 && _again < 2)
        {
            // Multipliers are those of the cycle before the correction, and large ones are more sensitive than it.
            _again++;
            return CycleVerdict.Iterate;
        }

        int iterations = _iteration - _again;
        (_iteration, _again) = (0, 0);
        return _work switch
        {
            Work.First => TakeFirst(tests),
            Work.Step => TakeStep(tests, iterations),
            _ => TakeLocated(tests),
        };
    }

    // The guess cannot be corrected.
    private CycleVerdict Fail()
    {
        (_iteration, _again) = (0, 0);
        return _work switch
        {
            Work.First => Finish(CycleEnd.Lost),
            Work.Step => Shorter(),
            _ => LocateAgain(),
        };
    }

    private CycleVerdict TakeFirst(CycleTests tests)
    {
        _left = Swap(ref _candidate);
        _tangent = Swap(ref _candidateTangent);
        if (Start.Before is null && Start.Direction < 0)
        {
            _tangent.Scale(-1);
            tests = tests with { DriveSlope = -tests.DriveSlope };
        }

        _leftTests = tests;
        _first = ToOrbit(_left);
        _points.Add(Describe(_left, tests));
        _shortest = _left.Period;
        _amplitude = _largestAmplitude = Amplitude(_points[0]);
        _work = Work.Step;
        return Arrive(0);
    }

    private CycleVerdict TakeStep(CycleTests tests, int iterations)
    {
        // A step that turned too far, or in which a multiplier came too far, may have jumped over something.
        double turn = CycleGuess.Product(_tangent!, _candidateTangent, _left.Period, _mesh, _weights)
            / CycleGuess.Norm(_candidateTangent, _left.Period, _mesh, _weights);
        bool isSingle = CycleTests.Pairs(_leftTests!, tests) is 0 || (CycleTests.Pairs(_leftTests!, tests) is 2 && tests.Multipliers.Pairs > 0) || !tests.IsReliable;
        if ((turn < 0.6 || !isSingle || CycleTests.IsFar(_leftTests!, tests, IsLong(_left))) && _madeStep > 100 * SmallestStep)
        {
            return Shorter(CycleTests.NearPart(_leftTests!, tests, IsLong(_left)));
        }

        _right = Swap(ref _candidate);
        _rightTangent = Swap(ref _candidateTangent);
        _rightTests = tests;
        double growth = _firstChange switch
        {
            < 1e-6 => 3,
            < 5e-4 => 2,
            < 3e-3 => 1.5,
            < 1e-2 => 1.15,
            < 3e-2 => 0.9,
            _ => 0.6,
        };
        if (_shortened)
        {
            // Twice the step would be refused again.
            (_shortened, growth) = (false, Math.Min(growth, 1));
        }

        _step = Math.Min(_madeStep * (iterations > 4 ? Math.Min(growth, 0.7) : growth), LargestStep);
        return Search();
    }

    // The right end becomes the left one.
    private CycleVerdict Advance()
    {
        Release(_previousTangent);
        Release(_left);
        (_previousTangent, _previousStep) = (_tangent, _madeStep);
        CycleTests before = _leftTests!;
        (_left, _tangent, _leftTests) = (_right!, _rightTangent, _rightTests);
        (_right, _rightTangent) = (null, null);
        _points.Add(Describe(_left, _leftTests!));
        _shortest = Math.Min(_shortest, _left.Period);
        if (EndHere() is { } end)
        {
            return Finish(end);
        }

        double allowed = CycleTests.AllowedStep(before, _leftTests!, _madeStep, IsLong(_left));
        return Arrive(allowed);
    }

    // At a new cycle: weights, mesh and the next guess.
    private CycleVerdict Arrive(double allowedStep)
    {
        double[] density = new double[Intervals];
        _weights = _left.Weights(_left.States);
        if (!_leftTests!.IsReliable && !IsLong(_left) && _refinement < 2 * _settings.Refinement)
        {
            // Errors grow along a cycle as its largest multiplier says.
            _refinement *= 1.5;
        }

        double demand = _refinement * CycleMesh.Density(_left, _mesh, _weights, density);
        int intervals = MeshSizes.For(demand, Intervals);
        if (intervals > _settings.MostIntervals)
        {
            return Finish(CycleEnd.MeshLimit);
        }

        bool moves = intervals != Intervals || MeshSizes.IsUneven(_mesh, density);
        if (moves)
        {
            double[] mesh = CycleMesh.Equidistribute(_mesh, density, intervals);
            _left = CycleMesh.Resample(_left, _mesh, mesh);
            _tangent = CycleMesh.Resample(_tangent!, _mesh, mesh);
            _previousTangent = _previousTangent is null ? null : CycleMesh.Resample(_previousTangent, _mesh, mesh);
            bool other = intervals != Intervals;
            _mesh = mesh;
            if (other)
            {
                (_candidate, _candidateTangent) = (Rent(), Rent());
            }
        }

        _tangent!.Scale(1 / CycleGuess.Norm(_tangent, _left.Period, _mesh, _weights));
        if (_previousTangent is not null)
        {
            double norm = CycleGuess.Norm(_previousTangent, _left.Period, _mesh, _weights);
            _previousTangent.Scale(1 / norm);
            _previousStep *= norm;
            _step *= norm;
            allowedStep *= norm;
        }

        if (allowedStep > 0)
        {
            _step = Math.Min(_step, allowedStep);
        }

        _step = Math.Max(Math.Min(_step, LargestStep), SmallestStep * 10);
        return Predict();
    }

    private CycleVerdict Predict()
    {
        int intervals = Guess.Profile.Intervals;
        CycleProfile guess = Rent();
        guess.Take(_left);
        guess.Add(_step, _tangent!);
        if (_previousTangent is not null && _step < 2.5 * _previousStep)
        {
            double curvature = _step * _step / (2 * _previousStep);
            guess.Add(curvature, _tangent!);
            guess.Add(-curvature, _previousTangent);
        }

        _madeStep = _step;
        _work = Work.Step;
        return Try(guess, intervals == Intervals ? CycleVerdict.Restart : CycleVerdict.Leave);
    }

    private CycleVerdict Shorter(double part = 0.5)
    {
        _shortened = true;
        _step = _madeStep * part;
        return _step < SmallestStep ? Finish(CycleEnd.Lost) : Predict();
    }

    private CycleEnd? EndHere()
    {
        if (_left.Drive is < 0 or > 1)
        {
            return CycleEnd.Range;
        }

        if (_points.Count >= _settings.MostPoints)
        {
            return CycleEnd.StepLimit;
        }

        if (_left.Period > _settings.LongestPeriod * _shortest || StandsStill())
        {
            return CycleEnd.LongPeriod;
        }

        if (Vanishes(Amplitude(_points[^1])))
        {
            return CycleEnd.Equilibrium;
        }

        if (Halves())
        {
            // Where the halves are the same the drive turns round, which is no fold.
            _bifurcations.RemoveAll(each => each.After == _points.Count - 2 && each.Kind is (BifurcationKind.FoldOfCycles or BifurcationKind.BranchPointOfCycles));
            return CycleEnd.Halved;
        }

        return Closes() ? CycleEnd.Closed : null;
    }

    // Towards a homoclinic orbit the drive stands still while the period grows, and so does the state for a part of the period. In a canard explosion the drive does, too, but the state moves on along the slow manifold.
    private bool StandsStill()
    {
        if (!IsLong(_left) || SlowestSpeed() > Resting)
        {
            _standingSince = _points.Count - 1;
            return false;
        }

        double range = _settings.HighestDrive - _settings.LowestDrive;
        while (Math.Abs(_points[_standingSince].Drive - _points[^1].Drive) > Standing * range)
        {
            _standingSince++;
        }

        if (_left.Period < 1.3 * _points[_standingSince].Period)
        {
            return false;
        }

        // Where the drive stands still, what seems to happen is rounding.
        _bifurcations.RemoveAll(each => each.After >= _standingSince);
        return true;
    }

    // In amplitudes per period.
    private double SlowestSpeed()
    {
        double slowest = double.PositiveInfinity;
        for (int i = 0; i < Intervals; i++)
        {
            double square = 0;
            for (int k = 0; k < _left.States; k++)
            {
                double change = _left.Starts[(k * Intervals) + ((i + 1) % Intervals)] - _left.Starts[(k * Intervals) + i];
                square += _weights[k] * change * change;
            }

            slowest = Math.Min(slowest, Math.Sqrt(square) / (_mesh[i + 1] - _mesh[i]));
        }

        return slowest;
    }

    // Towards a Hopf point the drive's distance from it is like the square of the amplitude.
    private bool Vanishes(double size)
    {
        double slope = (_points[^1].Drive - _points[^2].Drive) / (size - _amplitude);
        bool vanishes = size < _amplitude && size < VanishingPart * _largestAmplitude && Math.Abs(slope * size / 2) < 1e-4 * (_settings.HighestDrive - _settings.LowestDrive);
        (_amplitude, _largestAmplitude) = (size, Math.Max(_largestAmplitude, size));
        return vanishes;
    }

    private bool IsLong(CycleProfile cycle) => cycle.Period > LongPeriod * _shortest;

    private double Amplitude(CyclePoint point) => point.State[_voltage] - point.Lowest;

    // Whether the first cycle lies between the last two.
    private bool Closes()
    {
        if (_points.Count < 10)
        {
            return false;
        }

        CyclePoint first = _points[0], a = _points[^2], b = _points[^1];
        double range = _settings.HighestDrive - _settings.LowestDrive, amplitude = Amplitude(b);
        Span<double> whole = stackalloc double[4], part = stackalloc double[4];
        Difference(b, whole);
        Difference(first, part);
        double product = 0, square = 0, distance = 0;
        for (int i = 0; i < whole.Length; i++)
        {
            (product, square) = (product + (whole[i] * part[i]), square + (whole[i] * whole[i]));
        }

        double place = product / square;
        for (int i = 0; i < whole.Length; i++)
        {
            double off = part[i] - (place * whole[i]);
            distance += off * off;
        }

        return place is >= 0 and <= 1 && distance < 0.01 * square;

        void Difference(CyclePoint point, Span<double> difference)
        {
            difference[0] = (point.Drive - a.Drive) / range;
            difference[1] = (point.Period - a.Period) / a.Period;
            difference[2] = (point.State[_voltage] - a.State[_voltage]) / amplitude;
            difference[3] = (point.Lowest - a.Lowest) / amplitude;
        }
    }

    private CycleVerdict Finish(CycleEnd end)
    {
        CycleOrbit last = ToOrbit(_left);
        Branch = new(_points, _bifurcations, end, _first ?? last, last);
        return CycleVerdict.Leave;
    }

    private CycleProfile Swap(ref CycleProfile profile)
    {
        CycleProfile taken = profile;
        profile = Rent();
        return taken;
    }

    // Profiles are used again: thousands of new ones, each living for a step, would be copied again and again by the garbage collector.
    private CycleProfile Rent()
    {
        while (_spare.TryPop(out CycleProfile? profile))
        {
            if (profile.Intervals == Intervals)
            {
                return profile;
            }
        }

        return new(_system.Dimension, Intervals);
    }

    private void Release(CycleProfile? profile)
    {
        if (profile is not null)
        {
            _spare.Push(profile);
        }
    }

    private CycleVerdict Try(CycleProfile guess, CycleVerdict verdict)
    {
        Release(Guess.Profile);
        Guess = CycleGuess.Across(guess, _tangent, _mesh, _weights);
        return verdict;
    }
}
