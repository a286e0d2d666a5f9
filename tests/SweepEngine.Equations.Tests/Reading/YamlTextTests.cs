namespace SweepEngine.Equations.Tests.Reading;

public sealed class YamlTextTests
{
    [Theory]
    [InlineData("a: |\n  one\n    two\n\n  X\n", "f:5:3")]
    [InlineData("a: | # comment X\n\n\n   X\n", "f:4:4")]
    [InlineData("a: |2\n    one\n   X\n", "f:3:4")]
    [InlineData("a:\n     |-\n       one X\n", "f:3:12")]
    [InlineData("a: >\n  one\n  two\n\n  three X\n", "f:5:9")]
    [InlineData("a: one\n  two X\n", "f:2:7")]
    [InlineData("a: X\n", "f:1:4")]
    [InlineData("a: 'it''s ''X'\n", "f:1:13")]
    [InlineData("a: \"\\\"\\n\\u00e9\\x41 X\"\n", "f:1:20")]
    [InlineData("a: |\r\n  one\r\n  two X\r\n", "f:3:7")]
    public void A_character_of_the_value_is_found_in_the_file(string yaml, string place)
    {
        YamlText text = Read(yaml);
        int offset = text.Value.IndexOf('X', StringComparison.Ordinal);
        Assert.Equal(place, text.At(offset).ToString());
        int line = text.Value[..offset].Count(c => c == '\n') + 1;
        int column = offset - (offset == 0 ? -1 : text.Value.LastIndexOf('\n', offset - 1));
        Assert.Equal(place, text.At(line, column).ToString());
    }

    [Fact]
    public void White_space_and_the_end_stand_after_what_precedes_them()
    {
        YamlText text = Read("a: |\n   one  two\n   three\n");
        Assert.Equal("one  two\nthree\n", text.Value);
        Assert.Equal("f:2:8", text.At(4).ToString());
        Assert.Equal("f:2:12", text.At(8).ToString());
        Assert.Equal("f:3:9", text.At(text.Value.Length).ToString());
        Assert.Equal("f:2:12", text.At(1, 99).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => text.At(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.At(text.Value.Length + 1));
    }

    [Fact]
    public void A_value_left_out_is_empty_and_a_quoted_one_is_not()
    {
        Assert.True(Read("a:\n").IsEmpty);
        Assert.False(Read("a: ''\n").IsEmpty);
    }

    private static YamlText Read(string yaml) => (YamlText)YamlFile.Read(yaml, "f", new Findings())!["a"]!;
}
