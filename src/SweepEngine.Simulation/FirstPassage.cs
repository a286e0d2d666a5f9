namespace SweepEngine.Simulation;

/// <summary>First passages of a Brownian bridge.</summary>
internal static class FirstPassage
{
    /// <summary>
    /// When a Brownian bridge first passes a level, given that it does: with s = τ/(1 − τ), the density of τ becomes the inverse Gaussian one of mean
    /// a/b and shape a²/v, which J. R. Michael, W. R. Schucany, R. W. Haas, Am. Stat. 30 (1976) 88 draw from.
    /// </summary>
    /// <param name="distance">Distance a from the start of the bridge to the level, ≥ 0.</param>
    /// <param name="rest">Distance b between the level and the end of the bridge, on whichever side of it, ≥ 0.</param>
    /// <param name="variance">Variance v of what the free path adds over the bridge's whole length, &gt; 0.</param>
    /// <param name="normal">A normal deviate.</param>
    /// <param name="uniform">A number evenly distributed from 0 to 1.</param>
    /// <returns>The passage as a part of the bridge's length, 0 to 1.</returns>
    public static double Part(double distance, double rest, double variance, double normal, double uniform)
    {
        if (distance == 0)
        {
            return 0;
        }

        // With μ = a/b and λ = a²/v: u = μ y/(2λ), the smaller root is μ/(1 + u + √(u² + 2u)), its complement μ times that denominator. Multiplied
        // by b, so that b may be zero.
        double half = normal * normal * variance / (2 * distance), root = Math.Sqrt(half * (half + 2 * rest));
        double denominator = rest + half + root;
        double smaller = distance / denominator; // s of the smaller root
        // It is taken with probability μ/(μ + s) = denominator/(denominator + b).
        if (uniform * (denominator + rest) <= denominator)
        {
            return smaller / (1 + smaller);
        }

        // μ²/s
        double larger = distance * denominator / (rest * rest);
        return double.IsInfinity(larger) ? 1 : larger / (1 + larger);
    }
}
