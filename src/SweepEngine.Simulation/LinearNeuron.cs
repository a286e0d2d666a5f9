using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// Closed form of a neuron whose one variable relaxes exponentially between a reset and a threshold: dV/dt = f(V) with
/// f linear in V. With b = −∂f/∂V the time from V_0 to V_th is ln(1 + b (V_th − V_0)/f(V_th))/b.
/// </summary>
/// <remarks>
/// f(V_th) is the small difference of large terms near rheobase; it is evaluated with twice the digits of a double, so that
/// rates hold to full accuracy even one unit in the last place above rheobase.
/// </remarks>
internal sealed class LinearNeuron
{
    /// <summary>Text of the column <c>method</c>.</summary>
    public const string Method = "closed_form";

    private readonly ModelCode _code;
    private readonly Recording _recording;
    private readonly Expression _drift;
    private readonly double[] _time = new double[1], _voltage = new double[1], _result = new double[1];

    private LinearNeuron(ModelCode code, StepStimulus step)
    {
        _code = code;
        _drift = code.Model.Inline(code.Model.States[0].Derivative);
        _recording = Recording.Of(step);
    }

    /// <summary>The closed form of a model under a stimulus; null where it has none.</summary>
    public static LinearNeuron? Of(ModelCode code, FISettings settings)
    {
        ModelDefinition model = code.Model;
        if (model.States.Count != 1 || model.Spike is not { Reset.Count: 1 } spike || settings.Stimulus is not StepStimulus { Delay: 0, After: 0 } step
            || model.Events.Count > 0)
        {
            return null;
        }

        if (code.Derivatives.ReadsTime || code.Threshold!.ReadsTime || code.Reset!.ReadsTime || code.RefractoryFor is { ReadsTime: true })
        {
            return null;
        }

        string v = model.States[0].Name;
        bool Depends(Expression expression) => Linearity.Depends(model.Inline(expression), v);
        bool Linear(Expression expression) => Linearity.IsLinear(model.Inline(expression), v);

        bool relaxes = Linear(model.States[0].Derivative);
        bool crosses = Linear(spike.Threshold) && SymbolicDerivative.Of(model.Inline(spike.Threshold), v) is Number { SI: 1 };
        bool resets = !Depends(spike.Reset[0].Value);
        bool holds = spike.RefractoryFor is null || (spike.Hold.Contains(v) && !Depends(spike.RefractoryFor));
        return relaxes && crosses && resets && holds ? new LinearNeuron(code, step) : null;
    }

    /// <summary>All measures of one point.</summary>
    /// <param name="parameters">Its swept parameters.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>False where the parameters leave the case that the closed form is for; then the point must be simulated.</returns>
    public bool TryAnswer(ReadOnlySpan<double> parameters, out PointAnswer answer)
    {
        answer = PointAnswer.Without(PointStatus.Ok, Method);
        double V_th = Threshold(parameters);
        double V_start = Evaluate(_code.Start, 0, parameters);
        double V_reset = Evaluate(_code.Reset!, V_th, parameters);
        double tau_ref = _code.RefractoryFor is { } program ? Evaluate(program, V_th, parameters) : 0;
        DoubleDouble drift = Drift(V_th, parameters), driftBelow = Drift(V_reset, parameters);
        double rate = (double)((driftBelow - drift) / ((DoubleDouble)V_th - V_reset));
        if (!(V_start < V_th && V_reset < V_th && rate > 0 && tau_ref >= 0
            && double.IsFinite(rate + V_th + V_start + V_reset + tau_ref + (double)drift)))
        {
            return false;
        }

        answer.Recording = _recording;
        double first = TimeToThreshold(V_start);
        double period = tau_ref + TimeToThreshold(V_reset);
        answer.Rate = double.IsPositiveInfinity(period) ? 0 : 1 / period;
        if (first <= _recording.Off)
        {
            answer.Train.Add(first, _recording);
            answer.Train.Continue(period, _recording.Off, _recording);
            answer.MinimumVoltage = Math.Min(V_start, V_reset);
            answer.MaximumVoltage = V_th;
        }
        else
        {
            double change = (double)Drift(V_start, parameters) / rate * -LaneMath.Expm1<Lane1>(new(-rate * _recording.Duration)).Value;
            answer.MinimumVoltage = Math.Min(V_start, V_start + change);
            answer.MaximumVoltage = Math.Max(V_start, V_start + change);
        }

        return true;

        // Infinite where V stays below threshold.
        double TimeToThreshold(double from)
        {
            if (!(drift > 0))
            {
                return double.PositiveInfinity;
            }

            double part = (double)(((DoubleDouble)V_th - from) * rate / drift);
            return LaneMath.Log1p<Lane1>(new(part)).Value / rate;
        }
    }

    // The threshold function is V − V_th.
    private double Threshold(ReadOnlySpan<double> parameters) => -Evaluate(_code.Threshold!, 0, parameters);

    private double Evaluate(LaneProgram program, double V, ReadOnlySpan<double> parameters)
    {
        _voltage[0] = V;
        program.Evaluate(_time, _voltage, parameters, _result, 1, 0, 1);
        return _result[0];
    }

    private DoubleDouble Drift(double V, ReadOnlySpan<double> parameters) => _code.Interpret(0, [V], parameters).EvaluateExactly(_drift);
}
