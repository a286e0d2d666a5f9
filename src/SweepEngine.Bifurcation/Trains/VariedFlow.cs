using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Integrates the equations of a model together with the derivatives of the state by what it started from, by <see cref="DormandPrince8"/>. An instance serves one thread.
/// </summary>
/// <remarks>
/// The state and then the derivatives, column after column, stand in one array: [state; ∂state/∂q₁; ∂state/∂q₂; …], where the last column is that of the drive. Steps are chosen by the
/// error of the state alone.
/// </remarks>
internal sealed class VariedFlow
{
    // Error of a step, relative to magnitude plus one display unit.
    private const double Tolerance = 1e-12;

    // The last stage of the pair is the first of the next step, and its row is the solution.
    private static readonly ExplicitPair Pair = DormandPrince8.Pair;
    private static readonly int Stages = Pair.Stages - 1;

    // Row after row of the method, then those of its errors; as many stages as a row has weights that are not zero.
    private static readonly (int[] Stages, double[] Weights)[] Rows = [.. Pair.A.Append(Pair.E).Append(Pair.OtherE).Select(row =>
    {
        int[] stages = [.. Enumerable.Range(0, row.Length).Where(s => row[s] != 0)];
        return (stages, stages.Select(s => row[s]).ToArray());
    })];

    private readonly ResetModel _model;
    private readonly int _states;
    private readonly double[] _outputs, _time = new double[1], _stages, _stageState;
    private bool _holding;
    private int _size;
    private double _passed, _lastStep, _lastError;
    private double[] _parameters = [];

    /// <summary>Prepares for a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="columns">The most columns of derivatives.</param>
    public VariedFlow(ResetModel model, int columns)
    {
        _model = model;
        _states = model.States;
        _outputs = new double[model.Flow.OutputCount];
        int size = _states * (1 + columns);
        _stages = new double[Stages * size];
        _stageState = new double[size];
        (State, Next, NextSlope) = (new double[size], new double[size], new double[size]);
    }

    /// <summary>State and derivatives at the start of the step.</summary>
    public double[] State { get; private set; }

    /// <summary>State and derivatives at the end of the step tried last.</summary>
    public double[] Next { get; private set; }

    /// <summary>Change in time of <see cref="State"/>.</summary>
    public ReadOnlySpan<double> Slope => _stages.AsSpan(0, _size);

    /// <summary>Change in time of <see cref="Next"/>.</summary>
    public double[] NextSlope { get; }

    /// <summary>Columns of derivatives that are integrated.</summary>
    public int Columns { get; private set; }

    /// <summary>Begins at <see cref="State"/>, which the caller has set.</summary>
    /// <param name="parameters">Swept parameters, the drive among them.</param>
    /// <param name="columns">Columns of derivatives.</param>
    /// <param name="holding">Whether states are held.</param>
    public void Begin(double[] parameters, int columns, bool holding)
    {
        (_parameters, Columns, _holding, _size) = (parameters, columns, holding, _states * (1 + columns));
        (_passed, _lastStep, _lastError) = (0, 0, 1);
        Evaluate(State, _stages.AsSpan(0, _size));
    }

    /// <summary>A first step that is surely not too long.</summary>
    public double FirstStep()
    {
        double step = double.PositiveInfinity;
        for (int i = 0; i < _states; i++)
        {
            step = Math.Min(step, 0.01 * (_model.Scale[i] + Math.Abs(State[i])) / Math.Abs(_stages[i]));
        }

        return step is > 0 and < double.PositiveInfinity ? step : 1e-3;
    }

    /// <summary>Tries a step; <see cref="Next"/> and <see cref="NextSlope"/> are set.</summary>
    /// <param name="step">Its length [s].</param>
    /// <returns>The error as a part of what is allowed, at most 1 for a step that is good enough; NaN where the equations gave no number.</returns>
    public double Try(double step)
    {
        Span<double> at = _stageState.AsSpan(0, _size);
        for (int stage = 1; stage < Stages; stage++)
        {
            Combine(stage, step, State, at);
            Evaluate(_stageState, _stages.AsSpan(stage * _size, _size));
        }

        Combine(Stages, step, State, Next.AsSpan(0, _size));
        Evaluate(Next, NextSlope.AsSpan(0, _size));
        return ErrorOf(step);
    }

