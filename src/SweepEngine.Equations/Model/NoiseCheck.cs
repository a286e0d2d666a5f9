namespace SweepEngine.Equations;

/// <summary>
/// Checks that white noise stands in derivatives alone, and there linearly: added up, multiplied by what has no noise, or in the branches of an
/// <c>if</c>. Anything else, such as its square, has no meaning.
/// </summary>
/// <param name="inliner">Writes intermediates and functions out.</param>
/// <param name="noises">Names of the noises.</param>
/// <param name="findings">Where everything that is wrong goes.</param>
internal sealed class NoiseCheck(Inliner inliner, IReadOnlySet<string> noises, Findings findings)
{
    private enum Degree
    {
        Zero,
        One,
        Other,
    }

    private readonly Dictionary<Expression, Degree> _known = new(ReferenceEqualityComparer.Instance);
    private bool _reported;

    /// <summary>The noises that the derivatives use, in order of name.</summary>
    public static IReadOnlyList<string> Used(IEnumerable<Expression> derivatives, Inliner inliner, IReadOnlySet<string> noises)
    {
        Expression[] inlined = [.. derivatives.Select(inliner.Inline)];
        return [.. noises.Where(noise => inlined.Any(each => Occurrence.In(each, name => name == noise))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Checks a derivative. Of parts that several derivatives share, the first one reports.</summary>
    public void Linear(Expression derivative)
    {
        _reported = false;
        Of(inliner.Inline(derivative));
    }

    /// <summary>Checks an expression in which there is no noise.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="what">What it is to the user.</param>
    public void None(Expression expression, string what)
    {
        if (Occurrence.First(expression, inliner, noises.Contains) is { } noise)
            findings.Add(noise.Start, $"there can be no white noise in {what}", Finding.Quote(noise.ToString()), "in dX/dt = … and in what that uses");
    }

    private Degree Of(Expression expression)
    {
        if (!_known.TryGetValue(expression, out Degree degree))
            _known.Add(expression, degree = Compute(expression));
        return degree;
    }

    private Degree Compute(Expression expression)
    {
        switch (expression)
        {
            case Symbol symbol:
                return noises.Contains(symbol.Name) ? Degree.One : Degree.Zero;
            case Unary { Operator: UnaryOperator.Negate } negate:
                return Of(negate.Operand);
            case Binary { Operator: BinaryOperator.Add or BinaryOperator.Subtract } sum:
                return Larger(Of(sum.Left), Of(sum.Right));
            case Binary { Operator: BinaryOperator.Multiply } product:
                Degree left = Of(product.Left), right = Of(product.Right);
                return left is Degree.One && right is Degree.One ? Report(expression) : Larger(left, right);
            case Binary { Operator: BinaryOperator.Divide } ratio:
                Degree numerator = Of(ratio.Left);
                return Of(ratio.Right) is Degree.One ? Report(expression) : numerator;
            case Call { Function: "if", Arguments: [var condition, var whenTrue, var whenFalse] }:
                return Of(condition) is Degree.One ? Report(expression) : Larger(Of(whenTrue), Of(whenFalse));
            case Unary not:
                return Of(not.Operand) is Degree.One ? Report(expression) : Degree.Zero;
            case Binary binary:
                return Larger(Of(binary.Left), Of(binary.Right)) is Degree.One ? Report(expression) : Degree.Zero;
            case Call call:
                Degree largest = Degree.Zero;
                foreach (Expression argument in call.Arguments)
                    largest = Larger(largest, Of(argument));
                return largest is Degree.One ? Report(expression) : largest;
            case Lookup lookup:
                return Of(lookup.Argument) is Degree.One ? Report(expression) : Degree.Zero;
            default:
                return Degree.Zero;
        }
    }

    // What is wrong inside has been reported: outside it counts as free of noise.
    private static Degree Larger(Degree a, Degree b) => a is Degree.One || b is Degree.One ? Degree.One : Degree.Zero;

    private Degree Report(Expression expression)
    {
        if (!_reported)
            findings.Add(expression.Place, "white noise must enter linearly", Finding.Quote(expression.ToString()),
                "sums of it, products with what has no noise, and branches of 'if'", "for noise of another kind, let white noise drive a state and use that");
        _reported = true;
        return Degree.Other;
    }
}
