using FsCheck;
using FsCheck.Fluent;

namespace SweepEngine.Equations.Tests;

/// <summary>Random expressions without dimension over the states x and y, the parameters a and b, and t.</summary>
internal static class RandomExpressions
{
    public static readonly double[] Specials =
    [
        0.0, -0.0, 1, -1, 0.5, 2, 3, 10, -7.25, 1e-5, 700, -745, 1e300, -1e300, 5e-324, 2.2250738585072014e-308, 1e-17, 1.0000000000000002,
        double.MaxValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN, Math.PI, 134217729, 1e22,
    ];

    private static readonly double[] Literals = [0, 1, 2, 3, 4, 7, 16, 17, 0.5, 0.1, 1e-3, 12.75, 1e300, 1e-300, 5e-324];
    private static readonly string[] Names = ["x", "y", "a", "b", "t", "pi"];
    private static readonly UnaryOperator[] Signs = [UnaryOperator.Negate];

    private static readonly BinaryOperator[] Arithmetic =
        [BinaryOperator.Add, BinaryOperator.Subtract, BinaryOperator.Multiply, BinaryOperator.Divide, BinaryOperator.Power];

    private static readonly BinaryOperator[] Comparisons =
        [BinaryOperator.Less, BinaryOperator.LessOrEqual, BinaryOperator.Greater, BinaryOperator.GreaterOrEqual, BinaryOperator.Equal, BinaryOperator.NotEqual];

    private static readonly BuiltIn[] Functions = [.. BuiltIn.Functions.Values.Where(function => function.Name != "if")];

    /// <summary>A value: sometimes special, mostly of moderate size.</summary>
    public static Gen<double> Value { get; } = Gen.Frequency(
        (1, Gen.Elements(Specials)), (3, Gen.Choose(-1_000_000, 1_000_000).Select(i => i / 65536.0 / 3)));

    /// <summary>Any expression of the language that is a number, as the parser could have made it.</summary>
    public static Arbitrary<Expression> Any { get; } = Arb.From(Gen.Sized(size => Tree(Math.Min(size, 40))), Parts);

    private static Gen<Expression> Leaf { get; } = Gen.OneOf(
        Gen.Elements(Literals).Select(value => (Expression)new Number(value)), Gen.Elements(Names).Select(name => (Expression)new Symbol(name)));

    private static Gen<Expression> Tree(int size) => size <= 1 ? Leaf : Gen.Frequency(
        (1, Leaf),
        (2, from op in Gen.Elements(Signs) from operand in Tree(size - 1) select (Expression)new Unary(op, operand)),
        (8, from op in Gen.Elements(Arithmetic) from left in Tree(size / 2) from right in Tree(size / 2) select (Expression)new Binary(op, left, right)),
        (2, from left in Tree(size - 2) from power in Gen.Choose(0, 18) select (Expression)new Binary(BinaryOperator.Power, left, new Number(power))),
        (6, from function in Gen.Elements(Functions)
            from arguments in Tree(size / function.Arguments).ListOf(function.Arguments)
            select (Expression)new Call(function.Name, [.. arguments])),
        (2, from condition in Condition(size / 3)
            from whenTrue in Tree(size / 3)
            from whenFalse in Tree(size / 3)
            select (Expression)new Call("if", [condition, whenTrue, whenFalse])));

    private static Gen<Expression> Condition(int size) => Gen.Frequency(
        (4, from op in Gen.Elements(Comparisons) from left in Tree(size / 2) from right in Tree(size / 2) select (Expression)new Binary(op, left, right)),
        (size > 1 ? 1 : 0, from op in Gen.Elements(BinaryOperator.And, BinaryOperator.Or)
                           from left in Condition(size / 2)
                           from right in Condition(size / 2)
                           select (Expression)new Binary(op, left, right)),
        (size > 1 ? 1 : 0, Gen.Fresh(() => 0).SelectMany(_ => Condition(size - 1)).Select(operand => (Expression)new Unary(UnaryOperator.Not, operand))));

    // A smaller counterexample is a part of a larger one.
    private static IEnumerable<Expression> Parts(Expression expression) => expression switch
    {
        Unary { Operator: UnaryOperator.Negate } unary => [unary.Operand],
        Binary { Operator: >= BinaryOperator.Add } binary => [binary.Left, binary.Right,
            .. Parts(binary.Left).Select(left => new Binary(binary.Operator, left, binary.Right)),
            .. Parts(binary.Right).Select(right => new Binary(binary.Operator, binary.Left, right))],
        Call { Function: "if" } call => [call.Arguments[1], call.Arguments[2]],
        Call call => [.. call.Arguments, .. call.Arguments.Count > 1 ? [] : Parts(call.Arguments[0]).Select(argument => new Call(call.Function, [argument]))],
        _ => [],
    };
}
