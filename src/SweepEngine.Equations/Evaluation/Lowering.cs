namespace SweepEngine.Equations;

/// <summary>
/// Brings an expression without intermediates and functions of the model down to <see cref="Operation"/>s. What these are carried out
/// on is left open: numbers (<see cref="Interpreter"/>), or the graph from which code is made. So all agree on what a text means.
/// </summary>
/// <remarks>
/// A power whose exponent is written as a whole number up to <see cref="LargestPower"/> is made of products, squaring from the
/// left: x^2 = x·x, x^3 = (x·x)·x, x^4 = (x·x)·(x·x), x^5 = x^4·x, x^6 = x^3·x^3; x^-n = 1/x^n, x^0 = 1. Any other is <c>pow</c>: also one whose
/// exponent is a parameter that happens to be whole, since bits must not depend on which parameters are swept.
/// </remarks>
/// <typeparam name="T">A value.</typeparam>
internal abstract class Lowering<T>
{
    /// <summary>Largest whole exponent that becomes products; they lose up to half a unit in the last place each.</summary>
    public const int LargestPower = 16;

    /// <summary>1/exprel(x).</summary>
    public const string ExprelrFunction = "exprelr";

    /// <summary>1/exprel(x) from x and e^x.</summary>
    public const string ExprelrOfExpFunction = "exprelr_of_exp";

    /// <summary>a·b + c, rounded once.</summary>
    public const string FmaFunction = "fma";

    private const double Ln10 = 2.302585092994046;

    private static readonly Dictionary<string, Operation> Functions = new(StringComparer.Ordinal)
    {
        ["exp"] = Operation.Exp,
        ["expm1"] = Operation.Expm1,
        ["exprel"] = Operation.Exprel,
        ["log"] = Operation.Log,
        ["log1p"] = Operation.Log1p,
        ["sin"] = Operation.Sin,
        ["cos"] = Operation.Cos,
        ["tan"] = Operation.Tan,
        ["sinh"] = Operation.Sinh,
        ["cosh"] = Operation.Cosh,
        ["tanh"] = Operation.Tanh,
        ["sqrt"] = Operation.Sqrt,
        ["abs"] = Operation.Abs,
        ["min"] = Operation.Min,
        ["max"] = Operation.Max,
        ["floor"] = Operation.Floor,
        ["sign"] = Operation.Sign,
        ["heaviside"] = Operation.Heaviside,
        ["if"] = Operation.Select,
        // These have no names in the language: ComputedForm makes them.
        [ExprelrFunction] = Operation.Exprelr,
        [ExprelrOfExpFunction] = Operation.ExprelrOfExp,
        [FmaFunction] = Operation.Fma,
    };

    private readonly Dictionary<Expression, T> _lowered = new(ReferenceEqualityComparer.Instance);

    protected abstract T Constant(double value);

    protected abstract T Symbol(string name);

    protected abstract T Apply(Operation operation, T a, T b, T c);

    protected abstract T Lookup(LookupTable table, bool slope, T x);

    /// <summary>The value of an expression; of a shared branch, the same each time.</summary>
    protected T Lower(Expression expression)
    {
        if (!_lowered.TryGetValue(expression, out T? value))
            _lowered.Add(expression, value = LowerNode(expression));
        return value;
    }

    private T LowerNode(Expression expression) => expression switch
    {
        Number number => Constant(number.SI),
        UnitConstant constant => Constant(new Quantity(1, constant.Unit).SI),
        Symbol { Name: BuiltIn.Pi } => Constant(Math.PI),
        Symbol symbol => Symbol(symbol.Name),
        Lookup lookup => Lookup(lookup.Table, lookup.IsSlope, Lower(lookup.Argument)),
        Unary unary => Apply(unary.Operator is UnaryOperator.Not ? Operation.Not : Operation.Negate, Lower(unary.Operand)),
        Binary { Operator: BinaryOperator.Power } power => Power(power.Left, power.Right),
        Binary binary => Apply(OperationOf(binary.Operator), Lower(binary.Left), Lower(binary.Right)),
        Call { Function: "pow" } call => Power(call.Arguments[0], call.Arguments[1]),
        Call { Function: "ceil" } call => Apply(Operation.Negate, Apply(Operation.Floor, Apply(Operation.Negate, Lower(call.Arguments[0])))),
        Call { Function: "log10" } call => Apply(Operation.Divide, Apply(Operation.Log, Lower(call.Arguments[0])), Constant(Ln10)),
        Call call when Functions.TryGetValue(call.Function, out Operation operation) => Apply(operation, call.Arguments),
        _ => throw new ArgumentException($"Not a function of the language, or not written out: {expression}", nameof(expression)),
    };

    /// <summary>The exponent, if it is written as a whole number that becomes products.</summary>
    internal static int? WholePower(Expression exponent) => exponent switch
    {
        Unary { Operator: UnaryOperator.Negate } negate => -WholePower(negate.Operand),
        Number number when number.SI == Math.Floor(number.SI) && Math.Abs(number.SI) <= LargestPower => (int)number.SI,
        _ => null,
    };

    private T Power(Expression x, Expression exponent) => WholePower(exponent) switch
    {
        null => Apply(Operation.Pow, Lower(x), Lower(exponent)),
        0 => Constant(1),
        > 0 and int n => Product(Lower(x), n),
        int n => Apply(Operation.Divide, Constant(1), Product(Lower(x), -n)),
    };

    private T Product(T x, int n)
    {
        if (n == 1)
            return x;
        T part = Product(x, n % 2 == 0 ? n / 2 : n - 1);
        return Apply(Operation.Multiply, part, n % 2 == 0 ? part : x);
    }

    private T Apply(Operation operation, T a) => Apply(operation, a, a, a);

    private T Apply(Operation operation, T a, T b) => Apply(operation, a, b, b);

    private T Apply(Operation operation, IReadOnlyList<Expression> arguments) => arguments.Count switch
    {
        1 => Apply(operation, Lower(arguments[0])),
        2 => Apply(operation, Lower(arguments[0]), Lower(arguments[1])),
        _ => Apply(operation, Lower(arguments[0]), Lower(arguments[1]), Lower(arguments[2])),
    };

    private static Operation OperationOf(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => Operation.Or,
        BinaryOperator.And => Operation.And,
        BinaryOperator.Less => Operation.Less,
        BinaryOperator.LessOrEqual => Operation.LessOrEqual,
        BinaryOperator.Greater => Operation.Greater,
        BinaryOperator.GreaterOrEqual => Operation.GreaterOrEqual,
        BinaryOperator.Equal => Operation.Equal,
        BinaryOperator.NotEqual => Operation.NotEqual,
        BinaryOperator.Add => Operation.Add,
        BinaryOperator.Subtract => Operation.Subtract,
        BinaryOperator.Multiply => Operation.Multiply,
        _ => Operation.Divide,
    };
}
