namespace SweepEngine.Bifurcation;

/// <summary>
/// Follows folds and Hopf points of equilibria and folds of cycles in the plane of the drive and a second parameter, and finds where two conditions hold: CP and BT on curves of folds, GH and BT on curves of Hopf
/// points, ZH and HH on both, CPC and GH on curves of folds of cycles. Not for several threads at once.
/// </summary>
public sealed class TwoParameterContinuation
{
    private readonly FreeSystem _free;
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

        (_system, _second, _free) = (system, second, new FreeSystem(system, second));
    }

    /// <summary>Follows bifurcation points of one curve, and from special points that are found the other curves that pass through them.</summary>
    /// <param name="starts">The points, found at the given parameters. Points of one curve are followed once.</param>
    /// <param name="kinds">Which curves: LP, HB, LPC; points of other kinds are passed over.</param>
    /// <param name="parameters">The swept parameters [SI]; the value of the drive does not matter.</param>
    /// <param name="drives">Lowest and highest drive [SI].</param>
    /// <param name="seconds">Lowest and highest value of the second parameter [SI]; that in <paramref name="parameters"/> lies between them.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The curves; the status is <c>complete</c>, or says at which value of the second parameter a curve was lost.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public TwoParameterDiagram Follow(
        IEnumerable<BifurcationPoint> starts, IReadOnlyCollection<BifurcationKind> kinds, ReadOnlySpan<double> parameters,
        (double Lowest, double Highest) drives, (double Lowest, double Highest) seconds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(starts);
        TwoParameterSearch search = new(_free, _second, kinds, parameters.ToArray(), drives, seconds, cancellation);
        BifurcationPoint[] all = [.. starts];
        search.FollowEquilibria(all);
        if (kinds.Contains(BifurcationKind.FoldOfCycles))
        {
            search.FollowCycles(all.Where(each => each.Kind == BifurcationKind.FoldOfCycles));
        }

        return search.Found();
    }
}
