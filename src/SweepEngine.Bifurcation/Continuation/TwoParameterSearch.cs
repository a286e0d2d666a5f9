using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>The search of <see cref="TwoParameterContinuation"/> for one curve of a sweep: what was found so far, and where further curves start.</summary>
internal sealed partial class TwoParameterSearch
{
    private const double Same = 1e-6;

    // A curve of Hopf points is as near where its frequency is between those of neighbouring points, or as near as this part.
    private const double SameFrequency = 0.1;

    private readonly SmoothSystem _system;
    private readonly FreeSystem _compiled;
    private readonly NormalForms _forms;
    private readonly FreeEquations _free;
    private readonly string _name;
    private readonly IReadOnlyCollection<BifurcationKind> _kinds;
    private readonly double[] _swept, _lowest, _highest;
    private readonly (double Lowest, double Highest) _drives, _seconds;
    private readonly double _second;
    private readonly CancellationToken _cancellation;
    private readonly List<TwoParameterCurve> _curves = [];
    private readonly List<TwoParameterPoint> _points = [];
    private readonly List<string> _troubles = [];

    /// <summary>Begins.</summary>
    /// <param name="compiled">The model with its free parameters.</param>
    /// <param name="name">Name of the second parameter.</param>
    /// <param name="kinds">Which curves: LP, HB, LPC.</param>
    /// <param name="swept">The swept parameters [SI]; the value of the drive does not matter.</param>
    /// <param name="drives">Lowest and highest drive [SI].</param>
    /// <param name="seconds">Lowest and highest value of the second parameter [SI].</param>
    /// <param name="cancellation">Stops it.</param>
    public TwoParameterSearch(
        FreeSystem compiled, string name, IReadOnlyCollection<BifurcationKind> kinds, double[] swept, (double Lowest, double Highest) drives, (double Lowest, double Highest) seconds, CancellationToken cancellation)
    {
        (_compiled, _system, _name, _kinds, _swept, _drives, _seconds, _cancellation) = (compiled, compiled.System, name, kinds, swept, drives, seconds, cancellation);
        _forms = new NormalForms(_system);
        StateBox box = StateBox.Of(_system, swept);
        _free = new(compiled, swept, [.. box.Lowest.Zip(box.Highest, (low, high) => high - low), drives.Highest - drives.Lowest, seconds.Highest - seconds.Lowest]);
        double[] sizes = [.. _free.Sizes.Skip(_free.Dimension)];
        (_lowest, _highest) = ([drives.Lowest / sizes[0], seconds.Lowest / sizes[1]], [drives.Highest / sizes[0], seconds.Highest / sizes[1]]);
        _second = swept[compiled.Free[1]];
    }

    /// <summary>All that was found.</summary>
    public TwoParameterDiagram Found() =>
        new(_curves, [.. _points.OrderBy(each => each.Parameter)], _troubles.Count == 0 ? Diagram.Complete : string.Join("; ", _troubles.Distinct()));

    /// <summary>Follows folds and Hopf points, and what else passes through the special points on their curves.</summary>
    /// <param name="starts">Where to start; points of other kinds are passed over.</param>
    public void FollowEquilibria(IEnumerable<BifurcationPoint> starts)
    {
        FollowEquilibria(starts.Where(each => each.Kind is (BifurcationKind.Fold or BifurcationKind.Hopf) && _kinds.Contains(each.Kind))
            .Select(each => new EquilibriumStart(each.Kind, Unknowns(each.State, each.Drive, _second), each.Kind == BifurcationKind.Hopf ? 2 * Math.PI / each.Period : double.NaN)));
    }

    private void FollowEquilibria(IEnumerable<EquilibriumStart> starts)
    {
        Queue<EquilibriumStart> queue = new(starts);
        while (queue.TryDequeue(out EquilibriumStart? start))
        {
            if (!_curves.Exists(curve => curve.Kind == start.Kind && Contains(curve, start)))
            {
                foreach (EquilibriumStart next in Follow(start).Where(each => _kinds.Contains(each.Kind)))
                {
                    queue.Enqueue(next);
                }
            }
        }
    }

