namespace SweepEngine.Bifurcation;

/// <summary>Curves of folds of cycles, from folds of one diagram and from generalised Hopf points.</summary>
internal sealed partial class TwoParameterSearch
{
    // The generalised Hopf point in which a curve ends is as near to its last cycle [parts of the ranges].
    private const double NearGeneralizedHopf = 5e-3;

    // Amplitudes of the first cycle beside a generalised Hopf point [display units], in the order in which they are tried, and its mesh.
    private static readonly double[] Amplitudes = [0.1, 0.03, 0.3, 0.01, 1];
    private const int StartIntervals = 20, StartDegree = 4;

    private readonly HashSet<TwoParameterPoint> _reached = new(ReferenceEqualityComparer.Instance);

    /// <summary>Follows folds of cycles, and those that begin in generalised Hopf points that none of them has reached.</summary>
    /// <param name="starts">Folds of cycles.</param>
    public void FollowCycles(IEnumerable<BifurcationPoint> starts)
    {
        double[] lowest = [_drives.Lowest, _seconds.Lowest], ranges = [_drives.Highest - _drives.Lowest, _seconds.Highest - _seconds.Lowest];
        CycleFoldCurve curve = new(_system, new CycleFoldEquations(_compiled, _swept, lowest, ranges));
        CycleSettings settings = new(_drives.Lowest, _drives.Highest);
        List<(double Drive, double Period)> known = [];
        foreach (BifurcationPoint start in starts.Where(each => each.Orbit is not null))
        {
            double drive = (start.Drive - lowest[0]) / ranges[0];
            if (known.Exists(each => Math.Abs(each.Drive - drive) < CycleFoldCurve.Same && Math.Abs((each.Period / start.Period) - 1) < 1e-3))
            {
                continue;
            }

            if (curve.Begin(start.Orbit!, settings, (_second - lowest[1]) / ranges[1]) is not { } first)
            {
                _troubles.Add($"curve_lost_at {InUnit(_second)}");
                continue;
            }

            CycleFoldTrace forth = curve.Trace(first, 1, _cancellation);
            known.AddRange(forth.Returns);
            CycleFoldTrace? back = forth.End == BranchEnd.Closed ? null : curve.Trace(first, -1, _cancellation);
            known.AddRange(back?.Returns ?? []);
            Keep(curve, first, forth, back?.End ?? BranchEnd.Closed, back);
        }

        // Those that are found on the way have been reached by a curve.
        foreach (TwoParameterPoint point in _points.Where(each => each.Kind == BifurcationKind.GeneralizedHopf).ToArray())
        {
            if (!_reached.Contains(point) && BesideGeneralizedHopf(point, curve, settings) is { } first)
            {
                _reached.Add(point);
                Keep(curve, first, curve.Trace(first, 1, _cancellation), BranchEnd.Hopf, null, point);
            }
        }
    }

    // Joins what was found to both sides of a point.
    private void Keep(CycleFoldCurve curve, CycleFoldPoint first, CycleFoldTrace forth, BranchEnd begin, CycleFoldTrace? back, TwoParameterPoint? origin = null)
    {
        int index = _curves.Count;
        BranchEnd end = forth.End;
        List<TwoParameterCurvePoint> points = [.. (back?.Points ?? []).Reverse(), curve.Describe(first), .. forth.Points];
        if (end == BranchEnd.Hopf)
        {
            TwoParameterPoint? reached = Reach(forth, index);
            points.AddRange(reached is null ? [] : [AtHopf(reached, points[^1])]);
            end = reached is null ? BranchEnd.Lost : end;
        }

        if (begin == BranchEnd.Hopf)
        {
            TwoParameterPoint? reached = origin ?? Reach(back!, index);
            points.InsertRange(0, reached is null ? [] : [AtHopf(reached, points[0])]);
            begin = reached is null ? BranchEnd.Lost : begin;
        }

        Lose(begin, points[0].Parameter);
        Lose(end, points[^1].Parameter);
        _curves.Add(new TwoParameterCurve(BifurcationKind.FoldOfCycles, begin, end, points));
        foreach (TwoParameterCurvePoint cusp in (back?.Cusps ?? []).Concat(forth.Cusps))
        {
            TwoParameterPoint point = new() { Kind = BifurcationKind.CuspOfCycles, Curve = index, Drive = cusp.Drive, Parameter = cusp.Parameter, State = cusp.State, Eigenvalues = [], Coefficients = [] };
            if (!_points.Exists(each => each.Kind == point.Kind && IsSame(each, point)))
            {
                _points.Add(point);
            }
        }
    }

