namespace SweepEngine.Equations;

/// <summary>
/// What kind of value an expression has: a number of some dimension, a condition, or the number <c>0</c>, which is the same in every
/// unit and so fits every dimension. Unknown after a mistake that has been reported.
/// </summary>
internal readonly record struct ValueKind(ValueKind.Case What, Dimension Dimension)
{
    internal enum Case
    {
        Unknown,
        Quantity,
        Zero,
        Condition,
    }

    public static ValueKind Unknown => default;

    public static ValueKind Zero { get; } = new(Case.Zero, Dimension.None);

    public static ValueKind Condition { get; } = new(Case.Condition, Dimension.None);

    public static ValueKind Of(Dimension dimension) => new(Case.Quantity, dimension);

    public bool Fits(Dimension dimension) => What is Case.Unknown or Case.Zero || (What is Case.Quantity && Dimension == dimension);

    public override string ToString() => What is Case.Condition ? "condition" : Dimension.ToString();
}

/// <summary>Checks the dimensions of a model's expressions. Functions are checked for the dimensions with which they are called.</summary>
internal sealed class DimensionCheck(Findings findings)
{
    private static readonly Dictionary<string, ValueKind> NoArguments = [];

    private readonly Dictionary<string, ValueKind> _names = new(StringComparer.Ordinal)
    {
        [BuiltIn.Time] = ValueKind.Of(Dimension.Time),
        [BuiltIn.Pi] = ValueKind.Of(Dimension.None),
    };

    private readonly Dictionary<string, ModelFunction> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ValueKind> _calls = new(StringComparer.Ordinal);
    // A line with a range is many expressions at one place.
    private readonly HashSet<(TextPlace Place, string? Found, string? CalledFrom)> _reported = [];
    private Dictionary<string, ValueKind> _arguments = NoArguments;
    private string? _calledFrom;

    /// <summary>Tells the dimension of a state or parameter.</summary>
    public void Add(string name, Dimension dimension) => _names[name] = ValueKind.Of(dimension);

    /// <summary>Checks an intermediate, all of whose parts have been checked.</summary>
    public void Add(string name, Expression value) => _names[name] = Check(value);

    /// <summary>Tells the text of a function.</summary>
    public void Add(ModelFunction function) => _functions[function.Name] = function;

    /// <summary>Checks an expression that must have a dimension.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="dimension">The dimension.</param>
    /// <param name="what">What it is to the user, such as <c>dV_m/dt</c>.</param>
    public void Expect(Expression expression, Dimension dimension, string what)
    {
        ValueKind kind = Check(expression);
        if (!kind.Fits(dimension) && _reported.Add((expression.Start, kind.ToString(), null)))
            findings.Add(expression.Start, $"{what} has the wrong dimension", kind.ToString(), dimension.Describe(), UnitHint(expression, dimension));
    }

    /// <summary>Checks an expression.</summary>
    public ValueKind Check(Expression expression) => expression switch
    {
        Number number => number.Written is { Value: 0, Unit.Text: "" } ? ValueKind.Zero : ValueKind.Of(number.Written.Unit.Dimension),
        UnitConstant constant => ValueKind.Of(constant.Unit.Dimension),
        Symbol symbol => _arguments.TryGetValue(symbol.Name, out ValueKind kind) || _names.TryGetValue(symbol.Name, out kind) ? kind : ValueKind.Unknown,
        Unary { Operator: UnaryOperator.Not } not => CheckCondition(not.Operand, "'not'"),
        Unary negate => CheckNumber(negate.Operand, "'-'"),
        Binary binary => CheckBinary(binary),
        Call call => BuiltIn.Functions.TryGetValue(call.Function, out BuiltIn? builtIn) ? CheckBuiltIn(call, builtIn) : CheckCall(call),
        _ => ValueKind.Unknown,
    };

