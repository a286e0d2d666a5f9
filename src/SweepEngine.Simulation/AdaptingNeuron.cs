using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// Recognises, from its equations, an integrate-and-fire neuron whose voltage V is linear in itself and pulled by one further variable g (a
/// conductance, a current) that relaxes exponentially: dV/dt = f(V, g) with f linear in V and in g, dg/dt = c − r·g; V is reset to a constant at a
/// constant threshold, g becomes a linear function of itself.
/// </summary>
/// <remarks>
/// In the distances y = V − V_th and x = g − c/r the equations are dy/dt = F + D·x − (a + b·x)·y and dx/dt = −r·x. The drift F at threshold is
/// what decides near rheobase; it is evaluated as such, and not from differences of the other numbers.
/// </remarks>
internal sealed class AdaptingNeuron
{
    // At rheobase y comes to rest at threshold itself; by rounding, this part of V beside it.
    private const double Rounding = 1e-13;

    private readonly ModelCode _code;
    private readonly LaneProgram _rules, _slopes;
    private readonly int _voltage, _other;
    private readonly double _scale;
    private readonly bool _holdsOther;

    private AdaptingNeuron(ModelCode code, int voltage)
    {
        ModelDefinition model = code.Model;
        SpikeRule spike = model.Spike!;
        _code = code;
        _voltage = voltage;
        _other = 1 - voltage;
        _holdsOther = code.Held.Contains(_other);
        (StateVariable v, StateVariable g) = (model.States[_voltage], model.States[_other]);
        _scale = v.Unit.ToSI(1);
        Expression reset = ResetOf(spike, g.Name);
        _rules = code.CompileExpressions(
        [
            spike.Threshold, ResetOf(spike, v.Name), spike.RefractoryFor ?? new Number(0), g.Derivative, Slope(model, g.Derivative, g.Name), reset,
            Slope(model, reset, g.Name),
        ]);
        Expression byVoltage = Slope(model, v.Derivative, v.Name);
        _slopes = code.CompileExpressions([v.Derivative, byVoltage, Slope(model, v.Derivative, g.Name), Slope(model, byVoltage, g.Name)]);
    }

    /// <summary>The neuron that a model is under a stimulus; null where it is none of this kind.</summary>
    public static AdaptingNeuron? Of(ModelCode code, FISettings settings)
    {
        ModelDefinition model = code.Model;
        if (model.States.Count != 2 || model.Spike is not { } spike || settings.Stimulus is not StepStimulus { Delay: 0, After: 0 }
            || model.Events.Count > 0 || model.IsRandom || model.Noises.Count > 0)
        {
            return null;
        }

        if (code.Reset is null || code.Derivatives.ReadsTime || code.Threshold!.ReadsTime || code.Reset.ReadsTime || code.RefractoryFor is { ReadsTime: true })
        {
            return null;
        }

        int voltage = TileSimulation.VoltageIndex(model);
        (StateVariable v, StateVariable g) = (model.States[voltage], model.States[1 - voltage]);
        bool Depends(Expression expression, string symbol) => Linearity.Depends(model.Inline(expression), symbol);
        bool Linear(Expression expression, string symbol) => Linearity.IsLinear(model.Inline(expression), symbol);

        Expression reset = ResetOf(spike, g.Name);
        bool flows = Linear(v.Derivative, v.Name) && Linear(v.Derivative, g.Name);
        bool relaxes = !Depends(g.Derivative, v.Name) && Linear(g.Derivative, g.Name);
        bool crosses = Slope(model, spike.Threshold, v.Name) is Number { SI: 1 } && Linear(spike.Threshold, v.Name) && !Depends(spike.Threshold, g.Name);
        Expression voltageReset = ResetOf(spike, v.Name);
        bool resets = !Depends(voltageReset, v.Name) && !Depends(voltageReset, g.Name) && !Depends(reset, v.Name) && Linear(reset, g.Name);
        bool holds = spike.RefractoryFor is not { } time || (spike.Hold.Contains(v.Name) && !Depends(time, v.Name) && !Depends(time, g.Name));
        return flows && relaxes && crosses && resets && holds ? new AdaptingNeuron(code, voltage) : null;
    }

