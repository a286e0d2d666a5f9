namespace SweepEngine.Cli.Tests;

/// <summary><c>sweep calc</c> as a user sees it.</summary>
public class CalcCommandTests
{
    [Fact]
    public void A_closed_form_is_computed_from_values_with_units()
    {
        using var place = new Workplace();
        Finished finished = place.Sweep("calc", "nernst", "c_out=5.5mM", "c_in=0.15 M", "T=279.45K");
        Assert.Equal((0, "E = -79.6095 mV\n", ""), (finished.ExitCode, finished.Output.ReplaceLineEndings("\n"), finished.Errors));
    }

    [Fact]
    public void Several_values_give_a_table()
    {
        using var place = new Workplace();
        string output = place.Sweep("calc", "cable_infinite", "x=0mm,1mm", "lambda=1mm", "V_0=1mV,2mV").Output;
        Assert.Equal(["x V_0 V [mV]", "0 mm 1 mV 1", "0 mm 2 mV 2", "1 mm 1 mV 0.367879", "1 mm 2 mV 0.735759"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))));
    }

    [Fact]
    public void Where_a_formula_has_no_value_it_says_so()
    {
        using var place = new Workplace();
        Assert.Equal("E has no finite value at these numbers\n", place.Sweep("calc", "nernst", "z=0").Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Without_values_it_shows_the_formula_and_without_a_name_all_of_them()
    {
        using var place = new Workplace();
        string shown = place.Sweep("calc", "nernst").Output, listed = place.Sweep("calc").Output;
        Assert.All(new[] { "E = R*T/(z*F)*log(c_out/c_in)", "concentration outside", "J/(K*mol)", "Source: B. Hille", "E = -97.6956 mV" },
            text => Assert.Contains(text, shown, StringComparison.Ordinal));
        Assert.All(new[] { "nernst", "lif_rate_noise", "end_plate" }, name => Assert.Contains($"\n{name} ", listed, StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        using var place = new Workplace();
        Finished finished = place.Sweep("calc", "nernst", "cout=3mM", "c_in=3mV", "z=9", "c_out=0 mM", "T");
        Assert.Equal(2, finished.ExitCode);
        Assert.Equal("", finished.Output);
        Assert.All(new[]
        {
            "sweep calc nernst: nernst has no such symbol: found 'cout', allowed c_out, c_in, z, T\n    next step: did you mean 'c_out'?\n",
            "sweep calc nernst: the unit of c_in does not fit: found 'mV' (voltage), allowed a concentration such as mM or uM\n    next step: write e.g. 3 mM\n",
            "sweep calc nernst: z is out of its range: found 9, allowed at least -4, at most 4\n",
            "sweep calc nernst: c_out is out of its range: found 0 mM, allowed above 0 mM\n",
            "sweep calc nernst: this is not a value of a symbol: found 'T', allowed symbol=value\n    next step: write e.g. c_out=4mM\n",
        }, text => Assert.Contains(text, finished.Errors.ReplaceLineEndings("\n"), StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_closed_form_is_recognised_by_its_likeness()
    {
        using var place = new Workplace();
        Finished finished = place.Sweep("calc", "nernts");
        Assert.Equal(2, finished.ExitCode);
        Assert.Contains("there is no such closed form: found 'nernts'", finished.Errors, StringComparison.Ordinal);
        Assert.Contains("did you mean 'nernst'?", finished.Errors, StringComparison.Ordinal);
    }
}
