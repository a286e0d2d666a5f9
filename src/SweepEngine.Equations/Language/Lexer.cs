using System.Globalization;

namespace SweepEngine.Equations;

internal enum TokenKind
{
    Name,
    Number,
    Mark,
    Unknown,
    LineEnd,
    End,
}

/// <summary>A word of the equations.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">As written; of a mark, its canonical spelling (<c>^</c> for <c>**</c>).</param>
/// <param name="Offset">Where it begins in the text.</param>
/// <param name="Value">Of a number, its value.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Offset, double Value = 0)
{
    public bool IsMark(string mark) => Kind is TokenKind.Mark && Text == mark;

    public bool IsName(string name) => Kind is TokenKind.Name && Text == name;

    public string Found => Kind switch
    {
        TokenKind.LineEnd => "the end of the line",
        TokenKind.End => "the end of the text",
        _ => Finding.Quote(Text),
    };
}

/// <summary>
/// Cuts equations into tokens. A <c>#</c> begins a comment. A line ends an equation, except inside of parentheses. Characters that
/// the language does not know become tokens too, for the parser to refuse. The last token is always <see cref="TokenKind.End"/>.
/// </summary>
internal sealed class Lexer
{
    private static readonly string[] Marks = ["**", "..", "+=", "-=", "<=", ">=", "==", "!=", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", "=", "<", ">"];

    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _at;

    private Lexer(string text) => _text = text;

    /// <summary>Cuts the text.</summary>
    public static IReadOnlyList<Token> Cut(string text)
    {
        Lexer lexer = new(text);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        bool closed = ParenthesesClose();
        int open = 0;
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c == '#')
                SkipComment();
            else if (c == '\n')
            {
                if (open == 0)
                    Add(TokenKind.LineEnd, 1);
                else
                    _at++;
            }
            else if (char.IsWhiteSpace(c))
                _at++;
            else if (char.IsLetter(c) || c == '_')
                Add(TokenKind.Name, Count(_at, static c => char.IsLetterOrDigit(c) || c == '_'));
            else if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])))
                AddNumber();
            else if (Array.Find(Marks, mark => string.CompareOrdinal(_text, _at, mark, 0, mark.Length) == 0) is { } found)
            {
                // When a parenthesis is never closed, each line stands for itself, so that one mistake is one finding.
                open = !closed ? 0 : found == "(" ? open + 1 : found == ")" ? Math.Max(0, open - 1) : open;
                _tokens.Add(new Token(TokenKind.Mark, found == "**" ? "^" : found, _at));
                _at += found.Length;
            }
            else
                Add(TokenKind.Unknown, 1);
        }
        _tokens.Add(new Token(TokenKind.End, "", _text.Length));
    }

    private bool ParenthesesClose()
    {
        int open = 0;
        bool comment = false;
        foreach (char c in _text)
        {
            comment = c == '#' || (comment && c != '\n');
            if (!comment)
                open += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        return open <= 0;
    }

    private void SkipComment()
    {
        int end = _text.IndexOf('\n', _at);
        _at = end < 0 ? _text.Length : end;
    }

    private void Add(TokenKind kind, int length)
    {
        _tokens.Add(new Token(kind, _text.Substring(_at, length), _at));
        _at += length;
    }

    private void AddNumber()
    {
        int end = _at + Count(_at, char.IsAsciiDigit);
        // 1..N is a range.
        if (end < _text.Length && _text[end] == '.' && !(end + 1 < _text.Length && _text[end + 1] == '.'))
            end += 1 + Count(end + 1, char.IsAsciiDigit);
        if (end < _text.Length && _text[end] is 'e' or 'E')
        {
            int sign = end + 1 < _text.Length && _text[end + 1] is '+' or '-' ? 1 : 0;
            int digits = Count(end + 1 + sign, char.IsAsciiDigit);
            end += digits > 0 ? 1 + sign + digits : 0;
        }
        string text = _text[_at..end];
        double value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        _tokens.Add(new Token(TokenKind.Number, text, _at, value));
        _at = end;
    }

    private int Count(int start, Func<char, bool> belongs)
    {
        int at = start;
        while (at < _text.Length && belongs(_text[at]))
            at++;
        return at - start;
    }
}
