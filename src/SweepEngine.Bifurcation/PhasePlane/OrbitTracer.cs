namespace SweepEngine.Bifurcation;

/// <summary>
/// Follows orbits of a phase plane to their end: to an equilibrium, to a limit cycle, or out of the window's surroundings. A cycle is recognised where the maxima of the horizontal
/// state converge, and then located by Newton's method on the map from one maximum to the next, whose slope is that of the flow across the section times e to the integral of the
/// divergence. Trains of resets are treated alike, with Steffensen's method.
/// </summary>
/// <param name="plane">The equations.</param>
/// <param name="window">The window.</param>
/// <param name="equilibria">Its equilibria.</param>
internal sealed class OrbitTracer(PhasePlane plane, PlaneWindow window, IReadOnlyList<PlaneEquilibrium> equilibria)
{
    private const int MostSteps = 100_000, MostSpikes = 1000, MostTurns = 400, MaximaInPeriod = 6, LongestTrain = 12;

    // Distances in parts of the window: what counts as having come to an equilibrium, and to a saddle, of which errors let orbits miss their square root; having left it before; within which the
    // limit of maxima is expected before it is sought.
    private const double AtEquilibrium = 1e-5, AtSaddle = 1e-4, Away = 0.01, NearCycle = 0.02;

    // A closed orbit comes back to this part of the window, with this part of its neighbours' distance.
    private const double SamePoint = 2e-9, SameDistance = 1e-7;

    // A train repeats when its state comes back to this part of magnitude plus one display unit.
    private const double SameState = 1e-10;

    private readonly PlaneWindow _surroundings = window.Grown(1);

    /// <summary>Follows an orbit.</summary>
    /// <param name="start">Where it starts.</param>
    /// <param name="direction">1 for forward, −1 for backward in time.</param>
    /// <param name="isTrajectory">Whether it goes on after resets, and past saddles; only forward.</param>
    public PlaneOrbit Follow(PlanePoint start, int direction, bool isTrajectory)
    {
        var orbit = new OrbitStepper(plane, direction);
        var record = new OrbitRecord(window, direction);
        var maxima = new List<Maximum>();
        var spikes = new List<PlanePoint>();
        bool hasLeft = false, isClosed = false;
        orbit.Begin(start);
        record.Begin(new OrbitPoint(0, start.X, start.Y));
        double threshold = plane.Threshold?.Value(start) ?? double.NaN, least = double.PositiveInfinity;
        for (int steps = 0; steps < MostSteps && spikes.Count < MostSpikes && maxima.Count < MostTurns; steps++)
        {
            hasLeft |= window.Distance(orbit.To, start) > Away;
            if (EquilibriumAt(orbit.To, direction, withSaddles: hasLeft && !isTrajectory) is { } equilibrium)
            {
                return new PlaneOrbit(record.Pieces, OrbitEnd.Equilibrium, equilibrium);
            }

            if (!orbit.Step(double.PositiveInfinity))
            {
                return new PlaneOrbit(record.Pieces, OrbitEnd.Failed);
            }

            if (MeetsThreshold(orbit, ref threshold))
            {
                record.Add(orbit);
                spikes.Add(orbit.To);
                if (!isTrajectory)
                {
                    return new PlaneOrbit(record.Pieces, OrbitEnd.Threshold);
                }

                if (Train() is { } train)
                {
                    return new PlaneOrbit(record.Pieces, OrbitEnd.Cycle, Cycle: train);
                }

                threshold = Jump(orbit, record);
                maxima.Clear();
                continue;
            }

            if (!_surroundings.Contains(orbit.To) && _surroundings.Contains(orbit.From))
            {
                orbit.EndAt(orbit.FirstPart(at => !_surroundings.Contains(at)));
                record.Add(orbit);
                return new PlaneOrbit(record.Pieces, OrbitEnd.Window);
            }

            record.Add(orbit);
            if (orbit.FirstSlope.X > 0 && orbit.Slope.X <= 0 && Settled(direction) is { } cycle)
            {
                return new PlaneOrbit(record.Pieces, OrbitEnd.Cycle, Cycle: cycle);
            }

            if (isClosed)
            {
                return new PlaneOrbit(record.Pieces, OrbitEnd.Closed);
            }
        }

        return new PlaneOrbit(record.Pieces, OrbitEnd.Limit);

        // The last spikes as a cycle, when the states at them converge.
        PlaneCycle? Train()
        {
            for (int back = 1; back <= Math.Min(LongestTrain, (spikes.Count - 1) / 2); back++)
            {
                double last = window.Distance(spikes[^1], spikes[^(1 + back)]), first = window.Distance(spikes[^(1 + back)], spikes[^(1 + 2 * back)]);
                // The limit of a geometric series; after an attempt that failed, another one only much nearer.
                double rest = last < first ? last * last / (first - last) : last;
                if (last <= first && rest < Math.Min(NearCycle, least / 10))
                {
                    if (LocateTrain(spikes[^1], back) is { } cycle)
                    {
                        return cycle;
                    }

                    least = rest;
                }
            }

            return null;
        }

        PlaneCycle? Settled(int way)
        {
            double part = orbit.FirstPart(at => way * plane.Slopes(at.X, at.Y)[0] <= 0);
            PlanePoint at = orbit.Inside(part);
            maxima.Add(new Maximum(orbit.Time - orbit.Length * (1 - part), at, plane.Slopes(at.X, at.Y)[1], orbit.Divergence));
            Maximum last = maxima[^1];
            for (int back = 1; back <= Math.Min(MaximaInPeriod, maxima.Count - 1); back++)
            {
                Maximum earlier = maxima[^(1 + back)];
                double slope = earlier.Crossing / last.Crossing * Exp(last.Divergence - earlier.Divergence), distance = window.Distance(earlier.At, last.At);
                isClosed |= distance <= SamePoint && Math.Abs(slope - 1) <= SameDistance;
                // After an attempt that failed, another one only much nearer.
                if (slope is > 0 and < 1 && distance / (1 - slope) < Math.Min(NearCycle, least / 10))
                {
                    if (Locate(at, last.Time - earlier.Time, way) is { } cycle)
                    {
                        return cycle;
                    }

                    least = distance / (1 - slope);
                }
            }

            return null;
        }
    }

