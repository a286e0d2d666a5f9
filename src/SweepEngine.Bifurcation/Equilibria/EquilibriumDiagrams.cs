using System.Globalization;
using System.Numerics;
using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Diagrams of equilibria along the drive, for models whose equilibria are an explicit curve (<see cref="SteadyForm"/>): every branch, with folds and Hopf points, their
/// coefficients and the number of unstable eigenvalues. Not for several threads at once.
/// </summary>
/// <remarks>
/// The number of unstable eigenvalues is counted between any two bifurcations and must change by one at a fold and by two at a Hopf point; where it does not, the status of the
/// curve says so. It is <c>complete</c>, <c>branch_lost_at</c> a drive where the equations end, <c>stability_unclear_at</c>, <c>corner_at</c> where the equations have a corner at which
/// equilibria change, or <c>not_resolved</c> where the curve has no values at its start or too many features.
/// </remarks>
public sealed class EquilibriumDiagrams
{
    private const int MostBisections = 200;

    // Points of a branch are no further apart than its length over this, so that it can be drawn.
    private const int PointsToDraw = 100;

    private readonly SmoothSystem _system;
    private readonly SteadyCode _steady;
    private readonly EquilibriumScan _scan;
    private readonly NormalForms _forms;
    private readonly double _lowest, _highest;
    private readonly double[] _master, _sample, _place, _state, _motion, _driveSlopes;

    /// <summary>Takes a model.</summary>
    /// <param name="system">The model, whose <see cref="SmoothSystem.Steady"/> is not null.</param>
    /// <param name="lowest">The lowest drive.</param>
    /// <param name="highest">The highest drive.</param>
    /// <exception cref="ArgumentException">The equilibria of the model are no explicit curve.</exception>
    public EquilibriumDiagrams(SmoothSystem system, double lowest, double highest)
    {
        ArgumentNullException.ThrowIfNull(system);
        _steady = system.Steady ?? throw new ArgumentException($"The equilibria of {system.Code.Model.Name} are no explicit curve.", nameof(system));
        (_system, _lowest, _highest) = (system, lowest, highest);
        _scan = new EquilibriumScan(system.Code, _steady, lowest, highest);
        _forms = new NormalForms(system);
        _master = new double[_steady.Form.Master + 1];
        _sample = new double[_steady.Jacobian.OutputCount];
        _place = new double[system.Dimension + 1];
        (_state, _motion, _driveSlopes) = (new double[system.Dimension], new double[system.Dimension], new double[system.Dimension]);
    }

    /// <summary>The diagrams of curves.</summary>
    /// <param name="parameters">The swept parameters of curve after curve, shape [curves × swept]; the drive among them does not count.</param>
    /// <returns>One for each curve.</returns>
    public Diagram[] Curves(ReadOnlySpan<double> parameters)
    {
        int swept = _system.Code.Swept.Count;
        Diagram[] diagrams = new Diagram[parameters.Length / swept];
        _scan.Run(parameters, pieces: true);
        int piece = 0, point = 0;
        for (int curve = 0; curve < diagrams.Length; curve++)
        {
            int firstPiece = piece, firstPoint = point;
            while (piece < _scan.Pieces.Count && _scan.Pieces[piece].Curve == curve)
            {
                piece++;
            }

            while (point < _scan.Points.Count && _scan.Points[point].Curve == curve)
            {
                point++;
            }

            double[] own = [.. parameters.Slice(curve * swept, swept)];
            List<Place> special = [.. _scan.Points[firstPoint..point].Select(each => new Place(each.Master, each.Drive, each))];
            foreach (EquilibriumPoint each in _scan.Corners)
            {
                if (each.Curve == curve)
                {
                    special.Add(new Place(each.Master, each.Drive, null, IsCorner: true));
                }
            }

            special.Sort((x, y) => x.Master.CompareTo(y.Master));
            List<Path> paths = Paths(_scan.Pieces[firstPiece..piece], special, own);
            diagrams[curve] = Of(paths, own, _scan.IsComplete(curve));
        }

        return diagrams;
    }

    private Diagram Of(List<Path> paths, double[] parameters, bool complete)
    {
        List<Branch> branches = [];
        List<BifurcationPoint> points = [];
        string? trouble = null;
        foreach (Path path in paths)
        {
            branches.Add(Follow(path, branches.Count, parameters, points, ref trouble));
            Place? lost = path.Start is BranchEnd.Lost ? path.Places[0] : path.End is BranchEnd.Lost ? path.Places[^1] : null;
            trouble ??= lost is null ? null : Text("branch_lost_at", lost.Value.Drive);
        }

        points.Sort((x, y) => x.Drive != y.Drive ? x.Drive.CompareTo(y.Drive) : x.Branch.CompareTo(y.Branch));
        return new Diagram(branches, points, trouble ?? (complete ? "complete" : "not_resolved"));
    }