    private ValueKind CheckBinary(Binary binary)
    {
        string name = Finding.Quote(Precedence.Text(binary.Operator));
        if (binary.Operator is BinaryOperator.And or BinaryOperator.Or)
        {
            CheckCondition(binary.Left, name);
            CheckCondition(binary.Right, name);
            return ValueKind.Condition;
        }
        ValueKind left = CheckNumber(binary.Left, name), right = CheckNumber(binary.Right, name);
        switch (binary.Operator)
        {
            case BinaryOperator.Multiply or BinaryOperator.Divide when left.What is ValueKind.Case.Unknown || right.What is ValueKind.Case.Unknown:
                return ValueKind.Unknown;
            case BinaryOperator.Multiply:
                return ValueKind.Of(left.Dimension * right.Dimension);
            case BinaryOperator.Divide:
                return ValueKind.Of(left.Dimension / right.Dimension);
            case BinaryOperator.Power:
                return CheckPower(binary.Place, left, binary.Right, right);
            case BinaryOperator.Add or BinaryOperator.Subtract:
                return Common(binary.Place, $"the two sides of {name} have different dimensions", binary.Left, left, binary.Right, right);
            default:
                Common(binary.Place, $"the two sides of {name} have different dimensions", binary.Left, left, binary.Right, right);
                return ValueKind.Condition;
        }
    }

    private ValueKind CheckBuiltIn(Call call, BuiltIn builtIn)
    {
        string name = $"'{call.Function}'";
        IReadOnlyList<Expression> arguments = call.Arguments;
        if (builtIn.Rule is DimensionRule.If)
        {
            CheckCondition(arguments[0], name);
            ValueKind whenTrue = Check(arguments[1]), whenFalse = Check(arguments[2]);
            return Common(call.Place, "the two branches of 'if' have different dimensions", arguments[1], whenTrue, arguments[2], whenFalse);
        }
        ValueKind first = CheckNumber(arguments[0], name);
        switch (builtIn.Rule)
        {
            case DimensionRule.Same when arguments.Count == 2:
                return Common(call.Place, $"the two arguments of {name} have different dimensions",
                    arguments[0], first, arguments[1], CheckNumber(arguments[1], name));
            case DimensionRule.Same:
                return first;
            case DimensionRule.Free:
                return ValueKind.Of(Dimension.None);
            case DimensionRule.Power:
                return CheckPower(call.Place, first, arguments[1], CheckNumber(arguments[1], name));
            case DimensionRule.Root when first.What is ValueKind.Case.Unknown:
                return ValueKind.Unknown;
            case DimensionRule.Root:
                return first.Dimension.Pow(0.5) is { } root ? ValueKind.Of(root)
                    : Report(arguments[0].Start, "the argument of 'sqrt' has no square root", first.ToString(), "a dimension that is a square");
            default:
                if (!first.Fits(Dimension.None))
                    Report(arguments[0].Start, $"the argument of {name} must be a pure number", first.ToString(),
                        hint: $"divide it by {Article(first.Dimension)} {first}");
                return ValueKind.Of(Dimension.None);
        }
    }

    private ValueKind CheckPower(TextPlace place, ValueKind left, Expression exponent, ValueKind right)
    {
        if (!right.Fits(Dimension.None))
            return Report(exponent.Start, "an exponent must be a pure number", right.ToString());
        if (left.What is ValueKind.Case.Unknown || left.Dimension == Dimension.None)
            return left.What is ValueKind.Case.Unknown ? left : ValueKind.Of(Dimension.None);
        if (Constant(exponent) is not { } value)
            return Report(place, "the power of a quantity needs a number as exponent, or its dimension would not be known",
                $"{left} to the power of {Finding.Quote(exponent.ToString())}", hint: "divide the base by a quantity of its own dimension first");
        return left.Dimension.Pow(value) is { } power ? ValueKind.Of(power)
            : Report(place, "this power has no dimension", $"{left} to the power of {exponent}", hint: "divide the base by a quantity of its own dimension first");
    }

