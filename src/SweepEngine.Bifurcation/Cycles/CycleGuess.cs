using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>About a cycle, and in which directions it may be corrected: not along itself (a shift in time) and not along the branch.</summary>
/// <param name="Profile">The cycle.</param>
/// <param name="Mesh">Its mesh, shape [intervals + 1].</param>
/// <param name="Weights">Weights of the squares of the states in the norm, shape [states].</param>
internal sealed record CycleGuess(CycleProfile Profile, double[] Mesh, double[] Weights)
{
    /// <summary>A correction's product with it is 0; at starts of intervals.</summary>
    public required double[] PhaseRow { get; init; }

    /// <summary>A correction's product with it, and with the parts of period and drive, is 0; at starts of intervals.</summary>
    public required double[] PathRow { get; init; }

    /// <summary>The part of the relative change of the period.</summary>
    public required double PeriodRow { get; init; }

    /// <summary>The part of the drive.</summary>
    public required double DriveRow { get; init; }

    /// <summary>A guess that is corrected across a direction.</summary>
    /// <param name="profile">The cycle.</param>
    /// <param name="direction">The direction; null to hold the drive.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="weights">The weights.</param>
    public static CycleGuess Across(CycleProfile profile, CycleProfile? direction, double[] mesh, double[] weights)
    {
        int n = profile.Intervals;
        double[] phase = new double[profile.Starts.Length], path = new double[phase.Length];
        Span<double> values = stackalloc double[Nodes];
        for (int k = 0; k < profile.States; k++)
        {
            for (int i = 0; i < n; i++)
            {
                int at = (k * n) + i;
                profile.Polynomial(k, i, values);
                for (int node = 0; node < Nodes; node++)
                {
                    // The length of the interval is in the weight and in the slope.
                    phase[at] += weights[k] * SlopeAtStart[node] * values[node];
                }

                path[at] = direction is null ? 0 : weights[k] * (mesh[i + 1] - mesh[i]) * direction.Starts[at];
            }
        }

        return new(profile, mesh, weights)
        {
            PhaseRow = phase,
            PathRow = path,
            PeriodRow = direction is null ? 0 : direction.Period / profile.Period,
            DriveRow = direction?.Drive ?? 1,
        };
    }

    /// <summary>The norm of a direction.</summary>
    /// <param name="direction">The direction.</param>
    /// <param name="period">The period of the cycle to which it belongs.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="weights">The weights.</param>
    public static double Norm(CycleProfile direction, double period, double[] mesh, double[] weights) => Math.Sqrt(Product(direction, direction, period, mesh, weights));

    /// <summary>The product of two directions.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <param name="period">The period of the cycle to which they belong.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="weights">The weights.</param>
    public static double Product(CycleProfile a, CycleProfile b, double period, double[] mesh, double[] weights)
    {
        double sum = (a.Period / period * (b.Period / period)) + (a.Drive * b.Drive);
        for (int k = 0; k < a.States; k++)
        {
            for (int i = 0; i < a.Intervals; i++)
            {
                int at = (k * a.Intervals) + i;
                sum += weights[k] * (mesh[i + 1] - mesh[i]) * a.Starts[at] * b.Starts[at];
            }
        }

        return sum;
    }
}
