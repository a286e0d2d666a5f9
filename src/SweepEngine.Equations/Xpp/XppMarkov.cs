using System.Globalization;

namespace SweepEngine.Equations;

/// <summary>
/// Reads <c>markov z n</c> and the n lines behind it with n rates <c>{…}</c> each: z is 0 to n−1 and goes from i to j at the rate in row i and column j; the
/// diagonal means nothing. It becomes a state that stands still but for an event, whose rate is the sum over its row and which draws where to go.
/// </summary>
internal sealed class XppMarkov(XppStatement statement, IReadOnlyList<XppStatement> following, XppNames names, Expression time, Findings findings)
{
    /// <summary>Most states of a variable.</summary>
    public const int MostStates = 20;

    private static readonly Dictionary<string, Expression> Nothing = [];

    private readonly List<Expression[]> _rates = [];

    /// <summary>Reads the rates.</summary>
    /// <returns>False after a finding.</returns>
    public bool Read()
    {
        Token count = statement.Line.Tokens[statement.Rest];
        int n = count is { Kind: TokenKind.Number, Value: >= 2 and <= MostStates and var value } && value == Math.Floor(value) ? (int)value : 0;
        if (n == 0 || statement.Line.Tokens[statement.Rest + 1].Kind is not TokenKind.End)
        {
            findings.Add(statement.Line.At(count.Offset), "the number of states does not fit", count.Found, $"markov z n with n from 2 to {MostStates}, then n lines of n rates {{…}}");
            return false;
        }
        foreach (XppStatement row in following.TakeWhile(row => IsRow(row.Line)))
        {
            if (ReadRow(row.Line, n) is not { } rates)
                return false;
            _rates.Add(rates);
        }
        if (_rates.Count == n)
            return true;
        findings.Add(statement.Place, "the number of lines of rates does not fit", $"{_rates.Count} lines {{…}} {{…}}", $"{n}, right behind this line");
        return false;
    }

    /// <summary>Makes the event.</summary>
    /// <param name="draft">The model, whose other states are there already.</param>
    /// <param name="perTime">One per unit of time.</param>
    public void Add(ModelDraft draft, Expression perTime)
    {
        string hazard = names.Free($"hazard_{statement.Name}");
        draft.Scope.Declare(hazard, new Declared(Meaning.State, statement.Place), findings);
        draft.Dimensions.Add(hazard, Dimension.None);
        EventDraft jump = new(statement.Name);
        RandomDraw draw = new("uniform#1", RandomKind.Uniform, []);
        jump.Draws.Add(draw);
        Expression total = new Number(0), next = Self;
        for (int i = _rates.Count - 1; i >= 0; i--)
        {
            Expression row = Sum(i, _rates.Count);
            Binary isHere = new(BinaryOperator.Equal, Self, new Number(i));
            total = Choice(isHere, row, total);
            next = Choice(isHere, Target(i, new Binary(BinaryOperator.Multiply, new Symbol(draw.Name), row)), next);
        }
        jump.Reset.Add(new ResetAssignment(statement.Name, Placed(next)));
        draft.AddRate(jump, hazard, Placed(new Binary(BinaryOperator.Multiply, perTime, total)));
        draft.Events.Add(jump);
    }

    private Symbol Self => new(statement.Name);

    // Where to go from i, with a random part of the sum of the row: the first state whose sum up to itself exceeds it.
    private Expression Target(int i, Expression part)
    {
        int last = i == _rates.Count - 1 ? i - 1 : _rates.Count - 1;
        Expression target = new Number(last);
        for (int j = last - 1; j >= 0; j--)
        {
            if (j != i)
                target = Choice(new Binary(BinaryOperator.Less, part, Sum(i, j + 1)), new Number(j), target);
        }
        return target;
    }

    // Of the first rates of row i, but the diagonal.
    private Expression Sum(int i, int end)
    {
        Expression? sum = null;
        for (int j = 0; j < end; j++)
        {
            if (j != i)
                sum = sum is null ? _rates[i][j] : new Binary(BinaryOperator.Add, sum, _rates[i][j]);
        }
        return sum ?? new Number(0);
    }

    private static Call Choice(Expression condition, Expression yes, Expression no) => new("if", [condition, yes, no]);

    // What is wrong with it as a whole is told at the line.
    private Expression Placed(Expression expression) => expression switch
    {
        Call call => call with { Place = statement.Place },
        Binary binary => new Binary(binary.Operator, Placed(binary.Left), binary.Right) { Place = statement.Place },
        Number number => number with { Place = statement.Place },
        _ => expression,
    };

    /// <summary>Whether it is a line of rates.</summary>
    public static bool IsRow(XppLine line) => line.Text.TrimStart().StartsWith('{');

    private Expression[]? ReadRow(XppLine line, int n)
    {
        List<Expression> rates = [];
        int at = 0;
        while (line.Tokens[at].Text == "{")
        {
            XppParser formula = new(line, at + 1, names, time, Nothing, findings);
            if (formula.Until("}") is not { } rate)
                return null;
            rates.Add(rate);
            at = formula.At + 1;
        }
        if (rates.Count == n && line.Tokens[at].Kind is TokenKind.End)
            return [.. rates];
        findings.Add(line.At(line.Tokens[at].Offset), "the line of rates does not go on as it should", rates.Count == n ? line.Tokens[at].Found : rates.Count.ToString(CultureInfo.InvariantCulture) + " rates", $"{n} rates {{…}}");
        return null;
    }
}
