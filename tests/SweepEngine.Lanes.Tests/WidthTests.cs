namespace SweepEngine.Lanes.Tests;

public class WidthTests
{
    public static TheoryData<string> Functions => [.. LaneFunctions.Names];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_width_gives_the_same_bits_for_any_bits(string name) =>
        AnyDouble.ForAll(150, (x, y) =>
        {
            double[] narrow = LaneFunctions.Evaluate(name, 1, x, y);
            foreach (int width in LaneWidths.All)
            {
                double[] wide = LaneFunctions.Evaluate(name, width, x, y);
                for (int i = 0; i < x.Length; i++)
                {
                    Assert.True(
                        Bits.Of(narrow[i]) == Bits.Of(wide[i]), $"{name}({x[i]:R}, {y[i]:R}): {narrow[i]:R} at width 1, {wide[i]:R} at {width}");
                }
            }

            return true;
        });

    [Theory]
    [InlineData("Sin")]
    [InlineData("Cos")]
    [InlineData("Tan")]
    public void A_huge_angle_beside_a_small_one_changes_neither(string name)
    {
        double[] x = [1e22, 0.5, double.NaN, 1e300, -3, double.PositiveInfinity, 134217729, 7];
        double[] together = LaneFunctions.Evaluate(name, 8, x, new double[8]);
        Assert.All(Enumerable.Range(0, 8), i => Assert.Equal(Bits.Of(LaneFunctions.Evaluate(name, x[i])), Bits.Of(together[i])));
    }
}
