using System.Globalization;

namespace SweepEngine.Equations;

/// <summary>
/// Reads <c>table name % n xlo xhi formula</c> and <c>table name file</c>. As in XPP, the lines between the points go on beyond the ends.
/// Points whose formula has only numbers in it are computed once; one with parameters is written out as the line between two of its values.
/// </summary>
/// <remarks>A file is text that a stranger may have written: it must lie in the folder of the .ode file or below, not behind a link, and is read up to a size.</remarks>
internal sealed class XppTable(XppStatement statement, string file, ModelDraft draft, XppNames names, Findings findings)
{
    private const string Forms = "table f % n xlo xhi formula, or table f file";

    private readonly XppLine _line = statement.Line;

    /// <summary>Reads it into a function of the model.</summary>
    public void Read()
    {
        int at = _line.Tokens[statement.Rest].Offset;
        if (_line.Tokens[statement.Rest].Kind is TokenKind.End)
            Report(_line.Text.Length, "the table has no points", null);
        else if (_line.Text[at] == '%')
            ReadFormula(at + 1);
        else if (_line.Text[at] == '@')
            Report(at, "a table of two arguments is not supported", "'@'");
        else if (ReadFile(at) is { } table)
            draft.Functions.Add(TableReader.Function(table, Unit.One, Unit.One));
    }

    // n, xlo and xhi end at white space, as in XPP; the formula is over t.
    private void ReadFormula(int at)
    {
        if (Word(ref at) is not { } n || Word(ref at) is not { } low || Word(ref at) is not { } high)
            return;
        if (n.Value is not (>= LookupTable.FewestPoints and <= LookupTable.MostPoints) || n.Value != Math.Floor(n.Value))
            Report(n.At, "the number of points of the table does not fit", n.Text, $"{LookupTable.FewestPoints} to {LookupTable.MostPoints}");
        else if (!(double.IsFinite(low.Value) && double.IsFinite(high.Value) && low.Value < high.Value))
            Report(low.At, "the ends of the table do not ascend", $"{low.Text} to {high.Text}");
        else
        {
            string argument = names.Free(BuiltIn.Time);
            int first = _line.Tokens.ToList().FindIndex(token => token.Offset >= at);
            Dictionary<string, Expression> time = new(StringComparer.OrdinalIgnoreCase) { [BuiltIn.Time] = new Symbol(argument) };
            if (new XppParser(_line, first, names, new Symbol(argument), time, findings).Whole() is { } formula)
                Add(formula, argument, (int)n.Value, low.Value, high.Value);
        }
    }

    private void Add(Expression formula, string argument, int n, double low, double high)
    {
        double step = (high - low) / (n - 1);
        if (HasNames(formula, argument))
        {
            if (StateIn(formula) is { } state)
            {
                findings.Add(state.Place, "the formula of a table cannot have states in it", Finding.Quote(state.Name), "t, parameters and numbers");
                return;
            }
            draft.Functions.Add(new ModelFunction(statement.Name, [argument], Line(formula, argument, n, low, step)));
            return;
        }
        if ((names.TableOperandsLeft -= n * formula.Size) < 0)
        {
            Report(_line.Tokens[statement.Rest].Offset, "the tables of the file are too large", null, $"{XppNames.MostTableOperands} points times numbers and operators of their formulas");
            return;
        }
        double[] x = [.. Enumerable.Range(0, n).Select(i => i == n - 1 ? high : low + step * i)];
        double[] y = [.. x.Select(each => new Interpreter(new Dictionary<string, double> { [argument] = each }).Evaluate(formula))];
        if (Array.FindIndex(y, each => !double.IsFinite(each)) is >= 0 and int bad)
            Report(_line.Tokens[statement.Rest].Offset, "the formula of the table has no finite value", string.Create(CultureInfo.InvariantCulture, $"{y[bad]} at {x[bad]}"));
        else if (Table(x, y, _line.At(_line.Tokens[statement.Rest].Offset)) is { } table)
            draft.Functions.Add(TableReader.Function(table, Unit.One, Unit.One));
    }

    // f(x_i) + (x - x_i)/step*(f(x_i + step) - f(x_i)), with the x_i below x.
    private static Binary Line(Expression formula, string argument, int n, double low, double step)
    {
        Symbol x = new(argument);
        Call index = new("min", [new Call("max", [new Call("floor", [Apply(BinaryOperator.Divide, Apply(BinaryOperator.Subtract, x, new Number(low)), new Number(step))]), new Number(0)]), new Number(n - 2)]);
        Binary left = Apply(BinaryOperator.Add, new Number(low), Apply(BinaryOperator.Multiply, new Number(step), index));
        Binary right = Apply(BinaryOperator.Add, new Number(low), Apply(BinaryOperator.Multiply, new Number(step), Apply(BinaryOperator.Add, index, new Number(1))));
        Expression from = Replaced(formula, argument, left), to = Replaced(formula, argument, right);
        return Apply(BinaryOperator.Add, from, Apply(BinaryOperator.Multiply, Apply(BinaryOperator.Divide, Apply(BinaryOperator.Subtract, x, left), new Number(step)), Apply(BinaryOperator.Subtract, to, from)));
    }

    private static Binary Apply(BinaryOperator op, Expression left, Expression right) => new(op, left, right);

    private static Expression Replaced(Expression expression, string name, Expression by) => expression switch
    {
        Symbol symbol when symbol.Name == name => by,
        Unary unary => new Unary(unary.Operator, Replaced(unary.Operand, name, by)),
        Binary binary => new Binary(binary.Operator, Replaced(binary.Left, name, by), Replaced(binary.Right, name, by)) { Place = binary.Place },
        Call call => new Call(call.Function, [.. call.Arguments.Select(argument => Replaced(argument, name, by))]) { Place = call.Place },
        _ => expression,
    };

