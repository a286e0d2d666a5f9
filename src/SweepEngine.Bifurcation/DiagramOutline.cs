namespace SweepEngine.Bifurcation;

/// <summary>Hodgkin's classes of excitability, J. Physiol. 107 (1948) 165.</summary>
public enum ExcitabilityClass
{
    /// <summary>Steady firing begins with an arbitrarily low rate.</summary>
    I,

    /// <summary>Steady firing begins with a jump of the rate.</summary>
    II,

    /// <summary>There is no steady firing, however strong the drive; at most single spikes.</summary>
    III,
}

/// <summary>A range of the drive [SI].</summary>
/// <param name="Lower">Its lower end.</param>
/// <param name="Upper">Its upper end.</param>
public readonly record struct DriveRange(double Lower, double Upper);

/// <summary>What a diagram says about a curve as a whole.</summary>
/// <param name="Onset">The bifurcation with which steady firing begins as the drive ascends from rest; null where there is none or it is not known.</param>
/// <param name="OnsetDrive">Where that is [SI]; NaN without it.</param>
/// <param name="Class">The class that follows; null where it does not.</param>
/// <param name="Bistable">Where a stable equilibrium and a stable cycle that spikes coexist, ascending.</param>
public sealed record DiagramOutline(BifurcationKind? Onset, double OnsetDrive, ExcitabilityClass? Class, IReadOnlyList<DriveRange> Bistable)
{
    // Parts of the drive's range: two searches find the same point with errors of the order of 1e-9, and a range as narrow as this is none.
    private const double Same = 1e-7;

    // A branch of cycles comes as near as this to the homoclinic orbit or the fold that it ends in.
    private const double NearEnd = 1e-3;

    /// <summary>Reads a diagram.</summary>
    /// <param name="diagram">The diagram.</param>
    /// <param name="range">The range of the drive of which it is [SI].</param>
    /// <param name="voltage">Index of the voltage among the states.</param>
    /// <param name="spikes">Whether the model has a rule for spikes; if not, every cycle counts as firing.</param>
    public static DiagramOutline Of(Diagram diagram, DriveRange range, int voltage, bool spikes)
    {
        ArgumentNullException.ThrowIfNull(diagram);
        List<DriveRange> firing = Stable(diagram, range, BranchKind.Cycles, point => !spikes || point.Spikes > 0);
        double width = Same * (range.Upper - range.Lower);
        DriveRange[] bistable = [.. Intersection(Stable(diagram, range, BranchKind.Equilibria, _ => true), firing).Where(each => each.Upper - each.Lower > width)];
        (BifurcationPoint? lost, bool known) = EndOfRest(diagram, range, voltage);
        if (!known)
        {
            return new DiagramOutline(null, double.NaN, null, bistable);
        }

        if (lost is null)
        {
            // Rest stays stable: firing, where there is any, is not reached from it, and begins where its cycles do.
            BifurcationPoint? begin = firing.Count == 0 ? null : diagram.Points.Where(IsOfCycles).MinBy(point => Math.Abs(point.Drive - firing[0].Lower));
            bool begins = begin is not null && Math.Abs(begin.Drive - firing[0].Lower) <= width;
            return new DiagramOutline(begins ? begin!.Kind : null, begins ? begin!.Drive : double.NaN, firing.Count == 0 ? Unfinished(diagram) ? null : ExcitabilityClass.III : ExcitabilityClass.II, bistable);
        }

        bool onCycle = lost.Kind is BifurcationKind.Fold or BifurcationKind.ThresholdCrossing && PeriodDivergesAt(diagram, lost.Drive, width);
        ExcitabilityClass? found = onCycle ? ExcitabilityClass.I
            : lost.Kind is BifurcationKind.Hopf || diagram.Branches.Any(branch => branch.Kind is BranchKind.Cycles) ? ExcitabilityClass.II : null;
        return new DiagramOutline(onCycle && lost.Kind is BifurcationKind.Fold ? BifurcationKind.SaddleNodeOnCycle : lost.Kind, lost.Drive, found, bistable);
    }

    private static bool Unfinished(Diagram diagram) => diagram.Status != Diagram.Complete;

    private static bool IsOfCycles(BifurcationPoint point) => point.Kind is BifurcationKind.FoldOfCycles or BifurcationKind.Homoclinic or BifurcationKind.SaddleNodeOnCycle
        or BifurcationKind.PeriodDoubling or BifurcationKind.Torus or BifurcationKind.BorderCollision or BifurcationKind.Grazing;

    // Cycles, or trains of a model with a reset, whose period grows without limit towards that drive.
    private static bool PeriodDivergesAt(Diagram diagram, double drive, double width) =>
        diagram.Points.Any(point => point.Kind is BifurcationKind.SaddleNodeOnCycle && Math.Abs(point.Drive - drive) <= width)
        || diagram.Branches.Where(branch => branch.Kind is BranchKind.Cycles && branch.Points.Count > 0)
            .SelectMany(branch => (BranchPoint[])[branch.Points[0], branch.Points[^1]]).Any(end => double.IsPositiveInfinity(end.Period) && Math.Abs(end.Drive - drive) <= width);

