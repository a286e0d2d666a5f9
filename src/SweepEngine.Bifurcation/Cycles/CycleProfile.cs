using System.Numerics;
using System.Runtime.InteropServices;
using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>A cycle, or the change of one along a branch: values at the starts of the mesh intervals and at their Gauss points, period and drive.</summary>
/// <remarks>States are in display units, the drive in units of its range.</remarks>
internal sealed class CycleProfile
{
    /// <summary>Makes a profile of zeros.</summary>
    /// <param name="states">Number of states.</param>
    /// <param name="intervals">Number of intervals.</param>
    public CycleProfile(int states, int intervals)
    {
        (States, Intervals) = (states, intervals);
        Starts = new double[states * intervals];
        Points = new double[states * intervals * Stages];
    }

    /// <summary>Number of states.</summary>
    public int States { get; }

    /// <summary>Number of intervals.</summary>
    public int Intervals { get; }

    /// <summary>Values at the starts of intervals, shape [states × intervals].</summary>
    public double[] Starts { get; }

    /// <summary>Values at the Gauss points, shape [states × intervals × 4].</summary>
    public double[] Points { get; }

    /// <summary>The period [s].</summary>
    public double Period { get; set; }

    /// <summary>The drive.</summary>
    public double Drive { get; set; }

    /// <summary>Takes the values of another profile of the same shape.</summary>
    /// <param name="other">The other one.</param>
    public void Take(CycleProfile other)
    {
        other.Starts.CopyTo(Starts, 0);
        other.Points.CopyTo(Points, 0);
        (Period, Drive) = (other.Period, other.Drive);
    }

    /// <summary>Multiplies all values.</summary>
    /// <param name="factor">By what.</param>
    public void Scale(double factor)
    {
        Scale(factor, Starts);
        Scale(factor, Points);
        (Period, Drive) = (Period * factor, Drive * factor);
    }

    /// <summary>Adds a multiple of another profile of the same shape.</summary>
    /// <param name="factor">The multiple.</param>
    /// <param name="other">The other one.</param>
    public void Add(double factor, CycleProfile other)
    {
        Add(factor, other.Starts, Starts);
        Add(factor, other.Points, Points);
        (Period, Drive) = (Period + (factor * other.Period), Drive + (factor * other.Drive));
    }

    /// <summary>The polynomial of a state in an interval: its values at the start and at the Gauss points.</summary>
    /// <param name="state">The state.</param>
    /// <param name="interval">The interval.</param>
    /// <param name="values">Receives them, shape [5].</param>
    public void Polynomial(int state, int interval, Span<double> values)
    {
        int start = (state * Intervals) + interval;
        values[0] = Starts[start];
        Points.AsSpan(start * Stages, Stages).CopyTo(values[1..]);
    }

    /// <summary>Makes the profile of an orbit, on the orbit's mesh.</summary>
    /// <param name="orbit">The orbit.</param>
    /// <param name="system">The model.</param>
    /// <param name="settings">The range of the drive.</param>
    public static CycleProfile Of(CycleOrbit orbit, SmoothSystem system, CycleSettings settings)
    {
        int n = system.Dimension;
        CycleProfile profile = new(n, orbit.Intervals)
        {
            Period = orbit.Period,
            Drive = (orbit.Drive - settings.LowestDrive) / (settings.HighestDrive - settings.LowestDrive),
        };
        Span<double> state = stackalloc double[n];
        for (int i = 0; i < orbit.Intervals; i++)
        {
            for (int node = 0; node < Nodes; node++)
            {
                orbit.At(orbit.Mesh[i] + (Places[node] * (orbit.Mesh[i + 1] - orbit.Mesh[i])), state);
                for (int k = 0; k < n; k++)
                {
                    double value = state[k] / system.Scale[k];
                    if (node == 0)
                    {
                        profile.Starts[(k * orbit.Intervals) + i] = value;
                    }
                    else
                    {
                        profile.Points[(((k * orbit.Intervals) + i) * Stages) + node - 1] = value;
                    }
                }
            }
        }

        return profile;
    }