    /// <summary>A cycle through a line of constant vertical state, by Newton's method on the map from the line to itself.</summary>
    /// <param name="near">A point near the cycle, where it goes through the line.</param>
    /// <param name="period">About its period [s].</param>
    /// <param name="direction">In which direction of time it attracts.</param>
    /// <returns>Null when there is none near.</returns>
    private PlaneCycle? Locate(PlanePoint near, double period, int direction)
    {
        double x = near.X;
        for (int iteration = 0; iteration < 12; iteration++)
        {
            PlanePoint at = new(x, near.Y);
            if (equilibria.Any(each => window.Distance(each.At, at) < 1e-4) || Return(at, period, direction) is not { } back)
            {
                return null;
            }

            double step = (back.X - x) / (1 - back.Slope);
            if (!(Math.Abs(x + step - near.X) <= 2 * NearCycle * window.Width))
            {
                return null;
            }

            (x, period) = (x + step, back.Time);
            if (Math.Abs(step) <= 1e-11 * window.Width)
            {
                double multiplier = direction > 0 ? back.Slope : 1 / back.Slope;
                return back.Slope < 1 ? new PlaneCycle([Period(back.Pieces[0])], period, direction > 0, multiplier, 0) : null;
            }
        }

        return null;

        // In forward time, from the start of the period.
        IReadOnlyList<OrbitPoint> Period(IReadOnlyList<OrbitPoint> points) =>
            direction > 0 ? points : [.. points.Reverse().Select(point => point with { Time = point.Time + period })];
    }

    // Whether the last step meets the threshold from below; then it ends there.
    private bool MeetsThreshold(OrbitStepper orbit, ref double threshold)
    {
        if (plane.Threshold is not { } function)
        {
            return false;
        }

        double before = threshold;
        threshold = function.Value(orbit.To);
        if (!(before <= 0 && threshold > 0))
        {
            return false;
        }

        orbit.EndAt(orbit.FirstPart(at => function.Value(at) > 0));
        return true;
    }

    // From a spike to the state after it and its refractory time; gives the threshold's function there.
    private double Jump(OrbitStepper orbit, OrbitRecord record)
    {
        (PlanePoint to, double refractoryFor) = plane.Jump(orbit.To);
        record.Begin(new OrbitPoint(orbit.Time, to.X, to.Y));
        if (refractoryFor > 0)
        {
            orbit.Place(to, plane.HoldsX, plane.HoldsY);
            double end = orbit.Time + refractoryFor;
            for (double rest = refractoryFor; rest > 1e-12 * end && orbit.Step(rest); rest = end - orbit.Time)
            {
                record.Add(orbit);
            }

            to = orbit.To;
        }

        orbit.Place(to);
        return plane.Threshold!.Value(to);
    }

