using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Bifurcations of a model with a reset along its drive: equilibria below threshold, and periodic trains as fixed points of the map from spike to spike, stable and unstable, with up to
/// twelve spikes in a period. An instance serves one thread; what it gives for a curve depends on that curve alone.
/// </summary>
/// <remarks>
/// The map of such neurons and its geometry: J. Touboul, R. Brette, SIAM J. Appl. Dyn. Syst. 8 (2009) 1462. Trains are sought where the model settles from its start and along ramps of the
/// drive; each is followed in both directions to where it ends.
/// </remarks>
public sealed class TrainDiagram
{
    private readonly ResetModel _model;
    private readonly SubthresholdRest _rest;
    private readonly TrainSearch _search;
    private readonly Unit _driveUnit;

    /// <summary>Prepares for a model.</summary>
    /// <param name="code">The model; the drive is among its swept parameters.</param>
    /// <param name="drive">Name of the drive.</param>
    /// <exception cref="ArgumentException">The drive is not swept, or <see cref="Hindrance"/> is not null.</exception>
    public TrainDiagram(ModelCode code, string drive)
    {
        _model = new ResetModel(code, drive);
        (_rest, _search) = (new SubthresholdRest(_model), new TrainSearch(_model));
        _driveUnit = code.Model.Parameter(drive)!.Unit;
    }

    /// <summary>Why there are no such diagrams of a model.</summary>
    /// <param name="model">The model.</param>
    /// <returns>A sentence, or null where there are.</returns>
    public static string? Hindrance(ModelDefinition model) => ResetModel.Hindrance(model);

    /// <summary>The diagram of a curve.</summary>
    /// <param name="parameters">Swept parameters [SI], shape [swept]; the drive's does not matter.</param>
    /// <param name="equilibria">Equilibria of the equations without the reset, in the same range of the drive.</param>
    /// <param name="lowestDrive">Lower end of the drive's range [SI].</param>
    /// <param name="highestDrive">Upper end of the drive's range [SI], above the lower one.</param>
    /// <param name="cancel">Ends the computation; then <see cref="OperationCanceledException"/> is thrown.</param>
    public Diagram Of(ReadOnlySpan<double> parameters, Diagram equilibria, double lowestDrive, double highestDrive, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(equilibria);
        Diagram rest = _rest.Cut(equilibria, parameters.ToArray());
        RestEnd[] ends = [.. rest.Points.Where(point => point.Kind is BifurcationKind.Fold or BifurcationKind.ThresholdCrossing)
            .Select(point => new RestEnd(point.Kind, point.Drive, point.State))];
        (IReadOnlyList<TracedTrains> trains, IReadOnlyList<double> irregular) = _search.Run(parameters, lowestDrive, highestDrive, ends, cancel);
        List<Branch> branches = [.. rest.Branches];
        List<BifurcationPoint> points = [.. rest.Points];
        List<string> troubles = rest.Status == Diagram.Complete ? [] : [rest.Status];
        foreach (TracedTrains each in trains)
        {
            int branch = branches.Count;
            branches.Add(each.ToBranch());
            points.AddRange(each.Events.Select(happening => PointOf(each, happening, branch)));
            AddEnd(each, each.Start, each.StartDrive, each.First, branch);
            AddEnd(each, each.End, each.EndDrive, each.Last, branch);
        }

        troubles.AddRange(irregular.Select(drive => $"no_period_at {InUnit(drive)}"));
        return new Diagram(branches, [.. points.OrderBy(point => point.Drive)], troubles.Count == 0 ? Diagram.Complete : string.Join("; ", troubles));

        void AddEnd(TracedTrains of, BranchEnd end, double drive, TrainPoint at, int branch)
        {
            if (end is BranchEnd.SaddleNodeOnCycle or BranchEnd.Homoclinic)
            {
                var happening = new TrainEvent(end == BranchEnd.Homoclinic ? BifurcationKind.Homoclinic : BifurcationKind.SaddleNodeOnCycle, at, at.Unstable, at.Unstable);
                points.Add(PointOf(of, happening, branch) with { Drive = drive, Period = double.PositiveInfinity });
            }
            else if (end is BranchEnd.Lost or BranchEnd.StepLimit)
            {
                troubles.Add($"{(end == BranchEnd.Lost ? "branch_lost_at" : "step_limit_at")} {InUnit(drive)}");
            }
        }
    }

    /// <summary>The search for trains, after one for the equilibria of <see cref="SmoothSystem.Subthreshold"/>.</summary>
    internal Diagram[] Search(DiagramCurves curves, Diagram[] before, CancellationToken cancel)
    {
        int swept = curves.Parameters.Length / Math.Max(curves.Count, 1);
        return [.. before.Select((equilibria, curve) => Of(curves.Parameters.AsSpan(curve * swept, swept), equilibria, curves.LowestDrive, curves.HighestDrive, cancel))];
    }

    private string InUnit(double drive) => new Quantity(_driveUnit.FromSI(drive), _driveUnit).ToString();

    private BifurcationPoint PointOf(TracedTrains trains, TrainEvent happening, int branch)
    {
        bool smooth = happening.Kind is BifurcationKind.FoldOfCycles or BifurcationKind.PeriodDoubling;
        (double coefficient, bool? supercritical) = smooth ? _search.FormOf(trains.Equations, happening) : (double.NaN, null);
        TrainPoint at = happening.At;
        return new BifurcationPoint
        {
            Kind = happening.Kind,
            Branch = branch,
            Drive = at.Drive,
            State = at.State,
            Period = at.Period,
            Lowest = at.Lowest,
            Eigenvalues = at.Multipliers,
            Coefficient = coefficient,
            IsSupercritical = supercritical,
            Residual = at.Residual,
            UnstableBefore = happening.Before,
            UnstableAfter = happening.After,
        };
    }
}
