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

    /// <summary>Adds an intermediate all of whose parts are there already.</summary>
    /// <returns>False when it is beyond <see cref="ModelLimits"/>.</returns>
    public bool TryAdd(string name, Expression value) => Within(value, _values, out Expression inlined) && _values.TryAdd(name, inlined);

    /// <summary>Adds a function all of whose parts are there already.</summary>
    /// <returns>False when it is beyond <see cref="ModelLimits"/>.</returns>
    public bool TryAdd(string name, IReadOnlyList<string> arguments, Expression body) =>
        Within(body, _values, out Expression inlined) && _functions.TryAdd(name, (arguments, inlined));

    /// <summary>Adds the start of a state; the starts of all states that it refers to are there already.</summary>
    /// <returns>False when it is beyond <see cref="ModelLimits"/>.</returns>
    public bool TryAddStart(string state, Expression start) =>
        Within(start, _values, out Expression inlined) && Within(inlined, _starts, out inlined) && _starts.TryAdd(state, inlined);

    /// <summary>How many nodes the expression has when written out; null when it is beyond <see cref="ModelLimits"/>.</summary>
    public long? Size(Expression expression) => Within(expression, _values, out Expression inlined) ? inlined.Size : null;

    /// <summary>The start of a state over parameters alone.</summary>
    public Expression Start(string state) => _starts[state];

    /// <summary>An expression at t = 0, over parameters alone, of whatever size; all starts are there already.</summary>
    public Expression InlineAtStart(Expression expression) => new Substitution(_starts, _functions, long.MaxValue).Of(Inline(expression));

    /// <summary>The expression written out, of whatever size.</summary>
    public Expression Inline(Expression expression) => new Substitution(_values, _functions, long.MaxValue).Of(expression);

    /// <summary>The expression with names replaced.</summary>
    public static Expression Replace(Expression expression, Dictionary<string, Expression> values) => new Substitution(values, [], long.MaxValue).Of(expression);

    /// <summary>Expressions with names replaced, what they share once.</summary>
    public static Expression[] Replace(IEnumerable<Expression> expressions, Dictionary<string, Expression> values)
    {
        Substitution substitution = new(values, [], long.MaxValue);
        return [.. expressions.Select(substitution.Of)];
    }

    private bool Within(Expression expression, Dictionary<string, Expression> values, out Expression inlined)
    {
        Substitution substitution = new(values, _functions, ModelLimits.Nodes);
        inlined = substitution.Of(expression);
        return !substitution.Overflowed && inlined.Depth <= ModelLimits.Depth;
    }

    private sealed class Substitution(Dictionary<string, Expression> values,
        Dictionary<string, (IReadOnlyList<string> Arguments, Expression Body)> functions, long largest)
    {
        private readonly Dictionary<Expression, Expression> _known = new(ReferenceEqualityComparer.Instance);

        /// <summary>True once something became too large; from then on results mean nothing, but come soon.</summary>
        public bool Overflowed { get; private set; }

        public Expression Of(Expression expression)
        {
            if (Overflowed)
                return expression;
            if (_known.TryGetValue(expression, out Expression? result))
                return result;
            result = expression switch
            {
                Symbol symbol => values.GetValueOrDefault(symbol.Name, symbol),
                Unary unary => Rebuilt(unary, Of(unary.Operand)),
                Binary binary => Rebuilt(binary, Of(binary.Left), Of(binary.Right)),
                Call call => Rebuilt(call, [.. call.Arguments.Select(Of)]),
                Lookup lookup => Rebuilt(lookup, Of(lookup.Argument)),
                _ => expression,
            };
            Overflowed |= result.Size > largest;
            return _known[expression] = result;
        }

        private static Unary Rebuilt(Unary unary, Expression operand) =>
            ReferenceEquals(operand, unary.Operand) ? unary : new Unary(unary.Operator, operand) { Place = unary.Place };

        private static Binary Rebuilt(Binary binary, Expression left, Expression right) =>
            ReferenceEquals(left, binary.Left) && ReferenceEquals(right, binary.Right) ? binary
                : new Binary(binary.Operator, left, right) { Place = binary.Place };

        private static Lookup Rebuilt(Lookup lookup, Expression argument) =>
            ReferenceEquals(argument, lookup.Argument) ? lookup : new Lookup(lookup.Table, lookup.IsSlope, argument) { Place = lookup.Place };

        private Expression Rebuilt(Call call, Expression[] arguments)
        {
            if (functions.TryGetValue(call.Function, out var function))
            {
                Substitution inner = new(function.Arguments.Zip(arguments).ToDictionary(pair => pair.First, pair => pair.Second), functions, largest);
                Expression body = inner.Of(function.Body);
                Overflowed |= inner.Overflowed;
                // Nobody wrote the text of a table, so it stands where it is called.
                return body is Lookup table && table.Place == default ? table with { Place = call.Place } : body;
            }
            return call.Arguments.SequenceEqual(arguments, ReferenceEqualityComparer.Instance) ? call
                : new Call(call.Function, arguments) { Place = call.Place };
        }
    }
}
