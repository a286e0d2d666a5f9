using SweepEngine.Lanes;

namespace SweepEngine.Equations;

/// <summary>
/// Evaluates expressions one number at a time by walking the tree. Slow and plain: what compiled code is tested against, and
/// what computes the few numbers that are needed once. Expressions are numbers, not conditions, with intermediates and functions of the model
/// written out (<see cref="ModelDefinition.Inline"/>).
/// </summary>
/// <param name="values">Value of each name [SI]; <c>t</c> among them where it is used.</param>
public sealed class Interpreter(IReadOnlyDictionary<string, double> values)
{
    private readonly ComputedForm? _form;

    private readonly Doubles _doubles = new(values);
    private readonly DoubleDoubles _doubleDoubles = new(values);

    internal Interpreter(IReadOnlyDictionary<string, double> values, ComputedForm form) : this(values) => _form = form;

    /// <summary>Evaluates an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <returns>The value [SI]; from the interpreter of a model's code (<see cref="ModelCode.Interpret"/>), bit for bit that of the code, else that of the text.</returns>
    /// <exception cref="ArgumentException">A name has no value.</exception>
    public double Evaluate(Expression expression) => _doubles.Of(_form is null ? expression : _form.Of(expression));

    /// <summary>
    /// Evaluates an expression with about 32 digits in + − × ÷, whole powers, <c>sqrt</c>, <c>abs</c>, <c>min</c> and <c>max</c>, so that differences of nearly equal
    /// numbers are right. Other functions have the precision of a double: they are those of the argument rounded to a double.
    /// </summary>
    /// <param name="expression">The expression.</param>
    /// <returns>The value [SI].</returns>
    /// <exception cref="ArgumentException">A name has no value.</exception>
    public DoubleDouble EvaluateExactly(Expression expression) => _doubleDoubles.Of(expression);

    private static double ValueOf(IReadOnlyDictionary<string, double> values, string name) =>
        values.TryGetValue(name, out double value) ? value : throw new ArgumentException($"'{name}' has no value.", nameof(name));

    private sealed class Doubles(IReadOnlyDictionary<string, double> values) : Lowering<double>
    {
        public double Of(Expression expression) => Lower(expression);

        protected override double Constant(double value) => value;

        protected override double Symbol(string name) => ValueOf(values, name);

        protected override double Apply(Operation operation, double a, double b, double c) =>
            Operations.Apply(operation, Lane1.Broadcast(a), Lane1.Broadcast(b), Lane1.Broadcast(c)).Value;

        protected override double Lookup(LookupTable table, bool slope, double x) => slope ? table.Slope(x) : table.Value(x);
    }

    // Conditions are 1 and 0.
    private sealed class DoubleDoubles(IReadOnlyDictionary<string, double> values) : Lowering<DoubleDouble>
    {
        public DoubleDouble Of(Expression expression) => Lower(expression);

        protected override DoubleDouble Constant(double value) => value;

        protected override DoubleDouble Symbol(string name) => ValueOf(values, name);

        protected override DoubleDouble Apply(Operation operation, DoubleDouble a, DoubleDouble b, DoubleDouble c) => operation switch
        {
            Operation.Negate => -a,
            Operation.Add => a + b,
            Operation.Subtract => a - b,
            Operation.Multiply => a * b,
            Operation.Divide => a / b,
            Operation.Sqrt => DoubleDouble.Sqrt(a),
            Operation.Abs => DoubleDouble.Abs(a),
            Operation.Min => a < b ? a : b,
            Operation.Max => a > b ? a : b,
            Operation.Less => Truth(a < b),
            Operation.LessOrEqual => Truth(a <= b),
            Operation.Greater => Truth(a > b),
            Operation.GreaterOrEqual => Truth(a >= b),
            Operation.Equal => Truth(a == b),
            Operation.NotEqual => Truth(a != b),
            Operation.And => Truth(a.High != 0 && b.High != 0),
            Operation.Or => Truth(a.High != 0 || b.High != 0),
            Operation.Not => Truth(a.High == 0),
            Operation.Select => a.High != 0 ? b : c,
            Operation.Floor => Floor(a),
            _ => Operations.Apply(operation, Lane1.Broadcast(a.High), Lane1.Broadcast(b.High), Lane1.Broadcast(c.High)).Value,
        };

        protected override DoubleDouble Lookup(LookupTable table, bool slope, DoubleDouble x) => slope ? table.Slope(x.High) : table.Value(x.High);

        private static DoubleDouble Truth(bool value) => value ? 1 : 0;

        // Where the upper part is whole, the lower one decides.
        private static DoubleDouble Floor(DoubleDouble a) =>
            Math.Floor(a.High) == a.High ? DoubleDouble.Sum(a.High, Math.Floor(a.Low)) : Math.Floor(a.High);
    }
}
