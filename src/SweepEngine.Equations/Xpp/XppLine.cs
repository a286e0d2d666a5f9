namespace SweepEngine.Equations;

/// <summary>A line of an .ode file after continuation and the writing out of arrays; each character knows where it comes from.</summary>
/// <param name="text">The line.</param>
/// <param name="origin">Index in the file of each character, and of the line's end.</param>
/// <param name="source">The file.</param>
internal sealed class XppLine(string text, int[] origin, SourceText source)
{
    public string Text => text;

    /// <summary>True when what is wrong with the line has been reported already.</summary>
    public bool IsReported { get; set; }

    public IReadOnlyList<Token> Tokens => field ??= Lexer.Cut(text);

    /// <summary>The place in the file of a character.</summary>
    public TextPlace At(int offset) => source.PlaceOf(origin[offset]);

    /// <summary>The same line with parts replaced; what is put in comes from where the replaced part began.</summary>
    /// <param name="parts">Start, end and new text of each part, ascending.</param>
    public XppLine Replace(IReadOnlyList<(int Start, int End, string By)> parts)
    {
        List<char> characters = [];
        List<int> places = [];
        int at = 0;
        foreach ((int start, int end, string by) in parts.Append((text.Length, text.Length, "")))
        {
            characters.AddRange(text.AsSpan(at, start - at));
            places.AddRange(origin.AsSpan(at, start - at));
            characters.AddRange(by);
            places.AddRange(Enumerable.Repeat(origin[start], by.Length));
            at = end;
        }
        places.Add(origin[^1]);
        return new XppLine(string.Concat(characters), [.. places], source);
    }
}
