using System.Numerics;
using SweepEngine.Lanes;

namespace SweepEngine.Bifurcation;

/// <summary>Cycles from which branches begin: near a Hopf point, and of twice the period near a period doubling.</summary>
internal static class OrbitStarts
{
    /// <summary>The branch that is born at a Hopf point.</summary>
    /// <param name="system">The model.</param>
    /// <param name="parameters">The swept parameters of the curve, shape [swept].</param>
    /// <param name="drive">The drive of the Hopf point.</param>
    /// <param name="state">The equilibrium, shape [states].</param>
    /// <param name="omega">The imaginary part of the critical pair [1/s], above 0.</param>
    /// <param name="eigenvector">The eigenvector q of iω in display units, ⟨q, q⟩ = 1, shape [states].</param>
    /// <param name="amplitude">Size of the first cycle: it is the equilibrium plus this times √2 Re(q e^(iωt)) [display units].</param>
    /// <param name="direction">Whether the drive rises (1) or falls (−1) along the branch near the point; no more than a hint.</param>
    /// <param name="intervals">Intervals of the mesh.</param>
    /// <param name="degree">Degree of the polynomials.</param>
    public static CycleStart AtHopf(
        SmoothSystem system, double[] parameters, double drive, ReadOnlySpan<double> state, double omega, ReadOnlySpan<Complex> eigenvector, double amplitude, int direction, int intervals, int degree)
    {
        int n = state.Length, points = (intervals * degree) + 1;
        double[] mesh = [.. Enumerable.Range(0, intervals + 1).Select(i => (double)i / intervals)];
        double[] still = new double[points * n], cycle = new double[points * n];
        for (int point = 0; point < points; point++)
        {
            double sine = LaneMath.SinCosOfTurns(new Lane1((double)(point % (points - 1)) / (points - 1)), out Lane1 cosine).Value;
            for (int i = 0; i < n; i++)
            {
                still[(point * n) + i] = state[i];
                double change = (eigenvector[i].Real * cosine.Value) - (eigenvector[i].Imaginary * sine);
                cycle[(point * n) + i] = state[i] + (amplitude * Math.Sqrt(2) * change * system.Scale[i]);
            }
        }

        double period = 2 * Math.PI / omega;
        return new CycleStart(parameters, new CycleOrbit(drive, period, mesh, degree, cycle), new CycleOrbit(drive, period, mesh, degree, still), direction);
    }
}
