using System.Numerics;

namespace SweepEngine.Bifurcation;

/// <summary>Where curves of folds and Hopf points of equilibria and of folds of cycles run in the plane of the drive and a second parameter, and their special points.</summary>
/// <param name="Curves">The curves.</param>
/// <param name="Points">The special points of all curves, each once, by ascending second parameter.</param>
/// <param name="Status">Whether it is complete, and if not, where and why.</param>
public sealed record TwoParameterDiagram(IReadOnlyList<TwoParameterCurve> Curves, IReadOnlyList<TwoParameterPoint> Points, string Status);

/// <summary>A curve of bifurcation points.</summary>
/// <param name="Kind">LP, HB or LPC.</param>
/// <param name="Start">Why it begins where it does.</param>
/// <param name="End">Why it ends where it does.</param>
/// <param name="Points">Its points, along the curve; special points are among them.</param>
public sealed record TwoParameterCurve(BifurcationKind Kind, BranchEnd Start, BranchEnd End, IReadOnlyList<TwoParameterCurvePoint> Points);

/// <summary>A point of a curve of bifurcation points. Numbers are in SI units.</summary>
/// <param name="Drive">The drive.</param>
/// <param name="Parameter">The second parameter.</param>
/// <param name="State">The equilibrium; of LPC, the state of the cycle where the voltage (else the first state) is highest. Shape [states].</param>
/// <param name="Omega">Of HB: ω [1/s]; of LPC: 2π over the period; NaN of LP.</param>
/// <param name="Coefficient">As in <see cref="BifurcationPoint.Coefficient"/>; NaN of LPC.</param>
/// <param name="Unstable">Number of unstable eigenvalues beside those that are zero or imaginary, of LPC multipliers beside those that are 1; 0 means that the point bounds a region of stability.</param>
public readonly record struct TwoParameterCurvePoint(double Drive, double Parameter, double[] State, double Omega, double Coefficient, int Unstable);

/// <summary>A point where two conditions hold. Numbers are in SI units.</summary>
public sealed record TwoParameterPoint
{
    /// <summary>CP, BT, GH, ZH, HH or CPC.</summary>
    public required BifurcationKind Kind { get; init; }

    /// <summary>Index of the curve on which it was found first, in <see cref="TwoParameterDiagram.Curves"/>.</summary>
    public required int Curve { get; init; }

    /// <summary>The drive.</summary>
    public required double Drive { get; init; }

    /// <summary>The second parameter.</summary>
    public required double Parameter { get; init; }

    /// <summary>The equilibrium; of CPC, the state of the cycle where the voltage (else the first state) is highest. Shape [states].</summary>
    public required double[] State { get; init; }

    /// <summary>Eigenvalues [1/s] by descending real part; none of CPC.</summary>
    public required IReadOnlyList<Complex> Eigenvalues { get; init; }

    /// <summary>
    /// Coefficients of the normal form (Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, Springer 2004, chapter 8), states in display units. CP: c of x' = c x³ [1/s]. BT: a and b of
    /// x₁' = x₂, x₂' = a x₁² + b x₁x₂. GH: the second Lyapunov coefficient for ⟨q, q⟩ = 1 divided by ω. ZH: s = ±1 and θ of ξ' = ξ² + s ρ², ρ' = θ ξ ρ. HH: θ and δ. CPC: none.
    /// </summary>
    public required IReadOnlyList<double> Coefficients { get; init; }
}
