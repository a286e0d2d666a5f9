namespace SweepEngine.Equations;

/// <summary>
/// Cuts an .ode file into the lines that say something: joins lines that end in a backslash, leaves comments out, stops at <c>done</c>,
/// and writes arrays out, <c>x[1..3]'=-x[j]</c> and blocks from <c>%[1..3]</c> to <c>%</c>.
/// </summary>
internal sealed class XppLines
{
    /// <summary>Characters of all lines together, arrays written out.</summary>
    private const int MostCharacters = 4 * ModelLimits.Characters;

    private readonly SourceText _source;
    private readonly Findings _findings;
    private readonly List<XppLine> _lines = [];
    private readonly List<XppLine> _block = [];
    private XppRange? _blockRange;
    private bool _inBlock;
    private int _characters;

    private XppLines(string text, string file, Findings findings) => (_source, _findings) = (new SourceText(text, file), findings);

    /// <summary>Reads the lines.</summary>
    public static IReadOnlyList<XppLine> Read(string text, string file, Findings findings)
    {
        XppLines lines = new(text, file, findings);
        if (text.Length > ModelLimits.Characters)
            findings.Add(lines._source.PlaceOf(0), "the file is too long", $"{text.Length} characters", $"at most {ModelLimits.Characters}");
        else
            lines.Run();
        return lines._lines;
    }

    private void Run()
    {
        int at = 0;
        bool more = true;
        while (more && at < _source.Text.Length)
            more = Take(Joined(ref at));
        if (_blockRange is { } open)
            _findings.Add(open.Place, "the block is never closed", hint: "add a line with % alone");
    }

    // The line from here on, with those that continue it.
    private XppLine Joined(ref int at)
    {
        List<char> characters = [];
        List<int> origin = [];
        bool goesOn = true;
        while (goesOn && at < _source.Text.Length)
        {
            int end = _source.Text.IndexOf('\n', at);
            end = end < 0 ? _source.Text.Length : end;
            ReadOnlySpan<char> line = _source.Text.AsSpan(at, end - at).TrimEnd();
            goesOn = line.EndsWith('\\');
            line = goesOn ? line[..^1] : line;
            characters.AddRange(line);
            origin.AddRange(Enumerable.Range(at, line.Length));
            at = end + 1;
        }
        origin.Add(Math.Min(origin.Count == 0 ? at - 1 : origin[^1] + 1, _source.Text.Length));
        return new XppLine(string.Concat(characters), [.. origin], _source);
    }

    // False after the last line that counts.
    private bool Take(XppLine line)
    {
        string text = line.Text.Trim();
        if (text.Length > 0 && "done".StartsWith(text, StringComparison.OrdinalIgnoreCase))
            return false;
        if (text.StartsWith('%'))
            return TakeBlockMark(line);
        if (text.Length == 0 || text[0] == '"' || (text[0] == '#' && !text.StartsWith("#include", StringComparison.OrdinalIgnoreCase)))
            return true;
        if (_inBlock)
        {
            _block.Add(line);
            return true;
        }
        int before = _findings.Count;
        XppRange? own = text[0] == '@' ? null : XppRange.In(line, _findings);
        line.IsReported = _findings.Count > before;
        return own is null ? Add(line) : AddAll(own, [line]);
    }

    private bool TakeBlockMark(XppLine line)
    {
        bool more = _blockRange is null || AddAll(_blockRange, _block);
        int before = _findings.Count;
        _block.Clear();
        _blockRange = XppRange.In(line, _findings);
        _inBlock = _blockRange is not null || _findings.Count > before;
        return more;
    }

    private bool AddAll(XppRange range, List<XppLine> lines)
    {
        for (int j = range.First; j <= range.Last; j++)
        {
            foreach (XppLine line in lines)
            {
                XppLine? element = XppRange.WrittenOut(line, j, range == _blockRange, _findings);
                line.IsReported = element is null;
                if (!Add(element ?? line))
                    return false;
                if (element is null)
                    return true;
            }
        }
        return true;
    }

    private bool Add(XppLine line)
    {
        _characters += line.Text.Length;
        if (_lines.Count == ModelLimits.Equations || _characters > MostCharacters)
        {
            _findings.Add(line.At(0), "the file is too long when its arrays are written out",
                allowed: $"{ModelLimits.Equations} lines, {MostCharacters} characters");
            return false;
        }
        _lines.Add(line);
        return true;
    }
}
