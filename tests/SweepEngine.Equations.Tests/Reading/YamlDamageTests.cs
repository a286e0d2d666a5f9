using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;

namespace SweepEngine.Equations.Tests.Reading;

public sealed class YamlDamageTests
{
    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a, ")]
    [InlineData("a: 1, ")]
    [InlineData("a: \n ")]
    [InlineData("a\n\n ")]
    [InlineData("'a")]
    [InlineData("- a\n")]
    [InlineData("&a ")]
    [InlineData("---\n")]
    public void A_large_file_is_read_or_refused_quickly(string repeated)
    {
        foreach (string opening in (string[])["", "[", "{", "\""])
        {
            string text = opening + string.Concat(Enumerable.Repeat(repeated, (YamlFile.LargestSize / 4) / repeated.Length));
            Stopwatch time = Stopwatch.StartNew();
            YamlFile.Read(text, "f", new Findings());
            // Less than a second; what is quadratic takes a minute.
            Assert.InRange(time.Elapsed.TotalSeconds, 0, 15);
        }
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        const string file = """
            sweep: "atlas" # name
            model: {name: 'x', equations: |-
                dV_m/dt = 1
              }
            grid:
              - ? a
              - &b !t {c: [d, *e]}
            text: >
              folded
            """;
        Gen<string> damaged =
            from edits in Gen.Choose(1, 6)
            from at in Gen.Choose(0, file.Length - 1).ArrayOf(edits)
            from with in Gen.Elements("\n", " ", "\t", ":", "-", "?", "[", "]", "{", "}", "'", "\"", "|", ">", "&", "*", "!", "%", "#", "\0", "\r", "\ufeff", "é", "---", "...", "\\", "@", "\ud800").ArrayOf(edits)
            select at.Zip(with).OrderByDescending(edit => edit.First).Aggregate(file, (text, edit) => text[..edit.First] + edit.Second + text[(edit.First + edit.Second.Length % 2)..]);
        Prop.ForAll(damaged.ToArbitrary(), text =>
        {
            Findings findings = new();
            return YamlFile.Read(text, "f", findings) is not null || findings.Any;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }
}
