using System.Numerics;

namespace SweepEngine.Bifurcation;

/// <summary>What happens between two cycles, and where: zeros of test functions along the branch, by secants that keep the bracket (Illinois), at corrected cycles.</summary>
internal sealed partial class CycleFollower
{
    private const int MostTries = 40;

    // The drive is taken to stand still along the branch where it is so small a part of the unit tangent.
    private const double Flat = 1e-4;

    // Places that are as near as this are told apart by nothing but rounding.
    private const double SmallestMove = 1e-12;

    // How far the drive goes beyond both neighbours at a fold, as a part of its range: less is what errors of the mesh make of it.
    private const double Unclear = 1e-7;

    private readonly List<Sought> _sought = [];
    private readonly List<(double Step, CycleBifurcation? Bifurcation, CycleTests Tests, CycleProfile Cycle, CycleProfile Tangent)> _located = [];

    private double _low, _lowValue, _high, _highValue, _place;
    private int _tries, _failures, _side, _pair;

    private enum Sought
    {
        Fold,
        Doubling,
        Torus,
        BranchPoint,
        LowestDrive,
        HighestDrive,
    }

    // Which test functions changed their signs.
    private CycleVerdict Search()
    {
        _sought.Clear();
        _located.Clear();
        bool isReliable = _leftTests!.IsReliable && _rightTests!.IsReliable;
        foreach (Sought sought in Enum.GetValues<Sought>())
        {
            bool isKnown = isReliable || sought is Sought.Fold or Sought.LowestDrive or Sought.HighestDrive;
            if (sought is Sought.Torus)
            {
                _pair = Math.Max(_leftTests!.Multipliers.Unstable, _rightTests!.Multipliers.Unstable) - 1;
                isKnown &= CycleTests.Pairs(_leftTests, _rightTests) > 0;
            }

            if (isKnown && Value(sought, _left, _leftTests!) * Value(sought, _right!, _rightTests!) < 0)
            {
                _sought.Add(sought);
            }
        }

        // At a fold the drive turns round and a multiplier passes 1, at a branch point the latter alone. Where the drive hardly changes along the branch, as towards a homoclinic orbit, errors of the mesh
        // turn it round, too.
        bool turns = _sought.Contains(Sought.Fold), passes = _sought.Contains(Sought.BranchPoint);
        if (turns && (passes || (_leftTests!.IsReliable && _rightTests!.IsReliable)))
        {
            _sought.Remove(passes ? Sought.BranchPoint : Sought.Fold);
        }

        return LocateNext();
    }

    private double Value(Sought sought, CycleProfile cycle, CycleTests tests) => sought switch
    {
        Sought.Fold => tests.DriveSlope,
        Sought.Doubling => tests.Multipliers.Doubling,
        Sought.Torus => tests.Multipliers.Outside(_pair),
        Sought.BranchPoint => tests.Multipliers.Fold,
        Sought.LowestDrive => cycle.Drive,
        _ => cycle.Drive - 1,
    };

    private CycleVerdict LocateNext()
    {
        if (_sought.Count == 0)
        {
            return Settle();
        }

        (_low, _lowValue) = (0, Value(_sought[0], _left, _leftTests!));
        (_high, _highValue) = (_madeStep, Value(_sought[0], _right!, _rightTests!));
        (_tries, _failures, _side) = (0, 0, 0);
        return Try(Secant());
    }

    private double Secant() => ((_low * _highValue) - (_high * _lowValue)) / (_highValue - _lowValue);

    // A guess on the parabola through both cycles, with the tangent at the left one.
    private CycleVerdict Try(double place)
    {
        double part = place / _madeStep * (place / _madeStep);
        CycleProfile guess = Rent();
        guess.Take(_left);
        guess.Scale(1 - part);
        guess.Add(part, _right!);
        guess.Add(place - (part * _madeStep), _tangent!);
        _place = place;
        _work = Work.Locate;
        return Try(guess, CycleVerdict.Restart);
    }

    // A guess that could not be corrected.
    private CycleVerdict LocateAgain()
    {
        _failures++;
        if (_failures < 3)
        {
            return Try(_low + ((_high - _low) * (_failures == 1 ? 0.5 : 0.25)));
        }

        return Shorter();
    }