    // Whether there is anything in it but numbers, the argument and functions of the language.
    private static bool HasNames(Expression expression, string argument) => expression switch
    {
        Symbol { Name: var name } => name != argument && name != BuiltIn.Pi,
        Unary unary => HasNames(unary.Operand, argument),
        Binary binary => HasNames(binary.Left, argument) || HasNames(binary.Right, argument),
        Call call => !BuiltIn.Functions.ContainsKey(call.Function) || call.Arguments.Any(each => HasNames(each, argument)),
        _ => false,
    };

    private Symbol? StateIn(Expression expression) => expression switch
    {
        Symbol symbol when names[symbol.Name]?.Declared.Meaning is Meaning.State => symbol,
        Unary unary => StateIn(unary.Operand),
        Binary binary => StateIn(binary.Left) ?? StateIn(binary.Right),
        Call call => call.Arguments.Select(StateIn).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private LookupTable? ReadFile(int at)
    {
        string written = _line.Text[at..].Trim().Trim('"');
        TextPlace place = _line.At(at);
        if (--names.TableFilesLeft < 0)
        {
            findings.Add(place, "there are too many table files", null, $"at most {ModelLimits.Tables}");
            return null;
        }
        if (PathOf(written) is not { } path)
        {
            findings.Add(place, "a table is read only from the folder of the .ode file or one below it", Finding.Quote(written), "a file name such as f.tab or tables/f.tab, not a link");
            return null;
        }
        return TextFile.Read(path, place, findings) is { } text ? ReadPoints(text.Split('\n'), path, place) : null;
    }

    // Null for a path that could lead elsewhere.
    private string? PathOf(string written)
    {
        string[] parts = written.Split('/');
        if (written.Contains('\\', StringComparison.Ordinal) || written.Contains(':', StringComparison.Ordinal) || parts.Any(part => part is "" or ".." || part.Any(char.IsControl)))
            return null;
        string path = Path.GetDirectoryName(file) ?? "";
        foreach (string part in parts)
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null)
                return null;
        }
        // A pipe has no length, and reading it might never end.
        return File.Exists(path) && new FileInfo(path).Length == 0 ? null : path;
    }

    // n, xlo, xhi, then n values; or xyvals, n, then n pairs. One number or pair at the beginning of each line; what follows it there is no matter.
    private LookupTable? ReadPoints(string[] lines, string path, TextPlace place)
    {
        string head = lines[0].Trim();
        bool pairs = head.StartsWith("xyvals", StringComparison.OrdinalIgnoreCase);
        if (!pairs && head.Length > 0 && head[0] is 'i' or 's')
        {
            findings.Add(new TextPlace(path, 1, 1), "a table without straight lines between its points is not supported", Finding.Quote(head), "a number of points alone");
            return null;
        }
        int first = pairs ? 2 : 3;
        if (Numbers(lines, pairs ? 1 : 0, 1, path) is not [var n])
            return null;
        if (n is not (>= LookupTable.FewestPoints and <= LookupTable.MostPoints) || n != Math.Floor(n))
        {
            findings.Add(new TextPlace(path, pairs ? 2 : 1, 1), "the number of points of the table does not fit", n.ToString(CultureInfo.InvariantCulture), $"{LookupTable.FewestPoints} to {LookupTable.MostPoints}");
            return null;
        }
        double[] x = new double[(int)n], y = new double[x.Length];
        if (!pairs)
        {
            if (Numbers(lines, 1, 1, path) is not [var low] || Numbers(lines, 2, 1, path) is not [var high])
                return null;
            double step = (high - low) / (n - 1);
            for (int i = 0; i < x.Length; i++)
                x[i] = i == x.Length - 1 ? high : low + step * i;
        }
        for (int i = 0; i < x.Length; i++)
        {
            if (Numbers(lines, first + i, pairs ? 2 : 1, path) is not { } numbers)
                return null;
            (x[i], y[i]) = (pairs ? numbers[0] : x[i], numbers[^1]);
        }
        return Table(x, y, new TextPlace(path, 1, 1));
    }

    private double[]? Numbers(string[] lines, int index, int count, string path)
    {
        string line = index < lines.Length ? lines[index] : "";
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        double[] numbers = [.. words.Take(count).Select(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN)];
        if (numbers.Length == count && numbers.All(double.IsFinite))
            return numbers;
        findings.Add(new TextPlace(path, index + 1, 1), "the table does not go on as it should", index < lines.Length ? Finding.Quote(line.Trim()) : "the end of the file",
            count == 1 ? "a number" : "two numbers", "a table file has n, xlo, xhi and n values, each on a line of its own; or xyvals, n, and n lines x y");
        return null;
    }

    private LookupTable? Table(double[] x, double[] y, TextPlace place)
    {
        if (x.Zip(x.Skip(1)).All(pair => pair.First < pair.Second))
            return new LookupTable(statement.Name, x, y, continues: true);
        findings.Add(place, "the arguments of the table do not ascend");
        return null;
    }

    // A number up to the next white space; null after a finding.
    private (double Value, string Text, int At)? Word(ref int at)
    {
        while (at < _line.Text.Length && char.IsWhiteSpace(_line.Text[at]))
            at++;
        int start = at;
        while (at < _line.Text.Length && !char.IsWhiteSpace(_line.Text[at]))
            at++;
        string text = _line.Text[start..at];
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            return (value, Finding.Quote(text), start);
        Report(start, "this is not a number", text.Length > 0 ? Finding.Quote(text) : "the end of the line", Forms);
        return null;
    }

    private void Report(int at, string message, string? found, string? allowed = Forms) => findings.Add(_line.At(at), message, found, allowed);
}
