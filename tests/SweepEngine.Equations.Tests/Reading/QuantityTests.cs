using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace SweepEngine.Equations.Tests.Reading;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("200 pA", 200e-12)]
    [InlineData("0.2 nA", 0.2e-9)]
    [InlineData("-65 mV", -65e-3)]
    [InlineData("-54.387mV", -54.387e-3)]
    [InlineData("120 mS/cm^2", 1200)]
    [InlineData("1 uF/cm^2", 1e-2)]
    [InlineData("0.1 ms", 0.1e-3)]
    [InlineData("6.3", 6.3)]
    [InlineData(".5 V", 0.5)]
    [InlineData("5. V", 5.0)]
    [InlineData("1e-6", 1e-6)]
    [InlineData("+2E3 mV", 2.0)]
    [InlineData("0.1 1", 0.1)]
    public void Quantities_are_the_nearest_double_of_what_is_written(string text, double expected)
    {
        Assert.True(Quantity.TryParse(text, out Quantity quantity));
        Assert.Equal(expected, quantity.SI);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pA")]
    [InlineData("1e999 pA")]
    [InlineData("1e308 GOhm")]
    [InlineData("nan")]
    [InlineData("1_000 pA")]
    [InlineData("1,5 pA")]
    [InlineData("0x10")]
    [InlineData(". V")]
    [InlineData("- 1 V")]
    public void What_is_no_finite_quantity_is_refused(string text) => Assert.False(Quantity.TryParse(text, out _));

    [Fact]
    public void Any_decimal_in_any_unit_is_correctly_rounded()
    {
        var decimals =
            from digits in Gen.Choose(1, 17)
            from mantissa in Gen.Choose(0, 9).ArrayOf(digits).Select(string.Concat)
            from point in Gen.Choose(0, digits)
            from exponent in Gen.Choose(-30, 30)
            from unit in Gen.Elements("fA", "pA", "nA", "uA", "mA", "A", "kA", "MA", "GA", "um^3", "um^4", "pA^2", "fA^3", "GV^4", "mS/cm^2", "fF/um^2")
            select (Number: $"{mantissa[..point]}.{mantissa[point..]}e{exponent}", Unit: unit, Shift: exponent);
        Prop.ForAll(decimals.ToArbitrary(), written =>
        {
            Assert.True(Quantity.TryParse($"{written.Number} {written.Unit}", out Quantity quantity));
            // The shortest decimal of a double stands for it; the digits as written may have more than it can hold.
            string shortest = quantity.Value.ToString("E16", CultureInfo.InvariantCulture);
            for (int digits = 0; digits <= 16; digits++)
            {
                shortest = quantity.Value.ToString($"E{digits}", CultureInfo.InvariantCulture);
                if (double.Parse(shortest, CultureInfo.InvariantCulture) == quantity.Value)
                    break;
            }
            int mark = shortest.IndexOf('E', StringComparison.Ordinal);
            int shifted = int.Parse(shortest[(mark + 1)..], CultureInfo.InvariantCulture) + quantity.Unit.PowerOfTen;
            Assert.Equal(double.Parse($"{shortest[..mark]}e{shifted}", CultureInfo.InvariantCulture), quantity.SI);
            if (written.Number.Length - 1 - $"e{written.Shift}".Length <= 15)
                Assert.Equal(double.Parse($"{written.Number.Split('e')[0]}e{written.Shift + quantity.Unit.PowerOfTen}", CultureInfo.InvariantCulture), quantity.SI);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void Scaling_allocates_nothing()
    {
        Quantity quantity = new(0.1, Unit.Parse("pA")!);
        double sum = quantity.SI;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            sum += quantity.SI;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sum > 0);
    }

    [Theory]
    [InlineData("200 mV", "f:1:10: the unit of I_app does not fit: found 'mV' (voltage), allowed a current such as pA or nA\n    next step: write e.g. 200 pA")]
    [InlineData("200", "f:1:9: the unit of I_app does not fit: found a number without a unit, allowed a current such as pA or nA\n    next step: write e.g. 200 pA")]
    [InlineData("200 pa", "f:1:10: the unit of I_app is not known: found 'pa', allowed a current such as pA or nA\n    next step: did you mean 'pA'?")]
    [InlineData("much", "f:1:6: the value of I_app is not a number: found 'much', allowed a current such as pA or nA\n    next step: write e.g. 1 pA")]
    [InlineData(".nan", "f:1:6: the value of I_app is not finite: found '.nan', allowed a current such as pA or nA\n    next step: write e.g. 1 pA")]
    [InlineData("-inf pA", "f:1:6: the value of I_app is not finite: found '-inf pA', allowed a current such as pA or nA\n    next step: write e.g. 1 pA")]
    [InlineData("1e999 pA", "f:1:6: the value of I_app is not finite: found '1e999 pA', allowed numbers up to 1.8e308 in SI units")]
    [InlineData("1e305 GA", "f:1:6: the value of I_app is not finite: found '1e305 GA', allowed numbers up to 1.8e308 in SI units")]
    public void What_is_wrong_is_said_where_it_stands(string text, string expected)
    {
        Findings findings = new();
        YamlMap map = YamlFile.Read($"key: {text}", "f", findings)!;
        Assert.False(Quantity.TryRead(map.Text("key")!, "I_app", Dimension.Current, findings, out _));
        Assert.Equal(expected, findings.ToString());
    }

    [Fact]
    public void It_is_written_back_as_it_was() => Assert.Equal(["0.1 mS/cm^2", "3"],
        [new Quantity(0.1, Unit.Parse("mS/cm^2")!).ToString(), new Quantity(3, Unit.One).ToString()]);
}
