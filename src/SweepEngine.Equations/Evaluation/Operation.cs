using SweepEngine.Lanes;

namespace SweepEngine.Equations;

/// <summary>What a value is computed with: the operations that all ways of evaluating an expression come down to.</summary>
internal enum Operation
{
    // What processors have.
    Negate, Add, Subtract, Multiply, Divide,
    Sqrt, Abs, Min, Max, Floor,
    Less, LessOrEqual, Greater, GreaterOrEqual, Equal, NotEqual,
    And, Or, Not, Select,

    // Functions that are made of the above, of what is below, and of nothing that depends on values.
    Sign, Heaviside, Exp, Expm1, Exprel, Exprelr, ExprelrOfExp, Log, Log1p, Sinh, Cosh, Tanh, Pow,

    // Functions with a slow path for a few values.
    Sin, Cos, Tan,

    // What only the text of the functions uses.
    Fma, Round, Truncate, CopySign, Xor, AndNot, AddBits, SubtractBits, ScaleByPowerOf2, Exponent, Fraction, ShiftBitsLeft, ShiftBitsRight,

    // What a table says, which is no operation of the lanes: of a node, Index says which table.
    Lookup, LookupSlope,
}

/// <summary>The operations on lanes. Conditions are masks.</summary>
internal static class Operations
{
    /// <summary>How many operands an operation has; the others are ignored.</summary>
    public static int Operands(Operation operation) => operation switch
    {
        Operation.Add or Operation.Subtract or Operation.Multiply or Operation.Divide or Operation.Min or Operation.Max or Operation.Pow or Operation.ExprelrOfExp
            or (>= Operation.Less and <= Operation.Or) or (>= Operation.CopySign and <= Operation.ScaleByPowerOf2) => 2,
        Operation.Select or Operation.Fma => 3,
        _ => 1,
    };

    /// <summary>True for a function of <see cref="LaneMath"/> whose text can be written out in other operations.</summary>
    public static bool CanBeWrittenOut(Operation operation) => operation is >= Operation.Sign and <= Operation.Pow;

    /// <summary>Carries the operation out. The code that is emitted calls the very same members.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    /// <param name="c">Third operand.</param>
    /// <param name="count">By how many bits a shift shifts.</param>
    public static T Apply<T>(Operation operation, T a, T b, T c, int count = 0) where T : struct, ILane<T> => operation switch
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
        Operation.Exprelr => LaneMath.Exprelr(a),
        Operation.ExprelrOfExp => LaneMath.Exprelr(a, b),
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
        Operation.Select => T.Select(a, b, c),
        Operation.Fma => T.Fma(a, b, c),
        Operation.Round => T.Round(a),
        Operation.Truncate => T.Truncate(a),
        Operation.CopySign => T.CopySign(a, b),
        Operation.Xor => T.Xor(a, b),
        Operation.AndNot => T.AndNot(a, b),
        Operation.AddBits => T.AddBits(a, b),
        Operation.SubtractBits => T.SubtractBits(a, b),
        Operation.ScaleByPowerOf2 => T.ScaleByPowerOf2(a, b),
        Operation.Exponent => T.Exponent(a),
        Operation.Fraction => T.Fraction(a),
        Operation.ShiftBitsLeft => T.ShiftBitsLeft(a, count),
        Operation.ShiftBitsRight => T.ShiftBitsRight(a, count),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };
}