    // A cycle without amplitude.
    private static TwoParameterCurvePoint AtHopf(TwoParameterPoint point, TwoParameterCurvePoint next) =>
        next with { Drive = point.Drive, Parameter = point.Parameter, State = point.State, Omega = Frequency(point) };

    // Of the pair next to the imaginary axis [1/s].
    private static double Frequency(TwoParameterPoint point) => point.Eigenvalues.Where(each => each.Imaginary > 0).MinBy(each => Math.Abs(each.Real)).Imaginary;

    // The generalised Hopf point in which a curve ends: one that is known, or the one on the curve of Hopf points through the last cycle. Null where there is none.
    private TwoParameterPoint? Reach(CycleFoldTrace trace, int index)
    {
        CycleProfile last = trace.Last.Fold.Profile;
        double[] mean = new double[_system.Dimension];
        for (int k = 0; k < mean.Length; k++)
        {
            for (int i = 0; i < last.Intervals; i++)
            {
                mean[k] += (trace.Last.Mesh[i + 1] - trace.Last.Mesh[i]) * last.Starts[(k * last.Intervals) + i] * _system.Scale[k];
            }
        }

        EquilibriumStart start = new(BifurcationKind.Hopf, Unknowns(mean, trace.Points[^1].Drive, trace.Points[^1].Parameter), 2 * Math.PI / trace.Last.Period);
        if (Nearest() is null && _kinds.Contains(BifurcationKind.Hopf))
        {
            FollowEquilibria([start]);
        }
        else if (Nearest() is null && Curve(start) is var hopf && hopf.Begin(start.Z, start.Omega) is { } first)
        {
            foreach (int sense in (int[])[1, -1])
            {
                List<SpecialPoint> special = [];
                hopf.Trace(first, sense, _lowest, _highest, special, _cancellation);
                _points.AddRange(special.Where(each => each.Kind == BifurcationKind.GeneralizedHopf).Select(each => Point(each, hopf, index))
                    .Where(each => Distance(each) < NearGeneralizedHopf && !_points.Exists(other => other.Kind == each.Kind && IsSame(each, other))).ToArray());
            }
        }

        TwoParameterPoint? nearest = Nearest();
        if (nearest is not null)
        {
            _reached.Add(nearest);
        }

        return nearest;

        TwoParameterPoint? Nearest() => _points.Where(each => each.Kind == BifurcationKind.GeneralizedHopf && Distance(each) < NearGeneralizedHopf).MinBy(Distance);

        double Distance(TwoParameterPoint point) => (Unknowns(point.State, point.Drive, point.Parameter) - start.Z).L2Norm();
    }

    // A fold of small cycles: where l₁ has the other sign than l₂, r' = r(α + ω l₁ r² + ω l₂ r⁴) has two equal radii r² = −l₁/(2 l₂), the orbit being the equilibrium plus 2 r Re(q e^(iωt)).
    private CycleFoldPoint? BesideGeneralizedHopf(TwoParameterPoint point, CycleFoldCurve curve, CycleSettings settings)
    {
        const double probe = 1e-4, farthest = 0.2;
        EquilibriumStart start = new(BifurcationKind.Hopf, Unknowns(point.State, point.Drive, point.Parameter), Frequency(point));
        BifurcationCurve hopfs = Curve(start);
        double l2 = point.Coefficients[0];
        if (hopfs.Begin(start.Z, start.Omega) is not { } z || hopfs.Beside(z, probe) is not { } ahead || hopfs.Beside(z, -probe) is not { } behind)
        {
            return null;
        }

        double slope = (ahead.Second - behind.Second) / (2 * probe);
        foreach (double amplitude in Amplitudes)
        {
            double distance = -l2 * amplitude * amplitude / slope;
            if (!(Math.Abs(distance) < farthest) || hopfs.Beside(z, distance) is not { } hopf || !(hopf.Second * l2 < 0))
            {
                continue;
            }

            double[] state = _free.States(hopf.Z), parameters = _free.Parameters(hopf.Z);
            double omega = hopfs.Omega(hopf.Z), second = (_free.Parameter(hopf.Z, 1) - _seconds.Lowest) / (_seconds.Highest - _seconds.Lowest);
            CycleStart cycle = OrbitStarts.AtHopf(
                _system, parameters, _free.Parameter(hopf.Z), state, omega, _forms.Hopf(state, parameters, omega).Q, Math.Sqrt(-hopf.Second / l2), 1, StartIntervals, StartDegree);
            if (curve.Begin(cycle, settings, second) is { } first)
            {
                return first;
            }
        }

        return null;
    }
}
