using SweepEngine.Lanes;

namespace SweepEngine.Equations;

/// <summary>
/// One exponential w = e^(a·(y − z)) whose powers give others: e^u = e^(b + k·a·z)·w^k wherever u = k·a·y + b with a whole k. Of the six exponentials in the rates of
/// Hodgkin and Huxley, five are powers of one.
/// </summary>
/// <remarks>
/// The error of w^k is at most k + 1 times that of an exponential, whose exponent is 1/k of u: so what rounding of the exponent costs is the same. z is in the middle of the potentials at which the
/// exponents are zero. So w^k is finite and not zero where e^u is, but for factors of at most e^<see cref="LargestShift"/>.
/// </remarks>
internal sealed class SharedExponential
{
    /// <summary>Largest power; k of them lose about k units in the last place.</summary>
    public const int LargestPower = 16;

    // e^100 is far from the ends of the range of doubles.
    private const double LargestShift = 100;

    // Slopes are computed from the text, and differ from whole multiples by rounding.
    private const double Rounding = 1e-13;

    // Slopes of the group may be multiples of one that does not occur itself.
    private const int LargestDivisor = 4;

    // So that a strange model does not take long.
    private const int MostMembers = 100;

    private readonly LinearForm _direction;
    private readonly double _slope, _zero, _shift;
    private readonly Expression _variable, _exponential;

    private SharedExponential(Expression variable, LinearForm direction, double slope, double zero)
    {
        (_variable, _direction, _slope, _zero) = (variable, direction, slope, zero);
        // With the form y = s·x + c of the variable in terms of the direction's first product x, the exponent is slope·(x − zero).
        _shift = direction.Constant / direction.Slope;
        _exponential = new Call("exp", [Line(slope, -slope * zero)]);
    }

    /// <summary>Finds exponentials to share.</summary>
    /// <param name="exponents">The exponents of a model.</param>
    public static IReadOnlyList<SharedExponential> Of(IReadOnlyList<Exponent> exponents)
    {
        Dictionary<string, List<Group>> groups = new(StringComparer.Ordinal);
        List<Group> all = [];
        foreach (Exponent exponent in exponents)
        {
            if (LinearForm.Of(exponent.Expression) is not { Slope: not 0 } form)
                continue;
            Expression variable = Variable(exponent.Expression);
            if (LinearForm.Of(variable) is not { Slope: not 0 } direction)
                continue;
            if (!groups.TryGetValue(direction.Products, out List<Group>? similar))
                groups.Add(direction.Products, similar = []);
            Group? group = similar.Find(each => each.Direction.IsParallelTo(direction));
            if (group is null)
            {
                similar.Add(group = new Group(variable, direction));
                all.Add(group);
            }
            if (variable.Size < group.Variable.Size)
                (group.Variable, group.Direction) = (variable, direction);
            Member member = new(form.Slope * exponent.Factor, form.Constant * exponent.Factor, exponent.Either);
            if (group.Members.Count < MostMembers && !group.Members.Contains(member))
                group.Members.Add(member);
        }
        List<SharedExponential> shared = [];
        foreach (Group group in all)
        {
            // One sign for most, and what is of use with either; the rest among themselves.
            int up = 0;
            foreach (Member member in group.Members)
                up += member.Either ? 0 : Math.Sign(member.Slope);
            int sign = up > 0 || (up == 0 && group.Members[0].Slope > 0) ? 1 : -1;
            foreach (int each in new[] { sign, -sign })
            {
                List<Member> members = [];
                foreach (Member member in group.Members)
                {
                    if (member.Slope * each > 0 || (member.Either && each == sign))
                        members.Add(new Member(Math.Abs(member.Slope), member.Constant * Math.Sign(member.Slope) * each, member.Either));
                }
                AddOf(group, each, members, shared);
            }
        }
        return shared;
    }

