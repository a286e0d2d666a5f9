namespace SweepEngine.Equations;

/// <summary>How an expression depends on a symbol, as its text shows it.</summary>
public static class Linearity
{
    /// <summary>Whether the symbol occurs.</summary>
    /// <param name="expression">An expression, with intermediates and functions of the model written out (<see cref="ModelDefinition.Inline"/>).</param>
    /// <param name="symbol">The name, such as <c>V_m</c>.</param>
    /// <returns>False when the expression does not change with the symbol; true also where it changes by rounding alone.</returns>
    public static bool Depends(Expression expression, string symbol)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return Any(expression, each => each is Symbol { Name: var name } && name == symbol);
    }

    /// <summary>Whether the expression is u + v·symbol, u and v without the symbol.</summary>
    /// <param name="expression">An expression, with intermediates and functions of the model written out.</param>
    /// <param name="symbol">The name.</param>
    /// <returns>
    /// True only where that is certain: the derivative is free of the symbol, and so are all conditions and all functions with jumps or kinks, which a derivative
    /// does not show.
    /// </returns>
    public static bool IsLinear(Expression expression, string symbol)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return !Any(expression, each => HasCorners(each) && Depends(each, symbol)) && !Depends(SymbolicDerivative.Of(expression, symbol), symbol);
    }

    /// <summary>Takes an expression apart that <see cref="IsLinear"/>: slope · symbol + offset.</summary>
    /// <param name="expression">An expression, with intermediates and functions of the model written out.</param>
    /// <param name="symbol">The name.</param>
    /// <returns>Slope and offset, without the symbol; null where the expression is not linear.</returns>
    public static (Expression Slope, Expression Offset)? Parts(Expression expression, string symbol) => !IsLinear(expression, symbol) ? null
        : (SymbolicDerivative.Of(expression, symbol), Inliner.Replace(expression, new Dictionary<string, Expression> { [symbol] = new Number(0) }));

    // A condition of an "if" is a comparison.
    private static bool HasCorners(Expression expression) => expression switch
    {
        Binary { Operator: <= BinaryOperator.NotEqual } or Unary { Operator: UnaryOperator.Not } or Lookup => true,
        Call { Function: "abs" or "sign" or "heaviside" or "floor" or "ceil" or "min" or "max" } => true,
        _ => false,
    };

    private static bool Any(Expression expression, Func<Expression, bool> holds)
    {
        HashSet<Expression> seen = new(ReferenceEqualityComparer.Instance);
        Stack<Expression> open = new([expression]);
        while (open.TryPop(out Expression? next))
        {
            if (!seen.Add(next))
                continue;
            if (holds(next))
                return true;
            foreach (Expression branch in next.Branches)
                open.Push(branch);
        }
        return false;
    }
}
