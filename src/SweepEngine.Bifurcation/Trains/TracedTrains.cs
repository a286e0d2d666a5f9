namespace SweepEngine.Bifurcation;

/// <summary>A branch of trains, put together from the paths in both directions.</summary>
internal sealed class TracedTrains
{
    // Points of a branch as near as this to the last one are left out, unless the period differs by as much (in parts).
    private const double PointDistance = 1e-4, PeriodPart = 0.02;

    // Trains as near as this on a branch may be the same, and are when solved for.
    private const double MaybeSame = 0.1, Same = 1e-6, MeetPart = 1e-5;

    private readonly List<TrainPoint> _points = [];

    /// <summary>Puts paths together.</summary>
    /// <param name="equations">Of the trains.</param>
    /// <param name="back">The path against the direction; null when there is none.</param>
    /// <param name="ahead">The path in the direction, from the same point; null when the first one is closed.</param>
    /// <param name="birth">Where the period of another branch doubled and this one began; null when it did not.</param>
    public TracedTrains(TrainEquations equations, TrainPath? back, TrainPath? ahead, TrainPoint? birth)
    {
        Equations = equations;
        Paths = [.. new[] { back, ahead }.OfType<TrainPath>()];
        List<TrainEvent> events = [];
        if (birth is not null)
        {
            _points.Add(birth);
        }

        if (back is not null)
        {
            _points.AddRange(Enumerable.Reverse(back.Points));
            events.AddRange(Enumerable.Reverse(back.Events).Select(each => each with { Before = each.After, After = each.Before }));
        }

        if (ahead is not null)
        {
            _points.AddRange(back is null ? ahead.Points : ahead.Points.Skip(1));
            events.AddRange(ahead.Events);
        }

        Events = events;
        (Start, StartDrive) = back is not null ? (back.End, back.EndDrive) : (BranchEnd.PeriodDoubling, birth!.Drive);
        (End, EndDrive) = ahead is not null ? (ahead.End, ahead.EndDrive) : (back!.End, back.EndDrive);
    }

    /// <summary>Its equations.</summary>
    public TrainEquations Equations { get; }

    /// <summary>The paths that it is put together from.</summary>
    public IReadOnlyList<TrainPath> Paths { get; }

    /// <summary>The bifurcations on it.</summary>
    public IReadOnlyList<TrainEvent> Events { get; }

    /// <summary>Why it begins where it does.</summary>
    public BranchEnd Start { get; }

    /// <summary>Where it begins [SI].</summary>
    public double StartDrive { get; }

    /// <summary>Why it ends where it does.</summary>
    public BranchEnd End { get; }

    /// <summary>Where it ends [SI].</summary>
    public double EndDrive { get; }

    /// <summary>Its first point.</summary>
    public TrainPoint First => _points[0];

    /// <summary>Its last point.</summary>
    public TrainPoint Last => _points[^1];

    /// <summary>The drives at which something changes.</summary>
    public IEnumerable<double> CriticalDrives => [.. Events.Select(each => each.At.Drive), StartDrive, EndDrive];

