namespace SweepEngine.Bifurcation;

/// <summary>
/// A periodic orbit as piecewise polynomials on a mesh, over the time divided by the period, in SI units. An equilibrium is one, too: all values are the same, the period is that
/// of the small cycles around it.
/// </summary>
/// <param name="Drive">The drive.</param>
/// <param name="Period">The period [s], above 0.</param>
/// <param name="Mesh">The borders of the N intervals, ascending from 0 to 1, shape [N + 1].</param>
/// <param name="Degree">Degree m of the polynomials, at least 1.</param>
/// <param name="Values">
/// The states where each interval is divided into m equal parts, point after point, shape [(N·m + 1) × states]; the last point is the first one again.
/// </param>
public sealed record CycleOrbit(double Drive, double Period, double[] Mesh, int Degree, double[] Values)
{
    /// <summary>Number N of intervals.</summary>
    public int Intervals => Mesh.Length - 1;

    /// <summary>Number of states.</summary>
    public int Dimension => Values.Length / ((Intervals * Degree) + 1);

    /// <summary>The state at a time.</summary>
    /// <param name="phase">Time divided by the period, from 0 to 1.</param>
    /// <param name="state">Receives the state, shape [states].</param>
    public void At(double phase, Span<double> state)
    {
        int interval = Math.Clamp(Array.BinarySearch(Mesh, phase) is >= 0 and var found ? found : ~Array.BinarySearch(Mesh, phase) - 1, 0, Intervals - 1);
        double place = (phase - Mesh[interval]) / (Mesh[interval + 1] - Mesh[interval]) * Degree;
        state.Clear();
        for (int node = 0; node <= Degree; node++)
        {
            double weight = 1;
            for (int other = 0; other <= Degree; other++)
            {
                if (other != node)
                {
                    weight *= (place - other) / (node - other);
                }
            }

            ReadOnlySpan<double> value = Values.AsSpan(((interval * Degree) + node) * state.Length, state.Length);
            for (int i = 0; i < state.Length; i++)
            {
                state[i] += weight * value[i];
            }
        }
    }
}

/// <summary>A cycle from which a branch of cycles is to be followed, and which way.</summary>
/// <param name="Parameters">The swept parameters of its curve, shape [swept]; that of the drive does not count.</param>
/// <param name="Orbit">About a cycle of the branch; on whatever mesh.</param>
/// <param name="Before">
/// The end of the branch, on the same mesh: the equilibrium at a Hopf point, or the cycle at a period doubling, gone through twice. The branch leads away from there, and <paramref name="Orbit"/>
/// is corrected across that direction only. Null where <paramref name="Orbit"/> is corrected at its drive and <paramref name="Direction"/> counts.
/// </param>
/// <param name="Direction">Whether the branch is followed towards higher (1) or lower (−1) drive at first.</param>
public sealed record CycleStart(double[] Parameters, CycleOrbit Orbit, CycleOrbit? Before, int Direction = 1);
