namespace SweepEngine.Equations.Tests.Reading;

public sealed class FindingTests
{
    private static readonly TextPlace Place = new("examples/adaptation.yaml", 7, 9);

    [Fact]
    public void A_finding_says_place_message_found_allowed_and_next_step() => Assert.Equal(
        "examples/adaptation.yaml:7:9: the unit of I_app does not fit: found 'mV' (voltage), allowed a current such as pA or nA\n"
        + "    next step: write e.g. 200 pA",
        new Finding(Place, "the unit of I_app does not fit", "'mV' (voltage)", "a current such as pA or nA", "write e.g. 200 pA").ToString());

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        Assert.Equal("examples/adaptation.yaml:7:9: wrong", new Finding(Place, "wrong").ToString());
        Assert.Equal("examples/adaptation.yaml:7:9: wrong: allowed a map", new Finding(Place, "wrong", Allowed: "a map").ToString());
    }

    [Fact]
    public void Findings_are_sorted_by_place_and_keep_their_order_within_one()
    {
        Findings findings = new();
        Assert.False(findings.Any);
        findings.Add(new TextPlace("b", 2, 1), "d");
        findings.Add(new TextPlace("b", 1, 10), "c");
        findings.Add(new TextPlace("b", 1, 9), "a");
        findings.Add(new TextPlace("b", 1, 9), "b");
        Assert.True(findings.Any);
        Assert.Equal("b:1:9: a\nb:1:9: b\nb:1:10: c\nb:2:1: d", findings.ToString());
    }

    [Fact]
    public void Only_the_first_hundred_are_shown()
    {
        Findings findings = new();
        for (int line = 1; line <= 103; line++)
            findings.Add(new TextPlace("f", line, 1), "x");
        string[] lines = findings.ToString().Split('\n');
        Assert.Equal(101, lines.Length);
        Assert.Equal("f:100:1: x", lines[99]);
        Assert.Equal("… and 3 more", lines[100]);
        Assert.Equal(103, findings.All.Count);
    }

    [Fact]
    public void Quoted_text_stays_on_one_line_and_short()
    {
        Assert.Equal("'a\\nb\\u0007'", Finding.Quote("a\nb\a"));
        Assert.Equal($"'{new string('x', 60)}…'", Finding.Quote(new string('x', 61)));
        Assert.Equal($"'{new string('x', 60)}'", Finding.Quote(new string('x', 60)));
    }
}
