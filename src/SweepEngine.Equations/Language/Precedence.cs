namespace SweepEngine.Equations;

/// <summary>
/// How tightly operators bind, for reader and printer alike; as in Python, from loose to tight:
/// <c>or</c>, <c>and</c>, <c>not</c>, comparisons (which do not chain), <c>+ -</c>, <c>* /</c>, unary <c>-</c>, <c>^</c> (from the right).
/// </summary>
internal static class Precedence
{
    public const int Lowest = 0;
    public const int Not = 3;
    public const int Comparison = 4;
    public const int Product = 6;
    public const int Negation = 7;
    public const int Power = 8;
    public const int Leaf = 9;

    public static int Of(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => 1,
        BinaryOperator.And => 2,
        BinaryOperator.Add or BinaryOperator.Subtract => 5,
        BinaryOperator.Multiply or BinaryOperator.Divide => Product,
        BinaryOperator.Power => Power,
        _ => Comparison,
    };

    public static int Of(UnaryOperator op) => op is UnaryOperator.Not ? Not : Negation;

    public static string Text(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => "or",
        BinaryOperator.And => "and",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        _ => "^",
    };
}
