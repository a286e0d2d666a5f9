namespace SweepEngine.Equations;

/// <summary>
/// A node of the expression tree. Trees are immutable and may share branches. Two trees are equal when they say the same;
/// where they stand in the file takes no part in it.
/// </summary>
public abstract record Expression
{
    private protected Expression(ReadOnlySpan<Expression> branches)
    {
        Size = 1;
        foreach (Expression branch in branches)
        {
            Depth = Math.Max(Depth, branch.Depth);
            Size = Math.Min(Size + branch.Size, int.MaxValue);
        }
        Depth++;
    }

    /// <summary>
    /// Where it stands in the file: the operator of a unary or binary expression, the first character of any other.
    /// Nodes that no person wrote, such as those of a derivative, have the default place.
    /// </summary>
    public TextPlace Place { get; init; }

    /// <summary>Levels of the tree, 1 for a leaf.</summary>
    internal int Depth { get; }

    /// <summary>Nodes of the tree, a shared branch counted as often as it occurs; stops at the largest integer.</summary>
    internal long Size { get; }

    /// <summary>The expressions that it is made of, from left to right.</summary>
    internal IReadOnlyList<Expression> Branches => this switch
    {
        Unary unary => [unary.Operand],
        Binary binary => [binary.Left, binary.Right],
        Call call => call.Arguments,
        Lookup lookup => [lookup.Argument],
        _ => [],
    };

    /// <summary>The place of the leftmost leaf: where the text of the expression begins, but for parentheses.</summary>
    internal TextPlace Start
    {
        get
        {
            Expression leftmost = this;
            while (leftmost is Binary binary)
                leftmost = binary.Left;
            return leftmost.Place;
        }
    }

    /// <summary>Equal when the node types are; the derived records add their parts.</summary>
    /// <param name="other">The expression to compare with.</param>
    public virtual bool Equals(Expression? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>The expression as text with as few parentheses as possible; reading it again gives an equal tree.</summary>
    /// <returns>For example <c>g_L*(E_L - V_m)/C_m</c>.</returns>
    public sealed override string ToString() => ExpressionPrinter.Print(this);
}

/// <summary>A number with its unit, such as <c>0.1</c> or <c>55 mV</c>. A text has no negative ones: <c>-55 mV</c> negates <c>55 mV</c>.</summary>
/// <param name="Written">Number and unit, as written.</param>
public sealed record Number(Quantity Written) : Expression([])
{
    /// <summary>A number without unit.</summary>
    /// <param name="value">The number.</param>
    public Number(double value) : this(new Quantity(value, Unit.One))
    {
    }

    /// <summary>The value in SI units.</summary>
    public double SI { get; } = Written.SI;

    /// <summary>Equal when number and unit are.</summary>
    /// <param name="other">The number to compare with.</param>
    public bool Equals(Number? other) => other is not null && Written == other.Written;

    /// <inheritdoc/>
    public override int GetHashCode() => Written.GetHashCode();
}

/// <summary>A unit that stands alone and so means one of it, as <c>ms</c> in <c>0.1/ms</c>.</summary>
/// <param name="Unit">The unit.</param>
public sealed record UnitConstant(Unit Unit) : Expression([]);

/// <summary>A name: the time <c>t</c>, <c>pi</c>, a state, a parameter, an intermediate or the argument of a function.</summary>
/// <param name="Name">The name.</param>
public sealed record Symbol(string Name) : Expression([]);

/// <summary>An operator with one operand.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Operand">What it is applied to.</param>
public sealed record Unary(UnaryOperator Operator, Expression Operand) : Expression([Operand]);

/// <summary>An operator with two operands.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Left">Left operand.</param>
/// <param name="Right">Right operand.</param>
public sealed record Binary(BinaryOperator Operator, Expression Left, Expression Right) : Expression([Left, Right]);

/// <summary>A function of the language, such as <c>exp(x)</c> or <c>if(condition, a, b)</c>, or one that the model defines.</summary>
/// <param name="Function">Name of the function.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record Call(string Function, IReadOnlyList<Expression> Arguments) : Expression([.. Arguments])
{
    /// <summary>Equal when function and arguments are.</summary>
    /// <param name="other">The call to compare with.</param>
    public bool Equals(Call? other) =>
        other is not null && Function == other.Function && Arguments.SequenceEqual(other.Arguments);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        hash.Add(Function);
        foreach (Expression argument in Arguments)
            hash.Add(argument);
        return hash.ToHashCode();
    }
}

/// <summary>The value of a table, or its slope. Calls become this when functions are written out.</summary>
/// <param name="Table">The table.</param>
/// <param name="IsSlope">Whether it is the slope.</param>
/// <param name="Argument">Where.</param>
public sealed record Lookup(LookupTable Table, bool IsSlope, Expression Argument) : Expression([Argument]);

/// <summary>Operators with one operand.</summary>
public enum UnaryOperator
{
    /// <summary><c>-a</c></summary>
    Negate,

    /// <summary><c>not a</c></summary>
    Not,
}

/// <summary>Operators with two operands.</summary>
public enum BinaryOperator
{
    /// <summary><c>a or b</c></summary>
    Or,

    /// <summary><c>a and b</c></summary>
    And,

    /// <summary><c>a &lt; b</c></summary>
    Less,

    /// <summary><c>a &lt;= b</c></summary>
    LessOrEqual,

    /// <summary><c>a &gt; b</c></summary>
    Greater,

    /// <summary><c>a &gt;= b</c></summary>
    GreaterOrEqual,

    /// <summary><c>a == b</c></summary>
    Equal,

    /// <summary><c>a != b</c></summary>
    NotEqual,

    /// <summary><c>a + b</c></summary>
    Add,

    /// <summary><c>a - b</c></summary>
    Subtract,

    /// <summary><c>a*b</c></summary>
    Multiply,

    /// <summary><c>a/b</c></summary>
    Divide,

    /// <summary><c>a^b</c>, also written <c>a**b</c>.</summary>
    Power,
}
