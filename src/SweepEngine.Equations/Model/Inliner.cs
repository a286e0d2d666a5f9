namespace SweepEngine.Equations;

/// <summary>
/// Writes intermediates and functions out. An intermediate becomes one branch that all its uses share; the arguments of
/// functions have names of their own, so that no name can be captured.
/// </summary>
internal sealed class Inliner
{
    private readonly Dictionary<string, Expression> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (IReadOnlyList<string> Arguments, Expression Body)> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Expression> _starts = new(StringComparer.Ordinal) { [BuiltIn.Time] = new Number(0) };

    /// <summary>True once something became larger than <see cref="ModelLimits"/> allows; from then on results mean nothing.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Adds an intermediate all of whose parts are there already.</summary>
    public void Add(string name, Expression value) => _values[name] = Inline(value);

    /// <summary>Adds a function all of whose parts are there already.</summary>
    public void Add(string name, IReadOnlyList<string> arguments, Expression body) => _functions[name] = (arguments, Inline(body));

    /// <summary>Adds the start of a state; the starts of all states that it refers to are there already.</summary>
    public void AddStart(string state, Expression start) => _starts[state] = Substitute(Inline(start), _starts);

    /// <summary>The start of a state over parameters alone.</summary>
    public Expression Start(string state) => _starts[state];

    public Expression Inline(Expression expression) => Substitute(expression, _values);

    private Expression Substitute(Expression expression, Dictionary<string, Expression> values)
    {
        if (Overflowed)
            return expression;
        Expression result = expression switch
        {
            Symbol symbol => values.GetValueOrDefault(symbol.Name, symbol),
            Unary unary => Changed(unary, Substitute(unary.Operand, values)),
            Binary binary => Changed(binary, Substitute(binary.Left, values), Substitute(binary.Right, values)),
            Call call => Apply(call, [.. call.Arguments.Select(argument => Substitute(argument, values))]),
            _ => expression,
        };
        Overflowed |= result.Size > ModelLimits.Nodes || result.Depth > ModelLimits.Depth;
        return result;
    }

    private Expression Apply(Call call, Expression[] arguments)
    {
        if (!_functions.TryGetValue(call.Function, out var function))
            return call.Arguments.Zip(arguments).All(pair => ReferenceEquals(pair.First, pair.Second)) ? call
                : new Call(call.Function, arguments) { Place = call.Place };
        return Substitute(function.Body, function.Arguments.Zip(arguments).ToDictionary(pair => pair.First, pair => pair.Second));
    }

    private static Unary Changed(Unary unary, Expression operand) =>
        ReferenceEquals(operand, unary.Operand) ? unary : new Unary(unary.Operator, operand) { Place = unary.Place };

    private static Binary Changed(Binary binary, Expression left, Expression right) =>
        ReferenceEquals(left, binary.Left) && ReferenceEquals(right, binary.Right) ? binary
            : new Binary(binary.Operator, left, right) { Place = binary.Place };
}
