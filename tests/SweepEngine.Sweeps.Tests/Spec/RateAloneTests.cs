using SweepEngine.Equations;

namespace SweepEngine.Sweeps.Tests.Spec;

/// <summary>The measure <c>rate</c>.</summary>
public sealed class RateAloneTests
{
    private const string Squid = """
        sweep: squid
        model: hodgkin_huxley
        grid: {I_app: {linspace: [0 uA/cm^2, 14 uA/cm^2, 8]}}
        drive: I_app
        stimulus: {step: {duration: 0.5 s}}
        measure: MEASURE
        """;

    [Fact]
    public void Points_have_the_rate_alone_and_curves_what_follows_from_it()
    {
        SweepSpec spec = Sweeps.Read(Of("[rate, rheobase]"));
        Assert.Equal(SweepMeasures.Rate | SweepMeasures.Rheobase, spec.Measures);
        IReadOnlyList<SweepTable> tables = SweepTable.All(spec, new SweepIdentity(spec));
        Assert.Equal(["point", "curve", "I_app", "status", "method", "rate"], tables[0].Columns.Select(column => column.Column.Name));
        Assert.Contains("rheobase", tables[1].Columns.Select(column => column.Column.Name));
    }

    [Theory]
    [InlineData("[rate, fi]", "rate is one of the measures of fi")]
    [InlineData("[rate, response]", "rate and response cannot be measured in one sweep")]
    public void It_stands_in_place_of_others(string measure, string finding)
    {
        var findings = new Findings();
        Assert.Null(SweepSpecReader.Read(Of(measure), "sweep.yaml", findings));
        Assert.Contains(finding, findings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_needs_a_constant_drive()
    {
        var findings = new Findings();
        string text = Of("[rate]").Replace("step: {duration: 0.5 s}", "ramp: {to: 10 uA/cm^2, duration: 0.5 s}", StringComparison.Ordinal);
        Assert.Null(SweepSpecReader.Read(text, "sweep.yaml", findings));
        Assert.Contains("no rate, unless the stimulus is a step", findings.ToString(), StringComparison.Ordinal);
    }

    private static string Of(string measure) => Squid.Replace("MEASURE", measure, StringComparison.Ordinal);
}
