namespace SweepEngine.Equations;

/// <summary>Dimensions of expressions of a finished model.</summary>
public static class ModelDimensions
{
    /// <summary>The dimension of a number of the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="expression">An expression over its names.</param>
    /// <returns>The dimension; none for a plain zero, which fits every one.</returns>
    public static Dimension DimensionOf(this ModelDefinition model, Expression expression)
    {
        ArgumentNullException.ThrowIfNull(model);
        DimensionCheck check = new(new Findings());
        foreach (ModelParameter parameter in model.Parameters)
            check.Add(parameter.Name, parameter.Unit.Dimension);
        foreach (StateVariable state in model.States)
            check.Add(state.Name, state.Unit.Dimension);
        return check.Check(model.Inline(expression)).Dimension;
    }
}
