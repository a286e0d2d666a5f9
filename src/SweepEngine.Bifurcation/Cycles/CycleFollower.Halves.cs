using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>Whether the two halves of a cycle change places along the branch: on the way they are the same, and the cycle is one of half the period.</summary>
internal sealed partial class CycleFollower
{
    // Phases at which halves are compared.
    private const int ComparedPhases = 16;

    // Halves that differ by no more than this part of the amplitude are the same: beyond, the branch could go on as the cycle of half the period, gone through twice.
    private const double SameHalves = 3e-4;

    private double[]? _halves;

    // Behind a period doubling the branch of cycles of twice the period repeats itself, with the halves exchanged.
    private bool Halves()
    {
        int n = _left.States;
        double[] difference = new double[ComparedPhases * n];
        Span<double> here = stackalloc double[n], opposite = stackalloc double[n];
        double product = 0, square = 0;
        for (int phase = 0; phase < ComparedPhases; phase++)
        {
            StateAt(0.5 * phase / ComparedPhases, here);
            StateAt(0.5 + (0.5 * phase / ComparedPhases), opposite);
            for (int k = 0; k < n; k++)
            {
                int at = (phase * n) + k;
                difference[at] = here[k] - opposite[k];
                product += _halves is null ? 0 : _weights[k] * difference[at] * _halves[at];
                square += _weights[k] * difference[at] * difference[at];
            }
        }

        _halves = difference;
        return product < 0 || square < SameHalves * SameHalves * ComparedPhases;
    }

    // In display units.
    private void StateAt(double phase, Span<double> state)
    {
        int found = Array.BinarySearch(_mesh, phase), interval = Math.Clamp(found >= 0 ? found : ~found - 1, 0, Intervals - 1);
        Span<double> weights = stackalloc double[Nodes], values = stackalloc double[Nodes];
        At((phase - _mesh[interval]) / (_mesh[interval + 1] - _mesh[interval]), weights);
        for (int k = 0; k < state.Length; k++)
        {
            _left.Polynomial(k, interval, values);
            state[k] = 0;
            for (int node = 0; node < Nodes; node++)
            {
                state[k] += weights[node] * values[node];
            }
        }
    }
}
