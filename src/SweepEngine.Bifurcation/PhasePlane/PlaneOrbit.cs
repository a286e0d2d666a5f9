namespace SweepEngine.Bifurcation;

/// <summary>Why an orbit was followed no further.</summary>
public enum OrbitEnd
{
    /// <summary>It leaves the surroundings of the window.</summary>
    Window,

    /// <summary>It comes to an equilibrium; of a manifold also a saddle, its own one or another.</summary>
    Equilibrium,

    /// <summary>It settles on a cycle.</summary>
    Cycle,

    /// <summary>It comes back to where it was, and so do its neighbours, as around a centre.</summary>
    Closed,

    /// <summary>It meets the threshold of a reset, where only a trajectory goes on.</summary>
    Threshold,

    /// <summary>It has as many steps or spikes as are allowed.</summary>
    Limit,

    /// <summary>It cannot be followed: a slope is not finite there.</summary>
    Failed,
}

/// <summary>An orbit of a phase plane.</summary>
/// <param name="Pieces">Its points in pieces between resets, in the order in which it was followed; straight lines between points are within <see cref="CurveTracing.Tolerance"/> of it.</param>
/// <param name="End">Why it ends.</param>
/// <param name="Equilibrium">Index of the equilibrium to which it comes; null where it comes to none.</param>
/// <param name="Cycle">The cycle on which it settles; null where it settles on none.</param>
public sealed record PlaneOrbit(IReadOnlyList<IReadOnlyList<OrbitPoint>> Pieces, OrbitEnd End, int? Equilibrium = null, PlaneCycle? Cycle = null);

/// <summary>A limit cycle of a phase plane.</summary>
/// <param name="Pieces">A period of it, in pieces between resets.</param>
/// <param name="Period">Its period [s].</param>
/// <param name="IsStable">Whether nearby orbits come to it in forward time, or in backward time.</param>
/// <param name="Multiplier">Its Floquet multiplier, by which the distance of a nearby orbit grows in a period; NaN where the cycle has resets.</param>
/// <param name="Spikes">Resets in a period.</param>
public sealed record PlaneCycle(IReadOnlyList<IReadOnlyList<OrbitPoint>> Pieces, double Period, bool IsStable, double Multiplier, int Spikes)
{
    /// <summary>The rectangle around it [SI].</summary>
    public PlaneWindow Extent { get; } = new(
        Pieces.SelectMany(piece => piece).Min(point => point.X), Pieces.SelectMany(piece => piece).Max(point => point.X),
        Pieces.SelectMany(piece => piece).Min(point => point.Y), Pieces.SelectMany(piece => piece).Max(point => point.Y));
}
