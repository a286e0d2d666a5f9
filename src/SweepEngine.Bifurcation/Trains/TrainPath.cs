using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>Where the subthreshold rest vanishes: a fold, or the threshold.</summary>
/// <param name="Kind"><see cref="BifurcationKind.Fold"/> or <see cref="BifurcationKind.ThresholdCrossing"/>.</param>
/// <param name="Drive">The drive [SI].</param>
/// <param name="State">The equilibrium.</param>
internal sealed record RestEnd(BifurcationKind Kind, double Drive, double[] State);

/// <summary>A bifurcation on a path of trains.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="At">The train.</param>
/// <param name="Before">Unstable multipliers before it, in the order of the path.</param>
/// <param name="After">Unstable multipliers after it.</param>
internal sealed record TrainEvent(BifurcationKind Kind, TrainPoint At, int Before, int After);

/// <summary>A path of trains in one direction.</summary>
/// <param name="Points">Its points; the start comes first.</param>
/// <param name="Events">The bifurcations on it.</param>
/// <param name="End">Why it goes no further.</param>
/// <param name="EndDrive">Where it ends exactly [SI].</param>
/// <param name="Corner">Which of the kinks of its last point is zero there, where that is why it ends; else −1.</param>
internal sealed record TrainPath(List<TrainPoint> Points, List<TrainEvent> Events, BranchEnd End, double EndDrive, int Corner = -1);

/// <summary>Follows periodic trains along the drive by pseudo-arclength, with the bifurcations that it passes and the reason for which it ends.</summary>
/// <param name="model">The model.</param>
/// <param name="equations">Of the trains.</param>
/// <param name="lowest">Lower end of the drive's range [SI].</param>
/// <param name="highest">Upper end of the drive's range [SI].</param>
/// <param name="rests">Where rest vanishes.</param>
internal sealed class TrainTracer(ResetModel model, TrainEquations equations, double lowest, double highest, IReadOnlyList<RestEnd> rests)
{
    private const double FirstStep = 0.01, LongestStep = 0.5, Growth = 1.6;

    // The most that the drive changes in a step, as a part of its range.
    private const double DrivePart = 0.04;

    // Steps become as short as this (in units) towards an end, so that the end is known as well.
    private const double ShortestStep = 1e-11;

    // What a good step is: how far off the prediction may be as a part of the step, and how much the period may grow.
    private const double OffPart = 0.1, PeriodFactor = 1.5, Turn = 0.9;

    private const int StepLimit = 1500;

    // A path that moves less than this in so many steps has come to its end.
    private const double StallDistance = 1e-6;
    private const int StallSteps = 24;

    // How near to what it should be a multiplier is at a bifurcation.
    private const double EventPart = 1e-4;

    // Part of the range: so near to where rest vanishes, and as slow, a train ends there.
    private const double RestEndPart = 1e-6;

    // Distance of states at a rest, in parts of scale plus magnitude.
    private const double AtRest = 0.01;

    // Where the map is as steep as this, or known to so few digits only, an orbit stays so long at a repelling slow manifold that rounding decides on which side it leaves: it is at the
    // border between trains with and without a further spike.
    private const double Steepest = 1e5, Steep = 1e4, Blurred = 1e-9;

    // Halves of a train that differ by less are the same.
    private const double SamePart = 1e-7;

    // A train that grows slow at an unstable equilibrium while the drive hardly changes (in parts of its range) comes to a homoclinic orbit.
    private const double HomoclinicPart = 1e-12;

    // A train is at a corner of the reset where this part is left of the way there.
    private const double CornerPart = 1e-5;

    // How far beside a train the map is looked at, in units.
    private const double Beside = 1e-8;

    // A maximum so near to threshold touches it; a spike that is so flat only touches.
    private const double TouchPart = 1e-3;