    /// <summary>Goes on from the end of the step tried last.</summary>
    /// <param name="step">Its length [s].</param>
    /// <param name="error">What <see cref="Try"/> gave.</param>
    /// <returns>The next step [s].</returns>
    public double Advance(double step, double error)
    {
        (State, Next) = (Next, State);
        NextSlope.AsSpan(0, _size).CopyTo(_stages);
        _passed += step;

        // Where every step must be shorter than the one before, as in an upstroke, the next one is expected to be so too.
        double factor = Factor(error);
        if (_lastStep > 0)
        {
            factor = Math.Min(factor, step / _lastStep * Factor(error) * Root8(_lastError / Math.Max(error, 1e-10)));
        }

        (_lastStep, _lastError) = (step, Math.Max(error, 1e-10));
        return step * Math.Max(factor, 1.0 / 3);
    }

    /// <summary>How a step that was not good enough should change.</summary>
    /// <param name="error">What <see cref="Try"/> gave.</param>
    /// <returns>A factor between 1/10 and 1.</returns>
    public static double Shortening(double error) => double.IsFinite(error) ? Math.Min(Factor(error), 0.95) : 0.1;

    private static double Factor(double error)
    {
        double root = Root8(error);
        return root > 0 ? Math.Clamp(0.9 / root, 1.0 / 3, 6) : 6;
    }

    private static double Root8(double x) => Math.Sqrt(Math.Sqrt(Math.Sqrt(x)));

    private void Combine(int row, double step, ReadOnlySpan<double> from, Span<double> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = Math.FusedMultiplyAdd(step, Sum(row, i), from[i]);
        }
    }

    private double Sum(int row, int i)
    {
        (int[] stages, double[] weights) = Rows[row];
        double[] all = _stages;
        int size = _size;
        double sum = 0;
        for (int k = 0; k < stages.Length && k < weights.Length; k++)
        {
            sum = Math.FusedMultiplyAdd(weights[k], all[stages[k] * size + i], sum);
        }

        return sum;
    }

    // As in the book: the estimate of order 5, made smaller where that of order 3 says that both are too large. In an upstroke a voltage is known less well than its time, and it is the
    // time that counts: the error that a shift in time makes is allowed, as a part of the time that has passed.
    private double ErrorOf(double step)
    {
        double fifth = 0, third = 0;
        for (int i = 0; i < _states; i++)
        {
            double size = _model.Scale[i] + Math.Max(Math.Abs(State[i]), Math.Abs(Next[i])), shift = Math.Min(Math.Abs(_stages[i]), Math.Abs(NextSlope[i])) * _passed;
            double allowed = Tolerance * Math.Max(size, shift);
            double e5 = Sum(Stages + 1, i) / allowed, e3 = Sum(Stages + 2, i) / allowed;
            fifth += e5 * e5;
            third += e3 * e3;
        }

        double denominator = fifth + 0.01 * third;
        return denominator == 0 ? 0 : Math.Abs(step) * fifth / Math.Sqrt(denominator * _states);
    }

    // Slopes of the state and of its derivatives: f, and J·column, to which the drive's column adds ∂f/∂drive.
    private void Evaluate(double[] state, Span<double> slope)
    {
        LaneProgram program = Columns == 0 ? _model.Code.Derivatives : _model.Flow;
        program.Evaluate(_time, state.AsSpan(0, _states), _parameters, _outputs, 1, 0, 1);
        for (int i = 0; i < _states; i++)
        {
            slope[i] = _holding && _model.IsHeld[i] ? 0 : _outputs[i];
        }

        if (Columns == 0)
        {
            return;
        }

        slope[_states..].Clear();
        for (int e = 0; e < _model.Entries.Count; e++)
        {
            (int row, int column) = _model.Entries[e];
            if (_holding && _model.IsHeld[row])
            {
                continue;
            }

            double entry = _outputs[_states + e];
            for (int c = 1; c <= Columns; c++)
            {
                slope[c * _states + row] = Math.FusedMultiplyAdd(entry, state[c * _states + column], slope[c * _states + row]);
            }
        }

        for (int d = 0; d < _model.DriveRows.Count; d++)
        {
            int row = _model.DriveRows[d];
            if (!(_holding && _model.IsHeld[row]))
            {
                slope[Columns * _states + row] += _outputs[_states + _model.Entries.Count + d];
            }
        }
    }
}
