using System.Numerics;
using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Lanes;
using SweepEngine.Simulation;

namespace SweepEngine.Bifurcation;

/// <summary>What is at the end of a branch of cycles.</summary>
/// <param name="End">Why it ends.</param>
/// <param name="Point">The homoclinic orbit or the fold on the cycle; null at other ends.</param>
/// <param name="Misfit">How far the growth of the period is from the law of that end, relative; NaN at other ends.</param>
/// <param name="Drive">Drive of the Hopf point or period doubling from which the cycles come, or to which they go; null at other ends, and where it is not known.</param>
internal sealed record CycleEnding(BranchEnd End, BifurcationPoint? Point = null, double Misfit = double.NaN, double? Drive = null);

/// <summary>
/// Tells apart what a branch of cycles ends in: a Hopf point, a fold of equilibria on the cycle, or a homoclinic orbit. Not for several threads at once.
/// </summary>
/// <remarks>
/// <para>Near a fold, dx/dt = b Δ + c x² on the centre manifold, and a passage takes π/√(b c Δ): the period grows by as much as this does, without a free constant. On the side of the fold where the cycles
/// are there is no equilibrium left.</para>
/// <para>Near a homoclinic orbit of a saddle whose eigenvalues next to the imaginary axis are −s and u, the drive approaches its limit like e^(−κT), with κ = min(s, u): the time spent near the saddle is
/// ln(1/distance)/u, and the distance is of the order of the drive's where u &lt; s, and of its power u/s otherwise (Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., section 6.2).</para>
/// </remarks>
internal sealed class CycleEnds
{
    // How far from an equilibrium, in parts of scale plus magnitude, the slowest state of a cycle may be that ends there.
    private const double NearPart = 0.3;

    // Of a misfit: the growth of the period is that of a passage through a fold.
    private const double Fits = 0.15;

    // Cycles shrink to the Hopf point that is as near as this in the drive [display units relative to 1 + its magnitude] and the state.
    private const double NearHopf = 0.05;

    private readonly SmoothSystem _system;
    private readonly NormalForms _forms;
    private readonly Equilibrium _equilibrium;
    private readonly double[] _scale;

    /// <summary>Prepares for a model.</summary>
    /// <param name="system">The model.</param>
    public CycleEnds(SmoothSystem system)
    {
        (_system, _scale) = (system, [.. system.Scale]);
        _forms = new NormalForms(system);
        _equilibrium = new Equilibrium(system.Code, _scale);
    }

    /// <summary>Classifies the end of a branch.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="parameters">The swept parameters of the curve, shape [swept]; that of the drive does not count.</param>
    /// <param name="equilibria">Folds and Hopf points of the curve.</param>
    /// <param name="index">Index that the branch has in the diagram.</param>
    public CycleEnding Of(CycleBranch branch, double[] parameters, IEnumerable<BifurcationPoint> equilibria, int index) => branch.End switch
    {
        CycleEnd.Range => new(BranchEnd.Range),
        CycleEnd.Closed => new(BranchEnd.Closed),
        CycleEnd.Halved => new(BranchEnd.PeriodDoubling),
        CycleEnd.Lost => new(BranchEnd.Lost),
        CycleEnd.MeshLimit => new(BranchEnd.MeshLimit),
        CycleEnd.StepLimit => new(BranchEnd.StepLimit),
        CycleEnd.Equilibrium => NearestHopf(branch.Last, equilibria) is { } hopf ? new(BranchEnd.Hopf, Drive: hopf.Drive) : new(BranchEnd.Lost),
        CycleEnd.LongPeriod => LongPeriod(branch, parameters, equilibria, index),
        _ => throw new ArgumentOutOfRangeException(nameof(branch)),
    };

    /// <summary>The Hopf point at which a small cycle is, or null.</summary>
    /// <param name="orbit">The cycle.</param>
    /// <param name="points">Bifurcation points of equilibria.</param>
    public BifurcationPoint? NearestHopf(CycleOrbit orbit, IEnumerable<BifurcationPoint> points)
    {
        BifurcationPoint? nearest = null;
        double least = NearHopf;
        double[] mean = Mean(orbit);
        foreach (BifurcationPoint point in points)
        {
            double distance = point.Kind != BifurcationKind.Hopf ? double.PositiveInfinity
                : Math.Max(Math.Abs(point.Drive - orbit.Drive) / (_system.DriveScale + Math.Abs(point.Drive)), Distance(mean, point.State));
            if (distance <= least)
            {
                (nearest, least) = (point, distance);
            }
        }

        return nearest;
    }

    private CycleEnding LongPeriod(CycleBranch branch, double[] parameters, IEnumerable<BifurcationPoint> equilibria, int index)
    {
        double[] slowest = Slowest(branch.Last, parameters);
        CycleEnding best = new(BranchEnd.Lost);
        foreach (BifurcationPoint fold in equilibria.Where(point => point.Kind == BifurcationKind.Fold && Distance(slowest, point.State) <= NearPart))
        {
            double misfit = PassageMisfit(branch, At(parameters, fold.Drive), fold);
            if (misfit <= Fits && !(misfit >= best.Misfit))
            {
                best = new CycleEnding(BranchEnd.SaddleNodeOnCycle, Point(BifurcationKind.SaddleNodeOnCycle, fold.Drive, branch, index, fold.Eigenvalues) with { Residual = fold.Residual }, misfit);
            }
        }

        return best.Point is null ? Homoclinic(branch, slowest, parameters, index) ?? best : best;
    }

