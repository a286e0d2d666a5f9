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

        // Values at starts of intervals and at Gauss points, one after the other.
        int starts = cycle.Intervals, points = starts * Stages;
        if (_thresholds is null || _thresholds.Length != starts + points)
        {
            (_nodes, _thresholds, _parameters) = (new double[points * cycle.States], new double[starts + points], new double[points * Start.Parameters.Length]);
        }

        Span<double> atStarts = _thresholds.AsSpan(0, starts), atPoints = _thresholds.AsSpan(starts);
        Evaluate(cycle.Starts, atStarts);
        Evaluate(cycle.Points, atPoints);
        int spikes = 0;
        double before = atPoints[^1];
        for (int i = 0; i < starts; i++)
        {
            spikes += before <= 0 && atStarts[i] > 0 ? 1 : 0;
            before = atStarts[i];
            foreach (double value in atPoints.Slice(i * Stages, Stages))
            {
                spikes += before <= 0 && value > 0 ? 1 : 0;
                before = value;
            }
        }

        return spikes;

        void Evaluate(double[] values, Span<double> results)
        {
            int columns = results.Length;
            for (int k = 0; k < cycle.States; k++)
            {
                double scale = _system.Scale[k];
                for (int i = k * columns; i < (k + 1) * columns; i++)
                {
                    _nodes![i] = values[i] * scale;
                }
            }

            for (int p = 0; p < Start.Parameters.Length; p++)
            {
                _parameters.AsSpan(p * columns, columns).Fill(p == _system.Drive ? DriveOf(cycle) : Start.Parameters[p]);
            }

            threshold.Evaluate([], _nodes, _parameters, results, columns, 0, columns);
        }
    }
}
