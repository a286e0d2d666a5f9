namespace SweepEngine.Equations;

/// <summary>
/// The form in which the equations of a model are computed: equal to their text but for rounding, with fewer exponentials and divisions. It depends on the text alone, not on which
/// parameters are swept, and is what both the compiled code and the interpreter of a model evaluate.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>e^u that are powers of one exponential are computed so (<see cref="SharedExponential"/>).</item>
/// <item>a/exprel(u) is a·exprelr(u), and so is c·u/(e^u − 1), which is then continued through u = 0. From an exponential that is shared anyway, it takes one division.</item>
/// <item>1 ± tanh(u) is 2/(1 + e^(∓2u)), which keeps all digits where tanh is near ∓1; cosh(u) is (e^u + e^−u)/2 where e^u is shared.</item>
/// <item>Division by what depends on numbers and parameters alone is multiplication by its reciprocal: at most one unit in the last place more.</item>
/// </list>
/// </remarks>
internal sealed class ComputedForm
{
    // Large enough to stand for infinity beside 1, small enough that products with it are finite.
    private const double Huge = 1e200;

    private static readonly Number One = new(1), Two = new(2), Half = new(0.5);

    private readonly HashSet<string> _parameters;
    private readonly Dictionary<string, List<SharedExponential>> _shared = new(StringComparer.Ordinal);

    /// <summary>The form of a model's equations.</summary>
    public ComputedForm(ModelDefinition model)
    {
        _parameters = [.. model.Parameters.Select(parameter => parameter.Name)];
        List<Exponent> exponents = [];
        HashSet<Expression> seen = new(ReferenceEqualityComparer.Instance);
        foreach (StateVariable state in model.States)
            Collect(model.Inline(state.Derivative), seen, exponents);
        foreach (SharedExponential each in SharedExponential.Of(exponents))
        {
            if (!_shared.TryGetValue(each.Products, out List<SharedExponential>? alike))
                _shared.Add(each.Products, alike = []);
            alike.Add(each);
        }
    }

    /// <summary>The computed form of expressions.</summary>
    /// <param name="expressions">Expressions of the model, with intermediates and functions written out.</param>
    public Expression[] Of(IEnumerable<Expression> expressions)
    {
        Rewriting rewriting = new(this);
        return [.. expressions.Select(rewriting.Of)];
    }

    /// <summary>The computed form of an expression.</summary>
    /// <param name="expression">An expression of the model, with intermediates and functions written out.</param>
    public Expression Of(Expression expression) => new Rewriting(this).Of(expression);

    // The exponents of a model, with a factor, and whether e^u and e^-u are of equal use.
    private static void Collect(Expression expression, HashSet<Expression> seen, List<Exponent> exponents)
    {
        if (!seen.Add(expression))
            return;
        IReadOnlyList<Expression> branches = expression.Branches;
        if (expression is Binary { Operator: BinaryOperator.Divide } quotient && (Rate(quotient) ?? Sigmoid(quotient)) is var (_, u))
        {
            exponents.Add(new Exponent(u, 1, true));
            branches = [quotient.Left, u];
        }
        else if (TanhBesideOne(expression) is var (v, _))
            exponents.Add(new Exponent(v, 2, true));
        else if (expression is Call { Function: "exp" or "cosh", Arguments: [var w] } call)
            exponents.Add(new Exponent(w, 1, call.Function == "cosh"));
        foreach (Expression branch in branches)
            Collect(branch, seen, exponents);
    }

    // c and u of c·exprelr(u), written as c/exprel(u), (c·u)/(e^u - 1) or (-c·u)/(1 - e^u).
    private static (Expression Factor, Expression Exponent)? Rate(Binary quotient)
    {
        if (quotient.Right is Call { Function: "exprel", Arguments: [var u] })
            return (quotient.Left, u);
        if (quotient.Right is not Binary { Operator: BinaryOperator.Subtract } difference)
            return null;
        (Expression? exponent, int sign) = difference switch
        {
            { Left: Call { Function: "exp", Arguments: [var v] }, Right: var one } when IsOne(one) => (v, 1),
            { Left: var one, Right: Call { Function: "exp", Arguments: [var v] } } when IsOne(one) => (v, -1),
            _ => (null, 0),
        };
        return exponent is not null && LinearForm.Of(quotient.Left) is { Slope: not 0 } dividend && LinearForm.Of(exponent) is { Slope: not 0 } form && form.IsMultipleOf(dividend)
            ? (new Number(sign * dividend.Slope / form.Slope), exponent) : null;
    }

    // a and u of a/(1 + e^u).
    private static (Expression Factor, Expression Exponent)? Sigmoid(Binary quotient) => quotient.Right is not Binary { Operator: BinaryOperator.Add } sum ? null
        : sum.Left is Call { Function: "exp", Arguments: [var u] } && IsOne(sum.Right) ? (quotient.Left, u)
        : sum.Right is Call { Function: "exp", Arguments: [var v] } && IsOne(sum.Left) ? (quotient.Left, v) : null;

    // u and s of 1 + s·tanh(u), s = ±1.
    private static (Expression Argument, int Sign)? TanhBesideOne(Expression expression) =>
        expression is not Binary { Operator: BinaryOperator.Add or BinaryOperator.Subtract } sum ? null
        : IsOne(sum.Left) && sum.Right is Call { Function: "tanh", Arguments: [var u] } ? (u, sum.Operator is BinaryOperator.Add ? 1 : -1)
        : IsOne(sum.Right) && sum.Operator is BinaryOperator.Add && sum.Left is Call { Function: "tanh", Arguments: [var v] } ? (v, 1) : null;

