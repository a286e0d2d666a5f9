namespace SweepEngine.Equations;

/// <summary>Dimensions of expressions of a finished model.</summary>
public static class ModelDimensions
{
    /// <summary>The dimension of a number of the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="expression">An expression over its names.</param>
    /// <returns>The dimension, that of a pure number for a plain zero; null for a condition, or what is no number of its own.</returns>
    public static Dimension? DimensionOf(this ModelDefinition model, Expression expression)
    {
        ArgumentNullException.ThrowIfNull(model);
        DimensionCheck check = new(new Findings());
        foreach (ModelParameter parameter in model.Parameters)
            check.Add(parameter.Name, parameter.Unit.Dimension);
        foreach (StateVariable state in model.States)
            check.Add(state.Name, state.Unit.Dimension);
        ValueKind kind = check.Check(model.Inline(expression));
        return kind.What is ValueKind.Case.Quantity or ValueKind.Case.Zero ? kind.Dimension : null;
    }
}
