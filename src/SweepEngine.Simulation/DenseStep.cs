namespace SweepEngine.Simulation;

/// <summary>
/// The solution inside the last step of one lane, as a polynomial of order 4 whose coefficients <see cref="TileStepper.Take"/> sets.
/// Positions are parts of the step, 0 at its start and 1 at its end.
/// </summary>
internal sealed class DenseStep(int states)
{
    private readonly double[] _coefficients = new double[5 * states];

    /// <summary>Length of the step [s].</summary>
    public double Step { get; private set; }

    /// <summary>Start of the step [s].</summary>
    public double Start { get; private set; }

    /// <summary>Says which step it is.</summary>
    /// <param name="start">Start of the step [s].</param>
    /// <param name="step">Length of the step [s].</param>
    public void Place(double start, double step) => (Start, Step) = (start, step);

    /// <summary>The polynomial of a variable: c_0 + p (c_1 + r (c_2 + p (c_3 + r c_4))) at position p, r = 1 − p.</summary>
    /// <param name="i">The variable.</param>
    /// <param name="c0">The variable at the start.</param>
    /// <param name="c1">Its change over the step.</param>
    /// <param name="c2">Third coefficient.</param>
    /// <param name="c3">Fourth coefficient.</param>
    /// <param name="c4">Fifth coefficient.</param>
    public void Set(int i, double c0, double c1, double c2, double c3, double c4)
    {
        Span<double> c = _coefficients.AsSpan(5 * i, 5);
        (c[0], c[1], c[2], c[3], c[4]) = (c0, c1, c2, c3, c4);
    }

    /// <summary>Variable <paramref name="i"/> at the position.</summary>
    public double Value(int i, double position)
    {
        ReadOnlySpan<double> c = _coefficients.AsSpan(5 * i, 5);
        double rest = 1 - position;
        return c[0] + position * (c[1] + rest * (c[2] + position * (c[3] + rest * c[4])));
    }

    /// <summary>Derivative of variable <paramref name="i"/> with respect to the position.</summary>
    public double Slope(int i, double position)
    {
        ReadOnlySpan<double> c = _coefficients.AsSpan(5 * i, 5);
        double rest = 1 - position;
        // From the inside out: value and derivative of each bracket.
        double a = c[3] + rest * c[4], da = -c[4];
        double b = c[2] + position * a, db = a + position * da;
        double d = c[1] + rest * b, dd = rest * db - b;
        return d + position * dd;
    }

    /// <summary>Mean of variable <paramref name="i"/> over the step.</summary>
    public double Mean(int i)
    {
        ReadOnlySpan<double> c = _coefficients.AsSpan(5 * i, 5);
        return c[0] + c[1] / 2 + c[2] / 6 + c[3] / 12 + c[4] / 30;
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