    // How much the growth of the period over the last part of the branch differs from that of a passage through a fold; infinite where there is no passage.
    private double PassageMisfit(CycleBranch branch, double[] parameters, BifurcationPoint fold)
    {
        FoldForm form = _forms.Fold(fold.State, parameters);
        double Passage(in CyclePoint point)
        {
            double rate = form.Quadratic * form.ByDrive * (point.Drive - fold.Drive) / _system.DriveScale;
            return rate > 0 ? Math.PI / Math.Sqrt(rate) : double.NaN;
        }

        CyclePoint last = branch.Points[^1];
        int before = Before(branch, last.Period / 2);
        double growth = last.Period - branch.Points[before].Period, expected = Passage(last) - Passage(branch.Points[before]);
        double misfit = Math.Abs((growth / expected) - 1);
        return double.IsNaN(misfit) ? double.PositiveInfinity : misfit;
    }

    // The last point before the period passed a value for good; at least the one before the end.
    private static int Before(CycleBranch branch, double period)
    {
        int at = branch.Points.Count - 2;
        while (at > 0 && branch.Points[at].Period > period)
        {
            at--;
        }

        return Math.Max(at, 0);
    }

    private CycleEnding? Homoclinic(CycleBranch branch, double[] slowest, double[] parameters, int index)
    {
        CyclePoint last = branch.Points[^1];
        double[] here = At(parameters, last.Drive);
        if (!_equilibrium.TryFind(slowest, here, NearPart))
        {
            return null;
        }

        Complex[] eigenvalues = Spectrum.Of(_forms.Jacobian(_equilibrium.State, here));
        int unstable = eigenvalues.Count(value => value.Real > 0);
        if (unstable == 0 || unstable == eigenvalues.Length)
        {
            return null;
        }

        // The leading ones: the slowest on either side.
        double up = eigenvalues[unstable - 1].Real, down = -eigenvalues[unstable].Real, rate = Math.Min(up, down);
        int middle = Before(branch, last.Period - (2 / rate)), first = Before(branch, branch.Points[middle].Period - (2 / rate));
        double shrinks = Exp(-rate * (last.Period - branch.Points[middle].Period));
        double limit = (last.Drive - (branch.Points[middle].Drive * shrinks)) / (1 - shrinks);
        double quotient = (branch.Points[first].Drive - limit) / (branch.Points[middle].Drive - limit);
        double misfit = Math.Abs((Log(quotient) / (rate * (branch.Points[middle].Period - branch.Points[first].Period))) - 1);
        BifurcationPoint point = Point(BifurcationKind.Homoclinic, double.IsFinite(limit) ? limit : last.Drive, branch, index, eigenvalues) with
        {
            Coefficient = up - down,
            Residual = _equilibrium.Distance(slowest),
        };
        // A cycle that is stable across the leading directions attracts if no other direction is unstable.
        return new CycleEnding(BranchEnd.Homoclinic, point with { IsSupercritical = unstable == 1 ? up < down : false }, misfit);
    }

    private static BifurcationPoint Point(BifurcationKind kind, double drive, CycleBranch branch, int index, IReadOnlyList<Complex> eigenvalues)
    {
        CyclePoint last = branch.Points[^1];
        return new BifurcationPoint
        {
            Kind = kind,
            Branch = index,
            Drive = drive,
            State = last.State,
            Lowest = last.Lowest,
            Period = double.PositiveInfinity,
            Eigenvalues = eigenvalues,
            Residual = 0,
            UnstableBefore = last.Unstable,
            UnstableAfter = last.Unstable,
        };
    }

    // The state of the cycle where it changes least, relative to scale plus magnitude.
    private double[] Slowest(CycleOrbit orbit, double[] parameters)
    {
        int n = _system.Dimension;
        double[] here = At(parameters, orbit.Drive), slopes = new double[n], slowest = [];
        double least = double.PositiveInfinity;
        for (int at = 0; at < orbit.Values.Length; at += n)
        {
            ReadOnlySpan<double> state = orbit.Values.AsSpan(at, n);
            _system.Code.Derivatives.Evaluate([0], state, here, slopes, 1, 0, 1);
            double speed = 0;
            for (int i = 0; i < n; i++)
            {
                speed = Math.Max(speed, Math.Abs(slopes[i]) / (_scale[i] + Math.Abs(state[i])));
            }

            if (speed < least)
            {
                (least, slowest) = (speed, state.ToArray());
            }
        }

        return slowest;
    }

    private double[] Mean(CycleOrbit orbit)
    {
        int n = _system.Dimension;
        double[] lowest = orbit.Values[..n], highest = orbit.Values[..n];
        for (int at = 0; at < orbit.Values.Length; at++)
        {
            lowest[at % n] = Math.Min(lowest[at % n], orbit.Values[at]);
            highest[at % n] = Math.Max(highest[at % n], orbit.Values[at]);
        }

        return [.. lowest.Zip(highest, (low, high) => (low + high) / 2)];
    }

    private double Distance(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double distance = 0;
        for (int i = 0; i < first.Length; i++)
        {
            distance = Math.Max(distance, Math.Abs(first[i] - second[i]) / (_scale[i] + Math.Abs(first[i])));
        }

        return distance;
    }

    private double[] At(double[] parameters, double drive)
    {
        double[] here = [.. parameters];
        here[_system.Drive] = drive;
        return here;
    }

    private static double Exp(double x) => LaneMath.Exp(new Lane1(x)).Value;

    private static double Log(double x) => LaneMath.Log(new Lane1(x)).Value;
}