    /// <summary>The numbers of points, in columns.</summary>
    /// <param name="parameters">Swept parameters of all points, shape [all points × swept].</param>
    /// <param name="points">Which points, at most <see cref="AdaptingPoints.Capacity"/>.</param>
    /// <param name="into">Receives their numbers.</param>
    public void Read(ReadOnlySpan<double> parameters, ReadOnlySpan<int> points, AdaptingPoints into)
    {
        int swept = _code.Swept.Count, stride = AdaptingPoints.Capacity, count = points.Length;
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < swept; k++)
            {
                into.Parameters[k * stride + i] = parameters[points[i] * swept + k];
            }
        }

        double[] state = into.State, rules = into.Rules, slopes = into.Slopes;
        _code.Start.Evaluate(into.Time, [], into.Parameters, into.Starts, stride, 0, count);
        Array.Clear(state);
        _rules.Evaluate(into.Time, state, into.Parameters, rules, stride, 0, count);
        for (int i = 0; i < count; i++)
        {
            state[_voltage * stride + i] = -rules[i];
        }

        _slopes.Evaluate(into.Time, state, into.Parameters, slopes, stride, 0, count);
        for (int i = 0; i < count; i++)
        {
            double rate = -rules[4 * stride + i], rest = rules[3 * stride + i] / rate, b = -slopes[3 * stride + i], tau_ref = rules[2 * stride + i];
            double keep = rules[6 * stride + i];
            double V_th = -rules[i], V_reset = rules[stride + i], V_start = into.Starts[_voltage * stride + i];
            double drift = slopes[i] + slopes[2 * stride + i] * rest, leak = -slopes[stride + i] + b * rest;
            bool rests = drift > 0 && drift <= Rounding * (_scale + Math.Abs(V_th)) * leak;
            double hold = _holdsOther ? 1 : LaneMath.Exp<Lane1>(new(-rate * tau_ref)).Value;
            into.Points[i] = new AdaptingPoint
            {
                Threshold = V_th,
                VoltageAtStart = V_start,
                VoltageAtReset = V_reset,
                Start = V_start - V_th,
                Reset = V_reset - V_th,
                StartDeviation = into.Starts[_other * stride + i] - rest,
                Drift = rests ? 0 : drift,
                Pull = slopes[2 * stride + i],
                Leak = leak,
                Coupling = b,
                Rate = rate,
                Keep = keep * hold,
                Add = (keep * rest + rules[5 * stride + i] - rest) * hold,
                Refractory = tau_ref,
            };
        }
    }

    private static Expression ResetOf(SpikeRule spike, string state) =>
        spike.Reset.FirstOrDefault(assignment => assignment.State == state)?.Value ?? new Symbol(state);

    private static Expression Slope(ModelDefinition model, Expression expression, string symbol) =>
        SymbolicDerivative.Of(model.Inline(expression), symbol);
}

/// <summary>The numbers of one point of an <see cref="AdaptingNeuron"/>.</summary>
internal struct AdaptingPoint
{
    /// <summary>V_th, and V at the start and after a spike.</summary>
    public double Threshold, VoltageAtStart, VoltageAtReset;

    /// <summary>y at the start and after a spike.</summary>
    public double Start, Reset;

    /// <summary>x at the start.</summary>
    public double StartDeviation;

    /// <summary>F, D, a, b, r: dy/dt = F + D·x − (a + b·x)·y and dx/dt = −r·x.</summary>
    public double Drift, Pull, Leak, Coupling, Rate;

    /// <summary>x at the end of the refractory period after a spike is Keep·x + Add.</summary>
    public double Keep, Add;

    /// <summary>The refractory period [s].</summary>
    public double Refractory;

    /// <summary>Whether the point is a case for <see cref="AdaptingSimulation"/>.</summary>
    public readonly bool IsRegular =>
        Start < 0 && Reset < 0 && Rate > 0 && Refractory >= 0
        && double.IsFinite(Threshold + Start + Reset + StartDeviation + Drift + Pull + Leak + Coupling + Rate + Keep + Add + Refractory);

    /// <summary>dy/dt.</summary>
    public readonly double Slope(double y, double x) => Drift + Pull * x - (Leak + Coupling * x) * y;
}

/// <summary>The numbers of many points, and the columns that they are computed in.</summary>
/// <param name="swept">Number of swept parameters.</param>
internal sealed class AdaptingPoints(int swept)
{
    /// <summary>The most points.</summary>
    public const int Capacity = 1024;

    /// <summary>The points.</summary>
    public readonly AdaptingPoint[] Points = new AdaptingPoint[Capacity];

    /// <summary>What <see cref="SteadyEstimate"/> says of them.</summary>
    public readonly double[] Estimates = new double[Capacity];

    /// <summary>Columns of programs, shape [rows × <see cref="Capacity"/>].</summary>
    public readonly double[] Parameters = new double[Math.Max(swept, 1) * Capacity], State = new double[2 * Capacity], Starts = new double[2 * Capacity],
        Rules = new double[7 * Capacity], Slopes = new double[4 * Capacity], Time = new double[Capacity];
}
