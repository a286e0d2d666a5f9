using FsCheck;
using FsCheck.Fluent;
using SweepEngine.Lanes;

namespace SweepEngine.Equations.Tests;

public sealed class ModelCodeTests
{
    private const string Blank = """
        model: blank
        equations: |
          dx/dt = 0
          dy/dt = 0
        states: {x: {start: 0, unit: 1}, y: {start: 0, unit: 1}}
        parameters: {a: {default: 0}, b: {default: 0}}
        """;

    private const int Lanes = 13; // one vector of eight, one of four, one rest

    private static readonly ModelDefinition Model = Samples.Read(Blank);
    private static readonly Gen<double[]> Numbers = RandomExpressions.Value.ArrayOf(5 * Lanes);

    [Fact]
    public void Interpreter_and_compiled_code_agree_bit_for_bit_at_every_width() =>
        Prop.ForAll(RandomExpressions.Any.Generator.ListOf(3).ToArbitrary(), Numbers.ToArbitrary(), (expressions, numbers) =>
        {
            Span<double> t = numbers.AsSpan(0, Lanes), y = numbers.AsSpan(Lanes, 2 * Lanes), p = numbers.AsSpan(3 * Lanes);
            double[] expected = new double[3 * Lanes];
            for (int j = 0; j < Lanes; j++)
            {
                ModelCode any = ModelCode.Compile(Model, new Dictionary<string, double>(), ["b", "a"]);
                Interpreter interpreter = any.Interpret(t[j], [y[j], y[Lanes + j]], [p[j], p[Lanes + j]]);
                for (int o = 0; o < 3; o++)
                    expected[o * Lanes + j] = interpreter.Evaluate(expressions[o]);
            }
            foreach (int width in LaneWidths.All)
            {
                ModelCode code = ModelCode.Compile(Model, new Dictionary<string, double>(), ["b", "a"], width);
                double[] result = new double[3 * Lanes];
                code.CompileExpressions([.. expressions]).Evaluate(t, y, p, result, Lanes, 0, Lanes);
                AssertSameBits(expected, result, $"width {width}: {string.Join("; ", expressions)}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(40));

    [Fact]
    public void A_parameter_has_the_same_effect_as_a_constant_and_as_a_swept_value() =>
        Prop.ForAll(RandomExpressions.Any.Generator.ListOf(3).ToArbitrary(), Numbers.ToArbitrary(), (expressions, numbers) =>
        {
            (double a, double b) = (numbers[^1], numbers[^2]);
            Span<double> t = numbers.AsSpan(0, Lanes), y = numbers.AsSpan(Lanes, 2 * Lanes);
            double[] p = [.. Enumerable.Repeat(a, Lanes), .. Enumerable.Repeat(b, Lanes)];
            double[] swept = new double[3 * Lanes], constant = new double[3 * Lanes];
            ModelCode.Compile(Model, new Dictionary<string, double>(), ["a", "b"]).CompileExpressions([.. expressions])
                .Evaluate(t, y, p, swept, Lanes, 0, Lanes);
            ModelCode.Compile(Model, new Dictionary<string, double> { ["a"] = a, ["b"] = b }, []).CompileExpressions([.. expressions])
                .Evaluate(t, y, [], constant, Lanes, 0, Lanes);
            AssertSameBits(swept, constant, string.Join("; ", expressions));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(40));

    private static void AssertSameBits(double[] expected, double[] actual, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = BitConverter.DoubleToInt64Bits(expected[i]) == BitConverter.DoubleToInt64Bits(actual[i])
                || (double.IsNaN(expected[i]) && double.IsNaN(actual[i]));
            Assert.True(same, $"{what}: element {i} is {actual[i]:R}, not {expected[i]:R}");
        }
    }
}
