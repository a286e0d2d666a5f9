using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>
/// A model with a reset as its map from spike to spike sees it: the flow between spikes, where it meets the threshold, what a spike leaves, and how all this changes with states and
/// drive. May be used from several threads.
/// </summary>
/// <remarks>
/// What a spike leaves are the states after the reset and the time for which some are held. Some of these do not depend on the state before the spike (V_reset, a constant tau_ref);
/// the others are the <see cref="Coordinates"/> of the map.
/// </remarks>
internal sealed class ResetModel
{
    private readonly ModelDefinition _model;

    /// <summary>Compiles what is needed of a model.</summary>
    /// <param name="code">The model; the drive is among its swept parameters.</param>
    /// <param name="drive">Name of the drive.</param>
    /// <exception cref="ArgumentException">The drive is not swept, or <see cref="Hindrance"/> is not null.</exception>
    public ResetModel(ModelCode code, string drive)
    {
        if (Hindrance(code.Model) is { } hindrance)
        {
            throw new ArgumentException(hindrance, nameof(code));
        }

        Drive = code.Swept.ToList().IndexOf(drive);
        if (Drive < 0)
        {
            throw new ArgumentException($"The drive {drive} is not among the swept parameters.", nameof(drive));
        }

        (Code, _model) = (code, code.Model);
        Scale = [.. _model.States.Select(state => state.Unit.ToSI(1))];
        DriveScale = _model.Parameter(drive)!.Unit.ToSI(1);
        Voltage = Math.Max(_model.Voltage is { } voltage ? _model.StateIndex(voltage) : 0, 0);

        SpikeRule spike = _model.Spike!;
        Expression[] flow = [.. _model.States.Select(state => _model.Inline(state.Derivative))];
        Entries = [.. from row in Enumerable.Range(0, flow.Length)
                      from column in Enumerable.Range(0, flow.Length)
                      where SlopeOf(flow[row], _model.States[column].Name) is not Number { SI: 0 }
                      select (row, column)];
        DriveRows = [.. Enumerable.Range(0, flow.Length).Where(row => SlopeOf(flow[row], drive) is not Number { SI: 0 })];
        Flow = code.CompileExpressions(
        [
            .. flow, .. Entries.Select(entry => SlopeOf(flow[entry.Row], _model.States[entry.Column].Name)), .. DriveRows.Select(row => SlopeOf(flow[row], drive)),
        ]);

        Expression threshold = _model.Inline(spike.Threshold);
        Expression[] gradient = [.. _model.States.Select(state => SlopeOf(threshold, state.Name))];
        Dictionary<string, Expression> course = new(StringComparer.Ordinal);
        for (int i = 0; i < flow.Length; i++)
        {
            course.Add(_model.States[i].Name, flow[i]);
        }

        Rise = code.CompileExpressions([threshold, SymbolicDerivative.Along(threshold, course)]);
        Crossing = code.CompileExpressions([.. gradient, SlopeOf(threshold, drive)]);

        Expression[] left =
        [
            .. _model.States.Select(state => _model.Inline(spike.Reset.FirstOrDefault(assignment => assignment.State == state.Name)?.Value ?? new Symbol(state.Name))),
            _model.Inline(spike.RefractoryFor ?? new Number(0)),
        ];
        Coordinates = [.. Enumerable.Range(0, left.Length).Where(i => _model.States.Any(state => Linearity.Depends(left[i], state.Name)))];
        Landing = code.CompileExpressions(
        [
            .. left, .. left.Select(each => SlopeOf(each, drive)),
            .. from coordinate in Coordinates from state in _model.States select SlopeOf(left[coordinate], state.Name),
        ]);
        // Nothing tells how long a refractory period is; a millisecond is near.
        CoordinateScale = [.. Coordinates.Select(i => i < Scale.Count ? Scale[i] : 1e-3)];
        IsHeld = [.. Enumerable.Range(0, flow.Length).Select(code.Held.Contains)];
        Expression[] kinks = [.. left.SelectMany(KinksOf).Distinct().Where(kink => _model.States.Any(state => Linearity.Depends(kink, state.Name)))];
        Kinks = kinks.Length > 0 ? code.CompileExpressions(kinks) : null;
    }

    /// <summary>Why trains of a model are not followed: it has no reset, or events, noise, random numbers, or rules that depend on time.</summary>
    /// <param name="model">The model.</param>
    /// <returns>A sentence, or null when they are.</returns>
    public static string? Hindrance(ModelDefinition model)
    {
        if (model.Spike is not { } spike || (spike.Reset.Count == 0 && spike.RefractoryFor is null))
        {
            return $"The model {model.Name} is not reset after a spike.";
        }

        if (model.Events.Count > 0)
        {
            return $"The model {model.Name} has events.";
        }

        if (model.Noises.Count > 0 || model.IsRandom)
        {
            return $"The model {model.Name} is random.";
        }

        IEnumerable<Expression> rules =
            [.. model.States.Select(state => state.Derivative), spike.Threshold, .. spike.Reset.Select(assignment => assignment.Value), spike.RefractoryFor ?? new Number(0)];
        return rules.Any(rule => Linearity.Depends(model.Inline(rule), "t")) ? $"The equations of {model.Name} depend on time." : null;
    }

