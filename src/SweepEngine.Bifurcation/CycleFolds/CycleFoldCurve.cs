using System.Numerics;
using SweepEngine.Lanes;

namespace SweepEngine.Bifurcation;

/// <summary>A corrected fold of cycles on its curve.</summary>
/// <param name="Fold">The fold.</param>
/// <param name="Tangent">The unit tangent of the curve.</param>
/// <param name="Mesh">The mesh, shape [intervals + 1].</param>
/// <param name="Weights">Weights of the squares of the states, shape [states].</param>
/// <param name="Multipliers">Floquet multipliers by descending modulus, without the trivial one; that of the fold is next to 1. Empty where they have no digits.</param>
internal sealed record CycleFoldPoint(CycleFold Fold, CycleFold Tangent, double[] Mesh, double[] Weights, Complex[] Multipliers)
{
    /// <summary>The period [s].</summary>
    public double Period => Fold.Profile.Period;
}

/// <summary>What was found along a curve of folds of cycles.</summary>
/// <param name="Points">Its points after the first one, cusps among them.</param>
/// <param name="End">Why it goes no further; <see cref="BranchEnd.Hopf"/> where the cycles vanish.</param>
/// <param name="Last">The last point.</param>
/// <param name="Cusps">Cusps of cycles, which are among the points.</param>
/// <param name="Returns">Where the curve is at the second parameter of its first point again: drive [units of its range] and period [s].</param>
internal sealed record CycleFoldTrace(
    IReadOnlyList<TwoParameterCurvePoint> Points, BranchEnd End, CycleFoldPoint Last, IReadOnlyList<TwoParameterCurvePoint> Cusps, IReadOnlyList<(double Drive, double Period)> Returns);

/// <summary>Follows curves of folds of cycles by pseudo-arclength in cycle, period, drive and second parameter, on meshes that follow the cycle.</summary>
/// <param name="system">The model.</param>
/// <param name="equations">The equations of one curve.</param>
internal sealed class CycleFoldCurve(SmoothSystem system, CycleFoldEquations equations)
{
    private const double FirstStep = 0.02, LongestStep = 0.2, ShortestStep = 1e-8;
    private const int MostCorrections = 8, MostPoints = 2000, MostIntervals = 480;

    // Newton's method converges quadratically: what is left after so small a correction is below rounding.
    private const double Converged = 1e-7;

    // Cosines of the angles by which the curve may turn in a step, among all unknowns and in the plane of the parameters.
    private const double LeastCosine = 0.85, LeastCosineInPlane = 0.7;

    // So small a part of both parameters in the unit tangent has no direction.
    private const double NoDirection = 1e-7;

    // Two points are the same where drives [parts of the range] and periods [relative] are as near as this.
    internal const double Same = 1e-6;

    // Cycles whose amplitude is so small a part of the largest one of the curve, and shrinks, vanish where parameters are as near as these parts of their ranges: nearer, they are lost in rounding, since
    // of the two equations for a small cycle one is of the fourth power of its amplitude.
    private const double VanishingPart = 0.1, VanishingDistance = 1e-4;

    // Next to a homoclinic orbit all cycles are folds to rounding, since the drive hardly changes along their branches; then the multiplier that should be 1 is as far from it. Periods are so many times the shortest
    // one of the curve there.
    private const double FarFromOne = 1e-3, LongPeriod = 4;

