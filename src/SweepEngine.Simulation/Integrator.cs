namespace SweepEngine.Simulation;

/// <summary>How points without white noise are integrated.</summary>
internal enum Integrator
{
    /// <summary>By the explicit method; what turns out to be stiff, by the implicit one.</summary>
    Chosen,

    /// <summary>All by the explicit method.</summary>
    Explicit,

    /// <summary>All by the explicit method of order 5, whatever the tolerance.</summary>
    OfOrder5,

    /// <summary>All by the explicit method of order 8, whatever the tolerance.</summary>
    OfOrder8,

    /// <summary>All by the implicit method.</summary>
    Implicit,
}
