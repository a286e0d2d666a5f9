using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>
/// One search among those that make a diagram, such as that for equilibria or that for cycles. It adds to what the searches before it found.
/// </summary>
/// <param name="curves">The curves.</param>
/// <param name="before">Diagram of each curve so far, shape [curves]; empty diagrams for the first search.</param>
/// <param name="cancel">Ends the search; then <see cref="OperationCanceledException"/> is thrown.</param>
/// <returns>The diagrams, shape [curves]: a pure function of each curve, whatever other curves stand beside it.</returns>
internal delegate Diagram[] DiagramSearch(DiagramCurves curves, Diagram[] before, CancellationToken cancel);

/// <summary>The curves of which diagrams are asked for.</summary>
/// <param name="Parameters">Swept parameters [SI], curve after curve, shape [curves × swept]; the drive's column means nothing.</param>
/// <param name="Count">Number of curves.</param>
/// <param name="LowestDrive">Lower end of the drive's range [SI].</param>
/// <param name="HighestDrive">Upper end of the drive's range [SI].</param>
internal sealed record DiagramCurves(double[] Parameters, int Count, double LowestDrive, double HighestDrive);

/// <summary>
/// Bifurcation diagrams along the drive: for each curve, its equilibria, its cycles and where they change. An instance serves one thread; results have the same bits for every
/// width of the lanes and whatever curves are computed together.
/// </summary>
public sealed class DiagramKernel
{
    private readonly int _swept;
    private readonly IReadOnlyList<DiagramSearch> _searches;

    /// <summary>Prepares for a model.</summary>
    /// <param name="code">The model; the drive is among its swept parameters.</param>
    /// <param name="drive">Name of the drive.</param>
    /// <exception cref="ArgumentException">The drive is not swept, or <see cref="Hindrance"/> is not null.</exception>
    public DiagramKernel(ModelCode code, string drive)
        : this(code, Searches(code, drive, 1, true))
    {
    }

    // With meshes of cycles that are so many times as fine as usual, and perhaps without the branches of doubled cycles.
    internal DiagramKernel(ModelCode code, string drive, double refinement, bool followsDoublings)
        : this(code, Searches(code, drive, refinement, followsDoublings))
    {
    }

    // With searches of one's own, in this order.
    internal DiagramKernel(ModelCode code, IReadOnlyList<DiagramSearch> searches) => (_swept, _searches) = (code.Swept.Count, searches);

    /// <summary>Why there are no diagrams of a model.</summary>
    /// <param name="model">The model.</param>
    /// <returns>A sentence, or null where there are.</returns>
    public static string? Hindrance(ModelDefinition model) => HasReset(model) ? TrainDiagram.Hindrance(model) : SmoothSystem.Hindrance(model);

    /// <summary>The diagrams of curves.</summary>
    /// <param name="parameters">Swept parameters [SI], curve after curve, shape [curves × swept]; what stands in the drive's column does not matter.</param>
    /// <param name="lowestDrive">Lower end of the drive's range [SI].</param>
    /// <param name="highestDrive">Upper end of the drive's range [SI], above the lower one.</param>
    /// <param name="cancel">Ends the computation; then <see cref="OperationCanceledException"/> is thrown.</param>
    /// <returns>A diagram for each curve, shape [curves].</returns>
    public Diagram[] Curves(ReadOnlySpan<double> parameters, double lowestDrive, double highestDrive, CancellationToken cancel = default)
    {
        var curves = new DiagramCurves(parameters.ToArray(), parameters.Length / _swept, lowestDrive, highestDrive);
        var diagrams = new Diagram[curves.Count];
        Array.Fill(diagrams, Diagram.Empty);
        foreach (DiagramSearch search in _searches)
        {
            cancel.ThrowIfCancellationRequested();
            diagrams = search(curves, diagrams, cancel);
        }

        return diagrams;
    }

    private static DiagramSearch[] Searches(ModelCode code, string drive, double refinement, bool followsDoublings)
    {
        if (HasReset(code.Model))
        {
            return [Equilibria(SmoothSystem.Subthreshold(code, drive)), new TrainDiagram(code, drive).Search];
        }

        SmoothSystem system = new(code, drive);
        return [Equilibria(system), new CycleSearch(system, refinement, followsDoublings).Find];
    }

    // All of them at once where they are an explicit curve, else from many starts.
    private static DiagramSearch Equilibria(SmoothSystem system)
    {
        if (system.Steady is null)
        {
            EquilibriumContinuation continuation = new(system);
            int swept = system.Code.Swept.Count;
            return (curves, _, cancel) => [.. Enumerable.Range(0, curves.Count).Select(curve =>
                continuation.Find(curves.Parameters.AsSpan(curve * swept, swept), curves.LowestDrive, curves.HighestDrive, cancel))];
        }

        (double Lowest, double Highest, EquilibriumDiagrams Of)? explicitCurves = null;
        return (curves, _, _) =>
        {
            if (explicitCurves is not { } found || found.Lowest != curves.LowestDrive || found.Highest != curves.HighestDrive)
            {
                explicitCurves = found = (curves.LowestDrive, curves.HighestDrive, new EquilibriumDiagrams(system, curves.LowestDrive, curves.HighestDrive));
            }

            return found.Of.Curves(curves.Parameters);
        };
    }

    private static bool HasReset(ModelDefinition model) => model.Spike is { } spike && (spike.Reset.Count > 0 || spike.RefractoryFor is not null);
}
