using SweepEngine.Lanes;
using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Meshes that follow a cycle: each interval gets an equal part of the integral of the fifth root of the fifth derivative, which is the error's, estimated from the jumps of the fourth derivative
/// (C. de Boor, in Lecture Notes in Mathematics 363 (1974) 12; R. D. Russell and J. Christiansen, SIAM J. Numer. Anal. 15 (1978) 59).
/// </summary>
internal static class CycleMesh
{
    // So much of the mean density is everywhere: a long interval of rest would damp or amplify too little.
    private const double EvenPart = 0.3;

    /// <summary>How dense a mesh should be in each interval: the fifth root of the fifth derivative.</summary>
    /// <param name="cycle">The cycle.</param>
    /// <param name="mesh">Its mesh, shape [intervals + 1].</param>
    /// <param name="weights">Weights of the squares of the states.</param>
    /// <param name="density">Receives the density, shape [intervals].</param>
    /// <returns>Its integral; over the number of intervals, the fifth root of what the error of a polynomial is proportional to.</returns>
    public static double Density(CycleProfile cycle, double[] mesh, ReadOnlySpan<double> weights, Span<double> density)
    {
        int n = cycle.Intervals;
        double[] squares = new double[n], fourth = new double[n];
        Span<double> values = stackalloc double[Nodes];
        for (int k = 0; k < cycle.States; k++)
        {
            for (int i = 0; i < n; i++)
            {
                cycle.Polynomial(k, i, values);
                double sum = 0, width = mesh[i + 1] - mesh[i];
                for (int node = 0; node < Nodes; node++)
                {
                    sum += Fourth[node] * values[node];
                }

                width *= width;
                fourth[i] = sum / (width * width);
            }

            for (int i = 0; i < n; i++)
            {
                double before = Jump(i == 0 ? n - 1 : i - 1, i), after = Jump(i, i + 1 == n ? 0 : i + 1), fifth = (before + after) / 2;
                squares[i] += weights[k] * fifth * fifth;
            }

            double Jump(int left, int right) => Math.Abs(fourth[right] - fourth[left]) / ((mesh[left + 1] - mesh[left] + mesh[right + 1] - mesh[right]) / 2);
        }

        int whole = n - (n % Lane8.Width);
        for (int i = 0; i < n; i += i < whole ? Lane8.Width : 1)
        {
            if (i < whole)
            {
                Lane8.Store(LaneMath.Pow(Lane8.Load(in squares[i]), Lane8.Broadcast(0.1)), ref density[i]);
            }
            else
            {
                density[i] = LaneMath.Pow(Lane1.Broadcast(squares[i]), Lane1.Broadcast(0.1)).Value;
            }
        }

        double integral = 0;
        for (int i = 0; i < n; i++)
        {
            density[i] = squares[i] > 0 ? density[i] : 0;
            integral += density[i] * (mesh[i + 1] - mesh[i]);
        }

        return integral;
    }

    /// <summary>A mesh with as much of a density in each interval.</summary>
    /// <param name="mesh">The mesh of the density.</param>
    /// <param name="density">The density, shape [intervals of mesh].</param>
    /// <param name="intervals">Number of intervals of the new mesh.</param>
    /// <returns>The new mesh, shape [intervals + 1].</returns>
    public static double[] Equidistribute(double[] mesh, ReadOnlySpan<double> density, int intervals)
    {
        int n = density.Length;
        double mean = 0;
        for (int i = 0; i < n; i++)
        {
            mean += density[i] * (mesh[i + 1] - mesh[i]);
        }

        double[] smooth = new double[n];
        double total = 0;
        for (int i = 0; i < n; i++)
        {
            smooth[i] = mean > 0 ? ((density[i == 0 ? n - 1 : i - 1] + (2 * density[i]) + density[i + 1 == n ? 0 : i + 1]) / 4) + (EvenPart * mean) : 1;
            total += smooth[i] * (mesh[i + 1] - mesh[i]);
        }

        double[] result = new double[intervals + 1];
        int at = 0;
        double before = 0;
        for (int i = 1; i < intervals; i++)
        {
            double wanted = total * i / intervals;
            while (at < n - 1 && before + (smooth[at] * (mesh[at + 1] - mesh[at])) < wanted)
            {
                before += smooth[at] * (mesh[at + 1] - mesh[at]);
                at++;
            }

            result[i] = mesh[at] + ((wanted - before) / smooth[at]);
        }

        result[intervals] = 1;
        return result;
    }

    /// <summary>The same cycle, or tangent, on another mesh.</summary>
    /// <param name="cycle">The cycle.</param>
    /// <param name="from">Its mesh.</param>
    /// <param name="to">The other mesh.</param>
    public static CycleProfile Resample(CycleProfile cycle, double[] from, double[] to)
    {
        int n = to.Length - 1;
        CycleProfile result = new(cycle.States, n) { Period = cycle.Period, Drive = cycle.Drive };
        Span<double> weights = stackalloc double[Nodes], values = stackalloc double[Nodes];
        int at = 0;
        for (int i = 0; i < n; i++)
        {
            for (int node = 0; node < Nodes; node++)
            {
                double place = to[i] + (Places[node] * (to[i + 1] - to[i]));
                while (at < cycle.Intervals - 1 && from[at + 1] <= place)
                {
                    at++;
                }

                At((place - from[at]) / (from[at + 1] - from[at]), weights);
                for (int k = 0; k < cycle.States; k++)
                {
                    cycle.Polynomial(k, at, values);
                    double value = 0;
                    for (int j = 0; j < Nodes; j++)
                    {
                        value += weights[j] * values[j];
                    }

                    if (node == 0)
                    {
                        result.Starts[(k * n) + i] = value;
                    }
                    else
                    {
                        result.Points[(((k * n) + i) * Stages) + node - 1] = value;
                    }
                }
            }
        }

        return result;
    }
}