    /// <summary>Begins at a cycle at a fold.</summary>
    /// <param name="orbit">The cycle, on whatever mesh.</param>
    /// <param name="settings">The range of the drive.</param>
    /// <param name="second">The second parameter, in units of its range.</param>
    /// <returns>The fold at this second parameter; null where there is none.</returns>
    public CycleFoldPoint? Begin(CycleOrbit orbit, CycleSettings settings, double second)
    {
        CycleProfile cycle = CycleProfile.Of(orbit, system, settings);
        double[] mesh = orbit.Mesh;
        CycleFold fold = null!;
        for (int pass = 0; pass < 2; pass++)
        {
            // Once for the cycle alone, once with the change of it.
            int n = system.Dimension;
            double[] weights = cycle.Weights(n), density = new double[cycle.Intervals];
            double demand = CycleMesh.Density(cycle, mesh, pass == 0 ? weights : [.. weights, .. weights], density);
            double[] finer = CycleMesh.Equidistribute(mesh, density, Math.Min(MeshSizes.For(demand, 0), MostIntervals));
            cycle = CycleMesh.Resample(cycle, mesh, finer);
            (mesh, weights) = (finer, cycle.Weights(n));
            if (pass == 0)
            {
                cycle = CycleFold.Doubled(cycle);
            }

            fold = new CycleFold(cycle) { Second = second };
            equations.FindChange(fold, mesh, CycleFoldRows.PhaseOf(cycle, weights));
            CycleFoldRows.Normalise(fold, mesh, weights);
        }

        return Correct(fold, Hold(fold, second: true), mesh, fold.Profile.Weights(fold.States));
    }

    private CycleFoldPoint? Correct(CycleFold guess, CycleFold path, double[] mesh, double[] weights) => Correct(guess, path, mesh, weights, out _, out _);

    // A direction along one parameter alone, so that a correction leaves it as it is.
    private static CycleFold Hold(CycleFold like, bool second)
    {
        CycleFold hold = new(new CycleProfile(like.Profile.States, like.Profile.Intervals)) { Second = second ? 1 : 0 };
        hold.Profile.Drive = second ? 0 : 1;
        return hold;
    }

    /// <summary>Begins at small cycles next to a generalised Hopf point.</summary>
    /// <param name="start">About such a cycle, and the equilibrium in it.</param>
    /// <param name="settings">The range of the drive.</param>
    /// <param name="second">The second parameter, in units of its range.</param>
    /// <returns>A fold with about the same amplitude, its tangent towards larger ones; null where there is none.</returns>
    public CycleFoldPoint? Begin(CycleStart start, CycleSettings settings, double second)
    {
        CycleProfile cycle = CycleProfile.Of(start.Orbit, system, settings), still = CycleProfile.Of(start.Before!, system, settings);
        CycleFold fold = new(CycleFold.Doubled(cycle)) { Second = second }, path = Hold(fold, second: true);
        path.Second = 0;
        int values = cycle.Starts.Length;
        for (int at = 0; at < values; at++)
        {
            path.Profile.Starts[at] = fold.Profile.Starts[values + at] = cycle.Starts[at] - still.Starts[at];
        }

        values *= GaussCollocation.Stages;
        for (int at = 0; at < values; at++)
        {
            fold.Profile.Points[values + at] = cycle.Points[at] - still.Points[at];
        }

        return Correct(fold, path, start.Orbit.Mesh, cycle.Weights(system.Dimension));
    }

    /// <summary>What tables show of a point.</summary>
    /// <param name="point">The point.</param>
    public TwoParameterCurvePoint Describe(CycleFoldPoint point)
    {
        // One of the multipliers is that of the fold.
        int unstable = point.Multipliers.OrderBy(each => Complex.Abs(each - 1)).Skip(1).Count(each => Complex.Abs(each) > 1);
        return new(equations.Drive(point.Fold), equations.Second(point.Fold), point.Fold.Profile.Extremes(system.Voltage, system.Scale).State, 2 * Math.PI / point.Period, double.NaN, unstable);
    }

