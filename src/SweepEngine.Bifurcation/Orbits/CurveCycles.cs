using System.Globalization;

namespace SweepEngine.Bifurcation;

/// <summary>A branch of cycles with all that is known of its ends.</summary>
/// <param name="Points">Its cycles, along the branch.</param>
/// <param name="Bifurcations">What was located on it, in order.</param>
/// <param name="Start">Why it begins.</param>
/// <param name="End">Why it ends.</param>
/// <param name="Level">How often the period was doubled on the way to it.</param>
internal sealed record FoundCycles(IReadOnlyList<CyclePoint> Points, IReadOnlyList<CycleBifurcation> Bifurcations, CycleEnding Start, CycleEnding End, int Level)
{
    /// <summary>The branches that lead from one cycle to both sides, as one.</summary>
    /// <param name="up">One branch, which begins at the cycle.</param>
    /// <param name="upEnd">Its end.</param>
    /// <param name="down">The other one.</param>
    /// <param name="downEnd">Its end.</param>
    public static FoundCycles Joined(CycleBranch up, CycleEnding upEnd, CycleBranch down, CycleEnding downEnd)
    {
        // The first cycle of both is the same one.
        int before = Math.Max(down.Points.Count - 1, 0);
        CyclePoint[] points = [.. down.Points.Skip(1).Reverse(), .. up.Points];
        CycleBifurcation[] bifurcations =
        [
            .. down.Bifurcations.Reverse().Select(each => each with { After = before - each.After - 1 }),
            .. up.Bifurcations.Select(each => each with { After = before + each.After }),
        ];
        return new FoundCycles(points, bifurcations, downEnd, upEnd, 0);
    }
}

/// <summary>
/// The search for the cycles of one curve: from which starts branches are followed, one after the other, and what they gave. Branches begin at Hopf points that no branch has reached, at period doublings, and at
/// cycles that simulation found and that are on no branch.
/// </summary>
internal sealed class CurveCycles
{
    // Size of the first cycle at a Hopf point [display units], at a period doubling as a part of the amplitude.
    private const double HopfAmplitude = 0.01, DoublingPart = 0.01;

    // Of the first cycle at a Hopf point: its mesh, which is made finer as needed.
    private const int HopfIntervals = 20, HopfDegree = 4;

    // How often periods are doubled, and how many branches of cycles and points on them a curve may have; a diagram without bursts has a few hundred.
    private const int MostDoublings = 1, MostBranches = 24, MostPoints = 2500;

    // Two points are the same where drives [relative to the range] and states [parts of scale plus magnitude] are as near as this.
    private const double SameDrive = 1e-6, SameState = 1e-3;

    // A simulated cycle is on a branch where its period and extremes are between, or as near as this (relative) to those of neighbouring points.
    private const double OnBranch = 0.02;

    private readonly SmoothSystem _system;
    private readonly CycleEnds _ends;
    private readonly NormalForms _forms;
    private readonly double[] _parameters;
    private readonly bool _followsDoublings;
    private readonly DiagramCurves _curves;
    private readonly Diagram _before;
    private readonly List<BifurcationPoint> _hopf;
    private readonly List<(CycleBifurcation Point, int Level)> _doublings = [];
    private readonly List<CycleOrbit> _simulated = [];
    private readonly List<FoundCycles> _found = [];
    private readonly List<double> _lost = [];
    private CycleOrbit? _both;
    private CycleBranch? _up;
    private int _level;

    /// <summary>Begins with a curve's equilibria.</summary>
    /// <param name="system">The model.</param>
    /// <param name="ends">What branches end in.</param>
    /// <param name="curves">All curves.</param>
    /// <param name="curve">Which one.</param>
    /// <param name="before">Its equilibria.</param>
    /// <param name="followsDoublings">Whether branches of cycles of twice the period are followed.</param>
    public CurveCycles(SmoothSystem system, CycleEnds ends, DiagramCurves curves, int curve, Diagram before, bool followsDoublings)
    {
        (_system, _ends, _curves, _before, _followsDoublings) = (system, ends, curves, before, followsDoublings);
        _forms = new NormalForms(system);
        int swept = system.Code.Swept.Count;
        _parameters = curves.Parameters.AsSpan(curve * swept, swept).ToArray();
        _hopf = [.. before.Points.Where(point => point.Kind == BifurcationKind.Hopf)];
    }

