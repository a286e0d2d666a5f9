using SweepEngine.Lanes;

namespace SweepEngine.Equations;

/// <summary>
/// Evaluates expressions one number at a time by walking the tree. Slow and plain: what compiled code is tested against, and
/// what computes the few numbers that are needed once.
/// </summary>
/// <param name="values">Value of each name [SI]; <c>t</c> among them where it is used.</param>
public sealed class Interpreter(IReadOnlyDictionary<string, double> values)
{
    private readonly Doubles _doubles = new(values);

    /// <summary>Evaluates an expression.</summary>
    /// <param name="expression">A number, not a condition, with intermediates and functions of the model written out.</param>
    /// <returns>The value [SI], bit for bit that of compiled code.</returns>
    /// <exception cref="ArgumentException">A name has no value.</exception>
    public double Evaluate(Expression expression) => _doubles.Of(expression);

    private static ArgumentException NoValue(string name) => new($"'{name}' has no value.", nameof(name));

    private sealed class Doubles(IReadOnlyDictionary<string, double> values) : Lowering<double>
    {
        public double Of(Expression expression) => Lower(expression);

        protected override double Constant(double value) => value;

        protected override double Symbol(string name) => values.TryGetValue(name, out double value) ? value : throw NoValue(name);

        protected override double Apply(Operation operation, double a, double b, double c) =>
            Operations.Apply(operation, Lane1.Broadcast(a), Lane1.Broadcast(b), Lane1.Broadcast(c)).Value;
    }
}