    private string Text(string what, double drive) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} {drive / _system.DriveScale:G6} {_system.Code.Model.Parameter(_steady.Form.Drive)!.Unit}");

    // The parts of the curve on which the drive is in its range. Between two neighbours among ends of pieces and folds it is monotone.
    private List<Path> Paths(List<(int Curve, CurveSample A, CurveSample B)> pieces, List<Place> points, double[] parameters)
    {
        List<Path> paths = [];
        Path? path = null;
        int next = 0;
        for (int i = 0; i < pieces.Count; i++)
        {
            (_, CurveSample a, CurveSample b) = pieces[i];
            bool joined = i > 0 && pieces[i - 1].B.Master == a.Master;
            Place place = new(a.Master, a.Drive, null);
            if (!joined)
            {
                path = IsIn(a.Drive) ? Begin(place, BranchEnd.Lost) : null;
            }

            while (next < points.Count && points[next].Master <= b.Master)
            {
                if (points[next].Master >= a.Master)
                {
                    Go(place, points[next]);
                    place = points[next];
                }

                next++;
            }

            Go(place, new Place(b.Master, b.Drive, null));
        }

        return paths;

        Path Begin(Place place, BranchEnd start)
        {
            paths.Add(new Path(start));
            paths[^1].Places.Add(place);
            return paths[^1];
        }

        void Go(Place from, Place to)
        {
            if (from.Master == to.Master)
            {
                return;
            }

            if (!IsIn(from.Drive))
            {
                // It may come in, and even go out at the other side.
                double edge = from.Drive < _lowest ? _lowest : _highest, far = from.Drive < _lowest ? _highest : _lowest;
                if (IsIn(to.Drive) || to.Drive < _lowest != from.Drive < _lowest)
                {
                    path = Begin(Crossing(from, to, edge, parameters), BranchEnd.Range);
                    if (!IsIn(to.Drive))
                    {
                        path.Places.Add(Crossing(from, to, far, parameters));
                        path.End = BranchEnd.Range;
                        path = null;
                    }
                }
            }
            else if (!IsIn(to.Drive))
            {
                path!.Places.Add(Crossing(from, to, to.Drive < _lowest ? _lowest : _highest, parameters));
                path.End = BranchEnd.Range;
                path = null;
            }

            if (IsIn(to.Drive))
            {
                path!.Places.Add(to);
            }
        }
    }

    private bool IsIn(double drive) => drive >= _lowest && drive <= _highest;

    // Where the drive has a value, by Newton's method between two places.
    private Place Crossing(Place from, Place to, double drive, double[] parameters)
    {
        (double lower, double upper) = (from.Master, to.Master);
        bool rises = to.Drive > from.Drive;
        double at = lower + ((upper - lower) * ((drive - from.Drive) / (to.Drive - from.Drive)));
        for (int step = 0; step < MostBisections; step++)
        {
            _master[^1] = at;
            _steady.Jacobian.Evaluate([], _master, parameters, _sample, 1, 0, 1);
            double wrong = _sample[0] - drive;
            if (wrong > 0 == rises)
            {
                upper = at;
            }
            else
            {
                lower = at;
            }

            double next = at - (wrong / _sample[1]);
            if (wrong == 0 || Math.Abs(next - at) <= 1e-15 * Math.Abs(at))
            {
                break;
            }

            next = next > lower && next < upper ? next : lower + ((upper - lower) / 2);
            if (next == at || next == lower || next == upper)
            {
                break;
            }

            at = next;
        }

        return new Place(at, drive, null);
    }

    private Branch Follow(Path path, int branch, double[] parameters, List<BifurcationPoint> points, ref string? trouble)
    {
        double[][] states = Fill(path.Places, parameters);
        BranchPoint[] along = new BranchPoint[path.Places.Count];
        int before = -1, start = 0, open = -1;
        Place opening = default;
        for (int i = 0; i <= path.Places.Count; i++)
        {
            if (i < path.Places.Count && path.Places[i] is { Special: null, IsCorner: false })
            {
                continue;
            }

            // Up to the next bifurcation nothing changes.
            int end = Math.Min(i, path.Places.Count - 1);
            double middle = path.Places[start].Master + ((path.Places[end].Master - path.Places[start].Master) / 2);
            int unstable = path.Places[start].Master == path.Places[end].Master ? Math.Max(before, 0) : UnstableAt(middle, parameters);
            for (int k = start; k < Math.Min(i + 1, along.Length); k++)
            {
                // At a bifurcation itself what is between both sides counts as stable.
                int here = k == open ? Math.Min(before, unstable) : unstable;
                along[k] = new BranchPoint(path.Places[k].Drive, states[k], double.NaN, double.NaN, here, 0);
            }

            if (open >= 0 && opening.IsCorner)
            {
                trouble ??= Text("corner_at", opening.Drive);
            }
            else if (open >= 0)
            {
                points.Add(At(opening, states[open], branch, parameters, before, unstable));
                if (Math.Abs(unstable - before) != (opening.Special!.Value.Kind is BifurcationKind.Fold ? 1 : 2))
                {
                    trouble ??= Text("stability_unclear_at", opening.Drive);
                }
            }

            if (i < path.Places.Count)
            {
                (before, start, open, opening) = (unstable, i, i, path.Places[i]);
            }
        }

        return new Branch(BranchKind.Equilibria, path.Start, path.End, along);
    }

    private BifurcationPoint At(Place place, double[] state, int branch, double[] parameters, int before, int after)
    {
        parameters[_system.Drive] = place.Drive;
        Matrix<double> jacobian = _forms.Jacobian(state, parameters);
        Complex[] eigenvalues = Spectrum.Of(jacobian);
        double omega = place.Special!.Value.Omega, residual = Residual(jacobian, state, parameters), size = jacobian.InfinityNorm();
        bool hopf = place.Special.Value.Kind is BifurcationKind.Hopf;
        double nearest = double.PositiveInfinity;
        foreach (Complex each in eigenvalues)
        {
            nearest = Math.Min(nearest, Math.Abs(each.Real) + Math.Abs(Math.Abs(each.Imaginary) - omega));
        }

        HopfForm? form = hopf ? _forms.Hopf(state, parameters, omega) : null;
        return new BifurcationPoint
        {
            Kind = place.Special.Value.Kind,
            Branch = branch,
            Drive = place.Drive,
            State = state,
            Period = hopf ? 2 * Math.PI / omega : double.NaN,
            Eigenvalues = eigenvalues,
            Coefficient = form?.L1 ?? _forms.Fold(state, parameters).Quadratic,
            IsSupercritical = form?.IsSupercritical,
            Residual = Math.Max(residual, nearest / size),
            UnstableBefore = before,
            UnstableAfter = after,
        };
    }

    // The largest derivative, relative to the terms that it is made of.
    private double Residual(Matrix<double> jacobian, double[] state, double[] parameters)
    {
        _system.Code.Derivatives.Evaluate([0], state, parameters, _motion, 1, 0, 1);
        _system.DriveSlopes.Evaluate([0], state, parameters, _driveSlopes, 1, 0, 1);
        double largest = 0;
        for (int row = 0; row < state.Length; row++)
        {
            double terms = Math.Abs(_driveSlopes[row] * parameters[_system.Drive]);
            for (int column = 0; column < state.Length; column++)
            {
                terms += Math.Abs(jacobian[row, column] * state[column]) * (_system.Scale[row] / _system.Scale[column]);
            }

            largest = _motion[row] == 0 ? largest : Math.Max(largest, Math.Abs(_motion[row]) / terms);
        }

        return largest;
    }

    private int UnstableAt(double master, double[] parameters)
    {
        _master[^1] = master;
        _steady.States.Evaluate([], _master, parameters, _place, 1, 0, 1);
        _place.AsSpan(0, _state.Length).CopyTo(_state);
        parameters[_system.Drive] = _place[^1];
        return Spectrum.Unstable(_forms.Jacobian(_state, parameters));
    }

    // The states of a path, with as many places between its own as a picture needs.
    private double[][] Fill(List<Place> places, double[] parameters)
    {
        double step = (places[^1].Master - places[0].Master) / PointsToDraw;
        for (int i = places.Count - 1; i > 0 && step > 0; i--)
        {
            double from = places[i - 1].Master, width = places[i].Master - from;
            int parts = (int)Math.Min(PointsToDraw, Math.Ceiling(width / step));
            for (int part = parts - 1; part > 0; part--)
            {
                places.Insert(i, new Place(from + (width * part / parts), double.NaN, null));
            }
        }

        int count = places.Count, n = _system.Dimension;
        double[] y = new double[_master.Length * count], p = new double[parameters.Length * count], result = new double[(n + 1) * count];
        for (int j = 0; j < count; j++)
        {
            y[((_master.Length - 1) * count) + j] = places[j].Master;
            for (int i = 0; i < parameters.Length; i++)
            {
                p[(i * count) + j] = parameters[i];
            }
        }

        _steady.States.Evaluate([], y, p, result, count, 0, count);
        double[][] states = new double[count][];
        for (int j = 0; j < count; j++)
        {
            states[j] = new double[n];
            for (int i = 0; i < n; i++)
            {
                states[j][i] = result[(i * count) + j];
            }

            if (double.IsNaN(places[j].Drive))
            {
                places[j] = places[j] with { Drive = result[(n * count) + j] };
            }
        }

        return states;
    }

    private readonly record struct Place(double Master, double Drive, EquilibriumPoint? Special, bool IsCorner = false);

    private sealed class Path(BranchEnd start)
    {
        public BranchEnd Start => start;

        public BranchEnd End { get; set; } = BranchEnd.Lost;

        public List<Place> Places { get; } = [];
    }
}
