using FsCheck;
using FsCheck.Fluent;
using SweepEngine.Equations;

namespace SweepEngine.Sweeps.Tests.Grid;

public sealed class AxisTests
{
    private static readonly Unit pA = Unit.Parse("pA")!;

    [Fact]
    public void Linspace_holds_the_decimals_that_a_person_expects()
    {
        Assert.Equal([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], Values(new LinspaceAxis("I_app", pA, 0, 1, 11)));
        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], Values(new LinspaceAxis("I_app", pA, 0.1, 0.9, 9)));
        Assert.Equal([-70.5, -65.25, -60], Values(new LinspaceAxis("I_app", pA, -70.5, -60, 3)));
        Assert.Equal([1, 0.5, 0], Values(new LinspaceAxis("I_app", pA, 1, 0, 3)));
    }

    [Fact]
    public void Arange_leaves_the_stop_out_as_decimals_say()
    {
        Assert.Equal([1, 1.1, 1.2], Values(new ArangeAxis("I_app", pA, 1, 1.3, 0.1)));
        Assert.Equal([0, 0.1, 0.2], Values(new ArangeAxis("I_app", pA, 0, 0.3, 0.1)));
        Assert.Equal([0, 10, 20], Values(new ArangeAxis("I_app", pA, 0, 21, 10)));
        Assert.Equal([3, 2], Values(new ArangeAxis("I_app", pA, 3, 1, -1)));
        Assert.Equal([5], Values(new ArangeAxis("I_app", pA, 5, 6, 1)));
    }

    [Fact]
    public void Logspace_is_geometric_with_exact_ends_and_decades()
    {
        Assert.Equal([1, 10, 100, 1000], Values(new LogspaceAxis("I_app", pA, 1, 1000, 4)));
        Assert.Equal([-1000, -100, -10, -1], Values(new LogspaceAxis("I_app", pA, -1000, -1, 4)));
        LogspaceAxis axis = new("I_app", pA, 0.3, 77.7, 100);
        Assert.Equal((0.3, 77.7), (axis.Value(0), axis.Value(99)));
        for (int i = 0; i < 99; i++)
            Assert.Equal(Math.Pow(77.7 / 0.3, 1.0 / 99), axis.Value(i + 1) / axis.Value(i), 1e-13);
    }

    [Fact]
    public void Any_spaced_axis_has_exact_ends_and_strictly_monotonic_values()
    {
        var axes =
            from start in Gen.Choose(-1_000_000, 1_000_000)
            from width in Gen.Choose(1, 1_000_000)
            from decimals in Gen.Choose(0, 12)
            from odd in Gen.Elements(1.0, Math.PI, 1e-30, 1e30)
            from count in Gen.Choose(2, 500)
            select (Start: start / Math.Pow(10, decimals) * odd, End: (start + width) / Math.Pow(10, decimals) * odd, Count: count);
        Prop.ForAll(axes.ToArbitrary(), each =>
        {
            LinspaceAxis axis = new("I_app", pA, each.Start, each.End, each.Count);
            double[] values = Values(axis);
            Assert.Equal((each.Start, each.End, each.Count), (values[0], values[^1], values.Length));
            double step = (each.End - each.Start) / (each.Count - 1), ulp = Math.BitIncrement(Math.Max(Math.Abs(each.Start), Math.Abs(each.End))) * Math.Pow(2, -52);
            for (int i = 1; i < values.Length; i++)
            {
                Assert.True(values[i] > values[i - 1]);
                Assert.True(axis.SI(i) > axis.SI(i - 1));
                Assert.InRange(values[i], each.Start + i * step - 8 * ulp, each.Start + i * step + 8 * ulp);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_value_written_by_hand_has_the_bits_of_the_axis() =>
        Prop.ForAll(Gen.Choose(2, 300).Select(count => new LinspaceAxis("I_app", pA, -13.7, 941.3, count)).ToArbitrary(), axis =>
        {
            for (int i = 0; i < axis.Count; i++)
            {
                Assert.True(Quantity.TryParse(axis.Quantity(i).ToString(), out Quantity written));
                Assert.Equal(axis.SI(i), written.SI);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Long_axes_are_computed_to_the_bits_of_short_ones()
    {
        LinspaceAxis whole = new("I_app", pA, 0, 1000, 1_000_001), part = new("I_app", pA, 0, 65, 65_001);
        for (int i = 0; i < 65_001; i += 97)
            Assert.Equal((part.Value(i), part.SI(i)), (whole.Value(i), whole.SI(i)));
        Assert.Equal(1000, whole.Value(1_000_000));
    }

    [Fact]
    public void Each_axis_has_one_canonical_text() => Assert.Equal(
        ["values [0, 0.2] pA", "linspace [0, 1000, 101] pA", "arange [0, 1, 0.1]", "logspace [1, 1E+20, 3] pA"],
        ((Axis[])[new ListedAxis("x", pA, [0, 0.2]), new LinspaceAxis("x", pA, 0, 1e3, 101), new ArangeAxis("x", Unit.One, 0, 1, 0.1), new LogspaceAxis("x", pA, 1, 1e20, 3)])
            .Select(axis => axis.CanonicalText));

    private static double[] Values(Axis axis) => [.. Enumerable.Range(0, (int)axis.Count).Select(i => axis.Value(i))];
}
