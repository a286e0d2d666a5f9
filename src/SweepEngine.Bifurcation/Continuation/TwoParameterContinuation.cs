using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Follows folds and Hopf points of equilibria in the plane of the drive and a second parameter, and finds where two conditions hold: CP and BT on curves of folds, GH and BT on curves of Hopf points,
/// ZH and HH on both. Not for several threads at once.
/// </summary>
public sealed class TwoParameterContinuation
{
    private const double Same = 1e-6;

    private readonly FreeSystem _free;
    private readonly NormalForms _forms;
    private readonly string _second;
    private readonly SmoothSystem _system;

    /// <summary>Takes a model.</summary>
    /// <param name="system">The model; the second parameter is among its swept parameters.</param>
    /// <param name="second">Name of the second parameter.</param>
    /// <exception cref="ArgumentException">The second parameter is not swept, or is the drive.</exception>
    public TwoParameterContinuation(SmoothSystem system, string second)
    {
        ArgumentNullException.ThrowIfNull(system);
        if (system.Code.Swept[system.Drive] == second)
        {
            throw new ArgumentException($"The second parameter {second} is the drive.", nameof(second));
        }

        (_system, _second, _free, _forms) = (system, second, new FreeSystem(system, second), new NormalForms(system));
    }

    /// <summary>Follows bifurcation points of one curve.</summary>
    /// <param name="starts">The points, found at the given parameters; those that are neither LP nor HB are passed over. Points of one curve are followed once.</param>
    /// <param name="parameters">The swept parameters [SI]; the value of the drive does not matter.</param>
    /// <param name="drives">Lowest and highest drive [SI].</param>
    /// <param name="seconds">Lowest and highest value of the second parameter [SI]; that in <paramref name="parameters"/> lies between them.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The curves; the status is <c>complete</c>, or says at which value of the second parameter a curve was lost.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public TwoParameterDiagram Follow(
        IEnumerable<BifurcationPoint> starts, ReadOnlySpan<double> parameters, (double Lowest, double Highest) drives, (double Lowest, double Highest) seconds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(starts);
        int n = _system.Dimension;
        double[] swept = parameters.ToArray();
        StateBox box = StateBox.Of(_system, swept);
        FreeEquations free = new(_free, swept, [.. box.Lowest.Zip(box.Highest, (low, high) => high - low), drives.Highest - drives.Lowest, seconds.Highest - seconds.Lowest]);
        double[] sizes = [.. free.Sizes.Skip(n)], lowest = [drives.Lowest / sizes[0], seconds.Lowest / sizes[1]], highest = [drives.Highest / sizes[0], seconds.Highest / sizes[1]];
        double second = swept[_free.Free[1]];

        List<TwoParameterCurve> curves = [];
        List<TwoParameterPoint> points = [];
        List<string> troubles = [];
        foreach (BifurcationPoint start in starts.Where(each => each.Kind is BifurcationKind.Fold or BifurcationKind.Hopf))
        {
            Vector<double> z = Vector<double>.Build.Dense(n + 2, i => (i < n ? start.State[i] : i == n ? start.Drive : second) / free.Sizes[i]);
            if (curves.Exists(curve => curve.Kind == start.Kind && Contains(curve, z, free)))
            {
                continue;
            }

            double size = free.Slopes(z).SubMatrix(0, n, 0, n).FrobeniusNorm();
            free.Time = size > 0 && double.IsFinite(size) ? 1 / size : 1;
            BifurcationCurve followed = new(free, _forms, start.Kind == BifurcationKind.Hopf);
            if (followed.Begin(z, 2 * Math.PI / start.Period) is not { } first)
            {
                troubles.Add($"curve_lost_at {InUnit(second)}");
                continue;
            }

            List<SpecialPoint> ahead = [], behind = [];
            (List<BifurcationCurvePoint> forth, BranchEnd end) = followed.Trace(first, 1, lowest, highest, ahead, cancellation);
            (List<BifurcationCurvePoint> back, BranchEnd begin) = end == BranchEnd.Closed ? ([], end) : followed.Trace(first, -1, lowest, highest, behind, cancellation);
            BifurcationCurvePoint middle = followed.Point(first, first);
            BifurcationCurvePoint[] all = [.. back.AsEnumerable().Reverse(), middle, .. forth];
            curves.Add(new TwoParameterCurve(start.Kind, begin, end, [.. all.Select(each => new TwoParameterCurvePoint(
                free.Parameter(each.Z), free.Parameter(each.Z, 1), free.States(each.Z), followed.Omega(each.Z), Coefficient(each, free, start.Kind), each.Unstable))]));
            troubles.AddRange(from lost in new[] { (End: begin, all[0].Z), (End: end, all[^1].Z) }
                              where lost.End is BranchEnd.Lost or BranchEnd.StepLimit
                              select $"{(lost.End == BranchEnd.Lost ? "curve_lost_at" : "step_limit_at")} {InUnit(free.Parameter(lost.Z, 1))}");
            foreach (SpecialPoint special in ahead.Concat(behind))
            {
                TwoParameterPoint point = Point(special, followed, free, curves.Count - 1);
                if (!points.Exists(each => each.Kind == point.Kind && IsSame(each, point, free)))
                {
                    points.Add(point);
                }
            }
        }

