namespace SweepEngine.Equations;

/// <summary>What a line of equations defines.</summary>
internal enum LineKind
{
    /// <summary><c>dX/dt = …</c></summary>
    Derivative,

    /// <summary><c>name = …</c></summary>
    Value,

    /// <summary><c>name(x, y) = …</c></summary>
    Function,

    /// <summary><c>name += …</c></summary>
    Increment,

    /// <summary><c>name -= …</c></summary>
    Decrement,
}

/// <summary>A line whose left side has been read.</summary>
/// <param name="Kind">What it defines.</param>
/// <param name="Name">What is defined: X of <c>dX/dt</c>, else the name on the left.</param>
/// <param name="Place">Where the line begins.</param>
/// <param name="Arguments">Names and places of the arguments of a function.</param>
/// <param name="RightSide">Token at which the right side begins.</param>
internal sealed record EquationLine(
    LineKind Kind, string Name, TextPlace Place, IReadOnlyList<(string Name, TextPlace Place)> Arguments, int RightSide);

/// <summary>A text of equations, one per line. Left sides are read first, since names may be used before they are defined.</summary>
internal sealed class EquationLines
{
    private readonly YamlText _source;
    private readonly IReadOnlyList<Token> _tokens;
    private readonly Findings _findings;
    private readonly string _forms;
    private readonly List<EquationLine> _lines = [];

    private EquationLines(YamlText source, Findings findings, string forms)
    {
        _source = source;
        _findings = findings;
        _forms = forms;
        if (Refused)
            findings.Add(source.Place, "the text is too long", $"{source.Value.Length} characters", $"at most {ModelLimits.Characters}");
        _tokens = Lexer.Cut(Refused ? "" : source.Value);
    }

    /// <summary>True when the text is too long to be read.</summary>
    public bool Refused => _source.Value.Length > ModelLimits.Characters;

    /// <summary>The lines whose left side is valid.</summary>
    public IReadOnlyList<EquationLine> Lines => _lines;

    /// <summary>Reads the left sides of <c>equations</c>.</summary>
    public static EquationLines OfModel(YamlText source, Findings findings)
    {
        EquationLines lines = new(source, findings, "dX/dt = …, name = … or name(x) = …");
        lines.ReadLeftSides([LineKind.Derivative, LineKind.Value, LineKind.Function]);
        return lines;
    }

    /// <summary>Reads the left sides of <c>reset</c> and <c>do</c>.</summary>
    public static EquationLines OfReset(YamlText source, Findings findings)
    {
        EquationLines lines = new(source, findings, "X = …, X += … or X -= …");
        lines.ReadLeftSides([LineKind.Value, LineKind.Increment, LineKind.Decrement]);
        return lines;
    }

    /// <summary>Reads a text that is one expression, such as a start value.</summary>
    /// <param name="source">The text.</param>
    /// <param name="scope">The names that it may use.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <param name="draws">Where its random numbers go; null where none can be drawn.</param>
    /// <returns>The expression, or null after a finding.</returns>
    public static Expression? Single(YamlText source, Scope scope, Findings findings, List<RandomDraw>? draws = null)
    {
        EquationLines lines = new(source, findings, "");
        return lines.Refused ? null : new ExpressionParser(source, lines._tokens, 0, scope, findings, draws).Whole();
    }

    /// <summary>Reads the right side of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="scope">The names that it may use.</param>
    /// <param name="draws">Where its random numbers go; null where none can be drawn.</param>
    /// <returns>The expression, or null after a finding.</returns>
    public Expression? RightSide(EquationLine line, Scope scope, List<RandomDraw>? draws = null) =>
        new ExpressionParser(_source, _tokens, line.RightSide, scope, _findings, draws).Whole();

    private void ReadLeftSides(ReadOnlySpan<LineKind> allowed)
    {
        int at = 0;
        while (_tokens[at].Kind is not TokenKind.End)
        {
            if (_tokens[at].Kind is not TokenKind.LineEnd)
            {
                if (_lines.Count == ModelLimits.Equations)
                {
                    _findings.Add(_source.At(_tokens[at].Offset), "there are too many equations", $"more than {ModelLimits.Equations}",
                        $"at most {ModelLimits.Equations}");
                    return;
                }
                if (LeftSide(at) is { } line && allowed.Contains(line.Kind))
                    _lines.Add(line);
                else
                    Refuse(at);
            }
            while (_tokens[at].Kind is not (TokenKind.LineEnd or TokenKind.End))
                at++;
            if (_tokens[at].Kind is TokenKind.LineEnd)
                at++;
        }
    }

    private EquationLine? LeftSide(int at)
    {
        Token first = _tokens[at];
        if (first.Kind is not TokenKind.Name)
            return null;
        TextPlace place = _source.At(first.Offset);
        Token second = _tokens[at + 1];
        if (second.Kind is TokenKind.Mark)
        {
            switch (second.Text)
            {
                case "=":
                    return new EquationLine(LineKind.Value, first.Text, place, [], at + 2);
                case "+=":
                    return new EquationLine(LineKind.Increment, first.Text, place, [], at + 2);
                case "-=":
                    return new EquationLine(LineKind.Decrement, first.Text, place, [], at + 2);
                case "/" when first.Text.Length > 1 && first.Text[0] == 'd' && _tokens[at + 2].IsName("dt") && _tokens[at + 3].IsMark("="):
                    return new EquationLine(LineKind.Derivative, first.Text[1..], place, [], at + 4);
                case "(":
                    return Function(first.Text, place, at + 2);
            }
        }
        return null;
    }

    private EquationLine? Function(string name, TextPlace place, int at)
    {
        List<(string, TextPlace)> arguments = [];
        while (_tokens[at].Kind is TokenKind.Name)
        {
            arguments.Add((_tokens[at].Text, _source.At(_tokens[at].Offset)));
            if (_tokens[at + 1].IsMark(")") && _tokens[at + 2].IsMark("="))
                return new EquationLine(LineKind.Function, name, place, arguments, at + 3);
            if (!_tokens[at + 1].IsMark(","))
                return null;
            at += 2;
        }
        return null;
    }

    // Points at a character that cannot be in an equation, if that is what is wrong with the left side; else at the whole line.
    private void Refuse(int at)
    {
        int culprit = at;
        while (_tokens[culprit].Kind is not (TokenKind.Unknown or TokenKind.LineEnd or TokenKind.End) && !_tokens[culprit].IsMark("="))
            culprit++;
        if (_tokens[culprit].Kind is TokenKind.Unknown)
        {
            (string message, string? hint) = Mistake.Of(_tokens[culprit]);
            _findings.Add(_source.At(_tokens[culprit].Offset), message, _tokens[culprit].Found, hint: hint);
            return;
        }
        int start = _tokens[at].Offset;
        int end = _source.Value.IndexOf('\n', start);
        string line = _source.Value[start..(end < 0 ? _source.Value.Length : end)].TrimEnd();
        _findings.Add(_source.At(start), "this line does not define anything here", Finding.Quote(line), _forms);
    }
}
