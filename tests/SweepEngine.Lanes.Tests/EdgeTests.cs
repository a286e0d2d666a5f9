namespace SweepEngine.Lanes.Tests;

/// <summary>Special values as C23, Annex F, has them, at every width.</summary>
public class EdgeTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;
    private const double Least = double.Epsilon; // the smallest subnormal
    private const double Greatest = double.MaxValue;

    /// <summary>Triples of function, argument and result.</summary>
    public static TheoryData<string, double, double> Values => new()
    {
        { "Exp", 0, 1 }, { "Exp", -0.0, 1 }, { "Exp", Inf, Inf }, { "Exp", -Inf, 0 }, { "Exp", NaN, NaN }, { "Exp", Least, 1 },
        { "Exp", 709.782712893384, 1.7976931348622732E+308 }, { "Exp", 709.7827128933841, Inf }, { "Exp", Greatest, Inf },
        { "Exp", -745.1332191019411, Least }, { "Exp", -745.1332191019412, 0 }, { "Exp", -Greatest, 0 },
        { "Expm1", 0, 0 }, { "Expm1", -0.0, -0.0 }, { "Expm1", Inf, Inf }, { "Expm1", -Inf, -1 }, { "Expm1", NaN, NaN },
        { "Expm1", Least, Least }, { "Expm1", -Least, -Least }, { "Expm1", 1e-300, 1e-300 }, { "Expm1", -100, -1 }, { "Expm1", -Greatest, -1 },
        { "Expm1", 709.7827128933841, Inf }, { "Expm1", 709.782712893384, 1.7976931348622732E+308 }, { "Expm1", Greatest, Inf },
        { "Exprel", 0, 1 }, { "Exprel", -0.0, 1 }, { "Exprel", Inf, Inf }, { "Exprel", -Inf, 0 }, { "Exprel", NaN, NaN },
        { "Exprel", Least, 1 }, { "Exprel", -Least, 1 }, { "Exprel", 717, Inf }, { "Exprel", Greatest, Inf }, { "Exprel", -1024, 1 / 1024.0 },
        { "Exprel", -Greatest, 1 / Greatest }, { "Exprel", 1e-17, 1 },
        { "Exprelr", 0, 1 }, { "Exprelr", -0.0, 1 }, { "Exprelr", Inf, 0 }, { "Exprelr", -Inf, Inf }, { "Exprelr", NaN, NaN }, { "Exprelr", Least, 1 },
        { "Exprelr", -Least, 1 }, { "Exprelr", 753, 0 }, { "Exprelr", Greatest, 0 }, { "Exprelr", -1024, 1024 }, { "Exprelr", -Greatest, Greatest }, { "Exprelr", 1e-17, 1 },
        { "Log", 0, -Inf }, { "Log", -0.0, -Inf }, { "Log", 1, 0 }, { "Log", Inf, Inf }, { "Log", -Inf, NaN }, { "Log", -1, NaN },
        { "Log", -Least, NaN }, { "Log", NaN, NaN }, { "Log", Least, -744.4400719213812 }, { "Log", Greatest, 709.782712893384 },
        { "Log1p", 0, 0 }, { "Log1p", -0.0, -0.0 }, { "Log1p", -1, -Inf }, { "Log1p", -1.0000000000000002, NaN }, { "Log1p", Inf, Inf },
        { "Log1p", -Inf, NaN }, { "Log1p", NaN, NaN }, { "Log1p", Least, Least }, { "Log1p", -1e-300, -1e-300 },
        { "Log1p", Greatest, 709.782712893384 }, { "Log1p", -2, NaN },
        { "Sin", 0, 0 }, { "Sin", -0.0, -0.0 }, { "Sin", Inf, NaN }, { "Sin", -Inf, NaN }, { "Sin", NaN, NaN }, { "Sin", -Least, -Least },
        { "Cos", 0, 1 }, { "Cos", -0.0, 1 }, { "Cos", Inf, NaN }, { "Cos", -Inf, NaN }, { "Cos", NaN, NaN }, { "Cos", Least, 1 },
        { "Tan", 0, 0 }, { "Tan", -0.0, -0.0 }, { "Tan", Inf, NaN }, { "Tan", -Inf, NaN }, { "Tan", NaN, NaN }, { "Tan", Least, Least },
        { "Sinh", 0, 0 }, { "Sinh", -0.0, -0.0 }, { "Sinh", Inf, Inf }, { "Sinh", -Inf, -Inf }, { "Sinh", NaN, NaN }, { "Sinh", -Least, -Least },
        { "Sinh", 711, Inf }, { "Sinh", -Greatest, -Inf },
        { "Cosh", 0, 1 }, { "Cosh", -0.0, 1 }, { "Cosh", Inf, Inf }, { "Cosh", -Inf, Inf }, { "Cosh", NaN, NaN }, { "Cosh", Least, 1 }, { "Cosh", -711, Inf },
        { "Tanh", 0, 0 }, { "Tanh", -0.0, -0.0 }, { "Tanh", Inf, 1 }, { "Tanh", -Inf, -1 }, { "Tanh", NaN, NaN }, { "Tanh", Least, Least },
        { "Tanh", 20, 1 }, { "Tanh", -Greatest, -1 },
        { "Sign", 0, 0 }, { "Sign", -0.0, -0.0 }, { "Sign", Least, 1 }, { "Sign", -Least, -1 }, { "Sign", Inf, 1 }, { "Sign", -Inf, -1 }, { "Sign", NaN, NaN },
        { "Heaviside", 0, 1 }, { "Heaviside", -0.0, 1 }, { "Heaviside", Least, 1 }, { "Heaviside", -Least, 0 }, { "Heaviside", Inf, 1 },
        { "Heaviside", -Inf, 0 }, { "Heaviside", NaN, NaN },
    };

    public static TheoryData<double, double, double> Powers => new()
    {
        { 0, 3, 0 }, { -0.0, 3, -0.0 }, { 0, 2, 0 }, { -0.0, 2, 0 }, { -0.0, 0.5, 0 }, { 0, Inf, 0 }, { -0.0, Inf, 0 },
        { 0, -3, Inf }, { -0.0, -3, -Inf }, { 0, -2, Inf }, { -0.0, -2, Inf }, { -0.0, -0.5, Inf }, { 0, -Inf, Inf }, { -0.0, -Inf, Inf },
        { -1, Inf, 1 }, { -1, -Inf, 1 }, { 1, NaN, 1 }, { 1, Inf, 1 }, { NaN, 0, 1 }, { NaN, -0.0, 1 }, { Inf, 0, 1 }, { 0, 0, 1 }, { -5, -0.0, 1 },
        { NaN, 1, NaN }, { 2, NaN, NaN }, { -1, NaN, NaN }, { 0, NaN, NaN }, { NaN, NaN, NaN }, { NaN, Inf, NaN },
        { -8, 1 / 3.0, NaN }, { -1, 0.5, NaN }, { -Least, 1.5, NaN }, { -2, 3, -8 }, { -2, 4, 16 }, { -2, -3, -0.125 }, { -1, 9007199254740991, -1 },
        { -1, 9007199254740992, 1 }, { -1, Greatest, 1 }, { -1, -9007199254740993, 1 },
        { 0.5, Inf, 0 }, { 0.5, -Inf, Inf }, { 2, Inf, Inf }, { 2, -Inf, 0 }, { -0.5, -Inf, Inf }, { -2, Inf, Inf }, { -2, -Inf, 0 },
        { Inf, 2, Inf }, { Inf, -2, 0 }, { Inf, Least, Inf }, { Inf, Inf, Inf }, { Inf, -Inf, 0 },
        { -Inf, 3, -Inf }, { -Inf, 2, Inf }, { -Inf, 0.5, Inf }, { -Inf, -3, -0.0 }, { -Inf, -2, 0 }, { -Inf, -0.5, 0 }, { -Inf, Inf, Inf }, { -Inf, -Inf, 0 },
        { 2, 1023, 8.98846567431158E+307 }, { 2, 1024, Inf }, { 2, -1074, Least }, { 2, -1076, 0 }, { -2, 1025, -Inf }, { -2, -1077, -0.0 },
        { 10, 22, 1e22 }, { 9, 0.5, 3 }, { 7, 1, 7 }, { Least, 1, Least }, { Greatest, 1, Greatest }, { Greatest, -1, 1 / Greatest }, { 5, Least, 1 },
        { 3, 33, 5559060566555523 }, { 1.5, 2, 2.25 },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_function_has_the_special_value(string name, double x, double expected) => AssertSame(expected, name, x, 0);

    [Theory]
    [MemberData(nameof(Powers))]
    public void A_power_has_the_special_value(double x, double y, double expected) => AssertSame(expected, "Pow", x, y);

    private static void AssertSame(double expected, string name, double x, double y)
    {
        foreach (int width in LaneWidths.All)
        {
            double found = LaneFunctions.Evaluate(name, width, [x], [y])[0];
            Assert.True(
                Bits.Of(expected) == Bits.Of(found), $"{name}({x:R}, {y:R}) at width {width}: expected {expected:R}, found {found:R}");
        }
    }
}