    /// <summary>The branches so far.</summary>
    public IReadOnlyList<FoundCycles> Found => _found;

    /// <summary>The swept parameters with a drive.</summary>
    /// <param name="drive">The drive.</param>
    public double[] At(double drive)
    {
        double[] here = [.. _parameters];
        here[_system.Drive] = drive;
        return here;
    }

    /// <summary>Adds cycles that simulation found.</summary>
    /// <param name="orbits">The cycles.</param>
    public void Add(IEnumerable<CycleOrbit> orbits) => _simulated.AddRange(orbits);

    /// <summary>The next start; null when there is none.</summary>
    public CycleStart? Next()
    {
        if (_both is { } orbit)
        {
            return new CycleStart(_parameters, orbit, null, -1);
        }

        if (IsFull)
        {
            return null;
        }

        _level = 0;
        if (_hopf.Count > 0)
        {
            BifurcationPoint hopf = _hopf[0];
            _hopf.RemoveAt(0);
            double omega = 2 * Math.PI / hopf.Period;
            HopfForm form = _forms.Hopf(hopf.State, At(hopf.Drive), omega);
            return OrbitStarts.AtHopf(_system, _parameters, hopf.Drive, hopf.State, omega, form.Q, HopfAmplitude, 1, HopfIntervals, HopfDegree);
        }

        if (_doublings.Count > 0)
        {
            ((CycleBifurcation point, int level), _level) = (_doublings[0], _doublings[0].Level);
            _doublings.RemoveAt(0);
            return DoubledOrbit.At(_system, _parameters, point, DoublingPart);
        }

        while (_simulated.Count > 0)
        {
            CycleOrbit simulated = _simulated[0];
            _simulated.RemoveAt(0);
            if (!IsOnBranch(simulated))
            {
                _both = simulated;
                return new CycleStart(_parameters, simulated, null, 1);
            }
        }

        return null;
    }

    /// <summary>Takes the branch of the start that was given last.</summary>
    /// <param name="start">The start.</param>
    /// <param name="branch">The branch.</param>
    public void Take(CycleStart start, CycleBranch branch)
    {
        if (_both is not null)
        {
            if (_up is null && branch.End != CycleEnd.Closed)
            {
                _up = branch;
                return;
            }

            CycleBranch up = _up ?? branch;
            CycleEnding upEnd = End(up), downEnd = _up is null ? upEnd : End(branch);
            FoundCycles joined = _up is null ? new(up.Points, up.Bifurcations, upEnd, upEnd, 0) : FoundCycles.Joined(up, upEnd, branch, downEnd);
            (_both, _up) = (null, null);
            Reach(up);
            Reach(branch);
            Keep(start, joined);
            return;
        }

        CycleEnding end = End(branch);
        Reach(branch);
        Keep(start, new FoundCycles(branch.Points, branch.Bifurcations, new CycleEnding(_level > 0 ? BranchEnd.PeriodDoubling : BranchEnd.Hopf, Drive: start.Before!.Drive), end, _level));
    }

    /// <summary>The diagram with the cycles.</summary>
    /// <param name="gaps">Drives at which nothing stable was found.</param>
    public Diagram Diagram(IEnumerable<double> gaps)
    {
        List<Branch> branches = [.. _before.Branches];
        List<BifurcationPoint> points = [.. _before.Points];
        foreach (FoundCycles found in _found)
        {
            int index = branches.Count;
            branches.Add(new Branch(BranchKind.Cycles, found.Start.End, found.End.End, [.. Path(found)]));
            foreach (BifurcationPoint point in found.Bifurcations.Select(each => Point(each, found, index)).Concat(Limits(found, index)))
            {
                if (!points.Any(other => IsSame(point, other)))
                {
                    points.Add(point);
                }
            }
        }

        string[] troubles = [.. new[] { _before.Status }.Where(status => status != Bifurcation.Diagram.Complete).Concat(Troubles()).Concat(gaps.Select(drive => Trouble("no_period_at", drive))).Distinct()];
        return new Diagram(branches, [.. points.OrderBy(point => point.Drive).ThenBy(point => point.Branch)], troubles.Length == 0 ? Bifurcation.Diagram.Complete : string.Join("; ", troubles));
    }