    /// <summary>A train of spikes that repeats, by Steffensen's method on the map from the state at one spike to that some spikes later.</summary>
    /// <param name="near">A state at a spike, near the cycle.</param>
    /// <param name="count">Spikes in a period.</param>
    /// <returns>Null when there is none near.</returns>
    private PlaneCycle? LocateTrain(PlanePoint near, int count)
    {
        PlanePoint state = near;
        for (int iteration = 0; iteration < 12; iteration++)
        {
            if (Later(state, count) is not { } once || Later(once.To, count) is not { } twice)
            {
                return null;
            }

            if (IsSame(state.X, once.To.X, plane.Scale.X) && IsSame(state.Y, once.To.Y, plane.Scale.Y))
            {
                return new PlaneCycle(once.Pieces, once.Time, IsStable: true, double.NaN, count);
            }

            state = new(Limit(state.X, once.To.X, twice.To.X), Limit(state.Y, once.To.Y, twice.To.Y));
            if (!(window.Distance(state, near) <= 2 * NearCycle))
            {
                return null;
            }
        }

        return null;

        static bool IsSame(double a, double b, double unit) => Math.Abs(a - b) <= SameState * (Math.Abs(a) + unit);

        // Aitken's extrapolation, but of rounding errors.
        static double Limit(double a, double b, double c)
        {
            double bend = c - 2 * b + a;
            return Math.Abs(bend) > 1e-12 * Math.Abs(c) ? c - (c - b) * (c - b) / bend : c;
        }
    }

    // From the state at a spike to that some spikes later.
    private (PlanePoint To, double Time, IReadOnlyList<IReadOnlyList<OrbitPoint>> Pieces)? Later(PlanePoint start, int count)
    {
        var orbit = new OrbitStepper(plane, 1);
        var record = new OrbitRecord(window, 1);
        orbit.Begin(start);
        for (int spike = 0; spike < count; spike++)
        {
            double threshold = Jump(orbit, record);
            bool met = false;
            for (int steps = 0; !met; steps++)
            {
                if (steps == MostSteps || !orbit.Step(double.PositiveInfinity) || !_surroundings.Contains(orbit.To))
                {
                    return null;
                }

                met = MeetsThreshold(orbit, ref threshold);
                record.Add(orbit);
            }
        }

        return (orbit.To, orbit.Time, record.Pieces);
    }

    // Where the orbit comes back to the line of constant vertical state, with the slope of that map.
    private (double X, double Time, double Slope, IReadOnlyList<IReadOnlyList<OrbitPoint>> Pieces)? Return(PlanePoint start, double period, int direction)
    {
        var orbit = new OrbitStepper(plane, direction);
        var record = new OrbitRecord(window, direction);
        orbit.Begin(start);
        record.Begin(new OrbitPoint(0, start.X, start.Y));
        double crossing = orbit.Slope.Y;
        while (orbit.Time < 3 * period && orbit.Step(period / 10) && _surroundings.Contains(orbit.To) && !(plane.Threshold?.Value(orbit.To) > 0))
        {
            if (Math.Sign(crossing) * (orbit.From.Y - start.Y) < 0 && Beyond(orbit.To) && orbit.Time > period / 2)
            {
                orbit.EndAt(orbit.FirstPart(Beyond));
                record.Add(orbit);
                if (Math.Abs(orbit.To.X - start.X) <= 0.1 * window.Width)
                {
                    // What is left to the line is a rounding error of the position in the step.
                    double rest = (start.Y - orbit.To.Y) / orbit.Slope.Y;
                    return (orbit.To.X + rest * orbit.Slope.X, orbit.Time + rest, crossing / orbit.Slope.Y * Exp(orbit.Divergence), record.Pieces);
                }
            }
            else
            {
                record.Add(orbit);
            }
        }

        return null;

        bool Beyond(PlanePoint at) => Math.Sign(crossing) * (at.Y - start.Y) >= 0;
    }

    private int? EquilibriumAt(PlanePoint at, int direction, bool withSaddles)
    {
        for (int i = 0; i < equilibria.Count; i++)
        {
            PlaneEquilibrium each = equilibria[i];
            bool isSaddle = each.Type == EquilibriumType.Saddle;
            if (!each.IsVirtual && window.Distance(each.At, at) <= (isSaddle ? AtSaddle : AtEquilibrium) && (isSaddle ? withSaddles : !(direction > 0 ? each.Repels : each.Attracts)))
            {
                return i;
            }
        }

        return null;
    }

    private static double Exp(double x) => Lanes.LaneMath.Exp(new Lanes.Lane1(x)).Value;

    private readonly record struct Maximum(double Time, PlanePoint At, double Crossing, double Divergence);
}
