namespace SweepEngine.Simulation;

/// <summary>
/// The solution inside the last step of one lane, as polynomials whose coefficients <see cref="TileStepper.Take"/> sets.
/// Positions are parts of the step, 0 at its start and 1 at its end.
/// </summary>
internal sealed class DenseStep(int states)
{
    private const int MostTerms = 8;

    // Means of 1, p, pr, p²r, p²r², … over the step.
    private static readonly double[] s_inverseMeans = [1, 2, 6, 12, 30, 60, 140, 280];

    private readonly double[] _coefficients = new double[MostTerms * states];
    private int _terms;

    /// <summary>Length of the step [s].</summary>
    public double Step { get; private set; }

    /// <summary>Start of the step [s].</summary>
    public double Start { get; private set; }

    /// <summary>Says which step it is.</summary>
    /// <param name="start">Start of the step [s].</param>
    /// <param name="step">Length of the step [s].</param>
    public void Place(double start, double step) => (Start, Step) = (start, step);

    /// <summary>The polynomial of a variable: c_0 + p (c_1 + r (c_2 + p (c_3 + r (c_4 + …)))) at position p, r = 1 − p.</summary>
    /// <param name="i">The variable.</param>
    /// <param name="coefficients">c_0, the variable at the start, c_1, its change over the step, and so on: at most eight, and as many for each variable.</param>
    public void Set(int i, params ReadOnlySpan<double> coefficients)
    {
        _terms = coefficients.Length;
        coefficients.CopyTo(_coefficients.AsSpan(MostTerms * i, MostTerms));
    }

    /// <summary>Variable <paramref name="i"/> at the position.</summary>
    public double Value(int i, double position)
    {
        ReadOnlySpan<double> c = _coefficients.AsSpan(MostTerms * i, _terms);
        double rest = 1 - position, value = c[^1];
        for (int k = c.Length - 2; k >= 0; k--)
        {
            value = c[k] + (k % 2 == 0 ? position : rest) * value;
        }

        return value;
    }

    /// <summary>Derivative of variable <paramref name="i"/> with respect to the position.</summary>
    public double Slope(int i, double position)
    {
        ReadOnlySpan<double> c = _coefficients.AsSpan(MostTerms * i, _terms);
        double rest = 1 - position, value = c[^1], slope = 0;
        // From the inside out: value and derivative of each bracket.
        for (int k = c.Length - 2; k >= 0; k--)
        {
            slope = k % 2 == 0 ? value + position * slope : rest * slope - value;
            value = c[k] + (k % 2 == 0 ? position : rest) * value;
        }

        return slope;
    }

    /// <summary>Mean of variable <paramref name="i"/> over the step.</summary>
    public double Mean(int i)
    {
        ReadOnlySpan<double> c = _coefficients.AsSpan(MostTerms * i, _terms);
        double mean = 0;
        for (int k = 0; k < c.Length; k++)
        {
            mean += c[k] / s_inverseMeans[k];
        }

        return mean;
    }

    /// <summary>All variables at the position.</summary>
    /// <param name="position">Part of the step.</param>
    /// <param name="state">Receives them, shape [states].</param>
    public void Values(double position, Span<double> state)
    {
        for (int i = 0; i < states; i++)
        {
            state[i] = Value(i, position);
        }
    }
}
