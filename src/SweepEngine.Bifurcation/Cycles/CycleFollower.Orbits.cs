using SweepEngine.Equations;
using static SweepEngine.Bifurcation.GaussCollocation;

namespace SweepEngine.Bifurcation;

/// <summary>Cycles as others see them.</summary>
internal sealed partial class CycleFollower
{
    private double[]? _nodes, _thresholds, _parameters;

    // States count relative to their amplitudes; one that does not move at all hardly.
    private static double[] WeightsOf(CycleProfile cycle)
    {
        double[] weights = new double[cycle.States];
        for (int k = 0; k < weights.Length; k++)
        {
            ReadOnlySpan<double> values = cycle.Starts.AsSpan(k * cycle.Intervals, cycle.Intervals);
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

    private CycleProfile FromOrbit(CycleOrbit orbit)
    {
        int n = _system.Dimension;
        CycleProfile profile = new(n, orbit.Intervals)
        {
            Period = orbit.Period,
            Drive = (orbit.Drive - _settings.LowestDrive) / (_settings.HighestDrive - _settings.LowestDrive),
        };
        Span<double> state = stackalloc double[n];
        for (int i = 0; i < orbit.Intervals; i++)
        {
            for (int node = 0; node < Nodes; node++)
            {
                orbit.At(orbit.Mesh[i] + (Places[node] * (orbit.Mesh[i + 1] - orbit.Mesh[i])), state);
                for (int k = 0; k < n; k++)
                {
                    double value = state[k] / _system.Scale[k];
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
        Span<double> values = stackalloc double[Nodes], powers = stackalloc double[Nodes];
        (double highest, double lowest) = (double.NegativeInfinity, double.PositiveInfinity);
        (int interval, double place) = (0, 0);
        for (int i = 0; i < cycle.Intervals; i++)
        {
            cycle.Polynomial(_voltage, i, values);
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

        double[] state = new double[cycle.States], weights = GaussCollocation.At(place);
        for (int k = 0; k < state.Length; k++)
        {
            cycle.Polynomial(k, interval, values);
            for (int node = 0; node < Nodes; node++)
            {
                state[k] += weights[node] * values[node];
            }

            state[k] *= _system.Scale[k];
        }

        // Where multipliers have no digits, those of the cycle before still say what is stable.
        int unstable = tests.IsReliable || _points.Count == 0 ? tests.Multipliers.Unstable : _points[^1].Unstable;
        return new(DriveOf(cycle), cycle.Period, state, lowest * _system.Scale[_voltage], tests.Multipliers.Values, unstable, Spikes(cycle));

        static double Slope(ReadOnlySpan<double> powers, double at) => powers[1] + (at * ((2 * powers[2]) + (at * ((3 * powers[3]) + (at * 4 * powers[4])))));
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