    /// <summary>Follows the curve in one direction.</summary>
    /// <param name="start">Its first point.</param>
    /// <param name="sense">1 along its tangent, −1 against it.</param>
    /// <param name="cancellation">Stops it.</param>
    public CycleFoldTrace Trace(CycleFoldPoint start, int sense, CancellationToken cancellation)
    {
        List<TwoParameterCurvePoint> points = [], cusps = [];
        List<(double, double)> returns = [];
        CycleFold tangent = start.Tangent.Copy();
        tangent.Scale(sense);
        CycleFoldPoint at = start with { Tangent = tangent }, latest = start;
        double step = FirstStep, madeBefore = 0, shortest = start.Period, largest = Amplitude(at), amplitude = largest;
        CycleFold? before = null;
        while (points.Count < MostPoints)
        {
            cancellation.ThrowIfCancellationRequested();
            CycleFoldPoint? next = null;
            double growth = 0;
            for (; step >= ShortestStep; step /= 2)
            {
                CycleFold guess = at.Fold.Copy();
                guess.Add(step, at.Tangent);
                if (before is not null && step < 2.5 * madeBefore)
                {
                    double curvature = step * step / (2 * madeBefore);
                    guess.Add(curvature, at.Tangent);
                    guess.Add(-curvature, before);
                }

                next = Correct(guess, at.Tangent, at.Mesh, at.Weights, out int corrections, out double first);
                if (next is not null && IsNear(at, next))
                {
                    growth = first switch { < 1e-3 => 2, < 1e-2 => 1.5, < 3e-2 => 1.15, < 0.1 => 0.9, _ => 0.6 } * (corrections > 4 ? 0.7 : 1);
                    break;
                }

                next = null;
            }

            if (next is null)
            {
                return End(BranchEnd.Lost);
            }

            if (!(next.Multipliers.Select(each => Complex.Abs(each - 1)).DefaultIfEmpty(double.NaN).Min() <= FarFromOne))
            {
                return End(next.Period > LongPeriod * shortest ? BranchEnd.LongPeriod : BranchEnd.Lost);
            }

            bool[] leaves = [IsOutside(next.Fold.Profile.Drive), IsOutside(next.Fold.Second)];
            if (leaves[0] || leaves[1])
            {
                // Of both borders that may be passed, the first one.
                CycleFoldPoint made = next;
                CycleFoldPoint? last = Enumerable.Range(0, 2).Where(k => leaves[k]).Select(k => At(at, made, step, k == 1, Part(made.Fold, k == 1) < 0 ? 0 : 1))
                    .FirstOrDefault(each => each is not null && !IsOutside(each.Fold.Profile.Drive) && !IsOutside(each.Fold.Second));
                if (last is not null)
                {
                    Add(last);
                    return End(BranchEnd.Range);
                }

                step /= 4;
                continue;
            }

            if (InPlane(at, next) < 0)
            {
                Add(Cusp(at, next, step));
                cusps.Add(points[^1]);
            }

            double away = at.Fold.Second - start.Fold.Second;
            if (away * (next.Fold.Second - start.Fold.Second) < 0 && At(at, next, step, second: true, start.Fold.Second) is { } again)
            {
                returns.Add((again.Fold.Profile.Drive, again.Period));
                if (Math.Abs(again.Fold.Profile.Drive - start.Fold.Profile.Drive) < Same && Math.Abs((again.Period / start.Period) - 1) < Same)
                {
                    Add(again);
                    return End(BranchEnd.Closed);
                }
            }

            Add(next);
            // Towards a generalised Hopf point parameters' distances from it are like the square of the amplitude.
            double size = Amplitude(next), left = size * size / ((amplitude * amplitude) - (size * size));
            bool vanishes = size < amplitude && size < VanishingPart * largest
                && left * Math.Max(Math.Abs(next.Fold.Second - at.Fold.Second), Math.Abs(next.Fold.Profile.Drive - at.Fold.Profile.Drive)) < VanishingDistance;
            (amplitude, largest, shortest) = (size, Math.Max(largest, size), Math.Min(shortest, next.Period));
            if (vanishes)
            {
                return End(BranchEnd.Hopf);
            }

            CycleFold behind = at.Tangent;
            (madeBefore, at) = (step, next);
            step *= growth;
            if (!Remesh(ref at, ref behind, ref madeBefore, ref step))
            {
                return End(BranchEnd.MeshLimit);
            }

            (before, step) = (behind, Math.Min(step, LongestStep));
        }

        return End(BranchEnd.StepLimit);

        void Add(CycleFoldPoint point)
        {
            points.Add(Describe(point));
            latest = point;
        }

        CycleFoldTrace End(BranchEnd end) => new(points, end, latest, cusps, returns);
    }

