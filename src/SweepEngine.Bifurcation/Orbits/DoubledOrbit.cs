using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace SweepEngine.Bifurcation;

/// <summary>
/// The cycle of twice the period that is born where a multiplier is −1: along the direction that comes back reversed after one period.
/// </summary>
/// <remarks>
/// The direction solves the equations linearised about the cycle with δ(T) = −δ(0). They are discretised by the implicit midpoint rule between the points of the orbit, which is enough
/// for a first guess, and eliminated from one end to the other by orthogonal transformations, which are stable for growing and decaying directions alike
/// (S. J. Wright, SIAM J. Sci. Stat. Comput. 13 (1992) 742).
/// </remarks>
internal static class DoubledOrbit
{
    /// <summary>The start of the branch of cycles of twice the period.</summary>
    /// <param name="system">The model.</param>
    /// <param name="parameters">The swept parameters of the curve, shape [swept].</param>
    /// <param name="orbit">The cycle at the period doubling.</param>
    /// <param name="part">How far the first cycle is from it, as a part of its amplitude.</param>
    public static CycleStart At(SmoothSystem system, double[] parameters, CycleOrbit orbit, double part)
    {
        double[] direction = Direction(system, parameters, orbit);
        int n = system.Dimension, points = direction.Length / n;
        double amplitude = 0, largest = 0;
        for (int i = 0; i < n; i++)
        {
            double low = double.PositiveInfinity, high = double.NegativeInfinity;
            for (int at = i; at < direction.Length; at += n)
            {
                largest = Math.Max(largest, Math.Abs(direction[at]));
                low = Math.Min(low, orbit.Values[at]);
                high = Math.Max(high, orbit.Values[at]);
            }

            amplitude = Math.Max(amplitude, (high - low) / system.Scale[i]);
        }

        double[] mesh = [.. orbit.Mesh.SkipLast(1).Select(place => place / 2), .. orbit.Mesh.Select(place => 0.5 + (place / 2))];
        double[] still = new double[((2 * points) - 1) * n], doubled = new double[still.Length];
        for (int point = 0; point < (2 * points) - 1; point++)
        {
            int round = point < points - 1 ? 0 : 1, from = (point - (round * (points - 1))) * n;
            for (int i = 0; i < n; i++)
            {
                double change = part * amplitude / largest * direction[from + i] * system.Scale[i];
                still[(point * n) + i] = orbit.Values[from + i];
                doubled[(point * n) + i] = orbit.Values[from + i] + (round == 0 ? change : -change);
            }
        }

        double period = 2 * orbit.Period;
        return new CycleStart(parameters, new CycleOrbit(orbit.Drive, period, mesh, orbit.Degree, doubled), new CycleOrbit(orbit.Drive, period, mesh, orbit.Degree, still));
    }

    /// <summary>δ at the points of the orbit, with δ(T) = −δ(0) [display units], of no particular length. Shape [points × states].</summary>
    /// <param name="system">The model.</param>
    /// <param name="parameters">The swept parameters of the curve, shape [swept].</param>
    /// <param name="orbit">The cycle.</param>
    internal static double[] Direction(SmoothSystem system, double[] parameters, CycleOrbit orbit)
    {
        int n = system.Dimension, steps = orbit.Intervals * orbit.Degree;
        double[] here = [.. parameters], state = new double[n];
        here[system.Drive] = orbit.Drive;
        NormalForms forms = new(system);
        Matrix<double> unit = Matrix<double>.Build.DenseIdentity(n);

        // first·δ_0 + last·δ_k = 0; each step takes δ_k out with the help of left·δ_k + right·δ_(k+1) = 0, and keeps upper·δ_k + byFirst·δ_0 + byNext·δ_(k+1) = 0 to find it again.
        Matrix<double> first = -unit, last = unit;
        var kept = new (Matrix<double> Upper, Matrix<double> ByFirst, Matrix<double> ByNext)[steps];
        for (int k = 0; k < steps; k++)
        {
            int interval = k / orbit.Degree;
            double length = (orbit.Mesh[interval + 1] - orbit.Mesh[interval]) / orbit.Degree;
            orbit.At(orbit.Mesh[interval] + (length * ((k % orbit.Degree) + 0.5)), state);
            Matrix<double> half = forms.Jacobian(state, here) * (length * orbit.Period / 2);
            QR<double> factors = last.Stack(-(unit + half)).QR(QRMethod.Full);
            Matrix<double> turn = factors.Q.Transpose();
            Matrix<double> ofFirst = turn.SubMatrix(0, 2 * n, 0, n) * first, ofNext = turn.SubMatrix(0, 2 * n, n, n) * (unit - half);
            kept[k] = (factors.R.SubMatrix(0, n, 0, n), ofFirst.SubMatrix(0, n, 0, n), ofNext.SubMatrix(0, n, 0, n));
            (first, last) = (ofFirst.SubMatrix(n, n, 0, n), ofNext.SubMatrix(n, n, 0, n));
        }

        // With δ_N = −δ_0: (first − last) δ_0 = 0.
        Vector<double> start = (first - last).Svd().VT.Row(n - 1);
        double[] direction = new double[(steps + 1) * n];
        Vector<double> next = -start;
        next.AsArray().CopyTo(direction, steps * n);
        for (int k = steps - 1; k >= 0; k--)
        {
            next = kept[k].Upper.Solve(-((kept[k].ByFirst * start) + (kept[k].ByNext * next)));
            next.AsArray().CopyTo(direction, k * n);
        }

        return direction;
    }
}
