namespace SweepEngine.Equations;

/// <summary>
/// Reads <c>global sign {condition} {x=…;y=…}</c> as the spike rule. XPP carries the assignments out one after the other; here all see
/// the values just before the spike, so what an assignment has changed is written out in those behind it.
/// </summary>
internal sealed class XppEvent(XppStatement statement, ModelDraft draft, XppNames names, Expression time, Findings findings)
{
    private const string Form = "global 1 {condition} {x=…;y=…}, or -1 for a fall below zero";

    private readonly XppLine _line = statement.Line;
    private readonly Dictionary<string, Expression> _changed = new(StringComparer.OrdinalIgnoreCase);

    private IReadOnlyList<Token> Tokens => _line.Tokens;

    public void Read()
    {
        int at = statement.Rest;
        bool falls = Tokens[at].IsMark("-");
        at += falls || Tokens[at].IsMark("+") ? 1 : 0;
        if (Tokens[at] is not { Kind: TokenKind.Number, Value: 1 })
        {
            Report(at, "this event is not supported", "a sign of 1 or -1", "give start values as x(0)=…");
            return;
        }
        at++;
        bool inBraces = Tokens[at].Text == "{";
        XppParser condition = new(_line, inBraces ? at + 1 : at, names, time, _changed, findings);
        if (condition.Until(inBraces ? "}" : "{") is not { } value)
            return;
        if (value is Call { Function: "if" })
        {
            Report(inBraces ? at + 1 : at, "the condition of an event must change its sign, not jump", "a - b for the moment when a becomes larger than b");
            return;
        }
        draft.Spike.When = When(value, falls);
        at = condition.At + (inBraces ? 1 : 0);
        if (Tokens[at].Text != "{")
        {
            Report(at, "the event has no assignments", Form);
            return;
        }
        while (Tokens[at].Text is "{" or ";" && Tokens[at + 1].Text is not ("}" or ";"))
        {
            if (ReadAssignment(at + 1) is not { } end)
                return;
            at = end;
        }
        at += Tokens[at].Text == "}" ? 0 : 1;
        at += Tokens[at].Text == "}" ? 1 : 0;
        if (Tokens[at].Kind is not TokenKind.End || Tokens[at - 1].Text != "}")
            Report(at, "the event does not go on as it should", Form);
    }

    // a-b rises through zero where a > b becomes true.
    private static Binary When(Expression value, bool falls)
    {
        BinaryOperator becomes = falls ? BinaryOperator.Less : BinaryOperator.Greater;
        return value is Binary { Operator: BinaryOperator.Subtract } difference
            ? new Binary(becomes, difference.Left, difference.Right) { Place = value.Place }
            : new Binary(becomes, value, new Number(0) { Place = value.Place }) { Place = value.Place };
    }

    // The token behind the assignment; null after a finding.
    private int? ReadAssignment(int at)
    {
        Token name = Tokens[at];
        if (name.Kind is not TokenKind.Name || !Tokens[at + 1].IsMark("="))
        {
            Report(at, "this is not an assignment", Form);
            return null;
        }
        XppParser formula = new(_line, at + 2, names, time, _changed, findings);
        if (formula.Until(";", "}") is not { } value)
            return null;
        if (name.Text.Equals("out_put", StringComparison.OrdinalIgnoreCase))
            findings.Note(_line.At(name.Offset), "ignored: XPP's output", name.Found);
        else if (names[name.Text] is not var (state, declared) || declared.Meaning is not Meaning.State)
            Report(at, "an event can change states only", string.Join(", ", names.States), DidYouMean.Hint(name.Text, names.States));
        else if (!_changed.TryAdd(state, value))
            Report(at, $"{state} is changed twice", null, "keep one of the assignments");
        else
            draft.Spike.Reset.Add(new ResetAssignment(state, value));
        return formula.At;
    }

    private void Report(int at, string message, string? allowed, string? hint = null) =>
        findings.Add(_line.At(Tokens[at].Offset), message, Tokens[at].Found, allowed, hint);
}
