using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>
/// Writes down variables of points at given times while these are integrated. A time belongs to the step that begins there, so at a spike or an
/// event the value after it is recorded; the last time of the recording has the last state.
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
            Write(point.Point, point.NextTrace, point.Parameters, _state);
        }
    }

    /// <summary>Records the end of the recording.</summary>
    /// <param name="point">The point.</param>
    /// <param name="tile">Holds the last state …</param>
    /// <param name="lane">… in this lane.</param>
    public void End(PointProgress point, LaneTile tile, int lane)
    {
        double end = tile.Time[lane] * (1 + Rounding);
        if (!point.Answer.Status.HasMeasures() || point.NextTrace == _settings.Count || _settings.Time(point.NextTrace) > end)
        {
            return;
        }

        for (int i = 0; i < _state.Length; i++)
        {
            _state[i] = tile.State[i * LaneTile.Lanes + lane];
        }

        Write(point.Point, point.NextTrace, point.Parameters, _state);
    }

    /// <summary>The next time of a point that is due by then, or is it past its last one?</summary>
    /// <param name="next">Index of the next time.</param>
    /// <param name="end">Where a step ends [s]; this time itself belongs to the next one.</param>
    /// <param name="time">The next time [s]; infinite when there is none.</param>
    public bool IsDue(int next, double end, out double time)
    {
        time = next < _settings.Count ? _settings.Time(next) : double.PositiveInfinity;
        return time < end * (1 - Rounding);
    }

    /// <summary>Writes one time of a point down.</summary>
    /// <param name="point">Index of the point in the run.</param>
    /// <param name="next">Index of the time.</param>
    /// <param name="parameters">Swept parameters of the point.</param>
    /// <param name="state">The state at that time.</param>
    public void Write(int point, int next, ReadOnlySpan<double> parameters, ReadOnlySpan<double> state)
    {
        _one[0] = _settings.Time(next);
        _variables.Evaluate(_one, state, parameters, _result, 1, 0, 1);
        long row = (long)point * _settings.Count + next;
        for (int v = 0; v < _result.Length; v++)
        {
            Values[v][row] = _result[v];
        }
    }
}
