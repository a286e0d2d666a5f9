namespace SweepEngine.Equations;

/// <summary>What a line of an .ode file does.</summary>
internal enum XppKind
{
    Derivative,
    Start,
    Quantity,
    Function,
    Auxiliary,
    Parameters,
    Constants,
    Starts,
    Event,
    Table,
    Noise,
    Markov,
    Options,
    Ignored,
    Refused,
    Unknown,
}

/// <summary>A line whose left side, or keyword, has been read.</summary>
/// <param name="Kind">What the line does.</param>
/// <param name="Line">The line.</param>
/// <param name="Name">What it defines; of an ignored or refused line, its keyword.</param>
/// <param name="NameAt">Token that is that name.</param>
/// <param name="Rest">Token behind the left side or keyword.</param>
/// <param name="Arguments">Tokens of a function's arguments.</param>
internal sealed record XppStatement(XppKind Kind, XppLine Line, string Name, int NameAt, int Rest, IReadOnlyList<Token> Arguments)
{
    /// <summary>Where that name stands.</summary>
    public TextPlace Place => Line.At(Line.Tokens[NameAt].Kind is TokenKind.End ? Line.Text.Length - Line.Text.TrimStart().Length : Line.Tokens[NameAt].Offset);

    /// <summary>Tells what a line does by its first words.</summary>
    public static XppStatement Of(XppLine line)
    {
        IReadOnlyList<Token> tokens = line.Tokens;
        XppStatement Is(XppKind kind, int nameAt, int rest, string? name = null, IReadOnlyList<Token>? arguments = null) =>
            new(kind, line, name ?? tokens[nameAt].Text, nameAt, rest, arguments ?? []);
        bool At(int at, string text) => at < tokens.Count && tokens[at].Text.Equals(text, StringComparison.OrdinalIgnoreCase);

        if (line.Text.TrimStart().StartsWith("#include", StringComparison.OrdinalIgnoreCase))
            return Is(XppKind.Refused, 0, 0, "#include");
        if (At(0, "@"))
            return Is(XppKind.Options, 0, 1);
        if (tokens[0] is { Kind: TokenKind.Number, Value: 0 } && At(1, "="))
            return Is(XppKind.Refused, 0, 0, "0=…");
        if (At(0, "!") && tokens[1].Kind is TokenKind.Name && At(2, "="))
            return Is(XppKind.Quantity, 1, 3);
        if (tokens[0].Kind is not TokenKind.Name)
            return Is(XppKind.Unknown, 0, 0);
        string word = tokens[0].Text;
        if (At(1, "="))
            return Is(XppKind.Quantity, 0, 2);
        if (At(1, "'") && At(2, "="))
            return Is(XppKind.Derivative, 0, 3);
        if (At(1, "/") && At(2, "dt") && At(3, "=") && word.Length > 1 && word[0] is 'd' or 'D')
            return Is(XppKind.Derivative, 0, 4, word[1..]);
        if (At(1, "("))
            return tokens[2] is { Kind: TokenKind.Number, Value: 0 } && At(3, ")") && At(4, "=") ? Is(XppKind.Start, 0, 5)
                : At(2, "t") && At(3, ")") && At(4, "=") && HasIntegral() ? Is(XppKind.Refused, 0, 0, "volterra")
                : At(2, "t") && At(3, "+") && At(5, ")") && At(6, "=") ? Is(XppKind.Refused, 0, 0, "x(t+1)=…")
                : OfFunction();
        if (Begins("auxiliary", 3) && tokens.ToList().FindIndex(token => token.IsMark("=")) is > 1 and int equals)
            return Is(XppKind.Auxiliary, 1, equals + 1);
        if (tokens[1].Kind is not TokenKind.Name && XppSyntax.Keyword(word) is null && !Begins("global", 3))
            return Is(XppKind.Unknown, 0, 0);
        return Begins("parameters", 1) || Begins("params", 1) ? Is(XppKind.Parameters, 0, 1)
            : Begins("init", 1) ? Is(XppKind.Starts, 0, 1)
            : Begins("numbers", 3) ? Is(XppKind.Constants, 0, 1)
            : Begins("global", 3) ? Is(XppKind.Event, 0, 1)
            : Begins("wiener", 1) ? Is(XppKind.Noise, 0, 1)
            : Begins("markov", 3) && tokens[1].Kind is TokenKind.Name ? Is(XppKind.Markov, 1, 2)
            : Begins("table", 3) && tokens[1].Kind is TokenKind.Name ? Is(XppKind.Table, 1, 2)
            : !Begins("auxiliary", 3) && XppSyntax.Keyword(word) is { } known ? Is(known.Support is XppSupport.Refused ? XppKind.Refused : XppKind.Ignored, 0, 1)
            : Is(XppKind.Unknown, 0, 0);

        bool Begins(string keyword, int shortest) => word.Length >= shortest && keyword.StartsWith(word, StringComparison.OrdinalIgnoreCase);

        // Only then is x(t)=… an integral equation; else it is a function of t.
        bool HasIntegral() => line.Text.Contains("int{", StringComparison.OrdinalIgnoreCase) || line.Text.Contains("int[", StringComparison.OrdinalIgnoreCase);

        XppStatement OfFunction()
        {
            List<Token> arguments = [];
            for (int at = 2; tokens[at].Kind is TokenKind.Name; at += 2)
            {
                arguments.Add(tokens[at]);
                if (At(at + 1, ")") && At(at + 2, "="))
                    return Is(XppKind.Function, 0, at + 3, arguments: arguments);
                if (!At(at + 1, ","))
                    break;
            }
            return Is(XppKind.Unknown, 0, 0);
        }
    }
}