    private static bool IsOutside(double part) => part is < 0 or > 1;

    private static double Part(CycleFold fold, bool second) => second ? fold.Second : fold.Profile.Drive;

    private double Amplitude(CycleFoldPoint point)
    {
        (double[] state, double lowest) = point.Fold.Profile.Extremes(system.Voltage, system.Scale);
        return state[system.Voltage] - lowest;
    }

    // Product of the tangents' parts in the plane of the parameters, over their lengths: below 0 where a cusp is between. 1 where one has no direction.
    private static double InPlane(CycleFoldPoint a, CycleFoldPoint b)
    {
        double x = a.Tangent.Profile.Drive, y = a.Tangent.Second, z = b.Tangent.Profile.Drive, w = b.Tangent.Second;
        double lengths = Math.Sqrt(((x * x) + (y * y)) * ((z * z) + (w * w)));
        return lengths < NoDirection * NoDirection ? 1 : ((x * z) + (y * w)) / lengths;
    }

    private static bool IsNear(CycleFoldPoint a, CycleFoldPoint b) =>
        CycleFold.Product(a.Tangent, b.Tangent, a.Period, a.Mesh, a.Weights) >= LeastCosine && Math.Abs(InPlane(a, b)) >= LeastCosineInPlane;

    // Newton's method; also the number of corrections and the size of the first one.
    private CycleFoldPoint? Correct(CycleFold guess, CycleFold path, double[] mesh, double[] weights, out int corrections, out double first)
    {
        CycleFoldRows rows = CycleFoldRows.Across(guess, path, mesh, weights);
        double before = first = double.PositiveInfinity;
        for (corrections = 1; corrections <= MostCorrections; corrections++)
        {
            double size = equations.Correct(guess, rows, out CycleFold tangent);
            first = corrections == 1 ? size : first;
            if (!(size < 1) || !(guess.Profile.Period > 0) || (corrections > 2 && size > 0.5 * before && size > 1e-6))
            {
                return null;
            }

            if (size <= Converged)
            {
                CycleFoldRows.Normalise(guess, mesh, weights);
                tangent.Scale(1 / Math.Sqrt(CycleFold.Product(tangent, tangent, guess.Profile.Period, mesh, weights)));
                return double.IsFinite(tangent.Second) ? new CycleFoldPoint(guess, tangent, mesh, weights, Multipliers(guess, weights)) : null;
            }

            before = size;
        }

        return null;
    }

    // Those of the guess before its last correction.
    private Complex[] Multipliers(CycleFold fold, double[] weights)
    {
        CycleProfile cycle = fold.Profile;
        int n = system.Dimension, count = cycle.Intervals;
        double[] units = [.. weights.Select(Math.Sqrt)], flows = new double[(count + 1) * n], slopes = new double[n], state = new double[n], parameters = equations.Parameters(fold);
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < n; k++)
            {
                state[k] = cycle.Starts[(k * count) + i] * system.Scale[k];
            }