    // Follows a curve to both sides and keeps it; returns where others pass through its special points.
    private List<EquilibriumStart> Follow(EquilibriumStart start)
    {
        bool isHopf = start.Kind == BifurcationKind.Hopf;
        BifurcationCurve followed = Curve(start);
        if (followed.Begin(start.Z, start.Omega, !start.IsSpecial, start.Typical) is not { } first || (start.IsSpecial && !IsRegular(followed, ref first)))
        {
            // At a special point it may not exist: where branches cross, an eigenvalue 0 is no fold.
            _troubles.AddRange(start.IsSpecial ? [] : [$"curve_lost_at {InUnit(_free.Parameter(start.Z, 1))}"]);
            return [];
        }

        List<SpecialPoint> ahead = [], behind = [];
        (List<BifurcationCurvePoint> forth, BranchEnd end) = followed.Trace(first, 1, _lowest, _highest, ahead, _cancellation);
        (List<BifurcationCurvePoint> back, BranchEnd begin) = end == BranchEnd.Closed ? ([], end) : followed.Trace(first, -1, _lowest, _highest, behind, _cancellation);
        BifurcationCurvePoint[] all = [.. back.AsEnumerable().Reverse(), followed.Point(first, first), .. forth];
        _curves.Add(new TwoParameterCurve(start.Kind, begin, end, [.. all.Select(each => new TwoParameterCurvePoint(
            _free.Parameter(each.Z), _free.Parameter(each.Z, 1), _free.States(each.Z), followed.Omega(each.Z), Coefficient(each, isHopf), each.Unstable))]));
        Lose(begin, _free.Parameter(all[0].Z, 1));
        Lose(end, _free.Parameter(all[^1].Z, 1));
        List<EquilibriumStart> others = [];
        foreach (SpecialPoint special in ahead.Concat(behind))
        {
            TwoParameterPoint point = Point(special, followed, _curves.Count - 1);
            if (!_points.Exists(each => each.Kind == point.Kind && IsSame(each, point)))
            {
                _points.Add(point);
                others.AddRange(Others(special, followed, isHopf));
            }
        }

        return others;
    }

    // Moves on from a special point a little, where the curve is an ordinary one.
    private bool IsRegular(BifurcationCurve curve, ref Vector<double> first)
    {
        const double little = 1e-3;
        foreach (double distance in (double[])[little, -little])
        {
            if (curve.IsRegular(first) && curve.Beside(first, distance) is { } beside && Enumerable.Range(0, 2).All(k => beside.Z[_free.Dimension + k] >= _lowest[k] && beside.Z[_free.Dimension + k] <= _highest[k]))
            {
                first = beside.Z;
                return true;
            }
        }

        return false;
    }

    private BifurcationCurve Curve(EquilibriumStart start)
    {
        int n = _free.Dimension;
        double size = _free.Slopes(start.Z).SubMatrix(0, n, 0, n).FrobeniusNorm();
        _free.Time = size > 0 && double.IsFinite(size) ? 1 / size : 1;
        return new BifurcationCurve(_free, _forms, start.Kind == BifurcationKind.Hopf);
    }

    // The curves of equilibria that pass through a special point beside the one on which it was found.
    private IEnumerable<EquilibriumStart> Others(SpecialPoint special, BifurcationCurve curve, bool isHopf)
    {
        Vector<double> z = special.Point.Z.SubVector(0, _free.Dimension + 2);
        switch (special.Kind)
        {
            case BifurcationKind.BogdanovTakens when !isHopf:
                return curve.HopfBeside(z) is var (beside, omega, typical) ? [new(BifurcationKind.Hopf, beside, omega, IsSpecial: true, typical)] : [];
            case BifurcationKind.BogdanovTakens or BifurcationKind.FoldHopf when isHopf:
                return [new(BifurcationKind.Fold, z, double.NaN, IsSpecial: true)];
            case BifurcationKind.FoldHopf or BifurcationKind.DoubleHopf:
                return [new(BifurcationKind.Hopf, z, OtherFrequency(special), IsSpecial: true)];
            default:
                return [];
        }
    }

    private double Coefficient(BifurcationCurvePoint point, bool isHopf) =>
        isHopf ? point.Second : _forms.Fold(_free.States(point.Z), _free.Parameters(point.Z)).Quadratic;