    /// <summary>Weights of the squares of the states in norms: they count relative to their amplitudes; one that does not move at all hardly.</summary>
    /// <param name="states">How many of the states, from the first one.</param>
    /// <returns>The weights, shape [states].</returns>
    public double[] Weights(int states)
    {
        double[] weights = new double[states];
        for (int k = 0; k < weights.Length; k++)
        {
            ReadOnlySpan<double> values = Starts.AsSpan(k * Intervals, Intervals);
            double low = values[0], high = values[0];
            foreach (double value in values)
            {
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
            }

            double amplitude = high - low + 1e-6;
            weights[k] = 1 / (weights.Length * amplitude * amplitude);
        }

        return weights;
    }

    /// <summary>Finds where a state is highest, and how low it becomes.</summary>
    /// <param name="of">The state.</param>
    /// <param name="scale">The display unit of each state [SI]; states that it has no unit of are left out.</param>
    /// <returns>All states where it is highest, shape [scale], and its lowest value [SI].</returns>
    public (double[] State, double Lowest) Extremes(int of, IReadOnlyList<double> scale)
    {
        Span<double> values = stackalloc double[Nodes], powers = stackalloc double[Nodes];
        (double highest, double lowest) = (double.NegativeInfinity, double.PositiveInfinity);
        (int interval, double place) = (0, 0);
        for (int i = 0; i < Intervals; i++)
        {
            Polynomial(of, i, values);
            double first = 0, last = 0, at = 0, value = values[0];
            for (int node = 0; node < Nodes; node++)
            {
                (first, last) = (first + (SlopeAtStart[node] * values[node]), last + (SlopeAtEnd[node] * values[node]));
            }

            if (first * last < 0)
            {
                for (int power = 0; power < Nodes; power++)
                {
                    powers[power] = 0;
                    for (int node = 0; node < Nodes; node++)
                    {
                        powers[power] += Powers[(power * Nodes) + node] * values[node];
                    }
                }

                (double low, double high) = (0, 1);
                while (high - low > 1e-12)
                {
                    at = (low + high) / 2;
                    (low, high) = Slope(powers, at) * first > 0 ? (at, high) : (low, at);
                }

                value = powers[0] + (at * (powers[1] + (at * (powers[2] + (at * (powers[3] + (at * powers[4])))))));
            }

            lowest = Math.Min(lowest, value);
            if (value > highest)
            {
                (highest, interval, place) = (value, i, at);
            }
        }

        double[] state = new double[scale.Count], weights = At(place);
        for (int k = 0; k < state.Length; k++)
        {
            Polynomial(k, interval, values);
            for (int node = 0; node < Nodes; node++)
            {
                state[k] += weights[node] * values[node];
            }

            state[k] *= scale[k];
        }

        return (state, lowest * scale[of]);

        static double Slope(ReadOnlySpan<double> powers, double at) => powers[1] + (at * ((2 * powers[2]) + (at * ((3 * powers[3]) + (at * 4 * powers[4])))));
    }

    // Vectors of whatever width: there is nothing that could be rounded otherwise.
    private static void Scale(double factor, Span<double> values)
    {
        Span<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        foreach (ref Vector<double> vector in vectors)
        {
            vector *= factor;
        }

        foreach (ref double value in values[(vectors.Length * Vector<double>.Count)..])
        {
            value *= factor;
        }
    }

    private static void Add(double factor, ReadOnlySpan<double> from, Span<double> to)
    {
        ReadOnlySpan<Vector<double>> others = MemoryMarshal.Cast<double, Vector<double>>(from);
        Span<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(to);
        for (int i = 0; i < vectors.Length; i++)
        {
            vectors[i] += others[i] * factor;
        }

        for (int i = vectors.Length * Vector<double>.Count; i < to.Length; i++)
        {
            to[i] += factor * from[i];
        }
    }
}
