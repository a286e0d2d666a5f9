namespace SweepEngine.Simulation;

/// <summary>
/// The solution inside the last step of one lane, as the polynomial of order 4 that belongs to <see cref="DormandPrince"/>.
/// Positions are parts of the step, 0 at its start and 1 at its end.
/// </summary>
internal sealed class DenseStep(int states)
{
    private readonly double[] _coefficients = new double[5 * states];

    /// <summary>Length of the step [s].</summary>
    public double Step { get; private set; }

    /// <summary>Start of the step [s].</summary>
    public double Start { get; private set; }

    /// <summary>Takes the step that lane <paramref name="lane"/> has just tried.</summary>
    public void Take(LaneTile tile, int lane)
    {
        Step = tile.Step[lane];
        Start = tile.Time[lane];
        ReadOnlySpan<double> state = tile.State, endState = tile.EndState, slopes = tile.Rows(tile.SlopeRow, DormandPrince.Stages * states);
        int block = states * LaneTile.Lanes;
        for (int i = 0; i < states; i++)
        {
            int at = i * LaneTile.Lanes + lane;
            double y0 = state[at], y1 = endState[at];
            double k1 = slopes[at], k7 = slopes[(DormandPrince.Stages - 1) * block + at];
            double weighted = 0;
            for (int s = 0; s < DormandPrince.Stages; s++)
            {
                weighted += DormandPrince.D[s] * slopes[s * block + at];
            }

            double change = y1 - y0, bend = Step * k1 - change;
            Span<double> c = _coefficients.AsSpan(5 * i, 5);
            c[0] = y0;
            c[1] = change;
            c[2] = bend;
            c[3] = change - Step * k7 - bend;
            c[4] = Step * weighted;
        }
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
