namespace SweepEngine.Equations.Tests.Reading;

public sealed class YamlFileTests
{
    [Fact]
    public void Every_node_knows_its_place()
    {
        YamlMap map = Read("""
            sweep: atlas
            grid:
              I_app: {values: [0 pA, "1 pA"]}
            """);
        Assert.Equal(["sweep", "grid"], map.Entries.Select(entry => entry.Name));
        Assert.Equal("f:1:8", map.Text("sweep")!.Place.ToString());
        Assert.Equal("f:2:1", map.Entry("grid")!.Value.Key.Place.ToString());
        YamlMap axis = map.Map("grid")!.Map("I_app")!;
        Assert.Equal("f:3:10", axis.Place.ToString());
        Assert.Equal(["f:3:20", "f:3:26"], axis.List("values")!.Items.Select(item => item.Place.ToString()));
        Assert.Equal("1 pA", ((YamlText)axis.List("values")!.Items[1]).Value);
    }

    [Theory]
    [InlineData("", "f:1:1: the file is empty: allowed a map")]
    [InlineData("# nothing\n", "f:1:1: the file is empty: allowed a map")]
    [InlineData("- a\n", "f:1:1: the file has no valid value: found a list, allowed a map")]
    [InlineData("text\n", "f:1:1: the file has no valid value: found 'text', allowed a map")]
    [InlineData("a: 1\nb: 2\na: 3\n", "f:3:1: the key 'a' occurs twice\n    next step: keep one; the first stands in line 1")]
    [InlineData("a: &x 1\n", "f:1:4: anchors are not supported: found '&x'\n    next step: repeat the text where it is needed")]
    [InlineData("a: {b: *x}\n", "f:1:8: aliases are not supported: found '*x'\n    next step: repeat the text here")]
    [InlineData("a: !!int 1\n", "f:1:4: tags are not supported: found 'tag:yaml.org,2002:int'\n    next step: leave the tag out")]
    [InlineData("a: 1\n---\nb: 2\n", "f:2:1: the file holds several documents: allowed one document\n    next step: write each in a file of its own")]
    [InlineData("[a]: 1\n", "f:1:1: a key has no valid value: found a list, allowed a text")]
    public void Everything_but_plain_maps_lists_and_texts_is_refused(string yaml, string expected)
    {
        Findings findings = new();
        YamlFile.Read(yaml, "f", findings);
        Assert.Equal(expected, findings.ToString());
    }

    [Theory]
    [InlineData("a: [1, 2\nb: 3\n")]
    [InlineData("a: 'x\n")]
    [InlineData("a: 1\n b: 2\n")]
    [InlineData("a:\n\t- b\n")]
    [InlineData("a: @b\n")]
    [InlineData("a: 1\n}")]
    public void Broken_yaml_is_one_finding_with_a_place(string yaml)
    {
        Findings findings = new();
        Assert.Null(YamlFile.Read(yaml, "f", findings));
        Assert.Contains("this YAML cannot be read", Assert.Single(findings.All).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_may_be_fifty_deep_and_no_deeper()
    {
        Findings findings = new();
        YamlFile.Read("a: " + new string('[', 49) + new string(']', 49), "f", findings);
        Assert.False(findings.Any, findings.ToString());
        Assert.Null(YamlFile.Read("a: " + new string('[', 50) + new string(']', 50), "f", findings));
        Assert.StartsWith("f:1:53: this YAML cannot be read: lists and maps stand within each other more than 50 deep", findings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_may_have_one_mebibyte_of_utf8_and_no_more()
    {
        Findings findings = new();
        Assert.NotNull(YamlFile.Read("a: " + new string('µ', (1 << 19) - 2) + "x", "f", findings));
        Assert.False(findings.Any);
        Assert.Null(YamlFile.Read("a: " + new string('µ', (1 << 19) - 1), "f", findings));
        Assert.Equal("f:1:1: the file is too large: found 1048577 bytes, allowed at most 1048576 bytes", findings.ToString());
    }

    [Fact]
    public void Unknown_missing_and_wrong_keys_are_all_reported()
    {
        Findings findings = new();
        YamlMap map = Read("""
            sweep: atlas
            gird: {}
            seed:
            drive: [a]
            model: *x
            """, findings);
        map.Check(
            [
                new("sweep", YamlKinds.Text, true, "its name"), new("grid", YamlKinds.Map, true, "the axes"), new("drive", YamlKinds.Text, true, "an axis"),
                new("seed", YamlKinds.Text, false, "a number"), new("model", YamlKinds.Text | YamlKinds.Map, true, "a model"),
            ], "the sweep file", findings);
        Assert.Equal(
            """
            f:1:1: the sweep file lacks the key 'grid'
                next step: add 'grid:', the axes
            f:2:1: the sweep file has an unknown key: found 'gird', allowed sweep, grid, drive, seed, model
                next step: did you mean 'grid'?
            f:3:6: seed has no valid value: found nothing, allowed a text
            f:4:8: drive has no valid value: found a list, allowed a text
            f:5:8: aliases are not supported: found '*x'
                next step: repeat the text here
            """, findings.ToString());
    }

    private static YamlMap Read(string yaml, Findings? findings = null)
    {
        Findings used = findings ?? new Findings();
        YamlMap? map = YamlFile.Read(yaml, "f", used);
        Assert.NotNull(map);
        Assert.True(findings is not null || !used.Any, used.ToString());
        return map;
    }
}
