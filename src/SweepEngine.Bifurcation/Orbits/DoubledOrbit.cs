namespace SweepEngine.Bifurcation;

/// <summary>The cycle of twice the period that is born where a multiplier is −1: along the direction that comes back reversed after one period.</summary>
internal static class DoubledOrbit
{
    /// <summary>The start of the branch of cycles of twice the period.</summary>
    /// <param name="system">The model.</param>
    /// <param name="parameters">The swept parameters of the curve, shape [swept].</param>
    /// <param name="doubling">The period doubling.</param>
    /// <param name="part">How far the first cycle is from it, as a part of its amplitude.</param>
    public static CycleStart At(SmoothSystem system, double[] parameters, CycleBifurcation doubling, double part)
    {
        CycleOrbit orbit = doubling.Orbit;
        double[] direction = doubling.Reversed!;
        int n = system.Dimension, points = orbit.Intervals * orbit.Degree;
        double amplitude = 0, largest = 0;
        for (int i = 0; i < n; i++)
        {
            double low = double.PositiveInfinity, high = double.NegativeInfinity;
            for (int at = i; at < direction.Length; at += n)
            {
                largest = Math.Max(largest, Math.Abs(direction[at]) / system.Scale[i]);
                low = Math.Min(low, orbit.Values[at]);
                high = Math.Max(high, orbit.Values[at]);
            }

            amplitude = Math.Max(amplitude, (high - low) / system.Scale[i]);
        }

        double[] mesh = [.. orbit.Mesh.SkipLast(1).Select(place => place / 2), .. orbit.Mesh.Select(place => 0.5 + (place / 2))];
        double[] still = new double[((2 * points) + 1) * n], doubled = new double[still.Length];
        for (int point = 0; point <= 2 * points; point++)
        {
            for (int i = 0; i < n; i++)
            {
                int at = (point * n) + i, from = (point % points * n) + i;
                double change = part * amplitude / largest * direction[from];
                still[at] = orbit.Values[from];
                doubled[at] = orbit.Values[from] + (point / points == 1 ? -change : change);
            }
        }

        double period = 2 * orbit.Period;
        return new CycleStart(parameters, new CycleOrbit(orbit.Drive, period, mesh, orbit.Degree, doubled), new CycleOrbit(orbit.Drive, period, mesh, orbit.Degree, still));
    }
}
