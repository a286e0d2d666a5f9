using System.Globalization;
using System.Text;

namespace SweepEngine.Equations;

/// <summary>Writes expressions as text with as few parentheses as possible.</summary>
internal static class ExpressionPrinter
{
    public static string Print(Expression expression)
    {
        StringBuilder text = new();
        Write(text, expression, Precedence.Lowest);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Expression expression, int loosest)
    {
        bool parentheses = Binding(expression) < loosest;
        if (parentheses)
            text.Append('(');
        switch (expression)
        {
            case Number number:
                text.Append(number.Written.Value.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "e", StringComparison.Ordinal)
                    .Replace('E', 'e'));
                if (number.Written.Unit.Text.Length > 0)
                    text.Append(' ').Append(number.Written.Unit.Text);
                break;
            case UnitConstant constant:
                text.Append(constant.Unit.Text);
                break;
            case Symbol symbol:
                text.Append(symbol.Name);
                break;
            case Unary unary:
                text.Append(unary.Operator is UnaryOperator.Not ? "not " : "-");
                Write(text, unary.Operand, Precedence.Of(unary.Operator));
                break;
            case Binary binary:
                WriteBinary(text, binary);
                break;
            case Call call:
                text.Append(call.Function).Append('(');
                for (int i = 0; i < call.Arguments.Count; i++)
                {
                    text.Append(i > 0 ? ", " : "");
                    Write(text, call.Arguments[i], Precedence.Lowest);
                }
                text.Append(')');
                break;
            case Lookup lookup:
                text.Append(lookup.IsSlope ? "slope of " : "").Append(lookup.Table.Name).Append('(');
                Write(text, lookup.Argument, Precedence.Lowest);
                text.Append(')');
                break;
        }
        if (parentheses)
            text.Append(')');
    }

    private static void WriteBinary(StringBuilder text, Binary binary)
    {
        int precedence = Precedence.Of(binary.Operator);
        bool power = binary.Operator is BinaryOperator.Power;
        bool comparison = precedence == Precedence.Comparison;
        // "1 uF" times "cm" must not be read as one number in uF*cm.
        bool unitWouldGrow = precedence == Precedence.Product && EndsInUnit(binary.Left) && Begins(binary.Right);
        int left = unitWouldGrow ? Precedence.Leaf + 1 : power || comparison ? precedence + 1 : precedence;
        Write(text, binary.Left, left);
        text.Append(precedence >= Precedence.Product ? Precedence.Text(binary.Operator) : $" {Precedence.Text(binary.Operator)} ");
        Write(text, binary.Right, power ? Precedence.Negation : precedence + 1);
    }

    private static int Binding(Expression expression) => expression switch
    {
        // A number with a unit binds like a product where something binds tighter: (2 mV)^2, x/(1 uF/cm^2).
        Number { Written.Value: < 0 } => Precedence.Negation,
        Number { Written.Unit.Text: var unit } when unit.Contains('*', StringComparison.Ordinal) || unit.Contains('/', StringComparison.Ordinal) => Precedence.Product,
        Number { Written.Unit.Text.Length: > 0 } => Precedence.Negation,
        Unary unary => Precedence.Of(unary.Operator),
        Binary binary => Precedence.Of(binary.Operator),
        _ => Precedence.Leaf,
    };

    // Whether the text of the expression ends in a number with a unit.
    private static bool EndsInUnit(Expression expression) => expression switch
    {
        Number number => number.Written.Unit.Text.Length > 0,
        Unary unary => EndsInUnit(unary.Operand),
        Binary binary when Precedence.Of(binary.Operator) >= Precedence.Product => EndsInUnit(binary.Right),
        _ => false,
    };

    // Whether the text of the expression begins with a unit that stands alone.
    private static bool Begins(Expression expression) => expression switch
    {
        UnitConstant => true,
        Binary { Operator: BinaryOperator.Power } power => Begins(power.Left),
        _ => false,
    };
}
