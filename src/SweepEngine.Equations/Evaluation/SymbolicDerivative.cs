namespace SweepEngine.Equations;

/// <summary>
/// Derivatives of expressions as expressions. Branches are derived one by one; comparisons, <c>floor</c>, <c>ceil</c>,
/// <c>sign</c> and <c>heaviside</c> have the derivative zero, <c>abs</c> has <c>sign</c>: at jumps and kinks the
/// derivative is that of one side. Tables have the slopes of their lines.
/// </summary>
/// <remarks>
/// Products and sums with 0 and 1 are left out and numbers are combined, so 0·∞ counts as 0. The expression that is derived keeps its text.
/// The result shares branches with it, and compiled together with it costs little more.
/// </remarks>
public static class SymbolicDerivative
{
    // Below this, the difference in the derivative of exprel would lose more digits than the series.
    private const double SeriesOfExprel = 0.25;
    private const int TermsOfExprel = 12;

    private static readonly Number Zero = new(0), One = new(1), Two = new(2), Ln10 = new(2.302585092994046);

    /// <summary>Derives.</summary>
    /// <param name="expression">A number, not a condition, with intermediates and functions of the model written out (<see cref="ModelDefinition.Inline"/>).</param>
    /// <param name="symbol">The name by which to derive, such as <c>V_m</c>.</param>
    /// <returns>The derivative in SI units: numbers that come from the rules of differentiation have no unit.</returns>
    /// <exception cref="ArgumentException">A function is not one of the language.</exception>
    public static Expression Of(Expression expression, string symbol)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(symbol);
        return new Derivation(new Dictionary<string, Expression> { [symbol] = One }).Of(expression);
    }

    /// <summary>Derives several expressions, what they share once.</summary>
    /// <param name="expressions">As in <see cref="Of(Expression, string)"/>.</param>
    /// <param name="symbol">The name by which to derive.</param>
    internal static Expression[] Of(IEnumerable<Expression> expressions, string symbol)
    {
        Derivation derivation = new(new Dictionary<string, Expression> { [symbol] = One });
        return [.. expressions.Select(derivation.Of)];
    }

    /// <summary>Derives along a direction: the sum over its symbols of the derivative by each, times what stands there.</summary>
    /// <param name="expression">As in <see cref="Of(Expression, string)"/>.</param>
    /// <param name="direction">The components of the direction, which count as constant; symbols that are not in it do not change.</param>
    /// <returns>The derivative in SI units.</returns>
    /// <exception cref="ArgumentException">A function is not one of the language.</exception>
    public static Expression Along(Expression expression, IReadOnlyDictionary<string, Expression> direction)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(direction);
        return new Derivation(direction).Of(expression);
    }

    private sealed class Derivation(IReadOnlyDictionary<string, Expression> direction)
    {
        private readonly Dictionary<Expression, Expression> _known = new(ReferenceEqualityComparer.Instance);

        public Expression Of(Expression expression)
        {
            if (!_known.TryGetValue(expression, out Expression? derivative))
                _known.Add(expression, derivative = Derive(expression));
            return derivative;
        }

        private Expression Derive(Expression expression) => expression switch
        {
            Symbol { Name: var name } => direction.GetValueOrDefault(name, Zero),
            Unary { Operator: UnaryOperator.Negate } negate => Negate(Of(negate.Operand)),
            Binary { Operator: BinaryOperator.Add } sum => Add(Of(sum.Left), Of(sum.Right)),
            Binary { Operator: BinaryOperator.Subtract } difference => Subtract(Of(difference.Left), Of(difference.Right)),
            Binary { Operator: BinaryOperator.Multiply, Left: var u, Right: var v } => Add(Multiply(Of(u), v), Multiply(u, Of(v))),
            // (u/v)' = (u' - (u/v) v')/v
            Binary { Operator: BinaryOperator.Divide, Left: var u, Right: var v } => Divide(Subtract(Of(u), Multiply(expression, Of(v))), v),
            Binary { Operator: BinaryOperator.Power, Left: var u, Right: var v } => Power(expression, u, v),
            Call { Function: "pow", Arguments: [var u, var v] } => Power(expression, u, v),
            Call { Arguments: [var u] } call => IsZero(Of(u)) ? Zero : Multiply(Outer(call, u), Of(u)),
            Call { Function: "min", Arguments: [var u, var v] } => If(new Binary(BinaryOperator.Less, u, v), Of(u), Of(v)),
            Call { Function: "max", Arguments: [var u, var v] } => If(new Binary(BinaryOperator.Greater, u, v), Of(u), Of(v)),
            Call { Function: "if", Arguments: [var condition, var u, var v] } => If(condition, Of(u), Of(v)),
            Call call => throw Unknown(call),
            Lookup { IsSlope: false } lookup => Multiply(new Lookup(lookup.Table, IsSlope: true, lookup.Argument), Of(lookup.Argument)),
            _ => Zero,
        };

        private Expression Power(Expression power, Expression u, Expression v)
        {
            Expression du = Of(u), dv = Of(v);
            if (Lowering<double>.WholePower(v) is { } n)
                return IsZero(du) || n == 0 ? Zero : Multiply(Multiply(new Number(n), Raise(u, new Number(n - 1))), du);
            Expression byBase = IsZero(du) ? Zero : Multiply(Multiply(v, Raise(u, Subtract(v, One))), du);
            Expression byExponent = IsZero(dv) ? Zero : Multiply(Multiply(power, Call("log", u)), dv);
            return Add(byBase, byExponent);
        }

        // Derivative of a function of one argument by its argument.
        private static Expression Outer(Call call, Expression u) => call.Function switch
        {
            "exp" => call,
            "expm1" => Call("exp", u),
            "exprel" => OfExprel(call, u),
            "log" => Divide(One, u),
            "log1p" => Divide(One, Add(One, u)),
            "log10" => Divide(One, Multiply(Ln10, u)),
            "sqrt" => Divide(One, Multiply(Two, call)),
            "abs" => Call("sign", u),
            "sin" => Call("cos", u),
            "cos" => Negate(Call("sin", u)),
            "tan" => Divide(One, Raise(Call("cos", u), Two)),
            "sinh" => Call("cosh", u),
            "cosh" => Call("sinh", u),
            "tanh" => Divide(One, Raise(Call("cosh", u), Two)),
            "sign" or "heaviside" or "floor" or "ceil" => Zero,
            _ => throw Unknown(call),
        };

        // (e^u - exprel u)/u, and near zero its series, the sum of (k + 1) u^k/(k + 2)!.
        private static Expression OfExprel(Expression exprel, Expression u)
        {
            double factorial = 1;
            for (int k = 2; k <= TermsOfExprel + 2; k++)
                factorial *= k;
            Expression series = Zero;
            for (int k = TermsOfExprel; k >= 0; k--)
            {
                series = Add(new Number((k + 1) / factorial), Multiply(series, u));
                factorial /= k + 2;
            }
            return If(new Binary(BinaryOperator.Less, Call("abs", u), new Number(SeriesOfExprel)),
                series, Divide(Subtract(Call("exp", u), exprel), u));
        }

        private static ArgumentException Unknown(Call call) => new($"'{call.Function}' is not a function of the language, or not written out.");
    }

    internal static bool IsZero(Expression expression) => expression is Number { SI: 0 };

    private static bool IsOne(Expression expression) => expression is Number { SI: 1 };

    internal static Expression Add(Expression u, Expression v) =>
        IsZero(u) ? v : IsZero(v) ? u
        : u is Number a && v is Number b ? new Number(a.SI + b.SI)
        : v is Unary { Operator: UnaryOperator.Negate } negative ? Subtract(u, negative.Operand)
        : new Binary(BinaryOperator.Add, u, v);

    internal static Expression Subtract(Expression u, Expression v) =>
        IsZero(v) ? u : IsZero(u) ? Negate(v)
        : u is Number a && v is Number b ? new Number(a.SI - b.SI)
        : v is Unary { Operator: UnaryOperator.Negate } negative ? Add(u, negative.Operand)
        : new Binary(BinaryOperator.Subtract, u, v);

    internal static Expression Multiply(Expression u, Expression v) =>
        IsZero(u) || IsZero(v) ? Zero : IsOne(u) ? v : IsOne(v) ? u
        : u is Number a && v is Number b ? new Number(a.SI * b.SI)
        : u is Number { SI: -1 } ? Negate(v) : v is Number { SI: -1 } ? Negate(u)
        : u is Unary { Operator: UnaryOperator.Negate } left ? Negate(Multiply(left.Operand, v))
        : v is Unary { Operator: UnaryOperator.Negate } right ? Negate(Multiply(u, right.Operand))
        : new Binary(BinaryOperator.Multiply, u, v);

    internal static Expression Divide(Expression u, Expression v) =>
        IsZero(u) ? Zero : IsOne(v) ? u
        : u is Number { SI: < 0 } number ? Negate(Divide(new Number(-number.SI), v))
        : u is Unary { Operator: UnaryOperator.Negate } negative ? Negate(Divide(negative.Operand, v))
        : new Binary(BinaryOperator.Divide, u, v);

    private static Expression Raise(Expression u, Expression exponent) =>
        IsZero(exponent) ? One : IsOne(exponent) ? u : new Binary(BinaryOperator.Power, u, exponent);

    internal static Expression Negate(Expression u) => u switch
    {
        Number number => IsZero(number) ? Zero : new Number(-number.SI),
        Unary { Operator: UnaryOperator.Negate } negative => negative.Operand,
        _ => new Unary(UnaryOperator.Negate, u),
    };

    private static Expression If(Expression condition, Expression u, Expression v) =>
        IsZero(u) && IsZero(v) ? Zero : new Call("if", [condition, u, v]);

    private static Call Call(string function, Expression argument) => new(function, [argument]);
}