    private ValueKind CheckCall(Call call)
    {
        ModelFunction? function = _functions.GetValueOrDefault(call.Function);
        if (function?.Signature is var (expected, given))
        {
            for (int i = 0; i < expected.Count; i++)
                Expect(call.Arguments[i], expected[i], $"the argument {function.Arguments[i]} of '{call.Function}'");
            return ValueKind.Of(given);
        }
        ValueKind[] kinds = [.. call.Arguments.Select(Check)];
        if (function is null)
            return ValueKind.Unknown;
        string signature = $"{call.Function}({string.Join(", ", function.Arguments.Zip(kinds, (name, kind) => $"{name}: {kind.What} {kind}"))})";
        if (_calls.TryGetValue(signature, out ValueKind result))
            return result;
        (Dictionary<string, ValueKind> arguments, string? calledFrom) = (_arguments, _calledFrom);
        _arguments = function.Arguments.Zip(kinds).ToDictionary(pair => pair.First, pair => pair.Second);
        _calledFrom = $"{call.Function} is called at {call.Place} with "
            + string.Join(", ", function.Arguments.Zip(kinds, (name, kind) => $"{name}: {kind}"));
        result = Check(function.Body);
        (_arguments, _calledFrom) = (arguments, calledFrom);
        return _calls[signature] = result;
    }

    private ValueKind CheckNumber(Expression operand, string user)
    {
        ValueKind kind = Check(operand);
        return kind.What is not ValueKind.Case.Condition ? kind
            : Report(operand.Start, $"{user} needs a number", "a condition", hint: "write if(condition, 1, 0) for a number");
    }

    private ValueKind CheckCondition(Expression operand, string user)
    {
        ValueKind kind = Check(operand);
        if (kind.What is ValueKind.Case.Quantity or ValueKind.Case.Zero)
            Report(operand.Start, $"{user} needs a condition", kind.ToString(), "a comparison such as V_m > V_th");
        return ValueKind.Condition;
    }

    private ValueKind Common(TextPlace place, string message, Expression left, ValueKind leftKind, Expression right, ValueKind rightKind)
    {
        if (leftKind.What is ValueKind.Case.Unknown || rightKind.What is ValueKind.Case.Unknown)
            return ValueKind.Unknown;
        if (leftKind == rightKind || rightKind.What is ValueKind.Case.Zero && leftKind.What is ValueKind.Case.Quantity)
            return leftKind;
        if (leftKind.What is ValueKind.Case.Zero && rightKind.What is ValueKind.Case.Quantity)
            return rightKind;
        return Report(place, message, $"{leftKind} and {rightKind}", hint: UnitHint(left, rightKind.Dimension) ?? UnitHint(right, leftKind.Dimension));
    }

    // A number without a unit is the usual reason.
    private static string? UnitHint(Expression expression, Dimension dimension) =>
        expression is Number { Written.Unit.Text: "" } number && dimension != Dimension.None
            ? $"give the number a unit, as in {number} {dimension.CommonUnit()}" : null;

    private static string Article(Dimension dimension) => "aeio".Contains(dimension.ToString()[0], StringComparison.Ordinal) ? "an" : "a";

    // The value of an exponent that is written in numbers alone.
    private static double? Constant(Expression expression) => expression switch
    {
        Number number => number.SI,
        Unary { Operator: UnaryOperator.Negate } negate => -Constant(negate.Operand),
        Binary { Operator: BinaryOperator.Divide } ratio => Constant(ratio.Left) / Constant(ratio.Right),
        _ => null,
    };

    private ValueKind Report(TextPlace place, string message, string? found = null, string? allowed = null, string? hint = null)
    {
        if (_reported.Add((place, found, _calledFrom)))
            findings.Add(place, message, found, allowed, _calledFrom ?? hint);
        return ValueKind.Unknown;
    }
}