    /// <summary>Follows.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="direction">The direction to go, of length 1.</param>
    public TrainPath Follow(TrainPoint start, double[] direction)
    {
        List<TrainPoint> points = [start with { Tangent = direction }];
        List<TrainEvent> events = [];
        double step = FirstStep;
        PassageEnd failure = PassageEnd.Spike;
        bool approaches = false;
        while (points.Count < StepLimit)
        {
            TrainPoint here = points[^1];
            if (approaches && NearRestEnd(here) is { } rest)
            {
                return new TrainPath(points, events, rest.Kind == BifurcationKind.Fold ? BranchEnd.SaddleNodeOnCycle : BranchEnd.ThresholdCrossing, rest.Drive);
            }

            if (points.Count > 4 && Math.Abs(here.Drive - points[^2].Drive) <= HomoclinicPart * (highest - lowest) && Slows(points))
            {
                return new TrainPath(points, events, BranchEnd.Homoclinic, here.Drive);
            }

            if (step < ShortestStep || (points.Count > StallSteps && Distance(here.Unknowns, points[^StallSteps].Unknowns) < StallDistance))
            {
                return Ended(points, events, failure);
            }

            double tried = Math.Min(step, DrivePart / Math.Abs(here.Tangent[^1]));
            double[] unknowns = Ahead(here, tried);
            if (!equations.Solve(unknowns, here.Tangent) || equations.Tangent(here.Tangent) is not { } tangent)
            {
                failure = equations.Failure;
                approaches |= failure is PassageEnd.Rest or PassageEnd.TooLong;
                step = tried / 2;
                continue;
            }

            TrainPoint next = equations.PointAt(unknowns, tangent);
            double ratio = next.Period / here.Period, off = Distance(unknowns, Ahead(here, tried));
            bool good = off <= OffPart * tried + 1e-11 && ratio < PeriodFactor && ratio > 1 / PeriodFactor && (Dot(tangent, here.Tangent) > Turn || tried < 1e-6);
            if (!good && tried > 1e-12)
            {
                failure = PassageEnd.Spike;
                step = tried / 2;
                continue;
            }

            if (next.Drive < lowest || next.Drive > highest)
            {
                double edge = next.Drive < lowest ? lowest : highest, part = (edge - here.Drive) / (next.Drive - here.Drive);
                double[] there = [.. here.Unknowns.Zip(next.Unknowns, (u, v) => u + part * (v - u))];
                if (part < 1e-9)
                {
                    return new TrainPath(points, events, BranchEnd.Range, here.Drive);
                }

                if (equations.SolveAt(edge, there) && equations.Tangent(here.Tangent) is { } last && Distance(there, Ahead(here, part * tried)) <= OffPart * tried)
                {
                    TrainPoint end = equations.PointAt(there, last);
                    if (EventsBetween(here, end) is { Count: <= 1 } passed)
                    {
                        events.AddRange(passed);
                        points.Add(end);
                        return new TrainPath(points, events, BranchEnd.Range, edge);
                    }
                }

                step = tried / 2;
                continue;
            }

            if (Halves(here) * Halves(next) < 0 || Math.Abs(Halves(next)) <= SamePart)
            {
                // A train of twice the period comes back to that of half.
                if (Half(here, next) is { } single)
                {
                    points.Add(single);
                    return new TrainPath(points, events, BranchEnd.PeriodDoubling, single.Drive);
                }

                step = tried / 2;
                continue;
            }

            if (points.Count > 8 && Passes(here, next, start))
            {
                points.Add(start);
                return new TrainPath(points, events, BranchEnd.Closed, start.Drive);
            }

            List<TrainEvent> found = EventsBetween(here, next);
            if (found.Count > 1 && tried > 1e-9)
            {
                step = tried / 2;
                continue;
            }

            events.AddRange(found);
            points.Add(next);
            if (next.Slope > Steepest)
            {
                events.Add(new TrainEvent(BifurcationKind.BorderCollision, next, next.Unstable, next.Unstable));
                return new TrainPath(points, events, BranchEnd.Border, next.Drive);
            }

            failure = PassageEnd.Spike;
            step = Math.Min(tried * (off < 0.25 * OffPart * tried ? Growth : 1), LongestStep);
        }

        return new TrainPath(points, events, BranchEnd.StepLimit, points[^1].Drive);
    }

