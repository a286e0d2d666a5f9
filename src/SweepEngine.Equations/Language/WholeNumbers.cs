namespace SweepEngine.Equations;

/// <summary>What a line or a sum counts through.</summary>
/// <param name="Name">The name that counts.</param>
/// <param name="From">Its first value.</param>
/// <param name="To">Its last value; one less than the first for no value at all.</param>
internal readonly record struct Counting(string Name, int From, int To);

/// <summary>
/// Reads indices and ranges: whole numbers, sizes and counting names, joined by + - * and parentheses.
/// </summary>
/// <param name="source">The text.</param>
/// <param name="tokens">Its tokens.</param>
/// <param name="at">Where to begin.</param>
/// <param name="scope">Knows sizes and counting names.</param>
/// <param name="findings">Where everything that is wrong goes.</param>
internal sealed class WholeNumbers(YamlText source, IReadOnlyList<Token> tokens, int at, Scope scope, Findings findings)
{
    private const int Largest = 1_000_000;

    private int _nesting;

    /// <summary>Where the reading stands: behind what was read, when it was right.</summary>
    public int At { get; private set; } = at;

    private Token Next => tokens[At];

    /// <summary>True where <c>for NAME in</c> stands.</summary>
    public static bool Counts(IReadOnlyList<Token> tokens, int at) =>
        tokens[at].IsName("for") && tokens[at + 1].Kind is TokenKind.Name && tokens[at + 2].IsName("in");

    /// <summary>Where <c>for NAME in</c> stands between two tokens, outside of parentheses; −1 when it does not.</summary>
    public static int FindCounting(IReadOnlyList<Token> tokens, int first, int end)
    {
        int open = 0;
        for (int i = first; i < end && open >= 0; i++)
        {
            if (tokens[i].IsMark("(") || tokens[i].IsMark("["))
                open++;
            else if (tokens[i].IsMark(")") || tokens[i].IsMark("]"))
                open--;
            else if (open == 0 && Counts(tokens, i))
                return i;
        }
        return -1;
    }

    /// <summary>Reads <c>for NAME in a..b</c>.</summary>
    /// <returns>What it counts, or null after a finding.</returns>
    public Counting? CountingRange()
    {
        At++;
        return NamedRange();
    }

    /// <summary>Reads <c>NAME in a..b</c>.</summary>
    /// <returns>What it counts, or null after a finding.</returns>
    public Counting? NamedRange()
    {
        Token name = Next;
        if (scope[name.Text] is { } declared)
            return Fail<Counting>(name, $"'{name.Text}' cannot count: it is {declared.What} of this model", hint: "count with another name, such as i");
        if (BuiltIn.Reserves(name.Text) || scope.Whole(name.Text) is not null)
            return Fail<Counting>(name, $"'{name.Text}' cannot count: it has a meaning already", hint: "count with another name, such as i");
        At += 2;
        return Range() is var (from, to) ? new Counting(name.Text, from, to) : null;
    }

    /// <summary>Reads <c>a..b</c>.</summary>
    /// <returns>Its ends, or null after a finding.</returns>
    public (int From, int To)? Range()
    {
        Token first = Next;
        if (Sum() is not { } from)
            return null;
        if (!Next.IsMark(".."))
            return Fail<(int, int)>(Next, "this is not a range", Next.Found, "first..last, such as 1..N");
        At++;
        if (Sum() is not { } to)
            return null;
        if (to < from - 1)
            return Fail<(int, int)>(first, "the range ends before it begins", $"{from}..{to}");
        if (to - from >= ModelLimits.Range)
            return Fail<(int, int)>(first, "the range is too long", $"{from}..{to}", $"at most {ModelLimits.Range} numbers");
        return (from, to);
    }

    /// <summary>Reads an index.</summary>
    /// <returns>Its value, or null after a finding.</returns>
    public int? Sum()
    {
        int? sum = Product();
        while (sum is not null && (Next.IsMark("+") || Next.IsMark("-")))
        {
            Token sign = Next;
            At++;
            sum = Product() is { } term ? Within(sign, sign.Text == "+" ? (long)sum + term : (long)sum - term) : null;
        }
        return sum;
    }

    private int? Product()
    {
        int? product = Factor();
        while (product is not null && Next.IsMark("*"))
        {
            Token sign = Next;
            At++;
            product = Factor() is { } factor ? Within(sign, (long)product * factor) : null;
        }
        return product;
    }

    private int? Factor()
    {
        Token token = Next;
        if (_nesting == ModelLimits.Nesting)
            return Fail<int>(token, "the index is nested too deeply", $"more than {ModelLimits.Nesting} levels");
        At++;
        if (token.Kind is TokenKind.Number && token.Text.All(char.IsAsciiDigit))
            return token.Value <= Largest ? (int)token.Value : Within(token, Largest + 1L);
        if (token.Kind is TokenKind.Name && scope.Whole(token.Text) is { } whole)
            return whole;
        if (token.IsMark("-") || token.IsMark("("))
        {
            _nesting++;
            int? inner = token.IsMark("-") ? -Factor() : Sum();
            _nesting--;
            if (inner is null || token.IsMark("-") || Next.IsMark(")"))
            {
                At += inner is not null && token.IsMark("(") ? 1 : 0;
                return inner;
            }
            return Fail<int>(token, "the parenthesis is never closed", hint: "add ')'");
        }
        return Fail<int>(token, "an index must be a whole number", token.Found, "numbers, sizes and what counts, joined by + - *",
            token.Kind is TokenKind.Name ? DidYouMean.Hint(token.Text, scope.Wholes) ?? $"declare it under sizes: {token.Text}: 20" : null);
    }

    private int? Within(Token place, long value) =>
        Math.Abs(value) <= Largest ? (int)value : Fail<int>(place, "the index is too large", place.Found, $"at most {Largest}");

    private T? Fail<T>(Token place, string message, string? found = null, string? allowed = null, string? hint = null) where T : struct
    {
        findings.Add(source.At(place.Offset), message, found, allowed, hint);
        return null;
    }
}