    // The cycles with those at which something happens; there begins what follows.
    private static IEnumerable<BranchPoint> Path(FoundCycles found)
    {
        int next = 0;
        for (int i = 0; i < found.Points.Count; i++)
        {
            yield return At(found.Points[i], found.Points[i].Unstable);
            for (; next < found.Bifurcations.Count && found.Bifurcations[next].After == i; next++)
            {
                yield return At(found.Bifurcations[next].Cycle, found.Points[Math.Min(i + 1, found.Points.Count - 1)].Unstable);
            }
        }

        static BranchPoint At(CyclePoint point, int unstable) => new(point.Drive, point.State, point.Lowest, point.Period, unstable, point.Spikes);
    }

    // Homoclinic orbits and folds on the cycle at either end.
    private static IEnumerable<BifurcationPoint> Limits(FoundCycles found, int index) =>
        new[] { found.Start.Point, found.End.Point }.OfType<BifurcationPoint>().Select(point => point with { Branch = index });

    private CycleEnding End(CycleBranch branch)
    {
        CycleEnding end = branch.Points.Count < 2 ? new CycleEnding(BranchEnd.Lost) : _ends.Of(branch, _parameters, _before.Points, 0);
        return end.End == BranchEnd.PeriodDoubling && NearestDoubling(branch.Last) is >= 0 and var nearest ? end with { Drive = _doublings[nearest].Point.Cycle.Drive } : end;
    }

    // Crosses off what a branch ended at.
    private void Reach(CycleBranch branch)
    {
        if (branch.End == CycleEnd.Equilibrium && _ends.NearestHopf(branch.Last, _before.Points) is { } hopf)
        {
            _hopf.Remove(hopf);
            _lost.Remove(hopf.Drive);
        }

        if (branch.End == CycleEnd.Halved && NearestDoubling(branch.Last) is >= 0 and var nearest)
        {
            _doublings.RemoveAt(nearest);
        }
    }

    // Of the period doublings that no branch has reached, the one at which a cycle is two rounds of the same; -1 for none.
    private int NearestDoubling(CycleOrbit orbit)
    {
        int nearest = -1;
        double least = 0.01;
        for (int i = 0; i < _doublings.Count; i++)
        {
            CyclePoint cycle = _doublings[i].Point.Cycle;
            double distance = Math.Max(Math.Abs(cycle.Drive - orbit.Drive) / Range, Math.Abs((2 * cycle.Period / orbit.Period) - 1));
            (nearest, least) = distance < least ? (i, distance) : (nearest, least);
        }

        return nearest;
    }

    private bool IsFull => _found.Count >= MostBranches || _found.Sum(found => found.Points.Count) >= MostPoints;

    private double Range => _curves.HighestDrive - _curves.LowestDrive;

    private void Keep(CycleStart start, FoundCycles found)
    {
        if (found.Points.Count < 2)
        {
            _lost.Add(start.Orbit.Drive);
            return;
        }

        _found.Add(found);
        if (_followsDoublings && found.Level < MostDoublings)
        {
            foreach (CycleBifurcation point in found.Bifurcations.Where(each => each.Kind == BifurcationKind.PeriodDoubling))
            {
                _doublings.Add((point, found.Level + 1));
            }
        }
    }

