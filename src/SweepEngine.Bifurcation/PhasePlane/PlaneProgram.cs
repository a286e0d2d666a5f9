using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>Expressions over the two states of a phase plane, as code. Not for several threads at once.</summary>
internal sealed class PlaneProgram
{
    private readonly LaneProgram _program;
    private readonly int _x, _y;
    private readonly double[] _state, _result, _time = new double[1];

    /// <summary>Compiles expressions.</summary>
    /// <param name="code">The model; no parameter is swept.</param>
    /// <param name="x">Index of the horizontal state.</param>
    /// <param name="y">Index of the vertical state.</param>
    /// <param name="expressions">Over parameters and these two states alone.</param>
    public PlaneProgram(ModelCode code, int x, int y, params IReadOnlyList<Expression> expressions)
    {
        (_program, _x, _y) = (code.CompileExpressions(expressions), x, y);
        (_state, _result) = (new double[code.Model.States.Count], new double[expressions.Count]);
    }

    /// <summary>The values at a point [SI], in the order of the expressions; they hold until the next call.</summary>
    public ReadOnlySpan<double> At(double x, double y)
    {
        (_state[_x], _state[_y]) = (x, y);
        _program.Evaluate(_time, _state, [], _result, 1, 0, 1);
        return _result;
    }

    /// <summary>The values at many points.</summary>
    /// <param name="points">The points.</param>
    /// <returns>Shape [expressions × points].</returns>
    public double[] At(IReadOnlyList<PlanePoint> points)
    {
        int count = points.Count;
        double[] states = new double[_state.Length * count], result = new double[_result.Length * count];
        for (int i = 0; i < count; i++)
        {
            (states[_x * count + i], states[_y * count + i]) = (points[i].X, points[i].Y);
        }

        _program.Evaluate(new double[count], states, [], result, count, 0, count);
        return result;
    }
}
