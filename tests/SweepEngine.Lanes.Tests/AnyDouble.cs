using FsCheck;
using FsCheck.Fluent;

namespace SweepEngine.Lanes.Tests;

/// <summary>Doubles of every kind for property tests.</summary>
internal static class AnyDouble
{
    private static readonly Gen<double> Special = Gen.Elements(
        0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, 1e300, -1e300, double.PositiveInfinity, double.NegativeInfinity, double.NaN, -double.NaN,
        double.Epsilon, -double.Epsilon, 2.2250738585072014e-308, double.MaxValue, double.MinValue, 4503599627370495.5, 709.78, -745.2);

    private static readonly Gen<double> AnyBits =
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select BitConverter.Int64BitsToDouble(((long)high << 32) | (uint)low);

    private static readonly Gen<double> Ordinary =
        from thousandths in Gen.Choose(-800_000, 800_000)
        select thousandths / 1000.0;

    /// <summary>Pairs of arrays of equal length, so that elements of all kinds meet in one lane.</summary>
    public static Arbitrary<(double[] X, double[] Y)> Pairs { get; } = Arb.From(
        from x in Gen.ArrayOf(Gen.OneOf(Special, AnyBits, Ordinary), 37)
        from y in Gen.ArrayOf(Gen.OneOf(Special, AnyBits, Ordinary), 37)
        select (x, y));

    public static void ForAll(int tests, Func<double[], double[], bool> holds) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests).WithQuietOnSuccess(true), Prop.ForAll(Pairs, pair => holds(pair.X, pair.Y)));
}
