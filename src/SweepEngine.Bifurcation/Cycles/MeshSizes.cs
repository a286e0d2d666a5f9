namespace SweepEngine.Bifurcation;

/// <summary>How many mesh intervals a cycle needs. Cycles of as many intervals are computed side by side, so there are few sizes.</summary>
internal static class MeshSizes
{
    // The integral of the fifth root of the fifth derivative (in amplitudes and periods) per interval. It puts the folds of cycles of the models in CycleBranchTests right to 1e-9.
    private const double DemandPerInterval = 0.35;

    // Multiples of 8, so that each lane has as many.
    private static readonly int[] Sizes = [24, 32, 40, 64, 80, 120, 160, 240, 320, 480, 640, 960];

    /// <summary>The largest mesh.</summary>
    public static int Largest => Sizes[^1];

    /// <summary>The number of intervals.</summary>
    /// <param name="demand">Integral of the density of the mesh.</param>
    /// <param name="current">The present number, which stays where it is not too small and not much too large; or 0.</param>
    public static int For(double demand, int current)
    {
        double needed = demand / DemandPerInterval;
        return needed <= current && needed > 0.4 * current ? current : Sizes.FirstOrDefault(size => size >= 1.15 * needed, int.MaxValue);
    }

    /// <summary>Whether a mesh does not fit a cycle any more.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="density">How dense it should be, shape [intervals].</param>
    public static bool IsUneven(double[] mesh, ReadOnlySpan<double> density)
    {
        double most = 0, mean = 0;
        for (int i = 0; i < density.Length; i++)
        {
            double part = density[i] * (mesh[i + 1] - mesh[i]);
            (most, mean) = (Math.Max(most, part), mean + (part / density.Length));
        }

        return most > 2 * mean;
    }
}