    private static bool IsOne(Expression expression) => expression is Number { SI: 1 };

    private sealed class Rewriting(ComputedForm form)
    {
        private readonly Dictionary<Expression, Expression> _known = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<Expression, bool> _steady = new(ReferenceEqualityComparer.Instance);

        public Expression Of(Expression expression)
        {
            if (!_known.TryGetValue(expression, out Expression? result))
                _known.Add(expression, result = Rewritten(expression));
            return result;
        }

        private Expression Rewritten(Expression expression)
        {
            switch (expression)
            {
                case Call { Function: "exp", Arguments: [var u] }:
                    return Power(u, 1) ?? new Call("exp", [Of(u)]);
                case Call { Function: "cosh", Arguments: [var u] } when (Power(u, 1) ?? Power(u, -1)) is { } e:
                    return Multiply(Half, Add(e, Divide(One, e)));
                case Binary { Operator: BinaryOperator.Divide } quotient when Rate(quotient) is var (factor, u):
                    return Multiply(Of(factor), Exprelr(u));
                case Binary { Operator: BinaryOperator.Divide } quotient when Sigmoid(quotient) is var (factor, u):
                    return DividedBySumWithOne(Of(factor), u, 1);
                case Binary { Operator: BinaryOperator.Divide } quotient when IsSteady(quotient.Right) && !IsSteady(quotient.Left):
                    return Multiply(Of(quotient.Left), Divide(One, Of(quotient.Right)));
                case Binary when TanhBesideOne(expression) is var (u, sign):
                    return DividedBySumWithOne(Two, u, -2 * sign);
                case Binary { Operator: BinaryOperator.Multiply } product:
                    return Multiply(Of(product.Left), Of(product.Right));
                case Binary binary:
                    return new Binary(binary.Operator, Of(binary.Left), Of(binary.Right));
                case Unary unary:
                    return new Unary(unary.Operator, Of(unary.Operand));
                case Call call:
                    return new Call(call.Function, [.. call.Arguments.Select(Of)]);
                case Lookup lookup:
                    return new Lookup(lookup.Table, lookup.IsSlope, Of(lookup.Argument));
                default:
                    return expression;
            }
        }

        // e^(factor·u), if it is a power of a shared exponential.
        private Expression? Power(Expression u, double factor)
        {
            if (form._shared.Count == 0 || LinearForm.Of(u) is not { Slope: not 0 } linear)
                return null;
            foreach (SharedExponential shared in form._shared.GetValueOrDefault(linear.Products) ?? [])
            {
                if (shared.Power(linear, factor) is { } power)
                    return power;
            }
            return null;
        }

        private Expression Exprelr(Expression u)
        {
            if (form._shared.Count == 0 || LinearForm.Of(u) is not { Slope: not 0 } linear)
                return new Call(Lowering<double>.ExprelrFunction, [Of(u)]);
            foreach (SharedExponential shared in form._shared.GetValueOrDefault(linear.Products) ?? [])
            {
                if (shared.Power(linear, 1) is { } e)
                    return new Call(Lowering<double>.ExprelrOfExpFunction, [shared.Exponent(linear, 1), e]);
                // exprelr(u) = exprelr(-u) e^-u
                if (shared.Power(linear, -1) is { } inverse)
                {
                    Expression large = Finite(inverse);
                    return Multiply(new Call(Lowering<double>.ExprelrOfExpFunction, [shared.Exponent(linear, -1), large]), large);
                }
            }
            return new Call(Lowering<double>.ExprelrFunction, [Of(u)]);
        }

        // a/(1 + e^(factor·u)), or a e/(1 + e) with e = e^(-factor·u).
        private Binary DividedBySumWithOne(Expression a, Expression u, double factor)
        {
            if (Power(u, factor) is null && Power(u, -factor) is { } inverse)
            {
                Expression large = Finite(inverse);
                return Divide(Multiply(a, large), Add(One, large));
            }
            return Divide(a, Add(One, Power(u, factor) ?? new Call("exp", [factor == 1 ? Of(u) : Multiply(new Number(factor), Of(u))])));
        }

        private static Call Finite(Expression e) => new("min", [new Number(Huge), e]);

        // Over numbers and parameters alone.
        private bool IsSteady(Expression expression)
        {
            if (!_steady.TryGetValue(expression, out bool steady))
                _steady.Add(expression, steady = expression is Symbol symbol ? symbol.Name == BuiltIn.Pi || form._parameters.Contains(symbol.Name) : expression.Branches.All(IsSteady));
            return steady;
        }

        // Numbers before e^u and the number in it are one.
        private static Binary Multiply(Expression a, Expression b) =>
            b is Binary { Operator: BinaryOperator.Multiply, Left: Number number, Right: var power } && LinearForm.Of(a) is { Slope: 0, Constant: var factor }
                ? new Binary(BinaryOperator.Multiply, new Number(factor * number.SI), power) : new Binary(BinaryOperator.Multiply, a, b);

        private static Binary Divide(Expression a, Expression b) => new(BinaryOperator.Divide, a, b);

        private static Binary Add(Expression a, Expression b) => new(BinaryOperator.Add, a, b);
    }
}