    /// <summary>Whether a train is on the branch.</summary>
    /// <param name="equations">Of the train.</param>
    /// <param name="unknowns">The train.</param>
    /// <param name="drive">Its drive [SI].</param>
    public bool Holds(TrainEquations equations, double[] unknowns, double drive)
    {
        if (equations.Spikes != Equations.Spikes)
        {
            return false;
        }

        if (Meets(First, equations, unknowns, drive) || Meets(Last, equations, unknowns, drive))
        {
            return true;
        }

        foreach ((double[] there, _) in Crossings(drive))
        {
            if (Difference(equations, unknowns, there) <= MaybeSame && Equations.SolveAt(drive, there) && Difference(equations, unknowns, there) <= Same)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the branch begins or ends where the period of half its spikes doubles.</summary>
    /// <param name="equations">Of trains of as many spikes.</param>
    /// <param name="unknowns">The train of half the spikes, twice.</param>
    /// <param name="drive">Its drive [SI].</param>
    public bool EndsAt(TrainEquations equations, double[] unknowns, double drive) => equations.Spikes == Equations.Spikes
        && ((Start == BranchEnd.PeriodDoubling && Meets(First, equations, unknowns, drive)) || (End == BranchEnd.PeriodDoubling && Meets(Last, equations, unknowns, drive)));

    /// <summary>What the spikes of its stable trains leave at a drive, shape [coordinates] each.</summary>
    /// <param name="drive">The drive [SI].</param>
    public IEnumerable<double[]> StableAt(double drive)
    {
        foreach ((double[] there, bool stable) in Crossings(drive))
        {
            if (stable && Equations.SolveAt(drive, there))
            {
                int m = (there.Length - 1) / Equations.Spikes;
                for (int s = 0; s < Equations.Spikes; s++)
                {
                    yield return [.. Enumerable.Range(s * m, m).Select(j => there[j] * Equations.Units[j])];
                }
            }
        }
    }

    private bool Meets(TrainPoint point, TrainEquations equations, double[] unknowns, double drive) =>
        Math.Abs(point.Drive - drive) <= MeetPart * equations.Units[^1] && Difference(equations, unknowns, point.Unknowns) <= MeetPart;

    // Of two trains, at the shift by spikes at which it is least; in units of the branch.
    private double Difference(TrainEquations equations, double[] unknowns, double[] there)
    {
        int size = there.Length - 1, m = size / Equations.Spikes;
        double least = size == 0 ? 0 : double.PositiveInfinity;
        for (int shift = 0; shift < size; shift += m)
        {
            double difference = 0;
            for (int j = 0; j < size; j++)
            {
                int at = (j + shift) % size;
                difference = Math.Max(difference, Math.Abs(unknowns[at] * equations.Units[at] / Equations.Units[j] - there[j]));
            }

            least = Math.Min(least, difference);
        }

        return least;
    }

    // Where the branch has a drive, nearly, and whether it is stable there.
    private IEnumerable<(double[] Unknowns, bool Stable)> Crossings(double drive)
    {
        for (int i = 1; i < _points.Count; i++)
        {
            TrainPoint a = _points[i - 1], b = _points[i];
            if ((a.Drive - drive) * (b.Drive - drive) <= 0)
            {
                double part = a.Drive == b.Drive ? 0 : (drive - a.Drive) / (b.Drive - a.Drive);
                yield return ([.. a.Unknowns.Zip(b.Unknowns, (u, v) => u + part * (v - u))], a.Unstable == 0 && b.Unstable == 0);
            }
        }
    }

    /// <summary>The branch as diagrams have it.</summary>
    public Branch ToBranch()
    {
        List<BranchPoint> points = [];
        if (IsSlow(Start))
        {
            points.Add(Point(First) with { Drive = StartDrive, Period = double.PositiveInfinity });
        }

        TrainPoint? kept = null;
        for (int i = 0; i < _points.Count; i++)
        {
            TrainPoint each = _points[i];
            double distance = kept is null ? 1 : each.Unknowns.Zip(kept.Unknowns, (a, b) => Math.Abs(a - b)).Max();
            if (i == _points.Count - 1 || distance > PointDistance || Math.Abs(each.Period - kept!.Period) > PeriodPart * kept.Period)
            {
                points.Add(Point(each));
                kept = each;
            }
        }

        if (IsSlow(End))
        {
            points.Add(Point(Last) with { Drive = EndDrive, Period = double.PositiveInfinity });
        }

        return new Branch(BranchKind.Cycles, Start, End, points);
    }

    /// <summary>Whether the period grows without limit towards an end.</summary>
    /// <param name="end">The end.</param>
    public static bool IsSlow(BranchEnd end) => end is BranchEnd.SaddleNodeOnCycle or BranchEnd.ThresholdCrossing or BranchEnd.Homoclinic;

    private BranchPoint Point(TrainPoint point) => new(point.Drive, point.State, point.Lowest, point.Period, point.Unstable, Equations.Spikes);
}
