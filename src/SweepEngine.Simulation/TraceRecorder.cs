using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>
/// Writes down variables of points at given times while these are integrated. A time belongs to the step that begins there, so at a spike or an
/// event the value after it is recorded; the last time of the recording has the last state. With white noise a time has the state at the first end of a step
/// that is not before it: between these the path is not known.
/// </summary>
internal sealed class TraceRecorder
{
    // Spikes, and the end of the recording, are met up to rounding errors: what is this close to the end of a step is there.
    private const double Rounding = 1e-14;

    private readonly TraceSettings _settings;
    private readonly LaneProgram _variables;
    private readonly double[] _state, _result, _one = new double[1];

    /// <summary>Prepares to record.</summary>
    /// <param name="code">The model.</param>
    /// <param name="settings">What to record.</param>
    public TraceRecorder(ModelCode code, TraceSettings settings)
    {
        _settings = settings;
        _variables = code.CompileExpressions([.. settings.Variables.Select(name => new Symbol(name))]);
        _state = new double[code.Model.States.Count];
        _result = new double[settings.Variables.Count];
    }

    /// <summary>Where the values go, NaN until they are known: shape [variables][all points × times].</summary>
    public double[][] Values { get; private set; } = [];

    /// <summary>Begins another run.</summary>
    /// <param name="points">All points of it.</param>
    public void Clear(int points)
    {
        Values = [.. _settings.Variables.Select(_ => new double[checked(points * _settings.Count)])];
        foreach (double[] values in Values)
        {
            Array.Fill(values, double.NaN);
        }
    }

    /// <summary>Begins a point anew.</summary>
    /// <param name="point">Index of the point in the run.</param>
    public void Forget(int point)
    {
        foreach (double[] values in Values)
        {
            values.AsSpan(point * _settings.Count, _settings.Count).Fill(double.NaN);
        }
    }

    /// <summary>Records the times of a step.</summary>
    /// <param name="point">The point.</param>
    /// <param name="step">The step.</param>
    /// <param name="end">Where the step ends [s]; this time itself belongs to the next one.</param>
    public void Record(PointProgress point, DenseStep step, double end)
    {
        end *= 1 - Rounding;
        for (; point.NextTrace < _settings.Count; point.NextTrace++)
        {
            double time = _settings.Time(point.NextTrace);
            if (!(time < end))
            {
                return;
            }

            step.Values(Math.Max((time - step.Start) / step.Step, 0), _state);
            Write(point.Point, point.NextTrace, point.Parameters, time);
        }
    }

    /// <summary>Records the times up to now that are not recorded yet, with the state as it is now.</summary>
    /// <param name="point">Index of the point in the run.</param>
    /// <param name="next">The next time to be recorded.</param>
    /// <param name="parameters">The point's swept parameters.</param>
    /// <param name="now">The time [s].</param>
    /// <param name="states">The state of all lanes, as in <see cref="LaneTile.State"/>.</param>
    /// <param name="lane">The lane.</param>
    public void Reach(int point, ref int next, ReadOnlySpan<double> parameters, double now, ReadOnlySpan<double> states, int lane)
    {
        now *= 1 + Rounding;
        for (; next < _settings.Count && _settings.Time(next) <= now; next++)
        {
            for (int i = 0; i < _state.Length; i++)
            {
                _state[i] = states[i * LaneTile.Lanes + lane];
            }

            Write(point, next, parameters, _settings.Time(next));
        }
    }

    private void Write(int point, int index, ReadOnlySpan<double> parameters, double time)
    {
        _one[0] = time;
        _variables.Evaluate(_one, _state, parameters, _result, 1, 0, 1);
        long row = (long)point * _settings.Count + index;
        for (int v = 0; v < _result.Length; v++)
        {
            Values[v][row] = _result[v];
        }
    }
}
