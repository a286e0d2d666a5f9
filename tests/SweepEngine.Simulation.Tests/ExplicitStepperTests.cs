using SweepEngine.Equations;
using SweepEngine.Lanes;
using SweepEngine.Models;

namespace SweepEngine.Simulation.Tests;

public class ExplicitStepperTests
{
    private const int Steps = 200;

    [Theory]
    [InlineData("hodgkin_huxley", 5)]
    [InlineData("hodgkin_huxley", 8)]
    [InlineData("adex", 5)]
    [InlineData("adex", 8)]
    [InlineData("lif_adapt", 5)]
    [InlineData("rate_threshold_linear", 5)]
    [InlineData("myelinated_axon", 5)]
    [InlineData("myelinated_axon", 8)]
    public void Compiled_loops_and_calls_give_the_same_bits_at_every_width(string model, int order)
    {
        long[] expected = StateAfterSteps(model, order, 8, int.MaxValue);
        foreach (int width in LaneWidths.All)
        {
            Assert.Equal(expected, StateAfterSteps(model, order, width, int.MaxValue));
            Assert.Equal(expected, StateAfterSteps(model, order, width, 0));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(16)]
    public void Roots_that_choose_steps_are_right_to_some_percent(int n)
    {
        for (double x = 1e-29; x < 1e29; x *= 1.37)
        {
            double expected = Math.Pow(x, -1.0 / n), root = ExplicitStep.InverseRoot(new Lane1(x), n).Value;
            Assert.InRange(root / expected, 0.94, 1.01);
        }
    }

    [Fact]
    public void A_step_without_an_error_grows_and_one_into_nowhere_shrinks()
    {
        Assert.True(ExplicitStep.InverseRoot(new Lane1(0), 10).Value > 5);
        Assert.True(ExplicitStep.InverseRoot(new Lane1(double.NaN), 10).Value < 0.01);
        Assert.True(ExplicitStep.InverseRoot(new Lane1(double.PositiveInfinity), 10).Value < 0.01);
    }

    // Bits of all rows that a lane carries from one step to the next.
    private static long[] StateAfterSteps(string name, int order, int width, int largestInlined)
    {
        ExplicitPair pair = order == 5 ? DormandPrince.Pair : DormandPrince8.Pair;
        ModelDefinition model = ModelLibrary.Find(name)!;
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["I_app"], width);
        int states = model.States.Count;
        var tile = new LaneTile(states, 1, pair.Stages);
        double[] scale = [.. model.States.Select(state => state.Unit.ToSI(1))];
        var problem = new TileStepper.Problem(code, TileSimulation.VoltageIndex(model), scale, 1e-8, [.. code.Held.Select(i => (0, i))], null, true, true);
        var stepper = new ExplicitStepper(pair, problem, tile, largestInlined);
        tile.LargestStep.Fill(double.PositiveInfinity);
        tile.LastTime.Fill(double.PositiveInfinity);
        tile.StiffnessCheck.Fill(double.PositiveInfinity);
        tile.Limit.Fill(0.1);
        var random = new Random(1);
        double unit = model.Parameter("I_app")!.Unit.ToSI(1);
        for (int j = 0; j < LaneTile.Lanes; j++)
        {
            tile.Parameter[j] = 300 * unit * random.NextDouble();
            tile.NextStep[j] = 1e-6 * (1 + j);
            tile.Refractory[j] = j % 5 == 0 ? LaneTile.True : 0;
        }

        code.Start.Evaluate(tile.Time, [], tile.Parameter, tile.State, LaneTile.Lanes, 0, LaneTile.Lanes);
        code.Derivatives.Evaluate(tile.Time, tile.State, tile.Parameter, tile.Stage(0), LaneTile.Lanes, 0, LaneTile.Lanes);
        List<long> bits = [];
        for (int i = 0; i < Steps; i++)
        {
            bits.Add((long)stepper.Try(LaneTile.Lanes - 3, out ulong trapped));
            bits.Add((long)trapped);
        }

        // What lies behind the lanes in use depends on the width.
        for (int row = 0; row < tile.SlopeRow + states; row++)
        {
            if (row != LaneTile.StageTimeRow)
            {
                bits.AddRange(tile.Rows(row)[..(LaneTile.Lanes - 3)].ToArray().Select(BitConverter.DoubleToInt64Bits));
            }
        }

        return [.. bits];
    }
}