            system.Code.Derivatives.Evaluate([], state, parameters, slopes, 1, 0, 1);
            for (int k = 0; k < n; k++)
            {
                flows[(k * (count + 1)) + i] = slopes[k] / system.Scale[k] * units[k];
            }
        }

        for (int k = 0; k < n; k++)
        {
            flows[(k * (count + 1)) + count] = flows[k * (count + 1)];
        }

        Complex[] multipliers = new Complex[n - 1];
        var transfers = new TransferMultipliers<Lane1>(n, 1, count);
        transfers.Take(equations.Transfers(units), flows, [.. Enumerable.Repeat(1.0, n)]);
        transfers.Begin();
        transfers.Add(0, 0);
        return transfers.Find(multipliers, out _) ? multipliers : [];
    }

    // A guess on the parabola through two points, with the tangent at the first one.
    private static CycleFold Between(CycleFoldPoint a, CycleFoldPoint b, double step, double place)
    {
        double part = place / step * (place / step);
        CycleFold guess = a.Fold.Copy();
        guess.Scale(1 - part);
        guess.Add(part, b.Fold);
        guess.Add(place - (part * step), a.Tangent);
        return guess;
    }

    // The point between two others at a value of a parameter, which lies between theirs.
    private CycleFoldPoint? At(CycleFoldPoint a, CycleFoldPoint b, double step, bool second, double value)
    {
        double from = Part(a.Fold, second), to = Part(b.Fold, second), low = 0, high = step;
        for (int halving = 0; halving < 40; halving++)
        {
            double middle = (low + high) / 2;
            (low, high) = (Part(Between(a, b, step, middle), second) - value) * (from - value) > 0 ? (middle, high) : (low, middle);
        }

        CycleFold guess = Between(a, b, step, from == value ? 0 : to == value ? step : low);
        if (second)
        {
            guess.Second = value;
        }
        else
        {
            guess.Profile.Drive = value;
        }

        return Correct(guess, Hold(guess, second), a.Mesh, a.Weights);
    }

    // Where the tangent has no part in the plane of the parameters, by secants that keep the bracket (Illinois).
    private CycleFoldPoint Cusp(CycleFoldPoint a, CycleFoldPoint b, double step)
    {
        const int mostTries = 40;
        const double flat = 1e-10, narrow = 1e-9;
        double x = a.Tangent.Profile.Drive, y = a.Tangent.Second, length = Math.Sqrt((x * x) + (y * y));
        double Value(CycleFoldPoint point) => ((x * point.Tangent.Profile.Drive) + (y * point.Tangent.Second)) / length;

        double low = 0, lowValue = Value(a), high = step, highValue = Value(b);
        CycleFoldPoint nearest = lowValue < -highValue ? a : b;
        for (int attempt = 0, side = 0; attempt < mostTries && high - low > narrow * step; attempt++)
        {
            double place = ((low * highValue) - (high * lowValue)) / (highValue - lowValue);
            CycleFold guess = Between(a, b, step, place);
            if (Correct(guess, a.Tangent, a.Mesh, a.Weights) is not { } middle)
            {
                break;
            }

            nearest = middle;
            double value = Value(middle);
            if (Math.Abs(value) < flat)
            {
                break;
            }

            (low, lowValue, high, highValue, side) = value > 0 ? (place, value, high, side > 0 ? highValue / 2 : highValue, 1) : (low, side < 0 ? lowValue / 2 : lowValue, place, value, -1);
        }

        return nearest;
    }

    // On the mesh that fits; false where it would be too fine.
    private static bool Remesh(ref CycleFoldPoint at, ref CycleFold before, ref double madeBefore, ref double step)
    {
        CycleProfile profile = at.Fold.Profile;
        double[] weights = profile.Weights(at.Fold.States), density = new double[profile.Intervals], mesh = at.Mesh;
        double demand = CycleMesh.Density(profile, mesh, [.. weights, .. weights], density);
        int intervals = MeshSizes.For(demand, profile.Intervals);
        if (intervals > MostIntervals)
        {
            return false;
        }

        (CycleFold fold, CycleFold tangent) = (at.Fold, at.Tangent);
        if (intervals != profile.Intervals || MeshSizes.IsUneven(mesh, density))
        {
            mesh = CycleMesh.Equidistribute(at.Mesh, density, intervals);
            (fold, tangent, before) = (fold.On(at.Mesh, mesh), tangent.On(at.Mesh, mesh), before.On(at.Mesh, mesh));
        }

        double Normalise(CycleFold direction)
        {
            double length = Math.Sqrt(CycleFold.Product(direction, direction, fold.Profile.Period, mesh, weights));
            direction.Scale(1 / length);
            return length;
        }

        // The tangent of the point that was taken stays as it is.
        tangent = tangent.Copy();
        before = before.Copy();
        Normalise(tangent);
        double changed = Normalise(before);
        (madeBefore, step) = (madeBefore * changed, step * changed);
        at = at with { Fold = fold, Tangent = tangent, Mesh = mesh, Weights = weights };
        return true;
    }
}