        return new TwoParameterDiagram(curves, [.. points.OrderBy(each => each.Parameter)], troubles.Count == 0 ? "complete" : string.Join("; ", troubles.Distinct()));
    }

    private double Coefficient(BifurcationCurvePoint point, FreeEquations free, BifurcationKind kind) =>
        kind == BifurcationKind.Hopf ? point.Second : _forms.Fold(free.States(point.Z), free.Parameters(point.Z)).Quadratic;

    private TwoParameterPoint Point(SpecialPoint special, BifurcationCurve curve, FreeEquations free, int index)
    {
        double[] state = free.States(special.Point.Z), parameters = free.Parameters(special.Point.Z);
        Complex[] eigenvalues = [.. curve.Eigenvalues(special.Point.Z).Select(each => each / free.Time)];
        TwoParameterForms forms = new(_system, state, parameters);

        // Of the pairs, the one next to the axis beside that of the curve itself.
        double other = Math.Abs(special.Point.Rest.Length == 0 ? 0 : special.Point.Rest.MinBy(each => Math.Abs(each.Real)).Imaginary) / free.Time, omega = curve.Omega(special.Point.Z);
        return new TwoParameterPoint
        {
            Kind = special.Kind,
            Curve = index,
            Drive = free.Parameter(special.Point.Z),
            Parameter = free.Parameter(special.Point.Z, 1),
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

    // Whether the curve passes through a point: near one of its points, or between two of them.
    private static bool Contains(TwoParameterCurve curve, Vector<double> z, FreeEquations free)
    {
        Vector<double> Unknowns(TwoParameterCurvePoint point) =>
            Vector<double>.Build.Dense(z.Count, i => (i < z.Count - 2 ? point.State[i] : i == z.Count - 2 ? point.Drive : point.Parameter) / free.Sizes[i]);

        for (int k = 1; k < curve.Points.Count; k++)
        {
            Vector<double> a = Unknowns(curve.Points[k - 1]), along = Unknowns(curve.Points[k]) - a;
            double length = along.L2Norm(), place = length == 0 ? 0 : (z - a).DotProduct(along) / length;
            // Curves turn little on a step, and so are as near to its chord.
            if (place >= -Same && place <= length + Same && (z - a - (along * (length == 0 ? 0 : place / length))).L2Norm() <= (0.15 * length) + Same)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSame(TwoParameterPoint a, TwoParameterPoint b, FreeEquations free)
    {
        double distance = Math.Abs(a.Drive - b.Drive) / free.Sizes[^2] + (Math.Abs(a.Parameter - b.Parameter) / free.Sizes[^1]);
        for (int i = 0; i < a.State.Length; i++)
        {
            distance += Math.Abs(a.State[i] - b.State[i]) / free.Sizes[i];
        }

        return distance <= Same;
    }

    private string InUnit(double second)
    {
        Unit unit = _system.Code.Model.Parameter(_second)!.Unit;
        return new Quantity(unit.FromSI(second), unit).ToString();
    }
}
