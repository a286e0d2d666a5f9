using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Equilibria and their bifurcations along the drive, for any smooth model: by Newton's method from many starts and continuation by arclength. Nothing but the equations is used, so that branches
/// which no start leads to and which no other branch crosses may be overlooked.
/// </summary>
/// <remarks>Not for several threads at once.</remarks>
public sealed class EquilibriumContinuation
{
    // A state is known to about 1e-13 of its size, and no coefficient better than it changes on that way; derivatives lose digits inside, which the estimate of its rounding does not see.
    private const double Rounding = 1e-13, Beside = 1e-8, Cautious = 100;

    // What changes the growth of a cycle as large as all plausible states by less than so much of ω.
    private const double Negligible = 1e-12;

    private readonly FreeSystem _free;
    private readonly SmoothSystem _system;
    private readonly NormalForms _forms;

    /// <summary>Takes a model.</summary>
    /// <param name="system">The model.</param>
    public EquilibriumContinuation(SmoothSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        (_system, _free, _forms) = (system, new FreeSystem(system), new NormalForms(system));
    }

    /// <summary>Finds the equilibria of one curve and where they bifurcate.</summary>
    /// <param name="parameters">The swept parameters [SI]; the value of the drive does not matter.</param>
    /// <param name="lowestDrive">The lowest drive [SI].</param>
    /// <param name="highestDrive">The highest drive [SI], above the lowest one.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>
    /// Branches of equilibria, LP, HB and BP. The status is <c>complete</c>, or says at which drives a branch was lost (<c>branch_lost_at</c>, <c>step_limit_at</c>) or a bifurcation was seen whose place
    /// could not be found (<c>point_lost_at</c>), in the drive's unit, or that equilibria are not isolated (<c>equilibria_not_isolated</c>).
    /// </returns>
    /// <exception cref="ArgumentException">The drives are not finite and ascending.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Diagram Find(ReadOnlySpan<double> parameters, double lowestDrive, double highestDrive, CancellationToken cancellation = default)
    {
        if (!double.IsFinite(highestDrive - lowestDrive) || highestDrive <= lowestDrive)
        {
            throw new ArgumentException($"The drives {lowestDrive} and {highestDrive} are not ascending.", nameof(highestDrive));
        }

        double[] swept = parameters.ToArray();
        swept[_system.Drive] = lowestDrive;
        StateBox box = StateBox.Of(_system, swept);
        FreeEquations free = new(_free, swept, [.. box.Lowest.Zip(box.Highest, (low, high) => high - low), highestDrive - lowestDrive]);
        Vector<double> start = Vector<double>.Build.Dense(free.Dimension + 1, i => (i < free.Dimension ? box.Start[i] : lowestDrive) / free.Sizes[i]);
        double size = free.Slopes(start).FrobeniusNorm();
        free.Time = size > 0 && double.IsFinite(size) ? 1 / size : 1;

        EquilibriumSearch search = new(free, box);
        if (search.IsSingular)
        {
            return new Diagram([], [], "equilibria_not_isolated");
        }

        EquilibriumBranches branches = new(free, lowestDrive, highestDrive);
        branches.Follow(search, cancellation);
        return new Diagram(
            [.. branches.Branches.Select(each => new Branch(BranchKind.Equilibria, each.Start, each.End, [.. each.Points.Select(point => new BranchPoint(
                free.Parameter(point.Z), free.States(point.Z), double.NaN, double.NaN, point.Unstable, 0))]))],
            [.. branches.Branches.SelectMany((each, index) => each.Found.Select(point => Point(free, point, index))).OrderBy(point => point.Drive)],
            Status(branches, free));
    }

    private BifurcationPoint Point(FreeEquations free, FoundPoint found, int branch)
    {
        double[] state = free.States(found.Z), parameters = free.Parameters(found.Z);
        Complex[] eigenvalues = [.. Spectrum.Of(free.Slopes(found.Z).SubMatrix(0, free.Dimension, 0, free.Dimension)).Select(each => each / free.Time)];
        BifurcationPoint point = new()
        {
            Kind = found.Kind,
            Branch = branch,
            Drive = free.Parameter(found.Z),
            State = state,
            Eigenvalues = eigenvalues,
            Residual = found.Residual,
            UnstableBefore = found.Before,
            UnstableAfter = found.After,
        };
        switch (found.Kind)
        {
            case BifurcationKind.Fold:
                return point with { Coefficient = _forms.Fold(state, parameters).Quadratic };
            case BifurcationKind.Hopf:
                double omega = found.Omega / free.Time;
                HopfForm form = _forms.Hopf(state, parameters, omega);
                double[] beside = free.States(found.Z + Beside);
                double change = Math.Abs(_forms.Hopf(beside, parameters, omega).L1 - form.L1) * (Rounding / Beside);
                double largest = free.Sizes.Zip(_system.Scale, (size, scale) => size / scale).Max();
                bool isDegenerate = Math.Abs(form.L1) <= change + (Cautious * form.Error) + (Negligible / (largest * largest));
                return point with { Coefficient = form.L1, IsSupercritical = isDegenerate ? null : form.IsSupercritical, Period = 2 * Math.PI / omega };
            default:
                return point;
        }
    }

    private string Status(EquilibriumBranches branches, FreeEquations free)
    {
        List<string> troubles = [];
        foreach (FollowedBranch branch in branches.Branches)
        {
            foreach ((BranchEnd end, Vector<double> z) in new[] { (branch.Start, branch.Points[0].Z), (branch.End, branch.Points[^1].Z) })
            {
                if (end is BranchEnd.Lost or BranchEnd.StepLimit)
                {
                    troubles.Add($"{(end == BranchEnd.Lost ? "branch_lost_at" : "step_limit_at")} {InUnit(free.Parameter(z))}");
                }
            }
        }

        troubles.AddRange(branches.Missed.Select(drive => $"point_lost_at {InUnit(drive)}"));
        return troubles.Count == 0 ? "complete" : string.Join("; ", troubles.Distinct());
    }

    private string InUnit(double drive)
    {
        Unit unit = _system.Code.Model.Parameter(_system.Code.Swept[_system.Drive])!.Unit;
        return new Quantity(unit.FromSI(drive), unit).ToString();
    }
}
