namespace SweepEngine.Lanes.Tests;

public class DoubleDoubleTests
{
    private const int Pairs = 20000;
    private static readonly double U = Math.ScaleB(1, -53);

    [Fact]
    public void Sums_and_differences_are_within_three_units_squared_of_the_exact_ones()
    {
        double bound = (3 + 13 * U) * U * U;
        AssertWithin(bound, (a, b) => a + b, (a, b) => a + b);
        AssertWithin(bound, (a, b) => a - b, (a, b) => a - b);
    }

    [Fact]
    public void Products_are_within_five_units_squared_of_the_exact_ones() =>
        AssertWithin(5 * U * U, (a, b) => a * b, (a, b) => a * b);

    [Fact]
    public void Quotients_are_within_fifteen_units_squared_of_the_exact_ones() =>
        AssertWithin((15 + 56 * U) * U * U, (a, b) => a / b, (a, b) => Number.Divide(a, b, 250));

    [Fact]
    public void Square_roots_are_within_their_bound_of_the_exact_ones()
    {
        // |r² - a|/a is twice the relative error of r, to first order.
        Random random = new(3);
        for (int i = 0; i < Pairs; i++)
        {
            DoubleDouble a = DoubleDouble.Abs(Random(random));
            Number root = Exact(DoubleDouble.Sqrt(a));
            double error = Number.Divide(root * root - Exact(a), Exact(a), 100).ToDouble() / 2;
            Assert.True(Math.Abs(error) <= 25.0 / 8 * U * U, $"sqrt({a}): {error / U / U} u²");
        }
    }

    [Fact]
    public void Sums_and_products_of_two_doubles_are_exact()
    {
        Random random = new(4);
        for (int i = 0; i < Pairs; i++)
        {
            double a = Random(random).High;
            double b = Random(random).High;
            Assert.True((Exact(DoubleDouble.Sum(a, b)) - ((Number)a + b)).IsZero, $"{a:R} + {b:R}");
            Assert.True((Exact(DoubleDouble.Product(a, b)) - ((Number)a * b)).IsZero, $"{a:R} * {b:R}");
        }
    }

    [Fact]
    public void A_result_has_its_nearest_double_in_the_upper_part()
    {
        Random random = new(5);
        for (int i = 0; i < Pairs; i++)
        {
            DoubleDouble a = Random(random);
            DoubleDouble b = Random(random);
            foreach (DoubleDouble result in new[] { a + b, a - b, a * b, a / b, DoubleDouble.Sqrt(DoubleDouble.Abs(a)) })
            {
                Assert.Equal(result.High, result.High + result.Low);
            }
        }
    }

    [Fact]
    public void A_difference_that_doubles_lose_is_kept()
    {
        DoubleDouble third = (DoubleDouble)1 / 3;
        DoubleDouble left = third * 3 - 1;
        Assert.True(Math.Abs((double)left) < 1e-31);
        Assert.Equal(1e-25, (double)(((DoubleDouble)1 + 1e-25) - 1));
    }

    [Fact]
    public void Comparisons_see_the_lower_part()
    {
        DoubleDouble one = 1;
        DoubleDouble more = one + 1e-20;
        Assert.True(one < more && more > one && one <= more && more >= one && one != more && !(one == more));
        Assert.True(one <= 1 && one >= 1 && one == 1 && one.Equals(1) && one.CompareTo(more) < 0);
        Assert.Equal(1, (double)more);
        Assert.Equal(more, DoubleDouble.Abs(-more));
        Assert.Equal(one.GetHashCode(), ((DoubleDouble)1).GetHashCode());
    }

    [Fact]
    public void NaN_compares_as_a_double_does()
    {
        DoubleDouble nan = double.NaN;
        DoubleDouble other = double.NaN;
        Assert.False(nan < 1 || nan > 1 || nan <= 1 || nan >= 1 || nan == other);
        Assert.True(nan != other && nan.Equals(other));
    }

    [Theory]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(1, double.PositiveInfinity)]
    [InlineData(1, 0)]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(1e308, 1e308)]
    [InlineData(-1, double.MaxValue)]
    public void At_the_edges_the_upper_part_is_what_doubles_give(double a, double b)
    {
        DoubleDouble x = a;
        Assert.Equal(a + b, (x + b).High);
        Assert.Equal(a - b, (x - b).High);
        Assert.Equal(a * b, (x * b).High);
        Assert.Equal(a / b, (x / b).High);
        Assert.Equal(Math.Sqrt(a), DoubleDouble.Sqrt(x).High);
        Assert.All(new[] { x + b, x * b, x / b }, result => Assert.False(double.IsNaN(result.Low)));
    }

    private static void AssertWithin(
        double bound, Func<DoubleDouble, DoubleDouble, DoubleDouble> computed, Func<Number, Number, Number> exact)
    {
        Random random = new(2);
        for (int i = 0; i < Pairs; i++)
        {
            DoubleDouble a = Random(random);
            // Every other pair nearly cancels.
            DoubleDouble b = i % 2 == 0 ? Random(random) : a * (1 + Math.ScaleB(random.NextDouble(), -random.Next(1, 106)));
            Number expected = exact(Exact(a), Exact(b));
            Number error = (Exact(computed(a, b)) - expected).Abs();
            double relative = error.IsZero ? 0 : Number.Divide(error, expected.Abs(), 60).ToDouble();
            Assert.True(relative <= bound, $"{a} and {b}: {relative / U / U} u²");
        }
    }

    private static DoubleDouble Random(Random random)
    {
        double high = Math.ScaleB(random.NextDouble() + 0.5, random.Next(-60, 60)) * (random.Next(2) == 0 ? 1 : -1);
        return DoubleDouble.Sum(high, high * Math.ScaleB(random.NextDouble() - 0.5, -random.Next(53, 70)));
    }

    private static Number Exact(DoubleDouble value) => (Number)value.High + value.Low;
}
