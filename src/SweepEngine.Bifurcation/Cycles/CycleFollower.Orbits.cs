using SweepEngine.Equations;
using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>Cycles as others see them.</summary>
internal sealed partial class CycleFollower
{
    private double[]? _nodes, _thresholds, _parameters;

    private CycleOrbit ToOrbit(CycleProfile profile)
    {
        int n = profile.States;
        double[] values = new double[((profile.Intervals * Stages) + 1) * n], weights = new double[Nodes];
        Span<double> polynomial = stackalloc double[Nodes];
        for (int node = 0; node < Stages; node++)
        {
            At((double)node / Stages, weights);
            for (int i = 0; i < profile.Intervals; i++)
            {
                for (int k = 0; k < n; k++)
                {
                    profile.Polynomial(k, i, polynomial);
                    double value = 0;
                    for (int j = 0; j < Nodes; j++)
                    {
                        value += weights[j] * polynomial[j];
                    }

                    values[(((i * Stages) + node) * n) + k] = value * _system.Scale[k];
                }
            }
        }

        values.AsSpan(0, n).CopyTo(values.AsSpan(values.Length - n));
        return new(DriveOf(profile), profile.Period, _mesh, Stages, values);
    }

    private double DriveOf(CycleProfile profile) => Math.FusedMultiplyAdd(profile.Drive, _settings.HighestDrive - _settings.LowestDrive, _settings.LowestDrive);

    private CyclePoint Describe(CycleProfile cycle, CycleTests tests)
    {
        (double[] state, double lowest) = cycle.Extremes(_voltage, _system.Scale);

        // Where multipliers have no digits, those of the cycle before still say what is stable.
        int unstable = tests.IsReliable || _points.Count == 0 ? tests.Multipliers.Unstable : _points[^1].Unstable;
        return new(DriveOf(cycle), cycle.Period, state, lowest, tests.Multipliers.Values, unstable, Spikes(cycle));
    }

    // Upward crossings of the threshold.
    private int Spikes(CycleProfile cycle)
    {
        if (_system.Code.Threshold is not { } threshold)
        {
            return 0;
        }

        int columns = cycle.Intervals * Nodes;
        if (_thresholds is null || _thresholds.Length != columns)
        {
            (_nodes, _thresholds, _parameters) = (new double[columns * cycle.States], new double[columns], new double[columns * Start.Parameters.Length]);
            for (int p = 0; p < Start.Parameters.Length; p++)
            {
                _parameters.AsSpan(p * columns, columns).Fill(Start.Parameters[p]);
            }
        }

        Span<double> values = stackalloc double[Nodes];
        for (int k = 0; k < cycle.States; k++)
        {
            for (int i = 0; i < cycle.Intervals; i++)
            {
                cycle.Polynomial(k, i, values);
                for (int node = 0; node < Nodes; node++)
                {
                    _nodes![(k * columns) + (i * Nodes) + node] = values[node] * _system.Scale[k];
                }
            }
        }

        _parameters.AsSpan(_system.Drive * columns, columns).Fill(DriveOf(cycle));
        threshold.Evaluate([], _nodes, _parameters, _thresholds, columns, 0, columns);
        int spikes = 0;
        for (int i = 0; i < columns; i++)
        {
            spikes += _thresholds[i == 0 ? columns - 1 : i - 1] <= 0 && _thresholds[i] > 0 ? 1 : 0;
        }

        return spikes;
    }
}
