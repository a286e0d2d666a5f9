using System.Globalization;

namespace SweepEngine.Equations;

/// <summary>
/// An expression as a constant plus a sum of coefficients times products of powers of symbols: <c>(V_m - V_T - 40 mV)/(2*k)</c> is
/// 0.5·V_m·k⁻¹ − 0.5·V_T·k⁻¹ − 0.02·k⁻¹. What is no such sum counts as a symbol. Coefficients are those of exact arithmetic, but for rounding.
/// </summary>
internal sealed class LinearForm
{
    // Exponents of rates are far smaller.
    private const int MostTerms = 8, LargestSize = 200;

    // Coefficients of equal forms differ by rounding.
    private const double Rounding = 1e-13;

    private readonly SortedDictionary<string, double> _terms;

    private LinearForm(SortedDictionary<string, double> terms, double constant) => (_terms, Constant, Products) = (terms, constant, string.Join(" ", terms.Keys));

    /// <summary>What does not depend on symbols.</summary>
    public double Constant { get; }

    /// <summary>The products of symbols that occur, in their order.</summary>
    public string Products { get; }

    /// <summary>Coefficient of the first product; 0 when there is none.</summary>
    public double Slope => _terms.Count == 0 ? 0 : _terms.First().Value;

    /// <summary>The form of an expression; null when it is too large.</summary>
    /// <param name="expression">The expression, with intermediates and functions of the model written out.</param>
    public static LinearForm? Of(Expression expression)
    {
        if (expression.Size > LargestSize)
            return null;
        LinearForm? a, b;
        switch (expression)
        {
            case Number number:
                return Of(number.SI);
            case UnitConstant constant:
                return Of(new Quantity(1, constant.Unit).SI);
            case Symbol { Name: BuiltIn.Pi }:
                return Of(Math.PI);
            case Unary { Operator: UnaryOperator.Negate } negate:
                return Of(negate.Operand)?.Times(Of(-1));
            case Binary { Operator: BinaryOperator.Add or BinaryOperator.Subtract } sum:
                (a, b) = (Of(sum.Left), Of(sum.Right));
                return (sum.Operator is BinaryOperator.Add ? b : b?.Times(Of(-1))) is { } added ? a?.Plus(added) : null;
            case Binary { Operator: BinaryOperator.Multiply } product:
                (a, b) = (Of(product.Left), Of(product.Right));
                return a is null || b is null ? null : a.Times(b);
            case Binary { Operator: BinaryOperator.Divide } quotient when Of(quotient.Right)?.Inverse() is { } inverse:
                return Of(quotient.Left)?.Times(inverse);
            case Symbol symbol:
                return new LinearForm(new SortedDictionary<string, double>(StringComparer.Ordinal) { [symbol.Name] = 1 }, 0);
            default:
                return new LinearForm(new SortedDictionary<string, double>(StringComparer.Ordinal) { [$"({expression})".Replace(' ', '_')] = 1 }, 0);
        }
    }

    /// <summary>Whether the other one is this one times a number, constants aside.</summary>
    public bool IsParallelTo(LinearForm other)
    {
        if (_terms.Count == 0 || Products != other.Products)
            return false;
        double ratio = other.Slope / Slope;
        return _terms.All(term => Math.Abs(other._terms[term.Key] / (term.Value * ratio) - 1) <= Rounding);
    }

    /// <summary>Whether the other one is this one times a number.</summary>
    public bool IsMultipleOf(LinearForm other) =>
        IsParallelTo(other) && Math.Abs(Constant * other.Slope - other.Constant * Slope) <= Rounding * Math.Abs(Constant * other.Slope);

    private static LinearForm Of(double constant) => new(new SortedDictionary<string, double>(StringComparer.Ordinal), constant);

    private LinearForm? Plus(LinearForm other) => Sum(_terms.Concat(other._terms), Constant + other.Constant);

    private LinearForm? Times(LinearForm other) => (_terms.Count + 1) * (other._terms.Count + 1) > 4 * MostTerms ? null
        : Sum(from a in Terms from b in other.Terms let product = Product(a.Key, b.Key) where product.Length > 0 select KeyValuePair.Create(product, a.Value * b.Value),
            (from a in Terms from b in other.Terms where Product(a.Key, b.Key).Length == 0 select a.Value * b.Value).Sum());

    // Of a single term.
    private LinearForm? Inverse() => Terms.ToArray() is not [var term] || term.Value == 0 ? null
        : term.Key.Length == 0 ? Of(1 / term.Value)
        : new LinearForm(new SortedDictionary<string, double>(StringComparer.Ordinal) { [Product("", term.Key, -1)] = 1 / term.Value }, 0);

    // The constant is the term of no symbols.
    private IEnumerable<KeyValuePair<string, double>> Terms => Constant == 0 && _terms.Count > 0 ? _terms : _terms.Prepend(KeyValuePair.Create("", Constant));

    private static LinearForm? Sum(IEnumerable<KeyValuePair<string, double>> terms, double constant)
    {
        SortedDictionary<string, double> sum = new(StringComparer.Ordinal);
        foreach ((string product, double coefficient) in terms)
        {
            double before = sum.GetValueOrDefault(product), after = before + coefficient;
            if (Math.Abs(after) <= Rounding * Math.Abs(before))
                sum.Remove(product);
            else
                sum[product] = after;
        }
        return sum.Count <= MostTerms && double.IsFinite(constant) && sum.Values.All(double.IsFinite) ? new LinearForm(sum, constant) : null;
    }

    // Symbols in their order, each with its exponent unless that is 1.
    private static string Product(string a, string b, int sign = 1)
    {
        if (b.Length == 0 || (a.Length == 0 && sign == 1))
            return b.Length == 0 ? a : b;
        SortedDictionary<string, int> exponents = new(StringComparer.Ordinal);
        foreach ((string product, int times) in new[] { (a, 1), (b, sign) })
        {
            foreach (string factor in product.Split('·', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = factor.Split('↑');
                exponents[parts[0]] = exponents.GetValueOrDefault(parts[0]) + times * (parts.Length == 1 ? 1 : int.Parse(parts[1], CultureInfo.InvariantCulture));
            }
        }
        return string.Join('·', exponents.Where(each => each.Value != 0).Select(each => each.Value == 1 ? each.Key : $"{each.Key}↑{each.Value}"));
    }
}
