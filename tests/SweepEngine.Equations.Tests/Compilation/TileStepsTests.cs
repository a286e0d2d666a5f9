using FsCheck;
using FsCheck.Fluent;

namespace SweepEngine.Equations.Tests;

/// <summary>Loops over steps, whose arithmetic is rearranged.</summary>
public sealed class TileStepsTests
{
    private const int Lanes = 64, Inputs = 5;

    // Rows: x, y (changed by each step), a, b (not changed), then results.
    private const int X = 0, Y = 1, A = 2, B = 3, Result = 4;

    private static readonly ModelDefinition Model = Samples.Read("""
        model: names
        equations: |
          dx/dt = y/s
          dy/dt = x*a*b/s
        states: {x: {start: 0, unit: 1}, y: {start: 0, unit: 1}}
        parameters: {a: {default: 1}, b: {default: 1}}
        """);

    private static readonly ModelCode Code = ModelCode.Compile(Model, new Dictionary<string, double>(), ["a", "b"]);

    [Theory]
    [InlineData("a*(b - x) + y*(a - x) + 3")]
    [InlineData("-(x - 2*y)/4 + (x + y + b)/a")]
    [InlineData("x - 0.5*(x*y - (b - y)*x)*3")]
    [InlineData("if(3*x - 1 > y - 2, x*x*x/b, -y) + if(x - y > 0, 1, 2) + if(2 < 1 - x, 5, 7)")]
    [InlineData("exp(-(x + 65)/80)*exp(-(x + 65)/80) - exprel(x/10) + t*x + sin(2*pi*t)*a")]
    [InlineData("((x/a)/b)/(y/3) - 2/(x*4) - -x + (1 - x)*0.1")]
    [InlineData("max(x, y)^4 - min(a*x, 2)^-2 + abs(-x)")]
    public void Rearranged_arithmetic_means_what_the_text_says(string text)
    {
        Expression expression = Model.Inline(Expressions.Parse(text));
        double[] tile = Run(expression, 8, out double[] inputs);
        for (int j = 0; j < Lanes; j++)
        {
            double expected = Code.Interpret(3 * 0.25, [inputs[X * Lanes + j], inputs[Y * Lanes + j]], [inputs[A * Lanes + j], inputs[B * Lanes + j]]).Evaluate(expression);
            Assert.Equal(expected, tile[Result * Lanes + j], 1e-12 * Math.Max(1, Math.Abs(expected)));
        }
    }