    /// <summary>How far a state is from another one, in parts of scale plus magnitude.</summary>
    /// <param name="state">The state.</param>
    /// <param name="other">The other one.</param>
    public double Between(double[] state, double[] other)
    {
        double distance = 0;
        for (int i = 0; i < state.Length; i++)
        {
            distance = Math.Max(distance, Math.Abs(state[i] - other[i]) / (model.Scale[i] + Math.Abs(other[i])));
        }

        return distance;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static double Distance(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return Math.Sqrt(sum);
    }

    private static double[] Ahead(TrainPoint here, double step)
    {
        double[] unknowns = new double[here.Unknowns.Length];
        for (int j = 0; j < unknowns.Length; j++)
        {
            unknowns[j] = here.Unknowns[j] + step * here.Tangent[j];
        }

        return unknowns;
    }

    // Whether the path from one point to the next passes a point.
    private static bool Passes(TrainPoint here, TrainPoint next, TrainPoint point)
    {
        double[] path = [.. next.Unknowns.Zip(here.Unknowns, (a, b) => a - b)], to = [.. point.Unknowns.Zip(here.Unknowns, (a, b) => a - b)];
        double length = Math.Sqrt(Dot(path, path)), along = Dot(path, to) / length;
        return along > 0 && along <= length && Dot(to, to) - along * along <= 0.01 * length * length;
    }

    private RestEnd? NearRestEnd(TrainPoint here) => rests.FirstOrDefault(rest =>
        Math.Abs(here.Drive - rest.Drive) <= RestEndPart * (highest - lowest) && Between(here.Slowest, rest.State) < AtRest);

    // Of a train of an even number of spikes, how its halves differ, with a sign.
    private double Halves(TrainPoint point)
    {
        int half = (point.Unknowns.Length - 1) / 2;
        if (equations.Spikes % 2 != 0 || half == 0)
        {
            return 1;
        }

        int coordinates = half / (equations.Spikes / 2);
        double difference = 0;
        for (int c = 0; c < coordinates; c++)
        {
            double each = point.Unknowns[half + c] - point.Unknowns[c];
            difference = Math.Abs(each) > Math.Abs(difference) ? each : difference;
        }

        return difference;
    }

    // Where the halves of a train become the same: where the period of the train of half as many spikes doubles, by secants along the drive.
    private TrainPoint? Half(TrainPoint here, TrainPoint next)
    {
        int size = (here.Unknowns.Length - 1) / 2, spikes = equations.Spikes / 2;
        double root = Math.Sqrt(0.5);
        TrainEquations half = equations.OfHalf();
        double[] unknowns = new double[size + 1];
        for (int j = 0; j < size; j++)
        {
            unknowns[j] = 0.25 * (here.Unknowns[j] + here.Unknowns[size + j] + next.Unknowns[j] + next.Unknowns[size + j]) / root;
        }

        double a = here.Drive, b = next.Drive == a ? a + 1e-6 * (highest - lowest) : next.Drive;
        double valueA = Value(a), valueB = Value(b);
        for (int i = 0; i < 30 && valueB != 0 && double.IsFinite(valueA + valueB) && Math.Abs(b - a) > 1e-14 * (highest - lowest); i++)
        {
            (a, valueA, b) = (b, valueB, b - valueB * (b - a) / (valueB - valueA));
            valueB = Value(b);
        }

        // It is no further than the points are from each other.
        double reach = 2 * Math.Max(Math.Abs(next.Drive - here.Drive), Distance(here.Unknowns, next.Unknowns) * (highest - lowest));
        if (!(Math.Abs(valueB) <= 1e-6 && Math.Abs(b - here.Drive) <= reach))
        {
            return null;
        }

        TrainPoint point = half.PointAt(unknowns, unknowns);
        double[] twice = [.. unknowns.Take(size).Select(each => each * root), .. unknowns.Take(size).Select(each => each * root), unknowns[size]];
        return point with { Unknowns = twice, Tangent = next.Tangent, Period = 2 * point.Period };

        double Value(double drive) => half.SolveAt(drive, unknowns) ? (half.Monodromy() + Matrix<double>.Build.DenseIdentity(size / spikes)).Determinant() : double.NaN;
    }

    private List<TrainEvent> EventsBetween(TrainPoint here, TrainPoint next)
    {
        List<TrainEvent> found = [];
        for (int kink = 0; kink < here.Kinks.Length; kink++)
        {
            int which = kink;
            if (here.Kinks[kink] * next.Kinks[kink] < 0)
            {
                found.Add(new TrainEvent(BifurcationKind.BorderCollision, Locate(here, next, point => point.Kinks[which]), here.Unstable, next.Unstable));
            }
        }

        // Across a corner multipliers jump.
        if (found.Count == 0 && model.Coordinates.Count > 0)
        {
            Test(point => point.Tangent[^1], BifurcationKind.FoldOfCycles);
            Test(Doubling, BifurcationKind.PeriodDoubling);
            if (Pairs(here) != Pairs(next) && Torus(here) * Torus(next) < 0)
            {
                Test(Torus, BifurcationKind.Torus);
            }
        }

        return found;

        void Test(Func<TrainPoint, double> function, BifurcationKind kind)
        {
            if (function(here) * function(next) >= 0)
            {
                return;
            }

            // Where the map is known to few digits only, a change of sign may be nothing.
            TrainPoint at = Locate(here, next, function);
            double modulus = kind == BifurcationKind.PeriodDoubling ? -1 : 1;
            if (at.Multipliers.Min(each => kind == BifurcationKind.Torus ? Math.Abs(each.Magnitude - 1) : (each - modulus).Magnitude) <= EventPart)
            {
                found.Add(new TrainEvent(kind, at, here.Unstable, next.Unstable));
            }
        }
    }

    private static double Doubling(TrainPoint point) => (point.Monodromy + Matrix<double>.Build.DenseIdentity(point.Monodromy.RowCount)).Determinant();

    private static IEnumerable<Complex> Oscillating(TrainPoint point) => point.Multipliers.Where(each => each.Imaginary > 1e-9);

    private static int Pairs(TrainPoint point) => Oscillating(point).Count(each => each.Magnitude > 1);

    private static double Torus(TrainPoint point)
    {
        double product = 1;
        foreach (Complex each in Oscillating(point))
        {
            product *= each.Magnitude - 1;
        }

        return product;
    }

    // Where between two points a function of them is zero, by the method of Illinois along the path.
    private TrainPoint Locate(TrainPoint here, TrainPoint next, Func<TrainPoint, double> function)
    {
        double[] path = [.. next.Unknowns.Zip(here.Unknowns, (a, b) => a - b)];
        double length = Dot(path, here.Tangent), a = 0, b = length, fa = function(here), fb = function(next);
        TrainPoint best = Math.Abs(fa) < Math.Abs(fb) ? here : next;
        for (int i = 0; i < 50 && Math.Abs(b - a) > 1e-13 && fb != 0; i++)
        {
            double at = b - fb * (b - a) / (fb - fa);
            at = at > Math.Min(a, b) && at < Math.Max(a, b) ? at : 0.5 * (a + b);
            double[] unknowns = new double[path.Length];
            double part = at / length, bend = part * part;
            for (int j = 0; j < unknowns.Length; j++)
            {
                unknowns[j] = here.Unknowns[j] + at * here.Tangent[j] + bend * (path[j] - length * here.Tangent[j]);
            }

            if (!equations.Solve(unknowns, here.Tangent) || equations.Tangent(here.Tangent) is not { } tangent)
            {
                break;
            }

            TrainPoint point = equations.PointAt(unknowns, tangent);
            double value = function(point);
            bool small = Math.Abs(at - b) <= 1e-12;
            best = point;
            (a, fa) = value * fb < 0 ? (b, fb) : (a, fa * 0.5);
            (b, fb) = (at, value);
            if (small)
            {
                break;
            }
        }

        return best;
    }

    // Steps became too small: the train meets something there.
    private TrainPath Ended(List<TrainPoint> points, List<TrainEvent> events, PassageEnd failure)
    {
        TrainPoint last = points[^1];
        if (last.HighestMiss > -TouchPart)
        {
            events.Add(new TrainEvent(BifurcationKind.Grazing, last, last.Unstable, last.Unstable));
            return new TrainPath(points, events, BranchEnd.Border, last.Drive);
        }

        if (last.Steepness < TouchPart)
        {
            events.Add(new TrainEvent(BifurcationKind.BorderCollision, last, last.Unstable, last.Unstable));
            return new TrainPath(points, events, BranchEnd.Border, last.Drive);
        }

        int corner = Array.FindIndex([.. Enumerable.Range(0, last.Kinks.Length)], kink => Math.Abs(last.Kinks[kink]) <= CornerPart * points.Max(point => Math.Abs(point.Kinks[kink])));
        if (corner >= 0)
        {
            events.Add(new TrainEvent(BifurcationKind.BorderCollision, last, last.Unstable, last.Unstable));
            return new TrainPath(points, events, BranchEnd.Border, last.Drive, corner);
        }

        if (failure is PassageEnd.Rest or PassageEnd.TooLong && rests.FirstOrDefault(rest =>
            Math.Abs(last.Drive - rest.Drive) <= 1e-5 * (highest - lowest) && Between(last.Slowest, rest.State) < AtRest) is { } end)
        {
            return new TrainPath(points, events, end.Kind == BifurcationKind.Fold ? BranchEnd.SaddleNodeOnCycle : BranchEnd.ThresholdCrossing, end.Drive);
        }

        if (Slows(points))
        {
            return new TrainPath(points, events, BranchEnd.Homoclinic, last.Drive);
        }

        if (last.Slope > Steep || last.Residual > Blurred || failure is PassageEnd.Rest or PassageEnd.TooLong or PassageEnd.Endless || Jumps(last))
        {
            events.Add(new TrainEvent(BifurcationKind.BorderCollision, last, last.Unstable, last.Unstable));
            return new TrainPath(points, events, BranchEnd.Border, last.Drive);
        }

        return new TrainPath(points, events, BranchEnd.Lost, last.Drive);
    }

    // Whether a path grows slow at an unstable equilibrium.
    private bool Slows(List<TrainPoint> points) =>
        points[^1].Period > 1.5 * points.Min(point => point.Period) && equations.UnstableNear(points[^1].Slowest, points[^1].Drive, AtRest) is > 0;

    // Whether the map jumps beside a train.
    private bool Jumps(TrainPoint here)
    {
        equations.Evaluate(here.Unknowns);
        (double Duration, double[] Next)[] before = [.. equations.Passages.Select(passage => (passage.Duration, passage.Next.ToArray()))];
        foreach (double beside in (ReadOnlySpan<double>)[-Beside, Beside])
        {
            if (!equations.Evaluate(Ahead(here, beside)))
            {
                return true;
            }

            for (int s = 0; s < before.Length; s++)
            {
                Passage passage = equations.Passages[s];
                double change = Math.Abs(passage.Duration / before[s].Duration - 1);
                for (int c = 0; c < passage.Next.Length; c++)
                {
                    change = Math.Max(change, Math.Abs(passage.Next[c] - before[s].Next[c]) / equations.Units[c]);
                }

                if (change > Steep * Beside)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
