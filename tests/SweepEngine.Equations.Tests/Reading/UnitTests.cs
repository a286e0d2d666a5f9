using FsCheck;
using FsCheck.Fluent;

namespace SweepEngine.Equations.Tests.Reading;

public sealed class UnitTests
{
    [Theory]
    [InlineData("", "dimensionless", 0)]
    [InlineData("1", "dimensionless", 0)]
    [InlineData("mV", "voltage", -3)]
    [InlineData("pA", "current", -12)]
    [InlineData("uA", "current", -6)]
    [InlineData("µA", "current", -6)]
    [InlineData("μA", "current", -6)]
    [InlineData("m", "length", 0)]
    [InlineData("mm", "length", -3)]
    [InlineData("M", "concentration", 3)]
    [InlineData("mM", "concentration", 0)]
    [InlineData("mol/L", "concentration", 3)]
    [InlineData("mmol", "amount of substance", -3)]
    [InlineData("cd", "luminous intensity", 0)]
    [InlineData("kg", "mass", 0)]
    [InlineData("g", "mass", -3)]
    [InlineData("Hz", "rate", 0)]
    [InlineData("1/ms", "rate", 3)]
    [InlineData("ms^-1", "rate", 3)]
    [InlineData("MOhm", "resistance", 6)]
    [InlineData("GΩ", "resistance", 9)]
    [InlineData("kohm", "resistance", 3)]
    [InlineData("mS/cm^2", "conductance density", 1)]
    [InlineData("mS/cm2", "conductance density", 1)]
    [InlineData("uF / cm^2", "specific capacitance", -2)]
    [InlineData("uA*cm^-2", "current density", -2)]
    [InlineData("um^3", "volume", -18)]
    [InlineData("1/(ms*mV)", "rate per voltage", 6)]
    [InlineData("1/ms/mV", "rate per voltage", 6)]
    [InlineData("1/ms*mV", "voltage per time", 0)]
    [InlineData("mV/ms", "voltage per time", 0)]
    [InlineData("J/(mol*K)", "m^2 kg s^-2 K^-1 mol^-1", 0)]
    [InlineData("(mV^2)^2/V^3", "voltage", -12)]
    public void Units_are_read(string text, string dimension, int powerOfTen)
    {
        Unit unit = Unit.Parse(text)!;
        Assert.Equal((dimension, powerOfTen), (unit.Dimension.ToString(), unit.PowerOfTen));
        Assert.Equal(text == "1" ? "" : text, unit.Text);
    }

    [Theory]
    [InlineData("mv", "did you mean 'mV'?")]
    [InlineData("PA", "did you mean 'pA'?")]
    [InlineData("Mohms", "did you mean 'MOhm'?")]
    [InlineData("min", "write minutes in s: 1 min = 60 s")]
    [InlineData("°C", "write temperatures in K: 0 degC = 273.15 K")]
    [InlineData("%", "write a fraction: 5 % = 0.05")]
    [InlineData("mV/", "write units as in mV, mS/cm^2 or 1/(ms*mV)")]
    [InlineData("mV^", "write units as in mV, mS/cm^2 or 1/(ms*mV)")]
    [InlineData("mV^10", "write units as in mV, mS/cm^2 or 1/(ms*mV)")]
    [InlineData("(mV", "write units as in mV, mS/cm^2 or 1/(ms*mV)")]
    [InlineData("mV)", "write units as in mV, mS/cm^2 or 1/(ms*mV)")]
    [InlineData("mV ms", "write units as in mV, mS/cm^2 or 1/(ms*mV)")]
    [InlineData("2", "write units as in mV, mS/cm^2 or 1/(ms*mV)")]
    [InlineData("cV", null)]
    [InlineData("kkV", null)]
    [InlineData("(((((((((((V)))))))))))", null)]
    public void What_is_no_unit_is_refused_with_a_next_step(string text, string? expected)
    {
        Assert.False(Unit.TryParse(text, out _, out string? hint));
        Assert.NotNull(hint);
        if (expected is not null)
            Assert.Equal(expected, hint);
    }

    [Fact]
    public void Units_of_the_same_size_are_equal_however_written()
    {
        Assert.Equal(Unit.Parse("uS"), Unit.Parse("µS"));
        Assert.Equal(Unit.Parse("mS/cm^2"), Unit.Parse("mS*cm^-2"));
        Assert.NotEqual(Unit.Parse("nS"), Unit.Parse("pS"));
        Assert.NotEqual(Unit.Parse("S"), Unit.Parse("A"));
    }

    [Fact]
    public void Conversion_is_one_exact_operation()
    {
        Assert.Equal(200e-12, Unit.Parse("pA")!.ToSI(200));
        Assert.Equal(0.1 / 1e12, Unit.Parse("pA")!.ToSI(0.1));
        Assert.Equal(-0.065 * 1e3, Unit.Parse("mV")!.FromSI(-0.065));
        Assert.Equal(3 * 1e6, Unit.Parse("MOhm")!.ToSI(3));
        Assert.Equal(2 / 1e6, Unit.Parse("MOhm")!.FromSI(2));
    }

    [Fact]
    public void Random_text_never_throws() =>
        Prop.ForAll(Gen.Elements("m", "V", "u", "Ohm", "1", "2", "-", "^", "*", "/", "(", ")", " ", "%", "é").ListOf().Select(string.Concat).ToArbitrary(),
            text => Unit.TryParse(text, out _, out string? hint) == hint is null).QuickCheckThrowOnFailure();
}

public sealed class DimensionTests
{
    [Fact]
    public void Roots_are_exact_up_to_sixths()
    {
        Assert.Equal(Dimension.Voltage, (Dimension.Voltage * Dimension.Voltage).Pow(0.5));
        Assert.Equal(Dimension.Time, Dimension.Time.Pow(1.0 / 3)!.Value.Pow(3));
        Assert.Null(Dimension.Time.Pow(0.3));
        Assert.Null(Dimension.Time.Pow(double.NaN));
        Assert.Null(Dimension.Time.Pow(1001));
        Assert.Equal(Dimension.None, Dimension.None.Pow(0.3));
        Assert.Equal("s^0.5", Dimension.Time.Pow(0.5)!.Value.ToString());
    }

    [Fact]
    public void Every_named_dimension_offers_units_of_that_dimension()
    {
        foreach (string text in (string[])["pA", "mV", "nS", "um^2", "MOhm*cm", "mM", "J", "W", "kg", "mol", "K", "cd", "Hz", "V/s", "S/s", "A/s", "C/m^2", "V*A", "1/V", "Ohm*m^2"])
        {
            Dimension dimension = Unit.Parse(text)!.Dimension;
            Assert.Equal(dimension, Unit.Parse(dimension.CommonUnit())!.Dimension);
            foreach (string offered in dimension.Describe().Split(" such as ")[1].Split(" or "))
                Assert.Equal(dimension, Unit.Parse(offered)!.Dimension);
        }
    }

    [Fact]
    public void Messages_name_the_dimension()
    {
        Assert.Equal("a current such as pA or nA", Dimension.Current.Describe());
        Assert.Equal("an energy such as J", Dimension.Energy.Describe());
        Assert.Equal("a pure number", Dimension.None.Describe());
        Assert.Equal("a quantity in s^2", (Dimension.Time * Dimension.Time).Describe());
    }
}