    /// <summary>The model.</summary>
    public ModelCode Code { get; }

    /// <summary>Index of the drive among the swept parameters.</summary>
    public int Drive { get; }

    /// <summary>One display unit of each state [SI].</summary>
    public IReadOnlyList<double> Scale { get; }

    /// <summary>One display unit of the drive [SI].</summary>
    public double DriveScale { get; }

    /// <summary>Index of the membrane potential, else of the first state.</summary>
    public int Voltage { get; }

    /// <summary>Number of states.</summary>
    public int States => Scale.Count;

    /// <summary>Which ∂f_Row/∂y_Column are not zero by their text.</summary>
    public IReadOnlyList<(int Row, int Column)> Entries { get; }

    /// <summary>The states whose derivative depends on the drive.</summary>
    public IReadOnlyList<int> DriveRows { get; }

    /// <summary>f, an output per state; then ∂f/∂y, an output for each of <see cref="Entries"/>; then ∂f/∂drive, an output for each of <see cref="DriveRows"/>.</summary>
    public LaneProgram Flow { get; }

    /// <summary>What crosses zero upward at a spike, and its derivative by time while no state is held.</summary>
    public LaneProgram Rise { get; }

    /// <summary>What crosses zero upward at a spike, derived by each state and by the drive.</summary>
    public LaneProgram Crossing { get; }

    /// <summary>
    /// What a spike leaves: all states and the time of holding; the derivative of each by the drive; then those of each of <see cref="Coordinates"/> by each state.
    /// </summary>
    public LaneProgram Landing { get; }

    /// <summary>What of the outputs of <see cref="Landing"/> depends on the state before the spike, ascending; the number of states stands for the time of holding.</summary>
    public IReadOnlyList<int> Coordinates { get; }

    /// <summary>One unit of each of <see cref="Coordinates"/> [SI].</summary>
    public IReadOnlyList<double> CoordinateScale { get; }

    /// <summary>Whether each state is held after a spike.</summary>
    public IReadOnlyList<bool> IsHeld { get; }

    /// <summary>What changes sign where the reset has a corner or a jump, over the state before the spike; null when it has none.</summary>
    public LaneProgram? Kinks { get; }

    /// <summary>Eigenvalues of ∂f/∂y [1/s], by descending real part.</summary>
    /// <param name="state">The state, shape [states].</param>
    /// <param name="parameters">Swept parameters, the drive among them.</param>
    public Complex[] EigenvaluesAt(ReadOnlySpan<double> state, ReadOnlySpan<double> parameters)
    {
        double[] outputs = new double[Flow.OutputCount];
        Flow.Evaluate([0], state, parameters, outputs, 1, 0, 1);
        Matrix<double> jacobian = Matrix<double>.Build.Dense(States, States);
        for (int e = 0; e < Entries.Count; e++)
        {
            (int row, int column) = Entries[e];
            jacobian[row, column] = outputs[States + e] * Scale[column] / Scale[row];
        }

        return Spectrum.Of(jacobian);
    }

    private static Expression SlopeOf(Expression expression, string symbol) => SymbolicDerivative.Of(expression, symbol);

    private static IEnumerable<Expression> KinksOf(Expression expression)
    {
        HashSet<Expression> seen = new(ReferenceEqualityComparer.Instance);
        Stack<Expression> open = new([expression]);
        while (open.TryPop(out Expression? next))
        {
            if (!seen.Add(next))
            {
                continue;
            }

            switch (next)
            {
                case Binary { Operator: BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual } comparison:
                    yield return new Binary(BinaryOperator.Subtract, comparison.Left, comparison.Right);
                    break;
                case Call { Function: "min" or "max", Arguments: [var a, var b] }:
                    yield return new Binary(BinaryOperator.Subtract, a, b);
                    break;
                case Call { Function: "abs" or "sign" or "heaviside", Arguments: [var argument] }:
                    yield return argument;
                    break;
            }

            foreach (Expression branch in BranchesOf(next))
            {
                open.Push(branch);
            }
        }
    }

    private static IEnumerable<Expression> BranchesOf(Expression expression) => expression switch
    {
        Unary unary => [unary.Operand],
        Binary binary => [binary.Left, binary.Right],
        Call call => call.Arguments,
        Lookup lookup => [lookup.Argument],
        _ => [],
    };
}
