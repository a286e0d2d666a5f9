namespace SweepEngine.Equations;

/// <summary>
/// Reads expressions by operator precedence (see <see cref="Precedence"/>). The first mistake on a line is reported and ends
/// the reading of that line; unknown names are reported, all of them.
/// </summary>
/// <remarks>
/// A number takes the unit that stands right behind it, and that unit reaches as far as unit names go: powers, and further units
/// behind <c>*</c> or <c>/</c>. So <c>1 uF/cm^2</c> is one number. Where this would read differently from plain arithmetic, behind
/// <c>/</c> or <c>^</c>, parentheses are asked for. A unit name that stands alone means one of that unit.
/// </remarks>
/// <param name="source">The text.</param>
/// <param name="tokens">Its tokens.</param>
/// <param name="first">Where the expression begins.</param>
/// <param name="scope">The names that it may use.</param>
/// <param name="findings">Where everything that is wrong goes.</param>
/// <param name="draws">Where its random numbers go; null where none can be drawn.</param>
internal sealed class ExpressionParser(
    YamlText source, IReadOnlyList<Token> tokens, int first, Scope scope, Findings findings, List<RandomDraw>? draws = null)
{
    private readonly int _first = first;
    private int _at = first;
    private int _nesting;
    private bool _inDraw;

    private Token Next => tokens[_at];

    /// <summary>Reads an expression that ends where the line ends.</summary>
    /// <returns>The expression, or null after a finding. Unknown names do not make it null.</returns>
    public Expression? Whole()
    {
        if (Parse(Precedence.Lowest) is not { } expression)
            return null;
        if (Next.Kind is not (TokenKind.LineEnd or TokenKind.End))
            return Unexpected("an operator", OperatorHint(expression));
        if (expression.Depth <= ModelLimits.Depth)
            return expression;
        return Fail(expression.Start, "the expression is nested too deeply", $"{expression.Depth} operators inside one another",
            $"at most {ModelLimits.Depth}", "name parts of it on lines of their own");
    }

    private Expression? Parse(int loosest)
    {
        if (_nesting > ModelLimits.Nesting)
            return Fail(Place(Next), "the expression is nested too deeply", $"more than {ModelLimits.Nesting} levels",
                $"at most {ModelLimits.Nesting}", "name parts of it on lines of their own");
        _nesting++;
        Expression? left = Prefix(loosest);
        while (left is not null && Operator(Next) is { } op && Precedence.Of(op) is int precedence && precedence >= loosest)
        {
            TextPlace place = Place(Next);
            _at++;
            // A power groups from the right and takes a sign behind it; all others group from the left.
            Expression? right = Parse(op is BinaryOperator.Power ? Precedence.Negation : precedence + 1);
            left = right is null ? null : new Binary(op, left, right) { Place = place };
            if (left is not null && precedence == Precedence.Comparison && Operator(Next) is { } second
                && Precedence.Of(second) == Precedence.Comparison)
                left = Fail(Place(Next), "comparisons cannot be chained", Next.Found, hint: "write a < b and b < c");
        }
        _nesting--;
        return left;
    }

    private Expression? Prefix(int loosest)
    {
        Token token = Next;
        TextPlace place = Place(token);
        switch (token.Kind)
        {
            case TokenKind.Mark when token.Text == "-":
                _at++;
                return Parse(Precedence.Negation) is { } negated ? new Unary(UnaryOperator.Negate, negated) { Place = place } : null;
            case TokenKind.Mark when token.Text == "(":
                return Parenthesis();
            case TokenKind.Number:
                return Number();
            case TokenKind.Name when token.Text == "not":
                if (loosest > Precedence.Not)
                    return Fail(place, "'not' needs parentheses here", hint: "write (not …)");
                _at++;
                return Parse(Precedence.Not) is { } denied ? new Unary(UnaryOperator.Not, denied) { Place = place } : null;
            case TokenKind.Name when !BuiltIn.Words.Contains(token.Text):
                _at++;
                return Next.IsMark("(") ? Call(token, place) : Symbol(token, place);
            default:
                return Unexpected("a number, a name, a function or '('");
        }
    }

    private Expression? Parenthesis()
    {
        TextPlace open = Place(Next);
        _at++;
        Expression? inner = Parse(Precedence.Lowest);
        return inner is null ? null : Close(open) ? inner : null;
    }

    private bool Close(TextPlace open)
    {
        if (Next.IsMark(")"))
        {
            _at++;
            return true;
        }
        if (Next.Kind is TokenKind.LineEnd or TokenKind.End)
            Fail(open, "the parenthesis is never closed", hint: "add ')'");
        else
            Unexpected("an operator or ')'");
        return false;
    }

    private Number? Number()
    {
        Token number = Next;
        TextPlace place = Place(number);
        _at++;
        if (!double.IsFinite(number.Value))
            return Fail<Number>(place, "the number is too large", number.Found, "numbers up to 1.8e308");
        if (Next.Kind is not TokenKind.Name || BuiltIn.Words.Contains(Next.Text))
            return new Number(number.Value) { Place = place };
        if (scope[Next.Text] is { } declared)
            return Fail<Number>(Place(Next), $"an operator is missing in front of '{Next.Text}', which is {declared.What} of this model",
                hint: $"write {number.Text}*{Next.Text}");
        TextPlace unitPlace = Place(Next);
        string written = UnitFactor();
        if (!Unit.TryParse(written, out Unit? unit, out string? hint))
            return Fail<Number>(unitPlace, "this is neither an operator nor a unit", Finding.Quote(written), "a unit such as mV behind a number", hint);
        int factors = 1;
        while ((Next.IsMark("*") || Next.IsMark("/")) && tokens[_at + 1] is { Kind: TokenKind.Name } name && scope[name.Text] is null
            && !tokens[_at + 2].IsMark("("))
        {
            int before = _at++;
            string longer = written + tokens[before].Text + UnitFactor();
            if (Unit.Parse(longer) is not { } product)
            {
                _at = before;
                break;
            }
            (written, unit, factors) = (longer, product, factors + 1);
        }
        if (Next.IsMark("^") || (factors > 1 && BehindDivisionOrPower(number)))
            return Fail<Number>(place, "it is not clear where this unit ends", Finding.Quote($"{number.Text} {written}"),
                hint: $"write ({number.Text} {written}), or write parentheses around the number and the part of the unit that belongs to it");
        Quantity quantity = new(number.Value, unit);
        return double.IsFinite(quantity.SI) ? new Number(quantity) { Place = place }
            : Fail<Number>(place, "the number is too large", Finding.Quote(quantity.ToString()), "numbers up to 1.8e308 in SI units");
    }

    // A unit name and its power, as far as there is one.
    private string UnitFactor()
    {
        string unit = Next.Text;
        _at++;
        int sign = Next.IsMark("^") && tokens[_at + 1].IsMark("-") ? 1 : 0;
        if (!Next.IsMark("^") || tokens[_at + 1 + sign] is not { Kind: TokenKind.Number } power || !power.Text.All(char.IsAsciiDigit))
            return unit;
        _at += 2 + sign;
        return $"{unit}^{(sign == 1 ? "-" : "")}{power.Text}";
    }

    private bool BehindDivisionOrPower(Token number)
    {
        int before = _at - 1;
        while (tokens[before].Offset > number.Offset)
            before--;
        do
            before--;
        while (before >= _first && tokens[before].IsMark("-"));
        return before >= _first && (tokens[before].IsMark("/") || tokens[before].IsMark("^"));
    }

    private Expression? Call(Token name, TextPlace place)
    {
        TextPlace open = Place(Next);
        int? expected = scope[name.Text] is { Meaning: Meaning.Function } declared ? declared.Arguments : IsDraw(name) ? BuiltIn.Draws[name.Text].Arguments
            : BuiltIn.Functions.TryGetValue(name.Text, out BuiltIn? builtIn) ? builtIn.Arguments : scope.Import(name.Text)?.Arguments.Count;
        if (expected is null && scope[name.Text] is { } other)
            return Fail(open, $"'{name.Text}' is {other.What}, not a function", hint: $"write {name.Text}*(…) for a product");
        if (expected is null && BuiltIn.Constants.Contains(name.Text))
            return Fail(open, $"'{name.Text}' is not a function", hint: $"write {name.Text}*(…) for a product");
        if (expected is null)
            return Fail(place, "there is no such function", Finding.Quote(name.Text),
                hint: DidYouMean.Hint(name.Text, scope.Functions) ?? $"define it on a line of its own: {name.Text}(x) = …");
        if (IsDraw(name) && !CanDraw(name, place))
            return null;
        _inDraw |= IsDraw(name);
        _at++;
        List<Expression> arguments = [];
        while (arguments.Count == 0 ? !Next.IsMark(")") : Next.IsMark(","))
        {
            if (arguments.Count > 0)
                _at++;
            if (Parse(Precedence.Lowest) is not { } argument)
                return null;
            arguments.Add(argument);
        }
        if (!Close(open))
            return null;
        if (arguments.Count != expected)
            return Fail(place, $"'{name.Text}' has the wrong number of arguments", $"{arguments.Count}", $"{expected}");
        if (!IsDraw(name))
            return new Call(name.Text, arguments) { Place = place };
        _inDraw = false;
        draws!.Add(new RandomDraw($"{name.Text}#{draws.Count + 1}", BuiltIn.Draws[name.Text].Kind, arguments));
        return new Symbol(draws[^1].Name) { Place = place };
    }

    private bool IsDraw(Token name) => scope[name.Text] is null && BuiltIn.Draws.ContainsKey(name.Text);

    private bool CanDraw(Token name, TextPlace place)
    {
        if (draws is null)
            Fail(place, "no random number can be drawn here", Finding.Quote(name.Text), "in a start, in the reset of a spike and in the do of an event",
                $"white noise in an equation is {BuiltIn.Noise}");
        else if (_inDraw)
            Fail(place, "the distribution of a random number cannot be random itself", Finding.Quote(name.Text));
        return draws is not null && !_inDraw;
    }

    private Expression? Symbol(Token name, TextPlace place)
    {
        if (scope[name.Text] is { Meaning: Meaning.Function } || BuiltIn.Functions.ContainsKey(name.Text))
            return Fail(place, $"'{name.Text}' is a function and needs its arguments", hint: $"write {name.Text}(…)");
        if (IsDraw(name) && draws is not null)
            return Fail(place, $"'{name.Text}' is a random number and needs its parentheses", hint: $"write {name.Text}({(BuiltIn.Draws[name.Text].Arguments == 0 ? "" : "…")})");
        if (scope[name.Text] is null && !BuiltIn.Constants.Contains(name.Text) && !scope.IsNoise(name.Text))
        {
            if (Unit.Parse(name.Text) is { } unit)
                return new UnitConstant(unit) { Place = place };
            findings.Add(place, "there is no such name in this model", Finding.Quote(name.Text),
                hint: DidYouMean.Hint(name.Text, scope.Values) ?? $"declare it under parameters, or define it on a line of its own: {name.Text} = …");
        }
        return new Symbol(name.Text) { Place = place };
    }

    private static BinaryOperator? Operator(Token token) => (token.Kind, token.Text) switch
    {
        (TokenKind.Name, "or") => BinaryOperator.Or,
        (TokenKind.Name, "and") => BinaryOperator.And,
        (TokenKind.Mark, "<") => BinaryOperator.Less,
        (TokenKind.Mark, "<=") => BinaryOperator.LessOrEqual,
        (TokenKind.Mark, ">") => BinaryOperator.Greater,
        (TokenKind.Mark, ">=") => BinaryOperator.GreaterOrEqual,
        (TokenKind.Mark, "==") => BinaryOperator.Equal,
        (TokenKind.Mark, "!=") => BinaryOperator.NotEqual,
        (TokenKind.Mark, "+") => BinaryOperator.Add,
        (TokenKind.Mark, "-") => BinaryOperator.Subtract,
        (TokenKind.Mark, "*") => BinaryOperator.Multiply,
        (TokenKind.Mark, "/") => BinaryOperator.Divide,
        (TokenKind.Mark, "^") => BinaryOperator.Power,
        _ => null,
    };

    private TextPlace Place(Token token) => source.At(token.Offset);

    private string? OperatorHint(Expression before) => Next switch
    {
        { Kind: TokenKind.Name } or { Kind: TokenKind.Mark, Text: "(" } when before is not Binary { Operator: < BinaryOperator.Add } =>
            "write * for a product",
        { Kind: TokenKind.Mark, Text: "=" } => "compare with ==",
        { Kind: TokenKind.Mark, Text: ")" } => "remove it, or add '(' in front",
        _ => null,
    };

    private Expression? Unexpected(string expected, string? hint = null)
    {
        (string message, string? unknownHint) = Mistake.Of(Next);
        return Fail(Place(Next), message, Next.Found, expected, hint ?? unknownHint);
    }

    private Expression? Fail(TextPlace place, string message, string? found = null, string? allowed = null, string? hint = null) =>
        Fail<Expression>(place, message, found, allowed, hint);

    private T? Fail<T>(TextPlace place, string message, string? found = null, string? allowed = null, string? hint = null)
        where T : Expression
    {
        findings.Add(place, message, found, allowed, hint);
        return null;
    }
}

/// <summary>What to say of a token that does not belong where it stands.</summary>
internal static class Mistake
{
    public static (string Message, string? Hint) Of(Token token) => token.Kind is not TokenKind.Unknown
        ? ("the equation does not go on as it should", null)
        : ("an equation cannot contain this character", token.Text[0] switch
        {
            '[' or ']' or '{' or '}' => "write round parentheses",
            '&' => "write 'and'",
            '|' => "write 'or', or abs(x) for an absolute value",
            '!' => "write 'not'",
            '·' or '×' => "write * for a product",
            '−' or '–' => "write the minus of the keyboard, -",
            ':' or ';' => "write each equation on a line of its own; units are declared with states and parameters",
            _ => null,
        });
}