    // Follows the stable equilibrium of the lowest drive, of several the one with the lowest voltage, until it is stable no more. Null and true when that never comes.
    private static (BifurcationPoint? Point, bool Known) EndOfRest(Diagram diagram, DriveRange range, int voltage)
    {
        double near = Same * (range.Upper - range.Lower);
        (int Index, Branch Branch, bool Ascends)[] rests =
        [
            .. diagram.Branches.Index().Where(each => each.Item.Kind is BranchKind.Equilibria && each.Item.Points.Count > 1)
                .SelectMany(each => ((bool[])[true, false]).Select(ascends => (each.Index, each.Item, ascends)))
                .Where(each => Math.Abs(each.ascends ? each.Item.Points[0].Drive - range.Lower : each.Item.Points[^1].Drive - range.Lower) <= near
                    && (each.ascends ? each.Item.Points[0] : each.Item.Points[^1]).Unstable == 0),
        ];
        if (rests.Length == 0)
        {
            return (null, false);
        }

        (int index, Branch branch, bool ascends) = rests.MinBy(each => (each.Ascends ? each.Branch.Points[0] : each.Branch.Points[^1]).State[voltage]);
        IReadOnlyList<BranchPoint> path = ascends ? branch.Points : [.. branch.Points.Reverse()];
        int last = 0;
        while (last + 1 < path.Count && path[last + 1].Unstable == 0)
        {
            last++;
        }

        if (last + 1 == path.Count)
        {
            BifurcationPoint? threshold = diagram.Points.FirstOrDefault(point => point.Branch == index && Math.Abs(point.Drive - path[last].Drive) <= near);
            return (threshold, threshold is not null || (ascends ? branch.End : branch.Start) is BranchEnd.Range);
        }

        BifurcationPoint? end = Between(diagram, index, path[last], path[last + 1], range, point => (ascends ? point.UnstableBefore : point.UnstableAfter) == 0);
        return (end, end is not null);
    }

    // The bifurcation on a branch that is nearest to two neighbouring points of it.
    private static BifurcationPoint? Between(Diagram diagram, int branch, BranchPoint a, BranchPoint b, DriveRange range, Func<BifurcationPoint, bool> fits) =>
        diagram.Points.Where(point => point.Branch == branch && fits(point)).MinBy(point =>
            Math.Abs(point.Drive - (0.5 * (a.Drive + b.Drive))) / (range.Upper - range.Lower)
            + point.State.Index().Max(each => Math.Abs(each.Item - (0.5 * (a.State[each.Index] + b.State[each.Index]))) / (1e-300 + Math.Max(Math.Abs(a.State[each.Index]), Math.Abs(b.State[each.Index])))));

    // Where branches of a kind are stable, as far as the bifurcations at their ends.
    private static List<DriveRange> Stable(Diagram diagram, DriveRange range, BranchKind kind, Func<BranchPoint, bool> counts)
    {
        List<DriveRange> ranges = [];
        foreach ((int index, Branch branch) in diagram.Branches.Index().Where(each => each.Item.Kind == kind))
        {
            IReadOnlyList<BranchPoint> path = branch.Points;
            BifurcationPoint[] points = [.. diagram.Points.Where(point => point.Branch == index)];
            for (int first = 0, last; first < path.Count; first = last + 1)
            {
                for (last = first; last < path.Count && path[last].Unstable == 0 && counts(path[last]); last++)
                {
                }

                if (last == first)
                {
                    continue;
                }

                double[] drives =
                [
                    .. path.Skip(first).Take(last - first).Select(point => point.Drive),
                    .. Edge(path, first, -1, points.Where(point => point.UnstableBefore > 0 && point.UnstableAfter == 0), points, range),
                    .. Edge(path, last - 1, 1, points.Where(point => point.UnstableBefore == 0 && point.UnstableAfter > 0), points, range),
                ];
                ranges.Add(new DriveRange(drives.Min(), drives.Max()));
            }
        }

        return Union(ranges);
    }

    // The bifurcation between a stable point and its neighbour that is not, or at the end of a branch of cycles; none where points are of another kind, such as without spikes.
    private static IEnumerable<double> Edge(IReadOnlyList<BranchPoint> path, int inside, int step, IEnumerable<BifurcationPoint> facing, BifurcationPoint[] all, DriveRange range)
    {
        bool atEnd = inside + step < 0 || inside + step >= path.Count;
        BifurcationPoint? edge = (atEnd ? all.Where(point => point.Kind is BifurcationKind.Homoclinic or BifurcationKind.SaddleNodeOnCycle) : facing)
            .MinBy(point => Math.Abs(point.Drive - path[inside].Drive));
        // At a fold the drive turns, so that it is beyond both points, by no more than the branch's steps.
        double near = Math.Max(NearEnd * (range.Upper - range.Lower), Math.Max(Step(step), Step(-step)));
        return edge is not null && Math.Abs(edge.Drive - path[inside].Drive) <= near ? [edge.Drive] : [];

        double Step(int to) => inside + to < 0 || inside + to >= path.Count ? 0 : Math.Abs(path[inside + to].Drive - path[inside].Drive);
    }

    private static List<DriveRange> Union(List<DriveRange> ranges)
    {
        List<DriveRange> union = [];
        foreach (DriveRange range in ranges.OrderBy(each => each.Lower).ThenBy(each => each.Upper))
        {
            if (union.Count > 0 && range.Lower <= union[^1].Upper)
            {
                union[^1] = new DriveRange(union[^1].Lower, Math.Max(union[^1].Upper, range.Upper));
            }
            else
            {
                union.Add(range);
            }
        }

        return union;
    }

    private static IEnumerable<DriveRange> Intersection(List<DriveRange> a, List<DriveRange> b) =>
        a.SelectMany(one => b.Select(other => new DriveRange(Math.Max(one.Lower, other.Lower), Math.Min(one.Upper, other.Upper)))).Where(each => each.Lower < each.Upper).OrderBy(each => each.Lower);
}