    private CycleVerdict TakeLocated(CycleTests tests)
    {
        Sought sought = _sought[0];
        double value = Value(sought, _candidate, tests);
        _tries++;
        bool isLow = value * _lowValue > 0;
        double moved = isLow ? _place - _low : _high - _place;
        if (isLow)
        {
            (_low, _lowValue, _highValue) = (_place, value, _side < 0 ? _highValue / 2 : _highValue);
            _side = -1;
        }
        else
        {
            (_high, _highValue, _lowValue) = (_place, value, _side > 0 ? _lowValue / 2 : _lowValue);
            _side = 1;
        }

        double next = Secant();
        if (Math.Abs(value) > 1e-12 && Math.Abs(next - _place) > Math.Max(1e-9 * _madeStep, SmallestMove) && _high - _low > 1e-11 * _madeStep && moved > 0 && _tries < MostTries)
        {
            return Try(next);
        }

        _located.Add((_place, Named(sought, tests), tests, Swap(ref _candidate), Swap(ref _candidateTangent)));
        _sought.RemoveAt(0);
        return LocateNext();
    }

    // What it is; null for the ends of the range, and for what is none of the bifurcations.
    private CycleBifurcation? Named(Sought sought, CycleTests tests)
    {
        Complex[] multipliers = tests.Multipliers.Values;
        switch (sought)
        {
            case Sought.Fold:
                // A multiplier is 1 there; where they have no digits, nothing but the drive tells a fold from errors of the mesh.
                bool isFold = tests.IsReliable ? multipliers.Any(value => value.Imaginary == 0 && Math.Abs(1 - value.Real) < 0.1)
                    : Math.Min(Math.Abs(_candidate.Drive - _left.Drive), Math.Abs(_candidate.Drive - _right!.Drive)) > Unclear;
                return isFold ? Make(BifurcationKind.FoldOfCycles, Math.Abs(tests.DriveSlope)) : null;
            case Sought.Doubling:
                double distance = multipliers.Where(value => value.Imaginary == 0).Select(value => Math.Abs(1 + value.Real)).DefaultIfEmpty(1).Min();
                return distance < 1e-4 ? Make(BifurcationKind.PeriodDoubling, distance) : null;
            case Sought.Torus:
                double off = multipliers.Where(value => value.Imaginary > 0).Select(value => Math.Abs(Square(value) - 1)).DefaultIfEmpty(1).Min();
                return off < 1e-4 ? Make(BifurcationKind.Torus, off) : null;
            case Sought.BranchPoint:
                // In an explosion of canards the drive turns round within the errors of the mesh, elsewhere than the multiplier passes 1.
                return Math.Abs(tests.Multipliers.Fold) > 1e-4 ? null
                    : Math.Abs(tests.DriveSlope) < Flat ? Make(BifurcationKind.FoldOfCycles, Math.Abs(tests.DriveSlope)) : Make(BifurcationKind.BranchPointOfCycles, Math.Abs(tests.Multipliers.Fold));
            default:
                return null;
        }

        CycleBifurcation Make(BifurcationKind kind, double residual)
        {
            CycleForm? form = FormOf(kind, multipliers);
            CycleOrbit orbit = ToOrbit(_candidate);
            return new(kind, 0, Describe(_candidate, tests), orbit, residual) { Form = form, Reversed = form?.Direction is { } direction ? ToOrbit(direction).Values[..^_system.Dimension] : null };
        }
    }

    private CycleForm? FormOf(BifurcationKind kind, Complex[] multipliers)
    {
        double[] parameters = [.. Start.Parameters];
        parameters[_system.Drive] = DriveOf(_candidate);
        return kind switch
        {
            BifurcationKind.FoldOfCycles => _forms.Fold(_candidate, _mesh, parameters),
            BifurcationKind.PeriodDoubling => _forms.Doubling(_candidate, _mesh, parameters),
            BifurcationKind.Torus => _forms.Torus(_candidate, _mesh, parameters, multipliers.Where(value => value.Imaginary > 0).MinBy(value => Math.Abs(Square(value) - 1))),
            _ => null,
        };
    }

    // All is located: what lies outside of the range does not count.
    private CycleVerdict Settle()
    {
        _located.Sort((a, b) => a.Step.CompareTo(b.Step));
        foreach ((double step, CycleBifurcation? bifurcation, CycleTests tests, CycleProfile cycle, CycleProfile tangent) in _located)
        {
            if (_right!.Drive is < 0 or > 1 && bifurcation is null && (Math.Abs(cycle.Drive) < 1e-6 || Math.Abs(cycle.Drive - 1) < 1e-6))
            {
                (_left, _tangent) = (cycle, tangent);
                _points.Add(Describe(cycle, tests));
                return Finish(CycleEnd.Range);
            }

            if (bifurcation is not null)
            {
                _bifurcations.Add(bifurcation with { After = _points.Count - 1 });
            }
        }

        foreach ((_, _, _, CycleProfile cycle, CycleProfile tangent) in _located)
        {
            Release(cycle);
            Release(tangent);
        }

        return Advance();
    }

    private static double Square(Complex value) => (value.Real * value.Real) + (value.Imaginary * value.Imaginary);
}
