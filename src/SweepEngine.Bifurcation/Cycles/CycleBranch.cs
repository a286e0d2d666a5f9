using System.Numerics;

namespace SweepEngine.Bifurcation;

/// <summary>Why a branch of cycles was followed no further.</summary>
public enum CycleEnd
{
    /// <summary>The drive leaves its range.</summary>
    Range,

    /// <summary>It came back to its first cycle.</summary>
    Closed,

    /// <summary>The cycles shrink to an equilibrium.</summary>
    Equilibrium,

    /// <summary>The period grows without bound: towards a homoclinic orbit or a fold of equilibria on the cycle.</summary>
    LongPeriod,

    /// <summary>Its cycles are those of half the period, gone through twice.</summary>
    Halved,

    /// <summary>Steps became too small.</summary>
    Lost,

    /// <summary>Its cycles need more intervals than are allowed.</summary>
    MeshLimit,

    /// <summary>It has as many points as are allowed.</summary>
    StepLimit,
}

/// <summary>A cycle of a branch. SI units.</summary>
/// <param name="Drive">The drive.</param>
/// <param name="Period">The period [s].</param>
/// <param name="State">Its state where the voltage (else the first state) is highest, shape [states].</param>
/// <param name="Lowest">The lowest voltage (else first state).</param>
/// <param name="Multipliers">Floquet multipliers by descending modulus, the trivial one left out, shape [states − 1].</param>
/// <param name="Unstable">How many of them are outside of the unit circle.</param>
/// <param name="Spikes">Spikes in a period, by the model's rule; 0 for a model without one.</param>
public sealed record CyclePoint(double Drive, double Period, double[] State, double Lowest, Complex[] Multipliers, int Unstable, int Spikes);

/// <summary>A bifurcation that was located on a branch of cycles.</summary>
/// <param name="Kind">FoldOfCycles, PeriodDoubling, Torus or BranchPointOfCycles.</param>
/// <param name="After">It lies between points <c>After</c> and <c>After + 1</c> of the branch.</param>
/// <param name="Cycle">The cycle there.</param>
/// <param name="Orbit">The same, as an orbit.</param>
/// <param name="Residual">
/// Size of what should be 0: of PD and NS the distance of a multiplier from −1 or of its modulus from 1; of LPC and BPC the part of the drive in the unit tangent, or the smallest singular value.
/// </param>
public sealed record CycleBifurcation(BifurcationKind Kind, int After, CyclePoint Cycle, CycleOrbit Orbit, double Residual)
{
    /// <summary>The normal form; null of BPC.</summary>
    internal CycleForm? Form { get; init; }

    /// <summary>Of PD the direction that comes back reversed after a period, of no particular length, where <see cref="Orbit"/> has its values but for the last one. SI units, shape [points × states].</summary>
    internal double[]? Reversed { get; init; }
}

/// <summary>A branch of cycles that was followed from a start to an end.</summary>
/// <param name="Points">Its cycles, in order.</param>
/// <param name="Bifurcations">What was located on it, in order.</param>
/// <param name="End">Why it ends.</param>
/// <param name="First">The first orbit.</param>
/// <param name="Last">The last orbit.</param>
public sealed record CycleBranch(IReadOnlyList<CyclePoint> Points, IReadOnlyList<CycleBifurcation> Bifurcations, CycleEnd End, CycleOrbit First, CycleOrbit Last);
