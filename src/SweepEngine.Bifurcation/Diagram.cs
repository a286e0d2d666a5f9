using System.Numerics;

namespace SweepEngine.Bifurcation;

/// <summary>A bifurcation point of one curve. Numbers are in SI units; NaN means "not defined".</summary>
public sealed record BifurcationPoint
{
    /// <summary>What happens there.</summary>
    public required BifurcationKind Kind { get; init; }

    /// <summary>Index of the branch on which it was found, in <see cref="Diagram.Branches"/>.</summary>
    public required int Branch { get; init; }

    /// <summary>The drive.</summary>
    public required double Drive { get; init; }

    /// <summary>The equilibrium; of a cycle, its state where the voltage (else the first state) is highest. Shape [states].</summary>
    public required double[] State { get; init; }

    /// <summary>Period of the cycle, infinite at the end of a branch in a homoclinic orbit; of a Hopf point, 2π/ω of the cycle that is born.</summary>
    public double Period { get; init; } = double.NaN;

    /// <summary>Lowest voltage (else first state) on the cycle.</summary>
    public double Lowest { get; init; } = double.NaN;

    /// <summary>The cycle; null of equilibria, at the end of a branch and of trains.</summary>
    public CycleOrbit? Orbit { get; init; }

    /// <summary>Eigenvalues [1/s] by descending real part; of cycles, multipliers by descending modulus, the trivial one left out.</summary>
    public required IReadOnlyList<Complex> Eigenvalues { get; init; }

    /// <summary>
    /// The coefficient of the normal form, in the model's display units: of LP the quadratic one, of HB the first Lyapunov coefficient for ⟨q, q⟩ = 1 divided by ω, of HOM the sum of the saddle's leading eigenvalues [1/s] (below 0, the cycle is stable across them); of LPC, PD and NS that of <see cref="CycleForm"/>, where it is known.
    /// </summary>
    public double Coefficient { get; init; } = double.NaN;

    /// <summary>Whether what is born is stable at first; null where that is not asked or the coefficient is zero to its accuracy (degenerate).</summary>
    public bool? IsSupercritical { get; init; }

    /// <summary>Size of the equations that define the point, where they should be 0, relative to their terms.</summary>
    public required double Residual { get; init; }

    /// <summary>Number of unstable eigenvalues or multipliers before the point, in the order of the branch.</summary>
    public required int UnstableBefore { get; init; }

    /// <summary>Number of unstable eigenvalues or multipliers after the point, in the order of the branch.</summary>
    public required int UnstableAfter { get; init; }
}

/// <summary>Of what a branch consists.</summary>
public enum BranchKind
{
    /// <summary>Equilibria.</summary>
    Equilibria,

    /// <summary>Limit cycles; of a model with a reset, periodic trains.</summary>
    Cycles,
}

/// <summary>Why a branch goes no further.</summary>
public enum BranchEnd
{
    /// <summary>The drive leaves its range.</summary>
    Range,

    /// <summary>It came back to its first point.</summary>
    Closed,

    /// <summary>Cycles shrink to a Hopf point.</summary>
    Hopf,

    /// <summary>Cycles end in a homoclinic orbit of a saddle.</summary>
    Homoclinic,

    /// <summary>Cycles end in a fold of equilibria that lies on them.</summary>
    SaddleNodeOnCycle,

    /// <summary>A cycle of half the period: the branch of a period doubling is back at another one.</summary>
    PeriodDoubling,

    /// <summary>A curve of Hopf points is at ω = 0, where neutral saddles follow.</summary>
    BogdanovTakens,

    /// <summary>A curve of folds of cycles: the period grows without bound, as towards a homoclinic orbit.</summary>
    LongPeriod,

    /// <summary>It met a branch that is known.</summary>
    Known,

    /// <summary>It ends where the model's reset ends it: the orbit no longer meets the threshold, or meets it twice.</summary>
    Border,

    /// <summary>Of a model with a reset: rest meets the threshold there. Equilibria beyond are not physical, and the period of trains grows like a logarithm.</summary>
    ThresholdCrossing,

    /// <summary>It could not be followed: steps became too small.</summary>
    Lost,

    /// <summary>It could not be followed: cycles need more mesh intervals than allowed.</summary>
    MeshLimit,

    /// <summary>It has as many points as are allowed.</summary>
    StepLimit,
}

/// <summary>Equilibria or cycles along a path. Numbers are in SI units.</summary>
/// <param name="Kind">Of what it consists.</param>
/// <param name="Start">Why it begins where it does.</param>
/// <param name="End">Why it ends where it does.</param>
/// <param name="Points">Its points, along the path.</param>
public sealed record Branch(BranchKind Kind, BranchEnd Start, BranchEnd End, IReadOnlyList<BranchPoint> Points);

/// <summary>A point of a branch. Numbers are in SI units; NaN means "not defined".</summary>
/// <param name="Drive">The drive.</param>
/// <param name="State">The equilibrium; of a cycle, its state where the voltage (else the first state) is highest. Shape [states].</param>
/// <param name="Lowest">Lowest voltage (else first state) on the cycle.</param>
/// <param name="Period">Period of the cycle.</param>
/// <param name="Unstable">Number of unstable eigenvalues or multipliers; 0 means stable.</param>
/// <param name="Spikes">Spikes in a period, by the model's rule.</param>
public readonly record struct BranchPoint(double Drive, double[] State, double Lowest, double Period, int Unstable, int Spikes);

/// <summary>All that was found along the drive of one curve.</summary>
/// <param name="Branches">The branches; equilibria come first.</param>
/// <param name="Points">The bifurcation points, by ascending drive.</param>
/// <param name="Status">Whether it is complete, and if not, where and why.</param>
public sealed record Diagram(IReadOnlyList<Branch> Branches, IReadOnlyList<BifurcationPoint> Points, string Status)
{
    /// <summary>The status of a diagram in which everything was followed to its end.</summary>
    public const string Complete = "complete";

    /// <summary>A diagram in which nothing was looked for yet.</summary>
    public static Diagram Empty { get; } = new([], [], Complete);
}
