using SweepEngine.Lanes;

namespace SweepEngine.Equations;

/// <summary>What a value is computed with: the operations that all ways of evaluating an expression come down to.</summary>
internal enum Operation
{
    Negate, Add, Subtract, Multiply, Divide,
    Sqrt, Abs, Min, Max, Floor, Sign, Heaviside,
    Exp, Expm1, Exprel, Log, Log1p, Sin, Cos, Tan, Sinh, Cosh, Tanh, Pow,
    Less, LessOrEqual, Greater, GreaterOrEqual, Equal, NotEqual,
    And, Or, Not, Select,
}

/// <summary>The operations on lanes. Conditions are masks.</summary>
internal static class Operations
{
    /// <summary>How many operands an operation has; the others are ignored.</summary>
    public static int Operands(Operation operation) => operation switch
    {
        Operation.Add or Operation.Subtract or Operation.Multiply or Operation.Divide or Operation.Min or Operation.Max or Operation.Pow
            or (>= Operation.Less and <= Operation.Or) => 2,
        Operation.Select => 3,
        _ => 1,
    };

    /// <summary>Carries the operation out. The code that is emitted calls the very same members.</summary>
    public static T Apply<T>(Operation operation, T a, T b, T c) where T : struct, ILane<T> => operation switch
    {
        Operation.Negate => -a,
        Operation.Add => a + b,
        Operation.Subtract => a - b,
        Operation.Multiply => a * b,
        Operation.Divide => a / b,
        Operation.Sqrt => T.Sqrt(a),
        Operation.Abs => T.Abs(a),
        Operation.Min => T.Min(a, b),
        Operation.Max => T.Max(a, b),
        Operation.Floor => T.Floor(a),
        Operation.Sign => LaneMath.Sign(a),
        Operation.Heaviside => LaneMath.Heaviside(a),
        Operation.Exp => LaneMath.Exp(a),
        Operation.Expm1 => LaneMath.Expm1(a),
        Operation.Exprel => LaneMath.Exprel(a),
        Operation.Log => LaneMath.Log(a),
        Operation.Log1p => LaneMath.Log1p(a),
        Operation.Sin => LaneMath.Sin(a),
        Operation.Cos => LaneMath.Cos(a),
        Operation.Tan => LaneMath.Tan(a),
        Operation.Sinh => LaneMath.Sinh(a),
        Operation.Cosh => LaneMath.Cosh(a),
        Operation.Tanh => LaneMath.Tanh(a),
        Operation.Pow => LaneMath.Pow(a, b),
        Operation.Less => T.LessThan(a, b),
        Operation.LessOrEqual => T.LessOrEqual(a, b),
        Operation.Greater => T.GreaterThan(a, b),
        Operation.GreaterOrEqual => T.GreaterOrEqual(a, b),
        Operation.Equal => T.Equal(a, b),
        Operation.NotEqual => T.NotEqual(a, b),
        Operation.And => T.And(a, b),
        Operation.Or => T.Or(a, b),
        Operation.Not => T.Not(a),
        _ => T.Select(a, b, c),
    };
}
