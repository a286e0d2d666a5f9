namespace SweepEngine.Equations;

/// <summary>Puts expressions in the place of names, and other names in the place of those of functions. Branches that were shared stay shared.</summary>
internal sealed class Renaming(IReadOnlyDictionary<string, Expression> names, IReadOnlyDictionary<string, string>? functions = null)
{
    private readonly Dictionary<Expression, Expression> _known = new(ReferenceEqualityComparer.Instance);

    public Expression Of(Expression expression)
    {
        if (!_known.TryGetValue(expression, out Expression? renamed))
            _known.Add(expression, renamed = Rename(expression));
        return renamed;
    }

    public Expression? OfOptional(Expression? expression) => expression is null ? null : Of(expression);

    /// <summary>The new name of a state.</summary>
    public string Name(string name) => names.TryGetValue(name, out Expression? renamed) ? ((Symbol)renamed).Name : name;

    public ResetAssignment Of(ResetAssignment assignment) => new(Name(assignment.State), Of(assignment.Value));

    public RandomDraw Of(RandomDraw draw) => new(names.TryGetValue(draw.Name, out Expression? name) ? ((Symbol)name).Name : draw.Name,
        draw.Kind, [.. draw.Arguments.Select(Of)]);

    public ModelFunction Of(ModelFunction function) => function with { Name = FunctionName(function.Name), Body = Of(function.Body) };

    private string FunctionName(string name) => functions?.GetValueOrDefault(name) ?? name;

    private Expression Rename(Expression expression) => expression switch
    {
        Symbol symbol => !names.TryGetValue(symbol.Name, out Expression? renamed) ? symbol
            : renamed is Symbol other ? new Symbol(other.Name) { Place = symbol.Place } : renamed,
        Unary unary => Of(unary.Operand) is var operand && ReferenceEquals(operand, unary.Operand) ? unary
            : new Unary(unary.Operator, operand) { Place = unary.Place },
        Binary binary => Rebuilt(binary, Of(binary.Left), Of(binary.Right)),
        Call call => new Call(FunctionName(call.Function), [.. call.Arguments.Select(Of)]) { Place = call.Place },
        Lookup lookup => new Lookup(lookup.Table, lookup.IsSlope, Of(lookup.Argument)) { Place = lookup.Place },
        _ => expression,
    };

    private static bool IsOne(Expression expression) => expression is Number { Written: { Value: 1, Unit.Text: "" } };

    private static Expression Rebuilt(Binary binary, Expression left, Expression right) =>
        ReferenceEquals(left, binary.Left) && ReferenceEquals(right, binary.Right) ? binary
            // What is always released needs no factor.
            : binary.Operator is BinaryOperator.Multiply && IsOne(left) ? right
            : binary.Operator is BinaryOperator.Multiply && IsOne(right) ? left
            : new Binary(binary.Operator, left, right) { Place = binary.Place };
}
