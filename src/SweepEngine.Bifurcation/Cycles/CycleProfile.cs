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
        foreach (ref double value in Starts.AsSpan())
        {
            value *= factor;
        }

        foreach (ref double value in Points.AsSpan())
        {
            value *= factor;
        }

        (Period, Drive) = (Period * factor, Drive * factor);
    }

    /// <summary>Adds a multiple of another profile of the same shape.</summary>
    /// <param name="factor">The multiple.</param>
    /// <param name="other">The other one.</param>
    public void Add(double factor, CycleProfile other)
    {
        for (int i = 0; i < Starts.Length; i++)
        {
            Starts[i] += factor * other.Starts[i];
        }

        for (int i = 0; i < Points.Length; i++)
        {
            Points[i] += factor * other.Points[i];
        }

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
}
