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