    [Fact]
    public void Every_width_gives_the_same_bits_for_any_expression() => Prop.ForAll(RandomExpressions.Any, expression =>
    {
        long[] wide = Bits(expression, 8);
        Assert.Equal(wide, Bits(expression, 4));
        Assert.Equal(wide, Bits(expression, 1));

        // The bits of a NaN are not the same everywhere.
        static long[] Bits(Expression expression, int width) =>
            [.. Run(expression, width, out _).Take((Result + 1) * Lanes).Select(value => double.IsNaN(value) ? -1 : BitConverter.DoubleToInt64Bits(value))];
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(40));

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    public void What_is_rarely_needed_is_what_a_selection_gives(int width)
    {
        // A counter in each lane, which the branch alone writes; a value after it; two branches of which one depends on the other; a mask of "and", one of "and not".
        TileGraph graph = new(Lanes);
        GraphLane x = graph.Read(X), y = graph.Read(Y), a = graph.Read(A), one = GraphLane.Broadcast(1);
        GraphLane next = x + a;
        GraphLane over = GraphLane.GreaterThan(next, GraphLane.Broadcast(1)), even = GraphLane.LessThan(y, one);
        GraphLane reset = graph.Rarely(over, next - one, next);
        GraphLane both = GraphLane.And(over, even), first = GraphLane.AndNot(over, even);
        graph.Write(X, reset);
        graph.Write(Y, graph.Rarely(over, GraphLane.Select(even, y + one, y - one), y));
        graph.Write(Result, graph.Rarely(both, graph.Read(Result) + reset, graph.Read(Result)));
        graph.Write(Result + 1, graph.Rarely(first, graph.Step, graph.Read(Result + 1)));
        graph.Write(Result + 2, graph.Rarely(over, graph.Read(Result) * a, graph.Read(Result + 2)));
        TileSteps steps = graph.CompileSteps(width, Result + 3, out int spare);
        double[] tile = new double[(Result + 3 + spare) * Lanes];
        double[] expected = new double[(Result + 3) * Lanes];
        for (int j = 0; j < Lanes; j++)
            tile[A * Lanes + j] = expected[A * Lanes + j] = 0.01 * j;
        steps(ref tile[0], 0, Lanes, 10, 77);
        steps(ref tile[0], 0, Lanes, 77, 210);
        for (int j = 0; j < Lanes; j++)
        {
            ref double Row(int row) => ref expected[row * Lanes + j];
            for (long n = 10; n < 210; n++)
            {
                double sum = Row(X) + Row(A), old = Row(Y), kept = Row(Result);
                bool isOver = sum > 1;
                Row(X) = isOver ? sum - 1 : sum;
                if (!isOver)
                    continue;
                Row(Y) = old < 1 ? old + 1 : old - 1;
                Row(Result + 2) = kept * Row(A);
                if (old < 1)
                    Row(Result) += Row(X);
                else
                    Row(Result + 1) = n;
            }
        }
        Assert.Equal(expected, tile[..expected.Length]);
    }

    [Fact]
    public void Only_the_lanes_that_are_asked_for_are_changed()
    {
        TileGraph graph = new(Lanes);
        graph.Write(X, graph.Read(X) + graph.Read(A) * graph.Read(B));
        TileSteps steps = graph.CompileSteps(1, Result, out int spare);
        double[] tile = new double[(Result + spare) * Lanes];
        Array.Fill(tile, 1);
        steps(ref tile[0], 8, 24, 0, 5);
        Assert.Equal(Enumerable.Range(0, Lanes).Select(j => j is >= 8 and < 24 ? 6.0 : 1), tile[..Lanes]);
    }

    [Theory]
    [InlineData("a*(b - x) + y", "-a", "a*b + y")]
    [InlineData("(1 - x)*exp(y) - x*3", "-exp(y) - 3", "exp(y)")]
    [InlineData("if(y > 1, x, 2*x + 1)/a - b", "if(y > 1, 1, 2)/a", "if(y > 1, 0, 1)/a - b")]
    [InlineData("exp(y)", "0", "exp(y)")]
    [InlineData("x*x", null, null)]
    [InlineData("if(x > 1, x, 2*x)", null, null)]
    [InlineData("a/x", null, null)]
    [InlineData("abs(x)", null, null)]
    public void Linear_expressions_are_taken_apart(string text, string? slope, string? offset)
    {
        (Expression Slope, Expression Offset)? parts = Linearity.Parts(Model.Inline(Expressions.Parse(text)), "x");
        Assert.Equal(slope is null, parts is null);
        if (parts is null)
            return;
        foreach ((Expression found, string expected) in new[] { (parts.Value.Slope, slope!), (parts.Value.Offset, offset!) })
        {
            double[] values = Run(found, 8, out _), right = Run(Model.Inline(Expressions.Parse(expected)), 8, out _);
            for (int j = 0; j < Lanes; j++)
                Assert.Equal(right[Result * Lanes + j], values[Result * Lanes + j], 1e-14 * (1 + Math.Abs(right[Result * Lanes + j])));
        }
    }

    private static double[] Inputs64(int rows)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, rows * Lanes).Select(i => i < Inputs * Lanes ? 0.1 + 4 * random.NextDouble() : 0)];
    }

    // The value of an expression after step 3 of 0.25, which also changes x and y, so that they are not taken for constants.
    private static double[] Run(Expression expression, int width, out double[] inputs)
    {
        TileGraph graph = new(Lanes);
        GraphLane[] states = [graph.Read(X), graph.Read(Y)];
        GraphLane value = graph.Evaluate(Code, [expression], graph.Step * GraphLane.Broadcast(0.25), states, [graph.Read(A), graph.Read(B)])[0];
        graph.Write(X, states[0] + GraphLane.Broadcast(1));
        graph.Write(Y, states[1] * states[0]);
        graph.Write(Result, value);
        TileSteps steps = graph.CompileSteps(width, Result + 1, out int spare);
        double[] tile = Inputs64(Result + 1 + spare);
        inputs = [.. tile];
        steps(ref tile[0], 0, Lanes, 3, 4);
        return tile;
    }
}
