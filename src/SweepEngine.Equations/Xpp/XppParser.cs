namespace SweepEngine.Equations;

/// <summary>
/// Reads formulas with XPP's own precedence: comparisons bind as tightly as <c>^</c>, then <c>* / &amp;</c> and signs, then <c>+ - |</c>; all group
/// from the left. Where that surprises, because arithmetic would be done with an outcome of a comparison that has no parentheses around it, they are
/// asked for. Conditions and numbers, one thing in XPP, are turned into each other where the language asks for it.
/// </summary>
/// <param name="line">The line.</param>
/// <param name="first">Token at which the formula begins.</param>
/// <param name="names">The names of the file.</param>
/// <param name="time">What <c>t</c> is.</param>
/// <param name="replaced">Names that stand for something else here: arguments, the index of a sum, what a reset has changed.</param>
/// <param name="findings">Where the first mistake, and all unknown names, go.</param>
/// <param name="draws">Where random numbers go; null where there can be none.</param>
internal sealed class XppParser(
    XppLine line, int first, XppNames names, Expression time, IReadOnlyDictionary<string, Expression> replaced, Findings findings, List<RandomDraw>? draws = null)
{
    private const string SumIndex = "i'";
    private const int Loosest = 1, Product = 2, Power = 3;

    private int _at = first;
    private int _nesting;
    private IReadOnlyDictionary<string, Expression> _replaced = replaced;

    // An operand, and whether it is the bare outcome of a comparison or of & | not, without parentheses.
    private readonly record struct Operand(Expression Value, bool Bare = false);

    /// <summary>Token behind what has been read.</summary>
    public int At => _at;

    private Token Next => line.Tokens[_at];

    /// <summary>Reads a formula that ends at the end of the line.</summary>
    /// <returns>A number; null after a finding.</returns>
    public Expression? Whole() => Until([]);

    /// <summary>Reads a formula that ends before one of some marks, or at the end of the line when there are none.</summary>
    /// <returns>A number; null after a finding.</returns>
    public Expression? Until(params ReadOnlySpan<string> ends)
    {
        if (Parse(Loosest, atStart: true) is not var (value, _))
            return null;
        bool ended = ends.Length == 0 && Next.Kind is TokenKind.End;
        foreach (string end in ends)
            ended |= Next.Text == end;
        if (!ended)
            return Fail(line.At(Next.Offset), "the formula does not go on as it should", Next.Found, "an operator",
                Next.Kind is TokenKind.Name or TokenKind.Number || Next.IsMark("(") ? "write * for a product" : null)?.Value;
        return TooDeep(value) ? null : Number(value);
    }

    // What walks a tree is recursive, and such a tree must not be walked.
    private bool TooDeep(Expression value)
    {
        if (value.Depth > ModelLimits.Depth)
            Fail(value.Start, "the formula is nested too deeply", $"{value.Depth} operators inside one another", $"at most {ModelLimits.Depth}",
                "name parts of it on lines of their own");
        return value.Depth > ModelLimits.Depth;
    }

    private Operand? Parse(int loosest, bool atStart)
    {
        if (_nesting > ModelLimits.Nesting)
            return Fail(line.At(Next.Offset), "the formula is nested too deeply", $"more than {ModelLimits.Nesting} levels", $"at most {ModelLimits.Nesting}",
                "name parts of it on lines of their own");
        _nesting++;
        Operand? left = Prefix(atStart);
        while (left is { } known && Operator(Next) is var (op, precedence) && precedence >= loosest)
        {
            Token token = Next;
            _at++;
            left = Parse(precedence + 1, atStart: false) is { } right ? Joined(op, token, known, right) : null;
        }
        _nesting--;
        return left;
    }

    private Operand? Joined(BinaryOperator op, Token token, Operand left, Operand right)
    {
        TextPlace place = line.At(token.Offset);
        if (op is BinaryOperator.And or BinaryOperator.Or)
            return new Operand(new Binary(op, Condition(left.Value), Condition(right.Value)) { Place = place }, Bare: true);
        if (left.Bare || right.Bare)
            return Ambiguous(place, token.Text);
        return new Operand(new Binary(op, Number(left.Value), Number(right.Value)) { Place = place },
            op is >= BinaryOperator.Less and <= BinaryOperator.NotEqual);
    }

    private Operand? Ambiguous(TextPlace place, string sign) =>
        Fail(place, $"it is not clear what '{sign}' applies to: in XPP, comparisons bind more tightly than * and +, and & as tightly as *",
            hint: "write parentheses, as in v > (a + b) or a*(v > b)");

    private Operand? Prefix(bool atStart)
    {
        Token token = Next;
        TextPlace place = line.At(token.Offset);
        if (--names.OperandsLeft < 0)
            return names.OperandsLeft < -1 ? null
                : Fail(place, "the formulas of the file are too large when sums are written out", allowed: $"{XppNames.MostOperands} numbers and names");
        bool isNot = token.Kind is TokenKind.Name && token.Text.Equals("not", StringComparison.OrdinalIgnoreCase);
        if (token.IsMark("-") || isNot)
        {
            if (!atStart)
                return Fail(place, $"'{token.Text}' needs parentheses behind an operator", hint: $"write ({token.Text}{(isNot ? " " : "")}…)");
            _at++;
            if (Parse(Power, atStart: false) is not { } operand)
                return null;
            if (isNot)
                return new Operand(new Unary(UnaryOperator.Not, Condition(operand.Value)) { Place = place }, Bare: true);
            return operand.Bare ? Ambiguous(place, "-") : new Operand(new Unary(UnaryOperator.Negate, Number(operand.Value)) { Place = place });
        }
        if (token.IsMark("("))
            return InParentheses() is { } inner ? new Operand(inner) : null;
        _at++;
        switch (token.Kind)
        {
            case TokenKind.Number when !double.IsFinite(token.Value):
                return Fail(place, "the number is too large", token.Found, "numbers up to 1.8e308");
            case TokenKind.Number:
                return new Operand(new Number(token.Value) { Place = place });
            case TokenKind.Name when Next.Text == "'" && token.Text is "i" or "I" && Next.Offset == token.Offset + 1:
                _at++;
                return _replaced.TryGetValue(SumIndex, out Expression? index) ? new Operand(index) : Fail(place, "i' stands outside of a sum", "'i''");
            case TokenKind.Name:
                return Next.IsMark("(") ? Call(token, place) : Value(token, place);
            default:
                _at--;
                return Fail(place, "the formula does not go on as it should", token.Found, "a number, a name, a function or '('");
        }
    }

    // A formula in parentheses.
    private Expression? InParentheses()
    {
        if (!Skip("("))
            return null;
        TextPlace open = line.At(line.Tokens[_at - 1].Offset);
        return Parse(Loosest, atStart: true) is var (inner, _) && Close(open) ? inner : null;
    }

    private bool Skip(string mark)
    {
        if (Next.IsMark(mark))
        {
            _at++;
            return true;
        }
        Fail(line.At(Next.Offset), "the formula does not go on as it should", Next.Found, $"'{mark}'");
        return false;
    }

    private bool SkipWord(string word)
    {
        if (Next.Kind is TokenKind.Name && Next.Text.Equals(word, StringComparison.OrdinalIgnoreCase))
        {
            _at++;
            return true;
        }
        Fail(line.At(Next.Offset), "the formula does not go on as it should", Next.Found, $"'{word}'", "write if(…)then(…)else(…), sum(…,…)of(…)");
        return false;
    }

    private bool Close(TextPlace open)
    {
        if (Next.Kind is TokenKind.End)
        {
            Fail(open, "the parenthesis is never closed", hint: "add ')'");
            return false;
        }
        return Skip(")");
    }

    private Operand? Call(Token name, TextPlace place)
    {
        if (!_replaced.ContainsKey(name.Text))
        {
            switch (name.Text.ToLowerInvariant())
            {
                case "if":
                    return InParentheses() is { } condition && SkipWord("then") && InParentheses() is { } then && SkipWord("else") && InParentheses() is { } otherwise
                        ? new Operand(new Call("if", [Condition(condition), Number(then), Number(otherwise)]) { Place = place }) : null;
                case "sum":
                    return Sum(place);
                case "shift":
                    return Shift(place);
                case "ran" when draws is not null:
                    return Arguments(name, place, 1) is { } most ? new Operand(Times(most[0], Draw(RandomKind.Uniform, place), place)) : null;
                case "normal" when draws is not null:
                    return Arguments(name, place, 2) is { } mean
                        ? new Operand(new Binary(BinaryOperator.Add, mean[0], Times(mean[1], Draw(RandomKind.Normal, place), place)) { Place = place }) : null;
                case "mod":
                    return Arguments(name, place, 2) is { } pair ? new Operand(Modulo(pair[0], pair[1], place)) : null;
            }
            if (XppFunctions.Taken.TryGetValue(name.Text, out BuiltIn? builtIn))
                return Arguments(name, place, builtIn.Arguments) is { } given ? new Operand(new Call(builtIn.Name, given) { Place = place }) : null;
            if (XppFunctions.Refused.TryGetValue(name.Text, out string? why))
                return Fail(place, $"'{name.Text}' is not supported: {why}");
            if (names.IsRefused(name.Text))
                return Arguments(name, place, null) is { } ignored ? new Operand(ignored[0]) : null;
            if (names[name.Text] is var (spelled, declared) && declared.Meaning is Meaning.Function)
                return Arguments(name, place, declared.Arguments) is { } own ? new Operand(new Call(spelled, own) { Place = place }) : null;
        }
        if (_replaced.ContainsKey(name.Text) || names[name.Text] is not null || name.Text.ToLowerInvariant() is BuiltIn.Time or BuiltIn.Pi)
            return Fail(place, $"'{name.Text}' is not a function", hint: $"write {name.Text}*(…) for a product");
        return Fail(place, "there is no such function", Finding.Quote(name.Text),
            hint: DidYouMean.Hint(name.Text, names.Functions) ?? $"define it on a line of its own: {name.Text}(x)=…");
    }

    private static Binary Times(Expression a, Expression b, TextPlace place) => new(BinaryOperator.Multiply, a, b) { Place = place };

    // A new random number at each place where one is asked for.
    private Symbol Draw(RandomKind kind, TextPlace place)
    {
        RandomDraw draw = new($"{(kind is RandomKind.Uniform ? "uniform" : "normal")}#{draws!.Count + 1}", kind, []);
        draws.Add(draw);
        return new Symbol(draw.Name) { Place = place };
    }

    private List<Expression>? Arguments(Token name, TextPlace place, int? expected)
    {
        TextPlace open = line.At(Next.Offset);
        List<Expression> arguments = [];
        do
        {
            _at++;
            if (Parse(Loosest, atStart: true) is not var (argument, _))
                return null;
            arguments.Add(Number(argument));
        }
        while (Next.IsMark(","));
        if (!Close(open))
            return null;
        if (expected is null || arguments.Count == expected)
            return arguments;
        Fail(place, $"'{name.Text}' has the wrong number of arguments", $"{arguments.Count}", $"{expected}");
        return null;
    }

    private Operand? Value(Token name, TextPlace place)
    {
        if (_replaced.TryGetValue(name.Text, out Expression? other))
            return new Operand(other);
        if (name.Text is "t" or "T")
            return new Operand(time);
        if (name.Text.Equals(BuiltIn.Pi, StringComparison.OrdinalIgnoreCase))
            return new Operand(new Symbol(BuiltIn.Pi) { Place = place });
        if (names[name.Text] is var (spelled, declared))
        {
            return declared.Meaning is Meaning.Function
                ? Fail(place, $"'{name.Text}' is a function and needs its arguments", hint: $"write {name.Text}(…)")
                : new Operand(new Symbol(names.Read(spelled)) { Place = place });
        }
        if (XppFunctions.Refused.TryGetValue(name.Text, out string? why))
            return Fail(place, $"'{name.Text}' is not supported: {why}");
        if (XppFunctions.Reserves(name.Text))
            return Fail(place, $"'{name.Text}' is a function and needs its arguments", hint: $"write {name.Text}(…)");
        if (!names.IsRefused(name.Text))
            findings.Add(place, "there is no such name in this file", Finding.Quote(name.Text),
                hint: DidYouMean.Hint(name.Text, names.Values) ?? $"define it: par {name.Text}=… or {name.Text}=…");
        return new Operand(new Symbol(name.Text) { Place = place });
    }

    // sum(a,b)of(…): the terms from a to b are added from the left, as XPP does.
    private Operand? Sum(TextPlace place)
    {
        TextPlace open = line.At(Next.Offset);
        _at++;
        if (Parse(Loosest, atStart: true) is not var (from, _) || !Skip(",") || Parse(Loosest, atStart: true) is not var (to, _) || !Close(open) || !SkipWord("of"))
            return null;
        if (_replaced.ContainsKey(SumIndex))
            return Fail(place, "a sum stands inside of another", hint: "name the inner one on a line of its own");
        if (TooDeep(from) || TooDeep(to))
            return null;
        if (Constant(from) is not { } low || Constant(to) is not { } high || Math.Abs(low) > ModelLimits.Characters || Math.Abs(high) > ModelLimits.Characters)
            return Fail(place, "the limits of a sum must be numbers", $"{Finding.Quote(from.ToString())} to {Finding.Quote(to.ToString())}");
        (low, high) = (Math.Truncate(low), Math.Truncate(high));
        if (high - low >= ModelLimits.Depth)
            return Fail(place, "the sum has too many terms", $"{high - low + 1}", $"at most {ModelLimits.Depth}");
        (int body, IReadOnlyDictionary<string, Expression> outer) = (_at, _replaced);
        Expression? sum = null;
        for (double i = low; i <= Math.Max(low, high); i++)
        {
            _at = body;
            _replaced = new Dictionary<string, Expression>(outer, StringComparer.OrdinalIgnoreCase) { [SumIndex] = new Number(i) { Place = place } };
            if (InParentheses() is not { } term)
                return null;
            sum = sum is null ? Number(term) : new Binary(BinaryOperator.Add, sum, Number(term)) { Place = place };
        }
        _replaced = outer;
        return new Operand(high < low ? new Number(0) { Place = place } : sum!);
    }

    // shift(x,n): the state or quantity whose line stands n after that of x; states come first.
    private Operand? Shift(TextPlace place)
    {
        _at++;
        Token name = Next;
        _at++;
        if (!Skip(",") || Parse(Loosest, atStart: true) is not var (by, _) || !Skip(")"))
            return null;
        if (TooDeep(by))
            return null;
        int from = names[name.Text] is not var (spelled, _) ? -1
            : names.Quantities.IndexOf(spelled) is >= 0 and int quantity ? names.States.Count + quantity : names.States.ToList().IndexOf(spelled);
        if (from < 0 || Constant(by) is not { } shift)
            return Fail(place, "'shift' is not supported with this", $"{Finding.Quote(name.Text)}, {Finding.Quote(by.ToString())}", "a state or quantity, and a number");
        double index = from + Math.Truncate(shift);
        if (!(index >= 0 && index < names.States.Count + names.Quantities.Count))
            return Fail(place, "'shift' leads beyond the states and quantities", $"{name.Text} and {shift}", string.Join(", ", names.States.Concat(names.Quantities).Take(20)));
        return new Operand(new Symbol(index < names.States.Count ? names.States[(int)index] : names.Quantities[(int)index - names.States.Count]) { Place = place });
    }

    // Between 0 and y, as in XPP.
    private static Binary Modulo(Expression x, Expression y, TextPlace place) =>
        new(BinaryOperator.Subtract, x, new Binary(BinaryOperator.Multiply, y,
            new Call("floor", [new Binary(BinaryOperator.Divide, x, y) { Place = place }]) { Place = place })
        { Place = place })
        { Place = place };

    private static double? Constant(Expression expression) => expression switch
    {
        Number number => number.SI,
        Unary { Operator: UnaryOperator.Negate } negate => -Constant(negate.Operand),
        Binary { Operator: BinaryOperator.Add } sum => Constant(sum.Left) + Constant(sum.Right),
        Binary { Operator: BinaryOperator.Subtract } difference => Constant(difference.Left) - Constant(difference.Right),
        Binary { Operator: BinaryOperator.Multiply } product => Constant(product.Left) * Constant(product.Right),
        _ => null,
    };

    private static bool IsCondition(Expression expression) =>
        expression is Unary { Operator: UnaryOperator.Not } or Binary { Operator: <= BinaryOperator.NotEqual };

    private static Expression Condition(Expression value) =>
        IsCondition(value) ? value : new Binary(BinaryOperator.NotEqual, value, new Number(0) { Place = value.Place }) { Place = value.Place };

    private static Expression Number(Expression value) =>
        !IsCondition(value) ? value
            : new Call("if", [value, new Number(1) { Place = value.Place }, new Number(0) { Place = value.Place }]) { Place = value.Place };

    private static (BinaryOperator Operator, int Precedence)? Operator(Token token) => token.Kind is not (TokenKind.Mark or TokenKind.Unknown) ? null : token.Text switch
    {
        "|" => (BinaryOperator.Or, Loosest),
        "+" => (BinaryOperator.Add, Loosest),
        "-" => (BinaryOperator.Subtract, Loosest),
        "&" => (BinaryOperator.And, Product),
        "*" => (BinaryOperator.Multiply, Product),
        "/" => (BinaryOperator.Divide, Product),
        "^" => (BinaryOperator.Power, Power),
        "<" => (BinaryOperator.Less, Power),
        "<=" => (BinaryOperator.LessOrEqual, Power),
        ">" => (BinaryOperator.Greater, Power),
        ">=" => (BinaryOperator.GreaterOrEqual, Power),
        "==" => (BinaryOperator.Equal, Power),
        "!=" => (BinaryOperator.NotEqual, Power),
        _ => null,
    };

    private Operand? Fail(TextPlace place, string message, string? found = null, string? allowed = null, string? hint = null)
    {
        findings.Add(place, message, found, allowed, hint);
        return null;
    }
}
