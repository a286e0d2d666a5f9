namespace SweepEngine.Equations;

/// <summary>
/// The first derivatives of a model's equations along directions, from their text: the multilinear forms of which normal forms are made. They are
/// symmetric in their directions; with a complex direction they are taken apart into real and imaginary parts.
/// </summary>
/// <remarks>
/// Directions are rows of p behind the swept parameters: all components of u, then of v, and so on [SI]; in each the states, then the parameters along which
/// is derived as well.
/// </remarks>
public sealed class DirectionalCode
{
    private readonly Lazy<(LaneProgram Fourth, LaneProgram Fifth)> _higher;

    internal DirectionalCode(ModelCode code, IReadOnlyList<string> parameters)
    {
        Expression[] derivatives = [.. code.Model.States.Select(state => code.Model.Inline(state.Derivative))];
        List<string> inputs = [];
        LaneProgram Next(char name)
        {
            Dictionary<string, Expression> direction = new(StringComparer.Ordinal);
            foreach (string each in code.Model.States.Select(state => state.Name).Concat(parameters))
            {
                // '#' is in no name that a user can write.
                inputs.Add($"{name}#{each}");
                direction.Add(each, new Symbol(inputs[^1]));
            }
            derivatives = [.. derivatives.Select(each => SymbolicDerivative.Along(each, direction))];
            return code.CompileExpressions(derivatives, inputs);
        }
        (First, Second, Third) = (Next('u'), Next('v'), Next('w'));
        _higher = new(() => (Next('r'), Next('s')));
    }

    /// <summary>Df·u: an output per state.</summary>
    public LaneProgram First { get; }

    /// <summary>D²f(u, v): an output per state.</summary>
    public LaneProgram Second { get; }

    /// <summary>D³f(u, v, w): an output per state.</summary>
    public LaneProgram Third { get; }

    /// <summary>D⁴f over four directions: an output per state. Derived when it is first used, like the fifth one.</summary>
    public LaneProgram Fourth => _higher.Value.Fourth;

    /// <summary>D⁵f over five directions: an output per state.</summary>
    public LaneProgram Fifth => _higher.Value.Fifth;
}