    private IEnumerable<string> Troubles()
    {
        foreach (FoundCycles found in _found)
        {
            foreach ((BranchEnd end, CyclePoint point) in new[] { (found.Start.End, found.Points[0]), (found.End.End, found.Points[^1]) })
            {
                if (end is BranchEnd.Lost or BranchEnd.MeshLimit or BranchEnd.StepLimit)
                {
                    yield return Trouble(end switch { BranchEnd.Lost => "branch_lost_at", BranchEnd.MeshLimit => "mesh_limit_at", _ => "step_limit_at" }, point.Drive);
                }
            }
        }

        foreach (double drive in _lost)
        {
            yield return Trouble("branch_lost_at", drive);
        }

        if (IsFull)
        {
            yield return Trouble("branch_limit_at", _found[^1].Points[0].Drive);
        }
    }

    private string Trouble(string what, double drive) => string.Create(
        CultureInfo.InvariantCulture, $"{what} {drive / _system.DriveScale:G6} {_system.Code.Model.Parameter(_system.Code.Swept[_system.Drive])!.Unit}").TrimEnd();

    private static BifurcationPoint Point(CycleBifurcation found, FoundCycles branch, int index)
    {
        int before = branch.Points[found.After].Unstable, after = branch.Points[Math.Min(found.After + 1, branch.Points.Count - 1)].Unstable;
        return new BifurcationPoint
        {
            Kind = found.Kind,
            Branch = index,
            Drive = found.Cycle.Drive,
            State = found.Cycle.State,
            Lowest = found.Cycle.Lowest,
            Orbit = found.Orbit,
            Period = found.Cycle.Period,
            Eigenvalues = found.Cycle.Multipliers,
            Residual = found.Residual,
            UnstableBefore = before,
            UnstableAfter = after,
            Coefficient = found.Form?.Coefficient ?? double.NaN,
            IsSupercritical = found.Kind is BifurcationKind.PeriodDoubling or BifurcationKind.Torus ? found.Form?.IsSupercritical : null,
        };
    }

    private bool IsSame(BifurcationPoint point, BifurcationPoint other)
    {
        if (point.Kind != other.Kind || !(Math.Abs(point.Drive - other.Drive) <= SameDrive * Range))
        {
            return false;
        }

        for (int i = 0; i < point.State.Length; i++)
        {
            if (!(Math.Abs(point.State[i] - other.State[i]) <= SameState * (_system.Scale[i] + Math.Abs(point.State[i]))))
            {
                return false;
            }
        }

        return !(Math.Abs((point.Period / other.Period) - 1) > SameState);
    }

    private bool IsOnBranch(CycleOrbit orbit)
    {
        int n = _system.Dimension, voltage = _system.Voltage;
        double highest = double.NegativeInfinity, lowest = double.PositiveInfinity;
        for (int at = voltage; at < orbit.Values.Length; at += n)
        {
            highest = Math.Max(highest, orbit.Values[at]);
            lowest = Math.Min(lowest, orbit.Values[at]);
        }

        double near = OnBranch * (highest - lowest);
        foreach (FoundCycles found in _found)
        {
            if (IsTowards(found.Start, found.Points[0]) || IsTowards(found.End, found.Points[^1]))
            {
                return true;
            }

            for (int i = 1; i < found.Points.Count; i++)
            {
                CyclePoint a = found.Points[i - 1], b = found.Points[i];
                if (Math.Min(a.Drive, b.Drive) <= orbit.Drive && orbit.Drive <= Math.Max(a.Drive, b.Drive)
                    && IsBetween(orbit.Period, a.Period, b.Period, OnBranch * orbit.Period)
                    && IsBetween(highest, a.State[voltage], b.State[voltage], near) && IsBetween(lowest, a.Lowest, b.Lowest, near))
                {
                    return true;
                }
            }
        }

        return false;

        // Between the last cycle of a branch and the one of infinite period.
        bool IsTowards(CycleEnding end, CyclePoint last) => end.Point is { } limit && orbit.Period >= (1 - OnBranch) * last.Period && IsBetween(orbit.Drive, last.Drive, limit.Drive, 0);
    }

    private static bool IsBetween(double value, double a, double b, double slack) => Math.Min(a, b) - slack <= value && value <= Math.Max(a, b) + slack;
}