    // Slopes are positive here: those of the exponents along the sign's direction.
    private static void AddOf(Group group, int sign, List<Member> members, List<SharedExponential> shared)
    {
        while (members.Count > 1)
        {
            double best = 0;
            int mostCovered = 1, lowestPower = 0;
            foreach (Member candidate in members)
            {
                for (int divisor = 1; divisor <= LargestDivisor; divisor++)
                {
                    int covered = 0, largest = 0;
                    foreach (Member member in members)
                    {
                        int power = PowerOf(member.Slope, candidate.Slope / divisor);
                        covered += power > 0 ? 1 : 0;
                        largest = Math.Max(largest, power);
                    }
                    if (covered > mostCovered || (covered == mostCovered && best > 0 && largest < lowestPower))
                        (best, mostCovered, lowestPower) = (candidate.Slope / divisor, covered, largest);
                }
            }
            if (best == 0)
                return;
            double middle = 0, furthest = 0;
            foreach (Member member in members)
                middle -= PowerOf(member.Slope, best) > 0 ? member.Constant / member.Slope / mostCovered : 0;
            foreach (Member member in members)
                furthest = Math.Max(furthest, PowerOf(member.Slope, best) > 0 ? Math.Abs(member.Constant + member.Slope * middle) : 0);
            if (furthest <= LargestShift)
                shared.Add(new SharedExponential(group.Variable, group.Direction, sign * best, sign * middle));
            members.RemoveAll(member => PowerOf(member.Slope, best) > 0);
        }
    }

    /// <summary>The products of symbols that the exponent has.</summary>
    public string Products => _direction.Products;

    /// <summary>e^u, if it is a power of this exponential.</summary>
    /// <param name="u">The exponent.</param>
    /// <param name="factor">A number by which to multiply it.</param>
    public Expression? Power(LinearForm u, double factor)
    {
        if (!_direction.IsParallelTo(u))
            return null;
        int power = PowerOf(factor * u.Slope, _slope);
        double shift = factor * u.Constant + power * _slope * _zero;
        if (power <= 0 || Math.Abs(shift) > LargestShift)
            return null;
        Expression raised = power == 1 ? _exponential : new Binary(BinaryOperator.Power, _exponential, new Number(power));
        return shift == 0 ? raised : new Binary(BinaryOperator.Multiply, new Number(LaneMath.Exp(Lane1.Broadcast(shift)).Value), raised);
    }

    /// <summary>The exponent itself, from the variable.</summary>
    public Expression Exponent(LinearForm u, double factor) => Line(factor * u.Slope, factor * u.Constant);

    // slope·x + constant
    private Call Line(double slope, double constant) =>
        new("fma", [_variable, new Number(slope / _direction.Slope), new Number(constant - slope * _shift)]);

    // Which power has the slope; 0 when none.
    private static int PowerOf(double slope, double of)
    {
        double power = slope / of, whole = Math.Round(power);
        return whole is >= 1 and <= LargestPower && Math.Abs(power - whole) <= Rounding * whole ? (int)whole : 0;
    }

    // What is left of the text without the constants around it.
    private static Expression Variable(Expression exponent)
    {
        while (true)
        {
            Expression? inner = exponent switch
            {
                Unary { Operator: UnaryOperator.Negate } negate => negate.Operand,
                Binary { Operator: BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply } binary =>
                    IsConstant(binary.Left) ? binary.Right : IsConstant(binary.Right) ? binary.Left : null,
                Binary { Operator: BinaryOperator.Divide } quotient when IsConstant(quotient.Right) => quotient.Left,
                _ => null,
            };
            if (inner is null)
                return exponent;
            exponent = inner;
        }
    }

    private static bool IsConstant(Expression expression) => LinearForm.Of(expression) is { Slope: 0 };

    private sealed class Group(Expression variable, LinearForm direction)
    {
        public Expression Variable { get; set; } = variable;

        public LinearForm Direction { get; set; } = direction;

        // Each once; exponents that differ by a constant count as two, since either would take an exponential.
        public List<Member> Members { get; } = [];
    }

    private sealed record Member(double Slope, double Constant, bool Either);
}

/// <summary>An exponent u of a model.</summary>
/// <param name="Expression">The expression that is, times the factor, u.</param>
/// <param name="Factor">The factor.</param>
/// <param name="Either">Whether e^u and e^−u are of equal use.</param>
internal sealed record Exponent(Expression Expression, double Factor, bool Either);