    // Of the pairs beside that of the curve itself, the one next to the axis [1/s].
    private double OtherFrequency(SpecialPoint special) =>
        Math.Abs(special.Point.Rest.Length == 0 ? 0 : special.Point.Rest.MinBy(each => Math.Abs(each.Real)).Imaginary) / _free.Time;

    private TwoParameterPoint Point(SpecialPoint special, BifurcationCurve curve, int index)
    {
        double[] state = _free.States(special.Point.Z), parameters = _free.Parameters(special.Point.Z);
        Complex[] eigenvalues = [.. curve.Eigenvalues(special.Point.Z).Select(each => each / _free.Time)];
        TwoParameterForms forms = new(_system, state, parameters);
        double other = OtherFrequency(special), omega = curve.Omega(special.Point.Z);
        return new TwoParameterPoint
        {
            Kind = special.Kind,
            Curve = index,
            Drive = _free.Parameter(special.Point.Z),
            Parameter = _free.Parameter(special.Point.Z, 1),
            State = state,
            Eigenvalues = eigenvalues,
            Coefficients = special.Kind switch
            {
                BifurcationKind.Cusp => [_forms.Fold(state, parameters).Cubic],
                BifurcationKind.BogdanovTakens => forms.BogdanovTakens(),
                BifurcationKind.GeneralizedHopf => [forms.SecondLyapunov(omega)],
                BifurcationKind.FoldHopf => forms.FoldHopf(double.IsNaN(omega) ? other : omega),
                BifurcationKind.DoubleHopf => forms.DoubleHopf(Math.Max(omega, other), Math.Min(omega, other)),
                _ => [],
            },
        };
    }

    private Vector<double> Unknowns(double[] state, double drive, double second) =>
        Vector<double>.Build.Dense(state.Length + 2, i => (i < state.Length ? state[i] : i == state.Length ? drive : second) / _free.Sizes[i]);

    // Whether the curve passes through a point: near one of its points, or between two of them.
    private bool Contains(TwoParameterCurve curve, EquilibriumStart start)
    {
        for (int k = 1; k < curve.Points.Count; k++)
        {
            TwoParameterCurvePoint first = curve.Points[k - 1], next = curve.Points[k];
            Vector<double> a = Unknowns(first.State, first.Drive, first.Parameter), along = Unknowns(next.State, next.Drive, next.Parameter) - a;
            double length = along.L2Norm(), place = length == 0 ? 0 : (start.Z - a).DotProduct(along) / length;
            // Curves turn little on a step, and so are as near to its chord.
            if (place >= -Same && place <= length + Same && (start.Z - a - (along * (length == 0 ? 0 : place / length))).L2Norm() <= (0.15 * length) + Same
                && !(start.Omega < (1 - SameFrequency) * Math.Min(first.Omega, next.Omega)) && !(start.Omega > (1 + SameFrequency) * Math.Max(first.Omega, next.Omega)))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsSame(TwoParameterPoint a, TwoParameterPoint b) => (Unknowns(a.State, a.Drive, a.Parameter) - Unknowns(b.State, b.Drive, b.Parameter)).L1Norm() <= Same;

    private void Lose(BranchEnd end, double second)
    {
        if (end is BranchEnd.Lost or BranchEnd.StepLimit or BranchEnd.MeshLimit)
        {
            _troubles.Add($"{end switch { BranchEnd.Lost => "curve_lost_at", BranchEnd.StepLimit => "step_limit_at", _ => "mesh_limit_at" }} {InUnit(second)}");
        }
    }

    private string InUnit(double second)
    {
        Unit unit = _system.Code.Model.Parameter(_name)!.Unit;
        return new Quantity(unit.FromSI(second), unit).ToString();
    }

    /// <summary>Where a curve of equilibria starts.</summary>
    /// <param name="Kind">LP or HB.</param>
    /// <param name="Z">States, drive and second parameter, in units of their sizes.</param>
    /// <param name="Omega">Of HB: ω [1/s]; else NaN.</param>
    /// <param name="IsSpecial">Whether another curve passes there.</param>
    /// <param name="Typical">An ω that is typical of the curve [1/s], where that of the point is not.</param>
    private sealed record EquilibriumStart(BifurcationKind Kind, Vector<double> Z, double Omega, bool IsSpecial = false, double? Typical = null);
}
