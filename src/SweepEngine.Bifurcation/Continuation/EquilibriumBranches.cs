using MathNet.Numerics.LinearAlgebra;

namespace SweepEngine.Bifurcation;

/// <summary>A branch of equilibria that was followed.</summary>
/// <param name="Points">Its points (states and drive) and how many unstable eigenvalues each has.</param>
/// <param name="Found">The bifurcation points that were first found on it, in the same order.</param>
/// <param name="Start">Why it begins where it does.</param>
/// <param name="End">Why it ends where it does.</param>
internal sealed record FollowedBranch(IReadOnlyList<(Vector<double> Z, int Unstable)> Points, IReadOnlyList<FoundPoint> Found, BranchEnd Start, BranchEnd End);

/// <summary>
/// All equilibria of one curve between two drives: finds some at several drives, follows each that is new in both directions, and goes on along the other branch at each branch point.
/// A branch that is known is recognised by where it crosses these drives.
/// </summary>
internal sealed class EquilibriumBranches
{
    // The ends, and between them drives that are unlikely to be special: parts by the golden section.
    private static readonly double[] Slices = [0, 1, 0.618033988749895, 0.236067977499790, 0.854101966249685, 0.472135954999579];

    private const double LongestStep = 0.04, Same = 1e-6;
    private const int MostPoints = 20_000;

    private readonly FreeEquations _free;
    private readonly EquilibriumEquations _equations;
    private readonly BranchEvents _events;
    private readonly double _lowest, _highest;
    private readonly double[] _slices;
    private readonly List<(Vector<double> Z, int Branch)>[] _crossings;
    private readonly List<CrossingPoint> _branchPoints = [];
    private readonly List<FoundPoint> _found = [];

    /// <summary>Prepares a curve.</summary>
    /// <param name="free">The equations, with the drive as the only free parameter.</param>
    /// <param name="lowest">The lowest drive [SI].</param>
    /// <param name="highest">The highest drive [SI].</param>
    public EquilibriumBranches(FreeEquations free, double lowest, double highest)
    {
        (_free, _equations, _events) = (free, new EquilibriumEquations(free), new BranchEvents(free));
        double size = free.Sizes[free.Dimension];
        (_lowest, _highest) = (lowest / size, highest / size);
        _slices = [.. Slices.Select(part => part == 1 ? _highest : _lowest + (part * (_highest - _lowest)))];
        _crossings = [.. Slices.Select(_ => new List<(Vector<double>, int)>())];
    }

    /// <summary>The branches.</summary>
    public List<FollowedBranch> Branches { get; } = [];

    /// <summary>Drives at which a bifurcation was seen whose place could not be found [SI].</summary>
    public IReadOnlyList<double> Missed => _events.Missed;

    /// <summary>Follows all branches.</summary>
    /// <param name="search">What finds the first points.</param>
    /// <param name="cancellation">Stops it.</param>
    public void Follow(EquilibriumSearch search, CancellationToken cancellation)
    {
        List<Vector<double>> seeds = [];
        for (int slice = 0; slice < _slices.Length; slice++)
        {
            foreach (Vector<double> z in search.At(_slices[slice], [.. _crossings[slice].Select(each => each.Z)], seeds))
            {
                cancellation.ThrowIfCancellationRequested();
                // It may lie on one that was found at this drive just before.
                if (!_crossings[slice].Exists(each => IsSame(each.Z, z)))
                {
                    FollowFrom(z, slice);
                }
            }

            seeds = [.. _crossings[slice].Select(each => each.Z)];
        }
    }

    private void FollowFrom(Vector<double> z, int slice)
    {
        Vector<double> tangent = _equations.Tangent(z, NullSpace.Unit(z.Count, z.Count - 1));
        if (!double.IsFinite(tangent.L2Norm()))
        {
            return;
        }

        _crossings[slice].Add((z, Branches.Count));
        TracedEquilibrium ahead = new(_free, z, tangent);
        Join(ahead.Z, ahead.Unstable, () => Trace(ahead), () => Trace(new TracedEquilibrium(_free, z, -tangent)));
        while (_branchPoints.Find(each => each.Open >= 0) is { } crossing)
        {
            Vector<double> direction = crossing.Point.Tangents[crossing.Open];
            crossing.PassedBy[crossing.Open] = Branches.Count;
            Join(crossing.Point.Z, crossing.Point.Before, () => Leave(crossing.Point.Z, direction), () => Leave(crossing.Point.Z, -direction));
        }
    }

    private void Join(Vector<double> z, int unstable, Func<Half> traceAhead, Func<Half> traceBehind)
    {
        Half ahead = traceAhead(), behind = ahead.End == BranchEnd.Closed ? new Half([], [], BranchEnd.Closed) : traceBehind();
        // A known branch, of which a crossing had been overlooked; or one that leaves the range where it begins.
        if (ahead.End == BranchEnd.Known || behind.End == BranchEnd.Known || ahead.Points.Count + behind.Points.Count == 0)
        {
            return;
        }

        // What was found going backward has its sides exchanged.
        Branches.Add(new FollowedBranch(
            [.. behind.Points.AsEnumerable().Reverse(), (z, unstable), .. ahead.Points],
            [.. behind.Found.AsEnumerable().Reverse().Select(each => each with { Before = each.After, After = each.Before }), .. ahead.Found],
            behind.End,
            ahead.End));
    }

