namespace SweepEngine.Equations;

/// <summary>
/// Reads <c>global sign {condition} {x=…;y=…}</c>. XPP carries the assignments out one after the other; here all see the values just before the event,
/// so what an assignment has changed is written out in those behind it.
/// </summary>
internal sealed class XppEvent(XppStatement statement, string name, XppNames names, Expression time, Number rate, Findings findings)
{
    private const string Form = "global 1 {condition} {x=…;y=…}, or -1 for a fall below zero";

    private readonly XppLine _line = statement.Line;
    private readonly Dictionary<string, Expression> _changed = new(StringComparer.OrdinalIgnoreCase);
    private readonly EventDraft _draft = new(name);

    private IReadOnlyList<Token> Tokens => _line.Tokens;

    /// <summary>Names on the left of assignments, which may be those of parameters.</summary>
    public static IEnumerable<Token> Assigned(XppStatement statement)
    {
        IReadOnlyList<Token> tokens = statement.Line.Tokens;
        return Enumerable.Range(statement.Rest, tokens.Count - statement.Rest - 1)
            .Where(i => tokens[i].Kind is TokenKind.Name && tokens[i + 1].IsMark("=") && tokens[i - 1].Text is "{" or ";").Select(i => tokens[i]);
    }

    /// <summary>Reads the line.</summary>
    /// <returns>The event, or null after a finding.</returns>
    public EventDraft? Read()
    {
        int before = findings.Count;
        int at = statement.Rest;
        bool falls = Tokens[at].IsMark("-");
        at += falls || Tokens[at].IsMark("+") ? 1 : 0;
        if (Tokens[at] is not { Kind: TokenKind.Number, Value: 1 or 0 })
        {
            Report(at, "this event is not supported", "a sign of 1 or -1");
            return null;
        }
        bool atZero = Tokens[at].Value == 0;
        at++;
        bool inBraces = Tokens[at].Text == "{";
        XppParser condition = new(_line, inBraces ? at + 1 : at, names, time, _changed, findings);
        if (condition.Until(inBraces ? "}" : "{") is not { } value)
            return null;
        if (value is Call { Function: "if" })
        {
            Report(inBraces ? at + 1 : at, "the condition of an event must change its sign, not jump", "a - b for the moment when a becomes larger than b");
            return null;
        }
        if (atZero && TimeOf(value) is null)
        {
            Report(inBraces ? at + 1 : at, "an event of sign 0 happens where its condition is exactly zero, which is known only of a time", "global 0 t {…}, or a sign of 1 or -1");
            return null;
        }
        SetCause(value, falls);
        at = condition.At + (inBraces ? 1 : 0);
        if (Tokens[at].Text != "{")
        {
            Report(at, "the event has no assignments", Form);
            return null;
        }
        while (Tokens[at].Text is "{" or ";" && Tokens[at + 1].Text is not ("}" or ";"))
        {
            if (ReadAssignment(at + 1) is not { } end)
                return null;
            at = end;
        }
        at += Tokens[at].Text == "}" ? 0 : 1;
        at += Tokens[at].Text == "}" ? 1 : 0;
        if (Tokens[at].Kind is not TokenKind.End || Tokens[at - 1].Text != "}")
            Report(at, "the event does not go on as it should", Form);
        return findings.Count > before ? null : _draft;
    }

    // A time that is known beforehand is met exactly; else a-b rises through zero where a > b becomes true.
    private void SetCause(Expression value, bool falls)
    {
        if (!falls && TimeOf(value) is { } known)
        {
            _draft.First = known;
            return;
        }
        BinaryOperator becomes = falls ? BinaryOperator.Less : BinaryOperator.Greater;
        _draft.When = value is Binary { Operator: BinaryOperator.Subtract } difference
            ? new Binary(becomes, difference.Left, difference.Right) { Place = value.Place }
            : new Binary(becomes, value, new Number(0) { Place = value.Place }) { Place = value.Place };
    }

    // When t, or t-a with numbers and parameters that no event changes in a, passes zero; null for any other condition.
    private Binary? TimeOf(Expression value)
    {
        Expression? passed = ReferenceEquals(value, time) ? new Number(0) { Place = value.Place }
            : value is Binary { Operator: BinaryOperator.Subtract } difference && ReferenceEquals(difference.Left, time) && IsKnown(difference.Right) ? difference.Right : null;
        return passed is null ? null : new Binary(BinaryOperator.Divide,
            time is Binary { Operator: BinaryOperator.Add, Right: var start } ? new Binary(BinaryOperator.Subtract, passed, start) { Place = value.Place } : passed, rate)
        { Place = value.Place };
    }

    private bool IsKnown(Expression expression) => expression switch
    {
        Number => true,
        Symbol symbol => names[symbol.Name]?.Declared.Meaning is Meaning.Parameter,
        Unary unary => IsKnown(unary.Operand),
        Binary binary => IsKnown(binary.Left) && IsKnown(binary.Right),
        _ => false,
    };

    // The token behind the assignment; null after a finding.
    private int? ReadAssignment(int at)
    {
        Token assigned = Tokens[at];
        if (assigned.Kind is not TokenKind.Name || !Tokens[at + 1].IsMark("="))
        {
            Report(at, "this is not an assignment", Form);
            return null;
        }
        XppParser formula = new(_line, at + 2, names, time, _changed, findings, _draft.Draws);
        if (formula.Until(";", "}") is not { } value)
            return null;
        if (assigned.Text.Equals("out_put", StringComparison.OrdinalIgnoreCase))
            findings.Note(_line.At(assigned.Offset), "ignored: XPP's output", assigned.Found);
        else if (names.StateOf(assigned.Text) is not { } state)
            Report(at, "an event can change states and parameters only", string.Join(", ", names.States), DidYouMean.Hint(assigned.Text, names.States));
        else if (!_changed.TryAdd(assigned.Text, value))
            Report(at, $"{assigned.Text} is changed twice", null, "keep one of the assignments");
        else
            _draft.Reset.Add(new ResetAssignment(state, value));
        return formula.At;
    }

    private void Report(int at, string message, string? allowed, string? hint = null) =>
        findings.Add(_line.At(Tokens[at].Offset), message, Tokens[at].Found, allowed, hint);
}
