using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>When the events of one point happen whose times are known.</summary>
/// <param name="events">Number of events of the model.</param>
internal sealed class EventTimetable(int events)
{
    private readonly double[] _first = new double[events], _every = new double[events], _last = new double[events];
    private readonly double[] _next = new double[events];
    private readonly long[] _happened = new long[events], _kept = new long[events];

    /// <summary>When each event is due next [s]; infinite for events with a condition, and those that are over.</summary>
    public ReadOnlySpan<double> Next => _next;

    /// <summary>Begins with a point.</summary>
    /// <param name="code">The model.</param>
    /// <param name="parameters">The point's parameters.</param>
    /// <returns>False when a time is no number or an interval not above 0.</returns>
    public bool TryBegin(ModelCode code, ReadOnlySpan<double> parameters)
    {
        Span<double> times = stackalloc double[3];
        for (int e = 0; e < events; e++)
        {
            (_first[e], _every[e], _last[e], _happened[e]) = (double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, 0);
            if (code.Events[e].Times is { } program)
            {
                program.Evaluate([], [], parameters, times, 1, 0, 1);
                (_first[e], _every[e], _last[e]) = (times[0], times[1], times[2]);
                if (double.IsNaN(_first[e]) || !(_every[e] > 0) || double.IsNaN(_last[e]))
                {
                    return false;
                }
            }

            FindNext(e);
        }

        return true;
    }

    /// <summary>The event has happened; its next time comes.</summary>
    /// <param name="e">Index of the event.</param>
    public void Advance(int e)
    {
        _happened[e]++;
        FindNext(e);
    }

    /// <summary>Remembers what has happened so far, for <see cref="GoBack"/>.</summary>
    public void Keep() => _happened.CopyTo(_kept, 0);

    /// <summary>Goes back to where <see cref="Keep"/> was called.</summary>
    public void GoBack()
    {
        for (int e = 0; e < events; e++)
        {
            _happened[e] = _kept[e];
            FindNext(e);
        }
    }

    // Computed from the first time, so that rounding does not add up; a last time met but for rounding counts as met.
    private void FindNext(int e)
    {
        double time = _happened[e] == 0 ? _first[e] : _first[e] + _happened[e] * _every[e];
        bool over = _first[e] < 0 || time > _last[e] + (double.IsInfinity(_every[e]) ? 0 : 1e-9 * _every[e]);
        _next[e] = over ? double.PositiveInfinity : time;
    }
}