    // A step away from a branch point along one of its branches, then on.
    private Half Leave(Vector<double> z, Vector<double> direction)
    {
        const double shortest = 1e-7;
        for (double step = CurveStepper.First; step > shortest; step /= 4)
        {
            Vector<double> guess = z + (direction * step);
            if (_equations.Correct(guess, direction) is var (point, _) && (point - guess).L2Norm() < 0.3 * step)
            {
                if (point[^1] < _lowest || point[^1] > _highest)
                {
                    return new Half([], [], BranchEnd.Range);
                }

                TracedEquilibrium first = new(_free, point, _equations.Tangent(point, direction));
                Half rest = Trace(first);
                rest.Points.Insert(0, (point, first.Unstable));
                return rest;
            }
        }

        return new Half([], [], BranchEnd.Lost);
    }

    private Half Trace(TracedEquilibrium at)
    {
        CurveStepper stepper = new(_equations, LongestStep);
        Half half = new([], [], BranchEnd.StepLimit);
        while (half.Points.Count < MostPoints)
        {
            if (stepper.Next(at.Z, at.Tangent) is not var (z, tangent))
            {
                return half with { End = BranchEnd.Lost };
            }

            bool leaves = z[^1] < _lowest || z[^1] > _highest;
            if (leaves)
            {
                double end = z[^1] < _lowest ? _lowest : _highest;
                if (at.Z[^1] == end)
                {
                    return half with { End = BranchEnd.Range };
                }

                double length = (z - at.Z).L2Norm();
                if (AtDrive(at.Z, z, end) is not { } last)
                {
                    // A turn close to the end of the range: shorter steps tell.
                    stepper.Length = length / 4;
                    if (length < 1e-9)
                    {
                        return half with { End = BranchEnd.Lost };
                    }

                    continue;
                }

                (z, tangent) = (last, _equations.Tangent(last, tangent));
            }

            TracedEquilibrium next = new(_free, z, tangent);
            List<FoundPoint> found = [];
            _events.Between(at, next, found);
            if (Pass(at, next, found, half) is { } stop)
            {
                return half with { End = stop };
            }

            half.Points.Add((z, next.Unstable));
            if (leaves)
            {
                return half with { End = BranchEnd.Range };
            }

            at = next;
        }

        return half;
    }

    // Takes what was found between two points, piece by piece between folds, so that the drive grows or falls on each; whether the branch is at its end.
    private BranchEnd? Pass(TracedEquilibrium at, TracedEquilibrium next, List<FoundPoint> found, Half half)
    {
        Vector<double> from = at.Z;
        foreach (FoundPoint point in found)
        {
            if (Cross(from, point.Z, half) is { } stop)
            {
                return stop;
            }

            from = point.Z;
            half.Points.Add((point.Z, point.Before));
            if (point.Kind == BifurcationKind.BranchPoint && Pass(point) is { } end)
            {
                return end;
            }

            if (!_found.Exists(each => each.Kind == point.Kind && IsSame(each.Z, point.Z)))
            {
                _found.Add(point);
                half.Found.Add(point);
            }
        }

        return Cross(from, next.Z, half);
    }

    // Whether the branch comes through a branch point as it or another one did before.
    private BranchEnd? Pass(FoundPoint point)
    {
        if (_branchPoints.Find(each => IsSame(each.Point.Z, point.Z)) is not { } crossing)
        {
            _branchPoints.Add(new CrossingPoint(point, [Branches.Count, -1]));
            return null;
        }

        Vector<double> direction = point.Tangents[0];
        int which = Math.Abs(crossing.Point.Tangents[0].DotProduct(direction)) > Math.Abs(crossing.Point.Tangents[1].DotProduct(direction)) ? 0 : 1;
        int before = crossing.PassedBy[which];
        crossing.PassedBy[which] = Branches.Count;
        return before < 0 ? null : before == Branches.Count ? BranchEnd.Closed : BranchEnd.Known;
    }

    // Where the drive passes those at which branches are compared.
    private BranchEnd? Cross(Vector<double> from, Vector<double> to, Half half)
    {
        double low = Math.Min(from[^1], to[^1]), high = Math.Max(from[^1], to[^1]);
        foreach (int slice in Enumerable.Range(0, _slices.Length).Where(slice => from[^1] != _slices[slice] && low <= _slices[slice] && _slices[slice] <= high)
            .OrderBy(slice => Math.Abs(_slices[slice] - from[^1])))
        {
            if (AtDrive(from, to, _slices[slice]) is not { } z)
            {
                continue;
            }

            int known = _crossings[slice].FindIndex(each => IsSame(each.Z, z));
            if (known < 0)
            {
                _crossings[slice].Add((z, Branches.Count));
            }
            else
            {
                half.Points.Add((z, half.Points.Count > 0 ? half.Points[^1].Unstable : 0));
                return _crossings[slice][known].Branch == Branches.Count ? BranchEnd.Closed : BranchEnd.Known;
            }
        }

        return null;
    }

    // The equilibrium at a drive between two neighbouring points of a branch.
    private Vector<double>? AtDrive(Vector<double> from, Vector<double> to, double drive)
    {
        Vector<double> guess = from + ((to - from) * ((drive - from[^1]) / (to[^1] - from[^1])));
        guess[^1] = drive;
        if (_equations.Correct(guess, NullSpace.Unit(from.Count, from.Count - 1)) is not var (z, _) || (z - from).L2Norm() + (z - to).L2Norm() > (1.5 * (to - from).L2Norm()) + Same)
        {
            return null;
        }

        z[^1] = drive;
        return z;
    }

    private static bool IsSame(Vector<double> a, Vector<double> b) => (a - b).L2Norm() <= Same * (1 + a.L2Norm());

    private sealed record Half(List<(Vector<double> Z, int Unstable)> Points, List<FoundPoint> Found, BranchEnd End);

    // Two branches cross; by which branch each of the two was followed, −1 for none.
    private sealed record CrossingPoint(FoundPoint Point, int[] PassedBy)
    {
        public int Open => Array.IndexOf(PassedBy, -1);
    }
}
