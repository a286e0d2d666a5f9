namespace SweepEngine.Bifurcation;

/// <summary>
/// Collects the limit cycles of a window. Orbits that leave equilibria, forward and backward, settle on the cycles around them; from both sides of a cycle, followed in the direction in which
/// it repels, orbits go to the next one, so that nested cycles are found one after the other.
/// </summary>
internal static class LimitCycles
{
    private const double Aside = 1e-3, SamePeriod = 1e-6;
    private const int Most = 50;

    /// <summary>Finds cycles.</summary>
    /// <param name="window">The window.</param>
    /// <param name="equilibria">Its equilibria.</param>
    /// <param name="tracer">Follows orbits there.</param>
    /// <param name="known">Orbits that were followed before.</param>
    /// <returns>The smaller one comes first.</returns>
    public static List<PlaneCycle> Find(PlaneWindow window, IReadOnlyList<PlaneEquilibrium> equilibria, OrbitTracer tracer, IEnumerable<PlaneOrbit> known)
    {
        List<PlaneCycle> found = [];
        Queue<PlaneCycle> open = [];
        foreach (PlaneOrbit orbit in known)
        {
            Take(orbit);
        }

        foreach (PlaneEquilibrium each in equilibria.Where(each => each is { IsVirtual: false, Type: not EquilibriumType.Saddle }))
        {
            foreach (int side in new[] { 1, -1 })
            {
                foreach (int direction in each.Attracts ? [-1] : each.Repels ? new[] { 1 } : [1, -1])
                {
                    Take(tracer.Follow(each.At with { X = each.At.X + side * Aside * window.Width }, direction, direction > 0));
                }
            }
        }

        while (open.TryDequeue(out PlaneCycle? cycle) && found.Count < Most)
        {
            // Its first point is where the horizontal state is largest.
            PlanePoint edge = cycle.Pieces[0][0].Place;
            double aside = Aside * Math.Min(window.Width, cycle.Extent.Width);
            foreach (int side in cycle.Spikes > 0 ? [] : new[] { 1, -1 })
            {
                int direction = cycle.IsStable ? -1 : 1;
                Take(tracer.Follow(edge with { X = edge.X + side * aside }, direction, direction > 0));
            }
        }

        return [.. found.OrderBy(cycle => cycle.Extent.Width)];

        void Take(PlaneOrbit orbit)
        {
            if (orbit.Cycle is { } cycle && !found.Exists(other => IsSame(cycle, other)))
            {
                found.Add(cycle);
                open.Enqueue(cycle);
            }
        }

        bool IsSame(PlaneCycle a, PlaneCycle b) => a.Spikes == b.Spikes && a.IsStable == b.IsStable && Math.Abs(a.Period - b.Period) <= SamePeriod * a.Period
            && Near(a.Extent.Left, b.Extent.Left, window.Width) && Near(a.Extent.Right, b.Extent.Right, window.Width)
            && Near(a.Extent.Bottom, b.Extent.Bottom, window.Height) && Near(a.Extent.Top, b.Extent.Top, window.Height);

        // Extents come from points of lines, which are near the cycle to 1e-4.
        static bool Near(double a, double b, double size) => Math.Abs(a - b) <= 2 * CurveTracing.Tolerance * size;
    }
}
