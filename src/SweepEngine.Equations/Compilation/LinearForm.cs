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

    // Products in their order, and their coefficients. Plain arrays and loops: generic collections of numbers would have to be compiled when the first model is.
    private readonly string[] _products;
    private readonly double[] _coefficients;

    private LinearForm(string[] products, double[] coefficients, double constant) =>
        (_products, _coefficients, Constant, Products) = (products, coefficients, constant, string.Join(' ', products));

    /// <summary>What does not depend on symbols.</summary>
    public double Constant { get; }

    /// <summary>The products of symbols that occur, in their order.</summary>
    public string Products { get; }

    /// <summary>Coefficient of the first product; 0 when there is none.</summary>
    public double Slope => _products.Length == 0 ? 0 : _coefficients[0];

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
                return new LinearForm([symbol.Name], [1], 0);
            default:
                return new LinearForm([$"({expression})".Replace(' ', '_')], [1], 0);
        }
    }

    /// <summary>Whether the other one is this one times a number, constants aside.</summary>
    public bool IsParallelTo(LinearForm other)
    {
        if (_products.Length == 0 || Products != other.Products)
            return false;
        double ratio = other.Slope / Slope;
        for (int i = 0; i < _coefficients.Length; i++)
        {
            if (!(Math.Abs(other._coefficients[i] / (_coefficients[i] * ratio) - 1) <= Rounding))
                return false;
        }
        return true;
    }

    /// <summary>Whether the other one is this one times a number.</summary>
    public bool IsMultipleOf(LinearForm other) =>
        IsParallelTo(other) && Math.Abs(Constant * other.Slope - other.Constant * Slope) <= Rounding * Math.Abs(Constant * other.Slope);

    private static LinearForm Of(double constant) => new([], [], constant);

    private LinearForm? Plus(LinearForm other)
    {
        string[] products = [.. _products];
        double[] coefficients = [.. _coefficients];
        double constant = Constant + other.Constant;
        for (int i = 0; i < other._products.Length; i++)
            Add(ref products, ref coefficients, other._products[i], other._coefficients[i]);
        return Checked(products, coefficients, constant);
    }

    private LinearForm? Times(LinearForm other)
    {
        if (_products.Length * other._products.Length > MostTerms)
            return null;
        string[] products = [];
        double[] coefficients = [];
        double constant = Constant * other.Constant;
        for (int i = -1; i < _products.Length; i++)
        {
            for (int j = i < 0 ? 0 : -1; j < other._products.Length; j++)
            {
                // The constant is the term of no symbols.
                string product = Product(i < 0 ? "" : _products[i], j < 0 ? "" : other._products[j]);
                double coefficient = (i < 0 ? Constant : _coefficients[i]) * (j < 0 ? other.Constant : other._coefficients[j]);
                if (product.Length == 0)
                    constant += coefficient;
                else if (coefficient != 0)
                    Add(ref products, ref coefficients, product, coefficient);
            }
        }
        return Checked(products, coefficients, constant);
    }

    // Of a single term.
    private LinearForm? Inverse() => _products.Length == 0 ? (Constant == 0 ? null : Of(1 / Constant))
        : _products.Length > 1 || Constant != 0 ? null : new LinearForm([Product("", _products[0], -1)], [1 / _coefficients[0]], 0);

    private static void Add(ref string[] products, ref double[] coefficients, string product, double coefficient)
    {
        int at = 0;
        while (at < products.Length && string.CompareOrdinal(products[at], product) < 0)
            at++;
        if (at == products.Length || products[at] != product)
        {
            products = [.. products[..at], product, .. products[at..]];
            coefficients = [.. coefficients[..at], coefficient, .. coefficients[at..]];
            return;
        }
        double before = coefficients[at];
        coefficients[at] += coefficient;
        if (Math.Abs(coefficients[at]) <= Rounding * Math.Abs(before))
        {
            products = [.. products[..at], .. products[(at + 1)..]];
            coefficients = [.. coefficients[..at], .. coefficients[(at + 1)..]];
        }
    }

    private static LinearForm? Checked(string[] products, double[] coefficients, double constant)
    {
        bool finite = double.IsFinite(constant);
        foreach (double coefficient in coefficients)
            finite &= double.IsFinite(coefficient);
        return finite && products.Length <= MostTerms ? new LinearForm(products, coefficients, constant) : null;
    }

    // Symbols in their order, each with its exponent unless that is 1.
    private static string Product(string a, string b, int sign = 1)
    {
        if (b.Length == 0 || (a.Length == 0 && sign == 1))
            return b.Length == 0 ? a : b;
        List<string> symbols = [];
        int[] exponents = [];
        Count(a, 1);
        Count(b, sign);
        string product = "";
        for (int i = 0; i < exponents.Length; i++)
        {
            if (exponents[i] != 0)
                product += $"{(product.Length == 0 ? "" : "·")}{symbols[i]}{(exponents[i] == 1 ? "" : $"↑{exponents[i]}")}";
        }
        return product;

        void Count(string factors, int times)
        {
            foreach (string factor in factors.Split('·', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = factor.Split('↑');
                int at = symbols.BinarySearch(parts[0], StringComparer.Ordinal);
                if (at < 0)
                {
                    at = ~at;
                    symbols.Insert(at, parts[0]);
                    exponents = [.. exponents[..at], 0, .. exponents[at..]];
                }
                exponents[at] += times * (parts.Length == 1 ? 1 : int.Parse(parts[1], CultureInfo.InvariantCulture));
            }
        }
    }
}
