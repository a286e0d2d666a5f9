namespace SweepEngine.Lanes.Tests;

/// <summary>The functions of <see cref="LaneMath"/> and the operations of lanes by name, over arrays, at any width.</summary>
internal static class LaneFunctions
{
    /// <summary>Every function; all but Pow take one argument and ignore the second.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "Exp", "Expm1", "Exprel", "Exprelr", "Log", "Log1p", "Pow", "Sin", "Cos", "Tan", "Sinh", "Cosh", "Tanh", "Sign", "Heaviside",
    ];

    /// <summary>The operations of <see cref="ILane{T}"/> on elements; the third argument of Fma and Select is −x.</summary>
    public static IReadOnlyList<string> Operations { get; } =
    [
        "Add", "Subtract", "Multiply", "Divide", "Negate", "Fma", "Sqrt", "Abs", "Min", "Max", "Floor", "Round", "Truncate", "CopySign",
        "LessThan", "LessOrEqual", "GreaterThan", "GreaterOrEqual", "Equal", "NotEqual", "And", "Or", "Xor", "AndNot", "Not", "Select",
        "AddBits", "SubtractBits", "ShiftBitsLeft", "ShiftBitsRight", "MultiplyLowBits", "Exponent", "Fraction",
    ];

    /// <summary>The function of each pair of arguments.</summary>
    /// <param name="name">One of <see cref="Names"/> or <see cref="Operations"/>.</param>
    /// <param name="width">8, 4 or 1.</param>
    /// <param name="x">First arguments; any number of them.</param>
    /// <param name="y">Second arguments, as many.</param>
    public static double[] Evaluate(string name, int width, double[] x, double[] y)
    {
        Evaluation work = new(name, Padded(x), Padded(y));
        LaneWidths.Run(width, ref work);
        return work.Results[..x.Length];
    }

    public static double Evaluate(string name, double x, double y = 0) => Evaluate(name, 1, [x], [y])[0];

    /// <summary>A whole number of the widest lanes.</summary>
    private static double[] Padded(double[] values)
    {
        double[] padded = new double[(values.Length + 7) / 8 * 8];
        values.CopyTo(padded, 0);
        return padded;
    }

    private readonly struct Evaluation(string name, double[] x, double[] y) : ILaneWork
    {
        public double[] Results { get; } = new double[x.Length];

        public void Run<T>() where T : struct, ILane<T>
        {
            for (int i = 0; i < x.Length; i += T.Width)
            {
                T.Store(Apply(T.Load(ref x[i]), T.Load(ref y[i])), ref Results[i]);
            }
        }

        private T Apply<T>(T a, T b) where T : struct, ILane<T> => name switch
        {
            "Exp" => LaneMath.Exp(a),
            "Expm1" => LaneMath.Expm1(a),
            "Exprel" => LaneMath.Exprel(a),
            "Exprelr" => LaneMath.Exprelr(a),
            "Log" => LaneMath.Log(a),
            "Log1p" => LaneMath.Log1p(a),
            "Pow" => LaneMath.Pow(a, b),
            "Sin" => LaneMath.Sin(a),
            "Cos" => LaneMath.Cos(a),
            "Tan" => LaneMath.Tan(a),
            "Sinh" => LaneMath.Sinh(a),
            "Cosh" => LaneMath.Cosh(a),
            "Tanh" => LaneMath.Tanh(a),
            "Sign" => LaneMath.Sign(a),
            "Heaviside" => LaneMath.Heaviside(a),
            "Add" => a + b,
            "Subtract" => a - b,
            "Multiply" => a * b,
            "Divide" => a / b,
            "Negate" => -a,
            "Fma" => T.Fma(a, b, -a),
            "Sqrt" => T.Sqrt(a),
            "Abs" => T.Abs(a),
            "Min" => T.Min(a, b),
            "Max" => T.Max(a, b),
            "Floor" => T.Floor(a),
            "Round" => T.Round(a),
            "Truncate" => T.Truncate(a),
            "CopySign" => T.CopySign(a, b),
            "LessThan" => T.LessThan(a, b),
            "LessOrEqual" => T.LessOrEqual(a, b),
            "GreaterThan" => T.GreaterThan(a, b),
            "GreaterOrEqual" => T.GreaterOrEqual(a, b),
            "Equal" => T.Equal(a, b),
            "NotEqual" => T.NotEqual(a, b),
            "And" => T.And(a, b),
            "Or" => T.Or(a, b),
            "Xor" => T.Xor(a, b),
            "AndNot" => T.AndNot(a, b),
            "Not" => T.Not(a),
            "Select" => T.Select(T.LessThan(a, b), b, -a),
            "Exponent" => T.Exponent(a),
            "Fraction" => T.Fraction(a),
            "MultiplyLowBits" => T.MultiplyLowBits(a, b),
            "AddBits" => T.AddBits(a, b),
            "SubtractBits" => T.SubtractBits(a, b),
            "ShiftBitsLeft" => T.ShiftBitsLeft(a, 7),
            "ShiftBitsRight" => T.ShiftBitsRight(a, 7),
            _ => throw new ArgumentException(name),
        };
    }
}
