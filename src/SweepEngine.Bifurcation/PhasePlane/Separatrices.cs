namespace SweepEngine.Bifurcation;

/// <summary>A branch of the stable or unstable manifold of a saddle.</summary>
/// <param name="Saddle">Index of the saddle among the equilibria.</param>
/// <param name="IsStable">Whether orbits on it come to the saddle, or leave it.</param>
/// <param name="Orbit">The branch as an orbit that begins at the saddle, where its time is NaN; the stable manifold is followed backward.</param>
public sealed record Separatrix(int Saddle, bool IsStable, PlaneOrbit Orbit);

/// <summary>
/// Follows the manifolds of saddles. Each begins on the parabola x* + s v + s² q that the equations give: v is the eigenvector, and (J − 2λ) q = −D²f(v, v)/2 makes it invariant to the
/// third order in s (X. Cabré, E. Fontich, R. de la Llave, J. Differential Equations 218 (2005) 444). s is so small that what is left is below 1e-11 of the window.
/// </summary>
internal static class Separatrices
{
    private const double Largest = 2e-3, Smallest = 1e-7, Invariance = 1e-11;

    /// <summary>Follows all branches of all saddles.</summary>
    /// <param name="plane">The equations.</param>
    /// <param name="window">The window.</param>
    /// <param name="equilibria">Its equilibria.</param>
    /// <param name="tracer">Follows orbits there.</param>
    public static List<Separatrix> Of(PhasePlane plane, PlaneWindow window, IReadOnlyList<PlaneEquilibrium> equilibria, OrbitTracer tracer)
    {
        List<Separatrix> all = [];
        for (int i = 0; i < equilibria.Count; i++)
        {
            if (equilibria[i] is not { Type: EquilibriumType.Saddle, IsVirtual: false, Eigenvectors: { } vectors } saddle)
            {
                continue;
            }

            foreach ((bool stable, PlanePoint vector, double eigenvalue) in
                new[] { (false, vectors.First, saddle.Eigenvalues.First.Real), (true, vectors.Second, saddle.Eigenvalues.Second.Real) })
            {
                foreach (int side in new[] { 1, -1 })
                {
                    PlaneOrbit orbit = tracer.Follow(Begin(plane, window, saddle.At, vector, eigenvalue, side), stable ? -1 : 1, isTrajectory: false);
                    OrbitPoint start = new(double.NaN, saddle.At.X, saddle.At.Y);
                    all.Add(new Separatrix(i, stable, orbit with { Pieces = [[start, .. orbit.Pieces[0]], .. orbit.Pieces.Skip(1)] }));
                }
            }
        }

        return all;
    }

    private static PlanePoint Begin(PhasePlane plane, PlaneWindow window, PlanePoint at, PlanePoint vector, double eigenvalue, int side)
    {
        (double vx, double vy) = (vector.X * plane.Scale.X, vector.Y * plane.Scale.Y);
        double length = side * window.Distance(default, new(vx, vy));
        (vx, vy) = (vx / length, vy / length);
        (double a, double b, double c, double d) = plane.Jacobian(at);
        (a, d) = (a - 2 * eigenvalue, d - 2 * eigenvalue);
        (double curvedX, double curvedY) = plane.Curvature(at, vx, vy);
        double determinant = a * d - b * c;
        (double qx, double qy) = ((b * curvedY - d * curvedX) / (2 * determinant), (c * curvedX - a * curvedY) / (2 * determinant));
        double s = Largest;
        while (true)
        {
            PlanePoint start = new(at.X + s * (vx + s * qx), at.Y + s * (vy + s * qy));
            ReadOnlySpan<double> slopes = plane.Slopes(start.X, start.Y);
            // On the manifold s grows like e^(λt), so the slope is λ s times the parabola's derivative.
            double missX = slopes[0] - eigenvalue * s * (vx + 2 * s * qx), missY = slopes[1] - eigenvalue * s * (vy + 2 * s * qy);
            if (window.Distance(default, new(missX, missY)) <= Invariance * Math.Abs(eigenvalue) || s <= Smallest)
            {
                return start;
            }

            s /= 2;
        }
    }
}
